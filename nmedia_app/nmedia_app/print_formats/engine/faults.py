"""What is wrong with a Word template, said so that whoever made it in Word can find and mend it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from nmedia_app.phrases import Phrase, _


@dataclass(frozen=True)
class Fault(Phrase):
	"""A fault of a template, and where in the document it is (from the outside in); nowhere for the file."""

	place: tuple[Phrase, ...] = ()

	def say(self, translate: Callable[[str], str] = str) -> str:
		sentence = super().say(translate)
		if not self.place:
			return sentence
		place = " · ".join(phrase.say(translate) for phrase in self.place)
		return translate(_("In {0}: {1}")).format(place, sentence)


class TemplateError(Exception):
	"""A Word template that cannot be used; `faults` says why, `tags` are what could still be read of it."""

	def __init__(self, faults: Iterable[Fault], tags: Iterable = ()):
		self.faults, self.tags = tuple(faults), tuple(tags)
		super().__init__("\n".join(fault.say() for fault in self.faults))


def refusal(message: str, *params: Any) -> TemplateError:
	"""Return what is raised about a template as a whole."""
	return TemplateError([Fault(message, params)])


class RenderError(Exception):
	"""A template that could not be filled with this context; `fault` says why."""

	def __init__(self, fault: Fault):
		self.fault, self.faults = fault, (fault,)
		super().__init__(fault.say())
