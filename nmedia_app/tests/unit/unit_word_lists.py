"""Words that must not go out, or only after a second look (Article 11)."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from nmedia_app.regulation.word_lists import Hit, Matcher, WordList, parse_words, unusable_words

SECRET = WordList("涉密", ("内部资料", "绝密", "网络安全应急预案"), stops=True)
ADVERTS = WordList("广告", ("最好", "网络", "free vpn", "VPN", "国家级", "6.4", "10086"))
MATCHER = Matcher([SECRET, ADVERTS])

#: traditional and full-width forms of what the property test looks for
FORMS = {"内": "内內", "部": "部", "资": "资資", "料": "料", "v": "vVｖＶ", "p": "pPｐ", "n": "nNｎñ"}
WITHIN = ["", " ", "\u3000", "*", "·", "，", "-", "_", "★", "😀", "、、", " . "]
UNSEEN = ["", "\u200b", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\u0301"]


def words(text: str, matcher: Matcher = MATCHER) -> list[str]:
	return [hit.word for hit in matcher.find(text)]


def places(text: str, matcher: Matcher = MATCHER) -> list[str]:
	return [text[hit.start : hit.end] for hit in matcher.find(text)]


@st.composite
def dressed_up(draw, word: str) -> str:
	"""Return the word with other forms of its characters, unseen characters, and separators within."""
	pieces = []
	for character in word:
		pieces.append(draw(st.sampled_from(FORMS[character])) + draw(st.sampled_from(UNSEEN)))
	separators = st.sampled_from(
		[mark for mark in WITHIN if not (word.isascii() and set(mark) & set(" \u3000"))]
	)
	text = pieces[0]
	for piece in pieces[1:]:
		text += draw(separators) + piece
	return text


class TestFinding(unittest.TestCase):
	"""Article 11: a word is found however it is dressed up."""

	@given(
		st.sampled_from(["内部资料", "vpn"]).flatmap(dressed_up),
		st.sampled_from(["", "关于", "😀", "见《", "a ", "一。"]),
		st.sampled_from(["", "的通知", "》", " b", "。一"]),
	)
	def test_word_is_found_at_its_place(self, word, before, behind):
		(hit,) = MATCHER.find(before + word + behind)
		self.assertEqual(hit.start, len(before))
		unseen = "".join(UNSEEN)
		self.assertEqual((before + word + behind)[hit.start : hit.end].rstrip(unseen), word.rstrip(unseen))

	@given(st.text(st.sampled_from("关于校园升级的通知。，. \n1a2bABC資內部"), max_size=40))
	def test_text_without_it_has_none(self, text):
		self.assertEqual(MATCHER.find(text), [])

	def test_hit_tells_list_word_and_place(self):
		self.assertEqual(MATCHER.find("此为绝 密件"), [Hit("涉密", "绝密", True, 2, 5)])

	def test_word_of_the_list_may_be_in_any_form_itself(self):
		matcher = Matcher([WordList("甲", ("內部－資料", "ＶＰＮ"))])
		self.assertEqual(words("内部资料与vpn", matcher), ["內部－資料", "ＶＰＮ"])

	def test_pdf_look_alikes_are_found(self):
		self.assertEqual(words("部⻓", Matcher([WordList("甲", ("部长",))])), ["部长"])

	def test_characters_outside_the_basic_plane_do_not_shift_the_place(self):
		self.assertEqual(places("😀𠮷😀绝密😀"), ["绝密"])

	def test_all_places_are_found(self):
		self.assertEqual(places("绝密！绝密、绝密"), ["绝密"] * 3)


class TestNotFinding(unittest.TestCase):
	"""Article 11: ordinary text is left in peace."""

	def test_word_does_not_reach_across_a_sentence(self):
		for mark in "。！？!?\n｡":
			self.assertEqual(words(f"这是最{mark}好的"), [], mark)

	def test_word_does_not_reach_across_many_separators(self):
		self.assertEqual(words("最***好"), ["最好"])
		self.assertEqual(words("最****好"), [])

	def test_unseen_characters_are_no_separators(self):
		self.assertEqual(words("最" + "\u200b" * 40 + "好"), ["最好"])

	def test_latin_words_stand_alone(self):
		for text in ("openvpn", "vpns", "VPN2", "xVPN服务"):
			self.assertEqual(words(text), [], text)
		for text in ("VPN", "用VPN上网", "(vpn)", "a vpn b"):
			self.assertEqual(words(text), ["VPN"], text)

	def test_neighbouring_latin_words_are_not_one(self):
		matcher = Matcher([WordList("甲", ("top", "isis"))])
		for text in ("go to p", "this is is", "sto p", "is is"):
			self.assertEqual(words(text, matcher), [], text)
		for text in ("t o p", "t.o.p", "to-p", "i-s i-s"):
			self.assertEqual(len(words(text, matcher)), 1, text)

	def test_word_of_two_words_is_found_with_and_without_its_space(self):
		for text in ("Free VPN!", "freevpn", "free  vpn", "free-vpn"):
			self.assertIn("free vpn", words(text), text)
		self.assertEqual(words("carefree vpn"), ["VPN"])

	def test_numbers_stand_alone(self):
		self.assertEqual(words("拨10086"), ["10086"])
		for text in ("110086", "100861", "10086.5", "10,086", "1.10086"):
			self.assertEqual(words(text), [], text)

	def test_point_of_a_number_counts(self):
		self.assertEqual(words("版本６．４发布"), ["6.4"])
		for text in ("64人", "16.4", "6.45", "6.4.1"):
			self.assertEqual(words(text), [], text)


class TestOverlap(unittest.TestCase):
	"""Article 11: each list reports for itself, its longest word."""

	def test_every_list_reports(self):
		hits = MATCHER.find("网络安全应急预案")
		self.assertEqual(
			[(hit.list_name, hit.word) for hit in hits], [("涉密", "网络安全应急预案"), ("广告", "网络")]
		)

	def test_same_word_of_two_lists_is_a_hit_of_both(self):
		hits = Matcher([WordList("甲", ("绝密",)), WordList("乙", ("絕密",), stops=True)]).find("绝密")
		self.assertEqual(
			[(hit.list_name, hit.word, hit.stops) for hit in hits],
			[("甲", "绝密", False), ("乙", "絕密", True)],
		)

	def test_longest_word_of_a_list_counts(self):
		matcher = Matcher([WordList("甲", ("国家", "国家级", "级别", "家"))])
		self.assertEqual(words("国家级别", matcher), ["国家级"])

	def test_none_of_nothing(self):
		self.assertEqual(Matcher([]).find("绝密"), [])
		self.assertEqual(Matcher([WordList("甲", ("", "***", "。"))]).find("绝密***。"), [])
		self.assertEqual(MATCHER.find(""), [])


class TestTyping(unittest.TestCase):
	"""Article 11: an administrator types a list, one word a line."""

	def test_remarks_blanks_and_doubles_are_left_out(self):
		text = "# 涉密\n绝密\r\n  内部资料 \n\n＃ 说明\n绝密\nC# 语言\n"
		self.assertEqual(parse_words(text), ["绝密", "内部资料", "C# 语言"])

	def test_words_that_can_never_be_found_are_named(self):
		self.assertEqual(
			unusable_words(["绝密", "***", "你好！世界", "Yahoo!", ""]), ["***", "你好！世界", ""]
		)

	def test_word_with_a_mark_at_its_end_is_found(self):
		self.assertEqual(words("用Yahoo！搜索", Matcher([WordList("甲", ("Yahoo!",))])), ["Yahoo!"])


class TestLongArticles(unittest.TestCase):
	"""Many words are looked for in a long article."""

	def test_ten_thousand_words_in_fifty_thousand_characters(self):
		many = tuple(f"案{number}号" for number in range(10_000))
		matcher = Matcher([WordList("多", many)])
		text = "关于校园网升级的通知，" * 4500 + many[-1]
		self.assertEqual(words(text, matcher), [many[-1]])
