"""Texts that the database cannot hold are refused in words: the platform looks at short ones alone."""

from typing import Final

import frappe
from frappe import _
from frappe.model.base_document import BaseDocument
from frappe.model.document import Document
from frappe.utils import escape_html

#: of the database's type for plain texts
MOST_BYTES: Final = 65_535
#: a Chinese character takes three bytes
MOST_CHARACTERS: Final = MOST_BYTES // 3


def refuse_too_long_texts(doc: Document) -> None:
	"""Throw CharacterLengthExceededError if a plain text of a document, or of a row, cannot be kept whole."""
	for part in (doc, *doc.get_all_children()):
		for df in part.meta.get("fields"):
			text = part.get(df.fieldname)
			if isinstance(text, str) and is_plain_text(df) and len(text.encode()) > MOST_BYTES:
				refuse(part, df, len(text))


def is_plain_text(df: BaseDocument) -> bool:
	return frappe.db.type_map.get(df.fieldtype, ("",))[0] == "text"


def refuse(part: Document, df: BaseDocument, length: int) -> None:
	sentence = _(
		"“{0}” has {1} characters. Please shorten it to {2}, or attach it as a file and say here what it is."
	).format(frappe.bold(escape_html(_(df.label))), length, MOST_CHARACTERS)
	is_row = part.meta.istable
	frappe.throw(
		_("Row {0}: {1}").format(part.idx, sentence) if is_row else sentence,
		frappe.CharacterLengthExceededError,
	)
