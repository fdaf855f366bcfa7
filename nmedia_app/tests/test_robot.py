"""The group's robot: one message a step, tried again when it fails, its address nowhere to be seen."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import frappe
from frappe import _
from frappe.utils import add_days, get_datetime, now_datetime

from nmedia_app.language import speaking
from nmedia_app.services import robot
from nmedia_app.settings import DOCTYPE as SETTINGS
from nmedia_app.tests import factories
from nmedia_app.tests.factories import EDITOR
from nmedia_app.tests.utils import NmediaTestCase

SECRET = "3f0c-secret-of-the-group"
OK = (200, {"errcode": 0, "errmsg": "ok"})


class Group(ThreadingHTTPServer):
	"""A server that answers as told, one answer a request, and keeps what it was sent."""

	def __init__(self, answers):
		super().__init__(("127.0.0.1", 0), Answers)
		self.answers = list(answers)
		self.received: list[tuple[str, dict]] = []

	@property
	def address(self) -> str:
		return f"http://127.0.0.1:{self.server_address[1]}/cgi-bin/webhook/send?key={SECRET}"


class Answers(BaseHTTPRequestHandler):
	def do_POST(self):
		body = json.loads(self.rfile.read(int(self.headers["content-length"])))
		self.server.received.append((self.path, body))
		status, answer = self.server.answers.pop(0)
		content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
		self.send_response(status)
		if status == 302:
			self.send_header("location", self.path)
		self.send_header("content-length", str(len(content)))
		self.end_headers()
		self.wfile.write(content)

	def log_message(self, *_):
		pass


@contextmanager
def group(*answers) -> Iterator[Group]:
	server = Group(answers)
	thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
	thread.start()
	try:
		yield server
	finally:
		server.shutdown()
		thread.join()
		server.server_close()


class TestRobot(NmediaTestCase):
	def setUp(self):
		super().setUp()
		frappe.db.delete("Robot Message")

	def tearDown(self):
		super().tearDown()
		frappe.clear_document_cache(SETTINGS, SETTINGS)

	def name_robot(self, address: str):
		frappe.set_user("Administrator")
		frappe.get_single(SETTINGS).update({"robot_address": address}).save()

	def send(self, text: str = "你好"):
		robot.send(text=lambda: text)
		return frappe.get_last_doc("Robot Message")

	def attempt(self, message):
		"""Attempt it as the scheduler does once it is due."""
		frappe.db.set_value("Robot Message", message.name, "next_attempt", now_datetime())
		robot.deliver(message=message.name)
		return frappe.get_doc("Robot Message", message.name)

	def test_one_message_a_step_with_what_the_group_needs_to_know(self):
		self.name_robot("http://127.0.0.1:9/send")
		article = factories.make_article(title="暑期安排")
		self.assertEqual(frappe.db.count("Robot Message"), 0)
		factories.act(article, EDITOR, "Send for Review")
		[text] = frappe.get_all("Robot Message", pluck="text")
		for words in ("暑期安排", "Editor O'Hara", "科长", factories.SECTION, article.name):
			self.assertIn(words, text)

	def test_nothing_is_queued_without_a_robot(self):
		self.name_robot("")
		factories.make_article_in_chief_review()
		self.assertEqual(frappe.db.count("Robot Message"), 0)

	def test_a_message_that_fails_twice_is_sent_the_third_time(self):
		with group((500, {}), (200, {"errcode": 93000, "errmsg": "invalid webhook url"}), OK) as server:
			self.name_robot(server.address)
			message = self.attempt(self.send("第一行\n第二行"))
			self.assertEqual((message.status, message.attempts), ("Queued", 1))
			self.assertIn("500", message.last_error)
			message = self.attempt(message)
			self.assertEqual((message.status, message.attempts), ("Queued", 2))
			self.assertIn("93000", message.last_error)
			message = self.attempt(message)
			self.assertEqual((message.status, message.attempts), ("Sent", 3))
			self.assertFalse(message.last_error)
			self.assertFalse(message.next_attempt)
			robot.deliver(message=message.name)
		self.assertEqual(len(server.received), 3)
		path, body = server.received[-1]
		self.assertEqual(path, f"/cgi-bin/webhook/send?key={SECRET}")
		self.assertEqual(body, {"msgtype": "text", "text": {"content": "第一行\n第二行"}})

	def test_pauses_grow_and_then_it_is_given_up(self):
		with group(*[(503, {})] * 5) as server:
			self.name_robot(server.address)
			message = self.send()
			for minutes in (1, 5, 30, 120):
				before = now_datetime()
				message = self.attempt(message)
				self.assertEqual(message.status, "Queued")
				pause = get_datetime(message.next_attempt) - before
				self.assertLessEqual(timedelta(minutes=minutes), pause)
				self.assertLess(pause, timedelta(minutes=minutes, seconds=20))
			message = self.attempt(message)
		self.assertEqual((message.status, message.attempts), ("Failed", 5))

	def test_nothing_is_sent_before_its_time(self):
		with group((500, {})) as server:
			self.name_robot(server.address)
			message = self.attempt(self.send())
			robot.deliver(message=message.name)
		self.assertEqual(len(server.received), 1)

	def test_answers_that_are_no_robots_count_as_failures(self):
		answers = ((200, b"<html>"), (200, b"[]"), (200, {"ok": True}), (302, b""), (200, b"x" * 100_000))
		with group(*answers) as server:
			self.name_robot(server.address)
			for _answer in answers:
				self.assertEqual(self.attempt(self.send()).status, "Queued")
		self.assertEqual(len(server.received), len(answers))

	def test_a_server_that_is_not_there_fails_it_without_naming_the_address(self):
		with group() as server:
			address = server.address
		self.name_robot(address)
		message = self.attempt(self.send())
		self.assertEqual(message.status, "Queued")
		for error in (message.last_error, *frappe.get_all("Error Log", pluck="error")):
			self.assertNotIn(SECRET, error or "")

	def test_address_is_neither_in_messages_nor_in_jobs(self):
		with group(OK) as server:
			self.name_robot(server.address)
			message = self.attempt(self.send())
		self.assertNotIn(SECRET, frappe.as_json(message.as_dict()))

	def test_without_a_robot_queued_messages_are_given_up_in_time(self):
		self.name_robot("http://127.0.0.1:9/send")
		message = self.send()
		self.name_robot("")
		with speaking():
			self.assertEqual(self.attempt(message).last_error, _("No robot is set."))

	def test_long_texts_are_cut_to_what_the_robot_takes(self):
		self.assertEqual(len(robot.fit("审" * 2000).encode()), 2046)
		self.assertEqual(robot.fit("短"), "短")

	def test_messages_that_are_done_with_go_after_a_month(self):
		self.name_robot("http://127.0.0.1:9/send")
		kept, old, waiting = (self.send(text) for text in ("kept", "old", "waiting"))
		month_ago = add_days(now_datetime(), -31)
		for message, status, modified in (
			(kept, "Sent", add_days(now_datetime(), -29)),
			(old, "Failed", month_ago),
			(waiting, "Queued", month_ago),
		):
			frappe.db.set_value(
				"Robot Message", message.name, {"status": status, "modified": modified}, update_modified=False
			)
		robot.clear_old_messages()
		self.assertEqual(set(frappe.get_all("Robot Message", pluck="name")), {kept.name, waiting.name})
