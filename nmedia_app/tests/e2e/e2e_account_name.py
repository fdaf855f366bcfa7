"""Staff try the name of an account and see at once whether it may be used (Article 5)."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from nmedia_app.regulation.working_days import count_working_days
from nmedia_app.tests.e2e.desk import ADMINISTRATOR, CHIEF, EDITOR, PHONE, Desk

QUOTE = "第五条：禁止任何个人运营的新媒体账号冠以“西北工业大学”、“西工大”、“西工大信息化建设与管理处”等名义"
INJECTION = "<img src=x onerror=\"document.title='pwned'\">西工大<b>"


def type_name(desk: Desk, name: str, verdict: str) -> None:
	desk.page.locator(".nmedia-name-input").fill(name)
	expect(desk.page.locator(".nmedia-name-verdict strong")).to_have_text(verdict)


def test_a_name_is_judged_while_it_is_typed(as_user):
	desk = as_user(EDITOR).tasks()
	desk.page.locator("a.link-item", has_text="账号名称查询").click()
	expect(desk.page.locator("blockquote:visible")).to_contain_text(QUOTE)
	type_name(desk, "今日 西·工·大", "个人运营的账号不得使用此名称")
	expect(desk.page.locator(".nmedia-reserved-names li.is-found")).to_have_text("西工大")
	desk.settled().shot("account-name-reserved")
	assert desk.english() == []
	type_name(desk, "西北大学爱好者", "个人运营的账号可以使用此名称")
	expect(desk.page.locator(".nmedia-reserved-names li.is-found")).to_have_count(0)
	desk.settled().shot("account-name-free")
	assert desk.english() == []


def test_a_name_is_shown_as_text_only(as_user):
	desk = as_user(EDITOR).open("account-name-check")
	type_name(desk, INJECTION, "个人运营的账号不得使用此名称")
	assert desk.page.locator(".nmedia-name-check img, .nmedia-name-check b").count() == 0
	assert "pwned" not in desk.page.title()


def test_the_page_fits_a_phone(as_user):
	desk = as_user(CHIEF, PHONE).open("account-name-check")
	type_name(desk, "西工大信息化建设与管理处", "个人运营的账号不得使用此名称")
	desk.settled().shot("phone-account-name")
	assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_settings_say_which_years_are_published(as_user):
	desk = as_user(ADMINISTRATOR).form("New Media Settings", "New Media Settings")
	expect(desk.page.locator("[data-fieldname=calendar_notice] .alert-info")).to_contain_text(
		"已收录国务院公布的"
	)
	desk.page.locator("[data-fieldname=calendar_notice]").scroll_into_view_if_needed()
	expect(desk.page.locator("[data-fieldname=working_day_corrections] .control-label").first).to_have_text(
		"需更正的工作日与休息日"
	)
	desk.settled().shot("settings-calendar")


@pytest.mark.parametrize("days", [-90, -1, 0, 1, 30])
def test_the_desk_counts_as_the_server_does(as_user, days):
	desk = as_user(EDITOR)
	today = date.fromisoformat(desk.page.evaluate("frappe.datetime.get_today()"))
	for start in (today - timedelta(days=number) for number in range(0, 200, 7)):
		end = start + timedelta(days=days)
		counted = desk.page.evaluate(
			"([from, to]) => nmedia.working_days.count(from, to)", [str(start), str(end)]
		)
		assert counted == count_working_days(start, end), (start, end)


def test_the_desk_says_how_long_it_is_in_words(as_user):
	desk = as_user(EDITOR)
	words = desk.page.evaluate(
		"""() => {
			const today = frappe.datetime.get_today();
			const describe = (days) => nmedia.working_days.describe(frappe.datetime.add_days(today, days));
			return [0, 60, -60].map(describe);
		}"""
	)
	assert [each["colour"] for each in words] == ["orange", "green", "red"]
	assert words[0]["text"] == "今天到期"
	assert words[1]["text"].startswith("还剩 ") and words[1]["text"].endswith(" 个工作日")
	assert words[2]["text"].startswith("已超 ") and words[2]["text"].endswith(" 个工作日")
