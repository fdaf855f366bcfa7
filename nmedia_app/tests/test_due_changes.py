"""Article 5: a change is reported within 5 working days; people are reminded, and superiors told after."""

from datetime import date

import frappe
from frappe.utils import add_days, getdate, today

from nmedia_app import api, roles
from nmedia_app.nmedia_app.report.filings_due_and_overdue.filings_due_and_overdue import execute
from nmedia_app.selectors.due_dates import get_report_due_date
from nmedia_app.selectors.working_days import add_working_days
from nmedia_app.services import due_changes
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	OTHER_EDITOR,
	SECOND_EDITOR,
	WAYS,
	act,
	bring_filing_to,
	make_filed_account,
	make_filing,
)
from nmedia_app.tests.utils import NmediaTestCase


class TestClock(NmediaTestCase):
	def test_five_working_days_around_national_day(self):
		# 1 to 8 October 2025 were holidays, Saturday the 11th was worked
		self.assertEqual(get_report_due_date(date(2025, 9, 30)), date(2025, 10, 14))

	def test_filing_says_when_it_is_due(self):
		filing = make_filing("Change", changed_on="2025-09-30")
		self.assertEqual(str(filing.report_due_on), "2025-10-14")

	def test_other_filings_have_no_clock(self):
		for filing_type in ("Opening", "Deregistration"):
			self.assertFalse(make_filing(filing_type, changed_on="2025-09-30").report_due_on)

	def test_day_of_the_change_may_be_corrected(self):
		filing = make_filing("Change", changed_on="2025-09-30")
		filing.changed_on = "2025-09-29"
		self.assertEqual(str(filing.save().report_due_on), "2025-10-13")

	def test_change_does_not_lie_in_the_future(self):
		with self.assertRaises(frappe.ValidationError):
			make_filing("Change", changed_on=add_days(today(), 1))

	def test_form_says_that_holidays_are_not_published_yet(self):
		filing = make_filing("Change")
		far = date(getdate(today()).year + 5, 3, 1)
		frappe.db.set_value("Account Filing", filing.name, {"changed_on": far, "report_due_on": far})
		self.assertEqual(api.get_filing_notes(filing.name)["unpublished_years"], [far.year])


class TestReminders(NmediaTestCase):
	def sent(self, kind: str, doc) -> list[set[str]]:
		rows = frappe.get_all(
			"Review Reminder", filters={"reference_name": doc.name, "kind": kind}, pluck="recipients"
		)
		return [set(row.split("\n")) for row in rows]

	def run_on(self, day: date):
		frappe.set_user("Administrator")
		due_changes.send_due_reminders(day)

	def test_before_the_date_whom_the_filing_waits_for(self):
		filing = bring_filing_to("Section Chief Review", "Change")
		due_on = getdate(filing.report_due_on)
		self.run_on(add_working_days(getdate(filing.changed_on), 2))
		self.assertEqual(self.sent("Due Soon", filing), [])
		for _again in range(2):
			self.run_on(due_on)
		self.assertEqual(self.sent("Due Soon", filing), [{CHIEF, EDITOR}])

	def test_after_the_date_chief_and_leader(self):
		filing = make_filing("Change")
		for _again in range(2):
			self.run_on(getdate(add_days(filing.report_due_on, 1)))
		self.assertEqual(self.sent("Overdue", filing), [{CHIEF, LEADER}])

	def test_reported_change_reminds_nobody(self):
		filing = bring_filing_to("Reported", "Change")
		self.run_on(getdate(add_days(filing.report_due_on, 1)))
		self.assertEqual(self.sent("Overdue", filing), [])

	def test_approved_change_is_not_reported_yet(self):
		filing = bring_filing_to("Approved", "Change")
		self.run_on(getdate(add_days(filing.report_due_on, 1)))
		self.assertEqual(self.sent("Overdue", filing), [{CHIEF, LEADER}])


class TestDepartures(NmediaTestCase):
	def setUp(self):
		super().setUp()
		self.account = make_filed_account()

	def noted(self):
		return frappe.db.get_value("Media Account", self.account.name, ("change_due_on", "change_reason"))

	def disable(self, user: str):
		frappe.set_user("Administrator")
		doc = frappe.get_doc("User", user)
		doc.enabled = 0
		doc.save()

	def test_disabled_administrator_starts_the_clock(self):
		self.disable(EDITOR)
		due_on, reason = self.noted()
		self.assertEqual(due_on, get_report_due_date(getdate(today())))
		self.assertIn("Editor O'Hara", reason)

	def test_leader_who_loses_the_role_starts_the_clock(self):
		self.change_roles(LEADER, remove=(roles.DIVISION_LEADER,))
		self.assertTrue(self.noted()[0])

	def test_role_that_is_taken_behind_the_form_is_noticed_daily(self):
		frappe.db.delete("Has Role", {"parent": LEADER, "role": roles.DIVISION_LEADER})
		self.assertFalse(self.noted()[0])
		due_changes.run_daily()
		self.assertTrue(self.noted()[0])

	def test_chief_and_office_are_told(self):
		self.disable(EDITOR)
		told = frappe.get_all(
			"Notification Log", filters={"document_name": self.account.name}, pluck="for_user"
		)
		self.assertEqual({*told} & {CHIEF, OFFICE, EDITOR}, {CHIEF, OFFICE})

	def test_other_changes_of_a_user_start_nothing(self):
		doc = frappe.get_doc("User", EDITOR)
		doc.bio = "Writes"
		doc.save()
		self.disable(OTHER_EDITOR)
		self.assertFalse(self.noted()[0])

	def test_closed_account_needs_nobody(self):
		frappe.db.set_value("Media Account", self.account.name, "status", "Closed")
		self.disable(EDITOR)
		self.assertFalse(self.noted()[0])

	def test_change_under_way_is_not_asked_for_again(self):
		make_filing("Change", account=self.account)
		self.disable(EDITOR)
		self.assertFalse(self.noted()[0])

	def test_landing_page_and_report_show_it_until_the_change_is_approved(self):
		self.disable(EDITOR)
		for user, sees in ((CHIEF, True), (OFFICE, True), (OTHER_EDITOR, False)):
			frappe.set_user(user)
			names = [row.name for row in api.get_due_changes()]
			self.assertEqual(self.account.name in names, sees, user)
			self.assertEqual(self.account.name in [row["name"] for row in execute()[1]], sees, user)
		filing = make_filing("Change", SECOND_EDITOR, account=self.account, administrator=SECOND_EDITOR)
		frappe.set_user(CHIEF)
		names = [row.name for row in api.get_due_changes()]
		self.assertIn(filing.name, names)
		self.assertNotIn(self.account.name, names)
		for _user, action in WAYS["Change"]:
			user = {"Send for Review": SECOND_EDITOR, "Endorse": CHIEF, "Approve": LEADER}[action]
			filing = act(filing, user, action)
		self.assertFalse(self.noted()[0])

	def test_reminders_run_for_it_as_well(self):
		self.disable(EDITOR)
		due_changes.send_due_reminders(add_days(self.noted()[0], 1))
		self.assertTrue(
			frappe.db.exists("Review Reminder", {"reference_name": self.account.name, "kind": "Overdue"})
		)
