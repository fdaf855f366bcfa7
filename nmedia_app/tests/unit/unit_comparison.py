"""What is approved is what is published (Article 7)."""

import random
import unicodedata
import unittest
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from nmedia_app.regulation.characters import visible
from nmedia_app.regulation.comparison import ADDED, ALLOWED, MISSING, SAME, Piece, compare

ARTICLE = (
	"关于校园网升级的通知\n各部门：\n定于2026年6月10日8:30起升级校园网，预计持续2.5小时，约3,000名用户受影响。"
	"VPN 和 Wi-Fi 暂停服务，成功率99.5%。\n请提前安排工作，不便之处敬请谅解。"
)
BYLINE = "文案：文案甲　编辑：编辑甲　审查人：处领导　发布时间：2026年6月10日"

letters = st.sampled_from("网络信息，。：0123456789.5%aB \n“”…１Ａﬁ⼈①²e\u0301\u200b-")
texts = st.text(letters, max_size=30) | st.text(max_size=12)
blanks = st.sampled_from([" ", "\n", "\u3000", "\t", "\r\n", "\u00a0", "\u200b", "\ufeff"])


def seen(text: str) -> str:
	return "".join(character for _, character in visible(text))


def of(comparison, *kinds: str) -> str:
	return "".join(piece.text for piece in comparison.pieces if piece.kind in kinds)


def differences(approved: str, published: str, ignore=()) -> list[tuple[str, str]]:
	found = compare(approved, published, ignore)
	return [(piece.kind, piece.text) for piece in found.pieces if piece.kind in (MISSING, ADDED)]


class TestWhatDoesNotCount(unittest.TestCase):
	"""Article 7: a copy that reads the same is the same."""

	def assert_same(self, approved: str, published: str):
		self.assertEqual(differences(approved, published), [])
		self.assertTrue(compare(approved, published).is_same)

	@given(texts, st.data())
	def test_white_space_never_counts(self, text, data):
		clusters = [offset for offset, _ in visible(text)]
		copy = list(text)
		for offset in reversed(clusters):
			copy.insert(offset, data.draw(st.just("") | blanks))
		comparison = compare(text, "".join(copy))
		self.assertTrue(comparison.is_same)
		self.assertEqual(of(comparison, SAME), text if clusters else "")

	def test_line_breaks_within_words_and_numbers_do_not_count(self):
		self.assert_same(
			ARTICLE, ARTICLE.replace("2026", "20\n26").replace("Wi-Fi", "Wi-\nFi").replace("\n", "")
		)

	def test_full_and_half_width_are_the_same(self):
		self.assert_same("VPN（2.0）：3,000人，1~2天!", "ＶＰＮ(２.０):3，000人,1～2天！")

	def test_what_pdf_readers_hand_out_for_a_character_is_the_same(self):
		self.assert_same("人工，长风见门，金色", "⼈⼯，⻓⻛⻅⻔，⾦⾊")
		self.assert_same("office", "oﬃce")
		self.assert_same("café", "cafe\u0301")

	def test_forms_of_quotes_hyphens_and_dots_are_the_same(self):
		self.assert_same("“先审后发”……‘是’——a-b·c", "\"先审后发\"......'是'——a‐b•c")

	def test_invisible_characters_do_not_count(self):
		self.assert_same("校园网", "\ufeff校\u200b园\u2060网\ufe0f\u00ad")


class TestWhatCounts(unittest.TestCase):
	"""Article 7: whatever readers could see is found."""

	def test_one_changed_digit_is_shown_as_the_whole_number(self):
		for pair in ("2026 2025", "8:30 8:31", "2.5 25", "3,000 3,0000", "99.5% 99.6%"):
			old, new = pair.split()
			with self.subTest(pair):
				found = differences(ARTICLE, ARTICLE.replace(old, new))
				self.assertEqual(found, [(MISSING, old), (ADDED, new)])

	def test_one_changed_letter_is_shown_as_the_whole_word(self):
		found = differences(ARTICLE, ARTICLE.replace("Wi-Fi", "Wi-Fy"))
		self.assertEqual(found, [(MISSING, "Wi-Fi "), (ADDED, "Wi-Fy ")])

	def test_changed_punctuation_is_found(self):
		self.assertEqual(differences("停，不发。", "停不，发。"), [(MISSING, "，"), (ADDED, "，")])
		self.assertEqual(differences("可以。", "可以？"), [(MISSING, "。"), (ADDED, "？")])

	def test_missing_sentence_is_found(self):
		found = differences(ARTICLE, ARTICLE.replace("请提前安排工作，不便之处敬请谅解。", ""))
		self.assertEqual(found, [(MISSING, "请提前安排工作，不便之处敬请谅解。")])

	def test_added_sentence_is_found(self):
		found = differences(ARTICLE, ARTICLE + "\n最终解释权归我处所有。")
		self.assertEqual(found, [(ADDED, "最终解释权归我处所有。")])

	def test_moved_sentence_is_found(self):
		self.assertFalse(compare("甲到。乙不到。", "乙不到。甲到。").is_same)

	def test_raised_and_circled_numbers_are_not_plain_ones(self):
		self.assertEqual(differences("10²", "102"), [(MISSING, "10²"), (ADDED, "102")])
		self.assertFalse(compare("①", "1").is_same)

	def test_characters_that_turn_the_reading_order_are_found(self):
		self.assertFalse(compare("共123人", "共\u202e123\u202c人").is_same)

	def test_upper_and_lower_case_are_not_the_same(self):
		self.assertFalse(compare("VPN", "vpn").is_same)

	def test_traditional_and_simplified_are_not_the_same(self):
		self.assertFalse(compare("网络", "網絡").is_same)

	def test_nothing_published(self):
		self.assertEqual(differences("通知", ""), [(MISSING, "通知")])
		self.assertEqual(differences("", "通知"), [(ADDED, "通知")])
		self.assertTrue(compare("", " \n").is_same)

	@given(texts, st.data())
	def test_any_changed_character_is_found(self, text, data):
		offsets = [offset for offset, _ in visible(text)]
		assume(offsets)
		at = data.draw(st.sampled_from(offsets))
		published = text[:at] + data.draw(letters) + text[at + 1 :]
		self.assertEqual(compare(text, published).is_same, seen(text) == seen(published))

	@given(st.sampled_from([at for at, sign in enumerate(ARTICLE) if sign.isdigit()]), st.integers(1, 9))
	def test_any_changed_digit_is_found(self, at, more):
		digit = str((int(ARTICLE[at]) + more) % 10)
		published = ARTICLE[:at] + digit + ARTICLE[at + 1 :]
		(_, missing), (_, added) = differences(ARTICLE, published)
		self.assertIn(ARTICLE[at], missing)
		self.assertIn(digit, added)


class TestPieces(unittest.TestCase):
	"""Article 7: the difference is shown in the words of both texts."""

	@given(texts, texts, st.lists(st.text(letters, max_size=4), max_size=2))
	def test_pieces_rebuild_both_texts(self, approved, published, ignore):
		comparison = compare(approved, published, ignore)
		self.assertEqual(of(comparison, SAME, MISSING), approved if seen(approved) else "")
		self.assertEqual(seen(of(comparison, SAME, ADDED, ALLOWED)), seen(published))

	@given(texts, texts)
	def test_same_if_and_only_if_readers_see_the_same(self, approved, published):
		self.assertEqual(compare(approved, published).is_same, seen(approved) == seen(published))

	@given(texts, texts)
	def test_no_two_neighbours_of_one_kind_and_none_empty(self, approved, published):
		pieces = compare(approved, published).pieces
		self.assertTrue(all(piece.text for piece in pieces))
		self.assertTrue(all(one.kind != other.kind for one, other in pairwise(pieces)))

	def test_what_is_missing_stands_before_what_took_its_place(self):
		pieces = compare("会议在一楼召开", "会议在二楼召开").pieces
		self.assertEqual(
			pieces,
			(Piece(SAME, "会议在"), Piece(MISSING, "一"), Piece(ADDED, "二"), Piece(SAME, "楼召开")),
		)

	def test_rewritten_sentence_is_one_difference(self):
		found = differences("各部门请按时上报年审材料。", "各部门须于本周五之前提交备案信息表。")
		self.assertEqual(len(found), 2)

	def test_summary_counts_what_can_be_seen(self):
		comparison = compare("共 10 人，欢迎。", "共 12 人，热烈欢迎。甲", ignore=["甲"])
		self.assertEqual(
			comparison.summary(), {"same": 6, "missing": 2, "added": 4, "allowed": 1, "places": 2}
		)


class TestWhatMayBeAdded(unittest.TestCase):
	"""Article 7: the published copy carries a byline that the approved text does not have."""

	def test_byline_and_title_are_no_difference_wherever_they_stand(self):
		title = "校园网将升级"
		for published in (
			f"{title}\n{BYLINE}\n{ARTICLE}",
			f"{title}\n{ARTICLE}\n{BYLINE}",
			f"{ARTICLE[:30]}{BYLINE}{ARTICLE[30:]}{title}{title}",
		):
			comparison = compare(ARTICLE, published, [BYLINE, title])
			self.assertTrue(comparison.is_same, comparison)
			self.assertIn(BYLINE, of(comparison, ALLOWED))

	def test_they_are_found_in_other_forms(self):
		published = f"{ARTICLE}\n{unicodedata.normalize('NFKC', BYLINE)}".replace("编辑：", "编 辑:\n")
		self.assertTrue(compare(ARTICLE, published, [BYLINE]).is_same)

	def test_byline_with_another_date_is_a_difference(self):
		published = f"{ARTICLE}\n{BYLINE.replace('10', '11')}"
		self.assertFalse(compare(ARTICLE, published, [BYLINE]).is_same)

	def test_what_the_approved_text_has_of_them_must_be_published(self):
		approved = f"校园网将升级。{ARTICLE}"
		found = differences(approved, f"{ARTICLE}", ["校园网将升级"])
		self.assertEqual("".join(text for _, text in found), "校园网将升级。")

	def test_title_that_the_text_repeats_may_stand_above_it_as_well(self):
		approved = "升级通知\n升级通知如下。"
		self.assertTrue(compare(approved, f"升级通知\n{approved}", ["升级通知"]).is_same)

	def test_part_of_a_number_or_word_is_no_piece_to_ignore(self):
		self.assertFalse(compare("共10人", "共105人", ["5"]).is_same)
		self.assertFalse(compare("共10人", "共1 05人", ["5"]).is_same)

	def test_nothing_to_ignore(self):
		self.assertFalse(compare("通知", "通知。", ["", " \n"]).is_same)

	@given(texts, st.text(letters, max_size=6), st.integers(0, 30))
	def test_no_piece_to_ignore_hides_a_missing_character(self, text, ignored, at):
		offsets = [offset for offset, _ in visible(text)]
		assume(offsets)
		at = offsets[at % len(offsets)]
		published = text[:at] + text[at + 1 :]
		assume(len(seen(published)) < len(seen(text)))
		self.assertFalse(compare(text, published, [ignored]).is_same)


class TestLongArticles(unittest.TestCase):
	"""A long article is compared, with every place that differs."""

	def test_fifty_thousand_characters(self):
		chance = random.Random(7)
		signs = chance.choices([chr(code) for code in range(0x4E00, 0x5000)] + ["，", "。"] * 20, k=50_000)
		text = "".join(signs)
		for at in chance.sample(range(0, 50_000, 10), 500):
			signs[at] = "" if at % 20 else "改正"
		comparison = compare(text, "\n".join(signs), [BYLINE])
		self.assertGreater(comparison.summary()["places"], 400)
