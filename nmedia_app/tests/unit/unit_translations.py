"""No English on any screen that a role sees: the app's own strings all have their Chinese."""

import csv
import re
import unittest
from pathlib import Path

from nmedia_app.tests.strings import get_source_strings

FILE = Path(__file__).parents[2] / "translations" / "zh.csv"
PLACEHOLDER = re.compile(r"{[^}]*}")


def read_rows() -> list[list[str]]:
	with FILE.open(encoding="utf-8", newline="") as file:
		return list(csv.reader(file))


class TestTranslations(unittest.TestCase):
	def setUp(self):
		self.rows = read_rows()
		self.chinese = {row[0]: row[1] for row in self.rows}

	def test_every_string_of_the_app_has_chinese(self):
		missing = sorted(get_source_strings() - set(self.chinese))
		self.assertEqual(missing, [])

	def test_gathering_finds_strings_of_every_kind(self):
		found = get_source_strings()
		for string in (
			"The approval history cannot be changed.",  # Python
			"Waiting for Me",  # JavaScript
			"Planned Time of Publication",  # DocType
			"Articles in Review",  # number card
			"Section Chief Review",  # workflow state
			"New Media Unit Head",  # role
		):
			self.assertIn(string, found)

	def test_rows_are_well_formed(self):
		for row in self.rows:
			with self.subTest(row[:1]):
				self.assertIn(len(row), (2, 3))
				self.assertTrue(all(cell.strip() for cell in row[:2]))

	def test_no_source_string_twice(self):
		sources = [tuple(row[:1] + row[2:]) for row in self.rows]
		self.assertEqual(len(sources), len(set(sources)))

	def test_placeholders_are_those_of_the_source(self):
		for source, chinese, *_context in self.rows:
			with self.subTest(source):
				self.assertLessEqual(set(PLACEHOLDER.findall(chinese)), set(PLACEHOLDER.findall(source)))

	def test_chinese_is_chinese(self):
		for source, chinese, *_context in self.rows:
			with self.subTest(source):
				self.assertRegex(chinese, r"[\u4e00-\u9fff]")
