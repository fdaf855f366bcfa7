"""However many workers open a round, and wherever one is killed, each account gets one audit (Article 6)."""

import json
import os
import signal
import subprocess
import sys
import time

import frappe

from nmedia_app.services.audit_opening import DOCTYPE
from nmedia_app.tests import factories
from nmedia_app.tests.utils import RestTestCase

ACCOUNTS = 1000
BATCH = 20


class TestWorkers(RestTestCase):
	"""Article 6: one audit for every account in use."""

	def setUp(self):
		super().setUp()
		factories.copy_accounts(ACCOUNTS)
		self.round_doc = self.committed(factories.make_round_to_open())

	def start_worker(self) -> subprocess.Popen:
		"""Start what the job of a worker runs, in a process of its own."""
		kwargs = json.dumps({"round_name": self.round_doc.name, "size": BATCH})
		command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", frappe.local.site]
		function = "nmedia_app.services.audit_opening.open_audits"
		worker = subprocess.Popen(
			[*command, "execute", function, "--kwargs", kwargs],
			cwd=frappe.utils.get_bench_path() + "/sites",
			stdout=subprocess.DEVNULL,
		)
		self.addCleanup(worker.kill)
		return worker

	def count(self) -> int:
		frappe.db.rollback()
		return frappe.db.count(DOCTYPE, {"round": self.round_doc.name})

	def wait_for(self, number: int):
		deadline = time.monotonic() + 60
		while self.count() < number:
			self.assertLess(time.monotonic(), deadline, "no worker got on")

	def test_two_workers_one_of_them_killed_half_way_open_exactly_one_audit_each(self):
		workers = [self.start_worker(), self.start_worker()]
		self.wait_for(ACCOUNTS // 4)
		os.kill(workers[0].pid, signal.SIGKILL)
		self.assertEqual(workers[0].wait(60), -signal.SIGKILL)
		self.assertEqual(workers[1].wait(120), 0)
		frappe.db.rollback()  # to see what the workers wrote
		in_use = frappe.db.count("Media Account", {"status": "Active"})
		audited = frappe.get_all(DOCTYPE, filters={"round": self.round_doc.name}, pluck="account")
		self.assertEqual((len(audited), len({*audited})), (in_use, in_use))
		rows = frappe.db.count("Audit Material", {"parenttype": DOCTYPE, "parent": ["like", "NM-AUD-%"]})
		of_others = frappe.db.count(DOCTYPE, {"round": ["!=", self.round_doc.name]})
		self.assertGreaterEqual(rows, len(self.round_doc.requirements) * in_use)
		self.assertLessEqual(rows, len(self.round_doc.requirements) * (in_use + of_others))

	def test_all_workers_killed_leave_what_the_next_run_completes(self):
		worker = self.start_worker()
		self.wait_for(ACCOUNTS // 4)
		os.kill(worker.pid, signal.SIGKILL)
		worker.wait(60)
		self.assertLess(self.count(), ACCOUNTS)
		self.assertEqual(self.start_worker().wait(120), 0)
		self.assertEqual(self.count(), frappe.db.count("Media Account", {"status": "Active"}))
