"""The year's figures of accounts, as their annual audits hold them (Article 6).

Counted for many accounts at once: each question is one query, whatever the number of accounts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import frappe
from frappe.query_builder.functions import Count, IfNull, Max, Min
from frappe.utils import cint, getdate, now_datetime
from pypika import Order

from nmedia_app.regulation.audit import Handover, find_holders, get_hours, is_dormant, judge_timeliness
from nmedia_app.regulation.filing import CHANGE, as_cell
from nmedia_app.regulation.review import APPROVED, PUBLISHED, RETURNED, UNDER_REVIEW, WITHDRAWN
from nmedia_app.services.register import read_snapshot
from nmedia_app.settings import get_settings

#: people of an account, as the regulation calls them: those that the register has by name
NAMED = {"responsible_person": "责任人", "business_lead": "业务负责人", "technical_lead": "技术负责人"}
#: and users, of whom an account always has one
USERS = {"supervising_leader": "分管领导", "administrator": "管理员"}
PEOPLE = NAMED | USERS
NOBODY = "未定"
FILING = "Account Filing"
#: what an audit tells of a filing
FILING_FIELDS = (
	"name",
	"account",
	"filing_type",
	"changed_on",
	"reviewed_on",
	"report_due_on",
	"reported_on",
)
#: account → field of `PEOPLE` → handovers
Handovers = defaultdict[str, defaultdict[str, list[Handover]]]


@dataclass(frozen=True)
class Period:
	"""The days that figures count, both included (local dates)."""

	first: date
	last: date

	@property
	def times(self) -> tuple[datetime, datetime]:
		"""From the first moment to the one after the last."""
		start = datetime.combine(self.first, datetime.min.time())
		return start, datetime.combine(self.last + timedelta(days=1), datetime.min.time())


@dataclass
class Figures:
	"""What a year's audit of one account begins with: fields and rows of Annual Audit."""

	values: dict = field(default_factory=dict)
	filings: list[dict] = field(default_factory=list)
	incidents: list[dict] = field(default_factory=list)


def count_figures(accounts: Iterable[frappe._dict], period: Period) -> dict[str, Figures]:
	"""Return the figures of each of these accounts (rows of Media Account) in a period, by its name."""
	accounts = list(accounts)
	names = [account.name for account in accounts]
	if not names:
		return {}
	counts = count_articles(names, period)
	last = get_last_publications(names)
	followers = get_followers_before(names, period)
	filings = get_filings(names, period)
	incidents = get_incidents(names, period)
	handovers = get_handovers(names, period)
	full_names = get_full_names(accounts, handovers)
	now, months = now_datetime(), cint(get_settings().dormant_after_months)
	figures = {}
	for account in accounts:
		last_published_on = last.get(account.name)
		then, then_on = followers.get(account.name, (0, None))
		opened_on = getdate(account.opened_on or account.creation)
		values = {
			**{name: count.get(account.name, 0) for name, count in counts.items()},
			"followers_before": then,
			"followers_before_on": then_on,
			"last_published_on": last_published_on,
			"dormant": int(is_dormant(last_published_on, opened_on, now.date(), months)),
			"figures_on": now,
			"responsible_people": "\n".join(say_people(account, handovers[account.name], period, full_names)),
		}
		rows = [as_row(filing) for filing in filings[account.name]]
		figures[account.name] = Figures(values, rows, incidents[account.name])
	return figures


def count_articles(accounts: list[str], period: Period) -> dict[str, dict[str, int]]:
	"""Count articles by what happened to them in the period: name of the figure → account → number."""
	decided = (APPROVED, RETURNED)
	return {
		"articles_reviewed": count_steps(accounts, period, decided),
		"articles_returned": count_steps(accounts, period, (RETURNED,)),
		"articles_withdrawn": count_steps(accounts, period, (WITHDRAWN,), (APPROVED, PUBLISHED)),
		"articles_published": count_publications(accounts, period),
		"articles_unmatched": count_publications(accounts, period, unmatched=True),
	}


def count_steps(
	accounts: list[str], period: Period, to_stages: Iterable[str], from_stages: Iterable[str] = UNDER_REVIEW
) -> dict[str, int]:
	"""Count the articles that came from one of these stages, by default out of review, to one of those."""
	of_account, record = frappe.qb.DocType("Article Review Account"), frappe.qb.DocType("Approval Record")
	start, end = period.times
	query = (
		frappe.qb.from_(of_account)
		.join(record)
		.on((record.parent == of_account.parent) & (record.parenttype == of_account.parenttype))
		.select(of_account.account, Count(record.parent).distinct())
		.where(of_account.account.isin(accounts) & (of_account.parenttype == "Article Review"))
		.where(record.to_stage.isin([*to_stages]) & record.from_stage.isin([*from_stages]))
		.where((record.acted_on >= start) & (record.acted_on < end))
		.groupby(of_account.account)
	)
	return dict(query.run())


def count_publications(accounts: list[str], period: Period, unmatched: bool = False) -> dict[str, int]:
	"""Count the articles that went out on each account; `unmatched`: those not as they were approved."""
	row = frappe.qb.DocType("Article Publication")
	start, end = period.times
	query = (
		frappe.qb.from_(row)
		.select(row.account, Count(row.parent).distinct())
		.where(row.account.isin(accounts) & (row.dropped == 0))
		.where((row.published_on >= start) & (row.published_on < end))
		.groupby(row.account)
	)
	if unmatched:
		query = query.where((row.text_matches == 0) | (row.byline_matches == 0))
	return dict(query.run())


def get_last_publications(accounts: list[str]) -> dict[str, date]:
	"""Return the day on which something was last published on each account, if ever."""
	row = frappe.qb.DocType("Article Publication")
	query = (
		frappe.qb.from_(row)
		.select(row.account, Max(row.published_on))
		.where(row.account.isin(accounts) & (row.dropped == 0) & row.published_on.isnotnull())
		.groupby(row.account)
	)
	return {account: getdate(published_on) for account, published_on in query.run()}


def get_followers_before(accounts: list[str], period: Period) -> dict[str, tuple[int, date]]:
	"""Return how many followers each account had before the period, and when they were counted.

	As the last audit of an earlier period says, or a later filing that was approved before this one began.
	"""
	filings = frappe.get_all(
		FILING,
		filters={"account": ["in", accounts], "docstatus": 1, "reviewed_on": ["<", period.first]},
		fields=["account", "followers", "reviewed_on as counted_on"],
	)
	counts = [*filings, *get_earlier_audits(accounts, period)]
	counts.sort(key=lambda row: getdate(row.counted_on))
	return {row.account: (cint(row.followers), getdate(row.counted_on)) for row in counts}


def get_earlier_audits(accounts: list[str], period: Period) -> list[frappe._dict]:
	"""Return what approved audits of earlier periods counted, though it be after the end of theirs."""
	audit, round_ = frappe.qb.DocType("Annual Audit"), frappe.qb.DocType("Annual Audit Round")
	return (
		frappe.qb.from_(audit)
		.join(round_)
		.on(round_.name == audit.round)
		.select(audit.account, audit.followers, audit.figures_on.as_("counted_on"))
		.where(audit.account.isin(accounts) & (audit.docstatus == 1) & (round_.period_to < period.first))
	).run(as_dict=True)


def get_filings(accounts: list[str], period: Period) -> dict[str, list[frappe._dict]]:
	"""Return the filings of each account that were approved or reported in the period, or are not done yet.

	Those that were approved earlier and still wait for their report are among them, and those that were
	begun by the end of the period and are in review: last, with no day of approval.
	"""
	filing = frappe.qb.DocType(FILING)
	days = slice(period.first, period.last)
	approved = (
		(filing.docstatus == 1)
		& (filing.stage != WITHDRAWN)
		& (filing.reviewed_on <= period.last)
		& (filing.reviewed_on[days] | filing.reported_on[days] | filing.reported_on.isnull())
	)
	in_review = (
		(filing.docstatus == 0)
		& filing.stage.isin([*UNDER_REVIEW, RETURNED])
		& (IfNull(filing.changed_on, filing.creation) < period.times[1])
	)
	rows = (
		frappe.qb.from_(filing)
		.select(*(filing[fieldname] for fieldname in FILING_FIELDS))
		.where(filing.account.isin(accounts) & (approved | in_review))
		.orderby(filing.docstatus, order=Order.desc)
		.orderby(filing.reviewed_on)
		.orderby(filing.name)
	).run(as_dict=True)
	return group(rows)


def as_row(filing: frappe._dict) -> dict:
	"""Return a filing as an audit lists it."""
	timeliness = judge_timeliness(filing.filing_type, filing.report_due_on, filing.reported_on, getdate())
	return {
		"filing": filing.name,
		"filing_type": filing.filing_type,
		"approved_on": filing.reviewed_on,
		"due_on": filing.report_due_on,
		"reported_on": filing.reported_on,
		"timeliness": timeliness,
	}


def get_incidents(accounts: list[str], period: Period) -> dict[str, list[dict]]:
	"""Return the articles of each account that were withdrawn after they were out (Article 9)."""
	row, record = frappe.qb.DocType("Article Publication"), frappe.qb.DocType("Approval Record")
	article = frappe.qb.DocType("Article Review")
	start, end = period.times
	query = (
		frappe.qb.from_(row)
		.join(record)
		.on((record.parent == row.parent) & (record.parenttype == row.parenttype))
		.join(article)
		.on(article.name == row.parent)
		.select(
			row.account,
			article.name.as_("article"),
			article.title,
			record.opinion,
			Min(row.published_on).as_("began_on"),
			record.acted_on.as_("ended_on"),
		)
		.where(row.account.isin(accounts) & (row.dropped == 0) & row.published_on.isnotnull())
		.where((record.to_stage == WITHDRAWN) & (record.acted_on >= start) & (record.acted_on < end))
		.groupby(row.account, article.name, article.title, record.opinion, record.acted_on)
		.orderby(record.acted_on)
	)
	incidents = group(query.run(as_dict=True))
	return defaultdict(
		list, {account: [as_incident(row) for row in rows] for account, rows in incidents.items()}
	)


def as_incident(row: frappe._dict) -> dict:
	return {
		"article": row.article,
		"what": f"撤回《{row.title}》：{row.opinion or ''}",
		"began_on": row.began_on,
		"ended_on": row.ended_on,
		"hours": get_hours(row.began_on, row.ended_on),
	}


def get_handovers(accounts: list[str], period: Period) -> Handovers:
	"""Return who handed over to somebody else since the period began, as approved changes say."""
	filing = frappe.qb.DocType(FILING)
	day = IfNull(filing.changed_on, filing.reviewed_on)
	rows = (
		frappe.qb.from_(filing)
		.select(
			filing.account,
			day.as_("on"),
			filing.register_before,
			*(filing[fieldname] for fieldname in PEOPLE),
		)
		.where(filing.account.isin(accounts) & (filing.filing_type == CHANGE))
		.where((filing.docstatus == 1) & (filing.stage != WITHDRAWN) & (day >= period.first))
		.orderby(day)
		.orderby(filing.reviewed_on)
		.orderby(filing.name)
	).run(as_dict=True)
	handovers: Handovers = defaultdict(lambda: defaultdict(list))
	for row in rows:
		for fieldname, handover in find_handovers(row):
			handovers[row.account][fieldname].append(handover)
	return handovers


def find_handovers(change: frappe._dict) -> Iterator[tuple[str, Handover]]:
	"""Yield whom a change of an account put in somebody else's place: field of `PEOPLE`, handover."""
	before = read_snapshot(change.register_before)
	for fieldname in PEOPLE:
		was = as_cell(before, fieldname)
		if fieldname in before and was != as_cell(change, fieldname):
			yield fieldname, Handover(getdate(change.on), was)


def say_people(
	account: frappe._dict, handovers: Mapping[str, list[Handover]], period: Period, full_names: dict[str, str]
) -> Iterator[str]:
	"""Yield, line by line, who was responsible for an account at the end of a period, and who before.

	And who is today, where that is somebody else by now: the reader of the audit meets them.
	"""
	for fieldname, label in PEOPLE.items():
		now = as_cell(account, fieldname)
		holders = find_holders(now, handovers.get(fieldname, ()), period.first, period.last)
		parts = [f"{label}：{say_name(holders.at_end, full_names)}"]
		if holders.before:
			before = "、".join(f"{say_name(was.before, full_names)}（至{was.on}）" for was in holders.before)
			parts.append(f"此前：{before}")
		if holders.since:
			parts.append(f"现为：{say_name(now, full_names)}（自{holders.since}）")
		if fieldname in USERS or holders.at_end or len(parts) > 1:
			yield "；".join(parts)


def say_name(person: str, full_names: dict[str, str]) -> str:
	return full_names.get(person, person) or NOBODY


def get_full_names(accounts: Iterable[frappe._dict], handovers: Handovers) -> dict[str, str]:
	"""Return the full names of the users who answer for accounts, or did before."""
	users = {account.get(fieldname) for account in accounts for fieldname in USERS}
	users |= {
		was.before
		for of_account in handovers.values()
		for fieldname in USERS
		for was in of_account[fieldname]
	}
	filters = {"name": ["in", [*users - {None, ""}, ""]]}
	return dict(frappe.get_all("User", filters=filters, fields=["name", "full_name"], as_list=True))


def group(rows: Iterable[frappe._dict]) -> defaultdict[str, list[frappe._dict]]:
	"""Return rows by their account."""
	groups = defaultdict(list)
	for row in rows:
		groups[row.account].append(row)
	return groups
