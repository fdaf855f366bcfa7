"""The guard of every workflow document: it changes state by a transition its user may take, or not at all.

Frappe's own check asks only for a matching transition and role. It lets a document be submitted, inserted as
submitted or moved by a plain field update, and it reloads the document before approving, so that an approver
may sign what was never on the screen. Here the Workflow that was active when a document began is the only
source of what may happen, and the only door is `apply_workflow` below. States and actions are the
administrator's to rename: code reads `stage`, which each state sets through the workflow's own Update Field,
and the docstatus.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

import frappe
from frappe import _
from frappe.model import datetime_fields, display_fieldtypes, numeric_fieldtypes, table_fields
from frappe.model import workflow as platform
from frappe.model.base_document import get_controller
from frappe.model.document import Document
from frappe.utils import cast, cint, cstr, escape_html, flt, get_datetime, get_fullname, now_datetime, today

from nmedia_app.phrases import Name, Phrase
from nmedia_app.regulation.review import (
	APPROVED,
	DRAFT,
	RETURNED,
	demands_opinion,
	is_endorsement,
	is_under_review,
	is_with_authors,
	may_endorse,
)
from nmedia_app.regulation.workflow_rules import MUST_BEGIN_AS_DRAFT, find_state_faults, find_step_faults
from nmedia_app.selectors.sections import get_sections_for_role
from nmedia_app.text_limits import refuse_too_long_texts

STAGE_FIELD = "stage"
RECORDS_FIELD = "approval_records"
#: what an expression that cannot be evaluated raises
UNREADABLE = (ArithmeticError, AttributeError, LookupError, NameError, SyntaxError, TypeError, ValueError)
#: the Workflow under which a document began, and which it follows to its end
WORKFLOW_FIELD = "governing_workflow"
#: on a Workflow, an administrator's tick: nobody takes two steps of one review
SEPARATE_FIELD = "nmedia_separate_people"
#: what the history says of a document that goes on under another workflow
MOVE = "Move to Another Workflow"
#: the annexes' 审核意见, signature and date
APPROVAL_FIELDS = ("opinion", "reviewer", "reviewer_name", "reviewed_on")


class StaleDocumentError(frappe.ValidationError):
	"""The document changed after the user had it on the screen."""


class OpinionRequiredError(frappe.ValidationError):
	"""A step that needs a reason was taken without one."""


class DeclarationRequiredError(frappe.ValidationError):
	"""A step that vouches for the content was taken without the declaration."""


class BrokenWorkflowError(frappe.ValidationError):
	"""The Workflow, as it is now, would let through what the regulation forbids, or cannot be read."""


class SealedRecordError(frappe.PermissionError):
	"""A value that only a workflow action sets was set by other means."""


@dataclass(frozen=True)
class WorkflowStep:
	"""What the user decided: put on the document by `apply_workflow`, out of reach of any request's JSON."""

	action: str
	opinion: str
	declared: bool = False


@dataclass(frozen=True)
class WorkflowMove:
	"""Where a document goes on under another workflow: put on it by a service, out of any request's reach."""

	workflow: str
	state: str


@dataclass(frozen=True)
class SealedChange:
	"""Sealed fields that a service of the app sets: a flag on the document, out of any request's reach."""

	fieldnames: frozenset[str]


class WorkflowDocument(Document):
	"""Base of every document that a workflow governs.

	A subclass says which fields name its authors (`author_fields`: tables whose rows have a `user`), which
	fields only a step may set (`sealed_fields`) and which nobody once it is sent (`fixed_once_sent`), what a
	step needs and brings about (`on_workflow_step`, `on_stage_entered`), and what its users confirm
	(`get_declaration`) and read (`get_default_opinion`, `say_how_to_go_on`) on the way.
	"""

	#: fields and tables that only a step, or a service of the app, may set
	sealed_fields: tuple[str, ...] = ()
	author_fields: tuple[str, ...] = ()
	#: what its authors alone say: a reviewer who wants it otherwise returns it to them
	fixed_once_sent: tuple[str, ...] = ()
	#: the field of the one user with whom it lies before it is sent; its authors, without one
	worker_field: str | None = None

	def before_insert(self):
		self.refuse_amendment()

	def validate(self):
		self.guard_workflow()
		refuse_too_long_texts(self)

	def before_update_after_submit(self):
		self.guard_workflow()
		refuse_too_long_texts(self)

	def before_cancel(self):
		self.refuse_way_round(_("It cannot be cancelled."))

	def before_discard(self):
		self.refuse_way_round(_("It cannot be discarded."))

	def on_trash(self):
		self.refuse_deleting_what_was_sent()

	def before_rename(self, *args):
		self.refuse_another_name()

	def after_rename(self, *args):
		# a request may have switched the validation off, and `before_rename` with it
		self.refuse_another_name()

	def has_permission(self, permtype="read", *args, **kwargs) -> bool:
		"""As the platform, which would tell who may delete a sent document to cancel it first."""
		permitted = super().has_permission(permtype, *args, **kwargs)
		if permitted and permtype == "delete":
			self.refuse_deleting_what_was_sent()
		return permitted

	def raise_no_permission_to(self, perm_type: str):
		"""Say what to do instead to who may not submit or cancel."""
		if perm_type in ("submit", "cancel", "amend"):
			self.refuse_way_round(_("Its status is not yours to change like this."))
		super().raise_no_permission_to(perm_type)

	def validate_workflow(self):
		"""Leave to the guard what the platform checks by the active workflow: this may follow another."""

	def get_authors(self) -> set[str]:
		"""Users whose own work this is, and who therefore do not review it."""
		named = (row.user for fieldname in self.author_fields for row in self.get(fieldname) or [])
		return {self.owner, *filter(None, named), *self.get_senders()}

	def get_workers(self) -> set[str]:
		"""Users with whom it lies before it is sent."""
		worker = self.get(self.worker_field) if self.worker_field else None
		return {worker} if worker else self.get_authors()

	def get_senders(self) -> set[str]:
		"""Users who sent it into review: striking their own name does not make reviewers of them."""
		return {
			row.user
			for row in self.get(RECORDS_FIELD) or []
			if is_under_review(row.to_stage) and is_with_authors(row.from_stage)
		}

	def get_reviewers(self) -> set[str]:
		"""Users who took a step of the review that is under way, since it was sent last."""
		records = reversed(self.get(RECORDS_FIELD) or [])
		steps = takewhile(lambda row: is_under_review(row.from_stage) and row.action != MOVE, records)
		return {row.user for row in steps}

	def is_with_authors(self) -> bool:
		"""Tell whether the document, as the database has it, is its authors' to change."""
		stored = self.get_doc_before_save() or self
		return bool(self.is_new()) or is_with_authors(stored.get(STAGE_FIELD))

	def holds_role(self, role: str, user: str) -> bool:
		"""A section chief acts for the own section, an editor for the sections of which they are a member."""
		sections = get_sections_for_role(user, role)
		return sections is None or self.section in sections

	def wait_for_turn(self) -> None:
		"""Take the locks that a step needs, before its document and rows are locked."""

	def on_workflow_step(self, step: WorkflowStep, stage: str | None) -> None:
		"""Check what a step into a stage needs, be it from one state of the same stage to another."""

	def on_stage_entered(self, step: WorkflowStep, stage: str | None) -> None:
		"""Set what follows from coming to a stage, before the document is written."""

	def get_declaration(self, from_stage: str | None, to_stage: str | None) -> str:
		"""Return what the user confirms on the way from one stage to the other; nothing if nothing."""
		return ""

	def get_default_opinion(self, stage: str | None) -> str:
		"""Return the opinion that is suggested to who brings the document to this stage."""
		return _("Agreed")

	def say_who_reviews(self) -> str:
		"""Say to one of its authors why others review it."""
		return _("Nobody reviews what they wrote themselves (Article 7): you are one of its authors.")

	def say_it_is_final(self, label: str) -> str:
		"""Say that a field, by its label, is not changed any more, and what to do instead."""
		return _("{0} cannot be changed any more: it was approved as it is.").format(label)

	def get_deadline(self) -> datetime | None:
		"""Return by when what the document is about is to be carried out (local time)."""

	def is_called_for(self) -> bool:
		"""Tell whether a next step is still waited for, whatever the workflow offers."""
		return True

	def get_task_start(self) -> datetime | None:
		"""Return from when on its authors can carry out what was approved (local time)."""
		return self.get_deadline()

	def say_how_to_go_on(self) -> str:
		"""Say to the authors of an approved document what is theirs to do now."""
		return ""

	def say_what_follows(self) -> str:
		"""Say to the authors of a document that was returned or rejected what follows from it."""
		return ""

	def say_beforehand(self, stage: str | None) -> str:
		"""Say what whoever is about to bring the document to a stage should know; nothing if nothing."""
		return ""

	def set_approval(self, step: WorkflowStep):
		"""Sign the annex: 审核意见, 审核人, 日期."""
		self.opinion = step.opinion or self.get_default_opinion(APPROVED)
		self.reviewer = frappe.session.user
		self.reviewer_name = get_fullname(frappe.session.user)
		self.reviewed_on = today()

	def guard_workflow(self):
		"""Refuse any change of state but by a step that its Workflow allows this user (Article 7)."""
		before = self.get_doc_before_save()
		workflow = get_workflow_of(before) if before else get_active_workflow(self.doctype)
		opened = self.get_opened_fields()
		step = self.flags.pop("workflow_step", None)
		move = self.flags.pop("workflow_move", None)
		if before:
			self.check_records_untouched(before)
			self.check_sealed_fields_untouched(before, opened)
			self.check_authors_untouched(before)
			self.check_words_of_authors_untouched(before)
		if not before:
			self.check_starts_at_the_beginning(workflow, opened)
		elif isinstance(step, WorkflowStep):
			self.take_step(workflow, before, step)
		elif isinstance(move, WorkflowMove):
			workflow = self.move_to(move, before)
		else:
			self.check_state_untouched(before)
			self.check_may_edit()
			self.check_approved_content_untouched(before)
		if step or move or not (before and before.get(STAGE_FIELD)):
			# a mere save leaves the stage alone, whatever became of the workflow meanwhile
			self.set(STAGE_FIELD, get_stage(workflow, self.workflow_state))
		self.set(WORKFLOW_FIELD, workflow.name)

	def get_opened_fields(self) -> frozenset[str]:
		"""Return the sealed fields that a service of the app is just setting."""
		change = self.flags.pop("sealed_change", None)
		return change.fieldnames if isinstance(change, SealedChange) else frozenset()

	def check_starts_at_the_beginning(self, workflow: Document, opened: frozenset[str]):
		"""Refuse a copy that brings along what another document went through."""
		initial_state = workflow.states[0].state
		if self.docstatus != 0 or (self.workflow_state or initial_state) != initial_state:
			self.refuse_way_round(_("A new document starts at the beginning of its workflow."))
		if self.get(RECORDS_FIELD) or any(self.get(field) for field in {*self.sealed_fields} - opened):
			frappe.throw(
				_("A new document brings no approval with it.")
				+ " "
				+ _("To use the content of another one, choose Duplicate in the menu of its form."),
				SealedRecordError,
			)
		self.check_begins_as_draft(workflow.states[0])
		self.workflow_state = initial_state

	def check_begins_as_draft(self, state: Document):
		self.check_state_keeps_the_rules(state)
		if get_row_stage(state) != DRAFT:
			refuse_broken_workflow(state, Phrase(MUST_BEGIN_AS_DRAFT, (Name(DRAFT),)))

	def check_state_keeps_the_rules(self, state: Document):
		for fault in find_state_faults(self.doctype, get_row_stage(state), cint(state.doc_status)):
			refuse_broken_workflow(state, fault)

	def check_step_keeps_the_rules(self, state: Document, role: str):
		"""Refuse a step that a workflow changed behind the app's back would let through (Article 7)."""
		self.check_state_keeps_the_rules(state)
		for fault in find_step_faults(self.doctype, self.get(STAGE_FIELD), get_row_stage(state), role):
			refuse_broken_workflow(state, fault)

	def check_records_untouched(self, before: Document):
		if not is_same(self, before, RECORDS_FIELD):
			frappe.throw(
				_("The approval history cannot be changed.")
				+ " "
				+ _("Each step that is taken with a button of the workflow adds its own line to it."),
				SealedRecordError,
			)

	def check_sealed_fields_untouched(self, before: Document, opened: frozenset[str]):
		for fieldname in self.sealed_fields:
			if fieldname not in opened and not is_same(self, before, fieldname):
				frappe.throw(
					_("{0} is set by the review alone.").format(frappe.bold(self.get_label(fieldname)))
					+ " "
					+ _("Please open the document and use the buttons of its workflow."),
					SealedRecordError,
				)

	def check_authors_untouched(self, before: Document):
		"""Whoever strikes their own name does not become a reviewer by it (Article 7)."""
		if self.owner != before.owner:
			frappe.throw(_("Whoever began a document stays one of its authors."), SealedRecordError)
		if self.is_with_authors():
			return
		self.check_sent_fields_untouched(before, self.author_fields)

	def check_words_of_authors_untouched(self, before: Document):
		"""What is reviewed is what its authors sent; of what is approved, no field is open anyway."""
		if not self.is_with_authors() and before.docstatus == 0:
			self.check_sent_fields_untouched(before, self.fixed_once_sent)

	def check_sent_fields_untouched(self, before: Document, fieldnames: Iterable[str]):
		for fieldname in fieldnames:
			if not is_same(self, before, fieldname):
				frappe.throw(
					_("{0} cannot be changed while the document is in review or after it.").format(
						frappe.bold(self.get_label(fieldname))
					)
					+ " "
					+ _("Please return it for correction first, so that its authors change it."),
					SealedRecordError,
				)

	def check_state_untouched(self, before: Document):
		fields = ("workflow_state", "docstatus", STAGE_FIELD, WORKFLOW_FIELD)
		if any(not is_same(self, before, fieldname) for fieldname in fields):
			self.refuse_way_round(_("Its status is not a field to edit."))

	def check_approved_content_untouched(self, before: Document):
		if before.docstatus != 1:
			return
		for df in self.meta.fields:
			if df.allow_on_submit or df.fieldtype in display_fieldtypes:
				continue
			if not is_same(self, before, df.fieldname):
				label = frappe.bold(_(df.label, context=self.doctype))
				frappe.throw(self.say_it_is_final(label), frappe.UpdateAfterSubmitError)

	def check_may_edit(self):
		stored = self.get_doc_before_save() or self
		states = get_workflow_of(stored).states
		editors = [row.allow_edit for row in states if row.state == self.workflow_state]
		if not any(may_act_as(stored, role, frappe.session.user) for role in editors):
			frappe.throw(
				_("While the status is {0}, only {1} may edit this document.").format(
					frappe.bold(_(self.workflow_state)), frappe.bold(", ".join(_(role) for role in editors))
				)
				+ " "
				+ _("Please ask them to change it, or to return it."),
				frappe.PermissionError,
			)

	def take_step(self, workflow: Document, before: Document, step: WorkflowStep):
		transition = self.get_transition(before, step)
		state = get_state(workflow, transition.next_state)
		if self.docstatus != cint(state.doc_status):
			self.refuse_way_round(_("Its status and its submission do not go together."))
		stage = get_row_stage(state)
		if transition.opinion_required and not step.opinion:
			frappe.throw(_("Please give the reason: those concerned need to know it."), OpinionRequiredError)
		if transition.declaration and not step.declared:
			frappe.throw(
				_("Please confirm the declaration first: {0}").format(transition.declaration),
				DeclarationRequiredError,
			)
		self.on_workflow_step(step, stage)
		if stage != before.get(STAGE_FIELD):
			self.on_stage_entered(step, stage)
		self.add_record(
			action=transition.action,
			to_stage=transition.next_stage,
			role=transition.allowed,
			opinion=step.opinion,
			declaration=transition.declaration,
		)

	def move_to(self, move: WorkflowMove, before: Document) -> Document:
		"""Go on under another workflow, whose state is of the same kind; return that workflow."""
		workflow = frappe.get_cached_doc("Workflow", move.workflow)
		stage = get_stage(workflow, move.state)
		same_kind = (
			is_under_review(stage) if is_under_review(before.get(STAGE_FIELD)) else stage == before.stage
		)
		if not same_kind or cint(get_state(workflow, move.state).doc_status) != self.docstatus:
			self.refuse_way_round(_("Another workflow decides nothing about it."))
		self.workflow_state = move.state
		self.add_record(action=MOVE, to_stage=stage, role="System Manager", opinion=_(workflow.name))
		return workflow

	def get_transition(self, before: Document, step: WorkflowStep) -> frappe._dict:
		for transition in get_permitted_transitions(before):
			if transition.action == step.action and transition.next_state == self.workflow_state:
				return transition
		self.refuse_step(before, step.action)

	def check_may_take(self, action: str):
		"""Refuse a step that is not offered to the session user, before anything is done."""
		steps = [step for step in get_permitted_transitions(self) if step.action == action]
		if not steps:
			self.refuse_step(self, action)
		workflow = get_workflow_of(self)
		for step in steps:
			self.check_step_keeps_the_rules(get_state(workflow, step.next_state), step.allowed)

	def refuse_step(self, stored: Document, action: str):
		if vouches(stored, action) and (reason := say_why_not_to_endorse(stored, frappe.session.user)):
			frappe.throw(
				reason + " " + _("Please leave this step to another reviewer."),
				platform.WorkflowPermissionError,
				title=_("Your Own Work"),
			)
		frappe.throw(
			_("This step is not yours to take, or not possible any more.")
			+ " "
			+ _("Please reload the document: its buttons show what you can do."),
			platform.WorkflowTransitionError,
			title=_("Not a Step of the Workflow"),
		)

	def add_record(
		self, *, action: str, to_stage: str | None, role: str, opinion: str, declaration: str = ""
	):
		"""Add to the history what the session user just did with the document."""
		before, user = self.get_doc_before_save(), frappe.session.user
		self.append(
			RECORDS_FIELD,
			{
				"action": action,
				"from_state": before.workflow_state,
				"to_state": self.workflow_state,
				"from_stage": before.get(STAGE_FIELD),
				"to_stage": to_stage,
				"user": user,
				"full_name": get_fullname(user),
				"role": role,
				"acted_on": now_datetime(),
				"opinion": opinion,
				"declaration": declaration,
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
		self.check_may_edit()

	def refuse_amendment(self):
		"""An amendment follows a cancelled document and takes its number: here nothing is cancelled."""
		if self.get("amended_from"):
			frappe.throw(
				_("A document that was approved is not amended.")
				+ " "
				+ _("To use the content of another one, choose Duplicate in the menu of its form."),
				SealedRecordError,
			)

	def refuse_another_name(self):
		frappe.throw(
			_("A document of the review keeps its number: it can be neither renamed nor merged.")
			+ " "
			+ _("Please change its title instead, while it is a draft."),
			SealedRecordError,
		)

	def get_label(self, fieldname: str) -> str:
		return _(self.meta.get_label(fieldname))


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

	`doc` is the document as it was on the screen, with the user's words as `workflow_opinion` and
	`workflow_declared` if they confirmed the declaration.
	Throws StaleDocumentError if it was changed meanwhile; what else is refused, the guard says.
	"""
	seen = frappe.parse_json(doc)
	if not is_guarded(seen.get("doctype")):
		return platform.apply_workflow(doc, action)
	document = frappe.get_doc(seen.get("doctype"), seen.get("name"))
	document.check_permission("read")
	document.wait_for_turn()
	# locked until the end of the request: what is compared here is what gets approved
	current = frappe.get_doc(document.doctype, document.name, for_update=True)
	check_unchanged(current, seen.get("modified"))
	opinion = cstr(seen.get("workflow_opinion")).replace("\r\n", "\n").strip()
	declared = bool(cint(seen.get("workflow_declared")))
	current.check_may_take(action)
	current.flags.workflow_step = WorkflowStep(action=action, opinion=opinion, declared=declared)
	done = carry_out(current, action)
	announce(done)
	return done


def carry_out(doc: WorkflowDocument, action: str) -> WorkflowDocument:
	"""Take a step that was found permitted; return the document in its new state.

	The platform's own function does so by the active workflow, with all that its version offers there. A
	document that finishes on an earlier workflow is brought to its next state here.
	"""
	workflow = get_workflow_of(doc)
	if workflow.name == get_active_workflow(doc.doctype).name:
		return platform.apply_workflow(doc, action)
	step = next(step for step in get_permitted_transitions(doc) if step.action == action)
	state = get_state(workflow, step.next_state)
	doc.workflow_state = state.state
	if state.update_field:
		doc.set(state.update_field, state.update_value)
	if doc.docstatus.is_draft() and cint(state.doc_status) == 1:
		doc.submit()
	else:
		doc.save()
	doc.add_comment("Workflow", _(state.state))
	return doc


def take_step_into(doctype: str, name: str, stage: str, opinion: str = "") -> Document:
	"""Take, as the session user, the step that leads a document as it stands into a stage.

	For services: through the same door as a button on the form. Throws if no such step is the user's to take.
	"""
	doc = frappe.get_doc(doctype, name)
	actions = [step.action for step in get_permitted_transitions(doc) if step.next_stage == stage]
	if not actions:
		doc.refuse_step(doc, "")
	words = {"workflow_opinion": opinion, "workflow_declared": 1}
	return apply_workflow({**doc.as_dict(), **words}, actions[0])


def announce(doc: WorkflowDocument):
	"""Tell those concerned of the step just taken."""
	from nmedia_app.services.notices import announce_step  # which itself needs this module

	announce_step(doc=doc)


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
	workflow = get_workflow_of(doc)
	user = frappe.session.user
	permitted = []
	for row in list_transitions(doc, workflow):
		transition = frappe._dict(row, next_stage=get_stage(workflow, row["next_state"]))
		describe_dialog(transition, doc)
		if may_take(doc, transition, user):
			permitted.append(transition)
	return permitted


def list_transitions(doc: WorkflowDocument, workflow: Document) -> list[dict]:
	"""List the transitions that the session user's roles and their own conditions allow."""
	try:
		return platform.get_transitions(doc, workflow)
	except UNREADABLE as error:
		fault = Phrase(_("A condition cannot be evaluated: {0}."), (error,))
		refuse_broken_workflow(get_state(workflow, doc.workflow_state), fault)


def refuse_broken_workflow(state: Document, fault: Phrase):
	frappe.throw(
		_("Nothing can be decided here: the workflow is broken at {0}. {1}").format(
			frappe.bold(escape_html(_(state.state))), escape_html(fault.say(_))
		)
		+ " "
		+ _("Please tell the administrator."),
		BrokenWorkflowError,
		title=_("Broken Workflow"),
	)


def describe_dialog(transition: frappe._dict, doc: WorkflowDocument):
	"""Say on a transition what its dialog asks: words (required or not, suggested ones) and a declaration."""
	stage, next_stage = doc.get(STAGE_FIELD), transition.next_stage
	endorsement = is_endorsement(stage, next_stage)
	transition.opinion_required = demands_opinion(next_stage)
	transition.opinion_expected = endorsement or transition.opinion_required
	transition.suggested_opinion = doc.get_default_opinion(next_stage) if endorsement else ""
	transition.declaration = doc.get_declaration(stage, next_stage)
	transition.note = doc.say_beforehand(next_stage)


def may_take(doc: WorkflowDocument, transition: frappe._dict, user: str) -> bool:
	"""Tell whether the user, who has the transition's role, may take it on this very document."""
	if not doc.holds_role(transition.allowed, user):
		return False
	if not platform.has_approval_access(user, doc, transition):
		return False
	if is_endorsement(doc.get(STAGE_FIELD), transition.next_stage):
		return not say_why_not_to_endorse(doc, user)
	return True


def is_condition_met(transition: Document, doc: WorkflowDocument, user: str) -> bool:
	"""Tell whether a transition's condition holds for this user, of whom it may speak as the session's."""
	if not transition.condition:
		return True
	known = platform.get_workflow_safe_globals()
	session = frappe._dict(frappe.session, user=user)
	known["frappe"] = frappe._dict(known["frappe"], session=session)
	return bool(frappe.safe_eval(transition.condition, known, {"doc": doc.as_dict()}))


def say_why_not_to_endorse(doc: WorkflowDocument, user: str) -> str:
	"""Say what keeps the user from vouching for the document, whatever their roles; nothing if nothing."""
	if not may_endorse(user, doc.get_authors()):
		return doc.say_who_reviews()
	if cint(get_workflow_of(doc).get(SEPARATE_FIELD)) and not may_endorse(user, doc.get_reviewers()):
		return _("Each step of this review is taken by another person, and you took one of them.")
	return ""


def vouches(doc: WorkflowDocument, action: str) -> bool:
	"""Tell whether this action, from where the document is, vouches for it."""
	workflow = get_workflow_of(doc)
	next_stages = (
		get_stage(workflow, row.next_state)
		for row in workflow.transitions
		if row.action == action and row.state == doc.workflow_state
	)
	return any(is_endorsement(doc.get(STAGE_FIELD), stage) for stage in next_stages)


def may_act_as(doc: WorkflowDocument, role: str, user: str) -> bool:
	"""Tell whether the user has the role, and for this document: a share of it makes nobody its section's."""
	if user == "Administrator":
		return True
	return role in frappe.get_roles(user) and doc.holds_role(role, user)


def check_unchanged(current: Document, seen_modified: str | None):
	"""Throw StaleDocumentError unless the user saw the document as it stands."""
	if not is_same_moment(seen_modified, current.modified):
		frappe.throw(
			_(
				"{0} changed it after you opened it. Please reload, read what changed and decide again."
			).format(get_fullname(current.modified_by)),
			StaleDocumentError,
			title=_("Not What Was on Your Screen"),
		)


def is_same_moment(seen: str | None, moment: datetime | str) -> bool:
	"""Tell whether a time that a request names is this one; what is no time is not."""
	try:
		return bool(seen) and get_datetime(seen) == get_datetime(moment)
	except (ValueError, TypeError, OverflowError):
		return False


def get_active_workflow(doctype: str) -> Document:
	"""Return the active Workflow of a document type. Without one nothing moves."""
	name = platform.get_workflow_name(doctype)
	if not name:
		frappe.throw(
			_("There is no active workflow for {0}. Please tell the administrator.").format(_(doctype))
		)
	return frappe.get_cached_doc("Workflow", name)


def get_workflow_of(doc: Document) -> Document:
	"""Return the Workflow that a document follows: that of its beginning, whichever became active since.

	Without an active one nothing moves, whatever a document follows.
	"""
	active = get_active_workflow(doc.doctype)
	own = doc.get(WORKFLOW_FIELD)
	if own in (None, "", active.name) or not frappe.db.exists("Workflow", own):
		return active
	return frappe.get_cached_doc("Workflow", own)


def get_workflows(doctype: str) -> list[Document]:
	"""Return all that documents of a type may follow: the active Workflow first, then the others."""
	active = get_active_workflow(doctype)
	others = frappe.get_all(
		"Workflow",
		filters={"document_type": doctype, "name": ["!=", active.name]},
		order_by="name asc",
		pluck="name",
	)
	return [active, *(frappe.get_cached_doc("Workflow", name) for name in others)]


def get_state(workflow: Document, state: str | None) -> Document | None:
	"""Return the workflow's row of that state, if there is one."""
	return next((row for row in workflow.states if row.state == state), None)


def get_stage(workflow: Document, state: str | None) -> str | None:
	"""Return the stage that a state of the workflow stands for, as its Update Field says."""
	row = get_state(workflow, state)
	return get_row_stage(row) if row else None


def get_row_stage(state: Document) -> str | None:
	"""Return the stage that a workflow's row of a state stands for."""
	return state.update_value if state.update_field == STAGE_FIELD else None


def get_return_reason(doc: WorkflowDocument) -> Document | None:
	"""Return the approval record that sent the document back, while it is back."""
	records = doc.get(RECORDS_FIELD)
	return records[-1] if records and doc.get(STAGE_FIELD) == RETURNED else None


def is_same(doc: Document, before: Document, fieldname: str) -> bool:
	"""Tell whether a field (a table: all its rows, in their order) has the value that it had before."""
	return comparable(doc, fieldname) == comparable(before, fieldname)


def comparable(doc: Document, fieldname: str) -> str | list:
	"""Return a field's value in one form, whether it comes from a request or from the database."""
	value = doc.get(fieldname)
	df = doc.meta.get_field(fieldname)
	fieldtype = df.fieldtype if df else "Data"
	if fieldtype in table_fields:
		columns = [column.fieldname for column in frappe.get_meta(df.options).fields]
		return [[cint(row.idx), *(comparable(row, column) for column in columns)] for row in value or []]
	if fieldtype in datetime_fields:
		return cstr(cast(fieldtype, value)) if value else ""
	if fieldtype in numeric_fieldtypes or fieldname == "docstatus":
		return cstr(flt(value))
	return cstr(value)


def is_guarded(doctype: str | None) -> bool:
	"""Tell whether documents of this type are governed by the guard."""
	return bool(doctype) and issubclass(get_controller(doctype), WorkflowDocument)
