from frappe.model.document import Document


class MediaSectionMember(Document):
	pass
