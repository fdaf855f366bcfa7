"""Every page that a role sees loads without a fault and speaks Chinese."""

import pytest

from nmedia_app.tests.e2e.desk import (
	ADDRESS,
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	PHONE,
	ROLES,
	UNIT_HEAD,
	Desk,
)

FUNCTIONS = {EDITOR: "editor", CHIEF: "chief", LEADER: "leader", OFFICE: "office", UNIT_HEAD: "unit-head"}

PAGES = {
	"list": "article-review",
	"calendar": "article-review/view/calendar/default",
	"report": "query-report/Article Review Register",
	"accounts": "media-account",
	"sections": "media-section",
	"platforms": "media-platform",
	"report-view": "article-review/view/report",
}
KEEPERS = (LEADER, OFFICE, UNIT_HEAD)
KEEPERS_PAGES = {"volume": "query-report/Review Record Volume", "custody": "custody-entry"}


@pytest.mark.parametrize("user", ROLES, ids=FUNCTIONS.get)
def test_every_role_lands_on_the_workspace_of_the_app(as_user, user):
	desk = as_user(user)
	desk.tasks().page.wait_for_url("**/new-media-management")
	assert desk.page.locator(".nmedia-tasks-head h3").first.inner_text() == "等我处理"
	desk.shot(f"landing-{FUNCTIONS[user]}")
	assert desk.english() == []


@pytest.mark.parametrize("user", ROLES, ids=FUNCTIONS.get)
def test_lists_and_reports_load_without_a_fault_and_in_chinese(as_user, user):
	desk = as_user(user)
	english = {}
	for page, route in PAGES.items():
		desk.open(route).shot(f"{page}-{FUNCTIONS[user]}")
		english[page] = desk.english()
	assert not any(english.values()), english


@pytest.mark.parametrize("user", KEEPERS, ids=FUNCTIONS.get)
def test_the_volume_loads_without_a_fault_and_in_chinese(as_user, user):
	desk = as_user(user)
	for page, route in KEEPERS_PAGES.items():
		desk.open(route).shot(f"{page}-{FUNCTIONS[user]}")
		assert desk.english() == [], page


def test_word_lists_of_the_office_are_in_chinese(as_user):
	office = as_user(OFFICE).form("Sensitive Word List")
	office.shot("word-list")
	assert office.english() == []


@pytest.mark.parametrize("user", ROLES, ids=FUNCTIONS.get)
def test_form_and_print_preview_load_without_a_fault_and_in_chinese(as_user, user):
	desk = as_user(user)
	name = published_article(desk)
	desk.form("Article Review", name)
	desk.shot(f"form-{FUNCTIONS[user]}")
	assert desk.english() == []
	desk.open(f"print/Article Review/{name}")
	preview = desk.page.frame_locator("iframe.print-format-container")
	preview.get_by_text("信息化建设与管理处新媒体文章发布审核表").wait_for()
	desk.shot(f"print-{FUNCTIONS[user]}")
	assert desk.english() == []


def test_a_new_article_review_is_in_chinese(as_user):
	desk = as_user(EDITOR).form("Article Review")
	desk.shot("new-article")
	assert desk.english() == []


@pytest.mark.parametrize("names", ["for", "new", "try", "var", "abcabc"])
def test_loop_of_a_template_runs_whatever_names_chance_gives_its_variables(as_user, names):
	"""With such a name in the navigation bar, the desk stayed blank, once in some ten thousand times."""
	text = as_user(EDITOR).page.evaluate(
		"""(names) => {
			const random = Math.random;
			const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
			const chances = [...names].map((letter) => (letters.indexOf(letter) + 0.5) / letters.length);
			Math.random = () => chances.shift() ?? random();
			try {
				const rows = [{ name: "甲" }, { name: "乙" }];
				return frappe.render("{% for row in rows %}{{ row.name }}{% endfor %}", { rows }, names);
			} finally {
				Math.random = random;
			}
		}""",
		names,
	)
	assert text == "甲乙"


def test_the_login_page_is_in_chinese_and_without_a_fault(browser):
	context = browser.new_context(locale="zh-CN")
	desk = Desk("Guest", context, context.new_page())
	desk.window.goto(f"{ADDRESS}/login")
	desk.page.wait_for_load_state("networkidle")
	desk.shot("login")
	english, faults = desk.english(), desk.faults
	context.close()
	assert (english, faults) == ([], [])


@pytest.mark.parametrize("user", ROLES, ids=FUNCTIONS.get)
def test_the_landing_page_fits_a_phone(as_user, user):
	desk = as_user(user, PHONE)
	desk.tasks().shot(f"phone-landing-{FUNCTIONS[user]}")
	assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def published_article(desk: Desk) -> str:
	"""Return the name of an article that this user may read and that is published."""
	answer = desk.call(
		"frappe.client.get_list",
		doctype="Article Review",
		filters={"stage": "Published"},
		limit_page_length=1,
	)
	return answer["body"]["message"][0]["name"]
