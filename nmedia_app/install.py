"""Install and uninstall.

Install inserts what is missing and never touches what is there. Uninstall takes away what install brought,
what the app's users made with it, and every trace of both in the platform's own tables.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from nmedia_app import roles
from nmedia_app.services import audit_package, bundles
from nmedia_app.workflow import SEPARATE_FIELD

MODULE = "Nmedia App"
DEFAULTS = Path(__file__).parent / "defaults"
# in the order in which one needs the other
DEFAULT_DOCTYPES = ("Workflow State", "Workflow Action Master", "Workflow", "Custom HTML Block")
CREATED = "nmedia_app_created"  # global default: names of the defaults that install inserted, by doctype
SERIES = "NM-"  # beginning of the name of every document that the app numbers


def after_install():
	"""Insert the shipped defaults that the site does not have yet, and the field that one of them sets."""
	add_workflow_field()
	created = json.loads(frappe.db.get_global(CREATED) or "{}")
	for default in read_defaults():
		if insert_if_missing(default):
			created.setdefault(default["doctype"], []).append(default_name(default))
	frappe.db.set_global(CREATED, json.dumps(created))


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
	create_custom_fields({"Workflow": [field]}, update=False)


def remove_workflow_field():
	"""Take the field away again, with its column, which the platform would leave."""
	purge("Custom Field", {"dt": "Workflow", "fieldname": SEPARATE_FIELD})
	frappe.db.sql_ddl(f"alter table `tabWorkflow` drop column if exists `{SEPARATE_FIELD}`")


def read_defaults() -> Iterator[dict]:
	"""Yield the shipped defaults, each as a document's dict."""
	for doctype in DEFAULT_DOCTYPES:
		yield from json.loads((DEFAULTS / f"{frappe.scrub(doctype)}.json").read_text(encoding="utf-8"))


def default_name(default: dict) -> str:
	"""Return the name that a default has once inserted."""
	autoname = frappe.get_meta(default["doctype"]).autoname or ""
	return default[autoname[len("field:") :]] if autoname.startswith("field:") else default["name"]


def insert_if_missing(default: dict) -> bool:
	"""Insert a default unless a document of its name, or an active workflow in its place, exists."""
	if frappe.db.exists(default["doctype"], default_name(default)):
		return False
	if default["doctype"] == "Workflow" and default["is_active"]:
		default["is_active"] = int(not has_active_workflow(default["document_type"]))
	frappe.get_doc(default).insert(ignore_permissions=True)
	return True


def has_active_workflow(doctype: str) -> bool:
	return bool(frappe.db.exists("Workflow", {"document_type": doctype, "is_active": 1}))


def before_uninstall():
	"""Remove everything of the app's that the platform's own removal leaves behind."""
	doctypes = get_app_doctypes()
	remove_files(doctypes)
	audit_package.remove_all()
	bundles.remove_all()
	for doctype, fieldname in get_link_fields("DocType"):
		if doctype not in doctypes:
			purge(doctype, {fieldname: ["in", doctypes]})
	remove_created_defaults()
	remove_roles()
	remove_traces(doctypes)
	remove_workflow_field()
	frappe.flags.nmedia_app_removed = [*doctypes, *get_module_documents()]


def after_uninstall():
	"""Remove the traces that the removal itself left."""
	removed = frappe.flags.nmedia_app_removed or []
	frappe.db.delete("Deleted Document", {"deleted_name": ["in", [*removed, MODULE]]})
	frappe.db.delete("Deleted Document", {"deleted_doctype": ["in", removed or [""]]})
	frappe.db.delete("Comment", {"reference_doctype": ["in", removed or [""]]})
	if frappe.db.table_exists("Permission Log"):  # since version 16
		frappe.db.delete("Permission Log", {"for_document": ["in", removed or [""]]})
	frappe.db.delete("Version", {"ref_doctype": "Installed Applications", "data": ["like", "%nmedia_app%"]})
	frappe.db.commit()  # the platform's command has committed before it comes here, and does not again
	frappe.clear_cache()


def get_app_doctypes() -> list[str]:
	return frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")


def get_module_documents() -> list[str]:
	"""Names of the records that belong to the app's module: reports, print formats, workspaces and so on."""
	names = []
	for doctype, fieldname in get_link_fields("Module Def"):
		names += frappe.get_all(doctype, filters={fieldname: MODULE}, pluck="name")
	return names


def get_link_fields(target: str) -> list[tuple[str, str]]:
	"""List (doctype, fieldname) of every stored Link field, custom ones included, that leads to a doctype."""
	fields = []
	for source, parent in (("DocField", "parent"), ("Custom Field", "dt")):
		fields += frappe.get_all(
			source,
			filters={"fieldtype": "Link", "options": target},
			fields=[parent, "fieldname"],
			as_list=True,
		)
	return [(doctype, fieldname) for doctype, fieldname in fields if has_table(doctype)]


def has_table(doctype: str) -> bool:
	if not frappe.db.exists("DocType", doctype) or frappe.get_meta(doctype).issingle:
		return False
	return frappe.db.table_exists(doctype)


def purge(doctype: str, filters: dict):
	"""Delete rows, and their children, without a trace in the log of deleted documents."""
	meta = frappe.get_meta(doctype)
	names = frappe.get_all(doctype, filters=filters, pluck="name")
	if not names:
		return
	for table in meta.get_table_fields():
		if has_table(table.options):
			frappe.db.delete(table.options, {"parenttype": doctype, "parent": ["in", names]})
	frappe.db.delete(doctype, {"name": ["in", names]})
	if not meta.istable:
		frappe.db.delete("__global_search", {"doctype": doctype, "name": ["in", names]})
		if frappe.db.table_exists("Permission Log"):
			frappe.db.delete("Permission Log", {"for_doctype": doctype, "for_document": ["in", names]})


def remove_files(doctypes: list[str]):
	"""Delete attached files from the disk as well."""
	for name in frappe.get_all("File", filters={"attached_to_doctype": ["in", doctypes]}, pluck="name"):
		frappe.delete_doc("File", name, force=True, ignore_permissions=True, delete_permanently=True)


def remove_created_defaults():
	"""Delete the defaults that install inserted, unless somebody else's workflow uses them meanwhile."""
	created = json.loads(frappe.db.get_global(CREATED) or "{}")
	for doctype in reversed(DEFAULT_DOCTYPES):
		for name in created.get(doctype, []):
			if not is_used_by_a_workflow(doctype, name):
				purge(doctype, {"name": name})
	frappe.db.delete("DefaultValue", {"defkey": CREATED})


def is_used_by_a_workflow(doctype: str, name: str) -> bool:
	tables = ("Workflow Document State", "Workflow Transition")
	return any(
		frappe.db.exists(table, {fieldname: name})
		for table, fieldname in get_link_fields(doctype)
		if table in tables
	)


def remove_roles():
	for doctype, fieldname in get_link_fields("Role"):
		purge(doctype, {fieldname: ["in", roles.ALL]})
	purge("Role", {"name": ["in", roles.ALL]})


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
