"""What accounts are called where people read them."""

import frappe
from frappe.model.document import Document


def get_account_label(account: str) -> str:
	"""Return an account as the annex names it: platform and name."""
	values = frappe.db.get_value("Media Account", account, ("platform", "account_name"))
	return "：".join(values) if values else account


def get_account_labels(article: Document) -> list[str]:
	"""Return the accounts of an article as the annex names them."""
	return [get_account_label(row.account) for row in article.accounts]
