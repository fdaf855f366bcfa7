"""Files of the app's documents: private, of a known kind, and readable by whoever may read the document."""

import html
import io
import os
import re
from pathlib import Path
from urllib.parse import unquote

import frappe
from frappe import _
from frappe.core.doctype.file.file import File
from frappe.core.doctype.file.utils import delete_file
from frappe.model.document import Document
from frappe.utils import cstr
from PIL import Image, UnidentifiedImageError

from nmedia_app import MODULE
from nmedia_app.image_kinds import get_kind
from nmedia_app.regulation.texts import UnreadableCopyError, text_of_file
from nmedia_app.workflow import is_guarded

PRIVATE, PUBLIC = "/private/files/", "/files/"
# what may not change on the record of a sealed document's file
SEALED_FIELDS = (
	"file_url",
	"file_name",
	"is_private",
	"is_folder",
	"content_hash",
	"attached_to_doctype",
	"attached_to_name",
)

# extension → how such a file begins (None: not told apart by its first bytes)
IMAGE_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP", "bmp": "BMP"}
SIGNATURES = {
	"pdf": (b"%PDF-",),
	**dict.fromkeys(("docx", "xlsx", "pptx", "ofd"), (b"PK\x03\x04",)),
	**dict.fromkeys(("doc", "xls", "ppt"), (b"\xd0\xcf\x11\xe0",)),
	**dict.fromkeys(("wps", "et", "dps"), (b"\xd0\xcf\x11\xe0", b"PK\x03\x04")),
	**dict.fromkeys(("txt", "csv", "mp3", "mp4", "m4a", "mov", "wav"), None),
}
EXTENSIONS = (*IMAGE_FORMATS, *SIGNATURES)
#: tables whose rows bring a file, and the field that has it
FILE_ROWS = {"attachments": "file", "materials": "file", "requirements": "template"}
ATTACH_TYPES = ("Attach", "Attach Image")
COPY_EXTENSIONS = ("html", "htm")  # only for the copy of what was published, through its own service

IMAGE_SOURCE = re.compile(r"""<img\b[^>]*?\bsrc\s*=\s*["']([^"']+)["']""", re.IGNORECASE)


class UnsafeFileError(frappe.ValidationError):
	"""A file of a kind that the app does not take, or one that is not what its name says."""


class SealedFileError(frappe.PermissionError):
	"""A file of a document that was sent for review was to be changed or deleted."""


class ReviewedFile(File):
	"""File, with the app's rules for what is attached to its own documents."""

	def before_insert(self):
		if belongs_to_app(self.attached_to_doctype):
			self.is_private = 1
			self.check_kind()
		self.check_may_attach()
		self.flags.brings_content = bool(self.get("content"))
		if self.flags.brings_content or self.is_folder:
			self.file_url = None  # where it lies is the platform's to say, not the request's
			self.keep_name_out_of_addresses()
		else:
			self.check_address()  # before the platform reads what lies there
		super().before_insert()

	def validate(self):
		self.check_change()
		if belongs_to_app(self.attached_to_doctype) and not self.is_folder:
			self.is_private = 1
		super().validate()
		if not self.is_folder:
			self.check_address()

	def on_trash(self):
		if article := get_sealed_document(self):
			refuse_as_sealed(self, article)
		super().on_trash()

	def save_file(self, *args, overwrite: bool = False, **kwargs):
		if overwrite:
			check_bytes_free(self.file_name, [self.file_url, self.file_name])
		return super().save_file(*args, overwrite=overwrite, **kwargs)

	def delete_file_from_filesystem(self, only_thumbnail: bool = False):
		"""Delete what is on the disk, but not what another File record refers to.

		The platform goes by the content's hash, which records made of an address do not have, and deletes
		whatever the record calls its thumbnail.
		"""
		for url in {self.thumbnail_url, None if only_thumbnail else self.file_url} - {None, ""}:
			if not get_files_on_disk([url], but=self.name):
				delete_file(url)

	def keep_name_out_of_addresses(self):
		"""A name that says %20 is one that the platform looks for with a space there, and does not find."""
		if unquote(name := cstr(self.file_name)) != name:
			self.file_name = name.replace("%", "％")

	def check_may_attach(self):
		"""Only who may edit a document as it stands adds files to it; its own images it claims itself."""
		if self.flags.claimed or not is_stored_workflow_document(self):
			return
		document = frappe.get_doc(self.attached_to_doctype, self.attached_to_name)
		if not document.has_permission("write"):
			frappe.throw(
				_("You may not add files to this document. Please ask one of its editors to do it."),
				frappe.PermissionError,
			)
		document.check_may_edit()

	def check_change(self):
		"""A sealed document's file stays as it is; and no record moves the bytes that such a one needs."""
		before = self.get_doc_before_save()
		if not before:
			return
		changed = {field for field in SEALED_FIELDS if cstr(self.get(field)) != cstr(before.get(field))}
		if self.get("content"):
			changed.add("content")
		if changed and (article := get_sealed_document(before)):
			refuse_as_sealed(before, article)
		if "is_private" in changed:
			check_bytes_free(before.file_name, [before.file_url], before.content_hash)
		if changed & {"attached_to_doctype", "attached_to_name"}:
			self.check_may_attach()

	def check_address(self):
		"""Whoever only knows the address of a private file must not gain it by a File of their own."""
		self.file_url = unquote(self.file_url or "")
		before = self.get_doc_before_save()
		is_known = before and before.file_url == self.file_url
		if is_known or (self.file_url and self.flags.brings_content):
			return
		if not is_plain_address(self.file_url):
			frappe.throw(_("Please attach the file itself, not a link to it."), UnsafeFileError)
		if is_private_url(self.file_url) and get_files_of_app(self.file_url):
			check_readable(self.file_url)

	def get_content(self, *args, **kwargs) -> bytes | str:
		"""Return text as text, and everything else as the bytes that it is.

		Frappe 16 takes what is no UTF-8 for Western text, which spoils small pictures and Chinese CSV files.
		"""
		content = super().get_content(*args, **kwargs)
		if isinstance(content, bytes) or self.get("content"):
			return content
		stored = Path(self.get_full_path()).read_bytes()
		try:
			return stored.decode()
		except UnicodeDecodeError:
			return stored

	@property
	def unique_url(self) -> str:
		"""Address that the platform writes into a text for an image that was inserted there.

		Version 15.55 adds the File record's name, so that only who may read that record sees the image.
		Ours stays the plain address: a copy of the image in another article has its own record and readers.
		"""
		return self.file_url if belongs_to_app(self.attached_to_doctype) else super().unique_url

	def check_kind(self):
		extension = os.path.splitext(self.file_name or self.file_url or "")[1].lower().lstrip(".")
		if self.flags.is_published_copy and extension in COPY_EXTENSIONS:
			return  # evidence, served as a download and never shown
		if extension not in EXTENSIONS:
			frappe.throw(
				_("Files of the kind {0} cannot be attached here. Allowed: {1}").format(
					frappe.bold(frappe.utils.escape_html(extension) or "?"), ", ".join(EXTENSIONS)
				),
				UnsafeFileError,
			)
		if not self.get("content"):
			if not is_private_url(self.file_url):
				frappe.throw(_("Please attach the file itself, not a link to it."), UnsafeFileError)
			return
		content = self.get_content()
		self.content = content  # decoded, if it came in base64: the platform forgets that it has to
		if not is_what_it_says(extension, content if isinstance(content, bytes) else content.encode()):
			frappe.throw(
				_("The file {0} is not what its name says.").format(frappe.bold(self.file_name)),
				UnsafeFileError,
			)


def belongs_to_app(doctype: str | None) -> bool:
	"""Tell whether files attached to this document type follow the app's rules."""
	return bool(doctype) and frappe.db.get_value("DocType", doctype, "module", cache=True) == MODULE


def is_plain_address(url: str) -> bool:
	"""Tell whether an address has no other spelling: no empty, `.` or `..` parts on the way to the file."""
	if url.startswith(("http://", "https://")):
		return PRIVATE not in url and "/../" not in url
	parts = url.split("/")
	return parts[0] == "" and len(parts) > 2 and not {"", ".", ".."} & set(parts[1:])


def is_private_url(url: str | None) -> bool:
	return unquote(url or "").startswith(PRIVATE)


def is_what_it_says(extension: str, content: bytes) -> bool:
	"""Tell whether content begins as a file with this (known, lower case) extension does."""
	if expected := IMAGE_FORMATS.get(extension):
		try:
			with Image.open(io.BytesIO(content)) as image:
				return get_kind(image) == expected
		except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
			return False
	signatures = SIGNATURES[extension]
	return signatures is None or content.startswith(signatures)


def get_files(url: str) -> list[Document]:
	"""All File records of an address, newest first."""
	names = frappe.get_all(
		"File", filters={"file_url": unquote(url), "is_folder": 0}, order_by="creation desc", pluck="name"
	)
	return [frappe.get_doc("File", name) for name in names]


def get_files_on_disk(
	urls: list[str | None], content_hash: str | None = None, but: str = ""
) -> list[frappe._dict]:
	"""List the File records of what lies at addresses, of which the last part counts, or has these bytes."""
	names = {base_name(url) for url in urls if url}
	addresses = [folder + name for folder in (PRIVATE, PUBLIC) for name in names]
	same = [["file_url", "in", addresses or [""]]]
	if content_hash:
		same.append(["content_hash", "=", content_hash])
	return frappe.get_all(
		"File",
		filters={"name": ["!=", but], "is_folder": 0},
		or_filters=same,
		fields=["name", "attached_to_doctype"],
	)


def check_bytes_free(file_name: str, urls: list[str | None], content_hash: str | None = None):
	"""Refuse to rewrite or move bytes that belong to a document of the app."""
	if any(belongs_to_app(file.attached_to_doctype) for file in get_files_on_disk(urls, content_hash)):
		frappe.throw(
			_("The file {0} belongs to an article and stays as it is.").format(bold(file_name))
			+ " "
			+ _("Please upload a copy under another name instead."),
			SealedFileError,
		)


def is_stored_workflow_document(file: Document) -> bool:
	"""Tell whether a file is attached to a document that the guard governs, and that is saved."""
	doctype, name = file.attached_to_doctype, file.attached_to_name
	if not (name and belongs_to_app(doctype) and is_guarded(doctype)):
		return False
	return bool(frappe.db.exists(doctype, name))


def get_sealed_document(file: Document) -> Document | None:
	"""The document that a file is attached to, if it was sent for review and is not back with its authors."""
	if frappe.flags.in_uninstall or not is_stored_workflow_document(file):
		return None
	document = frappe.get_doc(file.attached_to_doctype, file.attached_to_name)
	return None if document.is_with_authors() else document


def refuse_as_sealed(file: Document, document: Document):
	frappe.throw(
		_(
			"The file {0} belongs to {1}, which was sent for review: it can be neither changed nor deleted."
		).format(bold(file.file_name), bold(document.get_title() or document.name))
		+ " "
		+ _("To change it, have the document returned for correction first (Article 7)."),
		SealedFileError,
		title=_("File of a Sent Document"),
	)


def base_name(url: str | None) -> str:
	"""Return the last part of an address: the file's name on the disk."""
	return cstr(url).rsplit("/", 1)[-1]


def bold(text: str | None) -> str:
	return frappe.bold(frappe.utils.escape_html(cstr(text)))


def find_on_disk(url: str | None) -> Path | None:
	"""Return where a private file lies; None if there is nothing, or it is another kind of address."""
	url = unquote(url or "")
	if not (is_private_url(url) and is_plain_address(url)):
		return None
	path = Path(frappe.get_site_path("private", "files", url.removeprefix(PRIVATE)))
	return path if path.is_file() else None


def get_readable_file(url: str) -> Document | None:
	"""A File record of that address that the session user may read, if there is one."""
	return next((file for file in get_files(url) if may_read(file)), None)


def check_readable(url: str):
	"""Refuse an address that the session user may not read under any File record."""
	if not get_readable_file(url):
		refuse_reading()


def refuse_reading():
	frappe.throw(
		_("You may not read this file.") + " " + _("Please upload your own copy."),
		frappe.PermissionError,
	)


def get_files_of_app(url: str) -> list[Document]:
	return [file for file in get_files(url) if belongs_to_app(file.attached_to_doctype)]


def may_read(file: Document) -> bool:
	"""Tell whether the session user may read a file; one whose document is not saved yet is its owner's."""
	if file.owner == frappe.session.user:
		return True
	if not file.is_private:
		return True
	if not (file.attached_to_doctype and file.attached_to_name):
		return False
	if not frappe.db.exists(file.attached_to_doctype, file.attached_to_name):
		return False
	return bool(frappe.has_permission(file.attached_to_doctype, "read", doc=file.attached_to_name))


def get_image_sources(text: str | None) -> list[str]:
	"""Addresses of the images in a text, in their order."""
	return [html.unescape(src).strip() for src in IMAGE_SOURCE.findall(text or "")]


def get_file_urls(doc: Document) -> list[str]:
	"""Addresses of all files that a document brings: its images, its attachments, then its other files."""
	images = [src for src in get_image_sources(doc.get("content")) if not src.lower().startswith("data:")]
	attachments = [row.get(field) for table, field in FILE_ROWS.items() for row in doc.get(table) or []]
	others = [doc.get(df.fieldname) for df in doc.meta.get("fields", {"fieldtype": ["in", ATTACH_TYPES]})]
	return [*images, *filter(None, [*attachments, *others])]


def attach_file(doc: Document, file_name: str, content: bytes, **values) -> Document:
	"""Attach a new file to a saved document, as an upload from its form does; return the File.

	:param values: other fields of the File.
	:raises UnsafeFileError: for a kind that the app does not take, or content that is not what the name says.
	"""
	return frappe.get_doc(
		doctype="File",
		file_name=file_name,
		attached_to_doctype=doc.doctype,
		attached_to_name=doc.name,
		content=content,
		**values,
	).insert()


def read_bytes(doc: Document, url: str) -> bytes:
	"""Return the bytes of a file that a document shows, whoever asks; nothing if it is gone.

	For digests and comparisons of documents that the caller has checked, never to be sent to a user.
	"""
	attached = [
		f for f in get_files(url) if (f.attached_to_doctype, f.attached_to_name) == (doc.doctype, doc.name)
	]
	for file in attached or get_files(url):
		if file.exists_on_disk():
			content = file.get_content()
			return content if isinstance(content, bytes) else content.encode()
	return b""


def read_attached_texts(doc: Document) -> list[tuple[Document, str]]:
	"""Return each attachment of an article that has a text to read, with that text."""
	found = []
	for row in doc.get("attachments") or []:
		try:
			found.append((row, text_of_file(row.file, read_bytes(doc, row.file))))
		except UnreadableCopyError:
			continue  # a picture, a film, a spreadsheet
	return found


def check_files(doc: Document):
	"""Refuse files that are elsewhere, public, or not the user's to read (new ones: the rest was checked)."""
	before = doc.get_doc_before_save()
	known = set(get_file_urls(before)) if before else set()
	for url in get_file_urls(doc):
		if url in known:
			continue
		if not is_private_url(url):
			frappe.throw(
				_("Please insert the file itself instead of a link to it: {0}").format(
					frappe.utils.escape_html(url)
				),
				UnsafeFileError,
			)
		check_readable(url)


def check_files_exist(doc: Document):
	"""Refuse to send a document that shows a file which was deleted meanwhile: nobody could review it."""
	for url in get_file_urls(doc):
		if not any(file.exists_on_disk() for file in get_files(url)):
			frappe.throw(
				_("The file {0} was deleted. Please remove it from the text or attach it again.").format(
					bold(base_name(unquote(url)))
				),
				frappe.DoesNotExistError,
			)


def claim_files(doc: Document):
	"""Attach to the document every file that it shows, so that its readers may read them, too."""
	for url in get_file_urls(doc):
		attached = {"attached_to_doctype": doc.doctype, "attached_to_name": doc.name}
		if frappe.db.exists("File", {"file_url": unquote(url), **attached}):
			continue
		file = get_readable_file(url)
		if not file:
			continue
		if belongs_to_unsaved_form(file):
			frappe.db.set_value("File", file.name, attached)
		else:
			copy = frappe.get_doc(
				doctype="File", file_name=file.file_name, file_url=file.file_url, is_private=1
			)
			copy.update(attached)
			copy.flags.claimed = True
			copy.insert()


def belongs_to_unsaved_form(file: Document) -> bool:
	"""Tell whether a file was uploaded into a form that had no name yet."""
	if not file.attached_to_name:
		return True
	return not frappe.db.exists(file.attached_to_doctype, file.attached_to_name)
