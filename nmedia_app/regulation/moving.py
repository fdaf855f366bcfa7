"""Where a document goes on under another workflow (Article 7: no review is skipped by that)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nmedia_app.regulation.review import DRAFT, is_under_review


@dataclass(frozen=True)
class State:
	"""A state of a workflow: its name and the stage that it stands for."""

	name: str
	stage: str | None


def get_place(
	stage: str | None, states: Sequence[State], transitions: Iterable[tuple[str, str]]
) -> str | None:
	"""Return the state in which a document of this stage goes on; None if the workflow has none for it.

	`transitions` are pairs of states, from and to. What is under review begins the other workflow's review
	anew, whatever it went through before; all else goes on at the stage where it is.
	"""
	if is_under_review(stage):
		return get_beginning_of_review(states, transitions)
	return next((state.name for state in states if state.stage == stage), None)


def get_beginning_of_review(states: Sequence[State], transitions: Iterable[tuple[str, str]]) -> str | None:
	"""Return the state into which a draft is sent."""
	stages = {state.name: state.stage for state in states}
	return next(
		(
			to_state
			for from_state, to_state in transitions
			if stages.get(from_state) == DRAFT and is_under_review(stages.get(to_state))
		),
		None,
	)
