"""Words in the language of whoever will read them."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def speaking(language: str | None = None) -> Iterator[None]:
	"""Within it, `_()` answers in that language; without one, in the site's."""
	before = frappe.local.lang
	frappe.local.lang = language or frappe.db.get_default("lang") or "en"
	try:
		yield
	finally:
		frappe.local.lang = before
