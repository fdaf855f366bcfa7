"""Annex 1, 账号备案信息表, as somebody filled it in (Articles 4 and 5)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nmedia_app.nmedia_app.print_formats.engine.values import Block
from nmedia_app.nmedia_app.print_formats.paper import (
	BECOMES,
	BOXES,
	EMPTY,
	HINTS,
	HOLDERS,
	NOT_ON_PAPER,
	REGISTER_SAID,
	RETURNED_SAID,
	RULES_ATTACHED,
	SERVER_BOXES,
)
from nmedia_app.nmedia_app.print_formats.reading.document import text_of
from nmedia_app.nmedia_app.print_formats.reading.labels import Found, LabelledValues, Labels
from nmedia_app.nmedia_app.print_formats.reading.parsing import (
	get_ticked,
	read_count,
	read_day,
	read_person,
	read_phone,
	read_plain,
	say,
	say_ticked,
	split_name,
)
from nmedia_app.nmedia_app.print_formats.reading.signs import Option
from nmedia_app.nmedia_app.print_formats.reading.values import ReadValue
from nmedia_app.phrases import _
from nmedia_app.regulation.filing import CHANGE, CHINESE, DATA_SERVICE, DEREGISTRATION, is_phone

LEADS: Final = ("business_lead", "technical_lead")
LABELS: Final = Labels(
	values={
		"account_name": ("账号名称", "帐号名称", "公众号名称", "平台名称", "新媒体名称", "账号名"),
		"supervising_unit": ("主管单位", "主办单位", "所属单位", "开办单位", "单位名称"),
		"platform": ("账号性质", "帐号性质", "账号类型", "账号类别", "平台类型"),
		"handle": ("微博网址/微信号", "微信号/微博网址", "微博地址/微信号", "微博网址", "微信号", "账号ID"),
		"opened_on": ("开通时间", "开通日期", "注册时间"),
		"followers": ("当前粉丝数", "粉丝数", "粉丝数量", "关注人数"),
		"server": ("服务器", "服务器情况", "服务器设置"),
		"purpose": ("功能定位", "账号定位", "平台定位"),
		"responsible_person": ("责任人", "第一责任人"),
		"business_lead": ("业务负责人", "业务联系人"),
		"technical_lead": ("技术负责人", "技术联系人"),
		"measures": ("管理措施",),
		"remarks": ("备注",),
	},
	optional={
		"responsible_title": ("责任人职务",),
		"business_lead_title": ("业务负责人职务",),
		"business_lead_phone": ("业务负责人电话", "业务负责人联系电话", "业务负责人联系方式"),
		"technical_lead_title": ("技术负责人职务",),
		"technical_lead_phone": ("技术负责人电话", "技术负责人联系电话", "技术负责人联系方式"),
	},
	groups=("责任体系",),
	headings={
		"name": ("姓名",),
		"title": ("职务", "职务/职称", "职称"),
		"phone": ("电话", "联系电话", "联系方式", "手机"),
	},
	borders=("部门意见", "单位意见", "主管部门意见"),
	texts=("purpose", "measures", "remarks"),
)
TITLES: Final = ("备案信息表", "账号备案表", "帐号备案")

_QUOTES = re.compile(
	"(?:"
	+ "|".join(re.escape(words).replace(r"\{\}", ".*") for words in (REGISTER_SAID, RETURNED_SAID))
	+ ")+",
	re.DOTALL,
)
_HINT = re.compile(r"[（(](?:根据学校要求|责任人应为|简明罗列)[^\n]*[)）]")
_OTHER = re.compile(r"其[他它]\s*(?:[(（:：]\s*(?P<name>.*?)\s*[)）]?)?", re.DOTALL)
_PLACE = re.compile(
	r"[，,]?\s*(?:服务器)?(?:设置在|设置于|设在|设于|位于|存放在|地点[:：]|所在地[:：])[:：]?"
)
_NEXT_BOX = re.compile(r"[\s　]*[□■☐☑☒√✓▢][ \t　]*(?=不?涉及)")
_OCCASION = re.compile(rf"({CHINESE[CHANGE]}|{CHINESE[DEREGISTRATION]})(?:：(.*))?")
_BESIDE = re.compile(rf"(?:^|；)({'|'.join(NOT_ON_PAPER.values())})：")


def read_values(found: LabelledValues) -> dict[str, ReadValue]:
	"""Return the values of a filled Annex 1, by the fields of Account Filing.

	`platform` is a pair: the box (Weibo, WeChat, or none of these), and the name beside another box. People
	that the paper has no cell for are names.
	"""
	cells = {name: strip_marks(one) for name, one in found.found.items()}
	values = {
		**{name: read_plain(one.text) for name, one in cells.items() if name not in LABELS.values},
		**{
			name: read_plain(cells[name].text)
			for name in ("account_name", "supervising_unit", "handle", "purpose")
			if name in cells
		},
	}
	for name, read in (("opened_on", read_day), ("followers", read_count), ("platform", read_platform)):
		if name in cells:
			values[name] = read(cells[name].text)
	if "server" in cells:
		values |= read_server(cells["server"].text)
	if "responsible_person" in cells:
		values |= read_responsible(cells["responsible_person"], values)
	for lead in LEADS:
		if lead in cells:
			values |= read_lead(lead, cells[lead], values)
	if "measures" in cells:
		values |= read_measures(cells["measures"].text)
	if "remarks" in cells:
		values |= read_remarks(cells["remarks"].text)
	return values


@dataclass(frozen=True)
class Filled:
	"""What somebody wrote beside a label: the whole, and column by column with the headings."""

	text: str
	row: list[tuple[str, str]]


def strip_marks(found: Found) -> Filled:
	"""Return a cell without what the app adds to a changed value, and without what the empty form says."""
	return Filled(strip(found.blocks), [(name, strip(blocks)) for name, blocks in found.row])


def strip(blocks: Iterable[Block]) -> str:
	written = [
		Block([run for run in block.runs if not (run.small and _QUOTES.fullmatch(run.text))])
		for block in blocks
	]
	text = text_of([block for block in written if not _HINT.fullmatch(block.text.strip())])
	for hint in HINTS:
		text = text.replace(hint, "")
	return text.strip()


def read_platform(text: str) -> ReadValue:
	"""账号性质, two boxes and perhaps another one with a name."""
	ticked = get_ticked(text)
	if ticked is None:
		words = [box for box, label in BOXES.items() if label in text]
		if len(words) == 1:
			return ReadValue((words[0], ""), text=text)
		doubt = say(_("It cannot be told what “{0}” means. Please choose."), text)
		return ReadValue(None, doubt if text else None, text)
	if len(ticked) != 1:
		return ReadValue(
			None, say_ticked(ticked) if ticked else say(_("No box is ticked.")), say_boxes(ticked)
		)
	option = ticked[0].text
	if match := _OTHER.fullmatch(option):
		name = match["name"] or ""
		doubt = None if name else say(_("Another platform is ticked, but not named."))
		return ReadValue(("", name) if name else None, doubt, option)
	boxes = [box for box, label in BOXES.items() if label in option]
	if len(boxes) > 1:
		return ReadValue(None, say(_("It cannot be told what “{0}” means. Please choose."), text), text)
	return ReadValue((boxes[0], "") if boxes else ("", option), text=option)


def say_boxes(ticked: Sequence[Option]) -> str:
	return "、".join(option.text for option in ticked)


def read_server(text: str) -> dict[str, ReadValue]:
	"""服务器: two boxes, and the place behind the second."""
	boxes, place = split_place(text)
	location = read_plain(place)
	use = read_use(boxes)
	if location.value and use.value != DATA_SERVICE and not use.doubt:
		message = _("A place is written, but “{0}” is not ticked. Please check.")
		use = replace(use, doubt=say(message, SERVER_BOXES[DATA_SERVICE]))
	return {"server_use": use, "server_location": location}


def split_place(text: str) -> tuple[str, str]:
	"""Return what stands around the place of a server, and the place."""
	match = _PLACE.search(text)
	if not match:
		return text, ""
	place = text[match.end() :]
	end = _NEXT_BOX.search(place)
	behind = end.start() if end else len(place)
	return text[: match.start()] + place[behind:], place[:behind]


def read_use(boxes: str) -> ReadValue:
	ticked = get_ticked(boxes)
	words = boxes.strip() if ticked is None else say_boxes(ticked)
	uses = {get_use(boxes)} if ticked is None else {get_use(option.text) for option in ticked}
	if not words:
		return ReadValue()
	if len(uses) == 1 and (use := uses.pop()):
		return ReadValue(use, text=words)
	doubt = (
		say_ticked(ticked) if ticked else say(_("It cannot be told what “{0}” means. Please choose."), words)
	)
	return ReadValue(None, doubt, words)


def get_use(text: str) -> str | None:
	no_service, service = SERVER_BOXES.items()
	if no_service[1][:3] in text:
		return no_service[0]
	return service[0] if service[1][:2] in text else None


def read_responsible(found: Filled, others: Mapping[str, ReadValue]) -> dict[str, ReadValue]:
	"""责任人: name and position in one cell, or in a column each."""
	parts = name_parts(found)
	if len(parts) > 1:
		name, title = read_plain(parts.get("name", "")), read_plain(parts.get("title", ""))
	else:
		name, title = split_name(found.text)
	if "responsible_title" in others:
		title = others["responsible_title"]
	return {"responsible_person": name, "responsible_title": title}


def read_lead(lead: str, found: Filled, others: Mapping[str, ReadValue]) -> dict[str, ReadValue]:
	"""业务负责人 or 技术负责人: name, position and telephone, in a column each or in one cell."""
	parts = name_parts(found)
	if len(parts) > 1 or is_one_of_several(found):
		read = {part: read_plain(parts.get(part, "")) for part in ("name", "title")}
		read["phone"] = read_phone(parts.get("phone", ""))
	else:
		read = read_person(found.text)
	fields = {"name": lead, "title": f"{lead}_title", "phone": f"{lead}_phone"}
	return {name: others.get(name) or read[part] for part, name in fields.items()}


def is_one_of_several(found: Filled) -> bool:
	"""Tell whether a person has columns, of which at most one is filled in."""
	named = [name for name, _text in found.row if name]
	filled = " ".join(text for name, text in found.row if name == "name")
	return len(named) > 1 and read_person(filled)["phone"].value is None


def name_parts(found: Filled) -> dict[str, str]:
	"""Return the filled columns of a person: by their headings, and without one by what they look like."""
	parts: dict[str, str] = {}
	for name, text in found.row:
		if text and name and name not in parts:
			parts[name] = text
	for name, text in found.row:
		if text and (not name or parts.get(name) != text):
			free = [part for part in ("name", "title", "phone") if part not in parts]
			part = "phone" if is_phone(text) and "phone" in free else next(iter(free), "title")
			parts[part] = f"{parts[part]} {text}" if part in parts else text
	return parts


def read_measures(text: str) -> dict[str, ReadValue]:
	"""管理措施: in brief, and the name of the file that has them in full."""
	lines = text.split("\n")
	file = lines.pop().removeprefix(RULES_ATTACHED) if lines[-1].startswith(RULES_ATTACHED) else ""
	doubt = say(_("The paper names a file with the full rules. Please attach it to the draft."))
	return {
		"measures": read_plain("\n".join(lines)),
		"measures_file": ReadValue(None, doubt if file else None, file),
	}


def read_remarks(text: str) -> dict[str, ReadValue]:
	"""备注: of a change or a closing first what it is and why, then what changed beside the paper's cells."""
	lines, values = text.split("\n"), {}
	if match := _OCCASION.fullmatch(lines[0]):
		kinds = {chinese: kind for kind, chinese in CHINESE.items()}
		values["filing_type"] = ReadValue(kinds[match[1]], text=match[1])
		values["reason"] = read_plain(match[2] or "")
		lines.pop(0)
	if lines and _BESIDE.match(lines[0]):
		values |= read_beside(lines.pop(0))
	return {**values, "remarks": read_plain("\n".join(lines))}


def read_beside(line: str) -> dict[str, ReadValue]:
	"""分管领导：甲 → 乙；管理员：… → the new values."""
	fields = {label: name for name, label in NOT_ON_PAPER.items()}
	pieces = _BESIDE.split(line)
	values = {}
	for label, text in zip(pieces[1::2], pieces[2::2], strict=True):
		new = text.rpartition(BECOMES)[2].strip()
		new = "" if new == EMPTY else new
		name = fields[label]
		if name == "account_holder":
			new = next((holder for holder, words in HOLDERS.items() if words == new), new)
		values[name] = ReadValue(new or None, text=new)
	return values
