"""Approve what you see: what changed in a document since a user had it on the screen (Article 7)."""

import html
import re
from difflib import SequenceMatcher
from typing import TypedDict

import frappe
from frappe import _
from frappe.model import datetime_fields, display_fieldtypes, table_fields
from frappe.model.base_document import BaseDocument
from frappe.model.document import Document
from frappe.utils import cint, cstr, get_fullname, strip_html
from frappe.utils.formatters import format_value

from nmedia_app.files import ATTACH_TYPES, base_name
from nmedia_app.typed_texts import as_typed
from nmedia_app.workflow import comparable

# ends of blocks, which are ends of lines once the tags are gone
LINE_END = re.compile(r"<br\b[^>]*>|</(?:p|div|h[1-6]|li|tr|blockquote|pre)>", re.IGNORECASE)
IMAGE = re.compile(r"""<img\b[^<>]*?\bsrc\s*=\s*["'](?:[^"']*/)?([^"'/]*)["'][^<>]*>""", re.IGNORECASE)
LINK = re.compile(
	r"""<a\b[^<>]*?\bhref\s*=\s*["']([^"']*)["'][^<>]*>((?:(?!<a\b).)*?)</a>""", re.IGNORECASE | re.DOTALL
)
CELL_END = re.compile(r"</t[dh]>(?=\s*<t[dh]\b)", re.IGNORECASE)

#: types whose documents have English names that are shown translated
NAMED_IN_ENGLISH = ("Workflow State", "Workflow Action Master", "Role", "DocType")

#: stands for lines that did not change
LEFT_OUT = "……"


class Change(TypedDict):
	"""One field that differs: its label in the user's language, and its value as text, before and after."""

	label: str
	before: str
	after: str


def get_changes(seen: dict, current: Document) -> list[Change]:
	"""List what differs between a document as it was on the screen and as the database has it now.

	`seen` is the form's own copy, `current` the stored document without what its reader may not see.
	"""
	before = frappe.get_doc({**seen, "doctype": current.doctype, "name": current.name})
	return [
		describe_change(before, current, df)
		for df in current.meta.fields
		if is_shown(df) and comparable(before, df.fieldname) != comparable(current, df.fieldname)
	]


def is_shown(df) -> bool:
	"""Tell whether a reader of the form sees a field; the status is seen, though its field is hidden."""
	if df.fieldtype in display_fieldtypes:
		return False
	return df.fieldname == "workflow_state" or not df.hidden


def describe_change(before: BaseDocument, after: BaseDocument, df) -> Change:
	old, new = as_text(before, df), as_text(after, df)
	if old == new:
		new = f"{new}\n({_('Only the layout changed.')})"
	old, new = without_same_lines(old, new)
	return Change(label=_(df.label, context=after.doctype), before=old, after=new)


def without_same_lines(before: str, after: str) -> tuple[str, str]:
	"""Leave out of two texts the lines that both have, but for one on each side of what differs."""
	old, new = before.split("\n"), after.split("\n")
	shown: tuple[list[str], list[str]] = ([], [])
	for how, *places in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
		pieces = old[places[0] : places[1]], new[places[2] : places[3]]
		for text, piece in zip(shown, pieces, strict=True):
			text += [piece[0], LEFT_OUT, piece[-1]] if how == "equal" and len(piece) > 3 else piece
	return "\n".join(shown[0]), "\n".join(shown[1])


def as_text(doc: BaseDocument, df) -> str:
	"""Return a field's value as a reader understands it: rich text without tags, rows one a line."""
	value = doc.get(df.fieldname)
	if df.fieldtype in table_fields:
		return "\n".join(row_as_text(row) for row in value or [])
	if value in (None, ""):
		return ""
	if df.fieldtype in ("Text Editor", "HTML Editor"):
		return html_as_text(value)
	if df.fieldtype == "Check":
		return _("Yes") if cint(value) else _("No")
	if df.fieldtype in ("Attach", "Attach Image"):
		return base_name(value)
	if df.fieldtype in datetime_fields:
		return format_value(value, df)
	if df.fieldtype == "Select" or df.options in NAMED_IN_ENGLISH:
		return _(cstr(value))
	if df.options == "User":
		return get_fullname(value)
	if df.fieldtype in ATTACH_TYPES:
		return base_name(value)
	return as_typed(cstr(value))


def row_as_text(row: BaseDocument) -> str:
	"""Return what a reader sees of a row, in one line."""
	fields = [df for df in frappe.get_meta(row.doctype).fields if df.fieldtype not in display_fieldtypes]
	return " · ".join(filter(None, (as_text(row, df) for df in fields if not df.hidden)))


def html_as_text(text: str) -> str:
	"""Return rich text as plain text: an image as its file's name, a link with its address, in brackets."""
	text = IMAGE.sub(lambda image: f" [{_('Image')}: {image[1]}] ", text)
	text = LINK.sub(lambda link: link[2] if link[1] in link[2] else f"{link[2]} [{link[1]}]", text)
	text = CELL_END.sub(" | ", text)
	text = html.unescape(strip_html(LINE_END.sub("\n", text)))
	lines = text.replace("\xa0", " ").split("\n")
	return "\n".join(line.strip() for line in lines if line.strip())
