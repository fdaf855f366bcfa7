"""Article 7: what was reviewed is what was sent, its images and attachments included."""

import base64
import json

import frappe
from frappe.model.document import Document
from werkzeug.test import TestResponse

from nmedia_app.files import get_image_sources, is_plain_address
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OTHER_EDITOR, SYSTEM_MANAGER, act
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, messages

DOCTYPE = "Article Review"
SEALED = "have the document returned for correction first"
ATTACHED = b"%PDF-1.4 the attachment"


class FileTestCase(RestTestCase):
	"""An article with an image in its text and an attachment, each of its own bytes."""

	def setUp(self):
		super().setUp()
		self.known_files = set(frappe.get_all("File", pluck="name"))

	def tearDown(self):
		super().tearDown()  # the articles go first: what is sealed cannot be deleted
		for name in set(frappe.get_all("File", pluck="name")) - self.known_files:
			frappe.delete_doc("File", name, force=True)
		frappe.db.commit()

	def make_article(self) -> Document:
		"""Make a draft that shows two files whose bytes no other file has."""
		mark = frappe.generate_hash(length=12)
		frappe.set_user(EDITOR)
		attached = frappe.get_doc(
			doctype="File", file_name=f"{mark}.pdf", is_private=1, content=ATTACHED + mark.encode()
		).insert()
		colour = f"#{mark[:6]}" if all(c in "0123456789abcdef" for c in mark[:6]) else "#123456"
		image = factories.image_html(factories.image_bytes(colour=colour))
		return factories.make_article(
			content=f"<p>{mark}</p>{image}", attachments=[{"file": attached.file_url}]
		)

	def make_sent(self) -> Document:
		return self.committed(act(self.make_article(), EDITOR, "Send for Review"))

	def make_approved(self) -> Document:
		article = act(act(self.make_article(), EDITOR, "Send for Review"), CHIEF, "Endorse")
		return self.committed(act(article, LEADER, "Approve"))

	def files(self, article: Document) -> list[Document]:
		names = frappe.get_all(
			"File",
			{"attached_to_doctype": DOCTYPE, "attached_to_name": article.name},
			order_by="name",
			pluck="name",
		)
		return [frappe.get_doc("File", name) for name in names]

	def stored(self, article: Document) -> str:
		"""Return the article, its File records and the bytes on the disk."""
		article = self.fresh(article)
		files = self.files(article)
		on_disk = {file.file_url: base64.b64encode(read_bytes(file.file_url)).decode() for file in files}
		records = [{**file.as_dict(), "modified": None, "modified_by": None} for file in files]
		return frappe.as_json([article.as_dict(), records, on_disk])

	def attack(self, article: Document, says: str, request, *arguments, **values) -> TestResponse:
		"""Make a request; it is refused in these words, and nothing changed, on the disk neither."""
		before = self.stored(article)
		response: TestResponse = request(*arguments, **values)
		with self.subTest(arguments=arguments, values=sorted(values)):
			self.assertGreaterEqual(response.status_code, 400, response.get_data(as_text=True))
			self.assertLess(response.status_code, 500, response.get_data(as_text=True))
			self.assertIn(says, messages(response))
			self.assertEqual(self.stored(article), before)
		return response

	def insert_file(self, browser: Browser, **values) -> TestResponse:
		return browser.post("/api/resource/File", **values)


def read_bytes(url: str) -> bytes:
	with open(frappe.get_site_path(url.lstrip("/")), "rb") as file:
		return file.read()


class TestSealedFiles(FileTestCase):
	"""Files of a document that was sent are neither deleted nor changed, whoever asks."""

	def test_deleting_is_refused(self):
		for article in (self.make_sent(), self.make_approved()):
			self.assertEqual(len(self.files(article)), 2)
			for file in self.files(article):
				for user in (EDITOR, CHIEF, SYSTEM_MANAGER):
					browser = Browser.of(user)
					name = file.name
					if user == SYSTEM_MANAGER or file.owner == user or article.docstatus == 0:
						self.attack(article, SEALED, browser.delete, f"/api/resource/File/{name}")
						self.attack(
							article, SEALED, browser.call, "frappe.desk.form.utils.remove_attach", fid=name
						)
						self.attack(
							article, SEALED, browser.call, "frappe.client.delete", doctype="File", name=name
						)

	def test_changing_the_record_is_refused(self):
		other = factories.make_article()
		for article in (self.make_sent(), self.make_approved()):
			browser = Browser.of(EDITOR)
			for file in self.files(article):
				for values in (
					{"file_url": "/private/files/other.pdf"},
					{"file_url": "https://example.com/other.pdf"},
					{"content": "other"},
					{"is_private": 0},
					{"file_name": "other.pdf"},
					{"is_folder": 1},
					{"content_hash": "0"},
					{"attached_to_name": other.name},
					{"attached_to_doctype": "User", "attached_to_name": EDITOR},
					{"attached_to_doctype": "", "attached_to_name": ""},
				):
					self.attack(article, SEALED, browser.put, f"/api/resource/File/{file.name}", **values)
					self.attack(
						article,
						SEALED,
						browser.call,
						"frappe.client.set_value",
						doctype="File",
						name=file.name,
						fieldname=frappe.as_json(values),
					)

	def test_optimising_an_image_does_not_rewrite_it(self):
		article = self.make_sent()
		(url,) = get_image_sources(article.content)
		file = next(file for file in self.files(article) if file.file_url == url)
		browser, says = Browser.of(EDITOR), "belongs to an article and stays as it is"
		self.attack(
			article,
			says,
			browser.post,
			"/api/method/run_doc_method",
			dt="File",
			dn=file.name,
			method="optimize_file",
		)
		form = json.loads(frappe.as_json(file))
		for forged in (
			{"attached_to_doctype": "", "attached_to_name": ""},
			{"name": "forged", "attached_to_doctype": "", "attached_to_name": ""},
			{"attached_to_doctype": "", "file_url": url.replace("files/", "files//")},
		):
			before = self.stored(article)
			browser.post(
				"/api/method/run_doc_method", docs=frappe.as_json({**form, **forged}), method="optimize_file"
			)
			self.assertEqual(self.stored(article), before, forged)

	def test_files_of_a_returned_article_are_the_editors_again(self):
		article = act(self.make_sent(), CHIEF, "Return for Correction", "Another attachment, please")
		self.committed(article)
		frappe.set_user(EDITOR)
		article.attachments = []
		self.committed(article.save())
		file = next(file for file in self.files(article) if file.file_name.endswith(".pdf"))
		response = Browser.of(EDITOR).delete(f"/api/resource/File/{file.name}")
		self.assertEqual(response.status_code, 202, messages(response))

	def test_an_article_that_lacks_a_file_is_not_sent(self):
		article = self.committed(self.make_article())
		file = next(file for file in self.files(article) if file.file_name.endswith(".pdf"))
		self.assertEqual(Browser.of(EDITOR).delete(f"/api/resource/File/{file.name}").status_code, 202)
		response = Browser.of(EDITOR).call(
			"frappe.model.workflow.apply_workflow",
			doc=frappe.as_json({**self.fresh(article).as_dict(), "workflow_declared": 1}),
			action="Send for Review",
		)
		self.assertGreaterEqual(response.status_code, 400)
		self.assertIn("attach it again", messages(response))
		self.assertEqual(self.fresh(article).stage, "Draft")


class TestOtherRecordsOfTheSameFile(FileTestCase):
	"""Another File record of the same address or bytes does not reach what is sealed."""

	def test_uploading_under_the_same_name_leaves_the_bytes(self):
		article = self.make_sent()
		before = self.stored(article)
		for file in self.files(article):
			base = file.file_url.rsplit("/", 1)[-1]
			response = self.insert_file(
				Browser.of(EDITOR),
				file_name=base,
				content="other bytes",
				is_private=1,
				file_url=file.file_url,
			)
			self.assertEqual(response.status_code, 200, messages(response))
			self.assertNotEqual(response.get_json()["data"]["file_url"], file.file_url)
		self.assertEqual(self.stored(article), before)

	def test_deleting_another_record_leaves_the_bytes(self):
		article = self.make_sent()
		browser = Browser.of(EDITOR)
		for file in self.files(article):
			before = self.stored(article)
			for values in (
				{"file_url": file.file_url},
				{"file_url": file.file_url, "content_hash": "0"},
				{"content": "x" + frappe.generate_hash(), "thumbnail_url": file.file_url},
				{
					"content": "x" + frappe.generate_hash(),
					"thumbnail_url": "/any/" + file.file_url.rsplit("/", 1)[-1],
				},
			):
				made = self.insert_file(browser, file_name="mine.pdf", is_private=1, **values)
				self.assertEqual(made.status_code, 200, messages(made))
				name = made.get_json()["data"]["name"]
				deleted = browser.delete(f"/api/resource/File/{name}")
				self.assertEqual(deleted.status_code, 202, messages(deleted))
				self.assertEqual(self.stored(article), before, values)

	def test_publishing_another_record_does_not_move_the_bytes(self):
		article = self.make_sent()
		browser = Browser.of(EDITOR)
		for file in self.files(article):
			made = self.insert_file(browser, file_name="mine.pdf", is_private=1, file_url=file.file_url)
			name = made.get_json()["data"]["name"]
			self.attack(
				article,
				"belongs to an article and stays as it is",
				browser.put,
				f"/api/resource/File/{name}",
				is_private=0,
			)
			content = base64.b64encode(read_bytes(file.file_url)).decode()
			public = browser.call(
				"frappe.client.attach_file",
				filename=f"{frappe.generate_hash(length=8)}.pdf",
				filedata=content,
				doctype="User",
				docname=EDITOR,
				decode_base64=True,
				is_private=0,
			)
			name = public.get_json()["message"]["name"]
			self.attack(
				article,
				"belongs to an article and stays as it is",
				browser.put,
				f"/api/resource/File/{name}",
				is_private=1,
			)

	def test_deleting_a_draft_with_the_same_file_leaves_the_bytes(self):
		article = self.make_sent()
		url = article.attachments[0].file
		other = self.committed(factories.make_article(attachments=[{"file": url}]))
		before = self.stored(article)
		response = Browser.of(EDITOR).delete(f"/api/resource/{DOCTYPE}/{other.name}")
		self.assertEqual(response.status_code, 202, messages(response))
		self.assertEqual(self.stored(article), before)


class TestAdding(FileTestCase):
	"""Who may not edit an article adds no file to it."""

	def attach(self, article: Document, user: str, says: str):
		browser = Browser.of(user)
		attached = {"attached_to_doctype": DOCTYPE, "attached_to_name": article.name}
		self.attack(
			article,
			says,
			browser.post,
			"/api/resource/File",
			file_name="more.txt",
			content="more",
			is_private=1,
			**attached,
		)
		made = self.insert_file(browser, file_name="own.txt", content=frappe.generate_hash(), is_private=1)
		name = made.get_json()["data"]["name"]
		self.attack(article, says, browser.put, f"/api/resource/File/{name}", **attached)

	def test_an_editor_adds_nothing_in_review(self):
		self.attach(self.make_sent(), EDITOR, "Please ask them to change it, or to return it")

	def test_an_administrator_adds_nothing_in_review(self):
		self.attach(self.make_sent(), SYSTEM_MANAGER, "Please ask them to change it, or to return it")

	def test_an_editor_of_another_section_adds_nothing(self):
		self.attach(self.committed(self.make_article()), OTHER_EDITOR, "Please ask one of its editors")

	def test_who_may_edit_adds_an_image_in_review(self):
		article = self.make_sent()
		content = article.content + factories.image_html(factories.image_bytes("JPEG"), "image/jpeg")
		response = Browser.of(CHIEF).put(f"/api/resource/{DOCTYPE}/{article.name}", content=content)
		self.assertEqual(response.status_code, 200, messages(response))
		self.assertEqual(len(self.files(self.fresh(article))), 3)

	def test_base64_is_decoded_once(self):
		article = self.committed(self.make_article())
		response = Browser.of(EDITOR).call(
			"frappe.client.attach_file",
			filename="encoded.pdf",
			filedata=base64.b64encode(ATTACHED).decode(),
			doctype=DOCTYPE,
			docname=article.name,
			decode_base64=True,
		)
		self.assertEqual(response.status_code, 200, messages(response))
		self.assertEqual(read_bytes(response.get_json()["message"]["file_url"]), ATTACHED)


class TestAddresses(FileTestCase):
	"""Knowing a file's address, or its name, is not enough to read it."""

	def test_no_spelling_of_an_address_opens_the_file(self):
		article = self.committed(self.make_article())
		url = article.attachments[0].file
		base = url.rsplit("/", 1)[-1]
		browser, site = Browser.of(OTHER_EDITOR), frappe.utils.get_url()
		spellings = (
			url,
			url.replace("/private", "//private"),
			f"/private/files/./{base}",
			f"/private/files//{base}",
			f"/private/files/%2e/{base}",
			f"/files/../../private/files/{base}",
			f"/private/files/../files/{base}",
			f"{site}{url}",
			f"http://localhost{url}",
			f"{site}/files/../../private/files/{base}",
		)
		attempts = [
			*({"file_url": spelling, **more} for spelling in spellings for more in ({}, {"content": "===="})),
			{"file_url": url, "is_folder": 1, "file_name": frappe.generate_hash(length=8)},
			{"file_name": base},
			{"file_name": base, "content": "====", "decode": True},
		]
		for values in attempts:
			response = self.insert_file(browser, **{"file_name": "mine.pdf", "is_private": 1, **values})
			with self.subTest(values=values):
				self.assertLess(response.status_code, 500, response.get_data(as_text=True))
				self.assert_unread(browser, url, values.get("file_url") or "")

	def test_a_record_of_ones_own_is_not_turned_to_another_file(self):
		article = self.committed(self.make_article())
		url = article.attachments[0].file
		browser = Browser.of(OTHER_EDITOR)
		made = self.insert_file(browser, file_name="own.txt", content=frappe.generate_hash(), is_private=1)
		path = f"/api/resource/File/{made.get_json()['data']['name']}"
		for spelling in (url, f"/private/files/./{url.rsplit('/', 1)[-1]}", frappe.utils.get_url() + url):
			response = browser.put(path, file_url=spelling)
			self.assertGreaterEqual(response.status_code, 400, spelling)
			self.assert_unread(browser, url, spelling)

	def assert_unread(self, browser: Browser, url: str, spelling: str):
		for response in (
			browser.get(url),
			browser.get("/api/method/frappe.handler.download_file", file_url=spelling),
			browser.get("/api/method/download_file", file_url=spelling),
		):
			self.assertNotIn(ATTACHED, response.get_data())


class TestPlainAddresses(NmediaTestCase):
	def test_an_address_has_one_spelling(self):
		for url in ("/private/files/a.pdf", "/files/a.pdf", "https://example.com/a.pdf"):
			self.assertTrue(is_plain_address(url), url)
		for url in ("", "a.pdf", "/a", "//files/a", "/files/./a", "/files/../a", "/files//a", "/files/"):
			self.assertFalse(is_plain_address(url), url)
		self.assertFalse(is_plain_address("https://example.com/private/files/a.pdf"))
