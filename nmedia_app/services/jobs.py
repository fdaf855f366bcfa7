"""Background jobs of which one at a time is enough."""

from datetime import datetime, timedelta, timezone

import frappe
from frappe.utils.background_jobs import get_job
from rq.job import Job, JobStatus

#: seconds; a worker tells every 30 of them that it is at a job: one that does not was killed
LONGEST_SILENCE = 75


def enqueue_once(
	method: str, about: str, *, queue: str = "long", timeout: int | None = None, **arguments
) -> None:
	"""Let a worker call `method` once this request is through, unless one is at it or will be.

	`about` is what it is done for: the same work on something else is another job. `timeout` in seconds.
	A job that somebody waits for goes to the queue "short". What a job did before its worker was killed is
	done again: it has to be safe to do it twice.
	"""
	job = get_job(get_job_id(method, about))
	if job and is_abandoned(job):
		job.delete()  # the platform would take it for one that a worker is at
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
	job = get_job(get_job_id(method, about))
	if not job or job.get_status() not in (JobStatus.QUEUED, JobStatus.STARTED):
		return False
	return not is_abandoned(job)


def is_abandoned(job: Job) -> bool:
	"""Tell whether a job was begun by a worker that is gone: its last sign of life is too old or missing.

	The queue itself finds out only after minutes.
	"""
	if job.get_status() != JobStatus.STARTED:
		return False
	if not job.last_heartbeat or not job.connection.exists(f"rq:worker:{job.worker_name}"):
		return True
	beat = job.last_heartbeat.replace(tzinfo=timezone.utc)  # which some versions leave out
	return datetime.now(timezone.utc) - beat > timedelta(seconds=LONGEST_SILENCE)


def get_job_id(method: str, about: str) -> str:
	return f"{method}:{about}"
