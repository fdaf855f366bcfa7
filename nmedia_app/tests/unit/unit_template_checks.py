"""What is said of a Word file that cannot be a template, so that whoever made it finds and mends it."""

import io
import re
import struct
import unittest
import zipfile
from collections.abc import Callable
from unittest.mock import patch

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from nmedia_app.nmedia_app.print_formats.engine import (
	TemplateError,
	check_template,
	compile_template,
	make_sample,
)
from nmedia_app.nmedia_app.print_formats.engine.checks import find_circle
from nmedia_app.tests.unit.unit_annex_engine import ATTACKS
from nmedia_app.tests.unit.word_templates import (
	ANNEX_1,
	ANNEX_2,
	CELLS,
	bytes_of,
	docx_of,
	docx_of_rows,
	docx_of_xml,
	parts_of,
	zipped,
)

KNOWN = {
	**dict.fromkeys(CELLS, "一格"),
	"account_name": "账号名称",
	"commitment": "承诺",
	"opinion": "部门意见",
	"reviewer": "签名",
	"reviewed_on": "日期",
	"has_measures": "是否填写了管理措施",
	"extras": "自定义字段",
	"extras.label": "自定义字段的名称",
	"extras.value": "自定义字段的内容",
}
KNOWN_2 = {
	**dict.fromkeys(("media", "planned_publish_time", "copywriters", "editors", "image_source"), "一格"),
	**dict.fromkeys(
		("article_title", "content", "attachments", "opinion", "reviewer", "reviewed_on"), "一格"
	),
	**dict.fromkeys(("verification.broken", "verification.code", "verification.qr"), "核验"),
	"extras.label": "自定义字段的名称",
	"extras.value": "自定义字段的内容",
}

VALID = docx_of("{{ account_name }}")
XXE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_DOCUMENT = "application/vnd.ms-word.document.macroEnabled.main+xml"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def with_part(name: str, content: bytes, source: bytes = VALID) -> bytes:
	return zipped({**parts_of(source), name: content})


def replaced(name: str, old: str, new: str, source: bytes = VALID) -> bytes:
	parts = parts_of(source)
	before = parts[name].decode()
	assert old in before, (name, old)
	return zipped({**parts, name: before.replace(old, new, 1).encode()})


def declared(declaration: bytes) -> bytes:
	"""Return a document whose text begins with this document type."""
	xml = parts_of(VALID)["word/document.xml"]
	return with_part("word/document.xml", declaration + xml[xml.index(b"<w:document") :])


def related(
	kind: str, target: str, external: bool = False, part: str = "word/_rels/document.xml.rels"
) -> bytes:
	"""Return a document with one more relation."""
	mode = ' TargetMode="External"' if external else ""
	relation = f'<Relationship Id="rIdX" Type="{kind}" Target="{target}"{mode}/></Relationships>'
	return replaced(part, "</Relationships>", relation)


def with_field(instruction: str) -> bytes:
	xml = (
		'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
		'<w:r><w:instrText>{}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
	)
	half = len(instruction) // 2
	return docx_of_xml(
		xml.format(instruction[:half], instruction[half:]), "<w:p><w:r><w:t>{{ opinion }}</w:t></w:r></w:p>"
	)


def bomb(size: int = 60 << 20) -> bytes:
	return with_part("word/media/bomb.xml", b"\0" * size)


def lying_bomb(method: int = zipfile.ZIP_DEFLATED, size: int = 30 << 20) -> bytes:
	"""Return an archive that says less of a part's size than it unpacks to."""
	buffer = io.BytesIO(VALID)
	with zipfile.ZipFile(buffer, "a") as archive:
		archive.writestr("word/bomb.xml", b" " * size, method)
	source, claimed = bytearray(buffer.getvalue()), struct.pack("<L", size)
	for at in (source.find(claimed), source.rfind(claimed)):
		source[at : at + 4] = struct.pack("<L", 100)
	return bytes(source)


def in_text_box(text: str) -> bytes:
	return docx_of_xml(
		"<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>"
		+ text
		+ "</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>",
	)


def in_header(text: str) -> bytes:
	document = Document()
	document.sections[0].header.paragraphs[0].text = text
	document.add_paragraph("{{ opinion }}")
	return bytes_of(document)


def in_formula(text: str) -> bytes:
	math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
	document = Document(io.BytesIO(VALID))
	formula = f'<w:p {nsdecls("w")}><m:oMath xmlns:m="{math}"><m:r><m:t>{text}</m:t></m:r></m:oMath></w:p>'
	document.element.body.insert(0, parse_xml(formula))
	return bytes_of(document)


def encrypted() -> bytes:
	source = bytearray(VALID)
	for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
		at = source.find(signature)
		while at >= 0:
			source[at + offset] |= 1
			at = source.find(signature, at + 4)
	return bytes(source)


def doubled() -> bytes:
	buffer = io.BytesIO(VALID)
	with zipfile.ZipFile(buffer, "a") as archive:
		archive.writestr("WORD/document.xml", b"<x/>")
	return buffer.getvalue()


TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

#: a faulty file, and what is said of it
FAULTY: dict[str, tuple[Callable[[], bytes], str]] = {
	"nothing": (lambda: b"", "This is no Word document"),
	"a text renamed": (lambda: b"Hello", "This is no Word document"),
	"a PDF renamed": (lambda: b"%PDF-1.4 x", "This is no Word document"),
	"a ZIP of something": (lambda: zipped({"a.txt": b"a"}), "This is no Word document"),
	"an old .doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .doc or is protected"),
	"protected by ZIP": (encrypted, "cannot be unpacked"),
	"truncated": (lambda: VALID[: len(VALID) // 2], "cannot be unpacked"),
	"one byte other": (
		lambda: VALID[:2000] + bytes([VALID[2000] ^ 255]) + VALID[2001:],
		"cannot be unpacked",
	),
	"a part twice": (doubled, "cannot be unpacked"),
	"a part outside": (lambda: with_part("../../etc/cron.d/x", b"x"), "cannot be unpacked"),
	"zip bomb": (bomb, "unpacks to far more"),
	"zip bomb of few megabytes": (lambda: bomb(3 << 20), "unpacks to far more"),
	"zip bomb that lies": (lying_bomb, "cannot be unpacked"),
	"zip bomb in bzip2": (lambda: lying_bomb(zipfile.ZIP_BZIP2), "cannot be unpacked"),
	"zip bomb in LZMA": (lambda: lying_bomb(zipfile.ZIP_LZMA), "cannot be unpacked"),
	"many parts": (
		lambda: zipped({**parts_of(VALID), **{f"a/{n}": b"" for n in range(600)}}),
		"unpacks to far more",
	),
	"larger than may be": (lambda: VALID + b"\0" * (11 << 20), "larger than 10 MB"),
	"renamed .xlsx": (lambda: replaced(TYPES, DOCUMENT, WORKBOOK), "another kind of Office file"),
	"Word template .dotx": (
		lambda: replaced(TYPES, DOCUMENT, DOCUMENT.replace("document.main", "template.main")),
		"another kind",
	),
	"Strict Open XML": (
		lambda: replaced(
			"word/document.xml",
			"schemas.openxmlformats.org/wordprocessingml/2006",
			"purl.oclc.org/ooxml/wordprocessingml",
		),
		"another kind of Office file",
	),
	"macros": (lambda: with_part("word/vbaProject.bin", b"x"), "has macros"),
	".docm renamed": (lambda: replaced(TYPES, DOCUMENT, MACRO_DOCUMENT), "has macros"),
	"ActiveX": (lambda: with_part("word/activeX/activeX1.xml", b"<x/>"), "has macros or controls"),
	"XXE": (lambda: declared(XXE), "declares a document type"),
	"billion laughs": (lambda: declared(LAUGHS), "declares a document type"),
	"XXE in styles": (
		lambda: with_part("word/styles.xml", XXE + b"<a>&x;</a>"),
		"styles.xml declares a document type",
	),
	"broken XML": (
		lambda: replaced("word/document.xml", "</w:body>", ""),
		"part word/document.xml cannot be read",
	),
	"deep XML": (lambda: with_part("word/document.xml", b"<a>" * 3000 + b"</a>" * 3000), "too deep"),
	"link": (
		lambda: related(RELATIONSHIP_TYPE.HYPERLINK, "https://example.com/x", True),
		"The link to https://example.com/x",
	),
	"picture from the network": (
		lambda: related(RELATIONSHIP_TYPE.IMAGE, "http://example.com/a.png", True),
		"refers to http://example.com/a.png",
	),
	"other template": (
		lambda: related(f"{OFFICE}/attachedTemplate", "file:///C:/a.dotm", True),
		"Another template is attached",
	),
	"embedded workbook": (
		lambda: related(f"{OFFICE}/package", "embeddings/a.xlsx"),
		"Another file is embedded",
	),
	"HTML in the document": (lambda: related(f"{OFFICE}/aFChunk", "a.html"), "Another file is embedded"),
	"missing part": (
		lambda: related(RELATIONSHIP_TYPE.HEADER, "header9.xml"),
		"part word/header9.xml is missing",
	),
	"circular relation": (lambda: related(RELATIONSHIP_TYPE.HEADER, "document.xml"), "in a circle"),
	"relation that is not there": (
		lambda: replaced("word/document.xml", "<w:sectPr", f'<w:sectPr xmlns:r="{OFFICE}" r:id="rId999"'),
		"refers to what is not there",
	),
	"field from a file": (lambda: with_field(' INCLUDETEXT "C:\\a.docx" '), "The field INCLUDETEXT"),
	"field that starts a program": (lambda: with_field(" DDEAUTO c:\\\\cmd.exe "), "The field DDEAUTO"),
	"field with a link": (
		lambda: with_field(' HYPERLINK "http://a.example" '),
		"The link to http://a.example",
	),
	"10,000 rows": (
		lambda: docx_of_xml("<w:tbl>" + "<w:tr><w:tc><w:p/></w:tc></w:tr>" * 10_000 + "</w:tbl>"),
		"has 10000 rows",
	),
	"long paragraph": (lambda: docx_of("{{ opinion }}" * 4000), "has more than 3000 placeholders"),
	"large part": (
		lambda: with_part("word/styles.xml", b"".join(b"<a%d/>" % number for number in range(900_000))),
		"unpacks to far more",
	),
	"no placeholder": (lambda: docx_of("Nothing to fill in"), "There is no placeholder in the document"),
	"one brace missing": (
		lambda: docx_of("a {{ opinion } b"),
		"In paragraph 1: A tag is broken at “a {{ opinion } b”",
	),
	"one brace missing before another": (
		lambda: docx_of("{{ opinion } b {{ handle }}"),
		"A tag is broken at “{{ opinion } b",
	),
	"one brace too few at the front": (lambda: docx_of("{ opinion }} b"), "A tag is broken"),
	"full-width braces": (lambda: docx_of("｛｛ opinion ｝｝"), "A tag is broken"),
	"tag over two paragraphs": (lambda: docx_of("{{ opinion", "}}"), "In paragraph 1: A tag is broken"),
	"broken tag split over runs": (
		lambda: docx_of(("{", "{ opin", "ion }")),
		"In paragraph 1: A tag is broken",
	),
	"nothing in the tag": (lambda: docx_of("{{ }}"), "{{ }} cannot be read"),
	"space in a name": (lambda: docx_of("{{ account name }}"), "{{ account name }} cannot be read"),
	"if without endif": (
		lambda: docx_of("{% if opinion %}{{ opinion }}"),
		"{% if opinion %} has no {% endif %}",
	),
	"endfor without for": (lambda: docx_of("{{ opinion }}{% endfor %}"), "{% endfor %} closes nothing"),
	"crossed": (
		lambda: docx_of("{% if a %}{% for b in c %}{% endif %}{% endfor %}"),
		"{% endif %} closes nothing",
	),
	"loop over two cells": (
		lambda: docx_of_rows(["{% for a in extras %}", "{{ a.label }}{% endfor %}"]),
		"row 1, cell 2: {% for a in extras %} and {% endfor %} must stand",
	),
	"row tag outside": (lambda: docx_of("{%tr if opinion %}{{ opinion }}{%tr endif %}"), "stands in no row"),
	"value beside a row tag": (
		lambda: docx_of_rows(["{%tr for a in extras %}", "{{ a.label }}"], ["{%tr endfor %}", ""]),
		"{{ a.label }} would be lost",
	),
	"tag in a formula": (lambda: in_formula("{{ opinion }}"), "A tag stands where none can be filled in"),
	"unknown in the text": (
		lambda: docx_of("", "{{ opnion }}"),
		"In paragraph 2: There is no placeholder “opnion”. Is opinion meant?",
	),
	"unknown in a cell": (
		lambda: docx_of_rows(["{{ opinion }}", ""], ["", "{{ accountname }}"]),
		"In table 1, row 2, cell 2: There is no placeholder “accountname”. Is account_name",
	),
	"unknown in the header": (
		lambda: in_header("{{ handel }}"),
		"In page header · paragraph 1: There is no placeholder “handel”. Is handle",
	),
	"unknown in a text box": (
		lambda: in_text_box("{{ xyzzy }}"),
		"In text box · paragraph 2: There is no placeholder “xyzzy”. Please choose",
	),
	"unknown in a loop": (
		lambda: docx_of("{% for a in extras %}{{ a.lable }}{% endfor %}"),
		"There is no placeholder “a.lable”. Is a.label meant?",
	),
	"unknown list": (lambda: docx_of("{% for a in extra %}{{ a.label }}{% endfor %}"), "“extra”. Is extras"),
	"its meaning instead of its name": (
		lambda: docx_of("{{ 账号名称 }}"),
		"“账号名称”. Is account_name meant?",
	),
	"unknown within a value": (lambda: docx_of("{{ account_name.upper }}"), "“account_name.upper”"),
}


class TestFaultyFiles(unittest.TestCase):
	"""Each faulty file is refused, and it is said why."""

	def test_each_has_its_message(self):
		for name, (make, expected) in FAULTY.items():
			with self.subTest(name):
				said = [fault.say() for fault in check_template(make(), KNOWN)]
				self.assertTrue(any(expected in sentence for sentence in said), said)

	def test_all_faults_are_named_at_once(self):
		source = docx_of("{{ opnion }}", "{{ handel }}", "{{ opinion }}", "{{ handel }}")
		said = [fault.say() for fault in check_template(source, KNOWN)]
		self.assertEqual(
			[sentence.partition(":")[0] for sentence in said],
			["In paragraph 1", "In paragraph 2", "In paragraph 4"],
		)
		broken = docx_of("{{ a b }}", "{{ c", "{% if x %}", "{% set y %}")
		self.assertEqual(len(check_template(broken, {**KNOWN, "x": "x"})), 4)

	def test_unknown_names_are_named_beside_faults_of_the_language(self):
		faults = {fault.say() for fault in check_template(docx_of("{{ a b }}", "{{ opnion }}"), KNOWN)}
		self.assertTrue(any("“opnion”. Is opinion meant?" in fault for fault in faults), faults)
		self.assertEqual(len(faults), 2)

	def test_rows_for_custom_fields_are_checked_as_they_are_printed(self):
		begin, end = [["{%tr if has_measures %}"]] * 10, [["{%tr endif %}"]] * 10
		source = docx_of_rows(*begin, ["{{ opinion }}"], *end)
		self.assertEqual(check_template(source, KNOWN, custom_rows_before="备注"), [])
		source = docx_of_rows(*begin, ["备注：{{ opinion }}"], *end)
		self.assertEqual(check_template(source, KNOWN), [])
		[fault] = check_template(source, KNOWN, custom_rows_before="备注")
		self.assertIn("{%tr for extra in extras %}: conditions and loops are nested too deep", fault.say())
		with self.assertRaisesRegex(TemplateError, "nested too deep"):
			compile_template(source, "备注")

	def test_custom_fields_have_no_place_without_a_text(self):
		parts = parts_of(in_header("{{ opinion }}"))
		[before, after] = re.split(b"<w:body>.*</w:body>", parts["word/document.xml"], flags=re.DOTALL)
		source = zipped({**parts, "word/document.xml": before + after})
		[fault] = check_template(source, KNOWN, custom_rows_before="备注")
		self.assertIn("part word/document.xml#body is missing", fault.say())

	def test_rows_for_custom_fields_are_no_placeholders(self):
		[fault] = check_template(docx_of_rows(["备注", ""]), KNOWN, custom_rows_before="备注")
		self.assertIn("There is no placeholder in the document", fault.say())

	def test_rows_of_a_broken_loop_are_no_unknown_names(self):
		for loop in ("{% for row extras %}", "{% for row in extras"):
			[*faults] = check_template(docx_of(loop, "{{ row.label }}", "{% endfor %}"), KNOWN)
			self.assertFalse([fault.say() for fault in faults if "row.label" in fault.say()])

	def test_what_could_unpack_to_more_than_it_says_is_not_unpacked(self):
		for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
			with patch.object(zipfile.ZipFile, "read") as read:
				self.assertTrue(check_template(lying_bomb(method), KNOWN))
			read.assert_not_called()

	def test_any_damage_is_a_fault_and_no_error(self):
		for at in range(0, len(VALID), 997):
			with self.subTest(at):
				check_template(VALID[:at] + b"\0\0\0" + VALID[at + 3 :], KNOWN)

	@settings(max_examples=60, deadline=None)
	@given(st.text("{}%# ()'\".:-_abifnr\u3000“｛", max_size=40))
	def test_any_text_is_a_template_or_a_fault(self, text):
		source = docx_of(text, "{{ opinion }}")
		if not check_template(source, KNOWN):
			compile_template(source)

	def test_hostile_text_is_refused(self):
		for text in ("{#" * 100_000, "{{" * 100_000, "{%" * 100_000, "{" * 200_000, "{{ a" * 50_000):
			self.assertTrue(check_template(docx_of(text), KNOWN))

	def test_templates_that_reach_for_more(self):
		for attack in ATTACKS:
			with self.subTest(attack):
				self.assertTrue(check_template(docx_of(attack), {**KNOWN, "x": "x"}))

	def test_translated_by_the_one_who_says_it(self):
		[fault] = check_template(docx_of("{{ opnion }}"), KNOWN)
		chinese = {"paragraph {0}": "第 {0} 段", "In {0}: {1}": "位于{0}：{1}"}
		self.assertTrue(fault.say(lambda text: chinese.get(text, text)).startswith("位于第 1 段："))


class TestSoundFiles(unittest.TestCase):
	"""What can be a template is taken as one."""

	def test_shipped_templates(self):
		self.assertEqual(check_template(ANNEX_1, KNOWN), [])
		self.assertEqual(check_template(ANNEX_2, KNOWN_2), [])

	def test_tag_split_over_runs_in_header_and_text_box(self):
		for source in (
			docx_of(("{", "{ opin", "ion }", "}")),
			in_header("{{ handle }}"),
			in_text_box("{{ handle }}"),
		):
			self.assertEqual(check_template(source, KNOWN), [])

	def test_sample_is_what_the_names_mean(self):
		compiled = compile_template(ANNEX_1)
		sample = make_sample(compiled, KNOWN)
		self.assertEqual(sample["account_name"].text, "账号名称")
		self.assertEqual(sample["extras"], [{"label": "自定义字段的名称", "value": "自定义字段的内容"}] * 2)
		texts = [
			cell.text
			for row in Document(io.BytesIO(compiled.render(sample))).tables[0].rows
			for cell in row.cells
		]
		self.assertIn("账号名称", texts)

	def test_sample_of_the_caller_is_used(self):
		for text in ("{{ opinion }}", "{{ reviewer }}", "{{ opinion.text }}", "{{ opinion if handle > 1 }}"):
			[fault] = check_template(docx_of(text), KNOWN, {"handle": "x", "opinion": {}})
			self.assertIn("The template ", fault.say())

	def test_circle_is_found_and_only_a_circle(self):
		self.assertEqual(find_circle({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}), [])
		self.assertEqual(find_circle({"a": ["b"], "b": ["c"], "c": ["b"]}), ["b", "c", "b"])

	def test_error_says_all_faults(self):
		with self.assertRaisesRegex(TemplateError, r"(?s)paragraph 1.*paragraph 2"):
			compile_template(docx_of("{{ a b }}", "{{ c d }}"))
