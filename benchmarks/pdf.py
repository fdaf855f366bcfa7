"""One PDF of 100 documents in one run of the renderer, against the platform's own call for one at a time.

Annex 2 of articles of one page each. Ours is the whole way of a selection in a list: documents read, checked
for the permission to print, rendered and written. The peer is `frappe.get_print(as_pdf=True)` on a sample,
and its time is taken per document. Nothing stays.
"""

import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from unittest.mock import patch

from devbench.measuring import Figure, in_site

DOCTYPE = "Article Review"
DOCUMENTS = 100
SAMPLE = 10
RUNS = 3


def figures() -> Iterator[Figure]:
	"""Yield the time of 100 documents, ours and the platform's."""
	yield from in_site("benchmarks.pdf")


def measure() -> Iterator[Figure]:
	"""Yield the figure; runs connected to a site, in a transaction that is rolled back."""
	import frappe

	frappe.local.conf.host_name = serve_assets()
	with patch.object(frappe.db, "commit"):  # the platform's call ends the transaction for its Access Log
		try:
			names = make_articles()
			yield compare(names)
		finally:
			frappe.db.rollback()


def compare(names: Sequence[str]) -> Figure:
	print_together(names[:1])  # the style sheets are read once by either
	print_one(names[0])
	ours = [time_of(lambda: print_together(names)) for _run in range(RUNS)]
	peer = [time_of(lambda name=name: print_one(name)) for name in names[:SAMPLE]]
	size = f"{DOCUMENTS} documents, median of {RUNS}; the platform on {SAMPLE}"
	spread = (max(ours) - min(ours)) / 2
	return Figure("pdf, one at a time", median(ours), median(peer) * DOCUMENTS, "s", spread, size)


def serve_assets() -> str:
	"""Serve the style sheets, which the platform's call fetches; return the address."""
	server = ThreadingHTTPServer(("127.0.0.1", 0), QuietHandler)
	threading.Thread(target=server.serve_forever, daemon=True).start()
	return f"http://127.0.0.1:{server.server_port}"


class QuietHandler(SimpleHTTPRequestHandler):
	def log_message(self, *_words) -> None:
		"""Say nothing."""


def time_of(work: Callable[[], None]) -> float:
	began = time.perf_counter()
	work()
	return time.perf_counter() - began


def make_articles() -> list[str]:
	"""Write the articles, in this transaction."""
	import frappe

	from nmedia_app.tests import factories

	factories.make_house()
	frappe.set_user("Administrator")
	text = "".join(f"<p>{'信息化服务通知，请相互转告。' * 6}</p>" for _number in range(4))
	return [
		factories.make_article(title=f"通知（{number}）", content=text).name for number in range(DOCUMENTS)
	]


def print_together(names: Sequence[str]) -> None:
	"""Make one PDF as the job does, without telling anybody how far it is."""
	from nmedia_app.services import bundles

	bundle = bundles.Bundle("0" * 32, "Administrator", DOCTYPE, bundles.PDF, [*names])
	with patch.object(bundles.Bundle, "tell"):
		made = bundles.write_pdf(bundle, io.BytesIO())
	assert made == len(names), bundle.problems


def print_one(name: str) -> None:
	import frappe

	assert frappe.get_print(DOCTYPE, name, as_pdf=True).startswith(b"%PDF")
