from frappe.model.document import Document


class ShippedDefault(Document):
	"""What the app shipped for a document that administrators own (`services.shipped_defaults`)."""
