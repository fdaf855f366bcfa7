"""The Word templates that the app brings."""

import re
import unittest
import zipfile
from pathlib import Path

import nmedia_app

TEMPLATES = sorted(Path(nmedia_app.__file__).parent.glob("nmedia_app/print_formats/templates/*.docx"))


class TestShippedTemplates(unittest.TestCase):
	"""Annexes 1 and 2 and the audit's forms as Word shows them."""

	def test_text_is_mainland_chinese_so_that_its_punctuation_stands_below(self):
		self.assertTrue(TEMPLATES)
		for template in TEMPLATES:
			with self.subTest(template.name), zipfile.ZipFile(template) as package:
				styles = package.read("word/styles.xml").decode()
				self.assertEqual(set(re.findall(r'<w:lang [^>]*w:eastAsia="([^"]+)"', styles)), {"zh-CN"})
