"""Steps that are done once, redone when what they depend on changes, and safe to interrupt.

A step leaves a stamp when it has ended well. The stamp holds a fingerprint of its inputs and of
the steps it needs, so that a change runs again what follows from it and nothing else. A step
that was interrupted has no stamp and starts over: each begins by removing its own half work.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devbench.files import read_json, write_json
from devbench.progress import StepLine, seconds


@dataclass(frozen=True)
class Step:
	"""One step of building a bench.

	:param inputs: returns what the result depends on (JSON); None for a step that is looked at every time.
	:param work: does it; gets the line to report progress to.
	:param there: whether the result is still there (a cheap look), in case somebody removed it.
	:param expected: seconds it takes on two cores, until there is a measured time.
	:param shared: its result is shared by all instances, so its stamp is, too.
	"""

	name: str
	title: str
	work: Callable[[StepLine], None]
	inputs: Callable[[], Any] | None = None
	there: Callable[[], bool] = lambda: True
	needs: Sequence["Step"] = ()
	expected: float = 1
	shared: bool = False


@dataclass
class Runner:
	"""Runs steps in order and keeps their stamps in `stamps` (those of shared steps in `shared_stamps`)."""

	stamps: Path
	shared_stamps: Path
	timings: dict[str, float] = field(default_factory=dict)

	def stamp(self, step: Step) -> Path:
		return (self.shared_stamps if step.shared else self.stamps) / f"{step.name}.json"

	def fingerprint(self, step: Step) -> str:
		"""Return the digest of a step's inputs and of all it needs."""
		told = [step.name, step.inputs() if step.inputs else None, [self.fingerprint(n) for n in step.needs]]
		return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

	def is_done(self, step: Step) -> bool:
		"""Whether the step's result is there and made from the inputs as they are now."""
		kept = read_json(self.stamp(step), {})
		return step.inputs is not None and kept.get("fingerprint") == self.fingerprint(step) and step.there()

	def note_done(self, step: Step) -> None:
		"""Leave a step's stamp although another step did its work: with no time, for none was measured."""
		measured = read_json(self.stamp(step), {}).get("seconds")
		self._leave_stamp(step, self.fingerprint(step), measured)

	def run(self, steps: Sequence[Step]) -> None:
		"""Run those of `steps` that are not done, each with a line, and note the time each took."""
		for number, step in enumerate(steps, 1):
			if not self.is_done(step):
				self._run(step, f"[{number:2}/{len(steps)}]")

	def _run(self, step: Step, place: str) -> None:
		kept = read_json(self.stamp(step), {})
		fingerprint = self.fingerprint(step)
		if step.inputs:
			# the last time is kept as the next estimate; without a fingerprint the step counts as not done
			write_json(self.stamp(step), {"seconds": kept.get("seconds")})
		with StepLine(place, step.title, kept.get("seconds") or step.expected) as line:
			step.work(line)
			if step.inputs:
				os.sync()  # after a power cut, no stamp may speak of work that never reached the disk
		self.timings[step.name] = line.elapsed
		if step.inputs:
			self._leave_stamp(step, fingerprint, line.elapsed)

	def _leave_stamp(self, step: Step, fingerprint: str, took: float | None) -> None:
		measured = None if took is None else round(took, 1)
		write_json(self.stamp(step), {"fingerprint": fingerprint, "seconds": measured, "at": time.time()})


def table_of_times(timings: dict[str, float]) -> str:
	"""Return the time of each step, one a line, with the sum."""
	rows = [f"  {name:<18} {seconds(value):>12}" for name, value in timings.items()]
	return "\n".join([*rows, f"  {'together':<18} {seconds(sum(timings.values())):>12}"])
