"""What the app ships for an administrator to change, and how it stands with that on this site."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr

from nmedia_app.adjustments.versions import Version, get_name, get_version, normalise, rename_links
from nmedia_app.workflow_definition import count_documents

DOCTYPE: Final = "Shipped Default"
FOLDER: Final = Path(__file__).parents[1] / "defaults"
#: in the order in which one needs the other
DOCTYPES: Final = ("Workflow State", "Workflow Action Master", "Workflow", "Custom HTML Block")

AS_SHIPPED: Final = "As Shipped"
CHANGED: Final = "Changed Here"
DELETED: Final = "Deleted Here"
OUTDATED: Final = "Newer Version Shipped"
WITHDRAWN: Final = "No Longer Shipped"
FOREIGN: Final = "Here before the App"


def read_defaults() -> Iterator[dict]:
	"""Yield the shipped defaults, each as a document's dict, those that others need first."""
	for doctype in DOCTYPES:
		yield from json.loads(read_file(doctype))


@cache
def read_file(doctype: str) -> str:
	return (FOLDER / f"{frappe.scrub(doctype)}.json").read_text(encoding="utf-8")


def get_default(record: Document) -> dict | None:
	"""Return what the app ships now for a record; None if it does so no longer."""
	key = (record.document_type, record.default_name)
	return next(
		(default for default in read_defaults() if (default["doctype"], get_name(default)) == key), None
	)


def find_record(**filters: str) -> Document | None:
	"""Return the record of a default, if there is one (`document_type` and one of its names)."""
	name = frappe.db.get_value(DOCTYPE, filters)
	return frappe.get_doc(DOCTYPE, name) if name else None


def get_document(record: Document) -> Document | None:
	"""Return the site's document of a default; None if it was deleted."""
	key = (record.document_type, record.document_name)
	return frappe.get_doc(*key) if frappe.db.exists(*key) else None


def get_shipped_version(record: Document) -> Version:
	"""Return the shipped version that the site got last, with the names that its links have here now."""
	return localise(json.loads(record.shipped_version))


def get_latest_version(record: Document) -> Version:
	"""Return the version that restoring gives: the app's of now, or the last one it had."""
	default = get_default(record)
	return localise(default) if default else get_shipped_version(record)


def localise(version: dict) -> Version:
	"""Return a shipped version with the names that states and actions were given here."""
	return rename_links(normalise(version), get_present_names())


def get_present_names() -> dict[str, dict[str, str]]:
	"""Return the present names of the defaults that were renamed, by document type and shipped name."""
	names: dict[str, dict[str, str]] = {}
	for row in frappe.get_all(DOCTYPE, fields=["document_type", "default_name", "document_name"]):
		if row.default_name != row.document_name:
			names.setdefault(row.document_type, {})[row.default_name] = row.document_name
	return names


def is_still(record: Document, version: Version) -> bool:
	"""Tell whether the site's document is there, and as the version has it."""
	document = get_document(record)
	return document is not None and get_version(document) == version


def get_status(record: Document) -> str:
	"""Return how it stands with a default on this site."""
	default = get_default(record)
	if not get_document(record):
		return DELETED
	if not default:
		return WITHDRAWN
	if is_still(record, localise(default)):
		return AS_SHIPPED
	if not record.was_inserted:
		return FOREIGN
	return CHANGED if normalise(default) == normalise(json.loads(record.shipped_version)) else OUTDATED


def get_outdated() -> list[tuple[str, str]]:
	"""List (document type, name) of what was changed here and has a newer version in the app."""
	fields = ["document_type", "document_name"]
	return frappe.get_all(DOCTYPE, filters={"status": OUTDATED}, fields=fields, order_by="name", as_list=True)


def has_active_workflow(doctype: str) -> bool:
	return bool(frappe.db.exists("Workflow", {"document_type": doctype, "is_active": 1}))


def get_stuck_states(workflow: Document, version: Version) -> dict[str, int]:
	"""Count the documents that are in a state which a version of their workflow lacks, or has otherwise.

	They could not go on, or would mean another stage without anybody's step.
	"""
	coming = {row["state"]: get_meaning(row) for row in version.get("states", [])}
	counts = {
		row.state: count_documents(workflow, row.state)
		for row in workflow.states
		if coming.get(row.state) != get_meaning(row)
	}
	return {state: count for state, count in counts.items() if count}


def get_meaning(row) -> tuple[str, ...]:
	"""Return what a state means to code: whether it is submitted, and what field it sets."""
	sets = (cstr(row.get(field)) for field in ("update_field", "update_value"))
	return cstr(cint(row.get("doc_status"))), *sets  # a version leaves out what is 0


def describe_restoring(record: Document) -> list[str]:
	"""Say in sentences what restoring a default would change besides its own values."""
	document, sentences = get_document(record), []
	if not document:
		sentences.append(_("It was deleted here and will be made again."))
	elif document.name != record.default_name:
		sentences.append(
			_("Its name {0} becomes {1} again, wherever it is used.").format(
				_(document.name), _(record.default_name)
			)
		)
	if record.document_type == "Workflow":
		sentences += describe_restoring_workflow(record, document)
	return sentences


def describe_restoring_workflow(record: Document, workflow: Document | None) -> list[str]:
	version = get_latest_version(record)
	sentences = [describe_use(workflow, version)]
	if workflow:
		sentences += [
			_("{0} documents have the status {1}, so that it cannot be restored yet.").format(count, _(state))
			for state, count in get_stuck_states(workflow, version).items()
		]
	return sentences


def describe_use(workflow: Document | None, version: Version) -> str:
	active = frappe.db.get_value("Workflow", {"document_type": version["document_type"], "is_active": 1})
	if active and not (workflow and active == workflow.name):
		return _("The workflow {0} stays in use.").format(_(active))
	if workflow and not workflow.is_active:
		return _("It stays out of use, as it is now.")
	return _("Documents that are under way go on by it at once.")
