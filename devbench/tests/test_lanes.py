"""Lanes run side by side, are read one after another, and end together."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from devbench import testing
from devbench.counting import Result, summary
from devbench.instance import CHECKOUT, Frappe, Instance
from devbench.lanes import Part, run_lanes
from devbench.plan import Plan
from devbench.process import MARK, mark, marked_processes

#: seconds that only a broken rule waits for; what is to be ended sleeps longer
LONG = 30


def no_stop() -> None:
	raise AssertionError("nothing was to be stopped")


def parts(*names: str) -> list[Part]:
	return [Part(name, lambda voice, name=name: voice.say(f"{name} works\n") or [name]) for name in names]


def test_lanes_run_at_the_same_time_and_their_results_add_up():
	together = threading.Barrier(2, timeout=LONG)

	def meet(voice) -> list[int]:
		return [together.wait()]

	results = run_lanes([[Part("one", meet)], [Part("two", meet)]], stop=no_stop, out=io.StringIO())
	assert sorted(results) == [0, 1]


def test_parts_of_a_lane_follow_each_other():
	out = io.StringIO()
	assert run_lanes([parts("one", "two")], stop=no_stop, out=out) == ["one", "two"]
	words = out.getvalue()
	assert words.index("one works") < words.index("===== two =====") < words.index("two works")


def test_what_parts_say_at_the_same_time_is_not_mixed():
	out = io.StringIO()
	first_speaks, second_spoke = threading.Event(), threading.Event()

	def first(voice) -> list:
		voice.say("a1\n")
		first_speaks.set()
		assert second_spoke.wait(LONG)
		voice.say("a2\n")
		return []

	def second(voice) -> list:
		voice.say("b1\n")
		second_spoke.set()
		return []

	def begins_later(voice) -> list:
		assert first_speaks.wait(LONG)
		return []

	run_lanes([[Part("A", first)], [Part("wait", begins_later), Part("B", second)]], stop=no_stop, out=out)
	assert [line for line in out.getvalue().splitlines() if line in ("a1", "a2", "b1")] == ["a1", "a2", "b1"]


def test_a_part_that_breaks_stops_the_others_and_is_told():
	stopped = threading.Event()

	def long(voice) -> list:
		assert stopped.wait(LONG), "nobody stopped it"
		return []

	def broken(voice) -> list:
		raise OSError("no such program")

	with pytest.raises(OSError, match="no such program"):
		run_lanes([[Part("long", long)], [Part("broken", broken)]], stop=stopped.set, out=io.StringIO())


def test_an_interruption_before_the_last_lane_has_begun_stops_the_first():
	at_work, stopped = threading.Event(), threading.Event()

	def long(voice) -> list:
		at_work.set()
		assert stopped.wait(LONG), "nobody stopped it"
		return []

	def interrupted():
		yield [Part("long", long)]
		assert at_work.wait(LONG)
		raise KeyboardInterrupt

	class Lanes(list):
		def __iter__(self):
			return interrupted()

	with pytest.raises(KeyboardInterrupt):
		run_lanes(Lanes([1, 2]), stop=stopped.set, out=io.StringIO())
	assert stopped.is_set()


def test_every_kind_of_test_is_in_one_lane():
	assert sorted(kind for lane in testing.LANES for kind in lane) == sorted(testing.KINDS)


def test_one_failure_in_any_lane_fails_the_whole(capsys):
	assert summary([Result("site", 700, 0), Result("e2e", 80, 1)]) == 1
	assert "780 passed, 1 failed" in capsys.readouterr().out
	assert summary([Result("site", 700, 0, 2), Result("e2e", 80, 0)]) == 0


def test_what_was_stopped_starts_no_command(tmp_path: Path):
	tests = testing.Testing(Plan(Instance(Frappe(), tmp_path)), [])
	tests.stop()
	with pytest.raises(InterruptedError):
		tests.command(None, ["true"], cwd=tmp_path, env={})


def test_an_interruption_ends_the_commands_of_all_lanes(tmp_path: Path):
	"""Ctrl-C, or SIGINT to ./dev alone, while two lanes are at work with commands and children of theirs."""
	script = textwrap.dedent(
		"""
		import signal, sys
		from pathlib import Path
		from devbench.instance import Frappe, Instance
		from devbench.lanes import Part, run_lanes
		from devbench.plan import Plan
		from devbench.testing import Testing
		folder = Path(sys.argv[1])
		tests = Testing(Plan(Instance(Frappe(), folder)), [])
		def sleep(voice):
			return [tests.command(voice, ["sh", "-c", "echo at work; sleep 60 & wait"], cwd=folder, env={})]
		def later(voice):
			(folder / "later").touch()
		signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
		print("ready", flush=True)
		run_lanes([[Part("one", sleep), Part("later", later)], [Part("two", sleep)]], stop=tests.stop)
		"""
	)
	instance = Instance(Frappe(), tmp_path)
	environment = {name: value for name, value in os.environ.items() if name != MARK}
	dev = subprocess.Popen(
		[sys.executable, "-c", script, tmp_path],
		cwd=CHECKOUT,
		env=environment,
		stdout=subprocess.PIPE,
		stderr=subprocess.DEVNULL,
		text=True,
		start_new_session=True,
	)
	assert dev.stdout.readline() == "ready\n"
	while dev.stdout.readline() != "at work\n":
		assert dev.poll() is None
	ours = mark(instance.folder, "step")
	while len(marked_processes(ours)) < 4:  # both shells with their children
		assert dev.poll() is None
	dev.send_signal(signal.SIGINT)
	assert dev.wait(LONG) != 0
	assert marked_processes(ours) == []
	assert not (tmp_path / "later").exists(), "a part began after the interruption"
