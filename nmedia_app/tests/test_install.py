"""Install brings roles, sound workflows and a landing page; uninstall finds its traces."""

import frappe
from frappe.translate import get_all_languages

from nmedia_app import install, roles
from nmedia_app.regulation.review import IN_REVIEW, STAGES
from nmedia_app.selectors import removal
from nmedia_app.services import custody
from nmedia_app.tests import factories
from nmedia_app.tests.utils import NmediaTestCase
from nmedia_app.workflow import get_stage


class TestInstall(NmediaTestCase):
	def test_lock_of_the_custody_chain_is_there_before_its_first_entry(self):
		frappe.db.delete("Series", {"name": custody.LOCK})
		install.after_migrate()
		self.assertEqual(custody.get_last_position(), 0)

	def test_chinese_can_be_chosen(self):
		language = frappe.get_doc("Language", "zh")
		language.db_set("enabled", 0)
		install.offer_chinese()
		self.assertIn("zh", get_all_languages())

	def test_roles_of_the_app_are_there(self):
		for role in roles.ALL:
			self.assertEqual(frappe.db.get_value("Role", role, "desk_access"), 1)

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

		for user, (_name, role) in factories.PEOPLE.items():
			frappe.set_user(user)
			titles = [page["name"] for page in get_workspaces()["pages"]]
			self.assertEqual("New Media Management" in titles, role is not None, user)
			if role:
				self.assertEqual(titles[0], "New Media Management", user)


class TestWhatUninstallRemoves(NmediaTestCase):
	def test_links_to_doctypes_and_roles_are_all_known(self):
		fields = removal.get_link_fields("DocType")
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
		self.assertIn(("Has Role", "role"), removal.get_link_fields("Role"))

	def test_defaults_in_use_by_other_workflows_stay(self):
		self.assertTrue(removal.is_used_by_other_workflows("Workflow State", "Draft", set()))
		everything = removal.get_names("Workflow", {})
		self.assertFalse(removal.is_used_by_other_workflows("Workflow State", "Draft", everything))

	def test_master_that_was_there_before_stays(self):
		going = removal.get_going()
		self.assertIn("Section Chief Review", going["Workflow State"])
		self.assertNotIn("Approved", going["Workflow State"])  # the platform brings it with every site

	def test_what_goes_is_told_with_what_was_changed_here(self):
		workflow = frappe.get_doc("Workflow", "Article Review")
		workflow.transitions[1].allowed = roles.DIVISION_LEADER
		before = removal.describe()
		workflow.save()
		changed = [line for line in removal.describe() if line not in before]
		self.assertEqual(len(changed), 1)

	def test_rehearsal_calls_for_nothing_to_go(self):
		article = factories.make_article()
		rows = removal.get_going()
		remove_app(dry_run=True)
		self.assertEqual(removal.get_going(), rows)
		self.assertTrue(frappe.db.exists("Article Review", article.name))


def remove_app(dry_run: bool):
	"""Call the hooks as the platform's function of this name does."""
	install.before_uninstall()
	install.after_uninstall()
