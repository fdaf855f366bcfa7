"""A table among the paragraphs of a value, as Word has it."""

from collections.abc import Callable, Iterator
from typing import Final

from nmedia_app.nmedia_app.print_formats.engine.values import Block, Cell

#: columns that a table can have in Word
MOST_COLUMNS: Final = 63
#: twips over which columns are spread at first; the table itself is as wide as what it stands in
WIDTH: Final = 7200

_BORDERS: Final = "".join(
	f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
	for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_PROPERTIES: Final = (
	f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
)
#: Word joins a table with the next one, and wants a paragraph behind one that ends a cell
_BEHIND: Final = (
	'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
)


def write_table(rows: list[list[Cell]], write_cell: Callable[[list[Block], int], str]) -> str:
	"""Return a table with a small paragraph behind it.

	`write_cell` writes the paragraphs of a cell: one at least; it is told of how many columns the table is.
	"""
	placed = [list(row) for row in place_cells(rows)]
	columns = max((start + cell.columns for row in placed for start, cell, _is_first in row), default=1)
	grid = f'<w:gridCol w:w="{WIDTH // columns}"/>' * columns
	xml = "".join(_write_row(row, columns, write_cell) for row in placed)
	return f"<w:tbl>{_PROPERTIES}<w:tblGrid>{grid}</w:tblGrid>{xml}</w:tbl>{_BEHIND}"


def place_cells(rows: list[list[Cell]]) -> Iterator[list[tuple[int, Cell, bool]]]:
	"""Yield each row's cells in the order of their columns, with their column and whether they begin here.

	A cell that spans rows is there in each of them.
	"""
	open_cells: list[tuple[int, Cell, int]] = []  # with the rows that are left
	for row in rows:
		placed = [(start, cell, False) for start, cell, _left in open_cells]
		taken = {start + place for start, cell, _left in open_cells for place in range(cell.columns)}
		going_on = [(start, cell, left - 1) for start, cell, left in open_cells]
		column = 0
		for cell in row:
			while any(column + place in taken for place in range(cell.columns)):
				column += 1
			placed.append((column, cell, True))
			going_on.append((column, cell, cell.rows - 1))
			column += cell.columns
		open_cells = [one for one in going_on if one[2] > 0]
		yield sorted(placed, key=lambda one: one[0])


def _write_row(
	row: list[tuple[int, Cell, bool]], columns: int, write_cell: Callable[[list[Block], int], str]
) -> str:
	"""Return a row; where it has no cell, an empty one stands."""
	pieces, column = [], 0
	for start, cell, is_first in [*row, (columns, None, False)]:
		pieces += [f"<w:tc>{write_cell([], columns)}</w:tc>"] * (start - column)
		if cell is None:
			break
		span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
		merge = ("<w:vMerge/>", '<w:vMerge w:val="restart"/>')[is_first] if cell.rows > 1 else ""
		properties = f"<w:tcPr>{span}{merge}</w:tcPr>" if span or merge else ""
		pieces.append(f"<w:tc>{properties}{write_cell(cell.blocks if is_first else [], columns)}</w:tc>")
		column = start + cell.columns
	return f"<w:tr>{''.join(pieces)}</w:tr>"
