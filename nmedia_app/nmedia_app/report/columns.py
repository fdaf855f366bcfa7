"""What the app's reports have in common."""


def column(fieldname: str, label: str, fieldtype: str, width: int, options: str | None = None) -> dict:
	"""Describe a column of a report; `label` is in the user's language."""
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"width": width,
		"options": options,
	}
