"""Another workflow skips no review of a document that is under way (Article 7)."""

import unittest

from nmedia_app.regulation.moving import State, get_place

STATES = [
	State("Written", "Draft"),
	State("Proofread", "In Review"),
	State("Read", "In Review"),
	State("Back", "Returned"),
	State("Passed", "Approved"),
]
TRANSITIONS = [("Written", "Proofread"), ("Proofread", "Read"), ("Read", "Passed"), ("Read", "Back")]


class TestPlace(unittest.TestCase):
	def test_what_is_under_review_begins_it_anew(self):
		for stage in ("In Review", "Unit Meeting"):
			self.assertEqual(get_place(stage, STATES, TRANSITIONS), "Proofread")

	def test_order_of_the_states_does_not_matter(self):
		self.assertEqual(get_place("In Review", STATES[::-1], TRANSITIONS), "Proofread")

	def test_all_else_goes_on_where_it_is(self):
		for stage, place in (("Draft", "Written"), ("Returned", "Back"), ("Approved", "Passed")):
			self.assertEqual(get_place(stage, STATES, TRANSITIONS), place)

	def test_stage_that_the_other_workflow_lacks_has_no_place(self):
		self.assertIsNone(get_place("Withdrawn", STATES, TRANSITIONS))
		self.assertIsNone(get_place("In Review", STATES, [("Written", "Passed")]))
