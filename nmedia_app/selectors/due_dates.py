"""What is to be reported to the Publicity Department, and by when (Article 5)."""

from datetime import date

from frappe.utils import cint

from nmedia_app.selectors.working_days import add_working_days
from nmedia_app.settings import get_settings


def get_report_due_date(changed_on: date) -> date:
	"""Return by when a change of that day is reported: 5 working days, the day itself not counted.

	How many days is in the settings. Local dates.
	"""
	return add_working_days(changed_on, cint(get_settings().get("change_report_days")) or 5)
