"""Custody of the review records: numbered in yearly volumes, chained by digests, named by a code (Article 7).

A **record** of the chain is a flat mapping of text to text: the entry itself, with its own `position` in the
chain, `volume` and `number`, and beside them `previous` and `digest`. A stranger recomputes `digest` so:

1. take the record without `previous` and `digest`: the entry;
2. write `{"entry": …, "previous": …}` as JSON: keys sorted by code point, no white space, every text as it
   is stored (no Unicode normalisation, no \\u escapes but those that JSON demands), in UTF-8;
3. take the SHA-256 of these bytes, in lower-case hexadecimal.

`previous` is the digest of the record at the position before; the first one's is the empty text. A record
with the number 0 stands in the chain without taking a number of its volume: the withdrawal of an article.
"""

import hashlib
import json
import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

ALTERED: Final = "altered"
WRONG_PREVIOUS: Final = "wrong previous"
MISSING_POSITION: Final = "missing position"
DOUBLE_POSITION: Final = "double position"
MISSING_NUMBER: Final = "missing number"
DOUBLE_NUMBER: Final = "double number"
MISSING_HEAD: Final = "missing head"

UNNUMBERED: Final = "0"

#: so many digits of a digest are printed for people to type: 64 bits
PRINTED_DIGITS: Final = 16

#: Crockford's base 32: no I, L, O (they look like digits) and no U
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 12
_LOOK_ALIKES = str.maketrans("OIL", "011")

_PLACEHOLDER = re.compile(r"\{(year|number)(?::([1-9]))?\}")


@dataclass(frozen=True)
class Break:
	"""A place where the chain does not hold: where, which kind of break, and what a message needs."""

	position: int
	kind: str
	data: Mapping[str, str | int] = field(default_factory=dict)


class PatternError(ValueError):
	"""A volume's pattern that cannot label: `reason` is "placeholder" (unknown), "year" or "number"."""

	def __init__(self, reason: str, piece: str = ""):
		super().__init__(f"{reason}: {piece}" if piece else reason)
		self.reason, self.piece = reason, piece


def entry_digest(entry: Mapping[str, str], previous: str) -> str:
	"""Return the SHA-256 that chains this entry to the record before it (Article 7; form: see the module).

	Raises TypeError for anything but text, which another could write down in two ways.
	"""
	for part in (previous, *entry.keys(), *entry.values()):
		if not isinstance(part, str):
			raise TypeError(f"an entry consists of texts, not of {type(part).__name__}")
	form = {"entry": dict(entry), "previous": previous}
	text = json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
	return hashlib.sha256(text.encode()).hexdigest()


def entry_of(record: Mapping[str, str]) -> dict[str, str]:
	"""Return what of a record was digested: all but its links."""
	return {name: value for name, value in record.items() if name not in ("previous", "digest")}


def check_chain(records: Iterable[Mapping[str, str]], head: str | None = None) -> list[Break]:
	"""Return every place where the records are not as they were entered (Article 7); none if they are.

	The records may come in any order. `head` is a digest noted elsewhere, or its beginning (a printed volume
	names the last one): a chain that was cut off behind it, or written anew as a whole, no longer has it.
	"""
	chain = sorted(records, key=_position)
	breaks = [*_broken_links(chain), *_broken_numbers(chain)]
	if head and not any((record.get("digest") or "").startswith(head) for record in chain):
		breaks.append(Break(_position(chain[-1]) if chain else 0, MISSING_HEAD, {"head": head}))
	return sorted(breaks, key=lambda found: found.position)


def volume_label(pattern: str, year: int, number: int) -> str:
	"""Return a record's label in its volume, such as 审〔2026〕0001 for 审〔{year}〕{number:4} (Article 7).

	The digit behind the colon is the least number of digits. Raises PatternError as `check_pattern` does.
	"""
	check_pattern(pattern)
	values = {"year": year, "number": number}
	return _PLACEHOLDER.sub(lambda found: f"{values[found[1]]:0{found[2] or 1}d}", pattern)


def check_pattern(pattern: str) -> None:
	"""Raise PatternError unless the pattern names year and number once each, and nothing else in braces."""
	names = Counter(found[1] for found in _PLACEHOLDER.finditer(pattern))
	rest = _PLACEHOLDER.sub("", pattern)
	if stray := re.search(r"\{[^{}]*\}?|\}", rest):
		raise PatternError("placeholder", stray[0])
	for name in ("year", "number"):
		if names[name] != 1:
			raise PatternError(name)


def new_code() -> str:
	"""Return a new verification code: 12 characters, 60 random bits, in the form that is stored."""
	return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def normalise_code(text: str) -> str | None:
	"""Return the stored form of a code as someone typed it, None if it is no code.

	Lower case, full-width characters, spaces and hyphens are fine; O is read as 0, I and L as 1.
	"""
	if len(text) > 10 * CODE_LENGTH:
		return None
	plain = re.sub(r"[\s\-‐‑–—]", "", unicodedata.normalize("NFKC", text))
	if not plain.isascii():
		return None
	code = plain.upper().translate(_LOOK_ALIKES)
	return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


def printed_code(code: str) -> str:
	"""Return the code as people read it: in groups of four."""
	return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def printed_digest(digest: str) -> str:
	"""Return the beginning of a digest as a printed register names it: in groups of four."""
	return printed_code(digest[:PRINTED_DIGITS])


def normalise_digest(text: str) -> str | None:
	"""Return what `printed_digest` printed, as the digest has it; None if it is no such beginning.

	Capitals, full-width characters, spaces and hyphens are fine.
	"""
	plain = re.sub(r"[\s\-‐‑–—]", "", unicodedata.normalize("NFKC", text)).lower()
	return plain if re.fullmatch(rf"[0-9a-f]{{{PRINTED_DIGITS},64}}", plain) else None


def _position(record: Mapping[str, str]) -> int:
	return _whole_number(record.get("position"))


def _whole_number(text: str | None) -> int:
	"""Read a number that only its own digits write; anything else is 0, which no record carries."""
	return int(text) if isinstance(text, str) and re.fullmatch(r"[1-9][0-9]{0,17}", text) else 0


def _has_number(record: Mapping[str, str]) -> bool:
	return record.get("number") == UNNUMBERED or _whole_number(record.get("number")) > 0


def _broken_links(chain: list[Mapping[str, str]]) -> Iterable[Break]:
	expected, previous = 1, ""
	for record in chain:
		position = _position(record)
		if position > expected:
			yield Break(expected, MISSING_POSITION, {"from": expected, "to": position - 1})
		elif 0 < position < expected:
			yield Break(position, DOUBLE_POSITION)
		if not (position and _has_number(record) and _is_as_entered(record)):
			yield Break(position, ALTERED)
		if position == expected and record.get("previous") != previous:
			yield Break(position, WRONG_PREVIOUS)
		expected, previous = max(expected, position + 1), record.get("digest")


def _is_as_entered(record: Mapping[str, str]) -> bool:
	try:
		return entry_digest(entry_of(record), record["previous"]) == record["digest"]
	except (KeyError, TypeError, UnicodeEncodeError):
		return False


def _broken_numbers(chain: list[Mapping[str, str]]) -> Iterable[Break]:
	volumes: dict[str, list[tuple[int, int]]] = {}
	for record in chain:
		if record.get("number") == UNNUMBERED:
			continue
		place = (_whole_number(record.get("number")), _position(record))
		volumes.setdefault(record.get("volume", ""), []).append(place)
	for volume, places in volumes.items():
		last = 0
		for number, position in sorted(places):
			if number == last and number:
				yield Break(position, DOUBLE_NUMBER, {"volume": volume, "number": number})
			elif number > last + 1:
				yield Break(position, MISSING_NUMBER, {"volume": volume, "from": last + 1, "to": number - 1})
			last = number
