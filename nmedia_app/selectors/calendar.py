"""The calendar of planned publications."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import escape_html, get_datetime, now_datetime

from nmedia_app.regulation.review import (
	APPROVED,
	DRAFT,
	IN_REVIEW,
	PUBLISHED,
	RETURNED,
	WITHDRAWN,
)
from nmedia_app.typed_texts import as_typed

DOCTYPE = "Article Review"
#: light backgrounds for dark text; the state stands in the text as well
COLOURS = {
	DRAFT: "#e5e7eb",
	IN_REVIEW: "#fde68a",
	RETURNED: "#fecaca",
	APPROVED: "#bbf7d0",
	PUBLISHED: "#bfdbfe",
	WITHDRAWN: "#d6d3d1",
}


def list_planned_publications(start: datetime, end: datetime, filters: list) -> list[frappe._dict]:
	"""List the articles planned for that time that the session user may see, as events for the calendar.

	`filters` are those of the list beside it.
	"""
	articles = frappe.get_list(
		DOCTYPE,
		filters=[
			*filters,
			[DOCTYPE, "planned_publish_time", ">=", start],
			[DOCTYPE, "planned_publish_time", "<", end],
		],
		fields=["name", "title", "section", "planned_publish_time", "stage", "workflow_state"],
		order_by="planned_publish_time asc",
		limit=0,
	)
	now = now_datetime()
	return [as_event(article, now) for article in articles]


def as_event(article: frappe._dict, now: datetime) -> frappe._dict:
	"""Describe an article as an event that cannot be dragged about: its planned time is set in its form."""
	state = _(article.workflow_state)
	if is_late(article, now):
		state = f"{state}，{_('Planned time has passed')}"
	title = as_typed(article.title)
	return frappe._dict(
		article,
		title=escape_html(f"{title}（{state}）"),
		tooltip=f"{title}\n{article.section}\n{state}",
		color=COLOURS.get(article.stage, COLOURS[DRAFT]),
		all_day=0,
		startEditable=False,
		durationEditable=False,
	)


def is_late(article: frappe._dict, now: datetime) -> bool:
	"""Tell whether the planned time has passed without publication (or withdrawal)."""
	return article.stage not in (PUBLISHED, WITHDRAWN) and get_datetime(article.planned_publish_time) < now
