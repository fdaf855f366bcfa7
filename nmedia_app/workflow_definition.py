"""What an administrator may make of a workflow: mistakes are told when they are made, all of them at once.

Called for every Workflow and Workflow State that is saved, wherever: in the form, in the Workflow Builder, by
import. The rules themselves are in `regulation/workflow_rules.py`; here is gathered what they judge, and seen
to that no edit of a definition moves documents.
"""

import json
from dataclasses import replace

import frappe
from frappe import _
from frappe.model import no_value_fields
from frappe.model import workflow as platform
from frappe.model.document import Document
from frappe.utils import cint, cstr, escape_html

from nmedia_app import MODULE
from nmedia_app.regulation import workflow_rules as rules
from nmedia_app.regulation.conditions import Vocabulary
from nmedia_app.regulation.review import STAGES
from nmedia_app.selectors.recipients import get_users
from nmedia_app.workflow import STAGE_FIELD, WORKFLOW_FIELD, get_row_stage, is_guarded

STATE_FIELD = "workflow_state"
#: what a condition can call: the platform's and Python's
FUNCTIONS = frozenset(("int", "float", "long", "round"))
#: what the builder of Frappe before 15.20 does not send along with a transition
FORGOTTEN = ("allow_self_approval", "condition")


def check_definition(workflow: Document, method: str | None = None) -> None:
	"""Refuse a workflow of ours that is in use and breaks the rules; of one that is not, tell what it breaks.

	Called before any Workflow is validated by the platform, whose own words are short and English.
	"""
	if not is_guarded(workflow.document_type):
		return
	check_state_field(workflow)
	take_over_what_the_builder_forgets(workflow)
	understand_stages(workflow)
	check_documents_stay(workflow)
	check_rules(workflow)


def check_state_field(workflow: Document):
	if workflow.workflow_state_field != STATE_FIELD:
		frappe.throw(
			_("The status of {0} is kept in the field {1}. Please enter that field.").format(
				frappe.bold(_(workflow.document_type)), frappe.bold(STATE_FIELD)
			)
		)


# the rules


def check_rules(workflow: Document) -> None:
	if not workflow.states and not workflow.transitions and not cint(workflow.is_active):
		return  # just begun in the Workflow Builder
	definition, role_facts = describe_in_use(workflow), {} if is_installing() else get_role_facts(workflow)
	faults = rules.find_faults(definition, role_facts, get_vocabulary(workflow.document_type))
	if faults and (cint(workflow.is_active) or any(definition.documents.values())):
		frappe.throw(as_list(faults), title=_("The Workflow Cannot Be Used like This"))
	if is_installing():
		return
	if faults:
		say(faults, _("Saved, but It Cannot Be Activated like This"))
	elif warnings := rules.find_warnings(definition, role_facts):
		say(warnings, _("Saved. Please Note"))


def is_installing() -> bool:
	"""Tell whether this is an upgrade: who has which role, and which right, is not what that is about."""
	return bool(frappe.flags.in_install or frappe.flags.in_migrate or frappe.flags.in_patch)


def say(faults: list[rules.Fault], title: str) -> None:
	frappe.msgprint(as_list(faults), title=title, indicator="orange")


def as_list(faults: list[rules.Fault]) -> str:
	"""Return faults, in the user's language, as HTML."""
	return "<ul>" + "".join(f"<li>{escape_html(fault.say(_))}</li>" for fault in faults) + "</ul>"


def describe_in_use(workflow: Document) -> rules.Definition:
	"""Return a workflow as the rules see it, with how many documents are under way in each state."""
	states = [row.state for row in [*workflow.states, *get_rows_before(workflow)]]
	return replace(
		describe(workflow), documents={state: count_documents(workflow, state) for state in states}
	)


def describe(workflow: Document) -> rules.Definition:
	"""Return a workflow as the rules see it."""
	return rules.Definition(
		workflow.document_type,
		tuple(
			rules.State(row, state.state, cint(state.doc_status), get_row_stage(state), state.allow_edit)
			for row, state in enumerate(workflow.states, 1)
		),
		tuple(
			rules.Transition(
				row,
				way.state,
				way.action,
				way.next_state,
				way.allowed,
				bool(cint(way.allow_self_approval)),
				cstr(way.condition),
			)
			for row, way in enumerate(workflow.transitions, 1)
		),
	)


def get_role_facts(workflow: Document) -> dict[str, rules.RoleFacts]:
	"""Return, for each role in a workflow, its rights on the document type and whether anybody has it."""
	named = {row.allowed for row in workflow.transitions} | {row.allow_edit for row in workflow.states}
	permissions = frappe.get_meta(workflow.document_type).permissions
	rights: dict[str, set[str]] = {role: set() for role in named if role}
	for row in permissions:
		if row.role in rights and not cint(row.permlevel) and not cint(row.if_owner):
			rights[row.role] |= {right for right in ("read", "write", "submit") if row.get(right)}
	return {
		role: rules.RoleFacts(frozenset(given), role in rules.EVERYBODY or bool(get_users(role)))
		for role, given in rights.items()
	}


def get_vocabulary(doctype: str) -> Vocabulary:
	"""Return what conditions on a document type may speak of."""
	fields = {
		df.fieldname: (df.options or "").split("\n") if df.fieldtype == "Select" else ()
		for df in frappe.get_meta(doctype).fields
		if df.fieldtype not in no_value_fields or df.fieldtype in frappe.model.table_fields
	}
	return Vocabulary(fields, FUNCTIONS | frozenset(list_names(platform.get_workflow_safe_globals())))


def list_names(given: dict, before: str = ""):
	"""Yield what the platform lets a condition call, with dots."""
	for name, value in given.items():
		path = before + name
		if isinstance(value, dict) and name != "session":
			yield from list_names(value, f"{path}.")
		else:
			yield path


# what makes a definition easier to write


def understand_stages(workflow: Document) -> None:
	"""Let a stage be entered as it is called on the screen."""
	called = {_(stage): stage for stage in STAGES}
	for state in workflow.states:
		value = cstr(state.update_value).strip()
		if state.update_field == STAGE_FIELD:
			state.update_value = called.get(value, value)


def take_over_what_the_builder_forgets(workflow: Document) -> None:
	"""Keep conditions and self-approval that the Workflow Builder has, and does not send with its rows.

	What is drawn has them (`workflow_data`); the rows come as new ones each time.
	"""
	drawn = [element["data"] for element in get_drawing(workflow) if element.get("type") == "action"]
	before = workflow.get_doc_before_save()
	known = {row.name for row in before.transitions} if before else set()
	rows = workflow.transitions
	if len(drawn) != len(rows) or any(row.name in known for row in rows):
		forget_earlier_drawing(workflow, before)
		return
	for data, row in zip(drawn, rows, strict=True):
		if (data.get("from"), data.get("action"), data.get("to")) == (row.state, row.action, row.next_state):
			row.update({field: data[field] for field in FORGOTTEN if field in data})


def get_drawing(workflow: Document) -> list[dict]:
	try:
		elements = json.loads(cstr(workflow.get("workflow_data")) or "[]")
	except ValueError:
		return []
	return [element for element in elements if isinstance(element, dict) and element.get("data")]


def forget_earlier_drawing(workflow: Document, before: Document | None) -> None:
	"""Let the builder draw anew what was changed in the form: it would go on with what it drew earlier."""
	if before and workflow.get("workflow_data") == before.get("workflow_data"):
		workflow.workflow_data = "[]"


def forget_drawings(state: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	"""Let the builder draw anew the workflows of a state that has another name now."""
	for name in get_workflows_with([new]):
		frappe.db.set_value("Workflow", name, "workflow_data", "[]")


# documents stay where they are


def check_documents_stay(workflow: Document) -> None:
	"""Refuse to make a state mean something else while documents have it: they would move without a step.

	Versions of the platform differ: some change the documents along with the state, others leave them in a
	state that no longer fits.
	"""
	meaning = {row.state: get_meaning(row) for row in workflow.states}
	for row in get_rows_before(workflow):
		changed = meaning.get(row.state, get_meaning(row)) != get_meaning(row)
		if changed and (count := count_documents(workflow, row.state)):
			frappe.throw(
				_(
					"{0} documents have the status {1}: what it means for them is not changed afterwards."
				).format(count, frappe.bold(escape_html(_(row.state))))
				+ " "
				+ _("Please add a new state to the workflow instead."),
				title=_("Documents Would Change"),
			)


def get_rows_before(workflow: Document) -> list[Document]:
	"""Return the rows of states that a workflow has until now."""
	before = workflow.get_doc_before_save()
	return before.states if before and before.document_type == workflow.document_type else []


def get_meaning(state: Document) -> tuple[int, str | None]:
	return cint(state.doc_status), get_row_stage(state)


def count_documents(workflow: Document, state: str) -> int:
	"""Count the documents in a state that this workflow governs."""
	return frappe.db.count(workflow.document_type, {STATE_FIELD: state, WORKFLOW_FIELD: workflow.name})


def allow_renaming_states() -> None:
	"""Let administrators give states other names, which the platform does not offer; called on install."""
	values = {"doc_type": "Workflow State", "property": "allow_rename", "doctype_or_field": "DocType"}
	if not frappe.db.exists("Property Setter", values):
		setter = {**values, "property_type": "Check", "value": "1", "module": MODULE}
		frappe.get_doc(doctype="Property Setter", **setter).insert(ignore_permissions=True)


def refuse_merging_states(state: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	"""Refuse to merge a status of a guarded workflow: its documents would move without anybody's step.

	Called before any Workflow State is renamed, and after it, for a request may skip the former. A new name
	alone moves nothing.
	"""
	if not merge or not get_workflows_with([old, new]):
		return
	frappe.throw(
		_("The status {0} belongs to a workflow: merged, its documents would move without a review.").format(
			frappe.bold(escape_html(_(old)))
		)
		+ " "
		+ _("Please take it out of the workflow instead, once no document has it any more."),
		title=_("Documents Would Change"),
	)


def get_workflows_with(states: list[str]) -> list[str]:
	"""Return the guarded workflows that have one of these states."""
	names = frappe.get_all(
		"Workflow Document State",
		filters={"state": ["in", states], "parenttype": "Workflow"},
		pluck="parent",
		distinct=True,
	)
	workflows = frappe.get_all(
		"Workflow", filters={"name": ["in", names or [""]]}, fields=["name", "document_type"]
	)
	return [workflow.name for workflow in workflows if is_guarded(workflow.document_type)]


def keep_types_governed(workflow: Document, method: str) -> None:
	"""Refuse to take away the last active workflow of a type that has documents; of one without, tell it.

	Called when a Workflow was saved, by then with its type's others switched off, and before one is deleted.
	"""
	if is_installing() or frappe.flags.in_uninstall:
		return
	for doctype in get_types_left(workflow, method):
		others = {"document_type": doctype, "is_active": 1, "name": ["!=", workflow.name]}
		if frappe.db.exists("Workflow", others):
			continue
		if was_active_for(workflow, doctype, method) and (count := frappe.db.count(doctype)):
			refuse_leaving_documents(doctype, count)
		warn_of_a_type_without_workflow(doctype)


def get_types_left(workflow: Document, method: str) -> list[str]:
	"""Return the guarded types for which a Workflow is, or is no longer, and not the active one."""
	before = workflow.get_doc_before_save()
	own = workflow.document_type
	types = {own, before.document_type if before else own}
	stays = {own} if cint(workflow.is_active) and method != "on_trash" else set()
	return [doctype for doctype in sorted(types - stays) if is_guarded(doctype)]


def was_active_for(workflow: Document, doctype: str, method: str) -> bool:
	before = workflow if method == "on_trash" else workflow.get_doc_before_save()
	return bool(before and cint(before.is_active) and before.document_type == doctype)


def refuse_leaving_documents(doctype: str, count: int):
	frappe.throw(
		_("This is the only active workflow of {0}: {1} documents could go no further without it.").format(
			frappe.bold(_(doctype)), count
		)
		+ " "
		+ _("Please tick Is Active for another workflow of {0} instead: that switches this one off.").format(
			_(doctype)
		),
		title=_("Nothing Moves without a Workflow"),
	)


def warn_of_a_type_without_workflow(doctype: str) -> None:
	"""Say that nothing moves any more."""
	sentence = _("{0} has no active workflow now: nobody can write, send or approve one.")
	frappe.msgprint(
		sentence.format(frappe.bold(_(doctype))) + " " + _("Please tick Is Active for one of its workflows."),
		title=_("Nothing Moves without a Workflow"),
		indicator="orange",
	)
