"""What the person at the terminal sees: one line and one bar a step."""

import sys
import threading
import time
from typing import TextIO

WIDTH = 24
#: how often a log file (no terminal) gets a line about a step that is still running, in seconds
QUIET_INTERVAL = 20


def bar(fraction: float) -> str:
	"""Return a text bar for `fraction` (0 to 1)."""
	filled = int(max(0.0, min(1.0, fraction)) * WIDTH)
	return "[" + "#" * filled + "-" * (WIDTH - filled) + "]"


def seconds(value: float) -> str:
	"""Return a duration in seconds as a person reads it: `8.1 s`, `1 min 32 s`."""
	return f"{value:.1f} s" if value < 60 else f"{int(value // 60)} min {int(value % 60):02d} s"


class StepLine:
	"""The line of one running step, redrawn on a terminal, repeated seldom in a log.

	The bar shows what the step reports through `report`; until it reports anything, the time
	gone against the time `expected` (seconds), and never full before the step has ended.
	"""

	def __init__(self, place: str, title: str, expected: float, out: TextIO = sys.stdout):
		self.place, self.title, self.expected, self.out = place, title, expected, out
		self.reported: float | None = None
		self.began = time.monotonic()
		self._ended = threading.Event()
		self._drawer = threading.Thread(target=self._draw_until_ended, daemon=True)

	def __enter__(self) -> "StepLine":
		if not self.out.isatty():
			print(f"{self.place} {self.title} …", file=self.out, flush=True)
		self._drawer.start()
		return self

	def __exit__(self, kind, error, trace) -> None:
		self._ended.set()
		self._drawer.join()
		broken = "interrupted" if kind is KeyboardInterrupt else "failed"
		end = bar(1) if kind is None else "[" + broken.center(WIDTH, "!") + "]"
		self._print(f"{self.place} {end} {self.title} · {seconds(self.elapsed)}", last=True)

	@property
	def elapsed(self) -> float:
		return time.monotonic() - self.began

	def report(self, fraction: float) -> None:
		"""Take the step's own word on how far it is (0 to 1)."""
		self.reported = fraction

	def _fraction(self) -> float:
		guess = self.elapsed / self.expected if self.expected else 0
		return min(0.99, guess if self.reported is None else self.reported)

	def _draw_until_ended(self) -> None:
		interval = 0.2 if self.out.isatty() else QUIET_INTERVAL
		while not self._ended.wait(interval):
			about = f" of about {seconds(self.expected)}" if self.expected else ""
			self._print(
				f"{self.place} {bar(self._fraction())} {self.title} · {seconds(self.elapsed)}{about}",
				last=False,
			)

	def _print(self, text: str, *, last: bool) -> None:
		if self.out.isatty():
			print(f"\r\033[K{text}", end="\n" if last else "", file=self.out, flush=True)
		else:
			print(text, file=self.out, flush=True)
