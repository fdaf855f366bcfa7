"""Realtime: what a job tells reaches the browser it is meant for, and no other."""

import urllib.error
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


def test_the_relay_admits_nobody_without_a_session(browser):
	opening = "/socket.io/?EIO=4&transport=polling"
	with urllib.request.urlopen(ADDRESS + opening) as answer:
		session = answer.read().decode().split('"sid":"')[1].split('"')[0]
	request = urllib.request.Request(f"{ADDRESS}{opening}&sid={session}", data=f"40/{SITE},".encode())
	urllib.request.urlopen(request).close()
	with urllib.request.urlopen(f"{ADDRESS}{opening}&sid={session}") as answer:
		told = answer.read().decode()
	assert told.startswith(f"44/{SITE},"), told  # 44 is a refused connection
	assert "Not signed in" in told


def test_a_page_of_another_origin_is_not_admitted(as_user):
	desk = as_user(EDITOR)
	cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in desk.context.cookies())
	headers = {"cookie": cookies, "origin": "http://evil.example"}
	opening = f"{ADDRESS}/socket.io/?EIO=4&transport=polling"
	try:
		with urllib.request.urlopen(urllib.request.Request(opening, headers=headers)) as answer:
			session = answer.read().decode().split('"sid":"')[1].split('"')[0]
		join = urllib.request.Request(f"{opening}&sid={session}", data=f"40/{SITE},".encode(), headers=headers)
		urllib.request.urlopen(join).close()
		told = urllib.request.urlopen(urllib.request.Request(f"{opening}&sid={session}", headers=headers)).read().decode()
	except urllib.error.HTTPError as refused:
		told = f"44/{SITE}, {refused.code}"
	assert told.startswith(f"44/{SITE},"), told
