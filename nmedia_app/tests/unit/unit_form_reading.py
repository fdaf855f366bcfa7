"""Filled Word forms read back: layouts as people have them, boxes, doubts, and files that are no form."""

import io
import random
import re
import time
import unittest
from xml.sax.saxutils import escape

from docx import Document

from nmedia_app.nmedia_app.print_formats.engine import TemplateError
from nmedia_app.nmedia_app.print_formats.reading import (
	ANNEX_1,
	ANNEX_2,
	FOUND,
	MISSING,
	UNSURE,
	NoFormError,
	ReadForm,
	read_form,
)
from nmedia_app.regulation.filing import DATA_SERVICE
from nmedia_app.tests.unit import word_templates
from nmedia_app.tests.unit.word_forms import (
	FILLED_1,
	READ_1,
	TITLE_1,
	TITLE_2,
	C,
	cell_1,
	form_1,
	form_2,
	form_2_with_picture,
	html_table,
	item,
	lead_row,
	level,
	lists,
	p,
	rows_1,
	rows_2,
	run,
	table,
	with_lists,
	with_targets,
	word,
)
from nmedia_app.tests.unit.word_templates import bytes_of


def values_of(form: ReadForm) -> dict:
	return {name: read.value for name, read in form.values.items()}


def states_of(form: ReadForm) -> dict:
	return {name: read.state for name, read in form.values.items()}


class ReadingTestCase(unittest.TestCase):
	maxDiff = None

	def assert_reads(self, content: bytes, **expected):
		"""The form says what the printed one of `FILLED_1` says, but for what is `expected` otherwise."""
		read = values_of(read_form(content))
		wanted = {**READ_1, **expected}
		self.assertEqual({name: read.get(name) for name in wanted}, wanted)

	def read(self, content: bytes, name: str):
		return read_form(content).values[name]


class TestSeveralForms(ReadingTestCase):
	"""A file with more than one form is read as one, which is said."""

	def assert_notes(self, count: int, *body: str):
		self.assertEqual(len(read_form(word(*body)).notes), count)

	def test_one_form_needs_no_word(self):
		for content in (form_1(), form_2(), form_2_with_picture()):
			self.assertEqual(read_form(content).notes, [])

	def test_two_of_a_kind(self):
		for title, rows in ((TITLE_1, rows_1()), (TITLE_2, rows_2())):
			with self.subTest(title):
				self.assert_notes(1, p(run(title)), table(rows), p(run(title)), table(rows))
				self.assert_notes(1, table(rows), p(), table(rows))

	def test_two_that_word_joined_into_one_table(self):
		self.assert_notes(1, p(run(TITLE_1)), table(rows_1() + rows_1()))
		self.assert_notes(1, p(run(TITLE_2)), table(rows_2() + rows_2()))

	def test_the_other_annex(self):
		self.assert_notes(1, table(rows_1()), p(), table(rows_2()))

	def test_the_first_is_read(self):
		form = read_form(word(table(rows_1()), p(), table(rows_1(账号名称="第二个号"))))
		self.assertEqual(form.values["account_name"].value, "信息化服务号")

	def test_values_that_read_like_labels_are_no_form(self):
		labels = dict.fromkeys(("账号名称", "主管单位", "微博网址/微信号", "功能定位", "备注"), "账号名称")
		self.assert_notes(0, table(rows_1(**labels, 管理措施="开通时间")))
		inner = table([["账号名称", "主管单位"], ["账号性质", "开通时间"], ["功能定位", "管理措施"]])
		rows = rows_2()
		rows[3][1] = C(span=3, xml=p(run("题")) + inner + p())
		self.assert_notes(0, p(run(TITLE_2)), table(rows))

	def test_another_table_is_no_form(self):
		self.assert_notes(0, table(rows_2()), p(), table([["发布平台", "发布时间"], ["微信", "今天"]]))


class TestLayouts(ReadingTestCase):
	"""A value is found by its label, whatever became of the table."""

	def test_printed_form(self):
		form = read_form(form_1())
		self.assertEqual(form.annex, ANNEX_1)
		self.assert_reads(form_1())
		self.assertEqual({name for name, state in states_of(form).items() if state == UNSURE}, set())

	def test_empty_form_has_nothing(self):
		empty = dict.fromkeys(FILLED_1, "") | {
			"账号性质": "□微博   □微信",
			"服务器": "□ 不涉及数据服务   □ 涉及数据服务，服务器设置在_____________",
			"责任人": "（根据学校要求，责任人应为党委（总支）书记或职能部门正职）",
			"业务负责人": ("", "", ""),
			"技术负责人": ("", "", ""),
			"管理措施": "（简明罗列主要管理措施，详细管理制度另附）",
			"开通时间": "    年   月   日",
		}
		form = read_form(form_1(**empty))
		self.assertEqual({name for name, state in states_of(form).items() if state != MISSING}, set())

	def test_labels_with_spaces_breaks_colons_numbers_and_stars(self):
		written = {
			"账号名称": "账 号\n名 称：",
			"主管单位": "＊主管单位",
			"开通时间": "3、开通时间:",
			"功能定位": "（二）功能\u3000定位（必填）",
			"微博网址/微信号": "微博网址\n/微信号",
			"备注": "备　　注",
		}
		rows = [
			[written.get(cell, cell) if isinstance(cell, str) else cell for cell in row] for row in rows_1()
		]
		self.assert_reads(word(table(rows)))

	def test_other_order_of_rows_and_cells(self):
		rows = rows_1()
		pairs = [row[2:] + row[:2] for row in rows[:3]]
		for seed in range(5):
			blocks = [*pairs, rows[3], rows[4], rows[9], rows[10], rows[11]]
			random.Random(seed).shuffle(blocks)
			with self.subTest(seed):
				self.assert_reads(word(table([*blocks[:4], *rows[5:9], *blocks[4:]])))

	def test_other_order_of_columns_goes_by_the_headings(self):
		rows = rows_1()
		rows[6] = [C(merge="continue"), "——", "电话", C("姓名", 2), "职务"]
		for number, lead in ((7, "业务负责人"), (8, "技术负责人")):
			name, title, phone = FILLED_1[lead]
			rows[number] = [C(merge="continue"), lead, phone, C(name, 2), title]
		self.assert_reads(word(table(rows)))

	def test_responsible_person_in_columns_with_the_leads(self):
		rows = rows_1()
		heading = [C("责任体系", merge="restart"), "——", "姓名", C("职务", 2), "电话"]
		person = lead_row("责任人", "责任人甲", "处长", "88490000")
		self.assert_reads(word(table([*rows[:5], heading, person, *rows[7:]])))

	def test_headings_beside_the_values(self):
		rows = rows_1()
		for number, lead in ((7, "业务负责人"), (8, "技术负责人")):
			name, title, phone = FILLED_1[lead]
			rows[number] = [C(merge="continue"), lead, "姓名", name, "职务", title, "电话", phone]
		del rows[6]
		self.assert_reads(word(table(rows)))

	def test_without_headings_columns_go_by_what_they_hold(self):
		rows = rows_1()
		del rows[6]
		rows[6] = [C(merge="continue"), "业务负责人", "029-88490001", "业务甲", "科长"]
		self.assert_reads(word(table(rows)))

	def test_person_in_one_merged_cell_is_doubtful(self):
		rows = rows_1()
		rows[7] = [C(merge="continue"), "业务负责人", C("业务甲，科长，029-88490001", 4)]
		form = read_form(word(table(rows)))
		self.assert_reads(word(table(rows)))
		self.assertEqual(
			{states_of(form)[f"business_lead{part}"] for part in ("", "_title", "_phone")}, {UNSURE}
		)

	def test_cells_that_are_missing_are_missing_values(self):
		rows = rows_1()
		rows[0] = ["账号名称", "主管单位", C("信息化建设与管理处", 2)]
		form = read_form(word(table(rows)))
		self.assertEqual(form.values["account_name"].state, MISSING)
		self.assertIsNotNone(form.values["account_name"].doubt)
		self.assertEqual(form.values["supervising_unit"].value, "信息化建设与管理处")

	def test_label_and_value_in_one_cell(self):
		rows = rows_1()
		rows[0] = [C("账号名称：信息化服务号", 3), C("主管单位： 信息化建设与管理处", 3)]
		self.assert_reads(word(table(rows)))

	def test_several_labels_in_one_cell(self):
		rows = rows_1()
		rows[2] = [C("开通时间：2020.6.10\n当前粉丝数：12000人", 6)]
		self.assert_reads(word(table(rows)))

	def test_value_that_holds_another_label_is_doubtful(self):
		rows = rows_1()
		del rows[9]
		form = read_form(
			word(
				table(
					[
						*rows[:4],
						["功能定位", "发布通知，\n服务师生。\n管理措施：先审后发；专人值守。"],
						*rows[5:],
					]
				)
			)
		)
		values = values_of(form)
		self.assertEqual(values["purpose"], READ_1["purpose"])
		self.assertEqual(values["measures"], READ_1["measures"])
		self.assertEqual((form.values["purpose"].state, form.values["measures"].state), (UNSURE, UNSURE))

	def test_value_below_its_label(self):
		rows = rows_1()
		above = [["账号名称", C("主管单位", 2), C("微博网址/微信号", 3)]]
		below = [["信息化服务号", C("信息化建设与管理处", 2), C("xxh-service", 3)]]
		rows[1] = ["账号性质", C(FILLED_1["账号性质"], 5)]
		self.assert_reads(word(table([*above, *below, *rows[1:]])))

	def test_value_of_several_rows_beside_one_label(self):
		rows = rows_1()
		rows[4:5] = [
			[C("功能定位", merge="restart"), C("发布通知，", 5)],
			[C(merge="continue"), C("服务师生。", 5)],
		]
		self.assert_reads(word(table(rows)))

	def test_table_within_a_cell(self):
		rows = rows_1()
		inner = table(
			[
				["——", "姓名", "职务", "电话"],
				*([lead, *FILLED_1[lead]] for lead in ("业务负责人", "技术负责人")),
			]
		)
		nested = [["责任人", C(FILLED_1["责任人"], 5)], [C("责任体系"), C(span=5, xml=inner + p())]]
		self.assert_reads(word(table([*rows[:5], *nested, *rows[9:]])))

	def test_lines_around_the_table(self):
		rows = rows_1()
		lines = [p(run("账号名称：信息化服务号")), p(run("主管单位：信息化建设与管理处"))]
		self.assert_reads(word(p(run(TITLE_1)), *lines, table(rows[1:])))

	def test_form_in_several_tables(self):
		rows = rows_1()
		self.assert_reads(word(table(rows[:4]), p(), table(rows[4:])))

	def test_form_in_a_content_control(self):
		rows = table(rows_1())
		self.assert_reads(word(f"<w:sdt><w:sdtPr/><w:sdtContent>{rows}</w:sdtContent></w:sdt>"))

	def test_value_that_reads_like_a_label(self):
		for label, name in (("账号名称", "account_name"), ("微博网址/微信号", "handle"), ("备注", "remarks")):
			for typed in ("备注", "主管单位", "责任体系", "姓名", "电话：", "服务器", "业务负责人"):
				with self.subTest(label, typed=typed):
					self.assert_reads(form_1(**{label: typed}), **{name: typed})

	def test_label_that_nobody_wrote_is_said_to_be_missing(self):
		rows = rows_1()
		read = self.read(word(table(rows[:-1])), "remarks")
		self.assertEqual(read.state, MISSING)
		self.assertIn("备注", read.doubt.say())


class TestWord(ReadingTestCase):
	"""A document is read as it looks with all changes accepted."""

	def test_inserted_text_counts_and_deleted_text_does_not(self):
		xml = p(
			run("信息化"),
			f'<w:del w:id="1" w:author="a"><w:r><w:delText>旧</w:delText></w:r></w:del>'
			f'<w:ins w:id="2" w:author="a">{run("服务")}</w:ins>',
			f'<w:moveFrom w:id="3" w:author="a">{run("某")}</w:moveFrom>',
			f'<w:moveTo w:id="4" w:author="a">{run("号")}</w:moveTo>',
		)
		self.assert_reads(cell_1("账号名称", xml))

	def test_paragraphs_joined_by_a_deleted_mark(self):
		mark = '<w:pPr><w:rPr><w:del w:id="1" w:author="a"/></w:rPr></w:pPr>'
		self.assert_reads(cell_1("账号名称", f"<w:p>{mark}{run('信息化')}</w:p>" + p(run("服务号"))))

	def test_deleted_rows_do_not_count(self):
		body = table(rows_1())
		deleted = table([["账号名称", C("旧名", 5)]]).replace(
			"<w:tr>", '<w:tr><w:trPr><w:del w:id="1" w:author="a"/></w:trPr>'
		)
		row = deleted[deleted.index("<w:tr>") :].removesuffix("</w:tbl>")
		self.assert_reads(word(body.replace("<w:tr>", row + "<w:tr>", 1)))

	def test_hidden_text_does_not_count(self):
		self.assert_reads(cell_1("账号名称", p(run("信息化服务号"), run("（内部）", "<w:vanish/>"))))

	def test_content_controls_hold_values_unless_they_only_ask_for_one(self):
		control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
		asking = control.format("<w:showingPlcHdr/>", run("单击此处输入文字。"))
		self.assert_reads(cell_1("账号名称", p(control.format("<w:text/>", run("信息化服务号")), asking)))
		whole = control.format("<w:showingPlcHdr/>", p(run("单击此处输入文字。")))
		self.assert_reads(cell_1("备注", whole), remarks=None)

	def test_text_boxes_count_once(self):
		box = f"<w:txbxContent>{p(run('信息化服务号'))}</w:txbxContent>"
		xml = (
			f"<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx>"
			f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
			"</mc:AlternateContent></w:r></w:p>"
		)
		self.assert_reads(cell_1("账号名称", xml))

	def test_runs_cut_anywhere(self):
		self.assert_reads(cell_1("账号名称", p(*map(run, "信息化服务号"))))


class TestBoxes(ReadingTestCase):
	"""Tick boxes of every kind that people use."""

	def assert_platform(self, content: bytes, expected):
		self.assertEqual(self.read(content, "platform").value, expected)

	def test_signs(self):
		wechat = ("WeChat", "")
		for typed in (
			"□微博   ■微信",
			"□ 微博 ☑ 微信",
			"☐微博☒微信",
			"▢微博　√微信",
			"□微博 □√微信",
			"□微博 √□微信",
			"□微博 □微信√",
			"微博   ✓微信",
			"微博□ 微信■",
			"（ ）微博 （√）微信",
			"[ ]微博 [√]微信",
			"○微博 ●微信",
			"■微信 □微博",
			"□微博\n☑️微信",
			"微信",
			"微信公众号",
		):
			with self.subTest(typed):
				self.assert_platform(form_1(账号性质=typed), wechat)

	def test_another_platform(self):
		self.assert_platform(form_1(账号性质="□微博 □微信 ■其他（抖音）"), ("", "抖音"))
		self.assert_platform(form_1(账号性质="□微博 □微信 ☑其它：微信视频号"), ("", "微信视频号"))
		self.assert_platform(form_1(账号性质="□微博 □微信 √抖音"), ("", "抖音"))

	def test_two_ticked_boxes_are_doubtful(self):
		read = self.read(form_1(账号性质="■微博   ■微信"), "platform")
		self.assertEqual((read.state, read.value), (UNSURE, None))
		self.assertIn("微博、微信", read.doubt.say())

	def test_tick_between_two_platforms_is_doubtful(self):
		self.assertEqual(self.read(form_1(账号性质="微博 微信√"), "platform").state, UNSURE)

	def test_content_control_boxes(self):
		box = (
			'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{}"/></w14:checkbox></w:sdtPr>'
			"<w:sdtContent>{}</w:sdtContent></w:sdt>"
		)
		# the sign in it may be any: the state counts
		xml = p(box.format(0, run("☒")), run("微博  "), box.format(1, run("◆")), run("微信"))
		self.assert_platform(cell_1("账号性质", xml), ("WeChat", ""))

	def test_boxes_of_older_forms(self):
		field = (
			'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>{}</w:checkBox></w:ffData>'
			"</w:fldChar></w:r>"
			'<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
		)
		unticked, ticked = (
			field.format('<w:default w:val="0"/>'),
			field.format('<w:default w:val="0"/><w:checked/>'),
		)
		xml = p(unticked, run("微博  "), ticked, run("微信"))
		self.assert_platform(cell_1("账号性质", xml), ("WeChat", ""))

	def test_signs_of_symbol_fonts(self):
		symbol = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
		for font, unticked, ticked in (("Wingdings", "F0A8", "F0FE"), ("Wingdings 2", "F0A3", "F052")):
			xml = p(symbol.format(font, unticked), run("微博  "), symbol.format(font, ticked), run("微信"))
			with self.subTest(font):
				self.assert_platform(cell_1("账号性质", xml), ("WeChat", ""))
		font = '<w:rFonts w:ascii="Wingdings 2" w:hAnsi="Wingdings 2"/>'
		xml = p(run("£", font), run("微博  "), run("R", font), run("微信"))
		self.assert_platform(cell_1("账号性质", xml), ("WeChat", ""))

	def test_lines_to_write_on(self):
		for typed, value, is_doubtful in (
			("abc___def", "abc___def", False),
			("甲 ___ 乙", "甲 ___ 乙", False),
			("甲\n____\n乙", "甲\n____\n乙", False),
			("______", None, False),
			("____ ____\n____", None, False),
			("____ 甲乙 ____", "甲乙", False),
			("甲乙\n____\n____", "甲乙", False),
			("____甲乙____", "甲乙", True),
			("甲乙____", "甲乙", True),
			("a__", "a__", False),
		):
			with self.subTest(typed):
				read = self.read(form_1(功能定位=typed), "purpose")
				self.assertEqual((read.value, bool(read.doubt)), (value, is_doubtful))

	def test_days_and_numbers_have_no_lines_in_them(self):
		self.assert_reads(form_1(开通时间="___2020___年___6___月___10___日"))
		self.assert_reads(form_1(当前粉丝数="___1.2___万"))

	def test_server_and_its_place(self):
		for typed, use, place in (
			("■ 不涉及数据服务   □ 涉及数据服务，服务器设置在_____________", "No Data Service", None),
			("□不涉及数据服务 ☑涉及数据服务，服务器设置在：校内机房", DATA_SERVICE, "校内机房"),
			("☑涉及数据服务，服务器设置在校内机房 □不涉及数据服务", DATA_SERVICE, "校内机房"),
			("□不涉及 √涉及，服务器位于___校内机房___", DATA_SERVICE, "校内机房"),
			("不涉及数据服务", "No Data Service", None),
		):
			with self.subTest(typed):
				form = read_form(form_1(服务器=typed))
				self.assertEqual(
					(form.values["server_use"].value, form.values["server_location"].value), (use, place)
				)
				self.assertEqual(form.values["server_use"].state, FOUND)

	def test_server_that_contradicts_itself_is_doubtful(self):
		for typed in (
			"■ 不涉及数据服务   ■ 涉及数据服务，服务器设置在校内",
			"■ 不涉及数据服务   □ 涉及数据服务，服务器设置在校内",
			"腾讯云",
		):
			with self.subTest(typed):
				self.assertEqual(self.read(form_1(服务器=typed), "server_use").state, UNSURE)


class TestParsing(ReadingTestCase):
	"""What people write becomes what fields hold, or a doubt."""

	def test_days(self):
		for typed in (
			"2026年3月1日",
			"2026-3-1",
			"2026.3.1",
			"2026/03/01",
			"２０２６年３月１日",
			"二〇二六年三月一日",
			" 2026 年 3 月 1 日 ",
		):
			with self.subTest(typed):
				self.assertEqual(self.read(form_1(开通时间=typed), "opened_on").value, "2026-03-01")
		self.assertEqual(
			self.read(form_1(开通时间="二零二五年十二月三十一日"), "opened_on").value, "2025-12-31"
		)

	def test_days_that_cannot_be_read_are_doubtful(self):
		for typed in ("2026年3月", "去年3月1日", "2026年2月30日", "3.1"):
			with self.subTest(typed):
				read = self.read(form_1(开通时间=typed), "opened_on")
				self.assertEqual((read.value, read.state), (None, UNSURE))
				self.assertIn(typed, read.doubt.say())

	def test_times(self):
		for typed in (
			"2026年3月1日 15:30",
			"2026年3月1日下午3点半",
			"2026-3-1 15:30",
			"2026年3月1日（周日）15时30分",
		):
			with self.subTest(typed):
				self.assertEqual(
					self.read(form_2(拟发布时间=typed), "planned_publish_time").value, "2026-03-01 15:30:00"
				)
		read = self.read(form_2(拟发布时间="2026年3月1日"), "planned_publish_time")
		self.assertEqual((read.value, read.state), ("2026-03-01 00:00:00", UNSURE))

	def test_counts(self):
		for typed, count, state in (
			("1200", 1200, FOUND),
			("12,000人", 12000, FOUND),
			("1.2万", 12000, FOUND),
			("1.2w", 12000, FOUND),
			("约1200人", 1200, UNSURE),
			("很多", None, UNSURE),
		):
			with self.subTest(typed):
				read = self.read(form_1(当前粉丝数=typed), "followers")
				self.assertEqual((read.value, read.state), (count, state))

	def test_phones(self):
		for typed, value, state in (
			("138 0000 0001", "13800000001", FOUND),
			("029-88490001转8001", "029-88490001转8001", FOUND),
			("029-88490001/13800000001", "029-88490001/13800000001", UNSURE),
		):
			with self.subTest(typed):
				read = self.read(form_1(业务负责人=("甲", "科长", typed)), "business_lead_phone")
				self.assertEqual((read.value, read.state), (value, state))

	def test_responsible_person_and_position(self):
		for typed in (
			"责任人甲　处长",
			"责任人甲 处长",
			"责任人甲，处长",
			"责任人甲（处长）",
			"姓名：责任人甲 职务：处长",
		):
			with self.subTest(typed):
				self.assert_reads(form_1(责任人=typed))
		read = self.read(form_1(责任人="信息处处长责任人甲"), "responsible_person")
		self.assertEqual(read.state, UNSURE)

	def test_names(self):
		for typed in ("学生甲、学生乙", "学生甲，学生乙", "学生甲；学生乙", "学生甲\n学生乙"):
			with self.subTest(typed):
				self.assertEqual(self.read(form_2(文案人员=typed), "copywriters").value, ["学生甲", "学生乙"])


class TestArticle(ReadingTestCase):
	"""Annex 2: the article keeps its paragraphs, its styles and its pictures, as safe HTML."""

	def test_form(self):
		form = read_form(form_2())
		self.assertEqual(form.annex, ANNEX_2)
		values = values_of(form)
		self.assertEqual(values["accounts"], ["微信：信息化服务号", "微博：信息化"])
		self.assertEqual(values["planned_publish_time"], "2026-03-01 09:30:00")
		self.assertEqual((values["editors"], values["image_source"]), (["编辑甲"], "科室拍摄"))
		self.assertEqual(values["content"], "<p>校园网将于周日维护。</p>")

	def test_first_line_may_be_the_title(self):
		read = self.read(form_2(), "title")
		self.assertEqual((read.value, read.state), ("校园网维护通知", UNSURE))
		form = read_form(form_2(文章内容="校园网将于周日维护。请各单位提前做好准备。"))
		self.assertNotIn("title", form.values)
		self.assertIn("校园网将于周日维护。", form.values["content"].value)

	def test_cell_for_the_title(self):
		rows = [["标题", C("维护通知", 3)], *rows_2()]
		form = read_form(word(p(run(TITLE_2)), table(rows)))
		self.assertEqual((form.values["title"].value, form.values["title"].state), ("维护通知", FOUND))
		self.assertIn("校园网维护通知", form.values["content"].value)

	def test_style_and_alignment_stay(self):
		xml = p(run("一、", "<w:b/>"), run("正文", "<w:i/>"), run("线", '<w:u w:val="single"/>')) + p(
			run("落款"), align="right"
		)
		value = self.read(form_2(p(run("标题"), align="center") + xml), "content").value
		self.assertEqual(
			value,
			'<p><strong>一、</strong><em>正文</em><u>线</u></p><p class="ql-align-right">落款</p>',
		)

	def test_typed_markup_is_text(self):
		value = self.read(
			form_2(文章内容="标题\n<img src=x onerror=alert(1)>&amp;{{ 7*7 }}"), "content"
		).value
		self.assertEqual(value, "<p>&lt;img src=x onerror=alert(1)&gt;&amp;amp;{{ 7*7 }}</p>")

	def test_pictures_are_inside(self):
		form = read_form(form_2_with_picture())
		self.assertIn('<img src="data:image/png;base64,', form.values["content"].value)
		self.assertEqual(form.values["content"].state, FOUND)

	def test_photo_of_a_telephone_is_inside(self):
		parts = word_templates.parts_of(form_2_with_picture())
		name = next(name for name in parts if name.startswith("word/media/"))
		form = read_form(word_templates.zipped({**parts, name: word_templates.phone_photo()}))
		self.assertIn('<img src="data:image/jpeg;base64,', form.values["content"].value)

	def test_pictures_that_cannot_be_shown_are_said(self):
		parts = word_templates.parts_of(form_2_with_picture())
		name = next(name for name in parts if name.startswith("word/media/"))
		form = read_form(word_templates.zipped({**parts, name: b"EMF"}))
		self.assertEqual(form.values["content"].state, UNSURE)
		self.assertNotIn("<img", form.values["content"].value)

	def test_table_in_the_content_stays_a_table(self):
		xml = p(run("标题"), align="center") + table([["备注", "甲"], ["图片来源", ""]]) + p(run("完"))
		form = read_form(form_2(xml))
		self.assertEqual(form.values["image_source"].value, "科室拍摄")
		self.assertEqual(
			form.values["content"].value, html_table(["备注", "甲"], ["图片来源", ""]) + "<p>完</p>"
		)
		self.assertEqual((form.values["title"].value, form.notes), ("标题", []))

	def test_content_under_its_label(self):
		rows = rows_2()
		rows[3:4] = [[C("文章内容", 4)], [C("标题\n正文。", 4)]]
		self.assertEqual(self.read(word(p(run(TITLE_2)), table(rows)), "content").value, "<p>正文。</p>")

	def test_form_that_only_names_attachments(self):
		form = read_form(form_2(文章内容="文章内容可附件\n附件1：推文.docx"))
		self.assertEqual(form.values["content"].state, MISSING)
		self.assertEqual(
			(form.values["attachments"].state, form.values["attachments"].text), (UNSURE, "推文.docx")
		)


class TestTablesOfArticles(ReadingTestCase):
	"""A table in 文章内容 is one in the draft; what the editor's tables cannot hold is said."""

	def read_article(self, *rows, before: str = "", after: str = "") -> tuple[str, str]:
		"""Return the article with a table of these rows in it, and what is noted of the file."""
		form = read_form(form_2(p(run("标题"), align="center") + before + table(rows) + after))
		return form.values["content"].value, " ".join(note.say() for note in form.notes)

	def test_merged_cells_are_divided_and_said(self):
		html, notes = self.read_article(
			[C("服务", 2), "时间"],
			[C("窗口", merge="restart"), "上午", "8:00"],
			[C(merge="continue"), "下午", "14:00"],
		)
		self.assertEqual(
			html, html_table(["服务", "", "时间"], ["窗口", "上午", "8:00"], ["", "下午", "14:00"])
		)
		self.assertIn("2 are divided", notes)

	def test_borders_that_no_cell_has_make_no_columns(self):
		html, notes = self.read_article([C("甲", 3), C("乙", 2)], [C("丙", 3), C("丁", 2)])
		self.assertEqual((html, notes), (html_table(["甲", "乙"], ["丙", "丁"]), ""))

	def test_row_that_begins_later(self):
		late = '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>'.join(
			table([["甲", "乙"], ["丙"]]).rsplit("<w:tr>", 1)
		)
		form = read_form(form_2(p(run("标题"), align="center") + late))
		self.assertEqual(form.values["content"].value, html_table(["甲", "乙"], ["", "丙"]))

	def test_lines_of_a_cell_are_joined_and_said(self):
		html, notes = self.read_article(["一行", "甲\n乙"])
		self.assertEqual(html, html_table(["一行", "甲 乙"]))
		self.assertIn("the lines of 1 cells are joined", notes)

	def test_table_within_a_table_is_told(self):
		html, notes = self.read_article([C("外"), C(xml=table([["甲", "乙"]]) + p())])
		self.assertEqual(html, html_table(["外", "甲\t乙"]))
		self.assertIn("Tables within tables became lines of text: 1", notes)

	def test_tables_that_follow_each_other_stay_two(self):
		html, _notes = self.read_article(["甲"], after=p() + table([["乙"]]))
		self.assertEqual(html, html_table(["甲"]) + "<p><br></p>" + html_table(["乙"]))

	def test_pictures_and_styles_in_cells_stay(self):
		content = form_2_with_picture()
		document = Document(io.BytesIO(content))
		cell = document.tables[0].rows[3].cells[1]
		picture = cell.paragraphs[-1]._p
		inner = cell.add_table(1, 2)
		inner.cell(0, 0).paragraphs[0]._p.addnext(picture)
		inner.cell(0, 1).paragraphs[0].add_run("粗").bold = True
		value = read_form(bytes_of(document)).values["content"].value
		self.assertRegex(value, r'<td data-row="1">(校园网将于周日维护。)? ?<img src="data:image/png;base64,')
		self.assertIn('<td data-row="1"><strong>粗</strong></td>', value)

	def test_table_of_pictures_alone_is_no_empty_one(self):
		document = Document(io.BytesIO(form_2(文章内容="标题")))
		cell = document.tables[0].rows[3].cells[1]
		cell.add_table(1, 1).cell(0, 0).paragraphs[0].add_run().add_picture(io.BytesIO(word_templates.png()))
		self.assertIn('<td data-row="1"><img', read_form(bytes_of(document)).values["content"].value)

	def test_numbers_of_lists_in_cells_stay(self):
		xml = p(run("标题"), align="center") + table([[C(xml=item("甲"))]])
		content = with_lists(form_2(xml), lists(level("decimal", "%1.")))
		self.assertIn(
			"1.甲</td>", read_form(content).values["content"].value.replace(" ", "").replace("\t", "")
		)


class TestLinksOfArticles(ReadingTestCase):
	"""A link of an article leads where it led; one to no page and no mailbox is its text, and said."""

	ADDRESS = "https://www.example.edu.cn/a?b=1&c=2"
	LINK = '<a href="https://www.example.edu.cn/a?b=1&amp;c=2" rel="noopener noreferrer">'

	def read_article(self, *content: str, **targets: str) -> tuple[str, str]:
		"""Return an article of a paragraph, and what is noted; `targets` are the relations of its links."""
		form = read_form(with_targets(form_2(p(run("标题"), align="center") + p(*content)), **targets))
		return form.values["content"].value, " ".join(note.say() for note in form.notes)

	def test_link(self):
		words = run("网上", UNDERLINED) + run("办事", UNDERLINED)
		link = f'<w:hyperlink r:id="L1" w:history="1">{words}</w:hyperlink>'
		html, notes = self.read_article(run("见"), link, run("。"), L1=self.ADDRESS)
		self.assertEqual(html, f"<p>见{self.LINK}网上办事</a>。</p>")
		self.assertEqual(notes, "")

	def test_link_as_a_field(self):
		instruction = f' HYPERLINK "{self.ADDRESS}" \\o "提示" '
		pieces = "".join(
			f"<w:r><w:instrText>{escape(piece)}</w:instrText></w:r>"
			for piece in (instruction[:9], instruction[9:])
		)
		signs = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
		complex_field = f"{signs[0]}{pieces}{signs[1]}{run('办事', UNDERLINED)}{signs[2]}{run('后')}"
		quoted = escape(instruction, {'"': "&quot;"})
		simple_field = f'<w:fldSimple w:instr="{quoted}">{run("办事")}</w:fldSimple>{run("后")}'
		for field in (complex_field, simple_field):
			with self.subTest(field):
				html, notes = self.read_article(field)
				self.assertEqual((html, notes), (f"<p>{self.LINK}办事</a>后</p>", ""))

	def test_mailbox(self):
		html, _notes = self.read_article(
			f'<w:hyperlink r:id="L1">{run("信箱")}</w:hyperlink>', L1="mailto:xxh@example.edu.cn"
		)
		self.assertIn('<a href="mailto:xxh@example.edu.cn"', html)

	def test_link_to_anything_else_is_its_text_and_said(self):
		for target in (
			"javascript:alert(1)",
			"file:///C:/a.docx",
			"通知.docx",
			"\\\\server\\a",
			"ftp://a.cn/x",
			"data:text/html,x",
		):
			with self.subTest(target):
				html, notes = self.read_article(
					f'<w:hyperlink r:id="L1">{run("看")}</w:hyperlink>', L1=target
				)
				self.assertEqual(html, "<p>看</p>")
				self.assertIn(target, notes)
		html, notes = self.read_article(f'<w:hyperlink w:anchor="第二节">{run("下文")}</w:hyperlink>')
		self.assertEqual(html, "<p>下文</p>")
		self.assertIn("#第二节", notes)

	def test_address_cannot_leave_its_attribute(self):
		html, _notes = self.read_article(
			f'<w:hyperlink r:id="L1">{run("看")}</w:hyperlink>', L1='https://a.cn/"onmouseover="x'
		)
		self.assertIn('href="https://a.cn/%22onmouseover=%22x"', html)

	def test_link_in_a_table(self):
		cell = C(xml=p(f'<w:hyperlink r:id="L1">{run("看")}</w:hyperlink>'))
		content = with_targets(form_2(p(run("标题"), align="center") + table([[cell]])), L1="https://a.cn/")
		self.assertIn(
			'<td data-row="1"><a href="https://a.cn/" rel="noopener noreferrer">看</a></td>',
			read_form(content).values["content"].value,
		)


class TestLosses(ReadingTestCase):
	"""What of an article does not become a part of its draft is named."""

	def notes(self, content: bytes) -> str:
		return " ".join(note.say() for note in read_form(content).notes)

	def test_what_stands_elsewhere_in_the_file_is_named(self):
		chart = '<w:drawing><a:graphicData xmlns:a="urn:a" uri="http://schemas.openxmlformats.org/drawingml/2006/{}"/></w:drawing>'
		for element, name in (
			('<w:footnoteReference w:id="2"/>', "footnotes"),
			('<w:endnoteReference w:id="2"/>', "endnotes"),
			('<w:commentReference w:id="2"/>', "comments"),
			(chart.format("chart"), "charts"),
			(chart.format("diagram"), "SmartArt"),
			("<w:pict><v:line/></w:pict>", "shapes"),
		):
			with self.subTest(name):
				notes = self.notes(form_2(p(run("标题")) + p(run("文"), f"<w:r>{element}</w:r>")))
				self.assertIn("Not taken over from the article", notes)
				self.assertIn(name, notes)

	def test_what_is_outside_of_the_article_is_not_missed(self):
		reference = '<w:r><w:commentReference w:id="2"/></w:r>'
		content = word(p(run(TITLE_2), reference), table(rows_2()))
		self.assertEqual(self.notes(content), "")

	def test_what_was_deleted_is_not_missed(self):
		deleted = '<w:del w:id="1"><w:r><w:footnoteReference w:id="2"/></w:r></w:del>'
		self.assertEqual(self.notes(form_2(p(run("标题")) + p(run("文"), deleted))), "")

	def test_what_becomes_plain_is_named(self):
		for properties, name in (
			('<w:vertAlign w:val="superscript"/>', "superscripts"),
			("<w:strike/>", "struck out"),
		):
			with self.subTest(name):
				notes = self.notes(form_2(p(run("标题")) + p(run("10"), run("2", properties))))
				self.assertIn("Taken over as plain text", notes)
				self.assertIn(name, notes)
		notes = self.notes(form_2(p(run("标题")) + p(run("2", '<w:strike w:val="0"/>'))))
		self.assertEqual(notes, "")

	def test_page_header_is_named_unless_it_counts_pages(self):
		for text, is_named in (("内部资料", True), ("第 1 页 共 2 页", False), ("", False)):
			document = Document(io.BytesIO(form_2()))
			document.sections[0].header.paragraphs[0].text = text
			with self.subTest(text):
				self.assertEqual("page headers" in self.notes(bytes_of(document)), is_named)


class TestPlaceholders(ReadingTestCase):
	"""What a content control asks for is no content, whether or not the file says that it only asks."""

	CONTROL = "<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"

	def test_words_of_word_and_wps(self):
		for words in (
			"单击此处输入文字。",
			"单击或点击此处输入文字。",
			"点击此处输入文本",
			"选择一项。",
			"Click or tap here to enter text.",
		):
			control = self.CONTROL.format(run(words[:3]) + run(words[3:]))
			with self.subTest(words):
				self.assert_reads(cell_1("备注", p(control)), remarks=None)
				self.assert_reads(cell_1("备注", self.CONTROL.format(p(run(words)))), remarks=None)
				content = form_2(
					p(run("标题"), align="center") + p(run("正文。")) + self.CONTROL.format(p(run(words)))
				)
				self.assertEqual(read_form(content).values["content"].value, "<p>正文。</p>")

	def test_the_same_words_that_somebody_wrote_stay(self):
		words = "单击此处输入文字。"
		self.assert_reads(cell_1("备注", p(run(words))), remarks=words)
		article = self.CONTROL.format(p(run("第一步")) + p(run(words)))
		content = form_2(p(run("标题"), align="center") + article)
		self.assertEqual(read_form(content).values["content"].value, f"<p>第一步</p><p>{words}</p>")


class TestBounds(ReadingTestCase):
	"""A file that would keep the server busy is refused at once, with what to do."""

	def assert_refused(self, content: bytes, words: str):
		started = time.monotonic()
		with self.assertRaises(TemplateError) as caught:
			read_form(content)
		self.assertIn(words, caught.exception.faults[0].say())
		self.assertLess(time.monotonic() - started, 5)

	def in_article(self, xml: str) -> bytes:
		content = form_2(p(run("标题")) + p(run("占位")))
		document = word_templates.parts_of(content)["word/document.xml"].decode()
		place = re.search("<w:p>(?:(?!<w:p>).)*占位.*?</w:p>", document)
		bomb = f"{document[: place.start()]}{xml}<w:p/>{document[place.end() :]}"
		return word_templates.changed(content, word__document_dot_xml=bomb.encode())

	def test_nested_tables(self):
		for depth in (10, 60, 10_000):
			xml = "<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth
			with self.subTest(depth):
				self.assert_refused(self.in_article(xml), "Tables stand within tables")

	def test_many_tables_and_cells(self):
		self.assert_refused(
			self.in_article("<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>" * 10_000), "more than"
		)
		self.assert_refused(
			self.in_article(f"<w:tbl>{'<w:tr><w:tc><w:p/></w:tc></w:tr>' * 50_000}</w:tbl>"), "more than"
		)

	def test_table_that_is_wide_and_long(self):
		wide = f"<w:tr>{'<w:tc><w:p/></w:tc>' * 1000}</w:tr>"
		long = "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr>" * 1000
		self.assert_refused(self.in_article(f"<w:tbl>{wide}{long}</w:tbl>"), "rows and")


UNDERLINED = '<w:color w:val="0563C1"/><w:u w:val="single"/>'


class TestNoForm(unittest.TestCase):
	"""What is no such form is refused as a whole, with what to do."""

	def assert_refused(self, content: bytes, words: str, kind=TemplateError):
		with self.assertRaises(kind) as caught:
			read_form(content)
		self.assertIn(words, caught.exception.faults[0].say())

	def test_another_document(self):
		for body in (
			[p(run("会议通知"))],
			[table([["姓名", "甲"], ["备注", "无"]])],
			[p(run("账号名称和主管单位见附件。备注：无。"))],
			[
				p(run("信息化建设与管理处新媒体管理办法")),
				p(run("附件1 " + TITLE_1)),
				p(run("附件2 " + TITLE_2)),
			],
		):
			with self.subTest(body[0][:80]):
				self.assert_refused(word(*body), "neither Annex 1 nor Annex 2", NoFormError)

	def test_other_files(self):
		self.assert_refused(b"%PDF-1.4", "no Word document")
		self.assert_refused(b"\xd0\xcf\x11\xe0" + bytes(100), "old .doc")
		self.assert_refused(b"PK\x03\x04broken", "damaged")
		self.assert_refused(form_1()[:2000], "damaged")
		self.assert_refused(
			word_templates.changed(form_1(), word__document_dot_xml=b"<w:document"), "cannot be read"
		)
		bomb = b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"
		self.assert_refused(word_templates.changed(form_1(), word__document_dot_xml=bomb), "document type")
