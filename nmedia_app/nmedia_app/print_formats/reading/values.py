"""What a reading gives: each value of a form, and what a person should look at before it is used."""

from dataclasses import dataclass, field
from typing import Any, Final

from nmedia_app.nmedia_app.print_formats.engine.faults import TemplateError, refusal
from nmedia_app.nmedia_app.print_formats.engine.values import Block
from nmedia_app.phrases import Phrase

FOUND: Final = "found"
UNSURE: Final = "unsure"
MISSING: Final = "missing"

ANNEX_1: Final = 1
ANNEX_2: Final = 2


@dataclass(frozen=True)
class ReadValue:
	"""A value as a field wants it (None: there is none), why it is doubtful, and the paper's words."""

	value: Any = None
	doubt: Phrase | None = None
	text: str = ""

	@property
	def state(self) -> str:
		if self.value in (None, "", []):
			return UNSURE if self.text else MISSING
		return UNSURE if self.doubt else FOUND


@dataclass
class ReadForm:
	"""A filled form: which annex it is, its values by field, and of Annex 2 the text of the article.

	`notes` are what a person has to know of the file as a whole.
	"""

	annex: int
	values: dict[str, ReadValue]
	content: list[Block] = field(default_factory=list)
	notes: list[Phrase] = field(default_factory=list)


class NoFormError(TemplateError):
	"""A file that is none of the forms; `faults` says why."""


def no_form(message: str) -> NoFormError:
	return NoFormError(refusal(message).faults)
