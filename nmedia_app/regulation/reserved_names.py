"""Reserved names (Article 5): no account that a person runs may carry the university's name or the unit's.

A name is found however it is written: full-width, in traditional characters, in letters that look alike,
with separators or what cannot be seen within it, or turned round by a mark of direction.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from nmedia_app.regulation.characters import letters_of
from nmedia_app.regulation.look_alikes import familiar

# readers see what is behind this mark from its end to its beginning
_TURNING: Final = "\u202e"
# strokes between names, letters by their class
_STROKES: Final = frozenset("丨丶丿")
# What one letter or digit, or two, are taken for; both sides of a comparison are brought to one of them.
_SHAPES: Final = str.maketrans(
	{"w": "vv", "m": "rn", "0": "o", "1": "l", "i": "l", "2": "z", "5": "s", "6": "b", "8": "b"}
)
# one other sign, put between all characters of a name, is a separator as well: 西x工x大
_FILLING: Final = "(.?)"


def find_reserved_name(name: str, reserved: Iterable[str]) -> str | None:
	"""Return the reserved name that an account's name carries, the longest of several; None for none.

	A reserved name in Chinese is found anywhere in the name; where it begins or ends with a letter (or
	digit), no letter (digit) may stand next to that: NPU is in "NPU新闻" and "NPU2026", not in "input".
	"""
	readings = [_read(name)]
	if _TURNING in name:
		readings.append(_read(name[::-1]))
	for listed in sorted(reserved, key=len, reverse=True):
		if any(_carries(signs, listed) for signs in readings):
			return listed
	return None


def unusable_names(reserved: Iterable[str]) -> list[str]:
	"""Return those that can never be found, since they have neither letter nor digit."""
	return [name for name in reserved if not _read(name)]


class _Sign(NamedTuple):
	"""What one character of a name shows: a letter, a digit, a Chinese character."""

	shape: str
	kind: str  # "letter" or "digit" of a script that writes words apart, or nothing
	has_gap: bool  # something separates it from the sign before


def _carries(signs: list[_Sign], listed: str) -> bool:
	pattern = _pattern(listed)
	if not pattern:
		return False
	line = "".join(sign.shape for sign in signs)
	sign_at, place = {}, 0  # where in the line each sign begins
	for index, sign in enumerate(signs):
		sign_at[place] = index
		place += len(sign.shape)
	sign_at[place] = len(signs)
	for start, first in sign_at.items():
		match = pattern.match(line, start)
		last = match and sign_at.get(match.end())
		if last and not (_runs_on(signs, first) or _runs_on(signs, last)):
			return True
	return False


def _runs_on(signs: list[_Sign], place: int) -> bool:
	"""Tell whether a word or a number goes on over this place."""
	if not 0 < place < len(signs):
		return False
	before, behind = signs[place - 1], signs[place]
	return bool(before.kind) and before.kind == behind.kind and not behind.has_gap


@lru_cache(maxsize=1 << 10)
def _pattern(listed: str) -> re.Pattern | None:
	"""Return what finds a reserved name in a line of shapes; None for one without a letter."""
	signs = _read(listed)
	shapes = [re.escape(sign.shape) for sign in signs]
	if len(shapes) < 3 or any(sign.kind for sign in signs):
		return re.compile("".join(shapes)) if shapes else None
	return re.compile(shapes[0] + _FILLING + r"\1".join(shapes[1:]))


def _read(name: str) -> list[_Sign]:
	signs: list[_Sign] = []
	has_gap = False
	for character in name:
		shape = _shape(character)
		if shape is None:
			continue
		if shape:
			signs.append(_Sign(shape, _kind(character), has_gap))
		has_gap = not shape
	return signs


@lru_cache(maxsize=1 << 14)
def _shape(character: str) -> str | None:
	"""Return what a character shows; nothing for a separator, None for what is not seen by itself."""
	# once for the capital, once for the small letter: Ո becomes ո, which is taken for n
	letters = "".join(familiar(part).casefold() for part in unicodedata.normalize("NFKD", character))
	parts = [letters_of(familiar(letter)) for letter in letters]
	if all(part is None for part in parts):
		return None
	shape = "".join(part for part in parts if part and part not in _STROKES)
	return shape.translate(_SHAPES)


@lru_cache(maxsize=1 << 14)
def _kind(character: str) -> str:
	shown = unicodedata.normalize("NFKD", character)[0]
	if shown >= "\u2e80" and familiar(shown) >= "\u2e80":
		return ""
	return "digit" if shown.isdigit() else "letter"
