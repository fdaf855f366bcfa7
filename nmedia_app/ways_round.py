"""Ways past a document's form that the platform offers: closed for the documents that the guard governs.

The guard in `workflow.py` would refuse most of them when the document is saved. Here they are refused before,
in words that say where to go instead; and neither a Workflow nor its states can be edited in a way that moves
documents.
"""

import frappe
from frappe import _
from frappe.core.api import file as file_endpoints
from frappe.model import workflow as platform
from frappe.model.document import Document
from frappe.utils import get_url, get_url_to_form
from frappe.workflow.doctype.workflow_action import workflow_action

from nmedia_app.files import may_read, refuse_reading
from nmedia_app.workflow import is_guarded

STATE_FIELD = "workflow_state"
ZIP_FILES, EARLIER_ZIP_FILES = "frappe.core.api.file.zip_files", "frappe.core.doctype.file.file.zip_files"


@frappe.whitelist(methods=["POST"])
def bulk_workflow_approval(docnames: str, doctype: str, action: str) -> None:
	"""Refuse to decide on several documents at once: nobody saw them (Article 7).

	Replaces the platform's endpoint of the same name, which other document types keep.
	"""
	if not is_guarded(doctype):
		return platform.bulk_workflow_approval(docnames, doctype, action)
	frappe.throw(
		_("Each document is read before it is decided on, so there is no decision on several at once.")
		+ " "
		+ _("Please open them one by one and use the buttons of the workflow (Article 7)."),
		platform.WorkflowPermissionError,
		title=_("Not from the List"),
	)


@frappe.whitelist()
def get_common_transition_actions(docs: str | list, doctype: str) -> list[str]:
	"""Offer no action for a selection in the list; replaces the platform's endpoint of the same name."""
	return [] if is_guarded(doctype) else platform.get_common_transition_actions(docs, doctype)


@frappe.whitelist(allow_guest=True)
def apply_action(
	action: str,
	doctype: str,
	docname: str,
	current_state: str,
	user: str | None = None,
	last_modified: str | None = None,
) -> None:
	"""Answer the link of a workflow mail, but not by a decision; replaces the platform's endpoint."""
	if is_guarded(doctype):
		return show_where_to_decide(doctype, docname)
	return workflow_action.apply_action(action, doctype, docname, current_state, user, last_modified)


@frappe.whitelist(allow_guest=True)
def confirm_action(doctype: str, docname: str, user: str, action: str) -> None:
	"""As `apply_action`: the second link, by which the platform lets a guest act as the user it names."""
	if is_guarded(doctype):
		return show_where_to_decide(doctype, docname)
	return workflow_action.confirm_action(doctype, docname, user, action)


def show_where_to_decide(doctype: str, name: str):
	"""Show a page with a button that leads to the document; of the document itself it tells nothing."""
	exists = frappe.db.exists(doctype, name)
	frappe.respond_as_web_page(
		_("Please Decide in the Document Itself"),
		_("A decision is not taken by a link in a mail: whoever has the mail could take it.")
		+ " "
		+ _("Please sign in, read the document and use the buttons of its workflow (Article 7)."),
		indicator_color="orange",
		primary_label=_("Open the Document"),
		primary_action=get_url_to_form(doctype, name) if exists else get_url("/app"),
	)


def guard_workflow_definition(workflow: Document, method: str | None = None) -> None:
	"""Refuse a change of a Workflow that would submit, take back or cancel documents without anybody's step.

	Versions of the platform differ: some change the documents along with the state, others leave them in a
	state that no longer fits. Called when any Workflow is saved.
	"""
	if not is_guarded(workflow.document_type):
		return
	check_state_field(workflow)
	before = workflow.get_doc_before_save()
	doc_status = {row.state: row.doc_status for row in before.states} if before else {}
	for row in workflow.states:
		if doc_status.get(row.state, row.doc_status) != row.doc_status:
			check_state_is_empty(workflow, row.state)


def check_state_field(workflow: Document):
	if workflow.workflow_state_field != STATE_FIELD:
		frappe.throw(
			_("The status of {0} is kept in the field {1}. Please enter that field.").format(
				frappe.bold(_(workflow.document_type)), frappe.bold(STATE_FIELD)
			)
		)


def check_state_is_empty(workflow: Document, state: str):
	count = frappe.db.count(workflow.document_type, {STATE_FIELD: state})
	if count:
		frappe.throw(
			_(
				"{0} documents have the status {1}: whether they are submitted is not changed afterwards."
			).format(count, frappe.bold(_(state)))
			+ " "
			+ _("Please add a new state to the workflow instead."),
			title=_("Documents Would Change"),
		)


def refuse_merging_states(state: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	"""Refuse to merge a status of a guarded workflow: its documents would move without anybody's step.

	Called before any Workflow State is renamed, and after it, for a request may skip the former. A new name
	alone moves nothing.
	"""
	if not merge:
		return
	workflows = frappe.get_all(
		"Workflow Document State",
		filters={"state": ["in", [old, new]], "parenttype": "Workflow"},
		pluck="parent",
	)
	types = frappe.get_all("Workflow", filters={"name": ["in", workflows or [""]]}, pluck="document_type")
	if any(is_guarded(document_type) for document_type in types):
		frappe.throw(
			_(
				"The status {0} belongs to a workflow: merged, its documents would move without a review."
			).format(frappe.bold(frappe.utils.escape_html(_(old))))
			+ " "
			+ _("Please take it out of the workflow instead, once no document has it any more."),
			title=_("Documents Would Change"),
		)


@frappe.whitelist()
def zip_files(files: str | list) -> None:
	"""Download several files as one, each of which the user may read; replaces the platform's endpoint.

	That of Frappe 15 before its security fixes packs whatever is named.
	"""
	named = [frappe.get_doc("File", name) for name in frappe.parse_json(files) if isinstance(name, str)]
	if not all(may_read(file) for file in named):
		refuse_reading()
	file_endpoints.zip_files(frappe.as_json([file.name for file in named]))


def refuse_earlier_zip_address() -> None:
	"""Close the endpoint's earlier address: the platform's own redirection of it goes before ours.

	Called before each request.
	"""
	if EARLIER_ZIP_FILES in (frappe.form_dict.cmd, frappe.request.path.removeprefix("/api/method/")):
		frappe.throw(_("This address is no longer in use: {0}").format(ZIP_FILES), frappe.PermissionError)
