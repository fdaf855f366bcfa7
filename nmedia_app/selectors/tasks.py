"""What waits for whom."""

import frappe
from frappe.utils import get_datetime, now_datetime

from nmedia_app.regulation.reminders import leads_on
from nmedia_app.regulation.review import DRAFT
from nmedia_app.workflow import get_active_workflow, get_permitted_transitions, get_stage

LIMIT = 50
COLOURS = {"Success": "green", "Warning": "orange", "Danger": "red", "Primary": "blue", "Info": "light-blue"}


def get_waiting_articles(user: str) -> list[frappe._dict]:
	"""List the articles whose next step the session user may take: their own drafts, and what others sent.

	Each with title, section, planned time, state, the state's colour, and since when it waits.
	"""
	doctype = "Article Review"
	states = get_states_to_act_on(doctype, user)
	if not states:
		return []
	names = frappe.get_list(
		doctype,
		filters={"workflow_state": ["in", states]},
		order_by="modified asc",
		limit=LIMIT,
		pluck="name",
	)
	articles = (frappe.get_doc(doctype, name) for name in names)
	tasks = [as_task(article) for article in articles if waits_for(article, user)]
	return sorted(tasks, key=lambda task: task.since)


def get_states_to_act_on(doctype: str, user: str) -> list[str]:
	"""States from which the user's roles can lead on towards publication, in the active workflow."""
	workflow = get_active_workflow(doctype)
	roles = set(frappe.get_roles(user))
	return list(
		{
			row.state
			for row in workflow.transitions
			if row.allowed in roles
			and leads_on(get_stage(workflow, row.state), get_stage(workflow, row.next_state))
		}
	)


def waits_for(article, user: str) -> bool:
	if article.stage == DRAFT and user not in article.get_authors():
		return False
	steps = get_permitted_transitions(article)
	return any(leads_on(article.stage, step.next_stage) for step in steps)


def as_task(article) -> frappe._dict:
	records = article.approval_records
	return frappe._dict(
		doctype=article.doctype,
		name=article.name,
		title=article.title,
		section=article.section,
		planned_publish_time=article.planned_publish_time,
		state=article.workflow_state,
		colour=get_colour(article.workflow_state),
		since=records[-1].acted_on if records else article.creation,
		is_late=get_datetime(article.planned_publish_time) < now_datetime(),
	)


def get_colour(state: str) -> str:
	style = frappe.db.get_value("Workflow State", state, "style", cache=True)
	return COLOURS.get(style, "gray")
