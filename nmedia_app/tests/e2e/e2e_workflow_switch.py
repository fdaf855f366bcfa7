"""Another workflow is one tick away; what is under way finishes as it began, or is moved (in the browser)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from nmedia_app.tests.e2e.desk import ADMINISTRATOR, CHIEF, EDITOR, Desk, bench_execute

DOCTYPE = "Article Review"
TWO_STEPS, THREE_REVIEWS = DOCTYPE, "Article Review: Three Reviews and Three Proofreadings"
#: the values of a state, which an administrator enters in English
VALUES = {
	"Approved",
	"Draft",
	"In Review",
	"Published",
	"Returned",
	"Withdrawn",
	"stage",
	"state",
	"workflow",
}


@pytest.fixture
def workflow_of_before() -> Iterator[None]:
	yield
	bench_execute("nmedia_app.tests.e2e.inside.activate_workflow", name=TWO_STEPS)


def tick(admin: Desk, workflow: str) -> None:
	"""Tick a workflow as active and save it; wait for the dialog on what is under way."""
	admin.form("Workflow", workflow)
	admin.page.locator("input[data-fieldname=is_active]").check()
	admin.page.locator(".primary-action:visible", has_text="保存").click()
	admin.page.locator(".modal.show .nmedia-elsewhere").wait_for()
	admin.settled()


def find_article(desk: Desk, state: str) -> str:
	answer = desk.call(
		"frappe.client.get_list",
		doctype=DOCTYPE,
		filters={"workflow_state": state},
		limit_page_length=1,
	)
	return answer["body"]["message"][0]["name"]


def copy_article(editor: Desk, name: str) -> str:
	"""Make, as the editor, a new article with the content of another one."""
	article = editor.call("frappe.client.get", doctype=DOCTYPE, name=name)["body"]["message"]
	kept = ("title", "section", "planned_publish_time", "image_source", "content")
	people = {"accounts": ("account",), "copywriters": ("full_name",), "editors": ("user",)}
	rows = {
		table: [{field: row[field] for field in fields} for row in article[table]]
		for table, fields in people.items()
	}
	values = {field: article[field] for field in kept}
	copy = {"doctype": DOCTYPE, **values, **rows, "title": "三审三校的文章"}
	return editor.call("frappe.client.insert", doc=copy)["body"]["message"]["name"]


def test_switching_to_three_reviews_and_back(as_user: Callable[..., Desk], workflow_of_before: None):
	admin, chief = as_user(ADMINISTRATOR), as_user(CHIEF)
	under_way = find_article(chief, "Section Chief Review")
	tick(admin, THREE_REVIEWS)
	dialog = admin.page.locator(".modal.show")
	expect(dialog).to_contain_text("科室负责人审核")
	assert set(admin.english()) <= VALUES
	admin.shot("workflow-under-way")
	dialog.get_by_role("button", name="按原流程办完").click()
	expect(dialog).to_have_count(0)

	# what began before goes on as it began
	chief.form(DOCTYPE, under_way)
	expect(chief.page.locator(".nmedia-actions:visible button", has_text="同意上报")).to_be_visible()

	# what begins now goes the new way
	editor = as_user(EDITOR)
	fresh = copy_article(editor, under_way)
	editor.form(DOCTYPE, fresh).take_step("送审", "In Review")
	expect(editor.page.locator(".title-area .indicator-pill:visible")).to_have_text("一校")
	assert editor.english() == []
	editor.shot("article-in-first-proofreading")

	# and the way back: what began meanwhile is moved
	tick(admin, TWO_STEPS)
	expect(dialog).to_contain_text("文章审核：三审三校")
	dialog.get_by_role("button", name="转入本流程").click()
	expect(admin.page.locator(".modal.show .msgprint")).to_contain_text("份文档转入本流程")
	admin.shot("workflow-moved")
	chief.form(DOCTYPE, fresh)
	expect(chief.page.locator(".nmedia-actions:visible button", has_text="同意上报")).to_be_visible()
	chief.page.locator(".section-head", has_text="审核过程").click()
	expect(chief.page.locator("[data-fieldname=approval_records]")).to_contain_text("转入另一流程")
	assert chief.english() == []
	chief.shot("article-moved")


def test_only_active_workflow_stays_and_its_form_says_what_to_do(as_user):
	"""The first form after signing in: what is changed in it is what is saved."""
	admin = as_user(ADMINISTRATOR)
	admin.form("Workflow", "Account Filing")
	admin.page.locator("input[data-fieldname=is_active]").uncheck()
	admin.page.locator(".primary-action:visible", has_text="保存").click()
	expect(admin.page.locator(".modal.show .msgprint")).to_contain_text("唯一启用的工作流")
	admin.shot("workflow-only-active")
	admin.was_refused(417)
