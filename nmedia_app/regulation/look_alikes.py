"""Which familiar letter a reader takes a character for: И, Ν, ո, ɴ and 🅝 are all read as N, エ as 工."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from confusable_homoglyphs.confusables import confusables_data

# Enclosed letters that Unicode does not take apart: the first of each row of 26.
_ROWS_OF_LETTERS: Final = (0x1F150, 0x1F170, 0x1F1E6)
# ɴ, ø, ƥ: their names tell the letter.
_LATIN: Final = re.compile(r"LATIN (SMALL|CAPITAL|LETTER SMALL CAPITAL)(?: LETTER)? ([A-Z])(?: WITH .*)?")
# Beyond Unicode's table, which asks for more likeness than a quick reader does.
_LIKE_AT_A_GLANCE: Final = dict(zip("ИиПпηцШшЩщωµμ", "NnNnnuWwWwwuu", strict=True))
# Variants of Chinese characters that are neither traditional nor in Unicode's table.
_VARIANTS: Final = dict(zip("覀襾卥丠斈斆敩", "西西西北学学学", strict=True))


@lru_cache(maxsize=1 << 14)
def familiar(character: str) -> str:
	"""Return the letter, digit or Chinese character that this one is taken for; often it is itself."""
	if character.isascii():
		return character
	for first in _ROWS_OF_LETTERS:
		if first <= ord(character) < first + 26:
			return chr(ord("A") + ord(character) - first)
	if likeness := _LIKE_AT_A_GLANCE.get(character) or _VARIANTS.get(character):
		return likeness
	if latin := _LATIN.fullmatch(unicodedata.name(character, "")):
		return latin[2] if latin[1] == "CAPITAL" else latin[2].lower()
	return _prototypes().get(character, character)


@cache
def _prototypes() -> dict[str, str]:
	"""Return, of each character in Unicode's table, the most familiar one of those that look like it."""
	groups: dict[str, set[str]] = {}
	for one, others in confusables_data.items():
		for other in others:
			# the table wraps what is written from right to left in marks
			pair = [text.strip("\u200e") for text in (one, other["c"])]
			if all(len(text) == 1 for text in pair):
				merged = set().union(*(groups.get(text, {text}) for text in pair))
				groups.update(dict.fromkeys(merged, merged))
	return {character: min(group, key=_strangeness) for character, group in groups.items()}


def _strangeness(character: str) -> tuple:
	is_han = "\u4e00" <= character <= "\u9fff"
	return not (character.isascii() and character.isalpha()), not character.isascii(), not is_han, character
