"""The app's own roles, one for each person that the regulation names."""

EDITOR = "New Media Editor"
SECTION_CHIEF = "New Media Section Chief"
DIVISION_LEADER = "New Media Division Leader"
GENERAL_OFFICE = "New Media General Office"
UNIT_HEAD = "New Media Unit Head"

ALL = (EDITOR, SECTION_CHIEF, DIVISION_LEADER, GENERAL_OFFICE, UNIT_HEAD)

# who sees every section's articles
SEE_ALL = frozenset({DIVISION_LEADER, GENERAL_OFFICE, UNIT_HEAD, "System Manager"})
