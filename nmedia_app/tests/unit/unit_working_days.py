"""Working days (Article 5: the report is due within 5 of them)."""

import unittest
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from nmedia_app.regulation.working_days import (
	add_working_days,
	count_working_days,
	get_exceptions,
	get_published_years,
	get_unpublished_years,
	is_published,
	is_working_day,
)

# Written by hand from the notices of the State Council's General Office, one for each year: the days off
# from the first to the last, and the days at weekends that are worked for them.
PUBLISHED = {
	2020: (
		[
			"01-01",
			"01-24 02-02",  # extended from 30 January, the make-up day of 1 February dropped
			"04-04 04-06",
			"05-01 05-05",
			"06-25 06-27",
			"10-01 10-08",
		],
		["01-19", "04-26", "05-09", "06-28", "09-27", "10-10"],
	),
	2021: (
		[
			"01-01 01-03",
			"02-11 02-17",
			"04-03 04-05",
			"05-01 05-05",
			"06-12 06-14",
			"09-19 09-21",
			"10-01 10-07",
		],
		["02-07", "02-20", "04-25", "05-08", "09-18", "09-26", "10-09"],
	),
	2022: (
		[
			"01-01 01-03",
			"01-31 02-06",
			"04-03 04-05",
			"04-30 05-04",
			"06-03 06-05",
			"09-10 09-12",
			"10-01 10-07",
		],
		["01-29", "01-30", "04-02", "04-24", "05-07", "10-08", "10-09"],
	),
	2023: (
		["01-01 01-02", "01-21 01-27", "04-05", "04-29 05-03", "06-22 06-24", "09-29 10-06"],
		["01-28", "01-29", "04-23", "05-06", "06-25", "10-07", "10-08"],
	),
	2024: (
		[
			"01-01",
			"02-10 02-17",
			"04-04 04-06",
			"05-01 05-05",
			"06-08 06-10",
			"09-15 09-17",
			"10-01 10-07",
		],
		["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
	),
	2025: (
		["01-01", "01-28 02-04", "04-04 04-06", "05-01 05-05", "05-31 06-02", "10-01 10-08"],
		["01-26", "02-08", "04-27", "09-28", "10-11"],
	),
	2026: (
		[
			"01-01 01-03",
			"02-15 02-23",
			"04-04 04-06",
			"05-01 05-05",
			"06-19 06-21",
			"09-25 09-27",
			"10-01 10-07",
		],
		["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
	),
}

# a change happened on this day: the report is due on that day, counted on a paper calendar
DUE = {
	"an ordinary Monday": ("2026-06-08", "2026-06-15"),
	"a Friday": ("2026-03-06", "2026-03-13"),
	"a Saturday": ("2026-03-07", "2026-03-13"),
	"before National Day 2020, with the make-up Sunday and Saturday": ("2020-09-25", "2020-10-09"),
	"before National Day 2021": ("2021-09-30", "2021-10-13"),
	"before National Day 2022": ("2022-09-30", "2022-10-12"),
	"before National Day 2023": ("2023-09-28", "2023-10-11"),
	"before National Day 2024": ("2024-09-30", "2024-10-12"),
	"before National Day 2025": ("2025-09-30", "2025-10-14"),
	"before National Day 2026": ("2026-09-30", "2026-10-13"),
	"in the middle of National Day 2026": ("2026-10-03", "2026-10-13"),
	"before the Spring Festival of 2020 that was extended": ("2020-01-23", "2020-02-07"),
	"before the Spring Festival of 2024": ("2024-02-08", "2024-02-21"),
	"before the Spring Festival of 2026": ("2026-02-13", "2026-02-27"),
	"on a make-up Saturday": ("2026-02-14", "2026-02-28"),
	"over the end of 2020": ("2020-12-30", "2021-01-07"),
	"on 31 December 2021": ("2021-12-31", "2022-01-10"),
	"on 31 December 2022, a Saturday": ("2022-12-31", "2023-01-09"),
	"on 31 December 2024": ("2024-12-31", "2025-01-08"),
	"on 31 December 2025, with the make-up Sunday": ("2025-12-31", "2026-01-08"),
}

FIRST, LAST = date(2019, 12, 1), date(2029, 1, 31)
days = st.dates(FIRST, LAST)
counts = st.integers(0, 40)
corrections = st.dictionaries(days, st.booleans(), max_size=5)


def day_of(text: str) -> date:
	return date.fromisoformat(text)


def read_year(year: int) -> tuple[set[date], set[date]]:
	"""Return the days off and the days made up for of a year of the table."""
	off = set()
	for span in PUBLISHED[year][0]:
		first, last = (day_of(f"{year}-{day}") for day in (span.split()[0], span.split()[-1]))
		off |= {first + timedelta(days=number) for number in range((last - first).days + 1)}
	return off, {day_of(f"{year}-{day}") for day in PUBLISHED[year][1]}


class TestPublishedCalendars(unittest.TestCase):
	"""Article 5: working days are those that the State Council published, 2020 to 2026."""

	def test_every_day_is_as_published(self):
		for year in PUBLISHED:
			off, made_up = read_year(year)
			day = date(year, 1, 1)
			while day.year == year:
				worked = day in made_up or (day.weekday() < 5 and day not in off)
				self.assertEqual(is_working_day(day), worked, day)
				day += timedelta(days=1)

	def test_days_made_up_for_are_at_weekends(self):
		for year in PUBLISHED:
			off, made_up = read_year(year)
			self.assertTrue(all(day.weekday() >= 5 for day in made_up), year)
			self.assertFalse(off & made_up, year)

	def test_report_is_due_on_the_fifth_working_day(self):
		for when, (changed, due) in DUE.items():
			with self.subTest(when):
				self.assertEqual(add_working_days(day_of(changed), 5), day_of(due))


class TestCounting(unittest.TestCase):
	"""Article 5: the day itself is not counted; days left are signed."""

	def test_days_left_go_down_to_zero_and_below(self):
		due = day_of("2026-10-13")  # a Tuesday
		left = {
			"2026-09-30": 5,
			"2026-10-07": 5,
			"2026-10-09": 3,
			"2026-10-10": 2,  # a Saturday that is worked
			"2026-10-11": 2,
			"2026-10-12": 1,
			"2026-10-13": 0,
			"2026-10-14": -1,
			"2026-10-16": -3,
			"2026-10-17": -3,
			"2026-10-19": -4,
		}
		for today, count in left.items():
			self.assertEqual(count_working_days(day_of(today), due), count, today)

	def test_none_after_a_day_is_that_day(self):
		self.assertEqual(add_working_days(day_of("2026-10-03"), 0), day_of("2026-10-03"))

	def test_negative_count_is_refused(self):
		with self.assertRaises(ValueError):
			add_working_days(FIRST, -1)


class TestCorrections(unittest.TestCase):
	"""Article 5: what an administrator entered wins over everything."""

	def test_rest_day_of_the_house_is_not_counted(self):
		house = {day_of("2026-06-10"): False}
		self.assertEqual(add_working_days(day_of("2026-06-08"), 5, house), day_of("2026-06-16"))

	def test_working_day_of_the_house_is_counted(self):
		house = {day_of("2026-06-13"): True}
		self.assertEqual(add_working_days(day_of("2026-06-08"), 5, house), day_of("2026-06-13"))

	def test_next_year_can_be_entered_before_the_calendar_knows_it(self):
		first_unknown = get_published_years()[1] + 1
		holiday, weekend = date(first_unknown, 1, 1), first_saturday(first_unknown)
		self.assertTrue(is_working_day(holiday, {holiday: True}))
		self.assertTrue(is_working_day(weekend, {weekend: True}))


class TestUnpublishedYears(unittest.TestCase):
	"""Article 5: for a year that is not published the result is provisional, and callers can tell."""

	def test_weekends_and_holidays_fixed_by_law_rest(self):
		for year in (2003, get_published_years()[1] + 1):
			for month, day in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)):
				self.assertFalse(is_working_day(date(year, month, day)), (year, month, day))
			saturday = first_saturday(year)
			self.assertFalse(is_working_day(saturday))
			self.assertFalse(is_working_day(saturday + timedelta(days=1)))
			self.assertTrue(is_working_day(saturday + timedelta(days=2)))

	def test_published_years_are_known(self):
		self.assertTrue(all(map(is_published, PUBLISHED)))
		self.assertFalse(is_published(2003))
		self.assertFalse(is_published(get_published_years()[1] + 1))

	def test_years_that_a_count_rests_on_are_told(self):
		last = get_published_years()[1]
		self.assertEqual(get_unpublished_years(date(last, 1, 1), date(last, 12, 31)), [])
		self.assertEqual(
			get_unpublished_years(date(last, 12, 30), date(last + 2, 1, 1)), [last + 1, last + 2]
		)
		self.assertEqual(get_unpublished_years(date(last + 1, 1, 4), date(last, 12, 30)), [last + 1])


class TestExceptions(unittest.TestCase):
	"""Article 5: the desk counts with the days that are not as their weekday says."""

	def test_exceptions_of_a_year(self):
		off, made_up = read_year(2026)
		found = get_exceptions(2026, 2026, {day_of("2026-06-10"): False, day_of("2026-06-12"): True})
		expected = {day: False for day in off if day.weekday() < 5} | dict.fromkeys(made_up, True)
		self.assertEqual(found, expected | {day_of("2026-06-10"): False})


class TestProperties(unittest.TestCase):
	"""Article 5: what holds for every day, every number of days, and every correction."""

	@given(days, counts, corrections)
	def test_never_lands_on_a_rest_day(self, day, count, house):
		self.assertTrue(is_working_day(add_working_days(day, count + 1, house), house))

	@given(days, days, counts, corrections)
	def test_later_start_is_never_due_earlier(self, one, other, count, house):
		earlier, later = sorted((one, other))
		self.assertLessEqual(
			add_working_days(earlier, count + 1, house), add_working_days(later, count + 1, house)
		)

	@given(days, counts, corrections)
	def test_one_more_is_the_next_working_day(self, day, count, house):
		following = add_working_days(day, count, house) + timedelta(days=1)
		while not is_working_day(following, house):
			following += timedelta(days=1)
		self.assertEqual(add_working_days(day, count + 1, house), following)

	@given(days, counts, corrections)
	def test_counting_is_the_inverse_of_adding(self, day, count, house):
		due = add_working_days(day, count, house)
		self.assertEqual(count_working_days(day, due, house), count)
		self.assertEqual(count_working_days(due, day, house), -count)

	@settings(max_examples=40)
	@given(days, days, days, corrections)
	def test_counts_of_parts_add_up(self, start, between, end, house):
		parts = count_working_days(start, between, house) + count_working_days(between, end, house)
		self.assertEqual(parts, count_working_days(start, end, house))


def first_saturday(year: int) -> date:
	day = date(year, 6, 1)
	return day + timedelta(days=(5 - day.weekday()) % 7)
