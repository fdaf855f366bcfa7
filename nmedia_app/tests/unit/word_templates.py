"""Word documents made by hand for the tests of the annex engine: whole ones, odd ones and faulty ones."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image

from nmedia_app.nmedia_app.print_formats.engine import Block, Picture, Run

SHIPPED = Path(__file__).parents[2] / "nmedia_app" / "print_formats" / "templates"
ANNEX_1 = (SHIPPED / "annex_1_account_filing.docx").read_bytes()
ANNEX_2 = (SHIPPED / "annex_2_article_review.docx").read_bytes()
AUDIT_FORM = (SHIPPED / "annual_audit.docx").read_bytes()
ROUND_SUMMARY = (SHIPPED / "annual_audit_round.docx").read_bytes()

CELLS = (
	*("account_name", "kind", "supervising_unit", "handle", "opened_on", "followers", "server", "purpose"),
	*("responsible", "business_lead", "business_lead_title", "business_lead_phone", "technical_lead"),
	*("technical_lead_title", "technical_lead_phone", "measures", "remarks"),
)


def docx_of(*paragraphs: str | Iterable[str]) -> bytes:
	"""Return a document of these paragraphs; of one that is several texts, each is a run of its own."""
	document = Document()
	for paragraph in paragraphs:
		added = document.add_paragraph()
		for text in [paragraph] if isinstance(paragraph, str) else paragraph:
			added.add_run(text)
	return bytes_of(document)


def docx_of_rows(*rows: Iterable[str]) -> bytes:
	"""Return a document of one table with these rows of cells."""
	document = Document()
	rows = [list(row) for row in rows]
	table = document.add_table(len(rows), max(map(len, rows)))
	for number, row in enumerate(rows):
		for column, text in enumerate(row):
			table.cell(number, column).text = text
	return bytes_of(document)


def docx_of_xml(*paragraphs: str) -> bytes:
	"""Return a document whose body begins with this WordprocessingML."""
	document = Document()
	for number, xml in enumerate(paragraphs):
		document.element.body.insert(number, parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))
	return bytes_of(document)


def bytes_of(document) -> bytes:
	buffer = io.BytesIO()
	document.save(buffer)
	return buffer.getvalue()


def parts_of(source: bytes) -> dict[str, bytes]:
	with zipfile.ZipFile(io.BytesIO(source)) as archive:
		return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
	buffer = io.BytesIO()
	with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
		for name, content in parts.items():
			archive.writestr(name, content)
	return buffer.getvalue()


def changed(source: bytes, **parts: bytes | None) -> bytes:
	"""Return a file with other parts, named with __ for / and _dot_ for a dot; None takes one away."""
	new = parts_of(source)
	for key, content in parts.items():
		name = key.replace("__", "/").replace("_dot_", ".")
		new[name] = content
	return zipped({name: content for name, content in new.items() if content is not None})


def phone_photo() -> bytes:
	"""Return a photo as telephones make it: with a small picture of it behind (MPO)."""
	buffer = io.BytesIO()
	photo, small = Image.new("RGB", (24, 16), "navy"), Image.new("RGB", (12, 8), "navy")
	photo.save(buffer, "MPO", save_all=True, append_images=[small])
	return buffer.getvalue()


def png(width: int = 40, height: int = 20, kind: str = "PNG") -> bytes:
	buffer = io.BytesIO()
	Image.new("RGB", (width, height), "red").save(buffer, kind)
	return buffer.getvalue()


def block(text: str, align: str = "", **style: bool) -> Block:
	return Block([Run(text, **style)] if text else [], align=align)


def annex_1_context(rows: int = 0, **values) -> dict:
	"""Return what a filed change prints."""
	context = {name: Block([Run(f"值 {name}"), Run("改", bold=True, underline=True)]) for name in CELLS}
	context["remarks"] = Block([Run("变更\n岗位调整"), Run("（原：空）", small=True)])
	return {
		**context,
		"has_measures": True,
		"commitment": "承诺加强管理。",
		"opinion": "同意 <变更> & {{ 7*7 }}",
		"reviewer": "处长",
		"reviewed_on": "2026年6月10日",
		"extras": [{"label": f"自定义 {number}", "value": f"内容 {number}"} for number in range(rows)],
		**values,
	}


def annex_2_context(rows: int = 2, **values) -> dict:
	"""Return what an approved article prints."""
	return {
		"media": "测试平台：测试号",
		"planned_publish_time": "2026年6月10日 09:30",
		"copywriters": "学生作者",
		"editors": "编辑甲",
		"image_source": "科室拍摄",
		"article_title": "暑期网络维护",
		"content": [
			Block([Run("网络"), Run("周日", bold=True), Run("维护。", italic=True)]),
			Block(image=png()),
			block("落款", align="right"),
			block("居中", align="center"),
		],
		"attachments": ["manuscript.pdf（全文）", "b.docx"],
		"opinion": "同意发布",
		"reviewer": "处长",
		"reviewed_on": "2026年6月10日",
		"verification": {"broken": False, "code": "ABCD-EFGH", "qr": Picture(png(60, 60), 20)},
		"extras": [{"label": f"自定义 {number}", "value": f"内容 {number}"} for number in range(rows)],
		**values,
	}
