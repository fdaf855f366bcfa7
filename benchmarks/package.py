"""The package of a round of 1,000 audits against a loop of docxtpl over the same audits.

Ours is the whole package: both forms and the materials of every account, the summary as workbook and Word
file. The loop reads one audit and its account after the other, fills both forms with docxtpl and puts them
into a ZIP, with the materials; it does so on a sample, and its time is taken per audit. Both use the same
templates and the same values. The memory is the peak of the whole process until ours is done. Nothing stays.
"""

import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from devbench.instance import current, prepare_home
from devbench.measuring import Figure, in_site
from devbench.plan import Plan
from devbench.testing import Testing

AUDITS = 1_000
SAMPLE = 40
RUNS = 3
MATERIAL = 50_000  # bytes of each file that was handed in


def figures() -> Iterator[Figure]:
	"""Yield the time of one audit, ours and the loop's, and the peak memory of ours."""
	plan = Plan(current())
	prepare_home(plan.instance.home)
	plan.runner.run([Testing(plan, ()).tools_step()])  # which have docxtpl
	yield from in_site("benchmarks.package")


def measure() -> Iterator[Figure]:
	"""Yield the figures; runs connected to a site, in a transaction that is rolled back."""
	import frappe

	borrow_docxtpl()
	try:
		round_doc = make_round()
		names = frappe.get_all("Annual Audit", {"round": round_doc.name}, pluck="name", order_by="name asc")
		times = [time_of(lambda: write_package(round_doc)) / len(names) for _run in range(RUNS)]
		memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
		peer = time_of(lambda: loop(names[:SAMPLE])) / SAMPLE
		size = f"an audit of {len(names):,}, median of {RUNS}; docxtpl on {SAMPLE}"
		spread = (max(times) - min(times)) / 2 * 1000
		yield Figure("package, docxtpl", median(times) * 1000, peer * 1000, "ms", spread, size)
		yield Figure(
			"package, peak memory", memory, None, "MiB", None, f"{len(names):,} audits, whole process"
		)
	finally:
		frappe.db.rollback()
		remove_file(MATERIAL_URLS)


MATERIAL_URLS: list[str] = []


def borrow_docxtpl() -> None:
	"""Let the bench's Python find what only the tests' environment has."""
	home = current().home
	sys.path += [str(path) for path in home.glob("test-tools/lib/python*/site-packages")]


def make_round():
	"""Make an open round of many audits, each complete and decided on, in this transaction."""
	import frappe

	from nmedia_app.tests import factories

	factories.make_house()
	frappe.set_user("Administrator")
	factories.copy_accounts(AUDITS)
	round_doc = factories.make_open_round()
	frappe.set_user("Administrator")
	factories.complete_audits(round_doc, make_material(round_doc))
	return round_doc


def make_material(round_doc) -> str:
	"""Put a file on the disk for every audit to hand in; return its address."""
	import os

	from nmedia_app.files import attach_file

	url = attach_file(round_doc, "material.txt", os.urandom(MATERIAL // 2).hex().encode()).file_url
	MATERIAL_URLS.append(url)
	return url


def remove_file(urls: Sequence[str]) -> None:
	from nmedia_app.files import find_on_disk

	for url in urls:
		if path := find_on_disk(url):
			path.unlink()


def time_of(work: Callable[[], None]) -> float:
	began = time.perf_counter()
	work()
	return time.perf_counter() - began


def write_package(round_doc) -> None:
	from nmedia_app.services import audit_package

	with tempfile.NamedTemporaryFile() as file:
		audit_package.write_package(round_doc, file)


def loop(names: Sequence[str]) -> None:
	"""Do the same for some audits as one would without a thought for their number."""
	import frappe

	from nmedia_app.files import read_bytes
	from nmedia_app.nmedia_app.print_formats.annexes import build_context, get_annex
	from nmedia_app.tests.unit import docxtpl_peer

	with tempfile.NamedTemporaryFile() as file, zipfile.ZipFile(file, "w") as archive:
		for name in names:
			audit = frappe.get_doc("Annual Audit", name)
			for doc in (audit, frappe.get_doc("Media Account", audit.account)):
				template = get_annex(doc.doctype).template.read_bytes()
				archive.writestr(
					f"{name}/{doc.doctype}.docx", docxtpl_peer.render(template, build_context(doc))
				)
			for row in audit.materials:
				content = read_bytes(audit, row.file) if row.file else (row.text or "").encode()
				archive.writestr(f"{name}/{row.idx} {row.material_name}", content)
