"""A row for each custom field in a template that has none: before the row with some label, or at the end."""

import copy
from itertools import zip_longest
from typing import Final

from lxml import etree

from nmedia_app.nmedia_app.print_formats.engine.faults import refusal
from nmedia_app.nmedia_app.print_formats.engine.names import W, q
from nmedia_app.nmedia_app.print_formats.engine.package import Package, parse_xml
from nmedia_app.nmedia_app.print_formats.xml import find_children
from nmedia_app.phrases import _

#: the list of custom fields in a context: dicts with `label` and `value`
EXTRAS: Final = "extras"

_BEGIN, _END = f"for extra in {EXTRAS}", "endfor"
_LABEL, _VALUE = "{{ extra.label }}", "{{ extra.value }}"
_BOTH = f"{_LABEL}：{_VALUE}"


def add_custom_rows(package: Package, before: str) -> Package:
	"""Return the package with a loop over the custom fields: in a table, or else below the text.

	A row looks like the one that begins with the label `before`, in whatever table, and comes before it;
	without that one, it looks like the last row of the last table, and comes behind it. Raises TemplateError
	if the text is missing.
	"""
	name = package.main
	root = parse_xml(package.parts[name], name)
	if (row := _find_labelled(root, before)) is not None:
		_add_rows(row, is_behind=False)
	elif (row := _find_last(root)) is not None:
		_add_rows(row, is_behind=True)
	elif (body := root.find(q("body"))) is not None:
		_add_paragraphs(body)
	else:
		raise refusal(
			_("The file is damaged: its part {0} is missing. Please save it in Word again."), f"{name}#body"
		)
	xml = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
	return Package({**package.parts, name: xml})


def _find_labelled(root: etree._Element, label: str) -> etree._Element | None:
	rows = (row for table in root.iter(q("tbl")) for row in _find_rows(table))
	return next((row for row in rows if _read_label(row).startswith(label)), None)


def _find_last(root: etree._Element) -> etree._Element | None:
	tables = [table for table in root.iter(q("tbl")) if next(table.iterancestors(q("tbl")), None) is None]
	return next(reversed(_find_rows(tables[-1])), None) if tables else None


def _find_rows(table: etree._Element) -> list[etree._Element]:
	"""Return the rows of a table that can be copied, also those in content controls."""
	return [row for row in find_children(table, "tr") if next(find_children(row, "tc"), None) is not None]


def _read_label(row: etree._Element) -> str:
	"""Return the text of a row's first cell without spaces; a table within the cell has rows of its own."""
	paragraphs = find_children(next(find_children(row, "tc")), "p")
	return "".join("".join(text for one in paragraphs for text in one.itertext(q("t"))).split())


def _add_rows(model: etree._Element, is_behind: bool) -> None:
	parent = model.getparent()
	index = parent.index(model) + is_behind
	new = [_control_row(f"{{%tr {_BEGIN} %}}"), _row_like(model), _control_row(f"{{%tr {_END} %}}")]
	parent[index:index] = new


def _row_like(model: etree._Element) -> etree._Element:
	"""Return a row of plain cells: a content control is one for the value that it was made for."""
	row = _element_like("tr", model, "tblPrEx", "trPr")
	cells = [*find_children(model, "tc")]
	texts = [_LABEL, _VALUE] if len(cells) > 1 else [_BOTH]
	row.extend(_cell_like(cell, text) for cell, text in zip_longest(cells, texts, fillvalue=""))
	return row


def _cell_like(model: etree._Element, text: str) -> etree._Element:
	"""Return a cell of one paragraph with this text, in the formatting of the first that the model has."""
	cell = _element_like("tc", model, "tcPr")
	for merged in cell.findall(f"{q('tcPr')}/{q('vMerge')}"):
		merged.getparent().remove(merged)
	paragraph = _element_like("p", next(find_children(model, "p"), None), "pPr")
	run = _element_like("r", next(model.iter(q("r")), None), "rPr")
	etree.SubElement(run, q("t")).text = text
	paragraph.append(run)
	cell.append(paragraph)
	return cell


def _element_like(name: str, model: etree._Element | None, *properties: str) -> etree._Element:
	"""Return an element with these properties of another, and nothing else of it."""
	element = etree.Element(q(name), nsmap={"w": W})
	if model is not None:
		element.extend(copy.deepcopy(node) for node in model.iterchildren(*map(q, properties)))
	return element


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
