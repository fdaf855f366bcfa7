"""What the platform's Data Import does otherwise for the register (see `nmedia_app.account_import`)."""

import json
import os
from typing import Any

import frappe
from frappe import _
from frappe.core.doctype.data_import import data_import as platform
from frappe.model.document import Document
from frappe.utils import cstr, strip_html

from nmedia_app.account_import import FAULTS, INSERT
from nmedia_app.account_import.template import make_template
from nmedia_app.account_import.translation import DOCTYPE, Headings, Translation
from nmedia_app.account_import.workbook import Rows, read_rows, write_rows
from nmedia_app.register import PEOPLE
from nmedia_app.selectors.people import find_people

#: `attached_to_field` of the file that was uploaded, beside the copy of it that is imported
ORIGINAL = "original_import_file"
MOST_PEOPLE = 500  # in a drop-down


def translate_import_file(doc: Document, method: str | None = None):
	"""Put a translated copy in the place of a file that was attached (hook of Data Import)."""
	if is_register_import(doc) and doc.import_file and doc.has_value_changed("import_file"):
		set_original(doc)
		doc.import_file = attach_translation(doc)


def is_register_import(doc: Document) -> bool:
	return doc.reference_doctype == DOCTYPE and doc.import_type == INSERT


@frappe.whitelist(methods=["POST"])
def form_start_import(data_import: str) -> bool:
	"""Start an import, of the file as it reads now: what was missing may be set up meanwhile."""
	doc = frappe.get_doc("Data Import", data_import)
	doc.check_permission("write")
	if is_register_import(doc) and get_original(doc):
		previous = doc.import_file
		doc.db_set("import_file", attach_translation(doc), update_modified=False)
		remove_file(doc, previous)
		# an early version 15 would keep showing a fault that is none any more
		frappe.db.delete("Data Import Log", {"data_import": doc.name, "success": 0})
		frappe.db.commit()  # before the job looks for it, on a connection of its own
	return platform.form_start_import(data_import)


@frappe.whitelist()
def get_preview_from_template(
	data_import: str, import_file: str | None = None, google_sheets_url: str | None = None
) -> dict | None:
	"""Return the platform's preview, in the user's words and with the faults of all rows."""
	doc = frappe.get_doc("Data Import", data_import)
	doc.check_permission("read")
	preview = platform.get_preview_from_template(data_import, import_file, google_sheets_url)
	if preview and is_register_import(doc) and get_original(doc):
		show_in_words(preview)
		preview.warnings = [*list_faults(doc), *preview.warnings]
	return preview


@frappe.whitelist()
def download_errored_template(data_import_name: str):
	"""Send the rows that failed: of the register as they were written, each with its faults (.xlsx)."""
	doc = frappe.get_doc("Data Import", data_import_name)
	doc.check_permission("read")
	if not (is_register_import(doc) and get_original(doc)):
		return platform.download_errored_template(data_import_name)
	frappe.response.type = "download"
	frappe.response.filename = f"{doc.name}.xlsx".replace(" ", "-")
	frappe.response.filecontent = write_rows(list_failed_rows(doc), _(DOCTYPE))


@frappe.whitelist()
def download_template():
	"""Send the workbook to fill in, with what this site has to choose from (.xlsx)."""
	frappe.has_permission(DOCTYPE, "import", throw=True)
	frappe.response.type = "download"
	frappe.response.filename = "media-account-import.xlsx"
	frappe.response.filecontent = make_template(list_choices())


def list_choices() -> dict[str, list[str]]:
	"""List platforms, sections and people to choose from, by field."""
	people = {
		name: [full_name for _user, full_name in find_people(name, "", 0, MOST_PEOPLE)] for name in PEOPLE
	}
	return {
		"platform": frappe.get_all(
			"Media Platform", filters={"enabled": 1}, pluck="name", order_by="name asc"
		),
		"section": frappe.get_all("Media Section", pluck="name", order_by="name asc"),
		**people,
	}


def set_original(doc: Document):
	"""Note which file was uploaded; attach it if it was not yet."""
	filters = {"file_url": doc.import_file, "attached_to_doctype": doc.doctype, "attached_to_name": doc.name}
	file = frappe.db.get_value("File", filters)
	if not file:
		# one that only its address names is read as the user who names it
		file = frappe.get_doc(
			{"doctype": "File", **filters, "is_private": doc.import_file.startswith("/private/")}
		)
		file = file.insert().name
	if previous := get_original(doc):
		previous.db_set("attached_to_field", None, update_modified=False)
	frappe.db.set_value("File", file, "attached_to_field", ORIGINAL, update_modified=False)


def get_original(doc: Document) -> Document | None:
	"""Return the file that was uploaded for an import, if it was translated."""
	name = frappe.db.get_value(
		"File",
		{"attached_to_doctype": doc.doctype, "attached_to_name": doc.name, "attached_to_field": ORIGINAL},
	)
	return frappe.get_doc("File", name) if name else None


def read_original(doc: Document) -> Rows:
	return read_rows(get_original(doc), Headings().count_known)


def attach_translation(doc: Document) -> str:
	"""Attach what is imported, as it reads now; return its address."""
	column_map = frappe.parse_json(doc.template_options or "{}").get("column_to_field_map") or {}
	rows = Translation(read_original(doc), column_map).translate()
	stem = os.path.splitext(get_original(doc).file_name)[0]
	file = frappe.get_doc(
		doctype="File",
		file_name=f"{stem}-{_('to import')}.xlsx",
		attached_to_doctype=doc.doctype,
		attached_to_name=doc.name,
		attached_to_field="import_file",
		is_private=1,
		content=write_rows(rows, _(DOCTYPE)[:31]),
	)
	return file.insert().file_url


def remove_file(doc: Document, url: str):
	"""Remove an earlier translation; of one that is the same as the new, only the second record."""
	for name in get_attached(doc, url)[int(url == doc.import_file) :]:
		frappe.delete_doc("File", name, ignore_permissions=True)


def get_attached(doc: Document, url: str) -> list[str]:
	filters = {"file_url": url, "attached_to_doctype": doc.doctype, "attached_to_name": doc.name}
	return frappe.get_all("File", filters={**filters, "attached_to_field": "import_file"}, pluck="name")


def show_in_words(preview: dict):
	"""Show headings and choices as the form does, and days without a time."""
	for j, column in enumerate(preview.columns):
		df = column.get("df")
		if not df:
			continue
		column.header_title, column.date_format = _(df["label"]), None
		for row in preview.data:
			if df["fieldtype"] == "Select" and row[j]:
				row[j] = _(row[j])
			elif df["fieldtype"] == "Date" and row[j]:
				row[j] = cstr(row[j])[:10]


def list_faults(doc: Document) -> list[dict[str, Any]]:
	"""List the cells that cannot be read, as the platform lists its warnings."""
	file = frappe.get_doc("File", get_attached(doc, doc.import_file)[0])
	rows = read_rows(file, Headings().count_known)
	return [
		{"row": number, "message": frappe.utils.escape_html(fault)}
		for number, row in enumerate(rows, 1)
		if number > 1 and rows[0][-1] == FAULTS and row[-1]
		for fault in row[-1].split("\n")
	]


def list_failed_rows(doc: Document) -> Rows:
	"""Return heading and failed rows as they were written, and a last column with the faults."""
	rows, headings = read_original(doc), Headings()
	start = Translation(rows).start
	own = [j for j, value in enumerate(rows[start]) if headings.find(value) != FAULTS]
	logs = frappe.get_all(
		"Data Import Log",
		filters={"data_import": doc.name, "success": 0},
		fields=["row_indexes", "messages"],
		order_by="log_index asc",
	)
	faults = {
		number: say_messages(log.messages) for log in logs for number in json.loads(log.row_indexes or "[]")
	}
	label = _(headings.fields[FAULTS].label)
	failed = [[rows[n - 1][j] for j in own] + [text] for n, text in sorted(faults.items())]
	return [[rows[start][j] for j in own] + [label], *failed]


def say_messages(messages: str | None) -> str:
	"""Return what a row's log says, as plain text: the platform keeps JSON, at first as JSON in JSON."""
	texts = []
	for message in frappe.parse_json(messages or "[]"):
		text = frappe.parse_json(message).get("message") or ""
		texts += [strip_html(line) for line in cstr(text).split("<br>")]
	return "\n".join(texts)
