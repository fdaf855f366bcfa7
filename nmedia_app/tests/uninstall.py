"""Proof that uninstalling leaves nothing behind, on a throwaway site, from the bench's sites folder:

	python -m nmedia_app.tests.uninstall SITE take FILE     before the app is installed
	python -m nmedia_app.tests.uninstall SITE use           once it is installed
	python -m nmedia_app.tests.uninstall SITE name FILE     what is told to go, and all there is
	python -m nmedia_app.tests.uninstall SITE check FILE    after it was removed
	python -m nmedia_app.tests.uninstall SITE went FILE     after it was removed

`check` prints each table in which rows came or went, and exits with 1 if there is one; `went` does so for
each table of which other rows went than were named.
"""

import json
import sys
from ast import literal_eval
from collections import Counter
from pathlib import Path

import frappe

from nmedia_app import roles
from nmedia_app.files import attach_file
from nmedia_app.selectors import removal
from nmedia_app.tests import factories

# what the platform itself writes anew whenever any app comes or goes; and a tag outlives what it was put on
PLATFORMS_OWN = {"tabInstalled Application", "tabDefaultValue", "tabTag"}
# told in a line of its own: what was deleted before, what ran, and what was brought up to date
TOLD_AS_A_WHOLE = {"tabDeleted Document", "tabScheduled Job Type", "tabScheduled Job Log", "tabPatch Log"}
# the platform's history of the same
PLATFORMS_ROWS = {"tabVersion": "`ref_doctype` = 'Installed Applications'"}


def get_rows() -> dict[str, list[str]]:
	"""Return the keys of all rows of all tables."""
	tables = frappe.db.sql("show full tables where Table_type = 'BASE TABLE'")
	return {table: get_keys(table) for table, _kind in tables}


def get_keys(table: str) -> list[str]:
	columns = [row[0] for row in frappe.db.sql(f"show columns from `{table}`")]
	key = [c for c in ("name", "doctype", "field", "user") if c in columns] or columns[:2]
	columns = ", ".join(f"`{column}`" for column in key)
	where = f"where not ({PLATFORMS_ROWS[table]})" if table in PLATFORMS_ROWS else ""
	return sorted(map(str, frappe.db.sql(f"select {columns} from `{table}` {where}")))


def get_differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
	"""Describe, a line for each table, what came and what went."""
	lines = []
	for table in sorted({*before, *after} - PLATFORMS_OWN):
		had, has = Counter(before.get(table, ())), Counter(after.get(table, ()))
		if had != has:
			lines.append(f"{table}: came {sorted(has - had)}, went {sorted(had - has)}")
	return lines


def get_named() -> dict:
	"""Return what uninstalling is told to remove and the keys of all rows, by type of document."""
	going = removal.get_going()
	rows = get_rows()
	types = frappe.get_all("DocType", filters={"issingle": 0, "istable": 0}, pluck="name")
	return {
		"named": {doctype: sorted(going.get(doctype, ())) for doctype in types},
		"rows": {doctype: rows.get(f"tab{doctype}", []) for doctype in types},
	}


def get_misnamed(before: dict, after: dict[str, list[str]]) -> list[str]:
	"""Describe, a line for each type of document, what went unnamed, and what was named and stayed."""
	lines = []
	for doctype, named in before["named"].items():
		table = f"tab{doctype}"
		went = {literal_eval(key)[0] for key in {*before["rows"][doctype]} - {*after.get(table, ())}}
		if went != {*named} and table not in {*PLATFORMS_OWN, *TOLD_AS_A_WHOLE}:
			lines.append(f"{table}: unnamed {sorted(went - {*named})}, stayed {sorted({*named} - went)}")
	return lines


def use():
	"""Leave as many traces as an ordinary site has: an article and a filing, and what is made around them."""
	user = "Administrator"
	frappe.set_user(user)
	doc = frappe.get_doc("User", user)
	doc.append_roles(*roles.ALL)
	doc._no_perm_log = True  # the user's own history would rightly remember the roles, here
	doc.save(ignore_version=True)  # and here
	factories.make_section(factories.SECTION, user, [user])
	article = factories.new_article(user, content="<p>Text</p>" + factories.image_html()).insert()
	article.add_comment("Comment", "Noted")
	people = {"supervising_leader": user, "administrator": user}
	filing = factories.new_filing(**people).insert()
	attach_file(filing, "rules.txt", b"Rules")
	article.add_tag("Noted")
	factories.act(article, user, "Send for Review")
	around = (
		{"doctype": "ToDo", "description": "Read it", "reference_type": article.doctype},
		{"doctype": "Custom Field", "dt": article.doctype, "label": "Column", "fieldtype": "Data"},
		{
			"doctype": "Property Setter",
			"doctype_or_field": "DocField",
			"doc_type": article.doctype,
			"field_name": "title",
			"property": "bold",
			"value": "0",
		},
		{
			"doctype": "Report",
			"report_name": "Mine",
			"ref_doctype": article.doctype,
			"report_type": "Report Builder",
			"is_standard": "No",
		},
	)
	for values in around:
		frappe.get_doc(values).insert()
	frappe.db.commit()


def main(site: str, step: str, file: str = "") -> int:
	frappe.init(site=site)
	frappe.connect()
	if step == "use":
		use()
	elif step == "name":
		Path(file).write_text(json.dumps(get_named()), encoding="utf-8")
	elif step == "went":
		return tell(get_misnamed(json.loads(Path(file).read_text(encoding="utf-8")), get_rows()))
	elif step == "take":
		Path(file).write_text(json.dumps(get_rows()), encoding="utf-8")
	else:
		return tell(get_differences(json.loads(Path(file).read_text(encoding="utf-8")), get_rows()))
	return 0


def tell(lines: list[str]) -> int:
	sys.stdout.write("".join(f"{line}\n" for line in lines))
	return int(bool(lines))


if __name__ == "__main__":
	sys.exit(main(*sys.argv[1:]))
