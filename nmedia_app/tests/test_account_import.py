"""The register from a spreadsheet: each faulty row is named, and no good row is lost."""

import io
import itertools
import json
from datetime import datetime
from pathlib import Path
from unittest.mock import patch
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import frappe
from frappe.core.doctype.data_import.data_import import start_import
from frappe.utils import add_days, strip_html, today
from openpyxl import Workbook, load_workbook

from nmedia_app import roles
from nmedia_app.account_import import FAULTS, INSERT, workbook
from nmedia_app.account_import.template import make_template
from nmedia_app.account_import.translation import EXAMPLES
from nmedia_app.install import purge
from nmedia_app.language import speaking
from nmedia_app.services import account_import
from nmedia_app.tests import factories
from nmedia_app.tests.utils import Browser, RestTestCase, messages

WECHAT, WEIBO = "导入测试微信", "导入测试微博"
LEFT, TWIN, OTHER_TWIN = (f"{name}@import.nmedia.example" for name in ("left", "twin", "other.twin"))
ROWS = 500
DOCS = Path(__file__).parents[2] / "docs"

HEADINGS = {
	"account_name": "账号名称",
	"platform": "平台",
	"handle": "微博网址/微信号",
	"status": "状态",
	"section": "科室",
	"account_holder": "账号主体",
	"supervising_unit": "主管单位",
	"opened_on": "开通时间",
	"followers": "当前粉丝数",
	"server_use": "服务器",
	"server_location": "服务器设置地点",
	"supervising_leader": "分管领导",
	"administrator": "管理员",
	"business_lead": "业务负责人",
	"business_lead_phone": "业务负责人电话",
}
#: the ways to write one thing, taken in turn
DAYS = (datetime(2020, 6, 10), "2020-06-10", "2020年6月10日", "2020/6/10", "20200610", 43992)
STATUSES = ("在用", "筹建", "待关闭", "已关闭", "Active")
LEADERS = (factories.LEADER, "处长")
ADMINISTRATORS = (factories.EDITOR, "Editor O'Hara", "编辑二", None)


def good_row(number: int) -> dict:
	"""Return the cells of an account without a fault, each time written in another way."""
	is_weibo = number % 4 == 0
	return {
		"account_name": f"导入测试{number:04}",
		"platform": WEIBO if is_weibo else WECHAT,
		"handle": f"https://weibo.example/import{number}" if is_weibo else f"import_{number:04}",
		"status": STATUSES[number % len(STATUSES)],
		"section": factories.SECTION,
		"account_holder": ("本单位", "其他单位", "个人")[number % 3],
		"supervising_unit": "信息化建设与管理处",
		"opened_on": DAYS[number % len(DAYS)],
		"followers": (number, f"{number:,}", "1.2万")[number % 3],
		"server_use": ("不涉及数据服务", "涉及数据服务")[number % 2],
		"server_location": ("", "校内机房")[number % 2],
		"supervising_leader": LEADERS[number % 2],
		"administrator": ADMINISTRATORS[number % 4],
		"business_lead": "科室负责人",
		"business_lead_phone": (13800000000, "029-88400000")[number % 2],
	}


#: row of the sheet → the cells that make it faulty, and what its fault says
FAULTY = {
	10: ({"business_lead_phone": "12"}, "业务负责人电话：12 不是有效的电话号码"),
	35: ({"platform": WECHAT, "handle": "微信号"}, "微信号：微信号 不是微信号"),
	60: ({"platform": WEIBO, "handle": "weibo"}, "weibo 不是网址"),
	85: ({"followers": -1}, "当前粉丝数不能为负数"),
	110: ({"account_holder": "个人", "account_name": "西 工 大校友"}, "中含有保留名称"),
	135: ({"platform": WECHAT, "handle": "import_0049", "status": "在用"}, "import_0049"),
	160: ({"platform": WECHAT, "handle": "Import-Live", "status": "在用"}, "导入测试在用号"),
	185: ({"account_name": None}, "A185 账号名称：未填写"),
	210: ({"platform": None}, "B210 平台：未填写"),
	235: ({"platform": "抖音号"}, "B235 平台：没有“抖音号”"),
	260: ({"section": "没有的科室"}, "E260 科室：没有“没有的科室”"),
	285: ({"administrator": "无名氏"}, "M285 管理员：没有用户“无名氏”"),
	310: ({"administrator": LEFT}, "M310 管理员：“离职编辑”不能登录"),
	335: ({"supervising_leader": "编辑二"}, "L335 分管领导：“编辑二”不能登录"),
	360: ({"administrator": "同名编辑"}, "M360 管理员：有 2 人名为“同名编辑”"),
	385: ({"status": "运行"}, "D385 状态：“运行”不在可选范围内"),
	410: ({"opened_on": "开学时"}, "H410 开通时间：“开学时”不是日期"),
	435: ({"opened_on": add_days(today(), 9)}, "开通时间不能晚于今天"),
	460: ({"server_use": "涉及数据服务", "server_location": None}, "服务器设置地点"),
	485: ({"followers": "很多"}, "I485 当前粉丝数：“很多”不是数字"),
}


def make_rows() -> list[dict]:
	"""Return the cells of rows 2 to 501 of the sheet."""
	return [good_row(number) | FAULTY.get(number, ({},))[0] for number in range(2, ROWS + 2)]


def make_workbook(rows: list[dict], headings: list[str] | None = None) -> bytes:
	book = Workbook()
	book.active.append(headings or list(HEADINGS.values()))
	for row in rows:
		book.active.append([row[name] for name in HEADINGS])
	buffer = io.BytesIO()
	book.save(buffer)
	return buffer.getvalue()


class ImportTestCase(RestTestCase):
	"""An import runs and commits as it does for an administrator whose language is Chinese."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		factories.make_platform(WECHAT, "WeChat")
		factories.make_platform(WEIBO, "Weibo")
		factories.make_user(LEFT, "离职编辑", roles.EDITOR)
		frappe.db.set_value("User", LEFT, "enabled", 0)
		for twin in (TWIN, OTHER_TWIN):
			factories.make_user(twin, "同名编辑", roles.EDITOR)
		cls.language = frappe.db.get_value("User", factories.SYSTEM_MANAGER, "language")
		cls.set_language("zh")

	@classmethod
	def set_language(cls, language: str):
		frappe.db.set_value("User", factories.SYSTEM_MANAGER, "language", language)
		frappe.clear_cache(user=factories.SYSTEM_MANAGER)
		frappe.db.commit()

	@classmethod
	def tearDownClass(cls):
		cls.set_language(cls.language)
		for user in (LEFT, TWIN, OTHER_TWIN):
			frappe.delete_doc("User", user, force=True)
		for platform in (WECHAT, WEIBO, "抖音号"):
			frappe.delete_doc("Media Platform", platform, force=True, ignore_missing=True)
		frappe.db.commit()
		super().tearDownClass()

	def setUp(self):
		super().setUp()
		self.before = frappe.get_all("Media Account", pluck="name")
		frappe.set_user(factories.SYSTEM_MANAGER)
		frappe.local.lang = "zh"

	def tearDown(self):
		frappe.local.lang = "en"
		frappe.flags.mute_emails = False
		frappe.set_user("Administrator")
		frappe.db.rollback()
		purge("Media Account", {"name": ["not in", self.before]})
		for name in frappe.get_all(
			"Data Import", filters={"reference_doctype": "Media Account"}, pluck="name"
		):
			frappe.db.delete("Data Import Log", {"data_import": name})
			frappe.delete_doc("Data Import", name, force=True, delete_permanently=True)
		frappe.db.commit()
		super().tearDown()

	def attach(self, content: bytes, file_name: str = "台账.xlsx"):
		"""Make an import and attach a file to it, as the form does."""
		doc = frappe.get_doc(
			doctype="Data Import", reference_doctype="Media Account", import_type=INSERT, mute_emails=1
		).insert()
		self.uploaded = frappe.get_doc(
			doctype="File",
			file_name=file_name,
			attached_to_doctype=doc.doctype,
			attached_to_name=doc.name,
			attached_to_field="import_file",
			is_private=1,
			content=content,
		).insert()
		doc.import_file = self.uploaded.file_url
		doc.save()
		frappe.db.commit()
		return doc

	def run_import(self, doc):
		"""Run an import as its background job does; return its failed rows with what is said of them."""
		frappe.local.lang = "en"  # a job begins in the site's language
		start_import(doc.name)
		frappe.local.lang = "zh"
		doc.reload()
		logs = frappe.get_all(
			"Data Import Log",
			filters={"data_import": doc.name, "success": 0},
			fields=["row_indexes", "messages"],
		)
		said = {}
		for log in logs:
			(row,) = json.loads(log.row_indexes)
			said[row] = strip_html(account_import.say_messages(log.messages))
		return said

	def count_new(self) -> int:
		return frappe.db.count("Media Account", {"name": ["not in", self.before]})


class TestRegisterImport(ImportTestCase):
	"""Article 4: every account of the unit is in the register."""

	def test_500_accounts_with_20_faulty_rows(self):
		frappe.get_doc(
			doctype="Media Account",
			account_name="导入测试在用号",
			platform=WECHAT,
			handle="import-live",
			section=factories.SECTION,
			status="Active",
		).insert()
		frappe.db.commit()
		self.before.append(f"{WECHAT} 导入测试在用号")
		doc = self.attach(make_workbook(make_rows()))
		said = self.run_import(doc)

		self.assertEqual(doc.status, "Partial Success")
		self.assertEqual(doc.template_warnings or "", "")
		self.assertEqual(sorted(said), sorted(FAULTY))
		for row, (_cells, words) in FAULTY.items():
			self.assertIn(words, said[row], row)
		self.assertEqual(self.count_new(), ROWS - len(FAULTY))
		self.check_failed_rows(doc)
		self.check_corrected_rows(doc)
		purge("Media Account", {"name": self.before.pop()})

	def check_failed_rows(self, doc):
		"""The download of what failed has the rows as they were written, and their faults."""
		account_import.download_errored_template(doc.name)
		sheet = load_workbook(io.BytesIO(frappe.response.filecontent)).active
		rows = [list(row) for row in sheet.iter_rows(values_only=True)]
		self.assertEqual(rows[0], [*HEADINGS.values(), "导入问题"])
		self.assertEqual(len(rows), 1 + len(FAULTY))
		for row, (number, (cells, words)) in zip(rows[1:], sorted(FAULTY.items()), strict=True):
			written = dict(zip(HEADINGS, row, strict=False))
			self.assertEqual(
				{name: str(written[name]) for name in cells}, {k: str(v) for k, v in cells.items()}
			)
			self.assertIn(words, row[-1], number)

	def check_corrected_rows(self, doc):
		"""What failed, corrected in the download and attached to a new import, completes the register."""
		book = load_workbook(io.BytesIO(frappe.response.filecontent))
		for i, number in enumerate(sorted(FAULTY), 2):
			for j, value in enumerate(good_row(number).values(), 1):
				book.active.cell(i, j).value = value
		buffer = io.BytesIO()
		book.save(buffer)
		again = self.attach(buffer.getvalue(), "更正.xlsx")
		self.assertEqual(self.run_import(again), {})
		self.assertEqual(again.status, "Success")
		self.assertEqual(self.count_new(), ROWS)

	def test_cells_are_stored_as_the_form_stores_them(self):
		self.assertEqual(self.run_import(self.attach(make_workbook([good_row(n) for n in range(2, 14)]))), {})
		for number in range(2, 14):
			account = frappe.get_doc("Media Account", {"account_name": f"导入测试{number:04}"})
			self.assertEqual(str(account.opened_on), "2020-06-10")
			self.assertEqual(account.supervising_leader, factories.LEADER)
			self.assertEqual(account.followers, (number, number, 12000)[number % 3])
			self.assertEqual(account.account_holder, ("This Unit", "Another Unit", "Personal")[number % 3])
			self.assertEqual(account.business_lead_phone, ("13800000000", "029-88400000")[number % 2])
			statuses = ("Active", "In Preparation", "Pending Closure", "Closed", "Active")
			self.assertEqual(account.status, statuses[number % 5])

	def test_what_was_uploaded_is_kept(self):
		content = make_workbook([good_row(2)])
		doc = self.attach(content)
		self.assertNotEqual(doc.import_file, self.uploaded.file_url)
		self.assertEqual(frappe.get_doc("File", self.uploaded.name).get_content(), content)

	def test_what_is_missing_is_set_up_and_the_import_started_again(self):
		doc = self.attach(make_workbook([good_row(2), good_row(3) | {"platform": "抖音号"}]))
		self.assertIn("抖音号", self.run_import(doc)[3])
		frappe.set_user("Administrator")
		factories.make_platform("抖音号")
		frappe.db.commit()
		frappe.set_user(factories.SYSTEM_MANAGER)
		account_import.form_start_import(doc.name)  # runs at once in a test
		doc.reload()
		self.assertEqual((doc.status, self.count_new()), ("Success", 2))

	def test_a_column_that_the_administrator_maps_is_read_as_that_field(self):
		headings = ["何处" if text == "平台" else text for text in HEADINGS.values()]
		doc = self.attach(make_workbook([good_row(2) | {"status": "已关闭"}], headings))
		doc.template_options = json.dumps({"column_to_field_map": {"1": "platform"}})
		doc.save()
		account_import.form_start_import(doc.name)
		doc.reload()
		self.assertEqual((doc.status, self.count_new()), ("Success", 1))

	def test_rows_keep_their_numbers_between_blank_ones_and_examples_are_passed_over(self):
		blank = dict.fromkeys(HEADINGS)
		rows = [good_row(2) | {"account_name": EXAMPLES[0]}, blank, good_row(4), blank, good_row(6)]
		rows[-1]["status"] = "运行"
		said = self.run_import(self.attach(make_workbook(rows)))
		self.assertEqual((list(said), self.count_new()), ([6], 1))

	def test_a_csv_from_a_chinese_excel_is_read(self):
		cells = ["" if value is None else str(value) for value in good_row(3).values()]
		lines = [",".join(HEADINGS.values()), ",".join(cells)]
		doc = self.attach("\n".join(lines).encode("gb18030"), "台账.csv")
		self.assertEqual((self.run_import(doc), self.count_new()), ({}, 1))

	def test_a_file_that_is_no_workbook_is_refused_in_words(self):
		with self.assertRaisesRegex(frappe.ValidationError, "无法读取"):
			self.attach(b"no workbook", "台账.xlsx")

	def test_a_workbook_that_unpacks_without_end_is_not_unpacked(self):
		for method in (ZIP_BZIP2, ZIP_DEFLATED):
			bomb = io.BytesIO()
			with ZipFile(bomb, "w", method) as archive:
				archive.writestr("xl/workbook.xml", b" " * (workbook.MOST_UNPACKED + 1))
			with (
				patch.object(workbook, "load_workbook", side_effect=AssertionError("it was unpacked")),
				self.assertRaisesRegex(frappe.ValidationError, "无法读取"),
			):
				self.attach(bomb.getvalue())

	def test_markup_in_a_cell_is_shown_as_text(self):
		doc = self.attach(make_workbook([good_row(2), good_row(3) | {"platform": "<img src=x onerror=1>"}]))
		preview = account_import.get_preview_from_template(doc.name, doc.import_file)
		self.run_import(doc)
		log = frappe.get_all(
			"Data Import Log", filters={"data_import": doc.name, "success": 0}, pluck="messages"
		)
		for shown in (preview.warnings[0]["message"], log[0]):
			self.assertNotIn("<img", shown)
			self.assertIn("&lt;img", shown)

	def test_imports_of_other_doctypes_are_the_platforms(self):
		doc = frappe.get_doc(
			doctype="Data Import", reference_doctype="Media Section", import_type=INSERT, mute_emails=1
		).insert()
		doc.import_file = (
			frappe.get_doc(doctype="File", file_name="section.csv", content="Section Name\n测试三科\n")
			.insert()
			.file_url
		)
		url = doc.import_file
		doc.save()
		self.assertEqual(doc.import_file, url)
		doc.delete()


class TestPreview(ImportTestCase):
	"""The administrator sees on the form, before the import, which cells cannot be read."""

	def test_faults_of_all_rows_are_shown_in_chinese(self):
		doc = self.attach(make_workbook(make_rows()))
		browser = Browser.of(factories.SYSTEM_MANAGER)
		response = browser.call(
			"frappe.core.doctype.data_import.data_import.get_preview_from_template",
			data_import=doc.name,
			import_file=doc.import_file,
		)
		self.assertEqual(response.status_code, 200, messages(response))
		preview = response.get_json()["message"]
		headings = [column["header_title"] for column in preview["columns"][1:]]
		self.assertEqual(headings, [*HEADINGS.values(), "导入问题"])
		self.assertIn("在用", {row[4] for row in preview["data"]})
		self.assertEqual({row[8] for row in preview["data"]}, {"2020-06-10"})
		shown = {warning["row"]: warning["message"] for warning in preview["warnings"] if "row" in warning}
		named = {row: words for row, (_cells, words) in FAULTY.items() if str(row) in words}
		self.assertEqual(sorted(shown), sorted(named))
		for row, words in named.items():
			self.assertIn(words, shown[row])


class TestTemplate(ImportTestCase):
	"""The workbook to fill in has a column for each field of the form."""

	def read(self, content: bytes) -> dict:
		book = load_workbook(io.BytesIO(content))
		return {
			sheet.title: (
				[list(row) for row in sheet.iter_rows(values_only=True)],
				sorted((str(rule.sqref), rule.formula1) for rule in sheet.data_validations.dataValidation),
				[cell.comment.text for cell in sheet[1] if cell.comment],
			)
			for sheet in book.worksheets
		}

	def test_the_one_in_the_docs_is_what_the_app_makes(self):
		with speaking("zh"):
			made = self.read(make_template())
		self.assertEqual(self.read((DOCS / "media-account-import.xlsx").read_bytes()), made)
		for rows, _rules, _comments in made.values():
			for text in filter(lambda cell: isinstance(cell, str), itertools.chain(*rows)):
				self.assertNotRegex(text.replace("https://", ""), r"[A-Z][a-z]+ [a-z]")

	def test_its_examples_are_passed_over_and_it_can_be_imported_as_it_is_filled_in(self):
		browser = Browser.of(factories.SYSTEM_MANAGER)
		response = browser.get("/api/method/nmedia_app.services.account_import.download_template")
		self.assertEqual(response.status_code, 200)
		book = load_workbook(io.BytesIO(response.get_data()))
		sheet = book.active
		columns = {cell.value: cell.column for cell in sheet[1]}
		for name, value in good_row(3).items():
			sheet.cell(4, columns[HEADINGS[name]]).value = value
		# saved while the explanations were open
		book.active = 1
		buffer = io.BytesIO()
		book.save(buffer)
		self.assertEqual(self.run_import(self.attach(buffer.getvalue())), {})
		self.assertEqual(self.count_new(), 1)

	def test_a_custom_field_has_its_column(self):
		field = frappe.get_doc(
			doctype="Custom Field",
			dt="Media Account",
			fieldname="verified",
			label="已认证",
			fieldtype="Check",
		)
		frappe.set_user("Administrator")
		field.insert()
		try:
			self.assertIn("已认证", next(iter(self.read(make_template()).values()))[0][0])
		finally:
			field.delete()
			frappe.db.commit()  # a change of the table committed what came before

	def test_only_who_may_import_gets_it(self):
		browser = Browser.of(factories.EDITOR)
		response = browser.get("/api/method/nmedia_app.services.account_import.download_template")
		self.assertIn(response.status_code, (403, 417))  # 417: early version 15


class TestFaultsField(ImportTestCase):
	"""The column of faults brings them to their row and is not kept."""

	def test_it_has_no_column_in_the_database(self):
		self.assertNotIn(FAULTS, frappe.db.get_table_columns("Media Account"))
