"""Notices: to the people concerned, not to all with the role; never in the way of a step (Article 7)."""

import frappe

from nmedia_app import roles
from nmedia_app.selectors.recipients import get_authors, get_awaited, get_superiors
from nmedia_app.services import notices
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
)
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase
from nmedia_app.workflow import get_active_workflow

SECOND_LEADER = "second.leader@test.nmedia.example"


class NoticeTestCase(NmediaTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		factories.make_user(SECOND_LEADER, "副处长", roles.DIVISION_LEADER)

	def setUp(self):
		super().setUp()
		frappe.db.delete("Notification Log")

	def tearDown(self):
		super().tearDown()
		frappe.clear_document_cache(SETTINGS, SETTINGS)

	def notices(self, article, **filters) -> dict[str, str]:
		"""What each user was told of the article."""
		rows = frappe.get_all(
			"Notification Log",
			filters={"document_name": article.name, "document_type": article.doctype, **filters},
			fields=["for_user", "subject", "type"],
			order_by="creation asc",
		)
		self.assertLessEqual({row.type for row in rows}, {"Alert"})
		return {row.for_user: row.subject for row in rows}

	def forget(self):
		frappe.db.delete("Notification Log")


class TestWhoIsConcerned(NoticeTestCase):
	def test_a_chief_is_awaited_for_the_own_section_alone(self):
		article = factories.make_article_in_chief_review()
		self.assertEqual(get_awaited(article), {CHIEF})
		other = factories.act(factories.make_article(OTHER_EDITOR), OTHER_EDITOR, "Send for Review")
		self.assertEqual(get_awaited(other), {OTHER_CHIEF})

	def test_an_author_is_not_awaited_as_reviewer(self):
		article = factories.make_article_in_leader_review(copywriters=[{"user": LEADER}])
		self.assertNotIn(LEADER, get_awaited(article))
		self.assertIn(SECOND_LEADER, get_awaited(article))

	def test_a_disabled_user_is_not_awaited(self):
		article = factories.make_article_in_leader_review()
		self.assertLessEqual({LEADER, SECOND_LEADER}, get_awaited(article))
		frappe.set_user("Administrator")
		frappe.db.set_value("User", SECOND_LEADER, "enabled", 0)
		self.assertNotIn(SECOND_LEADER, get_awaited(article))

	def test_who_can_only_return_or_withdraw_is_not_awaited(self):
		frappe.set_user("Administrator")
		workflow = get_active_workflow("Article Review")
		workflow = frappe.get_doc("Workflow", workflow.name)
		row = next(row for row in workflow.transitions if row.action == "Return for Correction")
		workflow.append(
			"transitions", {**row.as_dict(), "name": None, "idx": None, "allowed": roles.GENERAL_OFFICE}
		)
		workflow.save()
		self.assertEqual(get_awaited(factories.make_article_in_chief_review()), {CHIEF})

	def test_an_approved_article_waits_for_its_own_authors(self):
		self.assertEqual(get_awaited(factories.make_approved_article()), {EDITOR})

	def test_authors_are_owner_contributors_and_who_sent_it(self):
		article = factories.make_article(copywriters=[{"user": OTHER_CHIEF}])
		article = factories.act(article, SECOND_EDITOR, "Send for Review")
		# the copywriter of another section may not see it and hears nothing
		self.assertEqual(get_authors(article), {EDITOR, SECOND_EDITOR})

	def test_superior_is_the_chief_and_the_leaders_where_the_chief_sleeps(self):
		article = factories.make_article_in_chief_review()
		self.assertLessEqual({LEADER, SECOND_LEADER}, get_superiors(article, {CHIEF}))
		self.assertNotIn(CHIEF, get_superiors(article, {CHIEF}))
		self.assertEqual(get_superiors(article, {LEADER}), {CHIEF})


class TestNoticeOfAStep(NoticeTestCase):
	def test_each_step_tells_those_it_concerns(self):
		article = factories.make_article()
		self.assertEqual(self.notices(article), {})
		article = factories.act(article, EDITOR, "Send for Review")
		self.assertEqual(set(self.notices(article)), {CHIEF})
		self.forget()
		article = factories.act(article, CHIEF, "Endorse", "Checked")
		told = self.notices(article)
		self.assertLessEqual({LEADER, SECOND_LEADER}, set(told))
		self.assertTrue({EDITOR, CHIEF, OFFICE}.isdisjoint(told))
		self.forget()
		article = factories.act(article, LEADER, "Approve", "Good")
		self.assertEqual(set(self.notices(article)), {EDITOR})
		self.forget()
		article = factories.publish(article)
		self.assertEqual(self.notices(article), {})

	def test_a_return_reaches_the_authors_with_its_reason(self):
		article = factories.make_article_in_chief_review()
		self.forget()
		article = factories.act(article, CHIEF, "Return for Correction", "The date\nis wrong & late")
		self.assertEqual(set(self.notices(article)), {EDITOR})
		content = frappe.db.get_value("Notification Log", {"document_name": article.name}, "email_content")
		self.assertIn("The date<br>is wrong &amp; late", content)

	def test_nobody_hears_of_what_they_did_themselves(self):
		article = factories.make_article()
		frappe.set_user(CHIEF)
		notices.notify(users=[CHIEF, OFFICE], subject="Look", doc=article)
		self.assertEqual(self.notices(article), {OFFICE: "Look"})

	def test_words_are_in_the_language_of_the_reader(self):
		frappe.db.set_value("User", CHIEF, "language", "zh")
		frappe.clear_cache(user=CHIEF)
		article = factories.make_article_in_chief_review(title="暑期安排")
		self.assertEqual(
			self.notices(article)[CHIEF],
			frappe.utils.escape_html("《暑期安排》等您审核（测试科室 O'Brien，拟发布 2026-06-10 09:30）"),
		)

	def test_a_title_is_text_in_the_desk(self):
		article = factories.make_article_in_chief_review(title='1 & 2 "quoted"')
		self.assertIn("1 &amp; 2", self.notices(article)[CHIEF])
		notices.notify(users=[CHIEF], subject="<img src=x onerror=alert(1)>", doc=article)
		subjects = frappe.get_all("Notification Log", filters={"for_user": CHIEF}, pluck="subject")
		self.assertFalse([subject for subject in subjects if "<img" in subject])

	def test_a_title_that_the_platform_escaped_is_escaped_once(self):
		article = factories.make_article_in_chief_review(title="<script>x</script> 5 < 6 & 7")
		self.assertIn("&lt;script&gt;", article.title)  # as the platform stores it
		subject = self.notices(article)[CHIEF]
		self.assertIn("&lt;script&gt;x&lt;/script&gt; 5 &lt; 6 &amp; 7", subject)
		self.assertNotIn("&amp;lt;", subject)

	def test_a_notice_that_fails_does_not_fail_the_step(self):
		article = factories.make_article_in_chief_review()
		article.update({"stage": "Returned", "approval_records": []})
		frappe.set_user("Administrator")
		before = frappe.db.count("Error Log")
		notices.announce_step(doc=article)
		self.assertEqual(frappe.db.count("Error Log"), before + 1)
		self.assertEqual(frappe.local.message_log, [])


def make_mail_account() -> str:
	return (
		frappe.get_doc(
			doctype="Email Account",
			email_account_name="Notices",
			email_id="notices@test.nmedia.example",
			smtp_server="127.0.0.1",
			enable_outgoing=1,
			default_outgoing=1,
			awaiting_password=1,
		)
		.insert(ignore_permissions=True)
		.name
	)


class TestNoticeByMail(NoticeTestCase):
	def setUp(self):
		super().setUp()
		frappe.db.delete("Email Queue")
		frappe.db.delete("Email Account", {"enable_outgoing": 1})
		# the platform's test runner names a mail server of its own
		self.mail_server = frappe.conf.pop("mail_server", None)

	def tearDown(self):
		if self.mail_server:
			frappe.conf.mail_server = self.mail_server
		super().tearDown()

	def mails(self, article) -> list[str]:
		queued = frappe.get_all(
			"Email Queue",
			filters={"reference_doctype": article.doctype, "reference_name": article.name},
			pluck="name",
		)
		filters = {"parent": ["in", queued or [""]]}
		return frappe.get_all("Email Queue Recipient", filters=filters, pluck="recipient")

	def test_no_mail_without_an_account(self):
		self.assertEqual(self.mails(factories.make_article_in_chief_review()), [])

	def test_mail_is_queued_where_there_is_an_account(self):
		make_mail_account()
		article = factories.make_article_in_chief_review(title="暑期 & <安排>")
		self.assertEqual(self.mails(article), [CHIEF])
		mail = frappe.get_doc("Email Queue", {"reference_name": article.name})
		self.assertEqual(mail.status, "Not Sent")

	def test_no_mail_where_settings_or_the_user_say_so(self):
		make_mail_account()
		frappe.db.set_value("Notification Settings", CHIEF, "enable_email_notifications", 0)
		self.assertEqual(self.mails(factories.make_article_in_chief_review()), [])
		frappe.db.set_value("Notification Settings", CHIEF, "enable_email_notifications", 1)
		frappe.set_user("Administrator")
		frappe.get_single(SETTINGS).update({"send_mail": 0}).save()
		self.assertEqual(self.mails(factories.make_article_in_chief_review()), [])


class TestNotify(NoticeTestCase):
	def test_plain_words_reach_just_those_named(self):
		article = factories.make_article()
		frappe.set_user("Administrator")
		notices.notify(users=[OFFICE, OFFICE], subject="Seal broken", message="Look", doc=article)
		self.assertEqual(self.notices(article), {OFFICE: "Seal broken"})

	def test_words_that_cannot_be_made_for_one_reach_the_others(self):
		def subject() -> str:
			if frappe.local.lang == "zh":
				raise ValueError("no words")
			return "Look"

		article = factories.make_article()
		frappe.db.set_value("User", OFFICE, "language", "zh")
		notices.notify(users=[OFFICE, CHIEF], subject=subject, doc=article)
		self.assertEqual(self.notices(article), {CHIEF: "Look"})
		self.assertEqual(frappe.local.lang, "en")

	def test_nobody_named_is_nobody_told(self):
		article = factories.make_article()
		notices.notify(users=[], subject="Seal broken", doc=article)
		self.assertEqual(self.notices(article), {})


class TestBell(RestTestCase):
	def test_the_browser_is_not_told_to_keep_what_was_there_before(self):
		bell = "frappe.desk.doctype.notification_log.notification_log.get_notification_logs"
		answer = Browser.of(CHIEF).get(f"/api/method/{bell}", limit=1)
		self.assertIn("notification_logs", answer.get_json()["message"])
		self.assertNotIn("stale-while-revalidate", answer.headers.get("Cache-Control", ""))
