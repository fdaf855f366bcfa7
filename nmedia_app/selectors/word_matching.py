"""What a paper names in words, found among the records: accounts, platforms, people, sections."""

from collections.abc import Callable, Iterable

import frappe
from frappe import _
from frappe.utils import cstr

from nmedia_app import roles
from nmedia_app.account_import.translation import CellFault, PersonReader
from nmedia_app.nmedia_app.print_formats.engine import Phrase
from nmedia_app.regulation.filing import ACTIVE, LIVE, normalise_handle
from nmedia_app.selectors.sections import get_sections_for_role
from nmedia_app.typed_texts import as_typed


def find_platform(box: str, name: str) -> tuple[str | None, Phrase | None]:
	"""Return the platform that a box of Annex 1, or a name beside 其他, means; else why there is none."""
	filters = {"annex_1_tick": box} if box else {"name": name}
	found = frappe.get_all(
		"Media Platform", filters={**filters, "enabled": 1}, pluck="name", order_by="name asc"
	)
	if len(found) == 1:
		return found[0], None
	if found:
		return None, Phrase(_("Several platforms have this box: {0}. Please choose."), ("、".join(found),))
	message = _("“{0}” is not among the platforms. Please choose, or have it set up.")
	return None, Phrase(message, (name or Phrase(box),))


def find_live_account(account_name: str, platform: str | None, handle: str) -> str | None:
	"""Return the account in the register that a filing is about: by name and platform, or by its handle."""
	accounts = frappe.get_all(
		"Media Account",
		filters={"status": ["in", LIVE], **({"platform": platform} if platform else {})},
		fields=["name", "account_name", "handle"],
	)
	same_name = [row.name for row in accounts if account_name and as_typed(row.account_name) == account_name]
	plain = normalise_handle(handle)
	same_handle = [row.name for row in accounts if plain and normalise_handle(row.handle) == plain]
	found = same_name or same_handle
	return found[0] if len(found) == 1 else None


def match_accounts(names: Iterable[str]) -> tuple[list[str], list[str]]:
	"""Return the accounts in use that words name, with their platform or without, and the other words."""
	known: dict[str, set[str]] = {}
	for row in frappe.get_all(
		"Media Account", filters={"status": ACTIVE}, fields=["name", "platform", "account_name"]
	):
		for words in (f"{row.platform}{row.account_name}", row.account_name):
			known.setdefault(as_words(words), set()).add(row.name)
	found, unknown = [], []
	for words in names:
		accounts = known.get(as_words(words), set())
		if len(accounts) == 1:
			found += [account for account in accounts if account not in found]
		else:
			unknown.append(words)
	return found, unknown


def as_words(text: str) -> str:
	"""Return what an account is called without what people put around it."""
	return "".join(char for char in as_typed(text) if char not in ' 　：:“”"《》「」').casefold()


def find_person(fieldname: str, name: str) -> tuple[str | None, Phrase | None]:
	"""Return who can be what the field of an account asks for, by name; else why nobody is."""
	try:
		return PersonReader(fieldname)(name), None
	except CellFault as fault:
		return None, as_phrase(fault)


def as_phrase(fault: CellFault) -> Phrase:
	"""Return a fault, which is in the user's language already, as a doubt."""
	return Phrase("{0}", (str(fault),))


def match_contributors(names: Iterable[str]) -> tuple[list[dict], list[str]]:
	"""Return authors with the logins of those who have one, and the names that nobody or several go by."""
	find = get_user_finder()
	rows, unknown = [], []
	for name in names:
		users = find(name)
		rows.append({"user": users[0] if len(users) == 1 else None, "full_name": name})
		if len(users) != 1:
			unknown.append(name)
	return rows, unknown


def get_user_finder() -> Callable[[str], list[str]]:
	"""Return what finds enabled users by their full names."""
	users: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"User",
		filters={"enabled": 1, "name": ["not in", ("Administrator", "Guest")]},
		fields=["name", "full_name"],
	):
		users.setdefault(cstr(row.full_name).strip().casefold(), []).append(row.name)
	return lambda name: users.get(name.strip().casefold(), [])


def get_own_section(accounts: Iterable[str] = ()) -> str | None:
	"""Return for which section the session user begins a document: the accounts', or their only one."""
	own = get_sections_for_role(frappe.session.user, roles.EDITOR) or []
	of_accounts = {frappe.db.get_value("Media Account", account, "section") for account in accounts}
	if len(of_accounts) == 1 and of_accounts <= set(own):
		return of_accounts.pop()
	return own[0] if len(own) == 1 else None
