"""The annual audit in the browser (Article 6): filled in, confirmed, gathered, approved; what is to close."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from nmedia_app.tests.e2e.desk import (
	CHIEF,
	DESKTOP,
	EDITOR,
	LEADER,
	OFFICE,
	PHONE,
	SECOND_EDITOR,
	UNIT_HEAD,
	Desk,
	bench_answer,
)
from nmedia_app.tests.unit.unit_pictures import picture_of

AUDIT, ROUND, TASK = "Annual Audit", "Annual Audit Round", "Closure Task"
INSIDE = "nmedia_app.tests.e2e.inside"
#: whatever signs a name has, the link to the file leads there
FILES = ("年审表 #1 100%签字.txt", "谁?管理=哪个&账号+1.txt", "备案%20证明%23;'甲.txt")
FUNCTIONS = {EDITOR: "editor", CHIEF: "chief", OFFICE: "office", UNIT_HEAD: "unit-head"}


def inside(function: str, **arguments):
	"""Run a function of `inside.py` on the server's side; return its answer."""
	return bench_answer(f"{INSIDE}.{function}", **arguments)


@pytest.fixture(scope="module")
def campaign() -> dict:
	"""A round with six accounts of an editor, one audit at the office and four at the head."""
	made = inside("prepare_round", count=6)
	names = [*made["audits"].values()]
	inside("send_audits", names=names[1:2], steps=2)
	inside("send_audits", names=names[2:], steps=3)
	return {"round": made["round"], "names": names, "accounts": [*made["audits"]]}


def upload(desk: Desk, material: Locator, file_name: str) -> None:
	material.get_by_role("button", name="上传文件").click()
	dialog = desk.page.locator(".modal.show")
	content = {"name": file_name, "mimeType": "text/plain", "buffer": file_name.encode()}
	dialog.locator("input[type=file]").set_input_files(files=[content])
	dialog.locator(".btn-modal-primary").click()
	expect(material).to_contain_text("已提交")
	desk.page.wait_for_function("() => !cur_frm.is_dirty()")
	expect(desk.page.locator(".modal.show")).to_have_count(0)
	desk.settled()


def upload_pictures(desk: Desk, material: Locator) -> None:
	"""Make one PDF of three pictures, the last one first, while the form has changes that are not saved."""
	with desk.page.expect_file_chooser() as chooser:
		material.get_by_role("button", name="上传多张图片").click()
	chooser.value.set_files(
		[
			{"name": "截图10.png", "mimeType": "image/png", "buffer": picture_of((1080, 5000))},
			{"name": "截图1.jpg", "mimeType": "image/jpeg", "buffer": picture_of(kind="JPEG")},
			{"name": "截图2.webp", "mimeType": "image/webp", "buffer": picture_of(kind="WEBP")},
			{"name": "假的.png", "mimeType": "image/png", "buffer": b"no picture"},
		]
	)
	dialog = desk.page.locator(".nmedia-pictures.show")
	rows = dialog.locator(".nmedia-picture-list li")
	expect(rows).to_have_text([re.compile(name) for name in ("假的", "截图1", "截图2", "截图10")])
	dialog.get_by_role("button", name="合成 PDF").click()
	expect(dialog.locator(".alert")).to_contain_text("“假的.png”已损坏")
	desk.was_refused(417)
	desk.shot("audit-0-bad-picture")
	rows.nth(0).get_by_role("button", name="移除").click()
	rows.nth(2).get_by_role("button", name="上移").click()
	expect(rows).to_have_text([re.compile(name) for name in ("截图1", "截图10", "截图2")])
	desk.shot("audit-0-pictures")
	assert desk.english() == []
	dialog.get_by_role("button", name="合成 PDF").click()
	expect(material).to_contain_text("已提交")
	expect(desk.page.locator(".modal.show")).to_have_count(0)
	desk.page.wait_for_function("() => !cur_frm.is_dirty()")
	desk.settled()


def read_pdf(desk: Desk, material: Locator) -> PdfReader:
	"""Fetch the PDF of a material from where its link leads."""
	link = material.locator("a[target]").element_handle()
	with desk.page.expect_response(lambda response: "/private/files/" in response.url) as fetched:
		desk.page.evaluate("(link) => fetch(link.href)", link)
	return PdfReader(BytesIO(fetched.value.body()))


def read_text(desk: Desk, material: Locator) -> str:
	"""Open the text file of a material in the tab to which its link leads; return what it says there."""
	with desk.page.expect_popup() as opened:
		material.locator("a[target]").click()
	text = opened.value.locator("body").inner_text()
	opened.value.close()
	return text


def complete(desk: Desk) -> None:
	"""Hand in every material, write the self-assessment, and save."""
	assessment = desk.page.locator("[data-fieldname=self_assessment] textarea:visible")
	assessment.fill("一年来运行正常。")
	assessment.blur()
	materials = desk.page.locator(".nmedia-material")
	expect(materials).to_have_count(6)
	upload_pictures(desk, materials.nth(3))
	assert desk.value("self_assessment") == "一年来运行正常。"
	pages = read_pdf(desk, materials.nth(3)).pages
	assert [page.extract_text().strip()[0] for page in pages] == ["1", "2", "3", "4", "5"]
	for index, file_name in enumerate(FILES):
		upload(desk, materials.nth(index), file_name)
		assert read_text(desk, materials.nth(index)) == file_name
	for index in (4, 5):
		text = materials.nth(index).locator("textarea")
		text.fill("无")
		text.blur()
	desk.page.keyboard.press("Control+s")
	desk.page.wait_for_function("() => !cur_frm.is_dirty()")
	desk.settled()


def open_decision(desk: Desk, count: int) -> Locator:
	"""Press the button that decides on several audits, and wait until they are shown."""
	desk.page.locator("button:visible", has_text=re.compile("^\\s*一并办理\\s*$")).click()
	dialog = desk.page.locator(".nmedia-decision.show")
	expect(dialog.locator("tbody tr")).to_have_count(count)
	return dialog


def test_an_audit_goes_from_its_administrator_to_the_head(as_user, campaign):
	first, second = campaign["names"][:2]
	editor = as_user(EDITOR).form(AUDIT, first)
	expect(editor.page.locator(".nmedia-due")).to_contain_text("还剩")
	expect(editor.page.locator(".nmedia-round-notes")).to_contain_text("须由科室负责人签字")
	expect(editor.page.locator("[data-fieldname=followers_before] .control-value")).to_have_text("无记录")
	complete(editor)
	editor.shot("audit-1-complete")
	assert editor.english() == []
	editor.take_step("送审", "In Review")

	chief = as_user(CHIEF).form(AUDIT, first)
	chief.take_step("确认", "In Review", "情况属实")
	assert chief.value("workflow_state") == "General Office Gathering"
	chief.shot("audit-2-confirmed")
	assert chief.english() == []

	office = as_user(OFFICE).open(
		f"annual-audit?round={campaign['round']}&workflow_state=General Office Gathering"
	)
	expect(office.page.locator(".list-row-checkbox:visible")).to_have_count(2)
	for box in office.page.locator(".list-row-checkbox:visible").all():
		box.check()
	dialog = open_decision(office, 2)
	expect(dialog.locator(".nmedia-decision-figures").first).to_contain_text("无记录 →")
	office.shot("audit-3-gather")
	assert office.english() == []
	expect(dialog.locator(".btn-modal-primary")).to_have_text("汇总：2 份")
	dialog.locator(".btn-modal-primary").click()
	expect(office.page.locator(".modal.show")).to_have_count(0)
	office.settled()
	for name in (first, second):
		assert office.form(AUDIT, name).value("workflow_state") == "Unit Head Review"


def test_many_audits_that_wait_together_show_their_last_day(as_user, campaign):
	"""Article 6: whoever decides sees how much time is left, however many audits wait."""
	inside("let_pass", names=campaign["names"][2:4])
	head = as_user(UNIT_HEAD).tasks()
	row = head.page.locator(".nmedia-task", has_text="年审材料")
	expect(row).to_contain_text("最早截止")
	expect(row).to_contain_text("2 份已逾期")
	head.shot("landing-many-audits")
	assert head.english() == []


def test_what_was_handed_in_before_the_kind_changed_is_still_shown(as_user):
	editor = as_user(EDITOR).form(AUDIT, inside("prepare_changed_kinds"))
	proof, summary = (editor.page.locator(".nmedia-material").nth(index) for index in (2, 4))
	expect(proof).to_contain_text("待提交")
	expect(proof).to_contain_text("此前提交的文件：")
	assert read_text(editor, proof) == "备案证明"
	expect(summary).to_contain_text("待提交")
	expect(summary).to_contain_text(re.compile("此前提交的文字：.*无", re.DOTALL))
	editor.shot("audit-changed-kinds")
	assert editor.english() == []


def test_head_approves_many_from_the_round_and_the_changed_one_after_reading_it_again(as_user, campaign):
	head = as_user(UNIT_HEAD).form(ROUND, campaign["round"])
	waiting = head.call(
		"frappe.client.get_count",
		doctype=AUDIT,
		filters={"round": campaign["round"], "workflow_state": "Unit Head Review"},
	)["body"]["message"]
	states = head.page.locator("[data-choice=state] option")
	expect(states).to_have_count(1)
	expect(states).not_to_contain_text("（0）")
	dialog = open_decision(head, waiting)
	inside("change_audit", name=campaign["names"][4])
	dialog.locator("textarea:visible").fill("同意上报")
	head.shot("audit-4-approve")
	assert head.english() == []
	dialog.locator(".btn-modal-primary").click()
	expect(dialog.locator("tbody tr")).to_have_count(1)
	expect(dialog.locator(".nmedia-refused")).to_contain_text("未办理")
	head.shot("audit-5-changed")
	assert head.english() == []
	dialog.locator(".btn-modal-primary").click()
	expect(head.page.locator(".modal.show")).to_have_count(0)
	expect(head.page.locator(".nmedia-tile-approved .nmedia-tile-number")).to_have_text(str(waiting))
	for name in campaign["names"][2:]:
		assert head.form(AUDIT, name).value("opinion") == "同意上报"


@pytest.mark.parametrize("user", FUNCTIONS, ids=FUNCTIONS.get)
def test_overview_of_the_round_is_in_chinese_and_shows_who_is_missing(as_user, campaign, user):
	desk = as_user(user).form(ROUND, campaign["round"])
	desk.page.locator(".nmedia-round-sections").wait_for()
	desk.settled().shot(f"round-{FUNCTIONS[user]}")
	assert desk.english() == []
	for page in ("annual-audit", "annual-audit-round", "closure-task"):
		desk.open(page).shot(f"{page}-{FUNCTIONS[user]}")
		assert desk.english() == [], page


def test_overview_that_was_drawn_again_follows_the_window(as_user, campaign):
	office = as_user(OFFICE).form(ROUND, campaign["round"])
	chart = office.page.locator(".nmedia-round-charts svg.frappe-chart")
	chart.wait_for()
	office.page.evaluate("nmedia.audit_round.show_overview(cur_frm)")
	office.settled()
	for width in (1100, 1300, DESKTOP["width"]):
		office.page.set_viewport_size({**DESKTOP, "width": width})
		office.settled()
	expect(chart).to_have_count(1)


def test_editor_of_another_section_sees_their_own_section_alone(as_user, campaign):
	desk = as_user(SECOND_EDITOR).form(ROUND, campaign["round"])
	desk.page.locator(".nmedia-round-sections").wait_for()
	expect(desk.page.locator(".nmedia-round-sections tbody tr")).to_have_count(1)
	expect(desk.page.locator(".nmedia-round")).not_to_contain_text(campaign["accounts"][0])


def test_whom_somebody_urged_today_nobody_urges_again(as_user, campaign):
	chief = as_user(CHIEF).form(ROUND, campaign["round"])
	urge = chief.page.locator(".nmedia-round-sections").get_by_role("button", name="催办").first
	urge.click()
	expect(chief.page.locator(".desk-alert", has_text="已催办：编辑甲")).to_be_visible(timeout=20_000)
	urge.click()
	expect(chief.page.locator(".modal.show")).to_contain_text("今天已经提醒过")
	chief.shot("round-urged-again")
	assert chief.english() == []
	chief.was_refused(417)


def test_overview_fits_a_phone(as_user, campaign):
	desk = as_user(OFFICE, PHONE).form(ROUND, campaign["round"])
	desk.page.locator(".nmedia-round-sections").wait_for()
	desk.settled().shot("phone-round")
	assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_new_round_begins_with_days_and_materials(as_user):
	office = as_user(OFFICE).form(ROUND)
	office.page.wait_for_function("() => cur_frm.doc.closes_on && cur_frm.doc.requirements?.length")
	office.settled().shot("round-new")
	assert office.english() == []


def test_the_package_is_made_in_the_background_and_fetched(as_user):
	round_name = inside("prepare_closed_round")
	office = as_user(OFFICE).form(ROUND, round_name)
	office.page.get_by_role("button", name="生成上报材料包").click()
	download = office.page.get_by_role("button", name="下载材料包")
	expect(download).to_be_visible(timeout=120_000)
	office.settled().shot("round-package")
	assert office.english() == []
	with office.page.expect_download() as fetched:
		download.click()
	names = ZipFile(fetched.value.path()).namelist()
	assert [name for name in names if name.endswith("汇总.docx")], names
	for user, may_fetch in ((UNIT_HEAD, True), (LEADER, True), (CHIEF, False), (EDITOR, False)):
		reader = as_user(user).form(ROUND, round_name)
		package = reader.page.locator(".nmedia-round-package")
		expect(package).to_be_visible()
		expect(package.get_by_role("button", name="下载材料包")).to_have_count(int(may_fetch))
		expect(package.get_by_role("button", name="生成上报材料包")).to_have_count(0)

	inside("outdate_package", round_name=round_name)
	office = as_user(OFFICE).form(ROUND, round_name)
	expect(office.page.locator(".nmedia-outdated")).to_contain_text("又有变动")
	office.page.locator(".nmedia-outdated").scroll_into_view_if_needed()
	office.shot("round-package-outdated")
	office.page.get_by_role("button", name="下载材料包").click()
	expect(office.page.locator(".modal.show")).to_contain_text("仍要下载吗")
	office.shot("round-package-outdated-asked")
	assert office.english() == []
	with office.page.expect_download():
		office.page.locator(".modal.show .btn-modal-primary").click()


def test_an_audit_that_is_returned_after_the_last_day_is_no_dead_end(as_user):
	made = inside("prepare_late_audit")
	office = as_user(OFFICE).form(ROUND, made["round"])
	office.page.locator(".nmedia-round-sections").wait_for()
	expect(office.page.locator(".nmedia-round").get_by_role("button", name="催办")).to_have_count(0)
	office.shot("late-0-round")

	office.form(AUDIT, made["audit"]).step("退回修改")
	expect(office.page.locator(".nmedia-step-note")).to_contain_text("前改好再送")
	office.settled().shot("late-1-return")
	assert office.english() == []
	office.answer("截图不清")
	office.page.wait_for_function("() => cur_frm.doc.stage === 'Returned'")

	editor = as_user(EDITOR).form(AUDIT, made["audit"])
	expect(editor.page.locator(".nmedia-due")).to_contain_text("前送审")
	editor.shot("late-2-returned")
	assert editor.english() == []
	editor.take_step("送审", "In Review")
	editor.form(AUDIT, made["missing"])
	expect(editor.page.locator(".nmedia-due")).to_contain_text("申请延期")
	editor.shot("late-3-missing")
	assert editor.english() == []


def test_an_account_to_close_is_filed_or_gets_more_time(as_user):
	name = inside("make_closure_task")
	chief = as_user(CHIEF)
	chief.tasks().page.locator(".nmedia-closures .nmedia-task").first.wait_for()
	chief.shot("landing-closures")
	assert chief.english() == []

	chief.form(TASK, name).page.get_by_role("button", name="提醒管理员申请注销").click()
	expect(chief.page.locator(".desk-alert")).to_contain_text("已提醒：编辑甲")
	chief.shot("closure-0-asked")
	assert chief.english() == []

	due_on = chief.form(TASK, name).page.evaluate("frappe.datetime.str_to_user(cur_frm.doc.due_on)")
	row = chief.open(f"closure-task?name={name}").page.locator(".list-row-container .list-row:visible")
	expect(row).to_contain_text(due_on)
	expect(row).to_contain_text("还剩")
	chief.shot("closure-list")
	assert chief.english() == []

	editor = as_user(EDITOR).form(TASK, name)
	account = editor.value("account")
	editor.shot("closure-1-task")
	assert editor.english() == []
	editor.page.get_by_role("button", name="申请注销").click()
	editor.page.wait_for_function(
		"(account) => cur_frm.doctype === 'Account Filing' && cur_frm.doc.account === account"
		" && cur_frm.doc.measures !== undefined",
		arg=account,
	)
	assert editor.settled().value("filing_type") == "Deregistration"
	editor.shot("closure-2-filing")
	assert editor.english() == []

	head = as_user(UNIT_HEAD).form(TASK, name)
	due_on = head.value("due_on")
	head.page.get_by_role("button", name="延长期限").click()
	dialog = head.page.locator(".modal.show")
	later = head.page.evaluate("(date) => frappe.datetime.add_days(date, 14)", due_on)
	dialog.locator("[data-fieldname=due_on] input").fill(later)
	dialog.locator("[data-fieldname=due_on] input").blur()
	dialog.locator("textarea").fill("更换管理员，正在补报")
	expect(dialog).to_contain_text(re.compile(r"可选：\d{4}-\d\d-\d\d 至 \d{4}-10-31"))
	head.shot("closure-3-more-time")
	assert head.english() == []
	dialog.locator(".btn-modal-primary").click()
	head.page.wait_for_function("(date) => cur_frm.doc.due_on === date", arg=later)
	rows = head.page.locator("[data-fieldname=extensions] .grid-body")
	reason = rows.locator("[data-fieldname=reason] .static-area:visible")
	expect(reason).to_have_text("更换管理员，正在补报")
	reason.scroll_into_view_if_needed()
	head.settled().shot("closure-4-granted")
	assert head.english() == []
