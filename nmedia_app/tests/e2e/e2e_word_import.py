"""从 Word 导入 in the browser: forms are chosen, compared with the paper, and confirmed as drafts."""

import time

from playwright.sync_api import Locator, expect

from nmedia_app.tests.e2e.desk import ADDRESS, EDITOR, PHONE, Desk
from nmedia_app.tests.unit.word_forms import (
	TITLE_1,
	C,
	form_1,
	form_2_with_picture,
	item,
	level,
	lists,
	p,
	rows_1,
	run,
	table,
	with_lists,
	word,
)

WORD = "nmedia_app.nmedia_app.print_formats.word.download_word"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FILING = {
	"doctype": "Account Filing",
	"filing_type": "Opening",
	"platform": "微信",
	"account_holder": "This Unit",
	"supervising_unit": "信息化建设与管理处",
	"followers": 1200,
	"opened_on": "2020-06-10",
	"purpose": "发布校园卡业务通知\n服务师生",
	"server_use": "Data Service",
	"server_location": "校内机房",
	"responsible_person": "单位第一责任人",
	"responsible_title": "处长",
	"business_lead": "科室负责人",
	"business_lead_phone": "80001",
	"technical_lead": "编辑甲",
	"technical_lead_phone": "80002",
	"measures": "专人保管密码，先审后发",
}


def import_files(desk: Desk, route: str, **files: bytes) -> Locator:
	"""Choose files in the list's dialog and wait until they are read; returns the dialog."""
	desk.open(route)
	words = desk.page.get_by_text("从 Word 导入").locator("visible=true")
	if not words.count():  # on a phone
		desk.page.locator(".menu-btn-group:visible > button").first.click()
	return choose_files(desk, words.first, **files)


def choose_files(desk: Desk, words: Locator, **files: bytes) -> Locator:
	"""Click on 从 Word 导入, choose files and wait until they are read; returns the dialog."""
	with desk.page.expect_file_chooser() as chooser:
		words.click()
	chosen = [{"name": name, "mimeType": DOCX, "buffer": content} for name, content in files.items()]
	chooser.value.set_files(chosen if chooser.value.is_multiple() else chosen[0])
	dialog = desk.page.locator(".modal.show")
	expect(dialog.locator(".nmedia-word-state", has_text="正在读取")).to_have_count(0)
	desk.settled()
	return dialog


def open_menu(desk: Desk) -> Locator:
	"""Open the menu of the form; returns 从 Word 导入 in it."""
	desk.page.locator(".page-container:visible .menu-btn-group:visible > button").first.click()
	return desk.page.locator(".dropdown-menu:visible .menu-item-label", has_text="从 Word 导入")


def choose(desk: Desk, form: Locator, fieldname: str, text: str) -> None:
	"""Type into a link field of a form and take the first match."""
	control = form.locator(f"[data-field={fieldname}] input:visible").first
	control.fill(text)
	form.locator(f"[data-field={fieldname}] .awesomplete ul > :visible", has_text=text).first.click()
	desk.settled()


def make_filing_and_export_it(desk: Desk, account_name: str, handle: str) -> bytes:
	"""Write a filing, download its Annex 1, and delete it again."""
	doc = {
		**FILING,
		"section": get_own_section(desk),
		"account_name": account_name,
		"handle": handle,
		"supervising_leader": "leader@nmedia.example",
		"administrator": EDITOR,
	}
	made = desk.call("frappe.client.insert", doc=doc)
	assert made["status"] == 200, made
	name = made["body"]["message"]["name"]
	answer = desk.page.request.get(f"{ADDRESS}/api/method/{WORD}?doctype=Account Filing&name={name}")
	assert desk.call("frappe.client.delete", doctype="Account Filing", name=name)["status"] == 200
	return answer.body()


def get_own_section(desk: Desk) -> str:
	return desk.call("nmedia_app.api.get_own_sections", doctype="Account Filing")["body"]["message"][0]


def test_exported_older_and_other_files_are_read_beside_each_other(as_user):
	editor = as_user(EDITOR)
	number = time.time_ns() // 10**9  # the site may be tested again
	handle = f"xyk{number}-demo"
	exported = make_filing_and_export_it(editor, f"校园卡服务{number}", handle)
	older = form_1(
		账号名称=f"旧表账号{number}", 账号性质="■微博   ■微信", **{"微博网址/微信号": f"old{number}-demo"}
	)
	files = {"导出的备案表.docx": exported, "旧备案表.docx": older, "会议通知.docx": word(p(run("会议通知")))}
	dialog = import_files(editor, "account-filing", **files)

	first, second, third = (dialog.locator(".nmedia-word-form").nth(place) for place in range(3))
	expect(third).to_contain_text("这不是附件1，也不是附件2")
	expect(first.locator("[data-field=account_name] input")).to_have_value(f"校园卡服务{number}")
	expect(first.locator("[data-field=server_location] input")).to_have_value("校内机房")
	expect(first.locator("[data-field=purpose] textarea")).to_have_value(FILING["purpose"])
	editor.shot("word-import-1-read")
	second.locator("summary").click()
	expect(second.locator("[data-field=platform]")).to_contain_text("同时勾选了：微博、微信")
	second.locator("[data-field=platform]").scroll_into_view_if_needed()
	editor.shot("word-import-2-doubts")
	assert editor.english() == []

	for form in (first, second):
		choose(editor, form, "supervising_leader", "处级领导")
		choose(editor, form, "administrator", "编辑甲")
	dialog.locator(".btn-modal-primary").click()
	expect(first.locator(".nmedia-word-state")).to_have_text("已建立草稿")
	expect(second.locator(".nmedia-refused")).to_contain_text("平台")
	editor.settled().shot("word-import-3-refused")
	assert editor.english() == []
	choose(editor, second, "platform", "微信")
	dialog.locator(".btn-modal-primary").click()
	expect(second.locator(".nmedia-word-state")).to_have_text("已建立草稿")

	for name, cells in (
		(f"校园卡服务{number}", {**FILING, "handle": handle, "administrator": EDITOR}),
		(
			f"旧表账号{number}",
			{"platform": "微信", "followers": 12000, "business_lead_phone": "029-88490001"},
		),
	):
		found = editor.call(
			"frappe.client.get_list", doctype="Account Filing", filters={"account_name": name}
		)
		editor.form("Account Filing", found["body"]["message"][0]["name"])
		cells = {field: value for field, value in cells.items() if field not in ("doctype", "section")}
		assert {field: editor.value(field) for field in cells} == cells
		assert editor.value("stage") == "Draft"
	expect(editor.page.locator(".attachment-row")).to_contain_text("旧备案表")
	editor.shot("word-import-4-draft")


def test_an_article_is_imported_on_a_phone(as_user):
	editor = as_user(EDITOR, PHONE)
	section = get_own_section(editor)
	account = editor.call(
		"frappe.client.get_list", doctype="Media Account", filters={"status": "Active", "section": section}
	)["body"]["message"][0]["name"]
	dialog = import_files(editor, "article-review", **{"审核表.docx": form_2_with_picture()})
	form = dialog.locator(".nmedia-word-form")
	expect(form.locator("[data-field=accounts]")).to_contain_text("在用账号中没有")
	expect(form.locator(".nmedia-word-article img")).to_be_visible()
	editor.shot("word-import-5-phone")
	assert editor.english() == []
	form.locator("[data-field=accounts] [data-toggle=dropdown]").click()
	form.locator("[data-field=accounts] .dropdown-input-wrapper input").fill(account)
	form.locator("[data-field=accounts] .selectable-item", has_text=account).first.click()
	dialog.locator(".modal-title").click()
	dialog.locator(".btn-modal-primary").click()
	editor.page.wait_for_function(
		"() => cur_frm?.doctype === 'Article Review' && cur_frm.docname.startsWith('NM')"
	)
	assert editor.settled().value("title") == "校园网维护通知"
	editor.shot("word-import-6-article")


def test_a_new_form_is_filled_in_from_one_file(as_user):
	editor = as_user(EDITOR).form("Account Filing")
	number = time.time_ns() // 10**9
	numbered = item("先审后发") + item("专人保管密码")
	rows = rows_1(账号名称=f"单份导入{number}", **{"微博网址/微信号": f"one{number}-demo"})
	rows[-3][1] = C(span=5, xml=numbered)
	content = with_lists(word(p(run(TITLE_1)), table(rows)), lists(level("chineseCounting", "%1、")))
	words = open_menu(editor)
	expect(words).to_have_count(1)
	editor.shot("word-import-7-menu")
	dialog = choose_files(editor, words, **{"备案表.docx": content})
	form = dialog.locator(".nmedia-word-form")
	expect(form).to_have_count(1)
	expect(form.locator("[data-field=measures] textarea")).to_have_value("一、先审后发\n二、专人保管密码")
	editor.shot("word-import-8-one")
	assert editor.english() == []
	choose(editor, form, "supervising_leader", "处级领导")
	choose(editor, form, "administrator", "编辑甲")
	dialog.locator(".btn-modal-primary").click()
	editor.page.wait_for_function("() => cur_frm?.docname.startsWith('NM')")
	assert editor.settled().value("account_name") == f"单份导入{number}"
	expect(editor.page.locator(".attachment-row:visible")).to_contain_text("备案表")
	expect(open_menu(editor)).to_have_count(0)


def test_a_new_article_is_read_from_one_file(as_user):
	editor = as_user(EDITOR).form("Article Review")
	dialog = choose_files(editor, open_menu(editor), **{"审核表.docx": form_2_with_picture()})
	expect(dialog.locator(".nmedia-word-article img")).to_be_visible()
