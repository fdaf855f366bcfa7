"""The numbers and bullets that Word puts before paragraphs by itself, as a reader sees them.

A `num` is a list in the document; it stands on an `abstractNum`, which says how each level is written. Lists
on the same one count on, unless a list says where it begins (ECMA-376, 17.9).
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from nmedia_app.nmedia_app.print_formats.reading.numerals import write_number
from nmedia_app.nmedia_app.print_formats.reading.styles import Styles
from nmedia_app.nmedia_app.print_formats.xml import (
	find_children,
	get_attribute,
	get_child,
	get_number,
	get_value,
	is_on,
)

DEEPEST: Final = 8
HIGHEST_START: Final = 32767
BULLET: Final = "•"
_BULLETS: Final = {
	"wingdings": {
		**{0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "❑", 0x72: "❒", 0x74: "◆"},
		**{0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "□", 0xAB: "★"},
		**{0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"},
	},
	"symbol": {0xA8: "◆", 0xAA: "♠", 0xB7: "•", 0xBE: "—", 0xDE: "⇒", 0xAE: "→"},
	"courier new": {0x6F: "○"},
}
_PRIVATE: Final = range(0xE000, 0xF900)
_SYMBOL_BASE: Final = 0xF000
_COUNT = re.compile(r"%([1-9])")


@dataclass(frozen=True)
class Level:
	"""How one level of a list is written. `restart`: a level up to this one (from 1) begins it anew."""

	start: int = 1
	format: str = "decimal"
	text: str = ""
	suffix: str = "tab"
	restart: int | None = None
	is_legal: bool = False  # all its numbers are decimal
	font: str = ""
	style: str = ""
	properties: etree._Element | None = None

	def write_bullet(self) -> str:
		signs = _BULLETS.get(self.font.strip().lower(), {})
		return "".join(self.write_sign(sign, signs) for sign in self.text) or BULLET

	def write_sign(self, sign: str, signs: dict[int, str]) -> str:
		code = ord(sign)
		known = signs.get(code - _SYMBOL_BASE if code in _PRIVATE else code)
		return known or (BULLET if code in _PRIVATE else sign)


@dataclass
class WordList:
	"""A list of the document: what it stands on, where it begins, and its own levels."""

	abstract: str
	starts: dict[int, int] = field(default_factory=dict)
	levels: dict[int, Level] = field(default_factory=dict)


@dataclass(frozen=True)
class Mark:
	"""What stands before a paragraph: its text (None: it is not known how Word writes it), and its level."""

	text: str | None
	level: Level


class Numbering:
	"""Counts the numbered paragraphs of a document, which it is told of in their order."""

	def __init__(self, root: etree._Element | None, styles: Styles):
		self.styles = styles
		self.abstracts: dict[str, dict[int, Level]] = {}
		self.links: dict[str, str] = {}
		self.lists: dict[str, WordList] = {}
		if root is not None:
			self.read(root)
		self.counts: dict[str, dict[int, int]] = {}
		self.begun: set[tuple[str, int]] = set()

	def read(self, root: etree._Element) -> None:
		for abstract in find_children(root, "abstractNum"):
			name = get_attribute(abstract, "abstractNumId")
			self.abstracts[name] = dict(map(read_level, find_children(abstract, "lvl")))
			self.links[name] = get_value(get_child(abstract, "numStyleLink"))
		for num in find_children(root, "num"):
			own = WordList(get_value(get_child(num, "abstractNumId")))
			for override in find_children(num, "lvlOverride"):
				place = get_place(override)
				if (start := get_child(override, "startOverride")) is not None:
					own.starts[place] = get_number(start, HIGHEST_START)
				if (level := get_child(override, "lvl")) is not None:
					own.levels[place] = read_level(level)[1]
			self.lists[get_attribute(num, "numId")] = own

	def mark(self, properties: etree._Element | None, style: str) -> Mark | None:
		"""Count a paragraph with these properties (`pPr`); None if Word puts nothing before it."""
		own, inherited = get_child(properties, "numPr"), self.styles.get_numbering(style)
		name = get_value(get_child(own, "numId"))
		if not name and inherited:
			name = get_value(get_child(inherited.properties, "numId"))
		word_list = self.lists.get(name)
		levels = self.get_levels(word_list) if word_list else {}
		place = self.get_place(own, inherited, levels)
		if not word_list or place not in levels:
			return None  # there is no such list: Word shows nothing
		counts = self.count(name, word_list, place, levels)
		return Mark(write(levels, place, counts), levels[place])

	def get_place(self, own, inherited, levels: dict[int, Level]) -> int:
		if (place := get_child(own, "ilvl")) is not None:
			return get_number(place, DEEPEST)
		if own is not None or not inherited:
			return 0
		linked = (place for place, level in levels.items() if level.style == inherited.style)
		return next(linked, get_number(get_child(inherited.properties, "ilvl"), DEEPEST))

	def get_levels(self, word_list: WordList) -> dict[int, Level]:
		abstract = self.resolve(word_list.abstract)
		return {**self.abstracts.get(abstract, {}), **word_list.levels}

	def resolve(self, abstract: str) -> str:
		"""Return what has the levels: a list may take them from a style."""
		if not self.links.get(abstract):
			return abstract
		linked = self.styles.get_numbering(self.links[abstract])
		word_list = self.lists.get(get_value(get_child(linked.properties, "numId"))) if linked else None
		return word_list.abstract if word_list else abstract

	def count(self, name: str, word_list: WordList, place: int, levels: dict[int, Level]) -> dict[int, int]:
		"""Count on in a list; return the counts of its levels. One above that has none counts as begun."""
		counts = self.counts.setdefault(self.resolve(word_list.abstract), {})
		for above in range(place):
			counts.setdefault(above, get_start(word_list, above, levels))
		begins = place in word_list.starts and (name, place) not in self.begun
		self.begun.add((name, place))
		if begins or place not in counts:
			counts[place] = get_start(word_list, place, levels)
		else:
			counts[place] += 1
		for deeper in [deeper for deeper in counts if deeper > place]:
			restart = levels[deeper].restart if deeper in levels else None
			if restart is None or place < restart:
				del counts[deeper]
		return counts


def get_start(word_list: WordList, place: int, levels: dict[int, Level]) -> int:
	return word_list.starts.get(place, levels.get(place, Level()).start)


def read_level(element: etree._Element) -> tuple[int, Level]:
	"""Return a level with its place, from 0."""
	restart = get_child(element, "lvlRestart")
	number_format = next(find_children(element, "numFmt"), None)
	start = get_child(element, "start")
	font = get_child(element, "rPr", "rFonts")
	return get_place(element), Level(
		start=1 if start is None else get_number(start, HIGHEST_START),
		format="decimal" if number_format is None else get_value(number_format),
		text=get_value(get_child(element, "lvlText")),
		suffix=get_value(get_child(element, "suff")) or "tab",
		restart=None if restart is None else get_number(restart, DEEPEST + 1),
		is_legal=is_on(get_child(element, "isLgl")),
		font="" if font is None else get_attribute(font, "ascii"),
		style=get_value(get_child(element, "pStyle")),
		properties=get_child(element, "rPr"),
	)


def get_place(element: etree._Element) -> int:
	place = get_attribute(element, "ilvl")
	return int(place) if place.isascii() and place.isdigit() and len(place) < 3 else 0


def write(levels: dict[int, Level], place: int, counts: dict[int, int]) -> str | None:
	"""Return what stands before a paragraph, with a space where one belongs; None if it cannot be known."""
	level = levels[place]
	if level.format == "bullet":
		return f"{level.write_bullet()} "
	written = {
		number: write_count(levels, int(number) - 1, counts, level) for number in _COUNT.findall(level.text)
	}
	if None in written.values():
		return None
	text = _COUNT.sub(lambda found: written[found[1]], level.text).strip()
	return text + get_space(text, level.suffix)


def write_count(levels: dict[int, Level], place: int, counts: dict[int, int], of: Level) -> str | None:
	level = levels.get(place, Level())
	return write_number(counts.get(place, level.start), "decimal" if of.is_legal else level.format)


def get_space(text: str, suffix: str) -> str:
	"""Return what Word's distance between number and text is as a text: none behind 、 and ）."""
	if not text or suffix == "nothing":
		return ""
	is_wide = unicodedata.east_asian_width(text[-1]) in "WF"
	return "" if is_wide and unicodedata.category(text[-1]).startswith("P") else " "
