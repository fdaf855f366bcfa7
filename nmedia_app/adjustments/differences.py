"""What differs between a document as it is here and as it was shipped, in words for a person."""

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypedDict

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.model.base_document import BaseDocument

from nmedia_app.adjustments.versions import Version, as_json, get_fields
from nmedia_app.changes import Change, as_text, without_same_lines

#: what a row is known by, the surest first; its first entry is what a person calls it
KNOWN_BY: dict[str, Sequence[Sequence[str]]] = {
	"Workflow Document State": (("state",),),
	"Workflow Transition": (("state", "action", "next_state"), ("state", "action"), ("state", "next_state")),
	"Has Role": (("role",),),
}
DOCUMENT_STATUS = {"0": "Draft", "1": "Submitted", "2": "Cancelled"}

SAME, MOVED, CHANGED, ADDED, REMOVED = "same", "moved", "changed", "added", "removed"


class Detail(TypedDict):
	"""One value of a row, with its label, and whether the other side has another."""

	label: str
	value: str
	differs: bool


class Side(TypedDict):
	"""A row as one side has it."""

	title: str
	details: list[Detail]


class Pair(TypedDict):
	"""A row of both sides, or of one: how they stand to each other, seen from here."""

	kind: str
	here: Side | None
	shipped: Side | None


class Table(TypedDict):
	"""The rows of one table field."""

	label: str
	rows: list[Pair]


class Differences(TypedDict):
	"""Fields that differ, and the rows of every table that has some."""

	fields: list[Change]
	tables: list[Table]


def get_differences(here: Version | None, shipped: Version | None) -> Differences:
	"""Compare two versions of a document; None stands for one that is not there."""
	doctype = (here or shipped)["doctype"]
	here, shipped = here or {}, shipped or {}
	document_type = (here or shipped).get("document_type")
	fields, tables = [], []
	for df in get_fields(doctype):
		if df.fieldtype in table_fields:
			pairs = match_rows(df.options, here.get(df.fieldname, []), shipped.get(df.fieldname, []))
			rows = [describe(df.options, pair, document_type) for pair in pairs]
			tables += [Table(label=_(df.label), rows=rows)] if rows else []
		elif here.get(df.fieldname) != shipped.get(df.fieldname):
			fields.append(describe_field(doctype, df, here, shipped))
	return Differences(fields=fields, tables=tables)


def count_kinds(differences: Differences) -> dict[str, int]:
	"""Count the rows, and the fields as changed, by how they stand to what was shipped."""
	kinds = [pair["kind"] for table in differences["tables"] for pair in table["rows"]]
	counts = {kind: kinds.count(kind) for kind in (ADDED, REMOVED, CHANGED, MOVED)}
	counts[CHANGED] += len(differences["fields"])
	return counts


def match_rows(doctype: str, here: list[Version], shipped: list[Version]) -> list[tuple]:
	"""Pair the rows of two tables: (kind, row here, row shipped), in the order of here.

	The same rows first, then those that a person would call the same, then the rest.
	"""
	partners: dict[int, int] = {}
	left, right = [*map(as_json, here)], [*map(as_json, shipped)]
	for match in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
		partners |= {match.a + step: match.b + step for step in range(match.size)}
	in_order = set(partners)
	pair_up(partners, left, right, lambda row: row)
	for fields in KNOWN_BY.get(doctype, ()):
		pair_up(partners, here, shipped, lambda row, fields=fields: tuple(row.get(f) for f in fields))
	pairs = [
		tell_apart(number, row, partners, left, right, shipped, in_order) for number, row in enumerate(here)
	]
	return insert_missing(pairs, shipped, set(partners.values()), partners)


def pair_up(partners: dict[int, int], here: Sequence, shipped: Sequence, key: Callable) -> None:
	"""Pair the rows that have no partner yet and the same key."""
	taken = set(partners.values())
	free: dict = {}
	for number, row in enumerate(shipped):
		if number not in taken:
			free.setdefault(key(row), []).append(number)
	for number, row in enumerate(here):
		if number not in partners and free.get(key(row)):
			partners[number] = free[key(row)].pop(0)


def tell_apart(number, row, partners, left, right, shipped, in_order) -> tuple:
	if number not in partners:
		return ADDED, row, None
	partner = partners[number]
	if left[number] != right[partner]:
		return CHANGED, row, shipped[partner]
	return (SAME if number in in_order else MOVED), row, shipped[partner]


def insert_missing(
	pairs: list[tuple], shipped: list, found: set[int], partners: dict[int, int]
) -> list[tuple]:
	"""Put what is only shipped where it stood: behind the row that it followed."""
	places = {partner: number for number, partner in partners.items()}
	behind: dict[int, list[tuple]] = {}
	for number, row in enumerate(shipped):
		if number not in found:
			before = max((places[other] for other in places if other < number), default=-1)
			behind.setdefault(before, []).append((REMOVED, None, row))
	ordered = behind.get(-1, [])
	for number, pair in enumerate(pairs):
		ordered = [*ordered, pair, *behind.get(number, [])]
	return ordered


def describe(doctype: str, pair: tuple, document_type: str | None) -> Pair:
	kind, here, shipped = pair
	return Pair(
		kind=kind,
		here=here and as_side(doctype, here, shipped, document_type),
		shipped=shipped and as_side(doctype, shipped, here, document_type),
	)


def as_side(doctype: str, row: Version, other: Version | None, document_type: str | None) -> Side:
	"""Describe a row: what it is called, and each value that says something or differs."""
	document = frappe.get_doc({"doctype": doctype, **row})
	known_by = KNOWN_BY.get(doctype, ((),))[0]
	fields = {df.fieldname: df for df in get_fields(doctype)}
	details = [
		Detail(label=label, value=value, differs=other is not None and row.get(name) != other.get(name))
		for name, label, value in get_details(document, fields, document_type)
		if name not in known_by and (name in row or (other and name in other))
	]
	title = " → ".join(as_text(document, fields[fieldname]) for fieldname in known_by)
	return Side(title=title, details=details)


def get_details(row: BaseDocument, fields: dict, document_type: str | None) -> Iterator[tuple[str, str, str]]:
	"""Yield (field, label, value in words) of a row; what a state sets is told as that field's value."""
	for fieldname, df in fields.items():
		if fieldname == "doc_status":
			yield fieldname, _(df.label), _(DOCUMENT_STATUS.get(row.get(fieldname) or "0", ""))
		elif fieldname == "update_value" and row.update_field and document_type:
			yield (
				fieldname,
				_(frappe.get_meta(document_type).get_label(row.update_field)),
				_(row.update_value),
			)
		elif fieldname != "update_field" or not row.update_value:
			if row.get(fieldname) is None:
				row.set(fieldname, df.default)
			yield fieldname, _(df.label), as_text(row, df)


def describe_field(doctype: str, df, here: Version, shipped: Version) -> Change:
	"""Say a field's value as shipped and as it is here, of long texts the lines that differ."""
	texts = []
	for version in (shipped, here):
		row = frappe.get_doc(
			{"doctype": doctype, **version, df.fieldname: version.get(df.fieldname, df.default)}
		)
		texts.append(as_text(row, df) if version else "")
	before, after = without_same_lines(*texts)
	return Change(label=_(df.label), before=before, after=after)
