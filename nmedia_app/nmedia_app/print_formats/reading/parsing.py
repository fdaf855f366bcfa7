"""What people write on paper as what fields hold: days, counts, telephone numbers, names, ticked boxes.

Each reads a text and returns the value, with a doubt if a person should look at it; None if it means nothing.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from nmedia_app.account_import.cells import read_moment, read_number
from nmedia_app.nmedia_app.print_formats.paper import BETWEEN_FIELDS
from nmedia_app.nmedia_app.print_formats.reading.signs import Option, has_boxes, read_options
from nmedia_app.nmedia_app.print_formats.reading.values import ReadValue
from nmedia_app.phrases import Phrase, _
from nmedia_app.regulation.filing import is_phone

_LINE: Final = "___"
_LINE_TO_WRITE_ON = re.compile(rf"{_LINE}_*")
_LINES_BEFORE = re.compile(rf"(?:\s*{_LINE}_*(?!\S))*\s*")
_CHINESE_DAYS: Final = {
	**{word: number for number, word in enumerate("〇一二三四五六七八九")},
	**dict.fromkeys(("零", "○", "Ｏ", "O"), 0),
}
_CHINESE_NUMBER = re.compile(r"[〇零○一二三四五六七八九十]+")
_HALF = re.compile(r"(\d{1,2})[点时]半")
_FULL_HOUR = re.compile(r"(\d{1,2})[点时](?:整|钟)?(?!\d)")
_MORNING = re.compile(r"上午|早上|早晨|凌晨")
_AFTERNOON = re.compile(r"(?:下午|晚上|傍晚|晚)(\d{1,2})")
_ABOUT = re.compile(r"^(?:约|大约|近|逾|超过?|截至[^0-9]*)|[余多]|左右|\+$")
_UNITS = re.compile(r"(?:人|个|名|位|粉丝)+$")
_PHONES = re.compile(r"\+?\d[\d\-—－() （）转]{2,}\d|\d{4,}")
_PARTS = re.compile(r"[\s　，,;；、/]+")
_POSITION = re.compile(r"(?:长|任|书记|主管|员|师|干事|授|理|助|正职|副职|负责人|组长|馆员|专员|秘书|总监)$")
_SUBLABELS = re.compile(r"(姓\s*名|职\s*务|职\s*称|联系电话|联系方式|电\s*话|手\s*机)\s*[:：]")
_SUBFIELDS: Final = {"姓名": "name", "职务": "title", "职称": "title"}


def say(message: str, *params) -> Phrase:
	return Phrase(message, params)


def read_plain(text: str) -> ReadValue:
	"""A text as it stands, without the lines to write on at its ends; doubtful if it touches one."""
	written = _without_lines_before(_without_lines_before(text)[::-1])[::-1]
	value = written.lstrip("_") if written.startswith(_LINE) else written
	value = (value.rstrip("_") if value.endswith(_LINE) else value).strip()
	doubt = say(_("The line to write on was left out: {0}. Please check."), written)
	return ReadValue(value or None, doubt if value != written else None, value)


def _without_lines_before(text: str) -> str:
	return text[_LINES_BEFORE.match(text).end() :]


def _without_lines(text: str) -> str:
	"""Return what is no text but a day or a number, without the lines to write its parts on."""
	return _LINE_TO_WRITE_ON.sub("", text).strip()


def read_day(text: str) -> ReadValue:
	"""2026年3月1日, 2026-3-1, 2026.3.1, 二〇二六年三月一日 → 2026-03-01."""
	plain = _without_lines(text)
	if not re.search(r"[0-9０-９〇零一二三四五六七八九十]", plain):
		return ReadValue() if not re.sub(r"[年月日\s]", "", plain) else _unreadable_day(plain)
	moment = read_moment(as_digits(plain))
	return ReadValue(moment.date().isoformat(), text=plain) if moment else _unreadable_day(plain)


def _unreadable_day(text: str) -> ReadValue:
	return ReadValue(None, say(_("“{0}” is no day with year, month and day. Please enter it."), text), text)


def read_time(text: str) -> ReadValue:
	"""2026年3月1日 09:30, 2026.3.1 下午3点半 → 2026-03-01 15:30:00; doubtful without a time of day."""
	plain = _without_lines(text)
	if not re.sub(r"[年月日时分:：\s]", "", plain):
		return ReadValue()
	words = as_digits(plain)
	words = _HALF.sub(r"\1:30", _MORNING.sub("", words))
	words = _AFTERNOON.sub(lambda match: str(int(match[1]) % 12 + 12), words)
	words = re.sub(r"(\d)点(?=\d)", r"\1:", _FULL_HOUR.sub(r"\1:00", words))
	moment = read_moment(
		re.sub(
			r"[（(](?:周|星期|礼拜)?[一二三四五六日天1-6][)）]|(?:周|星期)[一二三四五六日天1-6]", "", words
		)
	)
	if not moment:
		return ReadValue(None, say(_("“{0}” is no day and time of day. Please enter them."), plain), plain)
	has_time = ":" in unicodedata.normalize("NFKC", words) or "时" in words
	doubt = None if has_time else say(_("There is a day but no time of day. Please enter it."))
	return ReadValue(moment.isoformat(" ", "seconds"), doubt, plain)


def as_digits(text: str) -> str:
	"""Return a date that is written in Chinese numerals in digits: 二〇二六年三月一日."""
	return _CHINESE_NUMBER.sub(lambda match: _as_number(match[0]), text) if "年" in text else text


def _as_number(numerals: str) -> str:
	if "十" not in numerals:
		return "".join(str(_CHINESE_DAYS[numeral]) for numeral in numerals)
	tens, _ten, ones = numerals.partition("十")
	return str((_CHINESE_DAYS.get(tens, 1) if tens else 1) * 10 + (_CHINESE_DAYS.get(ones, 0) if ones else 0))


def read_count(text: str) -> ReadValue:
	"""1,200, 1.2万, 约1200人 → 1200."""
	plain = _without_lines(text)
	if not plain:
		return ReadValue()
	words = unicodedata.normalize("NFKC", plain).strip()
	words = re.sub(r"(?<=\d)\s*[wW]$", "万", _UNITS.sub("", words))
	exact = _ABOUT.sub("", words).strip()
	number = read_number(_UNITS.sub("", exact))
	if number is None or number != int(number) or number < 0:
		return ReadValue(None, say(_("“{0}” is no number. Please enter it in digits."), plain), plain)
	doubt = say(_("“{0}” is not exact. Please check."), plain) if exact != words else None
	return ReadValue(int(number), doubt, plain)


def read_phone(text: str) -> ReadValue:
	"""A telephone number as it stands, or without the spaces in it."""
	plain = _without_lines(text)
	if not plain or is_phone(plain):
		return ReadValue(plain or None, text=plain)
	joined = re.sub(r"\s+", "", unicodedata.normalize("NFKC", plain))
	if is_phone(joined):
		return ReadValue(joined, text=plain)
	return ReadValue(plain, say(_("This is not one telephone number. Please check.")), plain)


def read_person(text: str) -> dict[str, ReadValue]:
	"""甲，科长，029-88490001 in one cell → name, title and phone, doubtful as they are taken apart."""
	if _SUBLABELS.search(text):
		return _read_sublabelled(text)
	phones = [match[0].strip() for match in _PHONES.finditer(text) if is_phone(match[0].strip())]
	rest = text
	for phone in phones:
		rest = rest.replace(phone, " ")
	rest = re.sub(r"[(（][\s　]*[)）]", " ", rest)
	name, title = split_name(rest)
	doubt = say(_("Name, position and telephone stood in one cell. Please check."))
	values = {"name": name.value, "title": title.value, "phone": phones[0] if len(phones) == 1 else None}
	read = {part: ReadValue(value, doubt if value else None, text) for part, value in values.items()}
	if len(phones) > 1:
		read["phone"] = ReadValue(
			None, say(_("This is not one telephone number. Please check.")), "、".join(phones)
		)
	elif not phones:
		read["phone"] = ReadValue()
	return read


def _read_sublabelled(text: str) -> dict[str, ReadValue]:
	pieces = _SUBLABELS.split(text)
	values = {"name": read_plain(pieces[0].strip(" 　,，;；、"))} if pieces[0].strip() else {}
	for label, piece in zip(pieces[1::2], pieces[2::2], strict=True):
		part = _SUBFIELDS.get(re.sub(r"\s", "", label), "phone")
		piece = piece.strip(" \t\n　,，;；、")
		values[part] = read_phone(piece) if part == "phone" else read_plain(piece)
	return {part: values.get(part, ReadValue()) for part in ("name", "title", "phone")}


def split_name(text: str) -> tuple[ReadValue, ReadValue]:
	"""甲　处长 → name and position; what cannot be told apart is the name, and doubtful."""
	text = read_plain(text).text
	if _SUBLABELS.search(text):
		read = _read_sublabelled(text)
		return read["name"], read["title"]
	if BETWEEN_FIELDS in text:
		name, _between, title = text.partition(BETWEEN_FIELDS)
		return read_plain(name), read_plain(title)
	if match := re.fullmatch(r"(?P<name>[^()（）\s]{2,6})\s*[(（](?P<title>[^()（）]+)[)）]", text):
		return read_plain(match["name"]), read_plain(match["title"])
	parts = [part for part in _PARTS.split(text) if part]
	positions = [part for part in parts if _POSITION.search(part) and len(part) > 1]
	if len(parts) > 1 and positions and len(positions) < len(parts):
		name = "".join(part for part in parts if part not in positions)
		return read_plain(name), read_plain("、".join(positions))
	if len(parts) > 1 or len(text) > 4:
		return ReadValue(
			text, say(_("Name and position cannot be told apart. Please check.")), text
		), ReadValue()
	return read_plain(text), ReadValue()


def read_names(text: str) -> ReadValue:
	"""甲、乙 → a list of names."""
	plain = read_plain(text).text
	names = [name.strip() for name in re.split(r"[、，,;；/／\n\t　]+", plain) if name.strip()]
	return ReadValue(names or None, text=plain)


def get_ticked(text: str) -> list[Option] | None:
	"""Return the ticked ones of a text's boxes; None if it has no boxes."""
	return [option for option in read_options(text) if option.ticked] if has_boxes(text) else None


def say_ticked(options: Sequence[Option]) -> Phrase:
	words = "、".join(option.text for option in options)
	return say(_("Several boxes are ticked: {0}. Please choose."), words)
