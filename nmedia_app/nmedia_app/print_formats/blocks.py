"""A rich text as what an annex can print: safe HTML with its images inside, or blocks for a Word file."""

import base64
import io
import mimetypes
import re

import frappe
from bs4 import BeautifulSoup, NavigableString, Tag
from frappe.utils.html_utils import sanitize_html
from PIL import Image

from nmedia_app.files import get_readable_file
from nmedia_app.nmedia_app.print_formats.engine import Block, Run

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


def as_data_url(content: bytes, file_name: str) -> str:
	mime = mimetypes.guess_type(file_name)[0] or "image/png"
	return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def to_blocks(html: str | BeautifulSoup | None) -> list[Block]:
	"""Return a text as paragraphs and images in their order."""
	writer = BlockWriter()
	writer.walk(parse(html), Run(""))
	return writer.finish()


class BlockWriter:
	"""Collects blocks while it walks a text's tree."""

	def __init__(self):
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
			self.current.runs.append(Run(text, style.bold, style.italic, style.underline))

	def add_tag(self, tag: Tag, style: Run):
		style = Run(
			"",
			style.bold or tag.name in BOLD,
			style.italic or tag.name in ITALIC,
			style.underline or tag.name in UNDERLINE,
		)
		if tag.name == "br":
			self.end_paragraph(keep_empty=True)
		elif tag.name == "img":
			self.add_image(tag)
		elif tag.name in LISTS:
			self.add_list(tag, style)
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


def get_alignment(tag: Tag) -> str:
	"""Return how the editor aligned a paragraph; titles stand in the middle."""
	for align in ("center", "right"):
		if f"ql-align-{align}" in (tag.get("class") or []):
			return align
	return "center" if tag.name in ("h1", "h2") else ""


def as_word_image(content: bytes) -> bytes | None:
	"""Return an image in a format that Word shows; None if it is no image."""
	try:
		with Image.open(io.BytesIO(content)) as image:
			if image.format in ("PNG", "JPEG", "GIF"):
				return content
			buffer = io.BytesIO()
			image.convert("RGBA").save(buffer, "PNG")
			return buffer.getvalue()
	except (OSError, ValueError, Image.DecompressionBombError):
		frappe.log_error("An image could not be printed")
		return None
