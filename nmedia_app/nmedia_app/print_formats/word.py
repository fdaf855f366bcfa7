"""Word files of the annexes: `build_context` → `render` → `download_word`."""

import io
import re
from pathlib import Path
from urllib.parse import quote

import frappe
from docx.shared import Emu, Mm
from docxtpl import DocxTemplate, InlineImage, RichText
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape
from PIL import Image
from werkzeug.wrappers import Response

from nmedia_app.nmedia_app.print_formats.annexes import build_context, get_annex
from nmedia_app.nmedia_app.print_formats.blocks import Block

MAX_WIDTH = Mm(120)
MAX_HEIGHT = Mm(150)
QR_WIDTH = Mm(20)
SMALL = 18  # half points
PIXEL = Emu(9525)  # at 96 dpi
MIME_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# what XML 1.0 cannot carry, and what docxtpl takes for its own signs (\a, \f)
UNPRINTABLE = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def get_environment() -> SandboxedEnvironment:
	"""Jinja for Word templates: sandboxed, because an administrator may bring one, and escaping.

	docxtpl's own default is neither.
	"""
	return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=as_typed)


def as_typed(value):
	"""Make a text come out as it was typed: docxtpl would read {_{ as an escaped brace."""
	if not isinstance(value, str) or isinstance(value, Markup):
		return value
	return Markup(protect(str(escape(UNPRINTABLE.sub("", value)))))


def protect(xml: str) -> str:
	return xml.replace("{_", "{&#95;").replace("_}", "&#95;}")


def render(template: Path | io.BytesIO, context: dict) -> bytes:
	"""Fill a Word template with an annex's context and return the file."""
	document = DocxTemplate(template)
	words = {name: as_word(document, value) for name, value in context.items()}
	if words.get("verification"):
		words["verification"] = {**words["verification"], "qr": as_qr_image(document, words["verification"])}
	document.render(words, get_environment(), autoescape=True)
	buffer = io.BytesIO()
	document.save(buffer)
	return buffer.getvalue()


def as_word(document: DocxTemplate, value):
	"""Return a value of the context as a template prints it: blocks in Word's own form, the rest as it is."""
	if isinstance(value, list):
		return [as_word(document, item) for item in value]
	return as_word_block(document, value) if isinstance(value, Block) else value


def as_word_block(document: DocxTemplate, block: Block) -> dict:
	"""Return a block as what a template prints: `image`, or else `text` with its `align`."""
	if block.image:
		return {"image": as_inline_image(document, block.image)}
	text = RichText()
	for run in block.runs:
		text.add(
			UNPRINTABLE.sub("", run.text),
			bold=run.bold,
			italic=run.italic,
			underline=run.underline,
			size=SMALL if run.small else None,
		)
	text.xml = protect(text.xml)
	return {"image": None, "text": text, "align": block.align}


def as_qr_image(document: DocxTemplate, verification: dict) -> InlineImage | str:
	return verification["qr"] and InlineImage(document, io.BytesIO(verification["qr"]), width=QR_WIDTH)


def as_inline_image(document: DocxTemplate, content: bytes) -> InlineImage:
	with Image.open(io.BytesIO(content)) as image:
		width, height = image.width * PIXEL, image.height * PIXEL
	scale = min(1, MAX_WIDTH / width, MAX_HEIGHT / height)
	return InlineImage(document, io.BytesIO(content), width=Emu(int(width * scale)))


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
