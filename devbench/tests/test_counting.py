"""The last line of ./dev test counts what really ran; a run without a test is a failure."""

import pytest

from devbench.measuring import Figure
from devbench.testing import Result, count_junit, count_tap, count_unittest


def test_unittest_runs_are_summed():
	printed = "Ran 5 tests in 1s\n\nOK (skipped=1)\nRan 3 tests in 2s\n\nFAILED (failures=1, errors=1)\n"
	printed += "<frappe.test_runner.TimeLoggingTestResult run=8 errors=1 failures=1>\n"
	assert count_unittest("site", printed, 1) == Result("site", 5, 2, 1)


@pytest.mark.parametrize("printed", ["", "Ran 0 tests in 0.000s\n\nOK\n"])
def test_a_run_without_a_test_failed(printed):
	assert count_unittest("site", printed, 0).failed == 1


def test_a_crash_after_green_tests_failed():
	assert count_unittest("site", "Ran 4 tests in 1s\n\nOK\n", 1) == Result("site", 3, 1)


def test_pytests_report_is_counted(tmp_path):
	report = tmp_path / "report.xml"
	report.write_text('<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>')
	assert count_junit("unit", report, 1) == Result("unit", 5, 2, 2)


def test_pytest_without_a_report_failed(tmp_path):
	assert count_junit("unit", tmp_path / "none.xml", 2) == Result("unit", 0, 1)


def test_nodes_last_lines_are_counted():
	assert count_tap("node", "# pass 7\n# fail 1\n# skipped 0\n", 1) == Result("node", 7, 1)
	assert count_tap("node", "", 0).failed == 1


def test_a_ratio_says_how_many_times_the_peers_figure_is_ours():
	assert Figure("render", 2.0, 56.0, "ms", None, "one form").ratio == 28
	assert Figure("up", 200.0, None, "s", None, "one run").ratio is None
