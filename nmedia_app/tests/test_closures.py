"""Accounts without an approved audit are closed (Article 6)."""

from unittest.mock import patch

import frappe
from frappe.utils import add_days, getdate, now_datetime, today

from nmedia_app.audit_api import get_round_overview
from nmedia_app.selectors.working_days import add_working_days
from nmedia_app.services import attempts, audit_rounds, closure_notices, closures
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OFFICE, UNIT_HEAD, act
from nmedia_app.tests.utils import RestTestCase
from nmedia_app.workflow import SealedRecordError, get_permitted_transitions


def make_closed_round(*audits):
	"""Let the closing day of these audits' round pass, and close it."""
	round_name = audits[0].round
	yesterday = add_days(today(), -1)
	frappe.db.set_value("Annual Audit Round", round_name, "closes_on", yesterday)
	frappe.db.set_value("Annual Audit", {"round": round_name}, "due_on", yesterday)
	with patch.object(audit_rounds, "enqueue_once"):  # no worker beside: the test says when its job is done
		round_doc = act(frappe.get_doc("Annual Audit Round", round_name), OFFICE, "Close Round")
	closures.fall_due(round_doc.name)
	return round_doc


def make_audits(count: int = 3) -> list:
	"""Open a round of so many accounts, all of the editor's, and of no others; return their audits."""
	frappe.db.set_value("Media Account", {"name": ["is", "set"]}, "status", "Closed")
	accounts = [
		factories.make_filed_account(account_name=f"{number}号", handle=f"closing-account-{place}")
		for place, number in enumerate("甲乙丙丁戊己庚"[:count])
	]
	round_doc = factories.make_open_round()
	return [factories.get_audit(round_doc, account.name) for account in accounts]


def get_notices(user: str, *documents: str) -> list:
	"""List what the bell of a user has of these documents."""
	return frappe.get_all(
		"Notification Log",
		filters={"for_user": user, "document_name": ["in", documents]},
		fields=["subject", "document_type", "document_name"],
		order_by="creation asc",
	)


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

	def test_overview_tells_that_accounts_are_still_to_fall_due(self):
		audit = factories.make_audit()
		with patch.object(closures, "fall_due"):
			make_closed_round(audit)
		self.assertTrue(get_round_overview(audit.round)["is_falling_due"])
		closures.fall_due(audit.round)
		self.assertFalse(get_round_overview(audit.round)["is_falling_due"])

	def test_task_is_the_section_chiefs_with_a_date(self):
		audit = factories.make_audit()
		make_closed_round(audit)
		task = get_task(audit)
		self.assertEqual((task.chief, task.due_on), (CHIEF, add_working_days(today(), 10)))
		self.assertEqual(get_status(audit), "Pending Closure")
		for user in (CHIEF, EDITOR, OFFICE):
			(notice,) = get_notices(user, task.name, task.round)
			self.assertIn(f"{audit.account_name}（{audit.platform}）", notice.subject)


class TestAccountThatCannotBeSaved(RestTestCase):
	"""Article 6: an account falls due whatever is the matter with another one, or with its own form."""

	def test_field_that_became_mandatory_stops_nothing(self):
		audits = make_audits()
		for doctype, fieldname in (("Media Account", "notes"), ("Closure Task", "filing")):
			demand(self, doctype, fieldname)
		make_closed_round(*audits)
		self.assertEqual([get_status(audit) for audit in audits], ["Pending Closure"] * 3)

	def test_one_that_fails_is_logged_and_stops_no_other(self):
		audits = make_audits()
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


class TestWhoIsTold(RestTestCase):
	"""Article 6: those concerned hear of the accounts that are to be closed, each in one notice, once."""

	def setUp(self):
		super().setUp()
		self.audits = make_audits(7)
		self.round = self.audits[0].round
		self.people = (CHIEF, EDITOR, OFFICE)

	def get_told(self) -> dict[str, list]:
		tasks = frappe.get_all("Closure Task", filters={"round": self.round}, pluck="name")
		about = (self.round, *tasks)
		return {
			user: [
				row.subject for row in get_notices(user, *about) if "closed or deregistered" in row.subject
			]
			for user in self.people
		}

	def check_each_is_told_once(self):
		self.assertEqual(
			{user: len(told) for user, told in self.get_told().items()}, dict.fromkeys(self.people, 1)
		)

	def close(self):
		make_closed_round(*self.audits)

	def test_one_notice_a_person_names_the_first_accounts_and_their_number(self):
		self.close()
		self.check_each_is_told_once()
		(subject,) = self.get_told()[CHIEF]
		self.assertIn("7 accounts", subject)
		self.assertRegex(subject, ": (.号（微信）、){4}.号（微信）…$")
		self.assertEqual(get_notices(CHIEF, self.round)[-1].document_type, "Annual Audit Round")

	def test_who_closes_the_round_by_hand_is_told_as_well(self):
		self.close()
		frappe.set_user(OFFICE)
		self.assertEqual(len(self.get_told()[OFFICE]), 1)

	def test_job_that_is_killed_between_batches_neither_loses_nor_doubles_a_notice(self):
		with patch.object(closures, "BATCH", 2), self.dying(closures, "close_one", after=3):
			self.assertRaises(SystemExit, self.close)
		frappe.db.rollback()
		self.assertEqual(frappe.db.count("Closure Task", {"round": self.round}), 2)
		self.assertEqual(self.get_told()[CHIEF], [])
		frappe.set_user(OFFICE)  # as the job that an office's closing asked for
		for _time in range(2):
			closures.fall_due(self.round)
			self.check_each_is_told_once()
		self.assertIn("7 accounts", self.get_told()[CHIEF][0])

	def test_job_that_is_killed_while_it_tells_neither_loses_nor_doubles_a_notice(self):
		with self.dying(closure_notices, "notify", after=2):
			self.assertRaises(SystemExit, self.close)
		frappe.db.rollback()
		for _time in range(2):
			closures.fall_due(self.round)
			self.check_each_is_told_once()

	def dying(self, module, name: str, *, after: int):
		"""Let a function do its work so often, and then the worker die."""
		calls, work = [], getattr(module, name)

		def die_in_the_end(*args, **kwargs):
			calls.append(1)
			if len(calls) > after:
				raise SystemExit
			return work(*args, **kwargs)

		return patch.object(module, name, die_in_the_end)

	def test_deadlock_ends_no_more_than_one_try(self):
		close_batch, tries = closures.close_batch, []

		def lose_first(*args):
			tries.append(args)
			made = close_batch(*args)
			if len(tries) == 1:
				raise frappe.QueryDeadlockError
			return made

		with patch.object(closures, "close_batch", lose_first), patch.object(attempts, "PAUSE", 0):
			self.close()
		self.assertEqual([get_status(audit) for audit in self.audits], ["Pending Closure"] * 7)
		self.check_each_is_told_once()

	def test_reported_round_lets_what_was_left_out_fall_due(self):
		self.close()
		frappe.db.set_value("Annual Audit Round", self.round, "stage", "Reported")
		self.assertNotIn(self.round, closures.find_unfinished_rounds())
		frappe.db.delete("Closure Task", {"audit": self.audits[0].name})
		self.assertIn(self.round, closures.find_unfinished_rounds())
		closures.fall_due(self.round)
		self.assertNotIn(self.round, closures.find_unfinished_rounds())

	def test_reminders_of_one_day_are_one_notice_a_person(self):
		self.close()
		due_on = get_task(self.audits[0]).due_on
		frappe.set_user("Administrator")
		for day, words, user in ((-1, "to be closed by", CHIEF), (1, "and are not", UNIT_HEAD)):
			for _time in range(2):
				closure_notices.send_reminders(getdate(add_days(due_on, day)))
			told = [row.subject for row in get_notices(user, self.round) if words in row.subject]
			self.assertEqual(len(told), 1, words)
			self.assertIn("7 accounts", told[0])


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

	def grant(self, task, due_on, reason: str = "人员交接"):
		frappe.set_user(UNIT_HEAD)
		return closures.grant_more_time(task=task, due_on=due_on, reason=reason)

	def test_more_time_ends_before_the_next_years_round_opens(self):
		task = self.close()
		year = factories.AUDIT_YEAR + 1
		for due_on in ("9999-12-31", "2062-11-30", f"{year}-11-01"):
			with self.assertRaisesRegex(frappe.ValidationError, "at the latest"):
				self.grant(task, due_on)
		self.assertEqual(str(self.grant(task, f"{year}-10-31").due_on), f"{year}-10-31")

	def test_next_round_that_is_planned_for_another_day_says_until_when(self):
		task = self.close()
		year = factories.AUDIT_YEAR + 1
		days = {"opens_on": f"{year}-09-01", "closes_on": f"{year}-09-30"}
		factories.make_round(year=year, period_from=f"{year}-01-01", period_to=f"{year}-08-31", **days)
		self.assertEqual(str(closures.get_bounds(task)[1]), f"{year}-08-31")

	def test_day_that_is_none_is_refused_in_words(self):
		task = self.close()
		for due_on in ("0001-01-01", "", "x", "2026-02-30", "31.12.2026"):
			with self.subTest(due_on), self.assertRaises(frappe.ValidationError):
				self.grant(task, due_on)

	def test_day_that_was_granted_by_mistake_is_corrected_with_a_reason(self):
		first_due = self.close().due_on
		task = self.grant(get_task(self.audit), add_days(first_due, 300))
		with self.assertRaisesRegex(frappe.ValidationError, "or a later day"):
			self.grant(task, add_days(first_due, -1))
		self.assertRaises(frappe.MandatoryError, self.grant, task, add_days(first_due, 20), "")
		task = self.grant(task, add_days(first_due, 20), "年份写错")
		self.assertEqual((str(task.due_on), len(task.extensions)), (str(add_days(first_due, 20)), 2))
		self.assertEqual(task.extensions[-1].due_before, getdate(add_days(first_due, 300)))
		self.audit.reload()
		self.assertEqual(self.audit.due_on, getdate(add_days(first_due, 20)))

	def test_audit_is_locked_before_its_task(self):
		task = self.close()
		asked = []
		sql = frappe.db.sql
		with patch.object(
			frappe.db, "sql", lambda *args, **kwargs: asked.append(args[0]) or sql(*args, **kwargs)
		):
			closures.lock_task(task.name)
		locked = [str(query) for query in asked if "FOR UPDATE" in str(query).upper()]
		self.assertIn("tabAnnual Audit", locked[0])
		self.assertIn("tabClosure Task", locked[1])

	def test_rejection_is_told_with_its_reason_and_what_follows(self):
		audit = factories.bring_audit_to("Unit Head Review", self.audit)
		act(audit, UNIT_HEAD, "Reject", "长期未更新")
		for user in (EDITOR, CHIEF):
			rows = frappe.get_all(
				"Notification Log",
				filters={
					"for_user": user,
					"document_name": audit.name,
					"subject": ["like", "%not approved%"],
				},
				fields=["subject", "email_content"],
			)
			self.assertEqual(len(rows), 1, user)
			self.assertIn("处负责人", rows[0].subject)
			for words in ("长期未更新", "falls due for closure", "gives more time", audit.due_on.isoformat()):
				self.assertIn(words, rows[0].email_content)

	def test_audit_returned_after_the_end_is_sent_again_until_its_account_is_to_be_closed(self):
		audit = factories.bring_audit_to("General Office Gathering", self.audit)
		task = self.close()
		(step,) = [row for row in self.get_steps(audit, OFFICE) if row.next_stage == "Returned"]
		self.assertIn(frappe.format(task.due_on, "Date"), step.note)
		audit = act(audit, OFFICE, "Return for Correction", "截图不清")
		self.assertEqual(audit.due_on, task.due_on)
		(told,) = frappe.get_all(
			"Notification Log",
			filters={"for_user": EDITOR, "document_name": audit.name, "subject": ["like", "%returned by%"]},
			pluck="email_content",
		)
		self.assertIn(f"Please send it again by {task.due_on}", told)
		frappe.set_user(EDITOR)
		audit = audit.save()
		self.assertEqual(
			(act(audit, EDITOR, "Send for Review").stage, get_task(audit).status),
			("In Review", closures.OPEN),
		)

	def test_audit_returned_after_the_end_of_a_round_that_is_not_closed_yet_can_be_sent_again(self):
		audit = factories.bring_audit_to("General Office Gathering", self.audit)
		yesterday = add_days(today(), -1)
		frappe.db.set_value("Annual Audit Round", audit.round, "closes_on", yesterday)
		frappe.db.set_value("Annual Audit", audit.name, "due_on", yesterday)
		audit = act(audit, OFFICE, "Return for Correction", "截图不清")
		self.assertEqual(audit.due_on, add_working_days(today(), 10))
		closures.fall_due(audit.round)
		self.assertEqual(act(audit, EDITOR, "Send for Review").stage, "In Review")

	def test_audit_returned_after_its_account_was_to_be_closed_needs_the_head(self):
		audit = factories.bring_audit_to("General Office Gathering", self.audit)
		task = self.close()
		frappe.db.set_value("Closure Task", task.name, "due_on", add_days(today(), -1))
		(step,) = [row for row in self.get_steps(audit, OFFICE) if row.next_stage == "Returned"]
		self.assertIn("once the head of the unit gives more time", step.note)
		audit = act(audit, OFFICE, "Return for Correction", "截图不清")
		with self.assertRaisesRegex(frappe.ValidationError, "head of the unit"):
			act(audit, EDITOR, "Send for Review")
		self.grant(get_task(audit), add_days(today(), 5))
		self.assertEqual(act(audit, EDITOR, "Send for Review").stage, "In Review")

	def get_steps(self, audit, user: str) -> list:
		frappe.set_user(user)
		return get_permitted_transitions(frappe.get_doc(audit.doctype, audit.name))

	def test_audit_returned_in_time_and_not_sent_again_needs_the_head(self):
		audit = factories.bring_audit_to("General Office Gathering", self.audit)
		audit = act(audit, OFFICE, "Return for Correction", "截图不清")
		earlier = add_days(now_datetime(), -2)
		frappe.db.set_value("Approval Record", audit.approval_records[-1].name, "acted_on", earlier)
		self.close()
		with self.assertRaisesRegex(frappe.ValidationError, "head of the unit"):
			act(audit, EDITOR, "Send for Review")

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
			closure_notices.send_reminders(getdate(day))
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
