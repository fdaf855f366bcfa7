"""An account that is closed or deregistered while a round runs."""

import frappe

from nmedia_app.audit_api import get_audit_notes
from nmedia_app.nmedia_app.print_formats.round_summary import get_round_context
from nmedia_app.selectors.recipients import get_wait
from nmedia_app.selectors.round_overview import get_overview, list_audits, list_for_export
from nmedia_app.selectors.tasks import get_waiting_documents
from nmedia_app.services import audit_rounds
from nmedia_app.services.round_workbook import as_cells
from nmedia_app.tests import factories
from nmedia_app.tests.factories import EDITOR, OFFICE, SECTION, act, bring_audit_to, bring_filing_to
from nmedia_app.tests.utils import NmediaTestCase


class TestDeregisteredAccount(NmediaTestCase):
	"""Article 6: accounts in use are audited; one that is deregistered meanwhile is not waited for."""

	def setUp(self):
		super().setUp()
		frappe.db.set_value("Media Account", {"name": ["is", "set"]}, "status", "Closed")
		self.account = factories.make_filed_account(account_name="要注销的", handle="going-account")
		self.staying = factories.make_filed_account(account_name="留下的", handle="staying-account")
		self.round = factories.make_open_round()
		self.audit = factories.get_audit(self.round, self.account.name)

	def deregister(self, state: str = "Reported"):
		bring_filing_to(state, "Deregistration", account=self.account)
		frappe.set_user("Administrator")

	def get_section(self) -> dict:
		overview = get_overview(self.round, "Administrator")
		return next(row for row in overview["sections"] if row["section"] == SECTION)

	def test_it_is_neither_missing_nor_urged(self):
		self.deregister("Approved")
		missing = [row.account_name for row in audit_rounds.get_missing(self.round.name)]
		self.assertEqual(missing, ["留下的"])

	def test_people_of_the_last_missing_account_are_left_in_peace(self):
		bring_audit_to("Approved", factories.get_audit(self.round, self.staying.name))
		self.deregister()
		self.assertEqual(audit_rounds.get_people_missing(self.round.name), set())
		with self.assertRaisesRegex(frappe.ValidationError, "nobody to urge"):
			audit_rounds.urge_missing(round_doc=self.round)

	def test_overview_counts_it_by_itself(self):
		self.deregister()
		row = self.get_section()
		self.assertEqual(
			(row["total"], row["filed"], row["missing"], row["deregistered"]),
			(2, 0, 1, 1),
		)
		self.assertEqual([audit.account_name for audit in row["waiting"]], ["留下的"])

	def test_charts_count_it_by_itself(self):
		bring_audit_to("Section Chief Review", self.audit)
		self.deregister()
		states = get_overview(self.round, "Administrator")["states"]
		counts = {row["state"]: row["count"] for row in states if row["section"] == SECTION}
		self.assertEqual(counts, {"Draft": 1, "": 1})

	def test_it_is_not_offered_to_be_decided_on(self):
		bring_audit_to("General Office Gathering", self.audit)
		frappe.set_user(OFFICE)
		self.assertIn(self.audit.name, list_audits(self.round.name))
		self.deregister()
		frappe.set_user(OFFICE)
		self.assertNotIn(self.audit.name, list_audits(self.round.name))

	def test_audit_that_was_approved_before_stays_approved(self):
		bring_audit_to("Approved", self.audit)
		self.deregister()
		row = self.get_section()
		self.assertEqual((row["approved"], row["deregistered"]), (1, 0))

	def test_round_can_be_closed_without_it(self):
		bring_audit_to("Approved", factories.get_audit(self.round, self.staying.name))
		self.deregister()
		self.assertEqual(audit_rounds.count_unfinished(self.round.name), 0)
		self.assertEqual(act(self.round, OFFICE, "Close Round").stage, "Closed")

	def test_its_audit_is_not_sent(self):
		factories.fill_in_audit(self.audit)
		self.deregister()
		with self.assertRaisesRegex(frappe.ValidationError, "closed or deregistered"):
			act(self.audit, EDITOR, "Send for Review")
		self.assertFalse(get_audit_notes(self.audit.name)["is_called_for"])

	def test_its_audit_waits_for_nobody(self):
		sent = bring_audit_to("Section Chief Review", self.audit)
		self.assertTrue(get_wait(sent))
		self.deregister()
		self.assertIsNone(get_wait(sent))
		for user in (EDITOR, factories.CHIEF):
			frappe.set_user(user)
			self.assertNotIn(sent.name, [task.name for task in get_waiting_documents(user)])

	def test_workbook_and_summary_say_that_it_is_deregistered(self):
		self.deregister()
		frappe.set_user(OFFICE)
		cells = {audit.name: as_cells(audit) for audit in list_for_export(self.round.name)}
		self.assertIn("已注销", cells[self.audit.name])
		results = {line["account_name"]: line["result"] for line in get_round_context(self.round)["accounts"]}
		self.assertIn("已注销", results["要注销的"])
		self.assertNotIn("已注销", results["留下的"])
