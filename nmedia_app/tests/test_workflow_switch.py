"""Another workflow in use: what began before finishes as it began, or is moved (Article 7)."""

import frappe
from frappe.model.workflow import WorkflowPermissionError, WorkflowTransitionError

from nmedia_app import workflow_api
from nmedia_app.patches import note_governing_workflow
from nmedia_app.selectors.recipients import get_awaited
from nmedia_app.selectors.tasks import get_waiting_documents
from nmedia_app.services import sealing, workflow_moves
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OFFICE, SECOND_EDITOR, SYSTEM_MANAGER, act
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, messages
from nmedia_app.workflow import (
	SEPARATE_FIELD,
	WORKFLOW_FIELD,
	SealedRecordError,
	StaleDocumentError,
	get_transitions,
)

REVIEW = "Article Review"
THREE_REVIEWS = "Article Review: Three Reviews and Three Proofreadings"
THIRD_EDITOR, FOURTH_EDITOR = "third.editor@test.nmedia.example", "fourth.editor@test.nmedia.example"


def activate(workflow: str):
	"""Tick a workflow as active, as an administrator does on its form."""
	frappe.set_user(SYSTEM_MANAGER)
	doc = frappe.get_doc("Workflow", workflow)
	doc.is_active = 1
	doc.save()


def forget_workflows():
	for name in (REVIEW, THREE_REVIEWS):
		frappe.clear_document_cache("Workflow", name)
	frappe.clear_cache(doctype=REVIEW)


def make_more_editors():
	frappe.set_user("Administrator")
	section = frappe.get_doc("Media Section", factories.SECTION)
	for user in (THIRD_EDITOR, FOURTH_EDITOR):
		factories.make_user(user, user.partition("@")[0], "New Media Editor")
		section.append("members", {"user": user})
	section.save()


class SwitchTestCase(NmediaTestCase):
	def setUp(self):
		super().setUp()
		self.addCleanup(forget_workflows)  # runs after the rollback

	def assert_step_refused(self, article, user: str, action: str):
		with self.assertRaises((WorkflowTransitionError, WorkflowPermissionError)):
			act(article, user, action)


class TestFinishingAsItBegan(SwitchTestCase):
	def test_new_article_follows_the_active_workflow(self):
		self.assertEqual(factories.make_article().governing_workflow, REVIEW)
		activate(THREE_REVIEWS)
		self.assertEqual(factories.make_article().governing_workflow, THREE_REVIEWS)

	def test_article_cannot_choose_its_workflow(self):
		article = factories.make_article(governing_workflow=THREE_REVIEWS)
		self.assertEqual(article.governing_workflow, REVIEW)
		article.governing_workflow = THREE_REVIEWS
		with self.assertRaises(WorkflowPermissionError):
			article.save()

	def test_article_under_way_finishes_on_its_own(self):
		article = factories.make_article_in_chief_review()
		activate(THREE_REVIEWS)
		article = act(act(article, CHIEF, "Endorse"), LEADER, "Approve", "Good")
		self.assertEqual(
			(article.stage, article.docstatus, article.governing_workflow), ("Approved", 1, REVIEW)
		)
		self.assertTrue(sealing.is_intact(article))
		self.assertEqual(factories.publish(article).stage, "Published")

	def test_returned_article_is_edited_and_sent_on_its_own(self):
		article = act(factories.make_article_in_chief_review(), CHIEF, "Return for Correction", "Too short")
		activate(THREE_REVIEWS)
		frappe.set_user(EDITOR)
		article.content = "<p>Longer.</p>"
		article.save()
		self.assertEqual(act(article, EDITOR, "Send for Review").workflow_state, "Section Chief Review")

	def test_what_waits_on_an_earlier_workflow_is_still_among_the_tasks(self):
		article = factories.make_article_in_chief_review()
		activate(THREE_REVIEWS)
		frappe.set_user(CHIEF)
		self.assertIn(article.name, {task.name for task in get_waiting_documents(CHIEF)})

	def test_ticking_the_first_one_again_is_the_way_back(self):
		activate(THREE_REVIEWS)
		article = act(factories.make_article(), EDITOR, "Send for Review")
		activate(REVIEW)
		self.assertEqual(factories.make_article().governing_workflow, REVIEW)
		self.assertEqual(article.workflow_state, "First Proofreading")
		frappe.set_user(SECOND_EDITOR)
		self.assertIn("Pass Proofreading", {row.action for row in get_transitions(article.as_dict())})

	def test_workflow_that_articles_follow_cannot_be_deleted(self):
		factories.make_article()
		activate(THREE_REVIEWS)
		with self.assertRaises(frappe.LinkExistsError):
			frappe.delete_doc("Workflow", REVIEW)

	def test_without_an_active_workflow_nothing_moves(self):
		article = factories.make_article_in_chief_review()
		activate(THREE_REVIEWS)
		frappe.db.set_value("Workflow", THREE_REVIEWS, "is_active", 0)
		forget_workflows()
		with self.assertRaises(frappe.ValidationError):
			act(article, CHIEF, "Endorse")

	def test_desk_knows_who_may_edit_by_each_workflow(self):
		from nmedia_app.boot import get_editors_by_workflow

		editors = get_editors_by_workflow()[REVIEW]
		self.assertEqual(editors[THREE_REVIEWS]["Third Proofreading"], ["New Media General Office"])
		self.assertEqual(editors[REVIEW]["Section Chief Review"], ["New Media Section Chief"])


class TestThreeReviews(SwitchTestCase):
	"""三审三校: each step by another person."""

	STEPS = (
		(SECOND_EDITOR, "Pass Proofreading"),
		(THIRD_EDITOR, "Endorse"),
		(FOURTH_EDITOR, "Pass Proofreading"),
		(CHIEF, "Endorse"),
		(OFFICE, "Pass Proofreading"),
		(LEADER, "Approve"),
	)

	def setUp(self):
		super().setUp()
		make_more_editors()
		activate(THREE_REVIEWS)
		self.article = act(factories.make_article(), EDITOR, "Send for Review")

	def test_article_goes_through_three_proofreadings_and_three_reviews(self):
		article = self.article
		for user, action in self.STEPS:
			self.assertEqual(article.stage, "In Review")
			article = act(article, user, action)
		self.assertEqual((article.stage, article.docstatus, article.reviewer), ("Approved", 1, LEADER))
		self.assertTrue(sealing.is_intact(article))

	def test_condition_of_a_step_is_asked_of_each_person_for_whom_it_waits(self):
		workflow = frappe.get_doc("Workflow", THREE_REVIEWS)
		row = next(row for row in workflow.transitions if row.action == "Pass Proofreading")
		row.condition = f"frappe.session.user == '{THIRD_EDITOR}'"
		frappe.set_user(SYSTEM_MANAGER)
		workflow.save()
		frappe.set_user(EDITOR)
		self.assertEqual(get_awaited(frappe.get_doc(REVIEW, self.article.name)), {THIRD_EDITOR})

	def test_nobody_takes_two_of_the_steps(self):
		article = act(self.article, SECOND_EDITOR, "Pass Proofreading")
		self.assert_step_refused(article, SECOND_EDITOR, "Endorse")
		article = act(article, THIRD_EDITOR, "Endorse")
		for user in (SECOND_EDITOR, THIRD_EDITOR):
			self.assert_step_refused(article, user, "Pass Proofreading")

	def test_author_takes_none_of_the_steps(self):
		self.assert_step_refused(self.article, EDITOR, "Pass Proofreading")

	def test_refusal_says_why(self):
		article = act(self.article, SECOND_EDITOR, "Pass Proofreading")
		with self.assertRaisesRegex(WorkflowPermissionError, "taken by another person"):
			act(article, SECOND_EDITOR, "Endorse")

	def test_without_the_tick_one_person_may_take_several_steps(self):
		frappe.db.set_value("Workflow", THREE_REVIEWS, SEPARATE_FIELD, 0)
		forget_workflows()
		article = act(self.article, SECOND_EDITOR, "Pass Proofreading")
		self.assertEqual(act(article, SECOND_EDITOR, "Endorse").workflow_state, "Second Proofreading")

	def test_who_returned_it_takes_the_same_step_again(self):
		article = act(self.article, SECOND_EDITOR, "Return for Correction", "A word is missing")
		article = act(article, EDITOR, "Send for Review")
		self.assertEqual(act(article, SECOND_EDITOR, "Pass Proofreading").workflow_state, "First Review")

	def test_after_a_return_everybody_begins_anew(self):
		article = act(self.article, SECOND_EDITOR, "Pass Proofreading")
		article = act(article, THIRD_EDITOR, "Return for Correction", "A word is missing")
		article = act(article, EDITOR, "Send for Review")
		article = act(article, THIRD_EDITOR, "Pass Proofreading")
		self.assertEqual(act(article, SECOND_EDITOR, "Endorse").workflow_state, "Second Proofreading")

	def test_waits_for_those_who_may_take_the_step_whoever_took_the_last(self):
		article = act(self.article, SECOND_EDITOR, "Pass Proofreading")
		self.assertEqual(get_awaited(article), {THIRD_EDITOR, FOURTH_EDITOR})


class TestMoving(SwitchTestCase):
	def elsewhere(self, workflow: str = THREE_REVIEWS) -> dict:
		frappe.set_user(SYSTEM_MANAGER)
		rows = workflow_api.get_documents_elsewhere(workflow)
		return {(row["workflow"], row["state"]): row for row in rows}

	def move(self, article, workflow: str = THREE_REVIEWS):
		frappe.set_user(SYSTEM_MANAGER)
		return workflow_moves.move(workflow=frappe.get_doc("Workflow", workflow), name=article.name)

	def test_what_is_under_way_is_counted_with_where_it_would_go_on(self):
		before = len(frappe.get_all(REVIEW, filters={"workflow_state": "Division Leader Review"}))
		factories.make_article_in_leader_review()
		activate(THREE_REVIEWS)
		row = self.elsewhere()[(REVIEW, "Division Leader Review")]
		self.assertEqual((row["count"], row["place"]), (before + 1, "First Proofreading"))

	def test_what_is_finished_is_not_under_way(self):
		factories.make_published_article()
		activate(THREE_REVIEWS)
		self.assertNotIn("Published", {state for _workflow, state in self.elsewhere()})

	def test_article_in_review_begins_the_review_anew(self):
		article = factories.make_article_in_leader_review()
		activate(THREE_REVIEWS)
		article = self.move(article)
		self.assertEqual(
			(article.workflow_state, article.governing_workflow), ("First Proofreading", THREE_REVIEWS)
		)
		self.assert_step_refused(article, LEADER, "Approve")
		self.assertEqual(act(article, SECOND_EDITOR, "Pass Proofreading").workflow_state, "First Review")

	def test_move_is_a_line_of_the_history(self):
		article = factories.make_article_in_leader_review()
		activate(THREE_REVIEWS)
		record = self.move(article).approval_records[-1]
		self.assertEqual(
			(record.action, record.user, record.from_state, record.to_state),
			("Move to Another Workflow", SYSTEM_MANAGER, "Division Leader Review", "First Proofreading"),
		)

	def test_those_for_whom_it_waits_now_are_told(self):
		article = factories.make_article_in_leader_review()
		activate(THREE_REVIEWS)
		self.move(article)
		told = frappe.get_all("Notification Log", filters={"document_name": article.name}, pluck="for_user")
		self.assertIn(SECOND_EDITOR, told)

	def test_approved_article_stays_approved_and_sealed(self):
		article = factories.make_approved_article()
		activate(THREE_REVIEWS)
		article = frappe.get_doc(REVIEW, self.move(article).name)
		self.assertEqual((article.stage, article.docstatus, article.reviewer), ("Approved", 1, LEADER))
		self.assertTrue(sealing.is_intact(article))
		self.assertEqual(factories.publish(article).stage, "Published")

	def test_article_in_a_state_that_its_workflow_lost_is_taken_back_into_it(self):
		article = factories.make_article_in_chief_review()
		workflow = frappe.get_doc("Workflow", REVIEW)
		workflow.states = [row for row in workflow.states if row.state != article.workflow_state]
		workflow.transitions = [
			row for row in workflow.transitions if article.workflow_state not in (row.state, row.next_state)
		]
		for state in ("Draft", "Returned for Correction"):
			workflow.append(
				"transitions",
				{
					"state": state,
					"action": "Send for Review",
					"next_state": "Division Leader Review",
					"allowed": "New Media Editor",
					"allow_self_approval": 1,
				},
			)
		frappe.set_user(SYSTEM_MANAGER)
		workflow.save()
		self.assertEqual(
			self.elsewhere(REVIEW)[(REVIEW, article.workflow_state)]["place"], "Division Leader Review"
		)
		article = self.move(article, REVIEW)
		self.assertEqual(act(article, LEADER, "Approve", "Good").stage, "Approved")

	def test_article_that_is_there_is_not_moved_again(self):
		article = factories.make_article_in_leader_review()
		activate(THREE_REVIEWS)
		self.move(article)
		with self.assertRaises(StaleDocumentError):
			self.move(article)

	def test_all_that_is_under_way_moves_few_in_a_request(self):
		articles = [factories.make_article_in_chief_review() for _number in range(3)]
		activate(THREE_REVIEWS)
		moved = 0
		while done := workflow_moves.move_all(workflow=frappe.get_doc("Workflow", THREE_REVIEWS), most=2)[
			"moved"
		]:
			self.assertLessEqual(done, 2)
			moved += done
		self.assertGreaterEqual(moved, 3)
		for article in articles:
			self.assertEqual(frappe.db.get_value(REVIEW, article.name, WORKFLOW_FIELD), THREE_REVIEWS)
		self.assertEqual([row for row in self.elsewhere().values() if row["place"]], [])

	def test_nothing_moves_into_a_workflow_that_is_not_active(self):
		factories.make_article()
		frappe.set_user(SYSTEM_MANAGER)
		with self.assertRaisesRegex(frappe.ValidationError, "active workflow only"):
			workflow_api.move_documents(THREE_REVIEWS)

	def test_step_cannot_be_taken_by_a_move(self):
		article = factories.make_article_in_leader_review()
		form = article.as_dict() | {
			"workflow_state": "Approved",
			"flags": {"workflow_move": {"state": "Approved"}},
		}
		frappe.set_user(LEADER)
		with self.assertRaises((WorkflowPermissionError, SealedRecordError)):
			frappe.get_doc(form).save()


class TestWhoMoves(RestTestCase):
	def test_only_an_administrator_moves_documents(self):
		for user in (EDITOR, CHIEF, LEADER):
			for method in ("get_documents_elsewhere", "move_documents"):
				response = Browser.of(user).call(f"nmedia_app.workflow_api.{method}", workflow=REVIEW)
				self.assertEqual(response.status_code, 403, (user, method))

	def test_nobody_changes_the_workflow_of_a_document_by_its_field(self):
		article = self.committed(factories.make_article())
		response = Browser.of(EDITOR).put(
			f"/api/resource/{REVIEW}/{article.name}", governing_workflow=THREE_REVIEWS
		)
		self.assertGreaterEqual(response.status_code, 400)
		self.assertIn("buttons of its workflow", messages(response))
		self.assertEqual(self.fresh(article).governing_workflow, REVIEW)


class TestArticlesFromBefore(SwitchTestCase):
	def test_documents_that_note_no_workflow_get_the_active_one_once(self):
		article = factories.make_article()
		frappe.db.set_value(REVIEW, article.name, WORKFLOW_FIELD, None, update_modified=False)
		note_governing_workflow.execute()
		self.assertEqual(frappe.db.get_value(REVIEW, article.name, WORKFLOW_FIELD), REVIEW)
		activate(THREE_REVIEWS)
		note_governing_workflow.execute()
		self.assertEqual(frappe.db.get_value(REVIEW, article.name, WORKFLOW_FIELD), REVIEW)
