"""Whom a document concerns: who may take its next step, whose work it is, who is told when it waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.utils import get_datetime, get_fullname, now_datetime

from nmedia_app import roles
from nmedia_app.regulation.reminders import leads_on, waiting_since
from nmedia_app.regulation.review import UNDER_REVIEW
from nmedia_app.workflow import (
	RECORDS_FIELD,
	STAGE_FIELD,
	WorkflowDocument,
	get_stage,
	get_workflow_of,
	is_condition_met,
	may_take,
)


@dataclass(frozen=True)
class Wait:
	"""A document that waits: since when, for whom, and the approval record that brought it there."""

	since: datetime
	awaited: frozenset[str]
	record: str


def get_wait(doc: WorkflowDocument, now: datetime | None = None) -> Wait | None:
	"""Return what the document waits for, if others should act: a review, or what an approval asks for."""
	records = doc.get(RECORDS_FIELD)
	if not records or not doc.is_called_for():
		return None
	since = waiting_since(
		doc.get(STAGE_FIELD),
		get_datetime(records[-1].acted_on),
		doc.get_task_start(),
		now or now_datetime(),
	)
	return Wait(since, frozenset(get_awaited(doc)), records[-1].name) if since else None


def get_awaited(doc: WorkflowDocument) -> set[str]:
	"""Users who may take the step that the document waits for; once approved, its own authors if they can."""
	able = get_next_actors(doc)
	if doc.get(STAGE_FIELD) in UNDER_REVIEW:
		return able
	return able & doc.get_authors() or able


def get_next_actors(doc: WorkflowDocument) -> set[str]:
	"""Enabled users who may take, on this very document, a step towards publication (Article 7)."""
	workflow = get_workflow_of(doc)
	users = set()
	for row in workflow.transitions:
		next_stage = get_stage(workflow, row.next_state)
		if row.state != doc.workflow_state or not leads_on(doc.get(STAGE_FIELD), next_stage):
			continue
		transition = frappe._dict(row.as_dict(), next_stage=next_stage)
		users.update(
			user
			for user in get_users(row.allowed)
			if is_condition_met(row, doc, user) and may_take(doc, transition, user)
		)
	return only_readers(doc, users)


def get_authors(doc: WorkflowDocument) -> set[str]:
	"""Enabled users whose work it is: owner, copywriters, editors, and who sent it."""
	return only_readers(doc, doc.get_authors())


def get_superiors(doc: WorkflowDocument, awaited: Iterable[str]) -> set[str]:
	"""Who is told that a document waits too long: the section's chief, or the leaders if the chief sleeps."""
	told = get_chief(doc) - set(awaited)
	return told or only_readers(doc, get_users(roles.DIVISION_LEADER)) - set(awaited)


def get_chief(doc: WorkflowDocument) -> set[str]:
	"""The chief of the document's section, if that one can log in and read it."""
	chief = frappe.db.get_value("Media Section", doc.get("section"), "chief") if doc.get("section") else None
	return only_readers(doc, {chief} - {None, ""})


def get_users(role: str) -> set[str]:
	"""Enabled users who were given this role."""
	users = frappe.get_all("Has Role", filters={"role": role, "parenttype": "User"}, pluck="parent")
	return get_enabled(users) - {"Administrator", "Guest"}


def get_enabled(users: Iterable[str]) -> set[str]:
	"""Of these users those who can log in."""
	filters = {"name": ["in", [*users] or [""]], "enabled": 1}
	return set(frappe.get_all("User", filters=filters, pluck="name"))


def only_readers(doc: WorkflowDocument, users: Iterable[str]) -> set[str]:
	"""Of these users those who can log in and read the document: nobody hears of what they may not see."""
	return {user for user in get_enabled(users) if frappe.has_permission(doc.doctype, "read", doc, user=user)}


def may_urge(doc: WorkflowDocument, user: str) -> bool:
	"""Tell whether the user may ask others to hurry: whose work it is, and the section's chief."""
	if user in doc.get_authors():
		return True
	return roles.SECTION_CHIEF in frappe.get_roles(user) and doc.holds_role(roles.SECTION_CHIEF, user)


def get_names(users: Iterable[str]) -> str:
	"""Return the users' names, as a list in words."""
	return "、".join(sorted(get_fullname(user) for user in users))
