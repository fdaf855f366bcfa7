"""The byline: copywriters, editors, reviewer, time of publication stand in what is published (Article 7)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from nmedia_app.regulation.characters import is_invisible, plain

PLACEHOLDERS: Final = ("copywriters", "editors", "reviewer", "published_on", "accounts", "title")
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


def missing_parts(values: Mapping[str, str], published_text: str) -> list[str]:
	"""Return which of copywriters, editors, reviewer, published_on the published text does not state.

	Every name ("、" between them) must stand behind a usual label of its part, the date, in a usual form,
	right behind a label of its own (Article 7). A part without value is missing.
	"""
	stretches = list(_stretches(_readable(published_text)))
	parts = [part for part in _LABELS if part != "other"]
	return [
		part
		for part in parts
		if not _is_stated(values.get(part) or "", [text for label, text in stretches if label == part])
	]


def _is_stated(value: str, stretches: list[str]) -> bool:
	if wanted := _DATE.search(_readable(value)):
		dates = (_DATE.match(text.lstrip(_MARKS)) for text in stretches)
		return any(found and _as_numbers(found) == _as_numbers(wanted) for found in dates)
	names = [name.strip() for name in _BETWEEN_NAMES.split(value) if name.strip()]
	reach = REACH + sum(map(len, names))
	return bool(names) and all(
		any(_name_pattern(name).search(text[:reach]) for text in stretches) for name in names
	)


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


def _stretches(text: str) -> Iterator[tuple[str, str]]:
	"""Yield each label's part and what stands behind it, up to the next label or the end of the sentence.

	Labels that follow one another share it: 文案、编辑：张三.
	"""
	end, shared = len(text), ""
	for label in reversed(list(_ANY_LABEL.finditer(text))):
		own = text[label.end() : end]
		if re.search(r"[^\W_和与及]", own):
			shared = re.split(r"[。!?]", own, maxsplit=1)[0]
		yield str(label.lastgroup), shared
		end = label.start()
