import frappe
from frappe import _
from frappe.model.document import Document

from nmedia_app.services import closures


class ClosureTask(Document):
	"""An account without an approved audit is closed or deregistered (Article 6); services alone write it."""

	def onload(self):
		if self.status == closures.OPEN:
			self.set_onload("bounds", closures.get_bounds(self))

	def on_trash(self):
		frappe.throw(
			_("The task to close an account stays: it is finished once the account is closed (Article 6)."),
			frappe.PermissionError,
		)
