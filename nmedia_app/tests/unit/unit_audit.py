"""Article 6: the days of a round, what is asked for, and what the figures say."""

import unittest
from datetime import date, datetime

from nmedia_app.regulation import audit
from nmedia_app.regulation.audit import FILE, IN_TIME, LATE, NOT_REPORTED, STATEMENT
from nmedia_app.regulation.review import APPROVED, DRAFT, IN_REVIEW, REJECTED, RETURNED


class TestDays(unittest.TestCase):
	"""Article 6: every November."""

	def test_setting_names_a_day_of_any_year(self):
		self.assertEqual(audit.parse_day(" 11-01 ", 2026), date(2026, 11, 1))

	def test_day_that_no_calendar_has_is_refused(self):
		for text in ("11-31", "13-01", "November", "", "11"):
			with self.subTest(text), self.assertRaises(ValueError):
				audit.parse_day(text, 2026)

	def test_half_time_is_in_the_middle(self):
		self.assertEqual(audit.get_half_time(date(2026, 11, 1), date(2026, 11, 30)), date(2026, 11, 15))


class TestHolders(unittest.TestCase):
	"""Article 6: who was responsible in the year that is audited, and who is now."""

	FIRST, LAST = date(2026, 1, 1), date(2026, 10, 31)

	def find(self, today: str, *handovers: tuple[date, str]) -> audit.Holders:
		given = [audit.Handover(on, before) for on, before in handovers]
		return audit.find_holders(today, given, self.FIRST, self.LAST)

	def test_without_a_handover_it_is_who_holds_the_post_today(self):
		self.assertEqual(self.find("甲"), audit.Holders("甲", (), None))

	def test_handover_after_the_year_does_not_change_who_held_the_post_in_it(self):
		self.assertEqual(
			self.find("乙", (date(2026, 11, 12), "甲")), audit.Holders("甲", (), date(2026, 11, 12))
		)

	def test_post_that_went_back_after_the_year_was_held_by_who_had_it_meanwhile(self):
		april, november = date(2026, 4, 28), date(2026, 11, 12)
		self.assertEqual(
			self.find("甲", (november, "乙"), (april, "甲")),
			audit.Holders("乙", (audit.Handover(april, "甲"),), november),
		)

	def test_there_and_back_after_the_year_tells_of_nobody_else(self):
		self.assertEqual(
			self.find("甲", (date(2026, 11, 2), "甲"), (date(2026, 11, 3), "乙")),
			audit.Holders("甲", (), None),
		)

	def test_those_before_are_told_latest_first(self):
		found = self.find("丙", (date(2026, 2, 1), "甲"), (date(2026, 5, 1), "乙"))
		self.assertEqual([was.before for was in found.before], ["乙", "甲"])

	def test_first_and_last_day_belong_to_the_year(self):
		found = self.find("丙", (self.FIRST, "甲"), (self.LAST, "乙"))
		self.assertEqual((found.at_end, len(found.before), found.since), ("丙", 2, None))


class TestDormant(unittest.TestCase):
	"""“僵尸”账号: nothing published for months."""

	def test_month_counts_by_the_calendar(self):
		opened, on = date(2020, 6, 10), date(2026, 8, 31)
		self.assertTrue(audit.is_dormant(date(2026, 2, 28), opened, on, 6))
		self.assertFalse(audit.is_dormant(date(2026, 3, 1), opened, on, 6))

	def test_account_that_never_published_counts_from_its_opening(self):
		on = date(2026, 11, 1)
		self.assertFalse(audit.is_dormant(None, date(2026, 6, 1), on, 6))
		self.assertTrue(audit.is_dormant(None, date(2020, 6, 1), on, 6))


class TestTimeliness(unittest.TestCase):
	"""Article 5: a change is reported within 5 working days."""

	def test_change_is_judged_by_the_day_due(self):
		due = date(2026, 3, 10)
		for reported, today, expected in (
			(date(2026, 3, 10), date(2026, 4, 1), IN_TIME),
			(date(2026, 3, 11), date(2026, 4, 1), LATE),
			(None, date(2026, 3, 10), NOT_REPORTED),
			(None, date(2026, 3, 11), LATE),
		):
			with self.subTest(reported=reported, today=today):
				self.assertEqual(audit.judge_timeliness("Change", due, reported, today), expected)

	def test_opening_has_no_day_due(self):
		self.assertIsNone(audit.judge_timeliness("Opening", None, date(2026, 3, 1), date(2026, 4, 1)))
		self.assertEqual(audit.judge_timeliness("Opening", None, None, date(2026, 4, 1)), NOT_REPORTED)

	def test_hours_of_an_incident(self):
		began = datetime(2026, 3, 1, 8)
		self.assertEqual(audit.get_hours(began, datetime(2026, 3, 1, 9, 30)), 1.5)
		self.assertEqual(audit.get_hours(began, None), 0)


class TestMaterials(unittest.TestCase):
	"""The audit form is the Publicity Department's to change: what it asks for is data."""

	def ask(self, name, kind=FILE, required=1):
		return {"material_name": name, "kind": kind, "required": required}

	def test_required_material_is_missed_by_its_kind(self):
		rows = [
			{**self.ask("file"), "text": "not a file"},
			{**self.ask("text", STATEMENT), "file": "/private/files/a.txt"},
			{**self.ask("given"), "file": "/private/files/a.txt"},
			self.ask("free", required=0),
		]
		self.assertEqual(audit.find_missing_materials(rows), ["file", "text"])

	def test_what_was_handed_in_stays_when_the_kind_changes(self):
		given = [
			{**self.ask("a"), "file": "/private/files/a.txt"},
			{**self.ask("b", STATEMENT), "text": "无"},
		]
		rows = audit.merge_requirements([self.ask("a", STATEMENT), self.ask("b")], given)
		self.assertEqual(
			[(row["kind"], row.get("file"), row.get("text")) for row in rows],
			[(STATEMENT, "/private/files/a.txt", None), (FILE, None, "无")],
		)
		self.assertEqual(audit.find_missing_materials(rows), ["a", "b"])

	def test_blank_text_is_no_material(self):
		self.assertEqual(audit.find_missing_materials([{**self.ask("t", STATEMENT), "text": " \n"}]), ["t"])

	def test_what_was_handed_in_stays_when_more_is_asked_for(self):
		given = [{**self.ask("a"), "file": "/private/files/a.txt"}]
		rows = audit.merge_requirements([self.ask("b"), self.ask("a")], given)
		self.assertEqual(
			[(row["material_name"], row["file"]) for row in rows],
			[("b", None), ("a", "/private/files/a.txt")],
		)

	def test_what_is_no_longer_asked_for_stays_if_handed_in(self):
		given = [{**self.ask("a"), "file": "/private/files/a.txt"}, self.ask("b")]
		rows = audit.merge_requirements([], given)
		self.assertEqual([(row["material_name"], row["required"]) for row in rows], [("a", 0)])


class TestClosure(unittest.TestCase):
	"""Article 6: what is not filed or not approved is closed."""

	def test_reason_says_how_far_the_audit_came(self):
		for stage, reason in (
			(DRAFT, audit.NOT_FILED),
			(RETURNED, audit.NOT_FILED),
			(IN_REVIEW, audit.NOT_APPROVED),
			(REJECTED, REJECTED),
			(APPROVED, None),
		):
			with self.subTest(stage):
				self.assertEqual(audit.judge_closure(stage), reason)
