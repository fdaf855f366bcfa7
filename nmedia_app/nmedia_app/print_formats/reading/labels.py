"""Values by the labels beside them, whatever somebody made of the table in between.

First come cells that hold a label and nothing else: the value stands to the right, as far as the next
label, or else below. What has no such cell is looked for as 账号名称：… within other cells and in the
paragraphs around the tables. What somebody wrote may itself read like a label: see `Grid.find_roles`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from nmedia_app.nmedia_app.print_formats.engine.values import Block
from nmedia_app.nmedia_app.print_formats.reading.document import (
	Cell,
	Content,
	Paragraph,
	Table,
	is_number_lost,
	text_of,
	with_numbers,
)
from nmedia_app.phrases import Phrase, _

_NUMBERING: Final = r"(?:[*＊※●·]|[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．])"
_ADDED = re.compile(r"[(（][^()（）]*[)）]$")
_PREFIX = re.compile(rf"^{_NUMBERING}+")
_IGNORED = re.compile(r"[\s/／·_\u200b\ufeff]+")

# what a label can stand for beside a field: a heading of rows, a heading of columns, a value that is not read
GROUP: Final = "#group"
HEADING: Final = "#heading "
BORDER_OF: Final = "#border "


@dataclass(frozen=True)
class Labels:
	"""The labels of a form: `values` by field, `optional` ones that few forms have, headings and others.

	Of the `texts` among the fields, the numbers that Word puts before paragraphs are a part.
	"""

	values: Mapping[str, Sequence[str]]
	optional: Mapping[str, Sequence[str]] = field(default_factory=dict)
	groups: Sequence[str] = ()
	headings: Mapping[str, Sequence[str]] = field(default_factory=dict)
	borders: Sequence[str] = ()
	texts: Sequence[str] = ()

	@property
	def by_field(self) -> dict[str, Sequence[str]]:
		return {**self.values, **self.optional}

	def get_kinds(self) -> dict[str, str]:
		"""Return what each label, as `as_label` has it, stands for."""
		kinds = {as_label(word): GROUP for word in self.groups}
		kinds |= {
			as_label(word): f"{HEADING}{name}" for name, words in self.headings.items() for word in words
		}
		kinds |= {as_label(word): f"{BORDER_OF}{word}" for word in self.borders}
		return kinds | {as_label(word): name for name, words in self.by_field.items() for word in words}


@dataclass
class Found:
	"""What stands beside a label, tables as lines. `row` are the cells to its right, under their headings.

	`cells` are those in which it stands, if it has some of its own.
	"""

	blocks: list[Block]
	row: list[tuple[str, list[Block]]] = field(default_factory=list)
	doubt: Phrase | None = None
	cells: list[Cell] = field(default_factory=list)

	@property
	def text(self) -> str:
		return text_of(self.blocks).strip()

	def with_numbers(self) -> "Found":
		"""Return it with the numbers that Word puts before paragraphs, doubtful if one cannot be read."""
		doubt = self.doubt
		if any(map(is_number_lost, self.blocks)):
			doubt = doubt or Phrase(
				_("Some numbers that Word sets by itself cannot be read. Please add them.")
			)
		return replace(self, blocks=with_numbers(self.blocks), doubt=doubt)


def as_label(text: str) -> str:
	"""Return a label as it is compared: without spaces, numbers before it, and what follows in brackets."""
	plain = _IGNORED.sub("", unicodedata.normalize("NFKC", text))
	plain = _PREFIX.sub("", plain).rstrip(":*")
	return _ADDED.sub("", plain).rstrip(":*") or plain


class Grid:
	"""The cells of one table, each with its part in it."""

	def __init__(self, table: Table, kinds: Mapping[str, str]):
		self.rows = table.rows
		# a word above a table in a cell is no label: the title of an article, say
		self.kinds = {
			id(cell): "" if cell.content.tables else kinds.get(as_label(cell.text), "") for cell in self.cells
		}
		self.places = {id(cell): number for number, row in enumerate(self.rows) for cell in row}
		self.labels = self.find_roles()

	@property
	def cells(self) -> Iterator[Cell]:
		return (cell for row in self.rows for cell in row)

	def find_roles(self) -> set[int]:
		"""Return the cells that are labels.

		A cell that reads like one but stands where a value is expected is a value if the label stands
		somewhere else as well; and of several that read the same, one is the label.
		"""
		doubtful, labels = [], set()
		for row in self.rows:
			pairs, headed = self.is_row_of_pairs(row), self.is_row_of_headings(row)
			for place, cell in enumerate(row):
				kind = self.kinds[id(cell)]
				if not kind or (pairs and place % 2) or is_heading(kind) != headed:
					continue
				if place and is_field(self.kinds[id(row[place - 1])]) and not pairs and not headed:
					doubtful.append((row, place))
				else:
					labels.add(id(cell))
		for row, place in doubtful:
			kind = self.kinds[id(row[place])]
			known = {self.kinds[label] for label in labels}
			if place + 1 < len(row):
				known.add(self.kinds[id(row[place + 1])])
			if kind not in known or id(row[place - 1]) not in labels:
				labels.add(id(row[place]))
		return self.keep_one_of_each(labels)

	def keep_one_of_each(self, labels: set[int]) -> set[int]:
		"""Of labels that read the same, keep the one that begins its row, with something beside it."""
		best: dict[str, tuple] = {}
		for number, row in enumerate(self.rows):
			for place, cell in enumerate(row):
				kind = self.kinds[id(cell)]
				if id(cell) in labels and not is_heading(kind):
					follows_group = place == 1 and self.kinds[id(row[0])] == GROUP
					rank = (place > 0 and not follows_group, place + 1 == len(row), number, place)
					best[kind] = min(best.get(kind, (rank, id(cell))), (rank, id(cell)))
		kept = {label for _rank, label in best.values()}
		return {label for label in labels if is_heading(self.kinds[label]) or label in kept}

	def is_row_of_headings(self, row: list[Cell]) -> bool:
		"""Tell whether a row names columns: 姓名, 职务, 电话, at most with a word over the labels first."""
		kinds = [self.kinds[id(cell)] for cell in row if self.kinds[id(cell)] != GROUP]
		headings = sum(map(is_heading, kinds))
		return headings > 1 and all(map(is_heading, kinds[1:]))

	def is_row_of_pairs(self, row: list[Cell]) -> bool:
		"""Tell whether a row is label, value, label, value, and not every value reads like a label."""
		kinds = [self.kinds[id(cell)] for cell in row]
		return len(row) % 2 == 0 and all(map(is_field, kinds[::2])) and not all(kinds[1::2])

	def is_label(self, cell: Cell) -> bool:
		return id(cell) in self.labels

	def find(self, kind: str) -> Cell | None:
		"""Return the cell that has the label of this kind."""
		return next(
			(cell for cell in self.cells if self.kinds[id(cell)] == kind and self.is_label(cell)), None
		)

	def get_right(self, label: Cell) -> list[Cell]:
		"""Return the cells between a label and the next one, in every row that the label spans."""
		first = self.places[id(label)]
		return [
			cell
			for row in self.rows[first : first + label.height]
			for cell in self.take_values(other for other in row if other.start >= label.end)
		]

	def take_values(self, cells: Iterable[Cell]) -> Iterator[Cell]:
		for cell in cells:
			if self.is_label(cell):
				return
			yield cell

	def get_below(self, label: Cell) -> list[Cell]:
		"""Return the cells under a label that has none beside it."""
		below = self.places[id(label)] + label.height
		if below >= len(self.rows):
			return []
		row = self.rows[below]
		return [] if any(map(self.is_label, row)) else [cell for cell in row if cell.is_over(label)]

	def get_headings(self, label: Cell) -> list[tuple[Cell, str]]:
		"""Return the headings of columns in the nearest row above a label that has some."""
		for row in reversed(self.rows[: self.places[id(label)]]):
			headings = [
				(cell, self.get_heading(cell))
				for cell in row
				if self.is_label(cell) and self.get_heading(cell)
			]
			if headings:
				return headings
		return []

	def get_heading(self, cell: Cell) -> str:
		kind = self.kinds[id(cell)]
		return kind.removeprefix(HEADING) if is_heading(kind) else ""

	def name_columns(self, label: Cell, cells: list[Cell]) -> list[tuple[str, list[Block]]]:
		"""Return the texts of cells with the headings that they stand under, or that they follow."""
		headings = self.get_headings(label)
		if not headings and any(map(self.get_heading, cells)):
			return list(self.name_beside(cells))
		if len(headings) == len(cells):
			return [
				(name, cell.content.flatten()) for (_cell, name), cell in zip(headings, cells, strict=True)
			]
		named = []
		for cell in cells:
			names = [name for heading, name in headings if heading.is_over(cell)]
			named.append((names[0] if len(names) == 1 else "", cell.content.flatten()))
		return named

	def name_beside(self, cells: list[Cell]) -> Iterator[tuple[str, list[Block]]]:
		"""Yield the texts of cells whose headings stand beside them: 姓名 | 甲 | 电话 | 80001."""
		name = ""
		for cell in cells:
			if heading := self.get_heading(cell):
				name = heading
			else:
				yield name, cell.content.flatten()
				name = ""


def is_heading(kind: str) -> bool:
	return kind.startswith(HEADING)


def is_field(kind: str) -> bool:
	"""Tell whether what a label stands for has a value."""
	return bool(kind) and kind != GROUP and not is_heading(kind)


class LabelledValues:
	"""The values of a document by the fields that its labels stand for."""

	def __init__(self, content: Content, labels: Labels):
		self.labels = labels
		kinds = labels.get_kinds()
		levels = list(get_levels(content))
		self.grids = [Grid(table, kinds) for level in levels for table in level]
		self.loose = [block for block in content.blocks if not block.image]
		self.found: dict[str, Found] = {}
		self.claimed: set[int] = set()
		self.used: set[int] = set()
		self.find_in_cells()
		self.find_within()
		texts = [name for name in labels.texts if name in self.found]
		self.found |= {name: self.found[name].with_numbers() for name in texts}

	def find_in_cells(self) -> None:
		for name in (*self.labels.by_field, *map(BORDER_OF.__add__, self.labels.borders)):
			for grid in self.grids:
				label = grid.find(name)
				if label and id(label) not in self.claimed:
					self.claim(name, grid, label)
					break

	def claim(self, name: str, grid: Grid, label: Cell) -> None:
		"""Take the cells beside a label as its value."""
		cells = grid.get_right(label) or grid.get_below(label)
		self.used.add(id(label))
		for cell in cells:
			self.claimed |= {id(cell), *map(id, get_inner_cells(cell))}
		if name not in self.labels.by_field:
			return
		blocks = [block for cell in cells for block in cell.content.flatten()]
		doubt = None if cells else Phrase(_("There is no cell beside this label."))
		self.found[name] = Found(blocks, grid.name_columns(label, cells), doubt, cells)

	def find_within(self) -> None:
		"""Look for what has no cell of its own: in cells that are nobody's, around tables, then in others."""
		nobodys = [
			cell.content.blocks for grid in self.grids for cell in grid.cells if self.is_nobodys(grid, cell)
		]
		missing = [name for name in self.labels.by_field if name not in self.found]
		for blocks in (*nobodys, self.loose):
			for name, found in cut_at_labels(blocks, self.labels, missing):
				if name and name not in self.found:
					self.found[name] = found
		missing = [name for name in self.labels.values if name not in self.found]
		if missing:
			self.find_in_values(missing)

	def is_nobodys(self, grid: Grid, cell: Cell) -> bool:
		return id(cell) not in self.claimed and not grid.is_label(cell)

	def find_in_values(self, missing: list[str]) -> None:
		"""Look for labels within the value of another one: cells that somebody merged."""
		for owner, found in list(self.found.items()):
			pieces = list(cut_at_labels(found.blocks, self.labels, missing))
			if len(pieces) < 2:
				continue
			doubt = Phrase(_("It stood in one cell with another value. Please check both."))
			self.found[owner] = replace(pieces[0][1], doubt=doubt)
			for name, piece in pieces[1:]:
				if name not in self.found:
					self.found[name] = replace(piece, doubt=doubt)

	def count(self) -> int:
		"""Return how many of the form's own labels there are."""
		return len(set(self.found) & set(self.labels.values))

	def count_left(self, labels: Labels) -> int:
		"""Return how many of a form's labels stand beside nothing that was read: in another form, if many.

		In a table of the form that was read they begin rows; elsewhere in it they are somebody's words.
		"""
		kinds = labels.get_kinds()
		left = {
			kinds.get(as_label(cell.text))
			for grid in self.grids
			for row in grid.rows
			for cell in (row[:1] if any(id(other) in self.used for other in grid.cells) else row)
			if id(cell) not in self.used | self.claimed
		}
		return len(left & set(labels.values))


def get_levels(content: Content) -> Iterator[list[Table]]:
	"""Yield the tables of a document, then those within their cells, and so on."""
	level = content.tables
	while level:
		yield level
		level = [
			inner for table in level for row in table.rows for cell in row for inner in cell.content.tables
		]


def get_inner_cells(cell: Cell) -> Iterator[Cell]:
	for table in cell.content.tables:
		for row in table.rows:
			for inner in row:
				yield inner
				yield from get_inner_cells(inner)


def cut_at_labels(blocks: list[Block], labels: Labels, fields: Sequence[str]) -> Iterator[tuple[str, Found]]:
	"""Yield what stands before the first 标签： of these fields (for no field), then behind each."""
	pattern = get_pattern(labels, fields)
	if not (pattern and fields):
		return
	kinds = labels.get_kinds()
	name, taken = "", []
	for block in blocks:
		matches = [] if block.image else list(pattern.finditer(block.text))
		edges = [0, *(match.start() for match in matches), len(block.text)]
		for number, (start, end) in enumerate(pairwise(edges)):
			if number:
				yield name, Found(taken)
				match = matches[number - 1]
				name, taken = kinds[as_label(match["label"])], []
				start = match.end()
			taken.append(block if block.image else cut(block, start, end))
	yield name, Found(taken)


def get_pattern(labels: Labels, fields: Sequence[str]) -> re.Pattern | None:
	"""Return what finds the labels of these fields, with a colon, a space or nothing behind them."""
	words = [word for name in fields for word in labels.by_field[name]]
	words = sorted(words, key=len, reverse=True)
	spaced = "|".join(r"[ \t　]*".join(map(re.escape, word)) for word in words)
	if not words:
		return None
	begin = rf"(?:^|(?<=[\n\t　 ;；。]))(?:{_NUMBERING}[ \t]*)?"
	return re.compile(
		rf"{begin}(?P<label>{spaced})(?:[(（][^()（）\n]*[)）])?[ \t　]*(?:[:：]|[ \t　]|(?=\n|$))[ \t　]*"
	)


def cut(block: Block, start: int, end: int) -> Block:
	"""Return a part of a paragraph, by the places of its characters."""
	runs, place = [], 0
	for run in block.runs:
		text = run.text[max(0, start - place) : max(0, end - place)]
		if text:
			runs.append(replace(run, text=text))
		place += len(run.text)
	if not (runs and start == 0 and isinstance(block, Paragraph)):
		return Block(runs, align=block.align)
	return Paragraph(runs, None, block.align, block.number, block.is_number_lost)
