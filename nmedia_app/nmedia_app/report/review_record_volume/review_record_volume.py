"""审查记录表: the year's volume of review records, as the General Office keeps and prints it (Article 7)."""

import io
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_datetime, getdate, now_datetime
from frappe.utils.pdf import get_pdf
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from werkzeug.wrappers import Response

from nmedia_app.regulation.custody import printed_digest
from nmedia_app.regulation.review import PUBLISHED, WITHDRAWN
from nmedia_app.services.custody import get_last_entry

DOCTYPE = "Custody Entry"
TITLE = "信息化建设与管理处新媒体宣传文章审查记录表"  # Article 7; like the annexes, in no other language
TEMPLATE = "nmedia_app/nmedia_app/report/review_record_volume/review_record_volume_print.html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: (fieldname, heading, width on the screen in pixels, width on paper in per cent)
COLUMNS = (
	("label", "编号", 150, 11),
	("title", "文章标题", 280, 21),
	("accounts", "发布媒体", 200, 14),
	("copywriters", "文案人员", 110, 8),
	("editors", "编辑人员", 110, 8),
	("reviewer_name", "审查人", 110, 8),
	("reviewed_on", "审查日期", 110, 9),
	("published_on", "发布时间", 150, 12),
	("note", "备注", 120, 9),
)


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Return the report's columns and the lines of the volume (filter `volume`: the year, else this one)."""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	columns = [
		{"fieldname": fieldname, "label": heading, "fieldtype": "Data", "width": width}
		for fieldname, heading, width, _per_cent in COLUMNS
	]
	link = {"fieldname": "article", "label": _("Article Review"), "fieldtype": "Link", "width": 170}
	return [*columns, {**link, "options": "Article Review"}], get_lines(get_volume(filters))


def get_volume(filters: dict | None) -> int:
	return cint((filters or {}).get("volume")) or now_datetime().year


def get_lines(volume: int) -> list[frappe._dict]:
	"""Return the records of a volume in the order of their numbers, as they are printed."""
	withdrawn = get_withdrawn_labels()
	lines = frappe.get_all(
		DOCTYPE,
		filters={"volume": volume, "event": PUBLISHED},
		fields=["article", *(fieldname for fieldname, *_rest in COLUMNS if fieldname != "note")],
		order_by="number asc",
	)
	for line in lines:
		line.reviewed_on = cstr(getdate(line.reviewed_on)) if line.reviewed_on else ""
		line.published_on = (
			format_datetime(line.published_on, "yyyy-MM-dd HH:mm") if line.published_on else ""
		)
		line.note = f"已于{withdrawn[line.label]}撤回" if line.label in withdrawn else ""
	return lines


def get_withdrawn_labels() -> dict[str, str]:
	"""Return number → day of withdrawal."""
	rows = frappe.get_all(DOCTYPE, filters={"event": WITHDRAWN}, fields=["label", "kept_on"])
	return {row.label: cstr(getdate(row.kept_on)) for row in rows}


@frappe.whitelist()
def download(volume: int | str, kind: str) -> Response:
	"""Send a volume's register as PDF or Excel file (`kind`: "pdf" or "xlsx") to whoever may print it."""
	frappe.has_permission(DOCTYPE, "print", throw=True)
	volume = cint(volume)
	if kind == "xlsx":
		content, mimetype = as_xlsx(volume), XLSX
	else:
		kind, content, mimetype = "pdf", as_pdf(volume), "application/pdf"
	response = Response(content, mimetype=mimetype)
	full = quote(f"{TITLE}-{volume}.{kind}", safe="")
	response.headers["Content-Disposition"] = (
		f"attachment; filename=\"review-records-{volume}.{kind}\"; filename*=UTF-8''{full}"
	)
	return response


def as_pdf(volume: int) -> bytes:
	lines = get_lines(volume)
	context = {"title": TITLE, "volume": volume, "columns": COLUMNS, "lines": lines}
	html = frappe.get_template(TEMPLATE).render({**context, "closing": get_closing(volume, lines)})
	return get_pdf(html, {"orientation": "Landscape", "page-size": "A4"})


def as_xlsx(volume: int) -> bytes:
	book = Workbook()
	sheet = book.active
	sheet.title = f"{volume}年"
	sheet.append([f"{TITLE}（{volume}年）"])
	sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(COLUMNS))
	sheet["A1"].font = Font(size=14, bold=True)
	sheet.append([heading for _fieldname, heading, *_widths in COLUMNS])
	lines = get_lines(volume)
	for line in lines:
		sheet.append([as_cell(line.get(fieldname)) for fieldname, *_rest in COLUMNS])
	arrange(sheet)
	for sentence in get_closing(volume, lines):
		sheet.append([sentence])
	buffer = io.BytesIO()
	book.save(buffer)
	return buffer.getvalue()


def get_closing(volume: int, lines: list) -> list[str]:
	"""Return what stands below the register: how many, who keeps it, and how to see whether it holds."""
	closing = [f"共 {len(lines)} 件。本表由信息化建设与管理处综合办公室保管。"]
	if last := get_last_entry(volume):
		closing.append(f"存证链至第 {last.position} 条，核对码：{printed_digest(last.digest)}")
	return closing


def as_cell(value) -> str:
	"""Return a text that Excel shows as it is: what begins like a formula stays a text."""
	text = cstr(value)
	return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def arrange(sheet):
	"""Give the sheet the look of a printed register: borders, A4 landscape, a heading on each page."""
	line = Side(style="thin")
	for row in sheet.iter_rows(min_row=2):
		for cell in row:
			cell.border = Border(left=line, right=line, top=line, bottom=line)
			cell.alignment = Alignment(wrap_text=True, vertical="center")
	for number, (_fieldname, _heading, width, _per_cent) in enumerate(COLUMNS, 1):
		sheet.column_dimensions[get_column_letter(number)].width = width / 8
	sheet["A1"].alignment = Alignment(horizontal="center")
	sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
	sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
	sheet.print_title_rows = "1:2"
