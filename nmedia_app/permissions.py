"""Row access: editors see the documents of their sections, a chief the section's, leaders and office all."""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.model.document import Document

from nmedia_app import roles
from nmedia_app.selectors.sections import get_visible_sections

#: types of documents that belong to a section and are seen by its people
OF_SECTIONS = ("Article Review", "Account Filing", "Annual Audit", "Closure Task")


def limit_to_sections(doctype: str) -> Callable[..., str]:
	"""Make the condition that limits lists of a type to the documents of the sections that a user sees."""

	def query(user: str | None = None, **kwargs) -> str:
		return get_condition(doctype, user)

	return query


def get_condition(doctype: str, user: str | None) -> str:
	sections = get_visible_sections(user or frappe.session.user)
	if sections is None:
		return ""
	if not sections:
		return "1=0"
	return f"`tab{doctype}`.`section` in ({', '.join(frappe.db.escape(s) for s in sections)})"


article_review_query = limit_to_sections("Article Review")
account_filing_query = limit_to_sections("Account Filing")
annual_audit_query = limit_to_sections("Annual Audit")
closure_task_query = limit_to_sections("Closure Task")


def may_access_document(
	doc: Document, ptype: str | None = None, user: str | None = None, debug: bool = False
) -> bool:
	"""Tell whether the user may touch a section's document: where it is, and where a change would move it."""
	sections = get_visible_sections(user or frappe.session.user)
	if sections is None:
		return True
	concerned = {doc.get("section"), get_stored_section(doc)} - {None, ""}
	if not concerned:
		return ptype in (None, "create", "read", "select", "write")  # a form not filled in yet
	return concerned <= set(sections)


def may_access_account(
	doc: Document, ptype: str | None = None, user: str | None = None, debug: bool = False
) -> bool:
	"""Everybody with a role reads the register; an account's notes and figures are its section's to write."""
	return ptype != "write" or may_access_document(doc, ptype, user)


def get_stored_section(doc: Document) -> str | None:
	"""Return the section that the database has for a document, whatever the form says."""
	if "stored_section" in doc.flags:
		return doc.flags.stored_section
	return frappe.db.get_value(doc.doctype, doc.name, "section") if doc.get("name") else None


def limit_rows(table: str) -> Callable[..., str]:
	"""Make the condition that limits lists of a child table: the platform itself lists rows of any parent."""

	def row_query(user: str | None = None, **kwargs) -> str:
		if not get_condition(OF_SECTIONS[0], user):
			return ""
		of_visible = (
			f"(`tab{table}`.`parenttype` = '{doctype}' and `tab{table}`.`parent` in"
			f" (select `name` from `tab{doctype}` where {get_condition(doctype, user)}))"
			for doctype in OF_SECTIONS
		)
		return f"({' or '.join(of_visible)})"

	return row_query


approval_record_query = limit_rows("Approval Record")
article_attachment_query = limit_rows("Article Attachment")
article_contributor_query = limit_rows("Article Contributor")
article_publication_query = limit_rows("Article Publication")
article_review_account_query = limit_rows("Article Review Account")
audit_filing_query = limit_rows("Audit Filing")
audit_incident_query = limit_rows("Audit Incident")
audit_material_query = limit_rows("Audit Material")
closure_extension_query = limit_rows("Closure Extension")


def file_query(user: str | None = None, doctype: str | None = None) -> str:
	"""Condition that hides from lists of files those of documents that the user does not see."""
	return " and ".join(
		f"(ifnull(`tabFile`.`attached_to_doctype`, '') != '{doctype}' or `tabFile`.`attached_to_name` in"
		f" (select `name` from `tab{doctype}` where {condition}))"
		for doctype in OF_SECTIONS
		if (condition := get_condition(doctype, user))
	)


def may_open_app(user: str | None = None) -> bool:
	"""Tell whether the user is shown the app (v16): by its roles, or by one that a workflow brings in."""
	user = user or frappe.session.user
	has_role = not {*roles.ALL, "System Manager"}.isdisjoint(frappe.get_roles(user))
	return has_role or get_visible_sections(user) != []


def check_administrator() -> None:
	"""Throw PermissionError unless the session user is a System Manager.

	The platform's `only_for` lets everybody pass while tests run.
	"""
	if "System Manager" not in frappe.get_roles():
		frappe.throw(_("Only a System Manager may do this."), frappe.PermissionError)
