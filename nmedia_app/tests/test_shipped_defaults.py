"""What the app ships is an administrator's to change: migrate upgrades only what nobody changed."""

import copy
from unittest.mock import patch

import frappe

from nmedia_app import roles
from nmedia_app.adjustments.differences import count_kinds, get_differences
from nmedia_app.adjustments.versions import get_name, get_version
from nmedia_app.defaults_api import compare_default, restore_default, undo_restoring
from nmedia_app.patches import take_over_defaults
from nmedia_app.selectors import shipped_defaults as selectors
from nmedia_app.selectors.shipped_defaults import (
	AS_SHIPPED,
	CHANGED,
	DELETED,
	FOREIGN,
	OUTDATED,
	WITHDRAWN,
	find_record,
	read_defaults,
)
from nmedia_app.services import shipped_defaults
from nmedia_app.services.shipped_defaults import NothingToUndoError, bring_up_to_date
from nmedia_app.tests import factories
from nmedia_app.tests.utils import NmediaTestCase

REVIEW = ("Workflow", "Article Review")
#: shipped out of use, so that no document keeps it from being deleted
THREE_REVIEWS = ("Workflow", "Article Review: Three Reviews and Three Proofreadings")


def record_of(doctype: str, name: str):
	return find_record(document_type=doctype, default_name=name)


def ship(*changes) -> patch:
	"""Let the app ship other defaults: each change gets the list and may return another."""
	defaults = copy.deepcopy([*read_defaults()])
	for change in changes:
		defaults = change(defaults) or defaults
	shipped = lambda: iter(copy.deepcopy(defaults))  # noqa: E731
	return patch.multiple(selectors, read_defaults=shipped), patch.object(
		shipped_defaults, "read_defaults", shipped
	)


def find(defaults: list[dict], doctype: str, name: str) -> dict:
	return next(d for d in defaults if d["doctype"] == doctype and get_name(d) == name)


def change_review(defaults: list[dict]):
	"""A newer version of the app has the chief's step done by the leader."""
	find(defaults, *REVIEW)["transitions"][1]["allowed"] = roles.DIVISION_LEADER


def withdraw_review(defaults: list[dict]):
	return [d for d in defaults if (d["doctype"], get_name(d)) != REVIEW]


def drop_returned(defaults: list[dict]):
	"""A newer version of the app has no status for what was returned."""
	workflow = find(defaults, *REVIEW)
	workflow["states"] = [row for row in workflow["states"] if row["update_value"] != "Returned"]
	workflow["transitions"] = [
		row
		for row in workflow["transitions"]
		if "Returned for Correction" not in (row["state"], row["next_state"])
	]


def change_here(message: str = "请尽快审核"):
	"""An administrator says something to who sees documents in the chief's review."""
	workflow = frappe.get_doc(*REVIEW)
	workflow.states[1].message = message
	return workflow.save()


def get_message() -> str | None:
	return frappe.get_doc(*REVIEW).states[1].message


class ShippedDefaultsTestCase(NmediaTestCase):
	def setUp(self):
		super().setUp()
		self.addCleanup(frappe.clear_cache, doctype="Article Review")

	def migrate(self, *changes):
		first, second = ship(*changes)
		with first, second:
			bring_up_to_date()

	def assert_status(self, status: str, doctype: str = REVIEW[0], name: str = REVIEW[1]):
		self.assertEqual(record_of(doctype, name).status, status)


class TestWhatIsShipped(ShippedDefaultsTestCase):
	def test_every_default_has_its_record_with_the_shipped_version(self):
		for default in read_defaults():
			record = record_of(default["doctype"], get_name(default))
			self.assertEqual(len(record.digest), 64)
			self.assertIn(record.status, (AS_SHIPPED, FOREIGN))

	def test_state_of_the_platform_is_not_taken_for_ours(self):
		record = record_of("Workflow State", "Approved")
		self.assertFalse(record.was_inserted)
		self.assertEqual(record.status, FOREIGN)

	def test_bringing_again_changes_nothing(self):
		before = frappe.get_all("Shipped Default", fields=["name", "status", "digest"], order_by="name")
		modified = frappe.db.get_value(*REVIEW, "modified")
		bring_up_to_date()
		self.assertEqual(
			before, frappe.get_all("Shipped Default", fields=["name", "status", "digest"], order_by="name")
		)
		self.assertEqual(modified, frappe.db.get_value(*REVIEW, "modified"))

	def test_drawing_and_switch_of_a_workflow_are_no_change(self):
		frappe.db.delete("Article Review")  # whose only workflow stays active
		workflow = frappe.get_doc(*REVIEW)
		workflow.update({"workflow_data": "[]", "is_active": 0}).save()
		self.assert_status(AS_SHIPPED)


class TestMigrate(ShippedDefaultsTestCase):
	def test_default_that_nobody_changed_is_upgraded(self):
		self.migrate(change_review)
		self.assertEqual(frappe.get_doc(*REVIEW).transitions[1].allowed, roles.DIVISION_LEADER)
		self.assertEqual(frappe.get_doc(*REVIEW).is_active, 1)

	def test_default_that_was_changed_is_kept_and_listed(self):
		change_here()
		self.assert_status(CHANGED)
		self.migrate(change_review)
		workflow = frappe.get_doc(*REVIEW)
		self.assertEqual(workflow.transitions[1].allowed, roles.SECTION_CHIEF)
		self.assertEqual(workflow.states[1].message, "请尽快审核")
		self.assert_status(OUTDATED)

	def test_change_that_the_app_ships_later_counts_as_shipped(self):
		change_here()
		self.migrate(lambda defaults: find(defaults, *REVIEW)["states"][1].update(message="请尽快审核"))
		self.assertIn("请尽快审核", record_of(*REVIEW).shipped_version)

	def test_deleted_default_stays_deleted(self):
		def change(defaults):
			find(defaults, *THREE_REVIEWS)["transitions"][1]["allowed"] = roles.DIVISION_LEADER

		frappe.delete_doc(*THREE_REVIEWS)
		self.assert_status(DELETED, *THREE_REVIEWS)
		self.migrate(change)
		self.assertFalse(frappe.db.exists(*THREE_REVIEWS))
		self.assert_status(DELETED, *THREE_REVIEWS)

	def test_default_that_vanished_from_the_app_is_left_and_marked(self):
		self.migrate(withdraw_review)
		self.assertTrue(frappe.db.exists(*REVIEW))
		self.assert_status(WITHDRAWN)
		bring_up_to_date()
		self.assert_status(AS_SHIPPED)

	def test_new_workflow_comes_inactive_where_another_is_in_use(self):
		def add(defaults):
			defaults.append({**find(defaults, *REVIEW), "workflow_name": "Three Reviews"})

		self.migrate(add)
		self.assertEqual(frappe.db.get_value("Workflow", "Three Reviews", "is_active"), 0)
		self.assertEqual(frappe.db.get_value(*REVIEW, "is_active"), 1)

	def test_deleted_status_comes_back_with_a_new_workflow_that_needs_it(self):
		def add_status(defaults):
			return [{"doctype": "Workflow State", "workflow_state_name": "Legal Review"}, *defaults]

		def add_workflow(defaults):
			workflow = copy.deepcopy(find(defaults, *REVIEW))
			workflow["states"].append({**workflow["states"][1], "state": "Legal Review"})
			return [*add_status(defaults), {**workflow, "workflow_name": "Three Reviews"}]

		self.migrate(add_status)
		frappe.delete_doc("Workflow State", "Legal Review")
		self.migrate(add_status)
		self.assertFalse(frappe.db.exists("Workflow State", "Legal Review"))
		self.migrate(add_workflow)
		self.assertTrue(frappe.db.exists("Workflow State", "Legal Review"))

	def test_workflow_of_an_administrator_stays_the_active_one(self):
		mine = frappe.copy_doc(frappe.get_doc(*REVIEW))
		mine.update({"workflow_name": "Mine", "is_active": 1}).insert()
		self.migrate(change_review)
		self.assertEqual(frappe.get_doc(*REVIEW).transitions[1].allowed, roles.DIVISION_LEADER)
		self.assertEqual(frappe.db.get_value("Workflow", "Mine", "is_active"), 1)
		self.assertEqual(frappe.db.get_value(*REVIEW, "is_active"), 0)

	def test_document_of_the_same_name_that_was_there_before_is_not_touched(self):
		frappe.get_doc(doctype="Workflow State", workflow_state_name="Legal Review", style="Danger").insert()

		def add(defaults):
			state = {"doctype": "Workflow State", "workflow_state_name": "Legal Review", "style": "Info"}
			return [state, *defaults]

		for _again in range(2):
			self.migrate(add)
		self.assertEqual(frappe.db.get_value("Workflow State", "Legal Review", "style"), "Danger")

	def test_renamed_status_is_a_change_and_the_workflow_with_it_still_upgrades(self):
		frappe.rename_doc("Workflow State", "Section Chief Review", "科室初审", force=True)
		self.assert_status(CHANGED, "Workflow State", "Section Chief Review")
		self.migrate(change_review)
		workflow = frappe.get_doc(*REVIEW)
		self.assertEqual(workflow.states[1].state, "科室初审")
		self.assertEqual(workflow.transitions[1].allowed, roles.DIVISION_LEADER)
		self.assertFalse(frappe.db.exists("Workflow State", "Section Chief Review"))

	def test_upgrade_that_would_leave_documents_stuck_waits_for_them(self):
		article = factories.make_article_in_chief_review()
		factories.act(article, factories.CHIEF, "Return for Correction", "Please shorten it")
		frappe.set_user("Administrator")
		self.migrate(drop_returned)
		workflow = frappe.get_doc(*REVIEW)
		self.assertIn("Returned for Correction", [row.state for row in workflow.states])
		self.assert_status(OUTDATED)
		self.assertIn("Returned for Correction", record_of(*REVIEW).note)


def delete_workflow(doctype: str) -> None:
	"""Delete the workflow of a document type, as an administrator can while it has no documents."""
	frappe.db.delete(doctype)
	frappe.delete_doc("Workflow", doctype, force=True)


class TestSitesOfTheFirstRelease(ShippedDefaultsTestCase):
	"""0.1.0 kept the names of what it inserted, and no more."""

	def setUp(self):
		super().setUp()
		created: dict[str, list[str]] = {}
		for row in frappe.get_all(
			"Shipped Default", filters={"was_inserted": 1}, fields=["document_type", "default_name"]
		):
			created.setdefault(row.document_type, []).append(row.default_name)
		frappe.db.set_global(take_over_defaults.CREATED, frappe.as_json(created))
		frappe.db.delete("Shipped Default")

	def test_unchanged_default_upgrades_and_a_changed_one_is_kept(self):
		change_here()
		delete_workflow("Annual Audit Round")
		for _again in range(2):
			take_over_defaults.execute()

		def newer(defaults):
			change_review(defaults)
			find(defaults, "Workflow State", "Unit Meeting")["style"] = "Danger"

		self.migrate(newer)
		self.assert_status(OUTDATED)
		self.assertEqual(frappe.get_doc(*REVIEW).transitions[1].allowed, roles.SECTION_CHIEF)
		self.assertEqual(frappe.db.get_value("Workflow State", "Unit Meeting", "style"), "Danger")
		self.assert_status(DELETED, "Workflow", "Annual Audit Round")
		self.assertIsNone(frappe.db.get_global(take_over_defaults.CREATED))

	def test_default_that_the_site_never_had_comes_with_the_migration(self):
		delete_workflow("Annual Audit")
		created = frappe.parse_json(frappe.db.get_global(take_over_defaults.CREATED))
		created["Workflow"].remove("Annual Audit")
		frappe.db.set_global(take_over_defaults.CREATED, frappe.as_json(created))
		take_over_defaults.execute()
		bring_up_to_date()
		self.assertEqual(frappe.db.get_value("Workflow", "Annual Audit", "is_active"), 1)


class TestCompareAndRestore(ShippedDefaultsTestCase):
	def setUp(self):
		super().setUp()
		frappe.set_user(factories.SYSTEM_MANAGER)

	def compare(self) -> dict:
		return compare_default(record_of(*REVIEW).name)

	def test_a_state_that_is_not_submitted_is_the_same_however_a_version_says_it(self):
		draft = {"update_field": "stage", "update_value": "Draft"}
		for doc_status in (0, "0", "", None):
			self.assertEqual(
				selectors.get_meaning({**draft, "doc_status": doc_status}), selectors.get_meaning(draft)
			)
		self.assertNotEqual(selectors.get_meaning({**draft, "doc_status": "1"}), selectors.get_meaning(draft))

	def test_rows_that_were_added_removed_and_changed_are_named_in_words(self):
		workflow = frappe.get_doc(*REVIEW)
		shipped = get_version(workflow)
		workflow.transitions[1].allowed = roles.UNIT_HEAD
		workflow.transitions.pop()
		workflow.append("states", {**workflow.states[1].as_dict(), "name": None, "state": "Rejected"})
		differences = get_differences(get_version(workflow), shipped)
		self.assertEqual(count_kinds(differences), {"added": 1, "removed": 1, "changed": 1, "moved": 0})
		states, transitions = (table["rows"] for table in differences["tables"])
		self.assertEqual([row["here"]["title"] for row in states if row["kind"] == "added"], ["Rejected"])
		changed = next(row for row in transitions if row["kind"] == "changed")
		self.assertEqual(
			[detail["value"] for detail in changed["here"]["details"] if detail["differs"]], [roles.UNIT_HEAD]
		)

	def test_another_first_status_is_seen(self):
		workflow = frappe.get_doc(*REVIEW)
		version = get_version(workflow)
		turned = {**version, "states": version["states"][1:] + version["states"][:1]}
		kinds = [row["kind"] for row in get_differences(turned, version)["tables"][0]["rows"]]
		self.assertIn("moved", kinds)

	def test_restoring_brings_back_what_was_shipped_and_can_be_undone(self):
		change_here()
		name = record_of(*REVIEW).name
		restore_default(name)
		self.assert_status(AS_SHIPPED)
		self.assertFalse(get_message())
		self.assertTrue(self.compare()["may_undo"])
		undo_restoring(name)
		self.assertEqual(get_message(), "请尽快审核")
		self.assert_status(CHANGED)

	def test_what_was_changed_after_restoring_is_not_undone(self):
		change_here()
		name = record_of(*REVIEW).name
		restore_default(name)
		change_here("请仔细审核")
		self.assertFalse(self.compare()["may_undo"])
		with self.assertRaises(NothingToUndoError):
			undo_restoring(name)

	def test_deleted_default_is_restored_and_undone(self):
		frappe.delete_doc(*THREE_REVIEWS)
		name = record_of(*THREE_REVIEWS).name
		self.assertFalse(compare_default(name)["is_there"])
		restore_default(name)
		self.assertEqual(frappe.db.get_value(*THREE_REVIEWS, "is_active"), 0)
		self.assert_status(AS_SHIPPED, *THREE_REVIEWS)
		undo_restoring(name)
		self.assertFalse(frappe.db.exists(*THREE_REVIEWS))
		self.assert_status(DELETED, *THREE_REVIEWS)

	def test_renamed_status_gets_its_name_back(self):
		frappe.rename_doc("Workflow State", "Section Chief Review", "科室初审", force=True)
		record = find_record(document_type="Workflow State", document_name="科室初审")
		restore_default(record.name)
		self.assertEqual(frappe.get_doc(*REVIEW).states[1].state, "Section Chief Review")
		self.assert_status(AS_SHIPPED, "Workflow State", "Section Chief Review")
		undo_restoring(record.name)
		self.assertEqual(frappe.get_doc(*REVIEW).states[1].state, "科室初审")

	def test_restored_workflow_switches_no_other_off(self):
		mine = frappe.copy_doc(change_here())
		mine.update({"workflow_name": "Mine", "is_active": 1}).insert()
		restore_default(record_of(*REVIEW).name)
		self.assertEqual(frappe.db.get_value("Workflow", "Mine", "is_active"), 1)
		frappe.delete_doc(*REVIEW, force=True)
		restore_default(record_of(*REVIEW).name)
		self.assertEqual(frappe.db.get_value("Workflow", "Mine", "is_active"), 1)
		self.assertEqual(frappe.db.get_value(*REVIEW, "is_active"), 0)

	def test_restoring_is_refused_while_documents_have_a_status_of_one_s_own(self):
		frappe.get_doc(doctype="Workflow State", workflow_state_name="Legal Review").insert()
		workflow = frappe.get_doc(*REVIEW)
		workflow.states[1].state = "Legal Review"
		for row in workflow.transitions:
			for field in ("state", "next_state"):
				if row.get(field) == "Section Chief Review":
					row.set(field, "Legal Review")
		workflow.save()
		factories.act(factories.make_article(), factories.EDITOR, "Send for Review")
		frappe.set_user(factories.SYSTEM_MANAGER)
		self.assertTrue(any("Legal Review" in sentence for sentence in self.compare()["restoring"]))
		with self.assertRaisesRegex(frappe.ValidationError, "Legal Review"):
			restore_default(record_of(*REVIEW).name)

	def test_only_administrators_compare_and_restore(self):
		name = record_of(*REVIEW).name
		for user in (factories.UNIT_HEAD, factories.LEADER, factories.EDITOR):
			frappe.set_user(user)
			for endpoint in (compare_default, restore_default, undo_restoring):
				with self.assertRaises(frappe.PermissionError):
					endpoint(name)
