"""What paragraphs and runs get from their styles: whether they are bold, aligned, numbered."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from lxml import etree

from nmedia_app.nmedia_app.print_formats.xml import (
	find_children,
	get_attribute,
	get_child,
	get_value,
	is_on,
)

#: styles that may stand on each other: more than Word takes
MOST_ANCESTORS: Final = 20


class StyleNumbering(NamedTuple):
	"""How a style numbers its paragraphs: the style that says so, and its `numPr`."""

	style: str
	properties: etree._Element


class Styles:
	"""The styles of a document, by their ids. Without styles, nothing comes from one."""

	def __init__(self, root: etree._Element | None):
		found = [] if root is None else list(find_children(root, "style"))
		self.styles = {get_attribute(style, "styleId"): style for style in found}
		self.default_paragraph = next(
			(
				get_attribute(style, "styleId")
				for style in found
				if get_attribute(style, "type") == "paragraph"
				and get_attribute(style, "default") in ("1", "true", "on")
			),
			"",
		)
		self.defaults = get_child(root, "docDefaults", "rPrDefault", "rPr")

	def get_ancestors(self, style: str) -> Iterator[tuple[str, etree._Element]]:
		"""Yield a style by its id, then the one that it stands on, and so on."""
		for _step in range(MOST_ANCESTORS):
			if style not in self.styles:
				return
			yield style, self.styles[style]
			style = get_value(get_child(self.styles[style], "basedOn"))

	def get_paragraph_style(self, properties: etree._Element | None) -> str:
		"""Return the style of a paragraph with these properties (`pPr`)."""
		return get_value(get_child(properties, "pStyle")) or self.default_paragraph

	def get_alignment(self, style: str) -> str:
		for _id, element in self.get_ancestors(style):
			if (found := get_child(element, "pPr", "jc")) is not None:
				return get_value(found)
		return ""

	def get_numbering(self, style: str) -> StyleNumbering | None:
		for name, element in self.get_ancestors(style):
			if (found := get_child(element, "pPr", "numPr")) is not None:
				return StyleNumbering(name, found)
		return None

	def has(self, toggle: str, properties: etree._Element | None, paragraph_style: str) -> bool:
		"""Tell whether a run with these properties (`rPr`) is bold (`b`), italic (`i`) or hidden (`vanish`).

		What the run says itself counts. Otherwise a character style turns round what the paragraph has
		(ECMA-376, 17.7.3): in a bold heading, words in a bold style are not bold.
		"""
		own = get_child(properties, toggle)
		if own is not None:
			return is_on(own)
		character_style = get_value(get_child(properties, "rStyle"))
		paragraph = self.read_toggle(paragraph_style, toggle)
		if paragraph is None:
			paragraph = is_on(get_child(self.defaults, toggle))
		return paragraph != bool(self.read_toggle(character_style, toggle))

	def read_toggle(self, style: str, toggle: str) -> bool | None:
		"""Return what a style says, or one that it stands on; None if none says anything."""
		for _id, element in self.get_ancestors(style):
			if (found := get_child(element, "rPr", toggle)) is not None:
				return is_on(found)
		return None
