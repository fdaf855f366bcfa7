"""Many documents at once, for those who read them through."""

from collections.abc import Sequence

import frappe
from frappe.model.document import Document


def load_documents(doctype: str, names: Sequence[str]) -> list[Document]:
	"""Return documents with their rows, in the order of `names`: one query a table, whatever their number.

	For reading only: rows are plain dicts. The caller has checked the permission.
	"""
	stored = {row.name: row for row in frappe.get_all(doctype, filters={"name": ["in", names]}, fields=["*"])}
	docs = [frappe.get_doc({"doctype": doctype, **stored[name]}) for name in names if name in stored]
	for table in frappe.get_meta(doctype).get_table_fields():
		rows = load_rows(table, [doc.name for doc in docs])
		for doc in docs:
			doc.set(table.fieldname, rows.get(doc.name, []), as_value=True)
	for doc in docs:
		doc.flags.stored_section = stored[doc.name].get("section")  # asking for it is a query a document
	return docs


def load_rows(table, parents: Sequence[str]) -> dict[str, list[frappe._dict]]:
	"""Return the rows of a table field by their document, each document's in their order."""
	filters = {"parenttype": table.parent, "parentfield": table.fieldname, "parent": ["in", parents]}
	by_parent: dict[str, list[frappe._dict]] = {}
	for row in frappe.get_all(table.options, filters=filters, fields=["*"], order_by="idx asc"):
		by_parent.setdefault(row.parent, []).append(row)
	return by_parent
