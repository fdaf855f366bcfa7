"""新媒体账号年审汇总表: what an Annual Audit Round prints, and the first page of its package (Article 6)."""

from collections.abc import Iterable, Sequence
from typing import Final

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate

from nmedia_app.nmedia_app.print_formats.audit_form import say_days
from nmedia_app.nmedia_app.print_formats.wording import chinese_date
from nmedia_app.regulation.audit import NOT_APPROVED, NOT_FILED, judge_closure
from nmedia_app.regulation.review import APPROVED, DRAFT, OPEN, REJECTED
from nmedia_app.selectors.round_overview import (
	count,
	get_gathered_states,
	group_by_section,
	note_ended,
)
from nmedia_app.selectors.sections import get_visible_sections
from nmedia_app.typed_texts import as_typed
from nmedia_app.workflow import WORKFLOW_FIELD

AUDIT: Final = "Annual Audit"
#: what becomes of an account (Article 6): once its audit is decided on, or its round is over
RESULTS: Final = {APPROVED: "通过", REJECTED: "未通过"}
#: of an account that was closed before its audit was decided on
ENDED: Final = "已注销"
RESULTS_WHEN_OVER: Final = {NOT_FILED: "未填报", NOT_APPROVED: "未获审批", REJECTED: "未通过"}


def get_round_context(round_doc: Document) -> dict:
	"""Return the summary of a round as the session user may see it."""
	sections = get_visible_sections(frappe.session.user)
	return summarise(round_doc, list_audits(round_doc.name, sections), is_part=sections is not None)


def list_audits(round_name: str, sections: Iterable[str] | None = None) -> list[frappe._dict]:
	"""List the audits of a round, or of some sections in it, by section, platform and account."""
	filters = {"round": round_name}
	if sections is not None:
		filters["section"] = ["in", [*sections] or [""]]
	rows = frappe.get_all(
		AUDIT,
		filters=filters,
		fields=[
			"name",
			"account",
			"account_name",
			"platform",
			"section",
			"administrator_name",
			"followers",
			"articles_published",
			"dormant",
			f"{WORKFLOW_FIELD} as workflow",
			"workflow_state",
			"stage",
			"reviewed_on",
			"modified",
		],
	)
	note_ended(round_name, rows)
	# not by the database, whose order of Chinese is another on every server
	return sorted(
		rows, key=lambda row: [row[key] or "" for key in ("section", "platform", "account_name", "name")]
	)


def summarise(round_doc: Document, audits: Sequence[frappe._dict], is_part: bool = False) -> dict:
	"""Return what the summary prints of these audits: counts by section, and a line each.

	It says nothing of the time at which it is printed: the same audits are the same summary.
	"""
	gathered = get_gathered_states()
	counted = [frappe._dict(row, count=1) for row in audits]
	return {
		"title": f"新媒体账号年审汇总表（{cint(round_doc.year)}年）",
		"days": say_days(round_doc.opens_on, round_doc.closes_on),
		"period": say_days(round_doc.period_from, round_doc.period_to),
		"data_on": chinese_date(max((getdate(row.modified) for row in audits), default=None)),
		"is_part": is_part,
		"sections": count_by_section(counted, gathered),
		"totals": count(counted, gathered),
		"accounts": [get_line(number, row, round_doc) for number, row in enumerate(audits, 1)],
	}


def count_by_section(audits: Iterable[frappe._dict], gathered: set[str]) -> list[dict]:
	by_section = group_by_section(audits)
	return [{"section": as_typed(section), **count(rows, gathered)} for section, rows in by_section.items()]


def get_line(number: int, row: frappe._dict, round_doc: Document) -> dict:
	return {
		"number": number,
		"platform": as_typed(row.platform),
		"account_name": as_typed(row.account_name),
		"section": as_typed(row.section),
		"administrator": as_typed(row.administrator_name),
		"followers": cint(row.followers),
		"published": cint(row.articles_published),
		"state": _(row.workflow_state, "zh") if row.workflow_state else "",
		"result": "；".join(filter(None, (get_result(row, round_doc), "“僵尸”账号" if row.dormant else ""))),
	}


def get_result(row: frappe._dict, round_doc: Document) -> str:
	"""Return what comes of an audit: nothing yet while it is under way and its round runs."""
	if row.ended:
		return ENDED
	if round_doc.stage in (None, "", DRAFT, OPEN):
		return RESULTS.get(row.stage, "")
	return RESULTS_WHEN_OVER.get(judge_closure(row.stage), RESULTS[APPROVED])
