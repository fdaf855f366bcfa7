"""The calendar shows planned publications to those who may see the articles."""

import frappe

from nmedia_app.api import get_planned_publications
from nmedia_app.tests import factories
from nmedia_app.tests.factories import EDITOR, LEADER, OTHER_EDITOR, STRANGER
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

JUNE = ("2026-06-01 00:00:00", "2026-07-01 00:00:00")


class TestCalendar(NmediaTestCase):
	def events(self, user: str, start: str = JUNE[0], end: str = JUNE[1], filters=None) -> dict:
		frappe.set_user(user)
		return {event.name: event for event in get_planned_publications(start, end, filters)}

	def test_each_sees_the_articles_they_may_see(self):
		own, other = factories.make_article(EDITOR).name, factories.make_article(OTHER_EDITOR).name
		for user, seen in ((EDITOR, {own}), (OTHER_EDITOR, {other}), (LEADER, {own, other})):
			self.assertEqual(set(self.events(user)) & {own, other}, seen, user)
		frappe.set_user(STRANGER)
		with self.assertRaises(frappe.PermissionError):
			get_planned_publications(*JUNE)

	def test_an_article_stands_on_its_day_only(self):
		name = factories.make_article(planned_publish_time="2026-06-30 23:59:59").name
		self.assertIn(name, self.events(EDITOR))
		self.assertNotIn(name, self.events(EDITOR, "2026-07-01 00:00:00", "2026-08-01 00:00:00"))
		self.assertIn(name, self.events(EDITOR, "2026-06-30 00:00:00", "2026-07-01 00:00:00"))

	def test_the_lists_own_filters_hold(self):
		name = factories.make_article().name
		self.assertNotIn(name, self.events(EDITOR, filters='[["Article Review", "stage", "=", "Approved"]]'))

	def test_state_and_lateness_stand_in_words(self):
		late = factories.make_article(planned_publish_time="2020-06-10 09:30:00", title="<b>Late</b>").name
		event = self.events(EDITOR, "2020-06-01", "2020-07-01")[late]
		self.assertIn("Draft", event.title)
		self.assertIn("Planned time has passed", event.title)
		self.assertNotIn("<b>", event.title)
		done = factories.make_published_article(planned_publish_time="2020-06-11 09:30:00").name
		self.assertNotIn("passed", self.events(EDITOR, "2020-06-01", "2020-07-01")[done].title)


class TestCalendarOverHttp(RestTestCase):
	def test_guests_and_strangers_see_no_plans(self):
		self.committed(factories.make_article())
		path = "/api/method/nmedia_app.api.get_planned_publications"
		for browser in (Browser(None), Browser.of(STRANGER)):
			self.assertEqual(browser.get(path, start=JUNE[0], end=JUNE[1]).status_code, 403)
