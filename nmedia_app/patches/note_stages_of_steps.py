"""Steps taken before the approval history kept their stages get them from the workflow's states."""

import frappe

from nmedia_app.workflow import get_active_workflow, get_stage, is_guarded

STAGES = {"from_state": "from_stage", "to_state": "to_stage"}


def execute() -> None:
	"""Fill in the stages that are missing; what is there stays."""
	for doctype in frappe.get_all("Approval Record", pluck="parenttype", distinct=True):
		if is_guarded(doctype):
			note_stages(doctype)


def note_stages(doctype: str) -> None:
	workflow = get_active_workflow(doctype)
	records = frappe.qb.DocType("Approval Record")
	for row in workflow.states:
		for state, stage in STAGES.items():
			(
				frappe.qb.update(records)
				.set(records[stage], get_stage(workflow, row.state))
				.where((records.parenttype == doctype) & (records[state] == row.state))
				.where(records[stage].isnull())
			).run()
