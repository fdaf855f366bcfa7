from frappe.model.document import Document


class MediaAccount(Document):
	pass
