"""Documents that were selected in a list as one download: a ZIP of Word files, or one PDF.

A worker makes it and says how far it is. It lies in a folder of its own beside a note of what it is, without
a File: only who asked for it gets it, for a day. A document that cannot be printed is named and stops no
other.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Final

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, strip_html

from nmedia_app.language import speaking
from nmedia_app.nmedia_app.print_formats.annexes import (
	build_context,
	build_contexts,
	check_state,
	get_annex,
)
from nmedia_app.nmedia_app.print_formats.pdf import Printer, check_renderer
from nmedia_app.nmedia_app.print_formats.word import get_filler
from nmedia_app.regulation.archive_names import Names, as_name
from nmedia_app.selectors.documents import load_documents
from nmedia_app.selectors.sections import remembering_sections
from nmedia_app.services import temporary
from nmedia_app.services.archive import Archive
from nmedia_app.services.jobs import enqueue_once, is_under_way

FOLDER: Final = "nmedia_bundles"
WORD, PDF = "Word", "PDF"
EXTENSIONS: Final = {WORD: ".zip", PDF: ".pdf"}
MIMETYPES: Final = {WORD: "application/zip", PDF: "application/pdf"}
MAKING, READY, FAILED = "Making", "Ready", "Failed"
MOST: Final = 500
#: documents that are read at once, and after which it is said how far it is
BATCH: Final = 50
LONGEST_NAME: Final = 60
SECONDS: Final = 20 * 60
#: what a worker calls, and what the desk listens to
JOB: Final = "nmedia_app.services.bundles.run"
EVENT: Final = "nmedia_bundle"

_KEY: Final = re.compile(r"[0-9a-f]{32}")


class BundleError(frappe.ValidationError):
	"""These documents cannot be made one download, or there is none."""


@dataclass
class Bundle:
	"""One download: what it is of, who asked for it, how far it is, and what it lacks."""

	key: str
	user: str
	doctype: str
	kind: str
	names: list[str]
	done: int = 0
	status: str = MAKING
	file_name: str = ""
	size: int = 0
	problems: list[dict] = field(default_factory=list)

	@property
	def path(self) -> Path:
		return get_folder() / f"{self.key}{EXTENSIONS[self.kind]}"

	def save(self) -> None:
		"""Note how far it is; whoever reads meanwhile reads what was noted before."""
		note = get_note(self.key)
		part = note.with_name(f"{note.name}.part")
		part.write_text(json.dumps(asdict(self)), encoding="utf-8")
		os.replace(part, note)

	def tell(self) -> None:
		"""Note how far it is, and show it to who asked."""
		self.save()
		frappe.publish_realtime(EVENT, self.describe(), user=self.user)

	def describe(self) -> dict:
		"""Return what its dialog shows."""
		said = ("key", "kind", "done", "status", "file_name", "size", "problems")
		return {"total": len(self.names), **{name: getattr(self, name) for name in said}}


def get_folder() -> Path:
	return Path(frappe.get_site_path("private", FOLDER))


def get_note(key: str) -> Path:
	return get_folder() / f"{key}.json"


def enqueue(*, doctype: str, names: Sequence[str], kind: str) -> Bundle:
	"""Let a worker make one download of documents, for the session user.

	Throws BundleError if there are none or too many, and while it makes another for this user.
	"""
	get_annex(doctype)
	names = [*dict.fromkeys(names)]
	check(names, kind)
	user = frappe.session.user
	bundle = Bundle(frappe.generate_hash(length=32), user, doctype, kind, names)
	get_folder().mkdir(exist_ok=True)
	bundle.save()
	enqueue_once(JOB, user, queue="short", timeout=SECONDS, key=bundle.key)
	return bundle


def check(names: Sequence[str], kind: str) -> None:
	if kind not in EXTENSIONS:
		frappe.throw(_("Documents are downloaded as Word files or as PDF."), BundleError)
	if not names:
		frappe.throw(_("Please select documents first."), BundleError)
	if len(names) > MOST:
		frappe.throw(
			_("{0} documents are selected. Please download at most {1} at once.").format(len(names), MOST),
			BundleError,
		)
	if is_under_way(JOB, frappe.session.user):
		frappe.throw(_("Your last download is still being made. Please wait until it is done."), BundleError)
	if kind == PDF:
		check_renderer()


def get_bundle(key: str) -> Bundle:
	"""Return a download of the session user's; throws if it is another's, or is no longer there."""
	note = get_note(key) if _KEY.fullmatch(key) else None
	if not note or not note.is_file():
		frappe.throw(_("This download is no longer there. Please select the documents again."), BundleError)
	bundle = Bundle(**json.loads(note.read_text(encoding="utf-8")))
	if bundle.user != frappe.session.user:
		frappe.throw(_("This download was made for somebody else."), frappe.PermissionError)
	return bundle


def get_file(bundle: Bundle) -> Path:
	"""Return the file of a download; throws if it is not made yet, or is no longer there."""
	if bundle.status != READY or not bundle.path.is_file():
		frappe.throw(_("This download is no longer there. Please select the documents again."), BundleError)
	return bundle.path


def look_after(bundle: Bundle) -> Bundle:
	"""Return a download as it is; one whose worker was stopped has failed."""
	if bundle.status == MAKING and not is_under_way(JOB, bundle.user):
		bundle = get_bundle(bundle.key)  # the worker may have ended in between
		if bundle.status == MAKING:
			bundle.status = FAILED
	return bundle


def run(key: str) -> None:
	"""Make a download in the background, and tell who asked for it how it went."""
	bundle = get_bundle(key)
	with speaking(frappe.db.get_value("User", bundle.user, "language")):
		try:
			make(bundle)
		except Exception:
			frappe.db.rollback()
			frappe.log_error("A download of several documents could not be made")
			bundle.status = FAILED
		bundle.tell()
		put_on_desk(bundle)
	frappe.db.commit()


def make(bundle: Bundle) -> None:
	"""Write the file of a download; one that is empty has failed."""
	part = bundle.path.with_name(f"{bundle.path.name}.part")
	with part.open("wb") as file:
		made = MAKERS[bundle.kind](bundle, file)
	if not made:
		part.unlink()
		bundle.status = FAILED
		return
	os.replace(part, bundle.path)
	title = as_name(get_annex(bundle.doctype).title, LONGEST_NAME)
	bundle.file_name = f"{title}（{made}份）{EXTENSIONS[bundle.kind]}"
	bundle.size = bundle.path.stat().st_size
	bundle.status = READY


def write_word_files(bundle: Bundle, file: IO[bytes]) -> int:
	"""Write the Word file of each document into a ZIP; return how many there are."""
	fill, names, made = get_filler(bundle.doctype), Names(), 0
	settings = frappe.get_single("Print Settings")
	with Archive(file) as archive:
		for docs in take_documents(bundle):
			contexts = build_together(docs)
			for doc in docs:
				with naming_what_fails(bundle, doc):
					check_state(doc, settings)
					content = fill(contexts.get(doc.name) or build_context(doc))
					archive.add(names.take(get_file_name(doc), ".docx"), content)
					made += 1
	return made


def write_pdf(bundle: Bundle, file: IO[bytes]) -> int:
	"""Write one PDF of all documents; return of how many."""
	printer, bodies = Printer(bundle.doctype), {}
	for docs in take_documents(bundle):
		contexts = build_together(docs) if printer.is_apps_own else {}
		for doc in docs:
			with naming_what_fails(bundle, doc):
				bodies[doc.name] = printer.render(prepare(doc, contexts))
	title = get_annex(bundle.doctype).title
	try:
		content = printer.make_pdf([*bodies.values()], title) if bodies else b""
	except Exception:
		bodies = {name: body for name, body in bodies.items() if can_be_printed(bundle, printer, name, body)}
		content = printer.make_pdf([*bodies.values()], title) if bodies else b""
	file.write(content)
	return len(bodies)


MAKERS: Final[dict[str, Callable[[Bundle, IO[bytes]], int]]] = {WORD: write_word_files, PDF: write_pdf}


def take_documents(bundle: Bundle) -> Iterator[list[Document]]:
	"""Yield the documents that the user may print, batch by batch, and tell how far it is."""
	for start in range(0, len(bundle.names), BATCH):
		wanted = bundle.names[start : start + BATCH]
		docs = {doc.name: doc for doc in load_documents(bundle.doctype, wanted)}
		with remembering_sections():
			printable = [docs[name] for name in wanted if is_printable(bundle, name, docs.get(name))]
		yield printable
		bundle.done = start + len(wanted)
		bundle.tell()


def is_printable(bundle: Bundle, name: str, doc: Document | None) -> bool:
	"""Tell whether the user may print a document; otherwise it is named, and nothing is told of it."""
	if doc and doc.has_permission("print"):
		return True
	bundle.problems.append({"name": name, "reason": _("You may not print it, or it does not exist.")})
	return False


def build_together(docs: Sequence[Document]) -> dict[str, dict]:
	"""Return the contexts of documents by their names; nothing if one of them fails."""
	try:
		return {doc.name: context for doc, context in zip(docs, build_contexts(docs), strict=True)}
	except Exception:
		return {}


def prepare(doc: Document, contexts: dict[str, dict]) -> Document:
	"""Return a document as its print format needs it: one of an administrator's may ask for anything."""
	if doc.name not in contexts:
		return frappe.get_doc(doc.doctype, doc.name)
	doc.flags.annex_context = contexts[doc.name]
	return doc


@contextmanager
def naming_what_fails(bundle: Bundle, doc: Document) -> Iterator[None]:
	"""Name a document that cannot be printed, with the reason, and go on."""
	messages = [*frappe.local.message_log]
	try:
		yield
	except Exception as error:
		frappe.local.message_log = messages
		bundle.problems.append({"name": doc.name, "title": doc.get_title(), "reason": say(error)})


def say(error: Exception) -> str:
	"""Return the words that were meant for the user; what nobody wrote for them goes to the Error Log."""
	if isinstance(error, (frappe.ValidationError, frappe.PermissionError)) and str(error):
		return strip_html(str(error))
	frappe.log_error("A document could not be printed")
	return _("It cannot be printed. The administrator finds the reason in the Error Log.")


def can_be_printed(bundle: Bundle, printer: Printer, name: str, body: str) -> bool:
	try:
		printer.make_pdf([body], name)
	except Exception as error:
		bundle.problems.append({"name": name, "reason": say(error)})
		return False
	return True


def get_file_name(doc: Document) -> str:
	"""Return 标题-编号, as every system takes it; a number that tells the title already stands alone."""
	title, number = (as_name(text, LONGEST_NAME) for text in (doc.get_title(), doc.name))
	return number if title in number else f"{title}-{number}"


def put_on_desk(bundle: Bundle) -> None:
	"""Add to what the desk's bell shows. It leads to the file, or to what is missing in it."""
	subject, message = say_it_is_made(bundle)
	complete = bundle.status == READY and not bundle.problems
	frappe.get_doc(
		doctype="Notification Log",
		type="Alert",
		for_user=bundle.user,
		from_user=bundle.user,
		subject=subject,
		email_content=message,
		link=get_address(bundle) if complete else None,
	).insert(ignore_permissions=True)


def say_it_is_made(bundle: Bundle) -> tuple[str, str]:
	"""Return subject and text of the notice, as HTML."""
	if bundle.status == FAILED:
		return _("The documents could not be made one download."), list_problems(bundle)
	link = f'<p><a href="{get_address(bundle)}">{escape_html(bundle.file_name)}</a></p>'
	subject = _("The download is ready for a day: {0}").format(escape_html(bundle.file_name))
	return subject, link + list_problems(bundle)


def list_problems(bundle: Bundle) -> str:
	if not bundle.problems:
		return ""
	items = (
		f"<li>{escape_html(problem.get('title') or problem['name'])}：{escape_html(problem['reason'])}</li>"
		for problem in bundle.problems
	)
	return f"<p>{_('Not included:')}</p><ul>{''.join(items)}</ul>"


def get_address(bundle: Bundle) -> str:
	return f"/api/method/nmedia_app.bundle_api.download_bundle?key={bundle.key}"


def remove_old() -> None:
	"""Remove downloads that are older than a day. Called every hour."""
	temporary.remove_old(get_folder())


def remove_all() -> None:
	"""Remove every download of the site (uninstall)."""
	shutil.rmtree(get_folder(), ignore_errors=True)
