"""Characters as readers see them: forms of one character that a copy may change without changing the text."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from opencc import OpenCC

# Compatibility forms that read the same as what they stand for. Not among them: superscripts, circled
# numbers, fractions, squared units. 10² is not 102.
_SAME_TO_READERS: Final = ("<wide>", "<narrow>", "<small>", "<vertical>", "<font>", "<noBreak>", "<compat>")

# PDF readers hand out the radical where the face has one glyph for radical and character. Unicode's own
# decompositions know the Kangxi radicals; of the supplement they know but two.
_RADICALS: Final = dict(
	zip(
		"⺁⺄⺅⺉⺒⺖⺘⺠⺡⺣⺦⺭⺰⺼⺾⻁⻂⻄⻅⻆⻈⻉⻋⻌⻏⻐⻑⻓⻔⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻭⻮⻯⻰⻱⻲",
		"厂乙亻刂巳忄扌民氵灬丬礻纟月艹虎衤西见角讠贝车辶阝钅長长门青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾齐歯齿竜龙龜亀",
		strict=True,
	)
)
_PUNCTUATION: Final = {
	**dict.fromkeys("“”„‟〝〞", '"'),
	**dict.fromkeys("‘’‚‛", "'"),
	**dict.fromkeys("‐‒–−", "-"),
	**dict.fromkeys("―─⸺", "—"),
	**dict.fromkeys("•‧∙⋅・", "·"),
	**dict.fromkeys("〜∼", "~"),
	"⋯": "...",
}
# Letters by their class, of which nothing is seen.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
# Invisible, but they turn the order in which digits and words are read.
_DIRECTIONS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@lru_cache(maxsize=1 << 16)
def is_invisible(character: str) -> bool:
	"""Tell whether readers see nothing of this character: white space, zero-width, variation selectors."""
	if character in _DIRECTIONS:
		return False
	return (
		character.isspace()
		or character in _FILLERS
		or unicodedata.category(character) in ("Cf", "Cc")
		or 0xFE00 <= ord(character) <= 0xFE0F
		or 0xE0100 <= ord(character) <= 0xE01EF
	)


@lru_cache(maxsize=1 << 16)
def plain(character: str) -> str:
	"""Return the character, or the few, that readers take this one for: full-width, look-alike, ligature."""
	if character in _RADICALS:
		return _RADICALS[character]
	decomposed = unicodedata.decomposition(character)
	if not decomposed.startswith("<") or decomposed.startswith(_SAME_TO_READERS):
		character = unicodedata.normalize("NFKC", character)
	return "".join(_PUNCTUATION.get(part, part) for part in character)


def visible(text: str) -> Iterator[tuple[int, str]]:
	"""Yield, of every character that readers see, its offset in the text and its plain form.

	A letter and the combining marks behind it are one character, composed where Unicode has it composed.
	"""
	start, cluster, shown = 0, "", ""
	for offset, character in enumerate(text):
		look = _look(character)
		if look is None and cluster:
			cluster += character
			shown = "".join(map(plain, unicodedata.normalize("NFC", cluster)))
			continue
		if shown:
			yield start, shown
		shown = plain(character) if look is None else look
		start, cluster = offset, character if shown else ""
	if shown:
		yield start, shown


@lru_cache(maxsize=1 << 16)
def _look(character: str) -> str | None:
	"""Return the plain form, nothing for what cannot be seen, None for what combines with the one before."""
	if is_invisible(character):
		return ""
	return None if unicodedata.combining(character) else plain(character)


@lru_cache(maxsize=1 << 16)
def letters_of(character: str) -> str | None:
	"""Return the plain letters or digits, small and simplified, that a character stands for.

	A separator stands for none; what cannot be seen and what is only written above a letter is None.
	"""
	if character in _FILLERS or unicodedata.category(character) in ("Cf", "Cc", "Mn", "Me", "Cn"):
		return "" if character.isspace() else None
	decomposed = unicodedata.normalize("NFKD", plain(character).casefold())
	return "".join(_simplified(letter) for letter in decomposed if letter.isalnum()).casefold()


@lru_cache(maxsize=1 << 16)
def _simplified(letter: str) -> str:
	return letter if letter < "\u2e80" else _converter().convert(letter)


@cache
def _converter() -> OpenCC:
	return OpenCC("t2s")
