"""Word files of the annexes: `build_context` → `render` → `download_word`."""

import io
import re
from pathlib import Path
from urllib.parse import quote

import frappe
from werkzeug.wrappers import Response

from nmedia_app.nmedia_app.print_formats.annexes import build_context, get_annex
from nmedia_app.nmedia_app.print_formats.engine import Picture, compile_template

QR_WIDTH = 20  # mm
MIME_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def render(template: Path | io.BytesIO, context: dict) -> bytes:
	"""Fill a Word template with an annex's context and return the file.

	Raises the engine's TemplateError and RenderError.
	"""
	source = template.read_bytes() if isinstance(template, Path) else template.getvalue()
	return compile_template(source).render(as_word_context(context))


def as_word_context(context: dict) -> dict:
	"""Return a context with its QR code in the size of the paper."""
	verification = context.get("verification")
	if not verification or not verification["qr"]:
		return context
	return {**context, "verification": {**verification, "qr": Picture(verification["qr"], QR_WIDTH)}}


@frappe.whitelist()
def download_word(doctype: str, name: str) -> Response:
	"""Send the annex of a document as a Word file to whoever may print it."""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("print")
	annex = get_annex(doctype)
	response = Response(render(annex.template, build_context(doc)), mimetype=MIME_TYPE)
	response.headers["Content-Disposition"] = content_disposition(doc.name, annex.title)
	return response


def content_disposition(name: str, title: str) -> str:
	"""Return the header that names the file: in ASCII, and in Chinese for browsers that read it."""
	plain = re.sub(r"[^A-Za-z0-9._-]", "-", name)
	full = quote(f"{title}-{name}.docx", safe="")
	return f"attachment; filename=\"{plain}.docx\"; filename*=UTF-8''{full}"
