"""A Word document as a reader sees it: paragraphs, tables and their cells, with changes accepted."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Final

from lxml import etree

from nmedia_app.nmedia_app.print_formats.engine.faults import refusal
from nmedia_app.nmedia_app.print_formats.engine.package import Package, parse_xml
from nmedia_app.nmedia_app.print_formats.engine.values import Block, Run
from nmedia_app.nmedia_app.print_formats.engine.values import Cell as WrittenCell
from nmedia_app.nmedia_app.print_formats.links import read_address
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
from nmedia_app.phrases import _

#: text of at most this size, in half points, is small
SMALL: Final = 18
#: columns that a cell may span: more than Word makes
MOST_COLUMNS: Final = 100
MOST_HALF_POINTS: Final = 100
#: what a form may have: more than any, and little enough to be read at once
MOST_TABLES: Final = 300
MOST_CELLS: Final = 10_000
DEEPEST_TABLE: Final = 8
#: pieces into which Word cuts what a content control asks for
MOST_PIECES: Final = 10

#: what was deleted or moved away, and what is no text
SKIPPED: Final = frozenset(
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
#: what a field says before it shows its result
_LINK_FIELD = re.compile(r"\s*HYPERLINK\b(.*)", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r'(?:\\([lot])\s*)?"([^"]*)"', re.IGNORECASE)
#: what Word, and WPS, ask for where nothing is written yet
_ASKING = re.compile(
	r"(?:请)?(?:(?:单击|点击|轻触)(?:或(?:点击|点按|轻触))?)(?:此处|这里)(?:输入|键入|添加)?"
	r"(?:文字|文本|文档|日期|标题|内容)?。?|选择(?:一项|一个项目|日期|构建基块)。?"
	r"|click (?:or tap )?(?:here )?to enter (?:text|a date)\.?|choose (?:an item|a building block)\.?",
	re.IGNORECASE,
)
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
	nodes: list[etree._Element] = field(default_factory=list)  # in the file, one a row

	@property
	def text(self) -> str:
		"""What stands in the cell, without the tables in it."""
		return text_of(self.content.blocks)

	def is_over(self, other: "Cell") -> bool:
		"""Tell whether two cells share a column."""
		return self.start < other.end and other.start < self.end


@dataclass
class Field:
	"""A field of Word's that is being read: its instruction, then the result that is shown."""

	instruction: str = ""
	is_shown: bool = False

	@property
	def address(self) -> str:
		return read_address(read_link_field(self.instruction))


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

	def as_blocks(self) -> list[Block]:
		"""Return all paragraphs with Word's numbers, pictures, and tables as such. Raises TemplateError."""
		return [
			as_block(item) if isinstance(item, Table) else next(iter(with_numbers([item])))
			for item in self.items
		]

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


def as_block(table: Table) -> Block:
	"""Return a table as a block; tables in its cells are a line a row. Raises TemplateError for a vast one.

	Columns are those that a cell begins at: Word has more where somebody moved a border by a hair.
	"""
	cells = [cell for row in table.rows for cell in row]
	edges = sorted({cell.start for cell in cells} | {max((cell.end for cell in cells), default=0)})
	if len(edges) * len(table.rows) > MOST_CELLS:
		raise refusal(
			_("A table has {0} rows and {1} columns. Please attach it to the draft instead."),
			len(table.rows),
			len(edges) - 1,
		)
	covered: set[tuple[int, int]] = set()  # by cells that span rows
	rows: list[list[WrittenCell]] = []
	for number, row in enumerate(table.rows):
		written, column = [], 0
		for cell in row:
			start, end = bisect_left(edges, cell.start), bisect_left(edges, cell.end)
			written += [WrittenCell() for place in range(column, start) if (number, place) not in covered]
			written.append(WrittenCell(with_numbers(cell.content.flatten()), end - start, cell.height))
			covered |= {(number + down, place) for down in range(cell.height) for place in range(start, end)}
			column = end
		rows.append(written)
	return Block(rows=rows)


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
		self.root: etree._Element | None = None
		self.targets = {
			relation.id: relation.target
			for relation in package.get_relations(self.main)
			if not relation.external
		}
		#: where links lead
		self.addresses = {
			relation.id: relation.target for relation in package.get_relations(self.main) if relation.external
		}
		self.fields: list[Field] = []
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
		"""Return what stands in the document's body. Raises TemplateError for what is no form's size."""
		self.root = root
		check_size(root)
		body = next((child for child in root if name_of(child) == "body"), root)
		return self.read_content(body)

	def read_content(self, element: etree._Element) -> Content:
		around, self.fields = self.fields, []  # a field ends where it begins
		content = self.read_items(element)
		self.fields = around
		return content

	def read_items(self, element: etree._Element) -> Content:
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
					open_cells[column].nodes.append(node)
				else:
					cell = Cell(column, column + width, self.read_content(node), nodes=[node])
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
				yield from self.read_run(child, style.link, paragraph_style)
			elif name == "instrText":
				self.read_instruction(child)
			elif name in SKIPPED:
				continue
			elif name == "t":
				yield self.write_text(child.text or "", style)
			elif name in _SIGNS:
				yield replace(style, text=_SIGNS[name])
			elif name == "br":
				if get_attribute(child, "type") in ("", "textWrapping"):
					yield replace(style, text="\n")
			elif name == "sym":
				sign = read_sign(get_attribute(child, "font"), get_attribute(child, "char"))
				yield replace(style, text=sign)
			elif name == "fldChar":
				self.follow_field(child)
				yield from read_form_box(child, style)
			elif name in ("hyperlink", "fldSimple"):
				link = replace(style, link=self.get_address(child) or style.link)
				yield from self.read_inline(child, link, paragraph_style)
			elif name in _DRAWN:
				yield from self.read_drawing(child)
			elif name == "sdt":
				yield from self.read_control(child, style, paragraph_style)
			elif name == "ruby":
				base = next(find_children(child, "rubyBase"), child)
				yield from self.read_inline(base, style, paragraph_style)
			else:
				yield from self.read_inline(child, style, paragraph_style)

	def write_text(self, text: str, style: Run) -> Run:
		"""Return a text in its style; a link is underlined as such."""
		link = style.link or self.get_field_link()
		return replace(style, text=text, link=link, underline=style.underline and not link)

	def get_address(self, element: etree._Element) -> str:
		"""Return where a link leads; nothing if that is no address for an article."""
		return read_address(self.get_target(element))

	def get_target(self, element: etree._Element) -> str:
		"""Return where a link, or a field that is one, leads, whatever that is."""
		if name_of(element) == "fldSimple":
			return read_link_field(get_attribute(element, "instr"))
		target = self.addresses.get(get_attribute(element, "id"), "")
		anchor = get_attribute(element, "anchor")
		return f"{target}#{anchor}" if anchor and "#" not in target else target

	def follow_field(self, element: etree._Element) -> None:
		"""Note where a field begins, shows its result and ends."""
		kind = get_attribute(element, "fldCharType")
		if kind == "begin":
			self.fields.append(Field())
		elif self.fields and kind == "separate":
			self.fields[-1].is_shown = True
		elif self.fields and kind == "end":
			self.fields.pop()

	def read_instruction(self, element: etree._Element) -> None:
		if self.fields and not self.fields[-1].is_shown:
			self.fields[-1].instruction += element.text or ""

	def get_field_link(self) -> str:
		"""Return where the fields lead whose result is being read."""
		return next(filter(None, (field.address for field in reversed(self.fields) if field.is_shown)), "")

	def read_run(
		self, element: etree._Element, link: str, paragraph_style: str
	) -> Iterator[Run | bytes | Content]:
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
			link=link,
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
		elif not only_asks(element):
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
	if control is None:
		return False
	return is_on(get_child(control, "sdtPr", "showingPlcHdr")) or (
		says_what_word_asks(paragraph) and says_what_word_asks(control)
	)


def only_asks(control: etree._Element) -> bool:
	"""Tell whether a content control shows what it asks for: it says so, or it has Word's own words."""
	return is_on(get_child(control, "sdtPr", "showingPlcHdr")) or says_what_word_asks(control)


def says_what_word_asks(element: etree._Element) -> bool:
	texts = list(islice(element.iter("{*}t"), MOST_PIECES + 1))
	return len(texts) <= MOST_PIECES and bool(
		_ASKING.fullmatch("".join(node.text or "" for node in texts).strip())
	)


def check_size(root: etree._Element) -> None:
	"""Refuse what is no form: more tables and cells than anybody reads, or tables in one another."""
	tables = list(islice(root.iter("{*}tbl"), MOST_TABLES + 1))
	cells = sum(1 for _cell in islice(root.iter("{*}tc"), MOST_CELLS + 1))
	if len(tables) > MOST_TABLES or cells > MOST_CELLS:
		message = _(
			"The document has more than {0} tables or {1} cells. Please attach it to the draft instead."
		)
		raise refusal(message, MOST_TABLES, MOST_CELLS)
	if any(sum(1 for _outer in table.iterancestors("{*}tbl")) >= DEEPEST_TABLE for table in tables):
		raise refusal(
			_("Tables stand within tables more than {0} deep. Please take them apart."), DEEPEST_TABLE
		)


def read_link_field(instruction: str) -> str:
	"""Return where a field leads, if it is a link: an address, a place in the document (`#…`), or both."""
	match = _LINK_FIELD.match(instruction)
	parts = {switch.lower(): text for switch, text in _QUOTED.findall(match[1])} if match else {}
	anchor = f"#{parts['l']}" if parts.get("l") else ""
	return parts.get("", "") + anchor


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
