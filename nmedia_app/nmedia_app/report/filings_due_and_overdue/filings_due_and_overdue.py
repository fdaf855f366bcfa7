"""到期与逾期备案: what is to be reported to the Publicity Department, and by when (Article 5)."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate, today

from nmedia_app.nmedia_app.report.columns import column
from nmedia_app.selectors.due_dates import get_due_accounts, get_due_filings
from nmedia_app.selectors.working_days import days_left


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Return the columns, and the changes that the session user may see, the most urgent first.

	Filters: `section`; `overdue` for what is late alone.
	"""
	frappe.has_permission("Account Filing", "read", throw=True)
	return get_columns(), get_rows(frappe._dict(filters or {}), getdate(today()))


def get_columns() -> list[dict]:
	return [
		# hidden: what the next column's links lead to
		{**column("doctype", _("Document Type"), "Data", 110), "hidden": 1},
		column("name", _("Document"), "Dynamic Link", 180, "doctype"),
		column("title", _("Title"), "Data", 260),
		column("section", _("Media Section"), "Link", 130, "Media Section"),
		column("status", _("Status"), "Data", 240),
		column("due_on", _("Report Due On"), "Date", 120),
		column("days_left", _("Working Days Left"), "Int", 120),
	]


def get_rows(filters: frappe._dict, now: date) -> list[dict]:
	rows = sorted([*get_due_filings(), *get_due_accounts()], key=lambda row: row.due_on)
	return [
		{
			**row,
			"status": _(row.state) if row.state else _("Not filed yet: {0}").format(row.reason),
			"days_left": days_left(row.due_on, now),
		}
		for row in rows
		if (not filters.section or row.section == filters.section)
		and (not filters.overdue or getdate(row.due_on) < now)
	]
