"""Realtime: what a job tells reaches the browser it is meant for, and no other."""

import json
import urllib.request

from nmedia_app.tests.e2e.desk import ADDRESS, CHIEF, EDITOR, SITE, Desk, bench_execute

LISTEN = """() => new Promise((resolve) => {
	window.heard = [];
	frappe.realtime.on("nmedia_test_progress", (message) => window.heard.push(message));
	const wait = () => (frappe.realtime.socket.connected ? resolve() : setTimeout(wait, 50));
	wait();
})"""


def listen(desk: Desk) -> Desk:
	desk.page.evaluate(LISTEN)
	return desk


def test_progress_of_a_background_job_reaches_its_user_and_nobody_else(as_user):
	editor, chief = listen(as_user(EDITOR)), listen(as_user(CHIEF))
	bench_execute("nmedia_app.tests.e2e.inside.enqueue_progress", user=EDITOR)
	editor.page.wait_for_function("() => window.heard.length === 1")
	assert editor.page.evaluate("window.heard") == [{"percent": 40}]
	bench_execute("nmedia_app.tests.e2e.inside.enqueue_progress", user=CHIEF)
	chief.page.wait_for_function("() => window.heard.length > 0")
	assert chief.page.evaluate("window.heard.length") == 1, "the chief heard what was meant for the editor"


def test_the_relay_admits_nobody_without_a_session():
	told = knock({})
	assert told.startswith(f"44/{SITE},"), told  # 44 is a refused connection


def test_the_relay_admits_no_page_of_another_origin(as_user):
	told = knock({"cookie": cookie_of(as_user(EDITOR)), "origin": "http://evil.example"})
	assert told.startswith(f"44/{SITE},"), told


def test_the_relay_admits_a_signed_in_user_from_the_sites_own_page(as_user):
	told = knock({"cookie": cookie_of(as_user(EDITOR)), "origin": ADDRESS})
	assert told.startswith(f"40/{SITE},"), told  # 40 is an accepted one


def cookie_of(desk: Desk) -> str:
	return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in desk.context.cookies())


def knock(headers: dict[str, str]) -> str:
	"""Ask the relay for the site's namespace over plain HTTP, as any program can; return its answer."""
	opening = f"{ADDRESS}/socket.io/?EIO=4&transport=polling"
	hello = exchange(opening, headers)
	line = f"{opening}&sid={json.loads(hello[1:])['sid']}"
	exchange(line, headers, f"40/{SITE},")
	return exchange(line, headers)


def exchange(address: str, headers: dict[str, str], data: str | None = None) -> str:
	request = urllib.request.Request(address, data and data.encode(), headers)
	with urllib.request.urlopen(request) as answer:
		return answer.read().decode()
