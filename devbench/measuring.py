"""./dev bench: measured claims, each against a peer in the same run.

A measurement is a file in `benchmarks/` with a docstring (its first line says what it claims) and
a function `figures()` that yields `Figure`s.
"""

import importlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from devbench.errors import BadGround
from devbench.instance import CHECKOUT, current, prepare_home

BENCHMARKS = CHECKOUT / "benchmarks"
#: begins the lines that are figures, among what else a site prints
FIGURE = "figure "


@dataclass(frozen=True)
class Figure:
	"""One figure.

	:param ours: what this project takes, in `unit`.
	:param peer: what the peer takes in the same run; None where nothing does the same.
	:param spread: half the distance between the slowest and the fastest of several runs, in `unit`.
	:param size: what it was measured on, in words.
	"""

	name: str
	ours: float
	peer: float | None
	unit: str
	spread: float | None
	size: str

	@property
	def ratio(self) -> float | None:
		"""How many times the peer's figure is ours."""
		return None if self.peer is None or not self.ours else round(self.peer / self.ours, 2)


def names() -> list[str]:
	"""Return the names of all measurements."""
	return sorted(file.stem for file in BENCHMARKS.glob("*.py") if file.stem != "__init__")


def run(name: str | None, *, as_json: bool) -> int:
	"""Run one measurement and print its figures: a table, or one JSON object a line."""
	if name is None:
		print("\n".join(f"  {known:<10} {claim(known)}" for known in names()))
		return 0
	if name not in names():
		raise BadGround(f"There is no measurement {name}. There are: {', '.join(names())}")
	figures = importlib.import_module(f"benchmarks.{name}").figures()
	return print_json(figures) if as_json else print_table(figures)


def claim(name: str) -> str:
	"""Return the first line of a measurement's docstring."""
	return (importlib.import_module(f"benchmarks.{name}").__doc__ or "").strip().splitlines()[0]


def in_site(module: str) -> Iterator[Figure]:
	"""Yield the figures of a benchmark's `measure()`, run in the bench's Python on the tests' own site."""
	from devbench import sites
	from devbench.plan import Plan

	plan = Plan(current())
	prepare_home(plan.instance.home)
	plan.runner.run(plan.for_site_tests())
	printed = sites.inside(plan.instance, sites.TEST, "measure", module, log=f"bench-{module}")
	for line in printed.splitlines():
		if line.startswith(FIGURE):
			yield Figure(**json.loads(line.removeprefix(FIGURE)))


def print_json(figures: Iterable[Figure]) -> int:
	for figure in figures:
		print(json.dumps({**asdict(figure), "ratio": figure.ratio}, ensure_ascii=False), flush=True)
	return 0


def print_table(figures: Iterable[Figure]) -> int:
	print(f"{'figure':<28}{'ours':>12}{'peer':>12} {'unit':<6}{'ratio':>8}{'spread':>10}  size")
	for figure in figures:
		peer, ratio, spread = (_cell(value) for value in (figure.peer, figure.ratio, figure.spread))
		ours = _cell(figure.ours)
		print(
			f"{figure.name:<28}{ours:>12}{peer:>12} {figure.unit:<6}{ratio:>8}{spread:>10}  {figure.size}",
			flush=True,
		)
	return 0


def _cell(value: float | None) -> str:
	return "-" if value is None else f"{value:.4g}"
