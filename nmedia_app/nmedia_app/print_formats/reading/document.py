"""A Word document as a reader sees it: paragraphs, tables and their cells, with changes accepted.

Elements are told by their local names, so that a file in the Strict format of Office reads the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from lxml import etree

from nmedia_app.nmedia_app.print_formats.engine.package import Package
from nmedia_app.nmedia_app.print_formats.engine.values import Block, Run
from nmedia_app.nmedia_app.print_formats.reading.signs import TICKED, UNTICKED, read_sign, read_signs

#: text of at most this size, in half points, is small
SMALL: Final = 18
#: columns that a cell may span: more than Word makes
MOST_COLUMNS: Final = 100

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
#: what stands in one of these stands where the element is
_TRANSPARENT: Final = frozenset(
	("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "AlternateContent", "Choice")
)
_SIGNS: Final = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
_DRAWN: Final = ("drawing", "pict", "object")
_ALIGNMENTS: Final = {"center": "center", "right": "right", "end": "right"}


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


def text_of(blocks: list[Block]) -> str:
	return "\n".join(block.text for block in blocks if not block.image)


def flatten_table(table: Table) -> list[Block]:
	"""Return the rows of a table as paragraphs, and the pictures in it."""
	blocks = []
	for row in table.rows:
		line = Block()
		for cell in row:
			if line.runs:
				line.runs.append(Run("\t"))
			flat = cell.content.flatten()
			line.runs += [run for block in flat for run in block.runs]
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
		#: pictures in a place or a format that cannot be read
		self.lost_pictures = 0
		#: paragraphs that Word numbers, or puts a bullet before, by itself
		self.numbered = 0

	def read(self, root: etree._Element) -> Content:
		"""Return what stands in the document's body."""
		body = next((child for child in root if name_of(child) == "body"), root)
		return self.read_content(body)

	def read_content(self, element: etree._Element) -> Content:
		content = Content()
		is_open = False  # the paragraph before goes on: its mark was deleted
		for child in find_blocks(element):
			if name_of(child) == "tbl":
				content.items.append(self.read_table(child))
				is_open = False
				continue
			blocks, behind = self.read_paragraph(child)
			if is_open and blocks and content.items and not blocks[0].image:
				content.items[-1].runs += blocks.pop(0).runs
			content.items += [*blocks, *behind]
			is_open = has_deleted_mark(child) and not behind
		return content

	def read_table(self, element: etree._Element) -> Table:
		table, open_cells = Table(), {}
		for row in find_children(element, "tr"):
			properties = get_child(row, "trPr")
			if get_child(properties, "del") is not None:
				continue
			cells, column = [], get_number(get_child(properties, "gridBefore"))
			for node in find_children(row, "tc"):
				properties = get_child(node, "tcPr")
				if get_child(properties, "cellDel") is not None:
					continue
				width = max(1, get_number(get_child(properties, "gridSpan")))
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
		align = _ALIGNMENTS.get(get_value(get_child(properties, "jc")), "")
		self.numbered += get_child(properties, "numPr") is not None
		blocks, behind = [Block(align=align)], []
		if asks_for_text(element):
			return blocks, behind
		for item in self.read_inline(element, Run("")):
			if isinstance(item, Run):
				if blocks[-1].image:
					blocks.append(Block(align=align))
				blocks[-1].runs.append(item)
			elif isinstance(item, Content):
				behind += item.flatten()
			else:
				blocks.append(Block(image=item))
		if len(blocks) > 1 and not blocks[0].runs:
			del blocks[0]
		for block in blocks:
			block.runs = join_same(block.runs)
		return blocks, behind

	def read_inline(self, element: etree._Element, style: Run) -> Iterator[Run | bytes | Content]:
		"""Yield texts in their style, pictures, and what stands in text boxes."""
		for child in element:
			name = name_of(child)
			if name == "r":
				yield from self.read_run(child)
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
				yield from self.read_control(child, style)
			elif name == "ruby":
				yield from self.read_inline(next(find_children(child, "rubyBase"), child), style)
			else:
				yield from self.read_inline(child, style)

	def read_run(self, element: etree._Element) -> Iterator[Run | bytes | Content]:
		properties = get_child(element, "rPr")
		if is_on(get_child(properties, "vanish")):
			return
		size = get_number(get_child(properties, "sz"))
		underline = get_child(properties, "u")
		style = Run(
			"",
			bold=is_on(get_child(properties, "b")),
			italic=is_on(get_child(properties, "i")),
			underline=underline is not None and get_value(underline) != "none",
			small=0 < size <= SMALL,
		)
		font = get_child(properties, "rFonts")
		for item in self.read_inline(element, style):
			if isinstance(item, Run) and font is not None:
				item = replace(item, text=read_signs(get_attribute(font, "ascii"), item.text))
			yield item

	def read_control(self, element: etree._Element, style: Run) -> Iterator[Run | bytes | Content]:
		"""Yield what a content control holds: a tick box its sign, one that only asks for a text nothing."""
		properties = get_child(element, "sdtPr")
		box = get_child(properties, "checkbox")
		if box is not None:
			yield replace(style, text=TICKED if is_on(get_child(box, "checked")) else UNTICKED)
		elif not is_on(get_child(properties, "showingPlcHdr")):
			for content in find_children(element, "sdtContent"):
				yield from self.read_inline(content, style)

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


def find_blocks(element: etree._Element) -> Iterator[etree._Element]:
	"""Yield the paragraphs and tables of a body, a cell or a text box."""
	yield from find_children(element, "p", "tbl")


def find_children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
	"""Yield what an element has by these names, also within controls and accepted changes."""
	for child in element:
		if name_of(child) in names:
			yield child
		elif name_of(child) in _TRANSPARENT:
			yield from find_children(child, *names)


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


def name_of(element: etree._Element) -> str:
	return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def get_child(element: etree._Element | None, name: str) -> etree._Element | None:
	return None if element is None else next((child for child in element if name_of(child) == name), None)


def get_attribute(element: etree._Element, name: str) -> str:
	return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def get_value(element: etree._Element | None) -> str:
	return "" if element is None else get_attribute(element, "val")


def get_number(element: etree._Element | None) -> int:
	value = get_value(element)
	return min(int(value), MOST_COLUMNS) if value.isascii() and value.isdigit() else 0


def is_on(element: etree._Element | None) -> bool:
	return element is not None and get_value(element) not in ("0", "false", "off")
