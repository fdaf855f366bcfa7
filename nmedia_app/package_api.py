"""Endpoints of the package for the Publicity Department (Article 6)."""

import re
from urllib.parse import quote

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime
from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper

from nmedia_app import roles
from nmedia_app.services import audit_package

ROUND, AUDIT = "Annual Audit Round", "Annual Audit"
MAKERS = {roles.GENERAL_OFFICE}
READERS = {*MAKERS, roles.UNIT_HEAD, roles.DIVISION_LEADER, "System Manager"}


@frappe.whitelist()
def get_package_state(name: str) -> dict | None:
	"""Tell the form of a round about its package; nothing for who may not have it.

	`may_make`, whether it `is_being_made`, and whether audits changed since it was made (`is_older`).
	"""
	round_doc = get_round(name)
	if not has_any(READERS):
		return None
	return {
		"may_make": has_any(MAKERS) and round_doc.stage in audit_package.STAGES,
		"is_being_made": audit_package.is_being_made(name),
		"is_older": is_older_than_audits(round_doc),
	}


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


def has_any(wanted: set[str]) -> bool:
	return frappe.session.user == "Administrator" or not wanted.isdisjoint(frappe.get_roles())


def check_any(wanted: set[str]) -> None:
	if not has_any(wanted):
		frappe.throw(
			_("The package for the Publicity Department is the General Office's to make and hand on."),
			frappe.PermissionError,
		)


def is_older_than_audits(round_doc: Document) -> bool:
	"""Tell whether an audit was changed since the package was made."""
	if not round_doc.package_made_on:
		return False
	changed = {"round": round_doc.name, "modified": [">", get_datetime(round_doc.package_made_on)]}
	return bool(frappe.db.exists(AUDIT, changed))


def content_disposition(round_doc: Document) -> str:
	"""Return the header that names the file: in ASCII, and in Chinese for browsers that read it."""
	plain = re.sub(r"[^A-Za-z0-9._-]", "-", round_doc.name)
	return f"attachment; filename=\"{plain}.zip\"; filename*=UTF-8''{quote(f'{round_doc.title}.zip', safe='')}"
