"""Parts of a request that may fail without taking the rest along."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import frappe

Result = TypeVar("Result")
#: so often work is tried that the database ends because others hold what it needs
MOST_TRIES = 5
#: seconds before the second try, and more before each further one
PAUSE = 0.2


def persist(work: Callable[[], Result]) -> Result:
	"""Do work in a transaction of its own, commit it, and return what it returns (background jobs).

	If the database ends it for a deadlock, all of it is done anew, a few times.
	"""
	for number in range(1, MOST_TRIES + 1):
		frappe.db.commit()  # so that the work reads what others wrote until now
		try:
			result = work()
			break
		except frappe.QueryDeadlockError:
			frappe.db.rollback()
			if number == MOST_TRIES:
				raise
			time.sleep(PAUSE * number)
	frappe.db.commit()
	return result


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
