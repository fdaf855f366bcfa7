"""What an administrator may make of a workflow (Articles 5 to 7), without a site."""

import json
import unittest
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from nmedia_app import roles
from nmedia_app.regulation import workflow_rules as rules
from nmedia_app.regulation.conditions import Vocabulary, find_condition_faults
from nmedia_app.regulation.review import APPROVED, DRAFT, IN_REVIEW, PUBLISHED, STAGES, WITHDRAWN

APP = Path(__file__).parents[2]
DOCTYPES = APP / "nmedia_app" / "doctype"
VOCABULARY = Vocabulary(
	{
		"section": (),
		"filing_type": ("Opening", "Change", "Deregistration"),
		"administrator": (),
		"chief": (),
		"approval_records": (),
	},
	frozenset(("frappe.session", "frappe.utils.now", "int")),
)


def read_shipped() -> list[rules.Definition]:
	shipped = json.loads((APP / "defaults" / "workflow.json").read_text(encoding="utf-8"))
	return [read_definition(workflow) for workflow in shipped]


def read_definition(workflow: dict) -> rules.Definition:
	return rules.Definition(
		workflow["document_type"],
		tuple(
			rules.State(
				row, state["state"], int(state["doc_status"]), state["update_value"], state["allow_edit"]
			)
			for row, state in enumerate(workflow["states"], 1)
		),
		tuple(
			rules.Transition(
				row,
				way["state"],
				way["action"],
				way["next_state"],
				way["allowed"],
				bool(way["allow_self_approval"]),
				way.get("condition", ""),
			)
			for row, way in enumerate(workflow["transitions"], 1)
		),
	)


def get_shipped(document_type: str = "Article Review") -> rules.Definition:
	return next(definition for definition in read_shipped() if definition.document_type == document_type)


def with_state(definition: rules.Definition, name: str, **values) -> rules.Definition:
	"""Return a definition with other values in each row of a state."""
	states = (replace(state, **values) if state.name == name else state for state in definition.states)
	return replace(definition, states=tuple(states))


def with_transition(definition: rules.Definition, row: int, **values) -> rules.Definition:
	ways = (replace(way, **values) if way.row == row else way for way in definition.transitions)
	return replace(definition, transitions=tuple(ways))


def without_transitions(definition: rules.Definition, *rows: int) -> rules.Definition:
	ways = tuple(way for way in definition.transitions if way.row not in rows)
	return replace(definition, transitions=ways)


def add_state(definition: rules.Definition, name: str, **values) -> rules.Definition:
	given = {"doc_status": 0, "stage": IN_REVIEW, "allow_edit": "Legal", **values}
	state = rules.State(len(definition.states) + 1, name, **given)
	return replace(definition, states=(*definition.states, state))


def add_transition(
	definition: rules.Definition, state: str, action: str, next_state: str, role: str, **values
) -> rules.Definition:
	way = rules.Transition(len(definition.transitions) + 1, state, action, next_state, role, **values)
	return replace(definition, transitions=(*definition.transitions, way))


def say(faults: Iterable[rules.Fault]) -> list[str]:
	return [fault.say() for fault in faults]


def find(definition: rules.Definition, **role_facts: rules.RoleFacts) -> list[str]:
	facts = {name.replace("_", " "): value for name, value in role_facts.items()}
	return say(rules.find_faults(definition, facts, VOCABULARY))


class RulesTestCase(unittest.TestCase):
	def assert_found(self, definition: rules.Definition, *sentences: str, **role_facts):
		"""Each sentence is said, in this order, and nothing else."""
		found = find(definition, **role_facts)
		self.assertEqual(len(found), len(sentences), found)
		for told, sentence in zip(found, sentences, strict=True):
			self.assertIn(sentence, told)

	def assert_in_order(self, definition: rules.Definition, **role_facts):
		self.assertEqual(find(definition, **role_facts), [])


class TestShippedWorkflows(RulesTestCase):
	def test_what_ships_keeps_every_rule_and_gives_no_warning(self):
		for definition in read_shipped():
			with self.subTest(definition.document_type):
				self.assert_in_order(definition)
				self.assertEqual(rules.find_warnings(definition, {}), [])

	def test_every_guarded_document_type_has_its_rules(self):
		self.assertEqual({definition.document_type for definition in read_shipped()}, set(rules.KINDS))

	def test_stages_are_those_that_the_code_knows(self):
		for kind in rules.KINDS.values():
			self.assertLessEqual(set(kind.steps), set(STAGES))
			self.assertLessEqual({*kind.needed, *kind.ends, *kind.expected}, set(kind.steps))
			self.assertLessEqual(
				{stage for stages in kind.steps.values() for stage in stages}, set(kind.steps)
			)

	def test_stages_are_those_of_the_doctypes_field(self):
		doctype = json.loads((DOCTYPES / "article_review" / "article_review.json").read_text("utf-8"))
		field = next(field for field in doctype["fields"] if field["fieldname"] == "stage")
		self.assertEqual(
			set(field["options"].split()), set(" ".join(rules.KINDS["Article Review"].steps).split())
		)


class TestStates(RulesTestCase):
	def test_state_says_what_it_means(self):
		for stage in (None, "", "Aproved", "Unit Meeting"):
			definition = with_state(get_shipped(), "Division Leader Review", stage=stage)
			self.assert_found(definition, "row 3 of the states (Division Leader Review): It does not say")

	def test_what_is_approved_is_submitted(self):
		definition = with_state(get_shipped(), "Approved", doc_status=0)
		found = find(definition)
		self.assertIn("Please enter 1 as Doc Status", found[0])

	def test_what_is_in_review_is_not_submitted(self):
		definition = with_state(get_shipped(), "Division Leader Review", doc_status=1)
		self.assertIn("Please enter 0 as Doc Status", find(definition)[0])

	def test_nothing_is_cancelled(self):
		definition = with_state(get_shipped(), "Withdrawn", doc_status=2)
		self.assertIn("row 7 of the states (Withdrawn)", find(definition)[0])

	def test_a_document_begins_as_a_draft(self):
		shipped = get_shipped()
		turned = replace(shipped, states=(shipped.states[3], *shipped.states[:3], *shipped.states[4:]))
		self.assertIn("A document begins at the first state: its stage must be Draft", find(turned)[0])

	def test_a_state_is_entered_once_for_each_role_that_may_edit(self):
		twice = add_state(get_shipped(), "Division Leader Review", allow_edit=roles.DIVISION_LEADER)
		self.assert_found(
			twice, "row 8 of the states (Division Leader Review): It is entered in row 3 already"
		)
		self.assert_in_order(add_state(get_shipped(), "Division Leader Review", allow_edit=roles.UNIT_HEAD))

	def test_rows_of_a_state_do_not_contradict_each_other(self):
		other = add_state(get_shipped(), "Draft", stage="Returned", allow_edit=roles.UNIT_HEAD)
		self.assert_found(other, "It is entered in row 1 already")

	def test_a_draft_can_be_written(self):
		reader = rules.RoleFacts(frozenset(("read",)))
		definition = with_state(get_shipped(), "Draft", allow_edit="Writer")
		self.assert_found(definition, "The role Writer lacks the right to: Write", Writer=reader)


class TestWays(RulesTestCase):
	def test_a_workflow_approves(self):
		definition = without_transitions(get_shipped(), 4, 7, 8, 9)
		approving = replace(definition, states=tuple(s for s in definition.states if s.doc_status == 0))
		self.assert_found(
			approving,
			"No way leads to a state of the stage Approved",
			"No way leads to a state of the stage Published",
		)

	def test_what_is_approved_can_be_published(self):
		definition = without_transitions(get_shipped(), 7, 9)
		left = replace(definition, states=tuple(s for s in definition.states if s.name != "Published"))
		self.assert_found(left, "No way leads to a state of the stage Published")

	def test_a_state_that_nobody_can_leave_is_told(self):
		definition = without_transitions(get_shipped(), 4, 5)
		self.assertIn(
			"In row 3 of the states (Division Leader Review): Nobody can leave it:"
			" please add a transition that begins here.",
			find(definition),
		)

	def test_a_circle_without_an_end_is_told(self):
		definition = add_state(get_shipped(), "Lost")
		definition = add_state(definition, "Lost Too")
		for ways in (("Lost", "On", "Lost Too"), ("Lost Too", "Back", "Lost"), ("Draft", "Lose", "Lost")):
			definition = add_transition(definition, *ways, roles.SECTION_CHIEF)
		self.assert_found(definition, *["From here no way leads to an end"] * 2)

	def test_a_state_that_no_way_leads_to_is_told(self):
		definition = add_state(get_shipped(), "Legal Review")
		definition = add_transition(definition, "Legal Review", "Endorse", "Division Leader Review", "Legal")
		self.assert_found(definition, "row 8 of the states (Legal Review): No transition leads here")

	def test_it_may_stay_for_the_documents_that_have_it(self):
		definition = without_transitions(get_shipped(), 1, 6)
		for row in (10, 11):
			state = "Draft" if row == 10 else "Returned for Correction"
			definition = add_transition(
				definition,
				state,
				"Send for Review",
				"Division Leader Review",
				roles.EDITOR,
				self_approval=True,
			)
		self.assert_found(definition, "No transition leads here")
		waiting = replace(definition, documents={"Section Chief Review": 2})
		self.assert_in_order(waiting)
		self.assertIn("It stays for 2 documents", say(rules.find_warnings(waiting, {}))[0])

	def test_an_empty_workflow_is_told_so(self):
		self.assert_found(rules.Definition("Article Review", (), ()), "A workflow has states")


class TestSteps(RulesTestCase):
	"""Article 7: an article goes out after a review by others, or not at all."""

	def test_review_is_not_skipped(self):
		for state in ("Draft", "Returned for Correction"):
			definition = add_transition(get_shipped(), state, "Approve", "Approved", roles.DIVISION_LEADER)
			self.assert_found(definition, f"({state} → Approved): It would be approved without a review")

	def test_nothing_is_published_that_was_not_approved(self):
		for state in ("Draft", "Division Leader Review"):
			way = (state, "Mark as Published", "Published", roles.DIVISION_LEADER)
			self.assert_found(
				add_transition(get_shipped(), *way), "Nothing is published before it is approved"
			)

	def test_writers_do_not_approve(self):
		definition = with_transition(get_shipped(), 4, role=roles.EDITOR)
		self.assert_found(definition, "row 4 of the transitions")
		self.assertIn("those who write do not approve (Article 7)", find(definition)[0])

	def test_a_role_that_everybody_has_reviews_nothing(self):
		for role in ("All", "Guest", "Desk User"):
			for row in (2, 4):
				definition = with_transition(get_shipped(), row, role=role)
				self.assert_found(definition, f"Everybody has the role {role}, authors too")

	def test_nobody_reviews_their_own(self):
		for row in (2, 4):
			definition = with_transition(get_shipped(), row, self_approval=True)
			self.assert_found(definition, "Please untick Allow Self Approval")

	def test_proofreading_may_be_other_editors(self):
		self.assert_in_order(with_transition(get_shipped(), 2, role=roles.EDITOR))

	def test_what_is_submitted_is_no_draft_again(self):
		way = ("Approved", "Take Back", "Draft", roles.DIVISION_LEADER)
		self.assert_found(add_transition(get_shipped(), *way), "does not become a draft again")

	def test_several_states_may_have_one_stage(self):
		definition = add_state(get_shipped(), "Typeset", stage=APPROVED, doc_status=1)
		definition = with_transition(definition, 7, state="Typeset")
		self.assert_in_order(add_transition(definition, "Approved", "Typeset", "Typeset", roles.EDITOR))

	def test_the_chiefs_step_may_be_dropped(self):
		definition = without_transitions(get_shipped(), 2, 3)
		definition = with_transition(definition, 1, next_state="Division Leader Review")
		definition = with_transition(definition, 6, next_state="Division Leader Review")
		states = tuple(state for state in definition.states if state.name != "Section Chief Review")
		self.assert_in_order(replace(definition, states=states))

	def test_a_writer_may_withdraw_what_is_not_approved(self):
		for state in ("Draft", "Section Chief Review", "Returned for Correction"):
			way = (state, "Withdraw", "Withdrawn", roles.EDITOR)
			self.assert_in_order(add_transition(get_shipped(), *way))

	def test_transition_ends_at_a_state_of_the_workflow(self):
		definition = with_transition(get_shipped(), 9, next_state="Nowhere")
		self.assert_found(definition, "Nowhere is not among the states")

	def test_a_transition_is_entered_once(self):
		way = replace(get_shipped().transitions[0], row=10)
		definition = replace(get_shipped(), transitions=(*get_shipped().transitions, way))
		self.assert_found(definition, "It is entered in row 1 already")

	def test_a_button_leads_to_one_state(self):
		way = ("Draft", "Send for Review", "Division Leader Review", roles.EDITOR)
		self.assert_found(add_transition(get_shipped(), *way), "leads elsewhere in row 1")
		self.assert_in_order(add_transition(get_shipped(), *way, condition='doc.section == "x"'))

	def test_role_has_the_rights_that_its_step_needs(self):
		facts = rules.RoleFacts(frozenset(("read", "write")))
		self.assert_found(
			with_transition(get_shipped(), 4, role="Legal"), "lacks the right to: Submit", Legal=facts
		)
		self.assert_in_order(with_transition(get_shipped(), 2, role="Legal"), Legal=facts)

	def test_a_filing_that_changed_the_register_is_not_withdrawn(self):
		way = ("Approved", "Withdraw", "Withdrawn", roles.DIVISION_LEADER)
		definition = add_transition(get_shipped("Account Filing"), *way)
		self.assert_found(definition, "From the stage Approved no step leads to the stage Withdrawn")

	def test_all_faults_are_told_at_once_in_the_order_of_their_rows(self):
		definition = with_transition(get_shipped(), 4, role=roles.EDITOR, self_approval=True)
		definition = with_state(definition, "Returned for Correction", stage="")
		self.assert_found(
			definition,
			"row 4 of the states",
			"those who write do not approve",
			"untick Allow Self Approval",
		)


class TestWarnings(RulesTestCase):
	def assert_warned(self, definition: rules.Definition, *sentences: str, **role_facts):
		self.assert_in_order(definition)
		warned = say(rules.find_warnings(definition, role_facts))
		self.assertEqual(len(warned), len(sentences), warned)
		for told, sentence in zip(warned, sentences, strict=True):
			self.assertIn(sentence, told)

	def test_a_role_that_nobody_has(self):
		nobody = rules.RoleFacts(frozenset(("read", "write", "submit")), has_users=False)
		definition = with_transition(get_shipped(), 2, role="Legal")
		self.assert_warned(definition, "Nobody has the role Legal", Legal=nobody)
		found = say(rules.find_warnings(get_shipped(), {roles.DIVISION_LEADER: nobody}))
		self.assertIn("Please give it to the leader of the division", found[0])

	def test_a_role_that_nobody_has_is_to_write(self):
		nobody = rules.RoleFacts(frozenset(("read", "write", "submit")), has_users=False)
		definition = with_state(get_shipped(), "Draft", allow_edit="Drafter")
		self.assert_warned(definition, "Nobody has the role Drafter", Drafter=nobody)

	def test_authors_who_can_change_what_is_reviewed(self):
		definition = with_state(get_shipped(), "Division Leader Review", allow_edit=roles.EDITOR)
		self.assert_warned(definition, "can change the content here, while it is reviewed")

	def test_a_reviewer_who_can_only_agree(self):
		definition = without_transitions(get_shipped(), 3)
		self.assert_warned(definition, "Whoever reviews here can only agree")

	def test_an_approver_of_whom_the_regulation_says_nothing(self):
		definition = with_transition(get_shipped(), 4, role=roles.SECTION_CHIEF)
		self.assert_warned(definition, "Article 7 asks for a leader of the division")

	def test_documents_in_a_state_that_is_gone(self):
		definition = replace(get_shipped(), documents={"Legal Review": 3})
		self.assert_warned(definition, "3 documents have the status Legal Review, which is gone")

	def test_a_filing_without_the_meeting(self):
		definition = get_shipped("Account Filing")
		rows = [way.row for way in definition.transitions if "Unit Meeting" in (way.state, way.next_state)]
		states = tuple(state for state in definition.states if state.name != "Unit Meeting")
		definition = replace(without_transitions(definition, *rows), states=states)
		self.assert_warned(definition, "No way leads to a state of the stage Unit Meeting")


class TestGathered(unittest.TestCase):
	"""Article 6: the General Office gathers, whatever steps an administrator has before and after that."""

	OFFICE, HEAD = "General Office Gathering", "Unit Head Review"

	def setUp(self):
		self.shipped = get_shipped("Annual Audit")

	def add_step(self, before: str, role: str) -> rules.Definition:
		"""Return the workflow with a further step, Legal Check, just before a state."""
		ways = tuple(
			replace(way, next_state="Legal Check") if way.next_state == before else way
			for way in self.shipped.transitions
		)
		longer = add_state(replace(self.shipped, transitions=ways), "Legal Check")
		return add_transition(longer, "Legal Check", "Check", before, role)

	def test_what_the_unit_head_is_to_decide_on_was_gathered(self):
		self.assertEqual(rules.get_gathered(self.shipped), {self.HEAD})

	def test_step_after_the_office_is_of_what_was_gathered(self):
		self.assertEqual(rules.get_gathered(self.add_step(self.HEAD, "Legal")), {"Legal Check", self.HEAD})

	def test_step_before_the_office_is_not(self):
		self.assertEqual(rules.get_gathered(self.add_step(self.OFFICE, "Legal")), {self.HEAD})

	def test_step_that_can_be_skipped_to_without_the_office_is_not(self):
		shortcut = add_transition(
			self.shipped, "Section Chief Review", "Pass on", self.HEAD, roles.SECTION_CHIEF
		)
		longer = add_state(shortcut, "Legal Check")
		longer = add_transition(longer, self.OFFICE, "Ask", "Legal Check", roles.GENERAL_OFFICE)
		self.assertEqual(rules.get_gathered(longer), {"Legal Check"})

	def test_office_that_sends_an_audit_itself_has_not_gathered_it_by_that(self):
		sent = add_transition(
			self.shipped, "Draft", "Send for Review", "Section Chief Review", roles.GENERAL_OFFICE
		)
		self.assertEqual(rules.get_gathered(sent), {self.HEAD})

	def test_without_the_office_what_only_has_to_be_approved_counts_as_gathered(self):
		ways = tuple(
			replace(way, next_state=self.HEAD) if way.next_state == self.OFFICE else way
			for way in self.shipped.transitions
			if way.state != self.OFFICE
		)
		states = tuple(state for state in self.shipped.states if state.name != self.OFFICE)
		without = replace(self.shipped, states=states, transitions=ways)
		self.assertEqual(rules.get_gathered(without), {self.HEAD})


class TestWhenAStepIsTaken(RulesTestCase):
	"""Whatever a workflow says by then (Article 7)."""

	def test_unknown_stage_and_wrong_submission_are_found(self):
		for stage, doc_status in ((None, 1), ("Nonsense", 0), (APPROVED, 0), (IN_REVIEW, 1), (WITHDRAWN, 2)):
			found = [*rules.find_state_faults("Article Review", stage, doc_status)]
			self.assertEqual(len(found), 1, (stage, doc_status))

	def test_way_round_the_review_is_found(self):
		for from_stage, to_stage, role in (
			(DRAFT, APPROVED, roles.DIVISION_LEADER),
			(None, APPROVED, roles.DIVISION_LEADER),
			(DRAFT, PUBLISHED, roles.EDITOR),
			(IN_REVIEW, PUBLISHED, roles.DIVISION_LEADER),
			(IN_REVIEW, APPROVED, roles.EDITOR),
			(IN_REVIEW, APPROVED, "All"),
			(WITHDRAWN, APPROVED, roles.DIVISION_LEADER),
		):
			found = [*rules.find_step_faults("Article Review", from_stage, to_stage, role)]
			self.assertTrue(found, (from_stage, to_stage, role))

	def test_other_document_types_are_left_alone(self):
		self.assertEqual([*rules.find_state_faults("ToDo", "Nonsense", 2)], [])


class TestConditions(unittest.TestCase):
	def find(self, condition: str) -> list[str]:
		return [phrase.say() for phrase in find_condition_faults(condition, VOCABULARY)]

	def test_conditions_in_order(self):
		for condition in (
			"",
			"doc.filing_type == 'Opening'",
			"doc.filing_type in ('Opening', 'Change')",
			"doc.administrator == doc.chief and not doc.docstatus",
			"doc.get('section') == doc['chief']",
			"frappe.session.user not in [row.user for row in doc.approval_records if row.to_stage == 'x']",
			"int(doc.docstatus) < 1 and frappe.utils.now() > '2026'",
			"doc.section ＝= '科室'",  # the platform reads full-width signs as their plain form
		):
			self.assertEqual(self.find(condition), [], condition)

	def test_what_cannot_be_read_is_told_with_its_place(self):
		self.assertIn("cannot be read near “= 'x'”", self.find("doc.section = 'x'")[0])
		self.assertIn("cannot be read near", self.find("doc.section == “科室”")[0])
		self.assertIn("cannot be read near", self.find("doc.section ==")[0])

	def test_what_says_nothing_is_told(self):
		for condition in ("True", "0", "'Opening'"):
			self.assertIn("says nothing about the document", self.find(condition)[0])

	def test_names_that_do_not_exist_are_told(self):
		for condition, name in (
			("section == 'x'", "section"),
			("frappe.db.sql('x')", "frappe.db.sql"),
			("open('x')", "open"),
			("frappe.utils.nowdate()", "frappe.utils.nowdate"),
		):
			self.assertEqual(self.find(condition), [f"The condition names {name}, which does not exist."])

	def test_fields_that_do_not_exist_are_told(self):
		for condition in ("doc.sektion == 'x'", "doc['sektion'] == 'x'", "doc.get('sektion') == 'x'"):
			self.assertIn("names the field sektion", self.find(condition)[0])

	def test_a_selection_is_compared_with_what_it_can_be(self):
		for condition in ("doc.filing_type == '开通'", "doc.filing_type in ['开通', 'Change']"):
			self.assertIn(
				"which it never is. It can be: Opening、Change、Deregistration", self.find(condition)[0]
			)
