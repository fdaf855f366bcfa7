"""`bench --site … check-review-records`: seals and chain, for whoever keeps the server."""

import frappe

from nmedia_app import commands
from nmedia_app.tests import factories
from nmedia_app.tests.utils import NmediaTestCase


class TestCheckReviewRecords(NmediaTestCase):
	"""Article 7: the review records are kept, and any later change is seen."""

	def test_change_behind_the_apps_back_is_named(self):
		article = factories.make_published_article()
		self.assertFalse([line for line in commands.find_problems() if article.name in line])
		frappe.db.set_value("Article Review", article.name, "title", "另一标题", update_modified=False)
		self.assertTrue([line for line in commands.find_problems() if article.name in line])

	def test_command_is_offered(self):
		self.assertIn("check-review-records", [command.name for command in commands.commands])
