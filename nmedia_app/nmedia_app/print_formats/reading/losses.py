"""What of a Word article does not become a part of its draft: counted and named, so that nobody misses it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from nmedia_app.nmedia_app.print_formats.engine.package import Relation, parse_xml
from nmedia_app.nmedia_app.print_formats.links import read_address
from nmedia_app.nmedia_app.print_formats.reading.document import SKIPPED, Reader, read_link_field
from nmedia_app.nmedia_app.print_formats.xml import get_attribute, get_child, get_value, name_of
from nmedia_app.phrases import Counted, Phrase, _

#: elements that stand for something elsewhere in the file, or that only Word shows
_NAMED: Final = {
	"footnoteReference": _("footnotes"),
	"endnoteReference": _("endnotes"),
	"commentReference": _("comments"),
	"oleObject": _("embedded files"),
	"control": _("controls"),
	"altChunk": _("inserted documents"),
	"subDoc": _("inserted documents"),
	"contentPart": _("ink"),
	"webVideoPr": _("videos"),
	"hlinkClick": _("links of pictures"),
}
#: what a drawing holds, by the end of its kind's address
_DRAWN: Final = {
	"/chart": _("charts"),
	"/chartex": _("charts"),
	"/diagram": _("SmartArt"),
	"/wordprocessingShape": _("shapes"),
	"/wordprocessingGroup": _("shapes"),
	"/wordprocessingCanvas": _("shapes"),
	"/lockedCanvas": _("shapes"),
}
_SHAPES: Final = _DRAWN["/wordprocessingShape"]
#: what is kept, but not as it looks
_PLAIN: Final = {
	"oMath": _("formulas"),
	"vertAlign": _("superscripts and subscripts"),
	"strike": _("text that is struck out"),
	"dstrike": _("text that is struck out"),
}
_MARGINS: Final = {"/header": _("page headers"), "/footer": _("page footers")}
_LINK_FIELDS = re.compile(r"HYPERLINK\b(?:(?!HYPERLINK).)*", re.IGNORECASE | re.DOTALL)
#: a footer that only counts pages
_PAGE_NUMBER = re.compile(r"[\s\d第页共总/／\-—–_·.]*|page\s*\d*(?:\s*of\s*\d*)?", re.IGNORECASE)


def list_losses(reader: Reader, cells: Sequence[etree._Element]) -> Iterator[Phrase]:
	"""Yield what the cells of an article have and its draft has not, and what it has otherwise.

	Without cells of its own, the whole document is looked through.
	"""
	elements = [element for cell in cells or [reader.root] for element in walk(cell)]
	lost = Counter(filter(None, map(name_loss, elements)))
	relations = reader.package.get_relations(reader.main)
	lost.update(filter(None, (name_margin(reader, relation) for relation in relations)))
	if lost:
		message = _("Not taken over from the article: {0}. Please add to the draft what is needed of it.")
		yield Phrase(message, (Counted(params=tuple(lost.items())),))
	plain = Counter(
		_PLAIN[name_of(element)] for element in elements if name_of(element) in _PLAIN and is_plain(element)
	)
	if plain:
		yield Phrase(
			_("Taken over as plain text: {0}. Please check what it says now."),
			(Counted(params=tuple(plain.items())),),
		)
	if nested := sum(1 for cell in cells for table in cell.iter("{*}tbl") if is_nested(table, cell)):
		yield Phrase(_("Tables within tables became lines of text: {0}. Please check."), (nested,))
	yield from list_dead_links(reader, elements)


def walk(element: etree._Element) -> Iterator[etree._Element]:
	"""Yield an element and what is in it, but for what was deleted, and what is there for older readers."""
	stack = [element]
	while stack:
		node = stack.pop()
		yield node
		stack += [
			child for child in reversed(node) if name_of(child) not in SKIPPED or name_of(child) == "rPr"
		]


def name_loss(element: etree._Element) -> str:
	name = name_of(element)
	if name == "graphicData":
		kind = next((what for end, what in _DRAWN.items() if get_attribute(element, "uri").endswith(end)), "")
		# of a shape, its text and its picture are taken
		return "" if kind == _SHAPES and has_content(element) else kind
	if name == "pict":
		return "" if has_content(element) else _SHAPES
	return _NAMED.get(name, "")


def has_content(element: etree._Element) -> bool:
	return any(name_of(node) in ("txbxContent", "blip", "imagedata", "oleObject") for node in element.iter())


def is_plain(element: etree._Element) -> bool:
	"""Tell whether a mark is on, and on a text."""
	name = name_of(element)
	if name == "oMath":
		return True
	run = element.getparent().getparent()
	if name_of(run) != "r" or get_child(run, "t") is None:
		return False
	return get_value(element) not in ("baseline", "0", "false", "off")


def is_nested(table: etree._Element, cell: etree._Element) -> bool:
	"""Tell whether a table of an article stands within another one of it."""
	for parent in table.iterancestors():
		if parent is cell:
			return False
		if name_of(parent) == "tbl":
			return True
	return False


def name_margin(reader: Reader, relation: Relation) -> str:
	"""Name a page header or footer that says more than the page's number."""
	name = next((what for end, what in _MARGINS.items() if relation.type.endswith(end)), "")
	if not name or relation.target not in reader.package.parts:
		return ""
	root = parse_xml(reader.package.parts[relation.target], relation.target)
	text = "".join(node.text or "" for node in root.iter("{*}t"))
	return "" if _PAGE_NUMBER.fullmatch(text) else name


def list_dead_links(reader: Reader, elements: Sequence[etree._Element]) -> Iterator[Phrase]:
	"""Yield the links that lead nowhere in an article: to files, programs, places in the document."""
	targets = (target for element in elements for target in list_targets(reader, element))
	if dead := [target for target in dict.fromkeys(targets) if not read_address(target)]:
		message = _("Links that lead to no page and no mailbox, of which the text alone was taken over: {0}")
		yield Phrase(message, ("、".join(dead),))


def list_targets(reader: Reader, element: etree._Element) -> list[str]:
	"""Return where an element leads: a link, or a paragraph with fields that are links."""
	name, targets = name_of(element), []
	if name in ("hyperlink", "fldSimple"):
		targets = [reader.get_target(element)]
	elif name == "p":
		instructions = "".join(node.text or "" for node in element.iter("{*}instrText"))
		targets = [read_link_field(found) for found in _LINK_FIELDS.findall(instructions)]
	return [target for target in targets if target]
