"""What the app ships and an administrator owns: brought once, upgraded while nobody changed it."""

import json
from collections.abc import Mapping

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import strip_html

from nmedia_app.adjustments.versions import (
	Version,
	as_json,
	fill,
	get_digest,
	get_links,
	get_name,
	get_name_field,
	get_version,
	normalise,
)
from nmedia_app.selectors.shipped_defaults import (
	AS_SHIPPED,
	DOCTYPE,
	DOCTYPES,
	find_record,
	get_default,
	get_document,
	get_latest_version,
	get_shipped_version,
	get_status,
	get_stuck_states,
	has_active_workflow,
	is_still,
	localise,
	read_defaults,
)
from nmedia_app.services.attempts import undone_if_failing


class NothingToUndoError(frappe.ValidationError):
	"""A default was changed after it was restored, or never was."""


def bring_up_to_date() -> None:
	"""Insert the defaults that are new, upgrade those that nobody changed, note what became of the others.

	Called after install and after each migrate. What an administrator changed or deleted stays as it is.
	"""
	shipped = [*read_defaults()]
	for default in shipped:
		record = find_record(document_type=default["doctype"], default_name=get_name(default))
		follow(record, default) if record else begin(default)
	mark_vanished({(default["doctype"], get_name(default)) for default in shipped})


def mark_vanished(shipped: set[tuple[str, str]]) -> None:
	"""Note which defaults the app ships no longer: their documents stay."""
	for row in frappe.get_all(DOCTYPE, fields=["name", "document_type", "default_name"]):
		if (row.document_type, row.default_name) not in shipped:
			refresh(frappe.get_doc(DOCTYPE, row.name))


def begin(default: dict) -> Document:
	"""Insert a default that this site never had, unless its name is taken; return its new record."""
	name = get_name(default)
	record = frappe.new_doc(DOCTYPE, document_type=default["doctype"], default_name=name, document_name=name)
	keep_shipped_version(record, default)
	if not frappe.db.exists(default["doctype"], name):
		version = localise(default)
		bring_needed(version)
		insert(version, wanted_active=default.get("is_active"))
		record.was_inserted = 1
	return refresh(record)


def follow(record: Document, default: dict) -> None:
	"""Upgrade a default that is still as it was shipped, if the app ships another one now."""
	is_new = normalise(default) != normalise(json.loads(record.shipped_version))
	if is_new and record.was_inserted and is_still(record, get_shipped_version(record)):
		upgrade(record, default)
		refresh(record)
	elif record.status != get_status(record):
		refresh(record)


def upgrade(record: Document, default: dict) -> None:
	"""Bring the new version of a default; where documents stand in the way, note it and leave the old one."""
	record.note, record.previous_version = None, None
	try:
		with undone_if_failing():
			put(record, localise(default))
	except frappe.ValidationError as refusal:
		record.note = strip_html(str(refusal))
	else:
		keep_shipped_version(record, default)


def refresh(record: Document) -> Document:
	"""Write down how it stands with a default now."""
	record.status = get_status(record)
	if record.status == AS_SHIPPED:
		keep_shipped_version(record, get_default(record))
		record.note = None
	return record.save(ignore_permissions=True)


def keep_shipped_version(record: Document, default: dict) -> None:
	version = normalise(default)
	record.shipped_version, record.digest = as_json(version), get_digest(version)


def put(record: Document, version: Version) -> None:
	"""Make the site's document of a default be as a version has it; which workflow is in use stays as it is.

	Throws if documents would be left in a state that the version lacks, and whatever else saving refuses.
	"""
	bring_needed(version)
	document = get_document(record)
	if not document:
		insert(version, wanted_active=(get_default(record) or {}).get("is_active"))
		record.document_name = get_name(version)
		return
	if document.name != get_name(version):
		document = rename(document, get_name(version))
		record.reload()  # `note_change` gave it the name
	check_no_document_is_stuck(document, version)
	fill(document, version)
	document.flags.by_shipped_default = True
	document.save()


def insert(version: Version, *, wanted_active: int | None = None) -> None:
	"""Insert the document of a version; a workflow is put into use only where none is."""
	document = frappe.get_doc({**version})
	if document.doctype == "Workflow":
		document.is_active = int(bool(wanted_active) and not has_active_workflow(document.document_type))
	document.flags.by_shipped_default = True
	document.insert()


def rename(document: Document, name: str) -> Document:
	frappe.rename_doc(document.doctype, document.name, name, force=True, show_alert=False)
	return frappe.get_doc(document.doctype, name)


def bring_needed(version: Version) -> None:
	"""Make the states and actions again that a version links to and that were deleted here."""
	for doctype, name in set(get_links(version)):
		if doctype not in DOCTYPES or frappe.db.exists(doctype, name):
			continue
		if record := find_record(document_type=doctype, document_name=name):
			put(record, get_latest_version(record))
			refresh(record)


def check_no_document_is_stuck(document: Document, version: Version) -> None:
	if document.doctype != "Workflow" or document.document_type != version["document_type"]:
		return
	for state, count in get_stuck_states(document, version).items():
		frappe.throw(
			_("{0} documents have the status {1}, which the shipped workflow lacks or has otherwise.").format(
				count, frappe.bold(_(state))
			)
			+ " "
			+ _("Please take them on to another status first."),
			title=_("Documents Would Be Stuck"),
		)


def restore(*, record: Document) -> Document:
	"""Make a default what the app ships, and keep what was there, so that this can be undone."""
	document = get_document(record)
	previous = as_json({**get_version(document), "name": document.name} if document else None)
	put(record, get_latest_version(record))
	record.previous_version = previous
	return refresh(record)


def undo(*, record: Document) -> Document:
	"""Bring back what restoring took away; throws NothingToUndoError if it was changed since."""
	if not record.previous_version or not is_still(record, get_latest_version(record)):
		frappe.throw(
			_("There is nothing to undo: it was not restored, or was changed after that."), NothingToUndoError
		)
	previous = json.loads(record.previous_version)
	if previous is None:
		frappe.delete_doc(record.document_type, record.document_name)
		record.reload()
	else:
		put(record, name_as_here(previous))
	record.previous_version = None
	return refresh(record)


def name_as_here(previous: Mapping) -> Version:
	"""Return what was kept of a document; one that has no field for its name keeps it beside."""
	kept = dict(previous)
	if get_name_field(kept["doctype"]):
		kept.pop("name")
	return kept


def note_change(document: Document, method: str | None = None, *args) -> None:
	"""Keep a default's record true to its document. Called after one was saved, renamed or deleted."""
	if frappe.flags.in_uninstall or document.flags.by_shipped_default or not frappe.db.table_exists(DOCTYPE):
		return
	before = args[0] if method == "after_rename" else document.name
	record = find_record(document_type=document.doctype, document_name=before)
	if not record:
		return
	record.document_name = document.name
	refresh(record)
