"""Proof that an upgrade keeps what a release left, on a site made of its dump (devbench/releases.py):

	python -m nmedia_app.tests.releases.upgrade SITE take FILE      before the migration
	python -m nmedia_app.tests.releases.upgrade SITE check FILE     after it

`check` runs the tests below. They ask of every row and document, so that they hold for every release's dump.
"""

import io
import json
import sys
import unittest
from pathlib import Path

import frappe
from docx import Document as WordDocument
from frappe.modules.patch_handler import get_patches_from_app

from nmedia_app.commands import find_problems
from nmedia_app.nmedia_app.print_formats import word
from nmedia_app.nmedia_app.print_formats.annexes import build_context
from nmedia_app.regulation.review import APPROVED, PUBLISHED, is_with_authors
from nmedia_app.settings import get_settings
from nmedia_app.tests import factories
from nmedia_app.tests.releases.fill import LAWYER_ROLE, LEGAL_REVIEW, REVIEW, STEPS
from nmedia_app.workflow import get_active_workflow, get_stage, is_guarded

APP = "nmedia_app"
Rows = dict[str, dict[str, dict[str, str]]]

#: what each migration writes anew: the app's own definitions, and what the platform notes of them
REMADE = {
	*("tabDocType", "tabDocField", "tabDocPerm", "tabDocType Action", "tabDocType Link", "tabDocType State"),
	*("tabReport", "tabPage", "tabWorkspace", "tabWorkspace Link", "tabWorkspace Shortcut", "tabNumber Card"),
	*("tabWorkspace Number Card", "tabWorkspace Custom Block", "tabWorkspace Chart", "tabDashboard Chart"),
	*("tabInstalled Application", "tabScheduled Job Type", "tabDefaultValue"),
}
#: rows that the app may bring up to date, because the administrator did not change them
SHIPPED = {
	"tabWorkflow": lambda row: row["name"] != REVIEW,
	"tabWorkflow Document State": lambda row: row["parent"] != REVIEW,
	"tabWorkflow Transition": lambda row: row["parent"] != REVIEW,
	"tabCustom HTML Block": lambda row: True,
	"tabPrint Format": lambda row: row["standard"] == "Yes",
	"tabNotification": lambda row: row["is_standard"] == "1",
	"tabRole": lambda row: row["name"] != LAWYER_ROLE,
	"tabHas Role": lambda row: row["parenttype"] in ("Page", "Report", "Workspace"),
	"tabSingles": lambda row: row["doctype"] == "Installed Applications",
}


def get_rows() -> Rows:
	"""Return all rows of all tables: table → key → column → value, each as text."""
	tables = frappe.db.sql("show full tables where Table_type = 'BASE TABLE'")
	return {table: get_rows_of(table) for table, _kind in tables}


def get_rows_of(table: str) -> dict[str, dict[str, str]]:
	rows = frappe.db.sql(f"select * from `{table}`", as_dict=True)
	key = ("doctype", "field") if table == "tabSingles" else ("name",)
	if rows and not set(key) <= set(rows[0]):
		key = tuple(rows[0])  # a table of the platform's without names: a row is its values
	return {
		"/".join(str(row[column]) for column in key): {
			column: str(value) for column, value in row.items() if value is not None
		}
		for row in rows
	}


def get_losses(before: Rows, after: Rows) -> list[str]:
	"""Say which rows are gone or have another value in a column that had one before."""
	losses = []
	for table in sorted({*before} - REMADE):
		may_change = SHIPPED.get(table, lambda row: False)
		for key, row in before[table].items():
			if not may_change(row):
				losses += get_losses_of_row(f"{table} {key}", row, after.get(table, {}).get(key))
	return losses


def get_losses_of_row(what: str, before: dict[str, str], after: dict[str, str] | None) -> list[str]:
	if after is None:
		return [f"{what} is gone"]
	return [
		f"{what}: {column} was {value!r}, is {after.get(column)!r}"
		for column, value in before.items()
		if after.get(column) != value
	]


def get_workflow_doctypes() -> list[str]:
	return list(filter(is_guarded, frappe.get_all("DocType", filters={"module": "Nmedia App"}, pluck="name")))


class TestUpgrade(unittest.TestCase):
	before: Rows

	def setUp(self):
		frappe.set_user("Administrator")

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()

	def test_every_row_is_there_as_it_was(self):
		self.assertEqual(get_losses(self.before, get_rows()), [])

	def test_dump_has_every_kind_of_document(self):
		lacking = [doctype for doctype in get_workflow_doctypes() if self.before.get(f"tab{doctype}") == {}]
		self.assertEqual(lacking, [])

	def test_every_document_is_at_the_stage_of_its_state(self):
		for doctype in get_workflow_doctypes():
			workflow = get_active_workflow(doctype)
			for name in frappe.get_all(doctype, pluck="name"):
				doc = frappe.get_doc(doctype, name)
				with self.subTest(doctype, name=name, state=doc.workflow_state):
					self.assertEqual(doc.stage, get_stage(workflow, doc.workflow_state))

	def test_every_seal_and_the_custody_chain_hold(self):
		self.assertTrue(frappe.db.count("Custody Entry"))
		self.assertEqual(find_problems(), [])

	def test_what_the_administrator_renamed_does_not_come_back(self):
		self.assertFalse(frappe.db.exists("Workflow State", "Section Chief Review"))

	def test_articles_under_way_finish_by_the_adjusted_workflow(self):
		states = [state for state, *_step in STEPS]
		for name in frappe.get_all(REVIEW, filters={"docstatus": 0}, pluck="name"):
			article = frappe.get_doc(REVIEW, name)
			begins = 0 if is_with_authors(article.stage) else states.index(article.workflow_state)
			with self.subTest(name, state=article.workflow_state):
				for _state, user, action, opinion in STEPS[begins:]:
					article = factories.act(article, user, action, opinion)
				self.assertEqual(article.stage, APPROVED)
				self.assertIn(LAWYER_ROLE, [row.role for row in article.approval_records])
				self.assertEqual(factories.publish(article).stage, PUBLISHED)

	def test_form_is_as_adjusted(self):
		meta = frappe.get_meta(REVIEW)
		self.assertEqual(meta.get_field("topic_number").label, "选题编号")
		self.assertEqual(meta.get_field("opinion").label, "处领导意见")
		self.assertTrue(meta.get_field("image_source").reqd)
		self.assertIn(LEGAL_REVIEW, [row.state for row in get_active_workflow(REVIEW).states])
		self.assertIn(LAWYER_ROLE, [row.role for row in meta.permissions if row.submit])

	def test_settings_are_as_adjusted(self):
		settings = get_settings()
		self.assertEqual(settings.change_report_days, 4)
		self.assertEqual(settings.working_day_corrections[0].note, "校庆")

	def test_annexes_are_printed_as_adjusted(self):
		article = frappe.get_last_doc(REVIEW, {"docstatus": 1})
		html = frappe.get_print(REVIEW, article.name, "自制审核单")
		self.assertIn(f"选题编号：{article.topic_number}", html)
		filled = WordDocument(io.BytesIO(word.get_filler(REVIEW)(build_context(article))))
		self.assertEqual(
			[cell.text for cell in filled.tables[0].rows[1].cells], ["选题编号", article.topic_number]
		)

	def test_every_patch_was_run(self):
		run = set(frappe.get_all("Patch Log", pluck="patch"))
		self.assertEqual([patch for patch in get_patches_from_app(APP) if patch not in run], [])

	def test_running_the_patches_again_changes_nothing(self):
		frappe.clear_cache()
		before = get_rows()
		for patch in get_patches_from_app(APP):
			frappe.get_attr(f"{patch.split(maxsplit=1)[0]}.execute")()
		after = get_rows()
		self.assertEqual({table for table in after if before.get(table) != after[table]}, set())


def main(site: str, step: str, file: str) -> int:
	frappe.init(site=site)
	frappe.connect()
	try:
		if step == "take":
			Path(file).write_text(json.dumps(get_rows()), encoding="utf-8")
			return 0
		frappe.flags.in_test = True  # notices are written here and rolled back, not by a worker that may run
		TestUpgrade.before = json.loads(Path(file).read_text(encoding="utf-8"))
		return not unittest.main(module=__name__, argv=["upgrade"], exit=False).result.wasSuccessful()
	finally:
		frappe.destroy()


if __name__ == "__main__":
	sys.exit(main(*sys.argv[1:]))
