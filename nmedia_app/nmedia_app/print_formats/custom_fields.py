"""What the fields that an administrator added print, each by its type: a text, or a signature's picture."""

import base64
import html
from collections.abc import Sequence
from typing import Final

import frappe
from bs4 import BeautifulSoup
from frappe import _
from frappe.model import no_value_fields, table_fields
from frappe.model.base_document import BaseDocument
from frappe.model.document import Document
from frappe.model.meta import Meta
from frappe.utils import cint, cstr, strip_html

from nmedia_app.files import ATTACH_TYPES
from nmedia_app.nmedia_app.print_formats.blocks import as_word_image, parse, to_blocks
from nmedia_app.nmedia_app.print_formats.engine import Picture
from nmedia_app.nmedia_app.print_formats.wording import chinese_date, chinese_time, get_file_name
from nmedia_app.typed_texts import as_typed

SIGNATURE_WIDTH: Final = 40  # mm
#: types whose values are texts as people typed them, through the platform's filter
TYPED: Final = (
	*("Data", "Text", "Small Text", "Long Text", "Markdown Editor", "Autocomplete", "Phone", "Read Only"),
)
#: types that the platform keeps as they were typed, whatever they hold
VERBATIM: Final = ("Code", "JSON")
RICH: Final = ("Text Editor", "HTML Editor")
#: types whose values are nothing to read on paper
UNPRINTED: Final = ("Password", "Geolocation")


def get_custom_values(doc: Document, fields: Sequence) -> list[dict]:
	"""Name, label and value of a document's custom fields, but for those that the user may not read."""
	return [
		{"fieldname": df.fieldname, "label": _(df.label), "value": get_value(doc, df)}
		for df in fields
		if may_read(doc, df)
	]


def may_read(doc: Document, df) -> bool:
	return not df.permlevel or doc.has_permlevel_access_to(df.fieldname, df)


def get_custom_fields(doctype: str, meta: Meta | None = None) -> list:
	"""Return the fields that an administrator added to a document type and did not hide from print."""
	return [
		df
		for df in (meta or frappe.get_meta(doctype)).fields
		if cint(df.get("is_custom_field")) and is_printable(df)
	]


def get_custom_names(meta: Meta) -> list[str]:
	"""Return the names of all fields that an administrator added, printed or not."""
	return [df.fieldname for df in meta.fields if cint(df.get("is_custom_field"))]


def is_printable(df) -> bool:
	if df.print_hide or df.hidden or df.fieldtype in UNPRINTED:
		return False
	return df.fieldtype in table_fields or df.fieldtype not in no_value_fields


def get_value(doc: Document, df) -> str | Picture:
	"""Return what a field prints: of a signature its picture, of a table a line a row."""
	if df.fieldtype == "Signature":
		return read_picture(doc.get(df.fieldname))
	if df.fieldtype in table_fields:
		return get_rows(doc, df)
	return get_text(doc, df)


def read_picture(url: str | None) -> Picture | str:
	"""Return the picture in a data: address; empty for what is none."""
	head, _comma, data = cstr(url).partition(";base64,")
	if not head.startswith("data:image/"):
		return ""
	try:
		content = as_word_image(base64.b64decode(data, validate=True))
	except ValueError:
		return ""
	return Picture(content, SIGNATURE_WIDTH) if content else ""


def get_rows(doc: Document, df) -> str:
	"""Return what a table holds: links one after the other, else a line a row of the columns in its list."""
	rows = [as_row(row, df.options) for row in doc.get(df.fieldname) or ()]
	is_list = df.fieldtype == "Table MultiSelect"
	columns = get_links(df.options) if is_list else get_columns(doc, df.options)
	lines = ("、".join(filter(None, (get_text(row, column) for column in columns))) for row in rows)
	return ("、" if is_list else "\n").join(filter(None, lines))


def as_row(row: BaseDocument | dict, child: str) -> BaseDocument:
	"""Return a row of a table as a document: those who read many at once have plain dicts."""
	return row if isinstance(row, BaseDocument) else frappe.get_doc({**row, "doctype": child})


def get_links(child: str) -> list:
	"""Return the column of what a list of links is made of."""
	return frappe.get_meta(child).get("fields", {"fieldtype": "Link"})[:1]


def get_columns(doc: Document, child: str) -> list:
	"""Return the columns that a table shows, but for those that the user may not read."""
	unfit = ("Signature", *no_value_fields)
	return [
		column
		for column in frappe.get_meta(child).fields
		if column.in_list_view
		and column.fieldtype not in unfit
		and is_printable(column)
		and may_read(doc, column)
	]


def get_text(doc: BaseDocument, df) -> str:
	value = doc.get(df.fieldname)
	if df.fieldtype == "Check":
		return _("Yes") if cint(value) else _("No")
	if df.fieldtype == "Date":
		return chinese_date(value)
	if df.fieldtype == "Datetime":
		return chinese_time(value)
	if df.fieldtype == "Select":
		return _(cstr(value))
	if df.fieldtype == "Link":
		return get_title(df.options, value)
	if df.fieldtype == "Dynamic Link":
		return get_title(doc.get(df.options), value)
	if df.fieldtype in ATTACH_TYPES:
		return get_file_name(value)
	if df.fieldtype == "Barcode":
		return read_barcode(value)
	if df.fieldtype in RICH:
		return get_lines(value)
	if df.fieldtype in TYPED:
		return as_typed(value)
	if df.fieldtype in VERBATIM:
		return cstr(value)
	return as_plain(doc.get_formatted(df.fieldname))


def get_title(doctype: str | None, name: str | None) -> str:
	"""Return what people call a record: by its title, a user by the full name, if it has one."""
	if not (doctype and name):
		return ""
	title_field = frappe.get_meta(doctype).title_field
	title = frappe.db.get_value(doctype, name, title_field) if title_field else None
	return as_typed(title or name)


def read_barcode(value: str | None) -> str:
	"""Return the code of a barcode, which the platform keeps as a drawing that names it."""
	drawing = BeautifulSoup(cstr(value), "html.parser").find(attrs={"data-barcode-value": True})
	return drawing["data-barcode-value"] if drawing else as_plain(value)


def get_lines(markup: str | None) -> str:
	"""Return a rich text as plain text, a line a paragraph, as the annexes have it, without its pictures."""
	text = parse(markup)
	for image in text("img"):
		image.decompose()
	return "\n".join(block.text.strip() for block in to_blocks(text))


def as_plain(markup: str | None) -> str:
	"""Return what a reader sees of HTML, without its looks."""
	return html.unescape(strip_html(cstr(markup)))
