"""When an article waits for somebody, and for how long."""

import unittest
from datetime import datetime, timedelta

from nmedia_app.regulation.reminders import has_waited, leads_on, waiting_since
from nmedia_app.regulation.review import APPROVED, DRAFT, IN_REVIEW, PUBLISHED, RETURNED, WITHDRAWN

ENTERED = datetime(2026, 6, 5, 16, 0)  # a Friday
NOW = datetime(2026, 6, 8, 9, 0)
HOUR = timedelta(hours=1)


class TestWhatOthersWaitFor(unittest.TestCase):
	def test_steps_towards_publication_lead_on(self):
		for steps in (
			(DRAFT, IN_REVIEW),
			(RETURNED, IN_REVIEW),
			(IN_REVIEW, IN_REVIEW),
			(IN_REVIEW, APPROVED),
			(APPROVED, PUBLISHED),
		):
			self.assertTrue(leads_on(*steps), steps)

	def test_steps_back_do_not(self):
		for steps in ((IN_REVIEW, RETURNED), (APPROVED, WITHDRAWN), (IN_REVIEW, DRAFT), (IN_REVIEW, None)):
			self.assertFalse(leads_on(*steps), steps)

	def test_nothing_leads_on_from_the_end(self):
		self.assertFalse(leads_on(PUBLISHED, IN_REVIEW))
		self.assertFalse(leads_on(WITHDRAWN, IN_REVIEW))


class TestWaiting(unittest.TestCase):
	def test_an_article_in_review_waits_since_it_came_there(self):
		self.assertEqual(waiting_since(IN_REVIEW, ENTERED, None, NOW), ENTERED)
		self.assertEqual(waiting_since(IN_REVIEW, ENTERED, NOW + HOUR, NOW), ENTERED)

	def test_an_approved_article_waits_once_its_planned_time_has_passed(self):
		self.assertIsNone(waiting_since(APPROVED, ENTERED, NOW + HOUR, NOW))
		self.assertEqual(waiting_since(APPROVED, ENTERED, NOW - HOUR, NOW), NOW - HOUR)
		self.assertEqual(waiting_since(APPROVED, ENTERED, NOW, NOW), NOW)

	def test_an_article_approved_too_late_waits_since_its_approval(self):
		self.assertEqual(waiting_since(APPROVED, ENTERED, ENTERED - HOUR, NOW), ENTERED)

	def test_nobody_is_waited_for_at_other_stages(self):
		for stage in (DRAFT, RETURNED, PUBLISHED, WITHDRAWN, None):
			self.assertIsNone(waiting_since(stage, ENTERED, NOW - HOUR, NOW), stage)

	def test_weekends_count(self):
		self.assertTrue(has_waited(ENTERED, 48, NOW))

	def test_waited_from_the_very_hour_on(self):
		self.assertTrue(has_waited(NOW - 24 * HOUR, 24, NOW))
		self.assertFalse(has_waited(NOW - 24 * HOUR + timedelta(seconds=1), 24, NOW))
