"""What the desk knows about the app before it shows anything."""

import frappe

from nmedia_app.nmedia_app.print_formats.annexes import ANNEXES
from nmedia_app.regulation.filing import FOLLOWERS, KNOWN_ONCE_OPENED, REGISTER_FIELDS
from nmedia_app.selectors.tasks import DOCTYPES
from nmedia_app.selectors.working_days import get_desk_calendar
from nmedia_app.services.office import get_office

# records whose English names the app ships with a Chinese for each
TRANSLATED_DOCTYPES = ("Print Format", "Role", "Workflow State")


def extend_bootinfo(bootinfo: frappe._dict):
	"""Tell the desk what prints as an annex, how working days count, and which names to translate."""
	bootinfo.nmedia_annexes = list(ANNEXES)
	bootinfo.nmedia_register = {
		"cells": [*REGISTER_FIELDS, FOLLOWERS],
		"known_once_opened": KNOWN_ONCE_OPENED,
	}
	bootinfo.nmedia_office = bool(get_office())
	bootinfo.nmedia_workflows = get_editors_by_workflow()
	bootinfo.nmedia_calendar = get_desk_calendar()
	translated = bootinfo.setdefault("translated_doctypes", [])
	translated += [doctype for doctype in TRANSLATED_DOCTYPES if doctype not in translated]


def get_editors_by_workflow() -> dict[str, dict[str, dict[str, list[str]]]]:
	"""Return, by guarded document type and workflow, the roles that may edit in each state.

	The platform's form knows the active workflow alone; a document may follow another one.
	"""
	editors = {doctype: {} for doctype in DOCTYPES}
	for row in frappe.get_all(
		"Workflow Document State",
		filters={"parenttype": "Workflow", "parent": ["in", list_workflows()]},
		fields=["parent", "state", "allow_edit"],
		order_by="parent asc, idx asc",
	):
		doctype = frappe.get_cached_value("Workflow", row.parent, "document_type")
		editors[doctype].setdefault(row.parent, {}).setdefault(row.state, []).append(row.allow_edit)
	return editors


def list_workflows() -> list[str]:
	return frappe.get_all("Workflow", filters={"document_type": ["in", DOCTYPES]}, pluck="name") or [""]
