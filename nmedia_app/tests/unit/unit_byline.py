"""What is published names its copywriters, editors, reviewer and time of publication (Article 7)."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from nmedia_app.regulation.byline import (
	DEFAULT,
	PLACEHOLDERS,
	compose,
	missing_parts,
	missing_placeholders,
	stated_forms,
	unknown_placeholders,
)
from nmedia_app.regulation.comparison import compare

VALUES = {
	"copywriters": "文案甲、文案乙",
	"editors": "编辑甲",
	"reviewer": "处领导",
	"published_on": "2026-06-10 09:30:00",
	"accounts": "信管微信",
	"title": "升级通知",
}
PARTS = ["copywriters", "editors", "reviewer", "published_on"]
ARTICLE = "各部门：\n定于2026年6月10日升级校园网，作者与编辑请知悉。文案甲、编辑甲、处领导出席。\n"


class TestComposing(unittest.TestCase):
	"""Article 7: the byline is ready to paste, in the form that an administrator chose."""

	def test_default(self):
		self.assertEqual(
			compose(DEFAULT, VALUES),
			"文案：文案甲、文案乙　编辑：编辑甲　审查人：处领导　发布时间：2026-06-10 09:30:00",
		)

	def test_every_placeholder(self):
		for name in PLACEHOLDERS:
			self.assertEqual(compose(f"<{{{name}}}>", VALUES), f"<{VALUES[name]}>")

	def test_unknown_braces_stay_as_typed(self):
		for text in (
			"{name}",
			"{",
			"}",
			"{}",
			"{editors.__class__}",
			"{editors!r}",
			"{0}",
			"{{ editors }}",
			"%s",
		):
			self.assertEqual(compose(text, VALUES), text)

	def test_values_are_not_read_as_templates(self):
		self.assertEqual(compose("{title}", {"title": "{editors}", "editors": "甲"}), "{editors}")

	def test_missing_value_is_empty(self):
		self.assertEqual(compose("编辑：{editors}", {}), "编辑：")

	def test_unknown_placeholders_are_named(self):
		self.assertEqual(unknown_placeholders(DEFAULT), [])
		self.assertEqual(unknown_placeholders("{editors}{author}{author}{ title }"), ["author", " title "])

	def test_a_template_names_all_that_article_7_asks_for(self):
		self.assertEqual(missing_placeholders(DEFAULT), [])
		self.assertEqual(
			missing_placeholders("{editors}{title}"), ["copywriters", "reviewer", "published_on"]
		)


class TestStating(unittest.TestCase):
	"""Article 7: the published article must state all four."""

	def assert_missing(self, expected: list[str], byline: str, values: dict[str, str] = VALUES):
		for text in (f"{ARTICLE}{byline}", f"{byline}\n{ARTICLE}"):
			self.assertEqual(missing_parts(values, text), expected, text)

	def test_composed_byline_states_all(self):
		self.assert_missing([], compose(DEFAULT, VALUES))

	def test_article_without_byline_states_none(self):
		self.assertEqual(missing_parts(VALUES, ARTICLE), PARTS)
		self.assertEqual(missing_parts(VALUES, ""), PARTS)

	def test_usual_forms(self):
		for byline in (
			"撰文：文案甲 文案乙 | 编辑：编辑甲 | 审核：处领导 | 日期：2026年6月10日",
			"文/文案甲、文案乙 图/摄影甲 排版/编辑甲 审核人/处领导 发布日期/2026.6.10",
			"文｜文案甲　文案乙\n编辑｜编辑甲\n审阅｜处领导\n发布时间｜2026/06/10",
			"【文字】文案甲，文案乙【编辑】编辑甲【审定】处领导【发布时间】2026-06-10 10:00",
			"文　案：文案甲、文案乙\n编　辑：编辑甲\n审 核 人：处　领　导\n发布日期：２０２６年０６月１０日",
			"文案人员\n文案甲、文案乙\n责任编辑\n编辑甲\n校审\n处领导\n发布于2026 年 6 月 10 日",
			"作者:文案甲/文案乙;编辑:编辑甲;责任人:处领导;发布时间:2026-6-10",
			"撰稿人：文案甲（学生）、文案乙等　美编：编辑甲　终审：处领导　日期：2026-06-10",
		):
			with self.subTest(byline):
				self.assert_missing([], byline)

	def test_labels_that_share_their_names(self):
		values = {**VALUES, "copywriters": "编辑甲"}
		for labels in ("文案、编辑：", "文案/编辑：", "撰文 & 排版 | ", "文/编辑："):
			with self.subTest(labels):
				self.assert_missing([], f"{labels}编辑甲　审查人：处领导　发布时间：2026年6月10日", values)

	def test_each_part_left_out_is_missing(self):
		for part in PARTS:
			with self.subTest(part):
				self.assert_missing([part], compose(DEFAULT, {**VALUES, part: ""}))

	def test_each_part_stated_otherwise_is_missing(self):
		for part in PARTS:
			with self.subTest(part):
				self.assert_missing([part], compose(DEFAULT, {**VALUES, part: "别人"}))

	def test_every_name_of_a_list_must_stand(self):
		self.assert_missing(["copywriters"], compose(DEFAULT, {**VALUES, "copywriters": "文案甲"}))

	def test_name_behind_another_label_does_not_count(self):
		swapped = {**VALUES, "editors": VALUES["reviewer"], "reviewer": VALUES["editors"]}
		self.assert_missing(["editors", "reviewer"], compose(DEFAULT, swapped))

	def test_longer_name_does_not_count(self):
		values = {**VALUES, "editors": "编辑"}
		self.assert_missing(["editors"], compose(DEFAULT, {**values, "editors": "编辑甲"}), values)
		self.assert_missing(["editors"], compose(DEFAULT, {**values, "editors": "总编辑"}), values)

	def test_name_far_behind_its_label_does_not_count(self):
		byline = compose(DEFAULT, VALUES).replace("编辑甲", "通知" * 30 + " 编辑甲")
		self.assert_missing(["editors"], byline)

	def test_name_in_the_next_sentence_does_not_count(self):
		self.assert_missing(["editors"], compose(DEFAULT, VALUES).replace("编辑甲", "无。编辑甲"))

	def test_another_date_does_not_count(self):
		for day in ("2026-06-11", "2026年6月1日", "2026-06-101", "2025-06-10", "12026-06-10", "6月10日"):
			with self.subTest(day):
				self.assert_missing(["published_on"], compose(DEFAULT, {**VALUES, "published_on": day}))

	def test_date_of_the_text_is_not_that_of_publication(self):
		self.assert_missing(
			["published_on"], "截止日期：2026年6月10日\n" + compose(DEFAULT, {**VALUES, "published_on": ""})
		)

	def test_part_without_value_is_missing(self):
		self.assert_missing(["reviewer"], compose(DEFAULT, VALUES), {**VALUES, "reviewer": " "})
		self.assert_missing(PARTS, compose(DEFAULT, VALUES), {})

	@given(st.text(st.sampled_from("文案编辑审查人发布时间：/、甲乙 2026-.年(["), max_size=200))
	def test_any_text_is_read(self, text):
		self.assertLessEqual(set(missing_parts(VALUES, text)), set(PARTS))

	def test_label_within_a_name_is_none(self):
		values = {**VALUES, "copywriters": "学生作者"}
		self.assertEqual(missing_parts(values, compose(DEFAULT, values)), [])


class TestStatedForms(unittest.TestCase):
	"""Article 7: the byline may stand in what is published, and nothing else with it."""

	VALUES = {
		"copywriters": "张三、李四",
		"editors": "王五",
		"reviewer": "处长",
		"published_on": "2026年6月10日 09:30",
	}

	def differs(self, line: str) -> bool:
		text = f"校园网升级。\n{line}"
		return not compare("校园网升级。", text, ignore=stated_forms(self.VALUES, text)).is_same

	def test_usual_forms_are_no_difference(self):
		for line in (
			"文案：张三、李四 编辑：王五 审查人：处长 发布时间：2026年6月10日 09:30",
			"文字 | 张三 李四\n编辑 | 王五\n审核 | 处长\n发布日期 2026-06-10",
			"撰文/张三，李四/责编/王五/审核人/处长",
		):
			self.assertFalse(self.differs(line), line)

	def test_what_is_slipped_in_is_a_difference(self):
		for line in (
			"编辑：王五 转发有奖",
			"编辑：王五、赵六",
			"编辑：王五请汇款至",
			"发布时间：2026年6月11日",
			"审核：处长2",
		):
			self.assertTrue(self.differs(line), line)
