"""Working days with the administrator's corrections (Article 5)."""

from datetime import date

from frappe.utils import cint, getdate

from nmedia_app.regulation import working_days
from nmedia_app.settings import get_settings

#: how a row of New Media Settings says that its day is worked
WORKING_DAY = "Working Day"


def get_corrections() -> dict[date, bool]:
	"""Return the days that an administrator entered, and whether each is a working day."""
	rows = get_settings().get("working_day_corrections") or []
	return {getdate(row.day): row.kind == WORKING_DAY for row in rows}


def add_working_days(day: date | str, count: int) -> date:
	"""Return the day that is `count` working days after a day, which itself is not counted."""
	return working_days.add_working_days(getdate(day), count, get_corrections())


def days_left(due: date | str, today: date | str | None = None) -> int:
	"""Return how many working days are left until a day: 0 on the day itself, negative afterwards.

	On a rest day right after `due` that is still 0; compare the dates to tell whether it is overdue.
	"""
	return working_days.count_working_days(getdate(today), getdate(due), get_corrections())


def get_unpublished_years(start: date | str, end: date | str) -> list[int]:
	"""List the years between two days whose holidays are not known: what was counted may still change."""
	return working_days.get_unpublished_years(getdate(start), getdate(end))


def get_desk_calendar() -> dict:
	"""Return what the desk counts with, from last year to next year.

	`exceptions`: 1 (working) or 0 (rest) for each ISO date that is not as its weekday says;
	`remind_days`: so many working days before a day due a reminder goes out; `published_years`: the first and
	the last year whose holidays are known.
	"""
	year = getdate().year
	exceptions = working_days.get_exceptions(year - 1, year + 1, get_corrections())
	return {
		"exceptions": {day.isoformat(): int(worked) for day, worked in exceptions.items()},
		"published_years": working_days.get_published_years(),
		"remind_days": cint(get_settings().remind_days_before_due),
	}
