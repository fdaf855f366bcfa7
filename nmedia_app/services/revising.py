"""A published article that is changed is reviewed again, as a revision of what was approved (Article 7)."""

import json

import frappe
from frappe import _
from frappe.model.document import Document

from nmedia_app.changes import Change, describe_change
from nmedia_app.regulation import seal
from nmedia_app.regulation.comparison import Comparison, compare
from nmedia_app.regulation.review import APPROVED, PUBLISHED, WITHDRAWN
from nmedia_app.regulation.texts import text_of_html
from nmedia_app.services import sealing
from nmedia_app.workflow import SealedChange, is_same

DOCTYPE = "Article Review"
COPIED = ("title", "section", "planned_publish_time", "image_source", "content")
COPIED_ROWS = {
	"accounts": ("account",),
	"copywriters": ("user", "full_name"),
	"editors": ("user", "full_name"),
}
#: compared field by field: the text is compared word by word, files by their bytes
COMPARED = ("section", "planned_publish_time", "image_source", "accounts", "copywriters", "editors")
COMPARED_FILES = ("image", "attachment")


def start_revision(*, article: Document) -> Document:
	"""Return a new draft with the content of an approved article, or the one that is under way already.

	The approved record stays as it is, sealed. Throws if nothing was approved.
	"""
	if article.stage not in (APPROVED, PUBLISHED):
		frappe.throw(_("Only an approved or published article is revised. Please edit this one directly."))
	if under_way := get_open_revision(article.name):
		return frappe.get_doc(DOCTYPE, under_way)
	revision = frappe.new_doc(DOCTYPE)
	revision.update({fieldname: article.get(fieldname) for fieldname in COPIED})
	for table, fieldnames in COPIED_ROWS.items():
		for row in article.get(table):
			revision.append(table, {fieldname: row.get(fieldname) for fieldname in fieldnames})
	for row in article.attachments:
		revision.append("attachments", {"file": row.file, "note": row.note})
	revision.revision_of = article.name
	revision.flags.sealed_change = SealedChange(frozenset({"revision_of"}))
	return revision.insert()


def get_open_revision(name: str) -> str | None:
	return frappe.db.get_value(
		DOCTYPE, {"revision_of": name, "stage": ["not in", (APPROVED, PUBLISHED, WITHDRAWN)]}
	)


def supersede(*, revision: Document) -> None:
	"""Note on the earlier record that a published revision takes its place."""
	frappe.db.set_value(DOCTYPE, revision.revision_of, "superseded_by", revision.name, update_modified=False)


def get_changed_text(revision: Document) -> Comparison | None:
	"""Compare a revision's text with what was approved before; None for an article that revises nothing."""
	if not revision.revision_of:
		return None
	approved = frappe.db.get_value(DOCTYPE, revision.revision_of, ("title", "content"), as_dict=True)
	return compare(
		f"{approved.title}\n{text_of_html(approved.content or '')}",
		f"{revision.title}\n{text_of_html(revision.content or '')}",
	)


def get_other_changes(revision: Document) -> list[Change]:
	"""List what else of a revision differs from what was approved before: names, accounts, sources, files.

	Files are held against the digests of the approved record's seal, so that other bytes under the same name
	are told, too. Nothing for an article that revises nothing.
	"""
	if not revision.revision_of:
		return []
	approved = frappe.get_doc(DOCTYPE, revision.revision_of)
	fields = [
		describe_change(approved, revision, revision.meta.get_field(fieldname))
		for fieldname in COMPARED
		if not is_same(revision, approved, fieldname)
	]
	return fields + get_changed_files(approved, revision)


def get_changed_files(approved: Document, revision: Document) -> list[Change]:
	if not approved.seal_manifest:
		return []
	now = seal.manifest(sealing.get_parts(revision))
	return [
		describe_file(changed)
		for changed in seal.changed_parts(json.loads(approved.seal_manifest), now)
		if changed.kind in COMPARED_FILES
	]


def describe_file(changed: seal.Change) -> Change:
	"""Say what became of a picture or an attachment, in the columns before and after."""
	now = {
		seal.CHANGED: f"{changed.name} ({_('other content')})",
		seal.MOVED: f"{changed.name} ({_('moved')})",
		seal.MISSING: "",
	}
	return Change(
		label=sealing.get_part_label(changed.kind),
		before="" if changed.how == seal.ADDED else changed.name,
		after=now.get(changed.how, changed.name),
	)
