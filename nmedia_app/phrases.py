"""Sentences that are put together in one place and said in the reader's language in another; no Frappe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


def _(sentence: str) -> str:
	"""Mark a sentence for translation; it is translated where it is said (`Phrase.say`)."""
	return sentence


def name_some(names: Sequence[str], most: int = 5) -> str:
	"""Name the first `most` of them; an ellipsis stands for the others."""
	return "、".join(names[:most]) + ("…" if len(names) > most else "")


@dataclass(frozen=True)
class Phrase:
	"""An English sentence with {0} for each parameter; a parameter may be a phrase itself."""

	message: str
	params: tuple[Any, ...] = ()

	def say(self, translate: Callable[[str], str] = str) -> str:
		"""Return it as a user reads it."""
		words = [param.say(translate) if isinstance(param, Phrase) else param for param in self.params]
		return translate(self.message).format(*words)


@dataclass(frozen=True)
class Name(Phrase):
	"""What an administrator called something: translated, and otherwise said as it is."""

	def say(self, translate: Callable[[str], str] = str) -> str:
		return translate(self.message)


@dataclass(frozen=True)
class Names(Phrase):
	"""Several names, one after the other (`params`)."""

	message: str = "、"

	def say(self, translate: Callable[[str], str] = str) -> str:
		return self.message.join(translate(name) for name in self.params)


@dataclass(frozen=True)
class Counted(Phrase):
	"""Names with how many there are of each (`params`: pairs), one after the other."""

	message: str = "、"

	def say(self, translate: Callable[[str], str] = str) -> str:
		"""Return them as a user reads them, without a number where there is one."""
		return self.message.join(
			f"{translate(name)}（{count}）" if count > 1 else translate(name) for name, count in self.params
		)
