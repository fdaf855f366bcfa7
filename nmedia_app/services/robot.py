"""The group's robot: messages to a WeCom group, sent in the background and tried again if that fails."""

import json
from collections.abc import Callable

import frappe
import requests
from frappe import _
from frappe.utils import add_days, get_datetime, now_datetime

from nmedia_app.language import speaking
from nmedia_app.settings import DOCTYPE as SETTINGS

DOCTYPE = "Robot Message"
TIMEOUT = 5  # seconds
LONGEST_TEXT = 2048  # bytes in UTF-8: what the robot takes
LONGEST_ANSWER = 10_000  # bytes that are read of an answer
KEPT_DAYS = 30


def send(*, text: Callable[[], str]) -> None:
	"""Queue a message to the group, in the site's language, if there is a robot; nobody waits for it."""
	if not get_address():
		return
	with speaking():
		message = frappe.get_doc(doctype=DOCTYPE, text=fit(text()), next_attempt=now_datetime())
	message.insert(ignore_permissions=True)
	frappe.enqueue(
		"nmedia_app.services.robot.deliver", queue="short", message=message.name, enqueue_after_commit=True
	)


def fit(text: str) -> str:
	"""Cut a text to what the robot takes."""
	return text.encode()[:LONGEST_TEXT].decode(errors="ignore")


def send_due() -> None:
	"""Try again what is due (scheduler)."""
	due = {"status": "Queued", "next_attempt": ["<=", now_datetime()]}
	for message in frappe.get_all(DOCTYPE, filters=due, order_by="creation asc", pluck="name"):
		deliver(message=message)
		frappe.db.commit()  # what was said is said, whatever becomes of the next one


def deliver(*, message: str) -> None:
	"""Post a queued message that is due and note what came of it."""
	# locked: the first attempt and the scheduler never send the same message both
	doc = frappe.get_doc(DOCTYPE, message, for_update=True)
	if doc.status != "Queued" or get_datetime(doc.next_attempt) > now_datetime():
		return
	with speaking():
		address = get_address()
		doc.note_attempt(post(address, doc.text) if address else _("No robot is set."))
	doc.save(ignore_permissions=True)


def get_address() -> str:
	"""Return the robot's address, a secret: it goes nowhere but into the request."""
	settings = frappe.get_cached_doc(SETTINGS)
	return (settings.robot_address and settings.get_password("robot_address", raise_exception=False)) or ""


def post(address: str, text: str) -> str:
	"""Post a text; return what went wrong, in words without the address, or nothing."""
	try:
		with requests.post(
			address,
			json={"msgtype": "text", "text": {"content": text}},
			timeout=TIMEOUT,
			allow_redirects=False,
			stream=True,
		) as response:
			if response.status_code != 200:
				return _("The robot's server answered with {0}.").format(response.status_code)
			return read_answer(response.raw.read(LONGEST_ANSWER, decode_content=True))
	except requests.Timeout:
		return _("The robot's server did not answer within {0} seconds.").format(TIMEOUT)
	except Exception:  # whatever it is, its words may hold the address
		return _("The robot's server could not be reached.")


def read_answer(body: bytes) -> str:
	"""Return what an answer complains of: WeCom answers errors with a code of its own."""
	try:
		code = json.loads(body)["errcode"]
	except (ValueError, KeyError, TypeError):
		return _("The robot's server gave an answer that is not a robot's.")
	return _("The robot refused the message with code {0}.").format(int(code)) if code else ""


def clear_old_messages() -> None:
	"""Delete messages that are done with after a month (scheduler)."""
	frappe.db.delete(
		DOCTYPE, {"status": ["!=", "Queued"], "modified": ["<", add_days(now_datetime(), -KEPT_DAYS)]}
	)
