"""审核记录表: one line for each article that was sent for review (Article 7)."""

import frappe
from frappe import _
from frappe.utils import add_days, getdate

from nmedia_app.nmedia_app.report.columns import column
from nmedia_app.regulation.review import DRAFT


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Return the register's columns and the lines that the session user may see.

	Filters: `from_date` and `to_date` (by planned time), `section`, `stage`.
	"""
	frappe.has_permission("Article Review", "read", throw=True)
	return get_columns(), get_rows(frappe._dict(filters or {}))


def get_columns() -> list[dict]:
	return [
		column("name", _("Article Review"), "Link", 170, "Article Review"),
		column("title", _("Title"), "Data", 260),
		column("section", _("Media Section"), "Link", 120, "Media Section"),
		column("accounts", _("Media to Publish On"), "Data", 220),
		column("copywriters", _("Copywriters"), "Data", 120),
		column("editors", _("Editors"), "Data", 120),
		column("planned_publish_time", _("Planned Time of Publication"), "Datetime", 150),
		column("reviewer_name", _("Reviewer"), "Data", 110),
		column("reviewed_on", _("Date of Review"), "Date", 110),
		column("published_on", _("Time of Publication"), "Datetime", 150),
		column("workflow_state", _("Status"), "Data", 120),
	]


def get_rows(filters: frappe._dict) -> list[dict]:
	rows = frappe.get_list(
		"Article Review",
		filters=get_conditions(filters),
		fields=[
			"name",
			"title",
			"section",
			"planned_publish_time",
			"reviewer_name",
			"reviewed_on",
			"published_on",
			"workflow_state",
		],
		order_by="planned_publish_time desc, name desc",
		limit=0,
	)
	names = [row.name for row in rows]
	accounts = collect("Article Review Account", "accounts", "account", names)
	copywriters = collect("Article Contributor", "copywriters", "full_name", names)
	editors = collect("Article Contributor", "editors", "full_name", names)
	for row in rows:
		row.accounts = accounts.get(row.name)
		row.copywriters = copywriters.get(row.name)
		row.editors = editors.get(row.name)
		row.workflow_state = _(row.workflow_state)
	return rows


def get_conditions(filters: frappe._dict) -> list[list]:
	conditions = [["stage", "!=", DRAFT]]
	if filters.from_date:
		conditions.append(["planned_publish_time", ">=", getdate(filters.from_date)])
	if filters.to_date:
		conditions.append(["planned_publish_time", "<", add_days(getdate(filters.to_date), 1)])
	conditions += [[field, "=", filters[field]] for field in ("section", "stage") if filters.get(field)]
	return conditions


def collect(doctype: str, parentfield: str, fieldname: str, parents: list[str]) -> dict[str, str]:
	"""Return, for each article, the values of a child table in one line."""
	rows = frappe.get_all(
		doctype,
		filters={
			"parenttype": "Article Review",
			"parentfield": parentfield,
			"parent": ["in", parents or [""]],
		},
		fields=["parent", fieldname],
		order_by="parent, idx",
	)
	values: dict[str, list[str]] = {}
	for row in rows:
		values.setdefault(row.parent, []).append(row[fieldname])
	return {parent: "、".join(names) for parent, names in values.items()}
