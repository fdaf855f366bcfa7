"""Patches bring a site up to date once: run again, or on a site that has it already, they change nothing."""

import frappe

from nmedia_app.patches import insert_audit_workflows, insert_filing_workflow
from nmedia_app.tests.utils import NmediaTestCase

#: patch → the workflows that it brings to sites from before them
BROUGHT = {
	insert_filing_workflow: ("Account Filing",),
	insert_audit_workflows: ("Annual Audit", "Annual Audit Round"),
}


class TestWorkflowsThatCameLater(NmediaTestCase):
	def test_site_from_before_a_workflow_gets_it(self):
		for patch, workflows in BROUGHT.items():
			for name in workflows:
				frappe.get_doc("Workflow", name).delete()
			patch.execute()
			for name in workflows:
				with self.subTest(name):
					self.assertEqual(frappe.db.get_value("Workflow", name, "is_active"), 1)

	def test_site_that_has_it_keeps_what_its_administrator_made_of_it(self):
		frappe.rename_doc("Workflow State", "Section Chief Review", "科室初审", force=True)
		before = get_workflows()
		for patch in BROUGHT:
			patch.execute()
		self.assertEqual(get_workflows(), before)
		self.assertFalse(frappe.db.exists("Workflow State", "Section Chief Review"))


def get_workflows() -> list[dict]:
	return [frappe.get_doc("Workflow", name).as_dict() for name in frappe.get_all("Workflow", pluck="name")]
