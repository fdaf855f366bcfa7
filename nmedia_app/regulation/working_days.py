"""Working days as the State Council arranges them (Article 5: a change is reported within 5 working days)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

import chinese_calendar

#: whether a day is a working day, where an administrator knows better than any calendar
Corrections = Mapping[date, bool]

NO_CORRECTIONS: Final[Corrections] = MappingProxyType({})

# (month, day) of the holidays that the law itself puts on a day of the solar calendar, as amended in 2024
_FIXED_HOLIDAYS: Final = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)


def is_working_day(day: date, corrections: Corrections = NO_CORRECTIONS) -> bool:
	"""Tell whether a day is worked, make-up days at weekends included.

	Corrections win over everything. In a year that is not published, weekends and the holidays whose day is
	fixed by law are rest days.
	"""
	if day in corrections:
		return corrections[day]
	if is_published(day.year):
		# not its is_workday(), which looks through all its days at each call
		return day in chinese_calendar.workdays or (is_weekday(day) and day not in chinese_calendar.holidays)
	return is_weekday(day) and (day.month, day.day) not in _FIXED_HOLIDAYS


def is_weekday(day: date) -> bool:
	"""Tell whether a day is none of a weekend, holidays aside."""
	return day.weekday() < _SATURDAY


def add_working_days(day: date, count: int, corrections: Corrections = NO_CORRECTIONS) -> date:
	"""Return the day that is `count` working days after a day, which itself is not counted (Article 5).

	None after it is the day itself. Raises ValueError for a negative count.
	"""
	if count < 0:
		raise ValueError(f"{count} working days cannot be added")
	while count:
		day += _ONE_DAY
		count -= is_working_day(day, corrections)
	return day


def count_working_days(start: date, end: date, corrections: Corrections = NO_CORRECTIONS) -> int:
	"""Return how many working days are left from `start` to `end`: the last is counted, the first is not.

	0 on the day itself. Negative when the end is past: so many working days were begun since. On a rest day
	right behind the end that is still 0; whether the end is past, the dates themselves tell.
	"""
	if start > end:
		return -count_working_days(end, start, corrections)
	return sum(is_working_day(day, corrections) for day in days_after(start, end))


def get_exceptions(
	first_year: int, last_year: int, corrections: Corrections = NO_CORRECTIONS
) -> dict[date, bool]:
	"""Return of these years each day that is not as its weekday says, and whether it is a working day."""
	days = days_after(date(first_year - 1, 12, 31), date(last_year, 12, 31))
	return {
		day: not is_weekday(day) for day in days if is_working_day(day, corrections) is not is_weekday(day)
	}


def is_published(year: int) -> bool:
	"""Tell whether the calendar knows how the State Council arranged this year's holidays."""
	first, last = get_published_years()
	return first <= year <= last


@cache
def get_published_years() -> tuple[int, int]:
	"""Return the first and the last year that the calendar knows; it knows those between as well."""
	years = {day.year for day in chinese_calendar.holidays}
	return min(years), max(years)


def get_unpublished_years(start: date, end: date) -> list[int]:
	"""List the years from one day to another, whichever is first, that the calendar does not know.

	What was counted over these days may change when they are published.
	"""
	first, last = sorted((start.year, end.year))
	return [year for year in range(first, last + 1) if not is_published(year)]


def days_after(start: date, end: date) -> Iterator[date]:
	"""Yield the days from the one after `start` to `end`."""
	while start < end:
		start += _ONE_DAY
		yield start
