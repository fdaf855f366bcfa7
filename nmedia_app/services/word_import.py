"""Filled Word forms read into drafts: first shown with what is doubtful, written when a person confirms."""

import base64
import binascii
import html
import os
from collections.abc import Iterator, Mapping
from typing import Any, Final

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, strip_html

from nmedia_app import files
from nmedia_app.account_import.translation import CellFault, make_reader
from nmedia_app.nmedia_app.print_formats.annexes import get_annex
from nmedia_app.nmedia_app.print_formats.custom_fields import get_custom_fields
from nmedia_app.nmedia_app.print_formats.engine import Block, Phrase, Run, TemplateError
from nmedia_app.nmedia_app.print_formats.reading import (
	ANNEX_1,
	ANNEX_2,
	ReadForm,
	ReadValue,
	read_form,
)
from nmedia_app.nmedia_app.print_formats.reading.parsing import read_names
from nmedia_app.nmedia_app.print_formats.reading.rich_text import to_html
from nmedia_app.regulation.filing import CHANGE, OPENING, THIS_UNIT
from nmedia_app.selectors.word_matching import (
	as_phrase,
	find_live_account,
	find_person,
	find_platform,
	get_own_section,
	match_accounts,
	match_contributors,
)
from nmedia_app.services.attempts import undone_if_failing
from nmedia_app.services.office import OfficeError, convert_to_docx, get_office

FILING, ARTICLE = "Account Filing", "Article Review"
DOCTYPES: Final = {ANNEX_1: FILING, ANNEX_2: ARTICLE}
#: a file, so that a request with it is no larger than every version of the platform takes
MOST_BYTES: Final = 7 * 1024 * 1024
ENDINGS: Final = (".docx", ".doc")
_OLE: Final = b"\xd0\xcf\x11\xe0"

#: fields of a draft that come from the paper or the person who confirms it, in the order of the form
FIELDS: Final = {
	FILING: (
		*("filing_type", "account", "section", "reason", "changed_on", "account_name", "platform", "handle"),
		*("platform_id", "opened_on", "followers", "account_holder", "supervising_unit", "purpose"),
		*("server_use", "server_location", "responsible_person", "responsible_title", "supervising_leader"),
		*("administrator", "business_lead", "business_lead_title", "business_lead_phone"),
		*("technical_lead", "technical_lead_title", "technical_lead_phone", "measures", "remarks"),
	),
	ARTICLE: (
		*("title", "section", "accounts", "planned_publish_time", "copywriters", "editors"),
		*("image_source", "content"),
	),
}
#: what is said of on the paper, but is not a value to enter: files to attach
REMINDERS: Final = ("measures_file", "attachments")
#: custom fields of these types hold HTML: of what the paper says, a paragraph a line
MARKUP_TYPES: Final = ("Text Editor", "HTML Editor")
#: types of fields whose values a paper can carry and a dialog take; of others it has a name or a sign
READ_TYPES: Final = (
	*("Data", "Text", "Small Text", "Long Text", "Code", "Markdown Editor", *MARKUP_TYPES),
	*("Int", "Float", "Currency", "Percent", "Check", "Date", "Datetime", "Time"),
	*("Select", "Link", "Autocomplete", "Phone"),
)
CONTRIBUTORS: Final = ("copywriters", "editors")


class FormFault(Exception):
	"""What is wrong with a file, said to whoever chose it."""


def read(*, doctype: str, file_name: str, content: bytes) -> dict:
	"""Return what a filled form says, for a person to confirm; nothing is saved.

	`rows`, one a field: fieldname, value, `state` (found, unsure, missing), the `doubt` in words and the
	paper's own `text`; and `reminders`, sentences about what the paper only names. Raises FormFault.
	"""
	form = read_file(doctype, file_name, content)
	values = {FILING: match_filing, ARTICLE: match_article}[doctype](form.values)
	custom = {df.fieldname: read_custom(df, form.values.get(df.fieldname)) for df in list_custom(doctype)}
	beside = {df.fieldname: ReadValue() for df in list_beside(doctype)}
	rows = [describe(name, read) for name, read in {**values, **custom, **beside}.items()]
	return {"rows": rows, "reminders": list(list_reminders(doctype, form))}


def list_reminders(doctype: str, form: ReadForm) -> Iterator[str]:
	"""Yield what a person has to know of a form beside its values."""
	yield from (note.say(_) for note in form.notes)
	for name in REMINDERS:
		if name in form.values and form.values[name].text:
			yield f"{form.values[name].doubt.say(_)} （{form.values[name].text}）"
	if names := "、".join(_(df.label) for df in list_needed(doctype) if df.fieldtype not in READ_TYPES):
		message = _("A draft needs {0}, which cannot be filled in here. Please write it in a new form.")
		yield message.format(names)


def read_file(doctype: str, file_name: str, content: bytes) -> ReadForm:
	"""Read a form from a file of this name, an old .doc through LibreOffice. Raises FormFault."""
	others = {df.fieldname: _(df.label) for df in list_custom(doctype)}
	try:
		form = read_form(as_docx(file_name, content), others)
	except TemplateError as error:
		raise FormFault(" ".join(fault.say(_) for fault in error.faults)) from error
	if DOCTYPES[form.annex] != doctype:
		other = DOCTYPES[form.annex]
		raise FormFault(
			_("This is “{0}”. Please import it from the list {1}.").format(get_annex(other).title, _(other))
		)
	return form


def as_docx(file_name: str, content: bytes) -> bytes:
	ending = os.path.splitext(file_name)[1].lower()
	if ending not in ENDINGS:
		raise FormFault(_("This is no Word document. Please choose a .docx file."))
	if len(content) > MOST_BYTES:
		raise FormFault(_("The file is larger than {0} MB.").format(MOST_BYTES >> 20))
	if ending != ".doc" or not content.startswith(_OLE):
		return content
	if not get_office():
		raise FormFault(
			_("This is an old .doc, which cannot be read here. Please open it in Word or WPS, choose")
			+ " "
			+ _("“Save As”, the type “Word Document (*.docx)”, and import that file.")
		)
	try:
		return convert_to_docx(content)
	except OfficeError as error:
		raise FormFault(
			_("This .doc could not be converted. Please save it as .docx in Word and import that file.")
		) from error


def decode(content: str) -> bytes:
	"""Return the bytes of a file that a request brings as base64. Raises FormFault."""
	if len(content) > MOST_BYTES * 4 // 3 + 4:
		raise FormFault(_("The file is larger than {0} MB.").format(MOST_BYTES >> 20))
	try:
		return base64.b64decode(content.split(",")[-1], validate=True)
	except (binascii.Error, ValueError) as error:
		raise FormFault(_("The file could not be read. Please choose it again.")) from error


def list_custom(doctype: str) -> list:
	"""List the fields that an administrator added, that print in the annex, and that can be read from it."""
	return [df for df in get_custom_fields(doctype) if df.fieldtype in READ_TYPES and is_open(doctype, df)]


def list_beside(doctype: str) -> list:
	"""List the fields that a draft needs, that are not read, and that a person can fill in."""
	return [df for df in list_needed(doctype) if df.fieldtype in READ_TYPES]


def list_needed(doctype: str) -> list:
	"""List the mandatory fields that neither the paper nor a default fills in: custom ones and others."""
	read = {df.fieldname for df in list_custom(doctype)}
	new = frappe.new_doc(doctype)
	return [
		df
		for df in frappe.get_meta(doctype).fields
		if df.reqd
		and df.fieldname not in read
		and is_open(doctype, df)
		and not (df.hidden or df.fetch_from or df.default or new.get(df.fieldname))
	]


def is_open(doctype: str, df) -> bool:
	"""Tell whether a field beside the form's own can be filled in."""
	return not (df.read_only or df.is_virtual or df.permlevel or df.fieldname in FIELDS[doctype])


def describe(name: str, read: ReadValue) -> dict:
	doubt = read.doubt.say(_) if read.doubt else ""
	return {"fieldname": name, "value": read.value, "state": read.state, "doubt": doubt, "text": read.text}


def match_filing(read: Mapping[str, ReadValue]) -> dict[str, ReadValue]:
	"""Return the fields of a filing, those that name a record with the record."""
	platform = match_platform(read)
	account_name, handle = (
		cstr(read[name].value if name in read else "") for name in ("account_name", "handle")
	)
	account = find_live_account(account_name, platform.value, handle)
	kind = match_kind(read, account)
	is_opening = kind.value == OPENING
	values = {
		**{name: read.get(name, ReadValue()) for name in FIELDS[FILING]},
		"filing_type": kind,
		"account": ReadValue(None if is_opening else account),
		"section": ReadValue(get_own_section([account] if account else [])),
		"platform": platform,
		"account_holder": match_holder(read.get("account_holder")),
	}
	for name in ("supervising_leader", "administrator"):
		values[name] = match_leader(name, read.get(name), None if is_opening else account)
	return values


def match_platform(read: Mapping[str, ReadValue]) -> ReadValue:
	on_paper = read.get("platform", ReadValue())
	if not on_paper.value:
		return on_paper
	found, doubt = find_platform(*on_paper.value)
	return ReadValue(found, doubt or on_paper.doubt, on_paper.text)


def match_kind(read: Mapping[str, ReadValue], account: str | None) -> ReadValue:
	if "filing_type" in read:
		return read["filing_type"]
	if account:
		doubt = _("The paper does not say; the account is in the register. Please check.")
		return ReadValue(CHANGE, Phrase(doubt))
	doubt = _("The paper does not say; no such account is in the register. Please check.")
	return ReadValue(OPENING, Phrase(doubt))


def match_holder(on_paper: ReadValue | None) -> ReadValue:
	if on_paper and on_paper.value:
		return on_paper
	return ReadValue(THIS_UNIT, Phrase(_("The paper has no cell for it. Please check.")))


def match_leader(name: str, on_paper: ReadValue | None, account: str | None) -> ReadValue:
	"""Return the user whom 备注 names, else whom the register has."""
	if on_paper and on_paper.value:
		user, doubt = find_person(name, on_paper.value)
		return ReadValue(user, doubt, on_paper.text)
	if account and (user := frappe.db.get_value("Media Account", account, name)):
		return ReadValue(user, Phrase(_("From the register: the paper has no cell for it.")))
	return ReadValue(doubt=Phrase(_("The paper has no cell for it. Please choose.")))


def match_article(read: Mapping[str, ReadValue]) -> dict[str, ReadValue]:
	"""Return the fields of an article, those that name records with the records."""
	accounts = match_media(read.get("accounts", ReadValue()))
	return {
		**{name: read.get(name, ReadValue()) for name in FIELDS[ARTICLE]},
		"accounts": accounts,
		"section": ReadValue(get_own_section(accounts.value or [])),
		**{name: match_people(read.get(name, ReadValue())) for name in CONTRIBUTORS},
	}


def match_media(on_paper: ReadValue) -> ReadValue:
	found, unknown = match_accounts(on_paper.value or [])
	message = _("Not among the accounts in use: {0}. Please choose.")
	return ReadValue(found, say_unknown(message, unknown) or on_paper.doubt, on_paper.text)


def match_people(on_paper: ReadValue) -> ReadValue:
	"""Return names as a text; whom of them no single user goes by stays a name."""
	_rows, unknown = match_contributors(on_paper.value or [])
	message = _("No single user goes by this name, so that it stays a name: {0}")
	names = "、".join(on_paper.value or [])
	return ReadValue(names, say_unknown(message, unknown) or on_paper.doubt, on_paper.text)


def say_unknown(message: str, words: list[str]) -> Phrase | None:
	return Phrase(message, ("、".join(words),)) if words else None


def read_custom(df, on_paper: ReadValue | None) -> ReadValue:
	"""Return the value of a custom field in its own type."""
	if not on_paper or not on_paper.value:
		return ReadValue()
	if df.fieldtype in MARKUP_TYPES:
		lines = [Block([Run(line)]) for line in on_paper.value.split("\n")]
		return ReadValue(to_html(lines), text=on_paper.text)
	try:
		value = make_reader(df)(on_paper.value)
	except CellFault as fault:
		return ReadValue(None, as_phrase(fault), on_paper.text)
	return ReadValue(cstr(value) if df.fieldtype in ("Date", "Datetime") else value, text=on_paper.text)


# drafts


def try_draft(*, doctype: str, file_name: str, content: bytes, values: Mapping[str, Any]) -> dict:
	"""Make a draft; return its `name` and `title`, or why it was `refused`, with nothing written."""
	try:
		with undone_if_failing():
			draft = make_draft(doctype=doctype, file_name=file_name, content=content, values=values)
		return {"name": draft.name, "title": draft.get_title()}
	except (frappe.ValidationError, frappe.PermissionError, FormFault) as error:
		return {"refused": html.unescape(strip_html(cstr(error).replace("<br>", "\n")))}


def make_draft(*, doctype: str, file_name: str, content: bytes, values: Mapping[str, Any]) -> Document:
	"""Make a draft of the values that a person confirmed, with the file attached.

	The text of an article comes from the file, unless the person wrote another. Raises FormFault for a file
	that is no such form, and whatever the draft itself refuses.
	"""
	form = read_file(doctype, file_name, content)
	draft = frappe.new_doc(doctype)
	draft.update(dict(list_values(doctype, values)))
	if doctype == ARTICLE and not strip_html(cstr(draft.content)).strip():
		draft.content = form.values["content"].value
	insert(draft)
	files.attach_file(draft, file_name, content)
	return draft


def list_values(doctype: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
	"""Yield the fields of a draft, of what a request brings only those that come from a form."""
	others = (df.fieldname for df in (*list_custom(doctype), *list_beside(doctype)))
	for name in (*FIELDS[doctype], *others):
		value = values.get(name)
		if name == "accounts":
			yield name, [{"account": cstr(account)} for account in value or []]
		elif name in CONTRIBUTORS and doctype == ARTICLE:
			yield name, match_contributors(read_names(cstr(value)).value or [])[0]
		elif value not in (None, ""):
			yield name, value if isinstance(value, int | float) else cstr(value)


def insert(draft: Document) -> None:
	"""Insert a draft; what it lacks is named as the form names it."""
	try:
		draft.insert()
	except frappe.MandatoryError:
		missing = [_(df.label) for df in draft.meta.fields if df.reqd and not draft.get(df.fieldname)]
		if not missing:
			raise
		frappe.throw(_("Please fill in first: {0}").format("、".join(missing)), frappe.MandatoryError)
