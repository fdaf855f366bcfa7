"""One file carries adjustments to another site: shown before, all or nothing, checked as by hand."""

import base64
import hashlib
import json
from io import BytesIO

import frappe
from docx import Document as WordDocument
from frappe.permissions import add_permission, update_permission_property

from nmedia_app import roles
from nmedia_app.adjustments.parcel import NotAParcelError, get_digest_of
from nmedia_app.adjustments_api import export_adjustments, import_adjustments, preview_adjustments
from nmedia_app.selectors import adjustments as selectors
from nmedia_app.selectors import shipped_defaults
from nmedia_app.services import adjustments
from nmedia_app.services.adjustments import ChangedMeanwhileError, has_column
from nmedia_app.settings import DOCTYPE as SETTINGS
from nmedia_app.tests import factories
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

REVIEW = "Article Review"
#: shipped out of use, so that no document keeps it from being deleted
THREE_REVIEWS = "Article Review: Three Reviews and Three Proofreadings"
ADDRESS = "https://robot.nmedia.example/send?key=secret-of-the-group"


def make_legal_review():
	"""Put a step of a new role and status into the workflow of articles."""
	frappe.get_doc(doctype="Role", role_name="Legal Officer", desk_access=1).insert()
	add_permission(REVIEW, "Legal Officer")
	update_permission_property(REVIEW, "Legal Officer", 0, "write", 1)
	frappe.get_doc(doctype="Workflow State", workflow_state_name="Legal Review", style="Info").insert()
	workflow = frappe.get_doc("Workflow", REVIEW)
	workflow.append(
		"states",
		{
			"state": "Legal Review",
			"doc_status": "0",
			"update_field": "stage",
			"update_value": "In Review",
			"allow_edit": "Legal Officer",
		},
	)
	workflow.transitions[1].next_state = "Legal Review"
	workflow.append(
		"transitions",
		{
			"state": "Legal Review",
			"action": "Endorse",
			"next_state": "Division Leader Review",
			"allowed": "Legal Officer",
			"allow_self_approval": 0,
		},
	)
	workflow.save()


def make_property_setter(label: str = "处领导意见"):
	return frappe.get_doc(
		doctype="Property Setter",
		doctype_or_field="DocField",
		doc_type=REVIEW,
		field_name="opinion",
		property="label",
		property_type="Data",
		value=label,
	).insert()


def make_template():
	file = BytesIO()
	document = WordDocument()
	document.add_paragraph("{{ opinion }}")
	document.save(file)
	template = frappe.new_doc("Annex Template", document_type=REVIEW, title="我们的审核表")
	upload = frappe.get_doc(doctype="File", file_name="ours.docx", is_private=1, content=file.getvalue())
	template.file = upload.insert().file_url
	return template.insert()


def forge(text: str, change) -> str:
	"""Change a file as somebody would who knows how its digest is made."""
	parcel = json.loads(text)
	change(parcel["items"])
	return json.dumps({**parcel, "digest": get_digest_of(parcel["items"])})


def find(entries: list[dict], name: str) -> dict:
	return next(entry for entry in entries if name in entry["name"])


class AdjustmentsTestCase(NmediaTestCase):
	def setUp(self):
		super().setUp()
		frappe.set_user(factories.SYSTEM_MANAGER)
		self.addCleanup(frappe.clear_cache)

	def export_and_undo(self, *makers) -> str:
		"""Return the file of a site where this was made; here it is undone: the other site."""
		frappe.db.savepoint("trial_site")
		for make in makers:
			make()
		text = adjustments.export()
		frappe.db.rollback(save_point="trial_site")
		frappe.clear_cache()
		return text

	def take_over(self, text: str) -> int:
		"""Import a file as the endpoint does, within the test's transaction."""
		items = adjustments.open_parcel(text)
		self.assertEqual(adjustments.rehearse(items), "")
		return adjustments.take_over(items)


class TestExport(AdjustmentsTestCase):
	def get_names(self) -> set[tuple[str, str]]:
		return {(item["doctype"], item["name"]) for item in selectors.collect()}

	def test_what_the_app_no_longer_ships_is_exported_as_ones_own(self):
		workflow = "Article Review: Three Reviews and Three Proofreadings"
		self.assertNotIn(("Workflow", workflow), self.get_names())
		record = {"document_type": "Workflow", "document_name": workflow}
		frappe.db.set_value("Shipped Default", record, "status", shipped_defaults.WITHDRAWN)
		self.assertIn(("Workflow", workflow), self.get_names())

	def test_only_what_was_adjusted_is_exported(self):
		self.assertNotIn(("Workflow", REVIEW), self.get_names())
		make_legal_review()
		make_property_setter()
		names = self.get_names()
		for item in (
			("Workflow", REVIEW),
			("Workflow State", "Legal Review"),
			("Role", "Legal Officer"),
			("Property Setter", f"{REVIEW}-opinion-label"),
		):
			self.assertIn(item, names)
		self.assertNotIn(("Role", roles.EDITOR), names)
		self.assertNotIn(("Workflow", "Account Filing"), names)

	def test_secret_is_not_exported(self):
		frappe.get_single(SETTINGS).update({"robot_address": ADDRESS, "remind_after_hours": 30}).save()
		text = adjustments.export()
		self.assertIn('"remind_after_hours": 30', text)
		self.assertNotIn("robot", text)
		self.assertNotIn("secret-of-the-group", text)

	def test_deleted_default_is_exported_as_deleted(self):
		frappe.delete_doc("Workflow", THREE_REVIEWS)
		item = next(item for item in selectors.collect() if item["name"] == THREE_REVIEWS)
		self.assertIsNone(item["values"])

	def test_only_administrators_export_and_import(self):
		for user in (factories.UNIT_HEAD, factories.LEADER, factories.EDITOR):
			frappe.set_user(user)
			for endpoint, arguments in (
				(export_adjustments, ()),
				(preview_adjustments, ("",)),
				(import_adjustments, ("", "")),
			):
				with self.assertRaises(frappe.PermissionError):
					endpoint(*arguments)


class TestPreview(AdjustmentsTestCase):
	def test_each_entry_says_what_it_would_do_and_nothing_is_written(self):
		text = self.export_and_undo(make_legal_review, make_property_setter)
		shown = preview_adjustments(text)
		self.assertEqual(shown["refusal"], "")
		self.assertEqual(find(shown["entries"], "Legal Officer")["action"], "add")
		review = find([e for e in shown["entries"] if e["kind"] == "Workflow"], REVIEW)
		self.assertEqual(review["action"], "change")
		self.assertIn("2 rows are added.", review["details"])
		self.assertFalse(frappe.db.exists("Role", "Legal Officer"))
		self.assertFalse(frappe.db.exists("Property Setter", f"{REVIEW}-opinion-label"))

	def test_site_that_has_it_already_leaves_it(self):
		make_legal_review()
		shown = preview_adjustments(adjustments.export())
		self.assertEqual({entry["action"] for entry in shown["entries"]}, {"leave"})

	def test_broken_workflow_is_refused_in_words(self):
		text = self.export_and_undo(make_legal_review)

		def break_it(items):
			workflow = next(item for item in items if item["doctype"] == "Workflow")
			workflow["values"]["transitions"][0]["next_state"] = "No Such State"

		shown = preview_adjustments(forge(text, break_it))
		self.assertIn("No Such State", shown["refusal"])
		with self.assertRaisesRegex(NotAParcelError, "No Such State"):
			import_adjustments(forge(text, break_it), shown["seen"])
		self.assertFalse(frappe.db.exists("Role", "Legal Officer"))

	def test_settings_out_of_range_are_refused_in_words(self):
		text = self.export_and_undo(lambda: frappe.get_single(SETTINGS).update({"send_mail": 0}).save())

		def misset(items):
			items[-1]["values"]["change_report_days"] = -1

		self.assertIn("Report a Change within", preview_adjustments(forge(text, misset))["refusal"])

	def test_template_with_unknown_fields_is_refused_in_words(self):
		text = self.export_and_undo(make_template)
		file, document = BytesIO(), WordDocument()
		document.add_paragraph("{{ no_such_field }}")
		document.save(file)

		def misname(items):
			items[-1]["content"] = base64.b64encode(file.getvalue()).decode()
			items[-1]["name"] = hashlib.sha256(file.getvalue()).hexdigest()

		self.assertIn("no_such_field", preview_adjustments(forge(text, misname))["refusal"])


class TestFilesThatAreNone(AdjustmentsTestCase):
	def assert_refused(self, text: str, words: str):
		with self.assertRaisesRegex(NotAParcelError, words):
			preview_adjustments(text)

	def test_file_of_another_kind_is_told(self):
		for text in ("", "PK\x03\x04", "[]", "{}", '{"format": "other"}', "[" * 100_000):
			self.assert_refused(text, "no file of adjustments")

	def test_file_of_another_version_is_told(self):
		parcel = json.loads(adjustments.export())
		self.assert_refused(json.dumps({**parcel, "format_version": 2, "app_version": "9.9.9"}), "9.9.9")

	def test_file_that_was_changed_is_told(self):
		parcel = json.loads(self.export_and_undo(make_property_setter))
		parcel["items"][0]["values"]["value"] = "另一标签"
		self.assert_refused(json.dumps(parcel), "was changed")

	def test_entry_that_is_none_is_told(self):
		text = self.export_and_undo(make_property_setter)
		for wrong in (
			None,
			1,
			{},
			{"doctype": "User", "name": "x", "values": None},
			{"doctype": [], "name": 1},
		):
			self.assert_refused(forge(text, lambda items, wrong=wrong: items.append(wrong)), "was changed")

	def test_nothing_but_what_belongs_to_the_app_is_changed(self):
		text = self.export_and_undo(make_property_setter)
		foreign = (
			{
				"doctype": "Property Setter",
				"name": "x",
				"values": {"doctype": "Property Setter", "doc_type": "User"},
			},
			{
				"doctype": "Custom DocPerm",
				"name": "User",
				"values": {"doctype": "Custom DocPerm", "rows": []},
			},
			{"doctype": "Workflow", "name": "x", "values": {"doctype": "Workflow", "document_type": "ToDo"}},
			{"doctype": "Role", "name": "System Manager", "values": None},
			{"doctype": "Workflow State", "name": "Pending", "values": None},
			{
				"doctype": "Custom HTML Block",
				"name": "x",
				"values": {"doctype": "Custom HTML Block", "name": "x"},
			},
		)
		for item in foreign:
			self.assert_refused(forge(text, lambda items, item=item: items.append(item)), "does not belong")

	def test_fields_that_are_the_platforms_own_are_not_taken(self):
		text = self.export_and_undo(make_property_setter)
		self.take_over(forge(text, lambda items: items[0]["values"].update(owner="Guest", docstatus=1)))
		found = frappe.get_doc("Property Setter", f"{REVIEW}-opinion-label")
		self.assertEqual((found.owner, found.docstatus), (factories.SYSTEM_MANAGER, 0))


class TestImport(AdjustmentsTestCase):
	def test_workflow_comes_with_its_status_and_role(self):
		text = self.export_and_undo(make_legal_review, make_property_setter)
		self.take_over(text)
		self.assertEqual(frappe.get_doc("Workflow", REVIEW).transitions[1].next_state, "Legal Review")
		self.assertEqual(frappe.get_meta(REVIEW).get_label("opinion"), "处领导意见")
		self.assertEqual({selectors.describe(item)["action"] for item in selectors.collect()}, {"leave"})

	def test_workflow_of_one_s_own_comes_into_use_and_back(self):
		def make_own():
			mine = frappe.copy_doc(frappe.get_doc("Workflow", REVIEW))
			mine.update({"workflow_name": "Mine", "is_active": 1}).insert()

		text = self.export_and_undo(make_own)
		mine = find(preview_adjustments(text)["entries"], "Mine")
		self.assertTrue(any("in place of" in line for line in mine["details"]))
		self.take_over(text)
		self.assertEqual(frappe.db.get_value("Workflow", "Mine", "is_active"), 1)
		self.assertEqual(frappe.db.get_value("Workflow", REVIEW, "is_active"), 0)

	def test_workflow_takes_the_place_of_the_only_active_one(self):
		def make_own():
			mine = frappe.copy_doc(frappe.get_doc("Workflow", REVIEW))
			mine.update({"workflow_name": "Mine", "is_active": 1}).insert()

		text = self.export_and_undo(make_own)
		factories.make_article()
		frappe.set_user(factories.SYSTEM_MANAGER)
		self.take_over(text)
		active = frappe.get_all("Workflow", {"document_type": REVIEW, "is_active": 1}, pluck="name")
		self.assertEqual(active, ["Mine"])

	def test_renamed_status_is_renamed_there(self):
		def rename():
			frappe.rename_doc("Workflow State", "Section Chief Review", "科室初审", force=True)

		text = self.export_and_undo(rename)
		self.take_over(text)
		self.assertEqual(frappe.get_doc("Workflow", REVIEW).states[1].state, "科室初审")

	def test_status_that_was_renamed_here_is_found(self):
		text = self.export_and_undo(make_legal_review)
		frappe.rename_doc("Workflow State", "Section Chief Review", "科室初审", force=True)
		self.take_over(text)
		self.assertEqual(frappe.get_doc("Workflow", REVIEW).transitions[1].state, "科室初审")

	def test_deleted_default_is_deleted_there(self):
		text = self.export_and_undo(lambda: frappe.delete_doc("Workflow", THREE_REVIEWS))
		self.take_over(text)
		self.assertFalse(frappe.db.exists("Workflow", THREE_REVIEWS))

	def test_template_comes_with_its_file_and_takes_the_place_of_the_one_in_use(self):
		text = self.export_and_undo(make_template)
		for _again in range(2):
			self.take_over(text)
		template = frappe.get_doc("Annex Template", {"active_for": REVIEW})
		self.assertEqual(template.title, "我们的审核表")
		self.assertEqual(frappe.db.count("Annex Template", {"digest": template.digest}), 1)

	def test_settings_and_corrections_come_and_the_secret_here_stays(self):
		def adjust():
			settings = frappe.get_single(SETTINGS)
			settings.update({"remind_after_hours": 30, "robot_address": "https://robot.nmedia.example/other"})
			settings.append("working_day_corrections", {"day": "2027-01-04", "kind": "Rest Day"})
			settings.save()

		text = self.export_and_undo(adjust)
		frappe.get_single(SETTINGS).update({"robot_address": ADDRESS}).save()
		self.take_over(text)
		settings = frappe.get_single(SETTINGS)
		self.assertEqual(settings.remind_after_hours, 30)
		self.assertEqual([str(row.day) for row in settings.working_day_corrections], ["2027-01-04"])
		self.assertEqual(settings.get_password("robot_address"), ADDRESS)

	def test_permissions_of_a_type_come_all_together(self):
		def permit():
			for role in (roles.EDITOR, roles.UNIT_HEAD):
				frappe.get_doc(
					doctype="Custom DocPerm", parent="Media Section", parenttype="DocType", role=role, read=1
				).insert()

		text = self.export_and_undo(permit)
		self.take_over(text)
		found = frappe.get_all("Custom DocPerm", filters={"parent": "Media Section"}, pluck="role")
		self.assertEqual({*found}, {roles.EDITOR, roles.UNIT_HEAD})
		self.assertEqual({selectors.describe(item)["action"] for item in selectors.collect()}, {"leave"})

	def test_what_was_shown_is_what_is_imported(self):
		text = self.export_and_undo(make_property_setter)
		seen = preview_adjustments(text)["seen"]
		make_property_setter("另一标签")
		with self.assertRaises(ChangedMeanwhileError):
			import_adjustments(text, seen)


class TestFieldsOverHttp(RestTestCase):
	"""A new field needs a column, which no transaction takes back."""

	COLUMN = "custom_备注二"  # as Customize Form makes it of the label
	FIELD = f"{REVIEW}-{COLUMN}"

	def setUp(self):
		super().setUp()
		frappe.get_doc(
			doctype="Custom Field", dt=REVIEW, fieldname=self.COLUMN, label="备注二", fieldtype="Data"
		).insert()
		self.text = adjustments.export()
		self.remove_field()
		self.addCleanup(self.remove_field)
		self.browser = Browser.of(factories.SYSTEM_MANAGER)

	def remove_field(self):
		frappe.set_user("Administrator")
		frappe.delete_doc("Custom Field", self.FIELD, ignore_missing=True)
		if has_column(REVIEW, self.COLUMN):
			frappe.db.sql_ddl(f"alter table `tabArticle Review` drop column `{self.COLUMN}`")
		frappe.db.commit()
		frappe.clear_cache(doctype=REVIEW)

	def has_column(self) -> bool:
		frappe.db.rollback()
		return has_column(REVIEW, self.COLUMN)

	def call(self, endpoint: str, **arguments):
		return self.browser.call(f"nmedia_app.adjustments_api.{endpoint}", **arguments)

	def test_field_comes_with_its_column(self):
		shown = self.call("preview_adjustments", text=self.text).get_json()["message"]
		self.assertFalse(self.has_column())
		answer = self.call("import_adjustments", text=self.text, seen=shown["seen"])
		self.assertEqual(answer.status_code, 200, answer.get_data(as_text=True))
		self.assertTrue(self.has_column())
		self.assertTrue(frappe.db.exists("Custom Field", self.FIELD))

	def test_field_of_a_file_that_is_refused_leaves_nothing(self):
		def break_it(items):
			items.append(
				{
					"doctype": "Sensitive Word List",
					"name": "空表",
					"values": {"doctype": "Sensitive Word List", "list_name": "空表", "words": "#"},
				}
			)

		text = forge(self.text, break_it)
		shown = self.call("preview_adjustments", text=text).get_json()["message"]
		self.assertTrue(shown["refusal"])
		answer = self.call("import_adjustments", text=text, seen=shown["seen"])
		self.assertEqual(answer.status_code, 417)
		self.assertFalse(self.has_column())
		self.assertFalse(frappe.db.exists("Custom Field", self.FIELD))
