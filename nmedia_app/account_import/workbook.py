"""Reading what was uploaded and writing what is imported, as rows of cells."""

import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils.csvutils import read_csv_content
from frappe.utils.xlsxutils import read_xls_file_from_attached_file
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from nmedia_app.account_import.cells import is_blank
from nmedia_app.regulation.archives import keeps_to_its_sizes

Rows = list[list[Any]]

#: bytes; ten thousand accounts take a fifth of it
MOST_UNPACKED = 100 * 1024 * 1024


def read_rows(file: Document, count_known: Callable[[list], int]) -> Rows:
	"""Return the rows of a spreadsheet file, all of one length, so that the first is the sheet's row 1.

	:param count_known: how many headings of a row are known: of several sheets, the one that is meant.
	"""
	sheets = [trim(rows) for rows in read_sheets(file)]
	return max(sheets, key=lambda rows: max(map(count_known, rows[:10]), default=0), default=[])


def read_sheets(file: Document) -> Iterable[Rows]:
	content = file.get_content()
	kind = file.get_extension()[1].lstrip(".").lower()
	if kind == "csv":
		return [read_csv_content(decode(content))]
	if kind == "xls":
		return [read_xls_file_from_attached_file(content)]
	try:
		check_size(content)
		book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
	except (zipfile.BadZipFile, KeyError, TypeError, ValueError):
		frappe.throw(
			_("This file cannot be read. Please save it as an Excel workbook (.xlsx) and attach it.")
		)
	return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]


def check_size(content: bytes) -> None:
	"""Raise BadZipFile for a workbook that would unpack to more than any register."""
	with zipfile.ZipFile(io.BytesIO(content)) as archive:
		unpacked = sum(member.file_size for member in archive.infolist())
		if unpacked > MOST_UNPACKED or not keeps_to_its_sizes(archive):
			raise zipfile.BadZipFile


def decode(content: bytes | str) -> str:
	"""Return the text of a .csv file: Excel in China writes GB 18030, everybody else UTF-8."""
	if isinstance(content, str):
		return content
	try:
		return content.decode("utf-8")
	except UnicodeDecodeError:
		return content.decode("gb18030", errors="replace")


def trim(rows: Rows) -> Rows:
	"""Take away blank rows and columns after the last cell, and make all rows of one length."""
	rows = [list(row) for row in rows]
	while rows and all(map(is_blank, rows[-1])):
		rows.pop()
	lengths = [max((i for i, value in enumerate(row, 1) if not is_blank(value)), default=0) for row in rows]
	width = max(lengths, default=0)
	return [row[:width] + [None] * (width - len(row)) for row in rows]


def write_rows(rows: Rows, title: str, widths: dict[int, int] | None = None) -> bytes:
	"""Return a workbook with these rows on one sheet. A text stays a text, whatever it begins with."""
	book = Workbook()
	sheet = book.active
	sheet.title = title
	fill(sheet, rows)
	for index, width in (widths or {}).items():
		sheet.column_dimensions[get_column_letter(index)].width = width
	return as_bytes(book)


def fill(sheet, rows: Rows):
	"""Write rows from the sheet's first on, the first in bold."""
	for i, row in enumerate(rows, 1):
		for j, value in enumerate(row, 1):
			if is_blank(value):
				continue
			cell = sheet.cell(i, j)
			if isinstance(value, str):
				cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", value), "s"
				if "\n" in value:
					cell.alignment = Alignment(wrap_text=True, vertical="top")
			else:
				cell.value = value
				if hasattr(value, "year"):
					cell.number_format = "yyyy-mm-dd"
			if i == 1:
				cell.font = Font(bold=True)


def as_bytes(book: Workbook) -> bytes:
	buffer = io.BytesIO()
	book.save(buffer)
	return buffer.getvalue()
