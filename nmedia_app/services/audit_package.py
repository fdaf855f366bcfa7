"""The package for the Publicity Department (Article 6): a round as one ZIP that a person can read.

The summary, and for every account its audit, its Annex 1 and its materials. The same audits are the same
bytes: nothing in it tells when, where or by whom it was made. Its Word files are made of the templates in
use, each read once. It is written to a file beside its place and put there as a whole, so that a job that is
killed leaves the package of before.
"""

import hashlib
import io
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint, now_datetime
from frappe.utils.file_lock import LockTimeoutError
from frappe.utils.synchronization import filelock
from pypika.terms import CustomFunction, Function

from nmedia_app.files import base_name, find_on_disk
from nmedia_app.language import speaking
from nmedia_app.nmedia_app.print_formats.annexes import build_contexts, get_own_values
from nmedia_app.nmedia_app.print_formats.round_summary import list_audits, summarise
from nmedia_app.nmedia_app.print_formats.word import get_filler
from nmedia_app.regulation.archive_names import Names, as_name, get_extension
from nmedia_app.regulation.review import CLOSED, OPEN
from nmedia_app.selectors.documents import load_documents
from nmedia_app.services.archive import CHUNK, Archive, describe
from nmedia_app.services.jobs import enqueue_once, is_under_way
from nmedia_app.services.notices import put_on_desk
from nmedia_app.services.round_workbook import make_workbook
from nmedia_app.workflow import STAGE_FIELD

ROUND, AUDIT, ACCOUNT = "Annual Audit Round", "Annual Audit", "Media Account"
FOLDER: Final = "nmedia_packages"
#: while the audits may still be what is reported; afterwards the package stays as it went out
STAGES: Final = (OPEN, CLOSED)
#: documents that are in memory at once
BATCH: Final = 100
SECONDS: Final = 2 * 60 * 60
#: what a worker calls
JOB: Final = "nmedia_app.services.audit_package.run"

#: the first two files of every account; its materials follow
FORM: Final = "1 年审表.docx"
ANNEX_1: Final = "2 备案信息表（附件1）.docx"
FIRST_MATERIAL: Final = 3

_Crc32: Final = CustomFunction("crc32", ["text"])
_CORE_TIMES = re.compile(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*")


#: what is noted of a package on its round
NOTED: Final = ("package_made_on", "package_digest", "package_size", "package_basis")


class PackageError(frappe.ValidationError):
	"""The package of a round cannot be made, or is not what was made."""


def enqueue(*, round_doc: Document) -> None:
	"""Let a worker make the package of a round; throws if one is at it, or the round is reported already."""
	check_may_be_made(round_doc.get(STAGE_FIELD))
	if is_being_made(round_doc.name):
		frappe.throw(
			_("The package is being made already. Its progress is shown on the form of the round."),
			PackageError,
		)
	enqueue_once(JOB, round_doc.name, timeout=SECONDS, round_name=round_doc.name)


def is_being_made(round_name: str) -> bool:
	return is_under_way(JOB, round_name)


def check_may_be_made(stage: str | None) -> None:
	if stage not in STAGES:
		frappe.throw(
			_("The package is made while the round is open or closed: what was reported stays as it is."),
			PackageError,
		)


def run(round_name: str) -> None:
	"""Make the package in the background, and tell who asked for it how it went."""
	try:
		make_package(round_name=round_name)
	except LockTimeoutError:
		return  # another worker is at it
	except Exception:
		frappe.db.rollback()
		frappe.log_error("The package of a round could not be made")
		tell(round_name, lambda: _("The package could not be made. Please tell the administrator."))
		frappe.db.commit()
		raise
	tell(round_name, lambda: _("The package for the Publicity Department is ready."))


def tell(round_name: str, subject: Callable[[], str]) -> None:
	"""Put a notice on the desk of who asked for the package, and show the round as it is now."""
	user = frappe.session.user
	with speaking(frappe.db.get_value("User", user, "language")):
		put_on_desk(user, subject(), "", frappe.get_doc(ROUND, round_name))
	frappe.get_doc(ROUND, round_name).notify_update()


def make_package(*, round_name: str) -> str:
	"""Make the package of a round, note its digest on the round, and return it. Commits.

	Throws PackageError if the round is reported, LockTimeoutError while another worker makes it.
	"""
	with filelock(f"nmedia_package_{round_name}", timeout=1), speaking("zh"):
		frappe.db.commit()  # all that is read from here on is of one moment
		began, basis = now_datetime(), get_basis(round_name)
		round_doc = frappe.get_doc(ROUND, round_name)
		check_may_be_made(round_doc.get(STAGE_FIELD))
		path = get_path(round_doc)
		path.parent.mkdir(exist_ok=True)
		part = path.with_suffix(".part")
		with part.open("wb") as file:
			write_package(round_doc, file)
			file.flush()
			os.fsync(file.fileno())
		return put_in_place(round_doc, part, path, began, basis)


def get_path(round_doc: Document) -> Path:
	"""Return where the package of a round is kept: no File, whose owner could change it."""
	return Path(frappe.get_site_path("private", FOLDER, f"{base_name(round_doc.name)}.zip"))


def put_in_place(round_doc: Document, part: Path, path: Path, began: datetime, basis: str) -> str:
	"""Make what was written the round's package, unless that was reported meanwhile; return its digest."""
	digest = get_digest(part)
	frappe.db.commit()  # to see the round as it is by now
	try:
		check_may_be_made(frappe.db.get_value(ROUND, round_doc.name, STAGE_FIELD, for_update=True))
	except PackageError:
		part.unlink()
		raise
	noted = dict(zip(NOTED, (began, digest, part.stat().st_size, basis), strict=True))
	frappe.db.set_value(ROUND, round_doc.name, noted, update_modified=False)
	os.replace(part, path)
	frappe.db.commit()
	return digest


def get_digest(path: Path) -> str:
	"""Return the SHA-256 digest of a file."""
	digest = hashlib.sha256()
	with path.open("rb") as file:
		while chunk := file.read(CHUNK):
			digest.update(chunk)
	return digest.hexdigest()


def get_package(round_doc: Document) -> Path:
	"""Return the package of a round; throws if there is none, or it is not the one that was made."""
	path = get_path(round_doc)
	if not round_doc.package_digest or not path.is_file():
		frappe.throw(_("There is no package yet. Please make it first."), PackageError)
	if get_digest(path) != round_doc.package_digest:
		frappe.throw(_("The package is not the one that was made. Please make it again."), PackageError)
	return path


def is_outdated(round_doc: Document) -> bool:
	"""Tell whether a package should be made again, and can be: once reported, it stays as it went out."""
	return round_doc.get(STAGE_FIELD) in STAGES and is_out_of_date(round_doc)


def is_out_of_date(round_doc: Document) -> bool:
	"""Tell whether an audit of a round, or its account's entry in the register, changed since its package."""
	return bool(round_doc.package_made_on) and round_doc.package_basis != get_basis(round_doc.name)


def get_basis(round_name: str) -> str:
	"""Return a sum over a round's audits that is another one once an audit or its account changed.

	Not the time of the last change: what was being saved when a package was begun is older, and not in it.
	"""
	audit, account = frappe.qb.DocType(AUDIT), frappe.qb.DocType(ACCOUNT)
	state = Function("concat_ws", " ", audit.name, audit.modified, audit.due_on, account.modified)
	((count, total),) = (
		frappe.qb.from_(audit)
		.left_join(account)
		.on(account.name == audit.account)
		.select(Count("*"), Sum(_Crc32(state)))
		.where(audit.round == round_name)
	).run()
	return f"{count} {cint(total)}"


def remove_all() -> None:
	"""Remove every package of the site (uninstall)."""
	shutil.rmtree(frappe.get_site_path("private", FOLDER), ignore_errors=True)


def write_package(round_doc: Document, file: IO[bytes]) -> None:
	"""Write the package of a round, batch by batch."""
	audits = list_audits(round_doc.name)
	top = as_name(round_doc.title)
	folders = {audit.name: f"{top}/{folder}" for audit, folder in zip(audits, plan(audits), strict=True)}
	fillers = {doctype: get_filler(doctype) for doctype in (AUDIT, ACCOUNT)}
	with Archive(file) as archive:
		archive.add(f"{top}/汇总.xlsx", pin(make_workbook(round_doc)))
		archive.add(f"{top}/汇总.docx", make_summary(round_doc, audits))
		for done, batch in take_batches(audits):
			tell_progress(round_doc, done, len(audits))
			write_accounts(archive, batch, folders, fillers)
	tell_progress(round_doc, len(audits), len(audits))


def plan(audits: Sequence[frappe._dict]) -> Iterator[str]:
	"""Yield the folder of each audit: 01 科室/平台 账号名."""
	numbers: dict[str, int] = {}
	names: dict[str, Names] = {}
	for audit in audits:
		section = audit.section or ""
		number = numbers.setdefault(section, len(numbers) + 1)
		account = as_name(f"{audit.platform or ''} {audit.account_name or ''}")
		yield f"{number:02} {as_name(section)}/{names.setdefault(section, Names()).take(account)}"


def take_batches(audits: Sequence[frappe._dict]) -> Iterator[tuple[int, list[frappe._dict]]]:
	"""Yield audits batch by batch, each with how many came before it."""
	for start in range(0, len(audits), BATCH):
		yield start, list(audits[start : start + BATCH])


def tell_progress(round_doc: Document, done: int, total: int) -> None:
	frappe.publish_progress(
		100 * done / max(total, 1),
		title=_("Making the package"),
		doctype=ROUND,
		docname=round_doc.name,
		description=_("{0} of {1}").format(done, total),
	)


def make_summary(round_doc: Document, audits: Sequence[frappe._dict]) -> bytes:
	return get_filler(ROUND)({**get_own_values([round_doc])[0], **summarise(round_doc, audits)})


def write_accounts(
	archive: Archive,
	batch: Sequence[frappe._dict],
	folders: Mapping[str, str],
	fillers: Mapping[str, Callable[[dict], bytes]],
) -> None:
	"""Write the folders of a batch of audits."""
	audits = load_documents(AUDIT, [row.name for row in batch])
	accounts = load_documents(ACCOUNT, [row.account for row in batch])
	annexes = dict(zip((doc.name for doc in accounts), build_contexts(accounts), strict=True))
	for audit, form in zip(audits, build_contexts(audits), strict=True):
		folder = folders[audit.name]
		archive.add(f"{folder}/{FORM}", fillers[AUDIT](form))
		if audit.account in annexes:
			archive.add(f"{folder}/{ANNEX_1}", fillers[ACCOUNT](annexes[audit.account]))
		write_materials(archive, folder, audit)


def write_materials(archive: Archive, folder: str, audit: Document) -> None:
	"""Write what an account handed in, numbered as its audit lists it.

	Of a material whose kind the round changed meanwhile, both: the text and the file.
	"""
	names = Names()
	for number, row in enumerate(audit.materials, FIRST_MATERIAL):
		name = f"{number} {as_name(row.material_name)}"
		if (row.text or "").strip():
			archive.add(f"{folder}/{names.take(name, '.txt')}", as_text(row.text))
		if row.file:
			write_file(archive, folder, names, name, row)


def write_file(archive: Archive, folder: str, names: Names, name: str, row: Document) -> None:
	"""Write the file of a material, or that it is gone."""
	if path := find_on_disk(row.file):
		archive.add_file(f"{folder}/{names.take(name, get_extension(path.name))}", path)
	else:
		lost = as_text(f"材料“{row.material_name}”的文件已不在服务器上。")
		archive.add(f"{folder}/{names.take(f'{name}（文件缺失）', '.txt')}", lost)


def as_text(text: str) -> bytes:
	"""Return a text as a file that Windows' own editor shows with its lines and as Chinese."""
	return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig")


def pin(document: bytes) -> bytes:
	"""Return an Office file without the time at which it was written."""
	source, target = io.BytesIO(document), io.BytesIO()
	with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
		for entry in old.infolist():
			content = old.read(entry)
			if entry.filename == "docProps/core.xml":
				content = _CORE_TIMES.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
			new.writestr(describe(entry.filename), content, zipfile.ZIP_DEFLATED)
	return target.getvalue()
