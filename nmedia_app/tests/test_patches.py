"""Patches bring a site up to date once: run again, or on a site that has it already, they change nothing."""

import frappe

from nmedia_app.patches import add_workflow_field, allow_renaming_states
from nmedia_app.tests.utils import NmediaTestCase
from nmedia_app.workflow import SEPARATE_FIELD

FIELD = {"dt": "Workflow", "fieldname": SEPARATE_FIELD}


class TestTickForSeparatePeople(NmediaTestCase):
	def test_site_that_has_the_field_keeps_what_its_administrator_made_of_it(self):
		name = frappe.db.get_value("Custom Field", FIELD)
		frappe.db.set_value("Custom Field", name, "label", "每步换人")
		add_workflow_field.execute()
		self.assertEqual(frappe.get_all("Custom Field", filters=FIELD, pluck="label"), ["每步换人"])


class TestRenamingOfStates(NmediaTestCase):
	def test_site_gets_it_once_and_keeps_what_its_administrator_made_of_it(self):
		setter = {"doc_type": "Workflow State", "property": "allow_rename"}
		frappe.db.delete("Property Setter", setter)
		allow_renaming_states.execute()
		self.assertEqual(frappe.get_all("Property Setter", filters=setter, pluck="value"), ["1"])
		frappe.db.set_value("Property Setter", setter, "value", "0")
		allow_renaming_states.execute()
		self.assertEqual(frappe.get_all("Property Setter", filters=setter, pluck="value"), ["0"])
