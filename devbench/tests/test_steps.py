"""A step is done once, again when what it depends on changed, and again when it was interrupted."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from devbench.files import read_json
from devbench.instance import CHECKOUT
from devbench.steps import Runner, Step, table_of_times


class Building:
	"""Steps over a folder: each writes a file and counts how often it was run."""

	def __init__(self, folder: Path):
		self.folder = folder
		self.inputs = {"first": 1, "second": 1}
		self.ran: list[str] = []
		self.first = self.step("first", [])
		self.second = self.step("second", [self.first])

	def step(self, name: str, needs: list[Step]) -> Step:
		def work(line) -> None:
			self.ran.append(name)
			(self.folder / name).touch()

		return Step(
			name, name, work, inputs=lambda: self.inputs[name], there=(self.folder / name).exists, needs=needs
		)

	def run(self) -> list[str]:
		self.ran.clear()
		Runner(self.folder / "stamps", self.folder / "shared").run([self.first, self.second])
		return list(self.ran)


@pytest.fixture
def building(tmp_path: Path) -> Building:
	return Building(tmp_path)


def test_what_is_done_is_not_done_again(building):
	assert building.run() == ["first", "second"]
	assert building.run() == []


def test_a_change_runs_what_follows_from_it(building):
	building.run()
	building.inputs["first"] = 2
	assert building.run() == ["first", "second"]


def test_a_change_runs_nothing_that_does_not_follow_from_it(building):
	building.run()
	building.inputs["second"] = 2
	assert building.run() == ["second"]


def test_a_result_that_somebody_removed_is_made_again(building):
	building.run()
	(building.folder / "second").unlink()
	assert building.run() == ["second"]


def test_a_step_that_failed_is_not_done(building):
	def fail(line) -> None:
		raise RuntimeError("half-way")

	failing = Step("first", "first", fail, inputs=lambda: 1)
	runner = Runner(building.folder / "stamps", building.folder / "shared")
	with pytest.raises(RuntimeError):
		runner.run([failing])
	assert not runner.is_done(failing)


def test_a_torn_stamp_counts_as_none(building):
	building.run()
	(building.folder / "stamps" / "second.json").write_text('{"fingerprint": "0')
	assert building.run() == ["second"]


def test_what_another_step_did_needs_not_be_done(building):
	runner = Runner(building.folder / "stamps", building.folder / "shared")
	(building.folder / "first").touch()
	runner.note_done(building.first)
	assert building.run() == ["second"]


def test_no_time_is_told_of_a_step_that_was_not_run(building):
	runner = Runner(building.folder / "stamps", building.folder / "shared")
	(building.folder / "first").touch()
	runner.note_done(building.first)
	assert read_json(runner.stamp(building.first))["seconds"] is None
	building.inputs["first"] = 2
	building.run()
	assert isinstance(read_json(runner.stamp(building.first))["seconds"], float)


def test_a_step_killed_in_the_middle_starts_over_and_completes(tmp_path):
	"""kill -9 while the second step works: the next run keeps the first and does the second again."""
	script = textwrap.dedent(
		"""
		import pathlib, sys, time
		from devbench.steps import Runner, Step
		folder = pathlib.Path(sys.argv[1])
		def first(line):
			(folder / "ran").open("a").write("first\\n")
		def second(line):
			(folder / "ran").open("a").write("second\\n")
			print("in the middle", flush=True)
			if sys.argv[2] == "hang":
				time.sleep(60)
		steps = [Step(work.__name__, "a step", work, inputs=lambda: 1) for work in (first, second)]
		Runner(folder / "stamps", folder / "shared").run(steps)
		"""
	)

	def run(how: str) -> subprocess.Popen:
		return subprocess.Popen(
			[sys.executable, "-c", script, str(tmp_path), how],
			cwd=CHECKOUT,
			stdout=subprocess.PIPE,
			text=True,
		)

	hanging = run("hang")
	while "in the middle" not in hanging.stdout.readline():
		assert hanging.poll() is None, "it ended before it could be killed"
	os.kill(hanging.pid, signal.SIGKILL)
	hanging.wait()
	again = run("go on")
	assert again.wait() == 0
	assert (tmp_path / "ran").read_text().split() == ["first", "second", "second"]


def test_the_times_are_listed_with_their_sum():
	listed = table_of_times({"assets": 8.04, "site": 61.0})
	assert "assets" in listed and "8.0 s" in listed
	assert listed.splitlines()[-1].split()[-4:] == ["1", "min", "09", "s"]
