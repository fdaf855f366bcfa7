"""The pure rules of 先审后发 (Articles 7 and 11)."""

import unittest

from nmedia_app.regulation import review
from nmedia_app.regulation.review import (
	APPROVED,
	DRAFT,
	IN_REVIEW,
	PUBLISHED,
	REJECTED,
	RETURNED,
	STAGES,
	WITHDRAWN,
)


class TestEndorsement(unittest.TestCase):
	def test_approving_vouches_from_wherever_it_comes(self):
		for stage in {*STAGES, None} - {APPROVED}:
			self.assertTrue(review.is_endorsement(stage, APPROVED))

	def test_what_is_approved_is_not_approved_anew(self):
		self.assertFalse(review.is_endorsement(APPROVED, APPROVED))

	def test_passing_on_between_reviewers_vouches(self):
		self.assertTrue(review.is_endorsement(IN_REVIEW, IN_REVIEW))

	def test_sending_returning_and_publishing_do_not(self):
		for step in (
			(DRAFT, IN_REVIEW),
			(RETURNED, IN_REVIEW),
			(IN_REVIEW, RETURNED),
			(APPROVED, PUBLISHED),
			(IN_REVIEW, DRAFT),
		):
			self.assertFalse(review.is_endorsement(*step), step)


class TestOpinion(unittest.TestCase):
	def test_returning_and_withdrawing_demand_words(self):
		self.assertEqual(
			[stage for stage in STAGES if review.demands_opinion(stage)], [RETURNED, WITHDRAWN, REJECTED]
		)


class TestDeclaration(unittest.TestCase):
	def test_author_declares_when_sending(self):
		self.assertTrue(review.demands_declaration(DRAFT, IN_REVIEW))
		self.assertTrue(review.demands_declaration(RETURNED, IN_REVIEW))

	def test_reviewers_declare_when_they_vouch(self):
		self.assertTrue(review.demands_declaration(IN_REVIEW, IN_REVIEW))
		self.assertTrue(review.demands_declaration(IN_REVIEW, APPROVED))

	def test_other_steps_ask_for_none(self):
		for step in ((IN_REVIEW, RETURNED), (APPROVED, PUBLISHED), (PUBLISHED, WITHDRAWN)):
			self.assertFalse(review.demands_declaration(*step), step)


class TestOwnWork(unittest.TestCase):
	def test_author_may_not_endorse(self):
		self.assertFalse(review.may_endorse("a@x.example", ["b@x.example", "a@x.example"]))

	def test_others_may(self):
		self.assertTrue(review.may_endorse("c@x.example", ["a@x.example", None]))
