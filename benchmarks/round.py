"""Opening an annual audit round: thousands of accounts in batches against a loop of insert().

Both make the same audits of the same accounts, with the same figures and rules; the loop does so on a sample,
and its time is taken per audit. 1,000 and 10,000 accounts show how the time grows. Everything happens on the
tests' own site and is removed again.
"""

import time
from collections.abc import Iterator

from devbench.measuring import Figure, in_site

SIZES = (1_000, 10_000)
SAMPLE = 40


def figures() -> Iterator[Figure]:
	"""Yield the time of one audit, ours and the loop's, and how it grows."""
	yield from in_site("benchmarks.round")


def measure() -> Iterator[Figure]:
	"""Yield the figures; runs connected to a site."""
	import frappe

	from nmedia_app.tests import factories

	factories.make_house()
	try:
		accounts = factories.copy_accounts(max(SIZES))
		frappe.db.commit()
		peer = time_of_inserts(accounts[:SAMPLE])
		times = {size: time_of_opening(accounts, size) for size in SIZES}
		for size, seconds in times.items():
			name = f"open a round of {size:,}"
			yield Figure(
				name, seconds / size * 1000, peer * 1000, "ms", None, f"per audit; insert() of {SAMPLE}"
			)
		small, large = (times[size] / size for size in SIZES)
		yield Figure("growth, 10 times the accounts", large / small, 1, "times", None, "time of one audit")
	finally:
		remove_everything()


def time_of_inserts(accounts: list[str]) -> float:
	"""Return how long `insert()` takes for one audit, in seconds."""
	import frappe

	round_doc = make_round()
	began = time.perf_counter()
	for account in accounts:
		frappe.get_doc(doctype="Annual Audit", round=round_doc.name, account=account).insert()
	frappe.db.commit()
	took = (time.perf_counter() - began) / len(accounts)
	remove_rounds()
	return took


def time_of_opening(accounts: list[str], size: int) -> float:
	"""Return how long it takes to open a round of so many accounts, in seconds."""
	import frappe

	from nmedia_app.services.audit_opening import open_audits

	set_status(accounts, "Closed")
	set_status(accounts[:size], "Active")
	round_doc = make_round()
	began = time.perf_counter()
	made = open_audits(round_doc.name)
	took = time.perf_counter() - began
	assert made >= size, (made, size)
	assert frappe.db.count("Annual Audit", {"round": round_doc.name}) == made
	remove_rounds()
	return took * size / made


def make_round():
	"""Open a round, without the job that would open its audits."""
	import frappe

	from nmedia_app.tests import factories

	frappe.set_user("Administrator")
	round_doc = factories.new_round().insert()
	frappe.db.set_value(
		"Annual Audit Round", round_doc.name, {"workflow_state": "Round Open", "stage": "Open"}
	)
	frappe.db.commit()
	frappe.clear_document_cache("Annual Audit Round", round_doc.name)
	return round_doc


def set_status(accounts: list[str], status: str) -> None:
	import frappe

	frappe.db.set_value("Media Account", {"name": ["in", accounts]}, "status", status)
	frappe.db.commit()


def remove_rounds() -> None:
	import frappe

	from nmedia_app.install import purge
	from nmedia_app.tests.factories import AUDIT_YEAR

	for doctype in ("Annual Audit", "Annual Audit Round"):
		purge(doctype, {"year": AUDIT_YEAR})
	frappe.db.commit()


def remove_everything() -> None:
	import frappe

	from nmedia_app.install import purge
	from nmedia_app.tests.factories import ACCOUNT_CELLS

	frappe.db.rollback()
	remove_rounds()
	purge("Media Account", {"name": ["like", f"%{ACCOUNT_CELLS['account_name']}%"]})
	frappe.db.commit()
