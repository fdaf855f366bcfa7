"""A mistake in a workflow is told when it is made; a broken workflow lets nothing through (Article 7)."""

import json

import frappe
from frappe.model.document import Document

from nmedia_app import roles
from nmedia_app.permissions import may_open_app
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, SECOND_EDITOR, SYSTEM_MANAGER
from nmedia_app.tests.test_guard_attacks import APPLY, AttackTestCase
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, messages
from nmedia_app.workflow import BrokenWorkflowError, get_active_workflow

DOCTYPE = "Article Review"
LEGAL, LAWYER = "Legal Reviewer", "lawyer@test.nmedia.example"


def get_workflow() -> Document:
	return frappe.get_doc("Workflow", get_active_workflow(DOCTYPE).name)


def get_row(rows: list[Document], **values) -> Document:
	return next(row for row in rows if all(row.get(key) == value for key, value in values.items()))


class WorkflowTestCase(NmediaTestCase):
	def setUp(self):
		super().setUp()
		self.addCleanup(frappe.clear_cache, doctype=DOCTYPE)
		self.workflow = get_workflow()
		self.addCleanup(frappe.clear_document_cache, "Workflow", self.workflow.name)

	def assert_refused(self, *words: str):
		with self.assertRaises(frappe.ValidationError) as refusal:
			self.workflow.save()
		for said in words:
			self.assertIn(said, str(refusal.exception))

	def assert_noted(self, *words: str):
		frappe.clear_messages()
		self.workflow.save()
		told = " ".join(
			json.loads(note)["message"] if isinstance(note, str) else note["message"]
			for note in frappe.local.message_log
		)
		for said in words:
			self.assertIn(said, told)

	def add_state(self, name: str, **values):
		if not frappe.db.exists("Workflow State", name):
			frappe.get_doc(doctype="Workflow State", workflow_state_name=name).insert()
		given = {"doc_status": "0", "update_field": "stage", "update_value": "In Review", "allow_edit": LEGAL}
		return self.workflow.append("states", {"state": name, **given, **values})

	def add_way(self, state: str, action: str, next_state: str, role: str, **values):
		row = {"state": state, "action": action, "next_state": next_state, "allowed": role, **values}
		return self.workflow.append("transitions", {"allow_self_approval": 0, **row})


class TestDefinition(WorkflowTestCase):
	"""Whatever is entered in the form or in the Workflow Builder."""

	def test_all_faults_are_told_at_once_with_their_rows(self):
		approve = get_row(self.workflow.transitions, action="Approve")
		approve.update({"allowed": roles.EDITOR, "allow_self_approval": 1})
		self.add_state("Stray", update_value="", allow_edit=roles.EDITOR)
		self.assert_refused(
			f"row {approve.idx} of the transitions",
			"those who write do not approve (Article 7)",
			"Please untick Allow Self Approval",
			"of the states (Stray): It does not say what it means",
			"of the states (Stray): No transition leads here",
		)

	def test_a_workflow_that_is_not_used_is_noted_and_saved(self):
		copy = frappe.copy_doc(self.workflow)
		copy.update({"workflow_name": "Being Drawn", "is_active": 0})
		get_row(copy.transitions, action="Approve").allowed = roles.EDITOR
		self.workflow = copy.insert()
		self.assert_noted("those who write do not approve")
		self.workflow.is_active = 1
		self.assert_refused("those who write do not approve")

	def test_a_workflow_begun_in_the_builder_is_empty(self):
		frappe.get_doc(doctype="Workflow", workflow_name="Begun", document_type=DOCTYPE).insert()

	def test_other_document_types_are_left_alone(self):
		frappe.get_doc(
			doctype="Workflow",
			workflow_name="Of ToDo",
			document_type="ToDo",
			workflow_state_field="status",
			states=[{"state": "Draft", "doc_status": "0", "allow_edit": "All"}],
		).insert()

	def test_role_without_rights_is_refused(self):
		get_row(self.workflow.transitions, action="Approve").allowed = roles.GENERAL_OFFICE
		self.assert_refused(f"The role {roles.GENERAL_OFFICE} lacks the right to: Submit")

	def test_role_that_nobody_has_is_noted(self):
		frappe.db.delete("Has Role", {"role": roles.UNIT_HEAD, "parenttype": "User"})
		for right in ("write", "submit"):
			frappe.permissions.update_permission_property(DOCTYPE, roles.UNIT_HEAD, 0, right, 1)
		get_row(self.workflow.transitions, action="Approve").allowed = roles.UNIT_HEAD
		self.assert_noted(f"Nobody has the role {roles.UNIT_HEAD}", "the head of the unit")

	def test_condition_on_a_field_that_does_not_exist_is_refused(self):
		get_row(self.workflow.transitions, action="Endorse").condition = 'doc.sektion == "x"'
		self.assert_refused("names the field sektion")

	def test_condition_may_speak_of_a_custom_field(self):
		custom = {"dt": DOCTYPE, "fieldname": "is_urgent", "label": "Urgent", "fieldtype": "Check"}
		# not inserted: that would add a column, which commits
		frappe.get_doc(doctype="Custom Field", name=f"{DOCTYPE}-is_urgent", **custom).db_insert()
		frappe.clear_cache(doctype=DOCTYPE)
		get_row(self.workflow.transitions, action="Endorse").condition = "not doc.is_urgent"
		self.workflow.save()

	def test_stage_may_be_entered_as_it_is_called(self):
		self.addCleanup(setattr, frappe.local, "lang", frappe.local.lang)
		frappe.local.lang = "zh"
		get_row(self.workflow.states, state="Approved").update_value = " 已通过 "
		self.workflow.save()
		self.assertEqual(get_row(self.workflow.states, state="Approved").update_value, "Approved")

	def test_what_a_state_means_does_not_change_under_its_documents(self):
		factories.make_article_in_chief_review()
		frappe.set_user("Administrator")
		get_row(self.workflow.states, state="Section Chief Review").update_value = "Returned"
		self.assert_refused("what it means for them is not changed afterwards")

	def test_a_removed_state_with_documents_is_noted(self):
		factories.make_article_in_chief_review()
		frappe.set_user("Administrator")
		count = frappe.db.count(DOCTYPE, {"workflow_state": "Section Chief Review"})
		drop_chiefs_step(self.workflow)
		self.assert_noted(f"{count} documents have the status Section Chief Review, which is gone")

	def test_last_active_workflow_of_a_type_without_documents_is_missed(self):
		frappe.db.delete("Article Review")
		self.workflow.is_active = 0
		self.assert_noted("nobody can write, send or approve")

	def test_workflow_that_was_not_in_use_is_deleted_all_the_same(self):
		factories.make_article()
		frappe.set_user("Administrator")
		copy = frappe.copy_doc(self.workflow)
		copy.update({"workflow_name": "Being Drawn", "is_active": 0}).insert()
		copy.update({"document_type": "ToDo", "workflow_state_field": "status"}).save()
		copy.delete()
		self.assertEqual(get_workflow().name, self.workflow.name)

	def test_builder_that_forgets_conditions_loses_none(self):
		"""The builder of Frappe before 15.20 sends new rows, without condition and self-approval."""
		workflow = frappe.get_doc("Workflow", "Account Filing")
		before = [(way.condition, way.allow_self_approval) for way in workflow.transitions]
		drawing, sent = [], []
		for way in workflow.transitions:
			both = {"action": way.action, "allowed": way.allowed}
			kept = {"condition": way.condition, "allow_self_approval": way.allow_self_approval}
			data = {"from": way.state, "to": way.next_state, **both, **kept}
			drawing.append({"type": "action", "data": data})
			sent.append({"state": way.state, "next_state": way.next_state, **both})
		workflow.set("transitions", sent)
		workflow.workflow_data = json.dumps(drawing)
		workflow.save()
		workflow.reload()
		after = [(way.condition, way.allow_self_approval) for way in workflow.transitions]
		self.assertEqual(after, before)

	def test_what_is_changed_in_the_form_is_drawn_anew(self):
		self.workflow.db_set("workflow_data", '[{"type": "state", "data": {"state": "Draft"}}]')
		self.workflow.reload()
		self.workflow.save()
		self.assertEqual(self.workflow.workflow_data, "[]")


class TestAdjustedWorkflow(WorkflowTestCase):
	"""Design: states and actions are the administrator's to rename, add and remove."""

	def test_the_chiefs_step_is_dropped(self):
		drop_chiefs_step(self.workflow)
		self.workflow.save()
		article = factories.act(factories.make_article(), EDITOR, "Send for Review")
		article = factories.act(article, LEADER, "Approve")
		self.assertEqual((article.stage, article.reviewer), ("Approved", LEADER))
		self.assertTrue(article.seal)

	def test_a_renamed_state_keeps_its_documents_and_its_meaning(self):
		article = factories.make_article_in_leader_review()
		frappe.set_user("Administrator")
		frappe.rename_doc("Workflow State", "Division Leader Review", "处长终审")
		article.reload()
		self.assertEqual(article.workflow_state, "处长终审")
		article = factories.act(article, LEADER, "Approve")
		self.assertEqual(factories.publish(article).stage, "Published")

	def test_a_legal_review_with_a_role_of_its_own(self):
		add_legal_review(self)
		article = factories.make_article_in_chief_review()
		article = factories.act(article, CHIEF, "Endorse")
		self.assertEqual(article.workflow_state, "Legal Review")
		frappe.set_user(LAWYER)
		self.assertTrue(may_open_app())
		self.assertIn(article.name, frappe.get_list(DOCTYPE, pluck="name"))
		self.assertIn(article.name, [task.name for task in frappe.call("nmedia_app.api.get_tasks")])
		article = factories.act(article, LAWYER, "Endorse", "No objection")
		article = factories.act(article, LEADER, "Approve")
		self.assertEqual([row.role for row in article.approval_records][2], LEGAL)

	def test_several_states_of_one_stage_approve_once(self):
		self.add_state("Typeset", doc_status="1", update_value="Approved", allow_edit=roles.EDITOR)
		get_row(self.workflow.transitions, action="Mark as Published").state = "Typeset"
		self.add_way("Approved", "Confirm", "Typeset", roles.EDITOR, allow_self_approval=1)
		self.workflow.save()
		article = factories.make_approved_article("Good to go")
		seal = article.seal
		article = factories.act(article, EDITOR, "Confirm")
		self.assertEqual((article.reviewer, article.opinion, article.seal), (LEADER, "Good to go", seal))
		self.assertEqual(factories.publish(article).stage, "Published")

	def test_a_withdrawn_draft_needs_no_seal(self):
		from nmedia_app.services import sealing

		self.add_way("Returned for Correction", "Withdraw", "Withdrawn", roles.EDITOR, allow_self_approval=1)
		self.workflow.save()
		article = factories.make_article_in_chief_review()
		article = factories.act(article, CHIEF, "Return for Correction", "Not now")
		article = factories.act(article, EDITOR, "Withdraw", "Not needed")
		frappe.set_user("Administrator")
		self.assertNotIn(article.name, sealing.check_all_seals())


def drop_chiefs_step(workflow: Document) -> None:
	"""Send articles straight to the division leader."""
	gone, following = "Section Chief Review", "Division Leader Review"
	workflow.states = [row for row in workflow.states if row.state != gone]
	workflow.transitions = [row for row in workflow.transitions if row.state != gone]
	for row in workflow.transitions:
		if row.next_state == gone:
			row.next_state = following


def add_legal_review(test: WorkflowTestCase) -> None:
	"""Put a legal review, by a role of its own, between chief and leader."""
	frappe.get_doc(doctype="Role", role_name=LEGAL, desk_access=1).insert()
	frappe.permissions.add_permission(DOCTYPE, LEGAL)
	frappe.permissions.update_permission_property(DOCTYPE, LEGAL, 0, "write", 1)
	factories.make_user(LAWYER, "法务", LEGAL)
	test.add_state("Legal Review")
	get_row(test.workflow.transitions, action="Endorse").next_state = "Legal Review"
	test.add_way("Legal Review", "Endorse", "Division Leader Review", LEGAL)
	test.add_way("Legal Review", "Return for Correction", "Returned for Correction", LEGAL)
	test.workflow.save()


class TestBrokenWorkflow(AttackTestCase):
	"""Article 7: however a workflow was changed behind the app's back, it lets no article through."""

	SAYS = "Nothing can be decided here: the workflow is broken"

	def setUp(self):
		super().setUp()
		self.workflow = get_workflow().name
		self.rows = {
			table: frappe.db.sql(f"select * from `tab{table}` where parent = %s", self.workflow, as_dict=True)
			for table in ("Workflow Document State", "Workflow Transition")
		}
		self.addCleanup(self.put_back)

	def put_back(self):
		"""Write the workflow's rows as they were, by SQL as the tests broke them."""
		frappe.set_user("Administrator")
		for table, rows in self.rows.items():
			frappe.db.delete(table, {"parent": self.workflow})
			for row in rows:
				doc = frappe.get_doc({"doctype": table, **row})
				doc.db_insert()
		frappe.db.sql("update `tabWorkflow` set is_active = 1 where name = %s", self.workflow)
		self.commit()

	def commit(self):
		frappe.db.commit()
		frappe.clear_cache()

	def change(self, table: str, values: dict, **filters):
		frappe.set_user("Administrator")
		frappe.db.set_value(f"Workflow {table}", {"parent": self.workflow, **filters}, values)
		self.commit()

	def add_way(self, state: str, next_state: str, role: str, condition: str = ""):
		frappe.set_user("Administrator")
		frappe.get_doc(
			doctype="Workflow Transition",
			name=frappe.generate_hash(length=10),
			parent=self.workflow,
			parenttype="Workflow",
			parentfield="transitions",
			idx=99,
			state=state,
			action="Approve",
			next_state=next_state,
			allowed=role,
			allow_self_approval=1,
			condition=condition,
		).db_insert()
		self.commit()

	def take(self, article: Document, user: str, action: str = "Approve", says: str = SAYS):
		words = {"workflow_opinion": "Good", "workflow_declared": 1}
		form = frappe.as_json({**self.fresh(article).as_dict(), **words})
		self.attack(article, says, Browser.of(user).call, APPLY, doc=form, action=action)
		self.assertNotEqual(self.fresh(article).docstatus, 1)

	def test_no_author_approves_the_own_draft(self):
		article = self.committed(factories.make_article())
		self.add_way("Draft", "Approved", roles.EDITOR)
		self.take(article, EDITOR, says="Nobody reviews what they wrote themselves")
		self.take(article, SECOND_EDITOR)

	def test_no_leader_approves_what_was_never_sent(self):
		article = self.committed(factories.make_article())
		self.add_way("Draft", "Approved", roles.DIVISION_LEADER)
		self.take(article, LEADER)

	def test_no_writer_approves_anothers(self):
		article = self.committed(factories.make_article_in_leader_review())
		for role in (roles.EDITOR, "All"):
			self.change("Transition", {"allowed": role}, action="Approve")
			self.take(article, SECOND_EDITOR)

	def test_state_that_says_nothing_is_not_entered(self):
		article = self.committed(factories.make_article_in_leader_review())
		for values in (
			{"update_value": ""},
			{"update_value": "Nonsense"},
			{"update_field": None},
			{"update_field": "title", "update_value": "Approved"},
			{"doc_status": "0"},
			{"doc_status": "2"},
		):
			self.change("Document State", values, state="Approved")
			self.take(article, LEADER)
			self.put_back()

	def test_approval_on_the_state_after_the_draft_approves_nothing(self):
		article = self.committed(factories.make_article())
		self.change(
			"Document State",
			{"update_value": "Approved", "doc_status": "1"},
			state="Section Chief Review",
		)
		self.take(article, EDITOR, "Send for Review", "Nobody reviews what they wrote themselves")

	def test_draft_that_means_something_else_takes_no_article(self):
		article = self.committed(factories.make_article())
		for stage in ("In Review", "Approved", ""):
			self.change("Document State", {"update_value": stage}, state="Draft")
			new = json.loads(frappe.as_json(frappe.copy_doc(self.fresh(article))))
			path = f"/api/resource/{DOCTYPE}"
			self.attack(article, self.SAYS, Browser.of(EDITOR).post, path, **new)

	def test_a_saved_draft_stays_a_draft_whatever_its_state_means_now(self):
		article = self.committed(factories.make_article())
		self.change("Document State", {"update_value": "In Review"}, state="Draft")
		response = Browser.of(EDITOR).put(self.path(article), title="Another title")
		self.assertEqual(response.status_code, 200, messages(response))
		self.assertEqual(self.fresh(article).stage, "Draft")

	def test_condition_that_cannot_be_read_is_said_so(self):
		article = self.committed(factories.make_article_in_leader_review())
		for condition in ("doc.title ==", "no_such_name", "doc.title > 5", "1 / 0"):
			self.change("Transition", {"condition": condition}, action="Approve")
			self.take(article, LEADER, says="A condition cannot be evaluated")

	def test_without_an_active_workflow_nothing_moves(self):
		article = self.committed(factories.make_article_in_leader_review())
		frappe.db.sql("update `tabWorkflow` set is_active = 0 where name = %s", self.workflow)
		self.commit()
		self.refuse_everything(article)

	def test_with_a_deleted_workflow_nothing_moves(self):
		article = self.committed(factories.make_article_in_leader_review())
		row = frappe.db.sql("select * from `tabWorkflow` where name = %s", self.workflow, as_dict=True)[0]
		self.addCleanup(frappe.get_doc({"doctype": "Workflow", **row}).db_insert)
		frappe.db.sql("delete from `tabWorkflow` where name = %s", self.workflow)
		self.commit()
		self.refuse_everything(article)

	def refuse_everything(self, article: Document):
		says, browser = "There is no active workflow for Article Review", Browser.of(LEADER)
		self.take(article, LEADER, says=says)
		form = self.fresh(article).as_dict()
		submitted = {**form, "docstatus": 1, "workflow_state": "Approved", "stage": "Approved"}
		# the platform itself says what a document names that is gone
		also = ("Could not find Governing Workflow",)
		for method, doc in (("frappe.client.submit", form), ("frappe.client.save", submitted)):
			self.attack(article, says, browser.call, method, doc=frappe.as_json(doc), also=also)
		self.attack(article, says, browser.put, self.path(article), also=also, title="Forged")
		new = json.loads(frappe.as_json(frappe.copy_doc(self.fresh(article))))
		self.attack(article, says, Browser.of(EDITOR).post, f"/api/resource/{DOCTYPE}", also=also, **new)

	def test_administrator_is_refused_in_the_form(self):
		article = self.committed(factories.make_article())
		workflow = json.loads(frappe.as_json(get_workflow()))
		for row in workflow["transitions"]:
			row["allowed"] = roles.EDITOR if row["action"] == "Approve" else row["allowed"]
		says, browser = "those who write do not approve", Browser.of(SYSTEM_MANAGER)
		self.attack(article, says, browser.call, "frappe.client.save", doc=frappe.as_json(workflow))
		self.attack(
			article,
			says,
			browser.call,
			"frappe.desk.form.save.savedocs",
			doc=frappe.as_json(workflow),
			action="Save",
		)


class TestOnlyActiveWorkflow(RestTestCase):
	"""Documents keep a way to go on: the only active workflow stays, or another takes its place."""

	SAYS = "could go no further without it"
	PLACE = "/api/resource/Workflow"

	def setUp(self):
		super().setUp()
		self.documents = [
			factories.make_article(),
			factories.make_filing(),
			factories.make_audit(),  # with its round
		]
		frappe.db.commit()
		self.browser = Browser.of(SYSTEM_MANAGER)
		self.addCleanup(self.put_back, self.get_active())

	def get_active(self) -> dict[str, str]:
		frappe.db.rollback()
		active = frappe.get_all("Workflow", {"is_active": 1}, ["document_type", "name"], as_list=True)
		return dict(active)

	def put_back(self, active: dict[str, str]):
		frappe.set_user("Administrator")
		frappe.db.delete("Workflow", {"name": ["like", "Another %"]})
		for doctype, name in active.items():
			frappe.db.set_value("Workflow", {"document_type": doctype}, "is_active", 0)
			frappe.db.set_value("Workflow", name, {"is_active": 1, "document_type": doctype})
		frappe.db.commit()
		frappe.clear_cache()

	def assert_refused(self, request, *arguments, **values):
		before = self.get_active()
		response = request(*arguments, **values)
		with self.subTest(arguments=arguments, values=sorted(values)):
			self.assertIn(self.SAYS, messages(response) or response.get_data(as_text=True))
			self.assertEqual(self.get_active(), before)

	def test_it_is_not_switched_off_nor_deleted_on_any_way(self):
		for doctype in ("Article Review", "Account Filing", "Annual Audit", "Annual Audit Round"):
			name, browser = self.get_active()[doctype], self.browser
			path = f"{self.PLACE}/{name}"
			self.assert_refused(browser.put, path, is_active=0)
			self.assert_refused(browser.delete, path)
			off = {"doctype": "Workflow", "name": name, "fieldname": "is_active", "value": 0}
			self.assert_refused(browser.call, "frappe.client.set_value", **off)
			self.assert_refused(browser.call, "frappe.client.delete", doctype="Workflow", name=name)
			form = {**frappe.get_doc("Workflow", name).as_dict(), "is_active": 0}
			saved = {"doc": frappe.as_json(form), "action": "Save"}
			self.assert_refused(browser.call, "frappe.desk.form.save.savedocs", **saved)
			chosen = {"doctype": "Workflow", "items": json.dumps([name])}
			self.assert_refused(browser.call, "frappe.desk.reportview.delete_items", **chosen)

	def test_it_is_not_given_to_another_document_type(self):
		name = self.get_active()["Article Review"]
		self.assert_refused(
			self.browser.put, f"{self.PLACE}/{name}", document_type="ToDo", workflow_state_field="status"
		)

	def test_it_is_not_merged_into_one_that_is_not_active(self):
		names = {
			"doctype": "Workflow",
			"old": "Article Review",
			"new": "Article Review: Three Reviews and Three Proofreadings",
			"merge": 1,
		}
		self.assert_refused(self.browser.call, "frappe.rename_doc", **names)

	def test_another_takes_its_place_and_it_may_then_go(self):
		for doctype in ("Article Review", "Account Filing"):
			former = self.get_active()[doctype]
			copy = frappe.copy_doc(frappe.get_doc("Workflow", former))
			another = copy.update({"workflow_name": f"Another {doctype}", "is_active": 0}).insert().name
			frappe.db.commit()
			response = self.browser.put(f"{self.PLACE}/{another}", is_active=1)
			self.assertEqual(response.status_code, 200, messages(response))
			self.assertEqual(self.get_active()[doctype], another)
			# the former is off by then: saving it so changes nothing
			response = self.browser.put(f"{self.PLACE}/{former}", is_active=0)
			self.assertEqual(response.status_code, 200, messages(response))
			self.assert_refused(self.browser.put, f"{self.PLACE}/{another}", is_active=0)
			response = self.browser.put(f"{self.PLACE}/{former}", is_active=1)
			self.assertEqual(response.status_code, 200, messages(response))
			response = self.browser.delete(f"{self.PLACE}/{another}")
			self.assertLess(response.status_code, 300, messages(response))


class TestStepsOfBrokenWorkflows(WorkflowTestCase):
	def test_a_service_is_refused_as_well(self):
		from nmedia_app.workflow import take_step_into

		article = factories.make_article_in_leader_review()
		state = get_row(self.workflow.states, state="Approved")
		frappe.db.set_value("Workflow Document State", state.name, "doc_status", "0")
		frappe.clear_cache()
		frappe.set_user(LEADER)
		with self.assertRaises(BrokenWorkflowError):
			take_step_into(DOCTYPE, article.name, "Approved")
