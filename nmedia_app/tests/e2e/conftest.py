"""One Chromium for all browser tests; each signed-in desk is checked for faults when its test ends."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from nmedia_app.tests.e2e.desk import BLANK, DESKTOP, Desk, close_windows, open_window

CHROMIUM_ARGUMENTS = (
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
)

FAILED = pytest.StashKey[list[bool]]()

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
	with sync_playwright() as playwright:
		chromium = playwright.chromium.launch(
			executable_path=os.environ["NMEDIA_CHROMIUM"], args=list(CHROMIUM_ARGUMENTS)
		)
		yield chromium
		chromium.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
	report = yield
	item.stash.setdefault(FAILED, []).append(report.failed)
	return report


@pytest.fixture
def as_user(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Callable[..., Desk]]:
	"""Sign users in; when the test ends, no page may have met an error that the test did not expect."""
	desks: list[Desk] = []

	def enter(user: str, viewport: dict[str, int] = DESKTOP) -> Desk:
		desks.append(open_window(browser, user, viewport))
		return desks[-1]

	yield enter
	if any(request.node.stash.get(FAILED, [])):
		for desk in (desk for desk in desks if desk.window.url != BLANK):
			desk.shot(f"failed-{request.node.name}-{desk.user.split('@')[0]}")
	faults = {desk.user: desk.faults for desk in desks if desk.faults}
	close_windows(desks)
	assert not faults
