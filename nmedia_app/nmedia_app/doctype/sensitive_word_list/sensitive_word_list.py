import frappe
from frappe import _
from frappe.model.document import Document

from nmedia_app.regulation.word_lists import parse_words


class SensitiveWordList(Document):
	"""Words that must not, or should not, be published (Article 11)."""

	def validate(self):
		self.check_has_words()

	def check_has_words(self):
		if not parse_words(self.words or ""):
			frappe.throw(_("Please enter at least one word, each on a line of its own."))
