"""Endpoints of several pictures as one material of an annual audit (Article 6)."""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import cstr

from nmedia_app.services import picture_files

AUDIT = "Annual Audit"


@frappe.whitelist(methods=["POST"])
def add_picture(audit: str, row: str) -> str:
	"""Take one picture (the request's `file`) for a row of an audit's materials; return its key.

	Refused, naming the picture, if it is none, or too large to be one of a PDF's.
	"""
	picture_files.check_may_hand_in(frappe.get_doc(AUDIT, audit), row)
	file = frappe.request.files.get("file")
	if not file:
		frappe.throw(_("Please choose pictures first."), picture_files.PictureError)
	return picture_files.keep(file_name=cstr(file.filename), stream=file.stream)


@frappe.whitelist(methods=["POST"])
def make_pdf(audit: str, row: str, pictures: list | str) -> dict:
	"""Make one PDF of pictures ({key, file_name}, in their order); return what a form needs of the new File.

	The form puts it into the row and saves, as after every other upload.
	"""
	doc = frappe.get_doc(AUDIT, audit)
	material = picture_files.check_may_hand_in(doc, row)
	file = picture_files.make_pdf(audit=doc, row=material, chosen=[*read(pictures)])
	return {field: file.get(field) for field in ("name", "file_name", "file_url", "is_private")}


def read(pictures: list | str) -> Iterator[tuple[str, str]]:
	"""Yield key and file name of each picture that a request names."""
	try:
		rows = frappe.parse_json(pictures or "[]")
	except ValueError:
		rows = []
	for row in rows if isinstance(rows, list) else []:
		if isinstance(row, dict):
			yield cstr(row.get("key")), cstr(row.get("file_name"))
