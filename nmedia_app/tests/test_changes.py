"""Article 7: who approves approves what they saw; what changed meanwhile is shown, and they decide again."""

import json

import frappe

from nmedia_app.changes import html_as_text
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OTHER_EDITOR, STRANGER
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, messages

ENDPOINT = "nmedia_app.api.get_changes_since"
APPLY = "frappe.model.workflow.apply_workflow"


class TestChanges(NmediaTestCase):
	"""What an approver is shown, field by field."""

	def changes(self, change, **values) -> dict[str, tuple[str, str]]:
		"""Return what differs after a change by the chief: label → text before and after."""
		from nmedia_app.api import get_changes_since

		article = factories.make_article_in_chief_review(**values)
		form = frappe.as_json(article)
		frappe.set_user(CHIEF)
		change(article)
		article.save()
		found = get_changes_since(form)
		self.assertEqual(found["changed_by"], "科长")
		return {change["label"]: (change["before"], change["after"]) for change in found["changes"]}

	def test_nothing_differs_in_a_form_that_is_up_to_date(self):
		self.assertEqual(self.changes(lambda article: None), {})

	def test_rich_text_is_shown_as_text(self):
		new = "<h2>Notice</h2><p>The network is down on <b>Monday</b> &amp; Tuesday.<br>Sorry.</p>"
		self.assertEqual(
			self.changes(lambda article: article.set("content", new)),
			{
				"Content of the Article": (
					"The network is maintained on Sunday.",
					"Notice\nThe network is down on Monday & Tuesday.\nSorry.",
				)
			},
		)

	def test_lines_that_are_the_same_are_left_out(self):
		lines = [f"<p>Line {number}</p>" for number in range(1, 21)]
		new = "".join(lines).replace("Line 10<", "Line X<")
		found = self.changes(lambda article: article.set("content", new), content="".join(lines))
		self.assertEqual(
			found["Content of the Article"],
			(
				"Line 1\n……\nLine 9\nLine 10\nLine 11\n……\nLine 20",
				"Line 1\n……\nLine 9\nLine X\nLine 11\n……\nLine 20",
			),
		)

	def test_another_image_is_a_change(self):
		old = "<p>Look</p>" + factories.image_html(factories.image_bytes(colour="red"))
		new = "<p>Look</p>" + factories.image_html(factories.image_bytes(colour="green"))
		before, after = self.changes(lambda article: article.set("content", new), content=old)[
			"Content of the Article"
		]
		self.assertRegex(before, r"^Look\n\[Image: .+\.png\]$")
		self.assertRegex(after, r"^Look\n\[Image: .+\.png\]$")
		self.assertNotEqual(before, after)

	def test_link_is_shown_with_its_address_and_a_row_by_its_cells(self):
		row = '<table><tr><td>a</td><td><a href="https://a.cn/?x=1&amp;y=2">b</a></td></tr></table>'
		self.assertEqual(html_as_text(row), "a | b [https://a.cn/?x=1&y=2]")
		self.assertEqual(html_as_text('<p><a href="https://a.cn">https://a.cn</a></p>'), "https://a.cn")

	def test_another_layout_is_named_as_such(self):
		new = "<p>The network is <b>maintained</b> on Sunday.</p>"
		_before, after = self.changes(lambda article: article.set("content", new))["Content of the Article"]
		self.assertEqual(after, "The network is maintained on Sunday.\n(Only the layout changed.)")

	def test_rows_are_joined(self):
		def change(article):
			article.append("attachments", {"file": url})
			article.planned_publish_time = "2026-06-11 10:00:00"

		frappe.set_user(CHIEF)
		url = (
			frappe.get_doc(doctype="File", file_name="more.txt", content="More", is_private=1)
			.insert()
			.file_url
		)
		found = self.changes(change)
		self.assertEqual(set(found), {"Attachments", "Planned Time of Publication"})
		self.assertEqual(found["Attachments"], ("", url.rpartition("/")[2]))
		before, after = found["Planned Time of Publication"]
		self.assertIn("09:30", before)
		self.assertIn("10:00", after)

	def test_the_status_is_shown_by_its_name(self):
		from nmedia_app.api import get_changes_since

		article = factories.make_article_in_chief_review()
		form = frappe.as_json(article)
		factories.act(article, CHIEF, "Endorse")
		frappe.set_user(LEADER)
		changes = get_changes_since(form)["changes"]
		self.assertIn(
			{"label": "Status", "before": "Section Chief Review", "after": "Division Leader Review"}, changes
		)

	def test_labels_are_in_the_users_language(self):
		frappe.local.lang = "zh"
		try:
			self.assertIn("图片来源", self.changes(lambda article: article.set("image_source", "Archive")))
		finally:
			frappe.local.lang = "en"


class TestChangesOverHttp(RestTestCase):
	"""The endpoint behind the dialog."""

	def test_a_stale_approval_is_refused_and_what_changed_is_told(self):
		article = self.committed(factories.make_article_in_leader_review())
		form = json.loads(frappe.as_json(article))
		frappe.set_user(LEADER)
		article.title = "Winter network maintenance"
		self.committed(article.save())
		browser = Browser.of(LEADER)
		refused = browser.call(APPLY, doc=frappe.as_json(form), action="Approve")
		self.assertGreaterEqual(refused.status_code, 400)
		self.assertEqual(refused.get_json()["exc_type"], "StaleDocumentError")
		self.assertIn("decide again", messages(refused))
		told = browser.call(ENDPOINT, doc=frappe.as_json(form)).get_json()["message"]
		self.assertEqual(told["changed_by"], "处长")
		self.assertEqual(
			told["changes"],
			[
				{
					"label": "Title",
					"before": "Summer network maintenance",
					"after": "Winter network maintenance",
				}
			],
		)
		self.assertEqual(self.fresh(article).docstatus, 0)

	def test_only_readers_are_told(self):
		article = self.committed(factories.make_article_in_leader_review())
		form = frappe.as_json({"doctype": article.doctype, "name": article.name})
		for user, status in ((EDITOR, 200), (OTHER_EDITOR, 403), (STRANGER, 403)):
			self.assertEqual(Browser.of(user).call(ENDPOINT, doc=form).status_code, status, user)
		self.assertIn(Browser(None).call(ENDPOINT, doc=form).status_code, (401, 403))
		self.assertEqual(Browser.of(EDITOR).get(f"/api/method/{ENDPOINT}", doc=form).status_code, 403)
