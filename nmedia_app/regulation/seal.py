"""The seal: what an approval binds, part by part (Article 7: what is approved is what is published).

A **manifest** names every part of an article with the SHA-256 of its bytes; the **seal** is the SHA-256 of
the manifest as JSON with sorted keys, no white space, in UTF-8. Names stand in JSON's quotes, contents as
digests of one length, so that no two lists of parts run together into the same bytes.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

FORMAT: Final = 1

CHANGED: Final = "changed"
MISSING: Final = "missing"
ADDED: Final = "added"
MOVED: Final = "moved"


@dataclass(frozen=True)
class Part:
	"""One part of an article: its kind (title, image …), its name within the kind, its bytes.

	`ordered` parts of one kind count in the order in which they are given (images within a text); the others
	do not (accounts).
	"""

	kind: str
	name: str
	content: bytes
	ordered: bool = False


@dataclass(frozen=True)
class Change:
	"""A part that is not as it was sealed; `how` is changed, missing, added or moved."""

	kind: str
	name: str
	how: str


def manifest(parts: Iterable[Part]) -> dict[str, Any]:
	"""Return the manifest of these parts: plain data that JSON can keep (Article 7)."""
	places: dict[str, int] = defaultdict(int)
	lines = []
	for part in parts:
		line = {"part": part.kind, "name": part.name, "digest": hashlib.sha256(part.content).hexdigest()}
		if part.ordered:
			places[part.kind] += 1
			line["place"] = places[part.kind]
		lines.append(line)
	lines.sort(key=lambda line: (line["part"], line.get("place", 0), line["name"], line["digest"]))
	return {"format": FORMAT, "parts": lines}


def seal_digest(sealed: Mapping[str, Any]) -> str:
	"""Return the SHA-256 of a manifest: the seal that an approval keeps (Article 7)."""
	text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
	return hashlib.sha256(text.encode()).hexdigest()


def changed_parts(sealed: Mapping[str, Any], current: Mapping[str, Any]) -> list[Change]:
	"""Return what of the current manifest differs from the sealed one; none if nothing does.

	A part is told by kind and name. Parts that only another one pushed along have not moved.
	"""
	before, after = _by_name(sealed), _by_name(current)
	changes = []
	for kind, name in sorted({*before, *after}):
		old, new = before.get((kind, name), []), after.get((kind, name), [])
		if how := _difference(old, new):
			changes.append(Change(kind, name, how))
	return changes + _moves(sealed, current)


def _by_name(given: Mapping[str, Any]) -> dict[tuple[str, str], list[dict[str, Any]]]:
	lines = defaultdict(list)
	for line in given["parts"]:
		lines[line["part"], line["name"]].append(line)
	return lines


def _difference(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> str | None:
	one, other = (sorted((line["digest"], "place" in line) for line in lines) for lines in (old, new))
	if one == other:
		return None
	if len(old) == len(new):
		return CHANGED
	return ADDED if len(old) < len(new) else MISSING


def _moves(sealed: Mapping[str, Any], current: Mapping[str, Any]) -> list[Change]:
	"""Compare the order of those parts that are in both as they are."""
	moved = []
	before, after = _in_order(sealed), _in_order(current)
	for kind in sorted(before.keys() & after.keys()):
		pairs = zip(_shared(before[kind], after[kind]), _shared(after[kind], before[kind]), strict=True)
		names = {name for then, (name, digest) in pairs if then != (name, digest)}
		moved += [Change(kind, name, MOVED) for name in sorted(names)]
	return moved


def _in_order(given: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
	lines = defaultdict(list)
	for line in sorted((line for line in given["parts"] if "place" in line), key=lambda line: line["place"]):
		lines[line["part"]].append((line["name"], line["digest"]))
	return lines


def _shared(parts: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
	"""Keep of `parts` those that `others` have as well, each as often as both have it."""
	left = Counter(others)
	kept = []
	for part in parts:
		if left[part]:
			left[part] -= 1
			kept.append(part)
	return kept
