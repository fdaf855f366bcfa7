"""Parts of a request that may fail without taking the rest along."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def undone_if_failing() -> Iterator[None]:
	"""Undo what is written within if it fails, and what the answer would tell of it; the error is raised on.

	After a deadlock there is nothing left to undo: the database has ended the whole transaction.
	"""
	savepoint = f"attempt_{frappe.generate_hash(length=8)}"
	messages, writes = list(frappe.local.message_log), frappe.db.transaction_writes
	frappe.db.savepoint(savepoint)
	try:
		yield
	except frappe.QueryDeadlockError:
		raise
	except Exception:
		frappe.db.rollback(save_point=savepoint)
		# the platform takes this for the end of the transaction, and would not commit what came before it
		frappe.db.transaction_writes = writes
		frappe.local.message_log = messages
		frappe.local.response.pop("exc_type", None)  # the desk would take it for the answer to the request
		raise
	frappe.db.release_savepoint(savepoint)
