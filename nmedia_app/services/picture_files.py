"""Several pictures as one PDF, the file of a material of an annual audit (Article 6).

The pictures come one by one, since every version of the platform bounds a request. Until they are one PDF
they lie in a folder of their own, without a File, where only who brought them gets at them, for a day: a File
of a photo is rewritten by the platform, and then no longer tells where its top is.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import frappe
from frappe import _
from frappe.core.api.file import get_max_file_size
from frappe.model.document import Document
from frappe.utils import escape_html

from nmedia_app.files import attach_file
from nmedia_app.regulation import pictures
from nmedia_app.regulation.archive_names import as_name
from nmedia_app.regulation.audit import FILE
from nmedia_app.regulation.pictures import MOST_BYTES, MOST_PICTURES, PictureFault
from nmedia_app.services import temporary

FOLDER: Final = "nmedia_pictures"
#: what one user may have lying there; of more, the oldest go
MOST_KEPT: Final = 3 * MOST_PICTURES

_KEY: Final = re.compile(r"[0-9a-f]{32}")


class PictureError(frappe.ValidationError):
	"""These pictures cannot be made one PDF."""


def check_may_hand_in(audit: Document, row_name: str) -> Document:
	"""Return the row of an audit if the session user may hand in a file for it now; throws otherwise."""
	audit.check_permission("write")
	audit.check_may_edit()
	if not audit.is_with_authors():
		frappe.throw(
			_("This audit was sent: its materials stay as they are. Please have it returned first."),
			frappe.PermissionError,
		)
	row = next((row for row in audit.materials if row.name == row_name), None)
	if not row or row.kind != FILE:
		frappe.throw(
			_("The audit no longer asks for this file. Please reload the page and look again."), PictureError
		)
	return row


def keep(*, file_name: str, stream: IO[bytes]) -> str:
	"""Keep a picture of the session user's for a day; return its key. Throws PictureError for a bad one."""
	make_room()
	key = frappe.generate_hash(length=32)
	path = get_path(key)
	try:
		path.write_bytes(stream.read(MOST_BYTES + 1))
		with saying_faults():
			pictures.check(file_name, path)
	except BaseException:
		path.unlink(missing_ok=True)
		raise
	return key


def make_pdf(*, audit: Document, row: Document, chosen: Sequence[tuple[str, str]]) -> Document:
	"""Make one PDF of pictures (key, file name) that were kept, attach it to an audit, and return its File.

	It is named as the material of the row, which the form sets and saves as with every other upload. Throws
	PictureError, naming the picture, if one is bad; nothing is written then.
	"""
	found = [(file_name, find(key, file_name)) for key, file_name in chosen]
	with saying_faults():
		content = pictures.make_pdf(found, get_max_file_size())
	file = attach_file(audit, f"{as_name(row.material_name)}.pdf", content)
	frappe.db.after_commit.add(lambda: remove(path for _file_name, path in found))
	return file


@contextmanager
def saying_faults() -> Iterator[None]:
	"""Say to the user what is wrong with a picture."""
	try:
		yield
	except PictureFault as fault:
		frappe.throw(escape_html(fault.phrase.say(_)), PictureError)


def find(key: str, file_name: str) -> Path:
	"""Return where a picture of the session user's lies; throws PictureError if there is none."""
	path = get_path(key) if _KEY.fullmatch(key) else None
	if not path or not path.is_file():
		frappe.throw(
			_("{0} is no longer there. Please choose it again.").format(escape_html(file_name)), PictureError
		)
	return path


def get_path(key: str) -> Path:
	"""Return where a picture of the session user's lies: nobody else's key leads there."""
	return get_folder() / f"{get_owner_mark()}-{key}"


def get_owner_mark() -> str:
	return hashlib.sha256(frappe.session.user.encode()).hexdigest()[:16]


def get_folder() -> Path:
	return Path(frappe.get_site_path("private", FOLDER))


def make_room() -> None:
	"""Let the session user have no more than MOST_KEPT pictures lying there with the next one."""
	get_folder().mkdir(exist_ok=True)
	own = sorted(get_folder().glob(f"{get_owner_mark()}-*"), key=lambda path: path.stat().st_mtime)
	remove(own[: max(len(own) + 1 - MOST_KEPT, 0)])


def remove(paths: Iterable[Path]) -> None:
	for path in paths:
		path.unlink(missing_ok=True)


def remove_old() -> None:
	"""Remove pictures that nobody made a PDF of for a day. Called every hour."""
	temporary.remove_old(get_folder())


def remove_all() -> None:
	"""Remove every such picture of the site (uninstall)."""
	shutil.rmtree(get_folder(), ignore_errors=True)
