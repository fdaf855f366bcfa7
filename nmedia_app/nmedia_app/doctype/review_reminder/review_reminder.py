from frappe.model.document import Document


class ReviewReminder(Document):
	"""That somebody was reminded of a document that waits: each kind once for each time it waits."""
