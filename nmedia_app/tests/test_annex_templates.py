"""An administrator's own Word templates: checked when they come, one in use for each document type."""

import io
import unittest
from pathlib import Path
from unittest.mock import patch

import frappe
from docx import Document as WordDocument

from nmedia_app.files import read_bytes
from nmedia_app.nmedia_app.print_formats import word
from nmedia_app.nmedia_app.print_formats.annexes import ANNEXES, build_context, get_form_type
from nmedia_app.nmedia_app.print_formats.placeholders import PLACEHOLDERS
from nmedia_app.selectors.annex_templates import get_placeholders, get_template
from nmedia_app.services.office import convert_to_pdf, get_office
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, OFFICE
from nmedia_app.tests.unit.word_templates import docx_of, docx_of_rows
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

FILING, REVIEW = "Account Filing", "Article Review"
AUDIT, ROUND = "Annual Audit", "Annual Audit Round"
SOUND = docx_of_rows(["名称", "{{ account_name }}"], ["备注", "{{ remarks }}"])


def upload(content: bytes, name: str = ""):
	"""Upload a file into a form that is not saved yet, as the desk does."""
	return frappe.get_doc(
		doctype="File",
		file_name=name or f"own-{frappe.generate_hash(length=8)}.docx",
		is_private=1,
		content=content,
	).insert()


def new_template(content: bytes = SOUND, doctype: str = FILING, **values):
	file = upload(content)
	return frappe.get_doc(
		{
			"doctype": "Annex Template",
			"document_type": doctype,
			"file": file.file_url,
			"is_active": 1,
			**values,
		}
	)


def fresh(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def rows_of(doc) -> list[list[str]]:
	content = word.get_filler(doc.doctype)(build_context(doc))
	return [[cell.text for cell in row.cells] for row in WordDocument(io.BytesIO(content)).tables[0].rows]


class TestTemplateInUse(NmediaTestCase):
	def test_word_is_made_of_it(self):
		new_template().insert()
		filing = factories.make_filing(remarks="一\n二")
		self.assertEqual(rows_of(filing), [["名称", filing.account_name], ["备注", "一\n二"]])

	def test_without_one_the_shipped_one_is_in_use(self):
		self.assertEqual(get_template(FILING), ANNEXES[FILING].template.read_bytes())
		template = new_template(is_active=0).insert()
		self.assertEqual(get_template(FILING), ANNEXES[FILING].template.read_bytes())
		template.update({"is_active": 1}).save()
		self.assertEqual(get_template(FILING), SOUND)
		template.update({"is_active": 0}).save()
		self.assertEqual(get_template(FILING), ANNEXES[FILING].template.read_bytes())

	def test_one_a_document_type(self):
		first = new_template().insert()
		other = new_template(docx_of("{{ media }}"), REVIEW).insert()
		second = new_template(docx_of("{{ handle }}")).insert()
		self.assertEqual([fresh(first).is_active, fresh(other).is_active, second.is_active], [0, 1, 1])
		self.assertEqual(get_template(FILING), docx_bytes(second))

	def test_earlier_one_is_brought_back(self):
		first = new_template().insert()
		second = new_template(docx_of("{{ handle }}")).insert()
		fresh(first).update({"is_active": 1}).save()
		self.assertEqual(get_template(FILING), SOUND)
		self.assertEqual(fresh(second).is_active, 0)

	def test_file_and_type_stay_as_they_were_checked(self):
		template = new_template().insert()
		for values in ({"file": upload(docx_of("{{ handle }}")).file_url}, {"document_type": REVIEW}):
			with self.subTest(values), self.assertRaises(frappe.ValidationError):
				fresh(template).update(values).save()

	def test_digest_is_not_a_users_to_set(self):
		template = new_template().insert()
		digest = template.digest
		template.update({"digest": "0" * 64}).save()
		self.assertEqual(fresh(template).digest, digest)

	def test_file_that_was_changed_on_the_disk_is_not_used(self):
		template = new_template().insert()
		template.db_set("digest", "0" * 64)
		with self.assertRaisesRegex(frappe.ValidationError, "gone or was changed"):
			get_template(FILING)

	def test_one_in_use_is_not_deleted(self):
		template = new_template().insert()
		with self.assertRaisesRegex(frappe.ValidationError, "in use"):
			template.delete()
		fresh(template).update({"is_active": 0}).save()
		template.delete()

	def test_title_is_the_files_name(self):
		title = new_template().insert().title
		self.assertTrue(title.startswith("own") and not title.endswith(".docx"), title)
		self.assertEqual(new_template(title="自制").insert().title, "自制")

	def test_there_are_templates_of_every_annex(self):
		options = frappe.get_meta("Annex Template").get_field("document_type").options.split("\n")
		self.assertEqual(sorted(options), sorted({get_form_type(doctype) for doctype in ANNEXES}))
		self.assertEqual(sorted(options), sorted(PLACEHOLDERS))

	def test_account_prints_the_form_of_its_filing(self):
		new_template().insert()
		account = factories.make_filed_account(remarks="一")
		self.assertEqual(rows_of(account), [["名称", account.account_name], ["备注", "一"]])


class TestAuditTemplates(NmediaTestCase):
	"""Article 6: the forms of the audit are the Publicity Department's to change, so they have templates."""

	def test_word_is_made_of_them(self):
		new_template(docx_of_rows(["{{ number }}", "{{ platform }}"]), AUDIT).insert()
		new_template(docx_of_rows(["{{ title }}", "{{ totals.total }}"]), ROUND).insert()
		audit = factories.make_audit()
		self.assertEqual(rows_of(audit), [[audit.name, audit.platform]])
		count = frappe.db.count(AUDIT, {"round": audit.round})
		self.assertEqual(
			rows_of(frappe.get_doc(ROUND, audit.round)), [["新媒体账号年审汇总表（2031年）", str(count)]]
		)

	def test_list_of_placeholders_is_what_is_printed(self):
		audit = factories.fill_in_audit(factories.make_audit())
		audit.append("filings", {"filing": "F-1"})
		audit.append("incidents", {"what": "误发通知"})
		for doc in (audit, frappe.get_doc(ROUND, audit.round)):
			with self.subTest(doc.doctype):
				context = build_context(doc)
				names = {one.name for one in PLACEHOLDERS[doc.doctype]} - {"extras.label", "extras.value"}
				groups = {name.partition(".")[0] for name in names if "." in name}
				self.assertEqual(names | groups, names_in(context))


def names_in(context: dict) -> set[str]:
	"""Return the names in a context as a template writes them: those of lists and groups with a dot."""
	names = set(context)
	for group, value in context.items():
		members = value[0] if isinstance(value, list) and value else value
		if isinstance(members, dict):
			names |= {f"{group}.{member}" for member in members}
	return names


def docx_bytes(template) -> bytes:
	return read_bytes(template, template.file)


class TestFaultyTemplate(NmediaTestCase):
	def test_faults_are_said_in_the_users_words(self):
		language = frappe.local.lang
		try:
			frappe.local.lang = "zh"
			with self.assertRaises(frappe.ValidationError) as caught:
				new_template(docx_of("", "{{ account_nam }}")).insert()
		finally:
			frappe.local.lang = language
		self.assertIn("位于第 2 段：没有占位符“account_nam”，是否应为 account_name？", str(caught.exception))

	def test_faults_are_escaped(self):
		with self.assertRaises(frappe.ValidationError) as caught:
			new_template(docx_of("{{ '<img src=x>' | x }}")).insert()
		self.assertNotIn("<img", str(caught.exception))

	def test_faulty_one_is_not_saved(self):
		for content in (
			docx_of("{{ x }}"),
			docx_of("plain"),
			docx_of("{{ opinion.__class__ }}"),
			b"PK\3\4 broken",
		):
			with self.subTest(content[:20]), self.assertRaises(frappe.ValidationError):
				new_template(content).insert()
		self.assertEqual(frappe.db.count("Annex Template", {"document_type": FILING}), 0)

	def test_other_kinds_are_refused(self):
		file = upload(b"%PDF-1.4 x", "own.pdf")
		template = frappe.get_doc(doctype="Annex Template", document_type=FILING, file=file.file_url)
		with self.assertRaisesRegex(frappe.ValidationError, "no Word document"):
			template.insert()

	def test_sound_once_and_broken_by_a_new_rule_is_not_brought_back(self):
		template = new_template(is_active=0).insert()
		placeholders = tuple(one for one in PLACEHOLDERS[FILING] if one.name != "remarks")
		with (
			patch.dict(PLACEHOLDERS, {FILING: placeholders}),
			self.assertRaisesRegex(frappe.ValidationError, "remarks"),
		):
			template.update({"is_active": 1}).save()


class TestTemplateThatBecameUnusable(NmediaTestCase):
	"""Whatever became of a template: there is a way back to another one, and to the app's own."""

	def setUp(self):
		super().setUp()
		self.template = new_template(docx_of("{{ remarks }}")).insert()
		names = tuple(one for one in PLACEHOLDERS[FILING] if one.name != "remarks")
		patched = patch.dict(PLACEHOLDERS, {FILING: names})
		patched.start()
		self.addCleanup(patched.stop)

	def lose_file(self):
		Path(frappe.get_site_path(self.template.file.lstrip("/"))).unlink()

	def test_it_can_be_taken_out_of_use_and_deleted(self):
		template = fresh(self.template)
		template.update({"is_active": 0}).save()
		self.assertEqual(get_template(FILING), ANNEXES[FILING].template.read_bytes())
		template.delete()

	def test_it_can_be_replaced(self):
		other = new_template(docx_of("{{ account_name }}")).insert()
		self.assertEqual(get_template(FILING), docx_bytes(other))
		self.assertFalse(fresh(self.template).is_active)

	def test_its_preview_says_what_is_wrong(self):
		with self.assertRaisesRegex(frappe.ValidationError, "no placeholder “remarks”"):
			word.preview_template(self.template.name)

	def test_one_whose_file_is_gone_can_be_taken_out_of_use_and_deleted(self):
		self.lose_file()
		template = fresh(self.template)
		template.update({"is_active": 0}).save()
		self.assertEqual(get_template(FILING), ANNEXES[FILING].template.read_bytes())
		template.delete()

	def test_one_whose_file_is_gone_can_be_replaced(self):
		self.lose_file()
		other = new_template(docx_of("{{ account_name }}")).insert()
		self.assertEqual(get_template(FILING), docx_bytes(other))


class TestCustomFields(NmediaTestCase):
	"""A custom field prints in a row of its own, or where the template places it."""

	def with_field(self):
		field = frappe.get_doc(
			doctype="Custom Field",
			dt=FILING,
			fieldname="nmedia_test_column",
			label="Test Column",
			fieldtype="Data",
			insert_after="remarks",
		)
		meta = frappe.get_meta(FILING)
		extra = frappe._dict(field.as_dict(), is_custom_field=1)
		return patch.object(meta, "fields", [*meta.fields, extra])

	def filing(self):
		return factories.new_filing(name="NM-FIL-0", nmedia_test_column="Value <of> the field", remarks="R")

	def test_row_of_its_own_before_the_remarks(self):
		with self.with_field():
			new_template().insert()
			self.assertEqual(
				rows_of(self.filing())[-2:], [["Test Column", "Value <of> the field"], ["备注", "R"]]
			)

	def test_template_with_no_room_for_the_row_is_refused(self):
		begin, end = [["{%tr if has_measures %}"]] * 10, [["{%tr endif %}"]] * 10
		new_template(docx_of_rows(*begin, ["{{ remarks }}"], *end)).insert()
		with self.assertRaisesRegex(frappe.ValidationError, "extra in extras"):
			new_template(docx_of_rows(*begin, ["备注：{{ remarks }}"], *end)).insert()

	def test_template_that_places_it_gets_it_there_and_nowhere_else(self):
		own = docx_of_rows(["A", "{{ nmedia_test_column }}"], ["备注", "{{ remarks }}"])
		with self.with_field():
			self.assertIn("nmedia_test_column", [one.name for one in get_placeholders(FILING)])
			new_template(own).insert()
			self.assertEqual(rows_of(self.filing()), [["A", "Value <of> the field"], ["备注", "R"]])

	def test_template_that_places_one_that_was_hidden_later_leaves_its_place_empty(self):
		own = docx_of_rows(["A", "{{ nmedia_test_column }}"])
		with self.with_field() as fields:
			new_template(own).insert()
			fields[-1].print_hide = 1
			self.assertEqual(rows_of(self.filing()), [["A", ""]])

	def test_account_without_the_field_prints_the_filings_template(self):
		account = factories.make_filed_account()
		with self.with_field():
			new_template(docx_of_rows(["A", "{{ nmedia_test_column }}"])).insert()
			self.assertEqual(rows_of(account), [["A", ""]])

	def test_one_that_the_reader_may_not_see_is_empty(self):
		own = docx_of_rows(["A", "{{ nmedia_test_column }}"])
		with self.with_field() as fields:
			new_template(own).insert()
			fields[-1].permlevel = 3
			filing = self.filing()  # reads the fields, which a change of user forgets
			frappe.set_user(EDITOR)
			self.assertEqual(rows_of(filing), [["A", ""]])


class TestEndpoints(RestTestCase):
	"""Templates are the administrator's; everybody's Word file is made of the one in use."""

	def address(self, endpoint: str) -> str:
		return f"/api/method/nmedia_app.nmedia_app.print_formats.word.{endpoint}"

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		for name in frappe.get_all("Annex Template", pluck="name"):
			frappe.db.set_value("Annex Template", name, {"is_active": 0, "active_for": None})
			frappe.delete_doc("Annex Template", name, force=True)
		frappe.db.commit()
		super().tearDown()

	def test_download_is_made_of_the_template_in_use(self):
		self.committed(new_template().insert())
		filing = self.committed(factories.make_filing())
		response = Browser.of(EDITOR).get(self.address("download_word"), doctype=FILING, name=filing.name)
		table = WordDocument(io.BytesIO(response.data)).tables[0]
		self.assertEqual(table.cell(0, 1).text, filing.account_name)

	def test_others_neither_read_nor_bring_templates(self):
		template = self.committed(new_template().insert())
		for user in (EDITOR, CHIEF, OFFICE):
			browser = Browser.of(user)
			for endpoint, values in (
				("preview_template", {"name": template.name}),
				("download_placeholders", {"document_type": FILING}),
				("download_shipped_template", {"document_type": FILING}),
			):
				self.assertEqual(browser.get(self.address(endpoint), **values).status_code, 403)
			self.assertEqual(browser.get(f"/api/resource/Annex Template/{template.name}").status_code, 403)
			self.assertEqual(browser.get(template.file).status_code, 403)

	def test_list_of_placeholders_and_shipped_template(self):
		from openpyxl import load_workbook

		frappe.set_user("Administrator")
		sheet = load_workbook(io.BytesIO(word.download_placeholders(FILING).data)).active
		names = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
		self.assertEqual(names, [one.name for one in get_placeholders(FILING)])
		shipped = word.download_shipped_template(REVIEW)
		self.assertEqual(shipped.data, ANNEXES[REVIEW].template.read_bytes())

	def test_preview_without_office_is_a_word_file(self):
		frappe.set_user("Administrator")
		template = new_template().insert()
		with patch.object(word, "get_office", return_value=None):
			response = word.preview_template(template.name)
		self.assertIn("〔账号名称〕", WordDocument(io.BytesIO(response.data)).tables[0].cell(0, 1).text)

	@unittest.skipUnless(get_office(), "needs LibreOffice")
	def test_preview_is_a_pdf(self):
		frappe.set_user("Administrator")
		template = new_template().insert()
		response = word.preview_template(template.name)
		self.assertTrue(response.data.startswith(b"%PDF"))
		self.assertTrue(response.headers["Content-Disposition"].startswith("inline"))
		with patch.object(word, "convert_to_pdf", side_effect=AssertionError("kept")):
			self.assertEqual(word.preview_template(template.name).data, response.data)

	@unittest.skipUnless(get_office(), "needs LibreOffice")
	def test_office_reads_what_the_shipped_templates_give(self):
		for doctype, annex in ANNEXES.items():
			sample = word.make_sample(get_placeholders(doctype))
			self.assertTrue(convert_to_pdf(word.render(annex.template, sample)).startswith(b"%PDF"))
