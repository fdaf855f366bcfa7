"""Patches bring a site up to date once: run again, or on a site that has it already, they change nothing."""

import frappe

from nmedia_app.patches import add_workflow_field
from nmedia_app.tests.utils import NmediaTestCase
from nmedia_app.workflow import SEPARATE_FIELD

FIELD = {"dt": "Workflow", "fieldname": SEPARATE_FIELD}


class TestTickForSeparatePeople(NmediaTestCase):
	def test_site_that_has_the_field_keeps_what_its_administrator_made_of_it(self):
		name = frappe.db.get_value("Custom Field", FIELD)
		frappe.db.set_value("Custom Field", name, "label", "每步换人")
		add_workflow_field.execute()
		self.assertEqual(frappe.get_all("Custom Field", filters=FIELD, pluck="label"), ["每步换人"])
