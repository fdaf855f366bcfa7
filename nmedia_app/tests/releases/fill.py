"""Fill a site of a release as a house in use has it, adjustments by its administrator included.

Run by `python -m devbench.releases`, in the bench's Python, with that release's own app on the path:

	python fill.py SITE
"""

import sys

import frappe
from frappe.permissions import add_permission, update_permission_property

from nmedia_app import roles
from nmedia_app.files import attach_file
from nmedia_app.services import revising
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, UNIT_HEAD, act
from nmedia_app.tests.unit.word_templates import docx_of_rows

REVIEW = "Article Review"
LAWYER = "lawyer@test.nmedia.example"
LAWYER_ROLE = "法务审核员"
CHIEF_REVIEW, LEGAL_REVIEW, LEGALLY_SOUND = "科室初审", "法务审核", "法务通过"

#: the way of an article through the adjusted workflow: state, who, action, words
STEPS = (
	("Draft", EDITOR, "Send for Review", ""),
	(CHIEF_REVIEW, CHIEF, "Endorse", "内容属实"),
	(LEGAL_REVIEW, LAWYER, LEGALLY_SOUND, "无法律风险"),
	("Division Leader Review", LEADER, "Approve", "同意发布"),
)

#: the platform's logs, logins and search index: nothing that a release keeps
NOT_KEPT = (
	*(
		"__Auth",
		"__global_search",
		"__UserSettings",
		"tabAccess Log",
		"tabActivity Log",
		"tabDeleted Document",
	),
	*("tabError Log", "tabRoute History", "tabScheduled Job Log", "tabSessions"),
)

PRINT_FORMAT = """
{%- set annex = get_annex_context(doc) -%}
<h1>{{ annex.article_title | e }}</h1>
<p>选题编号：{{ doc.topic_number | e }}</p>
<p>{{ annex.opinion | e }}</p>
"""


def adjust() -> None:
	"""Change the app in every way that needs no code."""
	adjust_form()
	adjust_workflow()
	adjust_settings()
	adjust_annexes()


def adjust_form() -> None:
	"""A field of one's own, other words for two fields, and who else may read."""
	insert("Custom Field", dt=REVIEW, fieldname="topic_number", label="选题编号", fieldtype="Data")
	for field, name, value in (("opinion", "label", "处领导意见"), ("image_source", "reqd", "1")):
		insert(
			"Property Setter",
			doctype_or_field="DocField",
			doc_type=REVIEW,
			field_name=field,
			property=name,
			property_type="Check" if name == "reqd" else "Data",
			value=value,
		)
	insert("Role", role_name=LAWYER_ROLE, desk_access=1)
	factories.make_user(LAWYER, "法务", LAWYER_ROLE, roles.GENERAL_OFFICE)
	add_permission(REVIEW, LAWYER_ROLE)
	for right in ("write", "submit"):
		update_permission_property(REVIEW, LAWYER_ROLE, 0, right, 1)


def adjust_workflow() -> None:
	"""A state under another name, a state more with a role of its own, and a transition for others."""
	frappe.rename_doc("Workflow State", "Section Chief Review", CHIEF_REVIEW, force=True)
	insert("Workflow State", workflow_state_name=LEGAL_REVIEW, style="Warning")
	insert("Workflow Action Master", workflow_action_name=LEGALLY_SOUND)
	workflow = frappe.get_doc("Workflow", REVIEW)
	workflow.append(
		"states",
		{
			"state": LEGAL_REVIEW,
			"doc_status": "0",
			"update_field": "stage",
			"update_value": "In Review",
			"allow_edit": LAWYER_ROLE,
		},
	)
	for row in workflow.transitions:
		if (row.state, row.action) == (CHIEF_REVIEW, "Endorse"):
			row.next_state = LEGAL_REVIEW
		if (row.state, row.action) == ("Published", "Withdraw"):
			row.allowed = LAWYER_ROLE
	for action, next_state in (
		(LEGALLY_SOUND, "Division Leader Review"),
		("Return for Correction", "Returned for Correction"),
	):
		workflow.append(
			"transitions",
			{
				"state": LEGAL_REVIEW,
				"action": action,
				"next_state": next_state,
				"allowed": LAWYER_ROLE,
				"allow_self_approval": 0,
			},
		)
	workflow.save()


def adjust_settings() -> None:
	settings = frappe.get_doc("New Media Settings")
	settings.update(
		{
			"volume_label": "宣审〔{year}〕{number:3}号",
			"change_report_days": 4,
			"declaration": "我对内容负责。",
		}
	)
	settings.append("working_day_corrections", {"day": "2026-06-10", "kind": "Rest Day", "note": "校庆"})
	settings.save()
	insert("Sensitive Word List", list_name="涉密用语", action="Stop", words="绝密\n机密级", enabled=1)


def adjust_annexes() -> None:
	"""A print format, a Word template, a notification and a report of one's own."""
	insert(
		"Print Format",
		name="自制审核单",
		doc_type=REVIEW,
		standard="No",
		custom_format=1,
		print_format_type="Jinja",
		html=PRINT_FORMAT,
	)
	template = docx_of_rows(["标题", "{{ article_title }}"], ["选题编号", "{{ topic_number }}"])
	file = insert("File", file_name="自制审核表.docx", is_private=1, content=template)
	insert("Annex Template", document_type=REVIEW, file=file.file_url, is_active=1)
	insert(
		"Notification",
		name="文章已通过",
		subject="已通过",
		document_type=REVIEW,
		event="Value Change",
		value_changed="stage",
		channel="System Notification",
		message="请发布。",
		recipients=[{"receiver_by_document_field": "owner"}],
	)
	insert(
		"Report", report_name="本月选题", ref_doctype=REVIEW, report_type="Report Builder", is_standard="No"
	)


def insert(doctype: str, **values):
	return frappe.get_doc({"doctype": doctype, **values}).insert()


def work() -> None:
	"""Leave documents at every place of their ways."""
	write_articles()
	write_filings()
	write_audits()


def write_articles() -> None:
	for taken in range(len(STEPS) + 1):
		write_article(taken)
	act(write_article(1), CHIEF, "Return for Correction", "请补图片来源")
	act(write_article(3), LEADER, "Return for Correction", "标题不当")
	published = factories.publish(write_article(len(STEPS)))
	act(factories.publish(write_article(len(STEPS))), LAWYER, "Withdraw", "内容有误")
	frappe.set_user(EDITOR)
	revising.start_revision(article=published)


def write_article(steps: int):
	"""Write an article with a picture and an attachment, and take that many steps with it."""
	article = factories.make_article(
		title=f"校园网维护通知（{steps}）",
		topic_number=f"XT-{steps}",
		content="<p>周日维护校园网。</p>" + factories.image_html(),
	)
	file = attach_file(article, "通知.txt", "维护时间：周日。".encode())
	article.append("attachments", {"file": file.file_url, "note": "附件"})
	article.save()
	for _state, user, action, opinion in STEPS[:steps]:
		article = act(article, user, action, opinion)
	article.reload()
	return article


def write_filings() -> None:
	factories.make_filing(account_name="草稿号", handle="draft-filing")
	for number, (filing_type, state) in enumerate(
		(
			("Opening", CHIEF_REVIEW),
			("Opening", "Unit Meeting"),
			("Opening", "Approved"),
			("Opening", "Reported"),
			("Change", "Approved"),
			("Deregistration", "Reported"),
		)
	):
		cells = {"account_name": f"备案号{number}", "handle": f"filed-{number}"}
		if filing_type == "Opening":
			factories.bring_filing_to(state, filing_type, **cells)
		else:
			account = factories.make_filed_account(**cells)
			new = {"business_lead": "业务负责人乙"} if filing_type == "Change" else {}
			factories.bring_filing_to(state, filing_type, account=account, **new)


def write_audits() -> None:
	"""A round with audits at several places of their way, one of them approved and one refused."""
	accounts = [
		factories.make_filed_account(account_name=f"年审号{number}", handle=f"audited-{number}")
		for number in range(4)
	]
	round_doc = factories.make_open_round(year=2025)
	audits = [factories.get_audit(round_doc, account.name) for account in accounts]
	factories.fill_in_audit(audits[0])
	factories.bring_audit_to("General Office Gathering", audits[1])
	factories.bring_audit_to("Approved", audits[2])
	act(factories.bring_audit_to("Unit Head Review", audits[3]), UNIT_HEAD, "Reject", "长期未更新")


def main(site: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	try:
		factories.make_house()
		frappe.set_user("Administrator")
		adjust()
		work()
		for table in NOT_KEPT:
			frappe.db.sql_ddl(f"truncate table `{table}`")
		frappe.db.commit()
	finally:
		frappe.destroy()


if __name__ == "__main__":
	main(*sys.argv[1:])
