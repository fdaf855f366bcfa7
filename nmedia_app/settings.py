"""What an administrator has set, or what the app ships where nothing is set yet."""

import frappe
from frappe.model.document import Document

DOCTYPE = "New Media Settings"


def get_settings() -> Document:
	"""Return New Media Settings from the cache, each empty mandatory field with the default of its field.

	A Single has no values at all before it is saved first, and none for a field that an upgrade added.
	"""
	settings = frappe.get_cached_doc(DOCTYPE)
	for fieldname, default in get_defaults(settings).items():
		if settings.get(fieldname) in (None, ""):
			settings.set(fieldname, default)
	return settings


def get_defaults(settings: Document) -> dict:
	"""Return the values that the app ships for the fields of New Media Settings."""
	fields = (field for field in settings.meta.fields if field.default)
	return {field.fieldname: settings.cast(field.default, field) for field in fields}
