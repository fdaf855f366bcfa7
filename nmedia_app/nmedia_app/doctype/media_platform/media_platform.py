from frappe.model.document import Document


class MediaPlatform(Document):
	pass
