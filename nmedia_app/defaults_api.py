"""Endpoints of the shipped defaults' form: compare, restore, undo. For administrators."""

import frappe
from frappe.model.document import Document

from nmedia_app.adjustments.differences import count_kinds, get_differences
from nmedia_app.adjustments.versions import get_version
from nmedia_app.permissions import check_administrator
from nmedia_app.selectors import shipped_defaults as selectors
from nmedia_app.services import shipped_defaults


@frappe.whitelist()
def compare_default(name: str) -> dict:
	"""Return how a default as it is here differs from the shipped one, and what restoring does."""
	record = get_record(name)
	document, latest = selectors.get_document(record), selectors.get_latest_version(record)
	differences = get_differences(get_version(document) if document else None, latest)
	return {
		"differences": differences,
		"counts": count_kinds(differences),
		"restoring": selectors.describe_restoring(record),
		"is_there": document is not None,
		"may_undo": bool(record.previous_version) and selectors.is_still(record, latest),
	}


@frappe.whitelist(methods=["POST"])
def restore_default(name: str) -> None:
	"""Make a default what the app ships, by saving it as its user would."""
	shipped_defaults.restore(record=get_record(name))


@frappe.whitelist(methods=["POST"])
def undo_restoring(name: str) -> None:
	"""Bring back what restoring a default took away."""
	shipped_defaults.undo(record=get_record(name))


def get_record(name: str) -> Document:
	"""Return the record of a default to an administrator; throws PermissionError to others."""
	check_administrator()
	record = frappe.get_doc(selectors.DOCTYPE, name)
	record.check_permission("read")
	return record
