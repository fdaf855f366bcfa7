"""Word files of the annexes: `build_context` → `render` → `download_word`; what makers of templates need."""

import io
import re
from collections.abc import Callable, Set
from pathlib import Path
from urllib.parse import quote

import frappe
from frappe import _
from werkzeug.wrappers import Response

from nmedia_app.account_import.workbook import write_rows
from nmedia_app.files import bold
from nmedia_app.nmedia_app.doctype.annex_template.annex_template import refuse_faulty
from nmedia_app.nmedia_app.print_formats.annexes import build_context, check_state, get_annex
from nmedia_app.nmedia_app.print_formats.engine import (
	Picture,
	RenderError,
	TemplateError,
	compile_template,
)
from nmedia_app.nmedia_app.print_formats.placeholders import REMARKS, make_sample
from nmedia_app.selectors.annex_templates import get_placeholders, get_template, read_template
from nmedia_app.services.office import OfficeError, convert_to_pdf, get_office

QR_WIDTH = 20  # mm
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
PREVIEW_KEPT = 3600  # seconds


def render(template: Path | io.BytesIO | bytes, context: dict) -> bytes:
	"""Fill a Word template with an annex's context and return the file.

	Raises the engine's TemplateError and RenderError.
	"""
	compiled = compile_template(as_bytes(template), REMARKS)
	return compiled.render(as_word_context(context, compiled.names))


def get_filler(doctype: str) -> Callable[[dict], bytes]:
	"""Return what makes Word files of a type's contexts, with the template in use: read once for many.

	It throws, in words for who prints, if the template cannot be filled.
	"""
	template = get_template(doctype)

	def fill(context: dict) -> bytes:
		try:
			return render(template, context)
		except (TemplateError, RenderError) as error:
			frappe.throw(
				_("The Word template in use cannot be filled. Please tell an administrator: {0}").format(
					frappe.utils.escape_html(" ".join(fault.say(_) for fault in error.faults))
				)
			)

	return fill


def as_bytes(template: Path | io.BytesIO | bytes) -> bytes:
	if isinstance(template, Path):
		return template.read_bytes()
	return template if isinstance(template, bytes) else template.getvalue()


def as_word_context(context: dict, names: Set[str]) -> dict:
	"""Return a context as a template with these names needs it.

	The QR code has its size on paper; a custom field that the template places itself has no row.
	"""
	extras = [extra for extra in context.get("extras", ()) if extra.get("fieldname") not in names]
	verification = context.get("verification")
	if verification and isinstance(verification.get("qr"), bytes) and verification["qr"]:
		verification = {**verification, "qr": Picture(verification["qr"], QR_WIDTH)}
	return {**context, "extras": extras, "verification": verification}


@frappe.whitelist()
def download_word(doctype: str, name: str) -> Response:
	"""Send the annex of a document as a Word file to whoever may print it."""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("print")
	check_state(doc, frappe.get_single("Print Settings"))
	annex = get_annex(doctype)
	content = get_filler(doctype)(build_context(doc))
	return as_file(content, DOCX, f"{annex.title}-{doc.name}.docx", plain=f"{doc.name}.docx")


@frappe.whitelist()
def preview_template(name: str) -> Response:
	"""Show a template, filled with what its placeholders mean: as PDF, without LibreOffice as Word.

	Throws, with all faults, if it cannot be filled any more.
	"""
	template = frappe.get_doc("Annex Template", name)
	template.check_permission("read")
	source = read_template(template)
	refuse_faulty(template.document_type, source)
	content = render(source, make_sample(get_placeholders(template.document_type)))
	if not get_office():
		return as_file(content, DOCX, f"{template.title}.docx", plain=f"{name}.docx")
	return as_file(as_pdf(content, template), PDF, f"{template.title}.pdf", plain=f"{name}.pdf", show=True)


def as_pdf(content: bytes, template) -> bytes:
	"""Return a template's preview as PDF, kept for an hour."""
	key = f"nmedia_annex_preview:{template.name}:{template.digest}"
	if kept := frappe.cache().get_value(key, expires=True):
		return kept
	try:
		made = convert_to_pdf(content)
	except OfficeError:
		frappe.log_error("A template could not be shown as PDF")
		frappe.throw(
			_("The template {0} could not be shown as PDF. Please try again.").format(bold(template.title))
		)
	frappe.cache().set_value(key, made, expires_in_sec=PREVIEW_KEPT)
	return made


@frappe.whitelist()
def download_shipped_template(document_type: str) -> Response:
	"""Send the template that the app brings: a good one to begin with."""
	frappe.new_doc("Annex Template").check_permission("read")
	annex = get_annex(document_type)
	return as_file(
		annex.template.read_bytes(), DOCX, f"{annex.title}（模板）.docx", plain=annex.template.name
	)


@frappe.whitelist()
def download_placeholders(document_type: str) -> Response:
	"""Send the list of what a template may name, with its meaning (.xlsx)."""
	frappe.new_doc("Annex Template").check_permission("read")
	placeholders = get_placeholders(document_type)
	heading = [_("Placeholder"), _("Meaning"), _("How to Write It")]
	rows = [[placeholder.name, placeholder.meaning, placeholder.usage] for placeholder in placeholders]
	content = write_rows([heading, *rows], _("Placeholders"), {1: 26, 2: 46, 3: 60})
	title = get_annex(document_type).title
	return as_file(content, XLSX, f"{title}（占位符）.xlsx", plain="placeholders.xlsx")


def as_file(content: bytes, mimetype: str, name: str, *, plain: str, show: bool = False) -> Response:
	"""Return a response that downloads a file, or shows it in the browser."""
	response = Response(content, mimetype=mimetype)
	kind = "inline" if show else "attachment"
	response.headers["Content-Disposition"] = content_disposition(plain, name, kind)
	response.headers["X-Content-Type-Options"] = "nosniff"
	return response


def content_disposition(plain: str, name: str, kind: str = "attachment") -> str:
	"""Return the header that names a file: in ASCII, and in Chinese for browsers that read it."""
	plain = re.sub(r"[^A-Za-z0-9._-]", "-", plain)
	return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
