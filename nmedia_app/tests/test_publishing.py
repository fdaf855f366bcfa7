"""Only what was approved is published, and what is out is held against it."""

import base64
from pathlib import Path

import frappe

from nmedia_app.files import attach_file, get_files
from nmedia_app.regulation.review import APPROVED, DRAFT, PUBLISHED
from nmedia_app.services import publishing
from nmedia_app.tests import factories
from nmedia_app.tests.factories import EDITOR, LEADER, OTHER_EDITOR, SECTION
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, messages
from nmedia_app.workflow import SealedRecordError, StaleDocumentError

TEXT = "<p>校园网将于2026年12月5日凌晨2:00至6:00升级，服务电话88430000。</p>"


class TestPublication(NmediaTestCase):
	"""Article 7: 先审后发; a published article names copywriters, editors, reviewer and time."""

	def test_article_is_published_once_every_account_is_registered(self):
		second = factories.make_account("测试微博", SECTION)
		article = factories.make_approved_article(
			accounts=[{"account": factories.make_account("测试号", SECTION).name}, {"account": second.name}]
		)
		frappe.set_user(EDITOR)
		article = factories.register(article)
		self.assertEqual(article.stage, APPROVED)
		article = factories.register(article, account=second.name)
		self.assertEqual(article.stage, PUBLISHED)
		self.assertEqual([row.text_matches for row in article.publications], [1, 1])
		self.assertEqual([row.byline_matches for row in article.publications], [1, 1])

	def test_step_without_registration_is_refused(self):
		with self.assertRaisesRegex(frappe.ValidationError, "register first"):
			factories.act(factories.make_approved_article(), EDITOR, "Mark as Published")

	def test_article_that_is_not_approved_is_not_registered(self):
		for article in (factories.make_article(), factories.make_article_in_leader_review()):
			with self.subTest(article.stage), self.assertRaises(frappe.PermissionError):
				frappe.set_user(EDITOR)
				factories.register(article)

	def test_one_changed_digit_is_found(self):
		article = factories.make_approved_article(content=TEXT)
		copy = factories.published_text(article).replace("88430000", "88430001")
		frappe.set_user(EDITOR)
		with self.assertRaisesRegex(frappe.ValidationError, "not what was approved"):
			factories.register(article, copy_text=copy)
		article = factories.register(article, copy_text=copy, explanation="电话有变")
		row = article.publications[0]
		self.assertEqual((row.text_matches, row.byline_matches, row.explanation), (0, 1, "电话有变"))
		self.assertIn("Differs", row.findings)

	def test_missing_byline_is_found(self):
		article = factories.make_approved_article(content=TEXT)
		frappe.set_user(EDITOR)
		with self.assertRaisesRegex(frappe.ValidationError, "not what was approved"):
			factories.register(article, copy_text=publishing.get_approved_text(article))
		article = factories.register(
			article, copy_text=publishing.get_approved_text(article), explanation="平台限制字数"
		)
		self.assertEqual(
			(article.publications[0].text_matches, article.publications[0].byline_matches), (1, 0)
		)

	def test_sentence_added_at_the_end_is_found(self):
		article = factories.make_approved_article(content=TEXT)
		findings = self.examine(article, factories.published_text(article) + "\n转发有奖。")
		self.assertFalse(findings.comparison.is_same)

	def test_line_breaks_and_spaces_are_no_difference(self):
		article = factories.make_approved_article(content=TEXT)
		findings = self.examine(article, factories.published_text(article).replace("升级", "\n 升 级 "))
		self.assertTrue(findings.in_order)

	def examine(self, article, text):
		copy = publishing.read_copy(text)
		return publishing.examine(article, article.accounts[0].account, frappe.utils.now(), copy)

	def test_copy_may_be_a_page_as_file(self):
		article = factories.make_approved_article(content=TEXT)
		lines = "".join(f"<p>{line}</p>" for line in factories.published_text(article).splitlines())
		page = f"<html><body><nav>首页 登录</nav><div id='js_content'>{lines}</div></body></html>"
		frappe.set_user(EDITOR)
		article = factories.register(
			article,
			copy_text="",
			file_name="page.html",
			file_content=base64.b64encode(page.encode()).decode(),
		)
		row = article.publications[0]
		self.assertEqual((article.stage, row.text_matches), (PUBLISHED, 1))
		file = frappe.get_doc("File", {"file_url": row.copy_file})
		self.assertEqual((file.is_private, file.attached_to_name), (1, article.name))

	def test_unreadable_copy_says_what_may_be_given(self):
		article = factories.make_approved_article()
		frappe.set_user(EDITOR)
		for name, content in (
			("page.exe", b"MZ"),
			("page.pdf", b"no pdf at all"),
			("page.html", b"<p> </p>"),
		):
			with self.subTest(name), self.assertRaisesRegex(frappe.ValidationError, "paste the text"):
				given = base64.b64encode(content).decode()
				factories.register(article, copy_text="", file_name=name, file_content=given)
		self.assertFalse(frappe.get_doc(article.doctype, article.name).publications)

	def test_attached_content_is_compared(self):
		content = factories.word_file("校园网升级通知", "升级于周六凌晨进行。")
		article = factories.make_approved_article_with_attachment("通知.docx", content, content="")
		self.assertIn("周六凌晨", publishing.get_approved_text(article))
		changed = factories.published_text(article).replace("周六", "周日")
		self.assertFalse(self.examine(article, changed).comparison.is_same)

	def test_published_before_it_was_approved_is_refused(self):
		article = factories.make_approved_article()
		frappe.set_user(EDITOR)
		with self.assertRaisesRegex(frappe.ValidationError, "before it was approved"):
			factories.register(article, published_on="2020-06-10 09:00:00")

	def test_account_that_was_not_approved_is_refused(self):
		article = factories.make_approved_article()
		other = factories.make_account("测试微博", SECTION)
		frappe.set_user(EDITOR)
		with self.assertRaisesRegex(frappe.ValidationError, "not approved for"):
			factories.register(article, account=other.name)

	def test_account_may_be_left_out_with_a_reason(self):
		second = factories.make_account("测试微博", SECTION)
		first = factories.make_account("测试号", SECTION)
		article = factories.make_approved_article(
			accounts=[{"account": first.name}, {"account": second.name}]
		)
		frappe.set_user(EDITOR)
		article = factories.register(article)
		with self.assertRaisesRegex(frappe.ValidationError, "why"):
			factories.register(article, account=second.name, dropped=1)
		article = factories.register(article, account=second.name, dropped=1, explanation="微博停更")
		self.assertEqual((article.stage, article.publications[1].dropped), (PUBLISHED, 1))

	def test_article_published_nowhere_is_not_published(self):
		article = factories.make_approved_article()
		frappe.set_user(EDITOR)
		with self.assertRaisesRegex(frappe.ValidationError, "nowhere"):
			factories.register(article, dropped=1, explanation="不发了")

	def test_registered_publications_cannot_be_changed(self):
		article = factories.make_published_article()
		frappe.set_user(EDITOR)
		for change in (
			lambda doc: doc.publications[0].set("address", "https://elsewhere.example"),
			lambda doc: doc.publications[0].set("text_matches", 0),
			lambda doc: doc.set("publications", []),
			lambda doc: doc.append("publications", {"account": doc.accounts[0].account}),
			lambda doc: doc.set("published_on", "2020-06-10 09:00:00"),
		):
			doc = frappe.get_doc(article.doctype, article.name)
			change(doc)
			self.assertRaises(SealedRecordError, doc.save)

	def test_form_that_is_out_of_date_is_refused(self):
		article = factories.make_approved_article()
		frappe.set_user(EDITOR)
		with self.assertRaises(StaleDocumentError):
			factories.register(article, modified="2020-06-10 09:00:00")


class TestByline(NmediaTestCase):
	"""Article 7: 发布的文章必须标明文案人员、编辑人员、审查人、发布时间."""

	def test_byline_names_everybody_and_the_time(self):
		article = factories.make_approved_article()
		text = publishing.get_byline(article, "2026-06-10 09:30:00")
		self.assertEqual(
			text, "文案：学生作者　编辑：Editor O'Hara　审查人：处长　发布时间：2026年6月10日 09:30"
		)

	def test_administrator_may_reword_it(self):
		settings = frappe.get_doc("New Media Settings")
		settings.byline = "撰文/{copywriters} 编校/{editors} 审核/{reviewer} {published_on}"
		settings.save()
		self.addCleanup(frappe.clear_document_cache, settings.doctype, settings.name)
		text = publishing.get_byline(factories.make_approved_article(), "2026-06-10 09:30:00")
		editor = frappe.utils.get_fullname(EDITOR)
		self.assertEqual(text, f"撰文/学生作者 编校/{editor} 审核/处长 2026年6月10日 09:30")


class TestRevision(NmediaTestCase):
	"""Article 7: a published article that is changed is reviewed again."""

	def test_difference_that_is_not_explained_reopens_the_review(self):
		article = factories.make_approved_article(content=TEXT)
		frappe.set_user(EDITOR)
		copy = factories.published_text(article).replace("凌晨", "上午")
		article = factories.register(article, copy_text=copy, review_again=1)
		revision = frappe.get_doc(article.doctype, article.publications[0].revision)
		self.assertEqual((revision.revision_of, revision.stage), (article.name, DRAFT))
		self.assertFalse(revision.approval_records or revision.publications or revision.seal)
		self.assertFalse(revision.opinion or revision.reviewer or revision.custody_number)

	def test_reviewer_sees_what_changed(self):
		from nmedia_app import api

		article = factories.make_published_article(content=TEXT)
		frappe.set_user(EDITOR)
		revision = frappe.get_doc(article.doctype, api.start_revision(article.name))
		revision.content = TEXT.replace("6:00", "7:00")
		revision.save()
		revision = factories.act(revision, EDITOR, "Send for Review")
		revision = factories.act(revision, factories.CHIEF, "Endorse")
		frappe.set_user(LEADER)
		pieces = api.get_article_notes(revision.name)["changes"]
		changed = [(kind, text) for kind, text in pieces if kind != "same"]
		self.assertEqual([kind for kind, _text in changed], ["missing", "added"])
		self.assertIn("6", changed[0][1])
		self.assertIn("7", changed[1][1])

	def test_reviewer_sees_changed_names_accounts_and_sources(self):
		from nmedia_app import api

		article = factories.make_published_article()
		frappe.set_user(EDITOR)
		revision = frappe.get_doc(article.doctype, api.start_revision(article.name))
		self.assertEqual(api.get_article_notes(revision.name)["other_changes"], [])
		second = factories.make_account("测试微博", SECTION)
		revision.update({"image_source": "Archive", "copywriters": [{"full_name": "另一作者"}]})
		revision.append("accounts", {"account": second.name})
		revision.save()
		changes = api.get_article_notes(revision.name)["other_changes"]
		found = {change["label"]: (change["before"], change["after"]) for change in changes}
		self.assertEqual(set(found), {"Source of Images", "Copywriters", "Media to Publish On"})
		self.assertEqual(found["Copywriters"], ("学生作者", "另一作者"))
		self.assertEqual(found["Source of Images"], ("Photograph by the section", "Archive"))
		self.assertIn(second.name, found["Media to Publish On"][1])

	def test_reviewer_sees_other_pictures_and_attachments(self):
		from nmedia_app import api

		picture = factories.image_html(factories.image_bytes(colour="red"))
		article = factories.publish(
			factories.make_approved_article_with_attachment(
				"plan.docx", factories.word_file("甲"), content=picture
			)
		)
		frappe.set_user(EDITOR)
		revision = frappe.get_doc(article.doctype, api.start_revision(article.name))
		self.assertEqual(api.get_article_notes(revision.name)["other_changes"], [])
		revision.content = factories.image_html(factories.image_bytes(colour="green"))
		revision.attachments[0].file = attach_file(revision, "plan.docx", factories.word_file("乙")).file_url
		revision.save()
		changes = api.get_article_notes(revision.name)["other_changes"]
		self.assertEqual(
			sorted((change["label"], bool(change["before"]), bool(change["after"])) for change in changes),
			[
				("Attachment", False, True),
				("Attachment", True, False),
				("Picture", False, True),
				("Picture", True, False),
			],
		)

	def test_reviewer_sees_other_bytes_under_the_same_name(self):
		from nmedia_app import api

		article = factories.publish(
			factories.make_approved_article_with_attachment("hours.docx", factories.word_file("甲"))
		)
		frappe.set_user(EDITOR)
		revision = frappe.get_doc(article.doctype, api.start_revision(article.name))
		(file,) = get_files(revision.attachments[0].file)[:1]
		path, sealed = Path(file.get_full_path()), Path(file.get_full_path()).read_bytes()
		self.addCleanup(path.write_bytes, sealed)
		path.write_bytes(factories.word_file("乙"))
		(change,) = api.get_article_notes(revision.name)["other_changes"]
		name = revision.attachments[0].file.rpartition("/")[2]
		self.assertEqual(change, {"label": "Attachment", "before": name, "after": f"{name} (other content)"})

	def test_published_revision_takes_the_place_of_the_earlier_record(self):
		from nmedia_app import api

		article = factories.make_published_article()
		frappe.set_user(EDITOR)
		revision = frappe.get_doc(article.doctype, api.start_revision(article.name))
		self.assertEqual(api.start_revision(article.name), revision.name)
		for user, action in ((EDITOR, "Send for Review"), (factories.CHIEF, "Endorse"), (LEADER, "Approve")):
			revision = factories.act(revision, user, action)
		revision = factories.publish(revision)
		article.reload()
		self.assertEqual((article.superseded_by, article.stage), (revision.name, PUBLISHED))

	def test_draft_is_not_revised(self):
		from nmedia_app import api

		article = factories.make_article()
		self.assertRaises(frappe.ValidationError, api.start_revision, article.name)


class TestWithdrawal(NmediaTestCase):
	"""Articles 7 and 9: the leader withdraws with a reason; the record stays."""

	def test_leader_withdraws_with_a_reason(self):
		for make in (factories.make_approved_article, factories.make_published_article):
			article = make()
			with self.subTest(article.stage):
				self.assertRaises(frappe.ValidationError, factories.act, article, LEADER, "Withdraw")
				article = factories.act(article, LEADER, "Withdraw", "内容有误")
				self.assertEqual((article.stage, article.docstatus), ("Withdrawn", 1))
				self.assertEqual(article.approval_records[-1].opinion, "内容有误")

	def test_nobody_else_withdraws(self):
		for user in (EDITOR, factories.CHIEF, factories.OFFICE):
			article = factories.make_published_article()
			with self.subTest(user), self.assertRaises(frappe.ValidationError):
				factories.act(article, user, "Withdraw", "内容有误")

	def test_withdrawn_article_is_not_published(self):
		article = factories.act(factories.make_approved_article(), LEADER, "Withdraw", "内容有误")
		frappe.set_user(EDITOR)
		with self.assertRaises(frappe.PermissionError):
			factories.register(article)


class TestPublishingOverRest(RestTestCase):
	"""Article 7, tried from outside: only the article's own section registers what it publishes."""

	def register(self, article, user):
		return Browser.of(user).call(
			"nmedia_app.api.register_publication",
			name=article.name,
			modified=str(article.modified),
			account=article.accounts[0].account,
			published_on=frappe.utils.now(),
			address="https://mp.example/s/1",
			copy_text=factories.published_text(article),
		)

	def test_others_do_not_register(self):
		article = self.committed(factories.make_approved_article())
		for user in (OTHER_EDITOR, factories.OFFICE, factories.STRANGER):
			with self.subTest(user):
				self.assertEqual(self.register(article, user).status_code, 403)
		self.assertFalse(self.fresh(article).publications)

	def test_publications_sent_with_the_form_are_refused(self):
		article = self.committed(factories.make_approved_article())
		row = {"account": article.accounts[0].account, "text_matches": 1, "byline_matches": 1}
		response = Browser.of(EDITOR).put(
			f"/api/resource/Article Review/{article.name}", publications=[row], modified=str(article.modified)
		)
		self.assertEqual(response.status_code, 403, messages(response))
		self.assertFalse(self.fresh(article).publications)
