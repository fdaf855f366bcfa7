"""Plain texts as people typed them, whatever the platform's filter made of them when they were saved."""

from functools import cache
from typing import Final

from bs4 import BeautifulSoup
from frappe.utils import cstr
from frappe.utils.html_utils import sanitize_html

ESCAPES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def as_typed(value: str | None) -> str:
	"""Undo the escapes that the platform's filter put into a plain text in which it saw a tag.

	A text without a tag it leaves alone: R&amp;D was typed so. That of a text with a tag its writer typed
	some escapes by hand cannot be seen; they count as the filter's.
	"""
	text = cstr(value)
	typed = text
	for escape, character in ESCAPES:
		typed = typed.replace(escape, character)
	return typed if typed != text and (drops_tags() or has_tag(typed)) else text


def has_tag(text: str) -> bool:
	"""Tell whether the platform's filter sees a tag in a text: as it looks for one."""
	return bool(BeautifulSoup(text, "html.parser").find())


@cache
def drops_tags() -> bool:
	"""Tell whether the filter takes unknown tags away, as Frappe 16 does: then none need be left to see."""
	return "x-tag" not in sanitize_html("<x-tag>")
