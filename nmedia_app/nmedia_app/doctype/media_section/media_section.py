from frappe.model.document import Document

from nmedia_app.services import audit_people
from nmedia_app.workflow import is_same


class MediaSection(Document):
	"""A section that runs accounts, with its chief and editors (Article 4)."""

	def on_update(self):
		self.pass_on_chief()

	def pass_on_chief(self):
		"""What is under way for the section's accounts goes on with who is its chief now."""
		before = self.get_doc_before_save()
		if before and not is_same(self, before, "chief"):
			audit_people.follow_section(section=self)
