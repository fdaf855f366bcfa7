"""Many documents as one download: a ZIP of Word files, or one PDF."""

import io
import os
import time
import unicodedata
import zipfile
from unittest.mock import patch

import frappe
from docx import Document as WordDocument
from pypdf import PdfReader

from nmedia_app.nmedia_app.print_formats import pdf, word
from nmedia_app.nmedia_app.print_formats.pdf import Printer, take_runs
from nmedia_app.services import bundles, temporary
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, OFFICE, OTHER_CHIEF, STRANGER
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, forget_job, get_job_of

FILING, REVIEW, ACCOUNT = "Account Filing", "Article Review", "Media Account"
MAKE = "nmedia_app.bundle_api.make_bundle"
GET = "/api/method/nmedia_app.bundle_api.get_bundle"
DOWNLOAD = "/api/method/nmedia_app.bundle_api.download_bundle"


def begin(doctype: str, names: list[str], kind: str = bundles.WORD) -> bundles.Bundle:
	"""Ask for a download without the job that makes it; the caller does."""
	with patch.object(bundles, "enqueue_once"):
		return bundles.enqueue(doctype=doctype, names=names, kind=kind)


def make(doctype: str, names: list[str], kind: str = bundles.WORD) -> bundles.Bundle:
	bundle = begin(doctype, names, kind)
	bundles.make(bundle)
	bundle.save()
	return bundle


def get_names(bundle: bundles.Bundle) -> list[str]:
	return zipfile.ZipFile(bundle.path).namelist()


def get_pages(content: bytes) -> list[str]:
	"""Return the texts of a PDF's pages without spaces; the renderer writes radicals for some characters."""
	texts = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
	return ["".join(unicodedata.normalize("NFKC", text).split()) for text in texts]


class BundleTestCase(NmediaTestCase):
	def tearDown(self):
		bundles.remove_all()
		super().tearDown()


class TestWordFiles(BundleTestCase):
	def test_each_document_is_a_file_with_its_title_and_number(self):
		articles = [factories.make_article(title=title) for title in ("甲乙", "丙:丁/戊")]
		bundle = make(REVIEW, [article.name for article in articles])
		self.assertEqual(
			get_names(bundle), [f"甲乙-{articles[0].name}.docx", f"丙：丁／戊-{articles[1].name}.docx"]
		)
		self.assertEqual(bundle.file_name, "信息化建设与管理处新媒体文章发布审核表（2份）.zip")
		content = zipfile.ZipFile(bundle.path).read(get_names(bundle)[0])
		texts = [cell.text for row in WordDocument(io.BytesIO(content)).tables[0].rows for cell in row.cells]
		self.assertTrue(any("甲乙" in text for text in texts))

	def test_chinese_names_are_marked_as_unicode(self):
		bundle = make(REVIEW, [factories.make_article(title="标题").name])
		self.assertTrue(all(entry.flag_bits & 0x800 for entry in zipfile.ZipFile(bundle.path).infolist()))

	def test_number_that_tells_the_title_stands_alone(self):
		account = factories.make_filed_account()
		self.assertEqual(get_names(make(ACCOUNT, [account.name])), [f"{account.name}.docx"])

	def test_same_document_is_there_once(self):
		article = factories.make_article()
		self.assertEqual(len(get_names(make(REVIEW, [article.name, article.name]))), 1)


class TestProblems(BundleTestCase):
	"""A document that cannot be printed is named, and stops no other."""

	def test_one_that_fails_is_named_with_its_title(self):
		good, bad = factories.make_article(title="好"), factories.make_article(title="坏")
		build_context = bundles.build_context

		def fail(doc):
			if doc.name == bad.name:
				frappe.throw("<b>A reason</b>")
			return build_context(doc)

		with (
			patch.object(bundles, "build_contexts", side_effect=ValueError),
			patch.object(bundles, "build_context", fail),
		):
			bundle = make(REVIEW, [bad.name, good.name])
		self.assertEqual(get_names(bundle), [f"好-{good.name}.docx"])
		self.assertEqual(bundle.problems, [{"name": bad.name, "title": "坏", "reason": "A reason"}])

	def test_reason_that_nobody_wrote_for_users_is_not_shown(self):
		article = factories.make_article()
		with (
			patch.object(bundles, "build_contexts", side_effect=ValueError),
			patch.object(bundles, "build_context", side_effect=KeyError("secret")),
		):
			bundle = make(REVIEW, [article.name])
		self.assertNotIn("secret", frappe.as_json(bundle.problems))
		self.assertEqual(bundle.status, bundles.FAILED)

	def test_one_that_breaks_the_renderer_is_left_out(self):
		articles = [factories.make_article(title=title) for title in ("好", "坏")]
		make_pdf = Printer.make_pdf

		def fail(printer, bodies, title):
			if any("坏" in body for body in bodies):
				raise OSError("wkhtmltopdf reported an error")
			return make_pdf(printer, bodies, title)

		with patch.object(Printer, "make_pdf", fail):
			bundle = make(REVIEW, [article.name for article in articles], bundles.PDF)
		self.assertEqual([problem["name"] for problem in bundle.problems], [articles[1].name])
		self.assertEqual(len(get_pages(bundle.path.read_bytes())), 1)

	def test_drafts_are_left_out_where_they_are_not_printed(self):
		article = factories.make_article()
		frappe.db.set_single_value("Print Settings", "allow_print_for_draft", 0)
		for kind in (bundles.PDF, bundles.WORD):
			bundle = make(REVIEW, [article.name], kind)
			self.assertEqual([problem["name"] for problem in bundle.problems], [article.name])
			self.assertEqual(bundle.status, bundles.FAILED)
		for download in (pdf.download_pdf, word.download_word):
			with self.assertRaisesRegex(frappe.PermissionError, "do not allow drafts"):
				download(REVIEW, article.name)

	def test_what_the_user_may_not_read_is_named_by_its_number_only(self):
		article = factories.make_article(title="机密")
		frappe.set_user(OTHER_CHIEF)
		bundle = make(REVIEW, [article.name, "NM-REV-NONE"])
		self.assertEqual([problem["name"] for problem in bundle.problems], [article.name, "NM-REV-NONE"])
		self.assertNotIn("机密", frappe.as_json(bundle.describe()))
		self.assertEqual(bundle.status, bundles.FAILED)


class TestOnePdf(BundleTestCase):
	def test_each_document_begins_on_a_new_page(self):
		long = "".join(f"<p>{number}</p>" for number in range(150))
		articles = [
			factories.make_article(title="第一份"),
			factories.make_article(title="第二份", content=long),
			factories.make_article(title="第三份"),
		]
		bundle = make(REVIEW, [article.name for article in articles], bundles.PDF)
		self.assertEqual(bundle.status, bundles.READY)
		pages = get_pages(bundle.path.read_bytes())
		starts = [number for number, text in enumerate(pages) if "新媒体文章发布审核表" in text]
		self.assertEqual(len(starts), 3)
		self.assertGreater(starts[2] - starts[1], 1)
		for start, title in zip(starts, ("第一份", "第二份", "第三份"), strict=True):
			self.assertIn(title, pages[start])

	def test_texts_are_those_of_the_platforms_own_pdf(self):
		for doc in (factories.make_article(), factories.make_filing()):
			printer = Printer(doc.doctype)
			ours = printer.make_pdf([printer.render(doc)], "x")
			platforms = frappe.get_print(doc.doctype, doc.name, as_pdf=True)
			# where no web server runs, the platform's lacks the style that hides the buttons above the paper
			self.assertIn("".join(get_pages(ours)), "".join(get_pages(platforms)))

	def test_more_documents_ask_the_database_no_more(self):
		names = [factories.make_article().name for _number in range(4)]
		frappe.set_user(EDITOR)
		asked = []
		for wanted in (names[:1], names):
			make(REVIEW, wanted, bundles.PDF)  # what is kept for all is read before
			with patch.object(frappe.db, "sql", wraps=frappe.db.sql) as sql:
				make(REVIEW, wanted, bundles.PDF)
			asked.append(sql.call_count)
		self.assertEqual(asked[0], asked[1])

	def test_many_are_one_run_and_one_with_its_own_header_stands_alone(self):
		own = '<div id="header-html">x</div>'
		self.assertEqual([*take_runs(["a", "b", "c"])], [["a", "b", "c"]])
		self.assertEqual([*take_runs(["a", own, "b", "c"])], [["a"], [own], ["b", "c"]])

	def test_print_format_of_an_administrator_is_taken(self):
		own = frappe.get_doc(
			doctype="Print Format",
			name="Nmedia Test Format",
			doc_type=REVIEW,
			custom_format=1,
			standard="No",
			print_format_type="Jinja",
			html="<p>own {{ doc.title }} {{ doc.editors[0].full_name }}</p>",
		).insert()
		article = factories.make_article(title="标题")
		printer = Printer(REVIEW, own.name)
		self.assertFalse(printer.is_apps_own)
		[page] = get_pages(printer.make_pdf([printer.render(article)], "x"))
		self.assertIn("own标题", page)
		self.assertIn("".join(article.editors[0].full_name.split()), page)


class TestBounds(BundleTestCase):
	def test_number_is_bounded(self):
		with self.assertRaisesRegex(bundles.BundleError, "at most 500"):
			begin(REVIEW, [str(number) for number in range(501)])

	def test_nothing_selected_and_other_kinds_are_refused(self):
		with self.assertRaises(bundles.BundleError):
			begin(REVIEW, [])
		with self.assertRaises(bundles.BundleError):
			begin(REVIEW, ["x"], "../../x")

	def test_types_that_are_no_annex_are_refused(self):
		with self.assertRaises(frappe.ValidationError):
			begin("User", ["Administrator"])

	def test_one_at_a_time_for_each_user(self):
		with (
			patch.object(bundles, "is_under_way", return_value=True),
			self.assertRaisesRegex(bundles.BundleError, "still being made"),
		):
			begin(REVIEW, ["x"])

	def test_pdf_without_the_renderer_is_refused_in_words(self):
		with (
			patch("nmedia_app.nmedia_app.print_formats.pdf.shutil.which", return_value=None),
			self.assertRaisesRegex(frappe.ValidationError, "wkhtmltopdf"),
		):
			begin(REVIEW, ["x"], bundles.PDF)

	def test_cleaned_up_after_a_day(self):
		old, young = (make(REVIEW, [factories.make_article().name]) for _number in range(2))
		day_ago = time.time() - temporary.KEPT - 1
		for path in (old.path, bundles.get_note(old.key)):
			os.utime(path, (day_ago, day_ago))
		bundles.remove_old()
		left = {path.name for path in bundles.get_folder().iterdir()}
		self.assertEqual(left, {young.path.name, bundles.get_note(young.key).name})

	def test_worker_that_was_stopped_has_failed(self):
		bundle = begin(REVIEW, ["x"])
		self.assertEqual(bundles.look_after(bundle).status, bundles.FAILED)


class TestTelling(BundleTestCase):
	def run_it(self, names: list[str]) -> list[dict]:
		"""Make a download as the job does; return what the desk was told."""
		bundle = begin(REVIEW, names)
		with (
			patch.object(frappe, "publish_realtime") as publish,
			patch.object(frappe.db, "commit"),
			patch.object(frappe.db, "rollback"),
		):
			bundles.run(bundle.key)
		calls = [call for call in publish.call_args_list if call.args[0] == bundles.EVENT]
		self.assertTrue(all(call.kwargs["user"] == frappe.session.user for call in calls))
		return [call.args[1] for call in calls]

	def test_progress_is_told_batch_by_batch_and_then_the_end(self):
		names = [factories.make_article().name for _number in range(3)]
		with patch.object(bundles, "BATCH", 2):
			told = self.run_it(names)
		self.assertEqual([(state["done"], state["total"]) for state in told], [(2, 3), (3, 3), (3, 3)])
		self.assertEqual([state["status"] for state in told], ["Making", "Making", "Ready"])

	def test_notice_leads_to_the_file(self):
		frappe.set_user(EDITOR)
		[state] = self.run_it([factories.make_article().name])[-1:]
		notice = frappe.get_last_doc("Notification Log", {"for_user": EDITOR})
		self.assertIn(state["file_name"], notice.subject)
		self.assertIn(state["key"], notice.email_content)

	def test_failure_is_told(self):
		with patch.object(bundles, "make", side_effect=OSError("no space left")):
			[state] = self.run_it([factories.make_article().name])
		self.assertEqual(state["status"], bundles.FAILED)


class TestAccess(RestTestCase):
	"""What somebody asked for is theirs alone; each document asks for its own permission to print."""

	def tearDown(self):
		super().tearDown()
		bundles.remove_all()

	def make_as(self, user: str, names: list[str], kind: str = bundles.WORD) -> bundles.Bundle:
		frappe.set_user(user)
		bundle = make(REVIEW, names, kind)
		frappe.set_user("Administrator")
		return bundle

	def test_only_who_asked_gets_it(self):
		article = self.committed(factories.make_article(title="标题"))
		bundle = self.make_as(EDITOR, [article.name])
		for user in (CHIEF, OFFICE):
			for address in (GET, DOWNLOAD):
				self.assertEqual(Browser.of(user).get(address, key=bundle.key).status_code, 403)
		response = Browser.of(EDITOR).get(DOWNLOAD, key=bundle.key)
		self.assertEqual(response.status_code, 200)
		self.assertEqual(response.data, bundle.path.read_bytes())
		disposition = response.headers["Content-Disposition"]
		self.assertTrue(disposition.startswith('attachment; filename="article_review.zip"; filename*=UTF-8'))
		self.assertEqual(Browser(None).get(DOWNLOAD, key=bundle.key).status_code, 403)

	def test_it_is_made_in_the_background(self):
		about = (bundles.JOB, EDITOR)
		forget_job(*about)
		self.addCleanup(forget_job, *about)
		article = self.committed(factories.make_article())
		response = Browser.of(EDITOR).post(
			f"/api/method/{MAKE}", doctype=REVIEW, names=[article.name], kind=bundles.WORD
		)
		self.assertEqual(response.status_code, 200)
		self.assertTrue(get_job_of(*about))

	def test_key_is_no_path(self):
		for key in ("../../site_config", "x", "0" * 32, "", "a" * 31 + "/"):
			self.assertEqual(Browser.of(EDITOR).get(DOWNLOAD, key=key).status_code, 417)

	def test_who_sees_no_articles_asks_in_vain(self):
		response = Browser.of(STRANGER).post(
			f"/api/method/{MAKE}", doctype=REVIEW, names=["x"], kind=bundles.WORD
		)
		self.assertIn(response.status_code, (403, 417))
		self.assertFalse(bundles.get_folder().exists())

	def test_only_by_post(self):
		response = Browser.of(EDITOR).get(f"/api/method/{MAKE}", doctype=REVIEW, names='["x"]', kind="Word")
		self.assertEqual(response.status_code, 403)

	def test_single_pdf_has_a_chinese_name(self):
		article = self.committed(factories.make_article())
		address = "/api/method/nmedia_app.nmedia_app.print_formats.pdf.download_pdf"
		response = Browser.of(EDITOR).get(address, doctype=REVIEW, name=article.name)
		self.assertTrue(response.data.startswith(b"%PDF"))
		disposition = response.headers["Content-Disposition"]
		self.assertIn(f'filename="{article.name}.pdf"', disposition)
		self.assertIn("filename*=UTF-8''%E4%BF%A1", disposition)
		self.assertEqual(
			Browser.of(STRANGER).get(address, doctype=REVIEW, name=article.name).status_code, 403
		)
