"""The annexes by docxtpl, as the app made them before: what its own engine is held against."""

import io
import re

from docx.shared import Emu, Mm
from docxtpl import DocxTemplate, InlineImage, RichText
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from nmedia_app.nmedia_app.print_formats.engine import Block, Picture
from nmedia_app.nmedia_app.print_formats.engine.pictures import fit, measure

SMALL = 18  # half points
UNPRINTABLE = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(source: bytes, context: dict) -> bytes:
	"""Fill a template with docxtpl."""
	document = DocxTemplate(io.BytesIO(source))
	words = {name: as_docxtpl(document, value) for name, value in context.items()}
	environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=as_typed)
	document.render(words, environment, autoescape=True)
	buffer = io.BytesIO()
	document.save(buffer)
	return buffer.getvalue()


def as_docxtpl(document: DocxTemplate, value):
	if isinstance(value, list):
		return [as_docxtpl(document, item) for item in value]
	if isinstance(value, dict):
		return {name: as_docxtpl(document, item) for name, item in value.items()}
	if isinstance(value, Picture):
		return InlineImage(document, io.BytesIO(value.content), width=Mm(value.width))
	if isinstance(value, Block) and value.image:
		_ending, width, height = measure(value.image)
		return {
			"image": InlineImage(document, io.BytesIO(value.image), width=Emu(fit(width, height, None)[0]))
		}
	return (
		{"image": None, "text": as_rich_text(value), "align": value.align}
		if isinstance(value, Block)
		else value
	)


def as_rich_text(block: Block) -> RichText:
	text = RichText()
	for run in block.runs:
		size = SMALL if run.small else None
		words = UNPRINTABLE.sub("", run.text)
		text.add(words, bold=run.bold, italic=run.italic, underline=run.underline, size=size)
	text.xml = protect(text.xml)
	return text


def as_typed(value):
	if not isinstance(value, str) or isinstance(value, Markup):
		return value
	return Markup(protect(str(escape(UNPRINTABLE.sub("", value)))))


def protect(xml: str) -> str:
	"""docxtpl would read {_{ as an escaped brace."""
	return xml.replace("{_", "{&#95;").replace("_}", "&#95;}")
