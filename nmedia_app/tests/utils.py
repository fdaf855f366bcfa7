"""What the site tests share."""

import json
from concurrent.futures import ThreadPoolExecutor

import frappe
from frappe.utils.background_jobs import get_job
from werkzeug.test import Client, TestResponse

from nmedia_app.services import jobs
from nmedia_app.tests import factories

try:
	from frappe.tests import IntegrationTestCase
except ImportError:  # Frappe 15
	from frappe.tests.utils import FrappeTestCase as IntegrationTestCase


class NmediaTestCase(IntegrationTestCase):
	"""A house with its people; every test starts as Administrator and is rolled back."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		factories.make_house()

	def setUp(self):
		super().setUp()
		frappe.set_user("Administrator")
		frappe.db.savepoint("before_test")

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="before_test")
		frappe.local.message_log = []
		super().tearDown()

	def change_roles(self, user: str, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()):
		"""Give and take roles until the test ends: a rollback does not reach the cache of who has which."""
		self.addCleanup(frappe.clear_cache, user=user)
		doc = frappe.get_doc("User", user)
		doc.append_roles(*add)
		doc.remove_roles(*remove)  # which saves


#: what tests over HTTP leave behind, in the order in which it can go
WRITTEN = (
	"Article Review",
	"Account Filing",
	"Closure Task",
	"Annual Audit",
	"Annual Audit Round",
	"Media Account",
)


def get_names(doctype: str) -> set[str]:
	return set(frappe.get_all(doctype, pluck="name"))


def get_statuses() -> dict[str, str]:
	return dict(frappe.get_all("Media Account", fields=["name", "status"], as_list=True))


class RestTestCase(NmediaTestCase):
	"""Tests that attack over HTTP, with real sessions: what they see must be committed, and is cleaned up."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.db.commit()
		cls.existing = {doctype: get_names(doctype) for doctype in WRITTEN}
		cls.statuses = get_statuses()

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		self.remove_new_documents()
		frappe.local.message_log = []

	def remove_new_documents(self):
		from nmedia_app.install import purge

		for doctype in WRITTEN:
			new = get_names(doctype) - self.existing[doctype]
			if not new:
				continue
			purge(doctype, {"name": ["in", new]})
			frappe.db.delete("Review Reminder", {"reference_doctype": doctype, "reference_name": ["in", new]})
			frappe.db.delete("Notification Log", {"document_type": doctype, "document_name": ["in", new]})
			# only now: a sent document's files cannot be deleted
			attached = {"attached_to_doctype": doctype, "attached_to_name": ["in", new]}
			for name in frappe.get_all("File", filters=attached, pluck="name"):
				frappe.delete_doc("File", name, force=True)
		self.cut_chain()
		self.restore_statuses()
		frappe.db.commit()

	def restore_statuses(self):
		"""Take the accounts back to their status before the test: a closed round touches all of them."""
		for name, status in set(self.statuses.items()) - set(get_statuses().items()):
			frappe.db.set_value("Media Account", name, "status", status)

	def cut_chain(self):
		"""Take the custody chain back to what it was before the test: its entries are the newest."""
		from nmedia_app.services.custody import LOCK

		names = frappe.get_all(
			"Custody Entry",
			filters={"article": ["not in", self.existing["Article Review"] or [""]]},
			pluck="name",
		)
		frappe.db.delete("Custody Entry", {"name": ["in", names or [""]]})
		last = frappe.db.sql("select max(`position`) from `tabCustody Entry`")[0][0] or 0
		frappe.db.sql("update `tabSeries` set `current` = %s where `name` = %s", (last, LOCK))

	def committed(self, doc):
		"""Make a document visible to requests."""
		frappe.db.commit()
		return doc

	def fresh(self, doc):
		"""Return the document as the database has it now."""
		frappe.db.rollback()
		frappe.set_user("Administrator")
		return frappe.get_doc(doc.doctype, doc.name)


def get_job_of(method: str, about: str):
	"""Return the background job that was asked for, be it waiting, under way or done; None without one."""
	return get_job(jobs.get_job_id(method, about))


def forget_job(method: str, about: str) -> None:
	"""Take a job away, so that a later test asks for it anew and no worker finds it after the test."""
	if job := get_job_of(method, about):
		job.delete()


def run_job(job) -> None:
	"""Do what a worker would do with a job."""
	frappe.get_attr(job.kwargs["method"])(**job.kwargs["kwargs"])


class Browser:
	"""A session against the site, in this process but on a thread (and connection) of its own."""

	_logged_in: dict = {}

	@classmethod
	def of(cls, user: str) -> "Browser":
		"""Return the user's browser, logged in once for all tests."""
		key = (frappe.local.site, user)
		if key not in cls._logged_in:
			cls._logged_in[key] = cls(user)
		return cls._logged_in[key]

	def __init__(self, user: str | None, password: str = factories.PASSWORD):
		from frappe.app import application

		self.client = Client(application)
		self.headers = {"X-Frappe-Site-Name": frappe.local.site, "Accept": "application/json"}
		self.user = user
		if user:
			response = self.post("/api/method/login", usr=user, pwd=password)
			assert response.status_code == 200, response.get_data(as_text=True)

	def request(self, method: str, path: str, **kwargs) -> TestResponse:
		with ThreadPoolExecutor(max_workers=1) as pool:
			return pool.submit(self.client.open, path, method=method, headers=self.headers, **kwargs).result()

	def get(self, path: str, **params) -> TestResponse:
		return self.request("GET", path, query_string=params)

	def post(self, path: str, **body) -> TestResponse:
		return self.request("POST", path, json=body)

	def put(self, path: str, **body) -> TestResponse:
		return self.request("PUT", path, json=body)

	def delete(self, path: str) -> TestResponse:
		return self.request("DELETE", path)

	def call(self, method: str, **arguments) -> TestResponse:
		return self.post(f"/api/method/{method}", **arguments)


def messages(response: TestResponse) -> str:
	"""Return what a response says to the user."""
	body = response.get_json(silent=True) or {}
	texts = [json.loads(m)["message"] for m in json.loads(body.get("_server_messages") or "[]")]
	return " ".join(texts)
