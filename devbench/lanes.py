"""Parts that run side by side and are still read one after another."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Generic, TextIO, TypeVar

from devbench.progress import seconds

Result = TypeVar("Result")


class Floor:
	"""One part has the floor: what it says is printed at once. The others' words wait for their turn."""

	def __init__(self, out: TextIO | None = None):
		self.out = out or sys.stdout
		self._lock = threading.Lock()
		self._voices: list[Voice] = []

	def ask(self, title: str) -> "Voice":
		"""Let a part begin to speak; who asks first is heard first."""
		voice = Voice(self)
		with self._lock:
			self._voices.append(voice)
		voice.say(f"\n===== {title} =====\n")
		return voice

	def _say(self, voice: "Voice", text: str) -> None:
		with self._lock:
			if voice is self._voices[0]:
				self._print(text)
			else:
				voice.waiting.append(text)

	def _end(self, voice: "Voice") -> None:
		with self._lock:
			voice.ended = True
			while self._voices and self._voices[0].ended:
				self._voices.pop(0)
				if self._voices:
					self._print("".join(self._voices[0].waiting))

	def _print(self, text: str) -> None:
		print(text, end="", file=self.out, flush=True)


@dataclass(eq=False)
class Voice:
	"""What one part says."""

	floor: Floor
	waiting: list[str] = field(default_factory=list)
	ended: bool = False

	def say(self, text: str) -> None:
		self.floor._say(self, text)

	def end(self) -> None:
		"""Leave the floor to the next part, which is heard from its beginning."""
		self.floor._end(self)


@dataclass(frozen=True)
class Part(Generic[Result]):
	"""A part of a lane: its title, and the work that says what it does and returns results."""

	title: str
	work: Callable[[Voice], Sequence[Result]]


def run_lanes(
	lanes: Sequence[Sequence[Part[Result]]], *, stop: Callable[[], None], out: TextIO | None = None
) -> list[Result]:
	"""Run lanes side by side, the parts of each one after another; return all results, lane by lane.

	:param stop: ends whatever the parts have started, and keeps them from starting more. It is called
		if this process is interrupted or a part raises an error, which is then raised here.
	"""
	floor, stopped = Floor(out), threading.Event()
	with ThreadPoolExecutor(max_workers=max(1, len(lanes))) as pool:
		try:  # from the first lane on: an interruption may come before the last one has begun
			running = [pool.submit(_run_lane, lane, floor, stopped) for lane in lanes]
			for lane in as_completed(running):
				lane.result()
		except BaseException:
			stopped.set()
			stop()
			raise
	return [result for lane in running for result in lane.result()]


def _run_lane(lane: Sequence[Part[Result]], floor: Floor, stopped: threading.Event) -> list[Result]:
	results: list[Result] = []
	for part in lane:
		if stopped.is_set():
			break
		voice, began = floor.ask(part.title), time.monotonic()
		try:
			results += part.work(voice)
			voice.say(f"({part.title}: {seconds(time.monotonic() - began)})\n")
		finally:
			voice.end()
	return results
