"""The November campaign (Article 6): a round opens, runs, reminds, closes, and is caught up with."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Count
from frappe.utils import add_days, cint, getdate, today
from pypika.queries import QueryBuilder

from nmedia_app import roles
from nmedia_app.phrases import name_some
from nmedia_app.regulation.audit import COMMON_MATERIALS, REQUIREMENT_FIELDS, get_half_time, parse_day
from nmedia_app.regulation.filing import ENDED
from nmedia_app.regulation.review import APPROVED, CLOSED, DRAFT, OPEN, WITH_AUTHORS
from nmedia_app.selectors.accounts import say_account
from nmedia_app.selectors.people import get_users_seeing
from nmedia_app.selectors.recipients import get_users
from nmedia_app.selectors.working_days import days_left
from nmedia_app.services import audit_opening, closure_notices, closures
from nmedia_app.services.due_reminders import URGE, Telling, remind_newcomers, remind_once, take_untold
from nmedia_app.services.jobs import enqueue_once
from nmedia_app.services.notices import notify, without_failing
from nmedia_app.settings import get_settings
from nmedia_app.workflow import STAGE_FIELD, get_stage, get_workflow_of, take_step_into

ROUND = "Annual Audit Round"
AUDIT = "Annual Audit"
# kinds of Review Reminder, each sent once in a round
OPENED, HALF_TIME, LAST_DAYS, ROUND_OVER = "Round Opened", "Half Time", "Last Days", "Round Over"
NOT_CLOSED = "Round Not Closed"
#: an audit is seen at the end of its batch only, so long after its creation at most
LONGEST_BATCH = timedelta(hours=1)
#: so many working days before the end those who have not filed are reminded for the last time
LAST_WORKING_DAYS = 3
#: of which there may be rounds
FIRST_YEAR, LAST_YEAR = 2000, 2100


def get_start(year: int, opens_on: str | date | None = None) -> dict:
	"""Return with what a new round of a year begins: days, and the rows of `requirements`.

	Its figures go to the day before it opens, whenever an audit is sent, and begin where those of the last
	round end: nothing is counted twice or never. It asks for the same as that one, or for what is common.
	"""
	check_year(year)
	settings = get_settings()
	last = frappe.db.get_value(
		ROUND, {"year": ["<", year]}, ["name", "period_to"], order_by="year desc", as_dict=True
	)
	opens_on = getdate(opens_on) if opens_on else parse_day(settings.audit_opens, year)
	period_to = getdate(add_days(opens_on, -1))
	period_from = getdate(add_days(last.period_to, 1)) if last else period_to.replace(month=1, day=1)
	return {
		"opens_on": opens_on,
		"closes_on": parse_day(settings.audit_closes, year),
		"period_from": min(period_from, period_to),
		"period_to": period_to,
		"requirements": get_last_requirements(last.name) if last else get_common_requirements(),
	}


def check_year(year: int) -> None:
	if not FIRST_YEAR <= year <= LAST_YEAR:
		frappe.throw(
			_("Please enter the year with four digits, from {0} to {1}.").format(FIRST_YEAR, LAST_YEAR)
		)


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
	"""Let the accounts without an approved audit fall due for closure, in the background.

	One whose audit was not opened in time has none that is approved: it is opened now.
	"""
	audit_opening.open_rest(round_name=round_doc.name)
	enqueue_falling_due(round_doc=round_doc)


def enqueue_falling_due(*, round_doc: Document) -> None:
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
	for name in closures.find_unfinished_rounds():
		enqueue_falling_due(round_doc=frappe.get_doc(ROUND, name))
	send_round_reminders(now)
	closure_notices.send_reminders(now)


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
			round_doc = frappe.get_doc(ROUND, name)
			remind(round_doc=round_doc, now=now)
			remind_to_close(round_doc=round_doc, now=now)


def remind_to_close(*, round_doc: Document, now: date) -> None:
	"""Tell, once, who sees to a round that it is over and still open: until it is closed, nothing follows."""
	if round_doc.stage != OPEN or now <= getdate(round_doc.closes_on):
		return
	telling = Telling(
		lambda: get_users(roles.GENERAL_OFFICE) | get_users(roles.UNIT_HEAD),
		lambda: _("{0} ended on {1} and is not closed yet").format(round_doc.title, round_doc.closes_on),
	)
	remind_once(
		doc=round_doc,
		kind=NOT_CLOSED,
		due_on=getdate(round_doc.closes_on),
		telling=telling,
		message=lambda: say_how_to_close(round_doc),
	)


def say_how_to_close(round_doc: Document) -> str:
	workflow = get_workflow_of(round_doc)
	actions = [row.action for row in workflow.transitions if get_stage(workflow, row.next_state) == CLOSED]
	return (
		_("The General Office closes it on its form: {0}.").format("、".join(map(_, actions)))
		+ " "
		+ _("Only then do accounts without an approved audit fall due for closure (Article 6).")
		+ " "
		+ _("If more time is needed, please move its closing day.")
	)


def remind(*, round_doc: Document, now: date) -> None:
	"""Send the reminder for which it is time, once; an earlier one that was missed is not sent any more.

	Whose audit was opened after it was sent gets it then.
	"""
	kind = get_kind_due(round_doc, now)
	if not kind:
		return
	about = {"doc": round_doc, "kind": kind, "due_on": getdate(round_doc.closes_on)}
	words = {"subject": lambda: say_round(kind, round_doc), "message": lambda: round_doc.notes or ""}
	remind_newcomers(**about, **words, get_users=lambda sent_on: get_newcomers(round_doc.name, sent_on))
	telling = Telling(lambda: get_people_missing(round_doc.name), words["subject"])
	remind_once(**about, telling=telling, message=words["message"])


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
	return get_people(get_missing(round_name))


def get_newcomers(round_name: str, sent_on: datetime) -> set[str]:
	"""Who has an audit still to send that was not there yet, or not to be seen, when a reminder was sent."""
	since = sent_on - LONGEST_BATCH
	return get_people(row for row in get_missing(round_name) if row.creation > since)


def get_people(rows: Iterable[frappe._dict]) -> set[str]:
	rows = [*rows]
	able = find_able(rows)
	return {user for row in rows for user in (row.administrator, row.chief) if user in able[row.section]}


def find_able(rows: Iterable[frappe._dict]) -> dict[str | None, set[str]]:
	"""Return, for the section of each audit, who can log in and see it: nobody else can send one."""
	return {section: get_users_seeing(section) for section in {row.section for row in rows}}


def get_missing(round_name: str, section: str | None = None) -> list[frappe._dict]:
	"""List the audits of a round that are not sent yet, or back with their authors."""
	audit = frappe.qb.DocType(AUDIT)
	query = query_missing(round_name)
	if section:
		query = query.where(audit.section == section)
	fields = (
		"name",
		"creation",
		"account_name",
		"platform",
		"section",
		"administrator",
		"administrator_name",
		"chief",
		"due_on",
	)
	return (
		query.select(*(audit[field] for field in fields)).orderby(audit.section).orderby(audit.account_name)
	).run(as_dict=True)


def query_missing(round_name: str) -> QueryBuilder:
	"""Begin a query of the audits of a round that are with their authors."""
	return query_audits(round_name).where(frappe.qb.DocType(AUDIT)[STAGE_FIELD].isin(WITH_AUTHORS))


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
	"""Remind now, in the session user's name, those who can still send missing audits; return their users.

	Nobody gets it twice a day. Throws if there is nobody to urge, or all of them were urged today.
	"""
	missing = get_missing(round_doc.name, section)
	audits = group_by_person(filter(can_be_sent, missing))
	if not audits:
		refuse_to_urge(bool(missing) and not any(map(can_be_sent, missing)))
	users = take_untold(doc=round_doc, kind=URGE, due_on=getdate(today()), users={*audits})
	if not users:
		frappe.throw(_("They were asked today already. You can ask again tomorrow."))
	for user in users:
		notify(users={user}, subject=lambda user=user: say_missing(round_doc, audits[user]), doc=round_doc)
	return users


def refuse_to_urge(is_too_late: bool) -> None:
	reason = _("There is nobody to urge.")
	if is_too_late:
		reason += " " + _("The last day has passed: the head of the unit can give each account more time.")
	frappe.throw(reason)


def can_be_sent(audit: frappe._dict) -> bool:
	"""Tell whether the last day of a missing audit, which may be granted to it alone, is not over."""
	return getdate(audit.due_on) >= getdate(today())


def count_to_urge(round_name: str) -> dict[str, int]:
	"""Return how many missing audits of each section the session user could urge somebody to send."""
	audit = frappe.qb.DocType(AUDIT)
	groups = (
		query_missing(round_name)
		.where(audit.due_on >= getdate(today()))
		.select(audit.section, audit.administrator, audit.chief, Count("*").as_("count"))
		.groupby(audit.section, audit.administrator, audit.chief)
	).run(as_dict=True)
	counts: dict[str, int] = {}
	for rows in group_by_person(groups).values():
		for row in rows:
			counts[row.section] = counts.get(row.section, 0) + row["count"]
	return counts


def group_by_person(rows: Iterable[frappe._dict]) -> dict[str, list[frappe._dict]]:
	"""Return, of others than the session user, whose audits are missing: of an account its administrator, or
	the section's chief where that one cannot log in, or does not see the section any more.
	"""
	rows = [*rows]
	able = find_able(rows)
	audits: dict[str, list[frappe._dict]] = {}
	for row in rows:
		user = row.administrator if row.administrator in able[row.section] else row.chief
		if user in able[row.section] and user != frappe.session.user:
			audits.setdefault(user, []).append(row)
	return audits


def say_missing(round_doc: Document, audits: Iterable[frappe._dict]) -> str:
	"""Say which audits are missing, by the last day of each: one may have more time than the others."""
	by_day: dict[date, list[str]] = {}
	for audit in audits:
		by_day.setdefault(getdate(audit.due_on), []).append(say_account(audit))
	parts = (
		_("by {0} the audits of {1}").format(day, name_some(names)) for day, names in sorted(by_day.items())
	)
	return _("{0}: please send {1}").format(round_doc.title, "；".join(parts))
