"""Who can take a part in running an account."""

import frappe
from frappe.query_builder import DocType

from nmedia_app import roles
from nmedia_app.register import PEOPLE


def find_people(fieldname: str, text: str, start: int, limit: int) -> list[list[str]]:
	"""List [user, full name] of enabled users with a role for this field of an account, by part of the name.

	For any other field: of users with one of the app's roles.
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
	return [list(row) for row in query.run()]
