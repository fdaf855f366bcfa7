"""Reminders of a day: once before it, once after it, whatever day the scheduler was down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

import frappe
from frappe.model.document import Document
from frappe.utils import cint, now_datetime

from nmedia_app.selectors.working_days import days_left
from nmedia_app.services.attempts import undone_if_failing
from nmedia_app.services.notices import Text, notify
from nmedia_app.settings import get_settings

DOCTYPE = "Review Reminder"
DUE_SOON, OVERDUE = "Due Soon", "Overdue"
#: somebody asks for what is due
URGE = "Urge"


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
	kind = get_kind_due(due_on, now)
	if kind:
		telling = after if kind == OVERDUE else before
		remind_once(doc=doc, kind=kind, due_on=due_on, telling=telling, message=message)


def get_kind_due(due_on: date, now: date) -> str | None:
	"""Return which reminder of a day it is time for: some working days before (settings), or after it."""
	if now > due_on:
		return OVERDUE
	return DUE_SOON if days_left(due_on, now) <= cint(get_settings().remind_days_before_due) else None


def remind_once(*, doc: Document, kind: str, due_on: date, telling: Telling, message: Text) -> None:
	"""Send a reminder of this kind, unless it was sent for this day already; keep that it was sent."""
	if frappe.db.exists(DOCTYPE, describe(doc, kind, due_on)):
		return
	users = take_reminder(doc=doc, kind=kind, due_on=due_on, users=telling.get_users())
	if users:
		notify(users=users, subject=telling.subject, message=message, doc=doc)


def take_reminder(*, doc: Document, kind: str, due_on: date, users: set[str]) -> set[str]:
	"""Keep that a reminder is sent to these users; return them, or nobody if it was sent before."""
	about = describe(doc, kind, due_on)
	if not users or frappe.db.exists(DOCTYPE, about) or not note_sent(about, users):
		return set()
	return users


def note_sent(about: dict, users: set[str]) -> bool:
	"""Keep that a reminder is sent, and to whom; return False if another worker came first.

	This transaction may not see what that one wrote: the unique key tells.
	"""
	note = frappe.get_doc(
		doctype=DOCTYPE, **about, sent_on=now_datetime(), recipients="\n".join(sorted(users))
	)
	note.reminder_key = sha256("\n".join(map(str, about.values())).encode()).hexdigest()
	try:
		with undone_if_failing():
			note.insert(ignore_permissions=True)
	except frappe.UniqueValidationError:
		return False
	return True


def remind_newcomers(
	*,
	doc: Document,
	kind: str,
	due_on: date,
	get_users: Callable[[datetime], set[str]],
	subject: Text,
	message: Text,
) -> None:
	"""Send a reminder that was sent already to who came to need it after that; nobody gets it twice.

	`get_users` says who that is, by the time at which it was sent.
	"""
	about = describe(doc, kind, due_on)
	if users := add_recipients(about, get_users):
		notify(users=users, subject=subject, message=message, doc=doc)


def take_untold(*, doc: Document, kind: str, due_on: date, users: set[str]) -> set[str]:
	"""Return those of these users who were not told for this day yet, and keep that they are told now."""
	about = describe(doc, kind, due_on)
	if not users or (not frappe.db.exists(DOCTYPE, about) and note_sent(about, users)):
		return users
	return add_recipients(about, lambda _sent_on: users)


def add_recipients(about: dict, get_users: Callable[[datetime], set[str]]) -> set[str]:
	"""Add users to a reminder that was sent, if it was; return those who did not get it before.

	Locked, and so read as it is by now: another worker may have told them a moment ago.
	"""
	note = frappe.db.get_value(DOCTYPE, about, ["name", "sent_on", "recipients"], for_update=True)
	if not note:
		return set()
	name, sent_on, recipients = note
	told = set((recipients or "").split("\n")) - {""}
	users = get_users(sent_on) - told
	if users:
		frappe.db.set_value(DOCTYPE, name, "recipients", "\n".join(sorted(told | users)))
	return users


def describe(doc: Document, kind: str, due_on: date) -> dict:
	"""Return what makes a reminder the only one of its kind."""
	return {"reference_doctype": doc.doctype, "reference_name": doc.name, "kind": kind, "due_on": due_on}
