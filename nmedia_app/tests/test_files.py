"""Files of an article: private, of a known kind, readable by the article's readers and by nobody else."""

import io
import json
import zipfile

import frappe

from nmedia_app.files import UnsafeFileError, attach_file, get_image_sources, read_bytes
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, OTHER_EDITOR
from nmedia_app.tests.unit.word_templates import phone_photo
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase


class TestKinds(NmediaTestCase):
	def test_known_kinds_become_private(self):
		article = factories.make_article()
		for file_name, content in (
			("a.png", factories.image_bytes()),
			("a.jpg", factories.image_bytes("JPEG")),
			("b.jpg", phone_photo()),
			("a.pdf", b"%PDF-1.4 test"),
			("a.docx", b"PK\x03\x04 test"),
			("稿件.txt", "文字".encode()),
		):
			file = attach_file(article, file_name, content, is_private=0)
			self.assertTrue(file.is_private)
			self.assertTrue(file.file_url.startswith("/private/files/"), file.file_url)

	def test_other_kinds_are_refused(self):
		article = factories.make_article()
		for file_name in ("a.svg", "a.html", "a.exe", "a.js", "a", "a.png.svg", "a.SVG"):
			with self.subTest(file_name), self.assertRaises(UnsafeFileError):
				attach_file(article, file_name, b"<svg onload='alert(1)'/>")

	def test_content_must_be_what_the_name_says(self):
		article = factories.make_article()
		for file_name, content in (
			("a.png", b"<html><script>alert(1)</script>"),
			("a.png", factories.image_bytes("JPEG")),
			("a.pdf", b"MZ\x90"),
			("a.docx", b"%PDF-1.4"),
		):
			with self.subTest(file_name), self.assertRaises(UnsafeFileError):
				attach_file(article, file_name, content)

	def test_file_is_found_again_whatever_signs_its_name_has(self):
		article = factories.make_article()
		for file_name in ("a #1?.txt", "100%.txt", "a%20b%23;'.txt", "%2e%2e%2fa.txt"):
			with self.subTest(file_name):
				file = attach_file(article, file_name, file_name.encode())
				self.assertEqual(read_bytes(article, file.file_url), file_name.encode())

	def test_link_elsewhere_is_refused(self):
		article = factories.make_article()
		for url in ("https://example.com/a.png", "/files/a.png"):
			with self.assertRaises(UnsafeFileError):
				frappe.get_doc(
					doctype="File",
					file_name="a.png",
					file_url=url,
					attached_to_doctype=article.doctype,
					attached_to_name=article.name,
				).insert()

	def test_other_documents_files_are_left_alone(self):
		todo = frappe.get_doc(doctype="ToDo", description="x").insert()
		self.assertFalse(attach_file(todo, "a.html", b"<p>hello</p>").is_private)


class TestBytes(NmediaTestCase):
	"""What is sealed, printed, packed and imported is the file as it was uploaded, on every Frappe."""

	def test_file_is_read_as_it_is(self):
		article = factories.make_article()
		for name, content in (("a.png", factories.image_bytes()), ("b.txt", "图片来源".encode("gb18030"))):
			file = attach_file(article, name, content)
			self.assertEqual(frappe.get_doc("File", file.name).get_content(), content, name)
			self.assertEqual(read_bytes(article, file.file_url), content, name)


class TestImagesInTheText(NmediaTestCase):
	def test_inserted_picture_becomes_a_private_file_of_the_article(self):
		article = factories.make_article(content="<p>Look:</p>" + factories.image_html())
		(source,) = get_image_sources(article.content)
		self.assertTrue(source.startswith("/private/files/"))
		file = frappe.get_doc("File", {"file_url": source})
		self.assertEqual((file.attached_to_doctype, file.attached_to_name), ("Article Review", article.name))

	def test_drawing_with_script_is_refused(self):
		frappe.set_user(EDITOR)
		with self.assertRaises(UnsafeFileError):
			factories.new_article(
				content=factories.image_html(b"<svg onload='alert(1)'/>", "image/svg+xml")
			).insert()

	def test_picture_from_elsewhere_is_refused(self):
		frappe.set_user(EDITOR)
		with self.assertRaises(UnsafeFileError):
			factories.new_article(content='<p><img src="https://example.com/a.png"></p>').insert()

	def test_article_without_text_and_attachment_is_refused(self):
		frappe.set_user(EDITOR)
		for content in ("", "<p><br></p>", None):
			with self.assertRaises(frappe.MandatoryError):
				factories.new_article(content=content).insert()

	def test_file_of_an_unsaved_form_follows_the_article(self):
		frappe.set_user(EDITOR)
		unsaved = frappe._dict(doctype="Article Review", name="new-article-review-xyz")
		file = attach_file(unsaved, "draft.pdf", b"%PDF-1.4 draft")
		article = factories.new_article(attachments=[{"file": file.file_url}]).insert()
		self.assertEqual(frappe.db.get_value("File", file.name, "attached_to_name"), article.name)


class TestReadersOverHttp(RestTestCase):
	def make_article_with_file(self):
		article = factories.make_article(
			content="<p>Secret</p>" + factories.image_html(factories.image_bytes(colour="red"))
		)
		self.committed(article)
		return article, get_image_sources(article.content)[0]

	def test_file_is_read_by_the_articles_readers_only(self):
		_article, url = self.make_article_with_file()
		for user, status in ((EDITOR, 200), (CHIEF, 200), (factories.LEADER, 200)):
			self.assertEqual(Browser.of(user).get(url).status_code, status, user)
		for user in (OTHER_EDITOR, factories.STRANGER):
			self.assertEqual(Browser.of(user).get(url).status_code, 403, user)
		self.assertEqual(Browser(None).get(url).status_code, 403)

	def test_knowing_the_address_does_not_open_the_file(self):
		_article, url = self.make_article_with_file()
		browser = Browser.of(OTHER_EDITOR)
		for values in ({}, {"attached_to_doctype": "User", "attached_to_name": OTHER_EDITOR}):
			browser.post("/api/resource/File", file_url=url, file_name="mine.png", is_private=1, **values)
		own = factories.make_article(OTHER_EDITOR)
		self.committed(own)
		path = f"/api/resource/Article Review/{own.name}"
		self.assertGreaterEqual(browser.put(path, content=f'<p>x</p><img src="{url}">').status_code, 400)
		self.assertGreaterEqual(browser.put(path, attachments=[{"file": url}]).status_code, 400)
		self.assertEqual(browser.get(url).status_code, 403)

	def test_packing_does_not_open_the_file(self):
		article, url = self.make_article_with_file()
		name = frappe.db.get_value("File", {"file_url": url, "attached_to_name": article.name})
		content = factories.image_bytes(colour="red")
		for address in ("frappe.core.api.file.zip_files", "frappe.core.doctype.file.file.zip_files"):
			for user in (OTHER_EDITOR, factories.STRANGER):
				browser = Browser.of(user)
				for answer in (
					browser.call(address, files=json.dumps([name])),
					browser.get("/", cmd=address, files=json.dumps([name])),
				):
					self.assertEqual(answer.status_code, 403, (address, user))
		packed = Browser.of(EDITOR).call("frappe.core.api.file.zip_files", files=json.dumps([name]))
		self.assertEqual(packed.status_code, 200)
		with zipfile.ZipFile(io.BytesIO(packed.get_data())) as archive:
			self.assertEqual([archive.read(entry) for entry in archive.namelist()], [content])

	def test_names_of_other_sections_files_are_not_listed(self):
		article, url = self.make_article_with_file()
		listed = Browser.of(OTHER_EDITOR).get(
			"/api/resource/File", fields='["name","file_url","attached_to_name"]', limit_page_length=0
		)
		self.assertNotIn(url, listed.get_data(as_text=True))
		self.assertNotIn(article.name, listed.get_data(as_text=True))
