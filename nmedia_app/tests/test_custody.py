"""Custody: 审查记录表由综合办公室统一保管 (Article 7)."""

import io
from concurrent.futures import ThreadPoolExecutor

import frappe
from openpyxl import load_workbook

from nmedia_app.nmedia_app.report.review_record_volume import review_record_volume
from nmedia_app.services import custody
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OFFICE, STRANGER, SYSTEM_MANAGER
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

# versions of the platform differ in what `has_permission(throw=True)` throws
REFUSED = (frappe.PermissionError, frappe.ValidationError)
YEAR = frappe.utils.now_datetime().year


def get_entry(article) -> dict:
	return frappe.get_last_doc("Custody Entry", {"article": article.name}, order_by="position desc")


class TestChain(NmediaTestCase):
	"""Article 7: every published article has its number in the year's volume, in a chain."""

	def test_publication_gives_the_next_number_of_the_volume(self):
		first, second = factories.make_published_article(), factories.make_published_article()
		numbers = [get_entry(article).number for article in (first, second)]
		self.assertEqual(numbers[1], numbers[0] + 1)
		self.assertEqual(second.custody_number, f"审〔{YEAR}〕{numbers[1]:04}")

	def test_approval_alone_gives_none(self):
		article = factories.make_approved_article()
		self.assertFalse(article.custody_number)
		self.assertFalse(frappe.db.exists("Custody Entry", {"article": article.name}))

	def test_chain_is_whole(self):
		factories.make_published_article()
		factories.act(factories.make_published_article(), LEADER, "Withdraw", "内容有误")
		self.assertEqual(custody.check_custody(), [])

	def test_withdrawal_of_a_published_article_joins_the_chain(self):
		article = factories.act(factories.make_published_article(), LEADER, "Withdraw", "内容有误")
		entry = get_entry(article)
		self.assertEqual((entry.event, entry.label), ("Withdrawn", article.custody_number))

	def test_any_change_of_an_entry_is_found(self):
		article = factories.make_published_article()
		factories.make_published_article()
		entry = get_entry(article)
		for fieldname, value in (
			("title", "另一标题"),
			("number", 9999),
			("label", "审〔2020〕0001"),
			("reviewer_name", "他人"),
			("published_on", "2020-06-10 09:00:00"),
			("seal", "0" * 64),
			("previous", "0" * 64),
			("digest", "0" * 64),
		):
			with self.subTest(fieldname):
				frappe.db.savepoint("whole")
				frappe.db.set_value("Custody Entry", entry.name, fieldname, value, update_modified=False)
				self.assertTrue(custody.check_custody())
				frappe.db.rollback(save_point="whole")

	def test_removed_entry_is_found(self):
		article = factories.make_published_article()
		factories.make_published_article()
		frappe.db.delete("Custody Entry", {"article": article.name})
		self.assertTrue(custody.check_custody())

	def test_removed_last_entry_is_found(self):
		article = factories.make_published_article()
		frappe.db.delete("Custody Entry", {"article": article.name})
		self.assertTrue(custody.check_custody())

	def test_chain_that_was_cut_off_lacks_what_is_printed(self):
		from nmedia_app import api

		article = factories.make_published_article()
		frappe.set_user(OFFICE)
		entry = get_entry(article)
		printed = review_record_volume.get_closing(entry.volume, [])[-1].partition("核对码：")[2]
		self.assertEqual(api.check_custody(printed), [])
		(said,) = api.check_custody("0" * 16)
		self.assertIn("0000-0000-0000-0000", said)
		self.assertRaises(frappe.ValidationError, api.check_custody, "0000")

	def test_every_break_is_said_in_words(self):
		article = factories.make_published_article()
		frappe.db.set_value("Custody Entry", get_entry(article).name, "title", "x", update_modified=False)
		breaks = custody.check_custody()
		self.assertTrue(breaks)
		for found in breaks:
			self.assertRegex(custody.describe_break(found), r"\d")

	def test_nobody_writes_an_entry(self):
		article = factories.make_published_article()
		for user in (SYSTEM_MANAGER, OFFICE, "Administrator"):
			with self.subTest(user):
				frappe.set_user(user)
				entry = get_entry(article)
				self.assertRaises(frappe.PermissionError, entry.save)
				self.assertRaises(frappe.PermissionError, frappe.copy_doc(entry).insert)
				self.assertRaises(frappe.PermissionError, entry.delete)


class TestVolume(NmediaTestCase):
	"""Article 7: the General Office sees and prints the volume's register."""

	def test_register_lists_number_title_and_people(self):
		article = factories.make_published_article(title="=1+1 的通知")
		frappe.set_user(OFFICE)
		_columns, lines = review_record_volume.execute({"volume": YEAR})
		line = next(line for line in lines if line.article == article.name)
		self.assertEqual((line.label, line.reviewer_name), (article.custody_number, "处长"))
		self.assertEqual(line.copywriters, "学生作者")

	def test_excel_holds_the_same_lines_as_text(self):
		article = factories.make_published_article(title="=1+1 的通知")
		frappe.set_user(OFFICE)
		answer = review_record_volume.download(YEAR, "xlsx")
		sheet = load_workbook(io.BytesIO(answer.get_data())).active
		rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
		self.assertEqual(rows[0][:4], ["编号", "文章标题", "发布媒体", "文案人员"])
		line = next(row for row in rows if row[0] == article.custody_number)
		self.assertEqual(line[1], "'=1+1 的通知")
		self.assertNotIn("f", {cell.data_type for row in sheet.iter_rows() for cell in row})

	def test_pdf_is_printed(self):
		factories.make_published_article()
		frappe.set_user(OFFICE)
		answer = review_record_volume.download(YEAR, "pdf")
		self.assertTrue(answer.get_data().startswith(b"%PDF"))

	def test_withdrawn_is_noted(self):
		article = factories.act(factories.make_published_article(), LEADER, "Withdraw", "内容有误")
		frappe.set_user(OFFICE)
		line = next(line for line in review_record_volume.get_lines(YEAR) if line.article == article.name)
		self.assertIn("撤回", line.note)

	def test_editors_and_strangers_do_not_see_the_volume(self):
		for user in (EDITOR, CHIEF, STRANGER):
			frappe.set_user(user)
			with self.subTest(user):
				self.assertRaises(REFUSED, review_record_volume.execute, {})
				self.assertRaises(REFUSED, review_record_volume.download, YEAR, "pdf")


class TestConcurrentPublications(RestTestCase):
	"""Article 7: numbers without gap or double, however many publish at once."""

	ARTICLES, AT_ONCE = 200, 12

	def test_two_hundred_at_once_number_without_gap_or_double(self):
		names = factories.copy_approved_articles(self.ARTICLES)
		frappe.db.commit()
		before = set(frappe.get_all("Custody Entry", pluck="name"))
		self.now = frappe.utils.now()  # here: the threads have no site of their own
		browser = Browser.of(EDITOR)
		with ThreadPoolExecutor(self.AT_ONCE) as pool:
			answers = list(pool.map(lambda article: self.publish(browser, *article), names))
		self.assertEqual([answer for answer in answers if answer[0] != 200], [])
		frappe.db.rollback()
		entries = frappe.get_all(
			"Custody Entry", filters={"name": ["not in", before or [""]]}, fields=["number"]
		)
		numbers = sorted(entry.number for entry in entries)
		self.assertEqual(numbers, list(range(numbers[0], numbers[0] + self.ARTICLES)))
		self.assertEqual(custody.check_custody(), [])

	def publish(self, browser, name, modified, account, text) -> tuple[int, str]:
		response = browser.call(
			"nmedia_app.api.register_publication",
			name=name,
			modified=modified,
			account=account,
			published_on=self.now,
			address="https://mp.example/s/1",
			copy_text=text,
		)
		return response.status_code, response.get_data(as_text=True)[-3000:]
