"""What each annex of the regulation, and each form of the audit, prints: a plain dict for HTML and Word.

Their own words stand in their templates, those of the annexes as the regulation has them: they are Chinese
whatever the user's language.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import frappe
import segno
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint
from markupsafe import Markup

from nmedia_app.nmedia_app.print_formats.audit_form import get_audit_contexts
from nmedia_app.nmedia_app.print_formats.blocks import as_data_url, parse, to_blocks, to_printable_html
from nmedia_app.nmedia_app.print_formats.custom_fields import (
	get_custom_fields,
	get_custom_names,
	get_custom_values,
)
from nmedia_app.nmedia_app.print_formats.engine import Picture
from nmedia_app.nmedia_app.print_formats.filing_annex import (
	get_account_contexts,
	get_account_filing_context,
)
from nmedia_app.nmedia_app.print_formats.round_summary import get_round_context
from nmedia_app.nmedia_app.print_formats.wording import (
	chinese_date,
	chinese_time,
	get_file_name,
	join,
)
from nmedia_app.regulation.custody import printed_code
from nmedia_app.selectors.accounts import get_labels
from nmedia_app.selectors.verification import get_address
from nmedia_app.services import sealing
from nmedia_app.typed_texts import as_typed

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Annex:
	"""An annex: its title, its Word template, and what fills it for each of several documents."""

	title: str
	template: Path
	get_contexts: Callable[[Sequence[Document]], list[dict]]


def build_context(doc: Document) -> dict:
	"""Return what the annex of this document prints.

	Texts are as the users typed them, some as blocks of runs: escaping is the template's work. `content_html`
	is safe HTML, `content` the same as blocks. Custom fields are there by their names and as rows (`extras`).
	The caller has checked the permission to print.
	"""
	return build_contexts([doc])[0]


def build_contexts(docs: Sequence[Document]) -> list[dict]:
	"""Return `build_context` of each of several documents of one type."""
	if not docs:
		return []
	contexts = get_annex(docs[0].doctype).get_contexts(docs)
	return [{**own, **context} for own, context in zip(get_own_values(docs), contexts, strict=True)]


def check_state(doc: Document, settings: Document) -> None:
	"""Refuse drafts and cancelled documents where the Print Settings do, as the platform does."""
	if not doc.meta.is_submittable:
		return
	if cint(doc.docstatus) == 0 and not cint(settings.allow_print_for_draft):
		frappe.throw(_("The Print Settings do not allow drafts to be printed."), frappe.PermissionError)
	if cint(doc.docstatus) == 2 and not cint(settings.allow_print_for_cancelled):
		frappe.throw(
			_("The Print Settings do not allow cancelled documents to be printed."), frappe.PermissionError
		)


def get_own_values(docs: Sequence[Document]) -> list[dict]:
	"""Return the custom fields of each of several documents of one type.

	They are there by their names, empty ones as well, and as rows (`extras`). Those that are not printed,
	or that only the type has whose form it prints, are empty: a template may name them.
	"""
	doctype, meta = docs[0].doctype, docs[0].meta
	fields = get_custom_fields(doctype, meta)
	empty = dict.fromkeys(
		(*get_custom_names(meta), *get_custom_names(frappe.get_meta(get_form_type(doctype)))), ""
	)
	rows = [get_custom_values(doc, fields) for doc in docs]
	return [
		{**empty, **{extra["fieldname"]: extra["value"] for extra in extras}, "extras": extras}
		for extras in rows
	]


def one_by_one(get_context: Callable[[Document], dict]) -> Callable[[Sequence[Document]], list[dict]]:
	"""Make of what fills an annex for one document what fills it for several."""
	return lambda docs: [get_context(doc) for doc in docs]


def get_annex_context(doc: Document) -> dict:
	"""`build_context` for print formats: its pictures as addresses that HTML can show.

	Of several documents it was built together before (`prepare_contexts`).
	"""
	context = doc.flags.annex_context or build_context(doc)
	if verification := context.get("verification"):
		context = {
			**context,
			"verification": {**verification, "qr": as_data_url(verification["qr"], "code.png")},
		}
	extras = [{**extra, "value": as_html(extra["value"])} for extra in context["extras"]]
	return {**{name: as_html(value) for name, value in context.items()}, "extras": extras}


def as_html(value: Any) -> Any:
	"""Return a custom field's picture as HTML that no template escapes; another value as it is."""
	if not isinstance(value, Picture):
		return value
	address = as_data_url(value.content, "picture.png")
	return Markup('<img src="{}" style="width: {}mm" alt="">').format(address, value.width)


def prepare_contexts(docs: Sequence[Document]) -> None:
	"""Build the contexts of several documents of one type together, for their print formats."""
	for doc, context in zip(docs, build_contexts(docs), strict=True):
		doc.flags.annex_context = context


def get_annex(doctype: str) -> Annex:
	"""Return the annex that documents of this type print; throws if there is none."""
	if doctype not in ANNEXES:
		frappe.throw(_("{0} is not printed as an annex of the regulation.").format(_(doctype)))
	return ANNEXES[doctype]


def get_form_type(doctype: str) -> str:
	"""Return the document type for whose form templates are brought: an account prints its filing's."""
	return SAME_FORM.get(doctype, doctype)


def get_article_review_contexts(docs: Sequence[Document]) -> list[dict]:
	labels = get_labels(row.account for doc in docs for row in doc.accounts)
	return [get_article_review_context(doc, labels) for doc in docs]


def get_article_review_context(doc: Document, labels: Mapping[str, str]) -> dict:
	"""Annex 2. `labels` are what accounts are called."""
	text = parse(doc.content)
	return {
		"media": join(labels[row.account] for row in doc.accounts),
		"planned_publish_time": chinese_time(doc.planned_publish_time),
		"copywriters": join(row.full_name for row in doc.copywriters),
		"editors": join(row.full_name for row in doc.editors),
		"image_source": as_typed(doc.image_source),
		"article_title": as_typed(doc.title),
		"content_html": to_printable_html(text),
		"content": to_blocks(text),
		"attachments": [get_attachment_label(row) for row in doc.attachments],
		"opinion": as_typed(doc.opinion),
		"reviewer": as_typed(doc.reviewer_name),
		"reviewed_on": chinese_date(doc.reviewed_on),
		"verification": get_verification(doc),
	}


def get_verification(doc: Document) -> dict | None:
	"""Return what lets the paper be checked: `code` and its `qr` code (PNG); None before approval.

	A record that no longer is what was approved prints a warning (`broken`) instead.
	"""
	if not doc.verification_code:
		return None
	if not sealing.is_intact(doc):
		return {"broken": True, "code": "", "qr": b""}
	address = get_address(doc.verification_code)
	return {"broken": False, "code": printed_code(doc.verification_code), "qr": as_qr_code(address)}


def as_qr_code(text: str) -> bytes:
	buffer = io.BytesIO()
	segno.make(text, error="m", micro=False).save(buffer, kind="png", scale=6, border=2)
	return buffer.getvalue()


ANNEX_1 = Annex(
	title="西北工业大学微信、微博账号备案信息表",
	template=TEMPLATES / "annex_1_account_filing.docx",
	get_contexts=one_by_one(get_account_filing_context),
)
ANNEXES = {
	"Account Filing": ANNEX_1,
	"Media Account": replace(ANNEX_1, get_contexts=get_account_contexts),
	"Article Review": Annex(
		title="信息化建设与管理处新媒体文章发布审核表",
		template=TEMPLATES / "annex_2_article_review.docx",
		get_contexts=get_article_review_contexts,
	),
	"Annual Audit": Annex(
		title="新媒体账号年度审核表",
		template=TEMPLATES / "annual_audit.docx",
		get_contexts=get_audit_contexts,
	),
	"Annual Audit Round": Annex(
		title="新媒体账号年审汇总表",
		template=TEMPLATES / "annual_audit_round.docx",
		get_contexts=one_by_one(get_round_context),
	),
}
#: types that print the form of another
SAME_FORM: Final = {"Media Account": "Account Filing"}


def get_attachment_label(row: Document) -> str:
	file_name = get_file_name(row.file)
	return f"{file_name}（{as_typed(row.note)}）" if row.note else file_name
