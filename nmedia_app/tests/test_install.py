"""Install brings the defaults once and leaves an administrator's alone; uninstall finds its traces."""

import json

import frappe

from nmedia_app import install, roles
from nmedia_app.install import CREATED, default_name, read_defaults
from nmedia_app.patches import insert_filing_workflow
from nmedia_app.regulation.review import IN_REVIEW, STAGES
from nmedia_app.tests.utils import NmediaTestCase
from nmedia_app.workflow import get_stage


class TestInstall(NmediaTestCase):
	def test_roles_of_the_app_are_there(self):
		for role in roles.ALL:
			self.assertEqual(frappe.db.get_value("Role", role, "desk_access"), 1)

	def test_every_default_is_there(self):
		for default in read_defaults():
			self.assertTrue(frappe.db.exists(default["doctype"], default_name(default)), default)

	def test_installing_again_changes_nothing(self):
		workflow = frappe.get_doc("Workflow", "Article Review")
		workflow.transitions[1].allowed = roles.DIVISION_LEADER
		workflow.save()
		frappe.db.set_value("Custom HTML Block", "New Media Tasks", "html", "<p>mine</p>")
		created = frappe.db.get_global(CREATED)
		install.after_install()
		self.assertEqual(
			frappe.get_doc("Workflow", "Article Review").transitions[1].allowed, roles.DIVISION_LEADER
		)
		self.assertEqual(frappe.db.get_value("Custom HTML Block", "New Media Tasks", "html"), "<p>mine</p>")
		self.assertEqual(json.loads(frappe.db.get_global(CREATED)), json.loads(created))

	def test_workflow_of_an_administrator_stays_the_active_one(self):
		frappe.get_doc("Workflow", "Article Review").delete()
		mine = next(d for d in read_defaults() if d["doctype"] == "Workflow")
		frappe.get_doc({**mine, "workflow_name": "Mine"}).insert()
		install.after_install()
		self.assertEqual(frappe.db.get_value("Workflow", "Mine", "is_active"), 1)
		self.assertEqual(frappe.db.get_value("Workflow", "Article Review", "is_active"), 0)

	def test_site_from_before_the_filings_gets_their_workflow(self):
		frappe.get_doc("Workflow", "Account Filing").delete()
		for _again in range(2):
			insert_filing_workflow.execute()
			self.assertEqual(frappe.db.get_value("Workflow", "Account Filing", "is_active"), 1)

	def test_every_state_of_the_shipped_workflow_has_a_stage(self):
		for name in ("Article Review", "Account Filing"):
			for row in frappe.get_doc("Workflow", name).states:
				self.assertEqual(row.update_field, "stage", (name, row.state))
				self.assertIn(row.update_value, STAGES, (name, row.state))

	def test_no_mail_link_acts_in_a_users_name(self):
		self.assertEqual(frappe.db.get_value("Workflow", "Article Review", "send_email_alert"), 0)

	def test_reviewing_is_not_for_authors(self):
		workflow = frappe.get_doc("Workflow", "Article Review")
		reviews = [row for row in workflow.transitions if get_stage(workflow, row.state) == IN_REVIEW]
		self.assertTrue(reviews)
		for row in reviews:
			self.assertFalse(row.allow_self_approval, row.action)


class TestWorkspace(NmediaTestCase):
	def test_first_in_the_sidebar_of_every_role(self):
		try:
			from frappe.desk.desktop import get_workspaces
		except ImportError:  # the name that it had until v16.21
			from frappe.desk.desktop import get_workspace_sidebar_items as get_workspaces

		from nmedia_app.tests import factories

		for user, (_name, role) in factories.PEOPLE.items():
			frappe.set_user(user)
			titles = [page["name"] for page in get_workspaces()["pages"]]
			self.assertEqual("New Media Management" in titles, role is not None, user)
			if role:
				self.assertEqual(titles[0], "New Media Management", user)


class TestWhatUninstallRemoves(NmediaTestCase):
	def test_links_to_doctypes_and_roles_are_all_known(self):
		fields = install.get_link_fields("DocType")
		for doctype in (
			"Workflow",
			"Comment",
			"Version",
			"File",
			"DocShare",
			"Custom Field",
			"Property Setter",
		):
			self.assertIn(doctype, {row[0] for row in fields})
		self.assertIn(("Has Role", "role"), install.get_link_fields("Role"))

	def test_defaults_in_use_by_other_workflows_stay(self):
		self.assertTrue(install.is_used_by_a_workflow("Workflow State", "Draft"))
		self.assertFalse(install.is_used_by_a_workflow("Workflow State", "No Such State"))

	def test_master_that_was_there_before_is_not_recorded_as_ours(self):
		created = json.loads(frappe.db.get_global(CREATED))
		# the platform brings this state with every site
		self.assertNotIn("Approved", created.get("Workflow State", []))
