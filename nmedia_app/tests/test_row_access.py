"""Who sees which articles: editors and chiefs their sections', leaders and office all, others none."""

import frappe

from nmedia_app.permissions import article_review_query, may_access_document, may_open_app
from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	OTHER_CHIEF,
	OTHER_EDITOR,
	SECOND_EDITOR,
	STRANGER,
	SYSTEM_MANAGER,
	UNIT_HEAD,
)
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

SECTION_PEOPLE = (EDITOR, SECOND_EDITOR, CHIEF)
OTHER_PEOPLE = (OTHER_EDITOR, OTHER_CHIEF)
SEE_ALL = (LEADER, OFFICE, UNIT_HEAD, SYSTEM_MANAGER, "Administrator")


class TestRowAccess(NmediaTestCase):
	def setUp(self):
		super().setUp()
		self.own = factories.make_article(EDITOR).name
		self.other = factories.make_article(OTHER_EDITOR).name

	def visible(self, user: str) -> set[str]:
		frappe.set_user(user)
		return set(frappe.get_list("Article Review", limit=0, pluck="name")) & {self.own, self.other}

	def test_lists(self):
		for user in SECTION_PEOPLE:
			self.assertEqual(self.visible(user), {self.own}, user)
		for user in OTHER_PEOPLE:
			self.assertEqual(self.visible(user), {self.other}, user)
		for user in SEE_ALL:
			self.assertEqual(self.visible(user), {self.own, self.other}, user)

	def test_single_documents(self):
		for user in (*SECTION_PEOPLE, *OTHER_PEOPLE, *SEE_ALL):
			for name in (self.own, self.other):
				frappe.set_user("Administrator")
				expected = name in self.visible(user)
				doc = frappe.get_doc("Article Review", name)
				self.assertEqual(bool(doc.has_permission("read")), expected, (user, name))

	def test_strangers_and_guests_see_nothing(self):
		for user in (STRANGER, "Guest"):
			frappe.set_user(user)
			with self.assertRaises(frappe.PermissionError):
				frappe.get_list("Article Review")
			self.assertFalse(frappe.get_doc("Article Review", self.own).has_permission("read"))
			self.assertEqual(article_review_query(user), "1=0")

	def test_hook_always_answers_yes_or_no(self):
		doc = frappe.get_doc("Article Review", self.own)
		for user in (*factories.PEOPLE, "Administrator", "Guest"):
			for ptype in (None, "read", "write", "create", "submit", "delete", "print"):
				self.assertIsInstance(may_access_document(doc, ptype, user), bool)

	def test_editor_cannot_write_for_another_section(self):
		frappe.set_user(EDITOR)
		with self.assertRaises(frappe.PermissionError):
			factories.new_article(OTHER_EDITOR).insert()

	def test_article_cannot_be_moved_into_or_out_of_sight(self):
		frappe.set_user(OTHER_EDITOR)
		stolen = frappe.get_doc("Article Review", self.own)
		stolen.section = factories.OTHER_SECTION
		with self.assertRaises(frappe.PermissionError):
			stolen.save()
		frappe.set_user(EDITOR)
		given_away = frappe.get_doc("Article Review", self.own)
		given_away.section = factories.OTHER_SECTION
		with self.assertRaises(frappe.PermissionError):
			given_away.save()

	def test_report_shows_what_its_reader_sees(self):
		from nmedia_app.nmedia_app.report.article_review_register.article_review_register import execute

		factories.act(frappe.get_doc("Article Review", self.own), EDITOR, "Send for Review")
		for user, expected in ((CHIEF, {self.own}), (OTHER_CHIEF, set()), (OFFICE, {self.own})):
			frappe.set_user(user)
			rows = execute({})[1]
			self.assertEqual({row.name for row in rows} & {self.own, self.other}, expected, user)
			for row in rows:
				if row.name == self.own:
					self.assertEqual((row.copywriters, row.editors), ("学生作者", "Editor O'Hara"))

	def test_tile_of_the_app(self):
		for user in factories.PEOPLE:
			self.assertEqual(may_open_app(user), user != STRANGER, user)


class TestWaitingForMe(NmediaTestCase):
	def waiting(self, user: str) -> set[str]:
		from nmedia_app.api import get_tasks

		frappe.set_user(user)
		return {task.name for task in get_tasks()}

	def test_article_waits_for_whoever_takes_the_next_step(self):
		article = factories.make_article()
		steps = (
			((EDITOR,), "Send for Review"),
			((CHIEF,), "Endorse"),
			((LEADER,), "Approve"),
			((EDITOR, SECOND_EDITOR), ""),
		)
		for waiting, action in steps:
			for user in (EDITOR, SECOND_EDITOR, CHIEF, LEADER, OTHER_EDITOR, OTHER_CHIEF, OFFICE):
				self.assertEqual(article.name in self.waiting(user), user in waiting, (user, action))
			article = factories.act(article, waiting[0], action) if action else factories.publish(article)
		for user in (EDITOR, CHIEF, LEADER):
			self.assertNotIn(article.name, self.waiting(user))

	def test_nothing_waits_for_strangers(self):
		factories.make_article_in_leader_review()
		self.assertEqual(self.waiting(STRANGER), set())


class TestRowAccessOverHttp(RestTestCase):
	def test_other_sections_article_is_out_of_reach(self):
		article = self.committed(factories.make_article(EDITOR))
		path = f"/api/resource/Article Review/{article.name}"
		row_path = f"/api/resource/Article Contributor/{article.editors[0].name}"
		for user in (OTHER_EDITOR, OTHER_CHIEF, STRANGER):
			browser = Browser.of(user)
			self.assertEqual(browser.get(path).status_code, 403, user)
			self.assertEqual(browser.put(path, title="Changed").status_code, 403, user)
			self.assertEqual(browser.delete(path).status_code, 403, user)
			printed = browser.get("/printview", doctype="Article Review", name=article.name)
			self.assertNotIn("The network is maintained", printed.get_data(as_text=True))
			for table in (
				"Article Contributor",
				"Article Review Account",
				"Article Attachment",
				"Approval Record",
			):
				rows = browser.get(f"/api/resource/{table}", parent="Article Review", fields='["parent"]')
				self.assertEqual(rows.status_code, 403 if user == STRANGER else 200)
				self.assertNotIn(article.name, rows.get_data(as_text=True), (user, table))
			row = browser.get(row_path)
			self.assertEqual(row.status_code, 403, user)
			printed = browser.get("/printview", doctype="Article Contributor", name=article.editors[0].name)
			self.assertGreaterEqual(printed.status_code, 400, user)
		self.assertEqual(Browser.of(CHIEF).get(row_path).status_code, 200)
		own = Browser.of(CHIEF).get(
			"/api/resource/Article Contributor",
			parent="Article Review",
			fields='["parent"]',
			limit_page_length=0,
		)
		self.assertIn(article.name, own.get_data(as_text=True))
		self.assertEqual(self.fresh(article).title, article.title)

	def test_guest_gets_nothing(self):
		article = self.committed(factories.make_article(EDITOR))
		browser = Browser(None)
		for path in (
			"/api/resource/Article Review",
			f"/api/resource/Article Review/{article.name}",
			"/api/resource/Media Account",
			"/api/method/nmedia_app.api.get_tasks",
			"/api/method/nmedia_app.api.get_own_sections",
		):
			self.assertIn(browser.get(path).status_code, (401, 403), path)

	def test_masters_are_written_by_the_office_alone(self):
		path = "/api/resource/Media Platform/测试平台"
		for user in (EDITOR, CHIEF, LEADER, UNIT_HEAD):
			self.assertEqual(Browser.of(user).get(path).status_code, 200, user)
			self.assertEqual(Browser.of(user).put(path, handle_label="mine").status_code, 403, user)
		self.assertEqual(Browser.of(OFFICE).put(path, handle_label="office").status_code, 200)
