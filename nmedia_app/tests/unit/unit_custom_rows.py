"""A template that says nothing of custom fields prints them in rows of their own."""

import io
import unittest

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from nmedia_app.nmedia_app.print_formats.engine import check_template, compile_template
from nmedia_app.nmedia_app.print_formats.placeholders import (
	CELL,
	PLACEHOLDERS,
	REMARKS,
	ROWS,
	Placeholder,
	make_sample,
)
from nmedia_app.tests.unit.word_templates import (
	ANNEX_1,
	ANNEX_2,
	AUDIT_FORM,
	ROUND_SUMMARY,
	annex_1_context,
	annex_2_context,
	bytes_of,
	docx_of,
	docx_of_rows,
	docx_of_xml,
)

EXTRAS = [{"label": "A", "value": "1"}, {"label": "B", "value": "2"}]


def render(source: bytes, before: str = "备注"):
	compiled = compile_template(source, before)
	return Document(io.BytesIO(compiled.render({"x": "X", "extras": EXTRAS})))


def rows_of(document) -> list[list[str]]:
	return [[cell.text for cell in row.cells] for row in document.tables[-1].rows]


def texts_of(document) -> list[list[str]]:
	"""Return the texts of all rows and their cells as Word shows them, whatever stands around these."""
	rows = document.element.body.iter(qn("w:tr"))
	return [["".join(cell.itertext(qn("w:t"))) for cell in cells_of(row)] for row in rows]


def wrap(elements: list, kind: str) -> None:
	"""Put neighbours into a content control, a smart tag or an element of custom XML."""
	outer = inner = OxmlElement(f"w:{kind}")
	elements[0].addprevious(outer)
	if kind == "sdt":
		outer.append(OxmlElement("w:sdtPr"))
		inner = OxmlElement("w:sdtContent")
		outer.append(inner)
	for element in elements:
		inner.append(element)


#: what a content control can stand around, of a table
WRAPPED = {
	"each label": lambda table: [[row[0]] for row in map(cells_of, rows_in(table))],
	"each value": lambda table: [[row[1]] for row in map(cells_of, rows_in(table))],
	"each cell": lambda table: [[cell] for row in rows_in(table) for cell in cells_of(row)],
	"all cells of a row": lambda table: [cells_of(row) for row in rows_in(table)],
	"each row": lambda table: [[row] for row in rows_in(table)],
	"all rows": lambda table: [rows_in(table)],
	"the paragraphs": lambda table: [[paragraph] for paragraph in table.iter(qn("w:p"))],
	"the texts": lambda table: [[run] for run in table.iter(qn("w:r"))],
	"the table": lambda table: [[table]],
}


def rows_in(table) -> list:
	return list(table.iter(qn("w:tr")))


def cells_of(row) -> list:
	return list(row.iter(qn("w:tc")))


class TestCustomRows(unittest.TestCase):
	def test_rows_stand_before_the_remarks(self):
		source = docx_of_rows(["甲", "{{ x }}"], ["备 注", "{{ x }}"], ["签名", ""])
		expected = [["甲", "X"], ["A", "1"], ["B", "2"], ["备 注", "X"], ["签名", ""]]
		self.assertEqual(rows_of(render(source)), expected)

	def test_rows_stand_at_the_end_without_remarks(self):
		source = docx_of_rows(["甲", "{{ x }}"])
		self.assertEqual(rows_of(render(source)), [["甲", "X"], ["A", "1"], ["B", "2"]])

	def test_row_of_one_cell_holds_both(self):
		self.assertEqual(rows_of(render(docx_of_rows(["{{ x }}"]))), [["X"], ["A：1"], ["B：2"]])

	def test_row_looks_like_the_one_it_is_made_of(self):
		document = Document()
		table = document.add_table(1, 2)
		table.cell(0, 0).paragraphs[0].add_run("备注").bold = True
		table.cell(0, 1).paragraphs[0].add_run("{{ x }}").italic = True
		first = render(bytes_of(document)).tables[0].rows[0]
		runs = [cell.paragraphs[0].runs[0] for cell in first.cells]
		self.assertEqual(
			[(run.text, run.bold, run.italic) for run in runs], [("A", True, None), ("1", None, True)]
		)

	def test_paragraphs_without_a_table(self):
		texts = [paragraph.text for paragraph in render(docx_of("{{ x }}")).paragraphs]
		self.assertEqual(texts, ["X", "A：1", "B：2"])

	def test_template_that_prints_them_is_left_as_it_is(self):
		source = docx_of("{{ x }}{% for extra in extras %}{{ extra.label }}{% endfor %}")
		self.assertEqual([paragraph.text for paragraph in render(source).paragraphs], ["XAB"])

	def test_nothing_without_custom_fields(self):
		compiled = compile_template(docx_of_rows(["备注", "{{ x }}"]), "备注")
		self.assertEqual(
			rows_of(Document(io.BytesIO(compiled.render({"x": "X", "extras": []})))), [["备注", "X"]]
		)

	def test_controls_and_tags_around_parts_of_a_table_change_nothing(self):
		plain = [["甲", "{{ x }}"], ["备注", "{{ x }}"], ["签名", ""]]
		first, remarks, last, new = ["甲", "X"], ["备注", "X"], ["签名", ""], [["A", "1"], ["B", "2"]]
		for kind in ("sdt", "smartTag", "customXml"):
			for name, find in WRAPPED.items():
				with self.subTest(kind, around=name):
					document = Document(io.BytesIO(docx_of_rows(*plain)))
					for elements in find(document.tables[0]._tbl):
						wrap(elements, kind)
					source = bytes_of(document)
					self.assertEqual(texts_of(render(source)), [first, *new, remarks, last])
					self.assertEqual(texts_of(render(source, "附注")), [first, remarks, last, *new])

	def test_row_takes_the_formatting_and_nothing_else(self):
		document = Document()
		table = document.add_table(1, 3)
		table.rows[0].height = Pt(40)
		table.cell(0, 0).text = "备注"
		value = table.cell(0, 1).merge(table.cell(0, 2))
		value.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
		value.paragraphs[0].add_run("{{ x }}").font.name = "仿宋"
		for cell in cells_of(table.rows[0]._tr):
			wrap([*cell.iter(qn("w:r"))], "sdt")
			wrap([*cell.iter(qn("w:p"))], "sdt")
			wrap([cell], "sdt")
		first = render(bytes_of(document)).tables[0].rows[0]
		self.assertEqual([*first._tr.iter(qn("w:sdt"))], [])
		self.assertEqual(first.height, Pt(40))
		[_label, cell] = first._tr.tc_lst
		self.assertEqual((cell.grid_span, cell.width), (2, value.width))
		[paragraph] = first.cells[1].paragraphs
		self.assertEqual(paragraph.alignment, WD_ALIGN_PARAGRAPH.CENTER)
		self.assertEqual([(run.text, run.font.name) for run in paragraph.runs], [("1", "仿宋")])

	def test_paragraphs_if_the_table_has_no_row_to_be_like(self):
		paragraph = "<w:p><w:r><w:t>{{ x }}</w:t></w:r></w:p>"
		for table in ("<w:tbl><w:tblPr/></w:tbl>", "<w:tbl><w:tr/></w:tbl>"):
			document = render(docx_of_xml(paragraph, table))
			self.assertEqual([paragraph.text for paragraph in document.paragraphs], ["X", "A：1", "B：2"])

	def test_rows_stand_before_the_remarks_of_any_table(self):
		document = Document(io.BytesIO(docx_of_rows(["甲", "{{ x }}"], ["备注", "{{ x }}"])))
		document.add_paragraph()
		document.add_table(1, 1).cell(0, 0).text = "制表"
		expected = [["甲", "X"], ["A", "1"], ["B", "2"], ["备注", "X"], ["制表"]]
		self.assertEqual(texts_of(render(bytes_of(document))), expected)

	def test_rows_stand_before_the_remarks_of_a_table_in_a_cell(self):
		document = Document()
		outer = document.add_table(1, 1).cell(0, 0)
		outer._tc.remove(outer.paragraphs[0]._p)
		inner = outer.add_table(1, 2)
		inner.cell(0, 0).text, inner.cell(0, 1).text = "备注", "{{ x }}"
		[row] = render(bytes_of(document)).tables[0].rows
		[inner] = row.cells[0].tables
		self.assertEqual(
			[[cell.text for cell in row.cells] for row in inner.rows], [["A", "1"], ["B", "2"], ["备注", "X"]]
		)


class TestPlaceholders(unittest.TestCase):
	"""The list of placeholders is what the annexes print."""

	def known(self, doctype: str) -> dict[str, str]:
		return {placeholder.name: placeholder.meaning for placeholder in PLACEHOLDERS[doctype]}

	def test_names_are_those_of_the_contexts(self):
		for doctype, context in (
			("Account Filing", annex_1_context()),
			("Article Review", annex_2_context()),
		):
			names = {name.partition(".")[0] for name in self.known(doctype)}
			self.assertEqual(names, set(context))

	def test_shipped_templates_are_sound_with_the_sample(self):
		shipped = {
			"Account Filing": ANNEX_1,
			"Article Review": ANNEX_2,
			"Annual Audit": AUDIT_FORM,
			"Annual Audit Round": ROUND_SUMMARY,
		}
		self.assertEqual([*shipped], [*PLACEHOLDERS])
		for doctype, source in shipped.items():
			with self.subTest(doctype):
				sample = make_sample(PLACEHOLDERS[doctype])
				self.assertEqual(check_template(source, self.known(doctype), sample, REMARKS), [])

	def test_each_can_be_used_as_it_is_said(self):
		for doctype, placeholders in PLACEHOLDERS.items():
			sample, plain = make_sample(placeholders), f"{{{{ {placeholders[0].name} }}}}"
			for placeholder in placeholders:
				with self.subTest(doctype, name=placeholder.name):
					rows = [[placeholder.usage.replace("…", "x")]]
					if placeholder.kind in (ROWS, CELL):
						rows = [[tag] for tag in as_loop(placeholders, placeholder.name.partition(".")[0])]
					source = docx_of_rows(*rows, [plain])
					self.assertEqual(check_template(source, self.known(doctype), sample), [])


def as_loop(placeholders: tuple[Placeholder, ...], name: str) -> list[str]:
	"""Return a loop over a list, with everything that its rows hold, as the list of placeholders says it."""
	usages = {placeholder.name: placeholder.usage for placeholder in placeholders}
	begin, end = usages[name].split(" … ")
	cells = (usage for other, usage in usages.items() if other.startswith(f"{name}."))
	return [begin, "".join(cells), end]
