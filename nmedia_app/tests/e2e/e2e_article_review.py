"""先审后发 in the browser (Article 7): from draft to published, and back for correction."""

import io
import re
import unicodedata

import pytest
from docx import Document
from playwright.sync_api import expect
from pypdf import PdfReader

from nmedia_app.tests.e2e.desk import (
	ADDRESS,
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	PHONE,
	SCREENSHOTS,
	SECOND_EDITOR,
	Desk,
)

DOCTYPE = "Article Review"
TEXT = "各位师生：校园网核心设备将于周六凌晨升级，期间网络短时中断。"
FIXED_WORDS = (
	"附件2",
	"信息化建设与管理处新媒体文章发布审核表",
	"拟发布媒体",
	"拟发布时间",
	"文案人员",
	"编辑人员",
	"图片来源",
	"文章内容",
	"审核意见",
	"审核人：",
	"日期：",
	"1、图片来源说明摄影人、来源网络等信息。",
	"2、该表审批后由信息化建设与管理处综合办公室保管。",
)


def write_article(desk: Desk, title: str, planned: str = "2026-12-01 09:30:00") -> str:
	"""Write an article in a new form as an editor does, save it and return its name."""
	page = desk.form(DOCTYPE).page
	page.locator("[data-fieldname=title] input:visible").first.fill(title)
	page.locator("[data-fieldname=accounts] input:visible").first.click()
	page.locator("[data-fieldname=accounts] ul > :visible").first.click()
	page.evaluate("(planned) => cur_frm.set_value('planned_publish_time', planned)", planned)
	page.evaluate(
		"""() => {
			// Frappe 16 begins a table with an empty row
			const empty = (cur_frm.doc.copywriters || []).find((row) => !row.full_name);
			Object.assign(empty || cur_frm.add_child("copywriters"), { full_name: "学生作者" });
			cur_frm.refresh_field("copywriters");
		}"""
	)
	page.locator("[data-fieldname=image_source] textarea:visible").first.fill("摄影：编辑甲")
	page.locator("[data-fieldname=content] .ql-editor[contenteditable=true]").click()
	page.keyboard.insert_text(TEXT)
	page.wait_for_function("(text) => (cur_frm.doc.content || '').includes(text)", arg=TEXT)
	page.keyboard.press("Control+s")
	page.wait_for_function("() => !cur_frm.is_new() && !cur_frm.is_dirty()")
	return desk.settled().page.evaluate("cur_frm.docname")


def publish(desk: Desk, text: str = TEXT) -> None:
	"""Register in the dialog that the article on the form is out, with its byline; wait for its number."""
	desk.page.locator(".nmedia-byline-text").wait_for()
	today = desk.page.evaluate("frappe.datetime.get_today()")
	byline = desk.page.locator(".nmedia-byline-text").inner_text()
	byline = re.sub("发布时间：.*", f"发布时间：{today}", byline)  # it was planned for later
	fill_publication(desk, f"{byline}\n{text}")
	desk.page.locator(".modal.show .btn-modal-primary").click()
	desk.page.wait_for_function("() => cur_frm.doc.custody_number")
	expect(desk.page.locator(".modal.show")).to_have_count(0)
	desk.settled()


def fill_publication(desk: Desk, text: str) -> None:
	"""Open the dialog that registers a publication and fill it in."""
	desk.step("登记发布")
	dialog = desk.page.locator(".modal.show")
	expect(dialog.locator("[data-fieldname=published_on] input:visible")).not_to_have_value("")
	for field, value in (("address] input", "https://mp.example/s/1"), ("copy_text] textarea", text)):
		dialog.locator(f"[data-fieldname={field}:visible").fill(value)
		dialog.locator(f"[data-fieldname={field}:visible").blur()


def decide(desk: Desk, name: str, action: str, words: str, stage: str) -> None:
	"""Open an article and take a review step with an opinion."""
	desk.form(DOCTYPE, name)
	desk.take_step(action, stage, words)


@pytest.fixture
def article(as_user) -> tuple[Desk, str]:
	"""An article that an editor wrote and sent."""
	editor = as_user(EDITOR)
	name = write_article(editor, "校园网核心设备升级通知")
	editor.take_step("送审", "In Review")
	return editor, name


def test_an_article_goes_from_draft_to_published_and_prints_as_annex_2(as_user, article):
	editor, name = article
	editor.shot("flow-1-sent")
	chief = as_user(CHIEF)
	chief.page.locator(".nmedia-task", has_text="校园网核心设备升级通知").first.wait_for()
	chief.shot("flow-2-chief-landing")
	decide(chief, name, "同意上报", "情况属实", "In Review")
	leader = as_user(LEADER)
	decide(leader, name, "审核通过", "同意发布，注意时间", "Approved")
	leader.shot("flow-3-approved")
	assert leader.value("opinion") == "同意发布，注意时间"

	words = pdf_text(leader, name)
	for fixed in [*FIXED_WORDS, "同意发布，注意时间", TEXT]:
		assert plain(fixed) in words, fixed

	cells = word_cells(leader, name)
	for fixed in [*FIXED_WORDS, "同意发布，注意时间", TEXT]:
		assert any(plain(fixed) in cell for cell in cells), fixed

	publish(editor.form(DOCTYPE, name))
	editor.shot("flow-4-published")
	assert re.fullmatch(r"审〔\d{4}〕\d{4,}", editor.value("custody_number"))


def test_what_is_out_is_compared_with_what_was_approved(as_user, article):
	editor, name = article
	decide(as_user(CHIEF), name, "同意上报", "情况属实", "In Review")
	decide(as_user(LEADER), name, "审核通过", "同意发布", "Approved")
	editor.form(DOCTYPE, name).page.locator(".nmedia-byline-text").wait_for()
	fill_publication(editor, TEXT.replace("周六", "周日"))
	dialog = editor.page.locator(".modal.show")
	dialog.locator(".btn-modal-primary").click()
	expect(dialog.locator(".nmedia-comparison del")).to_have_text("六")
	expect(dialog.locator(".nmedia-comparison ins")).to_have_text("日")
	expect(dialog.locator(".nmedia-findings")).to_contain_text("署名缺少")
	editor.shot("publication-differs")
	dialog.locator(".btn-modal-primary").click()
	assert editor.value("stage") == "Approved", "a difference must be explained first"
	dialog.locator("[data-fieldname=explanation] textarea").fill("升级推迟一天，已电话请示")
	dialog.locator(".btn-modal-primary").click()
	editor.page.wait_for_function("() => cur_frm.doc.stage === 'Published'")
	assert editor.value("publications")[0]["explanation"] == "升级推迟一天，已电话请示"
	editor.settled().shot("published-with-explanation")


def test_without_the_declaration_nothing_is_sent(as_user):
	editor = as_user(EDITOR)
	write_article(editor, "未作声明的文章")
	editor.step("送审")
	dialog = editor.page.locator(".modal.show")
	dialog.locator(".btn-modal-primary").click()
	expect(dialog).to_have_count(1)
	editor.shot("declaration")
	assert editor.value("stage") == "Draft"


def test_paper_is_checked_by_its_code(as_user, article, browser):
	editor, name = article
	decide(as_user(CHIEF), name, "同意上报", "情况属实", "In Review")
	decide(as_user(LEADER), name, "审核通过", "同意发布", "Approved")
	publish(editor.form(DOCTYPE, name))
	context = browser.new_context(viewport=PHONE, locale="zh-CN")
	page = context.new_page()
	page.goto(f"{ADDRESS}/review/{editor.value('verification_code')}")
	expect(page.locator(".verdict.intact")).to_be_visible()
	expect(page.locator("dl")).to_contain_text(editor.value("custody_number"))
	page.screenshot(path=SCREENSHOTS / "verification-phone.png")
	context.close()


def test_office_checks_the_chain_with_one_button(as_user, article):
	office = as_user(OFFICE).open("query-report/Review Record Volume")
	office.page.get_by_role("button", name="核对存证链").click()
	expect(office.page.locator(".modal.show .msgprint")).to_contain_text("存证链完整")
	office.shot("volume")


def test_a_return_needs_a_reason_and_the_editor_sees_it(as_user, article):
	editor, name = article
	chief = as_user(CHIEF).form(DOCTYPE, name)
	chief.step("退回修改")
	dialog = chief.page.locator(".modal.show")
	dialog.locator(".btn-modal-primary, .btn-primary").last.click()
	expect(dialog.first).to_be_visible()
	chief.shot("return-needs-a-reason")
	assert chief.value("stage") == "In Review"
	chief.page.keyboard.press("Escape")
	decide(chief, name, "退回修改", "请注明中断的起止时间", "Returned")

	editor.form(DOCTYPE, name)
	expect(editor.page.locator(".form-message")).to_contain_text("请注明中断的起止时间")
	editor.shot("returned")


def test_a_leader_approves_on_a_phone(as_user, article):
	_, name = article
	decide(as_user(CHIEF), name, "同意上报", "情况属实", "In Review")
	leader = as_user(LEADER, PHONE)
	leader.page.locator(".nmedia-task", has_text="校园网核心设备升级通知").first.click()
	leader.page.wait_for_function("() => window.cur_frm?.doctype === 'Article Review'")
	leader.settled()
	approve = leader.page.locator(".nmedia-actions:visible button", has_text="审核通过")
	expect(approve).to_be_in_viewport()
	leader.shot("phone-form")
	leader.take_step("审核通过", "Approved", "同意发布")
	leader.shot("phone-approved")


def test_an_editor_of_another_section_does_not_see_the_article(as_user, article):
	_, name = article
	stranger = as_user(SECOND_EDITOR).open("article-review")
	assert stranger.page.locator(f"[data-name='{name}']").count() == 0
	answer = stranger.call("frappe.client.get", doctype=DOCTYPE, name=name)
	assert answer["status"] == 403
	stranger.was_refused(403)


def test_what_the_office_prints_is_a_pdf_of_the_annex(as_user, article):
	editor, name = article
	decide(as_user(CHIEF), name, "同意上报", "情况属实", "In Review")
	decide(as_user(LEADER), name, "审核通过", "同意发布", "Approved")
	publish(editor.form(DOCTYPE, name))
	office = as_user(OFFICE).open(f"print/{DOCTYPE}/{name}")
	office.page.frame_locator("iframe.print-format-container").get_by_text("审核意见").wait_for()
	with office.context.expect_event("request", lambda request: "download_pdf" in request.url) as asked:
		office.page.get_by_role("button", name="下载 PDF").click()
	words = text_of_pdf(office, asked.value.url)
	assert plain("信息化建设与管理处新媒体文章发布审核表") in words
	assert plain(TEXT) in words


def pdf_text(desk: Desk, name: str) -> str:
	"""Fetch the PDF behind the print view's own button; return its text without white space."""
	address = (
		f"/api/method/frappe.utils.print_format.download_pdf?doctype={DOCTYPE}&name={name}&no_letterhead=1"
	)
	return text_of_pdf(desk, ADDRESS + address)


def text_of_pdf(desk: Desk, address: str) -> str:
	"""Fetch a PDF of one page as this user; return its text without white space."""
	answer = desk.context.request.get(address)
	assert answer.status == 200 and answer.body().startswith(b"%PDF")
	reader = PdfReader(io.BytesIO(answer.body()))
	assert len(reader.pages) == 1, "a normal article fits one page"
	return plain("".join(page.extract_text() for page in reader.pages))


def word_cells(desk: Desk, name: str) -> list[str]:
	"""Download the Word file by the form's menu; return the text of its paragraphs and cells."""
	desk.form(DOCTYPE, name)
	desk.page.locator(".menu-btn-group:visible button").click()
	with desk.page.expect_download() as download:
		desk.page.locator(".menu-btn-group:visible .dropdown-menu").get_by_text("下载 Word").click()
	document = Document(download.value.path())
	cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
	return [plain(text) for text in [*cells, *(paragraph.text for paragraph in document.paragraphs)]]


def plain(text: str) -> str:
	"""Return text without white space, its characters in their usual form (a PDF's face has look-alikes)."""
	return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("⻅", "见")


def test_the_calendar_shows_an_article_on_its_day(as_user):
	editor = as_user(EDITOR)
	write_article(editor, "冬至放假网络服务安排", "2026-12-21 09:30:00")
	editor.take_step("送审", "In Review")
	editor.open("article-review/view/calendar/default")
	editor.page.evaluate(
		"""(day) => {
			const { $cal, fullCalendar } = cur_list.calendar; // the latter from version 16 on
			fullCalendar ? fullCalendar.gotoDate(day) : $cal.fullCalendar("gotoDate", day);
		}""",
		"2026-12-21",
	)
	event = editor.settled().page.locator(".fc-event", has_text="冬至放假网络服务安排").first
	expect(event).to_contain_text("科室负责人审核")
	day = editor.page.locator("td.fc-day[data-date='2026-12-21']").first.bounding_box()
	shown = event.bounding_box()
	assert day["x"] <= shown["x"] <= shown["x"] + shown["width"] <= day["x"] + day["width"] + 1
	editor.shot("calendar-day")
	assert editor.english() == []
	event.click()
	editor.page.wait_for_function("() => window.cur_frm?.doc.title === '冬至放假网络服务安排'")


def test_an_author_urges_and_the_chief_hears_of_it(as_user, article):
	editor, name = article
	editor.form(DOCTYPE, name)
	line = editor.page.locator(".nmedia-waiting:visible")
	expect(line).to_contain_text("等待：科室负责人")
	line.locator("button", has_text="催办").click()
	expect(line).to_contain_text("可再次催办")
	expect(editor.page.locator(".new-timeline")).to_contain_text("催办：科室负责人")
	editor.settled().shot("urged")
	assert editor.english() == []

	chief = as_user(CHIEF)
	chief.page.locator(".dropdown-notifications [data-toggle=dropdown]").first.click()
	notice = chief.page.locator(".notification-item", has_text="校园网核心设备升级通知").first
	expect(notice).to_contain_text("催办")
	chief.settled().shot("bell")
	assert chief.english() == []
	notice.click()
	chief.page.wait_for_function("(name) => window.cur_frm?.docname === name", arg=name)


@pytest.mark.parametrize("title", ['带宽 5 < 6 & "扩容"', "带宽<b>扩容</b>"])
def test_a_notice_says_a_title_as_it_was_typed(as_user, title):
	editor = as_user(EDITOR)
	name = write_article(editor, title)
	editor.take_step("送审", "In Review")
	chief = as_user(CHIEF)
	chief.page.locator(".dropdown-notifications [data-toggle=dropdown]").first.click()
	notice = chief.page.locator(f".notification-item[href*='{name}']").first
	expect(notice.locator(".message")).to_contain_text(f"《{title}》")
	assert notice.locator(".message b").count() == 0
	chief.settled().shot("bell-typed")


def test_reviewer_sees_what_differs_from_what_was_approved(as_user, article):
	editor, name = article
	decide(as_user(CHIEF), name, "同意上报", "情况属实", "In Review")
	decide(as_user(LEADER), name, "审核通过", "同意发布", "Approved")
	editor.form(DOCTYPE, name)
	editor.page.get_by_role("button", name="修改重审").click()
	editor.page.locator(".modal.show .btn-modal-primary").click()
	editor.page.wait_for_function("(name) => window.cur_frm?.doc.revision_of === name", arg=name)
	editor.settled().page.locator("[data-fieldname=image_source] textarea:visible").first.fill("学校图库")
	editor.page.keyboard.press("Control+s")
	editor.page.wait_for_function("() => !cur_frm.is_dirty()")
	revision = editor.settled().page.evaluate("cur_frm.docname")
	editor.take_step("送审", "In Review")
	chief = as_user(CHIEF).form(DOCTYPE, revision)
	row = chief.page.locator(".nmedia-revision .nmedia-changes tr", has_text="图片来源")
	expect(row.locator("td")).to_have_text(["图片来源", "摄影：编辑甲", "学校图库"])
	chief.shot("revision")
	assert chief.english() == []
