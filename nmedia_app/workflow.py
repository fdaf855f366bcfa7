"""The guard of every workflow document: it changes state by a transition its user may take, or not at all.

Frappe's own check asks only for a matching transition and role. It lets a document be submitted, inserted as
submitted or moved by a plain field update, and it reloads the document before approving, so that an approver
may sign what was never on the screen. Here the active Workflow is the only source of what may happen, and the
only door is `apply_workflow` below. States and actions are the administrator's to rename: code reads `stage`,
which each state sets through the workflow's own Update Field, and the docstatus.
"""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model import workflow as platform
from frappe.model.base_document import get_controller
from frappe.model.document import Document
from frappe.utils import cint, cstr, get_datetime, get_fullname, now_datetime

from nmedia_app.regulation.review import APPROVED, RETURNED, demands_opinion, is_endorsement, may_endorse

STAGE_FIELD = "stage"
RECORDS_FIELD = "approval_records"
RECORD_FIELDS = ("action", "from_state", "to_state", "user", "full_name", "role", "acted_on", "opinion")


class StaleDocumentError(frappe.ValidationError):
	"""The document changed after the user had it on the screen."""


class OpinionRequiredError(frappe.ValidationError):
	"""A step that needs a reason was taken without one."""


class SealedRecordError(frappe.PermissionError):
	"""A value that only a workflow action sets was set by other means."""


@dataclass(frozen=True)
class WorkflowStep:
	"""What the user decided: put on the document by `apply_workflow`, out of reach of any request's JSON."""

	action: str
	opinion: str


class WorkflowDocument(Document):
	"""Base of every document that a workflow governs.

	A subclass says whose work it is (`get_authors`), for which part of the house a role counts
	(`holds_role`), which fields only a step may set (`sealed_fields`) and what a step brings about
	(`on_workflow_step`).
	"""

	sealed_fields: tuple[str, ...] = ()

	def validate(self):
		self.guard_workflow()

	def before_update_after_submit(self):
		self.guard_workflow()

	def before_cancel(self):
		self.refuse_way_round(_("It cannot be cancelled."))

	def before_discard(self):
		self.refuse_way_round(_("It cannot be discarded."))

	def on_trash(self):
		self.refuse_deleting_what_was_sent()

	def get_authors(self) -> set[str]:
		"""Users whose own work this is, and who therefore do not review it."""
		return {self.owner}

	def holds_role(self, role: str, user: str) -> bool:
		"""Tell whether the user's role counts for this document (a section chief's: for the own section)."""
		return True

	def on_workflow_step(self, step: WorkflowStep, stage: str | None) -> None:
		"""Set what follows from entering a stage, before the document is written."""

	def guard_workflow(self):
		"""Refuse any change of state but by a step that the active Workflow allows this user (Article 7)."""
		workflow = get_active_workflow(self.doctype)
		before = self.get_doc_before_save()
		self.check_records_untouched(before)
		self.check_sealed_fields_untouched(before)

		step = self.flags.pop("workflow_step", None)
		if not before:
			self.check_starts_at_the_beginning(workflow)
		elif isinstance(step, WorkflowStep):
			self.take_step(workflow, before, step)
		else:
			self.check_state_untouched(before)
			self.check_may_edit(workflow)
		self.set(
			STAGE_FIELD, get_stage(workflow, self.workflow_state) or (before and before.get(STAGE_FIELD))
		)

	def check_records_untouched(self, before: Document | None):
		if record_values(self) != (record_values(before) if before else []):
			frappe.throw(_("The approval history cannot be changed."), SealedRecordError)

	def check_sealed_fields_untouched(self, before: Document | None):
		for fieldname in self.sealed_fields:
			if cstr(self.get(fieldname)) != cstr(before.get(fieldname) if before else ""):
				label = _(self.meta.get_label(fieldname))
				frappe.throw(_("{0} is set by the review alone.").format(label), SealedRecordError)

	def check_starts_at_the_beginning(self, workflow: Document):
		initial_state = workflow.states[0].state
		if self.docstatus != 0 or (self.workflow_state or initial_state) != initial_state:
			self.refuse_way_round(_("A new document starts at the beginning of its workflow."))
		self.workflow_state = initial_state

	def check_state_untouched(self, before: Document):
		if self.workflow_state != before.workflow_state or self.docstatus != before.docstatus:
			self.refuse_way_round(_("Its status is not a field to edit."))

	def check_may_edit(self, workflow: Document):
		editors = {row.allow_edit for row in workflow.states if row.state == self.workflow_state}
		if editors.isdisjoint(frappe.get_roles()):
			frappe.throw(
				_("While the status is {0}, only {1} may edit this document.").format(
					frappe.bold(_(self.workflow_state)), frappe.bold(", ".join(_(role) for role in editors))
				),
				frappe.PermissionError,
			)

	def take_step(self, workflow: Document, before: Document, step: WorkflowStep):
		transition = self.get_transition(before, step)
		state = get_state(workflow, transition.next_state)
		if self.docstatus != cint(state.doc_status):
			self.refuse_way_round(_("Its status and its submission do not go together."))
		stage = get_stage(workflow, transition.next_state)
		if demands_opinion(stage) and not step.opinion:
			frappe.throw(
				_("Please say why you return it: the editor needs the reason."), OpinionRequiredError
			)
		self.on_workflow_step(step, stage)
		self.add_record(transition, step)

	def get_transition(self, before: Document, step: WorkflowStep) -> frappe._dict:
		for transition in get_permitted_transitions(before):
			if transition.action == step.action and transition.next_state == self.workflow_state:
				return transition
		self.refuse_way_round(_("You may not take this step."))

	def add_record(self, transition: frappe._dict, step: WorkflowStep):
		user = frappe.session.user
		self.append(
			RECORDS_FIELD,
			{
				"action": transition.action,
				"from_state": transition.state,
				"to_state": transition.next_state,
				"user": user,
				"full_name": get_fullname(user),
				"role": transition.allowed,
				"acted_on": now_datetime(),
				"opinion": step.opinion,
			},
		)

	def refuse_way_round(self, reason: str):
		frappe.throw(
			reason + " " + _("Please open the document and use the buttons of its workflow."),
			platform.WorkflowPermissionError,
			title=_("Not a Step of the Workflow"),
		)

	def refuse_deleting_what_was_sent(self):
		if self.get(RECORDS_FIELD):
			frappe.throw(
				_("A document that was sent for review is kept and cannot be deleted (Article 7)."),
				frappe.PermissionError,
			)
		self.check_may_edit(get_active_workflow(self.doctype))


class WorkflowDocumentRow(Document):
	"""Base of child tables of a workflow document: a row is written with its document, never alone."""

	def load_from_db(self):
		"""Read by itself, a row brings its document: who may read that one is all that Frappe 15.55 asks."""
		super().load_from_db()
		self.parent_doc = frappe.get_doc(self.parenttype, self.parent)
		return self

	def before_insert(self):
		self.refuse_direct_change()

	def validate(self):
		self.refuse_direct_change()

	def before_update_after_submit(self):
		self.refuse_direct_change()

	def before_cancel(self):
		self.refuse_direct_change()

	def on_trash(self):
		self.refuse_direct_change()

	def refuse_direct_change(self):
		frappe.throw(_("Please change this row in its document."), SealedRecordError)


@frappe.whitelist(methods=["POST"])
def apply_workflow(doc: Document | dict | str, action: str) -> Document:
	"""Take a workflow step; replaces the platform's endpoint of the same name.

	`doc` is the document as it was on the screen, with the user's words as `workflow_opinion`.
	Throws StaleDocumentError if it was changed meanwhile; what else is refused, the guard says.
	"""
	seen = frappe.parse_json(doc)
	if not is_guarded(seen.get("doctype")):
		return platform.apply_workflow(doc, action)
	# locked until the end of the request: what is compared here is what gets approved
	current = frappe.get_doc(seen.get("doctype"), seen.get("name"), for_update=True)
	current.check_permission("read")
	check_unchanged(current, seen.get("modified"))
	opinion = cstr(seen.get("workflow_opinion")).replace("\r\n", "\n").strip()
	current.flags.workflow_step = WorkflowStep(action=action, opinion=opinion)
	return platform.apply_workflow(current, action)


@frappe.whitelist()
def get_transitions(
	doc: Document | dict | str, workflow: str | None = None, raise_exception: bool = False
) -> list[dict]:
	"""List the steps that the user may take, with the `next_stage` each leads to and whether it needs words.

	Replaces the platform's endpoint of the same name, so that no button is shown that would be refused.
	"""
	seen = frappe.parse_json(doc)
	if not is_guarded(seen.get("doctype")):
		return platform.get_transitions(doc, raise_exception=raise_exception)
	if seen.get("__islocal"):
		return []
	return get_permitted_transitions(frappe.get_doc(seen.get("doctype"), seen.get("name")))


def get_permitted_transitions(doc: WorkflowDocument) -> list[frappe._dict]:
	"""List the steps that the session user may take on a document as it stands in the database."""
	workflow = get_active_workflow(doc.doctype)
	user = frappe.session.user
	permitted = []
	for row in platform.get_transitions(doc, workflow):
		transition = frappe._dict(row, next_stage=get_stage(workflow, row["next_state"]))
		describe_opinion(transition, doc.get(STAGE_FIELD))
		if may_take(doc, transition, user):
			permitted.append(transition)
	return permitted


def describe_opinion(transition: frappe._dict, stage: str | None):
	"""Say on a transition what its dialog asks: words or none, required or not, and which are suggested."""
	endorsement = is_endorsement(stage, transition.next_stage)
	transition.opinion_required = demands_opinion(transition.next_stage)
	transition.opinion_expected = endorsement or transition.opinion_required
	transition.suggested_opinion = get_default_opinion(transition.next_stage) if endorsement else ""


def get_default_opinion(stage: str | None) -> str:
	return _("Agreed for publication") if stage == APPROVED else _("Agreed")


def may_take(doc: WorkflowDocument, transition: frappe._dict, user: str) -> bool:
	"""Tell whether the user, who has the transition's role, may take it on this very document."""
	if not doc.holds_role(transition.allowed, user):
		return False
	if not platform.has_approval_access(user, doc, transition):
		return False
	if is_endorsement(doc.get(STAGE_FIELD), transition.next_stage):
		return may_endorse(user, doc.get_authors())
	return True


def check_unchanged(current: Document, seen_modified: str | None):
	"""Throw StaleDocumentError unless the user saw the document as it stands."""
	if not seen_modified or get_datetime(seen_modified) != get_datetime(current.modified):
		frappe.throw(
			_(
				"{0} changed it after you opened it. Please reload, read what changed and decide again."
			).format(get_fullname(current.modified_by)),
			StaleDocumentError,
			title=_("Not What Was on Your Screen"),
		)


def get_active_workflow(doctype: str) -> Document:
	"""Return the active Workflow of a document type. Without one nothing moves."""
	name = platform.get_workflow_name(doctype)
	if not name:
		frappe.throw(
			_("There is no active workflow for {0}. Please tell the administrator.").format(_(doctype))
		)
	return frappe.get_cached_doc("Workflow", name)


def get_state(workflow: Document, state: str | None) -> Document | None:
	"""Return the workflow's row of that state, if there is one."""
	return next((row for row in workflow.states if row.state == state), None)


def get_stage(workflow: Document, state: str | None) -> str | None:
	"""Return the stage that a state of the workflow stands for, as its Update Field says."""
	row = get_state(workflow, state)
	return row.update_value if row and row.update_field == STAGE_FIELD else None


def get_return_reason(doc: WorkflowDocument) -> Document | None:
	"""Return the approval record that sent the document back, while it is back."""
	records = doc.get(RECORDS_FIELD)
	return records[-1] if records and doc.get(STAGE_FIELD) == RETURNED else None


def record_values(doc: Document) -> list[tuple]:
	"""Return the approval records of a document as comparable values."""
	return [
		(row.name, *(comparable(row, fieldname) for fieldname in RECORD_FIELDS))
		for row in sorted(doc.get(RECORDS_FIELD) or [], key=lambda row: cint(row.idx))
	]


def comparable(row: Document, fieldname: str) -> str:
	value = row.get(fieldname)
	return cstr(get_datetime(value)) if fieldname == "acted_on" and value else cstr(value)


def is_guarded(doctype: str | None) -> bool:
	"""Tell whether documents of this type are governed by the guard."""
	return bool(doctype) and issubclass(get_controller(doctype), WorkflowDocument)
