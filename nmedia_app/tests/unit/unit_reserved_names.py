"""The name guard (Article 5): the university's and the division's names, however they are dressed up."""

import unittest

from hypothesis import given, settings
from hypothesis import strategies as st

from nmedia_app.regulation.reserved_names import find_reserved_name, unusable_names

UNIVERSITY, SHORT, DIVISION = "西北工业大学", "西工大", "西工大信息化建设与管理处"
RESERVED = (UNIVERSITY, SHORT, DIVISION, "NPU", "NWPU", "G101")

MUST_BE_CAUGHT = {
	"as it is, alone and within a name": (
		"西北工业大学",
		"西工大",
		"西工大信息化建设与管理处",
		"西北工业大学校友圈",
		"我爱西北工业大学",
		"西工大吃喝玩乐",
		"今日西工大",
		"掌上西工大助手",
		"2026西工大考研",
		"西工大西工大",
	),
	"spaces of all kinds": (
		"西 工 大",
		"西工 大表白墙",
		"西北 工业 大学",
		"西　工　大",
		"西\u00a0工\u2003大",
		"西\t工\n大",
		"西北\u2028工业大学",
		"西      工      大",
		"西\u202f北\u205f工\u2009业\u200a大\u2002学",
	),
	"separators, many and mixed": (
		"西-工-大",
		"西·工·大",
		"西.工.大",
		"西_工_大",
		"西/工/大论坛",
		"西|北|工|业|大|学",
		"西丨工丨大",
		"西北丨工业大学",
		"西★工★大",
		"西🔥工🔥大",
		"西、工、大",
		"西（工）大",
		"【西】【工】【大】",
		"西……工……大",
		"西*****北*****工业大学",
		"西~北-工_业=大+学",
		"西。工。大",
		"西#工#大#",
		"「西北」「工业」大学",
		"西⠀工⠀大",
	),
	"one letter or character between all others": (
		"西x工x大",
		"西一北一工一业一大一学",
		"西0工0大",
		"西の工の大",
		"西I北I工I业I大I学",
		"西ー工ー大",
	),
	"what cannot be seen": (
		"西\u200b工\u200b大",
		"西\u200d工大",
		"西\u2060北工业大学",
		"\ufeff西工大",
		"西\u00ad工\u00ad大",
		"西\ufe0f工\ufe0f大",
		"西\U000e0100工大",
		"西\u3164工\u3164大",
		"西\u115f工\uffa0大",
		"西" + "\u200b" * 30 + "工大",
		"西\u2063工\u2063大",
		"\u202e大工西",
		"\u202e学大业工北西\u202c",
		"校友\u202e大工西",
	),
	"combining marks": (
		"西\u0301工\u0301大",
		"西\u0336工\u0336大\u0336",
		"西\u20dd工\u20dd大\u20dd",
		"西\u0489北\u0489工业大学",
		"N\u0303P\u0308U\u0301新闻",
	),
	"traditional characters and variants": (
		"西北工業大學",
		"西北工業大学",
		"西北工业大學",
		"西工大信息化建設與管理處",
		"西 北 工 業 大 學 論壇",
		"西北工业大斈",
		"覀工大",
		"襾北工业大学",
	),
	"forms of Chinese characters that look the same": (
		"西⼯大",
		"西⼯⼤",
		"⻄工大",
		"⻄北工业大学",
		"西\uf963工业大学",
		"西エ大",
		"西ｴ大",
		"西北エ业大学",
		"西北エ業⼤學",
		"㊫西工大",
		"西北工业大㊫",
	),
	"full-width and styled letters": (
		"ＮＰＵ",
		"Ｎ Ｐ Ｕ表白墙",
		"𝐍𝐏𝐔",
		"𝓝𝓦𝓟𝓤",
		"ⓃⓅⓊ",
		"🅝🅦🅟🅤",
		"🄽🄿🅄",
		"🇳🇵🇺",
		"ɴᴘᴜ",
		"ᴺᵂᴾᵁ",
	),
	"letters and digits that look alike": (
		"ΝΡU",
		"NРU",
		"ΝWΡU校友",
		"ИPU",
		"ηpu",
		"прu",
		"ոрս",
		"ՈPU",
		"ꓠꓑꓴ",
		"NVVPU",
		"nvvpu",
		"NᎳPU",
		"G1O1",
		"GlOl实验室",
		"ԌІ0І",
		"ÑPÜ",
	),
	"letters alone, however they stand": (
		"npu",
		"NPU2026",
		"我的NPU",
		"N.P.U.",
		"n-p-u",
		"Npu_bbs",
		"nwpu-life",
		"hello NPU!",
	),
}

MUST_PASS = {
	"other universities": (
		"西北大学",
		"工业大学",
		"西安工业大学",
		"西安理工大学",
		"西安交通大学",
		"西安电子科技大学",
		"西北农林科技大学",
		"西北师范大学",
		"西北民族大学",
		"西北政法大学",
		"东北工业大学",
		"华北工业大学",
		"北京工业大学",
		"合肥工业大学",
		"哈尔滨工业大学",
		"西南大学",
		"西南交通大学",
		"西华大学",
		"河北工业大学",
		"湖北工业大学",
		"江西理工大学",
		"陕西科技大学",
		"广西科技大学",
		"山西大学",
		"江西工业大学",
		"西藏大学",
		"太原理工大学",
		"西北工业学院旧址",
		"西安工大附中",
		"大学西北联盟",
	),
	"parts of the names": (
		"西北",
		"西北工业",
		"工大",
		"西工",
		"西大",
		"工业大学生",
		"西北工业园",
		"西北工业设计",
		"西北的工业与大学",
		"大工西",
		"学大业工北西",
		"西北大学工业研究",
		"信息化建设与管理处",
		"校园信息化建设",
		"西部工业大数据",
		"大西北工业纪行",
		"北工业大学",
		"西北工大",
		"西部工大先锋",
		"西施工大队伍",
	),
	"everyday names": (
		"晚风与猫",
		"小王的日常",
		"长安大街小吃",
		"西安美食地图",
		"西区食堂测评",
		"东西南北",
		"图书馆占座互助",
		"考研加油站",
		"西瓜视频创作者",
		"跑步打卡",
		"一起学编程",
		"摄影爱好者",
		"秦岭登山队",
		"友谊西路小店",
		"毛坡日记",
		"大学物理笔记",
		"工程师的一天",
		"西点烘焙工作室大全",
		"西装定制工坊大牌",
		"航空迷",
	),
	"Latin names": (
		"input",
		"output",
		"Inputs & Outputs",
		"NPC",
		"NPV calculator",
		"CPU",
		"GPU and NPVs",
		"nputs",
		"snpu",
		"NPUA",
		"unpunished",
		"can put",
		"Nepal Punk",
		"WPU",
		"NWU",
		"NW University",
		"nwpus",
		"xNWPU",
		"IT中心",
		"MIT中心",
	),
	"numbers, marks, and other scripts": (
		"",
		" ",
		"12345",
		"2026",
		"***",
		"😀😀😀",
		"西😀北😀工",
		"北欧",
		"にほん大学",
		"서울대학교",
		"Привет",
		"Новости",
		"Αθήνα",
		"مرحبا",
		"西x工y大",
		"西安工x大",
		"\u202e大江西",
		"<b>西北</b>",
		"西%工业",
		"N",
	),
}


class TestFinding(unittest.TestCase):
	"""Article 5: no account of a person carries these names, in whatever form."""

	def test_names_that_must_be_caught(self):
		self.assertGreaterEqual(sum(map(len, MUST_BE_CAUGHT.values())), 100)
		for way, names in MUST_BE_CAUGHT.items():
			for name in names:
				self.assertIn(find_reserved_name(name, RESERVED), RESERVED, (way, name, ascii(name)))

	def test_names_that_must_pass(self):
		self.assertGreaterEqual(sum(map(len, MUST_PASS.values())), 100)
		for kind, names in MUST_PASS.items():
			for name in names:
				self.assertIsNone(find_reserved_name(name, RESERVED), (kind, name, ascii(name)))

	def test_no_name_is_tried_twice(self):
		for tried in (MUST_BE_CAUGHT, MUST_PASS):
			names = [name for group in tried.values() for name in group]
			self.assertEqual(len(names), len(set(names)))

	def test_longest_name_is_told(self):
		self.assertEqual(find_reserved_name("西工大信息化建设与管理处小助手", RESERVED), DIVISION)
		self.assertEqual(find_reserved_name("西工大IT中心", (SHORT, "西工大IT")), "西工大IT")

	def test_name_is_told_as_the_administrator_wrote_it(self):
		self.assertEqual(find_reserved_name("西工大", ["西 工 大（简称）", "西 · 工大"]), "西 · 工大")
		self.assertEqual(find_reserved_name("npu", ["Ｎ．Ｐ．Ｕ"]), "Ｎ．Ｐ．Ｕ")

	def test_digits_of_a_reserved_name_count(self):
		for name in ("G101", "g1O1", "GlOl", "G-101", "Ｇ１０１", "G①0①", "G𝟏𝟎𝟏"):
			self.assertEqual(find_reserved_name(name, ["G101"]), "G101", name)
		for name in ("G1010", "G102", "AG101", "G10"):
			self.assertIsNone(find_reserved_name(name, ["G101"]), name)

	def test_signs_of_patterns_are_no_patterns(self):
		for name in ("西.大", "西(工", "[西]", "西*", "\\d"):
			self.assertIsNone(find_reserved_name("工", [name]), name)
		self.assertEqual(find_reserved_name("C", ["C++"]), "C++")

	def test_nothing_is_reserved(self):
		self.assertIsNone(find_reserved_name("西工大", []))
		self.assertIsNone(find_reserved_name("西工大", ["", "***", "丨"]))

	def test_names_that_can_never_be_found_are_told(self):
		self.assertEqual(unusable_names([SHORT, "***", "C++", "丨 丨", ""]), ["***", "丨 丨", ""])


class TestProperties(unittest.TestCase):
	"""Article 5: what stands around a name does not hide it, and nothing ever fails."""

	@settings(max_examples=60)
	@given(
		st.text(st.sampled_from("新闻号 ·-😀安北"), max_size=6),
		st.lists(st.text(st.sampled_from(" -·\u200b\u3164|😀\u0301"), max_size=4), min_size=2, max_size=2),
		st.text(st.sampled_from("新闻号 ·-😀安北"), max_size=6),
	)
	def test_separators_and_neighbours_do_not_hide_a_name(self, before, between, behind):
		name = f"{before}西{between[0]}工{between[1]}大{behind}"
		self.assertEqual(find_reserved_name(name, RESERVED), SHORT)

	@settings(max_examples=100)
	@given(st.text(max_size=30))
	def test_any_text_can_be_tried_and_reserved(self, text):
		self.assertIn(find_reserved_name(text, RESERVED), (None, *RESERVED))
		self.assertIn(find_reserved_name(text, [text]), (None, text))
