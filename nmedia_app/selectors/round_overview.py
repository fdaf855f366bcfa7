"""How far the audits of a round are, section by section (Article 6).

Counted by the database: the number of queries does not grow with that of the audits.
"""

from collections import Counter
from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint
from pypika import Case, analytics

from nmedia_app import roles
from nmedia_app.regulation.filing import ENDED
from nmedia_app.regulation.review import APPROVED, IN_REVIEW, REJECTED, WITH_AUTHORS
from nmedia_app.regulation.workflow_rules import get_gathered
from nmedia_app.selectors.sections import get_chief_sections, get_visible_sections
from nmedia_app.selectors.tasks import get_states_to_act_on
from nmedia_app.services.closures import OPEN
from nmedia_app.workflow import STAGE_FIELD, WORKFLOW_FIELD, get_workflows
from nmedia_app.workflow_definition import describe

AUDIT, TASK = "Annual Audit", "Closure Task"
DECIDED = (APPROVED, REJECTED)
#: what an audit counts of its year
FIGURES = (
	"followers_before",
	"followers_before_on",
	"followers",
	"articles_reviewed",
	"articles_published",
	"articles_returned",
	"articles_withdrawn",
	"articles_unmatched",
	"last_published_on",
	"dormant",
)
#: so many missing accounts of a section are named; a list has the others
MOST_NAMES = 20
#: what a section's line counts, in its order
COUNTS = ("total", "filed", "gathered", "approved", "rejected", "missing", "deregistered", "dormant")


def get_overview(round_doc: Document, user: str) -> dict:
	"""Return the counts of a round's audits that the user may see.

	`total` and `sections` (rows of `COUNTS`, each section with the names `waiting` of its missing audits),
	`states` (state, or none of those that are waited for no more; section, count), what each means
	(`stages`), and `tasks`: accounts still to be closed.
	"""
	visible = get_visible_sections(user)
	groups = count_groups(round_doc.name, visible)
	gathered = get_gathered_states()
	missing = list_missing(round_doc.name, visible)
	sections = [
		{
			"section": section,
			**count(by_section, gathered),
			"waiting": [row for row in missing if row.section == section],
		}
		for section, by_section in group_by_section(groups).items()
	]
	return {
		"total": count(groups, gathered),
		"sections": sections,
		"states": count_states(groups),
		"stages": {row.workflow_state: row.stage for row in groups},
		"tasks": list_open_tasks(round_doc.name),
	}


def count_groups(round_name: str, sections: list[str] | None) -> list[frappe._dict]:
	"""Count a round's audits by section, state, and whether the account is closed meanwhile (`ended`)."""
	audit, account = frappe.qb.DocType(AUDIT), frappe.qb.DocType("Media Account")
	ended = Case().when(account.status.isin(ENDED), 1).else_(0)
	query = (
		frappe.qb.from_(audit)
		.left_join(account)
		.on(account.name == audit.account)
		.select(
			audit.section,
			audit[WORKFLOW_FIELD].as_("workflow"),
			audit.workflow_state,
			audit.stage,
			Count("*").as_("count"),
			Sum(audit.dormant).as_("dormant"),
			ended.as_("ended"),
		)
		.where(audit.round == round_name)
		.groupby(audit.section, audit[WORKFLOW_FIELD], audit.workflow_state, audit.stage, ended)
		.orderby(audit.section)
	)
	return limit(query, audit, sections).run(as_dict=True)


def limit(query, table, sections: list[str] | None):
	"""Leave out what is of sections that the user does not see."""
	return query if sections is None else query.where(table.section.isin(sections or [""]))


def group_by_section(groups: Iterable[frappe._dict]) -> dict[str, list[frappe._dict]]:
	by_section: dict[str, list[frappe._dict]] = {}
	for row in groups:
		by_section.setdefault(row.section or "", []).append(row)
	return by_section


def get_gathered_states() -> set[tuple[str, str]]:
	"""Return workflows with the states of which every audit was gathered by the General Office."""
	return {
		(workflow.name, state)
		for workflow in get_workflows(AUDIT)
		for state in get_gathered(describe(workflow))
	}


def count(groups: Iterable[frappe._dict], gathered_states: set[tuple[str, str]]) -> dict[str, int]:
	"""Return `COUNTS` of groups: what is further on was also filed and gathered.

	What was not decided on when its account was closed (`ended`) is neither filed nor missing.
	"""
	counts = dict.fromkeys(COUNTS, 0)
	for row in groups:
		counts["total"] += row["count"]
		counts["dormant"] += cint(row.dormant)
		if is_over(row):
			counts["deregistered"] += row["count"]
			continue
		decided = row.stage in DECIDED
		counts["missing" if row.stage in WITH_AUTHORS else "filed"] += row["count"]
		if decided:
			counts["approved" if row.stage == APPROVED else "rejected"] += row["count"]
		if decided or (row.stage == IN_REVIEW and (row.workflow, row.workflow_state) in gathered_states):
			counts["gathered"] += row["count"]
	return counts


def is_over(row: frappe._dict) -> bool:
	"""Tell whether the account of audits was closed (`ended`) before they were decided on."""
	return bool(row.ended) and row.stage not in DECIDED


def count_states(groups: Iterable[frappe._dict]) -> list[dict]:
	"""Return state, section and count of each group, in the workflows' order of states.

	Those whose account was closed before they were decided on come last, without a state.
	"""
	order = {state: number for number, state in reversed([*enumerate(list_states())])}
	counts: Counter = Counter()
	for row in groups:
		state = "" if is_over(row) else row.workflow_state
		counts[(state, row.section or "")] += row["count"]
	return [
		{"state": state, "section": section, "count": counts[(state, section)]}
		for state, section in sorted(counts, key=lambda key: (order.get(key[0], len(order)), key[1]))
	]


def list_states() -> list[str]:
	"""List the states of audits' workflows in their order, the active workflow's first."""
	return [row.state for workflow in get_workflows(AUDIT) for row in workflow.states]


def list_missing(round_name: str, sections: list[str] | None) -> list[frappe._dict]:
	"""List the audits that are not sent yet, or back with their authors: the first of each section.

	Without those of accounts that were closed meanwhile.
	"""
	audit, account = frappe.qb.DocType(AUDIT), frappe.qb.DocType("Media Account")
	numbered = limit(
		frappe.qb.from_(audit)
		.join(account)
		.on(account.name == audit.account)
		.select(
			audit.name,
			audit.account_name,
			audit.platform,
			audit.section,
			audit.administrator_name,
			audit.stage,
			analytics.RowNumber().over(audit.section).orderby(audit.account_name, audit.name).as_("number"),
		)
		.where((audit.round == round_name) & audit.stage.isin([*WITH_AUTHORS]))
		.where(account.status.notin(ENDED)),
		audit,
		sections,
	)
	return (
		frappe.qb.from_(numbered)
		.select(
			numbered.name,
			numbered.account_name,
			numbered.platform,
			numbered.section,
			numbered.administrator_name,
			numbered.stage,
		)
		.where(numbered.number <= MOST_NAMES)
		.orderby(numbered.section)
		.orderby(numbered.number)
	).run(as_dict=True)


def list_open_tasks(round_name: str | None = None) -> list[frappe._dict]:
	"""List the accounts that are to be closed and that the session user may see, the most urgent first."""
	return frappe.get_list(
		TASK,
		filters={"status": OPEN, **({"round": round_name} if round_name else {})},
		fields=["name", "title", "account", "section", "reason", "due_on", "chief_name", "filing"],
		order_by="due_on asc, name asc",
		limit=0,
	)


def list_audits(
	round_name: str, section: str | None = None, state: str | None = None, most: int = 0
) -> list[str]:
	"""List the names of a round's audits that the session user may see, of a section or state.

	Without those whose account was closed before they were decided on: nobody waits for them.
	"""
	filters = {"round": round_name, "section": section, "workflow_state": state}
	filters = {field: value for field, value in filters.items() if value}
	return frappe.get_list(
		AUDIT,
		filters={**filters, "name": ["not in", [*find_ended(round_name), ""]]},
		order_by="section asc, account_name asc, name asc",
		limit=most,
		pluck="name",
	)


def get_states_to_decide_on(user: str) -> list[str]:
	"""List the states, in the workflows' order, whose next step others than the authors take: this user."""
	own = get_states_to_act_on(AUDIT, user)
	states = (
		row.state
		for workflow in get_workflows(AUDIT)
		for row in workflow.states
		if row.update_value not in WITH_AUTHORS
	)
	return [state for state in dict.fromkeys(states) if state in own]


def get_sections_to_urge(user: str) -> list[str] | None:
	"""Return the sections whose missing audits the user may urge: a chief the own ones, None for all."""
	own_roles = set(frappe.get_roles(user))
	if user == "Administrator" or own_roles & {roles.GENERAL_OFFICE, "System Manager"}:
		return None
	return get_chief_sections(user) if roles.SECTION_CHIEF in own_roles else []


def list_for_export(round_name: str) -> list[frappe._dict]:
	"""List a round's audits that the session user may see, as the workbook of the round has them.

	Each with `ended`: its account was closed before it was decided on.
	"""
	audits = frappe.get_list(
		AUDIT,
		filters={"round": round_name},
		fields=[
			"name",
			"section",
			"platform",
			"account_name",
			"administrator_name",
			"workflow_state",
			STAGE_FIELD,
			"due_on",
			*FIGURES,
			"opinion",
			"reviewer_name",
			"reviewed_on",
		],
		order_by="section asc, account_name asc, name asc",
		limit=0,
	)
	return note_ended(round_name, audits)


def note_ended(round_name: str, audits: list[frappe._dict]) -> list[frappe._dict]:
	"""Note on each of a round's audits whether its account was closed before it was decided on (`ended`)."""
	ended = find_ended(round_name)
	for row in audits:
		row.ended = row.name in ended
	return audits


def find_ended(round_name: str) -> set[str]:
	"""Return the names of a round's audits whose account was closed before they were decided on."""
	audit, account = frappe.qb.DocType(AUDIT), frappe.qb.DocType("Media Account")
	rows = (
		frappe.qb.from_(audit)
		.join(account)
		.on(account.name == audit.account)
		.select(audit.name)
		.where((audit.round == round_name) & account.status.isin(ENDED) & audit.stage.notin(DECIDED))
	).run()
	return {name for (name,) in rows}
