"""Annex 2, 文章发布审核表, as somebody filled it in (Article 7)."""

import re
from typing import Final

from nmedia_app.nmedia_app.print_formats.engine.values import Block
from nmedia_app.nmedia_app.print_formats.paper import HINTS
from nmedia_app.nmedia_app.print_formats.reading.labels import LabelledValues, Labels
from nmedia_app.nmedia_app.print_formats.reading.parsing import (
	read_names,
	read_plain,
	read_time,
	say,
)
from nmedia_app.nmedia_app.print_formats.reading.values import ReadValue
from nmedia_app.phrases import _

LABELS: Final = Labels(
	values={
		"accounts": ("拟发布媒体", "拟发布平台", "发布媒体", "发布平台"),
		"planned_publish_time": ("拟发布时间", "计划发布时间", "发布时间"),
		"copywriters": ("文案人员", "文案作者", "文案", "撰稿人", "撰稿人员"),
		"editors": ("编辑人员", "编辑", "排版编辑"),
		"image_source": ("图片来源", "图片出处"),
		"content": ("文章内容", "推文内容", "正文", "正文内容"),
	},
	optional={"title": ("文章标题", "推文标题", "标题", "题目")},
	borders=("审核意见", "审查意见", "审批意见"),
	texts=("image_source", "content"),
)
TITLES: Final = ("文章发布审核表", "文章审查表", "文章审核表", "发布审批表")
LONGEST_TITLE: Final = 60
_ATTACHMENT = re.compile(r"附件\d+：(.+)", re.DOTALL)
_NUMBERED = re.compile(r"[（(]?(?:[一二三四五六七八九十]+|\d{1,2})[)）、.．](?!\d)|[•●■◆]")
_SENTENCE_END: Final = "。！？；;，,：:"


def read_values(found: LabelledValues) -> dict[str, ReadValue]:
	"""Return the values of a filled Annex 2, by the fields of Article Review, but for its content."""
	values = {}
	for name, one in found.found.items():
		if name in ("accounts", "copywriters", "editors"):
			values[name] = read_names(one.text)
		elif name == "planned_publish_time":
			values[name] = read_time(one.text)
		elif name != "content":
			values[name] = read_plain(one.text)
	return values


def take_apart(blocks: list[Block], has_title: bool) -> tuple[list[Block], dict[str, ReadValue]]:
	"""Return an article without what stands around it in its cell, and its title and attachments.

	The app writes the title in the middle, bold, behind 文章内容可附件, and 附件1：… at the end.
	"""
	blocks = strip_empty(blocks)
	is_ours = bool(blocks) and strip_brackets(blocks[0].text) in HINTS
	if is_ours:
		blocks = strip_empty(blocks[1:])
	attachments = []
	while blocks and not blocks[-1].rows and (match := _ATTACHMENT.fullmatch(blocks[-1].text)):
		attachments.insert(0, match[1])
		blocks = strip_empty(blocks[:-1])
	doubt = say(_("The paper names attachments. Please attach them to the draft."))
	values = {"attachments": ReadValue(None, doubt if attachments else None, "、".join(attachments))}
	if blocks and not has_title and not blocks[0].rows and (title := read_title(blocks[0], is_ours)):
		values["title"] = title
		blocks = strip_empty(blocks[1:])
	return blocks, values


def read_title(block: Block, is_ours: bool) -> ReadValue | None:
	"""Return the first line of an article as its title, if it looks like one."""
	text = " ".join(block.text.split("\n")).strip()
	is_bold = bool(block.runs) and all(run.bold for run in block.runs if run.text.strip())
	if is_ours and is_bold and block.align == "center":
		return ReadValue(text, text=text)
	stands_out = is_bold or block.align == "center"
	if (
		not text
		or len(text) > LONGEST_TITLE
		or _NUMBERED.match(text)
		or (not stands_out and text[-1] in _SENTENCE_END)
	):
		return None
	return ReadValue(
		text, say(_("The form has no cell for the title: it is the first line of the content.")), text
	)


def strip_empty(blocks: list[Block]) -> list[Block]:
	"""Return blocks without the empty ones at both ends."""
	filled = [
		number for number, block in enumerate(blocks) if block.image or block.rows or block.text.strip()
	]
	return blocks[filled[0] : filled[-1] + 1] if filled else []


def strip_brackets(text: str) -> str:
	return text.strip().strip("（）() ")
