"""Where a value stands in a template, and what Word reads there: runs, line breaks, pictures, paragraphs.

A slot takes the place of the run that held the tag and writes runs in that run's own formatting; if the tag
was alone in its paragraph, it takes the paragraph's place, so that a list becomes a paragraph an item.
"""

import copy
import re
from collections.abc import Container, Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any, Final

from jinja2 import Undefined
from lxml import etree

from nmedia_app.nmedia_app.print_formats.engine.faults import Fault, RenderError
from nmedia_app.nmedia_app.print_formats.engine.names import RELATIONS, W, q
from nmedia_app.nmedia_app.print_formats.engine.pictures import MAX_WIDTH, PartPictures
from nmedia_app.nmedia_app.print_formats.engine.tables import write_table
from nmedia_app.nmedia_app.print_formats.engine.values import Block, Picture, Run
from nmedia_app.phrases import _

SMALL: Final = "18"  # half points
LINK_COLOUR: Final = "0563C1"

_PRINTABLE: Final = (int, float, Decimal, date, time, timedelta)
_CLOSE: Final = "</w:t></w:r>"
#: what XML needs in another way, what Word has elements for, and what XML 1.0 cannot carry
_SPECIAL: Final = re.compile(r"\r\n|[&<>\t\n\r]|[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WRITTEN: Final = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	"\t": '</w:t><w:tab/><w:t xml:space="preserve">',
	**dict.fromkeys(("\n", "\r", "\r\n"), '</w:t><w:br/><w:t xml:space="preserve">'),
}

# the order that the schema gives the properties of a run, and those of a paragraph behind its alignment
_RUN_ORDER: Final = (
	*(
		"rStyle",
		"rFonts",
		"b",
		"bCs",
		"i",
		"iCs",
		"caps",
		"smallCaps",
		"strike",
		"dstrike",
		"outline",
		"shadow",
	),
	*("emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern"),
	*(
		"position",
		"sz",
		"szCs",
		"highlight",
		"u",
		"effect",
		"bdr",
		"shd",
		"fitText",
		"vertAlign",
		"rtl",
		"cs",
	),
	*("em", "lang", "eastAsianLayout", "specVanish", "oMath"),
)
_AFTER_ALIGNMENT: Final = frozenset(
	(
		*("textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr"),
		*("sectPr", "pPrChange"),
	)
)
_AFTER_SPACING: Final = _AFTER_ALIGNMENT | {
	"ind",
	"contextualSpacing",
	"mirrorIndents",
	"suppressOverlap",
	"jc",
}


def as_text(text: str) -> str:
	"""Return a text as it stands within <w:t>: as typed, but for what XML cannot carry."""
	if text.isprintable() and "<" not in text and "&" not in text and ">" not in text:
		return text  # by far the most
	return _SPECIAL.sub(_write, text)


def _write(match: re.Match) -> str:
	return _WRITTEN.get(match[0], "")


class RunSlot:
	"""A value within a paragraph."""

	def __init__(self, properties: etree._Element | None, namespaces: dict[str, str]):
		"""`properties` are the <w:rPr> of the run with the tag, `namespaces` those of the part's root."""
		own = {
			style: _write_run_properties(properties, style, namespaces)
			for style in product((False, True), repeat=4)
		}
		self._own_properties, self._namespaces = properties, namespaces
		self._link_openings: dict[tuple[bool, ...], str] = {}
		self.openings = {style: f'<w:r>{xml}<w:t xml:space="preserve">' for style, xml in own.items()}
		self.plain = self.openings[False, False, False, False]
		self.properties = own[False, False, False, False]

	def fill(self, value: Any, pictures: PartPictures) -> str:
		"""Return what Word reads for a value of the context."""
		return self.write(value, pictures)

	def write(self, value: Any, pictures: PartPictures) -> str:
		"""Return a value as runs; nothing in it is markup but what this slot writes."""
		if type(value) is str:
			return f"{self.plain}{as_text(value)}{_CLOSE}" if value else ""
		if type(value) is Block:
			return self.write_block(value, pictures)
		if isinstance(value, str):
			return self.write(str(value), pictures)
		if isinstance(value, bytes):
			return self.write_picture(Picture(value), pictures) if value else ""
		if isinstance(value, Picture):
			return self.write_picture(value, pictures)
		if isinstance(value, list | tuple):
			return self.write_lines(value, pictures)
		return self.write(as_word(value), pictures)

	def write_block(self, block: Block, pictures: PartPictures) -> str:
		if block.image:
			return self.write_picture(Picture(block.image), pictures)
		if block.rows:
			return self.write(block.text, pictures)
		openings = self.openings
		return "".join(
			[
				f"{openings[run.bold, run.italic, run.underline, run.small]}{as_text(run.text)}{_CLOSE}"
				if not run.link
				else self.write_link(run, pictures)
				for run in block.runs
				if run.text
			]
		)

	def write_link(self, run: Run, pictures: PartPictures) -> str:
		"""Return a text that leads to an address, as Word's own links look."""
		style = (run.bold, run.italic, True, run.small)
		if style not in self._link_openings:
			xml = _write_run_properties(self._own_properties, style, self._namespaces, LINK_COLOUR)
			self._link_openings[style] = f'<w:r>{xml}<w:t xml:space="preserve">'
		opening = f'<w:hyperlink xmlns:r="{RELATIONS}" r:id="{pictures.link(run.link)}" w:history="1">'
		return f"{opening}{self._link_openings[style]}{as_text(run.text)}{_CLOSE}</w:hyperlink>"

	def write_picture(self, picture: Picture, pictures: PartPictures, widest: int = MAX_WIDTH) -> str:
		return f"<w:r>{self.properties}{pictures.draw(picture, widest)}</w:r>"

	def write_lines(self, values: Iterable[Any], pictures: PartPictures) -> str:
		lines = filter(None, (self.write(value, pictures) for value in values))
		return f"<w:r>{self.properties}<w:br/></w:r>".join(lines)


class ParagraphSlot(RunSlot):
	"""A value that has its paragraph for itself."""

	def __init__(
		self,
		paragraph: etree._Element | None,
		properties: etree._Element | None,
		namespaces: dict[str, str],
	):
		"""`paragraph` are the <w:pPr> of the paragraph that held the tag."""
		super().__init__(properties, namespaces)
		self.paragraphs, self.picture_paragraphs = (
			{
				align: f"<w:p>{_write_paragraph_properties(paragraph, align, namespaces, is_picture)}"
				for align in ("", "left", "center", "right")
			}
			for is_picture in (False, True)
		)
		self.text_paragraph = self.paragraphs[""]
		self.text = self.text_paragraph + self.plain

	def fill(self, value: Any, pictures: PartPictures) -> str:
		if type(value) is str and value:
			return f"{self.text}{as_text(value)}{_CLOSE}</w:p>"
		if isinstance(value, list | tuple) and value:
			return "".join([self.write_paragraph(item, get_alignment(item), pictures) for item in value])
		return self.write_paragraph(value, "", pictures)

	def write_paragraph(self, value: Any, align: str, pictures: PartPictures) -> str:
		if type(value) is Block and value.rows:
			return self.write_table(value, pictures)
		openings = self.picture_paragraphs if is_picture(value) else self.paragraphs
		opening = openings.get(align, openings[""])
		return f"{opening}{self.write(value, pictures)}</w:p>"

	def write_table(self, table: Block, pictures: PartPictures) -> str:
		"""Return a table; paragraphs in it are not indented, pictures no wider than a column."""

		def write_cell(blocks: list[Block], columns: int) -> str:
			return "".join(
				f"{get_opening(block)}{write_content(block, MAX_WIDTH // columns)}</w:p>"
				for block in blocks or [Block()]
			)

		def get_opening(block: Block) -> str:
			openings = self.picture_paragraphs if block.image else self.paragraphs
			return openings[block.align or "left"]

		def write_content(block: Block, widest: int) -> str:
			if block.image:
				return self.write_picture(Picture(block.image), pictures, widest)
			return self.write_block(block, pictures)

		return write_table(table.rows, write_cell)


def is_picture(value: Any) -> bool:
	return isinstance(value, Picture | bytes) or (isinstance(value, Block) and bool(value.image))


def get_alignment(value: Any) -> str:
	"""Return how a paragraph of a list is aligned: a picture in the middle; "" is the template's own way."""
	if not isinstance(value, Block):
		return ""
	return "center" if value.image else value.align


def as_word(value: Any) -> str:
	"""Return a number, a date or nothing as a text. Raises RenderError for another value."""
	if isinstance(value, Undefined):
		value._fail_with_undefined_error()
	if value is None:
		return ""
	if isinstance(value, _PRINTABLE):
		return str(value)
	message = _("The template prints a group of values. Please name one of them, like {0}.")
	raise RenderError(Fault(message, ("{{ verification.code }}",)))


def _write_run_properties(
	properties: etree._Element | None,
	style: tuple[bool, ...],
	namespaces: dict[str, str],
	colour: str = "",
) -> str:
	"""Return <w:rPr> with bold, italic, underlined and small added where `style` says so, and a colour."""
	own = etree.Element(q("rPr"), nsmap={"w": W}) if properties is None else copy.deepcopy(properties)
	bold, italic, underline, small = style
	for name, value in (
		("b", bold and {}),
		("i", italic and {}),
		("color", bool(colour) and {"val": colour}),
		("u", underline and {"val": "single"}),
		("sz", small and {"val": SMALL}),
		("szCs", small and {"val": SMALL}),
	):
		if value is not False:
			_set_run_property(own, name, value)
	return as_fragment(own, namespaces) if len(own) else ""


def _set_run_property(properties: etree._Element, name: str, attributes: dict[str, str]) -> None:
	for old in properties.findall(q(name)):
		properties.remove(old)
	new = etree.Element(q(name), {q(key): value for key, value in attributes.items()})
	place = sum(1 for other in properties if _run_rank(other) < _RUN_ORDER.index(name))
	properties.insert(place, new)


def _run_rank(node: etree._Element) -> int:
	name = etree.QName(node).localname
	return _RUN_ORDER.index(name) if name in _RUN_ORDER else len(_RUN_ORDER)


def _write_paragraph_properties(
	properties: etree._Element | None, align: str, namespaces: dict[str, str], is_picture: bool = False
) -> str:
	"""Return <w:pPr>, aligned otherwise than the template has it if `align` says so.

	A picture's line is as high as the picture: an exact height, be it the style's, would cut it.
	"""
	own = etree.Element(q("pPr"), nsmap={"w": W}) if properties is None else copy.deepcopy(properties)
	if align:
		for old in own.findall(q("jc")):
			own.remove(old)
		for indent in own.findall(q("ind")):
			for name in ("firstLine", "firstLineChars"):
				indent.attrib.pop(q(name), None)
		_insert_before(own, etree.Element(q("jc"), {q("val"): align}), _AFTER_ALIGNMENT)
	if is_picture:
		spacing = own.find(q("spacing"))
		if spacing is None:
			spacing = etree.Element(q("spacing"))
			_insert_before(own, spacing, _AFTER_SPACING)
		spacing.set(q("line"), "240")
		spacing.set(q("lineRule"), "auto")
	return as_fragment(own, namespaces) if len(own) else ""


def _insert_before(properties: etree._Element, node: etree._Element, followers: Container[str]) -> None:
	behind = [other for other in properties if etree.QName(other).localname in followers]
	properties.insert(len(properties) - len(behind), node)


def as_fragment(node: etree._Element, namespaces: dict[str, str]) -> str:
	"""Return an element as text within a part whose root declares these namespaces."""
	text = etree.tostring(node, encoding="unicode", with_tail=False)
	return _declarations(tuple(sorted(namespaces.items(), key=str))).sub("", text)


@cache
def _declarations(namespaces: tuple[tuple[str | None, str], ...]) -> re.Pattern:
	declared = (f' xmlns{":" + prefix if prefix else ""}="{uri}"' for prefix, uri in namespaces)
	return re.compile("|".join(map(re.escape, declared)) or "(?!)")
