from frappe.model.document import Document


class MediaSection(Document):
	pass
