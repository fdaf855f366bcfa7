"""Background jobs of which one at a time is enough."""

import frappe
from frappe.utils.background_jobs import is_job_enqueued


def enqueue_once(
	method: str, about: str, *, queue: str = "long", timeout: int | None = None, **arguments
) -> None:
	"""Let a worker call `method` once this request is through, unless one is at it or will be.

	`about` is what it is done for: the same work on something else is another job. `timeout` in seconds.
	A job that somebody waits for goes to the queue "short".
	"""
	# an earlier Frappe commits a request only if it wrote something, and drops the job of one that did not
	frappe.db.transaction_writes += 1
	frappe.enqueue(
		method,
		queue=queue,
		timeout=timeout,
		job_id=get_job_id(method, about),
		deduplicate=True,
		enqueue_after_commit=True,
		**arguments,
	)


def is_under_way(method: str, about: str) -> bool:
	"""Tell whether such a job waits for a worker, or one is at it."""
	return is_job_enqueued(get_job_id(method, about))


def get_job_id(method: str, about: str) -> str:
	return f"{method}:{about}"
