"""The package for the Publicity Department (Article 6)."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import frappe
from docx import Document as WordDocument
from frappe.utils import add_days
from frappe.utils.synchronization import filelock
from openpyxl import load_workbook

from nmedia_app import files
from nmedia_app.audit_api import get_round_overview
from nmedia_app.services import audit_package, closures
from nmedia_app.services.archive import BEGINNING
from nmedia_app.services.audit_package import PackageError, get_path, make_package, run
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OFFICE, UNIT_HEAD
from nmedia_app.tests.test_annex_templates import new_template
from nmedia_app.tests.unit.word_templates import docx_of
from nmedia_app.tests.utils import (
	Browser,
	NmediaTestCase,
	RestTestCase,
	forget_job,
	get_job_of,
	messages,
	run_job,
)

ROUND, FILING = "Annual Audit Round", "Account Filing"
MAKE = "nmedia_app.package_api.make_package"
DOWNLOAD = "/api/method/nmedia_app.package_api.download_package"


def write(round_doc) -> bytes:
	"""Return the package of a round as it would be written now."""
	file = io.BytesIO()
	frappe.set_user("Administrator")
	audit_package.write_package(round_doc, file)
	return file.getvalue()


def open_package(content: bytes) -> zipfile.ZipFile:
	return zipfile.ZipFile(io.BytesIO(content))


def get_round(audit):
	return frappe.get_doc(ROUND, audit.round)


class TestContent(NmediaTestCase):
	"""Article 6: everything that the Publicity Department asks for, in folders that a person can read."""

	def get_folder(self, archive: zipfile.ZipFile, audit) -> dict[str, bytes]:
		"""Return the files of an account's folder."""
		folder = f"/{audit.platform} {audit.account_name}/"
		return {name.split("/")[-1]: archive.read(name) for name in archive.namelist() if folder in name}

	def test_summary_comes_first_as_workbook_and_as_word_file(self):
		audit = factories.make_audit()
		archive = open_package(write(get_round(audit)))
		workbook, word = archive.namelist()[:2]
		self.assertEqual([workbook, word], ["2031年度新媒体年审/汇总.xlsx", "2031年度新媒体年审/汇总.docx"])
		cells = [
			cell
			for sheet in load_workbook(io.BytesIO(archive.read(workbook)))
			for row in sheet.iter_rows(values_only=True)
			for cell in row
		]
		self.assertIn(audit.account_name, cells)
		tables = WordDocument(io.BytesIO(archive.read(word))).tables
		self.assertIn(audit.account_name, [row.cells[2].text for row in tables[1].rows])

	def test_folder_of_an_account_has_its_audit_its_annex_and_its_materials(self):
		audit = factories.fill_in_audit(factories.make_audit())
		folder = self.get_folder(open_package(write(get_round(audit))), audit)
		self.assertEqual(
			[*folder],
			[
				"1 年审表.docx",
				"2 备案信息表（附件1）.docx",
				"3 年审表（签字盖章）.txt",
				"4 账号及管理员名单.txt",
				"5 备案证明.txt",
				"6 阅读量前十的推文截图.txt",
				"7 自查总结.txt",
				"8 违规内容情况说明.txt",
			],
		)
		self.assertEqual(folder["4 账号及管理员名单.txt"], "账号及管理员名单".encode())
		self.assertEqual(folder["7 自查总结.txt"], "\ufeff无".encode())
		title = WordDocument(io.BytesIO(folder["1 年审表.docx"])).paragraphs[0].text
		self.assertEqual(title, "新媒体账号年度审核表（2031年）")
		annex = WordDocument(io.BytesIO(folder["2 备案信息表（附件1）.docx"]))
		self.assertEqual(annex.tables[0].rows[0].cells[1].text, audit.account_name)

	def test_templates_in_use_are_what_it_is_made_of(self):
		for doctype, name in ((ROUND, "title"), ("Annual Audit", "number"), (FILING, "handle")):
			new_template(docx_of(f"own {{{{ {name} }}}}"), doctype).insert()
		audit = factories.make_audit(factories.make_filed_account(handle="nmedia-test"))
		archive = open_package(write(get_round(audit)))
		folder = self.get_folder(archive, audit)
		summary = archive.read("2031年度新媒体年审/汇总.docx")
		for content, expected in (
			(summary, "新媒体账号年审汇总表（2031年）"),
			(folder["1 年审表.docx"], audit.name),
			(folder["2 备案信息表（附件1）.docx"], "nmedia-test"),
		):
			text = WordDocument(io.BytesIO(content)).paragraphs[0].text
			self.assertEqual(text, f"own {expected}")

	def test_every_account_of_the_round_has_a_folder_of_its_own(self):
		round_doc = factories.make_open_round()
		names = open_package(write(round_doc)).namelist()
		forms = [name for name in names if name.endswith("1 年审表.docx")]
		self.assertEqual(len(forms), frappe.db.count("Annual Audit", {"round": round_doc.name}))
		self.assertEqual(len(names), len({name.casefold() for name in names}))

	def test_same_audits_are_the_same_bytes(self):
		audit = factories.fill_in_audit(factories.make_audit())
		round_doc = get_round(audit)
		self.assertEqual(write(round_doc), write(round_doc))

	def test_entries_tell_nothing_of_time_and_place(self):
		archive = open_package(write(get_round(factories.make_audit())))
		self.assertEqual({entry.date_time for entry in archive.infolist()}, {BEGINNING})
		self.assertEqual({entry.create_system for entry in archive.infolist()}, {3})

	def test_chinese_names_are_marked_as_unicode(self):
		archive = open_package(write(get_round(factories.make_audit())))
		self.assertTrue(all(entry.flag_bits & 0x800 for entry in archive.infolist()))

	def test_names_are_those_that_windows_takes(self):
		account = factories.make_filed_account(account_name='年审<b>:"x"?*|\\/ . ')
		names = open_package(write(get_round(factories.make_audit(account)))).namelist()
		for name in names:
			for part in name.split("/"):
				self.assertNotRegex(part, r'[<>:"\\|?*]|[. ]$')
			self.assertLess(len(name), 150)

	def test_accounts_of_one_name_do_not_share_a_folder(self):
		rows = [
			frappe._dict(name=str(n), section="S", platform="微信", account_name=name)
			for n, name in enumerate(("Abc", "abc", "ABC"))
		]
		folders = list(audit_package.plan(rows))
		self.assertEqual(folders, ["01 S/微信 Abc", "01 S/微信 abc（2）", "01 S/微信 ABC（3）"])

	def test_material_whose_file_is_gone_is_told(self):
		audit = factories.fill_in_audit(factories.make_audit())
		files.find_on_disk(audit.materials[0].file).unlink()
		folder = self.get_folder(open_package(write(get_round(audit))), audit)
		self.assertIn("3 年审表（签字盖章）（文件缺失）.txt", folder)

	def test_both_are_written_of_a_material_whose_kind_changed(self):
		audit = factories.fill_in_audit(factories.make_audit())
		audit = factories.swap_kinds(audit, "备案证明", "自查总结")
		row = next(row for row in audit.materials if row.material_name == "备案证明")
		row.text = "见附件"
		audit.save()
		folder = self.get_folder(open_package(write(get_round(audit))), audit)
		self.assertEqual(folder["5 备案证明.txt"], "\ufeff见附件".encode())
		self.assertEqual(folder["5 备案证明（2）.txt"], "备案证明".encode())
		self.assertEqual(folder["7 自查总结.txt"], "\ufeff无".encode())

	def test_address_that_leads_out_of_the_files_is_not_followed(self):
		for url in ("/private/files/../../site_config.json", "/files/x", "/etc/passwd", "", None):
			self.assertIsNone(files.find_on_disk(url))


class TestMaking(RestTestCase):
	"""The package is made by the General Office, as a whole or not at all, and stays what was reported."""

	def setUp(self):
		super().setUp()
		self.audit = self.committed(factories.make_audit())
		self.round_doc = get_round(self.audit)
		self.path = get_path(self.round_doc)
		frappe.set_user("Administrator")

	def tearDown(self):
		self.path.unlink(missing_ok=True)
		self.path.with_suffix(".part").unlink(missing_ok=True)
		frappe.db.delete("Notification Log", {"document_type": ROUND})
		super().tearDown()

	def test_round_knows_its_package(self):
		digest = make_package(round_name=self.round_doc.name)
		round_doc = self.fresh(self.round_doc)
		self.assertEqual(round_doc.package_digest, digest)
		self.assertEqual(round_doc.package_size, self.path.stat().st_size)
		self.assertTrue(round_doc.package_made_on)
		self.assertEqual(round_doc.modified, self.round_doc.modified)
		self.assertEqual(make_package(round_name=self.round_doc.name), digest)

	def test_who_asked_is_told(self):
		frappe.set_user(OFFICE)
		run(self.round_doc.name)
		told = frappe.get_all("Notification Log", {"for_user": OFFICE, "document_name": self.round_doc.name})
		self.assertEqual(len(told), 1)

	def test_job_that_ends_half_way_leaves_the_package_of_before(self):
		digest = make_package(round_name=self.round_doc.name)
		before = self.path.read_bytes()
		for doc in (self.round_doc, self.audit):
			frappe.db.set_value(doc.doctype, doc.name, "title", "另一标题")
		self.committed(self.round_doc)
		full_disk = patch.object(audit_package.Archive, "add", side_effect=OSError("no space left"))
		with full_disk, self.assertRaises(OSError):
			make_package(round_name=self.round_doc.name)
		self.assertEqual(self.path.read_bytes(), before)
		self.assertEqual(self.fresh(self.round_doc).package_digest, digest)
		self.assertNotEqual(make_package(round_name=self.round_doc.name), digest)
		self.assertFalse(self.path.with_suffix(".part").exists())

	def test_one_worker_at_a_time(self):
		with filelock(f"nmedia_package_{self.round_doc.name}"):
			run(self.round_doc.name)
		self.assertFalse(self.path.exists())

	def test_planned_round_has_no_package(self):
		frappe.db.set_value(ROUND, self.round_doc.name, "stage", "Draft")
		with self.assertRaises(PackageError):
			make_package(round_name=self.round_doc.name)

	def test_package_of_a_reported_round_stays(self):
		make_package(round_name=self.round_doc.name)
		frappe.db.set_value(ROUND, self.round_doc.name, "stage", "Reported")
		self.committed(self.round_doc)
		with self.assertRaises(PackageError):
			make_package(round_name=self.round_doc.name)
		response = Browser.of(OFFICE).call(MAKE, name=self.round_doc.name)
		self.assertEqual(response.status_code, 417)

	def test_package_older_than_its_audits_is_not_reported(self):
		make_package(round_name=self.round_doc.name)
		self.assertFalse(audit_package.is_out_of_date(self.fresh(self.round_doc)))
		factories.fill_in_audit(self.audit)
		self.assertTrue(audit_package.is_out_of_date(frappe.get_doc(ROUND, self.round_doc.name)))

	def test_overview_tells_that_the_package_is_outdated_until_it_is_reported(self):
		make_package(round_name=self.round_doc.name)
		self.assertFalse(get_round_overview(self.round_doc.name)["is_outdated"])
		frappe.set_user("Administrator")
		closures.set_account_status(account=self.audit.account, status="Pending Closure")
		self.assertTrue(get_round_overview(self.round_doc.name)["is_outdated"])
		frappe.db.set_value(ROUND, self.round_doc.name, "stage", "Reported")
		self.assertFalse(get_round_overview(self.round_doc.name)["is_outdated"])

	def test_package_older_than_its_accounts_entries_is_not_reported(self):
		make_package(round_name=self.round_doc.name)
		closures.set_account_status(account=self.audit.account, status="Pending Closure")
		self.assertTrue(audit_package.is_out_of_date(frappe.get_doc(ROUND, self.round_doc.name)))

	def test_package_that_missed_what_was_being_saved_is_not_reported(self):
		"""What was begun before the package, and committed after it, is not in it."""
		with ThreadPoolExecutor(max_workers=1) as other:
			other.submit(self.save_elsewhere, frappe.local.site, frappe.local.sites_path).result()
			make_package(round_name=self.round_doc.name)
			other.submit(lambda: frappe.db.commit()).result()
			other.submit(frappe.destroy).result()
		self.assertTrue(audit_package.is_out_of_date(self.fresh(self.round_doc)))

	def save_elsewhere(self, site: str, sites_path: str):
		"""Save the audit in another request, which is not through yet."""
		frappe.init(site=site, sites_path=sites_path)
		frappe.connect()
		frappe.db.set_value("Annual Audit", self.audit.name, "self_assessment", "补充的自评")

	def test_package_of_another_closing_day_is_not_reported(self):
		"""The workbook names each audit's last day."""
		make_package(round_name=self.round_doc.name)
		round_doc = self.fresh(self.round_doc)
		round_doc.closes_on = add_days(round_doc.closes_on, 3)
		round_doc.save()
		self.assertTrue(audit_package.is_out_of_date(round_doc))

	def test_general_office_alone_makes_it(self):
		for user in (EDITOR, CHIEF, LEADER, UNIT_HEAD):
			response = Browser.of(user).call(MAKE, name=self.round_doc.name)
			self.assertEqual(response.status_code, 403, user)
		by_link = Browser.of(OFFICE).get(f"/api/method/{MAKE}", name=self.round_doc.name)
		self.assertEqual(by_link.status_code, 403)

	def test_it_is_made_in_the_background(self):
		about = (audit_package.JOB, self.round_doc.name)
		forget_job(*about)
		self.addCleanup(forget_job, *about)
		response = Browser.of(OFFICE).call(MAKE, name=self.round_doc.name)
		self.assertEqual(response.status_code, 200, messages(response))
		run_job(get_job_of(*about))
		self.assertTrue(self.fresh(self.round_doc).package_digest)

	def test_it_is_sent_under_its_chinese_name(self):
		make_package(round_name=self.round_doc.name)
		for user in (OFFICE, UNIT_HEAD, LEADER, factories.SYSTEM_MANAGER):
			response = Browser.of(user).get(DOWNLOAD, name=self.round_doc.name)
			self.assertEqual(response.status_code, 200, user)
			self.assertEqual(response.get_data(), self.path.read_bytes())
		self.assertEqual(
			response.headers["Content-Disposition"],
			"attachment; filename=\"NM-ROUND-2031.zip\"; filename*=UTF-8''"
			"2031%E5%B9%B4%E5%BA%A6%E6%96%B0%E5%AA%92%E4%BD%93%E5%B9%B4%E5%AE%A1.zip",
		)

	def test_people_of_the_sections_do_not_get_it(self):
		make_package(round_name=self.round_doc.name)
		for user in (EDITOR, CHIEF, factories.STRANGER):
			response = Browser.of(user).get(DOWNLOAD, name=self.round_doc.name)
			self.assertEqual(response.status_code, 403, user)

	def test_file_that_is_not_what_was_made_is_not_sent(self):
		make_package(round_name=self.round_doc.name)
		with self.path.open("ab") as file:
			file.write(b"x")
		response = Browser.of(OFFICE).get(DOWNLOAD, name=self.round_doc.name)
		self.assertEqual(response.status_code, 417)
		self.assertIn("make it again", messages(response))

	def test_nobody_sets_the_digest_by_hand(self):
		for field in audit_package.NOTED:
			value = "2026-11-23 10:00:00" if field == "package_made_on" else 1
			response = Browser.of(OFFICE).put(
				f"/api/resource/{ROUND}/{self.round_doc.name}", **{field: value}
			)
			self.assertNotEqual(response.status_code, 200, field)

	def test_it_is_no_file_that_somebody_could_open_by_its_address(self):
		make_package(round_name=self.round_doc.name)
		self.assertNotIn("files", self.path.parts)
		for folder in ("/private/nmedia_packages", "/private/files/../nmedia_packages"):
			response = Browser.of(OFFICE).get(f"{folder}/{self.path.name}")
			self.assertNotEqual(response.status_code, 200)
