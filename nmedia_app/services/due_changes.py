"""The clock of Article 5: what changed is reported in time, and who has left an account is noticed."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_fullname, getdate, today

from nmedia_app import roles
from nmedia_app.register import PEOPLE, is_able
from nmedia_app.regulation.filing import LIVE
from nmedia_app.selectors.accounts import say_account
from nmedia_app.selectors.due_dates import (
	get_due_accounts,
	get_due_filings,
	get_filings_under_way,
	get_report_due_date,
)
from nmedia_app.selectors.recipients import get_authors, get_awaited, get_enabled, get_users
from nmedia_app.selectors.working_days import days_left
from nmedia_app.services.due_reminders import Telling, remind_of_date
from nmedia_app.services.notices import notify, without_failing
from nmedia_app.services.register import change_account
from nmedia_app.settings import get_settings


def run_daily() -> None:
	"""Notice who has left an account, then remind of every change that is to be reported (scheduler)."""
	note_departures()
	send_due_reminders()


def send_due_reminders(now: date | None = None) -> None:
	"""Remind before the date due, and tell chief and leaders after it; each once. `now` is a local date."""
	now = getdate(now or today())
	for row in (*get_due_filings(), *get_due_accounts()):
		with without_failing():
			remind(
				doc=frappe.get_doc(row.doctype, row.name),
				title=row.title,
				due_on=getdate(row.due_on),
				now=now,
			)


def remind(*, doc: Document, title: str, due_on: date, now: date) -> None:
	"""Remind of one change, if it is time."""
	left = days_left(due_on, now)
	remind_of_date(
		doc=doc,
		due_on=due_on,
		now=now,
		before=Telling(lambda: get_responsible(doc), lambda: say_due_soon(title, due_on, left)),
		after=Telling(lambda: get_superiors(doc), lambda: say_overdue(title, due_on)),
		message=say_what_to_do,
	)


def get_responsible(doc: Document) -> set[str]:
	"""Who can see to it that a change is reported: whom its filing waits for, or the account's people."""
	if doc.doctype == "Account Filing":
		return get_awaited(doc) | get_authors(doc)
	return get_people(doc)


def get_people(account: Document) -> set[str]:
	"""Who answers for an account: its administrator and the chief of its section (Article 4)."""
	return get_enabled({account.administrator, get_chief(account.section)} - {None, ""})


def get_superiors(doc: Document) -> set[str]:
	"""Who is told that a change was not reported in time: the section's chief and the leader in charge."""
	leader = doc.get("supervising_leader")
	leaders = {leader} if is_able(leader, "supervising_leader") else get_users(roles.DIVISION_LEADER)
	return get_enabled({get_chief(doc.section), *leaders} - {None, ""})


def get_chief(section: str) -> str | None:
	return frappe.db.get_value("Media Section", section, "chief")


def say_due_soon(title: str, due_on: date, left: int) -> str:
	if left <= 0:
		return _("“{0}” is to be reported to the Publicity Department today").format(title)
	return _("“{0}” is to be reported to the Publicity Department by {1}: {2} working days left").format(
		title, due_on, left
	)


def say_overdue(title: str, due_on: date) -> str:
	return _("“{0}” was to be reported to the Publicity Department by {1}, and is not").format(title, due_on)


def say_what_to_do() -> str:
	return _("Article 5: a change is reported within {0} working days.").format(
		cint(get_settings().change_report_days)
	)


def on_user_update(user: Document, method: str | None = None) -> None:
	"""Notice that a user who is saved can no longer be what an account has them for."""
	if user.get_doc_before_save():
		note_departures(user=user.name)


def note_departures(*, user: str | None = None) -> None:
	"""Note on every live account whose leader or administrator cannot be it any more that a change is due.

	With `user`, only on that user's accounts.
	"""
	for fieldname in PEOPLE:
		filters = {"status": ["in", LIVE], "change_due_on": ["is", "not set"]}
		filters[fieldname] = user or ["is", "set"]
		for row in frappe.get_all("Media Account", filters=filters, fields=["name", fieldname]):
			if not is_able(row[fieldname], fieldname):
				with without_failing():
					note_departure(account=row.name, fieldname=fieldname)


def note_departure(*, account: str, fieldname: str) -> None:
	"""Start the clock of Article 5 for an account and tell its people, unless it is being filed."""
	if account in {row.account for row in get_filings_under_way()}:
		return
	doc = frappe.get_doc("Media Account", account, for_update=True)
	changed_on = getdate(today())
	due_on = get_report_due_date(changed_on)
	reason = _("{0} {1} cannot log in any more, or has lost the role.").format(
		_(doc.meta.get_label(fieldname)), get_fullname(doc.get(fieldname))
	)
	change_account(
		account=doc,
		values={"change_noted_on": changed_on, "change_due_on": due_on, "change_reason": reason},
	)
	notify(
		users=get_people(doc) | get_users(roles.GENERAL_OFFICE),
		subject=lambda: say_change_is_due(doc, due_on),
		message=reason,
		doc=doc,
	)


def say_change_is_due(account: Document, due_on: date) -> str:
	return _("“{0}”: a change is to be filed and reported by {1} (Article 5)").format(
		say_account(account), due_on
	)
