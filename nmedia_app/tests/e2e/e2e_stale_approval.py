"""Approve what you see (Article 7): two windows, and what one changed while the other had it open."""

import pytest
from playwright.sync_api import Locator, expect

from nmedia_app.tests.e2e.desk import CHIEF, EDITOR, PHONE, Desk
from nmedia_app.tests.e2e.e2e_article_review import DOCTYPE, write_article

ACTIONS = ".page-actions:visible .actions-btn-group"


@pytest.fixture
def article(as_user) -> str:
	"""An article that waits for the section chief."""
	editor = as_user(EDITOR)
	name = write_article(editor, "校园网出口扩容公告")
	editor.take_step("送审", "In Review")
	return name


def open_asleep(desk: Desk, name: str) -> Desk:
	"""Open the article in a window that hears of no change, as on a phone that slept."""
	desk.form(DOCTYPE, name)
	desk.page.evaluate("() => frappe.realtime.socket.disconnect()")
	return desk


def change_elsewhere(desk: Desk, name: str) -> None:
	"""Change the article in another window."""
	desk.form(DOCTYPE, name)
	desk.page.evaluate(
		"""() => cur_frm.set_value({
			image_source: "来源：西北工业大学档案馆",
			content: "<p>各位师生：升级改在周日凌晨。</p>",
		}).then(() => cur_frm.save())"""
	)
	desk.page.wait_for_function("() => !cur_frm.is_dirty()")
	desk.settled()


def read_changes(desk: Desk, picture: str) -> Locator:
	"""Wait for the dialog that shows what changed; the step was not taken."""
	dialog = desk.page.locator(".modal.show")
	expect(dialog).to_contain_text("您打开之后有修改")
	expect(dialog.locator("th")).to_have_text(["项目", "修改前", "修改后"])
	source = dialog.locator("tr", has_text="图片来源").locator("td")
	expect(source).to_have_text(["图片来源", "摄影：编辑甲", "来源：西北工业大学档案馆"])
	expect(dialog.locator("tr", has_text="文章内容")).to_contain_text("各位师生：升级改在周日凌晨。")
	desk.shot(picture)
	assert desk.english() == []
	desk.was_refused(417)
	return dialog


def reload(desk: Desk, dialog: Locator) -> None:
	"""Press the dialog's button; the form shows the article as it is now, before the step."""
	dialog.get_by_role("button", name="重新载入").click()
	expect(dialog).to_have_count(0)
	desk.page.wait_for_function("() => cur_frm.doc.image_source === '来源：西北工业大学档案馆'")
	desk.settled()
	assert desk.value("workflow_state") == "Section Chief Review"


def test_a_step_on_a_changed_article_shows_the_changes_and_is_decided_again(as_user, article):
	chief, other = open_asleep(as_user(CHIEF), article), as_user(CHIEF)
	change_elsewhere(other, article)
	chief.step("同意上报")
	chief.confirm("情况属实")
	reload(chief, read_changes(chief, "stale-1-changes"))
	chief.take_step("同意上报", "In Review", "看过修改，情况属实")
	assert chief.value("approval_records")[-1]["opinion"] == "看过修改，情况属实"


def test_the_platforms_menu_shows_them_too(as_user, article):
	chief, other = open_asleep(as_user(CHIEF), article), as_user(CHIEF)
	change_elsewhere(other, article)
	chief.page.locator(f"{ACTIONS} button").click()
	chief.page.locator(f"{ACTIONS} .dropdown-menu").get_by_text("同意上报").click()
	chief.settled()
	chief.confirm("情况属实")
	reload(chief, read_changes(chief, "stale-2-menu"))


def test_the_changes_fit_a_phone(as_user, article):
	chief, other = open_asleep(as_user(CHIEF, PHONE), article), as_user(CHIEF)
	change_elsewhere(other, article)
	chief.step("同意上报")
	chief.confirm("情况属实")
	dialog = read_changes(chief, "stale-3-phone")
	assert chief.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
	reload(chief, dialog)
