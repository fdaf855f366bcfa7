"""How the annexes write what a document holds: texts as typed, names, dates, files."""

from datetime import date, datetime

import frappe
from frappe.utils import cstr, get_datetime, getdate

from nmedia_app.files import base_name


def as_typed(value: str | None) -> str:
	"""Undo the escapes that the platform's filter put into a plain text in which it saw a tag."""
	return cstr(value).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def join(names) -> str:
	return "、".join(as_typed(name) for name in names if name)


def chinese_date(value: date | str | None) -> str:
	"""2026年6月10日; empty for none."""
	if not value:
		return ""
	day = getdate(value)
	return f"{day.year}年{day.month}月{day.day}日"


def chinese_time(value: datetime | str | None) -> str:
	"""2026年6月10日 09:30; empty for none."""
	return f"{chinese_date(value)} {get_datetime(value):%H:%M}" if value else ""


def get_file_name(url: str | None) -> str:
	"""Return the name under which a file was uploaded; empty for none."""
	return frappe.db.get_value("File", {"file_url": url}, "file_name") or base_name(url) if url else ""
