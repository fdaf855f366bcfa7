from frappe.model.document import Document


class WorkingDayCorrection(Document):
	pass
