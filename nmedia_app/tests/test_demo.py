"""The demo shows articles at every stage, made by the steps that people take."""

import frappe
from frappe.utils import getdate

from nmedia_app import demo
from nmedia_app.files import get_image_sources
from nmedia_app.regulation.filing import CHINESE
from nmedia_app.regulation.review import (
	APPROVED,
	CLOSED,
	DRAFT,
	IN_REVIEW,
	MEETING,
	OPEN,
	REJECTED,
	REPORTED,
	RETURNED,
	STAGES,
)
from nmedia_app.tests.utils import IntegrationTestCase


def snapshot() -> dict[str, int]:
	doctypes = (
		"User",
		"Media Section",
		"Media Platform",
		"Media Account",
		"Article Review",
		"Account Filing",
		"Annual Audit Round",
		"Annual Audit",
		"File",
	)
	return {doctype: frappe.db.count(doctype) for doctype in doctypes}


class TestDemo(IntegrationTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		demo.load()

	def test_articles_at_every_stage(self):
		of_others = {MEETING, REPORTED, REJECTED, OPEN, CLOSED}
		self.assertLessEqual({*STAGES} - of_others, {*frappe.get_all("Article Review", pluck="stage")})

	def test_filings_of_every_kind(self):
		filings = frappe.get_all("Account Filing", fields=["filing_type", "stage"])
		self.assertLessEqual({*CHINESE}, {row.filing_type for row in filings})
		self.assertLessEqual(
			{IN_REVIEW, MEETING, RETURNED, APPROVED, REPORTED}, {row.stage for row in filings}
		)

	def test_round_with_audits_on_their_way(self):
		round_doc = frappe.get_doc("Annual Audit Round", {"year": getdate().year})
		self.assertEqual(round_doc.stage, OPEN)
		stages = frappe.get_all("Annual Audit", filters={"round": round_doc.name}, pluck="stage")
		self.assertLessEqual({DRAFT, IN_REVIEW, APPROVED}, {*stages})

	def test_loading_again_adds_nothing(self):
		before = snapshot()
		demo.load()
		self.assertEqual(snapshot(), before)

	def test_interrupted_load_is_completed(self):
		title = "暑期校园网升级公告"
		article = frappe.get_doc("Article Review", {"title": title})
		frappe.db.delete("Approval Record", {"parent": article.name, "action": "Approve"})
		article.db_set(
			{
				"workflow_state": article.approval_records[-1].from_state,
				"docstatus": 0,
				"stage": "In Review",
				"reviewer": None,
				"reviewer_name": None,
			}
		)
		frappe.db.commit()
		demo.load()
		again = frappe.get_doc("Article Review", {"title": title})
		self.assertEqual((again.stage, again.docstatus, len(again.approval_records)), ("Approved", 1, 3))

	def test_the_regulations_own_notice_is_one_of_them(self):
		notice = frappe.get_doc(
			"Article Review", {"title": ["like", "关于印发《信息化建设与管理处新媒体管理办法》%"]}
		)
		for words in ("2020年6月10日经处务会议审议通过", "先审后发", "第十三条"):
			self.assertIn(words, notice.content)
		self.assertEqual(len(get_image_sources(notice.content)), 1)
		self.assertTrue(notice.attachments[0].file.endswith(".docx"))
		self.assertEqual(notice.stage, "Published")

	def test_people_work_in_chinese_and_have_one_role(self):
		for user, (name, user_roles) in demo.USERS.items():
			doc = frappe.get_doc("User", user)
			self.assertEqual((doc.full_name, doc.language, doc.time_zone), (name, "zh", "Asia/Shanghai"))
			self.assertEqual([row.role for row in doc.roles], user_roles)
