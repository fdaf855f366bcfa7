"""Article 7: who did what, when and with what words is kept, and nobody can edit it."""

from itertools import pairwise

import frappe

from nmedia_app.patches import note_stages_of_steps
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, SYSTEM_MANAGER
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase
from nmedia_app.workflow import SealedRecordError


class TestApprovalRecords(NmediaTestCase):
	def test_each_step_leaves_a_record(self):
		article = factories.make_published_article(opinion="Good to go")
		records = [(r.user, r.full_name, r.action, r.role, r.opinion or "") for r in article.approval_records]
		self.assertEqual(
			records,
			[
				(EDITOR, "Editor O'Hara", "Send for Review", "New Media Editor", ""),
				(CHIEF, "科长", "Endorse", "New Media Section Chief", "Checked"),
				(LEADER, "处长", "Approve", "New Media Division Leader", "Good to go"),
				(EDITOR, "Editor O'Hara", "Mark as Published", "New Media Editor", ""),
			],
		)
		times = [r.acted_on for r in article.approval_records]
		self.assertEqual(times, sorted(times))
		self.assertTrue(all(times))
		states = [(r.from_state, r.to_state) for r in article.approval_records]
		self.assertTrue(all(after[0] == before[1] for before, after in pairwise(states)))

	def test_insert_with_records_is_refused(self):
		frappe.set_user(EDITOR)
		with self.assertRaises(SealedRecordError):
			factories.new_article(approval_records=[{"action": "Approve", "user": LEADER}]).insert()

	def test_records_cannot_be_changed_added_or_removed(self):
		changes = {
			"words": lambda doc: setattr(doc.approval_records[0], "opinion", "Forged"),
			"person": lambda doc: setattr(doc.approval_records[0], "user", LEADER),
			"time": lambda doc: setattr(doc.approval_records[0], "acted_on", "2020-06-10 09:00:00"),
			"one more": lambda doc: doc.append("approval_records", {"action": "Approve", "user": LEADER}),
			"one less": lambda doc: doc.approval_records.pop(),
			"all gone": lambda doc: doc.set("approval_records", []),
			"order": lambda doc: (
				setattr(doc.approval_records[0], "idx", 2),
				setattr(doc.approval_records[1], "idx", 1),
			),
		}
		article = factories.make_article_in_leader_review()
		for what, change in changes.items():
			for user in (LEADER, "Administrator"):
				frappe.set_user(user)
				doc = frappe.get_doc("Article Review", article.name)
				change(doc)
				with self.subTest(what, user=user), self.assertRaises(SealedRecordError):
					doc.save()

	def test_saving_unchanged_is_fine(self):
		article = factories.make_article_in_leader_review()
		frappe.set_user(LEADER)
		form = frappe.parse_json(frappe.as_json(article))
		form["title"] = "A better title"
		self.assertEqual(frappe.get_doc(form).save().title, "A better title")

	def test_a_step_with_forged_records_is_taken_without_them(self):
		article = factories.make_article_in_leader_review()
		form = article.as_dict()
		form.update({"approval_records": [], "workflow_declared": 1})
		from nmedia_app.workflow import apply_workflow

		frappe.set_user(LEADER)
		apply_workflow(frappe.as_json(form), "Approve")
		self.assertEqual(len(frappe.get_doc("Article Review", article.name).approval_records), 3)


class TestApprovalRecordsOverHttp(RestTestCase):
	def test_rows_cannot_be_written_directly(self):
		article = self.committed(factories.make_article_in_leader_review())
		row = article.approval_records[0].name
		before = [r.as_dict() for r in article.approval_records]
		for user in (EDITOR, LEADER, SYSTEM_MANAGER):
			browser = Browser.of(user)
			responses = [
				browser.put(f"/api/resource/Approval Record/{row}", opinion="Forged"),
				browser.delete(f"/api/resource/Approval Record/{row}"),
				browser.call(
					"frappe.client.set_value",
					doctype="Approval Record",
					name=row,
					fieldname="opinion",
					value="Forged",
				),
				browser.post(
					"/api/resource/Approval Record",
					parent=article.name,
					parenttype="Article Review",
					parentfield="approval_records",
					action="Approve",
					user=LEADER,
				),
				browser.put(f"/api/resource/Article Review/{article.name}", approval_records=[]),
			]
			for number, response in enumerate(responses):
				with self.subTest(user=user, attack=number):
					self.assertGreaterEqual(response.status_code, 400, response.get_data(as_text=True))
			self.assertEqual([r.as_dict() for r in self.fresh(article).approval_records], before)

	def test_contributors_of_an_approved_article_cannot_be_written_directly(self):
		article = self.committed(factories.make_approved_article())
		row = article.editors[0].name
		response = Browser.of(EDITOR).put(f"/api/resource/Article Contributor/{row}", full_name="Forged")
		self.assertGreaterEqual(response.status_code, 400)
		self.assertEqual(self.fresh(article).editors[0].full_name, "Editor O'Hara")


class TestStagesOfSteps(NmediaTestCase):
	"""Article 7: who sent an article stays its author, whatever an administrator calls the states later."""

	def test_renamed_state_makes_no_reviewer_of_the_sender(self):
		article = factories.make_article_in_chief_review()
		frappe.db.set_value("Approval Record", article.approval_records[0].name, "from_state", "Old Name")
		self.assertIn(EDITOR, frappe.get_doc("Article Review", article.name).get_senders())

	def test_older_steps_get_their_stages(self):
		article = factories.make_approved_article()
		before = [(row.from_stage, row.to_stage) for row in article.approval_records]
		self.assertTrue(all(map(all, before)))
		frappe.db.sql(
			"update `tabApproval Record` set from_stage = null, to_stage = null where parent = %s",
			article.name,
		)
		for _again in range(2):
			note_stages_of_steps.execute()
			rows = frappe.get_doc("Article Review", article.name).approval_records
			self.assertEqual([(row.from_stage, row.to_stage) for row in rows], before)
