"""Who acts on audits and closures that are not finished: who answers for the account today (Articles 4, 6).

An audit and a closure task keep section, administrator and chief as columns, so that lists, counts and row
access ask no other table. Whoever changes the register passes the change on to them here, with one statement
a table. What an audit says of its year is left alone: that is counted until it is sent, and stays as sent.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_fullname, getdate, now, today

from nmedia_app.regulation.review import CLOSED, OPEN, is_with_authors
from nmedia_app.selectors.accounts import say_account
from nmedia_app.selectors.recipients import only_readers
from nmedia_app.services.notices import notify, without_failing

AUDIT, TASK, ROUND = "Annual Audit", "Closure Task", "Annual Audit Round"
#: an open closure task
TO_BE_CLOSED = "To Be Closed"
#: of a round whose audits may still be acted on
UNDER_WAY = (OPEN, CLOSED)
#: what of an account is passed on
FOLLOWED = ("section", "administrator")


def follow_account(*, account: Document) -> None:
	"""Pass an account's section and administrator on to its audits and closure tasks, with the chief."""
	chief = frappe.db.get_value("Media Section", account.section, "chief")
	people = {
		"section": account.section,
		"administrator": account.administrator,
		"administrator_name": get_fullname(account.administrator) if account.administrator else "",
		"chief": chief,
	}
	pass_on(AUDIT, list_audits_to_act_on({"account": account.name}), people)
	of_task = {"section": account.section, **name_chief(chief)}
	pass_on(TASK, list_open_tasks({"account": account.name}), of_task)


def tell_new_administrator(*, account: Document) -> None:
	"""Tell an account's administrator, in one notice, which audit and which closing of it are theirs now."""
	with without_failing():
		audits, tasks = find_audits_to_send(account.name), find_tasks(account.name)
		if documents := [*tasks, *audits]:
			doc = documents[0]
			users = only_readers(doc, {account.administrator} - {None, ""})
			notify(users=users, subject=lambda: say_what_is_theirs(account, audits, tasks), doc=doc)


def find_audits_to_send(account: str) -> list[Document]:
	"""Return the audits of an account that its administrator can still send."""
	audits = (frappe.get_doc(AUDIT, name) for name in list_audits_to_act_on({"account": account}))
	return [
		audit
		for audit in audits
		if is_with_authors(audit.stage) and getdate(audit.due_on) >= getdate(today())
	]


def find_tasks(account: str) -> list[Document]:
	return [frappe.get_doc(TASK, name) for name in list_open_tasks({"account": account})]


def say_what_is_theirs(account: Document, audits: Iterable[Document], tasks: Iterable[Document]) -> str:
	facts = [_("to be closed or deregistered by {0}").format(task.due_on) for task in tasks]
	facts += [_("audit of {0} to be sent by {1}").format(audit.year, audit.due_on) for audit in audits]
	return _("“{0}” is yours to administer now (Article 6): {1}").format(
		say_account(account), "；".join(facts)
	)


def follow_section(*, section: Document) -> None:
	"""Pass a section's chief on to the audits and closure tasks of its accounts."""
	pass_on(AUDIT, list_audits_to_act_on({"section": section.name}), {"chief": section.chief})
	pass_on(TASK, list_open_tasks({"section": section.name}), name_chief(section.chief))


def name_chief(chief: str | None) -> dict:
	return {"chief": chief, "chief_name": get_fullname(chief) if chief else ""}


def list_audits_to_act_on(filters: dict) -> list[str]:
	"""List audits that are not approved, of rounds under way or in the time that an open task gives."""
	audit, round_table, task = (frappe.qb.DocType(doctype) for doctype in (AUDIT, ROUND, TASK))
	query = (
		frappe.qb.from_(audit)
		.join(round_table)
		.on(round_table.name == audit.round)
		.left_join(task)
		.on((task.audit == audit.name) & (task.status == TO_BE_CLOSED))
		.select(audit.name)
		.distinct()
		.where(audit.docstatus == 0)
		.where(round_table.stage.isin(UNDER_WAY) | task.name.isnotnull())
		.orderby(audit.name)
	)
	for fieldname, value in filters.items():
		query = query.where(audit[fieldname] == value)
	return [name for (name,) in query.run()]


def list_open_tasks(filters: dict) -> list[str]:
	return frappe.get_all(
		TASK, filters={**filters, "status": TO_BE_CLOSED}, pluck="name", order_by="name asc"
	)


def lock_audits(*, account: str) -> None:
	"""Lock the audits of an account that a change of it is passed on to, until the end of the request.

	Before the account itself: whoever approves an audit has locked that one, and comes to the account then.
	"""
	audit = frappe.qb.DocType(AUDIT)
	names = list_audits_to_act_on({"account": account})
	if names:
		(
			frappe.qb.from_(audit)
			.select(audit.name)
			.where(audit.name.isin(names))
			.orderby(audit.name)
			.for_update()
		).run()


def pass_on(doctype: str, names: Iterable[str], values: dict) -> None:
	"""Write values to documents at once, as a change: who has one on the screen is told to look again."""
	names = [*names]
	if not names:
		return
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.update(table).where(table.name.isin(names))
	for fieldname, value in {**values, "modified": now(), "modified_by": frappe.session.user}.items():
		query = query.set(table[fieldname], value)
	query.run()
	for name in names:
		frappe.clear_document_cache(doctype, name)
