"""Endpoints of the package for the Publicity Department (Article 6)."""

import re
from urllib.parse import quote

import frappe
from frappe import _
from frappe.model.document import Document
from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper

from nmedia_app import roles
from nmedia_app.services import audit_package

ROUND = "Annual Audit Round"
MAKERS = {roles.GENERAL_OFFICE}
READERS = {*MAKERS, roles.UNIT_HEAD, roles.DIVISION_LEADER, "System Manager"}


@frappe.whitelist(methods=["POST"])
def make_package(name: str) -> None:
	"""Let a worker make the package of a round (General Office)."""
	round_doc = get_round(name)
	check_any(MAKERS)
	audit_package.enqueue(round_doc=round_doc)


@frappe.whitelist()
def download_package(name: str) -> Response:
	"""Send the package of a round, piece by piece, to who gathers, approves or reports it."""
	round_doc = get_round(name)
	check_any(READERS)
	path = audit_package.get_package(round_doc)
	response = Response(
		FileWrapper(path.open("rb"), audit_package.CHUNK),
		mimetype="application/zip",
		direct_passthrough=True,
	)
	response.content_length = path.stat().st_size
	response.headers["Content-Disposition"] = content_disposition(round_doc)
	return response


def get_round(name: str) -> Document:
	round_doc = frappe.get_doc(ROUND, name)
	round_doc.check_permission("read")
	return round_doc


def check_any(wanted: set[str]) -> None:
	if frappe.session.user != "Administrator" and wanted.isdisjoint(frappe.get_roles()):
		frappe.throw(
			_("The package for the Publicity Department is the General Office's to make and hand on."),
			frappe.PermissionError,
		)


def content_disposition(round_doc: Document) -> str:
	"""Return the header that names the file: in ASCII, and in Chinese for browsers that read it."""
	plain = re.sub(r"[^A-Za-z0-9._-]", "-", round_doc.name)
	return (
		f"attachment; filename=\"{plain}.zip\"; filename*=UTF-8''{quote(f'{round_doc.title}.zip', safe='')}"
	)
