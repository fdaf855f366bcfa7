"""Row access: editors see the articles of their sections, a chief the section's, leaders and office all."""

from collections.abc import Callable

import frappe
from frappe.model.document import Document

from nmedia_app import roles
from nmedia_app.selectors.sections import get_visible_sections


def article_review_query(user: str | None = None, doctype: str | None = None) -> str:
	"""Condition that limits lists of Article Review to what the user sees."""
	sections = get_visible_sections(user or frappe.session.user)
	if sections is None:
		return ""
	if not sections:
		return "1=0"
	return f"`tabArticle Review`.`section` in ({', '.join(frappe.db.escape(s) for s in sections)})"


def may_access_article_review(
	doc: Document, ptype: str | None = None, user: str | None = None, debug: bool = False
) -> bool:
	"""Tell whether the user may touch this article: where it is, and where a change would move it."""
	sections = get_visible_sections(user or frappe.session.user)
	if sections is None:
		return True
	concerned = {doc.get("section"), get_stored_section(doc)} - {None, ""}
	if not concerned:
		return ptype in (None, "create", "read", "select", "write")  # a form not filled in yet
	return concerned <= set(sections)


def get_stored_section(doc: Document) -> str | None:
	"""Return the section that the database has for an article, whatever the form says."""
	return frappe.db.get_value("Article Review", doc.name, "section") if doc.get("name") else None


def limit_rows(table: str) -> Callable[..., str]:
	"""Make the condition that limits lists of a child table: the platform itself lists rows of any parent."""

	def row_query(user: str | None = None, doctype: str | None = None) -> str:
		articles = article_review_query(user)
		return articles and (
			f"`tab{table}`.`parenttype` = 'Article Review' and `tab{table}`.`parent` in"
			f" (select `name` from `tabArticle Review` where {articles})"
		)

	return row_query


approval_record_query = limit_rows("Approval Record")
article_attachment_query = limit_rows("Article Attachment")
article_contributor_query = limit_rows("Article Contributor")
article_publication_query = limit_rows("Article Publication")
article_review_account_query = limit_rows("Article Review Account")


def file_query(user: str | None = None, doctype: str | None = None) -> str:
	"""Condition that hides from lists of files those of articles that the user does not see."""
	articles = article_review_query(user)
	if not articles:
		return ""
	return (
		"(ifnull(`tabFile`.`attached_to_doctype`, '') != 'Article Review' or `tabFile`.`attached_to_name` in"
		f" (select `name` from `tabArticle Review` where {articles}))"
	)


def may_open_app(user: str | None = None) -> bool:
	"""Tell whether the app's tile is shown to the user (v16's apps screen)."""
	return not {*roles.ALL, "System Manager"}.isdisjoint(frappe.get_roles(user))
