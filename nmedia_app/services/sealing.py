"""The seal of an approved article: what was approved can be told from what is there now (Article 7)."""

import json

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, now_datetime

from nmedia_app import files, roles
from nmedia_app.regulation import custody
from nmedia_app.regulation.review import APPROVED, PUBLISHED, WITHDRAWN
from nmedia_app.regulation.seal import (
	ADDED,
	CHANGED,
	MISSING,
	MOVED,
	Change,
	Part,
	changed_parts,
	manifest,
	seal_digest,
)

DOCTYPE = "Article Review"
INTACT, BROKEN = "Intact", "Broken"


def seal(article: Document) -> None:
	"""Store the digest of an article as the database now has it, with approver and time.

	Called in the transaction that approves it, after everything of the article was written.
	"""
	stored = frappe.get_doc(article.doctype, article.name)
	parts = manifest(get_parts(stored))
	article.db_set(
		{
			"seal": seal_digest(parts),
			"seal_manifest": json.dumps(parts, ensure_ascii=False, sort_keys=True),
			"sealed_on": now_datetime().replace(microsecond=0),
			"seal_status": INTACT,
			"seal_problem": "",
			"verification_code": article.verification_code or custody.new_code(),
		},
		update_modified=False,
	)


def get_parts(article: Document) -> list[Part]:
	"""Return everything that an approval vouches for, as bytes."""
	parts = [
		Part("title", "", encode(article.title)),
		Part("content", "", encode(article.content)),
		Part("image_source", "", encode(article.image_source)),
		Part("approval", "", encode_all(article.opinion, article.reviewer, article.reviewed_on)),
	]
	for url in files.get_image_sources(article.content):
		parts.append(Part("image", files.base_name(url), files.read_bytes(article, url), ordered=True))
	for row in article.attachments:
		content = files.read_bytes(article, row.file) + b"\0" + encode(row.note)
		parts.append(Part("attachment", files.base_name(row.file), content, ordered=True))
	for kind, rows in (("copywriter", article.copywriters), ("editor", article.editors)):
		parts += [Part(kind, cstr(row.full_name), encode(row.user), ordered=True) for row in rows]
	parts += [Part("account", row.account, b"") for row in article.accounts]
	return parts


def encode(value) -> bytes:
	return cstr(value).encode()


def encode_all(*values) -> bytes:
	return json.dumps([cstr(value) for value in values], ensure_ascii=False).encode()


def check(article: Document) -> list[Change] | None:
	"""Recompute the seal of an article; return what changed since its approval, None if it has no seal."""
	if not article.get("seal"):
		return None
	sealed = json.loads(article.seal_manifest or '{"format": 1, "parts": []}')
	changes = changed_parts(sealed, manifest(get_parts(article)))
	if not changes and seal_digest(sealed) != article.seal:
		changes = [Change("approval", "", CHANGED)]
	return changes


def is_intact(article: Document) -> bool:
	"""Tell whether a sealed article still is what was approved, and is what the custody chain says of it."""
	return check(article) == [] and agrees_with_chain(article)


def agrees_with_chain(article: Document) -> bool:
	"""Tell whether the seal is the one with which the article was taken into custody, if it was."""
	kept = frappe.get_all("Custody Entry", filters={"article": article.name}, pluck="seal")
	return all(digest == article.seal for digest in kept)


def get_part_label(kind: str) -> str:
	"""Return what a part of the seal is called on the form."""
	labels = {
		"title": _("Title"),
		"content": _("Content of the Article"),
		"image": _("Picture"),
		"attachment": _("Attachment"),
		"image_source": _("Source of Images"),
		"copywriter": _("Copywriters"),
		"editor": _("Editors"),
		"account": _("Media to Publish On"),
		"approval": _("Review Opinion"),
	}
	return labels.get(kind, kind)


def describe(changes: list[Change]) -> str:
	"""Say in the user's language which parts changed."""
	ways = {CHANGED: _("changed"), MISSING: _("missing"), ADDED: _("added"), MOVED: _("moved")}
	return "；".join(
		" ".join(filter(None, (get_part_label(change.kind), change.name, ways[change.how])))
		for change in changes
	)


def check_all_seals() -> list[str]:
	"""Recompute every seal, mark what is broken and tell the General Office; return the broken ones' names.

	Runs every night. An article that should be sealed and is not counts as broken, too.
	"""
	broken = [name for name in list_sealed() if not record_check(frappe.get_doc(DOCTYPE, name))]
	for name in broken:
		tell_general_office(name)
	return broken


def list_sealed() -> list[str]:
	"""List the articles that should have a seal: what is approved, and what was before it was withdrawn."""
	article, record = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Approval Record")
	approved_once = (
		frappe.qb.from_(record)
		.select(record.parent)
		.where((record.parenttype == DOCTYPE) & (record.to_stage == APPROVED))
	)
	is_approved = article.stage.isin([APPROVED, PUBLISHED])
	was_approved = (article.stage == WITHDRAWN) & article.name.isin(approved_once)
	query = frappe.qb.from_(article).select(article.name).where(is_approved | was_approved)
	return [name for (name,) in query.orderby(article.name).run()]


def record_check(article: Document) -> bool:
	"""Note on the article what checking its seal found; return whether it is intact."""
	problem = find_problem(article)
	frappe.db.set_value(
		DOCTYPE,
		article.name,
		{
			"seal_status": BROKEN if problem else INTACT,
			"seal_problem": problem,
			"seal_checked_on": now_datetime().replace(microsecond=0),
		},
		update_modified=False,
	)
	return not problem


def find_problem(article: Document) -> str:
	"""Return in words what is wrong with a sealed article, nothing if all is well."""
	changes = check(article)
	if changes is None:
		return _("It was approved, but has no seal.")
	if changes:
		return describe(changes)
	return "" if agrees_with_chain(article) else _("The seal is not the one in the custody chain.")


def tell_general_office(name: str) -> None:
	# which themselves need the guard, and the guard's documents this module
	from nmedia_app.selectors.recipients import get_users
	from nmedia_app.services.notices import notify

	article = frappe.get_doc(DOCTYPE, name)
	notify(
		users=get_users(roles.GENERAL_OFFICE),
		subject=lambda: _("The approved article {0} was changed behind the app's back").format(article.title),
		message=lambda: find_problem(article),
		doc=article,
	)
