"""Ways past a document's form that the platform offers: closed for the documents that the guard governs.

The guard in `workflow.py` would refuse most of them when the document is saved. Here they are refused before,
in words that say where to go instead.
"""

import frappe
from frappe import _
from frappe.core.api import file as file_endpoints
from frappe.model import workflow as platform
from frappe.utils import get_url, get_url_to_form
from frappe.workflow.doctype.workflow_action import workflow_action

from nmedia_app.files import may_read, refuse_reading
from nmedia_app.workflow import is_guarded

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
