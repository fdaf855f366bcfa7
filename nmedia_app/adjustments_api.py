"""Endpoints of the file that carries adjustments to another site. For administrators."""

import frappe
from frappe.utils import today
from werkzeug.wrappers import Response

from nmedia_app.nmedia_app.print_formats.word import content_disposition
from nmedia_app.permissions import check_administrator
from nmedia_app.services import adjustments


@frappe.whitelist()
def export_adjustments() -> Response:
	"""Send the file with everything that was adjusted on this site."""
	check_administrator()
	response = Response(adjustments.export(), mimetype="application/json")
	name = f"nmedia-adjustments-{today()}.json"
	response.headers["Content-Disposition"] = content_disposition(
		name, f"新媒体管理-自定义内容-{today()}.json"
	)
	response.headers["X-Content-Type-Options"] = "nosniff"
	return response


@frappe.whitelist(methods=["POST"])
def preview_adjustments(text: str) -> dict:
	"""Return what importing a file would do, as `services.adjustments.preview`."""
	check_administrator()
	return adjustments.preview(text)


@frappe.whitelist(methods=["POST"])
def import_adjustments(text: str, seen: str) -> int:
	"""Import a file as it was previewed, all of it or nothing; return how many entries changed something."""
	check_administrator()
	return adjustments.apply(text, seen=seen)
