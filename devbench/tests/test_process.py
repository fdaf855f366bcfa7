"""Processes are known by their mark and their start: nothing foreign is ever signalled."""

import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from devbench import cli
from devbench.errors import StepFailed
from devbench.files import read_json, write_json
from devbench.instance import CHECKOUT, Frappe, Instance
from devbench.process import (
	MARK,
	Daemon,
	end_marked,
	listens,
	mark,
	marked_processes,
	only_one,
	run,
	started_at,
)

#: seconds that only a broken rule waits for; what is to be ended sleeps longer
LONG = 30
SLEEP = ["sleep", "60"]


@pytest.fixture
def daemon(tmp_path: Path):
	made = Daemon("sleeper", tmp_path)
	yield made
	made.stop(patience=5)


def start(daemon: Daemon, digest: str = "1") -> int:
	daemon.start(SLEEP, cwd=daemon.instance, env={}, digest=digest)
	return daemon.pid()


def test_a_daemon_is_known_to_run_and_with_what(daemon):
	pid = start(daemon, "abc")
	assert started_at(pid)
	assert daemon.started_with() == "abc"


def test_a_killed_daemon_is_noticed(daemon):
	os.kill(start(daemon), signal.SIGKILL)
	os.waitpid(read_json(daemon.record)["pid"], 0)
	assert daemon.pid() is None


def test_a_process_id_that_was_used_again_is_not_ours(daemon):
	foreign = subprocess.Popen(SLEEP)
	write_json(daemon.record, {"pid": foreign.pid, "started": started_at(foreign.pid) - 1, "digest": "1"})
	assert daemon.pid() is None
	daemon.stop()
	assert foreign.poll() is None, "somebody else's process was ended"
	foreign.kill()
	foreign.wait()


def test_starting_again_leaves_one_process(daemon):
	first = start(daemon)
	second = start(daemon)
	assert first != second
	assert marked_processes(mark(daemon.instance, "sleeper")) == [second]


def test_stopping_ends_children_too(daemon, tmp_path):
	daemon.start(["sh", "-c", "sleep 60 & wait"], cwd=tmp_path, env={}, digest="1")
	daemon.stop()
	assert marked_processes(mark(tmp_path, "sleeper")) == []


def test_only_marked_processes_are_ended(tmp_path):
	ours = subprocess.Popen(SLEEP, env={**os.environ, MARK: mark(tmp_path, "step")})
	foreign = subprocess.Popen(SLEEP, env={**os.environ, MARK: mark(tmp_path / "other", "step")})
	ours_ended = end_marked(mark(tmp_path, "step"))
	assert ours_ended == 1 and ours.wait() == -signal.SIGKILL
	assert foreign.poll() is None
	foreign.kill()
	foreign.wait()


def test_a_process_is_found_while_it_becomes_another_program(tmp_path):
	"""It shows no environment for a moment; this one does so all the time."""
	ours, again = mark(tmp_path, "step"), 'exec sh -c "$AGAIN"'
	restless = subprocess.Popen(["sh", "-c", again], env={**os.environ, "AGAIN": again, MARK: ours})
	found = [marked_processes(ours) for _ in range(300)]
	restless.kill()
	restless.wait()
	assert found == [[restless.pid]] * 300


def test_a_command_that_fails_says_where_its_output_is(tmp_path):
	with pytest.raises(StepFailed, match="sh ended with code 3") as failure:
		run(["sh", "-c", "echo why; exit 3"], log=tmp_path / "log", instance=tmp_path)
	assert "why" in failure.value.log.read_text()


def test_a_command_that_is_not_there_is_a_failed_step(tmp_path):
	with pytest.raises(StepFailed, match="could not be started"):
		run([tmp_path / "nothing"], log=tmp_path / "log", instance=tmp_path)


def test_a_commands_lines_are_passed_on_for_progress(tmp_path):
	lines: list[str] = []
	run(["printf", "one\\ntwo\\n"], log=tmp_path / "log", instance=tmp_path, on_line=lines.append)
	assert lines == ["one", "two"]


def test_killing_dev_ends_the_command_it_was_running(tmp_path):
	"""kill -9 of ./dev leaves no step at work behind its back."""
	script = textwrap.dedent(
		"""
		import sys
		from pathlib import Path
		from devbench.process import run
		folder = Path(sys.argv[1])
		run(["sh", "-c", "echo started; kill -STOP $$"], log=folder / "log", instance=folder,
			on_line=lambda line: print(line, flush=True))
		"""
	)
	dev = subprocess.Popen(
		[sys.executable, "-c", script, tmp_path], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
	)
	assert dev.stdout.readline() == "started\n"
	(command,) = marked_processes(mark(tmp_path, "step"))
	watched = os.pidfd_open(command)
	dev.kill()
	dev.wait()

	assert select.select([watched], [], [], LONG)[0], "the command outlived ./dev"
	os.close(watched)


def test_a_second_dev_in_the_same_checkout_is_told(tmp_path):
	with only_one(tmp_path / "lock") as first, only_one(tmp_path / "lock") as second:
		assert first and not second
	with only_one(tmp_path / "lock") as later:
		assert later


@pytest.mark.parametrize("command", [["down"], ["reset", "--yes"], ["up"], ["test", "unit"]], ids=" ".join)
def test_no_command_takes_the_servers_from_another_dev_at_work(command, tmp_path, monkeypatch, capsys):
	instance = Instance(Frappe(), tmp_path)
	monkeypatch.setattr(cli, "current", lambda: instance)
	monkeypatch.setattr(cli, "_instance", lambda arguments: instance)
	with only_one(tmp_path / "lock"):
		assert cli.main(command) == 1
	assert "Another ./dev is at work" in capsys.readouterr().err


def test_an_installation_goes_on_when_dev_is_killed(tmp_path):
	"""apt is better finished than cut off: it writes to its log, not to a pipe that ends with ./dev."""
	script = textwrap.dedent(
		"""
		import sys
		from pathlib import Path
		from devbench.process import run
		folder = Path(sys.argv[1])
		wait = "echo started; read wait < go; echo finished > done"
		run(["sh", "-c", wait], log=folder / "log", instance=folder,
			cwd=folder, on_line=lambda line: print(line, flush=True), survives=True)
		"""
	)
	os.mkfifo(tmp_path / "go")
	dev = subprocess.Popen(
		[sys.executable, "-c", script, tmp_path], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
	)
	assert dev.stdout.readline() == "started\n"
	dev.kill()
	dev.wait()
	(installation,) = marked_processes(mark(tmp_path, "unbroken"))
	watched = os.pidfd_open(installation)
	(tmp_path / "go").write_text("go on\n")
	assert select.select([watched], [], [], LONG)[0]
	os.close(watched)
	assert (tmp_path / "done").read_text() == "finished\n"


def test_a_port_that_another_program_answers_is_not_ours():
	"""Two checkouts may reach for the same port: only who holds the socket serves there."""
	with socket.socket() as holder:
		holder.bind(("127.0.0.1", 0))
		holder.listen()
		port = holder.getsockname()[1]
		other = subprocess.Popen(SLEEP)
		assert listens(os.getpid(), port)
		assert not listens(other.pid, port)
		other.kill()
		other.wait()
	assert not listens(os.getpid(), port)
