"""Another workflow for documents under way: they finish on their own, or an administrator moves them.

Ticking another Workflow as active changes nothing for what began before. What is moved goes on at the stage
where it is; what is under review begins the other workflow's review anew, so that a move decides nothing.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Count

from nmedia_app.regulation.moving import State, get_place
from nmedia_app.regulation.reminders import leads_on
from nmedia_app.regulation.review import FINISHED, is_under_review
from nmedia_app.services.attempts import undone_if_failing
from nmedia_app.workflow import (
	STAGE_FIELD,
	WORKFLOW_FIELD,
	StaleDocumentError,
	WorkflowMove,
	announce,
	get_stage,
	get_state,
)


def list_documents_elsewhere(*, workflow: Document) -> list[dict]:
	"""Count the documents under way that do not follow this workflow, or are in a state that it has no more.

	Return rows of `workflow`, `state`, `stage`, `count`, and `place`: the state in which they would go on
	here, None if there is none for them.
	"""
	documents = frappe.qb.DocType(workflow.document_type)
	groups = (
		frappe.qb.from_(documents)
		.select(
			documents[WORKFLOW_FIELD].as_("workflow"),
			documents.workflow_state.as_("state"),
			documents[STAGE_FIELD],
			Count("*").as_("count"),
		)
		.groupby(documents[WORKFLOW_FIELD], documents.workflow_state, documents[STAGE_FIELD])
		.orderby(documents[WORKFLOW_FIELD])
		.orderby(documents.workflow_state)
	).run(as_dict=True)
	return [
		{**group, "place": get_place_in(workflow, group[STAGE_FIELD])}
		for group in groups
		if is_elsewhere(workflow, group.workflow, group.state) and is_under_way(group)
	]


def is_under_way(group: frappe._dict) -> bool:
	"""Tell whether something is still to be done with documents of this workflow, state and stage."""
	own = (
		frappe.get_cached_doc("Workflow", group.workflow)
		if frappe.db.exists("Workflow", group.workflow)
		else None
	)
	if not own or get_state(own, group.state) is None:
		return group.stage not in FINISHED
	return any(
		row.state == group.state and leads_on(group.stage, get_stage(own, row.next_state))
		for row in own.transitions
	)


def is_elsewhere(workflow: Document, own_workflow: str | None, state: str | None) -> bool:
	"""Tell whether a document of this workflow and state is not at home in the given workflow."""
	return own_workflow != workflow.name or get_state(workflow, state) is None


def get_place_in(workflow: Document, stage: str | None) -> str | None:
	"""Return the state of the workflow in which a document of this stage goes on."""
	states = [State(row.state, get_stage(workflow, row.state)) for row in workflow.states]
	return get_place(stage, states, [(row.state, row.next_state) for row in workflow.transitions])


def list_names(*, workflow: Document, most: int, but: Iterable[str] = ()) -> list[str]:
	"""List documents that `move` could take over, the oldest first."""
	names = []
	for group in list_documents_elsewhere(workflow=workflow):
		if group["place"]:
			names += frappe.get_all(
				workflow.document_type,
				filters={
					WORKFLOW_FIELD: group["workflow"],
					"workflow_state": group["state"],
					"name": ["not in", [*but] or [""]],
				},
				order_by="creation asc, name asc",
				limit=most,
				pluck="name",
			)
	return names[:most]


def move_all(*, workflow: Document, most: int, but: Iterable[str] = ()) -> dict:
	"""Take at most so many documents, `but` these, over into the workflow, each in a savepoint of its own.

	Return the number that were `moved`, and `failures`: rows of name and reason. Nothing of either: all
	are there.
	"""
	failures = []
	names = list_names(workflow=workflow, most=most, but=but)
	for name in names:
		try:
			with undone_if_failing():
				move(workflow=workflow, name=name)
		except (frappe.ValidationError, frappe.PermissionError) as failure:
			failures.append({"name": name, "reason": str(failure)})
	return {"moved": len(names) - len(failures), "failures": failures}


def move(*, workflow: Document, name: str) -> Document:
	"""Let a document go on under the workflow, as a line of its history by the session user; return it.

	Throws StaleDocumentError if it went elsewhere meanwhile.
	"""
	doc = frappe.get_doc(workflow.document_type, name, for_update=True)
	place = get_place_in(workflow, doc.get(STAGE_FIELD))
	if not place or not is_elsewhere(workflow, doc.get(WORKFLOW_FIELD), doc.workflow_state):
		frappe.throw(_("{0} needs no move any more.").format(doc.get_title()), StaleDocumentError)
	doc.flags.workflow_move = WorkflowMove(workflow=workflow.name, state=place)
	# its authors' fields may be incomplete, and are not the administrator's to fill in
	doc.flags.ignore_mandatory = doc.flags.ignore_links = True
	doc.save(ignore_permissions=True)
	if is_under_review(doc.get(STAGE_FIELD)):
		announce(doc)  # to those for whom it waits now
	return doc
