"""What fields that an administrator added print in the annexes, by their types, and what is read back."""

import base64
import io
from contextlib import contextmanager
from unittest.mock import patch

import frappe
from bs4 import BeautifulSoup
from docx import Document as WordDocument

from nmedia_app.files import attach_file
from nmedia_app.nmedia_app.print_formats.annexes import build_context
from nmedia_app.nmedia_app.print_formats.custom_fields import get_value
from nmedia_app.nmedia_app.print_formats.word import render
from nmedia_app.selectors.annex_templates import get_template
from nmedia_app.services import word_import
from nmedia_app.tests import factories
from nmedia_app.tests.factories import EDITOR, LEADER
from nmedia_app.tests.unit.word_forms import form_1
from nmedia_app.tests.unit.word_templates import png
from nmedia_app.tests.utils import NmediaTestCase

FILING = "Account Filing"
NAME, LABEL = "nmedia_test_column", "Test Column"
SIGNATURE = f"data:image/png;base64,{base64.b64encode(png(30)).decode()}"
BARCODE = '<svg height="80" data-barcode-value="ISBN 978-7" width="100%"><rect></rect></svg>'


def get_row(answer: dict) -> dict | None:
	"""Return the row of the custom field in what was read."""
	return next((frappe._dict(row) for row in answer["rows"] if row["fieldname"] == NAME), None)


class CustomFieldTestCase(NmediaTestCase):
	@contextmanager
	def field(self, fieldtype: str, **values):
		"""Give filings a custom field of this type while it lasts; its column is not in the database."""
		field = frappe.get_doc(
			doctype="Custom Field",
			dt=FILING,
			fieldname=NAME,
			label=LABEL,
			fieldtype=fieldtype,
			insert_after="remarks",
			**values,
		)
		meta = frappe.get_meta(FILING)
		extra = frappe._dict(field.as_dict(), is_custom_field=1)
		for known in ("get_valid_columns", "get_valid_fields"):  # asked once, then kept: without this one
			getattr(meta, known, meta.get_valid_columns)()
		with (
			patch.object(meta, "fields", [*meta.fields, extra]),
			patch.dict(meta._fields, {NAME: extra}),
		):
			yield extra

	def filing(self, value):
		filing = factories.new_filing(name="NM-FIL-0")
		filing.set(NAME, value, as_value=True)
		return filing

	def printed(self, fieldtype: str, value, **values):
		"""Return what the field prints in Word and as HTML, which is the same."""
		with self.field(fieldtype, **values):
			filing = self.filing(value)
			html = frappe.get_print(FILING, filing.name, "Annex 1 Account Filing", doc=filing)
			rows = BeautifulSoup(html, "html.parser").select(".annex-table > tr, .annex-table > tbody > tr")
			shown = {row.th.text: row.select("td")[-1].text for row in rows if row.th and row.td}
			word = WordDocument(io.BytesIO(self.word(filing)))
			written = {row.cells[0].text: row.cells[-1].text for row in word.tables[0].rows}
		self.assertEqual(shown[LABEL], written[LABEL])
		return written[LABEL]

	def word(self, filing) -> bytes:
		return render(get_template(FILING), build_context(filing))

	def read_back(self, fieldtype: str, value, **values) -> dict | None:
		"""Return what Word import reads of the field in the file that the app wrote."""
		with self.field(fieldtype, **values):
			answer = self.read(self.word(self.filing(value)))
		return get_row(answer)

	def read(self, content: bytes) -> dict:
		return word_import.read(doctype=FILING, file_name="a.docx", content=content)


class TestPrinting(CustomFieldTestCase):
	"""A person reads the value, not how it is stored."""

	def test_rich_text_keeps_its_lines(self):
		lists = "<ol><li>一</li><li>二</li></ol><ul><li>点</li></ul>"
		text = f"<h2>题</h2><p>甲<br>乙 <strong>丙</strong></p>{lists}"
		for fieldtype in ("Text Editor", "HTML Editor"):
			self.assertEqual(self.printed(fieldtype, text), "题\n甲\n乙 丙\n1. 一\n2. 二\n• 点")
		self.assertEqual(self.printed("Text Editor", '<p>a<img src="/private/files/x.png">b</p>'), "ab")

	def test_texts_come_out_as_typed(self):
		self.assertEqual(self.printed("Code", "if a<b and c>d: x\n\ty"), "if a<b and c>d: x\n\ty")
		self.assertEqual(self.printed("Markdown Editor", "# 题\n**甲** <乙"), "# 题\n**甲** <乙")
		self.assertEqual(self.printed("JSON", '{"a": "<b>"}'), '{"a": "<b>"}')

	def test_signature_is_a_picture(self):
		with self.field("Signature"):
			filing = self.filing(SIGNATURE)
			html = frappe.get_print(FILING, filing.name, "Annex 1 Account Filing", doc=filing)
			image = BeautifulSoup(html, "html.parser").select_one("td > img")
			self.assertTrue(image["src"].startswith("data:image/png;base64,"))
			word = WordDocument(io.BytesIO(self.word(filing)))
			self.assertEqual(len(word.inline_shapes), 1)
			self.assertNotIn(
				"base64", "".join(cell.text for row in word.tables[0].rows for cell in row.cells)
			)

	def test_what_is_no_signature_prints_nothing(self):
		for value in ("data:image/png;base64,AAAA", "data:image/png;base64,ü", "data:x", "x" * 30, None):
			self.assertEqual(self.printed("Signature", value), "")

	def test_file_has_the_name_under_which_it_was_uploaded(self):
		file = attach_file(factories.make_filing(), "report.pdf", b"%PDF-1.4 x")
		frappe.db.set_value("File", file.name, "file_name", "报告.pdf")
		for fieldtype in ("Attach", "Attach Image"):
			self.assertEqual(self.printed(fieldtype, file.file_url), "报告.pdf")

	def test_link_is_called_by_its_title(self):
		full_name = frappe.db.get_value("User", LEADER, "full_name")
		self.assertEqual(self.printed("Link", LEADER, options="User"), full_name)
		account = factories.make_account("信息化服务号", factories.SECTION)
		self.assertEqual(self.printed("Link", account.name, options="Media Account"), "信息化服务号")
		self.assertEqual(self.printed("Link", "Gone", options="User"), "Gone")
		self.assertEqual(self.printed("Link", "", options="User"), "")

	def test_list_of_links(self):
		accounts = [factories.make_account(name, factories.SECTION).name for name in ("甲号", "乙号")]
		rows = [frappe._dict(account=account) for account in accounts]
		self.assertEqual(
			self.printed("Table MultiSelect", rows, options="Article Review Account"), "甲号、乙号"
		)
		self.assertEqual(self.printed("Table MultiSelect", [], options="Article Review Account"), "")

	def test_table_is_a_line_a_row(self):
		rows = [{"full_name": "学生甲", "user": EDITOR}, {"full_name": "学生乙"}]
		lines = self.printed("Table", rows, options="Article Contributor").split("\n")
		self.assertEqual(len(lines), 2)
		self.assertIn("学生甲", lines[0])
		self.assertEqual(lines[1], "学生乙")

	def test_barcode_is_its_code(self):
		self.assertEqual(self.printed("Barcode", BARCODE), "ISBN 978-7")
		self.assertEqual(self.printed("Barcode", ""), "")

	def test_nothing_to_read_is_not_printed(self):
		for fieldtype in ("Password", "Geolocation"):
			with self.field(fieldtype):
				self.assertEqual(build_context(self.filing("x"))["extras"], [])

	def test_column_that_the_reader_may_not_see(self):
		frappe.set_user(EDITOR)
		with self.field("Table", options="Article Contributor") as df:
			filing = self.filing([{"full_name": "学生甲", "user": EDITOR}])
			columns = frappe.get_meta("Article Contributor").fields
			shown = next(column for column in columns if column.fieldname == "full_name")
			with patch.object(shown, "permlevel", 3):
				self.assertNotIn("学生甲", get_value(filing, df))


class TestReadingBack(CustomFieldTestCase):
	"""What the paper carries is read; of a file or a drawing it has but a name."""

	def test_values_that_come_back(self):
		for fieldtype, value in (
			("Percent", 12.5),
			("Percent", 0.0),
			("Float", 1234.5),
			("Currency", 1234.5),
			("Time", "09:30"),
			("Markdown Editor", "# 题\n**甲**"),
			("Code", "if a<b and c>d: x"),
			("Phone", "+86-13800000001"),
			("Check", 1),
		):
			with self.subTest(fieldtype):
				read = self.read_back(fieldtype, value)
				self.assertEqual((read.value, read.state), (value, "found"), read.doubt)

	def test_amount_with_the_sign_of_its_currency(self):
		stored = frappe.db.get_default
		defaults = {"currency": "CNY"}
		with patch.object(frappe.db, "get_default", lambda key, *of: defaults.get(key) or stored(key, *of)):
			self.assertIn("CNY", self.printed("Currency", 1234.5))
			self.assertEqual(self.read_back("Currency", 1234.5).value, 1234.5)

	def test_link(self):
		self.assertEqual(self.read_back("Link", LEADER, options="User").value, LEADER)

	def test_rich_text_comes_back_a_paragraph_a_line(self):
		self.assertEqual(self.read_back("Text Editor", "<p>甲<br>乙</p>").value, "<p>甲</p><p>乙</p>")

	def test_values_that_a_paper_cannot_carry(self):
		for fieldtype, value in (
			("Duration", 3600),
			("Attach", "/private/files/x.pdf"),
			("Attach Image", "/private/files/x.png"),
			("Signature", SIGNATURE),
			("Geolocation", "{}"),
			("Barcode", BARCODE),
			("Password", "secret"),
			("Rating", 0.8),
			("Color", "#ff0000"),
		):
			with self.subTest(fieldtype):
				self.assertIsNone(self.read_back(fieldtype, value))
		for fieldtype, options in (
			("Table MultiSelect", "Article Review Account"),
			("Table", "Article Contributor"),
		):
			self.assertIsNone(self.read_back(fieldtype, [], options=options))


class TestNeededBesideThePaper(CustomFieldTestCase):
	"""What a draft needs and the paper does not have is asked for: no field makes import impossible."""

	def setUp(self):
		super().setUp()
		factories.make_platform("微信", "WeChat")
		frappe.set_user(EDITOR)

	def confirm(self, **values) -> dict:
		rows = {row["fieldname"]: row["value"] for row in self.read(form_1())["rows"]}
		people = {"section": factories.SECTION, "supervising_leader": LEADER, "administrator": EDITOR}
		return word_import.try_draft(
			doctype=FILING, file_name="a.docx", content=form_1(), values={**rows, **people, **values}
		)

	def test_mandatory_field_that_is_not_printed_is_a_missing_row(self):
		for fieldtype in ("Data", "Date", "Text Editor", "Link"):
			with self.subTest(fieldtype), self.field(fieldtype, reqd=1, print_hide=1):
				row = get_row(self.read(form_1()))
				self.assertEqual((row.value, row.state), (None, "missing"))

	def test_what_the_person_fills_in_makes_the_draft(self):
		with self.field("Data", reqd=1, print_hide=1):
			self.assertIn("Test Column", self.confirm()["refused"])
			self.assertIn("name", self.confirm(**{NAME: "x"}))

	def test_nothing_is_asked_for_without_need(self):
		for values in (
			{},
			{"reqd": 1, "default": "x"},
			{"reqd": 1, "read_only": 1},
			{"reqd": 1, "hidden": 1},
			{"reqd": 1, "permlevel": 1},
		):
			with self.subTest(values), self.field("Data", **{"print_hide": 1, **values}):
				self.assertIsNone(get_row(self.read(form_1())))

	def test_what_cannot_be_filled_in_is_said(self):
		for fieldtype in ("Attach", "Signature", "Duration"):
			with self.subTest(fieldtype), self.field(fieldtype, reqd=1):
				answer = self.read(form_1())
				self.assertIsNone(get_row(answer))
				self.assertIn("Test Column", answer["reminders"][0])

	def test_standard_field_that_was_made_mandatory(self):
		field = frappe.get_meta(FILING).get_field("measures_file")
		with patch.object(field, "reqd", 1):
			self.assertIn(frappe._(field.label), self.read(form_1())["reminders"][0])
