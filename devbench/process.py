"""Starting, marking, finding and ending processes.

Every process started here carries a mark in its environment that names the instance and its
part there. Whatever an interrupted run left behind is found by that mark, so that nothing
foreign is ever signalled, even if a process id was used again.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devbench.errors import StepFailed
from devbench.files import read_json, write_json

MARK = "NMEDIA_DEV_PART"
PR_SET_PDEATHSIG = 1


def mark(instance: Path, part: str) -> str:
	"""Return the mark of `part` (`step` or a service's name) of the instance in that folder."""
	return f"{instance}::{part}"


def marked_processes(wanted: str) -> list[int]:
	"""Return the ids of this user's live processes that carry the mark `wanted`."""
	needle = f"{MARK}={wanted}".encode()
	found = []
	for entry in Path("/proc").iterdir():
		if not entry.name.isdigit() or int(entry.name) == os.getpid():
			continue
		with contextlib.suppress(OSError):
			if needle in _environment(entry).split(b"\0"):
				found.append(int(entry.name))
	return found


def _environment(process: Path) -> bytes:
	"""Return what a process below /proc was started with.

	One that is just becoming another program shows neither environment nor command for a moment:
	it is looked at again until it does.

	:raises OSError: if it ended, is another user's, or belongs to the kernel.
	"""
	for _ in range(1000):
		found = (process / "environ").read_bytes()
		if found or (process / "cmdline").read_bytes():
			break
		os.readlink(process / "exe")  # the kernel's own have none, and never show a command
		time.sleep(0.001)
	return found or (process / "environ").read_bytes()


def end_marked(wanted: str) -> int:
	"""End every process with that mark at once, wait until they are gone; return how many there were."""
	ended = marked_processes(wanted)
	deadline = time.monotonic() + 10
	while left := marked_processes(wanted):
		for pid in left:
			with contextlib.suppress(ProcessLookupError):
				os.kill(pid, signal.SIGKILL)
		if time.monotonic() > deadline:
			break
		time.sleep(0.02)
	return len(ended)


def _die_with_parent() -> None:
	ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(
	command: Sequence[str | Path],
	*,
	log: Path,
	instance: Path,
	cwd: Path | None = None,
	env: Mapping[str, str] | None = None,
	stdin: str | None = None,
	on_line: Callable[[str], None] | None = None,
	survives: bool = False,
) -> str:
	"""Run `command` to its end in a process group of its own; what it prints goes to `log`.

	:param env: added to the environment of this process.
	:param on_line: called with each line of output, for progress.
	:param survives: whether the command goes on when this process is interrupted (a package
		installation is better finished than cut off); any other ends with it.
	:returns: all that it printed.
	:raises StepFailed: if it ends with a code other than 0 or can't be started.
	"""
	log.parent.mkdir(parents=True, exist_ok=True)
	words = [str(word) for word in command]
	with log.open("a", errors="replace") as out:
		out.write(f"$ {' '.join(words)}\n")
		out.flush()
		begin = out.tell()
		try:
			child = subprocess.Popen(
				words,
				cwd=cwd,
				env={**os.environ, **(env or {}), MARK: mark(instance, "unbroken" if survives else "step")},
				stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
				stdout=out,
				stderr=subprocess.STDOUT,
				text=True,
				start_new_session=True,
				preexec_fn=None if survives else _die_with_parent,
			)
		except OSError as error:
			raise StepFailed(f"{words[0]} could not be started: {error.strerror}", log) from error
	try:
		if stdin is not None:
			child.stdin.write(stdin)
			child.stdin.close()
		_follow(child, log, begin, on_line)
	except BaseException:
		if not survives:
			with contextlib.suppress(ProcessLookupError):
				os.killpg(child.pid, signal.SIGKILL)
			child.wait()
		raise
	if child.returncode:
		raise StepFailed(f"{Path(words[0]).name} ended with code {child.returncode}", log)
	return _text_from(log, begin)


def _follow(child: subprocess.Popen, log: Path, begin: int, on_line: Callable[[str], None] | None) -> None:
	"""Wait until the child has ended; pass on each line it writes to its log meanwhile."""
	if on_line is None:
		child.wait()
		return
	with log.open(errors="replace") as printed:
		printed.seek(begin)
		part = ""
		while True:
			ended = child.poll() is not None
			*lines, part = (part + printed.read()).split("\n")
			for line in lines:
				on_line(line)
			if ended:
				return
			time.sleep(0.1)


def _text_from(file: Path, begin: int) -> str:
	with file.open("rb") as opened:
		opened.seek(begin)
		return opened.read().decode(errors="replace")


def started_at(pid: int) -> int | None:
	"""Return when process `pid` started, in kernel ticks; None if there is none (or only its remains)."""
	try:
		fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
	except OSError:
		return None
	return None if fields[0] == "Z" else int(fields[19])


def listens(pid: int, port: int) -> bool:
	"""Whether process `pid` itself, and not some other program, listens on a TCP port (IPv4)."""
	rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
	sockets = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1][-4:], 16) == port}
	try:
		return any(os.readlink(handle) in sockets for handle in Path(f"/proc/{pid}/fd").iterdir())
	except OSError:  # it ended meanwhile
		return False


@dataclass(frozen=True)
class Daemon:
	"""A process that outlives the command that started it, known by a small file."""

	name: str
	instance: Path

	@property
	def record(self) -> Path:
		return self.instance / "run" / f"{self.name}.json"

	@property
	def log(self) -> Path:
		return self.instance / "logs" / f"{self.name}.log"

	def pid(self) -> int | None:
		"""Return the process id if the daemon runs; None if it does not or the id is another's now."""
		kept = read_json(self.record, {})
		pid = kept.get("pid")
		return pid if pid and started_at(pid) == kept.get("started") else None

	def started_with(self) -> str | None:
		"""Return the digest that the running daemon was started with."""
		return read_json(self.record, {}).get("digest") if self.pid() else None

	def start(self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], digest: str) -> None:
		"""Start the daemon; whatever an earlier one left behind is ended first."""
		end_marked(mark(self.instance, self.name))
		self.log.parent.mkdir(parents=True, exist_ok=True)
		with self.log.open("ab") as out:
			child = subprocess.Popen(
				[str(word) for word in command],
				cwd=cwd,
				env={**os.environ, **env, MARK: mark(self.instance, self.name)},
				stdin=subprocess.DEVNULL,
				stdout=out,
				stderr=subprocess.STDOUT,
				start_new_session=True,
			)
		write_json(self.record, {"pid": child.pid, "started": started_at(child.pid), "digest": digest})

	def stop(self, patience: float = 20) -> bool:
		"""Ask the daemon to end, insist after `patience` seconds; return whether there was one."""
		pid = self.pid()
		if pid:
			with contextlib.suppress(ProcessLookupError):
				os.kill(pid, signal.SIGTERM)
			deadline = time.monotonic() + patience
			while self.pid() and time.monotonic() < deadline:
				_reap(pid)
				time.sleep(0.05)
		left = end_marked(mark(self.instance, self.name))
		self.record.unlink(missing_ok=True)
		return bool(pid or left)


def _reap(pid: int) -> None:
	with contextlib.suppress(ChildProcessError):
		os.waitpid(pid, os.WNOHANG)


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[bool]:
	"""Hold the instance's lock; yields False if another ./dev holds it. Falls with the process."""
	import fcntl

	lock.parent.mkdir(parents=True, exist_ok=True)
	with lock.open("a") as held:
		try:
			fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except BlockingIOError:
			yield False
		else:
			yield True
