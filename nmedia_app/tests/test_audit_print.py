"""The annual audit on paper (Article 6): its form, its round's summary, and Annex 1 of an account."""

import io
from functools import partial

import frappe
from bs4 import BeautifulSoup
from docx import Document as WordDocument
from frappe.utils import today

from nmedia_app import roles
from nmedia_app.files import base_name
from nmedia_app.nmedia_app.print_formats.annexes import ANNEXES, build_context, build_contexts
from nmedia_app.nmedia_app.print_formats.word import render
from nmedia_app.nmedia_app.print_formats.wording import chinese_date
from nmedia_app.selectors.documents import load_documents
from nmedia_app.selectors.round_overview import get_overview
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, LEADER, OFFICE, OTHER_CHIEF, UNIT_HEAD, act
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

FORM, SUMMARY, ANNEX_1 = "Annual Audit Form", "Annual Audit Round Summary", "Annex 1 Media Account"
TYPED = '{{ 7*7 }} {% raw %} <b>x</b> & "y" 🎓㐀𠀀'
OPINIONS = ("科室意见", "综合办公室意见", "单位意见")


def get_html_rows(doc, print_format: str) -> list[list[str]]:
	html = frappe.get_print(doc.doctype, doc.name, print_format, doc=doc)
	rows = BeautifulSoup(html, "html.parser").select(".annex-table tr")
	return [[get_lines(cell) for cell in row.find_all(["th", "td"])] for row in rows]


def get_lines(cell) -> str:
	parts = [part.get_text() for part in cell.find_all("div")] or [cell.get_text()]
	return "\n".join(line for part in parts for line in part.split("\n") if line.strip())


def get_word_rows(doc) -> list[list[str]]:
	word = WordDocument(io.BytesIO(render(ANNEXES[doc.doctype].template, build_context(doc))))
	return [
		[get_paragraphs(cell) for cell in dict.fromkeys(row.cells)]
		for table in word.tables
		for row in table.rows
	]


def get_paragraphs(cell) -> str:
	lines = (line for paragraph in cell.paragraphs for line in paragraph.text.split("\n"))
	return "\n".join(line for line in lines if line.strip())


def get_opinions(doc) -> dict[str, str]:
	"""Return who signed which opinion on the form, with the words."""
	return {row[0]: row[1] for row in get_html_rows(doc, FORM) if row[0] in OPINIONS}


class TestAuditForm(NmediaTestCase):
	"""Article 6: what an account's administrator, its section, the General Office and the unit say."""

	def test_word_has_the_same_cells_as_the_page(self):
		for make_audit in (factories.make_audit, partial(factories.bring_audit_to, "Approved")):
			audit = make_audit()
			frappe.set_user("Administrator")
			self.assertEqual(get_word_rows(audit), get_html_rows(audit, FORM))
			frappe.db.rollback(save_point="before_test")

	def test_account_figures_and_materials_are_there(self):
		audit = factories.fill_in_audit(factories.make_audit())
		rows = get_html_rows(audit, FORM)
		self.assertIn(["主管单位", "信息化建设与管理处", "运维科室", factories.SECTION], rows)
		self.assertIn(["期初粉丝数", "无记录", "当前粉丝数", "1200", "最近发布", "无"], rows)
		self.assertIn(["自查总结", "已提交", "无"], rows)
		self.assertIn(["自我评价", "一年来运行正常。"], rows)

	def test_material_that_is_missing_is_told(self):
		self.assertIn(["自查总结", "未提交", ""], get_html_rows(factories.make_audit(), FORM))

	def test_what_was_handed_in_before_the_kind_changed_prints_as_well(self):
		audit = factories.swap_kinds(factories.fill_in_audit(factories.make_audit()), "备案证明", "自查总结")
		row = next(row for row in audit.materials if row.material_name == "备案证明")
		earlier = f"此前提交：{base_name(row.file)}"
		for rows in (get_html_rows(audit, FORM), get_word_rows(audit)):
			self.assertIn(["备案证明", "未提交", earlier], rows)
			self.assertIn(["自查总结", "未提交", "此前提交：无"], rows)
		row.text = "见附件"
		for rows in (get_html_rows(audit, FORM), get_word_rows(audit)):
			self.assertIn(["备案证明", "已提交", f"见附件\n{earlier}"], rows)

	def test_material_that_nobody_has_to_hand_in_is_told_apart(self):
		asked = [{"material_name": "另附", "kind": "Statement", "required": 0}]
		audit = factories.make_audit(requirements=asked)
		self.assertIn(["另附", "未提交（非必交）", ""], get_html_rows(audit, FORM))

	def test_filings_say_whether_they_were_in_time(self):
		audit = factories.make_audit()
		for filing, timeliness in (("F-1", "In Time"), ("F-2", "Late")):
			audit.append(
				"filings",
				{
					"filing": filing,
					"filing_type": "Change",
					"approved_on": "2026-03-02",
					"due_on": "2026-03-09",
					"reported_on": "2026-03-06",
					"timeliness": timeliness,
				},
			)
		rows = get_html_rows(audit, FORM)
		self.assertIn(["F-1", "变更", "2026-03-02", "2026-03-09", "2026-03-06", "按期"], rows)
		self.assertIn(["F-2", "变更", "2026-03-02", "2026-03-09", "2026-03-06", "逾期"], rows)

	def test_incidents_say_how_long_each_took(self):
		audit = factories.make_audit()
		audit.append(
			"incidents",
			{
				"what": "误发通知",
				"began_on": "2026-05-04 09:00:00",
				"ended_on": "2026-05-04 11:30:00",
				"hours": 2.5,
			},
		)
		self.assertIn(
			["误发通知", "2026-05-04 09:00", "2026-05-04 11:30", "2.5 小时"], get_html_rows(audit, FORM)
		)

	def test_each_incident_has_a_table_of_its_own(self):
		"""The renderer of PDFs draws lines through rows that follow one in a table that it had to divide."""
		audit = factories.make_audit()
		for number in range(3):
			audit.append("incidents", {"what": f"误发通知{number}"})
		html = frappe.get_print(audit.doctype, audit.name, FORM, doc=audit)
		tables = BeautifulSoup(html, "html.parser").select(".annex-table")
		self.assertEqual(
			[table.get_text().count("误发通知") for table in tables if "误发通知" in str(table)], [1] * 3
		)

	def test_each_opinion_is_its_own_reviewers(self):
		audit = factories.fill_in_audit(factories.make_audit())
		audit = act(audit, factories.EDITOR, "Send for Review")
		audit = act(audit, CHIEF, "Confirm", "属实")
		audit = act(audit, OFFICE, "Gather", "齐全")
		audit = act(audit, UNIT_HEAD, "Approve", "同意")
		signed = chinese_date(today())
		self.assertEqual(
			get_opinions(audit),
			{
				"科室意见": f"属实\n签名（公章）：科长\n{signed}",
				"综合办公室意见": f"齐全\n签名（公章）：办公室\n{signed}",
				"单位意见": f"同意\n签名（公章）：处负责人\n{signed}",
			},
		)

	def test_opinions_on_an_audit_that_was_returned_do_not_count_for_the_corrected_one(self):
		audit = factories.bring_audit_to("Unit Head Review")
		audit = act(audit, UNIT_HEAD, "Return for Correction", "材料有误")
		empty = dict.fromkeys(OPINIONS, "签名（公章）：\n年   月    日")
		self.assertEqual(get_opinions(audit), empty)
		audit = act(audit, factories.EDITOR, "Send for Review")
		self.assertEqual(get_opinions(audit), empty)

	def test_refusal_says_why(self):
		audit = act(factories.bring_audit_to("Unit Head Review"), UNIT_HEAD, "Reject", "长期无人维护")
		self.assertIn("不予通过：长期无人维护\n签名（公章）：处负责人", get_opinions(audit)["单位意见"])

	def test_dormant_account_is_marked(self):
		audit = factories.make_audit()
		audit.dormant = 1
		self.assertIn(["备注", "“僵尸”账号（无发布记录）"], get_html_rows(audit, FORM))

	def test_texts_come_out_as_typed(self):
		audit = factories.make_audit()
		audit.self_assessment = TYPED
		audit.materials[-1].text = TYPED
		for rows in (get_html_rows(audit, FORM), get_word_rows(audit)):
			self.assertIn(["自我评价", TYPED], rows)
			self.assertIn(["违规内容情况说明", "已提交", TYPED], rows)

	def test_many_print_as_each_does_by_itself(self):
		audit = factories.bring_audit_to("Approved")
		frappe.set_user("Administrator")
		names = frappe.get_all("Annual Audit", {"round": audit.round}, pluck="name")
		singly = [build_context(frappe.get_doc("Annual Audit", name)) for name in names]
		self.assertEqual(build_contexts(load_documents("Annual Audit", names)), singly)


def add_leaders_step():
	"""Let the division's leader see what the General Office gathered before the Unit Head decides."""
	workflow = frappe.get_doc("Workflow", "Annual Audit")
	for row in workflow.transitions:
		if row.action == "Gather":
			row.next_state = "Division Leader Review"
	step = {"update_field": "stage", "update_value": "In Review", "allow_edit": roles.DIVISION_LEADER}
	workflow.append("states", {"state": "Division Leader Review", "doc_status": "0", **step})
	way = {"action": "Endorse", "next_state": "Unit Head Review", "allowed": roles.DIVISION_LEADER}
	workflow.append("transitions", {"state": "Division Leader Review", "allow_self_approval": 0, **way})
	workflow.save()


class TestRoundSummary(NmediaTestCase):
	"""Article 6: the General Office gathers all of it for the Publicity Department."""

	def test_word_has_the_same_cells_as_the_page(self):
		round_doc = factories.make_open_round()
		self.assertEqual(get_word_rows(round_doc), get_html_rows(round_doc, SUMMARY))

	def test_counts_by_section_and_a_line_for_each_account(self):
		audit = factories.bring_audit_to("Approved")
		round_doc = frappe.get_doc("Annual Audit Round", audit.round)
		frappe.set_user(OFFICE)
		context = build_context(round_doc)
		own = next(row for row in context["sections"] if row["section"] == factories.SECTION)
		total = frappe.db.count("Annual Audit", {"round": round_doc.name, "section": factories.SECTION})
		self.assertEqual(
			[own["total"], own["filed"], own["gathered"], own["approved"], own["missing"]],
			[total, 1, 1, 1, total - 1],
		)
		line = next(row for row in context["accounts"] if row["account_name"] == audit.account_name)
		self.assertEqual([line["state"], line["result"][:2]], ["已通过", "通过"])

	def test_what_the_unit_head_is_to_decide_on_was_gathered(self):
		audit = factories.bring_audit_to("Unit Head Review")
		frappe.set_user(OFFICE)
		round_doc = frappe.get_doc("Annual Audit Round", audit.round)
		self.assertEqual(build_context(round_doc)["totals"]["gathered"], 1)
		self.assertEqual(get_overview(round_doc, OFFICE)["total"]["gathered"], 1)

	def test_what_an_added_step_after_the_office_is_to_decide_on_was_gathered(self):
		add_leaders_step()
		self.addCleanup(frappe.clear_document_cache, "Workflow", "Annual Audit")
		audit = factories.bring_audit_to("Division Leader Review")
		frappe.set_user(OFFICE)
		round_doc = frappe.get_doc("Annual Audit Round", audit.round)
		self.assertEqual(build_context(round_doc)["totals"]["gathered"], 1)
		self.assertEqual(get_overview(round_doc, OFFICE)["total"]["gathered"], 1)

	def test_account_that_was_deregistered_has_a_column_of_its_own(self):
		account = factories.make_filed_account()
		round_doc = factories.make_open_round()
		factories.bring_filing_to("Reported", "Deregistration", account=account)
		frappe.set_user(OFFICE)
		heads, *rows = get_html_rows(round_doc, SUMMARY)
		counts = next(row for row in rows if row[0] == factories.SECTION)
		self.assertEqual(counts[heads.index("已注销")], "1")
		self.assertEqual(get_word_rows(round_doc), [heads, *rows])

	def test_people_of_a_section_read_of_their_own_accounts_only(self):
		round_doc = factories.make_open_round()
		frappe.set_user(OTHER_CHIEF)
		context = build_context(round_doc)
		self.assertEqual({row["section"] for row in context["accounts"]}, {factories.OTHER_SECTION})
		self.assertTrue(context["is_part"])
		frappe.set_user(LEADER)
		self.assertFalse(build_context(round_doc)["is_part"])

	def test_it_says_the_same_whatever_the_language(self):
		round_doc = factories.make_open_round()
		language = frappe.local.lang
		try:
			texts = []
			for frappe.local.lang in ("en", "zh"):
				texts.append(get_html_rows(round_doc, SUMMARY))
		finally:
			frappe.local.lang = language
		self.assertEqual(*texts)


class TestAccountAnnex(NmediaTestCase):
	"""Article 4: Annex 1 of an account as the register has it."""

	def test_account_without_filings_is_unsigned(self):
		account = factories.make_filed_account(remarks="附任命文件")
		for rows in (get_html_rows(account, ANNEX_1), get_word_rows(account)):
			self.assertEqual(rows[0], ["账号名称", "测试公众号", "主管单位", "信息化建设与管理处"])
			self.assertTrue(rows[-2][1].endswith("签名（公章）：\n年   月    日"))
			self.assertEqual(rows[-1], ["备注", "附任命文件"])

	def test_account_is_signed_as_its_last_filing_and_nothing_is_marked(self):
		filing = factories.make_approved_change(opinion="同意变更", business_lead="业务负责人乙")
		account = frappe.get_doc("Media Account", filing.account)
		context = build_context(account)
		self.assertEqual(
			[context["opinion"], context["reviewer"], context["reviewed_on"]],
			["同意变更", "处长", chinese_date(today())],
		)
		runs = context["business_lead"].runs
		self.assertEqual([(run.text, run.bold) for run in runs], [("业务负责人乙", False)])

	def test_detailed_measures_are_named(self):
		frappe.set_user("Administrator")
		account = factories.make_filed_account()
		file = factories.attach_file(account, "rules.txt", b"x")
		frappe.db.set_value("Media Account", account.name, "measures_file", file.file_url)
		context = build_context(account.reload() or account)
		self.assertTrue(context["measures"].text.endswith(f"附：{file.file_name}"))


class TestDownloads(RestTestCase):
	"""Whoever may print a document has it as PDF and Word."""

	def test_formats_are_the_defaults(self):
		formats = {"Annual Audit": FORM, "Annual Audit Round": SUMMARY, "Media Account": ANNEX_1}
		for doctype, print_format in formats.items():
			self.assertEqual(frappe.get_meta(doctype).default_print_format, print_format)

	def test_another_sections_chief_does_not_get_the_form(self):
		audit = self.committed(factories.make_audit())
		method = "nmedia_app.nmedia_app.print_formats.word.download_word"
		for user, status in ((CHIEF, 200), (OTHER_CHIEF, 403)):
			response = Browser.of(user).get(f"/api/method/{method}", doctype=audit.doctype, name=audit.name)
			self.assertEqual(response.status_code, status)
