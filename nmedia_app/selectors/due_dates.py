"""What is to be reported to the Publicity Department, and by when (Article 5)."""

from datetime import date

import frappe
from frappe.utils import cint

from nmedia_app.regulation.filing import CHANGE, LIVE
from nmedia_app.regulation.review import FINISHED
from nmedia_app.selectors.sections import get_visible_sections
from nmedia_app.selectors.working_days import add_working_days
from nmedia_app.settings import get_settings


def get_report_due_date(changed_on: date) -> date:
	"""Return by when a change of that day is reported: 5 working days, the day itself not counted.

	Local dates; how many days the settings say.
	"""
	return add_working_days(changed_on, get_report_days())


def get_report_days() -> int:
	"""Return within how many working days a change is reported (Article 5: 5)."""
	return cint(get_settings().change_report_days)


def get_due_filings() -> list[frappe._dict]:
	"""List the changes that the session user may see and that are filed, but not reported yet.

	The most urgent first, each with doctype, name, title, section, `due_on` and state.
	"""
	filings = frappe.get_list(
		"Account Filing",
		filters={"filing_type": CHANGE, "stage": ["not in", FINISHED], "report_due_on": ["is", "set"]},
		fields=["name", "title", "section", "report_due_on", "workflow_state"],
		order_by="report_due_on asc",
		limit=0,
	)
	return [
		as_due("Account Filing", filing, filing.title, filing.report_due_on, state=filing.workflow_state)
		for filing in filings
	]


def get_due_accounts() -> list[frappe._dict]:
	"""List the accounts of the session user's sections with a change that nobody has filed yet.

	As `get_due_filings`, with the `reason` in place of a state.
	"""
	sections = get_visible_sections(frappe.session.user)
	filters = {"change_due_on": ["is", "set"], "status": ["in", LIVE]}
	if sections is not None:
		filters["section"] = ["in", sections or [""]]
	accounts = frappe.get_list(
		"Media Account",
		filters=filters,
		fields=["name", "account_name", "platform", "section", "change_due_on", "change_reason"],
		order_by="change_due_on asc",
		limit=0,
	)
	filed = {filing.account for filing in get_filings_under_way()}
	return [
		as_due(
			"Media Account",
			account,
			f"{account.account_name}（{account.platform}）",
			account.change_due_on,
			reason=account.change_reason,
		)
		for account in accounts
		if account.name not in filed
	]


def as_due(doctype: str, row: frappe._dict, title: str, due_on: date, **more: str) -> frappe._dict:
	return frappe._dict(
		doctype=doctype, name=row.name, title=title, section=row.section, due_on=due_on, **more
	)


def get_filings_under_way() -> list[frappe._dict]:
	"""List all filings of changes that are neither approved nor withdrawn, whoever asks: name and account."""
	return frappe.get_all(
		"Account Filing", filters={"filing_type": CHANGE, "docstatus": 0}, fields=["name", "account"]
	)
