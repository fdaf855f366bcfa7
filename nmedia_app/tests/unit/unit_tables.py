"""Tables of the forms, as their DocTypes describe them."""

import json
from pathlib import Path

MODULE = Path(__file__).parents[2] / "nmedia_app" / "doctype"
#: the platform leaves out, without a word, the columns that come after the tenth part of a table's width
WIDTH = 10


def test_columns_of_a_table_all_have_room():
	too_wide = {}
	for file in MODULE.glob("*/*.json"):
		doctype = json.loads(file.read_text(encoding="utf-8"))
		columns = [field for field in doctype["fields"] if field.get("in_list_view")]
		width = sum(int(field.get("columns") or 2) for field in columns)
		if doctype.get("istable") and width > WIDTH:
			too_wide[doctype["name"]] = width
	assert not too_wide
