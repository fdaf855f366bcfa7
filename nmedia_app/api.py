"""Endpoints of the app's own screens."""

import frappe

from nmedia_app import roles
from nmedia_app.selectors.sections import get_sections_for_role
from nmedia_app.selectors.tasks import get_waiting_articles


@frappe.whitelist()
def get_tasks() -> list[dict]:
	"""List what waits for the session user, the longest waiting first; nothing for who has no part in it."""
	if not frappe.has_permission("Article Review", "read"):
		return []
	return get_waiting_articles(frappe.session.user)


@frappe.whitelist()
def get_own_sections() -> list[str]:
	"""List the sections for which the session user writes articles."""
	frappe.has_permission("Article Review", "create", throw=True)
	return get_sections_for_role(frappe.session.user, roles.EDITOR)
