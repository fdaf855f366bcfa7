"""The deregistration that a closure task asks for."""

import frappe

from nmedia_app.services import closures
from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	UNIT_HEAD,
	act,
	bring_audit_to,
	bring_filing_to,
	take_filing_step,
)
from nmedia_app.tests.test_closures import get_status, get_task
from nmedia_app.tests.utils import NmediaTestCase


class ClosureTestCase(NmediaTestCase):
	def setUp(self):
		super().setUp()
		self.audit = factories.make_audit()

	def make_task(self):
		frappe.set_user("Administrator")
		return closures.make_task(audit=frappe.get_doc(self.audit.doctype, self.audit.name))

	def file(self, state: str):
		account = frappe.get_doc("Media Account", self.audit.account)
		return bring_filing_to(state, "Deregistration", account=account)


class TestLifting(ClosureTestCase):
	"""Article 6: an approval after all keeps an account in use, but opens none that was closed."""

	def approve_audit_after(self, state: str):
		self.audit = bring_audit_to("Unit Head Review", self.audit)
		self.make_task()
		filing = self.file(state)
		act(self.audit, UNIT_HEAD, "Approve")
		return filing

	def test_task_of_a_closed_account_is_not_lifted(self):
		filing = self.approve_audit_after("Approved")
		self.assertEqual((get_task(self.audit).status, get_status(self.audit)), (closures.OPEN, "Closed"))
		take_filing_step(filing, factories.OFFICE, "Mark as Reported")
		self.assertEqual(get_task(self.audit).status, closures.DONE)

	def test_task_is_lifted_while_the_deregistration_is_not_approved(self):
		self.approve_audit_after("Unit Head Review")
		self.assertEqual((get_task(self.audit).status, get_status(self.audit)), (closures.LIFTED, "Active"))

	def test_approval_in_one_round_keeps_no_account_that_another_round_closes(self):
		account = frappe.get_doc("Media Account", self.audit.account)
		frappe.set_user("Administrator")
		of_next_year = factories.make_audit(account, year=factories.AUDIT_YEAR + 1)
		closures.make_task(audit=of_next_year)
		self.approve_audit_after("Draft")
		self.assertEqual((get_task(self.audit).status, get_status(self.audit)), ("Lifted", "Pending Closure"))


class TestNoting(ClosureTestCase):
	"""Article 6: the task shows that its deregistration is under way, from when it is sent."""

	def test_filing_is_noted_once_it_is_sent(self):
		self.make_task()
		filing = self.file("Draft")
		self.assertFalse(get_task(self.audit).filing)
		act(filing, EDITOR, "Send for Review")
		self.assertEqual(get_task(self.audit).filing, filing.name)

	def test_filing_that_was_sent_before_is_noted(self):
		filing = self.file("Section Chief Review")
		self.assertEqual(self.make_task().filing, filing.name)

	def test_filing_that_was_not_sent_is_not_noted(self):
		self.file("Draft")
		self.assertFalse(self.make_task().filing)

	def test_filing_that_is_returned_stays_under_way(self):
		self.make_task()
		filing = act(self.file("Section Chief Review"), CHIEF, "Return for Correction", "缺说明")
		self.assertEqual(get_task(self.audit).filing, filing.name)

	def test_filing_that_is_withdrawn_makes_way(self):
		self.make_task()
		filing = act(self.file("Section Chief Review"), CHIEF, "Return for Correction", "缺说明")
		act(filing, EDITOR, "Withdraw", "不注销了")
		self.assertFalse(get_task(self.audit).filing)
		again = self.file("Section Chief Review")
		self.assertEqual(get_task(self.audit).filing, again.name)

	def test_change_is_no_deregistration(self):
		self.make_task()
		account = frappe.get_doc("Media Account", self.audit.account)
		bring_filing_to("Section Chief Review", "Change", account=account)
		self.assertFalse(get_task(self.audit).filing)
