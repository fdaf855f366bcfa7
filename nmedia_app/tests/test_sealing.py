"""The seal: what was approved can be told from what is there now."""

from pathlib import Path

import frappe

from nmedia_app import api
from nmedia_app.services import sealing
from nmedia_app.tests import factories
from nmedia_app.tests.factories import EDITOR, OFFICE
from nmedia_app.tests.utils import NmediaTestCase


class TestSeal(NmediaTestCase):
	"""Article 7: an approval binds title, content, pictures, attachments, sources, names and accounts."""

	def make_sealed(self):
		content = factories.word_file("附件", "附件的正文。")
		return factories.make_approved_article_with_attachment(
			"说明.docx", content, content=f"<p>正文</p>{factories.image_html()}"
		)

	def test_approval_seals(self):
		article = factories.make_approved_article()
		self.assertEqual((len(article.seal), article.seal_status), (64, "Intact"))
		self.assertEqual(len(article.verification_code), 12)
		self.assertEqual(sealing.check(article), [])

	def test_nothing_is_sealed_before_approval(self):
		for article in (factories.make_article(), factories.make_article_in_leader_review()):
			self.assertFalse(article.seal or article.verification_code)

	def test_publishing_leaves_the_seal_intact(self):
		article = factories.make_published_article()
		self.assertEqual(sealing.find_problem(article), "")

	def test_any_part_changed_in_the_database_is_found(self):
		article = self.make_sealed()
		for table, values, kind in (
			("Article Review", {"title": "另一标题"}, "title"),
			("Article Review", {"content": article.content.replace("正文", "正 文")}, "content"),
			("Article Review", {"image_source": "别处"}, "image_source"),
			("Article Review", {"reviewer": factories.CHIEF}, "approval"),
			("Article Review", {"opinion": "另一意见"}, "approval"),
			("Article Contributor", {"full_name": "另一作者"}, "copywriter"),
			(
				"Article Review Account",
				{"account": factories.make_account("另一号", factories.SECTION).name},
				"account",
			),
			("Article Attachment", {"note": "另一说明"}, "attachment"),
		):
			with self.subTest(kind):
				frappe.db.savepoint("intact")
				where = {"name": article.name} if table == "Article Review" else {"parent": article.name}
				frappe.db.set_value(table, where, values, update_modified=False)
				frappe.clear_document_cache(article.doctype, article.name)
				changes = sealing.check(frappe.get_doc(article.doctype, article.name))
				self.assertIn(kind, {change.kind for change in changes})
				frappe.db.rollback(save_point="intact")

	def test_file_changed_on_disk_is_found(self):
		article = self.make_sealed()
		for kind, url in (
			("attachment", article.attachments[0].file),
			("image", article.content.split('src="')[1].split('"')[0].split("?")[0]),
		):
			with self.subTest(kind):
				path = Path(frappe.get_doc("File", {"file_url": url}).get_full_path())
				before = path.read_bytes()
				self.addCleanup(path.write_bytes, before)
				path.write_bytes(before + b"\0")
				self.assertEqual([change.kind for change in sealing.check(article)], [kind])
				path.write_bytes(before)

	def test_digest_changed_with_the_content_is_found_by_the_chain(self):
		article = factories.make_published_article()
		frappe.db.set_value("Article Review", article.name, "title", "另一标题", update_modified=False)
		sealing.seal(frappe.get_doc("Article Review", article.name))
		article.reload()
		self.assertEqual(sealing.check(article), [])
		self.assertFalse(sealing.is_intact(article))

	def test_nightly_check_marks_what_is_broken_and_tells_the_office(self):
		article = factories.make_approved_article()
		frappe.db.set_value("Article Review", article.name, "title", "另一标题", update_modified=False)
		self.assertIn(article.name, sealing.check_all_seals())
		article.reload()
		self.assertEqual(article.seal_status, "Broken")
		self.assertTrue(article.seal_problem)
		self.assertTrue(
			frappe.db.exists("Notification Log", {"for_user": OFFICE, "document_name": article.name})
		)

	def test_nightly_check_finds_nothing_in_order(self):
		article = factories.make_published_article()
		self.assertNotIn(article.name, sealing.check_all_seals())
		article.reload()
		self.assertEqual(article.seal_status, "Intact")
		self.assertTrue(article.seal_checked_on)

	def test_approval_without_seal_is_found(self):
		article = factories.make_approved_article()
		frappe.db.set_value("Article Review", article.name, "seal", "", update_modified=False)
		self.assertIn(article.name, sealing.check_all_seals())

	def test_reader_checks_the_seal(self):
		article = factories.make_approved_article()
		frappe.set_user(EDITOR)
		self.assertEqual(api.verify_seal(article.name), {"intact": True, "problem": ""})

	def test_stranger_does_not(self):
		article = factories.make_approved_article()
		frappe.set_user(factories.STRANGER)
		self.assertRaises(frappe.PermissionError, api.verify_seal, article.name)
