"""Finds the tags in a part of a Word document and takes them out of its XML.

Word cuts a text into runs as it likes, so that a tag may stand in several. A tag is put together from them
and moved to where it begins; the rest of each run stays, in its formatting. In the tree a tag then is a
processing instruction between runs, paragraphs or rows, and the part's XML falls into pieces between tags.
"""

import copy
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from nmedia_app.nmedia_app.print_formats.engine.faults import Fault, refusal
from nmedia_app.nmedia_app.print_formats.engine.language import (
	BETWEEN,
	BROKEN,
	CLOSING,
	OPENING,
	TAG,
	Tag,
	TagError,
	read_tag,
)
from nmedia_app.nmedia_app.print_formats.engine.names import DRAWING, q
from nmedia_app.nmedia_app.print_formats.engine.slots import ParagraphSlot, RunSlot
from nmedia_app.phrases import Phrase, _

PRESERVE: Final = ("{http://www.w3.org/XML/1998/namespace}space", "preserve")
MARK: Final = "tag"
DEEPEST: Final = 10
MOST_TAGS: Final = 3000
SHORT: Final = 30

_MARKS = re.compile(rf"<\?{MARK} (\d+)\?>")
_TEXT, _RUN, _PARAGRAPH, _ROW, _CELL, _TABLE = map(q, ("t", "r", "p", "tr", "tc", "tbl"))
_PROPERTIES = frozenset(map(q, ("rPr", "pPr", "trPr", "tcPr", "tblPr", "tblGrid", "proofErr")))
_TEXT_BOX = q("txbxContent")
_SCOPES = {"p": _PARAGRAPH, "tr": _ROW}
_LOST = {
	"p": _("{0} would be lost: its paragraph goes away with {1}. Please move it to another."),
	"tr": _("{0} would be lost: its row goes away with {1}. Please move it to another."),
}
# what must not end up without a paragraph, and what without a row
_NEEDS = {
	**dict.fromkeys(map(q, ("tc", "txbxContent", "hdr", "ftr", "footnote", "endnote")), _PARAGRAPH),
	_TABLE: _ROW,
}

_ROWLESS = re.compile(r"<w:tbl>(?:(?!<w:tr[ />]|<w:tbl>|</w:tbl>).)*</w:tbl>", re.DOTALL)
_ENDLESS = re.compile(
	r"(<w:(?:tc|txbxContent|hdr|ftr|footnote|endnote)(?: [^>]*)?>|</w:tcPr>|<w:tcPr/>|</w:tbl>)"
	r"(?=</w:(?:tc|txbxContent|hdr|ftr|footnote|endnote)>)"
)
_DRAWING_NUMBER = re.compile(r'(<wp:docPr [^>]*?\bid=")\d+(")')


@dataclass
class PlacedTag:
	"""A tag, the mark that stands for it in the tree, and where a reader of the document finds it."""

	tag: Tag
	mark: etree._ProcessingInstruction
	place: tuple[Phrase, ...]
	run_properties: etree._Element | None = None
	slot: RunSlot | None = None

	@property
	def container(self) -> etree._Element:
		return self.mark.getparent()


@dataclass
class PlacedPart:
	"""A part taken apart: texts of XML with tags between them.

	`mends` put right what conditions and loops may leave: a cell without a paragraph, a table without a row,
	two drawings with one number.
	"""

	pieces: list[str | PlacedTag]
	mends: list[Callable[[str], str]] = field(default_factory=list)


class Placer:
	"""Takes the tags out of one part; what is wrong with them is gathered in `faults`."""

	def __init__(self, root: etree._Element, part: Sequence[Phrase] = ()):
		"""`part` says which part it is, nothing for the text itself."""
		self.root, self.part = root, tuple(part)
		self.faults: list[Fault] = []
		self.tags: list[PlacedTag] = []
		self._slots: dict[tuple, RunSlot] = {}

	def place(self) -> PlacedPart:
		"""Return the part in pieces; only meaningful if there are no faults."""
		self._numbers = Numbers(self.root)
		for paragraph, texts in group_texts(self.root).items():
			self._read_paragraph(paragraph, texts)
			if len(self.tags) > MOST_TAGS:
				raise refusal(
					_("The document has more than {0} placeholders. A form has far less."), MOST_TAGS
				)
		self._take_scopes_away()
		self._make_slots()
		self._check_nesting()
		pieces = self._cut()
		return PlacedPart(pieces, self._get_mends())

	# paragraphs

	def _read_paragraph(self, paragraph: etree._Element, texts: list[etree._Element]) -> None:
		"""Take the tags of a paragraph's text out of its runs."""
		contents = [text.text or "" for text in texts]
		joined = "".join(contents)
		found = list(TAG.finditer(joined))
		rest = TAG.sub(" ", joined) if found else joined
		if broken := BROKEN.search(rest):
			self._add_broken(paragraph, rest, broken.start())
		if not found:
			return
		ends = list(itertools.accumulate(map(len, contents)))
		parts: list[list[str | PlacedTag]] = [[] for _text in texts]
		for start, stop, placed in self._split(paragraph, joined, found):
			for number, (content, end) in enumerate(zip(contents, ends, strict=True)):
				begin = end - len(content)
				if placed and begin <= start < end:
					parts[number].append(placed)
				elif not placed and max(begin, start) < min(end, stop):
					parts[number].append(joined[max(begin, start) : min(end, stop)])
		for text, content, new in zip(texts, contents, parts, strict=True):
			if new != [content]:
				self._rebuild(text, new)

	def _split(
		self, paragraph: etree._Element, joined: str, found: list[re.Match]
	) -> Iterator[tuple[int, int, PlacedTag | None]]:
		"""Yield the stretches of a text: from, to, and the tag if it is one."""
		place, position = None, 0
		for match in found:
			yield position, match.start(), None
			position = match.end()
			place = place or self._numbers.get_place(paragraph, self.part)
			try:
				tag = read_tag(match[0])
			except TagError as error:
				self.faults.append(Fault(error.fault.message, error.fault.params, place))
				tag = Tag(match[0], "comment")
			mark = etree.ProcessingInstruction(MARK, str(len(self.tags)))
			placed = PlacedTag(tag, mark, place)
			self.tags.append(placed)
			yield match.start(), match.end(), placed
		yield position, len(joined), None

	def _add_broken(self, paragraph: etree._Element, text: str, start: int) -> None:
		around = text[max(0, start - SHORT // 2) : start + SHORT].strip()
		place = self._numbers.get_place(paragraph, self.part)
		message = _("A tag is broken at “{0}”: please write it with two braces on either side, like {1}.")
		self.faults.append(Fault(message, (around, "{{ name }}"), place))

	def _rebuild(self, text: etree._Element, parts: list[str | PlacedTag]) -> None:
		"""Put the parts of a text in its place; each tag stands between runs then."""
		run = text.getparent()
		if not any(isinstance(part, PlacedTag) for part in parts):
			text.text = "".join(parts)
			text.set(*PRESERVE)
			if not text.text:
				run.remove(text)
				if all(child.tag in _PROPERTIES for child in run):
					run.getparent().remove(run)
			return
		before, after = list(run[: run.index(text)]), list(run[run.index(text) + 1 :])
		properties = run.find(q("rPr"))
		new: list[etree._Element] = []
		open_run = self._new_run(run, [child for child in before if child is not properties])
		for part in parts:
			if isinstance(part, str):
				open_run.append(_new_text(part))
				continue
			new += [open_run, part.mark]
			part.run_properties = properties
			open_run = self._new_run(run, [])
		open_run.extend(after)
		new.append(open_run)
		parent, index = run.getparent(), run.getparent().index(run)
		parent[index : index + 1] = [node for node in new if node.tag != _RUN or _has_content(node)]

	def _new_run(self, run: etree._Element, children: list[etree._Element]) -> etree._Element:
		new = etree.Element(run.tag, run.attrib, nsmap=run.nsmap)
		properties = run.find(q("rPr"))
		if properties is not None:
			new.append(copy.deepcopy(properties))
		new.extend(children)
		return new

	# what tags take away, and where values go

	def _take_scopes_away(self) -> None:
		"""Replace the paragraph or row of each {%p … %} and {%tr … %} by its tags."""
		targets: dict[etree._Element, str] = {}
		for placed in self.tags:
			if scope := placed.tag.scope:
				target = next(placed.mark.iterancestors(_SCOPES.get(scope, _PARAGRAPH)), None)
				if target is None:
					self._fault(placed, _("{0} stands in no row of a table."), placed.tag.text)
				else:
					targets[target] = scope
		by_mark = {placed.mark: placed for placed in self.tags}
		for target, scope in targets.items():
			inside = [by_mark[mark] for mark in target.iter(etree.ProcessingInstruction)]
			others = [
				placed for placed in inside if placed.tag.scope != scope and placed.tag.kind != "comment"
			]
			for placed in others:
				self._fault(placed, _LOST[scope], placed.tag.text, f"{{%{scope} … %}}")
			parent = target.getparent()
			if parent is not None and not others:
				index = parent.index(target)
				parent[index : index + 1] = [placed.mark for placed in inside]

	def _make_slots(self) -> None:
		for placed in self.tags:
			if placed.tag.kind != "value" or placed.container is None:
				continue
			paragraph = placed.container
			if _is_alone(placed.mark, paragraph):
				placed.slot = self._get_slot(ParagraphSlot, paragraph.find(q("pPr")), placed.run_properties)
				paragraph.getparent().replace(paragraph, placed.mark)
			else:
				placed.slot = self._get_slot(RunSlot, placed.run_properties)

	def _get_slot(self, kind: type[RunSlot], *properties: etree._Element | None) -> RunSlot:
		"""Return a slot in this formatting; one serves all values that have it."""
		key = (kind, *(None if node is None else etree.tostring(node) for node in properties))
		if key not in self._slots:
			self._slots[key] = kind(*properties, self.root.nsmap)
		return self._slots[key]

	# nesting

	def _check_nesting(self) -> None:
		"""Check that each condition and loop ends, and ends where it began: in one cell, row or text."""
		stack: list[PlacedTag] = []
		for placed in self._in_order():
			kind = placed.tag.kind
			if kind in OPENING:
				stack.append(placed)
				if len(stack) == DEEPEST + 1:
					self._fault(placed, _("{0}: conditions and loops are nested too deep."), placed.tag.text)
			elif kind in BETWEEN or kind in CLOSING:
				opening = stack[-1] if stack else None
				if not opening or not _belongs(opening.tag, kind):
					self._fault(placed, _("{0} closes nothing that is open."), placed.tag.text)
					continue
				if not _is_beside(opening.mark, placed.mark):
					message = _(
						"{0} and {1} must stand in the same cell, the same table, or both in the text."
					)
					self._fault(placed, message, opening.tag.text, placed.tag.text)
				if kind in CLOSING:
					stack.pop()
		for placed in stack:
			closing = f"{{%{placed.tag.scope} end{placed.tag.kind} %}}"
			self._fault(placed, _("{0} has no {1}."), placed.tag.text, closing)

	def _in_order(self) -> list[PlacedTag]:
		by_mark = {placed.mark: placed for placed in self.tags}
		return [by_mark[mark] for mark in self.root.iter(etree.ProcessingInstruction)]

	def _fault(self, placed: PlacedTag, message: str, *params: object) -> None:
		self.faults.append(Fault(message, params, placed.place))

	# pieces

	def _cut(self) -> list[str | PlacedTag]:
		xml = etree.tostring(self.root, encoding="unicode", with_tail=False)
		pieces = [
			self.tags[int(piece)] if number % 2 else piece for number, piece in enumerate(_MARKS.split(xml))
		]
		rest = [piece for piece in pieces if isinstance(piece, str)]
		if not self.faults and any("{{" in piece or "{%" in piece for piece in rest):
			self.faults.append(
				Fault(
					_("A tag stands where none can be filled in: in a formula, a field or a picture."),
					(),
					self.part,
				)
			)
		return pieces

	def _get_mends(self) -> list[Callable[[str], str]]:
		parents = {placed.container for placed in self.tags if placed.container is not None}
		mends: list[Callable[[str], str]] = []
		if any(parent.tag in _NEEDS and not self._has_needed(parent) for parent in parents):
			mends.append(fill_empty)
		repeats = any(placed.tag.kind == "for" for placed in self.tags)
		if repeats and next(self.root.iter(f"{{{DRAWING}}}docPr"), None) is not None:
			mends.append(number_drawings)
		return mends

	def _has_needed(self, parent: etree._Element) -> bool:
		"""Tell whether a cell, table … ends with a paragraph or has a row whatever the conditions are."""
		by_mark = {placed.mark: placed for placed in self.tags}
		depth, has = 0, False
		for child in parent:
			placed = by_mark.get(child)
			kind = placed.tag.kind if placed else ""
			depth += (kind in OPENING) - (kind in CLOSING)
			if depth == 0 and (kind == "value" or child.tag == _NEEDS[parent.tag]):
				has = True
			elif not placed and child.tag == _TABLE:
				has = False
		return has


class Numbers:
	"""Counts paragraphs, tables, rows and cells as a reader does."""

	def __init__(self, root: etree._Element):
		self.root = root
		self._tables: dict[etree._Element, int] | None = None
		self._paragraphs: dict[etree._Element, int] | None = None

	def get_place(self, paragraph: etree._Element, part: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
		"""Return where a paragraph is: part, text box, table with row and cell, or its number."""
		if self._tables is None:
			self._tables = {table: number for number, table in enumerate(self.root.iter(_TABLE), 1)}
			self._paragraphs = {node: number for number, node in enumerate(self.root.iter(_PARAGRAPH), 1)}
		ancestors = list(paragraph.iterancestors())
		box = next((node for node in ancestors if node.tag == _TEXT_BOX), None)
		cell = next((node for node in ancestors if node.tag in (_CELL, _TEXT_BOX)), None)
		where = (Phrase(_("text box")),) if box is not None else ()
		if cell is None or cell.tag == _TEXT_BOX:
			return (*part, *where, Phrase(_("paragraph {0}"), (self._paragraphs[paragraph],)))
		row, table = next(cell.iterancestors(_ROW)), next(cell.iterancestors(_TABLE))
		numbers = (self._tables[table], _count(table.iter(_ROW), row), _count(row.iter(_CELL), cell))
		return (*part, *where, Phrase(_("table {0}, row {1}, cell {2}"), numbers))


def _count(nodes: Iterator[etree._Element], wanted: etree._Element) -> int:
	return next(number for number, node in enumerate(nodes, 1) if node is wanted)


def fill_empty(xml: str) -> str:
	"""Take tables without a row away, and give each cell that has no paragraph one, as Word needs."""
	return _ENDLESS.sub(r"\1<w:p/>", _ROWLESS.sub("", xml))


def number_drawings(xml: str) -> str:
	"""Give each drawing a number of its own, also where a loop repeats it."""
	numbers = itertools.count(1)
	return _DRAWING_NUMBER.sub(lambda match: f"{match[1]}{next(numbers)}{match[2]}", xml)


def group_texts(root: etree._Element) -> dict[etree._Element, list[etree._Element]]:
	"""Return the texts of each paragraph, those of a text box with the box's own paragraphs."""
	texts: dict[etree._Element, list[etree._Element]] = {}
	for text in root.iter(_TEXT):
		run = text.getparent()
		paragraph = next(text.iterancestors(_PARAGRAPH), None)
		if run.tag == _RUN and paragraph is not None:
			texts.setdefault(paragraph, []).append(text)
	return texts


def _new_text(content: str) -> etree._Element:
	text = etree.Element(_TEXT)
	text.text = content
	text.set(*PRESERVE)
	return text


def _has_content(run: etree._Element) -> bool:
	return any(child.tag not in _PROPERTIES for child in run)


def _is_alone(mark: etree._Element, paragraph: etree._Element) -> bool:
	"""Tell whether a mark is all that a paragraph holds, and the paragraph ends no section."""
	if paragraph.tag != _PARAGRAPH or paragraph.find(f"{q('pPr')}/{q('sectPr')}") is not None:
		return False
	return all(child is mark or child.tag in _PROPERTIES for child in paragraph)


def _belongs(opening: Tag, kind: str) -> bool:
	return CLOSING.get(kind, opening.kind) == opening.kind and (kind != "elif" or opening.kind == "if")


def _is_beside(one: etree._Element, other: etree._Element) -> bool:
	"""Tell whether two marks have one parent, or stand in paragraphs that have."""
	first, second = one.getparent(), other.getparent()
	if first is second:
		return True
	return first.tag == second.tag == _PARAGRAPH and first.getparent() is second.getparent()
