"""A template that says nothing of custom fields prints them in rows of their own."""

import io
import unittest

from docx import Document

from nmedia_app.nmedia_app.print_formats.engine import check_template, compile_template
from nmedia_app.nmedia_app.print_formats.placeholders import (
	CELL,
	PLACEHOLDERS,
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
)

EXTRAS = [{"label": "A", "value": "1"}, {"label": "B", "value": "2"}]


def render(source: bytes, before: str = "备注"):
	compiled = compile_template(source, before)
	return Document(io.BytesIO(compiled.render({"x": "X", "extras": EXTRAS})))


def rows_of(document) -> list[list[str]]:
	return [[cell.text for cell in row.cells] for row in document.tables[-1].rows]


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
				self.assertEqual(check_template(source, self.known(doctype), sample), [])

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
