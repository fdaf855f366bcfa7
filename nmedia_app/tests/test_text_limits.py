"""Texts that are too long to be kept are refused in words, and nothing is lost or half written."""

import frappe

from nmedia_app.tests import factories
from nmedia_app.tests.factories import EDITOR
from nmedia_app.tests.utils import NmediaTestCase
from nmedia_app.text_limits import MOST_BYTES, MOST_CHARACTERS


class TestTextLimits(NmediaTestCase):
	def setUp(self):
		super().setUp()
		self.audit = factories.make_audit()
		frappe.set_user(EDITOR)

	def assert_refused(self, message: str, function, *args):
		with self.assertRaisesRegex(frappe.CharacterLengthExceededError, message):
			function(*args)

	def test_text_as_long_as_is_kept_is_saved(self):
		for text in ("长" * MOST_CHARACTERS, "a" * MOST_BYTES):
			self.audit.self_assessment = text
			self.audit.save()
			stored = frappe.db.get_value(self.audit.doctype, self.audit.name, "self_assessment")
			self.assertEqual(len(stored), len(text))

	def test_longer_text_is_refused_with_its_label(self):
		self.audit.self_assessment = "长" * (MOST_CHARACTERS + 1)
		self.assert_refused("Self-Assessment.*21846 characters.*shorten it to 21845", self.audit.save)
		self.assertFalse(
			frappe.db.get_value(self.audit.doctype, self.audit.name, "self_assessment"), "nothing is written"
		)

	def test_longer_text_of_a_row_is_refused_with_its_number(self):
		self.audit.append("incidents", {"what": "a" * (MOST_BYTES + 1)})
		self.assert_refused("Row 1: .*What Happened", self.audit.save)

	def test_longer_opinion_is_refused(self):
		article = factories.make_article_in_chief_review()
		opinion = "长" * (MOST_CHARACTERS + 1)
		self.assert_refused("Opinion", factories.act, article, factories.CHIEF, "Endorse", opinion)
