"""What was adjusted on this site, as items that another site can take; and how two sites differ."""

import base64
import hashlib
from collections.abc import Iterable, Iterator

import frappe
from frappe import _

from nmedia_app import roles
from nmedia_app.adjustments.differences import ADDED, CHANGED, MOVED, REMOVED, count_kinds, get_differences
from nmedia_app.adjustments.parcel import KINDS, Item, as_permissions, as_template, get_place
from nmedia_app.adjustments.versions import Version, as_json, get_links, get_version
from nmedia_app.selectors import shipped_defaults
from nmedia_app.selectors.annex_templates import read_template
from nmedia_app.selectors.removal import get_app_doctypes
from nmedia_app.settings import DOCTYPE as SETTINGS
from nmedia_app.workflow import is_guarded

#: roles that every site has
OF_THE_PLATFORM = frozenset(
	{"Administrator", "System Manager", "All", "Guest", "Desk User", "Script Manager"}
)
#: customisations: the type, the field that names whose they are, and what else they must be
CUSTOMISATIONS = {
	"Custom Field": ("dt", {"is_system_generated": 0}),
	"Property Setter": ("doc_type", {"is_system_generated": 0}),
	"Print Format": ("doc_type", {"standard": "No"}),
}
ADD, CHANGE, REMOVE, LEAVE = "add", "change", "remove", "leave"
MOST_SHOWN = 12


def collect() -> list[Item]:
	"""Return everything that was adjusted on this site, never a secret."""
	items = [*get_customisations(), *get_permissions(), *get_defaults_changed(), *get_own_workflows()]
	items += [read_document("Sensitive Word List", name) for name in get_all_names("Sensitive Word List")]
	items += [read_template_item(name) for name in get_all_names("Annex Template")]
	settings = read_document(SETTINGS, SETTINGS)
	if len(settings["values"]) > 2:  # more than what it is called
		items.append(settings)
	items += get_needed(items)
	return sorted({(item["doctype"], item["name"]): item for item in items}.values(), key=get_place)


def get_all_names(doctype: str, filters: dict | None = None) -> list[str]:
	return frappe.get_all(doctype, filters=filters, pluck="name", order_by="name")


def read_document(doctype: str, name: str) -> Item:
	"""Return a document as an item."""
	document = frappe.get_doc(doctype, name)
	item = Item(doctype=doctype, name=document.name, values=get_version(document))
	if doctype == "Workflow":
		item["in_use"] = int(document.is_active)
	if default := get_default_name(doctype, name):
		item["default"] = default
	return item


def get_default_name(doctype: str, name: str) -> str | None:
	"""Return the name under which the app ships a document; what it does no longer ship is one's own."""
	filters = {
		"document_type": doctype,
		"document_name": name,
		"status": ["!=", shipped_defaults.WITHDRAWN],
	}
	return frappe.db.get_value(shipped_defaults.DOCTYPE, filters, "default_name")


def get_customisations() -> Iterator[Item]:
	for doctype, (fieldname, also) in CUSTOMISATIONS.items():
		for name in get_all_names(doctype, {fieldname: ["in", get_app_doctypes()], **also}):
			yield read_document(doctype, name)


def get_permissions() -> Iterator[Item]:
	"""Yield the permissions of each of the app's types that has other than its own, all together."""
	for doctype in get_app_doctypes():
		if item := read_permissions(doctype):
			yield item


def read_permissions(doctype: str) -> Item | None:
	names = get_all_names("Custom DocPerm", {"parent": doctype})
	rows = [get_version(frappe.get_doc("Custom DocPerm", name)) for name in names]
	if not rows:
		return None
	return Item(doctype="Custom DocPerm", name=doctype, values=as_permissions(rows))


def get_defaults_changed() -> Iterator[Item]:
	"""Yield the shipped defaults that were changed, renamed, deleted, or put into or out of use."""
	for name in get_all_names(shipped_defaults.DOCTYPE):
		record = frappe.get_doc(shipped_defaults.DOCTYPE, name)
		document, default = shipped_defaults.get_document(record), shipped_defaults.get_default(record)
		if not document:
			yield Item(
				doctype=record.document_type,
				name=record.document_name,
				values=None,
				default=record.default_name,
			)
		elif record.status in (shipped_defaults.CHANGED, shipped_defaults.OUTDATED) or (
			default and document.get("is_active") != default.get("is_active")
		):
			yield read_document(document.doctype, document.name)


def get_own_workflows() -> Iterator[Item]:
	"""Yield the workflows of the app's documents that the app does not ship."""
	for name, document_type in frappe.get_all(
		"Workflow", fields=["name", "document_type"], order_by="name", as_list=True
	):
		if is_guarded(document_type) and not get_default_name("Workflow", name):
			yield read_document("Workflow", name)


def get_needed(items: Iterable[Item]) -> list[Item]:
	"""Return the states, actions and roles that workflows and permissions among the items use."""
	used = {link for item in items if item["values"] for link in get_links_of(item)}
	return [
		read_document(doctype, name)
		for doctype, name in sorted(used)
		if is_ones_own(doctype, name) and frappe.db.exists(doctype, name)
	]


def get_links_of(item: Item) -> set[tuple[str, str]]:
	if item["doctype"] == "Custom DocPerm":
		return {link for row in item["values"]["rows"] for link in get_links(row)}
	return set(get_links(item["values"]))


def is_ones_own(doctype: str, name: str) -> bool:
	if doctype == "Role":
		return name not in OF_THE_PLATFORM and name not in roles.ALL
	return doctype in ("Workflow State", "Workflow Action Master") and not get_default_name(doctype, name)


def read_template_item(name: str) -> Item:
	template = frappe.get_doc("Annex Template", name)
	content = read_template(template)
	return Item(
		doctype="Annex Template",
		name=hashlib.sha256(content).hexdigest(),
		values=as_template(template.as_dict()),
		content=base64.b64encode(content).decode(),
	)


def find_template(item: Item) -> str | None:
	"""Return the name of this site's template of the same type and the same bytes."""
	filters = {"digest": item["name"], "document_type": item["values"]["document_type"]}
	return frappe.db.get_value("Annex Template", filters)


def find_name(item: Item) -> str:
	"""Return the name that an item's document has here, where states and actions may be called otherwise."""
	if default := item.get("default"):
		filters = {"document_type": item["doctype"], "default_name": default}
		return frappe.db.get_value(shipped_defaults.DOCTYPE, filters, "document_name") or item["name"]
	return item["name"]


def get_here(item: Item) -> Item | None:
	"""Return what this site has of an item's document."""
	if item["doctype"] == "Custom DocPerm":
		return read_permissions(item["name"])
	if item["doctype"] == "Annex Template":
		found = find_template(item)
		return read_template_item(found) if found else None
	name = find_name(item)
	return read_document(item["doctype"], name) if frappe.db.exists(item["doctype"], name) else None


def get_action(item: Item, here: Item | None) -> str:
	"""Return what importing does with an item."""
	if item["values"] is None:
		return REMOVE if here else LEAVE
	if not here:
		return ADD
	if item["doctype"] == "Role":
		return LEAVE  # what a role is here, stays
	same = as_json(item["values"]) == as_json(here["values"])
	return LEAVE if same and item.get("in_use") == here.get("in_use") else CHANGE


def describe(item: Item) -> dict:
	"""Say in words what importing does with an item: `action`, `kind`, `name`, `details`."""
	here = get_here(item)
	action = get_action(item, here)
	return {
		"action": action,
		"kind": _(item["doctype"]),
		"name": say_name(item),
		"details": say_details(item, here) if action in (ADD, CHANGE) else [],
	}


def say_name(item: Item) -> str:
	values = item["values"] or {}
	named = {
		"Custom Field": lambda: f"{_(values.get('dt'))}：{_(values.get('label') or values.get('fieldname'))}",
		"Property Setter": lambda: say_property(values),
		"Annex Template": lambda: f"{_(values.get('document_type'))}：{values.get('title')}",
	}
	return named.get(item["doctype"], lambda: _(item["name"]))()


def say_property(values: Version) -> str:
	"""Return `type：field · property`, each in words where there are some."""
	meta = frappe.get_meta(values["doc_type"])
	field = values.get("field_name")
	label = _(meta.get_label(field)) if field else ""
	return f"{_(values['doc_type'])}：{' · '.join(filter(None, (label, _(values.get('property')))))}"


def say_details(item: Item, here: Item | None) -> list[str]:
	lines = []
	if item["doctype"] == "Property Setter":
		lines = [say_change(here and here["values"].get("value"), item["values"].get("value"))]
	elif item["doctype"] not in ("Custom DocPerm", "Annex Template") and here:
		lines = say_differences(get_differences(item["values"], here["values"]))
	if item.get("in_use") and not (here and here.get("in_use")):
		lines.append(say_use(item["values"]["document_type"]))
	if here and here.get("in_use") and not item.get("in_use"):
		lines.append(_("It is taken out of use."))
	return lines[:MOST_SHOWN]


def say_change(before: str | None, after: str | None) -> str:
	return f"{before or '—'} → {after or '—'}"


def say_differences(differences: dict) -> list[str]:
	lines = [
		f"{change['label']}：{say_change(change['before'], change['after'])}"
		for change in differences["fields"]
	]
	sentences = {
		ADDED: _("{0} rows are added."),
		REMOVED: _("{0} rows go."),
		CHANGED: _("{0} rows change."),
		MOVED: _("{0} rows change their place."),
	}
	counts = count_kinds({**differences, "fields": []})
	return lines + [sentences[kind].format(count) for kind, count in counts.items() if count]


def say_use(document_type: str) -> str:
	active = frappe.db.get_value("Workflow", {"document_type": document_type, "is_active": 1})
	if active:
		return _("It comes into use in place of {0}.").format(_(active))
	return _("It comes into use.")


def is_of_app(item: Item) -> bool:
	"""Tell whether an item is about the app's documents: no file changes anything else."""
	doctype, values, of_app = item["doctype"], item["values"], set(get_app_doctypes())
	if doctype in CUSTOMISATIONS:
		fieldname, _also = CUSTOMISATIONS[doctype]
		return values and values.get(fieldname) in of_app and values.get("standard", "No") != "Yes"
	if doctype == "Custom DocPerm":
		return item["name"] in of_app
	if doctype == "Workflow" and values:
		return is_guarded(values.get("document_type"))
	if doctype == "Custom HTML Block" or values is None:
		return is_shipped(item)
	return doctype in KINDS


def is_shipped(item: Item) -> bool:
	return any(
		(default["doctype"], shipped_defaults.get_name(default)) == (item["doctype"], item.get("default"))
		for default in shipped_defaults.read_defaults()
	)


def get_documents_changed(items: Iterable[Item]) -> set[str]:
	"""Name the app's document types whose fields the items change."""
	fields = {"Custom Field": "dt", "Property Setter": "doc_type"}
	return {item["values"][fields[item["doctype"]]] for item in items if item["doctype"] in fields}
