"""Notices: in the desk, by mail, and to the group's robot. None of them ever fails or delays a step."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, format_datetime, get_url_to_form

from nmedia_app.language import speaking
from nmedia_app.regulation.review import APPROVED, REJECTED, RETURNED, UNDER_REVIEW, WITHDRAWN
from nmedia_app.selectors.recipients import get_authors, get_awaited, get_chief, get_names
from nmedia_app.services import robot
from nmedia_app.services.attempts import undone_if_failing
from nmedia_app.settings import get_settings
from nmedia_app.typed_texts import as_typed
from nmedia_app.workflow import RECORDS_FIELD, STAGE_FIELD, WorkflowDocument

#: plain text, or a function that says it in the language in force
Text = str | Callable[[], str]


def announce_step(*, doc: WorkflowDocument) -> None:
	"""Tell those concerned of the step just taken on the document, and the group's robot."""
	with without_failing():
		stage = doc.get(STAGE_FIELD)
		if stage in UNDER_REVIEW:
			notify(users=get_awaited(doc), subject=lambda: say_it_waits(doc), doc=doc)
		elif stage in OUTCOMES:
			subject, message = OUTCOMES[stage]
			users = get_authors(doc) | (get_chief(doc) if stage == REJECTED else set())
			notify(users=users, subject=lambda: subject(doc), message=lambda: message(doc), doc=doc)
		robot.send(text=lambda: as_typed(say_it_to_the_group(doc)))


def notify(
	*, users: Iterable[str], subject: Text, doc: Document, message: Text = "", to_oneself: bool = False
) -> None:
	"""Send a notice about the document to each of these users but the acting one, in the user's language.

	`subject` and `message` are plain text, or functions that return it. Users who are disabled get nothing;
	the acting one gets it, too, with `to_oneself`: what a job did in their name is news to them as well.
	"""
	acting = set() if to_oneself else {frappe.session.user}
	people = frappe.get_all(
		"User",
		filters={"name": ["in", [*set(users) - acting] or [""]], "enabled": 1},
		fields=["name", "email", "language"],
	)
	by_mail = sends_mail()
	for person in people:
		with speaking(person.language), without_failing():
			words = (say(subject), say(message))
			put_on_desk(person.name, *words, doc)
			if by_mail and wants_mail(person.name):
				send_mail(person.email, *words, doc)


def say(text: Text) -> str:
	return as_typed(text() if callable(text) else text)


@contextmanager
def without_failing() -> Iterator[None]:
	"""Undo and log what goes wrong within, and let the step that brought it about go on."""
	try:
		with undone_if_failing():
			yield
	except frappe.QueryDeadlockError:
		raise  # the step is undone as well
	except Exception:
		# without the values that the platform would add: a secret may be among them
		frappe.log_error(title="A notice could not be sent", message=frappe.get_traceback())


def put_on_desk(user: str, subject: str, message: str, doc: Document) -> None:
	"""Add to what the desk's bell shows, which is HTML."""
	frappe.get_doc(
		doctype="Notification Log",
		type="Alert",
		for_user=user,
		from_user=frappe.session.user,
		subject=escape_html(subject),
		email_content=as_html(message),
		document_type=doc.doctype,
		document_name=doc.name,
	).insert(ignore_permissions=True)


def sends_mail() -> bool:
	"""Tell whether mail is wanted and there is an account to send it from."""
	if not cint(get_settings().send_mail):
		return False
	account = frappe.db.exists("Email Account", {"enable_outgoing": 1, "default_outgoing": 1})
	return bool(account or frappe.conf.get("mail_server"))


def wants_mail(user: str) -> bool:
	"""Tell whether the user left mails on in their own notification settings."""
	wanted = frappe.db.get_value("Notification Settings", user, "enable_email_notifications")
	return wanted is None or bool(wanted)


def send_mail(address: str, subject: str, message: str, doc: Document) -> None:
	"""Put a mail in the platform's queue."""
	form = escape_html(get_url_to_form(doc.doctype, doc.name))
	link = f'<p><a href="{form}">{_("Open the document")}</a></p>'
	frappe.sendmail(
		recipients=[address],
		subject=subject,
		message=as_html(subject) + as_html(message) + link,
		reference_doctype=doc.doctype,
		reference_name=doc.name,
		add_unsubscribe_link=0,
	)


def as_html(text: str) -> str:
	lines = escape_html(text).replace("\n", "<br>")
	return f"<p>{lines}</p>" if lines else ""


def say_it_waits(doc: WorkflowDocument) -> str:
	return _("“{0}” waits for your decision ({1})").format(doc.get_title(), say_facts(doc))


def say_it_is_returned(doc: WorkflowDocument) -> str:
	return _("“{0}” was returned by {1}").format(doc.get_title(), get_last_record(doc).full_name)


def say_it_is_approved(doc: WorkflowDocument) -> str:
	return _("“{0}” is approved ({1})").format(doc.get_title(), say_facts(doc))


def say_it_is_withdrawn(doc: WorkflowDocument) -> str:
	return _("“{0}” was withdrawn by {1}").format(doc.get_title(), get_last_record(doc).full_name)


def say_how_to_go_on(doc: WorkflowDocument) -> str:
	return doc.say_how_to_go_on()


def say_it_is_rejected(doc: WorkflowDocument) -> str:
	return _("“{0}” was not approved by {1}").format(doc.get_title(), get_last_record(doc).full_name)


def say_reason(doc: WorkflowDocument) -> str:
	"""Say why something is back or turned down, and what follows."""
	return "\n".join(filter(None, (say_opinion(doc), doc.say_what_follows())))


def say_opinion(doc: WorkflowDocument) -> str:
	return get_last_record(doc).opinion or ""


#: what authors hear, by the stage that their document came to: subject and message
OUTCOMES = {
	RETURNED: (say_it_is_returned, say_reason),
	REJECTED: (say_it_is_rejected, say_reason),
	APPROVED: (say_it_is_approved, say_how_to_go_on),
	WITHDRAWN: (say_it_is_withdrawn, say_opinion),
}


def say_it_to_the_group(doc: WorkflowDocument) -> str:
	"""One message for all: who did what, what follows, and the address."""
	record = get_last_record(doc)
	lines = [
		_("“{0}”: {1} by {2}").format(doc.get_title(), _(record.action), record.full_name),
		f"{_(record.to_state)} · {say_facts(doc)}",
	]
	if doc.get(STAGE_FIELD) in UNDER_REVIEW:
		lines.append(_("Waiting for: {0}").format(say_names(get_awaited(doc))))
	return "\n".join([*lines, get_url_to_form(doc.doctype, doc.name)])


def say_names(users: Iterable[str]) -> str:
	return get_names(users) or _("nobody who could take the next step")


def say_facts(doc: WorkflowDocument) -> str:
	"""Section and planned time of publication, as far as the document has them."""
	facts = [doc.get("section") or doc.name]
	if planned := doc.get("planned_publish_time"):
		facts.append(_("planned for {0}").format(say_time(planned)))
	return "，".join(facts)


def say_time(value) -> str:
	return format_datetime(value, "yyyy-MM-dd HH:mm")


def get_last_record(doc: WorkflowDocument) -> Document:
	return doc.get(RECORDS_FIELD)[-1]
