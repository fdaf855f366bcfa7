import frappe
from frappe import _
from frappe.model.document import Document


class ClosureTask(Document):
	"""An account without an approved audit is closed or deregistered (Article 6); services alone write it."""

	def on_trash(self):
		frappe.throw(
			_("The task to close an account stays: it is finished once the account is closed (Article 6)."),
			frappe.PermissionError,
		)
