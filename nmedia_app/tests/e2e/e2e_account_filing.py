"""Account filings in the browser (Article 5): opened, changed, closed, and reported."""

import re
import time

import pytest
from playwright.sync_api import expect

from nmedia_app.tests.e2e.desk import CHIEF, EDITOR, LEADER, OFFICE, UNIT_HEAD, Desk

DOCTYPE = "Account Filing"
CELLS = {
	"supervising_unit": "信息化建设与管理处",
	"purpose": "发布校园卡业务通知",
	"responsible_person": "单位第一责任人",
	"business_lead": "科室负责人",
	"business_lead_phone": "80001",
	"technical_lead": "编辑甲",
	"technical_lead_phone": "80002",
	"measures": "专人保管密码，先审后发",
}


def save(desk: Desk) -> str:
	"""Save the form that is open, as Ctrl+S does; return the document's name."""
	if desk.page.evaluate("cur_frm.is_dirty()"):  # an uploaded file may have saved it already
		desk.page.keyboard.press("Control+s")
	desk.page.wait_for_function("() => !cur_frm.is_new() && !cur_frm.is_dirty()")
	return desk.settled().page.evaluate("cur_frm.docname")


def choose(desk: Desk, fieldname: str, text: str) -> None:
	"""Type into a link field and take the first match."""
	control = desk.page.locator(f"[data-fieldname={fieldname}]:visible").first
	control.locator("input").first.fill(text)
	control.locator(".awesomplete ul > :visible", has_text=text).first.click()
	desk.settled()


def fill(desk: Desk, fieldname: str, text: str) -> None:
	field = desk.page.locator(f"[data-fieldname={fieldname}]:visible").first
	field.locator("input:visible, textarea:visible").first.fill(text)
	field.locator("input:visible, textarea:visible").first.blur()


def attach(desk: Desk, fieldname: str, file_name: str) -> None:
	"""Upload a file into an attach field, through the platform's own dialog, which then saves the form."""
	desk.page.locator(f"[data-fieldname={fieldname}]:visible button.btn-attach").click()
	dialog = desk.page.locator(".modal.show")
	content = {"name": file_name, "mimeType": "text/plain", "buffer": "已收到".encode()}
	dialog.locator("input[type=file]").set_input_files(files=[content])
	dialog.locator(".btn-modal-primary").click()
	desk.page.wait_for_function("(field) => cur_frm.doc[field] && !cur_frm.is_dirty()", arg=fieldname)
	expect(desk.page.locator(".modal.show")).to_have_count(0)
	desk.settled()


def write_opening(desk: Desk, account_name: str, handle: str) -> str:
	"""Fill in a new filing as an editor does; return its name."""
	desk.form(DOCTYPE)
	desk.page.locator("[data-fieldname=filing_type] select").select_option("Opening")
	choose(desk, "platform", "微信")
	expect(desk.page.locator("[data-fieldname=handle]:visible .control-label").first).to_have_text("微信号")
	for fieldname, text in {**CELLS, "account_name": account_name, "handle": handle}.items():
		fill(desk, fieldname, text)
	desk.page.locator("[data-fieldname=server_use] select").select_option("No Data Service")
	choose(desk, "supervising_leader", "处级领导")
	choose(desk, "administrator", "编辑甲")
	return save(desk)


def test_an_account_is_opened_by_chief_meeting_and_leader_and_then_reported(as_user):
	editor = as_user(EDITOR)
	number = time.time_ns() // 10**9  # an account is opened once; the site may be tested again
	account_name = f"校园卡服务{number}"
	name = write_opening(editor, account_name, f"xyk{number}-demo")
	editor.shot("filing-1-draft")
	assert editor.english() == []
	editor.take_step("送审", "In Review")
	chief = as_user(CHIEF)
	chief.tasks().page.locator(".nmedia-task", has_text=account_name).first.wait_for()
	chief.form(DOCTYPE, name).take_step("同意上报", "Unit Meeting", "同意")

	office = as_user(OFFICE).form(DOCTYPE, name)
	office.step("登记会议决议")
	office.confirm("已上会")
	expect(office.page.locator(".modal.show .msgprint")).to_contain_text("处务会日期")
	office.was_refused(417)
	office.page.reload()
	office.settled()
	today = office.page.evaluate("frappe.datetime.get_today()")
	office.page.evaluate("(today) => cur_frm.set_value('meeting_date', today)", today)
	fill(office, "meeting_resolution", "同意开通，委托编辑甲办理")
	choose(office, "commissioned_agent", "编辑甲")
	attach(office, "meeting_minutes", "处务会纪要.txt")
	save(office)
	office.shot("filing-2-meeting")
	assert office.english() == []
	office.take_step("登记会议决议", "In Review", "已上会")

	leader = as_user(LEADER).form(DOCTYPE, name)
	leader.step("审核通过")
	expect(leader.page.locator(".modal.show")).to_contain_text("我单位知晓国家互联网有关法规和学校制度")
	leader.shot("filing-3-commitment")
	leader.answer("同意")
	leader.page.wait_for_function("() => cur_frm.doc.stage === 'Approved'")
	account = leader.settled().value("account")
	assert account == f"微信 {account_name}"

	office.form(DOCTYPE, name)
	office.page.evaluate("(today) => cur_frm.set_value('reported_on', today)", today)
	office.page.evaluate("(today) => cur_frm.set_value('opened_on', today)", today)
	attach(office, "report_receipt", "备案回执.txt")
	save(office)
	office.take_step("登记上报", "Reported")
	office.shot("filing-4-reported")
	editor.form("Media Account", account)
	editor.shot("filing-5-account")
	assert editor.value("status") == "Active"
	assert editor.english() == []


def test_a_change_shows_what_it_changes_and_how_much_time_is_left(as_user):
	name = find(as_user(LEADER), {"filing_type": "Change", "stage": "In Review"})
	leader = as_user(LEADER).form(DOCTYPE, name)
	notes = leader.page.locator(".nmedia-notes")
	expect(notes).to_contain_text("本次备案对台账的变更")
	expect(notes.locator(".nmedia-due strong")).to_have_text(re.compile("还剩|今天到期|已超|已逾期"))
	leader.shot("filing-change")
	assert leader.english() == []


def test_a_change_begins_with_what_the_register_has(as_user):
	editor = as_user(EDITOR).form("Media Account", "微信 信息化建设与管理处")
	editor.page.get_by_role("button", name="申请变更").click()
	editor.page.wait_for_function(
		"() => cur_frm.doctype === 'Account Filing' && cur_frm.doc.measures && cur_frm.doc.section"
	)
	assert editor.settled().value("account_name") == "信息化建设与管理处"
	editor.shot("filing-new-change")
	assert editor.english() == []


@pytest.mark.parametrize("user", (EDITOR, CHIEF, LEADER, OFFICE, UNIT_HEAD))
def test_lists_and_reports_load_without_a_fault_and_in_chinese(as_user, user):
	desk = as_user(user)
	function = user.split("@")[0]
	for page in (
		"account-filing",
		"query-report/Media Account Register",
		"query-report/Filings Due and Overdue",
	):
		desk.open(page).shot(f"{page.split('/')[-1]}-{function}")
		assert desk.english() == [], page


def find(desk: Desk, filters: dict) -> str:
	answer = desk.call("frappe.client.get_list", doctype=DOCTYPE, filters=filters, limit_page_length=1)
	return answer["body"]["message"][0]["name"]
