import frappe
from frappe import _
from frappe.model.document import Document


class CustodyEntry(Document):
	"""An entry of the custody chain: appended by the service alone, never changed or deleted (Article 7)."""

	def autoname(self):
		from nmedia_app.services.custody import NAME

		self.name = NAME.format(self.position)

	def before_insert(self):
		if not self.flags.kept_by_service:
			refuse()

	def validate(self):
		if not self.is_new():
			refuse()

	def before_rename(self, *args):
		refuse()

	def on_trash(self):
		refuse()


def refuse():
	frappe.throw(
		_("The custody chain is only ever added to, by publishing an approved article."),
		frappe.PermissionError,
	)
