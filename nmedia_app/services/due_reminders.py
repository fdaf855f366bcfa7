"""Reminders of a day: once before it, once after it, whatever day the scheduler was down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import cint, now_datetime

from nmedia_app.selectors.working_days import days_left
from nmedia_app.services.notices import Text, notify
from nmedia_app.settings import get_settings

DOCTYPE = "Review Reminder"
DUE_SOON, OVERDUE = "Due Soon", "Overdue"


@dataclass(frozen=True)
class Telling:
	"""Whom to tell, asked only when it is time, and what."""

	get_users: Callable[[], set[str]]
	subject: Text


def remind_of_date(
	*, doc: Document, due_on: date, now: date, before: Telling, after: Telling, message: Text
) -> None:
	"""Remind of what is due on a day, if it is time: some working days before (settings), and after it.

	`due_on` and `now` are local dates. Each is sent once for that day, however often this is called.
	"""
	if now > due_on:
		remind_once(doc=doc, kind=OVERDUE, due_on=due_on, telling=after, message=message)
	elif days_left(due_on, now) <= cint(get_settings().remind_days_before_due):
		remind_once(doc=doc, kind=DUE_SOON, due_on=due_on, telling=before, message=message)


def remind_once(*, doc: Document, kind: str, due_on: date, telling: Telling, message: Text) -> None:
	"""Send a reminder of this kind, unless it was sent for this day already; keep that it was sent."""
	about = {"reference_doctype": doc.doctype, "reference_name": doc.name, "kind": kind, "due_on": due_on}
	if frappe.db.exists(DOCTYPE, about):
		return
	users = telling.get_users()
	if not users:
		return
	frappe.get_doc(
		doctype=DOCTYPE, **about, sent_on=now_datetime(), recipients="\n".join(sorted(users))
	).insert(ignore_permissions=True)
	notify(users=users, subject=telling.subject, message=message, doc=doc)
