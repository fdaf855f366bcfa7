"""Adjustments of another site are taken over: all of them or none, with the checks of a change by hand."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.core.doctype.doctype.doctype import validate_permissions_for_doctype
from frappe.database.schema import add_column
from frappe.model import data_fieldtypes
from frappe.utils import now, strip_html

from nmedia_app import __version__
from nmedia_app.adjustments.parcel import Item, as_template, get_content, pack, refuse, unpack
from nmedia_app.adjustments.versions import Version, as_json, fill, rename_links
from nmedia_app.nmedia_app.doctype.annex_template.annex_template import refuse_faulty
from nmedia_app.regulation.archive_names import as_name
from nmedia_app.selectors import adjustments as selectors
from nmedia_app.selectors.adjustments import LEAVE, get_action, get_here
from nmedia_app.selectors.shipped_defaults import find_record, get_present_names
from nmedia_app.services import shipped_defaults
from nmedia_app.services.attempts import undone_if_failing

#: what says in words why something is not done
REFUSALS = (frappe.ValidationError, frappe.PermissionError)


class RehearsalEnd(Exception):
	"""Ends a rehearsal: all that it wrote is undone."""


class ChangedMeanwhileError(frappe.ValidationError):
	"""The site changed after it was shown what would be imported."""


def export() -> str:
	"""Return the text of the file with everything that was adjusted on this site."""
	return pack(selectors.collect(), app_version=__version__, made_on=now())


def preview(text: str) -> dict:
	"""Return what importing would do and what speaks against it; nothing is written.

	`entries`: as `selectors.describe`; `refusal`: empty, or why none of it can be imported; `seen`: a digest.
	"""
	items = open_parcel(text)
	entries = [selectors.describe(item) for item in items]
	return {"entries": entries, "refusal": rehearse(items), "seen": get_digest(entries)}


def apply(text: str, *, seen: str) -> int:
	"""Take over all items of a file; return how many changed something.

	`seen` is the digest of what was shown. If one is refused, throws in words and leaves everything as it is.
	"""
	items = open_parcel(text)
	if get_digest([selectors.describe(item) for item in items]) != seen:
		frappe.throw(
			_("The site changed after this was shown. Please choose the file again."), ChangedMeanwhileError
		)
	if refusal := rehearse(items):
		refuse(refusal)
	with new_columns(items):
		done = take_over(items)
		frappe.db.commit()
	for doctype in selectors.get_documents_changed(items):
		frappe.db.updatedb(doctype)
	frappe.clear_cache()
	return done


def open_parcel(text: str) -> list[Item]:
	items = unpack(text)
	for item in items:
		if not selectors.is_of_app(item):
			refuse(
				_("The file would change something that does not belong to this app: {0}").format(
					frappe.utils.escape_html(f"{_(item['doctype'])} {item['name']}")
				)
			)
	return items


def get_digest(entries: list[dict]) -> str:
	return hashlib.sha256(as_json(entries).encode()).hexdigest()


def rehearse(items: list[Item]) -> str:
	"""Take everything over and undo it; return why it is refused, or nothing."""
	refusal = ""
	try:
		with undone_if_failing():
			take_over(items, is_rehearsal=True)
			raise RehearsalEnd
	except RehearsalEnd:
		pass
	except REFUSALS as error:
		refusal = strip_html(str(error))
	except Exception:
		frappe.log_error("Adjustments could not be imported")
		refusal = _("The platform refuses it. The reason is in the Error Log.")
	frappe.clear_cache()  # of what was undone
	return refusal


def take_over(items: list[Item], *, is_rehearsal: bool = False) -> int:
	"""Write what the items bring; return how many changed something. Columns are the caller's to add."""
	names = get_names_here(items)
	done = 0
	frappe.flags.in_create_custom_fields = True  # else the platform adds columns, and thereby commits
	try:
		for item in in_order(items):
			if get_action(item, get_here(item)) != LEAVE:
				with saying_which(item):
					take_over_item(item, names, is_rehearsal)
				done += 1
		switch_off(items)
	finally:
		frappe.flags.in_create_custom_fields = False
	return done


def in_order(items: list[Item]) -> Iterator[Item]:
	"""Yield what comes or changes first, then what goes, those first that need others."""
	yield from (item for item in items if item["values"] is not None)
	yield from (item for item in reversed(items) if item["values"] is None)


@contextmanager
def saying_which(item: Item) -> Iterator[None]:
	"""Let a refusal say of what it is."""
	try:
		yield
	except REFUSALS as error:
		which = f"{_(item['doctype'])} {selectors.say_name(item)}"
		frappe.throw(f"{frappe.utils.escape_html(which)}：{error}", type(error))


def take_over_item(item: Item, names: dict, is_rehearsal: bool) -> None:
	if item["doctype"] == "Custom DocPerm":
		replace_permissions(item)
	elif item["doctype"] == "Annex Template":
		take_over_template(item, is_rehearsal)
	elif item["values"] is None:
		frappe.delete_doc(item["doctype"], selectors.find_name(item))
	else:
		save(item, rename_links(item["values"], names))
	for doctype in selectors.get_documents_changed([item]):
		frappe.clear_cache(doctype=doctype)


def get_names_here(items: list[Item]) -> dict[str, dict[str, str]]:
	"""Return how states and actions are called here that the other site calls as shipped."""
	named = {(item["doctype"], item["default"]) for item in items if "default" in item}
	return {
		doctype: {shipped: name for shipped, name in names.items() if (doctype, shipped) not in named}
		for doctype, names in get_present_names().items()
	}


def save(item: Item, version: Version) -> None:
	"""Save one document as an item has it, as by hand."""
	record = None
	if default := item.get("default"):
		record = find_record(document_type=item["doctype"], default_name=default)
	if record:
		shipped_defaults.put(record, version)
		shipped_defaults.refresh(record)
	else:
		save_without_record(item["doctype"], item["name"], version)
	if item.get("in_use"):
		switch(item)


def save_without_record(doctype: str, name: str, version: Version) -> None:
	if not frappe.db.exists(doctype, name):
		return shipped_defaults.insert(version)
	document = frappe.get_doc(doctype, name)
	shipped_defaults.check_no_document_is_stuck(document, version)
	fill(document, version)
	document.save()


def switch_off(items: list[Item]) -> None:
	"""Put workflows out of use last: one that took the place of another has done so by then."""
	for item in items:
		if item["values"] is not None and item.get("in_use") == 0:
			with saying_which(item):
				switch(item)


def switch(item: Item) -> None:
	"""Put a workflow into use, or out of it, as on the other site."""
	workflow = frappe.get_doc("Workflow", selectors.find_name(item))
	if workflow.is_active != item["in_use"]:
		workflow.is_active = item["in_use"]
		workflow.save()


def replace_permissions(item: Item) -> None:
	"""Give a document type these permissions in place of its own, as the Role Permissions Manager does."""
	for name in frappe.get_all("Custom DocPerm", filters={"parent": item["name"]}, pluck="name"):
		frappe.delete_doc("Custom DocPerm", name)
	for row in item["values"]["rows"]:
		frappe.get_doc({**row, "parent": item["name"], "parenttype": "DocType"}).insert()
	frappe.clear_cache(doctype=item["name"])
	validate_permissions_for_doctype(item["name"])


def take_over_template(item: Item, is_rehearsal: bool) -> None:
	"""Bring a template with its file, or the title, note and use of one that is here."""
	values = as_template(item["values"])
	if found := selectors.find_template(item):
		template = frappe.get_doc("Annex Template", found)
		template.update({"note": None, **values}).save()
		return
	if is_rehearsal:  # a file on the disk would outlast it
		return refuse_faulty(values["document_type"], get_content(item))
	file = frappe.get_doc(
		doctype="File",
		file_name=f"{as_name(values['title'].removesuffix('.docx'), 60)}.docx",
		is_private=1,
		content=get_content(item),
	).insert()
	frappe.get_doc({**values, "file": file.file_url}).insert()


@contextmanager
def new_columns(items: list[Item]) -> Iterator[None]:
	"""Add the columns of new fields first: adding one ends a transaction. If it fails, they go again."""
	added = []
	try:
		for item in items:
			if item["doctype"] == "Custom Field" and (column := add_field_column(item["values"])):
				added.append(column)
		yield
	except Exception:
		frappe.db.rollback()
		for doctype, fieldname in added:
			frappe.db.sql_ddl(f"alter table `tab{doctype}` drop column `{fieldname}`")
		frappe.clear_cache()
		raise


def add_field_column(values: Version) -> tuple[str, str] | None:
	"""Add the column of a custom field; return where, or None if it needs none or is there."""
	doctype, fieldname, fieldtype = values["dt"], values["fieldname"], values.get("fieldtype", "Data")
	if fieldtype not in data_fieldtypes or frappe.get_meta(doctype).issingle:
		return None
	if has_column(doctype, fieldname):
		return None
	add_column(doctype, fieldname, fieldtype, precision=values.get("precision"), length=values.get("length"))
	return doctype, fieldname


def has_column(doctype: str, fieldname: str) -> bool:
	"""Tell whether the database has a column now; the platform's own answer may be an earlier one."""
	return any(
		column.name == fieldname for column in frappe.db.get_table_columns_description(f"tab{doctype}")
	)
