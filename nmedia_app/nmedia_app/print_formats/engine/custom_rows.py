"""A row for each custom field in a template that has none: before the row with some label, or at the end."""

import copy
from typing import Final

from lxml import etree

from nmedia_app.nmedia_app.print_formats.engine.names import W, q
from nmedia_app.nmedia_app.print_formats.engine.package import Package, parse_xml

#: the list of custom fields in a context: dicts with `label` and `value`
EXTRAS: Final = "extras"

_BEGIN, _END = f"for extra in {EXTRAS}", "endfor"
_LABEL, _VALUE = "{{ extra.label }}", "{{ extra.value }}"
_BOTH = f"{_LABEL}：{_VALUE}"


def add_custom_rows(package: Package, before: str) -> Package:
	"""Return the package with a loop over the custom fields: in its last table, or else below the text.

	A row looks like the one that begins with the label `before`, and comes before it; else like the last one.
	"""
	name = package.main
	root = parse_xml(package.parts[name], name)
	tables = [table for table in root.iter(q("tbl")) if next(table.iterancestors(q("tbl")), None) is None]
	if tables:
		_add_row(tables[-1], before)
	else:
		_add_paragraphs(root.find(q("body")))
	xml = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
	return Package({**package.parts, name: xml})


def _add_row(table: etree._Element, before: str) -> None:
	rows = table.findall(q("tr"))
	target = next((row for row in rows if _read_label(row).startswith(before)), None)
	model = rows[-1] if target is None else target
	new = [_control_row(f"{{%tr {_BEGIN} %}}"), _row_like(model), _control_row(f"{{%tr {_END} %}}")]
	index = table.index(model) + (target is None)
	table[index:index] = new


def _read_label(row: etree._Element) -> str:
	cell = row.find(q("tc"))
	return "" if cell is None else "".join("".join(cell.itertext(q("t"))).split())


def _row_like(model: etree._Element) -> etree._Element:
	row = copy.deepcopy(model)
	cells = row.findall(q("tc"))
	texts = [_LABEL, _VALUE] if len(cells) > 1 else [_BOTH]
	for number, cell in enumerate(cells):
		for merged in cell.findall(f"{q('tcPr')}/{q('vMerge')}"):
			merged.getparent().remove(merged)
		_set_text(cell, texts[number] if number < len(texts) else "")
	return row


def _set_text(cell: etree._Element, text: str) -> None:
	"""Leave one paragraph in a cell, in the formatting of its first, with this text."""
	paragraph, run = cell.find(q("p")), next(cell.iter(q("r")), None)
	new = etree.Element(q("p"))
	if paragraph is not None and paragraph.find(q("pPr")) is not None:
		new.append(copy.deepcopy(paragraph.find(q("pPr"))))
	written = etree.SubElement(new, q("r"))
	if run is not None and run.find(q("rPr")) is not None:
		written.append(copy.deepcopy(run.find(q("rPr"))))
	etree.SubElement(written, q("t")).text = text
	for child in list(cell):
		if child.tag != q("tcPr"):
			cell.remove(child)
	cell.append(new)


def _control_row(text: str) -> etree._Element:
	row = etree.Element(q("tr"), nsmap={"w": W})
	etree.SubElement(etree.SubElement(row, q("tc")), q("p")).append(_run(text))
	return row


def _run(text: str) -> etree._Element:
	run = etree.Element(q("r"), nsmap={"w": W})
	etree.SubElement(run, q("t")).text = text
	return run


def _add_paragraphs(body: etree._Element) -> None:
	section = body.find(q("sectPr"))
	index = len(body) if section is None else body.index(section)
	for text in reversed((f"{{%p {_BEGIN} %}}", _BOTH, f"{{%p {_END} %}}")):
		paragraph = etree.Element(q("p"), nsmap={"w": W})
		paragraph.append(_run(text))
		body.insert(index, paragraph)
