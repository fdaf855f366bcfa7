"""The guard on account names (Article 5), with the reserved names of New Media Settings."""

import frappe
from frappe import _

from nmedia_app.regulation.reserved_names import find_reserved_name
from nmedia_app.regulation.word_lists import parse_words
from nmedia_app.settings import get_settings


def get_reserved_names() -> list[str]:
	"""List the names that no account of an individual may carry, as the administrator wrote them."""
	return parse_words(get_settings().reserved_names or "")


def check_reserved_name(name: str | None) -> str | None:
	"""Return the reserved name that an account's name carries in whatever form, or None."""
	return find_reserved_name(name or "", get_reserved_names())


def say_reserved(name: str, reserved: str) -> str:
	"""Say that an account's name carries a reserved one, with the article that forbids it (as HTML)."""
	escape = frappe.utils.escape_html
	return (
		_("“{0}” carries the reserved name “{1}”. Please choose another name.").format(
			frappe.bold(escape(name)), frappe.bold(escape(reserved))
		)
		+ "<br>"
		+ _(
			"Article 5: no new media account that an individual runs may carry the name of Northwestern"
			" Polytechnical University, its short form, or the name of its informatization division;"
			" whoever runs it answers for what is published there."
		)
	)
