"""What uninstalling the app removes, by document type: it is told before, and it is what goes."""

from collections import defaultdict
from collections.abc import Iterator

import frappe
from frappe import _

from nmedia_app import MODULE, roles
from nmedia_app.language import speaking
from nmedia_app.selectors.shipped_defaults import AS_SHIPPED
from nmedia_app.selectors.shipped_defaults import DOCTYPE as SHIPPED_DEFAULT
from nmedia_app.selectors.shipped_defaults import DOCTYPES as DEFAULT_DOCTYPES

#: what administrators make of the app without code, besides workflows
ADJUSTMENTS = ("Custom Field", "Property Setter", "Custom DocPerm", "Print Format", "Report", "Client Script")

#: of Frappe 16
PERMISSION_LOG = "Permission Log"

Rows = dict[str, set[str]]


def get_going() -> Rows:
	"""Name every document that goes, by its type. Rows of tables go with their documents."""
	going = defaultdict(set, get_rows_to_purge())
	for part in (get_own_documents(), get_module_documents(), {"File": get_files()}):
		for doctype, names in part.items():
			going[doctype] |= names
	going[PERMISSION_LOG] |= get_permission_logs(going)
	return {doctype: names for doctype, names in going.items() if names}


def get_permission_logs(going: Rows) -> set[str]:
	"""Name what Frappe 16 noted of the permissions of what goes."""
	if not has_table(PERMISSION_LOG):
		return set()
	return {
		name
		for doctype, names in going.items()
		for name in get_names(PERMISSION_LOG, {"for_doctype": doctype, "for_document": ["in", [*names]]})
	}


def get_rows_to_purge() -> Rows:
	"""Name what refers to the app and would stay, if only its module were removed."""
	going = defaultdict(set)
	doctypes = get_app_doctypes()
	for doctype, fieldname in get_link_fields("DocType"):
		if doctype not in doctypes:
			going[doctype] |= get_names(doctype, {fieldname: ["in", doctypes]})
	for doctype, names in get_inserted_defaults(going["Workflow"]).items():
		going[doctype] |= names
	for doctype, fieldname in get_link_fields("Role"):
		if doctype not in doctypes:
			going[doctype] |= get_names(doctype, {fieldname: ["in", roles.ALL]})
	going["Role"] |= get_names("Role", {"name": ["in", roles.ALL]})
	return {doctype: names for doctype, names in going.items() if names}


def get_inserted_defaults(workflows: set[str]) -> Rows:
	"""Name the defaults that the app inserted, but for those that workflows other than these use."""
	going = defaultdict(set)
	rows = frappe.get_all(
		SHIPPED_DEFAULT, filters={"was_inserted": 1}, fields=["document_type", "document_name"]
	)
	for row in rows:
		if not is_used_by_other_workflows(row.document_type, row.document_name, workflows):
			going[row.document_type] |= get_names(row.document_type, {"name": row.document_name})
	return going


def is_used_by_other_workflows(doctype: str, name: str, workflows: set[str]) -> bool:
	tables = ("Workflow Document State", "Workflow Transition")
	return any(
		frappe.db.exists(table, {fieldname: name, "parent": ["not in", sorted(workflows) or [""]]})
		for table, fieldname in get_link_fields(doctype)
		if table in tables
	)


def get_own_documents() -> Rows:
	"""Name the documents of the app's own types; rows of tables are counted with their documents."""
	return {
		doctype: get_names(doctype, {})
		for doctype in get_app_doctypes()
		if has_table(doctype) and not frappe.get_meta(doctype).istable
	}


def get_files() -> set[str]:
	return get_names("File", {"attached_to_doctype": ["in", get_app_doctypes()]})


def get_names(doctype: str, filters: dict) -> set[str]:
	return set(frappe.get_all(doctype, filters=filters, pluck="name"))


def get_app_doctypes() -> list[str]:
	return frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")


def get_module_documents() -> Rows:
	"""Name the records of the app's module, and itself: reports, print formats, workspaces and so on."""
	found = defaultdict(set, {"Module Def": {MODULE}})
	for doctype, fieldname in get_link_fields("Module Def"):
		found[doctype] |= get_names(doctype, {fieldname: MODULE})
	return found


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


def describe() -> list[str]:
	"""Say in the site's language, a line a kind, how much goes."""
	with speaking():
		return [*describe_lines(get_going())]


def describe_lines(going: Rows) -> Iterator[str]:
	own = set(get_app_doctypes())
	defaults = [(doctype, name) for doctype in DEFAULT_DOCTYPES for name in going.get(doctype, ())]
	yield _("Uninstalling New Media Management would remove:")
	yield _("- documents with their history: {0}").format(count(going, own - {SHIPPED_DEFAULT}))
	yield _("- files attached to them: {0}").format(len(going.get("File", ())))
	yield _("- the app's roles: {0}, from {1} users").format(
		len(going.get("Role", ())), count_users(going.get("Has Role", set()))
	)
	yield _("- adjustments: {0}").format(count(going, ADJUSTMENTS))
	yield _(
		"- workflows, their states and actions, blocks of the landing page: {0}, {1} of them changed here"
	).format(len(defaults), count_changed(defaults))
	named = {*own, *DEFAULT_DOCTYPES, *ADJUSTMENTS, "File", "Role", *get_names("DocType", {"istable": 1})}
	yield _("- entries of the platform that belong to these: {0}").format(count(going, set(going) - named))
	yield _("- New Media Settings, series of numbers, scheduled jobs")
	yield _("Users stay. This was a rehearsal: nothing was removed.")


def count(going: Rows, doctypes) -> str:
	"""Return `type number · type number`, the most first."""
	numbers = {doctype: len(going[doctype]) for doctype in doctypes if going.get(doctype)}
	ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
	return " · ".join(f"{_(doctype)} {number}" for doctype, number in ordered) or _("none")


def count_users(rows: set[str]) -> int:
	assigned = {"name": ["in", sorted(rows) or [""]], "parenttype": "User"}
	return len(set(frappe.get_all("Has Role", filters=assigned, pluck="parent")))


def count_changed(defaults: list[tuple[str, str]]) -> int:
	"""Count what is not as shipped: what an administrator changed or made."""
	shipped = frappe.get_all(
		SHIPPED_DEFAULT,
		filters={"status": AS_SHIPPED},
		fields=["document_type", "document_name"],
		as_list=True,
	)
	return len({*defaults} - {*map(tuple, shipped)})
