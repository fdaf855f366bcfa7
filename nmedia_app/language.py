"""Words in the language of whoever will read them."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.translate import get_language


@contextmanager
def speaking(language: str | None = None) -> Iterator[None]:
	"""Within it, `_()` answers in that language; without one, in the site's."""
	before = frappe.local.lang
	frappe.local.lang = language or frappe.db.get_default("lang") or "en"
	try:
		yield
	finally:
		frappe.local.lang = before


def speak_to_guests() -> None:
	"""Speak to who is not signed in what their browser asks for, or the site's language. Before each request.

	Frappe 15.55 chooses the language before it knows whose request it is, and then speaks English.
	"""
	if frappe.session.user == "Guest":
		frappe.local.lang = get_language()
