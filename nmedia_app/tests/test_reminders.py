"""What waits too long is reminded of: once each, and anew when it waits again (Article 7)."""

from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from nmedia_app.services import reminders
from nmedia_app.settings import DOCTYPE as SETTINGS
from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	OTHER_CHIEF,
	OTHER_EDITOR,
	SECOND_EDITOR,
	STRANGER,
)
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, messages

LATER = "2099-06-10 09:30:00"


def in_hours(hours: float):
	return now_datetime() + timedelta(hours=hours)


class ReminderTestCase(NmediaTestCase):
	def setUp(self):
		super().setUp()
		frappe.get_single(SETTINGS).update(
			{"remind_after_hours": 24, "escalate_after_hours": 48, "urge_pause_hours": 4}
		).save()

	def tearDown(self):
		super().tearDown()
		frappe.clear_document_cache(SETTINGS, SETTINGS)

	def remind(self, article, hours: float):
		frappe.set_user("Administrator")
		reminders.remind(doc=frappe.get_doc(article.doctype, article.name), now=in_hours(hours))

	def sent(self, article) -> list[tuple[str, set[str]]]:
		"""Kind and recipients of each reminder of the article."""
		rows = frappe.get_all(
			"Review Reminder",
			filters={"reference_name": article.name},
			fields=["kind", "recipients"],
			order_by="sent_on asc, kind desc",
		)
		return [(row.kind, set(row.recipients.split("\n"))) for row in rows]

	def count_notices(self, article, user: str) -> int:
		return frappe.db.count("Notification Log", {"document_name": article.name, "for_user": user})


class TestReminders(ReminderTestCase):
	def test_who_is_waited_for_is_reminded_once(self):
		article = factories.make_article_in_chief_review()
		self.remind(article, 23.9)
		self.assertEqual(self.sent(article), [])
		before = self.count_notices(article, CHIEF)
		self.remind(article, 24.1)
		self.remind(article, 25)
		self.assertEqual(self.sent(article), [("Reminder", {CHIEF})])
		self.assertEqual(self.count_notices(article, CHIEF), before + 1)

	def test_leaders_are_told_of_a_chief_who_sleeps(self):
		article = factories.make_article_in_chief_review()
		self.remind(article, 24.1)
		self.remind(article, 48.1)
		self.remind(article, 49)
		kinds = dict(self.sent(article))
		self.assertEqual(len(self.sent(article)), 2)
		self.assertIn(LEADER, kinds["Escalation"])
		self.assertNotIn(CHIEF, kinds["Escalation"])

	def test_the_chief_is_told_of_a_leader_who_sleeps(self):
		article = factories.make_article_in_leader_review()
		self.remind(article, 48.1)
		kinds = dict(self.sent(article))
		self.assertIn(LEADER, kinds["Reminder"])
		self.assertEqual(kinds["Escalation"], {CHIEF})

	def test_what_the_scheduler_missed_is_caught_up(self):
		article = factories.make_article_in_chief_review()
		self.remind(article, 24 * 30)
		self.assertEqual({kind for kind, _ in self.sent(article)}, {"Reminder", "Escalation"})

	def test_a_state_entered_again_counts_anew(self):
		article = factories.make_article_in_chief_review()
		self.remind(article, 24.1)
		article = factories.act(article, CHIEF, "Return for Correction", "Wrong date")
		self.remind(article, 24.1)
		article = factories.act(article, EDITOR, "Send for Review")
		self.remind(article, 24.1)
		self.assertEqual(self.sent(article), [("Reminder", {CHIEF})] * 2)

	def test_the_next_state_counts_anew(self):
		article = factories.make_article_in_chief_review()
		self.remind(article, 24.1)
		article = factories.act(article, CHIEF, "Endorse", "Checked")
		self.remind(article, 23)
		self.assertEqual(len(self.sent(article)), 1)

	def test_nobody_is_reminded_of_a_draft_or_of_what_was_returned(self):
		draft = factories.make_article()
		self.remind(draft, 1000)
		returned = factories.act(
			factories.make_article_in_chief_review(), CHIEF, "Return for Correction", "Wrong"
		)
		self.remind(returned, 1000)
		self.assertEqual(self.sent(draft) + self.sent(returned), [])

	def test_editors_are_reminded_of_an_approved_article_whose_time_has_passed(self):
		article = factories.make_approved_article(planned_publish_time=in_hours(2))
		self.remind(article, 25)
		self.assertEqual(self.sent(article), [])
		self.remind(article, 26.1)
		self.assertEqual(self.sent(article), [("Reminder", {EDITOR})])
		self.remind(article, 51)
		self.assertIn(("Escalation", {CHIEF}), self.sent(article))

	def test_nobody_is_reminded_of_what_was_published(self):
		article = factories.make_published_article()
		self.remind(article, 1000)
		self.assertEqual(self.sent(article), [])

	def test_superiors_hear_of_what_nobody_may_decide(self):
		frappe.db.set_value("Media Section", factories.SECTION, "chief", LEADER)
		article = factories.make_article_in_chief_review()
		self.remind(article, 48.1)
		kinds = dict(self.sent(article))
		self.assertEqual(kinds, {"Escalation": {LEADER}})

	def test_the_hourly_job_finds_what_waits(self):
		article = factories.make_article_in_chief_review()
		since = in_hours(-30)
		frappe.db.set_value("Approval Record", article.approval_records[-1].name, "acted_on", since)
		frappe.set_user("Administrator")
		reminders.send_reminders()
		reminders.send_reminders()
		self.assertEqual(self.sent(article), [("Reminder", {CHIEF})])


class TestUrge(ReminderTestCase):
	def urge(self, article, user: str):
		frappe.set_user(user)
		return reminders.urge(doc=frappe.get_doc(article.doctype, article.name))

	def test_an_author_urges_whom_the_article_waits_for(self):
		article = factories.make_article_in_leader_review()
		before = self.count_notices(article, LEADER)
		self.assertIn(LEADER, self.urge(article, EDITOR))
		self.assertEqual(self.count_notices(article, LEADER), before + 1)
		comment = frappe.get_last_doc("Comment", {"reference_name": article.name, "comment_type": "Info"})
		self.assertIn("处长", comment.content)
		self.assertEqual(comment.comment_email, EDITOR)

	def test_a_chief_urges_for_the_own_section(self):
		article = factories.make_article_in_leader_review()
		self.assertIn(LEADER, self.urge(article, CHIEF))
		with self.assertRaises(frappe.PermissionError):
			self.urge(article, OTHER_CHIEF)

	def test_a_pause_is_kept_and_said(self):
		article = factories.make_article_in_chief_review()
		self.urge(article, EDITOR)
		with self.assertRaisesRegex(frappe.ValidationError, "again from"):
			self.urge(article, EDITOR)
		frappe.db.set_value("Review Reminder", {"reference_name": article.name}, "sent_on", in_hours(-4.1))
		self.urge(article, EDITOR)
		self.assertEqual(len(self.sent(article)), 2)

	def test_the_pause_ends_when_others_are_waited_for(self):
		article = factories.make_article_in_chief_review()
		self.urge(article, EDITOR)
		article = factories.act(article, CHIEF, "Endorse", "Checked")
		self.assertIn(LEADER, self.urge(article, EDITOR))

	def test_nobody_urges_where_nobody_else_is_waited_for(self):
		for article, user in (
			(factories.make_article(), EDITOR),
			(factories.make_article_in_chief_review(), CHIEF),
			(factories.make_approved_article(planned_publish_time=LATER), EDITOR),
			(factories.make_published_article(), EDITOR),
		):
			with self.assertRaisesRegex(frappe.ValidationError, "nobody to urge", msg=article.stage):
				self.urge(article, user)

	def test_the_form_offers_it_only_where_it_is_of_use(self):
		article = factories.make_article_in_chief_review()
		for user, offered in ((EDITOR, True), (CHIEF, False), (SECOND_EDITOR, False), (LEADER, False)):
			wait = reminders.describe_wait(article, user)
			self.assertEqual(wait is not None, offered, user)
		self.assertEqual(reminders.describe_wait(article, EDITOR)["names"], "科长")
		self.assertIsNone(reminders.describe_wait(article, EDITOR)["next_urge"])
		self.urge(article, EDITOR)
		self.assertIsNotNone(reminders.describe_wait(article, EDITOR)["next_urge"])


class TestUrgeOverHttp(RestTestCase):
	def tearDown(self):
		frappe.db.rollback()
		frappe.db.delete("Review Reminder")
		super().tearDown()

	def test_only_authors_and_chief_urge_and_only_by_post(self):
		article = self.committed(factories.make_article_in_leader_review())
		target = {"doctype": article.doctype, "name": article.name}
		for user in (OTHER_EDITOR, OTHER_CHIEF, STRANGER, SECOND_EDITOR, OFFICE):
			answer = Browser.of(user).call("nmedia_app.api.urge", **target)
			self.assertEqual(answer.status_code, 403, user)
			seen = Browser.of(user).get("/api/method/nmedia_app.api.get_wait", **target)
			self.assertNotIn("处长", seen.get_data(as_text=True), user)
		path = "/api/method/nmedia_app.api.urge"
		self.assertEqual(Browser.of(EDITOR).get(path, **target).status_code, 403)
		first = Browser.of(EDITOR).call("nmedia_app.api.urge", **target)
		self.assertEqual(first.status_code, 200)
		self.assertIn("处长", first.get_json()["message"])
		second = Browser.of(CHIEF).call("nmedia_app.api.urge", **target)
		self.assertEqual(second.status_code, 417)
		self.assertIn("again from", messages(second))

	def test_other_documents_have_nothing_to_urge(self):
		answer = Browser.of(OFFICE).call(
			"nmedia_app.api.urge", doctype="Media Section", name=factories.SECTION
		)
		self.assertEqual(answer.status_code, 417)
		self.assertIn("no review", messages(answer))

	def test_reminders_are_read_by_the_administrator_alone(self):
		for user in (EDITOR, CHIEF, LEADER, OFFICE):
			for doctype in ("Review Reminder", "Robot Message"):
				self.assertEqual(Browser.of(user).get(f"/api/resource/{doctype}").status_code, 403, user)
		for doctype in ("Review Reminder", "Robot Message"):
			manager = Browser.of(factories.SYSTEM_MANAGER)
			self.assertEqual(manager.get(f"/api/resource/{doctype}").status_code, 200)
			self.assertEqual(manager.post(f"/api/resource/{doctype}", text="x").status_code, 403)
