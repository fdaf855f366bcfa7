"""The overview of a round as a workbook: its sections, and every audit."""

from collections.abc import Iterable, Sequence

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from nmedia_app.account_import.workbook import as_bytes
from nmedia_app.language import speaking
from nmedia_app.nmedia_app.print_formats.wording import NO_RECORD
from nmedia_app.selectors.round_overview import COUNTS, get_overview, list_for_export

CHINESE = "zh"
#: of an account that was closed before its audit was decided on
ENDED = "已注销"
HEADING = {
	"total": "应审账号",
	"filed": "已填报",
	"gathered": "已汇总",
	"approved": "已通过",
	"rejected": "未通过",
	"missing": "未填报",
	"deregistered": ENDED,
	"dormant": "僵尸账号",
}
#: field of an audit → heading and width of its column
COLUMNS = {
	"name": ("编号", 20),
	"section": ("科室", 16),
	"platform": ("平台", 10),
	"account_name": ("账号名称", 28),
	"administrator_name": ("管理员", 12),
	"workflow_state": ("状态", 18),
	"due_on": ("截止日期", 12),
	"followers_before": ("上期粉丝数", 12),
	"followers": ("现粉丝数", 12),
	"articles_reviewed": ("审核文章", 10),
	"articles_published": ("发布文章", 10),
	"articles_returned": ("退回文章", 10),
	"articles_withdrawn": ("撤回文章", 10),
	"articles_unmatched": ("发布与审核不符", 16),
	"last_published_on": ("最近发布", 12),
	"dormant": ("僵尸账号", 10),
	"opinion": ("审批意见", 24),
	"reviewer_name": ("审批人", 12),
	"reviewed_on": ("审批日期", 12),
}
GROUND = PatternFill("solid", fgColor="DCE6F1")


def make_workbook(round_doc: Document) -> bytes:
	"""Return the workbook (.xlsx) of what the session user may see of a round; its words are Chinese."""
	with speaking(CHINESE):
		book = Workbook(write_only=True)
		overview = get_overview(round_doc, frappe.session.user)
		write_sheet(
			book, "分科室汇总", [("科室", 24), *((HEADING[key], 12) for key in COUNTS)], count(overview)
		)
		write_sheet(book, "账号明细", COLUMNS.values(), map(as_cells, list_for_export(round_doc.name)))
		return as_bytes(book)


def count(overview: dict) -> Iterable[list]:
	for row in (*overview["sections"], {"section": "合计", **overview["total"]}):
		yield [row["section"], *(row[key] for key in COUNTS)]


def as_cells(audit: frappe._dict) -> list:
	shown = {
		"workflow_state": ENDED if audit.ended else _(audit.workflow_state),
		"dormant": "是" if cint(audit.dormant) else "否",
	}
	if not audit.followers_before_on:
		shown["followers_before"] = NO_RECORD
	return [shown.get(field, audit.get(field)) for field in COLUMNS]


def write_sheet(
	book: Workbook, title: str, columns: Iterable[tuple[str, int]], rows: Iterable[Sequence]
) -> None:
	"""Write rows below their headings, one after the other: no more than one is in memory."""
	columns = [*columns]
	sheet = book.create_sheet(title)
	sheet.freeze_panes = "A2"
	for index, (_heading, width) in enumerate(columns, 1):
		sheet.column_dimensions[get_column_letter(index)].width = width
	sheet.append([as_heading(sheet, heading) for heading, _width in columns])
	for row in rows:
		sheet.append([as_cell(sheet, value) for value in row])


def as_heading(sheet, text: str) -> WriteOnlyCell:
	cell = WriteOnlyCell(sheet, text)
	cell.font, cell.fill = Font(bold=True), GROUND
	cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
	return cell


def as_cell(sheet, value) -> WriteOnlyCell:
	"""A text stays a text, whatever it begins with."""
	if not isinstance(value, str):
		cell = WriteOnlyCell(sheet, value)
		if hasattr(value, "year"):
			cell.number_format = "yyyy-mm-dd"
		return cell
	cell = WriteOnlyCell(sheet)
	cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", value), "s"
	if "\n" in value:
		cell.alignment = Alignment(wrap_text=True, vertical="top")
	return cell
