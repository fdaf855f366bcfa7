"""The file that carries adjustments from one site to another: written, and read with distrust."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final, TypedDict

import frappe
from frappe import _

from nmedia_app.adjustments.versions import Version, as_json, normalise

FORMAT: Final = "nmedia_app adjustments"
FORMAT_VERSION: Final = 1
#: characters; templates are in it as base64
LARGEST: Final = 40_000_000
MOST_ITEMS: Final = 5_000
LONGEST_NAME: Final = 140
#: of any script: Customize Form makes it of the label
FIELDNAME: Final = re.compile(r"[^\W\d]\w{0,63}")

#: what can be in it, in the order in which one needs the other
KINDS: Final = (
	"Role",
	"Custom Field",
	"Property Setter",
	"Custom DocPerm",
	"Workflow State",
	"Workflow Action Master",
	"Workflow",
	"Custom HTML Block",
	"Print Format",
	"Sensitive Word List",
	"New Media Settings",
	"Annex Template",
)


class NotAParcelError(frappe.ValidationError):
	"""A file that is no export of adjustments, or is not as it was exported."""


class Item(TypedDict, total=False):
	"""One document: `values` are its version, None if it was deleted."""

	doctype: str
	name: str
	values: Version | None
	#: name under which the app ships it, if it does
	default: str
	#: whether a workflow is in use
	in_use: int
	#: the bytes of a template, in base64
	content: str


def pack(items: list[Item], *, app_version: str, made_on: str) -> str:
	"""Return the text of the file."""
	return json.dumps(
		{
			"format": FORMAT,
			"format_version": FORMAT_VERSION,
			"app_version": app_version,
			"made_on": made_on,
			"digest": get_digest_of(items),
			"items": items,
		},
		ensure_ascii=False,
		indent=1,
	)


def get_digest_of(items: Any) -> str:
	return hashlib.sha256(as_json(items).encode()).hexdigest()


def unpack(text: str) -> list[Item]:
	"""Return what a file brings, each version as the fields are here; throws NotAParcelError in words."""
	parcel = read(text)
	check_version(parcel)
	items = parcel.get("items")
	if not isinstance(items, list) or parcel.get("digest") != get_digest_of(items):
		refuse(_("The file was changed after it was exported, or is damaged. Please export it again."))
	if len(items) > MOST_ITEMS:
		refuse(_("The file has more than {0} entries.").format(MOST_ITEMS))
	return sorted((read_item(item) for item in items), key=get_place)


def read(text: str) -> dict:
	if len(text) > LARGEST:
		refuse(_("The file is larger than {0} MB.").format(LARGEST // 1_000_000))
	try:
		parcel = json.loads(text)
	except (ValueError, RecursionError):
		parcel = None
	if not isinstance(parcel, dict) or parcel.get("format") != FORMAT:
		refuse(
			_("This is no file of adjustments.")
			+ " "
			+ _("Please choose one that was made with “Export Adjustments”.")
		)
	return parcel


def check_version(parcel: dict) -> None:
	if parcel.get("format_version") != FORMAT_VERSION:
		refuse(
			_("The file was made by version {0} of the app, whose files this version cannot read.").format(
				frappe.utils.escape_html(str(parcel.get("app_version"))[:20])
			)
			+ " "
			+ _("Please bring both sites to the same version.")
		)


def read_item(item: Any) -> Item:
	"""Return an item with nothing but what the fields of its type take; throws if it is none."""
	try:
		doctype, name, values = item["doctype"], item["name"], item["values"]
		sound = doctype in KINDS and isinstance(name, str) and 0 < len(name) <= LONGEST_NAME
		if not sound or (values is not None and values["doctype"] != doctype):
			raise ValueError
		clean = Item(doctype=doctype, name=name, values=read_values(doctype, values))
		if "default" in item:
			clean["default"] = str(item["default"])
		if "in_use" in item:
			clean["in_use"] = int(bool(item["in_use"]))
		if "content" in item:
			clean["content"] = item["content"]
			check_content(item)
		return clean
	except (TypeError, ValueError, KeyError, AttributeError, binascii.Error):
		refuse(_("The file was changed after it was exported, or is damaged. Please export it again."))


def read_values(doctype: str, values: Version | None) -> Version | None:
	if values is None:
		return None
	if doctype == "Custom DocPerm":
		return as_permissions([normalise({**row, "doctype": doctype}) for row in values["rows"]])
	if doctype == "Annex Template":
		return as_template(values)
	if doctype == "Custom Field" and not FIELDNAME.fullmatch(values["fieldname"]):
		raise ValueError  # it becomes a column's name
	return normalise(values)


def as_permissions(rows: list[Version]) -> Version:
	"""Return the permissions of one document type, whose rows have no names of their own."""
	unnamed = [{field: value for field, value in row.items() if field != "name"} for row in rows]
	return {"doctype": "Custom DocPerm", "rows": sorted(unnamed, key=as_json)}


def as_template(values: Mapping[str, Any]) -> Version:
	"""Return what is carried of a template beside its file."""
	fields = ("document_type", "title", "note")
	version = {field: str(values[field]) for field in fields if values.get(field)}
	return {"doctype": "Annex Template", **version, "is_active": int(bool(values.get("is_active")))}


def check_content(item: Item) -> None:
	"""A template is known by the digest of its bytes."""
	if hashlib.sha256(get_content(item)).hexdigest() != item["name"]:
		raise ValueError


def get_content(item: Item) -> bytes:
	return base64.b64decode(item["content"], validate=True)


def get_place(item: Item) -> tuple:
	"""What others need comes first; a workflow, or a template, that takes another's place comes after it."""
	values = item["values"] or {}
	return KINDS.index(item["doctype"]), item.get("in_use", 0), values.get("is_active", 1), item["name"]


def refuse(message: str):
	frappe.throw(message, NotAParcelError, title=_("The File Cannot Be Imported"))
