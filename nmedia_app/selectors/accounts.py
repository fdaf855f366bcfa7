"""What accounts are called where people read them."""

from collections.abc import Iterable, Mapping

import frappe
from frappe.model.document import Document


def get_labels(accounts: Iterable[str]) -> dict[str, str]:
	"""Return accounts as the annex names them, in one query; one that is gone by its id."""
	accounts = set(accounts)
	rows = frappe.get_all(
		"Media Account",
		filters={"name": ["in", [*accounts]]},
		fields=["name", "platform", "account_name"],
	)
	return {
		**{name: name for name in accounts},
		**{row.name: f"{row.platform}：{row.account_name}" for row in rows},
	}


def say_account(account: Mapping) -> str:
	"""Return an account (`account_name`, `platform`) as notices name it: platforms share names."""
	return f"{account.get('account_name')}（{account.get('platform')}）"


def get_account_label(account: str) -> str:
	return get_labels([account])[account]


def get_account_labels(article: Document) -> list[str]:
	"""Return the accounts of an article as the annex names them."""
	labels = get_labels(row.account for row in article.accounts)
	return [labels[row.account] for row in article.accounts]
