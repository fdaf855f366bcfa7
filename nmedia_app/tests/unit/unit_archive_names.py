"""Names in the audit's package open everywhere (Article 6): on Windows, on macOS, and for a reader."""

import re
import unittest

from hypothesis import given
from hypothesis import strategies as st

from nmedia_app.regulation.archive_names import LONGEST, NAMELESS, Names, as_name, get_extension

REFUSED_BY_WINDOWS = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]$|^ ')


class TestNames(unittest.TestCase):
	def test_reserved_signs_become_those_that_read_the_same(self):
		self.assertEqual(as_name('a/b\\c:d*e?f"g<h>i|j'), "a／b＼c：d＊e？f＂g＜h＞i｜j")

	def test_what_does_not_show_is_left_out(self):
		self.assertEqual(as_name("a\u202egnp.exe\u200b\x00\x07b"), "agnp.exeb")

	def test_lines_and_spaces_become_one_space(self):
		self.assertEqual(as_name(" a\r\n\t b　c "), "a b c")

	def test_names_do_not_end_with_a_dot(self):
		self.assertEqual(as_name("v1. ."), "v1")

	def test_names_of_devices_are_kept_from_windows(self):
		for name in ("CON", "con", "NUL.txt", "Com1", "LPT9"):
			self.assertEqual(as_name(name), f"_{name}")
		self.assertEqual(as_name("console"), "console")

	def test_nothing_has_a_name_too(self):
		for text in (None, "", "...", "\u200b"):
			self.assertEqual(as_name(text), NAMELESS)

	def test_same_name_with_other_capitals_gets_a_number(self):
		names = Names()
		taken = [names.take(name, ".PDF") for name in ("Report", "report", "REPORT")]
		self.assertEqual(taken, ["Report.PDF", "report（2）.PDF", "REPORT（3）.PDF"])

	def test_same_letter_written_in_two_ways_is_one_name(self):
		names = Names()
		self.assertEqual(names.take("caf\u00e9"), "caf\u00e9")
		self.assertEqual(names.take("cafe\u0301"), "cafe\u0301（2）")

	def test_number_that_is_taken_itself_is_not_given(self):
		names = Names()
		self.assertEqual([names.take(n) for n in ("a（2）", "a", "a")], ["a（2）", "a", "a（3）"])

	def test_extension_is_of_plain_letters(self):
		found = {"a.PDF": ".pdf", "a.tar.gz": ".gz", "a": "", "a.": "", "a.文档": "", "a.b c": "", None: ""}
		self.assertEqual({name: get_extension(name) for name in found}, found)

	@given(st.text(max_size=80))
	def test_any_text_becomes_a_name_that_windows_takes(self, text):
		name = as_name(text)
		self.assertTrue(name)
		self.assertIsNone(REFUSED_BY_WINDOWS.search(name))
		self.assertLessEqual(len(name), LONGEST + 1)
		name.encode()
