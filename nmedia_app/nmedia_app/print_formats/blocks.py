"""A rich text as what an annex can print: safe HTML with its images inside, or blocks for a Word file."""

import base64
import io
import mimetypes
import re
from dataclasses import replace

import frappe
from bs4 import BeautifulSoup, NavigableString, Tag
from frappe.utils import cint
from frappe.utils.html_utils import sanitize_html
from PIL import Image

from nmedia_app.files import get_readable_file
from nmedia_app.image_kinds import get_kind
from nmedia_app.nmedia_app.print_formats.engine import Block, Cell, Run
from nmedia_app.nmedia_app.print_formats.engine.tables import MOST_COLUMNS
from nmedia_app.nmedia_app.print_formats.links import read_address

PARAGRAPHS = frozenset(
	(
		"p",
		"div",
		"h1",
		"h2",
		"h3",
		"h4",
		"h5",
		"h6",
		"blockquote",
		"pre",
		"tr",
		"figure",
		"figcaption",
		"section",
	)
)
LISTS = frozenset(("ul", "ol"))
BOLD = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))
ITALIC = frozenset(("i", "em"))
UNDERLINE = frozenset(("u", "ins"))
HIDDEN = ("script", "style", "template", "iframe", "object", "embed", "link", "meta", "base")
#: attributes by which an element fetches something; a link waits for its reader
FETCHING = frozenset(("src", "srcset", "background", "poster", "xlink:href", "lowsrc", "dynsrc", "href"))
LINKS = frozenset(("a", "area"))
_ALIGNED = re.compile(r"text-align:\s*(center|right)", re.IGNORECASE)
_MAY_FETCH = re.compile(rf"<img\b|\b(?:style|{'|'.join(FETCHING)})=", re.IGNORECASE)


def read_image(url: str | None) -> tuple[bytes, str] | None:
	"""Return the bytes and the file name of an image in a text, if the session user may read that file.

	The file is found by its File record, never by a path from the text.
	"""
	file = get_readable_file(url) if url else None
	if not file or not file.exists_on_disk():
		return None
	content = file.get_content()
	return (content if isinstance(content, bytes) else content.encode()), file.file_name


def parse(html: str | BeautifulSoup | None) -> BeautifulSoup:
	"""Return a text's tree without what is not text; a tree that was parsed before as it is."""
	if isinstance(html, BeautifulSoup):
		return html
	soup = BeautifulSoup(html or "", "html.parser")
	for tag in soup(HIDDEN):
		tag.decompose()
	return soup


def to_printable_html(html: str | BeautifulSoup | None) -> str:
	"""Return a text as safe HTML that needs nothing from outside: its images are inside, others left out."""
	# within an element: what reads like JSON the platform leaves as it is
	clean = sanitize_html(f"<div>{parse(html)}</div>", linkify=False)
	if not _MAY_FETCH.search(clean):
		return clean
	soup = BeautifulSoup(clean, "html.parser")
	show_addresses(soup)
	for image in soup("img"):
		source = read_image(image.get("src"))
		image.attrs = {key: image[key] for key in ("width", "height", "alt") if image.get(key)}
		if source:
			image["src"] = as_data_url(*source)
		else:
			image.decompose()
	for tag in soup(style=re.compile(r"url\s*\(", re.IGNORECASE)):
		del tag["style"]
	for tag in soup(lambda tag: tag.name not in ("img", *LINKS)):
		tag.attrs = {key: value for key, value in tag.attrs.items() if key.lower() not in FETCHING}
	return str(soup)


def show_addresses(soup: BeautifulSoup) -> None:
	"""Mark links whose text does not tell where they lead: paper shows their address behind it."""
	for link in soup("a", href=True):
		address = link["href"].removeprefix("mailto:")
		if address.rstrip("/") not in link.get_text():
			link["data-address"] = address


def as_data_url(content: bytes, file_name: str) -> str:
	mime = mimetypes.guess_type(file_name)[0] or "image/png"
	return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def to_blocks(html: str | BeautifulSoup | None) -> list[Block]:
	"""Return a text as paragraphs and images in their order."""
	writer = BlockWriter()
	writer.walk(parse(html), Run(""))
	return writer.finish()


class BlockWriter:
	"""Collects blocks while it walks a text's tree. A table within a cell (`is_in_table`) is a line a row."""

	def __init__(self, is_in_table: bool = False):
		self.is_in_table = is_in_table
		self.blocks: list[Block] = []
		self.current = Block()

	def walk(self, tag: Tag, style: Run):
		for child in tag.children:
			if isinstance(child, NavigableString):
				self.add_text(child, style, keep_space=tag.name == "pre")
			elif isinstance(child, Tag):
				self.add_tag(child, style)

	def add_text(self, node: NavigableString, style: Run, keep_space: bool):
		if type(node) is not NavigableString:
			return  # a comment, a doctype
		text = str(node) if keep_space else re.sub(r"[ \t\r\n]+", " ", str(node))
		if not self.current.runs and not keep_space:
			text = text.lstrip(" ")
		if text:
			self.current.runs.append(replace(style, text=text))

	def add_tag(self, tag: Tag, style: Run):
		style = Run(
			"",
			style.bold or tag.name in BOLD,
			style.italic or tag.name in ITALIC,
			style.underline or tag.name in UNDERLINE,
			link=(read_address(tag.get("href") or "") if tag.name == "a" else "") or style.link,
		)
		if tag.name == "br":
			self.end_paragraph(keep_empty=True)
		elif tag.name == "img":
			self.add_image(tag)
		elif tag.name in LISTS:
			self.add_list(tag, style)
		elif tag.name == "table" and not self.is_in_table:
			self.add_table(tag, style)
		elif tag.name in ("td", "th"):
			if self.current.runs:
				self.current.runs.append(Run("\t"))
			self.walk(tag, style)
		elif tag.name in PARAGRAPHS:
			self.end_paragraph()
			self.current.align = get_alignment(tag)
			self.walk(tag, style)
			self.end_paragraph()
		else:
			self.walk(tag, style)

	def add_list(self, tag: Tag, style: Run):
		self.end_paragraph()
		for number, item in enumerate(tag.find_all("li", recursive=False), 1):
			# the editor writes both kinds as <ol> and tells them apart by data-list
			bullet = tag.name == "ul" or item.get("data-list") == "bullet"
			self.current.runs.append(Run("• " if bullet else f"{number}. "))
			self.walk(item, style)
			self.end_paragraph()

	def add_table(self, tag: Tag, style: Run):
		self.end_paragraph()
		rows = [row for row in tag("tr") if row.find_parent("table") is tag]
		cells = [
			[read_cell(cell, style, len(rows) - place) for cell in get_cells(row)]
			for place, row in enumerate(rows)
		]
		if not any(cells):
			return
		if max(sum(cell.columns for cell in row) for row in cells) > MOST_COLUMNS:
			self.walk(tag, style)
		else:
			self.blocks.append(Block(rows=cells))

	def add_image(self, tag: Tag):
		source = read_image(tag.get("src"))
		content = source and as_word_image(source[0])
		if content:
			self.end_paragraph()
			self.blocks.append(Block(image=content))

	def end_paragraph(self, keep_empty: bool = False):
		if self.current.text.strip() or (keep_empty and self.current.runs):
			self.blocks.append(self.current)
		self.current = Block(align=self.current.align if keep_empty else "")

	def finish(self) -> list[Block]:
		self.end_paragraph()
		return self.blocks


def get_cells(row: Tag) -> list[Tag]:
	return row.find_all(("td", "th"), recursive=False)


def read_cell(tag: Tag, style: Run, rows_left: int) -> Cell:
	"""Return a cell of a table; what it spans is bounded by the table."""
	writer = BlockWriter(is_in_table=True)
	writer.current.align = get_alignment(tag)
	writer.walk(tag, replace(style, bold=style.bold or tag.name in BOLD))
	return Cell(
		writer.finish(),
		min(MOST_COLUMNS, max(1, cint(tag.get("colspan")))),
		min(rows_left, max(1, cint(tag.get("rowspan")))),
	)


def get_alignment(tag: Tag) -> str:
	"""Return how the editor aligned a paragraph, by a class or a style; titles stand in the middle."""
	style = _ALIGNED.search(tag.get("style") or "")
	for align in ("center", "right"):
		if f"ql-align-{align}" in (tag.get("class") or []) or (style and style[1].lower() == align):
			return align
	return "center" if tag.name in ("h1", "h2") else ""


def as_word_image(content: bytes) -> bytes | None:
	"""Return an image in a format that Word shows; None if it is no image."""
	try:
		with Image.open(io.BytesIO(content)) as image:
			if get_kind(image) in ("PNG", "JPEG", "GIF"):
				return content
			buffer = io.BytesIO()
			image.convert("RGBA").save(buffer, "PNG")
			return buffer.getvalue()
	except (OSError, ValueError, Image.DecompressionBombError):
		frappe.log_error("An image could not be printed")
		return None
