"""Who belongs to which section."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

from nmedia_app import MODULE, roles
from nmedia_app.regulation.workflow_rules import EVERYBODY


def get_chief_sections(user: str) -> list[str]:
	"""Sections whose head the user is (Article 4)."""
	return frappe.get_all("Media Section", filters={"chief": user}, pluck="name")


def get_member_sections(user: str) -> list[str]:
	"""Sections whose editor the user is."""
	return frappe.get_all(
		"Media Section Member",
		filters={"user": user, "parenttype": "Media Section"},
		pluck="parent",
		distinct=True,
	)


def get_sections_for_role(user: str, role: str) -> list[str] | None:
	"""Sections for which the user's role counts; None if it counts for the whole house."""
	if role == roles.SECTION_CHIEF:
		return get_chief_sections(user)
	if role == roles.EDITOR:
		return get_member_sections(user)
	return None


def get_visible_sections(user: str) -> list[str] | None:
	"""Sections whose articles the user sees by their roles; None if those of all."""
	known = getattr(frappe.local, "nmedia_visible_sections", None)
	if known is None:
		return read_visible_sections(user)
	if user not in known:
		known[user] = read_visible_sections(user)
	return known[user]


@contextmanager
def remembering_sections() -> Iterator[None]:
	"""Read a user's sections once within it: for reading many documents, with no change between."""
	before = getattr(frappe.local, "nmedia_visible_sections", None)
	frappe.local.nmedia_visible_sections = {}
	try:
		yield
	finally:
		frappe.local.nmedia_visible_sections = before


def read_visible_sections(user: str) -> list[str] | None:
	user_roles = set(frappe.get_roles(user))
	if user == "Administrator" or user_roles & roles.SEE_ALL or user_roles & get_added_roles():
		return None
	own = [r for r in (roles.SECTION_CHIEF, roles.EDITOR) if r in user_roles]
	return sorted({section for role in own for section in get_sections_for_role(user, role)})


def get_added_roles() -> set[str]:
	"""Roles that an administrator put into a workflow of the app, such as one for a legal review.

	They count for the whole house; what they may do is said by their rights on the document type.
	"""
	way, workflow = frappe.qb.DocType("Workflow Transition"), frappe.qb.DocType("Workflow")
	doctype = frappe.qb.DocType("DocType")
	rows = (
		frappe.qb.from_(way)
		.join(workflow)
		.on(workflow.name == way.parent)
		.join(doctype)
		.on((doctype.name == workflow.document_type) & (doctype.module == MODULE))
		.select(way.allowed)
		.distinct()
	).run()
	return {role for (role,) in rows} - {*roles.ALL, *EVERYBODY}
