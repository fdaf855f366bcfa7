"""A print format of the app to begin one's own with: its source, which is a file, for a copy in the desk."""

import frappe
from frappe import _
from frappe.www.printview import get_print_format

from nmedia_app import MODULE


@frappe.whitelist()
def get_source(name: str) -> str:
	"""Return the template of a print format of the app.

	The platform copies a standard format without it: what it calls a copy prints something else.
	Throws frappe.PermissionError unless the user may make print formats.
	"""
	frappe.has_permission("Print Format", "create", throw=True)
	print_format = frappe.get_doc("Print Format", name)
	if print_format.module != MODULE or print_format.standard != "Yes":
		frappe.throw(
			_("{0} is no print format of this app.").format(frappe.bold(frappe.utils.escape_html(name)))
		)
	return get_print_format(print_format.doc_type, print_format)
