"""How the annexes write what a document holds: texts as typed, names, dates, files."""

from collections.abc import Iterable
from datetime import date, datetime

import frappe
from frappe.utils import cstr, get_datetime, getdate

from nmedia_app.files import base_name
from nmedia_app.typed_texts import as_typed

#: where nobody counted: nought would be a count
NO_RECORD = "无记录"


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


def plain_date(value: date | str | None) -> str:
	"""2026-06-10, for narrow columns; empty for none."""
	return f"{getdate(value):%Y-%m-%d}" if value else ""


def plain_time(value: datetime | str | None) -> str:
	"""2026-06-10 09:30, for narrow columns; empty for none."""
	return f"{get_datetime(value):%Y-%m-%d %H:%M}" if value else ""


def get_file_name(url: str | None) -> str:
	"""Return the name under which a file was uploaded; empty for none, and a name for itself."""
	return get_file_names([url])[url] if url and "/" in url else cstr(url)


def get_file_names(urls: Iterable[str | None]) -> dict[str, str]:
	"""Return address → the name under which the file was uploaded, with one question for all of them."""
	urls = {url for url in urls if url}
	if not urls:
		return {}
	names = frappe.get_all(
		"File",
		filters={"file_url": ["in", urls]},
		fields=["file_url", "file_name"],
		order_by="creation asc, name asc",
		as_list=True,
	)
	return {url: base_name(url) for url in urls} | {url: name for url, name in names if name}
