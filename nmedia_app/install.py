"""Install, migrate and uninstall.

Install and migrate bring what the app ships, and leave alone what an administrator made of it. Uninstall
takes away what the app brought, what its users made with it, and every trace in the platform's tables.
"""

import inspect

import click
import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from nmedia_app import MODULE
from nmedia_app.selectors import removal
from nmedia_app.selectors.shipped_defaults import get_outdated
from nmedia_app.services import audit_package, bundles, custody, picture_files, shipped_defaults
from nmedia_app.workflow import SEPARATE_FIELD

SERIES = "NM-"  # beginning of the name of every document that the app numbers


def after_install():
	"""Bring the shipped defaults with the field that one of them sets, and the lock of the custody chain."""
	add_workflow_field()
	shipped_defaults.bring_up_to_date()
	custody.make_lock()
	offer_chinese()


def after_migrate():
	"""Bring what the app ships anew, and say what was kept as it was changed."""
	custody.make_lock()
	shipped_defaults.bring_up_to_date()
	for doctype, name in get_outdated():
		click.echo(f"Kept as it was changed here, though the app ships a newer version: {doctype} {name}")


def offer_chinese():
	"""Let people choose Chinese, in the setup wizard already: Frappe 16 begins with some other languages."""
	language = frappe.get_doc("Language", "zh")
	if not language.enabled:
		language.enabled = 1
		language.save()


def add_workflow_field():
	"""Let an administrator tick on a Workflow that each step of a review is taken by another person."""
	field = {
		"fieldname": SEPARATE_FIELD,
		"fieldtype": "Check",
		"label": "Each Step of a Review by Another Person",
		"description": "Nobody takes two steps of one review, from its sending to approval or return.",
		"insert_after": "send_email_alert",
		"depends_on": "eval:doc.document_type in frappe.boot.nmedia_workflows",
		"module": MODULE,
	}
	if not frappe.db.exists("Custom Field", {"dt": "Workflow", "fieldname": SEPARATE_FIELD}):
		create_custom_fields({"Workflow": [field]})  # changes the table: the platform commits


def remove_workflow_field():
	"""Take the field away again, with its column, which the platform would leave."""
	purge("Custom Field", {"dt": "Workflow", "fieldname": SEPARATE_FIELD})
	frappe.db.sql_ddl(f"alter table `tabWorkflow` drop column if exists `{SEPARATE_FIELD}`")


def before_uninstall():
	"""Remove all of the app's that the platform's own removal leaves behind; in a dry run, only tell it."""
	if is_dry_run():
		return tell_what_goes()
	doctypes = removal.get_app_doctypes()
	module_documents = removal.get_module_documents()
	remove_files()
	audit_package.remove_all()
	bundles.remove_all()
	picture_files.remove_all()
	for doctype, names in removal.get_rows_to_purge().items():
		purge(doctype, {"name": ["in", sorted(names)]})
	remove_traces(doctypes)
	remove_workflow_field()
	frappe.flags.nmedia_app_removed = [*doctypes, *set().union(*module_documents.values())]


def is_dry_run() -> bool:
	"""Tell whether the platform only rehearses: it calls the hooks then, too, and does not tell them."""
	frame = inspect.currentframe()
	while frame and frame.f_code.co_name != "remove_app":
		frame = frame.f_back
	return bool(frame and frame.f_locals.get("dry_run"))


def tell_what_goes():
	"""Print in words, by kind, how much uninstalling would remove."""
	for line in removal.describe():
		click.echo(line)


def after_uninstall():
	"""Remove the traces that the removal itself left."""
	if is_dry_run():
		return
	removed = frappe.flags.nmedia_app_removed or []
	frappe.db.delete("Deleted Document", {"deleted_name": ["in", removed or [""]]})
	frappe.db.delete("Deleted Document", {"deleted_doctype": ["in", removed or [""]]})
	frappe.db.delete("Comment", {"reference_doctype": ["in", removed or [""]]})
	if frappe.db.table_exists("Permission Log"):  # since version 16
		frappe.db.delete("Permission Log", {"for_document": ["in", removed or [""]]})
	frappe.db.delete("Version", {"ref_doctype": "Installed Applications", "data": ["like", "%nmedia_app%"]})
	frappe.db.commit()  # the platform's command has committed before it comes here, and does not again
	frappe.clear_cache()


def purge(doctype: str, filters: dict):
	"""Delete rows, and their children, without a trace in the log of deleted documents."""
	meta = frappe.get_meta(doctype)
	names = frappe.get_all(doctype, filters=filters, pluck="name")
	if not names:
		return
	for table in meta.get_table_fields():
		if removal.has_table(table.options):
			frappe.db.delete(table.options, {"parenttype": doctype, "parent": ["in", names]})
	frappe.db.delete(doctype, {"name": ["in", names]})
	if not meta.istable:
		frappe.db.delete("__global_search", {"doctype": doctype, "name": ["in", names]})
		if frappe.db.table_exists(removal.PERMISSION_LOG):
			frappe.db.delete(removal.PERMISSION_LOG, {"for_doctype": doctype, "for_document": ["in", names]})


def remove_files():
	"""Delete attached files from the disk as well."""
	for name in removal.get_files():
		frappe.delete_doc("File", name, force=True, ignore_permissions=True, delete_permanently=True)


def remove_traces(doctypes: list[str]):
	"""Delete what refers to the app in tables that have no link to tell it."""
	frappe.db.delete("__UserSettings", {"doctype": ["in", doctypes]})
	frappe.db.delete("__global_search", {"doctype": ["in", doctypes]})
	frappe.db.delete("__Auth", {"doctype": ["in", doctypes]})
	frappe.db.delete("Singles", {"doctype": ["in", doctypes]})
	remove_scheduled_jobs()
	frappe.db.delete("Deleted Document", {"deleted_doctype": ["in", doctypes]})
	frappe.db.delete("Patch Log", {"patch": ["like", "nmedia_app.%"]})
	frappe.db.delete("Series", {"name": ["like", f"{SERIES}%"]})


def remove_scheduled_jobs():
	"""Delete the app's jobs, which the platform would keep until the next migrate, and what they logged."""
	jobs = frappe.get_all("Scheduled Job Type", filters={"method": ["like", "nmedia_app.%"]}, pluck="name")
	frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": ["in", jobs or [""]]})
	frappe.db.delete("Scheduled Job Type", {"name": ["in", jobs or [""]]})
