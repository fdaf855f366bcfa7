import hashlib
from pathlib import PurePath

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html

from nmedia_app import files
from nmedia_app.nmedia_app.print_formats.engine import Fault, check_template
from nmedia_app.nmedia_app.print_formats.placeholders import REMARKS, make_sample
from nmedia_app.selectors.annex_templates import get_placeholders, read_template


class AnnexTemplate(Document):
	"""A Word template of an annex, in the place of the one that the app brings."""

	def before_validate(self):
		self.title = self.title or PurePath(files.base_name(self.file)).stem
		self.active_for = self.document_type if cint(self.is_active) else None

	def validate(self):
		files.check_files(self)
		self.keep_digest()
		if self.is_new() or (self.active_for and self.has_value_changed("is_active")):
			self.check_template()  # not on its way out of use, which nothing may bar
		if self.active_for:
			self.replace_active()

	def on_update(self):
		files.claim_files(self)

	def on_trash(self):
		if cint(self.is_active):
			frappe.throw(
				_("This template is in use. Please put another one into use, or none, before you delete it.")
			)

	def keep_digest(self):
		before = self.get_doc_before_save()
		self.digest = before.digest if before else None

	def check_template(self):
		"""Refuse a file that cannot be a template, and one that is no longer what was checked."""
		content = read_template(self)
		refuse_faulty(self.document_type, content)
		self.digest = hashlib.sha256(content).hexdigest()

	def replace_active(self):
		"""Take the template that was in use until now out of it; it stays and can be brought back."""
		for name in frappe.get_all(
			"Annex Template", filters={"active_for": self.active_for, "name": ["!=", self.name]}, pluck="name"
		):
			earlier = frappe.get_doc("Annex Template", name)
			earlier.is_active = 0
			earlier.flags.ignore_permissions = True
			earlier.save()


def refuse_faulty(document_type: str, content: bytes) -> None:
	"""Throw with the list of what is wrong with a file that is to be a document type's template."""
	placeholders = get_placeholders(document_type)
	known = {placeholder.name: placeholder.meaning for placeholder in placeholders}
	if faults := check_template(content, known, make_sample(placeholders), REMARKS):
		frappe.throw(as_list(faults), title=_("The File Cannot Be a Template"))


def as_list(faults: list[Fault]) -> str:
	"""Return what is wrong with a file as HTML."""
	items = "".join(f"<li>{escape_html(fault.say(_))}</li>" for fault in faults)
	return f"<ul>{items}</ul>"
