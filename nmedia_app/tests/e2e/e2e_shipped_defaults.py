"""An administrator compares what was changed, restores it, and carries it elsewhere (in the browser)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from nmedia_app.tests.e2e.desk import ADMINISTRATOR, ENGLISH, Desk, bench_answer, bench_execute

INSIDE = "nmedia_app.tests.e2e.inside"
#: names of what web pages are written in stay, and the code of a page's block
STAYS_ENGLISH = {"HTML", "CSS", "Javascript", "JSON", "json"}


@pytest.fixture
def changed_workflow() -> Iterator[str]:
	"""Let the workflow of articles have been changed; its record. It is restored afterwards."""
	record = bench_answer(f"{INSIDE}.change_review_workflow")
	yield record
	bench_execute(f"{INSIDE}.restore_review_workflow")


def test_changed_workflow_is_listed_compared_restored_and_undone(
	as_user: Callable[..., Desk], changed_workflow: str
):
	desk = as_user(ADMINISTRATOR)
	desk.open("new-media-management")
	desk.page.get_by_role("link", name="出厂配置").or_(desk.page.get_by_text("出厂配置")).first.click()
	row = desk.page.locator(".list-row:visible", has_text="已修改")
	expect(row).to_have_count(1)
	desk.settled()
	assert not set(desk.english()) - STAYS_ENGLISH
	desk.shot("shipped-defaults-list")
	desk.form("Shipped Default", changed_workflow)
	expect(desk.page.locator(".nmedia-row-changed mark").first).to_contain_text("处级领导")
	expect(desk.page.locator(".nmedia-row-removed")).to_have_count(1)
	desk.settled()
	assert not set(desk.english()) - STAYS_ENGLISH
	desk.shot("shipped-default-differences")
	desk.page.get_by_role("button", name="恢复出厂").click()
	dialog = desk.page.locator(".modal.show")
	expect(dialog).to_contain_text("本站改过的1项恢复为出厂的内容")
	expect(dialog).to_contain_text("补回本站去掉的1项")
	desk.shot("shipped-default-confirm")
	dialog.locator(".btn-primary").click()
	expect(desk.page.get_by_text("没有差异")).to_be_visible()
	desk.page.get_by_role("button", name="撤销恢复").click()
	expect(desk.page.locator(".nmedia-row-changed mark").first).to_contain_text("处级领导")


def test_export_is_previewed_by_import(as_user: Callable[..., Desk], changed_workflow: str):
	desk = as_user(ADMINISTRATOR)
	desk.open("shipped-default")
	choose_from_menu(desk, "导出自定义内容")
	dialog = desk.page.locator(".modal.show")
	expect(dialog).to_contain_text("群机器人地址属于机密")
	with desk.page.expect_download() as download:
		dialog.locator(".btn-primary").click()
	file = download.value.path()
	assert download.value.suggested_filename.endswith(".json")
	bench_execute(f"{INSIDE}.restore_review_workflow")
	desk.form("New Media Settings", "New Media Settings")
	choose_from_menu(desk, "导入自定义内容")
	dialog = desk.page.locator(".modal.show")
	dialog.locator("input[type=file]").set_input_files(
		{"name": "其他.json", "mimeType": "application/json", "buffer": b"{}"}
	)
	message = desk.page.locator(".msgprint:visible")
	expect(message).to_contain_text("这不是自定义内容文件")
	desk.was_refused(417)
	desk.page.locator(".modal.show", has=message).locator(".btn-modal-close").click()
	dialog.locator("input[type=file]").set_input_files(file)
	expect(dialog).to_contain_text("项会改动本站")
	expect(dialog.locator("tr", has_text="文章发布审核表")).to_contain_text("修改1行")
	assert not ENGLISH.findall(dialog.locator(".nmedia-entries").inner_text())
	desk.shot("adjustments-preview")
	with desk.page.expect_navigation():  # the desk loads anew, with what came
		dialog.get_by_role("button", name="全部导入").click()
	expect(dialog).to_have_count(0)
	desk.form("Shipped Default", changed_workflow)
	expect(desk.page.locator(".nmedia-row-changed mark").first).to_contain_text("处级领导")


def choose_from_menu(desk: Desk, label: str) -> None:
	desk.settled()
	desk.page.locator(".menu-btn-group:visible button").first.click()
	desk.page.locator(".menu-btn-group .dropdown-menu:visible").get_by_text(label).click()
