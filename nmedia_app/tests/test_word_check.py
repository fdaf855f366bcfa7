"""Word lists that an administrator maintains, held against every article."""

import frappe

from nmedia_app import api
from nmedia_app.files import attach_file
from nmedia_app.services.word_check import StoppedByWordListError, find_hits
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OFFICE
from nmedia_app.tests.utils import NmediaTestCase


class TestWordLists(NmediaTestCase):
	"""Article 11: 涉密信息不得发布. A list warns the reviewer, or stops the article."""

	def setUp(self):
		super().setUp()
		# the demo's lists are not these tests'
		frappe.db.set_value("Sensitive Word List", {"enabled": 1}, "enabled", 0)

	def make_list(self, action: str, words: str, **values):
		frappe.set_user(OFFICE)
		fields = {"list_name": f"测试词表{action}", "action": action, "words": words, "enabled": 1}
		return frappe.get_doc({"doctype": "Sensitive Word List", **fields, **values}).insert()

	def test_warning_marks_the_hit_for_the_reviewer_and_lets_pass(self):
		self.make_list("Warn", "# 慎用\n国家级\n最佳\n")
		article = factories.make_article_in_leader_review(content="<p>本校获评国-家 級称号。</p>")
		frappe.set_user(LEADER)
		(hit,) = api.get_article_notes(article.name)["word_hits"]
		self.assertEqual((hit["word"], hit["list"], hit["stops"]), ("国-家 級", "测试词表Warn", False))
		self.assertTrue(hit["before"].endswith("获评"))
		self.assertEqual(factories.act(article, LEADER, "Approve").stage, "Approved")

	def test_stop_refuses_sending_and_says_where(self):
		self.make_list("Stop", "绝密")
		article = factories.make_article(content="<p>内部资料，絕\u200b密，勿外传。</p>")
		with self.assertRaisesRegex(StoppedByWordListError, "勿外传"):
			factories.act(article, EDITOR, "Send for Review")

	def test_stop_made_during_review_refuses_endorsing(self):
		article = factories.make_article_in_chief_review(content="<p>绝密资料</p>")
		self.make_list("Stop", "绝密")
		self.assertRaises(StoppedByWordListError, factories.act, article, CHIEF, "Endorse")
		self.assertEqual(factories.act(article, CHIEF, "Return for Correction", "请删去").stage, "Returned")

	def test_title_source_and_attachments_are_looked_through(self):
		self.make_list("Warn", "绝密")
		article = factories.make_article(title="绝密通知", image_source="绝密网", content="<p>正文</p>")
		file = attach_file(article, "说明.docx", factories.word_file("绝密附件"))
		article.append("attachments", {"file": file.file_url})
		article.save()
		self.assertEqual(len({hit["part"] for hit in find_hits(article)}), 3)

	def test_disabled_list_finds_nothing(self):
		word_list = self.make_list("Stop", "绝密")
		article = factories.make_article(content="<p>绝密资料</p>")
		self.assertTrue(find_hits(article))
		frappe.set_user(OFFICE)
		word_list.enabled = 0
		word_list.save()
		self.assertFalse(find_hits(article))

	def test_list_without_words_is_refused(self):
		with self.assertRaisesRegex(frappe.ValidationError, "at least one word"):
			self.make_list("Warn", "# nothing yet\n\n")

	def test_editors_do_not_see_the_lists(self):
		self.make_list("Warn", "绝密")
		frappe.set_user(EDITOR)
		self.assertRaises(frappe.PermissionError, frappe.get_list, "Sensitive Word List")


class TestDeclaration(NmediaTestCase):
	"""Articles 7 and 11: author and reviewers each confirm that the content is true, sound and not secret."""

	def act_undeclared(self, article, user, action):
		from nmedia_app.workflow import apply_workflow

		frappe.set_user(user)
		apply_workflow(frappe.get_doc(article.doctype, article.name).as_dict(), action)

	def test_author_and_reviewers_must_declare(self):
		from nmedia_app.workflow import DeclarationRequiredError

		for make, user, action in (
			(factories.make_article, EDITOR, "Send for Review"),
			(factories.make_article_in_chief_review, CHIEF, "Endorse"),
			(factories.make_article_in_leader_review, LEADER, "Approve"),
		):
			with self.subTest(action):
				self.assertRaises(DeclarationRequiredError, self.act_undeclared, make(), user, action)

	def test_declaration_is_kept_in_the_words_that_were_confirmed(self):
		article = factories.make_approved_article()
		words = frappe.db.get_single_value("New Media Settings", "declaration")
		self.assertEqual([row.declaration for row in article.approval_records], [words] * 3)

	def test_return_asks_for_none(self):
		article = factories.make_article_in_chief_review()
		article = factories.act(article, CHIEF, "Return for Correction", "请补充")
		self.assertFalse(article.approval_records[-1].declaration)
