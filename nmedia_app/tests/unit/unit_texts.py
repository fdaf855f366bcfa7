"""What readers read of a published copy (Article 7)."""

import unittest
import zlib
from io import BytesIO
from unittest.mock import patch
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from nmedia_app.regulation import texts
from nmedia_app.regulation.texts import (
	ACCEPTED,
	UnreadableCopyError,
	text_of_docx,
	text_of_file,
	text_of_html,
	text_of_pdf,
)


def pdf_of(*pages: str) -> bytes:
	"""Return a small PDF of these pages, each a line of Chinese, written by hand."""
	objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", font(), descendant(), *charmap()]
	kids = []
	for text in pages:
		codes = "".join(f"{ord(sign):04X}" for sign in text)
		drawing = f"BT /F 12 Tf 50 700 Td <{codes}> Tj ET" if text else ""
		objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
		page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >>"
		objects.append(f"{page} /Contents {len(objects)} 0 R >>")
		kids.append(f"{len(objects)} 0 R")
	objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
	return assembled([body.encode() for body in objects])


def font() -> str:
	return (
		"<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [4 0 R]"
		" /ToUnicode 5 0 R >>"
	)


def descendant() -> str:
	system = "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
	return f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /CIDSystemInfo {system} >>"


def charmap() -> list[str]:
	"""Return the object that says: each code is its own Unicode character."""
	ranges = "".join(f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>\n" for high in range(0x4E, 0x9F))
	body = (
		"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
		"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
		f"81 beginbfrange\n{ranges}endbfrange\nendcmap end end"
	)
	return [f"<< /Length {len(body)} >>\nstream\n{body}\nendstream"]


def assembled(objects: list[bytes]) -> bytes:
	pdf, places = b"%PDF-1.4\n", []
	for number, body in enumerate(objects, 1):
		places.append(len(pdf))
		pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
	table = b"".join(b"%010d 00000 n \n" % place for place in places)
	size = len(objects) + 1
	return pdf + (
		b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
		% (size, table, size, len(pdf))
	)


def locked(pdf: bytes, password: str) -> bytes:
	writer = PdfWriter()
	for page in PdfReader(BytesIO(pdf)).pages:
		writer.add_page(page)
	writer.encrypt(password, "owner")
	return saved(writer.write)


def saved(save) -> bytes:
	buffer = BytesIO()
	save(buffer)
	return buffer.getvalue()


class CopyTest(unittest.TestCase):
	def assert_unreadable(self, reason: str, read, *given):
		with self.assertRaises(UnreadableCopyError) as caught:
			read(*given)
		self.assertEqual(caught.exception.reason, reason)
		self.assertIn(".docx", str(caught.exception))


class TestWebPages(CopyTest):
	"""Article 7: of a page, what it shows of the article."""

	def test_wechat_article_is_taken_with_its_title(self):
		html = """<html><head><title>别的</title></head><body><div>导航</div>
			<h1 id="activity-name">
				升级通知
			</h1><em id="publish_time">2026-06-10</em>
			<div id="js_content" style="visibility: hidden; opacity: 0;"><p>各部门：</p>
			<p>定于<span>6月</span>10日
			升级。</p></div><div>阅读原文</div></body></html>"""
		self.assertEqual(text_of_html(html), "升级通知\n各部门：\n定于6月10日 升级。")

	def test_marked_article_is_taken(self):
		for name in ("article", "main"):
			marked = f"<{name}>短</{name}><{name}><p>正文在此</p></{name}>"
			html = f"<nav>首页</nav><h1>题</h1>{marked}<footer>页脚</footer>"
			self.assertEqual(text_of_html(html), "题\n正文在此")

	def test_title_within_the_article_comes_once(self):
		self.assertEqual(text_of_html("<main><h1>题</h1>正文</main>"), "题\n正文")

	def test_page_without_marks_is_taken_as_a_whole(self):
		self.assertEqual(text_of_html("<p>甲</p>乙<br>丙<div>丁</div>"), "甲\n乙\n丙\n丁")
		self.assertEqual(text_of_html("只有文字"), "只有文字")
		self.assertEqual(text_of_html(""), "")

	def test_what_is_not_shown_is_not_read(self):
		html = (
			"<p>甲</p><script>var a='乙'</script><style>p{}</style><!-- 丙 --><p hidden>丁</p>"
			"<template>戊</template>"
			"<div style='color:red; DISPLAY : none'><p>己</p></div><p style='visibility:hidden'>庚</p>"
			"<noscript>辛</noscript><svg><text>壬</text></svg>"
		)
		self.assertEqual(text_of_html(html), "甲")

	def test_cells_and_entities(self):
		rows = "<tr><th>时间</th><td>8:30</td></tr><tr><td>A&amp;B</td><td>&lt;1&nbsp;小时</td></tr>"
		self.assertEqual(text_of_html(f"<table>{rows}</table>"), "时间 8:30\nA&B <1\u00a0小时")

	def test_deep_nesting_is_read(self):
		self.assertEqual(text_of_html("<div>" * 5000 + "深"), "深")

	@given(st.text(st.sampled_from("<>/div p!-\"'=&;甲script\x00\x1f\n"), max_size=80))
	def test_any_page_is_read(self, html):
		self.assertNotIn("\x1f", text_of_html(html))


class TestWord(CopyTest):
	"""Article 7: of a Word file, its body as it reads."""

	def document(self) -> bytes:
		document = Document()
		document.add_paragraph("第一段")
		document.add_paragraph().add_run("隐藏").font.hidden = True
		table = document.add_table(1, 2)
		table.cell(0, 0).text, table.cell(0, 1).text = "甲", "乙"
		paragraph = document.add_paragraph("行\n行\t尾")
		paragraph.add_run("可见").font.hidden = False
		for change in (
			"<w:ins {}><w:r><w:t>新</w:t></w:r></w:ins>",
			"<w:del {}><w:r><w:delText>旧</w:delText></w:r></w:del>",
			"<w:moveFrom {}><w:r><w:t>移</w:t></w:r></w:moveFrom>",
		):
			paragraph._p.append(parse_xml(change.format(nsdecls("w"))))
		return saved(document.save)

	def test_paragraphs_tables_and_changes(self):
		self.assertEqual(text_of_docx(self.document()), "第一段\n甲\n乙\n行\n行 尾可见新")

	def test_text_box_is_read_once(self):
		document = Document()
		box = "<w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent>"
		names = f"xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' {nsdecls('w')}"
		choice = f"<mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
		alternative = parse_xml(f"<mc:AlternateContent {names}>{choice}</mc:AlternateContent>")
		document.add_paragraph("前").add_run()._r.append(alternative)
		self.assertEqual(text_of_docx(saved(document.save)), "前\n框")

	def test_damaged_file_is_refused(self):
		content = self.document()
		for broken in (b"", b"PK", content[: len(content) // 2], b"x" * 100, saved(self.empty_archive)):
			self.assert_unreadable(texts.DAMAGED, text_of_docx, broken)

	def empty_archive(self, buffer):
		with ZipFile(buffer, "w") as archive:
			archive.writestr("a.txt", "a")

	def test_protected_file_is_refused(self):
		content = b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")
		self.assert_unreadable(texts.PROTECTED, text_of_docx, content)

	def test_file_that_unpacks_without_end_is_refused(self):
		def bomb(buffer):
			with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
				archive.writestr("word/document.xml", b"0" * 200_000)

		with patch.object(texts, "MOST_UNPACKED", 100_000):
			self.assert_unreadable(texts.TOO_LARGE, text_of_docx, saved(bomb))

	def test_file_packed_as_no_office_does_is_not_unpacked(self):
		def bomb(buffer):
			with ZipFile(buffer, "w", ZIP_BZIP2) as archive:
				archive.writestr("word/document.xml", b"0" * 200_000)

		with patch.object(texts, "Document") as reading:
			self.assert_unreadable(texts.TOO_LARGE, text_of_docx, saved(bomb))
		reading.assert_not_called()


class TestPdf(CopyTest):
	"""Article 7: of a PDF, the text of its pages."""

	def test_pages_are_read(self):
		self.assertEqual(text_of_pdf(pdf_of("关于升级的通知", "各部门")), "关于升级的通知\n各部门")

	def test_damaged_file_is_refused(self):
		content = pdf_of("通知")
		for broken in (b"", b"%PDF-1.4", content[:200], b"x" * 5000):
			self.assert_unreadable(texts.DAMAGED, text_of_pdf, broken)

	def test_password_is_refused_but_a_lock_against_changes_is_not(self):
		self.assert_unreadable(texts.PROTECTED, text_of_pdf, locked(pdf_of("通知"), "secret"))
		self.assertEqual(text_of_pdf(locked(pdf_of("通知"), "")), "通知")

	def test_too_many_pages_are_refused(self):
		with patch.object(texts, "MOST_PAGES", 2):
			self.assert_unreadable(texts.TOO_LARGE, text_of_pdf, pdf_of("一", "二", "三"))

	def test_file_that_takes_too_much_memory_is_refused(self):
		packed = zlib.compress(b"0 " * 60_000_000, 1)
		drawing = b"BT /F 12 Tf 50 700 Td <901A77E5> Tj ET"
		bomb = pdf_of("通知").replace(
			b"/Length %d" % len(drawing), b"/Filter /FlateDecode /Length %d" % len(packed)
		)
		bomb = bomb.replace(drawing, packed)
		self.assertIn(packed, bomb)
		with patch.object(texts, "MOST_MEMORY", 200_000_000):
			self.assertEqual(text_of_pdf(pdf_of("通知")), "通知")
			with self.assertRaises(UnreadableCopyError) as caught:
				text_of_pdf(bomb)
		self.assertIn(caught.exception.reason, (texts.TOO_LARGE, texts.DAMAGED))

	def test_file_that_takes_too_long_is_refused(self):
		with patch.object(texts, "MOST_SECONDS", 1):
			self.assert_unreadable(texts.DAMAGED, text_of_pdf, pdf_of(*["通知" * 2000] * 150))

	@settings(max_examples=8)
	@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=8, max_size=8))
	def test_changed_bytes_are_read_or_refused(self, changes):
		content = bytearray(pdf_of("通知"))
		for at, byte in changes:
			content[at % len(content)] = byte
		try:
			text_of_pdf(bytes(content))
		except UnreadableCopyError as error:
			self.assertIn(error.reason, (texts.DAMAGED, texts.PROTECTED, texts.TOO_LARGE))


class TestFiles(CopyTest):
	"""Article 7: the copy is a file of a kind that can be read."""

	def test_kind_is_told_by_the_ending(self):
		document = Document()
		document.add_paragraph("文")
		for name, content, text in (
			("a.txt", "  甲\r\n\r\n乙 ".encode(), "甲\n乙"),
			("a.HTML", b"<p>a</p>", "a"),
			("a.htm", b"<p>a</p>", "a"),
			("发布.pdf", pdf_of("通知"), "通知"),
			("a.b.docx", saved(document.save), "文"),
		):
			self.assertEqual(text_of_file(name, content), text)

	def test_other_kinds_are_refused_with_what_may_be_given(self):
		for name in ("a.doc", "a.png", "a", "", ".txt", "a.pdf.exe"):
			self.assert_unreadable(texts.KIND, text_of_file, name, b"a")
		with self.assertRaises(UnreadableCopyError) as caught:
			text_of_file("a.doc", b"")
		for ending in ACCEPTED:
			self.assertIn(ending, str(caught.exception))

	def test_chinese_encodings(self):
		for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"):
			self.assertEqual(text_of_file("a.txt", "先审后发".encode(encoding)), "先审后发", encoding)
		page = "<meta charset='{}'><p>先審後發</p>"
		for encoding in ("utf-8", "gb18030", "big5"):
			self.assertEqual(
				text_of_file("a.html", page.format(encoding).encode(encoding)), "先審後發", encoding
			)

	def test_declared_encoding_that_does_not_exist_is_passed_over(self):
		self.assertEqual(text_of_file("a.html", "<meta charset=nix><p>审</p>".encode("gbk")), "审")

	def test_binary_file_is_no_text(self):
		self.assert_unreadable(texts.DAMAGED, text_of_file, "a.txt", b"\x89PNG\x00\x01\xff\xff")

	def test_file_without_text_is_refused(self):
		for name, content in (
			("a.txt", b" \n"),
			("a.html", b"<img src=a.png>"),
			("a.pdf", pdf_of("")),
			("a.docx", saved(Document().save)),
		):
			self.assert_unreadable(texts.NO_TEXT, text_of_file, name, content)

	def test_size_is_bounded(self):
		with patch.object(texts, "MOST_BYTES", 10):
			self.assert_unreadable(texts.TOO_LARGE, text_of_file, "a.txt", b"a" * 11)
		with patch.object(texts, "MOST_CHARACTERS", 10):
			self.assert_unreadable(texts.TOO_LARGE, text_of_file, "a.txt", b"a" * 11)

	def test_noise_of_broken_fonts_is_left_out(self):
		self.assertEqual(text_of_file("a.txt", b"a\x01b\x7fc"), "abc")
