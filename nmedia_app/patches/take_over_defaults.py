"""Sites of release 0.1.0 get a record of each default that it brought, so that upgrades reach it."""

import json
from pathlib import Path

import frappe

from nmedia_app.adjustments.versions import get_name
from nmedia_app.selectors.shipped_defaults import DOCTYPE, find_record
from nmedia_app.services.shipped_defaults import keep_shipped_version, refresh

#: the defaults as 0.1.0 shipped them
SHIPPED = Path(__file__).with_name("defaults_0_1_0.json")
#: global default of 0.1.0: names of the defaults that install inserted, by document type
CREATED = "nmedia_app_created"


def execute() -> None:
	"""Make the records that are missing; after the migration they are brought up to date as any other."""
	created = json.loads(frappe.db.get_global(CREATED) or "{}")
	for default in json.loads(SHIPPED.read_text(encoding="utf-8")):
		take_over(default, was_inserted=get_name(default) in created.get(default["doctype"], ()))
	frappe.defaults.clear_default(CREATED, parent="__global")


def take_over(default: dict, *, was_inserted: bool) -> None:
	"""Make the record of a default, unless it has one or this site never had the default."""
	doctype, name = default["doctype"], get_name(default)
	is_known = find_record(document_type=doctype, default_name=name)
	if is_known or not (was_inserted or frappe.db.exists(doctype, name)):
		return
	record = frappe.new_doc(DOCTYPE, document_type=doctype, default_name=name, document_name=name)
	record.was_inserted = int(was_inserted)
	keep_shipped_version(record, default)
	refresh(record)
