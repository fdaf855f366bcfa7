"""Endpoints of downloads of several documents at once."""

import frappe
from frappe.core.doctype.access_log.access_log import make_access_log
from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper

from nmedia_app.nmedia_app.print_formats.word import content_disposition
from nmedia_app.services import bundles
from nmedia_app.services.archive import CHUNK


@frappe.whitelist(methods=["POST"])
def make_bundle(doctype: str, names: str | list, kind: str) -> dict:
	"""Let a worker make one download of documents (`kind`: Word or PDF); return what `get_bundle` does.

	Each document is asked for its own permission to print, as the session user.
	"""
	frappe.has_permission(doctype, "print", throw=True)
	bundle = bundles.enqueue(doctype=doctype, names=frappe.parse_json(names), kind=kind)
	make_access_log(
		doctype=doctype, file_type=kind, method="Download Together", filters=frappe.as_json(bundle.names)
	)
	return bundle.describe()


@frappe.whitelist()
def get_bundle(key: str) -> dict:
	"""Return how far a download is, and what it lacks, to who asked for it."""
	return bundles.look_after(bundles.get_bundle(key)).describe()


@frappe.whitelist()
def download_bundle(key: str) -> Response:
	"""Send a download to who asked for it, piece by piece."""
	bundle = bundles.get_bundle(key)
	path = bundles.get_file(bundle)
	response = Response(
		FileWrapper(path.open("rb"), CHUNK),
		mimetype=bundles.MIMETYPES[bundle.kind],
		direct_passthrough=True,
	)
	response.content_length = path.stat().st_size
	plain = f"{frappe.scrub(bundle.doctype)}{path.suffix}"
	response.headers["Content-Disposition"] = content_disposition(plain, bundle.file_name)
	response.headers["X-Content-Type-Options"] = "nosniff"
	return response
