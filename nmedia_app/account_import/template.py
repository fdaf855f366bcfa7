"""The workbook to fill in, made of the form's own fields."""

from frappe import _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from nmedia_app.account_import.translation import EXAMPLES, NUMBERS, get_import_fields
from nmedia_app.account_import.workbook import as_bytes, fill
from nmedia_app.register import PEOPLE

#: rows that have the drop-downs
MOST_ROWS = 2000
#: the people of an example go by their function; what a site calls its own is left out
EXAMPLE_CELLS = {
	"account_name": EXAMPLES,
	"platform": ("微信", "微博"),
	"handle": ("npu-it-example", "https://weibo.example/it"),
	"platform_id": ("gh_0123456789ab", "1234567890"),
	"status": ("Active", "In Preparation"),
	"section": ("科室甲", "科室乙"),
	"account_holder": ("This Unit", "This Unit"),
	"supervising_unit": ("信息化建设与管理处", "信息化建设与管理处"),
	"opened_on": ("2020-06-10", "2020年6月10日"),
	"followers": (12000, 350),
	"purpose": ("发布服务通知", "发布网络运行情况"),
	"server_use": ("No Data Service", "Data Service"),
	"server_location": ("", "校内数据中心"),
	"responsible_person": ("处负责人", "处负责人"),
	"responsible_title": ("处长", "处长"),
	"supervising_leader": ("处级领导", "处级领导"),
	"administrator": ("编辑甲", "编辑乙"),
	"business_lead": ("科室负责人甲", "科室负责人乙"),
	"business_lead_title": ("科长", "科长"),
	"business_lead_phone": ("029-88400000", "13800000000"),
	"technical_lead": ("工程师甲", "工程师乙"),
	"technical_lead_title": ("工程师", "工程师"),
	"technical_lead_phone": ("88400001", "13800000001"),
	"measures": ("双人保管密码，先审后发", "双人保管密码，先审后发"),
}


def make_template(choices: dict[str, list[str]] | None = None) -> bytes:
	"""Return the workbook (.xlsx) in the user's language: to fill in, what each column means, the choices.

	:param choices: fieldname → what the drop-down of its column offers; those of a selection are added.
	"""
	fields = get_import_fields()
	choices = {**{df.fieldname: list_options(df) for df in fields if list_options(df)}, **(choices or {})}
	book = Workbook()
	accounts, columns, options = (
		book.active,
		book.create_sheet(_("How to Fill In")),
		book.create_sheet(_("Choices")),
	)
	accounts.title = _("Media Account")
	fill_accounts(accounts, fields)
	fill_columns(columns, fields)
	add_drop_downs(accounts, options, fields, choices)
	options.sheet_state = "hidden"
	return as_bytes(book)


def is_required(df) -> bool:
	"""Tell whether a cell must be filled in: a choice with a default need not."""
	return bool(df.reqd and not df.default)


def list_options(df) -> list[str]:
	if df.fieldtype != "Select":
		return []
	return [_(option) for option in (df.options or "").split("\n") if option]


def fill_accounts(sheet, fields: list):
	"""Write the headings, the required ones on a ground, and two examples."""
	examples = [[get_example(df, i) for df in fields] for i in range(len(EXAMPLES))]
	fill(sheet, [[_(df.label) for df in fields], *examples])
	for j, df in enumerate(fields, 1):
		cell = sheet.cell(1, j)
		cell.comment = Comment(describe(df), "", width=260, height=120)
		cell.alignment = Alignment(wrap_text=True, vertical="center")
		if is_required(df):
			cell.fill = PatternFill("solid", fgColor="FFF2CC")
		sheet.column_dimensions[get_column_letter(j)].width = 26 if df.fieldtype == "Small Text" else 18
		if df.fieldtype in ("Data", "Date"):
			# a telephone number keeps its 0, and Excel does not guess what a day is
			sheet.column_dimensions[get_column_letter(j)].number_format = "@"
	for row in (2, 3):
		for cell in sheet[row]:
			cell.font = Font(italic=True, color="7F7F7F")
	sheet.freeze_panes = "B2"


def get_example(df, number: int) -> str | int | None:
	cells = EXAMPLE_CELLS.get(df.fieldname)
	if not cells:
		return None
	return _(cells[number]) if df.fieldtype == "Select" else cells[number]


def fill_columns(sheet, fields: list):
	"""Write one line about each column, and above them what holds for all."""
	heading = [_("Column"), _("Required"), _("What to Write")]
	rows = [[_(df.label), _("Yes") if is_required(df) else "", describe(df)] for df in fields]
	notes = (
		_("One row for each account. The order of the columns is free; columns left out stay empty."),
		_("The two examples are passed over; they may be deleted."),
		_("A row with a fault is named with its number and left out; all other rows are imported."),
	)
	fill(sheet, [heading, *rows, [], *[[note] for note in notes]])
	for letter, width in zip("ABC", (30, 10, 90), strict=True):
		sheet.column_dimensions[letter].width = width
	for row in sheet.iter_rows(min_row=2, max_row=len(rows) + 1):
		for cell in row:
			cell.alignment = Alignment(wrap_text=True, vertical="top")


def describe(df) -> str:
	"""Say what to write into a field's column."""
	words = describe_own(df.fieldname) or describe_kind(df)
	return " ".join(filter(None, (words, describe_default(df))))


def describe_own(fieldname: str) -> str | None:
	"""Say what the register's rules ask of a field (`nmedia_app.register`)."""
	if fieldname in PEOPLE:
		roles = "、".join(_(role) for role in PEOPLE[fieldname])
		return _("Login or full name of a user who can log in and has one of the roles {0}.").format(roles)
	if fieldname.endswith("_phone"):
		return _("A mobile number, a fixed line like 029-88400000, or an extension.")
	sentences = {
		"account_name": _("The name as the platform shows it."),
		"handle": _(
			"Weibo: the address with https://. WeChat: the WeChat ID, 6 to 20 letters, digits, _ or -."
			" No two live accounts share one."
		),
		"platform_id": _("What the platform calls the account for good, if it is known."),
		"server_location": _("Required if the account has a data service."),
	}
	return sentences.get(fieldname)


def describe_kind(df) -> str:
	"""Say what a field of this kind takes."""
	if df.fieldtype == "Link" and df.options == "User":
		return _("Login or full name of a user who can log in.")
	if df.fieldtype == "Link":
		return _("The name of a record that is set up under {0}.").format(_(df.options))
	if df.fieldtype == "Select":
		return _("One of: {0}").format("、".join(list_options(df)))
	if df.fieldtype in ("Date", "Datetime"):
		return _("A date, like 2020-06-10, 2020/6/10 or 2020年6月10日; not in the future.")
	if df.fieldtype in NUMBERS:
		return _("A number.")
	if df.fieldtype == "Check":
		return _("Yes or No.")
	return _("Text.")


def describe_default(df) -> str:
	if not df.default or df.fieldtype != "Select":
		return ""
	return _("If left empty: {0}.").format(_(df.default))


def add_drop_downs(sheet, options, fields: list, choices: dict[str, list[str]]):
	"""Offer a column's choices, which stand on a sheet of their own: a list in the rule itself is short."""
	for column, (name, words) in enumerate(choices.items(), 1):
		j = next((j for j, df in enumerate(fields, 1) if df.fieldname == name), None)
		if not (j and words):
			continue
		letter, source = get_column_letter(j), get_column_letter(column)
		for i, text in enumerate([sheet.cell(1, j).value, *words], 1):
			options.cell(i, column, text).data_type = "s"
		rule = DataValidation(
			type="list",
			formula1=f"{quote_sheetname(options.title)}!${source}$2:${source}${len(words) + 1}",
			allow_blank=True,
			showErrorMessage=False,  # a name that is set up only later may be written, too
		)
		rule.add(f"{letter}2:{letter}{MOST_ROWS}")
		sheet.add_data_validation(rule)
