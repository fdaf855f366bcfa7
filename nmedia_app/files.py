"""Files of the app's documents: private, of a known kind, and readable by whoever may read the document."""

import html
import io
import os
import re
from urllib.parse import unquote

import frappe
from frappe import _
from frappe.core.doctype.file.file import File
from frappe.model.document import Document
from PIL import Image, UnidentifiedImageError

MODULE = "Nmedia App"
PRIVATE = "/private/files/"

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

IMAGE_SOURCE = re.compile(r"""<img\b[^>]*?\bsrc\s*=\s*["']([^"']+)["']""", re.IGNORECASE)


class UnsafeFileError(frappe.ValidationError):
	"""A file of a kind that the app does not take, or one that is not what its name says."""


class ReviewedFile(File):
	"""File, with the app's rules for what is attached to its own documents."""

	def before_insert(self):
		if belongs_to_app(self.attached_to_doctype):
			self.is_private = 1
			self.check_kind()
		self.check_source_readable()
		super().before_insert()

	def validate(self):
		if belongs_to_app(self.attached_to_doctype) and not self.is_folder:
			self.is_private = 1
		super().validate()

	@property
	def unique_url(self) -> str:
		"""Address that the platform writes into a text for an image that was inserted there.

		Version 15.55 adds the File record's name, so that only who may read that record sees the image.
		Ours stays the plain address: a copy of the image in another article has its own record and readers.
		"""
		return self.file_url if belongs_to_app(self.attached_to_doctype) else super().unique_url

	def check_kind(self):
		extension = os.path.splitext(self.file_name or self.file_url or "")[1].lower().lstrip(".")
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
		if not is_what_it_says(extension, content if isinstance(content, bytes) else content.encode()):
			frappe.throw(
				_("The file {0} is not what its name says.").format(frappe.bold(self.file_name)),
				UnsafeFileError,
			)

	def check_source_readable(self):
		"""Whoever only knows the address of a private file must not gain it by a File of their own."""
		if self.get("content") or not is_private_url(self.file_url):
			return
		if not get_readable_file(self.file_url) and get_files_of_app(self.file_url):
			frappe.throw(_("You may not read this file."), frappe.PermissionError)


def belongs_to_app(doctype: str | None) -> bool:
	"""Tell whether files attached to this document type follow the app's rules."""
	return bool(doctype) and frappe.db.get_value("DocType", doctype, "module", cache=True) == MODULE


def is_private_url(url: str | None) -> bool:
	return unquote(url or "").startswith(PRIVATE)


def is_what_it_says(extension: str, content: bytes) -> bool:
	"""Tell whether content begins as a file with this (known, lower case) extension does."""
	if expected := IMAGE_FORMATS.get(extension):
		try:
			with Image.open(io.BytesIO(content)) as image:
				return image.format == expected
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


def get_readable_file(url: str) -> Document | None:
	"""A File record of that address that the session user may read, if there is one."""
	return next((file for file in get_files(url) if may_read(file)), None)


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
	"""Addresses of all files that an article brings: its images, then its attachments."""
	images = [src for src in get_image_sources(doc.get("content")) if not src.lower().startswith("data:")]
	return [*images, *(row.file for row in doc.get("attachments") or [] if row.file)]


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
		if not get_readable_file(url):
			frappe.throw(_("You may not read this file."), frappe.PermissionError)


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
			copy.insert()


def belongs_to_unsaved_form(file: Document) -> bool:
	"""Tell whether a file was uploaded into a form that had no name yet."""
	if not file.attached_to_name:
		return True
	return not frappe.db.exists(file.attached_to_doctype, file.attached_to_name)
