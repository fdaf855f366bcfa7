"""What an approved filing does to the register (Article 5), in the transaction that approves it."""

import json
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document

from nmedia_app.regulation.filing import (
	CHANGE,
	DEREGISTRATION,
	FOLLOWERS,
	KNOWN_ONCE_OPENED,
	OPENING,
	REGISTER_FIELDS,
	STATUS_WHEN_APPROVED,
	STATUS_WHEN_REPORTED,
	as_cell,
	find_changed_fields,
)
from nmedia_app.workflow import SealedChange, SealedRecordError

CELLS = (*REGISTER_FIELDS, FOLLOWERS)
#: what tells of a change that nobody has filed yet
CHANGE_NOTED = ("change_noted_on", "change_due_on", "change_reason")


def carry_out(*, filing: Document) -> None:
	"""Open, change or close the account that an approved filing is about.

	Throws SealedRecordError if the register changed since the filing was sent: what was approved is a change
	against what was on the screen.
	"""
	if filing.filing_type == OPENING:
		filing.account = open_account(filing=filing)
		return
	account = lock_account(filing.account)
	check_register_as_seen(filing, account)
	if filing.filing_type == CHANGE:
		values = dict.fromkeys(CHANGE_NOTED) | get_cells(filing)
		change_account(account=account, values=values)
	if filing.filing_type == DEREGISTRATION:
		status = STATUS_WHEN_APPROVED[DEREGISTRATION]
		change_account(account=account, values={**dict.fromkeys(CHANGE_NOTED), "status": status})


def wait_for_register(*, platform: str) -> None:
	"""Let one filing of a platform after the other be decided on, each until the end of its request.

	Called before anything else is locked: of two that hold rows already and wait for each other, the database
	ends one in the middle, in words of its own.
	"""
	frappe.db.get_value("Media Platform", platform, "name", for_update=True)


def open_account(*, filing: Document) -> str:
	"""Enter a new account in the register; return its name. Throws if a live account has its handle."""
	account = frappe.new_doc(
		"Media Account", **get_cells(filing), section=filing.section, status=STATUS_WHEN_APPROVED[OPENING]
	)
	# whoever approves may not create accounts: the approval they may take was checked by the guard
	return account.insert(ignore_permissions=True).name


def note_report(*, filing: Document) -> None:
	"""Bring the register up to date once the Publicity Department has the filing."""
	if filing.filing_type not in STATUS_WHEN_REPORTED:
		return
	values = {"status": STATUS_WHEN_REPORTED[filing.filing_type]}
	if filing.filing_type == OPENING:
		values |= {field: filing.get(field) for field in KNOWN_ONCE_OPENED}
	change_account(account=lock_account(filing.account), values=values)
	if filing.filing_type == OPENING:
		# by its name: the audits need the register, too
		frappe.call("nmedia_app.services.audit_opening.enqueue_open_rounds")


def change_account(*, account: Document, values: dict) -> None:
	"""Set register fields of an account, as a filing says."""
	account.update(values)
	account.flags.sealed_change = SealedChange(frozenset(values))
	account.save(ignore_permissions=True)  # as above: the guard has checked the step


def lock_account(name: str) -> Document:
	"""Return an account, locked until the end of the request."""
	return frappe.get_doc("Media Account", name, for_update=True)


def get_cells(doc: Document, fields: Iterable[str] = CELLS) -> dict:
	"""Return the register's fields of an account or a filing."""
	return {field: doc.get(field) for field in fields}


def as_snapshot(doc: Document) -> str:
	"""Return the register's fields as text, to be kept beside a filing."""
	return json.dumps({field: as_cell(doc, field) for field in CELLS}, ensure_ascii=False)


def read_snapshot(text: str | None) -> dict:
	"""Return the fields that `as_snapshot` kept; nothing if there is none."""
	return json.loads(text) if text else {}


def check_register_as_seen(filing: Document, account: Document) -> None:
	seen = read_snapshot(filing.register_before)
	changed = [field for field in find_changed_fields(seen, account) if field != FOLLOWERS]
	if changed:
		frappe.throw(
			_("The register changed since this filing was sent: {0}.").format(
				"、".join(_(account.meta.get_label(field)) for field in changed)
			)
			+ " "
			+ _("Please return it, so that it is brought up to date."),
			SealedRecordError,
		)
