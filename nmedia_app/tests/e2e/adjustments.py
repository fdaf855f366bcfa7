"""Keep what an administrator may adjust as it is, and put it back (runs in the bench's Python)."""

import json
from pathlib import Path

import frappe
from frappe.utils import get_site_path

from nmedia_app.install import purge

SETTINGS = "New Media Settings"
#: what adjusting makes anew
MADE = (
	"Custom Field",
	"Property Setter",
	"Custom DocPerm",
	"Print Format",
	"Annex Template",
	"Workflow",
	"Workflow State",
	"Workflow Action Master",
	"User",
	"Role",
)


def get_file() -> Path:
	return Path(get_site_path("private", "adjustments-of-tests.json"))


def keep() -> None:
	"""Write down the workflows, the settings and the names of all that could be added."""
	kept = {
		"workflows": [
			frappe.get_doc("Workflow", name).as_dict() for name in frappe.get_all("Workflow", pluck="name")
		],
		"settings": frappe.get_single(SETTINGS).as_dict(),
		"names": {doctype: frappe.get_all(doctype, pluck="name") for doctype in MADE},
	}
	get_file().write_text(frappe.as_json(kept), encoding="utf-8")


def put_back(renamed: list[list[str]]) -> None:
	"""Take every adjustment back; `renamed` are pairs of states, as they are called now and were before."""
	if not get_file().exists():
		return
	kept = json.loads(get_file().read_text(encoding="utf-8"))
	frappe.set_user("Administrator")
	for now, before in renamed:
		if frappe.db.exists("Workflow State", now):
			frappe.rename_doc("Workflow State", now, before, force=True)
	for workflow in kept["workflows"]:
		put_back_workflow(workflow)
	put_back_settings(kept["settings"])
	remove_new(kept["names"])
	frappe.clear_cache()
	frappe.db.commit()
	get_file().unlink()


def put_back_workflow(kept: dict) -> None:
	for table in ("Workflow Document State", "Workflow Transition"):
		frappe.db.delete(table, {"parent": kept["name"]})
	for row in [*kept["states"], *kept["transitions"]]:
		frappe.get_doc(row).db_insert()
	values = {field: kept.get(field) for field in ("is_active", "workflow_data")}
	frappe.db.set_value("Workflow", kept["name"], values)


def put_back_settings(kept: dict) -> None:
	kept.pop("modified", None)
	kept.pop("robot_address", None)
	settings = frappe.get_single(SETTINGS)
	settings.update(kept)
	settings.save()


def remove_new(names: dict[str, list[str]]) -> None:
	for doctype in MADE:
		new = set(frappe.get_all(doctype, pluck="name")) - set(names[doctype])
		if doctype == "Custom Field":
			remove_fields(new)
		elif new:
			purge(doctype, {"name": ["in", [*new]]})
		if doctype == "Role":
			purge("Has Role", {"role": ["in", [*new] or [""]]})


def remove_fields(names: set[str]) -> None:
	for name in names:
		field = frappe.get_doc("Custom Field", name)
		field.delete()
		frappe.db.sql_ddl(f"alter table `tab{field.dt}` drop column if exists `{field.fieldname}`")
