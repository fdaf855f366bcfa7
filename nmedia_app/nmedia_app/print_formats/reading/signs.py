"""Tick boxes, however somebody made them: signs of Unicode, of Word's symbol fonts, ticks typed by hand."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

TICKED: Final = "☑"
UNTICKED: Final = "□"

_TICKED_SIGNS: Final = "■☑☒√✓✔✅☑▣◼⬛●◉✗✘🗹🗷🗸"
_UNTICKED_SIGNS: Final = "□☐▢◻⬜○◯❏❐❑❒▫"
#: boxes and ticks of symbol fonts, by the code of the letter that they take the place of
_FONTS: Final = {
	"wingdings": {
		**dict.fromkeys((0xFE, 0xFD, 0xFC, 0xFB, 0x6E, 0x78, 0xA4, 0x6C), TICKED),
		**dict.fromkeys((0xA8, 0x6F, 0x70, 0x71, 0x72, 0xA1), UNTICKED),
	},
	"wingdings 2": {
		**dict.fromkeys((0x4F, 0x50, 0x51, 0x52, 0x53, 0x54, 0xA2), TICKED),
		**dict.fromkeys((0x2A, 0x30, 0xA3, 0x35), UNTICKED),
	},
	"webdings": {**dict.fromkeys((0x61, 0x67), TICKED), 0x63: UNTICKED},
	"marlett": {**dict.fromkeys((0x61, 0x62), TICKED)},
	"symbol": {0xD6: TICKED, 0xF0: UNTICKED},
}
#: where the letters of symbol fonts stand in Unicode
_PRIVATE: Final = 0xF000
_VARIATION: Final = "[\ufe0e\ufe0f]?"
_TICK: Final = rf"[{_TICKED_SIGNS}]{_VARIATION}"
_BOX: Final = rf"[{_UNTICKED_SIGNS}]{_VARIATION}"
#: brackets to write in, with a tick or without; people mix those of either width
_BRACKETS: Final = "|".join(
	rf"{opening}[ \t　]*(?:{_TICK})?[ \t　]*{closing}"
	for opening, closing in (("[(（]", "[)）]"), (r"[\[［]", r"[\]］]"), ("【", "】"))
)
_BETWEEN: Final = " \t\n　、，,;；/"
_ONE: Final = rf"(?:{_TICK}|{_BOX}|{_BRACKETS})"
#: a tick beside an empty box stands for the box
_CLUSTER = re.compile(rf"{_BOX}[ \t]*{_TICK}|{_TICK}{_BOX}|{_ONE}")


class Option(NamedTuple):
	"""What a box stands for, and whether it is ticked."""

	text: str
	ticked: bool


def read_sign(font: str, code: str) -> str:
	"""Return the sign that a code (hexadecimal) is in a symbol font; nothing for one that is no box."""
	try:
		letter = chr(int(code, 16))
	except (ValueError, OverflowError):
		return ""
	return read_signs(font, letter) if font.strip().lower() in _FONTS else ""


def read_signs(font: str, text: str) -> str:
	"""Return a text with the boxes that it has in its font; of another font, the text."""
	signs = _FONTS.get(font.strip().lower())
	if not signs:
		return text
	return "".join(
		signs.get(ord(letter) - _PRIVATE if ord(letter) >= _PRIVATE else ord(letter), letter)
		for letter in text
	)


def has_boxes(text: str) -> bool:
	return bool(_CLUSTER.search(text))


def read_options(text: str) -> list[Option]:
	"""Return the boxes of a text with what each stands for, before or behind it; none if there are none."""
	matches = list(_CLUSTER.finditer(text))
	if not matches:
		return []
	options = list(_pair(text, matches, _are_behind(text, matches)))
	# a tick behind what has an empty box before it: □微信√
	for number in range(len(options) - 1, 0, -1):
		if options[number] == ("", True):
			options[number - 1] = Option(options[number - 1].text, True)
	return [option for option in options if option.text]


def _are_behind(text: str, matches: list[re.Match]) -> bool:
	"""Tell whether boxes stand behind what they stand for."""
	first, last = matches[0].start(), matches[-1].end()
	if not text[:first].strip():
		return False
	return not text[last:].strip() or (not text[first - 1].isspace() and text[last].isspace())


def _pair(text: str, matches: list[re.Match], is_behind: bool) -> Iterator[Option]:
	"""Yield each piece of a text with the box that it has, or none."""
	starts = [0, *(match.end() for match in matches)]
	ends = [*(match.start() for match in matches), len(text)]
	pieces = [text[start:end].strip(_BETWEEN) for start, end in zip(starts, ends, strict=True)]
	ticks = [any(sign in match[0] for sign in _TICKED_SIGNS) for match in matches]
	ticks = [*ticks, False] if is_behind else [False, *ticks]
	yield from map(Option, pieces, ticks)
