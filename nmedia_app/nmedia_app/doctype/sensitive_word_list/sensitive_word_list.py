import frappe
from frappe import _
from frappe.model.document import Document

from nmedia_app.regulation.word_lists import parse_words, unusable_words


class SensitiveWordList(Document):
	"""Words that must not, or should not, be published (Article 11)."""

	def validate(self):
		self.check_words()

	def check_words(self):
		words = parse_words(self.words or "")
		if not words:
			frappe.throw(_("Please enter at least one word, each on a line of its own."))
		if unusable := unusable_words(words):
			frappe.throw(
				_(
					"These words can never be found: {0}. A word has letters and does not end a sentence."
				).format(frappe.bold(frappe.utils.escape_html("、".join(unusable))))
			)
