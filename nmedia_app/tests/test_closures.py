"""Accounts without an approved audit are closed (Article 6)."""

import frappe
from frappe.utils import add_days, getdate, today

from nmedia_app.selectors.working_days import add_working_days
from nmedia_app.services import closures
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OFFICE, UNIT_HEAD, act
from nmedia_app.tests.utils import RestTestCase
from nmedia_app.workflow import SealedRecordError


def make_closed_round(*audits):
	"""Let the closing day of these audits' round pass, and close it."""
	round_name = audits[0].round
	yesterday = add_days(today(), -1)
	frappe.db.set_value("Annual Audit Round", round_name, "closes_on", yesterday)
	frappe.db.set_value("Annual Audit", {"round": round_name}, "due_on", yesterday)
	# not as the office: a worker that runs beside would do the job in its name, and it would not be told
	round_doc = act(frappe.get_doc("Annual Audit Round", round_name), "Administrator", "Close Round")
	closures.fall_due(round_doc.name)
	return round_doc


def get_task(audit):
	return frappe.get_doc("Closure Task", {"audit": audit.name})


def get_status(audit) -> str:
	return frappe.db.get_value("Media Account", audit.account, "status")


class TestFallingDue(RestTestCase):
	"""Article 6: what is not filed or not approved is closed or deregistered."""

	def test_at_the_closing_date_the_right_accounts_fall_due_and_no_others(self):
		frappe.db.set_value("Media Account", {"name": ["is", "set"]}, "status", "Closed")
		names = ("未报的", "已送的", "被驳回的", "通过的")
		accounts = {
			name: factories.make_filed_account(account_name=name, handle=f"closing-account-{number}")
			for number, name in enumerate(names)
		}
		round_doc = factories.make_open_round()
		audits = {name: factories.get_audit(round_doc, account.name) for name, account in accounts.items()}
		factories.bring_audit_to("General Office Gathering", audits["已送的"])
		rejected = factories.bring_audit_to("Unit Head Review", audits["被驳回的"])
		act(rejected, UNIT_HEAD, "Reject", "长期未更新")
		factories.bring_audit_to("Approved", audits["通过的"])
		make_closed_round(*audits.values())
		tasks = frappe.get_all(
			"Closure Task", filters={"round": round_doc.name}, fields=["account", "reason"]
		)
		self.assertEqual(
			{task.account: task.reason for task in tasks},
			{
				accounts["未报的"].name: "Not Filed",
				accounts["已送的"].name: "Not Approved",
				accounts["被驳回的"].name: "Rejected",
			},
		)

	def test_falling_due_again_makes_no_second_task(self):
		audit = factories.make_audit()
		round_doc = make_closed_round(audit)
		self.assertEqual(closures.fall_due(round_doc.name), 0)
		self.assertEqual(frappe.db.count("Closure Task", {"audit": audit.name}), 1)

	def test_task_is_the_section_chiefs_with_a_date(self):
		audit = factories.make_audit()
		make_closed_round(audit)
		task = get_task(audit)
		self.assertEqual((task.chief, task.due_on), (CHIEF, add_working_days(today(), 10)))
		self.assertEqual(get_status(audit), "Pending Closure")
		told = frappe.get_all("Notification Log", filters={"document_name": task.name}, pluck="for_user")
		self.assertLessEqual({CHIEF, EDITOR, OFFICE}, set(told))


class TestAccountThatCannotBeSaved(RestTestCase):
	"""Article 6: an account falls due whatever is the matter with another one, or with its own form."""

	def make_audits(self) -> list:
		frappe.db.set_value("Media Account", {"name": ["is", "set"]}, "status", "Closed")
		accounts = [
			factories.make_filed_account(account_name=name, handle=f"closing-account-{number}")
			for number, name in enumerate(("甲号", "乙号", "丙号"))
		]
		round_doc = factories.make_open_round()
		return [factories.get_audit(round_doc, account.name) for account in accounts]

	def test_field_that_became_mandatory_stops_nothing(self):
		audits = self.make_audits()
		for doctype, fieldname in (("Media Account", "notes"), ("Closure Task", "filing")):
			demand(self, doctype, fieldname)
		make_closed_round(*audits)
		self.assertEqual([get_status(audit) for audit in audits], ["Pending Closure"] * 3)

	def test_one_that_fails_is_logged_and_stops_no_other(self):
		audits = self.make_audits()
		broken = audits[1].account
		frappe.db.set_value("Media Account", broken, "platform", "没有的平台")
		self.addCleanup(frappe.db.delete, "Error Log", {"method": ["like", "%fall due%"]})
		make_closed_round(*audits)
		self.assertEqual(
			[get_status(audit) for audit in audits], ["Pending Closure", "Active", "Pending Closure"]
		)
		self.assertFalse(frappe.db.exists("Closure Task", {"audit": audits[1].name}))
		(log,) = frappe.get_all("Error Log", {"method": ["like", "%fall due%"]}, pluck="method")
		self.assertIn(audits[1].name, log)


def demand(test, doctype: str, fieldname: str):
	"""Make a field mandatory, as Customize Form does, until the test ends."""
	frappe.make_property_setter(
		{
			"doctype": doctype,
			"fieldname": fieldname,
			"property": "reqd",
			"value": "1",
			"property_type": "Check",
		}
	)
	frappe.clear_cache(doctype=doctype)
	test.addCleanup(stop_demanding, doctype, fieldname)


def stop_demanding(doctype: str, fieldname: str):
	frappe.db.delete("Property Setter", {"doc_type": doctype, "field_name": fieldname, "property": "reqd"})
	frappe.db.commit()
	frappe.clear_cache(doctype=doctype)


class TestAfterwards(RestTestCase):
	"""Article 6: until the account is closed, approved after all, or given more time."""

	def setUp(self):
		super().setUp()
		self.audit = factories.make_audit()

	def close(self):
		make_closed_round(self.audit)
		self.audit.reload()
		return get_task(self.audit)

	def test_audit_cannot_be_sent_after_the_closing_day(self):
		factories.fill_in_audit(self.audit)
		self.close()
		with self.assertRaisesRegex(frappe.ValidationError, "head of the unit"):
			act(self.audit, EDITOR, "Send for Review")

	def test_head_grants_more_time_with_a_reason_and_the_audit_can_be_sent(self):
		factories.fill_in_audit(self.audit)
		task = self.close()
		frappe.set_user(UNIT_HEAD)
		until = add_days(task.due_on, 20)
		closures.grant_more_time(task=task, due_on=until, reason="人员交接")
		self.assertEqual(act(self.audit, EDITOR, "Send for Review").stage, "In Review")
		task.reload()
		self.assertEqual((task.due_on, task.extensions[0].reason), (getdate(until), "人员交接"))

	def test_more_time_sends_a_rejected_audit_back(self):
		audit = factories.bring_audit_to("Unit Head Review", self.audit)
		act(audit, UNIT_HEAD, "Reject", "材料不全")
		task = self.close()
		frappe.set_user(UNIT_HEAD)
		closures.grant_more_time(task=task, due_on=add_days(task.due_on, 20), reason="补齐材料")
		audit.reload()
		self.assertEqual((audit.stage, audit.approval_records[-1].opinion), ("Returned", "补齐材料"))

	def test_more_time_needs_the_head_a_reason_and_a_later_day(self):
		task = self.close()
		later = add_days(task.due_on, 20)
		for user, due_on, reason, refusal in (
			(CHIEF, later, "人员交接", frappe.PermissionError),
			(LEADER, later, "人员交接", frappe.PermissionError),
			(UNIT_HEAD, later, "", frappe.MandatoryError),
			(UNIT_HEAD, task.due_on, "人员交接", frappe.ValidationError),
		):
			frappe.set_user(user)
			with self.subTest(user=user, reason=reason), self.assertRaises(refusal):
				closures.grant_more_time(task=task, due_on=due_on, reason=reason)

	def test_audit_that_is_approved_after_all_keeps_its_account(self):
		audit = factories.bring_audit_to("Unit Head Review", self.audit)
		self.close()
		act(audit, UNIT_HEAD, "Approve")
		self.assertEqual((get_task(audit).status, get_status(audit)), ("Lifted", "Active"))

	def test_task_ends_with_the_deregistration_and_its_proof(self):
		task = self.close()
		account = frappe.get_doc("Media Account", self.audit.account)
		filing = factories.bring_filing_to("Approved", "Deregistration", account=account)
		self.assertEqual(
			(get_task(self.audit).status, get_task(self.audit).filing), (closures.OPEN, filing.name)
		)
		factories.record_report(filing, closing_proof=None)
		with self.assertRaisesRegex(frappe.MandatoryError, "Proof of Closing"):
			act(filing, OFFICE, "Mark as Reported")
		factories.take_filing_step(filing, OFFICE, "Mark as Reported")
		task.reload()
		self.assertEqual((task.status, get_status(self.audit)), ("Account Closed", "Deregistered"))

	def test_chief_is_reminded_before_and_leaders_after_the_day_each_once(self):
		task = self.close()
		for day, kinds in (
			(add_days(task.due_on, -1), ["Due Soon"]),
			(task.due_on, ["Due Soon"]),
			(add_days(task.due_on, 1), ["Due Soon", "Overdue"]),
			(add_days(task.due_on, 2), ["Due Soon", "Overdue"]),
		):
			closures.remind(task=task, now=getdate(day))
			sent = frappe.get_all(
				"Review Reminder",
				filters={"reference_name": task.name},
				fields=["kind", "recipients"],
				order_by="kind asc",
			)
			with self.subTest(day=day):
				self.assertEqual([reminder.kind for reminder in sent], kinds)
		self.assertIn(CHIEF, sent[0].recipients)
		self.assertNotIn(UNIT_HEAD, sent[0].recipients)
		self.assertIn(UNIT_HEAD, sent[1].recipients)

	def test_task_is_nobodys_to_change_or_delete(self):
		task = self.close()
		for user in (EDITOR, CHIEF, LEADER, OFFICE, UNIT_HEAD):
			frappe.set_user(user)
			task.status = "Lifted"
			with self.subTest(user):
				self.assertRaises(frappe.PermissionError, task.save)
				self.assertRaises(frappe.PermissionError, frappe.delete_doc, "Closure Task", task.name)

	def test_pending_closure_is_no_cell_to_edit(self):
		self.close()
		frappe.set_user(CHIEF)
		account = frappe.get_doc("Media Account", self.audit.account)
		account.status = "Active"
		self.assertRaises(SealedRecordError, account.save)
