"""Records for tests: people, masters, articles. What exists already is returned as it is."""

import base64
import io

import frappe
from frappe.utils import add_days, now, today
from PIL import Image

from nmedia_app import api, roles
from nmedia_app.demo import make_word_file, published_text
from nmedia_app.files import attach_file
from nmedia_app.regulation.filing import CHANGE, DEREGISTRATION, OPENING, WECHAT, WEIBO
from nmedia_app.regulation.review import OPEN
from nmedia_app.services import audit_opening, publishing
from nmedia_app.services.register import get_cells
from nmedia_app.workflow import apply_workflow, get_active_workflow

SECTION = "测试科室 O'Brien"
OTHER_SECTION = "测试二科"
PASSWORD = "Nmedia-test-1!"

EDITOR = "editor@test.nmedia.example"
SECOND_EDITOR = "second.editor@test.nmedia.example"
OTHER_EDITOR = "other.editor@test.nmedia.example"
CHIEF = "chief@test.nmedia.example"
OTHER_CHIEF = "other.chief@test.nmedia.example"
LEADER = "leader@test.nmedia.example"
OFFICE = "office@test.nmedia.example"
UNIT_HEAD = "head@test.nmedia.example"
SYSTEM_MANAGER = "admin@test.nmedia.example"
STRANGER = "stranger@test.nmedia.example"

PEOPLE = {
	# first: the platform gives System Manager to the first user of a site that has none
	SYSTEM_MANAGER: ("应用管理员", "System Manager"),
	EDITOR: ("Editor O'Hara", roles.EDITOR),
	SECOND_EDITOR: ("编辑二", roles.EDITOR),
	OTHER_EDITOR: ("另一编辑", roles.EDITOR),
	CHIEF: ("科长", roles.SECTION_CHIEF),
	OTHER_CHIEF: ("另一科长", roles.SECTION_CHIEF),
	LEADER: ("处长", roles.DIVISION_LEADER),
	OFFICE: ("办公室", roles.GENERAL_OFFICE),
	UNIT_HEAD: ("处负责人", roles.UNIT_HEAD),
	STRANGER: ("外人", None),
}

#: the cells of Annex 1, of an account that WeChat has opened already
ACCOUNT_CELLS = {
	"account_name": "测试公众号",
	"platform": "微信",
	"handle": "test-account",
	"account_holder": "This Unit",
	"supervising_unit": "信息化建设与管理处",
	"opened_on": "2020-06-10",
	"followers": 1200,
	"purpose": "发布校园网络与信息系统的通知，服务师生。",
	"server_use": "No Data Service",
	"responsible_person": "责任人甲",
	"responsible_title": "处长",
	"supervising_leader": LEADER,
	"administrator": EDITOR,
	"business_lead": "业务负责人甲",
	"business_lead_title": "科长",
	"business_lead_phone": "029-88000001",
	"technical_lead": "技术负责人甲",
	"technical_lead_title": "工程师",
	"technical_lead_phone": "13800000001",
	"measures": "先审后发；专人值守；密码定期更换。",
}


def make_people():
	"""Make one user for each role, and those of another section."""
	for user, (name, role) in PEOPLE.items():
		make_user(user, name, *([role] if role else []))


def make_user(user: str, name: str, *user_roles: str):
	"""Make a user, or give one who exists exactly this name and these roles again."""
	exists = frappe.db.exists("User", user)
	doc = frappe.get_doc("User", user) if exists else frappe.new_doc("User", email=user, first_name=name)
	if exists and doc.first_name == name and {row.role for row in doc.roles} == set(user_roles):
		return doc
	doc.update({"first_name": name, "send_welcome_email": 0, "language": "en", "roles": []})
	doc.flags.no_welcome_mail = True
	doc.new_password = PASSWORD
	doc.append_roles(*user_roles)
	return doc.save(ignore_permissions=True)


def make_section(name: str, chief: str, members: list[str]):
	if not frappe.db.exists("Media Section", name):
		frappe.get_doc(
			doctype="Media Section", section_name=name, chief=chief, members=[{"user": u} for u in members]
		).insert(ignore_permissions=True)
	return frappe.get_doc("Media Section", name)


def make_platform(platform: str, tick: str = "Other"):
	if not frappe.db.exists("Media Platform", platform):
		frappe.get_doc(doctype="Media Platform", platform_name=platform, annex_1_tick=tick).insert(
			ignore_permissions=True
		)
	return frappe.get_doc("Media Platform", platform)


def make_account(
	account_name: str, section: str, platform: str = "测试平台", status: str = "Active", **cells
):
	make_platform(platform)
	if name := frappe.db.exists("Media Account", {"account_name": account_name, "platform": platform}):
		return frappe.get_doc("Media Account", name)
	return frappe.get_doc(
		doctype="Media Account",
		account_name=account_name,
		platform=platform,
		section=section,
		status=status,
		**cells,
	).insert(ignore_permissions=True)


def make_house():
	"""Make people, two sections and an account for each, as Administrator."""
	frappe.set_user("Administrator")
	make_people()
	make_section(SECTION, CHIEF, [EDITOR, SECOND_EDITOR])
	make_section(OTHER_SECTION, OTHER_CHIEF, [OTHER_EDITOR])
	make_account("测试号", SECTION)
	make_account("另一测试号", OTHER_SECTION)


def new_article(user: str = EDITOR, **values):
	"""Build, without saving it, a complete article of the user's section."""
	section = OTHER_SECTION if user == OTHER_EDITOR else SECTION
	account = make_account("另一测试号" if section == OTHER_SECTION else "测试号", section)
	fields = {
		"title": "Summer network maintenance",
		"section": section,
		"accounts": [{"account": account.name}],
		"planned_publish_time": "2026-06-10 09:30:00",
		"copywriters": [{"full_name": "学生作者"}],
		"editors": [{"user": user}],
		"image_source": "Photograph by the section",
		"content": "<p>The network is maintained on Sunday.</p>",
	}
	return frappe.get_doc({"doctype": "Article Review", **fields, **values})


def make_filed_account(**values):
	"""Insert, as Administrator, an account in use with every cell of Annex 1."""
	frappe.set_user("Administrator")
	make_platform("微信", WECHAT)
	fields = {"doctype": "Media Account", **ACCOUNT_CELLS, "section": SECTION, "status": "Active", **values}
	return frappe.get_doc(fields).insert()


def new_filing(filing_type: str = OPENING, account=None, **values):
	"""Build, without saving it, a complete filing; of a change or closing, of that account or a new one."""
	make_platform("微信", WECHAT)
	make_platform("微博", WEIBO)
	fields = {"doctype": "Account Filing", "filing_type": filing_type, "section": SECTION}
	if filing_type == OPENING:
		return frappe.get_doc({**fields, **ACCOUNT_CELLS, **values})
	account = account or make_filed_account()
	fields |= {**get_cells(account), "account": account.name, "reason": "岗位调整"}
	if filing_type == CHANGE:
		fields["changed_on"] = today()
	return frappe.get_doc({**fields, **values})


def make_filing(filing_type: str = OPENING, user: str = EDITOR, **values):
	"""Insert a filing as that user."""
	filing = new_filing(filing_type, **values)
	frappe.set_user(user)
	return filing.insert()


def make_approved_change(opinion: str = "同意变更", **values):
	"""Take a change of an account to its approval."""
	filing = act(make_filing(filing_type=CHANGE, **values), EDITOR, "Send for Review")
	return act(act(filing, CHIEF, "Endorse"), LEADER, "Approve", opinion)


def make_article(user: str = EDITOR, **values):
	"""Insert an article as that user."""
	frappe.set_user(user)
	return new_article(user, **values).insert()


def act(doc, user: str, action: str, opinion: str = ""):
	"""Take a workflow step as that user, from a form that shows the document as it stands; reload it."""
	frappe.set_user(user)
	form = frappe.get_doc(doc.doctype, doc.name).as_dict()
	words = {"workflow_opinion": opinion, "workflow_declared": 1}
	apply_workflow(frappe.as_json({**form, **words}), action)
	return frappe.get_doc(doc.doctype, doc.name)


def make_article_in_chief_review(**values):
	return act(make_article(**values), EDITOR, "Send for Review")


def make_article_in_leader_review(**values):
	return act(make_article_in_chief_review(**values), CHIEF, "Endorse", "Checked")


def make_approved_article(opinion: str = "Good to go", **values):
	return act(make_article_in_leader_review(**values), LEADER, "Approve", opinion)


def make_published_article(**values):
	return publish(make_approved_article(**values))


def publish(article, user: str = EDITOR, **values):
	"""Register as that user that an approved article is out everywhere, just as approved; reload it."""
	frappe.set_user(user)
	for account in publishing.get_unregistered_accounts(article):
		article = register(article, account=account, **values)
	return frappe.get_doc(article.doctype, article.name)


def register(article, **values):
	"""Register a publication on the article's first account as the session user, as the form does."""
	given = {
		"name": article.name,
		"modified": str(frappe.get_doc(article.doctype, article.name).modified),
		"account": article.accounts[0].account,
		"published_on": now(),
		"address": "https://mp.example/s/1",
		"copy_text": published_text(article),
	}
	return api.register_publication(**{**given, **values})


def image_bytes(image_format: str = "PNG", colour: str = "navy") -> bytes:
	"""Return a small picture."""
	buffer = io.BytesIO()
	Image.new("RGB", (24, 16), colour).save(buffer, image_format)
	return buffer.getvalue()


def image_html(content: bytes | None = None, mime: str = "image/png") -> str:
	"""Return an image tag as the text editor makes it of an inserted picture."""
	encoded = base64.b64encode(content or image_bytes()).decode()
	return f'<img src="data:{mime};base64,{encoded}">'


def word_file(*paragraphs: str) -> bytes:
	"""Return a Word file with these paragraphs."""
	return make_word_file(list(paragraphs))


def make_approved_article_with_attachment(file_name: str, attached: bytes, **values):
	article = make_article(**{**values, "content": values.get("content") or "<p>见附件</p>"})
	file = attach_file(article, file_name, attached)
	article.append("attachments", {"file": file.file_url, "note": "附件"})
	article.content = values.get("content", article.content)
	article.save()
	for user, action in ((EDITOR, "Send for Review"), (CHIEF, "Endorse"), (LEADER, "Approve")):
		article = act(article, user, action)
	return article


def copy_approved_articles(count: int) -> list[tuple[str, str, str, str]]:
	"""Copy an approved article in the database; list (name, modified, account, what its readers find)."""
	article = make_approved_article()
	text, account = published_text(article), article.accounts[0].account
	copies = []
	for number in range(count):
		copy = frappe.get_doc(article.as_dict())
		copy.update({"name": f"{article.name}-{number}", "verification_code": None})
		copy.db_insert()
		for row in copy.get_all_children():
			row.update({"name": frappe.generate_hash(length=12), "parent": copy.name})
			row.db_insert()
		copies.append((copy.name, str(copy.modified), account, text))
	return copies


#: who takes which steps, by kind of filing, until it is approved
WAYS = {
	"Opening": (
		(EDITOR, "Send for Review"),
		(CHIEF, "Endorse"),
		(OFFICE, "Record Resolution"),
		(LEADER, "Approve"),
	),
	"Change": ((EDITOR, "Send for Review"), (CHIEF, "Endorse"), (LEADER, "Approve")),
	"Deregistration": (
		(EDITOR, "Send for Review"),
		(CHIEF, "Endorse"),
		(LEADER, "Endorse"),
		(UNIT_HEAD, "Approve"),
	),
}


def bring_filing_to(state: str, filing_type: str = "Opening", **values):
	"""Make a filing and take its steps until it is in that state."""
	filing = make_filing(filing_type, **values)
	for user, action in (*WAYS[filing_type], (OFFICE, "Mark as Reported")):
		if filing.workflow_state == state:
			break
		filing = take_filing_step(filing, user, action)
	assert filing.workflow_state == state, (filing.workflow_state, state)
	return filing


def take_filing_step(filing, user: str, action: str):
	"""Take a step of a filing, filling in what it asks for."""
	if action == "Record Resolution":
		record_meeting(filing)
	if action == "Mark as Reported":
		record_report(filing)
	return act(filing, user, action)


def record_meeting(filing, user: str = OFFICE, **values):
	"""Fill in, as that user, what the unit's meeting decided."""
	frappe.set_user(user)
	filing = frappe.get_doc(filing.doctype, filing.name)
	minutes = attach_file(filing, "minutes.txt", b"Agreed.").file_url
	decided = {"meeting_date": today(), "meeting_resolution": "Agreed", "commissioned_agent": EDITOR}
	filing.update({**decided, "meeting_minutes": minutes, **values})
	return filing.save()


def record_report(filing, user: str = OFFICE, **values):
	"""Fill in, as that user, when the Publicity Department had the filing."""
	frappe.set_user(user)
	filing = frappe.get_doc(filing.doctype, filing.name)
	receipt = attach_file(filing, "receipt.txt", b"Received.").file_url
	filing.update({"reported_on": today(), "report_receipt": receipt, **values})
	if filing.filing_type == DEREGISTRATION and "closing_proof" not in values:
		filing.closing_proof = attach_file(filing, "closed.txt", b"Closed.").file_url
	return filing.save()


#: a year in which no demo data has a round
AUDIT_YEAR = 2031


def new_round(**values):
	"""Build, without saving it, a round that runs these days and counts a year back."""
	fields = {
		"doctype": "Annual Audit Round",
		"year": AUDIT_YEAR,
		"opens_on": add_days(today(), -10),
		"closes_on": add_days(today(), 10),
		"period_from": add_days(today(), -300),
		"period_to": add_days(today(), 10),
	}
	return frappe.get_doc({**fields, **values})


def make_round(user: str = OFFICE, **values):
	"""Insert a round as that user."""
	frappe.set_user(user)
	round_doc = new_round(**values)
	forget_round(f"NM-ROUND-{round_doc.year}")
	return round_doc.insert()


def forget_round(name: str) -> None:
	"""Remove what a worker told of a round after an earlier test had removed it."""
	of_round = {"reference_doctype": "Annual Audit Round", "reference_name": name}
	frappe.db.delete("Review Reminder", of_round)
	frappe.db.delete("Notification Log", {"document_type": "Annual Audit Round", "document_name": name})


def make_open_round(**values):
	"""Open a round with its audits."""
	round_doc = act(make_round(**values), OFFICE, "Open Round")
	frappe.set_user("Administrator")
	while audit_opening.open_batch(round_name=round_doc.name):
		pass
	return round_doc


def make_round_to_open(**values):
	"""Open a round without the job that would open its audits; the caller does."""
	round_doc = make_round("Administrator", **values)
	workflow = get_active_workflow(round_doc.doctype)
	state = next(row.state for row in workflow.states if row.update_value == OPEN)
	frappe.db.set_value(round_doc.doctype, round_doc.name, {"workflow_state": state, "stage": OPEN})
	frappe.clear_document_cache(round_doc.doctype, round_doc.name)
	round_doc.reload()
	return round_doc


def get_audit(round_doc, account: str):
	"""Return the audit of an account in a round."""
	return frappe.get_doc("Annual Audit", {"round": round_doc.name, "account": account})


def make_audit(account=None, **values):
	"""Open a round, and return the audit of one of its accounts: the editor's, unless another is given."""
	account = account or make_filed_account()
	return get_audit(make_open_round(**values), account.name)


def fill_in_audit(audit, user: str = EDITOR):
	"""Hand in, as that user, everything that an audit asks for."""
	frappe.set_user(user)
	audit = frappe.get_doc(audit.doctype, audit.name)
	for row in audit.materials:
		if row.kind == "Statement":
			row.text = "无"
		else:
			row.file = attach_file(audit, f"{row.idx}.txt", f"{row.material_name}".encode()).file_url
	audit.self_assessment = "一年来运行正常。"
	return audit.save()


def swap_kinds(audit, *names: str):
	"""Let the round of an audit ask for a text in place of a file, or the other way round; save both."""
	frappe.set_user(OFFICE)
	round_doc = frappe.get_doc("Annual Audit Round", audit.round)
	for row in round_doc.requirements:
		if row.material_name in names:
			row.kind = "File" if row.kind == "Statement" else "Statement"
	round_doc.save()
	frappe.set_user(EDITOR)
	return frappe.get_doc(audit.doctype, audit.name).save()


AUDIT_WAY = (
	(EDITOR, "Send for Review"),
	(CHIEF, "Confirm"),
	(OFFICE, "Gather"),
	(UNIT_HEAD, "Approve"),
)


def bring_audit_to(state: str, audit=None, **values):
	"""Take an audit, complete, on its way until it is in that state."""
	audit = fill_in_audit(audit or make_audit(**values))
	for user, action in AUDIT_WAY:
		if audit.workflow_state == state:
			break
		audit = act(audit, user, action)
	assert audit.workflow_state == state, (audit.workflow_state, state)
	return audit


def copy_accounts(count: int, **values) -> list[str]:
	"""Write so many accounts in use straight into the database; return their names."""
	account = make_filed_account(**values)
	names = []
	for number in range(count):
		copy = frappe.get_doc(account.as_dict())
		copy.update(
			{
				"name": f"{account.name} {number:05}",
				"live_key": f"copy:{number}",
				"account_name": f"批量号{number:05}",
			}
		)
		copy.db_insert()
		names.append(copy.name)
	return names


def complete_audits(round_doc, file_url: str) -> None:
	"""Write straight into the database that every audit of a round was handed in and passed on."""
	of_round = {"parent": ["in", frappe.get_all("Annual Audit", {"round": round_doc.name}, pluck="name")]}
	frappe.db.set_value(
		"Audit Material", {**of_round, "kind": "Statement"}, "text", "一年来运行平稳，无违规内容。"
	)
	frappe.db.set_value("Audit Material", {**of_round, "kind": "File"}, "file", file_url)
	frappe.db.set_value(
		"Annual Audit", {"round": round_doc.name}, "self_assessment", "先审后发，专人值守，全年无差错。" * 5
	)
	ways = ((CHIEF, roles.SECTION_CHIEF), (OFFICE, roles.GENERAL_OFFICE))
	records = [
		{
			"name": frappe.generate_hash(length=10),
			"parent": audit,
			"parenttype": "Annual Audit",
			"parentfield": "approval_records",
			"idx": number,
			"from_stage": "In Review",
			"to_stage": "In Review",
			"user": user,
			"full_name": PEOPLE[user][0],
			"role": role,
			"acted_on": now(),
			"opinion": "同意",
		}
		for audit in of_round["parent"][1]
		for number, (user, role) in enumerate(ways, 1)
	]
	audit_opening.write_rows("Approval Record", records)
