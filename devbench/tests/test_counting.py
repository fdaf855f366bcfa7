"""The last line of ./dev test counts what really ran; a run without a test is a failure."""

import subprocess
import sys

import pytest

from devbench.counting import MOST_FAULTS, Result, count_junit, count_tap, count_unittest, one_check, summary
from devbench.measuring import Figure


def test_unittest_runs_are_summed():
	printed = "Ran 5 tests in 1s\n\nOK (skipped=1)\nRan 3 tests in 2s\n\nFAILED (failures=1, errors=1)\n"
	printed += "<frappe.test_runner.TimeLoggingTestResult run=8 errors=1 failures=1>\n"
	assert count_unittest("site", printed, 1) == Result("site", 5, 2, 1)


@pytest.mark.parametrize("printed", ["", "Ran 0 tests in 0.000s\n\nOK\n"])
def test_a_run_without_a_test_failed(printed):
	assert count_unittest("site", printed, 0).failed == 1


def test_a_crash_after_green_tests_failed():
	crashed = count_unittest("site", "Ran 4 tests in 1s\n\nOK\nkilled\n", 1)
	assert (crashed.passed, crashed.failed) == (3, 1)
	assert "killed" in crashed.faults[0]


def test_pytests_report_is_counted(tmp_path):
	report = tmp_path / "report.xml"
	report.write_text('<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>')
	assert count_junit("unit", report, 1) == Result("unit", 5, 2, 2)


def test_pytest_without_a_report_failed(tmp_path):
	broken = count_junit("unit", tmp_path / "none.xml", 2, "no module pytest")
	assert (broken.passed, broken.failed) == (0, 1)
	assert "no module pytest" in broken.faults[0]


def test_nodes_last_lines_are_counted():
	assert count_tap("node", "# pass 7\n# fail 1\n# skipped 0\n", 1) == Result("node", 7, 1)
	assert count_tap("node", "", 0).failed == 1


TESTS = """
import unittest

class Rules(unittest.TestCase):
	def test_sound(self):
		pass

	def test_parts(self):
		for part in "ab":
			with self.subTest(part):
				self.assertEqual(part, "a", "the reason\\n\\nin two parts")

	def test_broken(self):
		raise OSError("no such thing")

unittest.main()
"""


def assert_both_are_named(result: Result) -> None:
	assert (bool(result.passed), result.failed) == (True, 2)
	parts, broken = sorted(result.faults, key=lambda fault: "no such thing" in fault)
	assert "test_parts" in parts and "the reason" in parts
	assert "test_broken" in broken


def test_faults_of_unittest_are_named_with_their_reason(tmp_path):
	file = tmp_path / "rules.py"
	file.write_text(TESTS)
	ended = subprocess.run([sys.executable, file], stderr=subprocess.PIPE, text=True)
	assert_both_are_named(count_unittest("site", ended.stderr, ended.returncode))


def test_faults_are_named_as_frappe_16_prints_them_too():
	line, thin = "=" * 70, "-" * 70
	blocks = (line, " ERROR  test_x (a.B.test_x)", thin, "Traceback", "OSError: no disk", "", thin)
	printed = "\n".join((*blocks, "Ran 2 tests in 1s", "", "FAILED (errors=1)", ""))
	[found] = count_unittest("site", printed, 1).faults
	assert found.startswith("ERROR  test_x") and found.endswith("OSError: no disk")


def test_faults_of_pytest_are_named_with_their_reason(tmp_path):
	file, report = tmp_path / "test_rules.py", tmp_path / "report.xml"
	file.write_text(TESTS.replace("unittest.main()", ""))
	command = [sys.executable, "-m", "pytest", "-q", "--rootdir", tmp_path, "--junitxml", report, file]
	ended = subprocess.run(command, stdout=subprocess.PIPE, text=True)
	assert_both_are_named(count_junit("unit", report, ended.returncode, ended.stdout))


def test_faults_of_node_are_named_with_their_reason(tmp_path):
	file = tmp_path / "rules.test.js"
	file.write_text("""
		const test = require("node:test");
		test("sound", () => {});
		test("broken", () => require("node:assert").equal(1, 2, "the reason"));
	""")
	command = ["node", "--test", "--test-reporter", "tap", file]
	ended = subprocess.run(command, stdout=subprocess.PIPE, text=True)
	result = count_tap("node", ended.stdout, ended.returncode)
	assert (result.passed, result.failed) == (1, 1)
	assert result.faults[0].startswith("broken\n") and "the reason" in result.faults[0]


def test_faults_stand_before_the_counts(capsys):
	many = tuple(f"rule {number}" for number in range(MOST_FAULTS + 2))
	assert summary([Result("unit", 1, len(many), 0, many), one_check("lint", 1, "line 3 is long")]) == 1
	printed = capsys.readouterr().out
	assert "failed in unit: rule 0\n" in printed and "2 more" in printed
	assert printed.index("line 3 is long") < printed.index("1 passed")


def test_a_ratio_says_how_many_times_the_peers_figure_is_ours():
	assert Figure("render", 2.0, 56.0, "ms", None, "one form").ratio == 28
	assert Figure("up", 200.0, None, "s", None, "one run").ratio is None
