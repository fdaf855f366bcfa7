"""Word lists (Article 11): words that an administrator keeps, found in a text however they are dressed up.

Full-width and other forms, capitals, accents, traditional characters, invisible characters, and separators
within a word make no difference.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import ahocorasick

from nmedia_app.regulation.characters import letters_of, plain

#: so many separators in a row still are within a word
LONGEST_SEPARATION: Final = 3

_BREAK: Final = "\n"  # stands for what no word reaches across
_ENDS: Final = frozenset("。!?\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_IN_NUMBERS: Final = frozenset(".,:")


@dataclass(frozen=True)
class WordList:
	"""A list of words; `stops` tells whether a hit stops an article or only warns its reviewer."""

	name: str
	words: tuple[str, ...]
	stops: bool = False


@dataclass(frozen=True)
class Hit:
	"""A word of a list in a text, from `start` to before `end` in the text as it was given."""

	list_name: str
	word: str
	stops: bool
	start: int
	end: int


class Matcher:
	"""Finds the words of all lists in one pass; built once for many texts."""

	def __init__(self, lists: Iterable[WordList]):
		self._automaton = ahocorasick.Automaton()
		for order, listed in enumerate(lists):
			for word in listed.words:
				self._add(_Entry(order, listed, word, _read_word(word)))
		self._automaton.make_automaton()

	def find(self, text: str) -> list[Hit]:
		"""Return the hits in the order of the text (Article 11).

		Of words of one list that overlap, the longest is a hit; each list has its own. A word does not reach
		across the end of a sentence or line, nor across more than three separators. A word in letters or
		digits is a hit where it stands alone, not within a longer one.
		"""
		if not len(self._automaton):
			return []
		signs = _read(text)
		found: dict[int, list[_Match]] = {}
		for last, entries in self._automaton.iter(_line(signs)):
			for entry in entries:
				match = _Match(entry, signs, last + 1 - len(entry.signs), last + 1)
				if match.is_whole() and match.is_one_word():
					found.setdefault(entry.order, []).append(match)
		matches = [match for of_list in found.values() for match in _longest(of_list)]
		matches.sort(key=lambda match: (match.start, match.entry.order))
		return [match.hit() for match in matches]

	def _add(self, entry: "_Entry") -> None:
		line = _line(entry.signs)
		if not line or _BREAK in line:
			return
		entries = self._automaton.get(line, [])
		if all(other.order != entry.order for other in entries):
			self._automaton.add_word(line, [*entries, entry])


def parse_words(text: str) -> list[str]:
	"""Return the words of a list as an administrator types it: one a line, # before a remark, none twice."""
	lines = (line.strip() for line in text.splitlines())
	return list(dict.fromkeys(line for line in lines if line and not line.startswith(("#", "＃"))))


def unusable_words(words: Iterable[str]) -> list[str]:
	"""Return those that can never be found: without a letter or digit, or with a sentence's end inside."""
	lines = ((word, _line(_read_word(word))) for word in words)
	return [word for word, line in lines if not line or _BREAK in line]


class _Sign(NamedTuple):
	"""One letter or digit in its plain form, or a break."""

	plain: str
	start: int  # in the text as it was given
	end: int
	gap: str = ""  # what separates it from the sign before

	@property
	def is_spelled(self) -> bool:
		"""Tell whether it is of a script that writes words apart, or of a number."""
		return _BREAK < self.plain < "\u2e80"


class _Entry(NamedTuple):
	"""A word of a list."""

	order: int
	listed: WordList
	word: str
	signs: list[_Sign]


class _Match(NamedTuple):
	"""A place where the signs of a word stand."""

	entry: _Entry
	signs: list[_Sign]
	first: int
	last: int  # the sign behind it

	@property
	def start(self) -> int:
		return self.signs[self.first].start

	@property
	def end(self) -> int:
		return self.signs[self.last - 1].end

	def hit(self) -> Hit:
		return Hit(self.entry.listed.name, self.entry.word, self.entry.listed.stops, self.start, self.end)

	def is_whole(self) -> bool:
		"""Tell whether it is no part of a longer word in letters or of a longer number."""
		return not (self._runs_on(self.first) or self._runs_on(self.last))

	def _runs_on(self, place: int) -> bool:
		if not 0 < place < len(self.signs):
			return False
		before, behind = self.signs[place - 1], self.signs[place]
		return before.is_spelled and behind.is_spelled and not behind.gap

	def is_one_word(self) -> bool:
		"""Tell whether letters that a space divides are one word after all.

		They are if the list has the space, too, or if every letter was set apart: "to p" is not "top", but
		"t o p" is.
		"""
		signs = self.signs[self.first : self.last]
		joints = [
			(behind.gap, listed.gap)
			for (before, behind), listed in zip(pairwise(signs), self.entry.signs[1:], strict=True)
			if before.is_spelled and behind.is_spelled
		]
		if all(gap for gap, _ in joints):
			return True
		return not any(_has_space(gap) and not _has_space(listed) for gap, listed in joints)


def _longest(matches: Sequence[_Match]) -> Iterator[_Match]:
	"""Keep of matches that overlap the one with the longest word."""
	taken: set[int] = set()
	for match in sorted(matches, key=lambda match: (match.first - match.last, match.first)):
		span = range(match.first, match.last)
		if taken.isdisjoint(span):
			taken.update(span)
			yield match


def _line(signs: Iterable[_Sign]) -> str:
	return "".join(sign.plain for sign in signs)


def _read_word(word: str) -> list[_Sign]:
	"""Read a word of a list; the mark at its end ("Yahoo!") is no break."""
	signs = _read(word)
	while signs and signs[-1].plain == _BREAK:
		signs.pop()
	while signs and signs[0].plain == _BREAK:
		signs.pop(0)
	return signs


def _read(text: str) -> list[_Sign]:
	signs: list[_Sign] = []
	gap = ""
	for start, character in enumerate(text):
		letters = letters_of(character)
		if letters is None:
			continue
		if not letters and _is_in_number(text, start):
			letters = plain(character)
		if letters:
			if len(gap) > LONGEST_SEPARATION or not _ENDS.isdisjoint(gap):
				signs.append(_Sign(_BREAK, start, start))
			for index, letter in enumerate(letters):
				signs.append(_Sign(letter, start, start + 1, "" if index else gap))
			gap = ""
		else:
			gap += plain(character)[:1]
	return signs


def _is_in_number(text: str, place: int) -> bool:
	"""Tell whether this is a number's own point or colon: 6.4 is not 64."""
	return (
		plain(text[place]) in _IN_NUMBERS
		and 0 < place < len(text) - 1
		and plain(text[place - 1]).isdigit()
		and plain(text[place + 1]).isdigit()
	)


def _has_space(gap: str) -> bool:
	return any(map(str.isspace, gap))
