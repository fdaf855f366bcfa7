"""账号台账: the register of accounts as Annex 1 has them, one line each (Articles 2 and 4)."""

import frappe
from frappe import _

from nmedia_app.nmedia_app.report.columns import column

FILTERS = ("status", "platform", "section", "account_holder", "administrator")
FIELDS = (
	"name",
	"account_name",
	"platform",
	"handle",
	"platform_id",
	"section",
	"status",
	"account_holder",
	"supervising_unit",
	"opened_on",
	"followers",
	"server_use",
	"server_location",
	"responsible_person",
	"supervising_leader_name",
	"administrator_name",
	"business_lead",
	"business_lead_phone",
	"technical_lead",
	"technical_lead_phone",
	"change_due_on",
)
WIDTHS = {"account_name": 180, "handle": 200, "server_location": 150, "supervising_unit": 170}


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Return the register's columns, and the accounts that the session user may see.

	Filters: `status`, `platform`, `section`, `account_holder`, `administrator`.
	"""
	frappe.has_permission("Media Account", "read", throw=True)
	return get_columns(), get_rows(frappe._dict(filters or {}))


def get_columns() -> list[dict]:
	meta = frappe.get_meta("Media Account")
	fields = (meta.get_field(fieldname) for fieldname in FIELDS[1:])
	return [
		column("name", _("Media Account"), "Link", 200, "Media Account"),
		*(column(df.fieldname, _(df.label), as_shown(df), WIDTHS.get(df.fieldname, 120)) for df in fields),
	]


def as_shown(df) -> str:
	"""Return the field type of a column: names of linked documents need no link of their own here."""
	return df.fieldtype if df.fieldtype in ("Date", "Int") else "Data"


def get_rows(filters: frappe._dict) -> list[dict]:
	rows = frappe.get_list(
		"Media Account",
		filters={field: filters[field] for field in FILTERS if filters.get(field)},
		fields=list(FIELDS),
		order_by="section, platform, account_name",
		limit=0,
	)
	for row in rows:
		for fieldname in ("status", "account_holder", "server_use"):
			row[fieldname] = _(row[fieldname])
	return rows
