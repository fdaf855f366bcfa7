"""Filled forms as people made them in Word before there was an app: layouts, boxes, tracked changes."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.oxml import parse_xml

from nmedia_app.tests.unit.word_templates import bytes_of, changed, parts_of, png, zipped

NAMESPACES = {
	"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
	"w14": "http://schemas.microsoft.com/office/word/2010/wordml",
	"mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
	"wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
	"v": "urn:schemas-microsoft-com:vml",
	"r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())

TITLE_1 = "西北工业大学微信、微博账号备案信息表"
TITLE_2 = "信息化建设与管理处新媒体文章发布审核表"

#: what an Annex 1 from before the app says, by its labels
FILLED_1 = {
	"账号名称": "信息化服务号",
	"主管单位": "信息化建设与管理处",
	"账号性质": "□微博   ■微信",
	"微博网址/微信号": "xxh-service",
	"开通时间": "2020年6月10日",
	"当前粉丝数": "1.2万",
	"服务器": "□ 不涉及数据服务   ■ 涉及数据服务，服务器设置在校内机房",
	"功能定位": "发布通知，\n服务师生。",
	"责任人": "责任人甲　处长",
	"业务负责人": ("业务甲", "科长", "029-88490001"),
	"技术负责人": ("技术甲", "工程师", "13800000001"),
	"管理措施": "先审后发；专人值守。",
	"部门意见": "同意。签名（公章）：      年   月    日",
	"备注": "无",
}
READ_1 = {
	"account_name": "信息化服务号",
	"supervising_unit": "信息化建设与管理处",
	"platform": ("WeChat", ""),
	"handle": "xxh-service",
	"opened_on": "2020-06-10",
	"followers": 12000,
	"server_use": "Data Service",
	"server_location": "校内机房",
	"purpose": "发布通知，\n服务师生。",
	"responsible_person": "责任人甲",
	"responsible_title": "处长",
	"business_lead": "业务甲",
	"business_lead_title": "科长",
	"business_lead_phone": "029-88490001",
	"technical_lead": "技术甲",
	"technical_lead_title": "工程师",
	"technical_lead_phone": "13800000001",
	"measures": "先审后发；专人值守。",
	"remarks": "无",
}
FILLED_2 = {
	"拟发布媒体": "微信：信息化服务号、微博：信息化",
	"拟发布时间": "2026年3月1日 9:30",
	"文案人员": "学生甲、学生乙",
	"编辑人员": "编辑甲",
	"图片来源": "科室拍摄",
	"文章内容": "校园网维护通知\n校园网将于周日维护。",
	"审核意见": "审核人：        日期：",
}


@dataclass(frozen=True)
class C:
	"""A cell: its text, or as XML its paragraphs; the columns it spans; `merge` with the row above."""

	text: str = ""
	span: int = 1
	merge: str = ""  # "restart" begins a cell of several rows, "continue" goes on with it
	xml: str = ""


def run(text: str, properties: str = "") -> str:
	lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(map(escape, text.split("\n")))
	return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{lines}</w:t></w:r>'


def p(*runs: str, align: str = "") -> str:
	properties = f'<w:pPr><w:jc w:val="{align}"/></w:pPr>' if align else ""
	return f"<w:p>{properties}{''.join(runs)}</w:p>"


def table(rows: Iterable[Sequence[C | str]]) -> str:
	return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(map(_row, rows))}</w:tbl>"


def _row(cells: Sequence[C | str]) -> str:
	return f"<w:tr>{''.join(_cell(cell if isinstance(cell, C) else C(cell)) for cell in cells)}</w:tr>"


def _cell(cell: C) -> str:
	merge = {"": "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[cell.merge]
	content = cell.xml or "".join(p(run(line)) for line in cell.text.split("\n"))
	return f'<w:tc><w:tcPr><w:gridSpan w:val="{cell.span}"/>{merge}</w:tcPr>{content}</w:tc>'


def word(*body: str) -> bytes:
	"""Return a .docx with this body."""
	document = Document()
	for place, node in enumerate(parse_xml(f"<w:body {DECLARED}>{''.join(body)}</w:body>")):
		document.element.body.insert(place, node)
	return bytes_of(document)


def rows_1(**changes: str) -> list[list[C | str]]:
	"""Return the rows of the printed Annex 1, filled in; `changes` by the first word of a label."""
	cells = {**FILLED_1, **changes}
	pairs = (("账号名称", "主管单位"), ("账号性质", "微博网址/微信号"), ("开通时间", "当前粉丝数"))
	return [
		*([left, C(cells[left], 2), right, C(cells[right], 2)] for left, right in pairs),
		["服务器", C(cells["服务器"], 5)],
		["功能定位", C(cells["功能定位"], 5)],
		[C("责任体系", merge="restart"), "责任人", C(cells["责任人"], 4)],
		[C(merge="continue"), "——", "姓名", C("职务", 2), "电话"],
		*(lead_row(lead, *cells[lead]) for lead in ("业务负责人", "技术负责人")),
		["管理措施", C(cells["管理措施"], 5)],
		["部门意见", C(cells["部门意见"], 5)],
		["备注", C(cells["备注"], 5)],
	]


def lead_row(label: str, name: str, title: str, phone: str) -> list[C | str]:
	return [C(merge="continue"), label, name, C(title, 2), phone]


def form_1(**changes: str) -> bytes:
	return word(p(run(TITLE_1)), table(rows_1(**changes)), p(run("制表：党委宣传部网宣室")))


def cell_1(label: str, xml: str) -> bytes:
	"""Return an Annex 1 in which the cell beside a label has these paragraphs."""
	rows = rows_1()
	for row in rows:
		for place, cell in enumerate(row):
			if cell == label:
				row[place + 1] = C(span=row[place + 1].span, xml=xml)
	return word(p(run(TITLE_1)), table(rows))


def rows_2(**changes: str) -> list[list[C | str]]:
	cells = {**FILLED_2, **changes}
	return [
		["拟发布媒体", cells["拟发布媒体"], "拟发布时间", cells["拟发布时间"]],
		["文案人员", cells["文案人员"], "编辑人员", cells["编辑人员"]],
		*([label, C(cells[label], 3)] for label in ("图片来源", "文章内容", "审核意见")),
	]


def form_2(content_xml: str = "", **changes: str) -> bytes:
	"""Return an Annex 2; its content as text, or as XML its paragraphs."""
	rows = rows_2(**changes)
	if content_xml:
		rows[3][1] = C(span=3, xml=content_xml)
	return word(p(run(TITLE_2)), table(rows), p(run("注：1、图片来源说明摄影人、来源网络等信息。")))


def form_2_with_picture(content: bytes | None = None) -> bytes:
	"""Return an Annex 2 in whose content stand a heading, a picture and a paragraph."""
	document = Document(io.BytesIO(form_2()))
	cell = document.tables[0].rows[3].cells[1]
	cell.paragraphs[-1].add_run().add_picture(io.BytesIO(content or png()))
	return bytes_of(document)


# Word's own numbers


def level(number_format: str, text: str, place: int = 0, more: str = "") -> str:
	"""Return a level of a list. `more` are its other elements."""
	return (
		f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/>'
		f'<w:lvlText w:val="{text}"/>{more}</w:lvl>'
	)


def lists(*levels: str, more: str = "") -> str:
	"""Return a document's lists: each of `levels` is one, 1 and so on; `more` are others on them."""
	abstracts = (
		f'<w:abstractNum w:abstractNumId="{number}">{content}</w:abstractNum>'
		for number, content in enumerate(levels, 1)
	)
	nums = (
		f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
		for number in range(1, len(levels) + 1)
	)
	return f"<w:numbering {DECLARED}>{''.join(abstracts)}{''.join(nums)}{more}</w:numbering>"


def item(text: str, number: int = 1, place: int = 0, properties: str = "") -> str:
	"""Return a paragraph of a list; `properties` are its others."""
	of = f'<w:numPr><w:ilvl w:val="{place}"/><w:numId w:val="{number}"/></w:numPr>'
	return f"<w:p><w:pPr>{of}{properties}</w:pPr>{run(text)}</w:p>"


def with_lists(content: bytes, numbering: str, styles: str = "") -> bytes:
	"""Return a file with these lists, and with these styles beside its own."""
	own = parts_of(content)["word/styles.xml"].decode()
	styles = own.replace("</w:styles>", f"{styles}</w:styles>")
	return changed(content, word__numbering_dot_xml=numbering.encode(), word__styles_dot_xml=styles.encode())


def with_targets(content: bytes, **targets: str) -> bytes:
	"""Return a file in which relations of these ids lead to these addresses."""
	name = "word/_rels/document.xml.rels"
	parts = parts_of(content)
	added = "".join(
		f'<Relationship Id="{key}" TargetMode="External" Target={quoteattr(target)} '
		'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/>'
		for key, target in targets.items()
	)
	rels = parts[name].decode().replace("</Relationships>", f"{added}</Relationships>")
	return zipped({**parts, name: rels.encode()})


def html_table(*rows: list[str]) -> str:
	"""Return a table as the editor writes it."""
	written = ""
	for number, row in enumerate(rows, 1):
		cells = "".join(f'<td data-row="{number}">{text or "<br>"}</td>' for text in row)
		written += f"<tr>{cells}</tr>"
	return f'<table class="table table-bordered"><tbody>{written}</tbody></table>'
