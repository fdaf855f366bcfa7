"""Endpoints of the Workflow form: what is under way elsewhere, and taking it over."""

import frappe
from frappe import _
from frappe.model.document import Document

from nmedia_app.services import workflow_moves
from nmedia_app.workflow import is_guarded

#: documents that one request moves: the dialog asks again while there are more
AT_ONCE = 20


@frappe.whitelist()
def get_documents_elsewhere(workflow: str) -> list[dict]:
	"""Count, by workflow and state, what is under way and does not follow this active workflow."""
	return workflow_moves.list_documents_elsewhere(workflow=get_own_workflow(workflow))


@frappe.whitelist(methods=["POST"])
def move_documents(workflow: str, failed: str | list | None = None) -> dict:
	"""Take the next documents under way over into this active workflow, but those that `failed` before.

	See `workflow_moves.move_all`.
	"""
	own = get_own_workflow(workflow)
	return workflow_moves.move_all(workflow=own, most=AT_ONCE, but=frappe.parse_json(failed) or [])


def get_own_workflow(name: str) -> Document:
	"""Return an active workflow of a guarded document type; throws unless the user administers workflows."""
	frappe.only_for("System Manager")
	workflow = frappe.get_doc("Workflow", name)
	if not workflow.is_active or not is_guarded(workflow.document_type):
		frappe.throw(
			_("Documents go on under an active workflow only. Please tick Is Active and save first.")
		)
	return workflow
