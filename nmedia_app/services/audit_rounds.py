"""The November campaign (Article 6): a round opens, runs, reminds, closes, and is caught up with."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Count
from frappe.utils import add_days, cint, getdate, today
from pypika.queries import QueryBuilder

from nmedia_app.regulation.audit import COMMON_MATERIALS, REQUIREMENT_FIELDS, get_half_time, parse_day
from nmedia_app.regulation.filing import ENDED
from nmedia_app.regulation.review import APPROVED, CLOSED, DRAFT, OPEN, RETURNED
from nmedia_app.selectors.recipients import get_enabled
from nmedia_app.selectors.working_days import days_left
from nmedia_app.services import audit_opening, closures
from nmedia_app.services.due_reminders import Telling, remind_once
from nmedia_app.services.jobs import enqueue_once
from nmedia_app.services.notices import notify, without_failing
from nmedia_app.settings import get_settings
from nmedia_app.workflow import STAGE_FIELD, take_step_into

ROUND = "Annual Audit Round"
AUDIT = "Annual Audit"
# kinds of Review Reminder, each sent once in a round
OPENED, HALF_TIME, LAST_DAYS, ROUND_OVER = "Round Opened", "Half Time", "Last Days", "Round Over"
#: so many working days before the end those who have not filed are reminded for the last time
LAST_WORKING_DAYS = 3
WITH_AUTHORS = (DRAFT, RETURNED)


def get_start(year: int) -> dict:
	"""Return with what a new round of a year begins: days, and the rows of `requirements`.

	Its figures begin where those of the last round end; it asks for the same, or for what is common.
	"""
	settings = get_settings()
	last = frappe.db.get_value(
		ROUND, {"year": ["<", year]}, ["name", "period_to"], order_by="year desc", as_dict=True
	)
	closes_on = parse_day(settings.audit_closes, year)
	return {
		"opens_on": parse_day(settings.audit_opens, year),
		"closes_on": closes_on,
		"period_from": getdate(add_days(last.period_to, 1)) if last else date(year, 1, 1),
		"period_to": closes_on,
		"requirements": get_last_requirements(last.name) if last else get_common_requirements(),
	}


def get_last_requirements(round_name: str) -> list[dict]:
	rows = frappe.get_all(
		"Audit Requirement",
		filters={"parent": round_name, "parenttype": ROUND},
		fields=[field for field in REQUIREMENT_FIELDS if field != "template"],
		order_by="idx asc",
	)
	return [dict(row) for row in rows]


def get_common_requirements() -> list[dict]:
	fields = ("material_name", "kind", "required", "note")
	return [dict(zip(fields, row, strict=True)) for row in COMMON_MATERIALS]


def on_open(*, round_doc: Document) -> None:
	"""Open an audit for every account in use, in the background."""
	audit_opening.enqueue(round_name=round_doc.name)


def run_opening(round_name: str) -> None:
	"""Open what is missing of a round, and tell those who have audits to send (background job)."""
	audit_opening.open_audits(round_name)
	remind(round_doc=frappe.get_doc(ROUND, round_name), now=getdate(today()))


def on_close(*, round_doc: Document) -> None:
	"""Let the accounts without an approved audit fall due for closure, in the background."""
	enqueue_once("nmedia_app.services.closures.fall_due", round_doc.name, round_name=round_doc.name)


def count_unfinished(round_name: str) -> int:
	"""Return how many audits of a round are not approved, of accounts that are not closed meanwhile."""
	audit = frappe.qb.DocType(AUDIT)
	query = query_audits(round_name).where(audit[STAGE_FIELD] != APPROVED)
	return query.select(Count("*")).run()[0][0]


def query_audits(round_name: str) -> QueryBuilder:
	"""Begin a query of a round's audits without those of accounts that were closed or deregistered."""
	audit, account = frappe.qb.DocType(AUDIT), frappe.qb.DocType("Media Account")
	return (
		frappe.qb.from_(audit)
		.join(account)
		.on(account.name == audit.account)
		.where((audit.round == round_name) & account.status.notin(ENDED))
	)


def move_closing_day(*, round_doc: Document) -> None:
	"""Let the audits that are not sent yet know of a round's other last day."""
	audit = frappe.qb.DocType(AUDIT)
	(
		frappe.qb.update(audit)
		.set(audit.due_on, round_doc.closes_on)
		.where((audit.round == round_doc.name) & (audit.docstatus == 0))
	).run()


def run_daily(now: date | None = None) -> None:
	"""Open and close rounds by their days if settings say so, and remind (scheduler).

	Whatever a day on which the scheduler was down left undone is done now. `now` is a local date.
	"""
	now = getdate(now or today())
	if cint(get_settings().audit_rounds_by_themselves):
		for step in (plan_round, open_due_rounds, close_due_rounds):
			with without_failing():
				step(now)
	audit_opening.enqueue_open_rounds()
	for name in frappe.get_all(ROUND, filters={STAGE_FIELD: CLOSED}, pluck="name"):
		on_close(round_doc=frappe.get_doc(ROUND, name))
	send_round_reminders(now)
	closures.send_reminders(now)


def plan_round(now: date) -> None:
	"""Make the year's round if its opening day has come and nobody made one."""
	settings = get_settings()
	opens_on, closes_on = (
		parse_day(settings.audit_opens, now.year),
		parse_day(settings.audit_closes, now.year),
	)
	if opens_on <= now <= closes_on and not frappe.db.exists(ROUND, {"year": now.year}):
		frappe.get_doc(doctype=ROUND, year=now.year).insert(ignore_permissions=True)


def open_due_rounds(now: date) -> None:
	filters = {STAGE_FIELD: DRAFT, "opens_on": ["<=", now], "closes_on": [">=", now]}
	for name in frappe.get_all(ROUND, filters=filters, pluck="name"):
		take_step_into(ROUND, name, OPEN)


def close_due_rounds(now: date) -> None:
	for name in frappe.get_all(ROUND, filters={STAGE_FIELD: OPEN, "closes_on": ["<", now]}, pluck="name"):
		take_step_into(ROUND, name, CLOSED)


def send_round_reminders(now: date) -> None:
	"""Remind of the rounds that run or are over: at the opening, at half time, before the end, and after."""
	for name in frappe.get_all(ROUND, filters={STAGE_FIELD: ["in", [OPEN, CLOSED]]}, pluck="name"):
		with without_failing():
			remind(round_doc=frappe.get_doc(ROUND, name), now=now)


def remind(*, round_doc: Document, now: date) -> None:
	"""Send the reminder for which it is time, once; an earlier one that was missed is not sent any more."""
	kind = get_kind_due(round_doc, now)
	if kind:
		telling = Telling(lambda: get_people_missing(round_doc.name), lambda: say_round(kind, round_doc))
		remind_once(
			doc=round_doc,
			kind=kind,
			due_on=getdate(round_doc.closes_on),
			telling=telling,
			message=lambda: round_doc.notes or "",
		)


def get_kind_due(round_doc: Document, now: date) -> str | None:
	"""Return which reminder of a round it is time for on a day."""
	opens_on, closes_on = getdate(round_doc.opens_on), getdate(round_doc.closes_on)
	if now > closes_on:
		return ROUND_OVER
	if round_doc.stage != OPEN:
		return None
	if days_left(closes_on, now) <= LAST_WORKING_DAYS:
		return LAST_DAYS
	return HALF_TIME if now >= get_half_time(opens_on, closes_on) else OPENED


def get_people_missing(round_name: str) -> set[str]:
	"""Who has an audit of a round still to send: administrators of accounts, and their sections' chiefs."""
	rows = get_missing(round_name)
	return get_enabled({user for row in rows for user in (row.administrator, row.chief) if user})


def get_missing(round_name: str, section: str | None = None) -> list[frappe._dict]:
	"""List the audits of a round that are not sent yet, or back with their authors."""
	audit = frappe.qb.DocType(AUDIT)
	query = query_audits(round_name).where(audit[STAGE_FIELD].isin(WITH_AUTHORS))
	if section:
		query = query.where(audit.section == section)
	fields = (
		"name",
		"account_name",
		"platform",
		"section",
		"administrator",
		"administrator_name",
		"chief",
	)
	return (
		query.select(*(audit[field] for field in fields)).orderby(audit.section).orderby(audit.account_name)
	).run(as_dict=True)


def say_round(kind: str, round_doc: Document) -> str:
	closes_on = getdate(round_doc.closes_on)
	sentences = {
		OPENED: _("{0} is open: please complete the audits of your accounts by {1} (Article 6)"),
		HALF_TIME: _("{0}: half of the time is over, audits of your accounts are missing. Last day: {1}"),
		LAST_DAYS: _("{0} ends soon: audits of your accounts are still missing. Last day: {1}"),
		ROUND_OVER: _("{0} ended on {1}: accounts without an approved audit are to be closed (Article 6)"),
	}
	return sentences[kind].format(round_doc.title, closes_on)


def urge_missing(*, round_doc: Document, section: str | None = None) -> set[str]:
	"""Remind now, in the session user's name, those who have audits to send; return their users."""
	rows = get_missing(round_doc.name, section)
	users = get_enabled({row.administrator or row.chief for row in rows} - {None, ""})
	for user in users:
		accounts = [row.account_name for row in rows if user in (row.administrator, row.chief)]
		notify(
			users={user},
			subject=lambda accounts=accounts: say_missing(round_doc, accounts),
			doc=round_doc,
		)
	return users


def say_missing(round_doc: Document, accounts: Iterable[str]) -> str:
	names = [*accounts]
	shown = "、".join(names[:5]) + ("…" if len(names) > 5 else "")
	return _("{0}: please send the audits of {1} by {2}").format(
		round_doc.title, shown, getdate(round_doc.closes_on)
	)
