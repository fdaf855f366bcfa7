"""Who acts on an audit or a closure is who answers for the account today."""

import frappe
from frappe.utils import add_days

from nmedia_app.selectors.round_overview import get_overview
from nmedia_app.selectors.tasks import get_waiting_documents
from nmedia_app.services import audit_rounds, closure_notices, closures
from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	OTHER_CHIEF,
	OTHER_EDITOR,
	OTHER_SECTION,
	SECOND_EDITOR,
	SECTION,
	UNIT_HEAD,
	act,
	bring_audit_to,
	make_approved_change,
)
from nmedia_app.tests.test_closures import get_task, make_closed_round
from nmedia_app.tests.utils import NmediaTestCase, RestTestCase
from nmedia_app.workflow import StaleDocumentError, apply_workflow


def change_administrator(audit, user: str):
	"""File and approve that somebody else administers an audit's account; return the audit as it is then."""
	make_approved_change(account=frappe.get_doc("Media Account", audit.account), administrator=user)
	return reload(audit)


def move_account(audit, section: str):
	"""Let the General Office move an audit's account to another section; return the audit."""
	frappe.set_user(OFFICE)
	account = frappe.get_doc("Media Account", audit.account)
	account.section = section
	account.save()
	return reload(audit)


def change_chief(section: str, user: str):
	frappe.set_user(OFFICE)
	doc = frappe.get_doc("Media Section", section)
	doc.chief = user
	doc.save()


def get_notices(user: str) -> list:
	"""Return what the user was told of audits and closures."""
	filters = {"for_user": user, "document_type": ["in", ["Annual Audit", "Closure Task"]]}
	return frappe.get_all(
		"Notification Log", filters=filters, fields=["document_type", "document_name", "subject"]
	)


def reload(doc):
	frappe.set_user("Administrator")
	return frappe.get_doc(doc.doctype, doc.name)


class TestAudit(NmediaTestCase):
	"""Article 6: the account's administrator files, the own section's chief confirms: those of today."""

	def setUp(self):
		super().setUp()
		self.audit = factories.make_audit()

	def waiting(self, user: str) -> set[str]:
		frappe.set_user(user)
		return {task.name for task in get_waiting_documents(user)}

	def test_new_administrator_has_the_audit_that_was_not_sent(self):
		audit = change_administrator(self.audit, SECOND_EDITOR)
		self.assertEqual((audit.administrator, audit.administrator_name), (SECOND_EDITOR, "编辑二"))
		missing = audit_rounds.get_people_missing(audit.round)
		self.assertIn(SECOND_EDITOR, missing)
		self.assertIn(audit.name, self.waiting(SECOND_EDITOR))
		self.assertNotIn(audit.name, self.waiting(EDITOR))

	def test_new_administrator_is_told_of_the_audit_that_was_not_sent(self):
		change_administrator(self.audit, SECOND_EDITOR)
		(notice,) = get_notices(SECOND_EDITOR)
		self.assertEqual((notice.document_type, notice.document_name), ("Annual Audit", self.audit.name))
		for words in (self.audit.account_name, str(self.audit.due_on)):
			self.assertIn(words, notice.subject)

	def test_notice_is_in_the_new_administrators_language(self):
		frappe.db.set_value("User", SECOND_EDITOR, "language", "zh")
		change_administrator(self.audit, SECOND_EDITOR)
		self.assertIn("现由您管理", get_notices(SECOND_EDITOR)[0].subject)

	def test_who_stays_administrator_is_told_nothing(self):
		move_account(self.audit, OTHER_SECTION)
		self.assertEqual(get_notices(EDITOR), [])

	def test_new_administrator_of_a_sent_audit_is_told_nothing(self):
		change_administrator(bring_audit_to("Section Chief Review", self.audit), SECOND_EDITOR)
		self.assertEqual(get_notices(SECOND_EDITOR), [])

	def test_overview_names_the_new_administrator(self):
		audit = change_administrator(self.audit, SECOND_EDITOR)
		overview = get_overview(frappe.get_doc("Annual Audit Round", audit.round), "Administrator")
		names = {row.name: row.administrator_name for part in overview["sections"] for row in part["waiting"]}
		self.assertEqual(names[audit.name], "编辑二")

	def test_new_section_reads_and_sends_the_audit(self):
		audit = move_account(self.audit, OTHER_SECTION)
		self.assertEqual((audit.section, audit.chief), (OTHER_SECTION, OTHER_CHIEF))
		readers = {
			user
			for user in (EDITOR, CHIEF, OTHER_EDITOR, OTHER_CHIEF)
			if frappe.has_permission("Annual Audit", "read", audit, user=user)
		}
		self.assertEqual(readers, {OTHER_EDITOR, OTHER_CHIEF})
		audit = act(factories.fill_in_audit(audit, OTHER_EDITOR), OTHER_EDITOR, "Send for Review")
		self.assertEqual(act(audit, OTHER_CHIEF, "Confirm").workflow_state, "General Office Gathering")

	def test_new_chief_hears_of_missing_audits(self):
		change_chief(SECTION, OTHER_CHIEF)
		self.assertEqual(reload(self.audit).chief, OTHER_CHIEF)
		self.assertIn(OTHER_CHIEF, audit_rounds.get_people_missing(self.audit.round))
		self.assertNotIn(CHIEF, audit_rounds.get_people_missing(self.audit.round))

	def test_sent_audit_goes_on_with_the_new_section_and_keeps_what_was_sent(self):
		sent = bring_audit_to("Section Chief Review", self.audit)
		audit = move_account(sent, OTHER_SECTION)
		self.assertEqual(act(audit, OTHER_CHIEF, "Confirm").workflow_state, "General Office Gathering")
		for field in ("self_assessment", "responsible_people", "figures_on", "followers", "account_name"):
			self.assertEqual(audit.get(field), sent.get(field), field)

	def test_new_administrator_does_not_confirm_the_audit_that_was_sent(self):
		audit = bring_audit_to("Section Chief Review", self.audit)
		audit = change_administrator(audit, CHIEF)
		with self.assertRaisesRegex(frappe.ValidationError, "Nobody reviews their own audit"):
			act(audit, CHIEF, "Confirm")
		self.assertEqual(act(audit, LEADER, "Confirm").workflow_state, "General Office Gathering")

	def test_who_wrote_the_audit_before_does_not_confirm_it_either(self):
		audit = factories.fill_in_audit(self.audit)
		audit = act(change_administrator(audit, SECOND_EDITOR), SECOND_EDITOR, "Send for Review")
		self.assertLessEqual({EDITOR, SECOND_EDITOR}, audit.get_authors())

	def test_reviewer_with_the_earlier_people_on_the_screen_looks_again(self):
		seen = bring_audit_to("Section Chief Review", self.audit)
		change_administrator(seen, SECOND_EDITOR)
		frappe.set_user(CHIEF)
		self.assertRaises(StaleDocumentError, apply_workflow, seen.as_dict(), "Confirm")

	def test_approved_audit_stays_as_it_was_approved(self):
		approved = bring_audit_to("Approved", self.audit)
		change_administrator(approved, SECOND_EDITOR)
		audit = move_account(approved, OTHER_SECTION)
		self.assertEqual(
			(audit.administrator, audit.section, audit.modified), (EDITOR, SECTION, approved.modified)
		)

	def test_other_accounts_audits_stay_as_they_are(self):
		other = factories.make_filed_account(account_name="别的号", handle="another-account")
		factories.audit_opening.open_batch(round_name=self.audit.round)
		before = factories.get_audit(frappe.get_doc("Annual Audit Round", self.audit.round), other.name)
		change_administrator(self.audit, SECOND_EDITOR)
		move_account(self.audit, OTHER_SECTION)
		self.assertEqual(reload(before).modified, before.modified)

	def test_notes_of_an_account_touch_no_audit(self):
		frappe.set_user(EDITOR)
		account = frappe.get_doc("Media Account", self.audit.account)
		account.notes = "只是备注"
		account.save()
		self.assertEqual(reload(self.audit).modified, self.audit.modified)


class TestClosing(RestTestCase):
	"""Article 6: whoever answers for the account today sees to its closing."""

	def setUp(self):
		super().setUp()
		self.audit = factories.make_audit()
		make_closed_round(self.audit)

	def tearDown(self):
		change_chief(SECTION, CHIEF)
		super().tearDown()

	def test_task_is_the_new_sections(self):
		move_account(self.audit, OTHER_SECTION)
		task = get_task(self.audit)
		self.assertEqual(
			(task.section, task.chief, task.chief_name), (OTHER_SECTION, OTHER_CHIEF, "另一科长")
		)
		self.assertTrue(frappe.has_permission("Closure Task", "read", task, user=OTHER_EDITOR))
		self.assertTrue(frappe.has_permission("Annual Audit", "read", reload(self.audit), user=OTHER_EDITOR))

	def test_task_is_the_new_chiefs(self):
		change_chief(SECTION, OTHER_CHIEF)
		task = get_task(self.audit)
		self.assertEqual((task.chief, task.chief_name), (OTHER_CHIEF, "另一科长"))

	def test_new_administrator_is_told_of_the_closing(self):
		change_administrator(self.audit, SECOND_EDITOR)
		self.assertEqual(closure_notices.get_people(get_task(self.audit)), {CHIEF, SECOND_EDITOR})

	def test_new_administrator_hears_once_of_what_is_to_be_closed(self):
		change_administrator(self.audit, SECOND_EDITOR)
		task = get_task(self.audit)
		(notice,) = get_notices(SECOND_EDITOR)
		self.assertEqual((notice.document_type, notice.document_name), ("Closure Task", task.name))
		self.assertIn(str(task.due_on), notice.subject)

	def test_more_time_lets_the_new_section_send_the_audit(self):
		audit = factories.fill_in_audit(self.audit)
		move_account(audit, OTHER_SECTION)
		frappe.set_user(UNIT_HEAD)
		task = get_task(audit)
		closures.grant_more_time(task=task, due_on=add_days(task.due_on, 20), reason="科室调整")
		self.assertEqual(act(audit, OTHER_EDITOR, "Send for Review").section, OTHER_SECTION)

	def test_finished_task_stays_as_it_is(self):
		task = get_task(self.audit)
		closures.finish(task=task, status=closures.LIFTED)
		move_account(self.audit, OTHER_SECTION)
		self.assertEqual(get_task(self.audit).section, SECTION)
