"""Endpoints of the app's own screens."""

import frappe
from frappe import _
from frappe.utils import get_fullname

from nmedia_app import roles
from nmedia_app.changes import get_changes
from nmedia_app.selectors.sections import get_sections_for_role
from nmedia_app.selectors.tasks import get_waiting_articles
from nmedia_app.workflow import is_guarded


@frappe.whitelist()
def get_tasks() -> list[dict]:
	"""List what waits for the session user, the longest waiting first; nothing for who has no part in it."""
	if not frappe.has_permission("Article Review", "read"):
		return []
	return get_waiting_articles(frappe.session.user)


@frappe.whitelist()
def get_own_sections() -> list[str]:
	"""List the sections for which the session user writes articles."""
	frappe.has_permission("Article Review", "create", throw=True)
	return get_sections_for_role(frappe.session.user, roles.EDITOR)


@frappe.whitelist(methods=["POST"])
def get_changes_since(doc: dict | str) -> dict:
	"""Tell an approver what changed in a document since it was on their screen (Article 7).

	`doc` is the document as the form has it. Returns `changed_by` (a full name), `changed_on` and `changes`:
	label, before and after of each field that differs, as text in the user's language.
	"""
	seen = frappe.parse_json(doc)
	current = frappe.get_doc(seen.get("doctype"), seen.get("name"))
	current.check_permission("read")
	if not is_guarded(current.doctype):
		frappe.throw(_("This document has no review."))
	current.apply_fieldlevel_read_permissions()
	return {
		"changed_by": get_fullname(current.modified_by),
		"changed_on": current.modified,
		"changes": get_changes(seen, current),
	}
