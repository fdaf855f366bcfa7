"""Each cell as people wrote it → as it is stored, or as a fault of its row."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import frappe
from frappe import _
from frappe.model import no_value_fields, table_fields
from frappe.utils import get_fullname
from openpyxl.utils import get_column_letter

from nmedia_app.account_import import FAULTS
from nmedia_app.account_import.cells import (
	is_blank,
	read_check,
	read_header,
	read_moment,
	read_number,
	read_text,
)
from nmedia_app.account_import.workbook import Rows
from nmedia_app.phrases import name_some
from nmedia_app.register import PEOPLE
from nmedia_app.selectors.people import find_people

DOCTYPE = "Media Account"
#: the examples of the template: an import passes over them if they were left in it
EXAMPLES = ("（示例）信息化服务号", "（示例）网络与信息服务微博")
NUMBERS = ("Int", "Float", "Currency", "Percent")
#: what stands beside numbers of these types
SIGNS = {"Percent": "%％", "Currency": "¥￥$€£元CNYRMB"}
MOST_NAMED = 10  # how many of a long list of choices a message names
EVERYBODY = 100_000


class CellFault(Exception):
	"""What is wrong with one cell, said to whoever wrote it."""


def get_import_fields() -> list:
	"""List the fields of an account that an import can bring, in the form's order, custom ones included."""
	unfit = (*no_value_fields, *table_fields, "Attach", "Attach Image")
	return [
		df
		for df in frappe.get_meta(DOCTYPE).fields
		if df.fieldtype not in unfit and not df.hidden and not df.read_only and not df.is_virtual
	]


def in_either_language(text: str) -> set[str]:
	"""Return a source string and its forms in Chinese and in the user's language."""
	return {text, _(text), _(text, lang="zh")}


class Headings:
	"""Which column of a file is which field."""

	def __init__(self):
		meta = frappe.get_meta(DOCTYPE)
		self.fields = {df.fieldname: df for df in (*get_import_fields(), meta.get_field(FAULTS))}
		self.fieldnames = {
			read_header(words): name
			for name, df in reversed(self.fields.items())
			for words in (*in_either_language(df.label), name)
		}

	def find(self, heading: Any, mapped: str | None = None) -> str | None:
		"""Return the field of a heading, or the one to which the administrator mapped its column."""
		return self.fieldnames.get(read_header(mapped or heading))

	def count_known(self, row: list) -> int:
		return len({self.find(value) for value in row} - {None})


class Translation:
	"""The rows of a file, as they are stored."""

	def __init__(self, rows: Rows, column_map: dict[str, str] | None = None):
		"""Take rows of one length, and the platform's map of columns (index from 0 → field, as texts)."""
		self.headings = Headings()
		filled = [i for i, row in enumerate(rows) if not all(map(is_blank, row))]
		self.rows = rows
		self.start = filled[0] if filled else 0
		header = rows[self.start] if rows else []
		column_map = column_map or {}
		found = [self.headings.find(value, column_map.get(str(j))) for j, value in enumerate(header)]
		# of two columns for one field the first counts, as for the platform
		self.columns = [name if name not in found[:j] else None for j, name in enumerate(found)]
		self.header = header
		self.readers: dict[str, Callable[[Any], Any]] = {}

	def translate(self) -> Rows:
		"""Return the header with fieldnames and each row at its place, the faults in the last column."""
		own = [j for j, name in enumerate(self.columns) if name != FAULTS]
		out = [[self.columns[j] or self.header[j] for j in own] + [FAULTS]]
		for i, row in enumerate(self.rows[1:], 1):
			if i <= self.start or all(map(is_blank, row)) or self.is_example(row):
				out.append([None] * len(out[0]))
				continue
			values, faults = self.translate_row(row, i + 1)
			out.append([values[j] for j in own] + ["\n".join(faults) or None])
		return out

	def is_example(self, row: list) -> bool:
		return any(
			name == "account_name" and value in EXAMPLES
			for name, value in zip(self.columns, row, strict=True)
		)

	def translate_row(self, row: list, number: int) -> tuple[list, list[str]]:
		"""Return a row's cells as they are stored, the unreadable ones blank, and a sentence a fault."""
		values, faults = [], []
		for j, (name, value) in enumerate(zip(self.columns, row, strict=True)):
			try:
				values.append(self.read(name, value))
			except CellFault as fault:
				values.append(None)
				faults.append(f"{get_column_letter(j + 1)}{number} {self.label(name)}：{fault}")
		return values, [*faults, *self.find_missing(row, number)]

	def find_missing(self, row: list, number: int) -> Iterator[str]:
		"""Yield each required cell that is blank, where the form would not fill it in by itself."""
		given = {name for name, value in zip(self.columns, row, strict=True) if not is_blank(value)}
		for name, df in self.headings.fields.items():
			if df.reqd and not df.default and name not in given:
				letter = get_column_letter(self.columns.index(name) + 1) if name in self.columns else ""
				cell = f"{letter}{number} " if letter else ""
				yield f"{cell}{self.label(name)}：" + _("is missing. Please fill it in.")

	def label(self, name: str) -> str:
		return _(self.headings.fields[name].label)

	def read(self, name: str | None, value: Any) -> Any:
		"""Return a cell as it is stored. Raises CellFault."""
		if is_blank(value):
			return None
		if not name or name == FAULTS:
			return read_text(value) if isinstance(value, str) else value
		if name not in self.readers:
			self.readers[name] = make_reader(self.headings.fields[name])
		return self.readers[name](value)


def make_reader(df) -> Callable[[Any], Any]:
	"""Return what reads the cells of a field's column."""
	if df.fieldtype == "Link" and df.options == "User":
		return PersonReader(df.fieldname)
	if df.fieldtype == "Link":
		return LinkReader(df.options)
	if df.fieldtype == "Select" and df.options:
		return SelectReader(df.options.split("\n"))
	if df.fieldtype in SIGNS:
		return lambda value: read_any_number(without_sign(value, SIGNS[df.fieldtype]))
	if df.fieldtype in NUMBERS:
		return read_whole_number if df.fieldtype == "Int" else read_any_number
	return {"Date": read_date, "Datetime": read_datetime, "Check": read_yes_or_no}.get(
		df.fieldtype, read_text
	)


def read_date(value: Any) -> date:
	return read_datetime(value).date()


def read_datetime(value: Any) -> datetime:
	if moment := read_moment(value):
		return moment
	raise CellFault(_("“{0}” is no date. Please write it like 2020-06-10.").format(read_text(value)))


def read_any_number(value: Any) -> float | int:
	if (number := read_number(value)) is not None:
		return number
	raise CellFault(_("“{0}” is no number. Please write digits.").format(read_text(value)))


def without_sign(value: Any, signs: str) -> Any:
	"""Return a number without the sign that the app prints beside it: 12.5%, ¥ 100."""
	return value.strip().strip(signs) if isinstance(value, str) else value


def read_whole_number(value: Any) -> int:
	number = read_any_number(value)
	if isinstance(number, int):
		return number
	raise CellFault(_("“{0}” is no whole number. Please write digits.").format(read_text(value)))


def read_yes_or_no(value: Any) -> int:
	if (check := read_check(value)) is not None:
		return check
	raise CellFault(_("“{0}” is neither “Yes” nor “No”.").format(read_text(value)))


class SelectReader:
	"""One of a field's choices, in Chinese, in the user's language, or as it is stored."""

	def __init__(self, options: list[str]):
		self.options = [option for option in options if option]
		self.stored = {
			words.casefold(): option for option in self.options for words in in_either_language(option)
		}

	def __call__(self, value: Any) -> str:
		text = read_text(value)
		if found := self.stored.get(text.casefold()):
			return found
		choices = "、".join(_(option) for option in self.options)
		raise CellFault(_("“{0}” is none of the choices. Please choose from: {1}").format(text, choices))


class LinkReader:
	"""A record, by its name or by the title that one record alone has."""

	def __init__(self, doctype: str):
		self.doctype = doctype
		self.title_field = frappe.get_meta(doctype).title_field
		self.found: dict[str, str | None] = {}

	def __call__(self, value: Any) -> str:
		text = read_text(value)
		if text not in self.found:
			self.found[text] = self.find(text)
		if found := self.found[text]:
			return found
		raise CellFault(
			_(
				"“{0}” does not exist. Please choose from: {1}, or set it up and start the import again."
			).format(text, self.list_some())
		)

	def find(self, text: str) -> str | None:
		if name := frappe.db.get_value(self.doctype, {"name": text}):
			return name
		if not self.title_field or self.title_field == "name":
			return None
		names = frappe.get_all(self.doctype, filters={self.title_field: text}, pluck="name", limit=2)
		return names[0] if len(names) == 1 else None

	def list_some(self) -> str:
		names = frappe.get_all(self.doctype, pluck="name", order_by="name asc", limit=MOST_NAMED + 1)
		return name_some(names, MOST_NAMED)


class PersonReader:
	"""Somebody who can do what the field asks for (Article 4), by login or by a name that nobody else has."""

	def __init__(self, fieldname: str):
		self.fieldname = fieldname
		self.people: dict[str, set[str]] = {}
		for user, full_name in self.list_people():
			for words in (user, full_name):
				self.people.setdefault(words.casefold(), set()).add(user)

	def list_people(self) -> list:
		if self.fieldname in PEOPLE:
			return find_people(self.fieldname, "", 0, EVERYBODY)
		return frappe.get_all("User", filters={"enabled": 1}, fields=["name", "full_name"], as_list=True)

	def __call__(self, value: Any) -> str:
		text = read_text(value)
		users = self.people.get(text.casefold(), set())
		if len(users) == 1:
			return next(iter(users))
		if users:
			raise CellFault(
				_(
					"There are {0} people by the name of “{1}”. Please write the login of the one you mean."
				).format(len(users), text)
			)
		raise CellFault(self.say_unfit(text))

	def say_unfit(self, text: str) -> str:
		unfit = frappe.get_all("User", or_filters={"name": text, "full_name": text}, pluck="name", limit=1)
		if not unfit:
			return _("“{0}” is nobody here. Please write a login, or the full name of a user.").format(text)
		roles = "、".join(_(role) for role in PEOPLE.get(self.fieldname, ()))
		return _("“{0}” cannot log in, or has none of the roles {1}. Please name somebody else.").format(
			get_fullname(unfit[0]), roles
		)
