"""Background jobs of which one at a time is enough, whatever becomes of the worker."""

from datetime import datetime, timedelta

import frappe
from frappe.utils.background_jobs import create_job_id, get_redis_conn
from rq.job import Job
from rq.utils import utcformat

from nmedia_app.services.jobs import LONGEST_SILENCE, enqueue_once, get_job_id, is_under_way
from nmedia_app.tests.utils import RestTestCase, forget_job, get_job_of

ABOUT = ("frappe.ping", "of a test")
WORKER = "worker-of-a-test"


class TestWorkerThatIsGone(RestTestCase):
	"""A job whose worker was killed is taken for one that is not under way, and can be asked for again."""

	def setUp(self):
		super().setUp()
		self.redis = get_redis_conn()
		self.addCleanup(self.redis.delete, f"rq:worker:{WORKER}")
		forget_job(*ABOUT)
		self.addCleanup(forget_job, *ABOUT)

	def start_job(self, *, silent_for: int = 0, worker_lives: bool = True):
		"""Leave a job as a worker does that is at it."""
		job = Job.create("frappe.ping", id=create_job_id(get_job_id(*ABOUT)), connection=self.redis)
		job.save()
		job.prepare_for_execution(WORKER, self.redis)
		beat = utcformat(datetime.utcnow() - timedelta(seconds=silent_for))
		self.redis.hset(job.key, "last_heartbeat", beat)
		if worker_lives:
			self.redis.hset(f"rq:worker:{WORKER}", "last_heartbeat", beat)

	def ask_again(self) -> bool:
		"""Ask for the job again; return whether it is another one now."""
		enqueue_once(*ABOUT)
		frappe.db.commit()
		return get_job_of(*ABOUT).worker_name != WORKER

	def test_job_of_a_worker_at_work_is_under_way_and_is_not_asked_for_again(self):
		self.start_job(silent_for=LONGEST_SILENCE // 2)
		self.assertTrue(is_under_way(*ABOUT))
		self.assertFalse(self.ask_again())

	def test_job_of_a_worker_that_fell_silent_is_asked_for_again(self):
		self.start_job(silent_for=LONGEST_SILENCE + 5)
		self.assertFalse(is_under_way(*ABOUT))
		self.assertTrue(self.ask_again())

	def test_job_of_a_worker_that_nobody_knows_is_asked_for_again(self):
		self.start_job(worker_lives=False)
		self.assertFalse(is_under_way(*ABOUT))
		self.assertTrue(self.ask_again())

	def test_job_that_waits_is_under_way(self):
		self.assertFalse(is_under_way(*ABOUT))
		Job.create("frappe.ping", id=create_job_id(get_job_id(*ABOUT)), connection=self.redis).save()
		get_job_of(*ABOUT).set_status("queued")
		self.assertTrue(is_under_way(*ABOUT))
