"""Annex 1 prints as the regulation prints it: words, cells and order, as HTML, as PDF and as Word."""

import io
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import frappe
from bs4 import BeautifulSoup
from docx import Document as WordDocument
from docx.oxml.ns import qn
from docx.text.run import Run
from frappe.utils import today

from nmedia_app.files import attach_file
from nmedia_app.nmedia_app.print_formats.annexes import ANNEXES, build_context
from nmedia_app.nmedia_app.print_formats.engine import compile_template
from nmedia_app.nmedia_app.print_formats.filing_annex import mark, shorten
from nmedia_app.nmedia_app.print_formats.word import render
from nmedia_app.nmedia_app.print_formats.wording import chinese_date
from nmedia_app.regulation.filing import CHANGE, DEREGISTRATION
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, SECOND_EDITOR, UNIT_HEAD, act
from nmedia_app.tests.utils import NmediaTestCase

FORMAT = "Annex 1 Account Filing"
TITLE = "西北工业大学微信、微博账号备案信息表"
MAKER = "制表：党委宣传部网宣室"
NOTE = "（根据学校要求，责任人应为党委（总支）书记或职能部门正职）"
HINT = "（简明罗列主要管理措施，详细管理制度另附）"
COMMITMENT = (
	"我单位知晓国家互联网有关法规和学校制度，承诺加强管理，切实保障该微信/微博平台的网络安全和信息安全。"
)
SIGNATURE = "签名（公章）："

# the rows of the paper with nothing filled in; a cell that spans rows stands in the first
PAPER = [
	["账号名称", "", "主管单位", ""],
	["账号性质", "□微博   □微信", "微博网址/微信号", ""],
	["开通时间", "", "当前粉丝数", ""],
	["服务器", "□ 不涉及数据服务   □ 涉及数据服务，服务器设置在_____________"],
	["功能定位", ""],
	["责任体系", "责任人", NOTE],
	["——", "姓名", "职务", "电话"],
	["业务负责人", "", "", ""],
	["技术负责人", "", "", ""],
	["管理措施", HINT],
	["部门意见", f"{COMMITMENT}\n{SIGNATURE}\n年   月    日"],
	["备注", ""],
]
KIND, SERVER, PURPOSE, RESPONSIBLE, MEASURES, OPINION, REMARKS = 1, 3, 4, 5, 9, 10, 11

LONG_PURPOSE = "发布校园网络与信息系统的通知，解答师生使用中的问题，介绍信息化建设的进展。" * 6
LONG_MEASURES = "先审后发，三级审核；专人值守，密码定期更换；发现不当信息立即处理并上报。" * 12
TYPED = ("{{ 7*7 }} {% raw %}", '<b>bold</b> & "more" \'', "{_{ }_} {_% %_} {# x #}", "🎓 㐀𠀀 é")


def get_html(filing) -> BeautifulSoup:
	html = frappe.get_print(filing.doctype, filing.name, FORMAT, doc=filing)
	# else it would read the spaces between two boxes as one
	soup = BeautifulSoup(html, "html.parser", preserve_whitespace_tags={"span"})
	return soup.select_one(".annex")


def get_word(filing) -> WordDocument:
	return WordDocument(io.BytesIO(get_word_file(filing)))


def get_word_file(filing) -> bytes:
	return render(ANNEXES[filing.doctype].template, build_context(filing))


def rows_of_html(html: BeautifulSoup) -> list[list[str]]:
	return [
		[text_of_cell(cell) for cell in row.find_all(["th", "td"])] for row in html.select(".annex-table tr")
	]


def text_of_cell(cell) -> str:
	return text_of_paragraphs(cell.find_all("div") or [cell])


def rows_of_word(word) -> list[list[str]]:
	rows, seen = [], set()
	for row in word.tables[0].rows:
		cells = [cell for cell in dict.fromkeys(row.cells) if cell._tc not in seen]
		seen |= {cell._tc for cell in cells}
		texts = {cell._tc: text_of_paragraphs(cell.paragraphs) for cell in cells}
		rows.append(list(texts.values()))
	return rows


def text_of_paragraphs(paragraphs) -> str:
	return "\n".join(filter(None, (paragraph.text.strip() for paragraph in paragraphs)))


def marked_in_html(html: BeautifulSoup) -> list[str]:
	return [span.text for span in html.select(".annex-table span.annex-bold.annex-underlined")]


def marked_in_word(word) -> list[str]:
	cells = dict.fromkeys(cell._tc for row in word.tables[0].rows for cell in row.cells)
	runs = (Run(run, None) for cell in cells for run in cell.iter(qn("w:r")))
	return [run.text for run in runs if run.bold and run.underline]


def new_filing(**values):
	"""Build a filing that is printed without being saved."""
	return factories.new_filing(name="NM-FIL-0", **values)


def empty_filing():
	return frappe.get_doc({"doctype": "Account Filing", "name": "NM-FIL-0"})


class AnnexTestCase(NmediaTestCase):
	def assert_rows(self, filing, expected: list[list[str]]):
		self.assertEqual(rows_of_html(get_html(filing)), expected)
		self.assertEqual(rows_of_word(get_word(filing)), expected)

	def assert_cell(self, filing, row: int, expected: str, column: int = 1):
		self.assert_cells(filing, {(row, column): expected})

	def assert_cells(self, filing, expected: dict[tuple[int, int], str]):
		"""Compare cells by row and column, as HTML and as Word."""
		for rows in (rows_of_html(get_html(filing)), rows_of_word(get_word(filing))):
			self.assertEqual({place: rows[place[0]][place[1]] for place in expected}, expected)

	def assert_marked(self, filing, expected: list[str]):
		self.assertEqual(marked_in_html(get_html(filing)), expected)
		self.assertEqual(marked_in_word(get_word(filing)), expected)


class TestPaper(AnnexTestCase):
	"""Annex 1 cell by cell."""

	def test_empty_form_is_the_paper(self):
		self.assert_rows(empty_filing(), PAPER)

	def test_title_above_and_maker_below(self):
		html, word = get_html(empty_filing()), get_word(empty_filing())
		self.assertEqual(html.select_one(".annex-number").text, "附件1")
		self.assertEqual(html.h1.text, TITLE)
		self.assertEqual(html.select("p")[-1].text, MAKER)
		self.assertTrue(words(html.text).endswith(MAKER))
		self.assertEqual([p.text for p in word.paragraphs if p.text], ["附件1", TITLE, MAKER])

	def test_responsibility_is_one_cell_beside_four_rows(self):
		self.assertEqual(get_html(empty_filing()).select_one("th[rowspan]")["rowspan"], "4")
		first_cells = [row.cells[0]._tc for row in get_word(empty_filing()).tables[0].rows[5:9]]
		self.assertEqual(len(set(first_cells)), 1)

	def test_cells_hold_the_filings_values(self):
		filing = factories.make_filing(remarks="学生媒体中心协助")
		self.assert_rows(
			filing,
			[
				["账号名称", "测试公众号", "主管单位", "信息化建设与管理处"],
				["账号性质", "□微博   ■微信", "微博网址/微信号", "test-account"],
				["开通时间", "2020年6月10日", "当前粉丝数", "1200"],
				["服务器", "■ 不涉及数据服务   □ 涉及数据服务，服务器设置在_____________"],
				["功能定位", "发布校园网络与信息系统的通知，服务师生。"],
				["责任体系", "责任人", f"责任人甲　处长\n{NOTE}"],
				["——", "姓名", "职务", "电话"],
				["业务负责人", "业务负责人甲", "科长", "029-88000001"],
				["技术负责人", "技术负责人甲", "工程师", "13800000001"],
				["管理措施", "先审后发；专人值守；密码定期更换。"],
				["部门意见", f"{COMMITMENT}\n{SIGNATURE}\n年   月    日"],
				["备注", "学生媒体中心协助"],
			],
		)

	def test_boxes_for_every_platform_and_server(self):
		factories.make_platform("手机APP")
		kinds = {
			"微信": "□微博   ■微信",
			"微博": "■微博   □微信",
			"手机APP": "□微博   □微信   ■其他（手机APP）",
		}
		servers = {
			("", ""): "□ 不涉及数据服务   □ 涉及数据服务，服务器设置在_____________",
			("No Data Service", ""): "■ 不涉及数据服务   □ 涉及数据服务，服务器设置在_____________",
			("Data Service", "友谊校区机房"): "□ 不涉及数据服务   ■ 涉及数据服务，服务器设置在友谊校区机房",
		}
		for platform, kind in kinds.items():
			for (use, place), server in servers.items():
				with self.subTest(platform=platform, use=use):
					filing = new_filing(platform=platform, server_use=use, server_location=place)
					self.assert_cells(filing, {(KIND, 1): kind, (SERVER, 1): server})

	def test_place_of_the_server_is_underlined(self):
		place = "友谊校区机房"
		filing = new_filing(server_use="Data Service", server_location=place)
		self.assertEqual([span.text for span in get_html(filing).select("span.annex-underlined")], [place])
		runs = get_word(filing).tables[0].rows[SERVER].cells[1].paragraphs[0].runs
		self.assertEqual([run.text for run in runs if run.underline], [place])

	def test_followers_of_an_account_that_is_not_open_yet_are_not_zero(self):
		self.assert_cell(new_filing(followers=0, opened_on=None), 2, "", column=3)
		self.assert_cell(new_filing(followers=0), 2, "0", column=3)

	def test_detailed_measures_are_named(self):
		frappe.set_user(EDITOR)
		filing = factories.make_filing()
		filing.measures_file = attach_file(filing, "rules.pdf", b"%PDF-1.4 x").file_url
		filing.save()
		file_name = frappe.db.get_value("File", {"file_url": filing.measures_file}, "file_name")
		self.assert_cell(filing, MEASURES, f"先审后发；专人值守；密码定期更换。\n附：{file_name}")

	def test_approval_is_signed_and_dated(self):
		filing = factories.make_approved_change(purpose="另一功能")
		signed = f"{COMMITMENT}\n同意变更\n{SIGNATURE}处长\n{chinese_date(today())}"
		self.assert_cell(filing, OPINION, signed)

	def test_deregistration_says_why_under_remarks(self):
		filing = factories.make_filing(filing_type=DEREGISTRATION, reason="平台停止服务")
		self.assert_cell(filing, REMARKS, "注销：平台停止服务")
		self.assert_marked(filing, [])

	def test_custom_field_prints_before_the_remarks(self):
		field = frappe.get_doc(
			doctype="Custom Field",
			dt="Account Filing",
			fieldname="nmedia_test_column",
			label="Test Column",
			fieldtype="Data",
			insert_after="remarks",
		)
		extra = frappe._dict(field.as_dict(), is_custom_field=1)
		filing = new_filing(nmedia_test_column="Value <of> the field")
		with patch.object(filing.meta, "fields", [*filing.meta.fields, extra]):
			for rows in (rows_of_html(get_html(filing)), rows_of_word(get_word(filing))):
				self.assertEqual(rows[-2:], [["Test Column", "Value <of> the field"], ["备注", ""]])

	def test_same_words_in_every_language(self):
		filing = factories.make_filing(filing_type=CHANGE, administrator=SECOND_EDITOR)
		language = frappe.local.lang
		try:
			texts = set()
			for frappe.local.lang in ("en", "zh", "de"):
				texts.add(get_html(filing).text)
		finally:
			frappe.local.lang = language
		self.assertEqual(len(texts), 1)

	def test_default_of_the_doctype_is_the_annex(self):
		self.assertEqual(frappe.get_meta("Account Filing").default_print_format, FORMAT)

	def test_template_asks_for_nothing_that_the_context_lacks(self):
		names = compile_template(ANNEXES["Account Filing"].template.read_bytes()).names
		self.assertLessEqual(names, set(build_context(new_filing())))


class TestTypedTexts(AnnexTestCase):
	"""What users type comes out as they typed it."""

	def test_typed_marks_come_out_as_typed(self):
		for text in TYPED:
			with self.subTest(text):
				filing = factories.make_filing(
					handle="",
					account_name=text,
					purpose=text,
					responsible_person=text,
					responsible_title="",
					measures=text,
					remarks=text,
					server_use="Data Service",
					server_location=text,
				)
				expected = {
					(0, 1): text,
					(SERVER, 1): f"□ 不涉及数据服务   ■ 涉及数据服务，服务器设置在{text}",
					(PURPOSE, 1): text,
					(RESPONSIBLE, 2): f"{text}\n{NOTE}",
					(MEASURES, 1): text,
					(REMARKS, 1): text,
				}
				self.assert_cells(filing, expected)

	def test_quoted_old_values_come_out_as_typed(self):
		filing = factories.make_filing(filing_type=CHANGE, remarks="新")
		for text in TYPED:
			with self.subTest(text):
				register = frappe.parse_json(filing.register_before) | {"remarks": text}
				filing.update({"register_before": frappe.as_json(register), "reason": text})
				self.assert_cell(filing, REMARKS, f"变更：{text}\n新（原：{text}）")

	def test_lines_stay_lines(self):
		self.assert_cell(factories.make_filing(purpose="first\nsecond"), PURPOSE, "first\nsecond")

	def test_control_characters_do_not_break_the_file(self):
		filing = factories.make_filing(purpose="a\x0bb\x00c\x07d\ufffee")
		self.assertEqual(rows_of_word(get_word(filing))[PURPOSE][1], "abcde")


class TestChanges(AnnexTestCase):
	"""Article 5: a change is filed again, and the paper shows what changed."""

	def test_changed_cells_are_marked_and_the_old_values_stand_behind(self):
		filing = factories.make_filing(
			filing_type=CHANGE,
			platform="微博",
			handle="https://weibo.example/new",
			followers=1500,
			opened_on="2021-03-01",
			server_use="Data Service",
			server_location="友谊校区机房",
			responsible_title="书记",
			business_lead_phone="029-88000002",
		)
		name = filing.account_name
		self.assert_rows(
			filing,
			[
				["账号名称", name, "主管单位", "信息化建设与管理处"],
				[
					"账号性质",
					"■微博   □微信（原：微信）",
					"微博网址/微信号",
					"https://weibo.example/new（原：test-account）",
				],
				["开通时间", "2021年3月1日（原：2020年6月10日）", "当前粉丝数", "1500（原：1200）"],
				[
					"服务器",
					"□ 不涉及数据服务   ■ 涉及数据服务，服务器设置在友谊校区机房（原：不涉及数据服务）",
				],
				["功能定位", "发布校园网络与信息系统的通知，服务师生。"],
				["责任体系", "责任人", f"责任人甲　书记（原：处长）\n{NOTE}"],
				["——", "姓名", "职务", "电话"],
				["业务负责人", "业务负责人甲", "科长", "029-88000002（原：029-88000001）"],
				["技术负责人", "技术负责人甲", "工程师", "13800000001"],
				["管理措施", "先审后发；专人值守；密码定期更换。"],
				["部门意见", f"{COMMITMENT}\n{SIGNATURE}\n年   月    日"],
				["备注", "变更：岗位调整"],
			],
		)
		self.assert_marked(
			filing,
			[
				"■微博",
				"https://weibo.example/new",
				"2021年3月1日",
				"1500",
				"■ 涉及数据服务",
				"友谊校区机房",
				"书记",
				"029-88000002",
			],
		)

	def test_leader_and_administrator_stand_under_remarks(self):
		people = {"supervising_leader": UNIT_HEAD, "administrator": SECOND_EDITOR}
		filing = factories.make_filing(filing_type=CHANGE, remarks="附任命文件", **people)
		self.assert_cell(
			filing,
			REMARKS,
			"变更：岗位调整\n分管领导：处长 → 处负责人；管理员：Editor O'Hara → 编辑二\n附任命文件（原：空）",
		)
		self.assert_marked(filing, ["处负责人", "编辑二", "附任命文件"])

	def test_value_that_was_taken_out_still_shows(self):
		filing = factories.make_filing(filing_type=CHANGE)
		filing.business_lead_title = ""
		self.assert_cell(filing, 7, "（原：科长）", column=2)

	def test_marks_stay_once_approved(self):
		filing = factories.make_approved_change(business_lead="业务负责人乙")
		self.assert_cell(filing, 7, "业务负责人乙（原：业务负责人甲）")
		self.assert_marked(filing, ["业务负责人乙"])

	def test_corrections_are_marked_in_review_and_no_longer_once_approved(self):
		filing = factories.make_filing(
			filing_type=CHANGE, business_lead="业务负责人乙", administrator=SECOND_EDITOR
		)
		filing = act(filing, EDITOR, "Send for Review")
		filing = act(filing, CHIEF, "Return for Correction", "姓名有误")
		frappe.set_user(EDITOR)
		filing.update({"business_lead": "业务负责人丙", "technical_lead_title": "高级工程师"})
		filing = act(filing.save(), EDITOR, "Send for Review")
		expected = {
			(7, 1): "业务负责人丙（原：业务负责人甲）（▲更正，退回时：业务负责人乙）",
			(8, 2): "高级工程师（原：工程师）（▲更正，退回时：工程师）",
			(REMARKS, 1): "变更：岗位调整\n管理员：Editor O'Hara → 编辑二",
		}
		self.assert_cells(filing, expected)
		filing = act(act(filing, CHIEF, "Endorse"), factories.LEADER, "Approve")
		self.assert_cell(filing, 7, "业务负责人丙（原：业务负责人甲）")

	def test_correction_of_the_administrator_of_a_new_account_stands_under_remarks(self):
		filing = act(factories.make_filing(), EDITOR, "Send for Review")
		filing = act(filing, CHIEF, "Return for Correction", "管理员有误")
		frappe.set_user(EDITOR)
		filing = act(filing.update({"administrator": SECOND_EDITOR}).save(), EDITOR, "Send for Review")
		self.assert_cell(filing, REMARKS, "管理员：编辑二（▲更正，退回时：Editor O'Hara）")

	def test_of_a_long_text_only_the_difference_is_marked_and_quoted(self):
		old = LONG_MEASURES
		new = old[:100] + "每日巡查；" + old[103:]
		self.assertEqual([run.text for run in mark(new, old) if run.bold], ["每日巡查；"])
		self.assertEqual("".join(run.text for run in mark(new, old)), new)
		self.assertEqual(shorten(old, new), f"…{old[94:109]}…")
		self.assertLess(len(shorten(old, "全部重写")), 40)
		self.assertEqual(shorten("", new), "")


class TestOnePage(AnnexTestCase):
	"""Annex 1 is one sheet of A4."""

	def make_long_filing(self):
		filing = factories.make_approved_change(
			purpose=LONG_PURPOSE[:200],
			measures=LONG_MEASURES[:400],
			business_lead="业务负责人乙",
			administrator=SECOND_EDITOR,
			remarks="附任命文件",
		)
		frappe.set_user("Administrator")
		return filing

	def assert_one_page(self, pdf: bytes):
		from pypdf import PdfReader

		pages = PdfReader(io.BytesIO(pdf)).pages
		self.assertEqual(len(pages), 1)
		self.assertEqual([round(float(x)) for x in pages[0].mediabox[2:]], [595, 842])

	@unittest.skipUnless(shutil.which("wkhtmltopdf"), "needs wkhtmltopdf")
	def test_long_texts_fit_as_pdf(self):
		from frappe.utils.pdf import get_pdf

		for filing in (self.make_long_filing(), empty_filing()):
			html = frappe.get_print("Account Filing", filing.name, FORMAT, doc=filing, no_letterhead=1)
			self.assert_one_page(get_pdf(html))

	@unittest.skipUnless(shutil.which("soffice"), "needs LibreOffice")
	def test_long_texts_fit_as_word(self):
		for filing in (self.make_long_filing(), empty_filing()):
			self.assert_one_page(print_word(get_word_file(filing)))


def print_word(content: bytes) -> bytes:
	with tempfile.TemporaryDirectory() as folder:
		file = Path(folder) / "annex.docx"
		file.write_bytes(content)
		profile = f"-env:UserInstallation=file://{folder}/profile"
		command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(file)]
		subprocess.run(command, check=True, capture_output=True, timeout=180)
		return file.with_suffix(".pdf").read_bytes()


def words(text: str) -> str:
	return re.sub(r"\s+", "", text)
