"""Who can take a part in running an account."""

import frappe
from frappe.query_builder import DocType

from nmedia_app import roles
from nmedia_app.register import PEOPLE
from nmedia_app.selectors.recipients import get_users
from nmedia_app.selectors.sections import get_added_roles


def find_people(
	fieldname: str, text: str, start: int, limit: int, section: str | None = None
) -> list[list[str]]:
	"""List [user, full name] of enabled users with a role for this field of an account, by part of the name.

	For any other field: of users with one of the app's roles. Of a section: those who see its documents.
	"""
	user, has_role = DocType("User"), DocType("Has Role")
	like = f"%{text}%"
	query = (
		frappe.qb.from_(user)
		.join(has_role)
		.on((has_role.parent == user.name) & (has_role.parenttype == "User"))
		.where(has_role.role.isin(PEOPLE.get(fieldname, roles.ALL)))
		.where((user.enabled == 1) & (user.name.notin(("Administrator", "Guest"))))
		.where(user.name.like(like) | user.full_name.like(like))
		.select(user.name, user.full_name)
		.distinct()
		.orderby(user.full_name)
		.offset(start)
		.limit(limit)
	)
	if section:
		query = query.where(user.name.isin([*get_users_seeing(section), ""]))
	return [list(row) for row in query.run()]


def get_users_seeing(section: str | None) -> set[str]:
	"""Enabled users who see the documents of a section: its editors, its chief, and who sees all."""
	members = frappe.get_all(
		"Media Section Member", filters={"parenttype": "Media Section", "parent": section}, pluck="user"
	)
	chief = frappe.db.get_value("Media Section", section, "chief")
	everywhere = (get_users(role) for role in roles.SEE_ALL | get_added_roles())
	own = (get_users(roles.EDITOR) & {*members}) | (get_users(roles.SECTION_CHIEF) & {chief})
	return own.union(*everywhere)
