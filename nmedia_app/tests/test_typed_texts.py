"""Plain texts come out as people typed them, though the platform's filter escapes some when it saves."""

import frappe

from nmedia_app.tests import factories
from nmedia_app.tests.utils import NmediaTestCase
from nmedia_app.typed_texts import as_typed, drops_tags


class TestTypedTexts(NmediaTestCase):
	def setUp(self):
		super().setUp()
		self.filing = factories.make_filing()

	def save(self, text: str) -> str:
		"""Return a text as the platform stores it in a field that is no rich text."""
		filing = self.filing
		filing.purpose = text
		filing.save()
		return frappe.db.get_value(filing.doctype, filing.name, "purpose")

	def test_texts_without_a_tag_are_left_alone(self):
		if drops_tags():
			self.skipTest("a tag that the filter saw may be gone")
		for text in (
			"R&D",
			"R&amp;D",
			"&lt;",
			"a &lt; b &amp; c",
			"a < b & c",
			"&copy; &nbsp;",
			"a &amp;lt; b",
		):
			with self.subTest(text):
				stored = self.save(text)
				self.assertEqual(stored, text)
				self.assertEqual(as_typed(stored), text)

	def test_what_the_filter_escaped_is_undone(self):
		for text in ("<b>甲</b> & 乙", "<b>1</b> < 2 > 1", "<b>&copy;</b> &"):
			with self.subTest(text):
				stored = self.save(text)
				self.assertNotEqual(stored, text)
				self.assertEqual(as_typed(stored), text)

	def test_tags_that_the_filter_does_not_know(self):
		text = "<script>x</script> 张三 <a@b.cn> & 李四"
		stored = self.save(text)
		self.assertNotIn("<script>", stored)
		self.assertIn(as_typed(stored), (text, "x 张三  & 李四"))  # Frappe 16 takes them away

	def test_nothing(self):
		self.assertEqual((as_typed(None), as_typed("")), ("", ""))
