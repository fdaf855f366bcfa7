"""Working days with the administrator's corrections, in settings and desk (Article 5)."""

from datetime import date

import frappe
from frappe.utils import getdate

from nmedia_app.boot import extend_bootinfo
from nmedia_app.regulation.working_days import get_published_years
from nmedia_app.selectors import working_days
from nmedia_app.settings import DOCTYPE, get_settings
from nmedia_app.tests.utils import NmediaTestCase


class TestWorkingDaySettings(NmediaTestCase):
	"""Article 5: changes are reported within 5 working days, as calendar and administrator count them."""

	def tearDown(self):
		super().tearDown()
		frappe.clear_document_cache(DOCTYPE, DOCTYPE)

	def correct(self, *days: tuple[str, str]):
		rows = [{"day": day, "kind": kind} for day, kind in days]
		return frappe.get_single(DOCTYPE).update({"working_day_corrections": rows}).save()

	def test_defaults_hold_on_a_site_where_nothing_was_saved(self):
		frappe.db.delete("Singles", {"doctype": DOCTYPE})
		frappe.clear_document_cache(DOCTYPE, DOCTYPE)
		settings = get_settings()
		self.assertEqual((settings.change_report_days, settings.remind_days_before_due), (5, 2))
		self.assertEqual(working_days.get_corrections(), {})
		self.assertEqual(working_days.add_working_days("2026-09-30", 5), date(2026, 10, 13))

	def test_corrections_win_over_the_calendar(self):
		self.correct(("2026-10-08", "Rest Day"), ("2026-10-11", "Working Day"))
		self.assertEqual(working_days.get_corrections(), {date(2026, 10, 8): False, date(2026, 10, 11): True})
		self.assertEqual(working_days.add_working_days("2026-09-30", 3), date(2026, 10, 11))

	def test_days_left_are_signed(self):
		self.correct(("2026-06-10", "Rest Day"))
		for today, left in (("2026-06-09", 1), ("2026-06-11", 0), ("2026-06-12", -1), ("2026-06-15", -2)):
			self.assertEqual(working_days.days_left("2026-06-11", today), left, today)
		self.assertEqual(working_days.days_left(getdate()), 0)

	def test_unpublished_years_are_told(self):
		last = get_published_years()[1]
		self.assertEqual(working_days.get_unpublished_years(f"{last}-12-30", f"{last + 1}-01-06"), [last + 1])

	def test_no_day_is_entered_twice(self):
		with self.assertRaisesRegex(frappe.ValidationError, "entered twice"):
			self.correct(("2026-06-10", "Rest Day"), ("2026-06-10", "Working Day"))

	def test_kind_is_one_of_two(self):
		with self.assertRaises(frappe.ValidationError):
			self.correct(("2026-06-10", "Half Day"))

	def test_there_is_a_day_to_report_a_change(self):
		for days in (0, -1):
			with self.assertRaisesRegex(frappe.ValidationError, "whole number from 1"):
				frappe.get_single(DOCTYPE).update({"change_report_days": days}).save()

	def test_reminder_comes_within_the_time_to_report(self):
		for days in (5, 6):
			with self.assertRaisesRegex(frappe.ValidationError, "must be 0 or more"):
				frappe.get_single(DOCTYPE).update({"remind_days_before_due": days}).save()
		frappe.get_single(DOCTYPE).update({"remind_days_before_due": 0}).save()
		self.assertEqual(get_settings().remind_days_before_due, 0)

	def test_desk_knows_the_days_that_are_not_as_their_weekday_says(self):
		year = getdate().year
		corrected = first_monday_of_june(year)
		self.correct((corrected, "Rest Day"))
		boot = frappe._dict()
		extend_bootinfo(boot)
		exceptions = boot.nmedia_calendar["exceptions"]
		self.assertEqual(exceptions[corrected], 0)
		self.assertEqual({day[:4] for day in exceptions}, {str(year - 1), str(year), str(year + 1)})
		self.assertEqual(boot.nmedia_calendar["remind_days"], get_settings().remind_days_before_due)
		self.assertEqual(boot.nmedia_calendar["published_years"], get_published_years())


def first_monday_of_june(year: int) -> str:
	return next(f"{year}-06-{day:02}" for day in range(1, 8) if date(year, 6, day).weekday() == 0)
