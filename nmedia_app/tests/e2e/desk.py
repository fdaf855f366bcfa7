"""The desk in headless Chromium, as one user sees it."""

import json
import os
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
	Browser,
	BrowserContext,
	ConsoleMessage,
	Error,
	Page,
	Response,
	StorageState,
	expect,
)

ADDRESS = os.environ["NMEDIA_URL"]
SITE = os.environ["NMEDIA_SITE"]
SCREENSHOTS = Path(os.environ["NMEDIA_SCREENSHOTS"])
BENCH = Path(os.environ["NMEDIA_BENCH"])
LOGINS = json.loads(Path(os.environ["NMEDIA_LOGINS"]).read_text(encoding="utf-8"))

EDITOR, SECOND_EDITOR = "editor@nmedia.example", "editor2@nmedia.example"
CHIEF, LEADER = "chief@nmedia.example", "leader@nmedia.example"
OFFICE, UNIT_HEAD = "office@nmedia.example", "head@nmedia.example"
ADMINISTRATOR = "admin@nmedia.example"
ROLES = (EDITOR, CHIEF, LEADER, OFFICE, UNIT_HEAD)

BLANK = "about:blank"
DESKTOP = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}

#: what stands for itself in Chinese text: names of formats and brands, addresses, numbers of documents
NOT_ENGLISH = re.compile(
	r"\b[0-9a-f]{64}\b|SHA-256|NM-[A-Z]+-[\w-]+|new-[\w-]+|[\w.+-]+@[\w.-]+|https?://\S+|/private/files/\S+|[\w-]+\.(?:docx?|txt|png|jpe?g|webp|pdf)"
	r"|(?<![A-Za-z])(?:ID|PDF|Word|Excel|CSV|APP|Ctrl|Alt|Shift|Esc|Enter|[a-z0-9]+-demo|O'Brien|O'Hara)(?![A-Za-z])"
)
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ '][A-Za-z]+)*")

VISIBLE_TEXTS = """() => {
	const texts = [];
	const visit = (root) => {
		const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			if (node.nodeType === Node.ELEMENT_NODE) {
				if (node.shadowRoot) visit(node.shadowRoot);
				if (node.placeholder && node.checkVisibility()) texts.push(node.placeholder);
				if (node.matches("input:not([type=checkbox],[type=radio]),select") && node.checkVisibility())
					texts.push(node.selectedOptions?.[0]?.textContent ?? node.value);
				continue;
			}
			const parent = node.parentElement;
			if (!parent || !node.textContent.trim()) continue;
			if (parent.closest("script,style,noscript,svg,.visually-hidden,.sr-only")) continue;
			const box = parent.getBoundingClientRect();
			const is_shown = parent.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
			if (is_shown && box.width && box.height)
				texts.push(node.textContent.trim());
		}
	};
	visit(document.body);
	return texts;
}"""

IS_IDLE = """() => {
	const is_busy = document.readyState !== "complete" || !window.frappe?.boot || jQuery.active > 0;
	window.idle_since = is_busy ? null : (window.idle_since ?? performance.now());
	return !is_busy && performance.now() - window.idle_since > 500;
}"""


@dataclass
class Desk:
	"""One user's browser window; what goes wrong in it is kept in `faults`."""

	user: str
	context: BrowserContext
	window: Page
	faults: list[str] = field(default_factory=list)

	def __post_init__(self):
		self._listeners = {
			"console": self._note_console,
			"pageerror": self._note_error,
			"response": self._note_response,
		}
		for event, listener in self._listeners.items():
			self.window.on(event, listener)

	@property
	def page(self) -> Page:
		"""The page in the window: the landing page, if nothing was opened before."""
		if self.window.url == BLANK:
			self.open()
		return self.window

	def leave(self) -> Page:
		"""Empty the window, so that somebody else can use it; what happens in it is nobody's fault."""
		for event, listener in self._listeners.items():
			self.window.remove_listener(event, listener)
		self.window.goto(BLANK)
		return self.window

	def _note_error(self, error: Error) -> None:
		self.faults.append(f"page error: {error}")

	def _note_console(self, message: ConsoleMessage) -> None:
		if message.type == "error":
			self.faults.append(f"console: {message.text}")

	def _note_response(self, response: Response) -> None:
		if response.status >= 400:
			self.faults.append(f"{response.status}: {urlsplit(response.url).path}")

	def open(self, route: str = "") -> "Desk":
		"""Open a route of the desk (`article-review`) and wait until it has loaded."""
		self.window.goto(f"{ADDRESS}/app/{route}")
		return self.settled()

	def settled(self) -> "Desk":
		"""Wait until the page is drawn and has asked the server nothing for a while."""
		self.page.wait_for_function(IS_IDLE, polling=100)
		return self

	def form(self, doctype: str, name: str | None = None) -> "Desk":
		"""Open a document's form (a new one without `name`) and wait until it is drawn."""
		self.open(f"{doctype.lower().replace(' ', '-')}/{name or 'new'}")
		self.page.wait_for_function(
			"([doctype, name]) => window.cur_frm?.doctype === doctype && (!name || cur_frm.docname === name)"
			" && cur_frm.$wrapper?.find?.('.form-layout:visible').length !== 0",
			arg=[doctype, name],
		)
		return self.settled()

	def tasks(self) -> "Desk":
		"""Wait until the landing page says what waits for this user, or that nothing does."""
		self.page.locator(".nmedia-task, .nmedia-tasks-empty").first.wait_for()
		return self.settled()

	def was_refused(self, status: int) -> None:
		"""See that the server refused what the test tried, and forget all that followed from it.

		The page notices a refusal in several ways, the last of them only after its message is shown.
		"""
		self.settled()
		assert any(fault.startswith(f"{status}:") for fault in self.faults), self.faults
		self.faults.clear()

	def shot(self, name: str) -> Path:
		"""Keep a picture of what the user sees."""
		file = SCREENSHOTS / f"{name}.png"
		self.page.screenshot(path=file)
		return file

	def english(self) -> list[str]:
		"""Return the English that this user can read on the page."""
		found = []
		for text in self.page.evaluate(VISIBLE_TEXTS):
			found += ENGLISH.findall(NOT_ENGLISH.sub(" ", text))
		return sorted(set(found))

	def value(self, fieldname: str):
		"""Return the value of a field of the form that is open."""
		return self.page.evaluate("(fieldname) => cur_frm.doc[fieldname]", fieldname)

	def step(self, label: str) -> None:
		"""Press a workflow button of the form."""
		self.page.locator(".nmedia-actions:visible button", has_text=re.compile(f"^{label}$")).click()

	def take_step(self, action: str, stage: str, words: str | None = None) -> None:
		"""Press a workflow button, answer its dialog, wait until the step is recorded."""
		steps = len(self.value("approval_records") or [])
		self.step(action)
		self.answer(words)
		self.page.wait_for_function("(steps) => cur_frm.doc.approval_records?.length > steps", arg=steps)
		self.settled()
		assert self.value("stage") == stage

	def answer(self, words: str | None = None) -> None:
		"""Fill in the dialog of a step (opinion, declaration), confirm it and see it close."""
		self.confirm(words)
		expect(self.page.locator(".modal.show"), "the dialog closes").to_have_count(0)

	def confirm(self, words: str | None = None) -> None:
		"""Fill in the dialog of a step and confirm it, whatever comes of it."""
		dialog = self.page.locator(".modal.show")
		dialog.locator(".btn-modal-primary").wait_for()
		if words is not None:
			dialog.locator("textarea:visible").fill(words)
		for box in dialog.locator("input[type=checkbox]:visible").all():
			box.check()
		dialog.locator(".btn-modal-primary").click()

	def call(self, method: str, **arguments) -> dict:
		"""Call an endpoint as this user from within the page; return status and message."""
		return self.page.evaluate(
			"""async ([method, body]) => {
				const answer = await fetch(`/api/method/${method}`, {
					method: "POST",
					headers: { "content-type": "application/json", "x-frappe-csrf-token": frappe.csrf_token },
					body: JSON.stringify(body),
				});
				return { status: answer.status, body: await answer.json().catch(() => null) };
			}""",
			[method, arguments],
		)


#: each user's session, once they have signed in: the next profile opens without the login page
SESSIONS: dict[str, StorageState] = {}
#: by user and width of the window
PROFILES: dict[tuple[str, int], BrowserContext] = {}
#: windows that nobody uses now, by profile
FREE_WINDOWS: dict[BrowserContext, list[Page]] = defaultdict(list)


def open_window(browser: Browser, user: str, viewport: dict[str, int]) -> Desk:
	"""Give a user, who signs in the first time, a window of the desk that shows nothing yet.

	A user keeps the browser profile and the windows of earlier tests: what was loaded then is not
	loaded again, and no process is started anew.
	"""
	profile = (user, viewport["width"])
	if profile not in PROFILES:
		PROFILES[profile] = make_profile(browser, viewport, SESSIONS.get(user))
	context = PROFILES[profile]
	free = FREE_WINDOWS[context]
	desk = Desk(user, context, free.pop() if free else context.new_page())
	if user not in SESSIONS:
		sign_in(desk, user)
		SESSIONS[user] = context.storage_state()
	return desk


def close_windows(desks: list[Desk]) -> None:
	"""Empty the windows of a test for the next one, and close those that it opened beside them."""
	kept = {desk.window for desk in desks}
	for context in {desk.context for desk in desks}:
		for page in {*context.pages} - kept - {*FREE_WINDOWS[context]}:
			page.close()
	for desk in desks:
		FREE_WINDOWS[desk.context].append(desk.leave())


def make_profile(browser: Browser, viewport: dict[str, int], session: StorageState | None) -> BrowserContext:
	return browser.new_context(
		viewport=viewport,
		reduced_motion="reduce",  # a dialog that is still fading in ignores what is clicked
		is_mobile=viewport == PHONE,
		locale="zh-CN",
		timezone_id="Asia/Shanghai",
		storage_state=session,
	)


def sign_in(desk: Desk, user: str) -> None:
	"""Sign in through the login page, as a person does, and wait for the desk."""
	desk.window.goto(f"{ADDRESS}/login")
	desk.page.fill("#login_email", user)
	desk.page.fill("#login_password", LOGINS[user]["password"])
	desk.page.click(".btn-login")
	desk.page.wait_for_url(re.compile(r"/(app|desk)"))
	desk.settled()


def bench_execute(function: str, **arguments) -> str:
	"""Run a function on the tests' site as the bench's command line does; return what it printed."""
	command = [BENCH / "env" / "bin" / "python", "-m", "frappe.utils.bench_helper", "frappe", "--site", SITE]
	words = ["execute", function, "--kwargs", json.dumps(arguments)]
	done = subprocess.run([*command, *words], cwd=BENCH / "sites", capture_output=True, text=True)
	assert done.returncode == 0, done.stderr
	return done.stdout


def bench_answer(function: str, **arguments):
	"""Run a function as `bench_execute` does; return its answer (Frappe 16 prints a text without quotes)."""
	printed = bench_execute(function, **arguments).strip().splitlines()
	try:
		return json.loads(printed[-1]) if printed else None
	except json.JSONDecodeError:
		return printed[-1]
