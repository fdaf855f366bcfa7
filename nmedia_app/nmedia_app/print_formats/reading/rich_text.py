"""An article's paragraphs, pictures, tables and links as the HTML that the editor writes.

The editor's tables are plain: each cell is one line, none spans others, and none has a table in it. What the
paper has beyond that is written as it would leave it, and said (`list_simplified`): otherwise the first
change of a draft would lose it silently.
"""

import base64
import html
import io
from collections.abc import Iterator
from typing import Final

from PIL import Image

from nmedia_app.image_kinds import get_kind
from nmedia_app.nmedia_app.print_formats.engine.tables import place_cells
from nmedia_app.nmedia_app.print_formats.engine.values import Block, Cell, Run
from nmedia_app.phrases import Phrase, _

#: formats of pictures that an article takes, by their names in Pillow
FORMATS: Final = {"PNG": "png", "JPEG": "jpeg", "GIF": "gif", "BMP": "bmp", "WEBP": "webp"}
_STYLES: Final = (("bold", "strong"), ("italic", "em"), ("underline", "u"))


def to_html(blocks: list[Block]) -> str:
	"""Return blocks as safe HTML: texts are escaped, pictures inside. Empty paragraphs are left out."""
	pieces, is_table = [], False
	for block in blocks:
		if block.rows and is_table:
			pieces.append("<p><br></p>")  # the editor makes one table of two that follow each other
		piece = _write_table(block) if block.rows else _write_block(block)
		pieces.append(piece)
		is_table = bool(block.rows) or (is_table and not piece)
	return "".join(pieces)


def _write_block(block: Block) -> str:
	if block.image:
		return f'<p class="ql-align-center">{_write_picture(block.image)}</p>'
	if not block.text.strip():
		return ""
	return f"<p{_write_align(block.align)}>{_write_runs(block)}</p>"


def _write_align(align: str) -> str:
	return f' class="ql-align-{align}"' if align else ""


def _write_picture(picture: bytes) -> str:
	return f'<img src="{as_data_url(picture)}">'


def _write_runs(block: Block) -> str:
	return "".join(map(_write_run, block.runs))


def _write_table(table: Block) -> str:
	"""Return a table with a cell in each column of each row; those that another spans are empty."""
	placed = list(place_cells(table.rows))
	columns = max((start + cell.columns for row in placed for start, cell, _is_first in row), default=0)
	rows = []
	for number, row in enumerate(placed, 1):
		cells = {start: cell for start, cell, is_first in row if is_first}
		written = (_write_cell(cells.get(column, Cell()), number) for column in range(columns))
		rows.append(f"<tr>{''.join(written)}</tr>")
	return f'<table class="table table-bordered"><tbody>{"".join(rows)}</tbody></table>'


def _write_cell(cell: Cell, row: int) -> str:
	blocks = get_filled(cell)
	align = blocks[0].align if blocks else ""
	pieces = (
		_write_picture(block.image) if block.image else _write_runs(block).replace("<br>", " ").strip()
		for block in blocks
	)
	return f'<td data-row="{row}"{_write_align(align)}>{" ".join(pieces) or "<br>"}</td>'


def get_filled(cell: Cell) -> list[Block]:
	"""Return the paragraphs and pictures of a cell, but for empty paragraphs."""
	return [block for block in cell.blocks if block.image or block.text.strip()]


def list_simplified(blocks: list[Block]) -> Iterator[Phrase]:
	"""Yield what the editor's tables cannot hold of those of an article."""
	cells = [cell for block in blocks for row in block.rows for cell in row]
	merged = sum(1 for cell in cells if cell.columns > 1 or cell.rows > 1)
	if merged:
		message = _(
			"The editor has no merged cells: {0} are divided, with their text in the first. Please check."
		)
		yield Phrase(message, (merged,))
	if joined := sum(1 for cell in cells if has_lines(cell)):
		message = _("A cell of the editor is one line: the lines of {0} cells are joined. Please check.")
		yield Phrase(message, (joined,))


def has_lines(cell: Cell) -> bool:
	blocks = get_filled(cell)
	return len(blocks) > 1 or any("\n" in block.text.strip() for block in blocks)


def _write_run(run: Run) -> str:
	text = html.escape(run.text, quote=False).replace("\n", "<br>")
	for style, tag in _STYLES:
		if getattr(run, style):
			text = f"<{tag}>{text}</{tag}>"
	if run.link:
		text = f'<a href="{html.escape(run.link)}" rel="noopener noreferrer">{text}</a>'
	return text


def as_data_url(picture: bytes) -> str:
	return f"data:image/{get_format(picture)};base64,{base64.b64encode(picture).decode()}"


def get_format(picture: bytes) -> str | None:
	"""Return the format of a picture; None for one that an article does not take."""
	try:
		with Image.open(io.BytesIO(picture), formats=tuple(FORMATS)) as image:
			return FORMATS[get_kind(image)]
	except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
		return None
