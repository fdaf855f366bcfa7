"""Which Word template an annex is made of, and what a template may name."""

import hashlib

import frappe
from frappe import _
from frappe.model.document import Document

from nmedia_app import files
from nmedia_app.nmedia_app.print_formats.annexes import get_annex, get_form_type
from nmedia_app.nmedia_app.print_formats.custom_fields import get_custom_fields
from nmedia_app.nmedia_app.print_formats.placeholders import PLACEHOLDERS, Placeholder


def get_template(doctype: str) -> bytes:
	"""Return the Word template in use for a document type: an administrator's, or the app's own.

	Throws if the administrator's is no longer the file that was checked.
	"""
	name = frappe.db.get_value("Annex Template", {"active_for": get_form_type(doctype)})
	if not name:
		return get_annex(doctype).template.read_bytes()
	return read_template(frappe.get_doc("Annex Template", name))


def read_template(template: Document) -> bytes:
	"""Return the bytes of a template's file; throws if it is gone or is not what was checked."""
	content = files.read_bytes(template, template.file)
	digest = hashlib.sha256(content).hexdigest()
	if not content or template.digest not in (None, "", digest):
		frappe.throw(
			_(
				"The file of the Word template {0} is gone or was changed."
				" An administrator can upload it again, or take it out of use and delete it."
			).format(files.bold(template.title))
		)
	return content


def get_placeholders(doctype: str) -> tuple[Placeholder, ...]:
	"""Return what a template of this document type may name, custom fields included."""
	get_annex(doctype)
	doctype = get_form_type(doctype)
	own = PLACEHOLDERS[doctype]
	taken = {placeholder.name.partition(".")[0] for placeholder in own}
	custom = [
		Placeholder(df.fieldname, _(df.label))
		for df in get_custom_fields(doctype)
		if df.fieldname not in taken
	]
	return (*own, *custom)
