"""Endpoints of 从 Word 导入: what a filled form says, and the draft that a person makes of it."""

import frappe
from frappe import _
from frappe.utils import cstr

from nmedia_app.services import word_import
from nmedia_app.services.word_import import FormFault


@frappe.whitelist(methods=["POST"])
def read_form(doctype: str, file_name: str, file_content: str) -> dict:
	"""Return what a filled form says (a file as base64); nothing is saved.

	See `word_import.read`; of a file that cannot be read only its `fault`.
	"""
	check_may_create(doctype)
	try:
		content = word_import.decode(cstr(file_content))
		return word_import.read(doctype=doctype, file_name=cstr(file_name), content=content)
	except FormFault as fault:
		return {"fault": str(fault)}


@frappe.whitelist(methods=["POST"])
def make_draft(doctype: str, file_name: str, file_content: str, values: dict | str) -> dict:
	"""Make a draft of a form with the values that the user confirmed; see `word_import.try_draft`."""
	check_may_create(doctype)
	try:
		content = word_import.decode(cstr(file_content))
	except FormFault as fault:
		return {"refused": str(fault)}
	values = frappe.parse_json(values)
	if not isinstance(values, dict):
		frappe.throw(_("The file could not be read. Please choose it again."))
	return word_import.try_draft(doctype=doctype, file_name=cstr(file_name), content=content, values=values)


def check_may_create(doctype: str) -> None:
	"""Only whoever may write such documents reads forms of them."""
	if doctype not in word_import.FIELDS:
		frappe.throw(_("Forms of this kind are not read from Word."), frappe.PermissionError)
	frappe.has_permission(doctype, "create", throw=True)
