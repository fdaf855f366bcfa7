"""Reminders of what waits, on time by the scheduler and on request by a button."""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import cint, escape_html, get_datetime, now_datetime

from nmedia_app.regulation.reminders import has_waited
from nmedia_app.regulation.review import APPROVED, UNDER_REVIEW
from nmedia_app.selectors.recipients import Wait, get_superiors, get_wait, may_urge
from nmedia_app.services.notices import notify, say_facts, say_names, say_time, without_failing
from nmedia_app.settings import get_settings
from nmedia_app.workflow import STAGE_FIELD, WorkflowDocument, is_guarded

DOCTYPE = "Review Reminder"
REMINDER, ESCALATION, URGE = "Reminder", "Escalation", "Urge"


def send_reminders() -> None:
	"""Remind of every document that waits too long (scheduler, hourly; a missed hour is caught up)."""
	for doctype in frappe.get_all("Workflow", filters={"is_active": 1}, pluck="document_type"):
		if not is_guarded(doctype):
			continue
		filters = {STAGE_FIELD: ["in", (*UNDER_REVIEW, APPROVED)]}
		for name in frappe.get_all(doctype, filters=filters, order_by="creation asc", pluck="name"):
			with without_failing():
				remind(doc=frappe.get_doc(doctype, name))


def remind(*, doc: WorkflowDocument, now: datetime | None = None) -> None:
	"""Remind whom the document waits for, and later tell a superior: each once while it waits there.

	The approval record that brought the document to its state tells one waiting from the next.
	"""
	now = now or now_datetime()
	wait = get_wait(doc, now)
	if not wait:
		return
	settings = get_settings()
	if has_waited(wait.since, cint(settings.remind_after_hours), now) and wait.awaited:
		tell_once(doc, wait, REMINDER, set(wait.awaited), now)
	if has_waited(wait.since, cint(settings.escalate_after_hours), now):
		tell_once(doc, wait, ESCALATION, get_superiors(doc, wait.awaited), now)


def tell_once(doc: WorkflowDocument, wait: Wait, kind: str, users: set[str], now: datetime) -> None:
	if users and not get_last_sent(doc, wait, kind):
		tell(doc, wait, kind, users, now)


def tell(doc: WorkflowDocument, wait: Wait, kind: str, users: set[str], now: datetime) -> None:
	"""Send a reminder and keep that it was sent."""
	frappe.get_doc(
		doctype=DOCTYPE,
		kind=kind,
		reference_doctype=doc.doctype,
		reference_name=doc.name,
		approval_record=wait.record,
		sent_on=now,
		recipients="\n".join(sorted(users)),
	).insert(ignore_permissions=True)
	notify(
		users=users,
		subject=lambda: SUBJECTS[kind](doc, wait),
		message=lambda: _("Waiting since {0}").format(say_time(wait.since)),
		doc=doc,
	)


def say_reminder(doc: WorkflowDocument, wait: Wait) -> str:
	return _("Reminder: “{0}” is still waiting for you ({1})").format(doc.get_title(), say_facts(doc))


def say_escalation(doc: WorkflowDocument, wait: Wait) -> str:
	return _("“{0}” has been waiting too long. Waiting for: {1} ({2})").format(
		doc.get_title(), say_names(wait.awaited), say_facts(doc)
	)


def say_urge(doc: WorkflowDocument, wait: Wait) -> str:
	return _("{0} asks you to deal with “{1}” soon ({2})").format(
		frappe.utils.get_fullname(frappe.session.user), doc.get_title(), say_facts(doc)
	)


SUBJECTS = {REMINDER: say_reminder, ESCALATION: say_escalation, URGE: say_urge}


def urge(*, doc: WorkflowDocument) -> set[str]:
	"""Remind at once, in the session user's name, whom the document waits for; return these users.

	Throws if the document waits for nobody else, if it is not the user's to urge, or if somebody urged
	less than the pause of the settings ago.
	"""
	user, now = frappe.session.user, now_datetime()
	if not may_urge(doc, user):
		frappe.throw(
			_("Only its authors and the section chief can urge. Please ask one of them."),
			frappe.PermissionError,
		)
	wait = get_wait(doc, now)
	users = set(wait.awaited) - {user} if wait else set()
	if not users:
		frappe.throw(_("It is waiting for nobody else at the moment: there is nobody to urge."))
	possible_from = get_next_urge(doc, wait)
	if possible_from > now:
		frappe.throw(
			_("They were urged already. You can urge again from {0} on.").format(say_time(possible_from)),
			title=_("Urged a Short While Ago"),
		)
	tell(doc, wait, URGE, users, now)
	doc.add_comment("Info", _("urged {0}").format(escape_html(say_names(users))))
	return users


def get_next_urge(doc: WorkflowDocument, wait: Wait) -> datetime:
	"""Return from when on the document may be urged (again)."""
	last = get_last_sent(doc, wait, URGE)
	return last + timedelta(hours=cint(get_settings().urge_pause_hours)) if last else wait.since


def get_last_sent(doc: WorkflowDocument, wait: Wait, kind: str) -> datetime | None:
	"""Return when such a reminder was last sent in this waiting."""
	sent_on = frappe.db.get_value(
		DOCTYPE,
		{
			"reference_doctype": doc.doctype,
			"reference_name": doc.name,
			"approval_record": wait.record,
			"kind": kind,
		},
		"sent_on",
		order_by="sent_on desc",
	)
	return get_datetime(sent_on) if sent_on else None


def describe_wait(doc: WorkflowDocument, user: str) -> dict | None:
	"""Tell a form what its document waits for; None if it waits for nobody but this user, or is not theirs.

	`names` of whom it waits for, `since`, and `next_urge` if somebody urged a short while ago.
	"""
	wait = get_wait(doc)
	others = set(wait.awaited) - {user} if wait else set()
	if not others or not may_urge(doc, user):
		return None
	next_urge = get_next_urge(doc, wait)
	return {
		"names": say_names(others),
		"since": wait.since,
		"next_urge": next_urge if next_urge > now_datetime() else None,
	}
