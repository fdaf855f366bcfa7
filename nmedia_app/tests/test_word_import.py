"""从 Word 导入: filled forms are read, shown with what is doubtful, and become drafts once confirmed."""

import base64
import unittest
from unittest.mock import patch

import frappe
from bs4 import BeautifulSoup
from frappe.utils import cstr

from nmedia_app import word_api
from nmedia_app.nmedia_app.print_formats.annexes import build_context
from nmedia_app.nmedia_app.print_formats.word import render
from nmedia_app.regulation.filing import CHANGE, DEREGISTRATION, OPENING
from nmedia_app.regulation.review import DRAFT
from nmedia_app.selectors.annex_templates import get_template
from nmedia_app.services import office, sealing, word_import
from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	OTHER_EDITOR,
	SECOND_EDITOR,
	SECTION,
	STRANGER,
	SYSTEM_MANAGER,
	UNIT_HEAD,
	image_html,
	make_article,
	make_filed_account,
	make_filing,
)
from nmedia_app.tests.unit.word_forms import (
	TITLE_2,
	C,
	form_1,
	form_2,
	form_2_with_picture,
	p,
	rows_2,
	run,
	table,
	with_targets,
	word,
)
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

FILING, ARTICLE = "Account Filing", "Article Review"
OLD_DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def encode(content: bytes) -> str:
	return base64.b64encode(content).decode()


def export(doc) -> bytes:
	"""Return the Word file that the app gives for a document."""
	return render(get_template(doc.doctype), build_context(doc))


class WordImportTestCase(NmediaTestCase):
	def setUp(self):
		super().setUp()
		factories.make_platform("微信", "WeChat")
		factories.make_platform("微博", "Weibo")
		frappe.set_user(EDITOR)

	def read(self, doctype: str, content: bytes, file_name: str = "form.docx") -> dict:
		"""Return what the endpoint says of a form, its rows by field."""
		answer = word_api.read_form(doctype, file_name, encode(content))
		self.assertNotIn("fault", answer)
		return {row["fieldname"]: frappe._dict(row) for row in answer["rows"]}

	def fault(self, doctype: str, content: bytes, file_name: str = "form.docx") -> str:
		return word_api.read_form(doctype, file_name, encode(content))["fault"]

	def confirm(self, doctype: str, form: bytes, file_name: str = "form.docx", **values) -> dict:
		"""Make a draft of what was read, with the values that the person entered."""
		read = {name: row.value for name, row in self.read(doctype, form, file_name).items()}
		read.pop("content", None)
		return word_api.make_draft(doctype, file_name, encode(form), {**read, **values})


class TestReadingWhatTheAppWrote(WordImportTestCase):
	"""What the app exports is read back to the records that it names (Annexes 1 and 2)."""

	def assert_read_back(self, doc, *left_out: str):
		read = self.read(doc.doctype, export(doc))
		for name in word_import.FIELDS[doc.doctype]:
			if name not in left_out:
				with self.subTest(name):
					self.assertEqual(cstr(read[name].value), cstr(doc.get(name)))

	def test_opening(self):
		filing = make_filing(account_holder="This Unit", remarks="第一行\n第二行")
		self.assert_read_back(filing, "account", "section", "supervising_leader", "administrator")

	def test_change_with_its_marks(self):
		account = make_filed_account(administrator=SECOND_EDITOR)
		changed = {"account_name": account.account_name, "business_lead": "新负责人", "administrator": EDITOR}
		filing = make_filing(
			CHANGE, account=account, server_use="Data Service", server_location="校内机房", **changed
		)
		self.assert_read_back(filing, "changed_on")

	def test_deregistration(self):
		self.assert_read_back(make_filing(DEREGISTRATION), "changed_on")

	def test_article(self):
		article = make_article(
			content=f"<p>正文<strong>加粗</strong></p>{image_html()}<p class='ql-align-right'>落款</p>",
			copywriters=[{"full_name": "学生甲"}, {"full_name": "学生乙"}],
		)
		read = self.read(ARTICLE, export(article))
		for name in ("title", "section", "image_source"):
			self.assertEqual(read[name].value, article.get(name))
		self.assertEqual(read["planned_publish_time"].value, cstr(article.planned_publish_time))
		self.assertEqual(read["accounts"].value, [row.account for row in article.accounts])
		self.assertEqual(read["copywriters"].value, "学生甲、学生乙")
		self.assertEqual(read["editors"].value, "Editor O'Hara")
		self.assertIn("<p>正文<strong>加粗</strong></p>", read["content"].value)
		self.assertIn('<img src="data:image/png;base64,', read["content"].value)

	def read_custom(self, fieldtype: str, value: str) -> frappe._dict:
		"""Return what is read of a filing's custom field with this value."""
		field = frappe.get_doc(
			doctype="Custom Field",
			dt=FILING,
			fieldname="nmedia_test_until",
			label="Licence Until",
			fieldtype=fieldtype,
			insert_after="remarks",
		)
		meta = frappe.get_meta(FILING)
		extra = frappe._dict(field.as_dict(), is_custom_field=1)
		with patch.object(meta, "fields", [*meta.fields, extra]):
			filing = factories.new_filing(name="NM-FIL-0", nmedia_test_until=value)
			return self.read(FILING, export(filing))["nmedia_test_until"]

	def test_custom_field(self):
		read = self.read_custom("Date", "2027-03-01")
		self.assertEqual((read.value, read.state), ("2027-03-01", "found"))

	def test_markup_in_a_custom_field_is_text(self):
		read = self.read_custom("Text Editor", "<p>&lt;img src=x onerror=alert(1)&gt;</p>")
		self.assertNotIn("<img", read.value)
		self.assertIn("onerror=alert(1)", read.value)


class TestReading(WordImportTestCase):
	"""What is read is shown; what is doubtful is said; nothing is written."""

	def test_nothing_is_written(self):
		before = {doctype: frappe.db.count(doctype) for doctype in (FILING, ARTICLE, "File")}
		self.read(FILING, form_1())
		self.read(ARTICLE, form_2_with_picture())
		self.fault(FILING, word())
		self.assertEqual({doctype: frappe.db.count(doctype) for doctype in before}, before)

	def test_names_become_records(self):
		account = factories.make_account("信息化服务号", SECTION, "微信")
		read = self.read(ARTICLE, form_2(拟发布媒体="信息化服务号", 文案人员="编辑二、学生甲"))
		self.assertEqual(read["accounts"].value, [account.name])
		self.assertEqual(read["accounts"].state, "found")
		self.assertEqual(read["section"].value, SECTION)
		self.assertEqual((read["copywriters"].value, read["copywriters"].state), ("编辑二、学生甲", "unsure"))
		self.assertIn("学生甲", read["copywriters"].doubt)
		self.assertNotIn("编辑二", read["copywriters"].doubt)

	def test_unknown_account_is_left_to_the_person(self):
		read = self.read(ARTICLE, form_2(拟发布媒体="没有的号"))
		self.assertEqual((read["accounts"].value, read["accounts"].state), ([], "unsure"))
		self.assertIn("没有的号", read["accounts"].doubt)

	def test_unknown_platform_is_left_to_the_person(self):
		read = self.read(FILING, form_1(账号性质="□微博 □微信 ■其他（没有的平台）"))
		self.assertEqual((read["platform"].value, read["platform"].state), (None, "unsure"))

	def test_account_of_the_register_makes_it_a_change(self):
		account = make_filed_account(account_name="信息化服务号", handle="xxh-service")
		frappe.set_user(EDITOR)
		read = self.read(FILING, form_1())
		self.assertEqual((read["filing_type"].value, read["filing_type"].state), (CHANGE, "unsure"))
		self.assertEqual(read["account"].value, account.name)
		self.assertEqual(read["supervising_leader"].value, LEADER)
		self.assertEqual(
			self.read(FILING, form_1(账号名称="另一个号", **{"微博网址/微信号": "other-one"}))[
				"filing_type"
			].value,
			OPENING,
		)

	def test_people_in_remarks_are_found_by_name(self):
		read = self.read(FILING, form_1(备注="变更：岗位调整\n管理员：甲 → 编辑二；分管领导：乙 → 无此人"))
		self.assertEqual((read["administrator"].value, read["administrator"].state), (SECOND_EDITOR, "found"))
		self.assertEqual(
			(read["supervising_leader"].value, read["supervising_leader"].state), (None, "unsure")
		)
		self.assertEqual(read["reason"].value, "岗位调整")

	def test_more_forms_in_the_file_are_said(self):
		content = word(p(run(TITLE_2)), table(rows_2()), p(run(TITLE_2)), table(rows_2()))
		answer = word_api.read_form(ARTICLE, "a.docx", encode(content))
		self.assertIn("more forms", answer["reminders"][0])

	def test_named_attachments_are_said(self):
		answer = word_api.read_form(
			ARTICLE, "a.docx", encode(form_2(文章内容="标题\n正文。\n附件1：推文.docx"))
		)
		self.assertIn("推文.docx", answer["reminders"][0])


class TestFaults(WordImportTestCase):
	"""A file that is no such form is refused with what to do, and nothing is saved of it."""

	def test_no_such_form(self):
		self.assertIn("neither Annex 1 nor Annex 2", self.fault(FILING, factories.word_file("会议通知")))
		self.assertIn("no Word document", self.fault(FILING, b"%PDF-1.4"))
		self.assertIn("no Word document", self.fault(FILING, b"x", "form.pdf"))

	def test_the_other_annex_names_its_list(self):
		self.assertIn("信息化建设与管理处新媒体文章发布审核表", self.fault(FILING, form_2()))
		self.assertIn("西北工业大学微信、微博账号备案信息表", self.fault(ARTICLE, form_1()))

	def test_too_large(self):
		with patch.object(word_import, "MOST_BYTES", 1000):
			self.assertIn("larger", self.fault(FILING, form_1()))

	def test_no_base64(self):
		self.assertIn("choose it again", word_api.read_form(FILING, "a.docx", "%%%")["fault"])

	def test_old_doc_without_office(self):
		with patch.object(word_import, "get_office", return_value=None):
			self.assertIn("*.docx", self.fault(FILING, OLD_DOC, "旧表.doc"))

	@unittest.skipUnless(office.get_office(), "needs LibreOffice")
	def test_old_doc_with_office(self):
		old = office.convert(form_1(), "docx", "doc")
		self.assertTrue(old.startswith(OLD_DOC[:4]))
		read = self.read(FILING, old, "旧表.doc")
		self.assertEqual(read["account_name"].value, "信息化服务号")
		self.assertEqual(read["business_lead_phone"].value, "029-88490001")
		self.assertIn("could not be converted", self.fault(FILING, OLD_DOC, "旧表.doc"))

	def test_damaged_draft_is_refused_before_anything_is_written(self):
		answer = word_api.make_draft(FILING, "a.docx", encode(factories.word_file("会议通知")), {})
		self.assertIn("neither Annex 1 nor Annex 2", answer["refused"])
		self.assertIn("choose it again", word_api.make_draft(FILING, "a.docx", "%%%", {})["refused"])


class TestDrafts(WordImportTestCase):
	"""What a person confirms becomes a draft that goes through review as any other (Articles 5 and 7)."""

	people = {"supervising_leader": LEADER, "administrator": EDITOR}

	def test_filing(self):
		content = form_1()
		answer = self.confirm(FILING, content, "备案表.docx", section=SECTION, **self.people)
		filing = frappe.get_doc(FILING, answer["name"])
		self.assertEqual((filing.stage, filing.docstatus, filing.owner), (DRAFT, 0, EDITOR))
		self.assertEqual(
			(filing.account_name, filing.platform, filing.followers), ("信息化服务号", "微信", 12000)
		)
		file = frappe.get_doc("File", {"attached_to_doctype": FILING, "attached_to_name": filing.name})
		self.assertEqual((file.file_name, file.is_private, file.get_content()), ("备案表.docx", 1, content))

	def test_article_with_its_pictures(self):
		account = factories.make_account("测试号", SECTION)
		answer = self.confirm(
			ARTICLE,
			form_2_with_picture(),
			accounts=[account.name],
			copywriters="编辑二、学生甲",
			section=SECTION,
		)
		article = frappe.get_doc(ARTICLE, answer["name"])
		self.assertEqual(
			[(row.user, row.full_name) for row in article.copywriters],
			[(SECOND_EDITOR, "编辑二"), (None, "学生甲")],
		)
		self.assertIn("校园网将于周日维护。", article.content)
		self.assertIn('<img src="/private/files/', article.content)
		self.assertEqual(article.title, "校园网维护通知")

	def test_tables_and_links_go_the_whole_way(self):
		"""Article 7: what stood in Word stands in the draft, in what is approved, and on the paper."""
		account = factories.make_account("测试号", SECTION)
		link = f'<w:hyperlink r:id="L1">{run("办事大厅")}</w:hyperlink>'
		rows = [["事项", C(xml=p(link))], ["开户", ""]]
		xml = p(run("校园网维护"), align="center") + p(run("详见"), link) + table(rows)
		form = with_targets(form_2(xml), L1="https://a.example/?x=1&y=2")
		written = self.read(ARTICLE, form)["content"].value
		answer = self.confirm(ARTICLE, form, accounts=[account.name], section=SECTION)
		article = frappe.get_doc(ARTICLE, answer["name"])
		self.assertEqual(article.content, written)
		for user, action in ((EDITOR, "Send for Review"), (CHIEF, "Endorse"), (LEADER, "Approve")):
			article = factories.act(article, user, action, "同意")
		self.assertEqual((article.content, sealing.check(article)), (written, []))
		context = build_context(article)
		printed = BeautifulSoup(context["content_html"], "html.parser")
		self.assertEqual([cell.text for cell in printed("td")], ["事项", "办事大厅", "开户", ""])
		self.assertEqual({a["href"] for a in printed("a")}, {"https://a.example/?x=1&y=2"})
		self.assertEqual({a["data-address"] for a in printed("a")}, {"https://a.example/?x=1&y=2"})
		frappe.set_user(EDITOR)
		self.assertEqual(self.read(ARTICLE, export(article))["content"].value, written)

	def test_article_without_content_takes_what_the_person_wrote(self):
		account = factories.make_account("测试号", SECTION)
		content = form_2(文章内容="文章内容可附件")
		values = {"title": "通知", "accounts": [account.name], "section": SECTION}
		self.assertIn("refused", self.confirm(ARTICLE, content, **values))
		answer = self.confirm(ARTICLE, content, **values, content="<p>写在这里</p>")
		self.assertIn("写在这里", frappe.db.get_value(ARTICLE, answer["name"], "content"))

	def test_what_is_missing_is_named(self):
		answer = self.confirm(FILING, form_1(功能定位=""), section=SECTION, administrator=EDITOR)
		self.assertIn(frappe._("Supervising Leader"), answer["refused"])
		self.assertIn(frappe._("Purpose of the Account"), answer["refused"])

	def test_a_refused_draft_leaves_nothing(self):
		before = {doctype: frappe.db.count(doctype) for doctype in (FILING, "File")}
		answer = self.confirm(FILING, form_1(业务负责人=("甲", "科长", "无")), section=SECTION, **self.people)
		self.assertIn("无", answer["refused"])
		self.assertEqual({doctype: frappe.db.count(doctype) for doctype in before}, before)

	def test_nothing_but_the_cells_comes_from_the_request(self):
		values = {
			"workflow_state": "Approved",
			"stage": "Approved",
			"docstatus": 1,
			"owner": LEADER,
			"opinion": "同意",
		}
		answer = self.confirm(FILING, form_1(), section=SECTION, **self.people, **values)
		filing = frappe.get_doc(FILING, answer["name"])
		self.assertEqual(
			(filing.stage, filing.docstatus, filing.owner, filing.opinion), (DRAFT, 0, EDITOR, None)
		)

	def test_markup_in_a_form_is_text(self):
		answer = self.confirm(
			FILING, form_1(功能定位="<script>alert(1)</script>服务"), section=SECTION, **self.people
		)
		self.assertNotIn("<script>", frappe.db.get_value(FILING, answer["name"], "purpose"))
		account = factories.make_account("测试号", SECTION)
		frappe.set_user(EDITOR)
		article = self.confirm(
			ARTICLE,
			form_2(文章内容="标题\n<img src=x onerror=alert(1)>"),
			accounts=[account.name],
			section=SECTION,
		)
		content = frappe.db.get_value(ARTICLE, article["name"], "content")
		self.assertIn("&lt;img src=x onerror=alert(1)&gt;", content)

	def test_section_of_others_is_refused(self):
		answer = self.confirm(FILING, form_1(), section=factories.OTHER_SECTION, **self.people)
		self.assertIn("refused", answer)


class TestOverHttp(RestTestCase):
	"""Only whoever may create such documents reads forms of them, and only by POST."""

	MAKERS = (EDITOR, OTHER_EDITOR, SYSTEM_MANAGER)
	OTHERS = (CHIEF, LEADER, OFFICE, UNIT_HEAD, STRANGER)

	def call(self, user: str, method: str = "read_form", doctype: str = FILING, **values):
		arguments = {"doctype": doctype, "file_name": "a.docx", "file_content": encode(form_1()), **values}
		return Browser.of(user).call(f"nmedia_app.word_api.{method}", **arguments)

	def test_by_role(self):
		for method, values in (("read_form", {}), ("make_draft", {"values": {}})):
			for user in self.MAKERS:
				self.assertEqual(self.call(user, method, **values).status_code, 200, (method, user))
			for user in self.OTHERS:
				# an early version 15 says 417 to who may not create
				self.assertIn(self.call(user, method, **values).status_code, (403, 417), (method, user))
			guest = Browser(None).call(
				f"nmedia_app.word_api.{method}", doctype=FILING, file_name="a", file_content=""
			)
			self.assertEqual(guest.status_code, 403)

	def test_other_kinds_of_documents(self):
		for doctype in ("Media Account", "User", "Annual Audit", "No Such"):
			self.assertEqual(self.call(SYSTEM_MANAGER, doctype=doctype).status_code, 403)

	def test_only_by_post(self):
		path = "/api/method/nmedia_app.word_api.read_form"
		answer = Browser.of(EDITOR).get(path, doctype=FILING, file_name="a.docx", file_content="")
		self.assertIn(answer.status_code, (403, 405))

	def test_file_that_would_keep_the_server_busy_is_refused(self):
		bomb = table([[C(xml=p())]])
		for _level in range(9):
			bomb = table([[C(xml=bomb + p())]])
		article = {"doctype": ARTICLE, "file_content": encode(form_2(p(run("标题")) + bomb))}
		self.assertIn("Tables stand within", self.call(EDITOR, **article).get_json()["message"]["fault"])
		answer = self.call(EDITOR, "make_draft", values={}, **article).get_json()["message"]
		self.assertIn("Tables stand within", answer["refused"])

	def test_one_bad_file_stops_no_other(self):
		files = (form_1(), factories.word_file("会议通知"), b"broken", form_1(账号名称="第二个号"))
		answers = [self.call(EDITOR, file_content=encode(file)).get_json()["message"] for file in files]
		self.assertEqual(["fault" in answer for answer in answers], [False, True, True, False])

	def test_draft_is_kept(self):
		factories.make_platform("微信", "WeChat")
		frappe.db.commit()
		rows = self.call(EDITOR).get_json()["message"]["rows"]
		values = {row["fieldname"]: row["value"] for row in rows}
		values |= {
			"supervising_leader": LEADER,
			"administrator": EDITOR,
			"section": SECTION,
			"platform": "微信",
		}
		answer = self.call(EDITOR, "make_draft", values=values).get_json()["message"]
		filing = frappe.get_doc(FILING, answer["name"])
		self.assertEqual((filing.owner, filing.account_name), (EDITOR, "信息化服务号"))
