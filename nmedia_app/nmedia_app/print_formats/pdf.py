"""Documents as PDF, by their print format: as the platform makes one, but many in one run of the renderer.

Starting the renderer costs far more than a page does: the platform starts it for every document.
"""

import html
import io
import re
import shutil
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import frappe
import pdfkit
from frappe import _
from frappe.model.document import Document
from frappe.utils import scrub_urls
from frappe.utils.jinja_globals import is_rtl
from frappe.utils.pdf import cleanup, get_pdf, prepare_options
from frappe.www.printview import (
	get_print_format,
	get_print_format_doc,
	get_print_style,
	get_rendered_template,
)
from jinja2 import Template
from pypdf import PdfReader, PdfWriter
from werkzeug.wrappers import Response

from nmedia_app import MODULE
from nmedia_app.nmedia_app.print_formats.annexes import check_state, get_annex
from nmedia_app.nmedia_app.print_formats.blocks import as_data_url, read_image
from nmedia_app.nmedia_app.print_formats.word import PDF, as_file

PAGE: Final = "www/printview.html"  # the platform's own, around what a print format gives
#: characters of HTML, pictures included, that one run takes
MOST_CHARACTERS: Final = 48 << 20

_OWN_PAGES: Final = re.compile(r"""\bid=["']?(?:header|footer)-html""")
_PLACE: Final = "<p>nmedia-documents</p>"
_NEXT_PAGE: Final = '</div><div style="page-break-before: always">'
_STYLE: Final = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
_LINK: Final = re.compile(r"""<link\b[^>]*\bhref="[^"]*?(/assets/[\w./-]+\.css)[^>]*>""")
_PRIVATE: Final = re.compile(r"""(?<=\bsrc=)(["'])(/private/files/.*?)\1""")


@frappe.whitelist()
def download_pdf(doctype: str, name: str, print_format: str | None = None) -> Response:
	"""Send a document as PDF to whoever may print it."""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("print")
	title = get_annex(doctype).title
	printer = Printer(doctype, print_format)
	content = printer.make_pdf([printer.render(doc)], f"{title} {doc.name}")
	return as_file(content, PDF, f"{title}-{doc.name}.pdf", plain=f"{doc.name}.pdf")


def check_renderer() -> None:
	if not shutil.which("wkhtmltopdf"):
		frappe.throw(_("The server lacks wkhtmltopdf, which makes PDFs. Please download Word files instead."))


class Printer:
	"""Prints documents of one type by one print format; by default, by the type's own."""

	def __init__(self, doctype: str, print_format: str | None = None):
		self.meta = frappe.get_meta(doctype)
		self.print_format = get_print_format_doc(print_format or self.meta.default_print_format, self.meta)
		self.settings = frappe.get_single("Print Settings")

	@property
	def is_apps_own(self) -> bool:
		"""Tell whether it is a format that the app brings: it asks for nothing but the annex's context."""
		own = self.print_format
		return bool(own and own.standard == "Yes" and own.module == MODULE)

	@cached_property
	def template(self) -> Template:
		"""The print format, compiled once: the platform compiles it for every document."""
		return frappe.get_jenv().from_string(get_print_format(self.meta.name, self.print_format))

	def render(self, doc: Document) -> str:
		"""Return a document as HTML, without a page around it; throws if its state forbids printing.

		The caller has checked the permission to print.
		"""
		if self.is_apps_own:
			check_state(doc, self.settings)
			return self.template.render({"doc": doc})
		body = get_rendered_template(doc, print_format=self.print_format, meta=self.meta)
		return _PRIVATE.sub(as_seen, body)

	def make_pdf(self, bodies: Sequence[str], title: str) -> bytes:
		"""Return documents that were rendered as one PDF; each begins on a page of its own."""
		made = [self.run(bodies, title) for bodies in take_runs(bodies)]
		return made[0] if len(made) == 1 else append(made)

	def run(self, bodies: Sequence[str], title: str) -> bytes:
		"""Run the renderer once."""
		styles, content = put_together(bodies)
		if not self.is_apps_own:
			return get_pdf(self.as_page(styles + content, title))
		# the platform reads and writes the page as a tree: of what needs that there is nothing in the content
		page, options = prepare_options(scrub_urls(self.as_page(styles + _PLACE, title)), {})
		options.update(
			{
				"disable-javascript": "",
				"javascript-delay": "0",  # it waits for scripts even when none may run
				"disable-local-file-access": "",
				"disable-smart-shrinking": "",
			}
		)
		page = _LINK.sub(read_style, page).replace(_PLACE, content)
		try:
			return pdfkit.from_string(page, False, options=options, verbose=False)
		finally:
			cleanup(options)

	def as_page(self, body: str, title: str) -> str:
		context = {
			"body": body,
			"print_style": get_print_style(print_format=self.print_format),
			"title": title,
			"lang": frappe.local.lang,
			"layout_direction": "rtl" if is_rtl() else "ltr",
			"doctype": self.meta.name,
			"name": "",
		}
		return frappe.get_template(PAGE).render(context)


def read_style(found: re.Match) -> str:
	"""Return a style sheet of the bench's as part of the page: a worker need not reach the web server."""
	path = Path(frappe.local.sites_path) / found[1].lstrip("/")
	return f"<style>{path.read_text(encoding='utf-8')}</style>" if path.is_file() else found[0]


def as_seen(found: re.Match) -> str:
	"""Return a private picture as part of the HTML: the renderer is nobody who may fetch it."""
	picture = read_image(html.unescape(found[2]))
	return f'"{as_data_url(*picture)}"' if picture else found[0]


def take_runs(bodies: Sequence[str]) -> Iterator[list[str]]:
	"""Yield what one run of the renderer takes: one with page headers or footers of its own stands alone."""
	run, size = [], 0
	for body in bodies:
		is_alone = bool(_OWN_PAGES.search(body))
		if run and (is_alone or size + len(body) > MOST_CHARACTERS):
			yield run
			run, size = [], 0
		run.append(body)
		size = MOST_CHARACTERS if is_alone else size + len(body)
	if run:
		yield run


def put_together(bodies: Sequence[str]) -> tuple[str, str]:
	"""Return the styles of documents, each once, and the documents, each on a page of its own."""
	styles = dict.fromkeys(style for body in bodies for style in _STYLE.findall(body))
	pages = [_STYLE.sub("", body) for body in bodies]
	return "".join(styles), f"<div>{_NEXT_PAGE.join(pages)}</div>"


def append(files: Sequence[bytes]) -> bytes:
	"""Return PDFs as one."""
	writer, stream = PdfWriter(), io.BytesIO()
	for content in files:
		writer.append_pages_from_reader(PdfReader(io.BytesIO(content)))
	writer.write(stream)
	return stream.getvalue()
