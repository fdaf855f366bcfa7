"""Registering what is out: where, when, and whether it is what was approved (Article 7)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, get_datetime, get_fullname, now_datetime

from nmedia_app import files
from nmedia_app.nmedia_app.print_formats.annexes import chinese_time, join
from nmedia_app.regulation import byline
from nmedia_app.regulation.comparison import Comparison, compare
from nmedia_app.regulation.review import APPROVED, PUBLISHED
from nmedia_app.regulation.texts import (
	DAMAGED,
	KIND,
	NO_TEXT,
	PROTECTED,
	TOO_LARGE,
	UnreadableCopyError,
	text_of_file,
	text_of_html,
)
from nmedia_app.selectors.accounts import get_account_label, get_account_labels
from nmedia_app.services import custody, revising
from nmedia_app.settings import get_settings
from nmedia_app.workflow import (
	SealedChange,
	apply_workflow,
	check_unchanged,
	get_permitted_transitions,
)


@dataclass(frozen=True)
class PublishedCopy:
	"""What is out there: the text that a reader reads, and the file that it was taken from, if any."""

	text: str
	file_name: str = ""
	content: bytes = b""

	@property
	def digest(self) -> str:
		return hashlib.sha256(self.content or self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Findings:
	"""What comparing a copy with the approved article found."""

	comparison: Comparison
	missing_byline: list[str] = field(default_factory=list)

	@property
	def in_order(self) -> bool:
		return self.comparison.is_same and not self.missing_byline


def read_copy(text: str | None, file_name: str | None = None, content: str | None = None) -> PublishedCopy:
	"""Return the copy that the user gave: pasted text, or a file (its bytes as base64).

	Throws a message that says what may be given.
	"""
	if cstr(content).strip():
		return read_copied_file(cstr(file_name), cstr(content))
	if not cstr(text).strip():
		frappe.throw(_("Please paste the text of what is out, or give it as an HTML or PDF file."))
	return PublishedCopy(text=cstr(text).strip())


def read_copied_file(file_name: str, content: str) -> PublishedCopy:
	try:
		data = base64.b64decode(content.split(",")[-1], validate=True)
		return PublishedCopy(text=text_of_file(file_name, data), file_name=file_name, content=data)
	except UnreadableCopyError as error:
		frappe.throw(
			files.bold(file_name) + " " + get_reason(error) + " " + _("Please paste the text instead.")
		)
	except (binascii.Error, ValueError):
		frappe.throw(_("The file could not be read. Please choose it again."))


def get_reason(error: UnreadableCopyError) -> str:
	"""Say in the user's language why a copy cannot be read."""
	reasons = {
		KIND: _("is none of HTML, PDF, Word and text."),
		DAMAGED: _("is damaged, or is not what its name says."),
		PROTECTED: _("is protected by a password."),
		TOO_LARGE: _("is too large."),
		NO_TEXT: _("has no text in it."),
	}
	return reasons[error.reason]


def get_approved_text(article: Document) -> str:
	"""Return the article's text, or that of its attachments where they are all (文章内容可附件)."""
	text = text_of_html(article.content or "")
	if text.strip():
		return text
	return "\n".join(text for _row, text in files.read_attached_texts(article))


def get_byline_values(article: Document, published_on=None) -> dict[str, str]:
	"""Return what a byline names (Article 7); before publication with the time that is expected."""
	return {
		"copywriters": join(row.full_name for row in article.copywriters),
		"editors": join(row.full_name for row in article.editors),
		"reviewer": cstr(article.reviewer_name),
		"published_on": chinese_time(published_on or article.published_on or get_expected_time(article)),
		"accounts": "、".join(get_account_labels(article)),
		"title": cstr(article.title),
	}


def get_expected_time(article: Document) -> datetime:
	return max(get_datetime(article.planned_publish_time), now_datetime())


def get_byline(article: Document, published_on=None) -> str:
	"""Return the byline ready to paste, in the words of the settings."""
	return byline.compose(get_settings().byline, get_byline_values(article, published_on))


def examine(article: Document, account: str, published_on, copy: PublishedCopy) -> Findings:
	"""Compare a copy of what is out with what was approved, and look for the byline in it."""
	values = get_byline_values(article, published_on)
	allowed = [article.title, get_byline(article, published_on), *get_account_label(account).split("：")]
	allowed += byline.stated_forms(values, copy.text)
	return Findings(
		compare(get_approved_text(article), copy.text, ignore=[piece for piece in allowed if piece]),
		byline.missing_parts(values, copy.text),
	)


def register(
	*,
	article: Document,
	account: str,
	published_on: str,
	address: str,
	copy: PublishedCopy,
	explanation: str = "",
	review_again: bool = False,
) -> Document:
	"""Register that an approved article is out on an account; with the last account it is published.

	What differs from the approved text, or lacks its byline, is explained or goes through review again.
	Returns the article. Throws a message for whatever is missing.
	"""
	check_awaits_publication(article, account)
	check_when_and_where(article, published_on, address)
	findings = examine(article, account, published_on, copy)
	explanation = cstr(explanation).strip()
	if not findings.in_order and not explanation and not review_again:
		frappe.throw(
			_("What is out is not what was approved. Please explain it, or have it reviewed again."),
			title=_("Not as Approved"),
		)
	row = {
		"account": account,
		"published_on": get_datetime(published_on),
		"address": cstr(address).strip(),
		"text_matches": int(findings.comparison.is_same),
		"byline_matches": int(not findings.missing_byline),
		"dropped": 0,
		"findings": describe(findings),
		"explanation": explanation,
		"copy_text": copy.text,
		"copy_file": keep_file(article, copy),
		"copy_digest": copy.digest,
	}
	if review_again and not findings.in_order:
		row["revision"] = revising.start_revision(article=article).name
	return add_publication(article, row)


def register_as_dropped(*, article: Document, account: str, explanation: str) -> Document:
	"""Register that an approved article does not go out on one of its accounts after all, and why."""
	check_awaits_publication(article, account)
	if not cstr(explanation).strip():
		frappe.throw(_("Please say why it is not published there."))
	if all(row.dropped for row in article.publications) and len(get_unregistered_accounts(article)) == 1:
		frappe.throw(
			_("It would be published nowhere. Please ask the division leader to withdraw the article.")
		)
	row = {"account": account, "dropped": 1, "explanation": cstr(explanation).strip()}
	return add_publication(article, row)


def check_awaits_publication(article: Document, account: str) -> None:
	if article.stage != APPROVED:
		frappe.throw(
			_("Only an approved article can be marked as published (Article 7)."), frappe.PermissionError
		)
	if account not in [row.account for row in article.accounts]:
		frappe.throw(_("The article was not approved for {0}.").format(frappe.bold(account)))


def check_when_and_where(article: Document, published_on: str, address: str) -> None:
	if not published_on or not cstr(address).strip():
		frappe.throw(_("Please say when it was published and where: its address or message ID."))
	if get_datetime(published_on) > now_datetime():
		frappe.throw(_("The time of publication lies in the future."))
	if get_datetime(published_on) < get_datetime(article.sealed_on).replace(second=0):
		frappe.throw(_("An article cannot have been published before it was approved."))


def keep_file(article: Document, copy: PublishedCopy) -> str:
	"""Attach the copy's file to the article and return its address; nothing for pasted text."""
	if not copy.content:
		return ""
	file = frappe.get_doc(
		doctype="File",
		file_name=copy.file_name,
		attached_to_doctype=article.doctype,
		attached_to_name=article.name,
		content=copy.content,
		is_private=1,
	)
	file.flags.is_published_copy = True
	return file.insert().file_url


def add_publication(article: Document, row: dict) -> Document:
	noted = {
		"registered_by": get_fullname(frappe.session.user),
		"registered_on": now_datetime().replace(microsecond=0),
	}
	article.append("publications", {**row, **noted})
	times = [get_datetime(row.published_on) for row in article.publications if not row.dropped]
	article.published_on = min(times, default=None)
	article.flags.sealed_change = SealedChange(frozenset({"publications", "published_on"}))
	article.save()
	if not get_unregistered_accounts(article):
		return take_publishing_step(article)
	return article


def get_unregistered_accounts(article: Document) -> list[str]:
	"""Return the accounts on which an approved article is not registered as published yet."""
	registered = {row.account for row in article.publications}
	return [row.account for row in article.accounts if row.account not in registered]


def take_publishing_step(article: Document) -> Document:
	"""Take the active workflow's step into the stage Published."""
	for transition in get_permitted_transitions(article):
		if transition.next_stage == PUBLISHED:
			return apply_workflow(article.as_dict(), transition.action)
	frappe.throw(_("The workflow has no step that publishes. Please tell the administrator."))


def describe(findings: Findings) -> str:
	"""Say in words what the comparison found."""
	found = []
	if not findings.comparison.is_same:
		counts = findings.comparison.summary()
		found.append(
			_("Differs from the approved text: {0} characters missing, {1} added.").format(
				counts["missing"], counts["added"]
			)
		)
	if findings.missing_byline:
		labels = "、".join(get_byline_label(part) for part in findings.missing_byline)
		found.append(_("The byline lacks: {0}.").format(labels))
	return "\n".join(found)


def get_byline_label(part: str) -> str:
	return {
		"copywriters": _("Copywriters"),
		"editors": _("Editors"),
		"reviewer": _("Reviewer"),
		"published_on": _("Time of Publication"),
	}[part]


def lock_as_seen(name: str, modified: str) -> Document:
	"""Return an article, locked, if it still is as it was on the screen and the user may change it.

	One registers after the other: the platform's way to save rows makes two at once deadlock.
	"""
	custody.lock_chain()
	article = frappe.get_doc("Article Review", name, for_update=True)
	article.check_permission("write")
	article.check_may_edit()
	check_unchanged(article, modified)
	return article
