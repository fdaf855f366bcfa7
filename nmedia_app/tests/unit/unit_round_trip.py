"""What the app writes into a Word file it reads back to the same values, whatever they are.

The paper cannot carry everything. A value has no space around it, as the app trims it; three underscores
at an end are a line to write on; names in a list hold none of what stands between names; a first line of 备注
that reads 变更：… or 注销：… is why it was filed; a last line of 管理措施 that begins 附： names a file,
and so does 附件1：… below an article.
"""

import re
import unittest
from datetime import date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nmedia_app.nmedia_app.print_formats.engine import Block, Cell, Run, compile_template
from nmedia_app.nmedia_app.print_formats.paper import (
	BECOMES,
	BETWEEN_BOXES,
	BETWEEN_FIELDS,
	BOXES,
	HOLDERS,
	NOT_ON_PAPER,
	OTHER_BOX,
	REGISTER_SAID,
	RETURNED_SAID,
	RULES_ATTACHED,
	SERVER_BOXES,
	SERVER_PLACE,
	TO_FILL_IN,
)
from nmedia_app.nmedia_app.print_formats.reading import UNSURE, annex_1, annex_2, read_form
from nmedia_app.nmedia_app.print_formats.reading.document import join_same
from nmedia_app.nmedia_app.print_formats.reading.labels import as_label
from nmedia_app.nmedia_app.print_formats.reading.rich_text import to_html
from nmedia_app.nmedia_app.print_formats.reading.signs import has_boxes
from nmedia_app.regulation.filing import CHINESE, DATA_SERVICE, OPENING
from nmedia_app.tests.unit.word_templates import ANNEX_1, ANNEX_2, annex_1_context, annex_2_context, png

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
LABELS = [
	*(words[0] for labels in (annex_1.LABELS, annex_2.LABELS) for words in labels.values.values()),
	*("责任体系", "姓名", "职务", "电话", "部门意见", "审核意见", "——", "附件1"),
]
HINTS = re.compile(r"根据学校要求|责任人应为|简明罗列|文章内容可附件|^_{3}|_{3}$")

flags = st.booleans()
# no control characters, which Word cannot carry, and no other line breaks than the one
letters = st.characters(blacklist_categories=("Cc", "Cs", "Cn", "Zl", "Zp"))


def trimmed(text: str) -> str:
	return text.strip()


#: what was typed may have lines in it
underscores = st.lists(st.text(letters, max_size=6) | st.sampled_from(("___", "_____ ")), max_size=4).map(
	"".join
)
lines = (
	st.text(letters, max_size=20).map(trimmed) | underscores.map(trimmed) | st.sampled_from(LABELS)
).filter(lambda text: not HINTS.search(text))
filled_lines = lines.filter(bool)
texts = (
	(
		st.lists(st.text(letters, max_size=12) | underscores, max_size=4).map("\n".join)
		| st.sampled_from(LABELS)
	)
	.map(trimmed)
	.filter(lambda text: not HINTS.search(text))
)
names = filled_lines.filter(lambda text: not re.search(r"[、，,;；/／:：()（）\s]", text))
list_items = filled_lines.filter(lambda text: not re.search(r"[、，,;；/／\t　]", text))
phones = st.sampled_from(("", "13800000001", "029-88490001", "029 88490001转801", "8001", "400-800-1234"))
days = st.none() | st.dates(date(1900, 1, 1), date(2999, 12, 31))


@st.composite
def cells(draw, text: str) -> Block:
	"""A cell as the annex has it: cut into marked runs, behind it what it was before."""
	cut = draw(st.integers(0, len(text)))
	style = {"bold": draw(flags), "underline": draw(flags)}
	runs = [Run(text[:cut]), Run(text[cut:], **style)] if text else []
	return Block(runs + draw(quotes()))


@st.composite
def quotes(draw) -> list[Run]:
	words = draw(st.lists(st.sampled_from((REGISTER_SAID, RETURNED_SAID)), max_size=2, unique=True))
	return [Run(one.format(draw(lines)), small=True) for one in words]


@st.composite
def platforms(draw) -> tuple[Block, tuple[str, str]]:
	box = draw(st.sampled_from((*BOXES, "")))
	name = "" if box else draw(filled_lines.filter(lambda text: not has_boxes(OTHER_BOX.format(text))))
	boxes = [f"{'■' if box == one else '□'}{label}" for one, label in BOXES.items()]
	boxes += [] if box else [f"■{OTHER_BOX.format(name)}"]
	return Block([Run(BETWEEN_BOXES.join(boxes)), *draw(quotes())]), (box, name)


@st.composite
def servers(draw) -> tuple[Block, str, str]:
	use = draw(st.sampled_from(tuple(SERVER_BOXES)))
	places = filled_lines.filter(lambda text: text[0] not in ":：" and not has_boxes(text))
	place = draw(places) if use == DATA_SERVICE else ""
	boxes = BETWEEN_BOXES.join(f"{'■' if use == one else '□'} {label}" for one, label in SERVER_BOXES.items())
	written = Run(place, underline=True) if place else Run(TO_FILL_IN)
	return Block([Run(boxes), Run(SERVER_PLACE), written, *draw(quotes())]), use, place


def begins_remarks(text: str) -> bool:
	return bool(re.match(f"({'|'.join((*CHINESE.values(), *NOT_ON_PAPER.values()))})(：|\n|$)", text))


@st.composite
def remarks(draw) -> tuple[list[str], dict]:
	"""备注, line by line, and what it says: the occasion, what changed beside the paper, the remarks."""
	values = {}
	kind = draw(st.sampled_from(tuple(CHINESE)))
	said = []
	if kind != OPENING:
		reason = draw(lines)
		said.append("：".join(filter(None, (CHINESE[kind], reason))))
		values |= {"filing_type": kind, "reason": reason or None}
		others = draw(st.fixed_dictionaries({}, optional=dict.fromkeys(NOT_ON_PAPER, st.none() | names)))
		if "account_holder" in others:
			others["account_holder"] = draw(st.sampled_from(tuple(HOLDERS)))
		parts = [
			f"{label}：{draw(names)}{BECOMES}{HOLDERS.get(others[name], others[name]) or '空'}"
			for name, label in NOT_ON_PAPER.items()
			if name in others
		]
		said += ["；".join(parts)] if parts else []
		values |= others
	text = draw(texts.filter(lambda text: not begins_remarks(text)))
	return [*said, *([text] if text else [])], {**values, "remarks": text or None}


class TestRoundTrip(unittest.TestCase):
	"""Annex 1 and 2, rendered from the shipped templates and read."""

	maxDiff = None

	def assert_same(self, form, expected: dict):
		read = {name: form.values[name].value if name in form.values else None for name in expected}
		self.assertEqual(
			read, {name: value or None for name, value in expected.items()} | self.zero(expected)
		)

	def zero(self, expected: dict) -> dict:
		return {name: 0 for name, value in expected.items() if value == 0 and value is not None}

	@SETTINGS
	@given(st.data())
	def test_annex_1(self, data):
		draw = data.draw
		expected = {
			**{name: draw(lines) for name in ("account_name", "supervising_unit", "handle")},
			"purpose": draw(texts),
			"measures": draw(texts.filter(lambda text: not text.split("\n")[-1].startswith(RULES_ATTACHED))),
			"responsible_person": draw(names),
			"responsible_title": draw(lines.filter(lambda text: not re.search("[:：]", text))),
		}
		for lead in annex_1.LEADS:
			expected |= {lead: draw(names), f"{lead}_title": draw(lines), f"{lead}_phone": draw(phones)}
		context = {name: draw(cells(text)) for name, text in expected.items()}
		persons = [context["responsible_person"], context["responsible_title"]]
		filled = [block.runs for block in persons if block.runs]
		context["responsible"] = Block(
			[*filled[0], Run(BETWEEN_FIELDS), *filled[1]] if len(filled) == 2 else filled[0] if filled else []
		)
		file = draw(lines)
		measures = [text for text in (expected["measures"], file and RULES_ATTACHED + file) if text]
		context["measures"] = draw(cells("\n".join(measures)))
		day, followers = draw(days), draw(st.none() | st.integers(0, 10**9))
		context["opened_on"] = draw(cells(f"{day.year}年{day.month}月{day.day}日" if day else ""))
		context["followers"] = Block([Run(str(followers))] if followers is not None else [])
		context["kind"], platform = draw(platforms())
		context["server"], use, place = draw(servers())
		said, from_remarks = draw(remarks())
		context["remarks"] = draw(cells("\n".join(said)))
		known = {*annex_1.LABELS.get_kinds(), ""}
		labels = draw(
			st.lists(
				st.text(st.characters(whitelist_categories=("Lo", "Ll")), min_size=2, max_size=8).filter(
					lambda text: as_label(text) not in known
				),
				max_size=3,
				unique_by=as_label,
			)
		)
		others = {f"custom_{number}": label for number, label in enumerate(labels)}
		custom = {name: draw(texts) for name in others}
		form = read_form(
			compile_template(ANNEX_1).render(
				annex_1_context(
					**context,
					has_measures=bool(measures),
					opinion=draw(texts),
					reviewer=draw(lines),
					reviewed_on="",
					extras=[{"label": label, "value": custom[name]} for name, label in others.items()],
				)
			),
			others,
		)
		expected |= {
			"opened_on": day and day.isoformat(),
			"followers": followers,
			"platform": platform,
			"server_use": use,
			"server_location": place,
			**from_remarks,
			**custom,
		}
		self.assert_same(form, expected)
		self.assertEqual(form.notes, [])
		self.assertEqual(form.values["measures_file"].text, file)
		doubtful = {name for name, read in form.values.items() if read.state == UNSURE}
		self.assertLessEqual(doubtful, {"responsible_person", *(["measures_file"] if file else [])})

	@SETTINGS
	@given(st.data())
	def test_annex_2(self, data):
		draw = data.draw
		people = st.lists(list_items, max_size=3)
		lists = {name: draw(people) for name in ("accounts", "copywriters", "editors")}
		time = draw(st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1)))
		source, title = draw(texts), draw(filled_lines)
		runs = st.builds(Run, st.text(letters, max_size=15) | lines, flags, flags, flags)
		blocks = st.builds(
			Block, st.lists(runs, max_size=4), align=st.sampled_from(("", "center", "right"))
		).filter(lambda block: not block.text.startswith("附件"))
		pictures = st.builds(lambda width: Block(image=png(width)), st.integers(1, 90))
		content = draw(st.lists(blocks | pictures, max_size=5))
		attachments = draw(st.lists(filled_lines, max_size=2))
		form = read_form(
			compile_template(ANNEX_2).render(
				annex_2_context(
					media="、".join(lists["accounts"]),
					copywriters="、".join(lists["copywriters"]),
					editors="、".join(lists["editors"]),
					planned_publish_time=f"{time.year}年{time.month}月{time.day}日 {time:%H:%M}"
					if time
					else "",
					image_source=source,
					article_title=title,
					content=content,
					attachments=attachments,
					opinion=draw(texts),
					extras=[],
				)
			)
		)
		expected = {
			**lists,
			"planned_publish_time": time and time.replace(second=0, microsecond=0).isoformat(" ", "seconds"),
			"image_source": source,
			"title": title,
		}
		self.assert_same(form, expected)
		kept = [
			Block(join_same(block.runs), block.image, block.align)
			for block in content
			if block.image or block.text.strip()
		]
		read = [block for block in form.content if block.image or block.text.strip()]
		self.assertEqual(read, kept)
		self.assertEqual(form.values["content"].value, to_html(kept) or None)
		self.assertEqual(form.notes, [])
		self.assertEqual(form.values["attachments"].text, "、".join(attachments))
		doubtful = {name for name, one in form.values.items() if one.state == UNSURE}
		self.assertLessEqual(doubtful, {"attachments"} if attachments else set())

	@SETTINGS
	@given(st.data())
	def test_tables_and_links_of_an_article(self, data):
		words = filled_lines.filter(lambda text: not HINTS.search(text))
		addresses = st.sampled_from(("https://a.cn/?b=1&c=“2”", "http://例子.cn/路径", "mailto:a@b.cn"))
		linked = st.builds(lambda text, link: Block([Run("见"), Run(text, link=link)]), words, addresses)
		written = linked | st.builds(lambda text: Block([Run(text, bold=True)]), words)
		pictures = st.builds(lambda width: Block(image=png(width)), st.integers(1, 90))
		cells_of_tables = st.builds(lambda block: Cell([block]), written | pictures) | st.builds(Cell)
		columns = data.draw(st.integers(1, 4))
		row = st.lists(cells_of_tables, min_size=columns, max_size=columns)
		tables = st.builds(lambda rows: Block(rows=rows), st.lists(row, min_size=1, max_size=4))
		content = data.draw(st.lists(tables | written, min_size=1, max_size=4))
		context = annex_2_context(article_title="校园网维护", content=content, attachments=[])
		form = read_form(compile_template(ANNEX_2).render(context))
		self.assertEqual(form.values["content"].value, to_html(content))
		self.assertEqual(form.notes, [])
