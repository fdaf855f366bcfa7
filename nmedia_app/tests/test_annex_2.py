"""Annex 2 prints as the regulation prints it: words, cells and order, as HTML, as PDF and as Word."""

import io
import re
import shutil
import unittest
from unittest.mock import patch

import frappe
from bs4 import BeautifulSoup
from docx import Document as WordDocument

from nmedia_app.files import attach_file
from nmedia_app.nmedia_app.print_formats.annexes import ANNEXES, build_context, chinese_date, chinese_time
from nmedia_app.nmedia_app.print_formats.blocks import to_blocks, to_printable_html
from nmedia_app.nmedia_app.print_formats.engine import TemplateError, compile_template
from nmedia_app.nmedia_app.print_formats.word import download_word, render
from nmedia_app.regulation.custody import printed_code
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OTHER_EDITOR, STRANGER
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

FORMAT = "Annex 2 Article Review"
TITLE = "信息化建设与管理处新媒体文章发布审核表"
LABELS = ["拟发布媒体", "拟发布时间", "文案人员", "编辑人员", "图片来源", "文章内容", "审核意见"]
NOTES = ["注：1、图片来源说明摄影人、来源网络等信息。", "2、该表审批后由信息化建设与管理处综合办公室保管。"]


def print_html(doc) -> BeautifulSoup:
	return BeautifulSoup(frappe.get_print(doc.doctype, doc.name, FORMAT, doc=doc), "html.parser")


def get_word(doc) -> WordDocument:
	return WordDocument(io.BytesIO(render(ANNEXES[doc.doctype].template, build_context(doc))))


def cells_of(word) -> list[list[str]]:
	"""Texts of the table's cells by row, each merged cell once."""
	rows = []
	for row in word.tables[0].rows:
		cells = []
		for cell in row.cells:
			if not cells or cell._tc is not cells[-1]._tc:
				cells.append(cell)
		rows.append([cell.text for cell in cells])
	return rows


def words(text: str) -> str:
	return re.sub(r"\s+", "", text)


class TestHtml(NmediaTestCase):
	def test_title_cells_notes_and_order(self):
		html = print_html(factories.make_approved_article(opinion="同意发布"))
		annex = html.select_one(".annex")
		self.assertEqual(annex.select_one(".annex-number").text, "附件2")
		self.assertEqual(annex.h1.text, TITLE)
		self.assertEqual([th.text for th in annex.select("th")], LABELS)
		self.assertEqual([p.text for p in annex.select(".annex-notes p")], NOTES)
		order = [
			words(annex.text).index(words(text))
			for text in ["附件2", TITLE, *LABELS, "审核人：", "日期：", *NOTES]
		]
		self.assertEqual(order, sorted(order))

	def test_cells_hold_the_articles_values(self):
		article = factories.make_approved_article(opinion="同意发布")
		html = print_html(article)
		values = [
			words(td.text) for td in html.select(".annex-table > tr > td, .annex-table > tbody > tr > td")
		]
		self.assertEqual(values[0], words("测试平台：测试号"))
		self.assertEqual(values[1], "2026年6月10日09:30")
		self.assertEqual(values[2], words("学生作者"))
		self.assertEqual(values[3], words("Editor O'Hara"))
		self.assertEqual(values[4], words("Photograph by the section"))
		self.assertIn("Thenetworkismaintained", values[5])
		self.assertIn("文章内容可附件", values[5])
		today = chinese_date(frappe.utils.today())
		self.assertEqual(values[6], words(f"同意发布审核人：处长日期：{today}"))

	def test_same_words_in_every_language(self):
		article = factories.make_article()
		language = frappe.local.lang
		try:
			texts = set()
			for frappe.local.lang in ("en", "zh", "de"):
				texts.add(words(print_html(article).select_one(".annex").text))
		finally:
			frappe.local.lang = language
		self.assertEqual(len(texts), 1)

	def test_history_is_not_in_it(self):
		article = factories.make_article_in_leader_review()
		self.assertNotIn("Checked", print_html(article).text)

	def test_typed_marks_come_out_as_typed(self):
		for text in ("{{ doc.owner }}", "<b>bold</b> & more", "{% if x %}", "{_{ }_}"):
			article = factories.make_article(image_source=text, title=text)
			html = print_html(article)
			self.assertIn(text, [td.text for td in html.select("td.annex-text")])

	def test_image_is_inside(self):
		article = factories.make_article(content="<p>Look</p>" + factories.image_html())
		image = print_html(article).select_one(".annex-article img")
		self.assertTrue(image["src"].startswith("data:image/png;base64,"))

	def test_script_and_remote_image_do_not_print(self):
		article = factories.make_article()
		article.db_set(
			"content",
			'<p>x</p><script>alert(1)</script><img src="https://example.com/a.png"><img src="/etc/passwd">',
		)
		html = str(print_html(frappe.get_doc("Article Review", article.name)).select_one(".annex-article"))
		self.assertNotIn("script", html)
		self.assertNotIn("img", html)

	def test_attachments_are_named(self):
		frappe.set_user(EDITOR)
		article = factories.make_article()
		file = attach_file(article, "manuscript.pdf", b"%PDF-1.4 x")
		article.append("attachments", {"file": file.file_url, "note": "full text"})
		article.save()
		self.assertIn(f"附件1：{file.file_name}（full text）", print_html(article).text)

	def test_custom_field_prints_before_the_notes(self):
		field = frappe.get_doc(
			doctype="Custom Field",
			dt="Article Review",
			fieldname="nmedia_test_column",
			label="Test Column",
			fieldtype="Data",
			insert_after="image_source",
		)
		extra = frappe._dict(field.as_dict(), is_custom_field=1)
		article = factories.make_article()
		article.nmedia_test_column = "Value <of> the field"
		with patch.object(article.meta, "fields", [*article.meta.fields, extra]):
			html = print_html(article)
			self.assertEqual([th.text for th in html.select("th")], [*LABELS, "Test Column"])
			self.assertIn("Value <of> the field", [td.text for td in html.select("td")])
			rows = cells_of(get_word(article))
			self.assertEqual(rows[-1], ["Test Column", "Value <of> the field"])

	def test_default_of_the_doctype_is_the_annex(self):
		self.assertEqual(frappe.get_meta("Article Review").default_print_format, FORMAT)

	@unittest.skipUnless(shutil.which("wkhtmltopdf"), "needs wkhtmltopdf")
	def test_normal_article_fills_one_page_of_a4(self):
		from frappe.utils.pdf import get_pdf
		from pypdf import PdfReader

		article = factories.make_approved_article(content="<p>" + "校园网络本周日维护。" * 30 + "</p>")
		html = frappe.get_print("Article Review", article.name, FORMAT, no_letterhead=1)
		pdf = PdfReader(io.BytesIO(get_pdf(html)))
		self.assertEqual(len(pdf.pages), 1)
		self.assertEqual([round(float(x)) for x in pdf.pages[0].mediabox[2:]], [595, 842])


class TestWord(NmediaTestCase):
	def test_cells_are_the_regulations(self):
		article = factories.make_approved_article(opinion="同意发布")
		word = get_word(article)
		paragraphs = [p.text for p in word.paragraphs if p.text.strip()]
		self.assertEqual(paragraphs[:2], ["附件2", TITLE])
		*_rest, first, second, code = (paragraph.strip() for paragraph in paragraphs)
		self.assertEqual([first, second, code], [*NOTES, printed_code(article.verification_code)])
		rows = cells_of(word)
		self.assertEqual([row[0::2] for row in rows[:2]], [LABELS[0:2], LABELS[2:4]])
		self.assertEqual([row[0] for row in rows[2:]], LABELS[4:])
		self.assertEqual(rows[0][1], "测试平台：测试号")
		self.assertEqual(rows[0][3], "2026年6月10日 09:30")
		self.assertEqual((rows[1][1], rows[1][3]), ("学生作者", "Editor O'Hara"))
		self.assertEqual(rows[2][1], "Photograph by the section")
		self.assertEqual(
			rows[3][1].split("\n"),
			["文章内容可附件", "Summer network maintenance", "The network is maintained on Sunday."],
		)
		signature = f"审核人：处长日期：{chinese_date(frappe.utils.today())}"
		self.assertEqual(words(rows[4][1]), words("同意发布" + signature))

	def test_same_words_as_the_printed_form(self):
		article = factories.make_approved_article()
		html = words(print_html(article).select_one(".annex").text)
		html = html[html.index("附件2") :]
		word = get_word(article)
		text = [p.text for p in word.paragraphs[:2]]
		text += [cell for row in cells_of(word) for cell in row]
		text += [p.text for p in word.paragraphs[2:]]
		self.assertEqual(words("".join(text)), html)

	def test_typed_marks_come_out_as_typed(self):
		text = "{{ 7*7 }} {% raw %} <w:p> & \" ' {_{ }_} {_% %_} {# x #}"
		content = "<p>" + frappe.utils.escape_html(text) + "</p>"
		article = factories.make_article(image_source=text, title=text, content=content)
		rows = cells_of(get_word(article))
		self.assertEqual(rows[2][1], text)
		self.assertEqual(rows[3][1].split("\n")[1:], [text, text])

	def test_control_characters_do_not_break_the_file(self):
		article = factories.make_article(image_source="a\x0bb\x00c\x07d\ufffee")
		self.assertEqual(cells_of(get_word(article))[2][1], "abcde")

	def test_lines_stay_lines(self):
		article = factories.make_article(image_source="first\nsecond")
		self.assertEqual(cells_of(get_word(article))[2][1], "first\nsecond")

	def test_image_is_in_the_file(self):
		for image_format, mime in (("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")):
			content = factories.image_html(factories.image_bytes(image_format), mime)
			word = get_word(factories.make_article(content="<p>Look</p>" + content))
			self.assertEqual(len(word.inline_shapes), 1, image_format)

	def test_image_is_left_out_for_who_may_not_read_it(self):
		article = factories.make_article(content="<p>Look</p>" + factories.image_html())
		frappe.set_user(STRANGER)
		self.assertEqual([block for block in to_blocks(article.content) if block.image], [])

	def test_template_is_sandboxed(self):
		document = WordDocument()
		document.add_paragraph("{{ media.__class__.__mro__ }}")
		buffer = io.BytesIO()
		document.save(buffer)
		with self.assertRaises(TemplateError):
			render(io.BytesIO(buffer.getvalue()), build_context(factories.make_article()))

	def test_template_asks_for_nothing_that_the_context_lacks(self):
		names = compile_template(ANNEXES["Article Review"].template.read_bytes()).names
		self.assertLessEqual(names, set(build_context(factories.make_article())))


class TestBlocks(NmediaTestCase):
	def test_text_becomes_paragraphs(self):
		blocks = to_blocks(
			"<h2>Head</h2><p>One <b>two</b><br>three</p><ol><li>a</li><li data-list='bullet'>b</li></ol>"
			"<table><tr><td>x</td><td>y</td></tr></table><p class='ql-align-right'>end</p><p><br></p>"
		)
		self.assertEqual(
			[block.text for block in blocks],
			["Head", "One two", "three", "1. a", "• b", "x\ty", "end"],
		)
		self.assertEqual([block.align for block in blocks], ["center", "", "", "", "", "", "right"])
		self.assertTrue(blocks[0].runs[0].bold)
		self.assertEqual([run.text for run in blocks[1].runs if run.bold], ["two"])

	def test_table_keeps_its_cells_and_bounds_what_they_span(self):
		[table] = to_blocks(
			"<table><tr><th colspan='2'>a</th></tr><tr><td rowspan='99999'>b</td><td>"
			"<p>c</p><table><tr><td>d</td><td>e</td></tr></table></td></tr></table>"
		)
		shape = [[(cell.text, cell.columns, cell.rows) for cell in row] for row in table.rows]
		self.assertEqual(shape, [[("a", 2, 1)], [("b", 1, 1), ("c d\te", 1, 1)]])
		self.assertTrue(table.rows[0][0].blocks[0].runs[0].bold)
		[wide] = to_blocks("<table><tr><td colspan='1000000'>a</td></tr></table>")
		self.assertEqual(wide.rows[0][0].columns, 63)

	def test_alignment_that_the_editor_writes_as_a_style(self):
		[block] = to_blocks('<p style="text-align: right;">end</p>')
		self.assertEqual(block.align, "right")

	def test_link_leads_to_a_page_or_a_mailbox_alone(self):
		for address, link in (
			("https://a.cn/", "https://a.cn/"),
			("mailto:a@b.cn", "mailto:a@b.cn"),
			("file:///a", ""),
		):
			[block] = to_blocks(f'<p><a href="{address}">a</a></p>')
			self.assertEqual(block.runs[0].link, link)

	def test_printed_html_fetches_nothing(self):
		for markup in (
			'<img src="http://other.example/a.png">',
			'<link rel="stylesheet" href="http://other.example/a.css">',
			'<meta http-equiv="refresh" content="0; url=http://other.example/">',
			'<table background="http://other.example/a.png"><tr><td>x</td></tr></table>',
			'<p style="background-image: url(http://other.example/a.png)">x</p>',
			'<svg><image xlink:href="http://other.example/a.png"></image></svg>',
			'<input type="image" src="http://other.example/a.png">',
			'<video poster="http://other.example/a.png" src="http://other.example/a.mp4"></video>',
			'<iframe src="http://other.example/"></iframe>',
		):
			with self.subTest(markup):
				printed = BeautifulSoup(to_printable_html(f"<p>text</p>{markup}"), "html.parser")
				attributes = [str(value) for tag in printed(True) for value in tag.attrs.values()]
				self.assertNotIn("other.example", "".join(attributes))

	def test_text_that_reads_like_data_is_cleaned_as_well(self):
		html = to_printable_html('["<b onmouseover=alert(1)>x</b>"]')
		self.assertNotIn("onmouseover", html)
		self.assertIn("<b>x</b>", html)

	def test_dates_are_chinese(self):
		self.assertEqual(chinese_date("2026-06-10"), "2026年6月10日")
		self.assertEqual(chinese_time("2026-06-10 09:05:00"), "2026年6月10日 09:05")
		self.assertEqual((chinese_date(None), chinese_time("")), ("", ""))


class TestDownload(RestTestCase):
	path = "/api/method/nmedia_app.nmedia_app.print_formats.word.download_word"

	def test_readers_download_it_under_its_chinese_name(self):
		article = self.committed(factories.make_article_in_chief_review())
		for user in (EDITOR, CHIEF, LEADER, factories.OFFICE):
			response = Browser.of(user).get(self.path, doctype="Article Review", name=article.name)
			self.assertEqual(response.status_code, 200)
			disposition = response.headers["Content-Disposition"]
			self.assertTrue(disposition.isascii())
			self.assertIn(f'filename="{article.name}.docx"', disposition)
			self.assertIn("filename*=UTF-8''%E4%BF%A1", disposition)
			self.assertEqual(cells_of(WordDocument(io.BytesIO(response.data)))[0][0], LABELS[0])

	def test_others_do_not(self):
		article = self.committed(factories.make_article_in_chief_review())
		for user in (OTHER_EDITOR, STRANGER):
			response = Browser.of(user).get(self.path, doctype="Article Review", name=article.name)
			self.assertEqual(response.status_code, 403)
		self.assertIn(
			Browser(None).get(self.path, doctype="Article Review", name=article.name).status_code, (401, 403)
		)

	def test_only_annexes_are_printed(self):
		frappe.set_user("Administrator")
		with self.assertRaises(frappe.ValidationError):
			download_word("Media Section", factories.SECTION)
