"""What Word puts before paragraphs by itself, and what styles make bold, is read as a person sees it."""

import unittest

from nmedia_app.nmedia_app.print_formats.reading import FOUND, UNSURE, read_form
from nmedia_app.nmedia_app.print_formats.reading.numerals import FORMATS, write_number
from nmedia_app.tests.unit.word_forms import (
	C,
	cell_1,
	form_1,
	form_2,
	html_table,
	item,
	level,
	lists,
	p,
	rows_1,
	run,
	table,
	with_lists,
	word,
)

TITLE = p(run("标题"), align="center")
WINGDINGS = '<w:rPr><w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings" w:hint="default"/></w:rPr>'


def style(name: str, *, kind: str = "paragraph", base: str = "", p_pr: str = "", r_pr: str = "") -> str:
	based = f'<w:basedOn w:val="{base}"/>' if base else ""
	return (
		f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{name}"/>{based}'
		f"<w:pPr>{p_pr}</w:pPr><w:rPr>{r_pr}</w:rPr></w:style>"
	)


def styled(name: str, *runs: str, more: str = "") -> str:
	return f'<w:p><w:pPr><w:pStyle w:val="{name}"/>{more}</w:pPr>{"".join(runs)}</w:p>'


def read_measures(xml: str, numbering: str, styles: str = ""):
	"""Return 管理措施 of an Annex 1 with these paragraphs."""
	return read_form(with_lists(cell_1("管理措施", xml), numbering, styles)).values["measures"]


def read_content(xml: str, numbering: str = lists(), styles: str = "") -> str:
	"""Return 文章内容 of an Annex 2 with these paragraphs below its title."""
	return read_form(with_lists(form_2(TITLE + xml), numbering, styles)).values["content"].value


class TestNumerals(unittest.TestCase):
	"""Numbers as Word writes them."""

	def test_formats(self):
		for number_format, expected in {
			"decimal": "1 2 9 10 11 20 21 27",
			"decimalZero": "01 02 09 10 11 20 21 27",
			"decimalFullWidth": "１ ２ ９ １０ １１ ２０ ２１ ２７",
			"upperLetter": "A B I J K T U AA",
			"lowerLetter": "a b i j k t u aa",
			"upperRoman": "I II IX X XI XX XXI XXVII",
			"lowerRoman": "i ii ix x xi xx xxi xxvii",
			"chineseCounting": "一 二 九 十 十一 二十 二十一 二十七",
			"chineseCountingThousand": "一 二 九 十 十一 二十 二十一 二十七",
			"japaneseCounting": "一 二 九 十 十一 二十 二十一 二十七",
			"ideographDigital": "一 二 九 一〇 一一 二〇 二一 二七",
			"chineseLegalSimplified": "壹 贰 玖 壹拾 壹拾壹 贰拾 贰拾壹 贰拾柒",
			"decimalEnclosedCircleChinese": "① ② ⑨ ⑩ ⑪ ⑳ 21 27",
			"ordinal": "1st 2nd 9th 10th 11th 20th 21st 27th",
		}.items():
			with self.subTest(number_format):
				written = [write_number(number, number_format) for number in (1, 2, 9, 10, 11, 20, 21, 27)]
				self.assertEqual(" ".join(written), expected)

	def test_numbers_that_a_format_does_not_have(self):
		for number_format, number in (
			("ideographTraditional", 11),
			("ideographZodiac", 13),
			("chineseCounting", 100),
			("lowerLetter", 0),
			("decimal", 10_000),
			("hindiNumbers", 1),
		):
			with self.subTest(number_format):
				self.assertIsNone(write_number(number, number_format))

	def test_every_format_writes_one(self):
		for number_format in FORMATS:
			with self.subTest(number_format):
				self.assertIsInstance(write_number(1, number_format), str)


class TestLists(unittest.TestCase):
	"""Where a number matters it is a part of the text."""

	def assert_measures(self, expected: str, xml: str, numbering: str, styles: str = ""):
		read = read_measures(xml, numbering, styles)
		self.assertEqual((read.value, read.state), (expected, FOUND))

	def test_chinese_numbers(self):
		self.assert_measures(
			"一、先审后发\n二、专人值守",
			item("先审后发") + item("专人值守"),
			lists(level("chineseCounting", "%1、")),
		)

	def test_levels_count_by_themselves_and_begin_anew(self):
		levels = (
			level("chineseCountingThousand", "%1、")
			+ level("chineseCountingThousand", "（%2）", 1)
			+ level("decimal", "%3.", 2)
			+ level("lowerLetter", "%4)", 3)
		)
		places = (0, 1, 2, 3, 3, 2, 1, 0, 1, 2)
		self.assert_measures(
			"一、文\n（一）文\n1. 文\na) 文\nb) 文\n2. 文\n（二）文\n二、文\n（一）文\n1. 文",
			"".join(item("文", place=place) for place in places),
			lists(levels),
		)

	def test_numbers_of_several_levels(self):
		levels = level("chineseCounting", "第%1章") + level("decimal", "%1.%2", 1, "<w:isLgl/>")
		self.assert_measures(
			"第一章 文\n1.1 文\n1.2 文\n第二章 文\n2.1 文",
			"".join(item("文", place=place) for place in (0, 1, 1, 0, 1)),
			lists(levels),
		)

	def test_a_level_that_nobody_used_counts_as_begun(self):
		levels = level("decimal", "%1.") + level("decimal", "%1.%2", 1)
		self.assert_measures(
			"1.1 文\n1.2 文\n2. 文", "".join(item("文", place=place) for place in (1, 1, 0)), lists(levels)
		)

	def test_a_level_that_does_not_begin_anew(self):
		levels = level("decimal", "%1.") + level("lowerLetter", "%2)", 1).replace(
			"<w:numFmt", '<w:lvlRestart w:val="0"/><w:numFmt'
		)
		self.assert_measures(
			"1. 文\na) 文\n2. 文\nb) 文",
			"".join(item("文", place=place) for place in (0, 1, 0, 1)),
			lists(levels),
		)

	def test_lists_on_the_same_one_count_on_unless_they_say_where_they_begin(self):
		others = "".join(
			f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/>{override}</w:num>'
			for number, override in (
				(2, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'),
				(3, ""),
			)
		)
		self.assert_measures(
			"1. 甲\n2. 乙\n1. 丙\n2. 丁\n3. 戊",
			item("甲") + item("乙", 3) + item("丙", 2) + item("丁", 2) + item("戊"),
			lists(level("decimal", "%1."), more=others),
		)

	def test_a_list_with_a_level_of_its_own(self):
		own = level("upperLetter", "%1)")
		num = (
			'<w:num w:numId="2"><w:abstractNumId w:val="1"/>'
			f'<w:lvlOverride w:ilvl="0">{own}</w:lvlOverride></w:num>'
		)
		self.assert_measures("A) 甲", item("甲", 2), lists(level("decimal", "%1."), more=num))

	def test_two_lists_count_each_by_itself(self):
		self.assert_measures(
			"1. 甲\n（一）乙\n2. 丙",
			item("甲") + item("乙", 2) + item("丙"),
			lists(level("decimal", "%1."), level("chineseCounting", "（%1）")),
		)

	def test_bullets(self):
		signs = {"\uf06c": "●", "\uf06e": "■", "\uf0d8": "➢", "\uf0fc": "✓", "\uf0b2": "•"}
		levels = [level("bullet", sign, more=WINGDINGS) for sign in signs]
		self.assert_measures(
			"\n".join(f"{sign} 文" for sign in signs.values()),
			"".join(item("文", number) for number in range(1, len(signs) + 1)),
			lists(*levels),
		)
		self.assert_measures("★ 文", item("文"), lists(level("bullet", "★")))

	def test_numbering_of_a_style_and_a_paragraph_without_it(self):
		levels = level("chineseCounting", "第%1条").replace(
			"<w:lvlText", '<w:pStyle w:val="Tiao"/><w:lvlText'
		)
		numbered = style("Tiao", p_pr='<w:numPr><w:numId w:val="1"/></w:numPr>')
		own = style("Own", base="Tiao")
		off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
		self.assert_measures(
			"第一条 甲\n第二条 乙\n丙",
			styled("Tiao", run("甲")) + styled("Own", run("乙")) + styled("Tiao", run("丙"), more=off),
			lists(levels),
			numbered + own,
		)

	def test_levels_taken_from_a_style_of_lists(self):
		linked = (
			'<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="Lists"/></w:abstractNum>'
			'<w:num w:numId="9"><w:abstractNumId w:val="9"/></w:num>'
		)
		list_style = style("Lists", kind="numbering", p_pr='<w:numPr><w:numId w:val="1"/></w:numPr>')
		self.assert_measures("1) 甲", item("甲", 9), lists(level("decimal", "%1)"), more=linked), list_style)

	def test_a_list_that_is_not_there_shows_nothing(self):
		self.assert_measures("甲", item("甲", 7), lists(level("decimal", "%1.")))

	def test_number_before_an_empty_paragraph_counts_and_says_nothing(self):
		self.assert_measures(
			"1. 甲\n\n3. 乙", item("甲") + item("") + item("乙"), lists(level("decimal", "%1."))
		)

	def test_deleted_paragraphs_do_not_count(self):
		mark = '<w:rPr><w:del w:id="1" w:author="a"/></w:rPr>'
		deleted = item("", properties=mark).replace(
			run(""), '<w:del w:id="2" w:author="a"><w:r><w:delText>旧</w:delText></w:r></w:del>'
		)
		self.assert_measures(
			"1. 甲\n2. 乙", item("甲") + deleted + item("乙"), lists(level("decimal", "%1."))
		)

	def test_a_number_in_a_format_that_is_not_known_is_said(self):
		for number_format in ("hindiNumbers", "custom"):
			read = read_measures(item("甲") + item("乙"), lists(level(number_format, "%1.")))
			self.assertEqual((read.value, read.state), ("甲\n乙", UNSURE))
			self.assertIn("cannot be read", read.doubt.say())

	def test_purpose_and_remarks_have_their_numbers(self):
		numbering = lists(level("decimal", "%1."))
		for label, name in (("功能定位", "purpose"), ("备注", "remarks")):
			form = read_form(with_lists(cell_1(label, item("甲") + item("乙")), numbering))
			self.assertEqual(form.values[name].value, "1. 甲\n2. 乙")

	def test_labels_and_short_values_are_read_without_numbers(self):
		rows = rows_1()
		rows[0] = [
			C(xml=item("账号名称")),
			C(xml=item("信息化服务号"), span=2),
			C(xml=item("主管单位")),
			rows[0][3],
		]
		form = read_form(with_lists(word(table(rows)), lists(level("decimal", "%1."))))
		self.assertEqual(form.values["account_name"].value, "信息化服务号")
		self.assertEqual(form.values["supervising_unit"].value, "信息化建设与管理处")

	def test_numbers_typed_by_hand_stay(self):
		form = read_form(form_1(管理措施="1. 先审后发\n2. 专人值守"))
		self.assertEqual(form.values["measures"].value, "1. 先审后发\n2. 专人值守")


class TestArticles(unittest.TestCase):
	"""文章内容 with its numbers, and bold wherever that comes from."""

	def test_numbers_and_bullets(self):
		numbering = lists(level("chineseCounting", "%1、"), level("bullet", "\uf0b7"))
		self.assertEqual(
			read_content(item("时间") + item("周日", 2) + item("地点"), numbering),
			"<p>一、时间</p><p>• 周日</p><p>二、地点</p>",
		)

	def test_number_is_bold_with_its_paragraph_or_its_level(self):
		bold_end = item("时间", properties="<w:rPr><w:b/></w:rPr>")
		self.assertEqual(
			read_content(bold_end, lists(level("decimal", "%1、"))), "<p><strong>1、</strong>时间</p>"
		)
		bold_level = lists(level("decimal", "%1、", more="<w:rPr><w:b/></w:rPr>"))
		self.assertEqual(read_content(item("时间"), bold_level), "<p><strong>1、</strong>时间</p>")

	def test_bold_of_a_paragraph_style(self):
		styles = style("Head", r_pr="<w:b/>") + style("Sub", base="Head")
		self.assertEqual(
			read_content(styled("Head", run("一")) + styled("Sub", run("二")), styles=styles),
			"<p><strong>一</strong></p><p><strong>二</strong></p>",
		)

	def test_bold_of_a_character_style(self):
		styles = style("Strong", kind="character", r_pr="<w:b/>")
		of = '<w:rStyle w:val="Strong"/>'
		self.assertEqual(
			read_content(p(run("请"), run("注意", of)), styles=styles), "<p>请<strong>注意</strong></p>"
		)

	def test_a_run_that_is_not_bold_in_a_bold_paragraph(self):
		styles = style("Head", r_pr="<w:b/>")
		self.assertEqual(
			read_content(styled("Head", run("一"), run("二", '<w:b w:val="0"/>')), styles=styles),
			"<p><strong>一</strong>二</p>",
		)

	def test_a_bold_style_within_a_bold_paragraph_turns_round(self):
		styles = style("Head", r_pr="<w:b/>") + style("Strong", kind="character", r_pr="<w:b/>")
		of = '<w:rStyle w:val="Strong"/>'
		self.assertEqual(
			read_content(styled("Head", run("一"), run("二", of)), styles=styles),
			"<p><strong>一</strong>二</p>",
		)

	def test_italic_and_alignment_of_a_style(self):
		styles = style("Quote1", p_pr='<w:jc w:val="center"/>', r_pr="<w:i/>")
		self.assertEqual(
			read_content(styled("Quote1", run("引文")), styles=styles),
			'<p class="ql-align-center"><em>引文</em></p>',
		)

	def test_styles_that_stand_on_each_other_in_a_circle(self):
		styles = style("A", base="B") + style("B", base="A")
		self.assertEqual(read_content(styled("A", run("文")), styles=styles), "<p>文</p>")

	def test_a_first_line_with_a_number_is_no_title(self):
		form = read_form(
			with_lists(form_2(item("时间") + item("地点")), lists(level("chineseCounting", "%1、")))
		)
		self.assertNotIn("title", form.values)
		self.assertEqual(form.values["content"].value, "<p>一、时间</p><p>二、地点</p>")

	def test_numbers_in_a_table_within_the_article(self):
		xml = table([[C(xml=item("甲")), "乙"], [C(xml=item("丙")), "丁"]]) + p(run("完"))
		self.assertEqual(
			read_content(xml, lists(level("decimal", "%1."))),
			html_table(["1. 甲", "乙"], ["2. 丙", "丁"]) + "<p>完</p>",
		)
