"""What the desk's bell reads."""

import frappe
from frappe.desk.doctype.notification_log import notification_log as platform


@frappe.whitelist()
def get_notification_logs(limit: int = 20) -> dict:
	"""Return the user's latest notices as they are now.

	Replaces the platform's endpoint of the same name, whose answer Frappe 16 lets the browser keep: when a
	notice comes, the bell would show those of before.
	"""
	logs = platform.get_notification_logs(limit)
	if headers := getattr(frappe.local, "response_headers", None):
		headers.pop("Cache-Control", None)
	return logs
