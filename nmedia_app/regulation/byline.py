"""The byline: copywriters, editors, reviewer, time of publication stand in what is published (Article 7)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Final

from nmedia_app.regulation.characters import is_invisible, plain, visible

#: what a published article must name (Article 7)
DEMANDED: Final = ("copywriters", "editors", "reviewer", "published_on")
PLACEHOLDERS: Final = (*DEMANDED, "accounts", "title")
DEFAULT: Final = "文案：{copywriters}　编辑：{editors}　审查人：{reviewer}　发布时间：{published_on}"

#: characters behind a label, beside the names themselves, within which a name belongs to it
REACH: Final = 40

# What Article 7 demands, with the labels that are usual for it; and labels that end the list of names before.
_LABELS: Final = {
	"copywriters": "文案 撰文 撰稿 文字 文稿 文图 图文 供稿 采写 作者 文",
	"editors": "编辑 责编 排版 编排 美编",
	"reviewer": "审查 审核 审阅 审定 审稿 审校 校审 编审 初审 复审 终审 责任人 签发",
	"published_on": "发布时间 发布日期 发布于 发表时间 发表日期 日期",
	"other": "图片 图源 摄影 视频 来源 校对 监制 出品 策划 设计 图",
}
_ENDINGS: Final = ("", "人", "人员", "者", "员")
_SEPARATORS: Final = ("：", "", "/", "|", "丨")
_PARTING_MARKS: Final = ("|", "/", "·", "；", "，", "丨")
_STANDS_ALONE: Final = ("文", "日期")  # 正文 and 截止日期 are no labels
_MARKS: Final = " :|/、·_-—&()[]【】<>《》「」\u4e28"  # the last is a stroke that is typed for a bar
_BEHIND_LABEL: Final = rf"[{re.escape(_MARKS)}和与及\d]"

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BETWEEN_NAMES = re.compile(r"[、,，;；/\n]+")
_DATE = re.compile(r"(?<!\d)(\d{4}) *[年\-./] *(\d{1,2}) *[月\-./] *(\d{1,2})(?!\d)")


def compose(template: str, values: Mapping[str, str]) -> str:
	"""Return the byline that an administrator's template makes of these values (Article 7).

	Each of `PLACEHOLDERS` in braces is replaced, a missing value by nothing. What else stands in braces stays
	as typed; nothing within a value is replaced.
	"""
	return _PLACEHOLDER.sub(
		lambda found: values.get(found[1], "") if found[1] in PLACEHOLDERS else found[0], template
	)


def unknown_placeholders(template: str) -> list[str]:
	"""Return what stands in braces and is no placeholder, for a warning where the template is typed."""
	found = dict.fromkeys(_PLACEHOLDER.findall(template))
	return [name for name in found if name not in PLACEHOLDERS]


def missing_placeholders(template: str) -> list[str]:
	"""Return which of those that Article 7 asks for a template does not name."""
	found = _PLACEHOLDER.findall(template)
	return [name for name in DEMANDED if name not in found]


def missing_parts(values: Mapping[str, str], published_text: str) -> list[str]:
	"""Return which of copywriters, editors, reviewer, published_on the published text does not state.

	Every name ("、" between them) must stand behind a usual label of its part, the date, in a usual form,
	right behind a label of its own (Article 7). A part without value is missing.
	"""
	stretches = list(_stretches(_readable(published_text), _all_names(values)))
	parts = [part for part in _LABELS if part != "other"]
	return [
		part
		for part in parts
		if not _is_stated(values.get(part) or "", [text for label, text in stretches if label == part])
	]


def stated_forms(values: Mapping[str, str], published_text: str) -> list[str]:
	"""Return the pieces of the published text that state a part of the byline in a usual form (Article 7).

	They may stand in what is published without having been approved. A piece is a label with exactly these
	names or this time, and marks that part it from the next: nothing can be slipped in between.
	"""
	text = _as_line(published_text)
	labels = [(part, words) for part, words in _LABELS.items() if part != "other" and values.get(part)]
	found = [
		form
		for part, words in labels
		for form in map("".join, product(words.split(), _ENDINGS, _SEPARATORS, _written(values[part])))
		if _as_line(form) in text
	]
	return found + [form + mark for form in found for mark in _PARTING_MARKS]


def _as_line(text: str) -> str:
	return "".join(sign for _place, sign in visible(text))


def _written(value: str) -> list[str]:
	"""Return the usual ways to write a list of names, or a time with or without its hours."""
	if not (found := _DATE.search(value)):
		return [mark.join(_BETWEEN_NAMES.split(value)) for mark in ("、", "，", "/", "")]
	year, month, day = found.groups()
	padded = (year, month.zfill(2), day.zfill(2))
	short = (year, month.lstrip("0"), day.lstrip("0"))
	dates = [mark.join(parts) for mark in ("-", "/", ".") for parts in (padded, short)]
	dates += [f"{parts[0]}年{parts[1]}月{parts[2]}日" for parts in (padded, short)]
	hours = value[found.end() :].lstrip("日").strip()
	return [*(date + hours for date in dates if hours), *dates]


def _is_stated(value: str, stretches: list[str]) -> bool:
	if wanted := _DATE.search(_readable(value)):
		dates = (_DATE.match(text.lstrip(_MARKS)) for text in stretches)
		return any(found and _as_numbers(found) == _as_numbers(wanted) for found in dates)
	names = _names(value)
	reach = REACH + sum(map(len, names))
	return bool(names) and all(
		any(_name_pattern(name).search(text[:reach]) for text in stretches) for name in names
	)


def _names(value: str) -> list[str]:
	return [name.strip() for name in _BETWEEN_NAMES.split(value) if name.strip()]


def _all_names(values: Mapping[str, str]) -> list[str]:
	return [
		name for part in ("copywriters", "editors", "reviewer") for name in _names(values.get(part) or "")
	]


def _as_numbers(found: re.Match[str]) -> tuple[int, ...]:
	return tuple(map(int, found.groups()))


def _name_pattern(name: str) -> re.Pattern[str]:
	"""Find a name, also spaced out as 张　三, but not within a longer one."""
	letters = " *".join(re.escape(letter) for letter in _readable(name) if letter != " ")
	behind = r"[^\W_]" if name[-1].isdigit() else r"[^\W\d_]"
	return re.compile(rf"(?<![^\W_]){letters}(?:(?=等)|(?!{behind}))")


def _readable(text: str) -> str:
	"""Return the plain form of a text, all that cannot be seen as a space or nothing."""
	return "".join(
		(" " if character.isspace() else "") if is_invisible(character) else plain(character)
		for character in unicodedata.normalize("NFC", text)
	)


def _label_pattern(labels: str) -> str:
	"""Find one of these labels, also spaced out or with 人 or 人员 behind it, and its separator."""
	forms = []
	for label in labels.split():
		alone = r"(?<![^\W_])" if label in _STANDS_ALONE else ""
		if len(label) == 1:
			forms.append(rf"{alone}{label}(?= *[:|/\u4e28])")
		else:
			forms.append(alone + " *".join(label) + rf"(?: *人 *员| *[人者员])?(?={_BEHIND_LABEL})")
	return "|".join(forms)


_ANY_LABEL = re.compile("|".join(f"(?P<{part}>{_label_pattern(labels)})" for part, labels in _LABELS.items()))


def _stretches(text: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
	"""Yield each label's part and what stands behind it, up to the next label or the end of the sentence.

	Labels that follow one another share it: 文案、编辑：张三. What is part of a name is no label: 学生作者.
	"""
	named = {
		place for name in names for at in _name_pattern(name).finditer(text) for place in range(*at.span())
	}
	end, shared = len(text), ""
	for label in reversed([found for found in _ANY_LABEL.finditer(text) if found.start() not in named]):
		own = text[label.end() : end]
		if re.search(r"[^\W_和与及]", own):
			shared = re.split(r"[。!?]", own, maxsplit=1)[0]
		yield str(label.lastgroup), shared
		end = label.start()
