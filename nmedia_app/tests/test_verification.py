"""Anyone who holds the paper may ask whether the record exists and still matches: nothing else."""

import re
from urllib.parse import urlsplit

import frappe

from nmedia_app.selectors.verification import LIMIT, find_record, get_address
from nmedia_app.services import sealing
from nmedia_app.tests import factories
from nmedia_app.tests.factories import EDITOR, LEADER
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase


class TestRecord(NmediaTestCase):
	"""Article 7: the record behind a printed form."""

	def find(self, article):
		frappe.local.request_ip = frappe.generate_hash(length=8)
		return find_record(code=article.verification_code)

	def test_published_record_shows_number_title_role_and_date(self):
		article = factories.make_published_article()
		record = self.find(article)
		self.assertEqual(
			(record.number, record.title, record.reviewer_role, record.status),
			(article.custody_number, article.title, "New Media Division Leader", "intact"),
		)
		self.assertEqual(set(record), {"code", "number", "title", "reviewer_role", "reviewed_on", "status"})

	def test_changed_record_no_longer_matches(self):
		article = factories.make_published_article()
		frappe.db.set_value("Article Review", article.name, "content", "<p>x</p>", update_modified=False)
		self.assertEqual(self.find(article).status, "broken")

	def test_withdrawn_record_says_so(self):
		article = factories.act(factories.make_published_article(), LEADER, "Withdraw", "内容有误")
		self.assertEqual(self.find(article).status, "withdrawn")

	def test_code_is_read_as_people_write_it(self):
		article = factories.make_approved_article()
		frappe.local.request_ip = frappe.generate_hash(length=8)
		code = article.verification_code
		written = f" {code[:4].lower()}-{code[4:8]} {code[8:]}"
		self.assertEqual(find_record(code=written).title, article.title)

	def test_number_of_the_document_is_no_code(self):
		article = factories.make_approved_article()
		frappe.local.request_ip = frappe.generate_hash(length=8)
		for guess in (article.name, "", "%", "0" * 12, "' or 1=1 --"):
			self.assertIsNone(find_record(code=guess), guess)

	def test_codes_do_not_repeat(self):
		first, second = factories.make_approved_article(), factories.make_approved_article()
		self.assertNotEqual(first.verification_code, second.verification_code)

	def test_sealing_again_keeps_the_code_on_the_paper(self):
		article = factories.make_approved_article()
		code = article.verification_code
		sealing.seal(article)
		self.assertEqual(article.verification_code, code)


class TestPage(RestTestCase):
	"""Article 7: the page behind the QR code, for who has no account."""

	def setUp(self):
		super().setUp()
		self.guest = Browser(None)
		self.guest.headers = {**self.guest.headers, "X-Forwarded-For": frappe.generate_hash(length=8)}

	def test_guest_sees_whether_the_record_holds_and_nothing_else(self):
		article = self.committed(factories.make_published_article(content="<p>不给外人看的正文</p>"))
		page = self.guest.get(urlsplit(get_address(article.verification_code)).path)
		text = page.get_data(as_text=True)
		self.assertEqual(page.status_code, 200)
		self.assertIn(article.custody_number, text)
		self.assertIn(article.title, text)
		for secret in (
			"不给外人看的正文",
			article.name,
			EDITOR,
			article.owner,
			article.reviewer,
			"处长",
			article.seal,
		):
			self.assertNotIn(secret, text)

	def test_unknown_code_is_told(self):
		page = self.guest.get("/review/AAAA-AAAA-AAAA")
		self.assertEqual(page.status_code, 200)
		self.assertRegex(page.get_data(as_text=True), 'class="verdict unknown"')

	def test_markup_in_the_code_is_shown_as_typed(self):
		text = self.guest.get("/verify_review", code='"><script>alert(1)</script>').get_data(as_text=True)
		self.assertNotIn("<script>", text)

	def test_many_tries_are_stopped(self):
		pages = [self.guest.get("/review/AAAA-AAAA-AAAA").get_data(as_text=True) for _try in range(LIMIT + 1)]
		stopped = ['class="verdict too-many"' in page for page in pages]
		self.assertEqual((stopped[0], stopped[-1]), (False, True))


class TestPrintedCode(NmediaTestCase):
	"""Annex 2 carries a short code and a QR code."""

	def print_html(self, article) -> str:
		return frappe.get_print(article.doctype, article.name, "Annex 2 Article Review")

	def test_approved_form_prints_code_and_qr_code(self):
		html = self.print_html(factories.make_approved_article())
		self.assertRegex(
			html, re.compile(r'annex-verification.*<img src="data:image/png.*[0-9A-Z]{4}-[0-9A-Z]{4}', re.S)
		)

	def test_draft_prints_none(self):
		self.assertNotIn('class="annex-verification"', self.print_html(factories.make_article()))

	def test_form_of_a_changed_record_says_so(self):
		article = factories.make_approved_article()
		frappe.db.set_value("Article Review", article.name, "content", "<p>x</p>", update_modified=False)
		self.assertIn("核验未通过", self.print_html(article))
