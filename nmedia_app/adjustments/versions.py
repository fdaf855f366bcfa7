"""One form of a document, whichever Frappe it lies in: what can be compared, kept, and put back.

A version has the values that say something: none that is its field's default, none that only says where a
drawing of it stands, and never a secret. Which workflow is in use is a switch, no part of the workflow.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import frappe
from frappe.model import display_fieldtypes, table_fields
from frappe.model.base_document import BaseDocument
from frappe.utils import cint, cstr

Version = dict[str, Any]

#: where the Workflow Builder drew something, and into which files of which app a developer would export it
LEFT_OUT = frozenset({"workflow_data", "workflow_builder_id", "module"})
#: whether a workflow is in use
SWITCHES = frozenset({("Workflow", "is_active")})


def get_version(doc: BaseDocument) -> Version:
	"""Return the version of a document; it names the document if none of its fields does."""
	version = {"doctype": doc.doctype, **get_values(doc)}
	if not get_name_field(doc.doctype):
		version["name"] = doc.name
	return version


def get_values(row: BaseDocument) -> Version:
	"""Return the values of a document or a row that are not as their fields' defaults."""
	values = {}
	for df in get_fields(row.doctype):
		if df.fieldtype in table_fields:
			value, default = [get_values(child) for child in row.get(df.fieldname) or []], []
		else:
			value, default = as_plain(row.get(df.fieldname), df), as_plain(None, df)
		if value != default:
			values[df.fieldname] = value
	return values


def get_fields(doctype: str) -> Iterator[BaseDocument]:
	"""Yield the fields of a document type whose values a version has."""
	for df in frappe.get_meta(doctype).fields:
		if df.fieldtype in display_fieldtypes or df.fieldtype == "Password" or df.fieldname in LEFT_OUT:
			continue
		if (doctype, df.fieldname) not in SWITCHES:
			yield df


def as_plain(value: Any, df: BaseDocument) -> int | str:
	"""Return a value as JSON keeps it, an empty one as the field's default."""
	if value is None:
		value = df.default
	if df.fieldtype in ("Check", "Int"):
		return cint(value)
	return cstr(value).replace("\r\n", "\n")


def normalise(version: Mapping[str, Any]) -> Version:
	"""Return the version of what a file or an earlier Frappe has, as the fields are here and now."""
	return get_version(frappe.get_doc({**version}))


def rename_links(version: Version, names: Mapping[str, Mapping[str, str]]) -> Version:
	"""Return a version whose links have other names: `names` are by document type, the old to the new."""
	return {"doctype": version["doctype"], **rename_in(version, version["doctype"], names)}


def rename_in(values: Version, doctype: str, names: Mapping[str, Mapping[str, str]]) -> Version:
	fields = {df.fieldname: df for df in frappe.get_meta(doctype).fields}
	renamed = dict(values)
	for fieldname in set(values) & set(fields):
		df, value = fields[fieldname], values[fieldname]
		if df.fieldtype in table_fields:
			renamed[fieldname] = [rename_in(row, df.options, names) for row in value]
		elif df.fieldtype == "Link":
			renamed[fieldname] = names.get(df.options, {}).get(value, value)
	return renamed


def get_links(version: Version) -> Iterator[tuple[str, str]]:
	"""Yield (document type, name) of every document that a version links to, its rows included."""
	yield from links_in(version, version["doctype"])


def links_in(values: Version, doctype: str) -> Iterator[tuple[str, str]]:
	for df in frappe.get_meta(doctype).fields:
		value = values.get(df.fieldname)
		if df.fieldtype in table_fields:
			for row in value or []:
				yield from links_in(row, df.options)
		elif df.fieldtype == "Link" and value:
			yield df.options, value


def fill(doc: BaseDocument, version: Version) -> None:
	"""Give a document the values of a version, and to every other field its default."""
	for fieldname, value in complete(version, doc.doctype).items():
		doc.set(fieldname, value)
	if doc.meta.has_field("workflow_data"):
		doc.workflow_data = None  # a drawing of other states would show these no longer


def complete(values: Version, doctype: str) -> Version:
	"""Return values with the defaults that a version leaves out, in rows as well."""
	completed = {}
	for df in get_fields(doctype):
		if df.fieldtype in table_fields:
			completed[df.fieldname] = [complete(row, df.options) for row in values.get(df.fieldname, [])]
		else:
			completed[df.fieldname] = values.get(df.fieldname, as_plain(None, df))
	return completed


def get_name_field(doctype: str) -> str:
	"""Return the field that names documents of a type; empty if none does."""
	autoname = frappe.get_meta(doctype).autoname or ""
	return autoname[len("field:") :] if autoname.startswith("field:") else ""


def get_name(version: Mapping[str, Any]) -> str:
	"""Return the name of the document that a version is of."""
	return version[get_name_field(version["doctype"]) or "name"]


def as_json(version: Mapping[str, Any] | None) -> str:
	"""Return a version as its one text."""
	return json.dumps(version, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def get_digest(version: Mapping[str, Any]) -> str:
	"""Return the SHA-256 of a version, in hexadecimal."""
	return hashlib.sha256(as_json(version).encode()).hexdigest()
