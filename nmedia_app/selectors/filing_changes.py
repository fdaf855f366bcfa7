"""What a filing changes, cell by cell, as people read it (Article 5)."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document

from nmedia_app.changes import Change, describe_change
from nmedia_app.regulation.filing import CHANGE, find_changed_fields
from nmedia_app.regulation.review import UNDER_REVIEW, is_with_authors
from nmedia_app.services.register import read_snapshot


def get_register_changes(filing: Document) -> list[Change]:
	"""List the cells in which a filing of a change differs from the register as it was before it."""
	if filing.filing_type != CHANGE:
		return []
	return describe(filing, read_snapshot(filing.register_before), find_changed_in_register(filing))


def find_changed_in_register(filing: Document) -> list[str]:
	"""List the fields that a filing of a change changes in the register, in the order of the annex."""
	before = read_snapshot(filing.register_before)
	return find_changed_fields(before, filing) if filing.filing_type == CHANGE and before else []


def get_corrections(filing: Document) -> list[Change]:
	"""List the cells that were corrected since a filing was returned, until it is approved."""
	return describe(filing, read_snapshot(filing.values_returned), find_corrected(filing))


def find_corrected(filing: Document) -> list[str]:
	"""List the fields that were corrected since a filing was returned; nothing once it is approved."""
	before = read_snapshot(filing.values_returned)
	is_open = is_with_authors(filing.stage) or filing.stage in UNDER_REVIEW
	return find_changed_fields(before, filing) if before and is_open else []


def describe(filing: Document, before: dict, fields: Iterable[str]) -> list[Change]:
	earlier = frappe.get_doc({**before, "doctype": filing.doctype, "name": filing.name})
	return [describe_change(earlier, filing, filing.meta.get_field(field)) for field in fields]
