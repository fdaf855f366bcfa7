"""新媒体账号年度审核表: what an Annual Audit prints (Article 6)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from nmedia_app import roles
from nmedia_app.nmedia_app.print_formats.wording import (
	NO_RECORD,
	chinese_date,
	get_file_names,
	plain_date,
	plain_time,
)
from nmedia_app.regulation.audit import IN_TIME, LATE, NOT_REPORTED, STATEMENT
from nmedia_app.regulation.filing import CHINESE
from nmedia_app.regulation.review import REJECTED, RETURNED, UNDER_REVIEW, is_with_authors
from nmedia_app.typed_texts import as_typed

ROUND: Final = "Annual Audit Round"
TIMELINESS: Final = {IN_TIME: "按期", LATE: "逾期", NOT_REPORTED: "未报备"}
COUNTS: Final = (
	"articles_reviewed",
	"articles_published",
	"articles_returned",
	"articles_withdrawn",
	"articles_unmatched",
)
HANDED_IN: Final = "已提交"
MISSING: Final = "未提交"
NOT_ASKED: Final = "未提交（非必交）"
EARLIER: Final = "此前提交"
#: who speaks for the section and for the General Office, by the role in which they passed the audit on
SECTION_ROLES: Final = (roles.SECTION_CHIEF, roles.DIVISION_LEADER)
OFFICE_ROLES: Final = (roles.GENERAL_OFFICE,)


def get_audit_contexts(audits: Sequence[Document]) -> list[dict]:
	"""Return what the audit form of each audit prints, with the same few questions for one as for many."""
	units = get_supervising_units({audit.account for audit in audits})
	file_names = get_file_names(row.file for audit in audits for row in audit.materials)
	return [get_audit_context(audit, units.get(audit.account, ""), file_names) for audit in audits]


def get_audit_context(audit: Document, supervising_unit: str, file_names: Mapping[str, str]) -> dict:
	return {
		"title": f"新媒体账号年度审核表（{cint(audit.year)}年）",
		"number": audit.name or "",
		"account_name": as_typed(audit.account_name),
		"platform": as_typed(audit.platform),
		"supervising_unit": as_typed(supervising_unit),
		"section": as_typed(audit.section),
		"administrator": as_typed(audit.administrator_name),
		"responsible_people": as_typed(audit.responsible_people),
		"period": get_period(audit.round),
		"followers_before": say_followers_before(audit),
		"followers": cint(audit.followers),
		"last_published_on": plain_date(audit.last_published_on) or "无",
		**{name: cint(audit.get(name)) for name in COUNTS},
		"figures_on": plain_date(audit.figures_on),
		"filings": [get_filing(row) for row in audit.filings],
		"incidents": [get_incident(row) for row in audit.incidents],
		"materials": [get_material(row, file_names) for row in audit.materials],
		"self_assessment": as_typed(audit.self_assessment),
		"opinions": get_opinions(audit),
		"remarks": get_remarks(audit),
	}


def get_supervising_units(accounts: Iterable[str]) -> dict[str, str]:
	"""Return 主管单位 of accounts, by their name."""
	rows = frappe.get_all(
		"Media Account",
		filters={"name": ["in", [*accounts]]},
		fields=["name", "supervising_unit"],
		as_list=True,
	)
	return dict(rows)


def get_period(round_name: str | None) -> str:
	"""Return the days that the figures count."""
	if not round_name:
		return ""
	round_doc = frappe.get_cached_doc(ROUND, round_name)
	return say_days(round_doc.period_from, round_doc.period_to)


def say_days(first, last) -> str:
	return f"{chinese_date(first)}至{chinese_date(last)}"


def say_followers_before(audit: Document) -> str:
	"""Return how many followers there were before the period, and when, if anybody counted."""
	if not audit.followers_before_on:
		return NO_RECORD
	return f"{cint(audit.followers_before)}（{plain_date(audit.followers_before_on)}）"


def get_filing(row: Mapping) -> dict:
	return {
		"number": row.filing or "",
		"kind": CHINESE.get(row.filing_type, ""),
		"approved_on": plain_date(row.approved_on) or "审批中",
		"due_on": plain_date(row.due_on) or "—",
		"reported_on": plain_date(row.reported_on) or "—",
		"timeliness": TIMELINESS.get(row.timeliness, "—"),
	}


def get_incident(row: Mapping) -> dict:
	return {
		"what": as_typed(row.what),
		"began_on": plain_time(row.began_on) or "—",
		"ended_on": plain_time(row.ended_on) or "—",
		"hours": f"{row.hours or 0:g} 小时" if row.ended_on else "—",
	}


def get_material(row: Mapping, file_names: Mapping[str, str]) -> dict:
	"""Return a material: whether what is asked for now is there, the name of its file, or its text.

	Below, what was handed in while the round asked for the other kind.
	"""
	content, earlier = as_typed(row.text), as_typed(file_names.get(row.file))
	if row.kind != STATEMENT:
		content, earlier = earlier, content
	missing = MISSING if cint(row.required) else NOT_ASKED
	return {
		"name": as_typed(row.material_name),
		"handed_in": HANDED_IN if content else missing,
		"content": "\n".join(filter(None, [content, earlier.strip() and f"{EARLIER}：{earlier}"])),
	}


def get_opinions(audit: Document) -> list[dict]:
	"""Return the three opinions of Article 6: the section's, the General Office's and the unit's."""
	records = get_records_of_this_time(audit.approval_records)
	return [
		as_opinion("科室意见", find_word(records, SECTION_ROLES)),
		as_opinion("综合办公室意见", find_word(records, OFFICE_ROLES)),
		as_opinion("单位意见", get_units_word(audit, records)),
	]


def get_records_of_this_time(records: Iterable[Mapping]) -> list[Mapping]:
	"""Return what was decided since the audit was last sent; nothing while it is back with its authors."""
	since: list[Mapping] = []
	for record in records:
		if is_with_authors(record.from_stage) or record.to_stage == RETURNED:
			since = []
		else:
			since.append(record)
	return since


def find_word(records: Iterable[Mapping], by_roles: Iterable[str]) -> dict:
	"""Return the last word of these roles that passed the audit on."""
	words = [r for r in records if r.role in by_roles and r.to_stage in UNDER_REVIEW]
	return as_word(words[-1]) if words else {}


def as_word(record: Mapping) -> dict:
	return {"opinion": record.opinion, "reviewer": record.full_name, "on": record.acted_on}


def get_units_word(audit: Document, records: Sequence[Mapping]) -> dict:
	"""Return the Unit Head's approval, or why it was refused."""
	if records and records[-1].to_stage == REJECTED:
		word = as_word(records[-1])
		return {**word, "opinion": f"不予通过：{word['opinion'] or ''}"}
	return {"opinion": audit.opinion, "reviewer": audit.reviewer_name, "on": audit.reviewed_on}


def as_opinion(label: str, word: Mapping) -> dict:
	return {
		"label": label,
		"opinion": as_typed(word.get("opinion")),
		"reviewer": as_typed(word.get("reviewer")),
		"date": chinese_date(word.get("on")),
	}


def get_remarks(audit: Document) -> str:
	if not cint(audit.dormant):
		return ""
	last = audit.last_published_on
	return f"“僵尸”账号（{f'最近一次发布：{chinese_date(last)}' if last else '无发布记录'}）"
