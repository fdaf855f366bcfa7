"""Elements of a Word file by their local names, so that one in the Strict format of Office reads the same."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

#: what stands in one of these stands where the element is
_TRANSPARENT: Final = frozenset(
	("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "AlternateContent", "Choice")
)


def name_of(element: etree._Element) -> str:
	return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def get_child(element: etree._Element | None, *names: str) -> etree._Element | None:
	"""Return what an element has by this name, and what that has by the next name, and so on."""
	for name in names:
		if element is None:
			return None
		element = next((child for child in element if name_of(child) == name), None)
	return element


def find_children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
	"""Yield what an element has by these names, also within controls and accepted changes."""
	for child in element:
		if name_of(child) in names:
			yield child
		elif name_of(child) in _TRANSPARENT:
			yield from find_children(child, *names)


def get_attribute(element: etree._Element, name: str) -> str:
	return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def get_value(element: etree._Element | None) -> str:
	return "" if element is None else get_attribute(element, "val")


def get_number(element: etree._Element | None, most: int) -> int:
	"""Return a number from 0 to `most`; 0 for what is none."""
	value = get_value(element)
	return min(int(value), most) if value.isascii() and value.isdigit() else 0


def is_on(element: etree._Element | None) -> bool:
	return element is not None and get_value(element) not in ("0", "false", "off")
