"""What waits for whom."""

import frappe
from frappe.model.base_document import get_controller
from frappe.utils import today

from nmedia_app.regulation.reminders import leads_on
from nmedia_app.regulation.review import CLOSED, OPEN, WITH_AUTHORS, is_with_authors
from nmedia_app.typed_texts import as_typed
from nmedia_app.workflow import (
	RECORDS_FIELD,
	STAGE_FIELD,
	WorkflowDocument,
	get_permitted_transitions,
	get_stage,
	get_workflows,
)

ROUND = "Annual Audit Round"
DOCTYPES = ("Article Review", "Account Filing", "Annual Audit", ROUND)
LIMIT = 50
COLOURS = {"Success": "green", "Warning": "orange", "Danger": "red", "Primary": "blue", "Info": "light-blue"}


def get_waiting_documents(user: str) -> list[frappe._dict]:
	"""List the documents whose next step the session user may take, the longest waiting first.

	Their own drafts, and what others sent: each with title, section, `deadline`, state, the state's colour,
	and `since` when it waits.
	"""
	tasks = [task for doctype in DOCTYPES for task in get_waiting(doctype, user)]
	return sorted([*tasks, *get_rounds_to_close()], key=lambda task: task.since)


def get_rounds_to_close() -> list[frappe._dict]:
	"""List the rounds that are over and still open, if the session user may close them (Article 6)."""
	if not frappe.has_permission(ROUND, "read"):
		return []
	over = {STAGE_FIELD: OPEN, "closes_on": ["<", today()]}
	documents = (frappe.get_doc(ROUND, name) for name in frappe.get_list(ROUND, filters=over, pluck="name"))
	return [
		as_task(doc)
		for doc in documents
		if any(step.next_stage == CLOSED for step in get_permitted_transitions(doc))
	]


def get_waiting(doctype: str, user: str) -> list[frappe._dict]:
	states = get_states_to_act_on(doctype, user)
	if not states:
		return []
	documents = (frappe.get_doc(doctype, name) for name in list_candidates(doctype, user, states))
	return [as_task(doc) for doc in documents if waits_for(doc, user)]


def list_candidates(doctype: str, user: str, states: list[str]) -> list[str]:
	"""List the documents in these states that may wait for a user, the longest unchanged first.

	What is with its authors and what was sent do not crowd each other out, nor do the many audits of a round.
	"""
	worker_field = get_controller(doctype).worker_field
	own = {worker_field: user} if worker_field else {}
	return [
		name
		for filters in ({STAGE_FIELD: ["not in", WITH_AUTHORS]}, {STAGE_FIELD: ["in", WITH_AUTHORS], **own})
		for name in frappe.get_list(
			doctype,
			filters={"workflow_state": ["in", states], **filters},
			order_by="modified asc",
			limit=LIMIT,
			pluck="name",
		)
	]


def get_states_to_act_on(doctype: str, user: str) -> list[str]:
	"""States from which the user's roles can lead on towards publication, in any of the type's workflows."""
	roles = set(frappe.get_roles(user))
	return list(
		{
			row.state
			for workflow in get_workflows(doctype)
			for row in workflow.transitions
			if row.allowed in roles
			and leads_on(get_stage(workflow, row.state), get_stage(workflow, row.next_state))
		}
	)


def waits_for(doc: WorkflowDocument, user: str) -> bool:
	if not doc.is_called_for():
		return False
	if is_with_authors(doc.stage) and user not in doc.get_workers():
		return False
	steps = get_permitted_transitions(doc)
	return any(leads_on(doc.stage, step.next_stage) for step in steps)


def as_task(doc: WorkflowDocument) -> frappe._dict:
	records = doc.get(RECORDS_FIELD)
	return frappe._dict(
		doctype=doc.doctype,
		name=doc.name,
		title=as_typed(doc.get_title()),
		section=doc.get("section"),
		deadline=doc.get_deadline(),
		state=doc.workflow_state,
		colour=get_colour(doc.workflow_state),
		since=records[-1].acted_on if records else doc.creation,
	)


def get_colour(state: str) -> str:
	style = frappe.db.get_value("Workflow State", state, "style", cache=True)
	return COLOURS.get(style, "gray")
