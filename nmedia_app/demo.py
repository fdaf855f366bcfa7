"""Demo data: a house with its people, articles and filings at every stage, made as people make them.

Loading it again completes what is missing and changes nothing that is there.
"""

import base64
import io
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import frappe
from frappe.utils import add_days, getdate, now, today
from PIL import Image, ImageDraw

from nmedia_app import roles
from nmedia_app.files import attach_file
from nmedia_app.services import audit_opening, publishing
from nmedia_app.workflow import apply_workflow

SEED = Path(__file__).parent / "demo_data"
PUBLISHING = "Mark as Published"  # in the seed: registered with a copy, account by account

ROUND = "Annual Audit Round"
STATEMENTS = {"自查总结": "账号由专人运行，推文先审后发，密码每学期更换；经自查，未发现安全问题。"}
ROUND_NOTES = "请各账号管理员逐项提交材料；签字盖章的年审表扫描后上传。"

EDITOR = "editor@nmedia.example"
SECOND_EDITOR = "editor2@nmedia.example"
CHIEF = "chief@nmedia.example"
LEADER = "leader@nmedia.example"
OFFICE = "office@nmedia.example"
UNIT_HEAD = "head@nmedia.example"
ADMINISTRATOR = "admin@nmedia.example"

# people go by what they do, not by names
USERS = {
	# first: the platform gives System Manager to the first user of a site that has none
	ADMINISTRATOR: ("系统管理员", ["System Manager"]),
	EDITOR: ("编辑甲", [roles.EDITOR]),
	SECOND_EDITOR: ("编辑乙", [roles.EDITOR]),
	CHIEF: ("科室负责人", [roles.SECTION_CHIEF]),
	LEADER: ("处级领导", [roles.DIVISION_LEADER]),
	OFFICE: ("综合办公室", [roles.GENERAL_OFFICE]),
	UNIT_HEAD: ("单位第一责任人", [roles.UNIT_HEAD]),
}

SECTION = "信息服务科"
SECOND_SECTION = "网络运行科"
SECTIONS = {SECTION: (CHIEF, [EDITOR]), SECOND_SECTION: (CHIEF, [SECOND_EDITOR])}

# platform: (what it calls an account's address, box in Annex 1)
PLATFORMS = {"微信": ("微信号", "WeChat"), "微博": ("微博网址", "Weibo"), "手机APP": ("下载地址", "Other")}

# (account, platform, handle, section, administrator, status)
ACCOUNTS = [
	("信息化建设与管理处", "微信", "xxhc-demo", SECTION, EDITOR, "Active"),
	("信息化建设与管理处", "微博", "https://weibo.example/xxhc-demo", SECTION, EDITOR, "Active"),
	("掌上校园", "手机APP", "https://app.example/campus", SECOND_SECTION, SECOND_EDITOR, "Active"),
	("校园网服务", "微信", "xyw-demo", SECOND_SECTION, SECOND_EDITOR, "Active"),
]

# what Annex 1 says of each of them
CELLS = {
	"account_holder": "This Unit",
	"supervising_unit": "信息化建设与管理处",
	"opened_on": "2020-06-10",
	"server_use": "No Data Service",
	"purpose": "发布信息化建设与校园网络服务的通知，解答师生的问题。",
	"responsible_person": "单位第一责任人",
	"responsible_title": "处长",
	"supervising_leader": LEADER,
	"administrator": EDITOR,
	"business_lead": "科室负责人",
	"business_lead_title": "科长",
	"business_lead_phone": "80001",
	"technical_lead": "编辑甲",
	"technical_lead_title": "工程师",
	"technical_lead_phone": "80002",
	"measures": "账号密码由管理员专人保管，每学期更换；文章先审后发，审核记录由综合办公室保管。",
}

# list: (what a hit does, words)
WORD_LISTS = {
	"涉密用语": ("Stop", ["绝密", "机密级", "秘密级", "内部文件", "不得外传"]),
	"绝对化用语": ("Warn", ["国家级", "最高级", "全国第一", "世界领先", "史上最"]),
}


def load(passwords: dict[str, str] | str | None = None):
	"""Load the demo data.

	`passwords` is user → password, or the path of a JSON file that holds this; a user without one gets a
	random password that nobody knows. Existing passwords stay unless one is given.
	"""
	frappe.set_user("Administrator")
	frappe.local.lang = "zh"  # what the platform notes on the way (attached files, say) is kept in words
	given = read_passwords(passwords)
	for user, (full_name, user_roles) in USERS.items():
		make_user(user, full_name, user_roles, given.get(user))
	name_site()
	make_masters()
	frappe.db.commit()
	for make, seed in ((make_article, "articles.json"), (make_filing, "filings.json")):
		for document in json.loads((SEED / seed).read_text(encoding="utf-8")):
			make(document)
			frappe.db.commit()  # each by itself: an interrupted load goes on where it stopped
	open_round()
	for audit in json.loads((SEED / "audits.json").read_text(encoding="utf-8")):
		make_audit(audit)
		frappe.db.commit()
	frappe.set_user("Administrator")


def read_passwords(passwords: dict[str, str] | str | None) -> dict[str, str]:
	if isinstance(passwords, str):
		return json.loads(Path(passwords).read_text(encoding="utf-8"))
	return passwords or {}


def make_user(user: str, full_name: str, user_roles: list[str], password: str | None):
	"""Make a desk user who is ready to work: Chinese, no mails, no tours."""
	exists = frappe.db.exists("User", user)
	doc = frappe.get_doc("User", user) if exists else frappe.new_doc("User", email=user, first_name=full_name)
	if exists and not password:
		return
	if not exists:
		doc.update({"language": "zh", "time_zone": "Asia/Shanghai", "user_type": "System User"})
		doc.append_roles(*user_roles)
		doc.set("block_modules", [{"module": module} for module in get_other_modules(user_roles)])
	doc.send_welcome_email = 0
	doc.flags.no_welcome_mail = True
	doc.new_password = password or frappe.generate_hash(length=24)
	doc.save(ignore_permissions=True)
	turn_off_mails(user)


def get_other_modules(user_roles: list[str]) -> list[str]:
	"""Modules that only clutter the sidebar of who has no other work here."""
	if "System Manager" in user_roles:
		return []
	return frappe.get_all("Module Def", filters={"app_name": ["!=", "nmedia_app"]}, pluck="name")


def turn_off_mails(user: str):
	if frappe.db.exists("Notification Settings", user):
		frappe.db.set_value("Notification Settings", user, "enable_email_notifications", 0)


def name_site():
	"""Let the login page say what the site is for, unless somebody gave it a name already."""
	if frappe.db.get_single_value("System Settings", "app_name") in (None, "", "Frappe"):
		frappe.db.set_single_value("System Settings", "app_name", "新媒体管理")
		frappe.db.set_single_value("Website Settings", "app_name", "新媒体管理")
	if not frappe.db.get_single_value("Website Settings", "footer_powered"):
		frappe.db.set_single_value("Website Settings", "footer_powered", "基于 Frappe 构建")


def make_masters():
	frappe.set_user(OFFICE)
	for section, (chief, members) in SECTIONS.items():
		insert_once(
			"Media Section",
			{"section_name": section},
			chief=chief,
			members=[{"user": user} for user in members],
		)
	for platform, (handle_label, tick) in PLATFORMS.items():
		insert_once(
			"Media Platform",
			{"platform_name": platform},
			handle_label=handle_label,
			annex_1_tick=tick,
			enabled=1,
		)
	for account, platform, handle, section, administrator, status in ACCOUNTS:
		insert_once(
			"Media Account",
			{"account_name": account, "platform": platform},
			**{**CELLS, "handle": handle, "administrator": administrator},
			section=section,
			status=status,
		)

	for name, (action, words) in WORD_LISTS.items():
		insert_once(
			"Sensitive Word List", {"list_name": name}, action=action, words="\n".join(words), enabled=1
		)


def insert_once(doctype: str, key: dict, **values) -> str:
	"""Insert a document unless one with this key exists; return its name."""
	name = frappe.db.exists(doctype, key)
	return name or frappe.get_doc({"doctype": doctype, **key, **values}).insert().name


def make_article(article: dict):
	"""Make an article of the seed and take the steps that it has not taken yet."""
	name = frappe.db.get_value("Article Review", {"title": article["title"]})
	if not name:
		frappe.set_user(article["by"])
		name = insert_article(article).name
	for step in get_steps_left("Article Review", name, article):
		publish(name, **step) if step["action"] == PUBLISHING else take_step("Article Review", name, **step)


def get_steps_left(doctype: str, name: str, seed: dict) -> list[dict]:
	taken = frappe.db.count("Approval Record", {"parent": name, "parenttype": doctype})
	return seed.get("steps", [])[taken:]


def insert_article(article: dict):
	doc = frappe.get_doc(
		doctype="Article Review",
		title=article["title"],
		section=article["section"],
		accounts=[{"account": get_account(*account)} for account in article["accounts"]],
		planned_publish_time=f"{add_days(today(), article['in_days'])} {article['at']}",
		copywriters=article["copywriters"],
		editors=article["editors"],
		image_source=article.get("image_source"),
		content=article["content"],
	)
	if picture := article.get("picture"):
		doc.content = picture_html(picture) + doc.content
	doc.insert()
	for attachment in article.get("attachments", []):
		file = attach_file(doc, attachment["file_name"], make_word_file(attachment["paragraphs"]))
		doc.append("attachments", {"file": file.file_url, "note": attachment.get("note")})
	return doc.save() if article.get("attachments") else doc


def get_account(account_name: str, platform: str) -> str:
	return frappe.db.get_value("Media Account", {"account_name": account_name, "platform": platform})


def make_filing(filing: dict):
	"""Make a filing of the seed and take the steps that it has not taken yet."""
	about = (
		{"account": get_account(*filing["account"])} if "account" in filing else {"reason": filing["reason"]}
	)
	key = {"filing_type": filing["filing_type"], **about}
	name = frappe.db.get_value("Account Filing", key, order_by="creation asc")
	if not name:
		frappe.set_user(filing["by"])
		name = insert_filing(filing).name
	for step in get_steps_left("Account Filing", name, filing):
		record(name, **step)
		take_step(
			"Account Filing", name, **{key: step[key] for key in ("by", "action", "opinion") if key in step}
		)


def insert_filing(filing: dict):
	cells = CELLS if filing["filing_type"] == "Opening" else {}
	doc = frappe.get_doc(
		doctype="Account Filing",
		filing_type=filing["filing_type"],
		reason=filing["reason"],
		**{**cells, "section": filing.get("section"), **filing["cells"]},
	)
	if account := filing.get("account"):
		doc.account = get_account(*account)
	if "changed_days_ago" in filing:
		doc.changed_on = add_days(today(), -filing["changed_days_ago"])
	return doc.insert()


def record(name: str, by: str, values: dict | None = None, files: dict | None = None, **step):
	"""Fill in what a step of a filing asks for: texts, files by field, and `today` for dates."""
	if not (values or files):
		return
	frappe.set_user(by)
	doc = frappe.get_doc("Account Filing", name)
	doc.update({field: today() if value == "today" else value for field, value in (values or {}).items()})
	for field, file_name in (files or {}).items():
		doc.set(field, attach_file(doc, file_name, make_word_file([Path(file_name).stem])).file_url)
	doc.save()


def open_round():
	"""Open the year's round of audits these days, and the audits of the accounts in use."""
	year = getdate().year
	name = frappe.db.get_value(ROUND, {"year": year})
	if not name:
		frappe.set_user(OFFICE)
		days = {"opens_on": add_days(today(), -14), "closes_on": add_days(today(), 14)}
		days["period_to"] = today()  # all that is in the demo happened today
		round_doc = frappe.get_doc(doctype=ROUND, year=year, **days, notes=ROUND_NOTES).insert()
		take_step(ROUND, round_doc.name, OFFICE, "Open Round")
		name = round_doc.name
	frappe.set_user("Administrator")
	audit_opening.open_audits(name)


def make_audit(audit: dict):
	"""Fill in an audit of the seed and take the steps that it has not taken yet."""
	account = get_account(*audit["account"])
	name = frappe.db.get_value("Annual Audit", {"account": account, "year": getdate().year})
	if not frappe.db.get_value("Annual Audit", name, "self_assessment"):
		fill_in_audit(name, audit)
	for step in get_steps_left("Annual Audit", name, audit):
		take_step("Annual Audit", name, **step)


def fill_in_audit(name: str, audit: dict):
	"""Hand in a file or a word for everything that an audit asks for."""
	frappe.set_user(audit["by"])
	doc = frappe.get_doc("Annual Audit", name)
	for row in doc.materials:
		if row.kind == "Statement":
			row.text = STATEMENTS.get(row.material_name, "无。")
		else:
			file_name = f"{row.material_name}.docx"
			row.file = attach_file(doc, file_name, make_word_file([row.material_name])).file_url
	doc.update({key: audit[key] for key in ("followers", "self_assessment")})
	doc.save()


def take_step(doctype: str, name: str, by: str, action: str, opinion: str = ""):
	"""Take a workflow step as a person does: from the form that shows the document as it stands."""
	frappe.set_user(by)
	form = frappe.get_doc(doctype, name).as_dict()
	apply_workflow({**form, "workflow_opinion": opinion, "workflow_declared": 1}, action)


def publish(name: str, by: str, action: str):
	"""Register an article, as approved, on the accounts where it is not registered yet."""
	frappe.set_user(by)
	article = frappe.get_doc("Article Review", name)
	for number, account in enumerate(publishing.get_unregistered_accounts(article), 1):
		article = publishing.register(
			article=article,
			account=account,
			published_on=now(),
			address=f"https://media.example/{name.lower()}/{number}",
			copy=publishing.read_copy(published_text(article)),
		)


def published_text(article) -> str:
	"""Return what a reader finds out there: title, byline and the approved text."""
	byline = publishing.get_byline(article, now())
	return "\n".join((article.title, byline, publishing.get_approved_text(article)))


def picture_html(picture: str) -> str:
	content = base64.b64encode(PICTURES[picture]()).decode()
	return f'<p><img src="data:image/png;filename={picture}.png;base64,{content}"></p>'


def as_png(image: Image.Image) -> bytes:
	buffer = io.BytesIO()
	image.quantize(64).save(buffer, "PNG", optimize=True)
	return buffer.getvalue()


def draw_notice() -> bytes:
	"""A plain header picture: a sheet with lines, a seal, and the house's blue."""
	image = Image.new("RGB", (640, 200), "#eef3ff")
	draw = ImageDraw.Draw(image)
	draw.rectangle((0, 176, 640, 200), fill="#1f5eff")
	draw.rounded_rectangle((250, 28, 390, 200), 10, fill="#ffffff", outline="#1f5eff", width=3)
	for row in range(5):
		draw.line((274, 62 + row * 20, 366 - (row % 2) * 24, 62 + row * 20), fill="#9db7f5", width=5)
	draw.ellipse((356, 124, 414, 182), fill="#eef3ff", outline="#d92d20", width=5)
	draw.line((372, 153, 382, 163, 400, 143), fill="#d92d20", width=5)
	return as_png(image)


def draw_network() -> bytes:
	"""A few nodes and the lines between them."""
	image = Image.new("RGB", (640, 200), "#ecfdf3")
	draw = ImageDraw.Draw(image)
	nodes = [(90, 110), (220, 60), (320, 140), (430, 70), (550, 120)]
	for start, end in pairwise(nodes):
		draw.line((*start, *end), fill="#7ad7a4", width=5)
	for x, y in nodes:
		draw.ellipse((x - 22, y - 22, x + 22, y + 22), fill="#ffffff", outline="#12b76a", width=5)
	return as_png(image)


PICTURES: dict[str, Callable[[], bytes]] = {"notice": draw_notice, "network": draw_network}


def make_word_file(paragraphs: list[str]) -> bytes:
	from docx import Document

	document = Document()
	for number, text in enumerate(paragraphs):
		document.add_heading(text, 1) if number == 0 else document.add_paragraph(text)
	buffer = io.BytesIO()
	document.save(buffer)
	return buffer.getvalue()
