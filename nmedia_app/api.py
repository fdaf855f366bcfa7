"""Endpoints of the app's own screens."""

import frappe
from frappe import _
from frappe.utils import get_datetime

from nmedia_app import roles
from nmedia_app.selectors.calendar import list_planned_publications
from nmedia_app.selectors.recipients import get_names
from nmedia_app.selectors.sections import get_sections_for_role
from nmedia_app.selectors.tasks import get_waiting_articles
from nmedia_app.services import reminders
from nmedia_app.services.reminders import describe_wait
from nmedia_app.workflow import is_guarded


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


@frappe.whitelist()
def get_wait(doctype: str, name: str) -> dict | None:
	"""Tell the form whom the document waits for, if the session user may urge them; see `describe_wait`."""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	return describe_wait(doc, frappe.session.user) if is_guarded(doctype) else None


@frappe.whitelist(methods=["POST"])
def urge(doctype: str, name: str) -> str:
	"""Remind those whom the document waits for, in the session user's name; return their names."""
	# locked until the end of the request: of two who urge at once, one is told that it was done
	doc = frappe.get_doc(doctype, name, for_update=True)
	doc.check_permission("read")
	if not is_guarded(doctype):
		frappe.throw(_("{0} has no review that could be urged.").format(_(doctype)))
	return get_names(reminders.urge(doc=doc))


@frappe.whitelist()
def get_planned_publications(start: str, end: str, filters: str | list | None = None) -> list[dict]:
	"""List the planned publications from `start` to before `end` that the session user may see (calendar)."""
	if not frappe.has_permission("Article Review", "read"):
		raise frappe.PermissionError
	return list_planned_publications(get_datetime(start), get_datetime(end), frappe.parse_json(filters) or [])
