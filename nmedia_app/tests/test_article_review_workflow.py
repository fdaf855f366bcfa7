"""Article 7: an article goes from draft to published by the steps of its workflow, and by nothing else."""

import frappe
from frappe.model.workflow import WorkflowPermissionError, WorkflowTransitionError

from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OTHER_CHIEF, SECOND_EDITOR, act
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, messages
from nmedia_app.workflow import OpinionRequiredError, SealedRecordError, StaleDocumentError, get_transitions


class TestSteps(NmediaTestCase):
	def test_article_goes_from_draft_to_published(self):
		article = factories.make_article()
		self.assertEqual((article.stage, article.docstatus), ("Draft", 0))
		article = act(article, EDITOR, "Send for Review")
		self.assertEqual((article.stage, article.docstatus), ("In Review", 0))
		article = act(article, CHIEF, "Endorse")
		self.assertEqual((article.stage, article.docstatus), ("In Review", 0))
		article = act(article, LEADER, "Approve", "Publish it")
		self.assertEqual((article.stage, article.docstatus), ("Approved", 1))
		article = factories.publish(article)
		self.assertEqual((article.stage, article.docstatus), ("Published", 1))
		self.assertTrue(article.published_on)

	def test_approval_fills_in_the_reviewers_part_of_annex_2(self):
		article = factories.make_approved_article(opinion="Publish it")
		self.assertEqual(article.opinion, "Publish it")
		self.assertEqual(article.reviewer, LEADER)
		self.assertEqual(article.reviewer_name, "处长")
		self.assertEqual(str(article.reviewed_on), frappe.utils.today())

	def test_approval_without_words_agrees(self):
		self.assertEqual(factories.make_approved_article(opinion="").opinion, "Agreed for publication")

	def test_chiefs_opinion_is_not_the_annexs(self):
		article = factories.make_article_in_leader_review()
		self.assertFalse(article.opinion)
		self.assertFalse(article.reviewer)

	def test_return_demands_a_reason_at_each_step(self):
		for user, article in (
			(CHIEF, factories.make_article_in_chief_review()),
			(LEADER, factories.make_article_in_leader_review()),
		):
			for reason in ("", "  \n "):
				with self.assertRaises(OpinionRequiredError):
					act(article, user, "Return for Correction", reason)
			article = act(article, user, "Return for Correction", "Name the source of the picture")
			self.assertEqual((article.stage, article.docstatus), ("Returned", 0))
			self.assertEqual(article.approval_records[-1].opinion, "Name the source of the picture")

	def test_returned_article_is_corrected_and_sent_again(self):
		article = act(factories.make_article_in_chief_review(), CHIEF, "Return for Correction", "Too short")
		frappe.set_user(EDITOR)
		article.content = "<p>The network is maintained on Sunday from 2 to 6.</p>"
		article.save()
		article = act(article, EDITOR, "Send for Review")
		self.assertEqual(article.stage, "In Review")

	def test_stale_form_is_refused(self):
		article = factories.make_article_in_leader_review()
		form = article.as_dict()
		frappe.db.set_value("Article Review", article.name, "title", "Another title")
		frappe.set_user(LEADER)
		from nmedia_app.workflow import apply_workflow

		with self.assertRaises(StaleDocumentError):
			apply_workflow(frappe.as_json(form), "Approve")
		with self.assertRaises(StaleDocumentError):
			apply_workflow({"doctype": article.doctype, "name": article.name}, "Approve")

	def test_action_of_another_state_is_refused(self):
		with self.assertRaises(WorkflowTransitionError):
			act(factories.make_article(), EDITOR, "Approve")


class TestWhoActs(NmediaTestCase):
	def assert_refused(self, article, user: str, action: str):
		with self.assertRaises((frappe.ValidationError, frappe.PermissionError)):
			act(article, user, action, "words")

	def test_section_chief_acts_only_for_the_own_section(self):
		article = factories.make_article_in_chief_review()
		self.assert_refused(article, OTHER_CHIEF, "Endorse")
		# even one who may see the article, as an editor of its section
		frappe.set_user("Administrator")
		self.change_roles(OTHER_CHIEF, add=("New Media Editor",))
		section = frappe.get_doc("Media Section", factories.SECTION)
		section.append("members", {"user": OTHER_CHIEF})
		section.save()
		self.assert_refused(article, OTHER_CHIEF, "Endorse")

	def test_leader_does_not_take_the_chiefs_step(self):
		self.assert_refused(factories.make_article_in_chief_review(), LEADER, "Endorse")

	def test_no_author_reviews_the_own_article(self):
		self.change_roles(LEADER, add=("New Media Editor",))
		section = frappe.get_doc("Media Section", factories.SECTION)
		section.append("members", {"user": LEADER})
		section.save()
		for part, user, values in (
			("owner", LEADER, {"editors": [{"full_name": "Somebody Else"}]}),
			("copywriter", EDITOR, {"copywriters": [{"user": LEADER}]}),
			("editor", EDITOR, {"editors": [{"user": LEADER}]}),
		):
			article = act(factories.make_article(user, **values), user, "Send for Review")
			article = act(article, CHIEF, "Endorse")
			self.assert_refused(article, LEADER, "Approve")
			actions = [transition.action for transition in get_transitions(article.as_dict())]
			self.assertNotIn("Approve", actions, part)

	def test_whoever_sent_it_does_not_review_it_under_another_name(self):
		self.change_roles(LEADER, add=("New Media Editor",))
		section = frappe.get_doc("Media Section", factories.SECTION)
		section.append("members", {"user": LEADER})
		section.save()
		article = act(factories.make_article(editors=[{"user": LEADER}]), EDITOR, "Send for Review")
		article = act(article, CHIEF, "Return for Correction", "Who wrote it?")
		frappe.set_user(LEADER)
		article.editors[0].update({"user": EDITOR})
		article.save()
		article = act(act(article, LEADER, "Send for Review"), CHIEF, "Endorse")
		self.assert_refused(article, LEADER, "Approve")

	def test_transitions_say_where_they_lead(self):
		article = factories.make_article_in_chief_review()
		frappe.set_user(CHIEF)
		steps = {t.action: t for t in get_transitions(article.as_dict())}
		self.assertEqual(set(steps), {"Endorse", "Return for Correction"})
		self.assertTrue(steps["Return for Correction"].opinion_required)
		self.assertFalse(steps["Endorse"].opinion_required)
		self.assertEqual(steps["Return for Correction"].next_stage, "Returned")


class TestNoWayRound(NmediaTestCase):
	def test_inserted_as_submitted_is_refused(self):
		frappe.set_user(EDITOR)
		article = factories.new_article(docstatus=1)
		with self.assertRaises(WorkflowPermissionError):
			article.insert()

	def test_inserted_in_a_later_state_is_refused(self):
		frappe.set_user(EDITOR)
		with self.assertRaises(WorkflowPermissionError):
			factories.new_article(workflow_state="Approved").insert()

	def test_submit_is_refused_at_every_stage(self):
		for user, article in (
			(EDITOR, factories.make_article()),
			(LEADER, factories.make_article_in_leader_review()),
		):
			frappe.set_user(user)
			with self.assertRaises((WorkflowPermissionError, frappe.PermissionError)):
				article.submit()

	def test_cancel_is_refused(self):
		article = factories.make_approved_article()
		for user in (LEADER, "Administrator"):
			frappe.set_user(user)
			with self.assertRaises((WorkflowPermissionError, frappe.PermissionError)):
				frappe.get_doc("Article Review", article.name).cancel()

	def test_platforms_own_function_is_guarded(self):
		from frappe.model.workflow import apply_workflow

		article = factories.make_article_in_leader_review()
		frappe.set_user(LEADER)
		with self.assertRaises(WorkflowPermissionError):
			apply_workflow(frappe.get_doc("Article Review", article.name), "Approve")
		self.assertEqual(frappe.db.get_value("Article Review", article.name, "docstatus"), 0)

	def test_edit_outside_the_states_role_is_refused(self):
		article = factories.make_article_in_chief_review()
		frappe.set_user(EDITOR)
		article.title = "Changed while under review"
		with self.assertRaises(frappe.PermissionError):
			article.save()

	def test_sent_article_is_not_deleted(self):
		article = factories.make_article_in_chief_review()
		frappe.set_user("Administrator")
		with self.assertRaises(frappe.PermissionError):
			frappe.delete_doc("Article Review", article.name)

	def test_own_draft_can_be_deleted(self):
		article = factories.make_article()
		frappe.delete_doc("Article Review", article.name)
		self.assertFalse(frappe.db.exists("Article Review", article.name))

	def test_without_a_workflow_nothing_moves(self):
		article = factories.make_article_in_leader_review()
		frappe.set_user("Administrator")
		frappe.db.set_value("Workflow", "Article Review", "is_active", 0)
		frappe.clear_cache(doctype="Article Review")
		frappe.set_user(LEADER)
		with self.assertRaises(frappe.ValidationError):
			article.submit()

	def test_reviewers_fields_cannot_be_forged(self):
		frappe.set_user(EDITOR)
		for values in ({"reviewer": LEADER}, {"opinion": "Fine"}, {"reviewed_on": "2026-06-10"}):
			with self.assertRaises(SealedRecordError):
				factories.new_article(**values).insert()

	def test_stage_follows_the_state(self):
		frappe.set_user(EDITOR)
		self.assertEqual(factories.new_article(stage="Approved").insert().stage, "Draft")


class TestOverHttp(RestTestCase):
	"""The same attacks as requests of a logged-in user."""

	def assert_untouched(self, response, article):
		self.assertGreaterEqual(response.status_code, 400, response.get_data(as_text=True))
		now = self.fresh(article)
		self.assertEqual(
			(now.docstatus, now.workflow_state, now.stage),
			(article.docstatus, article.workflow_state, article.stage),
		)
		self.assertEqual(len(now.approval_records), len(article.approval_records))

	def test_state_by_set_value_is_refused(self):
		article = self.committed(factories.make_article())
		chief_review = article.get("workflow_state") and "Section Chief Review"
		browser = Browser.of(EDITOR)
		for field, value in (
			("workflow_state", chief_review),
			("workflow_state", "Approved"),
			("docstatus", 1),
			("stage", "Approved"),
		):
			response = browser.call(
				"frappe.client.set_value",
				doctype=article.doctype,
				name=article.name,
				fieldname=field,
				value=value,
			)
			now = self.fresh(article)
			self.assertEqual((now.docstatus, now.stage), (0, "Draft"), field)
			if field != "stage":
				self.assertGreaterEqual(response.status_code, 400)

	def test_state_and_docstatus_together_are_refused(self):
		article = self.committed(factories.make_article_in_leader_review())
		response = Browser.of(LEADER).put(
			f"/api/resource/Article Review/{article.name}", workflow_state="Approved", docstatus=1
		)
		self.assert_untouched(response, article)
		self.assertIn("buttons of its workflow", messages(response))

	def test_submit_and_bulk_submit_are_refused(self):
		article = self.committed(factories.make_article_in_leader_review())
		browser = Browser.of(LEADER)
		self.assert_untouched(browser.call("frappe.client.submit", doc=frappe.as_json(article)), article)
		browser.call(
			"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
			doctype=article.doctype,
			docnames=frappe.as_json([article.name]),
			action="submit",
		)
		self.assertEqual(self.fresh(article).docstatus, 0)

	def test_cancel_is_refused(self):
		article = self.committed(factories.make_approved_article())
		for user in (LEADER, factories.SYSTEM_MANAGER):
			response = Browser.of(user).call(
				"frappe.client.cancel", doctype=article.doctype, name=article.name
			)
			self.assert_untouched(response, article)

	def test_return_without_reason_is_refused(self):
		article = self.committed(factories.make_article_in_chief_review())
		response = Browser.of(CHIEF).call(
			"frappe.model.workflow.apply_workflow",
			doc=frappe.as_json(article),
			action="Return for Correction",
		)
		self.assert_untouched(response, article)

	def test_forged_step_in_the_request_is_refused(self):
		article = self.committed(factories.make_article_in_leader_review())
		forged = article.as_dict()
		forged.update(workflow_state="Approved", docstatus=1, flags={"workflow_step": {"action": "Approve"}})
		response = Browser.of(LEADER).call("frappe.client.save", doc=frappe.as_json(forged))
		self.assert_untouched(response, article)

	def test_platforms_endpoint_takes_the_step_and_the_opinion(self):
		article = self.committed(factories.make_article_in_leader_review())
		response = Browser.of(LEADER).call(
			"frappe.model.workflow.apply_workflow",
			doc=frappe.as_json({**article.as_dict(), "workflow_opinion": "Publish", "workflow_declared": 1}),
			action="Approve",
		)
		self.assertEqual(response.status_code, 200, response.get_data(as_text=True))
		self.assertEqual(self.fresh(article).opinion, "Publish")

	def test_bulk_approval_without_the_screen_is_refused(self):
		article = self.committed(factories.make_article_in_leader_review())
		Browser.of(LEADER).call(
			"frappe.model.workflow.bulk_workflow_approval",
			docnames=frappe.as_json([article.name]),
			doctype=article.doctype,
			action="Approve",
		)
		self.assertEqual(self.fresh(article).docstatus, 0)

	def test_second_of_two_approvers_is_told(self):
		article = self.committed(factories.make_article_in_leader_review())
		form = frappe.as_json({**article.as_dict(), "workflow_declared": 1})
		browser = Browser.of(LEADER)
		first = browser.call("frappe.model.workflow.apply_workflow", doc=form, action="Approve")
		second = browser.call("frappe.model.workflow.apply_workflow", doc=form, action="Approve")
		self.assertEqual(first.status_code, 200)
		self.assertGreaterEqual(second.status_code, 400)
		self.assertEqual(len(self.fresh(article).approval_records), len(article.approval_records) + 1)

	def test_editor_without_the_role_in_review_cannot_act(self):
		article = self.committed(factories.make_article_in_chief_review())
		for user in (EDITOR, SECOND_EDITOR):
			response = Browser.of(user).call(
				"frappe.model.workflow.apply_workflow", doc=frappe.as_json(article), action="Endorse"
			)
			self.assert_untouched(response, article)
