"""Documents that began before they noted their workflow follow the one that is active."""

import frappe

from nmedia_app.selectors.tasks import DOCTYPES
from nmedia_app.workflow import WORKFLOW_FIELD, get_active_workflow


def execute() -> None:
	"""Note the active workflow on every document that names none; what is there stays."""
	for doctype in DOCTYPES:
		documents = frappe.qb.DocType(doctype)
		(
			frappe.qb.update(documents)
			.set(documents[WORKFLOW_FIELD], get_active_workflow(doctype).name)
			.where(documents[WORKFLOW_FIELD].isnull() | (documents[WORKFLOW_FIELD] == ""))
		).run()
