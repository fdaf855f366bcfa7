"""A Word document as a reader sees it: paragraphs, tables and their cells, with changes accepted."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from lxml import etree

from nmedia_app.nmedia_app.print_formats.engine.package import Package, parse_xml
from nmedia_app.nmedia_app.print_formats.engine.values import Block, Run
from nmedia_app.nmedia_app.print_formats.reading.numbering import Mark, Numbering
from nmedia_app.nmedia_app.print_formats.reading.signs import TICKED, UNTICKED, read_sign, read_signs
from nmedia_app.nmedia_app.print_formats.reading.styles import Styles
from nmedia_app.nmedia_app.print_formats.xml import (
	find_children,
	get_attribute,
	get_child,
	get_number,
	get_value,
	is_on,
	name_of,
)

#: text of at most this size, in half points, is small
SMALL: Final = 18
#: columns that a cell may span: more than Word makes
MOST_COLUMNS: Final = 100
MOST_HALF_POINTS: Final = 100

#: what was deleted or moved away, and what is no text
_SKIPPED: Final = frozenset(
	(
		*(
			"del",
			"moveFrom",
			"instrText",
			"delText",
			"delInstrText",
			"rPr",
			"pPr",
			"tblPr",
			"tblGrid",
			"trPr",
		),
		*("tcPr", "sdtPr", "sdtEndPr", "rt", "sectPr", "annotationRef", "softHyphen", "Fallback"),
	)
)
_SIGNS: Final = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
_DRAWN: Final = ("drawing", "pict", "object")
_ALIGNMENTS: Final = {"center": "center", "right": "right", "end": "right"}


@dataclass
class Paragraph(Block):
	"""A paragraph, and what Word puts before it by itself: a number or a bullet, which no value may lose.

	Labels and short values are read without it.
	"""

	number: Run | None = None
	is_number_lost: bool = False  # there is one, and nobody here knows how Word writes it

	def with_number(self) -> Block:
		"""Return the paragraph as a reader sees it. Word's number before an empty one says nothing."""
		runs = [self.number, *self.runs] if self.number and self.text.strip() else self.runs
		return Block(join_same(runs), self.image, self.align)


@dataclass
class Cell:
	"""A cell: its columns (`end` is behind the last), how many rows it spans, and what stands in it."""

	start: int
	end: int
	content: "Content"
	height: int = 1

	@property
	def text(self) -> str:
		"""What stands in the cell, without the tables in it."""
		return text_of(self.content.blocks)

	def is_over(self, other: "Cell") -> bool:
		"""Tell whether two cells share a column."""
		return self.start < other.end and other.start < self.end


@dataclass
class Table:
	"""Rows of cells; one that goes on from the row above is not there again."""

	rows: list[list[Cell]] = field(default_factory=list)


@dataclass
class Content:
	"""Paragraphs and pictures, and tables, in their order."""

	items: list[Block | Table] = field(default_factory=list)

	@property
	def blocks(self) -> list[Block]:
		return [item for item in self.items if isinstance(item, Block)]

	@property
	def tables(self) -> list[Table]:
		return [item for item in self.items if isinstance(item, Table)]

	def flatten(self) -> list[Block]:
		"""Return all paragraphs and pictures; of a table, a paragraph a row, its cells apart by tabs."""
		blocks = []
		for item in self.items:
			blocks += [item] if isinstance(item, Block) else flatten_table(item)
		return blocks


def with_numbers(blocks: list[Block]) -> list[Block]:
	"""Return paragraphs with the numbers that Word puts before them, as texts."""
	return [block.with_number() if isinstance(block, Paragraph) else block for block in blocks]


def text_of(blocks: list[Block]) -> str:
	return "\n".join(block.text for block in blocks if not block.image)


def flatten_table(table: Table) -> list[Block]:
	"""Return the rows of a table as paragraphs, and the pictures in it."""
	blocks = []
	for row in table.rows:
		line = Paragraph()
		for cell in row:
			if line.runs:
				line.runs.append(Run("\t"))
			flat = cell.content.flatten()
			line.runs += [run for block in with_numbers(flat) for run in block.runs]
			line.is_number_lost |= any(is_number_lost(block) for block in flat)
			blocks += [block for block in flat if block.image]
		blocks.append(line)
	return blocks


class Reader:
	"""Reads the parts of a package."""

	def __init__(self, package: Package):
		self.package = package
		self.main = package.main
		self.targets = {
			relation.id: relation.target
			for relation in package.get_relations(self.main)
			if not relation.external
		}
		self.styles = Styles(self.parse("/styles"))
		self.numbering = Numbering(self.parse("/numbering"), self.styles)
		#: pictures in a place or a format that cannot be read
		self.lost_pictures = 0

	def parse(self, kind: str) -> etree._Element | None:
		"""Return the tree of a part that the document refers to; None if there is none."""
		relations = self.package.get_relations(self.main)
		names = [relation.target for relation in relations if relation.type.endswith(kind)]
		known = [name for name in names if name in self.package.parts]
		return parse_xml(self.package.parts[known[0]], known[0]) if known else None

	def read(self, root: etree._Element) -> Content:
		"""Return what stands in the document's body."""
		body = next((child for child in root if name_of(child) == "body"), root)
		return self.read_content(body)

	def read_content(self, element: etree._Element) -> Content:
		content = Content()
		is_open = False  # the paragraph before goes on: its mark was deleted
		for child in find_children(element, "p", "tbl"):
			if name_of(child) == "tbl":
				content.items.append(self.read_table(child))
				is_open = False
				continue
			blocks, behind = self.read_paragraph(child)
			if is_open and not (blocks[0].image or content.items[-1].image):
				content.items[-1] = join(content.items[-1], blocks.pop(0))
			content.items += [*blocks, *behind]
			is_open = has_deleted_mark(child) and not behind
		return content

	def read_table(self, element: etree._Element) -> Table:
		table, open_cells = Table(), {}
		for row in find_children(element, "tr"):
			properties = get_child(row, "trPr")
			if get_child(properties, "del") is not None:
				continue
			cells, column = [], get_number(get_child(properties, "gridBefore"), MOST_COLUMNS)
			for node in find_children(row, "tc"):
				properties = get_child(node, "tcPr")
				if get_child(properties, "cellDel") is not None:
					continue
				width = max(1, get_number(get_child(properties, "gridSpan"), MOST_COLUMNS))
				merge = get_child(properties, "vMerge")
				if merge is not None and get_value(merge) != "restart" and column in open_cells:
					open_cells[column].height += 1
				else:
					cell = Cell(column, column + width, self.read_content(node))
					cells.append(cell)
					open_cells[column] = cell
				column += width
			table.rows.append(cells)
		return table

	def read_paragraph(self, element: etree._Element) -> tuple[list[Block], list[Block]]:
		"""Return a paragraph as text and pictures in their order, and what text boxes in it say."""
		properties = get_child(element, "pPr")
		style = self.styles.get_paragraph_style(properties)
		jc = get_value(get_child(properties, "jc")) or self.styles.get_alignment(style)
		align = _ALIGNMENTS.get(jc, "")
		blocks, behind = [Paragraph(align=align)], []
		number, is_lost = self.read_number(element, style)
		if asks_for_text(element):
			return blocks, behind
		for item in self.read_inline(element, Run(""), style):
			if isinstance(item, Run):
				if blocks[-1].image:
					blocks.append(Paragraph(align=align))
				blocks[-1].runs.append(item)
			elif isinstance(item, Content):
				behind += item.flatten()
			else:
				blocks.append(Block(image=item))
		if len(blocks) > 1 and not blocks[0].runs:
			del blocks[0]
		for block in blocks:
			block.runs = join_same(block.runs)
		if not blocks[0].image:
			blocks[0].number, blocks[0].is_number_lost = number, is_lost
		return blocks, behind

	def read_number(self, paragraph: etree._Element, style: str) -> tuple[Run | None, bool]:
		"""Return what Word puts before a paragraph, and whether that cannot be known."""
		properties = get_child(paragraph, "pPr")
		if has_deleted_mark(paragraph):
			return None, False  # the paragraph that it becomes a part of has one, or none
		mark = self.numbering.mark(properties, style)
		if not mark or not mark.text:
			return None, bool(mark) and mark.text is None
		return self.write_number(mark, get_child(properties, "rPr"), style), False

	def write_number(self, mark: Mark, properties: etree._Element | None, style: str) -> Run:
		"""Return a number in the style of the paragraph's end, unless its level has one of its own."""
		toggles = {
			name: is_on(own)
			if (own := get_child(mark.level.properties, name)) is not None
			else self.styles.has(name, properties, style)
			for name in ("b", "i")
		}
		return Run(mark.text or "", bold=toggles["b"], italic=toggles["i"])

	def read_inline(
		self, element: etree._Element, style: Run, paragraph_style: str
	) -> Iterator[Run | bytes | Content]:
		"""Yield texts in their style, pictures, and what stands in text boxes."""
		for child in element:
			name = name_of(child)
			if name == "r":
				yield from self.read_run(child, paragraph_style)
			elif name in _SKIPPED:
				continue
			elif name == "t":
				yield replace(style, text=child.text or "")
			elif name in _SIGNS:
				yield replace(style, text=_SIGNS[name])
			elif name == "br":
				if get_attribute(child, "type") in ("", "textWrapping"):
					yield replace(style, text="\n")
			elif name == "sym":
				sign = read_sign(get_attribute(child, "font"), get_attribute(child, "char"))
				yield replace(style, text=sign)
			elif name == "fldChar":
				yield from read_form_box(child, style)
			elif name in _DRAWN:
				yield from self.read_drawing(child)
			elif name == "sdt":
				yield from self.read_control(child, style, paragraph_style)
			elif name == "ruby":
				base = next(find_children(child, "rubyBase"), child)
				yield from self.read_inline(base, style, paragraph_style)
			else:
				yield from self.read_inline(child, style, paragraph_style)

	def read_run(self, element: etree._Element, paragraph_style: str) -> Iterator[Run | bytes | Content]:
		properties = get_child(element, "rPr")
		if self.styles.has("vanish", properties, paragraph_style):
			return
		size = get_number(get_child(properties, "sz"), MOST_HALF_POINTS)
		underline = get_child(properties, "u")
		style = Run(
			"",
			bold=self.styles.has("b", properties, paragraph_style),
			italic=self.styles.has("i", properties, paragraph_style),
			underline=underline is not None and get_value(underline) != "none",
			small=0 < size <= SMALL,
		)
		font = get_child(properties, "rFonts")
		for item in self.read_inline(element, style, paragraph_style):
			if isinstance(item, Run) and font is not None:
				item = replace(item, text=read_signs(get_attribute(font, "ascii"), item.text))
			yield item

	def read_control(
		self, element: etree._Element, style: Run, paragraph_style: str
	) -> Iterator[Run | bytes | Content]:
		"""Yield what a content control holds: a tick box its sign, one that only asks for a text nothing."""
		properties = get_child(element, "sdtPr")
		box = get_child(properties, "checkbox")
		if box is not None:
			yield replace(style, text=TICKED if is_on(get_child(box, "checked")) else UNTICKED)
		elif not is_on(get_child(properties, "showingPlcHdr")):
			for content in find_children(element, "sdtContent"):
				yield from self.read_inline(content, style, paragraph_style)

	def read_drawing(self, element: etree._Element) -> Iterator[bytes | Content]:
		for node in element.iter():
			name = name_of(node)
			if name == "txbxContent":
				if not is_within_fallback(node, element):
					yield self.read_content(node)
			elif name in ("blip", "imagedata") and not is_within_fallback(node, element):
				yield from self.read_picture(get_attribute(node, "embed") or get_attribute(node, "id"))

	def read_picture(self, relation: str) -> Iterator[bytes]:
		picture = self.package.parts.get(self.targets.get(relation, ""))
		if picture:
			yield picture
		else:
			self.lost_pictures += 1


def join(block: Block, rest: Block) -> Block:
	"""Return two paragraphs as one; the end of the second is the end of both."""
	number = rest.number if isinstance(rest, Paragraph) else None
	lost = is_number_lost(rest)
	return Paragraph([*block.runs, *rest.runs], align=block.align, number=number, is_number_lost=lost)


def is_number_lost(block: Block) -> bool:
	return isinstance(block, Paragraph) and block.is_number_lost


def has_deleted_mark(paragraph: etree._Element) -> bool:
	"""Tell whether a paragraph goes on in the next one, since what ended it was deleted."""
	return get_child(get_child(get_child(paragraph, "pPr"), "rPr"), "del") is not None


def asks_for_text(paragraph: etree._Element) -> bool:
	"""Tell whether a paragraph is only what a content control shows until somebody writes in it."""
	control = next((node for node in paragraph.iterancestors() if name_of(node) == "sdt"), None)
	return is_on(get_child(get_child(control, "sdtPr"), "showingPlcHdr"))


def is_within_fallback(node: etree._Element, root: etree._Element) -> bool:
	"""Tell whether something is there for older readers, or within a text box that is read by itself."""
	for parent in node.iterancestors():
		if parent is root:
			return False
		if name_of(parent) in ("Fallback", "txbxContent"):
			return True
	return False


def read_form_box(element: etree._Element, style: Run) -> Iterator[Run]:
	"""Yield the sign of a tick box as forms had them before content controls."""
	box = get_child(get_child(element, "ffData"), "checkBox")
	if box is not None:
		state = get_child(box, "checked")
		state = get_child(box, "default") if state is None else state
		yield replace(style, text=TICKED if is_on(state) else UNTICKED)


def join_same(runs: list[Run]) -> list[Run]:
	"""Join runs of the same style: Word cuts texts wherever somebody stopped typing."""
	groups = groupby((run for run in runs if run.text), key=lambda run: replace(run, text=""))
	return [replace(style, text="".join(run.text for run in same)) for style, same in groups]
