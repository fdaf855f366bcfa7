"""What people write into the cells of a spreadsheet, read without knowing the register."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

_DAY = r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?|(?P<mmdd>\d{4}))"
_TIME = r"(?:(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?:(?P<second>\d{1,2})(?:\.\d+)?秒?)?)?)?"
_BEFORE_TIME = re.compile(r"(?<=\d)\s+(?=\d{1,2}\s*[:：时])")
_MOMENT = re.compile(rf"{_DAY}T?{_TIME}")
_NUMBER = re.compile(r"(?P<number>-?\d+(?:\.\d+)?)(?P<unit>万?)")
#: numbers that Excel shows as a day from 1954 to 2119, if the cell is formatted as one
_SERIAL_DAYS = range(20_000, 80_001)
_DAY_ZERO = datetime(1899, 12, 30)
_CHECKS = {
	**dict.fromkeys(("1", "y", "yes", "true", "t", "是", "√", "✓", "■"), 1),
	**dict.fromkeys(("0", "n", "no", "false", "f", "否", "×", "□"), 0),
}


def is_blank(value: Any) -> bool:
	return value is None or (isinstance(value, str) and not value.strip())


def read_text(value: Any) -> str:
	"""Return a cell as a text: a number without decimals that it does not need, a day as 2020-06-10."""
	if isinstance(value, float) and value.is_integer():
		value = int(value)
	if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
		value = value.date()
	return str(value).strip()


def read_header(value: Any) -> str:
	"""Return a column's heading without what people put around it: spaces, and the star of a required one."""
	return "" if value is None else re.sub(r"[\s*＊:：\ufeff]+", "", str(value))


def read_moment(value: Any) -> datetime | None:
	"""Return the day, and the time if there is one, that a cell means; None if it means no day.

	A date cell, 2020-06-10, 2020/6/10, 2020.6.10, 2020年6月10日, 20200610, or Excel's number of a day.
	"""
	if isinstance(value, datetime):
		return value
	if isinstance(value, date):
		return datetime(value.year, value.month, value.day)
	if isinstance(value, float | int) and value in _SERIAL_DAYS:
		return _DAY_ZERO + timedelta(days=value)
	# a space may be all that stands between the day and the hour
	match = _MOMENT.fullmatch(_plain(_BEFORE_TIME.sub("T", read_text(value))))
	if not match:
		return None
	parts = match.groupdict(default="0")
	mmdd = match["mmdd"]
	month, day = (mmdd[:2], mmdd[2:]) if mmdd else (parts["month"], parts["day"])
	numbers = (parts["year"], month, day, parts["hour"], parts["minute"], parts["second"])
	try:
		return datetime(*map(int, numbers))
	except ValueError:  # 30 February
		return None


def read_number(value: Any) -> float | int | None:
	"""Return the number that a cell means (1,200 and 1.2万 as well); None if it means none."""
	if isinstance(value, float | int) and not isinstance(value, bool):
		return _as_int(value)
	match = _NUMBER.fullmatch(_plain(str(value)).replace(",", ""))
	if not match:
		return None
	return _as_int(round(float(match["number"]) * (10_000 if match["unit"] else 1), 6))


def read_check(value: Any) -> int | None:
	"""Return 1 or 0 for a cell that says yes or no in Chinese, English or signs; None for another."""
	return _CHECKS.get(_plain(read_text(value)).casefold())


def _plain(text: str) -> str:
	return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _as_int(number: float | int) -> float | int:
	return int(number) if float(number).is_integer() else number
