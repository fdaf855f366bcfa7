"""Annex 1's cells are checked in register and filings alike, and every fault is named (Articles 4 and 5)."""

import frappe
from frappe.utils import add_days, today

from nmedia_app import roles
from nmedia_app.nmedia_app.report.media_account_register.media_account_register import execute
from nmedia_app.selectors.people import find_people
from nmedia_app.selectors.sections import get_visible_sections
from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	OFFICE,
	OTHER_CHIEF,
	OTHER_EDITOR,
	STRANGER,
	bring_filing_to,
	make_filed_account,
	make_filing,
	record_meeting,
	record_report,
)
from nmedia_app.tests.utils import NmediaTestCase

FAULTS = {
	"business_lead_phone": "12",
	"technical_lead_phone": "no number",
	"handle": "微信号",
	"opened_on": add_days(today(), 1),
	"followers": -1,
}


class TestFaults(NmediaTestCase):
	def fault(self, make, **values) -> str:
		frappe.db.savepoint("fault")
		with self.assertRaises(frappe.ValidationError, msg=values) as refused:
			make(**values)
		frappe.db.rollback(save_point="fault")
		return str(refused.exception)

	def test_each_fault_is_refused_in_register_and_filing(self):
		for make in (make_filed_account, make_filing):
			for fieldname, value in FAULTS.items():
				self.assertTrue(self.fault(make, **{fieldname: value}), fieldname)

	def test_all_faults_are_named_at_once(self):
		said = self.fault(make_filing, **{key: value for key, value in FAULTS.items() if key != "followers"})
		for words in ("Business Lead", "Technical Lead", "Weibo Address / WeChat ID", "Opened On"):
			self.assertIn(words, said)

	def test_data_service_says_where_its_server_stands(self):
		for make in (make_filed_account, make_filing):
			self.assertIn("Place of the Server", self.fault(make, server_use="Data Service"))

	def test_handle_is_checked_by_platform(self):
		factories.make_platform("微博", "Weibo")
		self.assertIn("web address", self.fault(make_filing, platform="微博", handle="not-an-address"))
		self.assertTrue(make_filing(platform="微博", handle="https://weibo.example/u/1").name)

	def test_typed_markup_comes_back_as_text(self):
		self.assertNotIn("<img", self.fault(make_filing, handle="<img src=x onerror=alert(1)>"))

	def test_leader_and_administrator_can_do_their_part(self):
		self.assertIn(roles.DIVISION_LEADER, self.fault(make_filing, supervising_leader=EDITOR))
		self.assertIn(roles.EDITOR, self.fault(make_filing, administrator=STRANGER))

	def test_administrator_is_of_the_accounts_section(self):
		for user in (OTHER_EDITOR, OTHER_CHIEF):
			self.assertIn("would not see", self.fault(make_filing, administrator=user), user)
		self.assertTrue(make_filing(administrator=CHIEF).name)

	def test_picker_offers_those_whom_saving_accepts(self):
		offered = [user for user, _name in find_people("administrator", "", 0, 1000, factories.SECTION)]
		self.assertIn(EDITOR, offered)
		for user, _name in find_people("administrator", "", 0, 1000):
			sections = get_visible_sections(user)
			with self.subTest(user):
				self.assertEqual(user in offered, sections is None or factories.SECTION in sections)

	def test_administrator_who_sees_all_sections_need_not_be_of_one(self):
		self.change_roles(OFFICE, add=(roles.EDITOR,))
		self.assertTrue(make_filing(administrator=OFFICE).name)

	def test_administrator_of_an_account_that_moved_is_exchanged_by_the_next_filing(self):
		account = make_filed_account()
		account.section = factories.OTHER_SECTION
		account.save()
		change = {
			"filing_type": "Change",
			"account": account,
			"section": account.section,
			"user": OTHER_EDITOR,
		}
		self.assertIn("would not see", self.fault(make_filing, **change))
		self.assertTrue(make_filing(**change, administrator=OTHER_EDITOR).name)

	def test_change_does_not_come_before_the_opening(self):
		account = make_filed_account(opened_on=add_days(today(), -3))
		changed_on = add_days(today(), -4)
		self.assertIn(
			"is before", self.fault(make_filing, filing_type="Change", account=account, changed_on=changed_on)
		)

	def test_meeting_and_report_do_not_lie_in_the_future(self):
		meeting = bring_filing_to("Unit Meeting")
		tomorrow, yesterday = add_days(today(), 1), add_days(today(), -1)
		said = self.fault(lambda **values: record_meeting(meeting, **values), meeting_date=tomorrow)
		self.assertIn("future", said)
		approved = bring_filing_to("Approved", handle="another-handle", account_name="另一号")
		for day, words in ((yesterday, "is before"), (tomorrow, "future")):
			said = self.fault(lambda **values: record_report(approved, **values), reported_on=day)
			self.assertIn(words, said)


class TestRegisterReport(NmediaTestCase):
	def test_lists_accounts_by_what_is_asked_for(self):
		account = make_filed_account(status="Closed")
		frappe.set_user(OFFICE)
		columns, rows = execute({"status": "Closed", "section": factories.SECTION})
		(row,) = (row for row in rows if row.name == account.name)
		self.assertEqual((row.administrator_name, row.status), ("Editor O'Hara", "Closed"))
		self.assertLessEqual(
			{"handle", "business_lead_phone", "server_use"}, {c["fieldname"] for c in columns}
		)
		self.assertNotIn(account.name, {row.name for row in execute({"status": "Active"})[1]})

	def test_strangers_get_nothing(self):
		frappe.set_user(STRANGER)
		with self.assertRaises((frappe.PermissionError, frappe.ValidationError)):
			execute({})
