"""What is approved is what is published (Article 7): the published copy beside the approved text.

White space, line breaks and other invisible characters never count, nor do forms of one character that
readers take for the same (`characters.plain`). Everything else does: a digit, a comma, a sentence.
"""

import re
import sys
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from diff_match_patch import diff_match_patch

from nmedia_app.regulation.characters import is_invisible, visible

SAME: Final = "same"
MISSING: Final = "missing"
ADDED: Final = "added"
ALLOWED: Final = "allowed"

#: seconds after which the search for the smallest difference takes what it has
TIME_LIMIT: Final = 1.0

# Letters and digits of scripts that write words apart. A number keeps its point, colon, hyphen and percent.
_WORD = re.compile(r"[^\W_⺀-\U0010ffff]+(?:[.,:/'@_\-][^\W_⺀-\U0010ffff]+)*[%‰]?")
_ANCHOR: Final = 8  # characters; that many in a row seldom occur twice
# Private characters, one for each text that may stand in the published copy.
_FIRST_STAND_IN: Final = 0xF0000

#: the library's form: steps of deleting, inserting or keeping (-1, 1, 0) and the text of each
_Diffs = list[tuple[int, str]]


@dataclass(frozen=True)
class Piece:
	"""A stretch of text as it was written; `kind` is same, missing, added or allowed."""

	kind: str
	text: str


@dataclass(frozen=True)
class Comparison:
	"""The pieces of both texts in reading order.

	Same and missing ones are the approved text, to the letter. Same, added and allowed ones are the published
	text; what is same reads there as the approved text writes it. A missing piece stands before the added one
	that took its place.
	"""

	pieces: tuple[Piece, ...]

	@property
	def is_same(self) -> bool:
		"""Tell whether nothing is missing and nothing was added."""
		return all(piece.kind in (SAME, ALLOWED) for piece in self.pieces)

	def summary(self) -> dict[str, int]:
		"""Return how many visible characters are of each kind, and the number of `places` that differ."""
		counts = dict.fromkeys((SAME, MISSING, ADDED, ALLOWED), 0)
		for piece in self.pieces:
			counts[piece.kind] += sum(not is_invisible(character) for character in piece.text)
		runs = groupby(piece.kind != SAME for piece in self.pieces if piece.kind != ALLOWED)
		return {**counts, "places": sum(differs for differs, _ in runs)}


def compare(approved: str, published: str, ignore: Iterable[str] = ()) -> Comparison:
	"""Compare the published copy with the approved text (Article 7).

	`ignore` are texts that may stand in the published copy, wherever and however often, without being a
	difference: byline, title, account. What the approved text has of them must be published all the same.
	"""
	ours, theirs = _with_stand_ins(_read(approved), _read(published), ignore)
	diffs = _find_diffs(_line(ours), _line(theirs))
	allowed = _allowed_positions(diffs, theirs)
	diffs = _readable(_without(allowed, diffs))
	kept, before = _set_aside(theirs, allowed)
	regions = _whole_words(_regions(diffs), ours, kept)
	return Comparison(tuple(_merged(_pieces(ours, kept, before, regions))))


class _Sign(NamedTuple):
	"""One character that can be seen."""

	plain: str
	text: str  # as it was written, with what cannot be seen behind it
	joined: bool = False  # to the sign before it, as one word
	stands_in: bool = False  # for a text to ignore


class _Region(NamedTuple):
	"""Where the texts differ: from and to a sign of the approved text, and of the published one."""

	start: int
	end: int
	their_start: int
	their_end: int


# reading


def _read(text: str) -> list[_Sign]:
	units = list(visible(text))
	ends = [*(offset for offset, _ in units[1:]), len(text)]
	signs, spaced, places, start = [], [], [], 0
	for (_, plain), end in zip(units, ends, strict=bool(units)):
		written, start = text[start:end], end
		for index, character in enumerate(plain):
			places.append(len(signs))
			signs.append(_Sign(character, "" if index else written, joined=index > 0))
		spaced.append(plain)
		if len(written) > 1 and any(map(str.isspace, written[1:])):
			places.append(-1)
			spaced.append(" ")
	for word in _WORD.finditer("".join(spaced)):
		for place in places[word.start() + 1 : word.end()]:
			signs[place] = signs[place]._replace(joined=True)
	return signs


def _line(signs: Iterable[_Sign]) -> str:
	return "".join(sign.plain for sign in signs)


def _written(signs: Iterable[_Sign]) -> str:
	return "".join(sign.text for sign in signs)


def _is_within(signs: Sequence[_Sign], place: int) -> bool:
	"""Tell whether a cut before this sign would cut a word or a number."""
	return place < len(signs) and signs[place].joined


# texts to ignore


def _with_stand_ins(
	ours: list[_Sign], theirs: list[_Sign], ignore: Iterable[str]
) -> tuple[list[_Sign], list[_Sign]]:
	"""Put one sign for each text to ignore, on both sides, so that it is found or missing as a whole."""
	lines = sorted({_line(_read(text)) for text in ignore} - {""}, key=lambda line: (-len(line), line))
	taken = {sign.plain for sign in (*ours, *theirs)} if lines else set()
	free = (chr(code) for code in range(_FIRST_STAND_IN, sys.maxunicode) if chr(code) not in taken)
	stand_ins = dict(zip(lines, free, strict=False))
	return _replaced(ours, stand_ins), _replaced(theirs, stand_ins)


def _replaced(signs: list[_Sign], stand_ins: Mapping[str, str]) -> list[_Sign]:
	if not stand_ins:
		return signs
	line, result, done = _line(signs), [], 0
	for found in re.finditer(f"(?={'|'.join(map(re.escape, stand_ins))})", line):
		start = found.start()
		ends = ((start + len(text), text) for text in stand_ins if line.startswith(text, start))
		whole = (found for found in ends if not (_is_within(signs, start) or _is_within(signs, found[0])))
		end, text = next(whole, (0, ""))
		if text and start >= done:
			result += signs[done:start]
			result.append(_Sign(stand_ins[text], _written(signs[start:end]), stands_in=True))
			done = end
	return result + signs[done:]


def _allowed_positions(diffs: _Diffs, theirs: Sequence[_Sign]) -> set[int]:
	"""Return the positions of stand-ins in the published text that the approved text does not have."""
	positions, place = set(), 0
	for how, line in diffs:
		if how == diff_match_patch.DIFF_DELETE:
			continue
		if how == diff_match_patch.DIFF_INSERT:
			span = range(place, place + len(line))
			positions.update(position for position in span if theirs[position].stands_in)
		place += len(line)
	return positions


def _without(positions: set[int], diffs: _Diffs) -> Iterator[tuple[int, str]]:
	place = 0
	for how, line in diffs:
		if how == diff_match_patch.DIFF_DELETE:
			yield how, line
			continue
		yield how, "".join(plain for at, plain in enumerate(line, place) if at not in positions)
		place += len(line)


def _set_aside(signs: Sequence[_Sign], positions: set[int]) -> tuple[list[_Sign], dict[int, str]]:
	"""Return the other signs, and what was written at these positions by the sign that it stands before."""
	kept, before = [], defaultdict(str)
	for position, sign in enumerate(signs):
		if position in positions:
			before[len(kept)] += sign.text
		else:
			kept.append(sign)
	return kept, before


# differences


def _find_diffs(ours: str, theirs: str) -> _Diffs:
	"""Return what turns one line into the other: by anchors, then by characters between them.

	By characters alone, the time limit would cut the search in a long text with many changes.
	"""
	differ, deadline = diff_match_patch(), time.time() + TIME_LIMIT
	diffs, done, their_done = [], 0, 0
	for start, their_start, length in [*_anchors(ours, theirs), (len(ours), len(theirs), 0)]:
		diffs += differ.diff_main(ours[done:start], theirs[their_done:their_start], False, deadline)
		diffs.append((differ.DIFF_EQUAL, ours[start : start + length]))
		done, their_done = start + length, their_start + length
	return diffs


def _anchors(ours: str, theirs: str) -> list[tuple[int, int, int]]:
	"""Return stretches that both have, in order: start, start in theirs, length.

	What occurs but once in each is taken for the same place. This keeps to about a second what is quadratic.
	"""
	once, their_once = _places_of_unique(ours), _places_of_unique(theirs)
	common = [(place, their_once[text]) for text, place in once.items() if text in their_once]
	anchors: list[tuple[int, int, int]] = []
	for place, their_place in _rising(common):
		start, their_start, length = anchors[-1] if anchors else (0, 0, 0)
		if place - start == their_place - their_start and place <= start + length:
			anchors[-1:] = [(start, their_start, place - start + _ANCHOR)]
		elif place >= start + length and their_place >= their_start + length:
			anchors.append((place, their_place, _ANCHOR))
	return anchors


def _places_of_unique(line: str) -> dict[str, int]:
	places: dict[str, int] = {}
	for place in range(len(line) - _ANCHOR + 1):
		text = line[place : place + _ANCHOR]
		places[text] = -1 if text in places else place
	return {text: place for text, place in places.items() if place >= 0}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
	"""Return the most of these pairs, given in the order of their first, whose second rises as well."""
	ends: list[int] = []  # the least second that ends a rising row of each length, and its pair's index
	last: list[int] = []
	before: list[int] = []
	for index, (_, their_place) in enumerate(pairs):
		length = bisect_left(ends, their_place)
		ends[length : length + 1], last[length : length + 1] = [their_place], [index]
		before.append(last[length - 1] if length else -1)
	row, index = [], last[-1] if last else -1
	while index >= 0:
		row.append(pairs[index])
		index = before[index]
	return row[::-1]


def _readable(diffs: Iterable[tuple[int, str]]) -> _Diffs:
	"""Join differences that are torn apart by single characters which happen to be equal."""
	differ, joined = diff_match_patch(), [(how, line) for how, line in diffs if line]
	differ.diff_cleanupMerge(joined)
	differ.diff_cleanupSemantic(joined)
	return joined


def _regions(diffs: _Diffs) -> Iterator[_Region]:
	"""Turn the library's list of steps into the places where the texts differ."""
	at = _Region(0, 0, 0, 0)
	for how, line in [*diffs, (diff_match_patch.DIFF_EQUAL, "")]:
		if how == diff_match_patch.DIFF_DELETE:
			at = at._replace(end=at.end + len(line))
		elif how == diff_match_patch.DIFF_INSERT:
			at = at._replace(their_end=at.their_end + len(line))
		else:
			if at.start < at.end or at.their_start < at.their_end:
				yield at
			end, their_end = at.end + len(line), at.their_end + len(line)
			at = _Region(end, end, their_end, their_end)


def _whole_words(regions: Iterable[_Region], ours: Sequence[_Sign], theirs: Sequence[_Sign]) -> list[_Region]:
	"""Widen regions so that words and numbers differ as a whole; regions that then touch become one."""
	regions = list(regions)
	limits = [*(region.start for region in regions[1:]), len(ours)]
	widened: list[_Region] = []
	for (start, end, their_start, their_end), limit in zip(regions, limits, strict=bool(regions)):
		floor = widened[-1].end if widened else 0
		while start > floor and (_is_within(ours, start) or _is_within(theirs, their_start)):
			start, their_start = start - 1, their_start - 1
		while end < limit and (_is_within(ours, end) or _is_within(theirs, their_end)):
			end, their_end = end + 1, their_end + 1
		if widened and start == floor:
			start, _, their_start, _ = widened.pop()
		widened.append(_Region(start, end, their_start, their_end))
	return widened


# pieces


def _pieces(
	ours: Sequence[_Sign], theirs: Sequence[_Sign], allowed: Mapping[int, str], regions: Iterable[_Region]
) -> Iterator[Piece]:
	"""Yield both texts in reading order; `allowed` is what stands before a sign of theirs."""
	done = their_done = 0
	for region in regions:
		yield from _stretch(SAME, ours[done : region.start], their_done, allowed)
		yield Piece(MISSING, _written(ours[region.start : region.end]))
		added = theirs[region.their_start : region.their_end]
		yield from _stretch(ADDED, added, region.their_start, allowed)
		done, their_done = region.end, region.their_end
	yield from _stretch(SAME, ours[done:], their_done, allowed)
	yield Piece(ALLOWED, allowed.get(len(theirs), ""))


def _stretch(
	kind: str, signs: Sequence[_Sign], their_start: int, allowed: Mapping[int, str]
) -> Iterator[Piece]:
	"""Yield these signs, the first of which is at `their_start`, with what is allowed among them."""
	done = 0
	for place in sorted(place - their_start for place in allowed):
		if 0 <= place < len(signs):
			yield Piece(kind, _written(signs[done:place]))
			yield Piece(ALLOWED, allowed[place + their_start])
			done = place
	yield Piece(kind, _written(signs[done:]))


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
	filled = (piece for piece in pieces if piece.text)
	for kind, group in groupby(filled, key=lambda piece: piece.kind):
		yield Piece(kind, "".join(piece.text for piece in group))
