"""The annex engine fills Word templates as docxtpl did: what comes out, whatever was typed."""

import io
import unittest
import zipfile
from itertools import groupby
from unittest.mock import patch

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nmedia_app.nmedia_app.print_formats.engine import (
	Block,
	Cell,
	Picture,
	RenderError,
	Run,
	TemplateError,
	compile_template,
	template,
)
from nmedia_app.tests.unit import docxtpl_peer
from nmedia_app.tests.unit.word_templates import (
	ANNEX_1,
	ANNEX_2,
	annex_1_context,
	annex_2_context,
	block,
	bytes_of,
	docx_of,
	docx_of_rows,
	docx_of_xml,
	parts_of,
	phone_photo,
	png,
)

TYPED = (
	"{{ 7*7 }} {% raw %} {# x #}",
	"{_{ }_} {_% %_}",
	'<b>bold</b> & "more" \' &amp; ]]> <w:p>',
	"🎓 㐀𠀀 é א ก",
	"first\nsecond\tthird",
	" spaces  at   both ends ",
)


def render(source: bytes, **context):
	return Document(io.BytesIO(compile_template(source).render(context)))


def text_of(source: bytes, **context) -> str:
	return "\n".join(paragraph.text for paragraph in render(source, **context).paragraphs)


def shape_of(content: bytes) -> list:
	"""Return the texts and tables of a document as they are nested, with widths and what is merged."""
	document = Document(io.BytesIO(content))
	return [shape_of_block(child) for child in document.element.body]


def shape_of_block(node):
	if node.tag == qn("w:tbl"):
		return [[shape_of_cell(cell) for cell in row.iter(qn("w:tc"))] for row in node.iter(qn("w:tr"))]
	if node.tag == qn("w:p"):
		alignment = node.find(f"{qn('w:pPr')}/{qn('w:jc')}")
		pictures = len(list(node.iter(qn("w:drawing"))))
		return (text_of_paragraph(node), None if alignment is None else alignment.get(qn("w:val")), pictures)
	return node.tag


def shape_of_cell(cell) -> tuple:
	properties = cell.find(qn("w:tcPr"))
	merged = [(node.tag, node.get(qn("w:val"))) for node in properties if node.tag != qn("w:tcW")]
	return merged, [shape_of_block(child) for child in cell if child.tag != qn("w:tcPr")]


def text_of_paragraph(paragraph) -> str:
	signs = {qn("w:tab"): "\t", qn("w:br"): "\n"}
	texts = paragraph.iter(qn("w:t"), *signs)
	return "".join(
		signs.get(node.tag) or node.text or "" for node in texts if node.getparent().tag == qn("w:r")
	)


def marks_of(content: bytes) -> list[tuple]:
	"""Return bold, italic, underlined and small text, in order; runs of one style are one."""
	runs = Document(io.BytesIO(content)).element.body.iter(qn("w:r"))
	styled = [(style_of(run), "".join(node.text or "" for node in run.iter(qn("w:t")))) for run in runs]
	groups = groupby((pair for pair in styled if pair[1]), key=lambda pair: pair[0])
	return [(style, "".join(text for _style, text in group)) for style, group in groups if style]


def style_of(run) -> tuple[str, ...]:
	names = [node.tag for node in run.findall(f"{qn('w:rPr')}/*")]
	return tuple(name for name in ("b", "i", "u", "sz") if qn(f"w:{name}") in names)


class TestShippedTemplates(unittest.TestCase):
	"""Both annexes come out as docxtpl made them."""

	def assert_same(self, source: bytes, context: dict):
		ours, theirs = compile_template(source).render(context), docxtpl_peer.render(source, context)
		self.assertEqual(shape_of(ours), shape_of(theirs))
		self.assertEqual(marks_of(ours), marks_of(theirs))
		self.assertEqual(shapes_of_pictures(ours), shapes_of_pictures(theirs))

	def test_annex_1(self):
		self.assert_same(ANNEX_1, annex_1_context(rows=3))
		self.assert_same(ANNEX_1, annex_1_context(has_measures=False, reviewed_on=""))

	def test_annex_2(self):
		self.assert_same(ANNEX_2, annex_2_context())
		self.assert_same(ANNEX_2, annex_2_context(rows=0, verification=None, attachments=[], content=[]))
		broken = {"broken": True, "code": "", "qr": b""}
		self.assert_same(ANNEX_2, annex_2_context(verification=broken))

	def test_whatever_was_typed(self):
		for typed in TYPED:
			with self.subTest(typed):
				filled = dict.fromkeys(("commitment", "opinion", "reviewer"), typed)
				runs = {"purpose": block(typed, bold=True), "extras": [{"label": typed, "value": typed}]}
				self.assert_same(ANNEX_1, annex_1_context(**filled, **runs))

	@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
	@given(st.data())
	def test_any_values(self, data):
		# docxtpl drops a carriage return, which is a line break here
		texts = st.text(
			st.characters(blacklist_characters="\r\x85\u2028", blacklist_categories=["Cs"]), max_size=20
		)
		flags = st.booleans()
		runs = st.builds(Run, texts, flags, flags, flags, flags)
		blocks = st.builds(Block, st.lists(runs, max_size=3), align=st.sampled_from(("", "center", "right")))
		pictures = st.builds(
			lambda width, height: Block(image=png(width, height)), *[st.integers(1, 900)] * 2
		)
		extras = st.lists(st.fixed_dictionaries({"label": texts, "value": texts}), max_size=3)
		filled = data.draw(st.fixed_dictionaries(dict.fromkeys(("opinion", "reviewer", "commitment"), texts)))
		cells = data.draw(st.fixed_dictionaries(dict.fromkeys(("purpose", "remarks", "measures"), blocks)))
		rows = data.draw(extras)
		self.assert_same(
			ANNEX_1, annex_1_context(**filled, **cells, extras=rows, has_measures=data.draw(flags))
		)
		content = data.draw(st.lists(blocks | pictures, max_size=5))
		names = data.draw(st.lists(texts, max_size=3))
		self.assert_same(ANNEX_2, annex_2_context(content=content, extras=rows, attachments=names))


def shapes_of_pictures(content: bytes) -> list[tuple]:
	shapes = Document(io.BytesIO(content)).inline_shapes
	return [(round(shape.width, -4), round(shape.height, -4)) for shape in shapes]


class TestValues(unittest.TestCase):
	"""What a tag may be filled with, and what stands in the file then."""

	def test_typed_text_comes_out_as_typed(self):
		for typed in TYPED:
			with self.subTest(typed):
				self.assertEqual(text_of(docx_of("a {{ x }} b"), x=typed), f"a {typed} b")
				self.assertEqual(text_of(docx_of("{{ x }}"), x=block(typed)), typed)

	def test_what_xml_cannot_carry_is_left_out(self):
		self.assertEqual(text_of(docx_of("{{ x }}"), x="a\x0bb\x00c\x07d\ufffee\ud800f\x1bg"), "abcdefg")

	def test_every_kind_of_line_break_is_one(self):
		self.assertEqual(text_of(docx_of("{{ x }}"), x="a\nb\r\nc\rd"), "a\nb\nc\nd")

	def test_numbers_and_nothing(self):
		self.assertEqual(text_of(docx_of("{{ a }}|{{ b }}|{{ c }}"), a=3, b=None, c=0), "3||0")

	def test_value_takes_the_formatting_of_its_tag(self):
		document = Document()
		run = document.add_paragraph("before ").add_run("{{ x }}")
		run.italic, run.font.name = True, "FangSong"
		runs = render(bytes_of(document), x=Block([Run("plain"), Run("bold", bold=True)])).paragraphs[0].runs
		filled = [(run.text, run.bold, run.italic, run.font.name) for run in runs]
		expected = [
			("before ", None, None, None),
			("plain", None, True, "FangSong"),
			("bold", True, True, "FangSong"),
		]
		self.assertEqual(filled, expected)

	def test_properties_of_a_run_are_in_the_schemas_order(self):
		xml = (
			"<w:p><w:r><w:rPr><w:rFonts w:ascii='X'/><w:color w:val='FF0000'/><w:lang w:val='en'/></w:rPr>"
			"<w:t>a {{ x }}</w:t></w:r></w:p>"
		)
		style = {"bold": True, "italic": True, "underline": True, "small": True}
		run = render(docx_of_xml(xml), x=block("y", **style)).paragraphs[0].runs[-1]
		names = [node.tag.rpartition("}")[2] for node in run._r.rPr]
		self.assertEqual(names, ["rFonts", "b", "i", "color", "sz", "szCs", "u", "lang"])

	def test_list_alone_in_its_paragraph_is_a_paragraph_an_item(self):
		content = [
			block("one"),
			block("two", align="center"),
			Block(image=png()),
			block("three", align="right"),
		]
		document = render(docx_of("{{ content }}"), content=content)
		found = [(paragraph.text, paragraph.alignment) for paragraph in document.paragraphs]
		self.assertEqual(found, [("one", None), ("two", 1), ("", 1), ("three", 2)])
		self.assertEqual(len(document.inline_shapes), 1)

	def test_list_beside_text_is_lines(self):
		self.assertEqual(text_of(docx_of("Files: {{ names }}."), names=["a", "b", ""]), "Files: a\nb.")

	def test_empty_list_leaves_a_paragraph(self):
		self.assertEqual(len(render(docx_of("{{ names }}"), names=[]).paragraphs), 1)

	def test_group_is_no_value(self):
		with self.assertRaises(RenderError):
			render(docx_of("{{ x }}"), x={"a": 1})

	def test_name_that_the_context_lacks_is_an_error(self):
		for source in ("{{ y }}", "{{ x.y }}", "{% if y %}a{% endif %}", "{{ x.y.z }}"):
			with self.subTest(source), self.assertRaises(RenderError):
				render(docx_of(source), x={})

	def test_defined_tells_whether_the_context_has_it(self):
		source = docx_of("{{ x if x is defined else '-' }}{% if y is defined %}{{ y }}{% endif %}")
		self.assertEqual(text_of(source, y="y"), "-y")

	def test_loop_only_goes_through_lists(self):
		for value in ("text", {"a": 1}, 7, None):
			with self.subTest(value), self.assertRaises(RenderError):
				render(docx_of("{% for a in x %}{{ a }}{% endfor %}"), x=value)


class TestTablesAndLinks(unittest.TestCase):
	"""A table of a value is a table of the file; a link leads where it led."""

	def test_table_with_what_it_merges(self):
		rows = [
			[Cell([block("a")], columns=2), Cell([block("b", align="center"), block("c")])],
			[Cell([block("d")], rows=2), Cell(), Cell([block("e")])],
			[Cell([block("f")])],
		]
		document = render(docx_of("{{ x }}"), x=[block("before"), Block(rows=rows)])
		[table] = document.tables
		self.assertEqual(
			[[cell.text for cell in row.cells] for row in table.rows],
			[["a", "a", "b\nc"], ["d", "", "e"], ["d", "f", ""]],
		)
		self.assertEqual(table.cell(0, 2).paragraphs[0].alignment, 1)

	def test_cell_ends_with_a_paragraph_behind_its_table(self):
		document = Document()
		document.add_table(1, 1).cell(0, 0).text = "{{ x }}"
		cell = render(bytes_of(document), x=[Block(rows=[[Cell([block("a")])]])]).tables[0].cell(0, 0)
		self.assertEqual([child.tag for child in cell._tc][-2:], [qn("w:tbl"), qn("w:p")])

	def test_picture_is_no_wider_than_its_column(self):
		row = [Cell([Block(image=png(2000, 10))]) for _column in range(3)]
		document = render(docx_of("{{ x }}"), x=[Block(rows=[row])])
		widths = {node.get("cx") for node in document.element.body.iter(qn("wp:extent"))}
		self.assertEqual(widths, {str(40 * 36_000)})

	def test_table_within_a_text_is_its_lines(self):
		table = Block(rows=[[Cell([block("a")]), Cell([block("b")])], [Cell([block("c")])]])
		self.assertEqual(text_of(docx_of("= {{ x }}"), x=table), "= a\tb\nc")

	def test_links(self):
		value = [
			Block(
				[
					Run("a"),
					Run("b", link="https://a.cn/?x=1&y=2"),
					Run("c", bold=True, link="https://a.cn/?x=1&y=2"),
				]
			)
		]
		document = render(docx_of("{{ x }}"), x=value)
		links = document.paragraphs[0].hyperlinks
		self.assertEqual(
			[(link.text, link.url) for link in links], [(text, "https://a.cn/?x=1&y=2") for text in "bc"]
		)
		self.assertEqual([run.underline for run in links[0].runs], [True])
		targets = [relation for relation in document.part.rels.values() if relation.is_external]
		self.assertEqual(len(targets), 1)


class TestPictures(unittest.TestCase):
	"""Pictures are parts of the file, each once."""

	def test_every_kind_that_word_shows(self):
		for kind, ending in (("PNG", "png"), ("JPEG", "jpeg"), ("GIF", "gif")):
			content = compile_template(docx_of("{{ x }}")).render({"x": png(kind=kind)})
			parts = parts_of(content)
			[name] = [name for name in parts if name.startswith("word/media/")]
			self.assertTrue(name.endswith(ending))
			self.assertEqual(parts[name], png(kind=kind))
			self.assertEqual(len(Document(io.BytesIO(content)).inline_shapes), 1)

	def test_photo_of_a_telephone_is_a_jpeg(self):
		parts = parts_of(compile_template(docx_of("{{ x }}")).render({"x": phone_photo()}))
		self.assertTrue(any(name.endswith(".jpeg") for name in parts))

	def test_other_bytes_are_an_error(self):
		for content in (b"no picture", png(kind="BMP"), png()[:30]):
			with self.subTest(content[:4]), self.assertRaises(RenderError):
				render(docx_of("{{ x }}"), x=content)

	def test_picture_printed_twice_is_there_once(self):
		content = compile_template(docx_of("{{ x }}{{ x }}", "{{ x }}")).render({"x": png()})
		self.assertEqual(len([name for name in parts_of(content) if "media" in name]), 1)
		document = Document(io.BytesIO(content))
		numbers = [shape._inline.docPr.id for shape in document.inline_shapes]
		self.assertEqual(len(set(numbers)), 3)

	def test_large_picture_fits_the_page_and_a_width_is_kept(self):
		document = render(docx_of("{{ x }}{{ y }}"), x=png(4000, 100), y=Picture(png(10, 10), 20))
		widths = [round(shape.width.mm) for shape in document.inline_shapes]
		self.assertEqual(widths, [120, 20])

	def test_rendered_file_is_a_template_itself(self):
		document = Document(io.BytesIO(compile_template(docx_of("{{ x }}")).render({"x": png()})))
		document.add_paragraph("{{ x }}")
		again = render(bytes_of(document), x=png(9, 9))
		self.assertEqual([round(shape.width.pt) for shape in again.inline_shapes], [30, 7])

	def test_lines_of_exact_height_do_not_cut_a_picture(self):
		document = Document()
		document.styles["Normal"].paragraph_format.line_spacing = Pt(18)
		for tag in ("{{ x }}", "{{ y }}"):
			document.add_paragraph(tag).alignment = 1
		filled = render(bytes_of(document), x=Picture(png(), 40), y="text")
		rules = [paragraph.paragraph_format.line_spacing for paragraph in filled.paragraphs]
		self.assertEqual(rules, [1.0, None])

	def test_picture_in_a_header(self):
		document = Document()
		document.sections[0].header.paragraphs[0].text = "{{ x }}"
		header = render(bytes_of(document), x=png()).sections[0].header
		[relation] = [relation for relation in header.part.rels.values() if "image" in relation.reltype]
		self.assertEqual(relation.target_part.blob, png())


class TestTags(unittest.TestCase):
	"""Where tags may stand."""

	def test_tag_split_over_runs(self):
		for runs in (
			("{", "{ x", " }", "} after"),
			("a{", "{x}", "}", ""),
			("{{", " x ", "}}"),
			tuple("{{ x }}"),
		):
			expected = "".join(runs).replace("{{ x }}", "VALUE").replace("{{x}}", "VALUE")
			self.assertEqual(text_of(docx_of(runs), x="VALUE"), expected)

	def test_rest_of_a_run_keeps_its_formatting(self):
		document = Document()
		paragraph = document.add_paragraph("one {{")
		paragraph.add_run(" x }} two").bold = True
		runs = render(bytes_of(document), x="X").paragraphs[0].runs
		self.assertEqual(
			[(run.text, run.bold) for run in runs], [("one ", None), ("X", None), (" two", True)]
		)

	def test_what_is_beside_a_tag_in_its_run_stays(self):
		xml = "<w:p><w:r><w:t>a</w:t><w:br/><w:t>{{ x }} b</w:t><w:tab/></w:r></w:p>"
		self.assertEqual(text_of(docx_of_xml(xml), x="X").split("\n\n")[0], "a\nX b\t")

	def test_quotes_and_spaces_that_word_corrected(self):
		source = docx_of("{%\u00a0if x == “a” %}yes{% endif %}{%\u3000if x == ‘b’ %}no{% endif %}")
		self.assertEqual(text_of(source, x="a"), "yes")

	def test_condition_within_a_paragraph(self):
		source = docx_of("{% if x %}yes{% elif y %}perhaps{% else %}no{% endif %}.")
		for values, expected in (((1, 0), "yes."), ((0, 1), "perhaps."), ((0, 0), "no.")):
			self.assertEqual(text_of(source, x=values[0], y=values[1]), expected)

	def test_paragraphs_and_rows_come_and_go(self):
		source = docx_of("{%p if x %}", "shown", "{%p else %}", "hidden", "{%p endif %}")
		self.assertEqual(text_of(source, x=True), "shown")
		rows = docx_of_rows(
			["head", ""],
			["{%tr for row in rows %}", ""],
			["{{ row.a }}", "{{ loop.index }}"],
			["{%tr endfor %}", ""],
		)
		table = render(rows, rows=[{"a": "x"}, {"a": "y"}]).tables[0]
		self.assertEqual(
			[[cell.text for cell in row.cells] for row in table.rows], [["head", ""], ["x", "1"], ["y", "2"]]
		)

	def test_condition_over_paragraphs_within_a_loop(self):
		source = docx_of(
			"{%p for a in x %}", "{{ a }}{% if loop.last %}.{% else %};{% endif %}", "{%p endfor %}"
		)
		self.assertEqual(text_of(source, x=["a", "b"]), "a;\nb.")

	def test_loop_without_rows_has_its_else(self):
		source = docx_of("{% for a in x %}{{ a }}{% else %}none{% endfor %}")
		self.assertEqual((text_of(source, x=[]), text_of(source, x=["a"])), ("none", "a"))

	def test_comment_is_left_out(self):
		self.assertEqual(text_of(docx_of("a{# not printed {{ #}b"), x=1), "ab")

	def test_header_footer_and_text_box(self):
		document = Document()
		document.sections[0].header.paragraphs[0].text = "head {{ x }}"
		document.sections[0].footer.paragraphs[0].text = "foot {{ x }}"
		filled = render(bytes_of(document), x="X")
		section = filled.sections[0]
		self.assertEqual(
			(section.header.paragraphs[0].text, section.footer.paragraphs[0].text), ("head X", "foot X")
		)
		box = (
			"<w:p><w:r><w:t>out {{ x }}</w:t></w:r><w:r><w:pict><w:txbxContent>"
			"<w:p><w:r><w:t>in {{</w:t></w:r>"
			"<w:r><w:t> y }}</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
		)
		filled = render(docx_of_xml(box), x="X", y="Y")
		texts = [node.text for node in filled.element.iter(qn("w:t"))]
		self.assertEqual("".join(texts), "out Xin Y")

	def test_cell_and_table_that_would_be_left_empty_stay_valid(self):
		document = Document()
		cell = document.add_table(1, 1).cell(0, 0)
		for text in ("{%p if x %}", "shown", "{%p endif %}"):
			cell.add_paragraph(text)
		cell._tc.remove(cell.paragraphs[0]._p)
		filled = render(bytes_of(document), x=False)
		self.assertEqual(len(filled.tables[0].cell(0, 0).paragraphs), 1)
		rows = docx_of_rows(["{%tr for a in x %}"], ["{{ a }}"], ["{%tr endfor %}"])
		self.assertEqual(len(render(rows, x=[]).tables), 0)


class TestFile(unittest.TestCase):
	"""The file that comes out."""

	def test_same_values_give_the_same_bytes(self):
		template.compile_template(ANNEX_2)
		first = template.CompiledTemplate(template.read_package(ANNEX_2)).render(annex_2_context())
		second = template.CompiledTemplate(template.read_package(ANNEX_2)).render(annex_2_context())
		self.assertEqual(first, second)

	def test_archive_is_sound_and_says_no_time(self):
		with zipfile.ZipFile(io.BytesIO(compile_template(ANNEX_2).render(annex_2_context()))) as archive:
			self.assertIsNone(archive.testzip())
			self.assertEqual({member.date_time for member in archive.infolist()}, {(1980, 1, 1, 0, 0, 0)})
			names = archive.namelist()
			self.assertEqual(names[0], "[Content_Types].xml")
			self.assertEqual(len(names), len(set(names)))

	def test_parts_without_tags_are_the_templates(self):
		before, after = parts_of(ANNEX_1), parts_of(compile_template(ANNEX_1).render(annex_1_context()))
		same = {name for name in before if before[name] == after.get(name)}
		self.assertEqual(
			set(before) - same, {"[Content_Types].xml", "word/document.xml", "word/_rels/document.xml.rels"}
		)

	def test_compiled_once_for_the_same_bytes(self):
		self.assertIs(compile_template(ANNEX_1), compile_template(bytes(bytearray(ANNEX_1))))
		self.assertIsNot(compile_template(ANNEX_1), compile_template(ANNEX_2))


class TestBounds(unittest.TestCase):
	"""No template keeps a server busy."""

	def test_rows_are_bounded(self):
		loops = "{% for a in x %}" * 4 + "{{ a }}" + "{% endfor %}" * 4
		with self.assertRaisesRegex(RenderError, "too large"):
			render(docx_of(loops), x=["a"] * 100)

	def test_empty_loops_are_bounded(self):
		loops = "{% for a in x %}" * 9 + "{% endfor %}" * 9
		with self.assertRaisesRegex(RenderError, "too large"):
			render(docx_of(loops), x=["a"] * 100)

	def test_size_is_bounded(self):
		with (
			patch.object(template, "MOST_CHARACTERS", 10_000),
			self.assertRaisesRegex(RenderError, "too large"),
		):
			render(docx_of("{{ x }}"), x="a" * 10_000)

	def test_time_is_bounded(self):
		with patch.object(template, "MOST_SECONDS", -1), self.assertRaisesRegex(RenderError, "too large"):
			render(docx_of("{% for a in x %}{% endfor %}"), x=["a"])

	def test_depth_is_bounded(self):
		for depth in (11, 500):
			loops = "{% if x %}" * depth + "{% endif %}" * depth
			with self.assertRaises(TemplateError):
				compile_template(docx_of(loops))


ATTACKS = (
	"{{ x.__class__ }}",
	"{{ x.__class__.__mro__[1].__subclasses__() }}",
	"{{ ''.__class__ }}",
	"{{ x['__class__'] }}",
	"{{ x|attr('__class__') }}",
	"{{ self.__init__.__globals__ }}",
	"{{ self }}",
	"{{ cycler.__init__.__globals__.os.popen('id').read() }}",
	"{{ lipsum.__globals__['os'] }}",
	"{{ config.items() }}",
	"{{ namespace(a=1) }}",
	"{{ range(10**9) }}",
	"{{ x.format(1) }}",
	"{{ '%s' % x }}",
	"{{ 'a' * 1000000000 }}",
	"{{ 'a' ~ x }}",
	"{{ 9 ** 9 ** 9 }}",
	"{{ [x] }}",
	"{{ {'a': x} }}",
	"{{ x[0] }}",
	"{{ x[0:9] }}",
	"{{ x() }}",
	"{{ (x)() }}",
	"{{ x is callable }}",
	"{{ x is mapping }}",
	"{{ _pictures }}",
	"{{ _budget.rows }}",
	"{{ caller() }}",
	"{% set y = 1 %}",
	"{% include '/etc/passwd' %}",
	"{% import 'os' as os %}",
	"{% from 'os' import path %}",
	"{% extends 'a' %}",
	"{% macro a() %}{% endmacro %}",
	"{% block a %}{% endblock %}",
	"{% call a() %}{% endcall %}",
	"{% filter upper %}{% endfilter %}",
	"{% raw %}{% endraw %}",
	"{% autoescape false %}{% endautoescape %}",
	"{% with y = 1 %}{% endwith %}",
	"{% do x.y() %}",
	"{% debug %}",
	"{% for a in range(9) %}{% endfor %}",
	"{% for a in x recursive %}{% endfor %}",
	"{% for a in x if a %}{% endfor %}",
	"{% for a, b in x %}{% endfor %}",
	"{% for _a in x %}{% endfor %}",
	"{% for loop in x %}{% endfor %}",
	"{% if x.__class__ %}{% endif %}",
	"{% if x }} {{ x %}{% endif %}",
	"{%- if x -%}a{%- endif -%}",
	"{{ " + "(" * 140 + "x" + ")" * 140 + " }}",
)


class TestInjection(unittest.TestCase):
	"""A template reads the context and nothing else; a value is never a template."""

	def test_templates_that_reach_for_more_are_refused(self):
		for attack in ATTACKS:
			with self.subTest(attack), self.assertRaises(TemplateError):
				compile_template(docx_of(attack))

	def test_only_what_a_group_holds_is_read(self):
		for name in ("keys", "items", "get", "update", "copy"):
			with self.subTest(name), self.assertRaises(RenderError):
				render(docx_of(f"{{{{ x.{name} }}}}"), x={"a": 1})
		for name in ("runs", "text_", "upper", "count"):
			with self.subTest(name), self.assertRaises(RenderError):
				render(docx_of(f"{{{{ x.{name} }}}}{{{{ y.{name} }}}}"), x=block("a"), y="text")

	def test_loop_tells_its_numbers_only(self):
		for name in ("cycle", "changed", "depth", "previtem"):
			with self.subTest(name), self.assertRaises(RenderError):
				render(docx_of("{% for a in x %}{{ loop." + name + " }}{% endfor %}"), x=["a"])

	def test_attacks_in_values_come_out_as_typed(self):
		for attack in ATTACKS:
			with self.subTest(attack):
				content = compile_template(ANNEX_1).render(
					annex_1_context(opinion=attack, purpose=block(attack))
				)
				cells = [
					cell.text for row in Document(io.BytesIO(content)).tables[0].rows for cell in row.cells
				]
				self.assertIn(attack, cells)
