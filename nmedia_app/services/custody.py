"""Custody of review records: a number in the volume, and a chain that shows any later change (Article 7)."""

import hashlib
import json

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, get_datetime, now_datetime

from nmedia_app.regulation.custody import (
	ALTERED,
	DOUBLE_NUMBER,
	DOUBLE_POSITION,
	MISSING_HEAD,
	MISSING_NUMBER,
	MISSING_POSITION,
	WRONG_PREVIOUS,
	Break,
	check_chain,
	entry_digest,
	printed_digest,
	volume_label,
)
from nmedia_app.regulation.review import PUBLISHED
from nmedia_app.selectors.accounts import get_account_labels
from nmedia_app.settings import get_settings

DOCTYPE = "Custody Entry"
LOCK = "NM-CUSTODY"  # row of the platform's number series: who holds it, appends
NAME = "NM-CUS-{:06}"

#: what an entry's digest covers
CHAINED = (
	"position",
	"volume",
	"number",
	"label",
	"event",
	"article",
	"title",
	"section",
	"accounts",
	"copywriters",
	"editors",
	"reviewer_name",
	"reviewed_on",
	"published_on",
	"seal",
	"publications",
	"kept_on",
)


def keep(*, article: Document, event: str) -> Document:
	"""Append an article to the chain, in the caller's transaction; a published one gets the next number.

	The volume is the year (local time) of registration, so that a volume that is closed stays closed.
	"""
	position = take_next_position()
	kept_on = now_datetime().replace(microsecond=0)
	number = get_next_number(kept_on.year) if event == PUBLISHED else 0
	label = (
		volume_label(get_settings().volume_label, kept_on.year, number) if number else article.custody_number
	)
	entry = frappe.get_doc(
		doctype=DOCTYPE,
		position=position,
		volume=kept_on.year,
		number=number,
		label=label,
		event=event,
		article=article.name,
		**describe(article),
		kept_on=kept_on,
		previous=get_digest_at(position - 1),
	)
	entry.flags.kept_by_service = True
	entry.insert(ignore_permissions=True)
	# over what the database made of it, which is what will be checked
	entry.reload()
	entry.db_set("digest", entry_digest(as_chained(entry), entry.previous), update_modified=False)
	return entry


def describe(article: Document) -> dict:
	"""Return what the register says of an article."""
	return {
		"title": article.title,
		"section": article.section,
		"accounts": "、".join(get_account_labels(article)),
		"copywriters": "、".join(row.full_name for row in article.copywriters if row.full_name),
		"editors": "、".join(row.full_name for row in article.editors if row.full_name),
		"reviewer_name": article.reviewer_name,
		"reviewed_on": article.reviewed_on,
		"published_on": article.published_on,
		"seal": article.seal,
		"publications": get_publications_digest(article),
	}


def get_publications_digest(article: Document) -> str:
	"""SHA-256 over where and when the article is out, and the digest of each copy."""
	rows = [
		[row.account, cstr(get_datetime(row.published_on)), row.address, row.copy_digest]
		for row in article.publications
	]
	return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def take_next_position() -> int:
	"""Lock the chain until the end of the transaction, and return the next free place in it."""
	current = lock_chain()
	frappe.db.sql("update `tabSeries` set `current` = %s where `name` = %s", (current + 1, LOCK))
	return current + 1


def lock_chain() -> int:
	"""Wait for the chain, keep it until the end of the transaction, and return its last place."""
	current = get_last_position(lock=True)
	if current is None:
		make_lock()
		current = get_last_position(lock=True)
	return current


def make_lock() -> None:
	"""Make the row that is the chain's lock, unless it is there. Called at install and after each migrate.

	First entries that made it as they came, several at once, would share locks and deadlock.
	"""
	if get_last_position() is None:
		frappe.db.sql("insert ignore into `tabSeries` (`name`, `current`) values (%s, 0)", LOCK)


def get_last_position(*, lock: bool = False) -> int | None:
	"""Return the last place of the chain (0 before the first entry), None while its lock is not made."""
	rows = frappe.db.sql(
		f"select `current` from `tabSeries` where `name` = %s {'for update' if lock else ''}", LOCK
	)
	return rows[0][0] if rows else None


def get_next_number(volume: int) -> int:
	"""Return the next number of a volume: the chain is locked, and a locking read sees what is committed."""
	((last,),) = frappe.db.sql(
		"select max(`number`) from `tabCustody Entry` where `volume` = %s for update", volume
	)
	return (last or 0) + 1


def get_digest_at(position: int) -> str:
	rows = frappe.db.sql("select `digest` from `tabCustody Entry` where `position` = %s for update", position)
	return rows[0][0] if rows else ""


def as_chained(entry: Document | dict) -> dict[str, str]:
	"""Return an entry as the texts that its digest covers."""
	return {fieldname: cstr(entry.get(fieldname)) for fieldname in CHAINED}


def check_custody(*, head: str | None = None) -> list[Break]:
	"""Check every entry of the chain, and that none is missing at its end; return where it is broken.

	`head` is a digest, or its beginning, as a printed volume names it.
	"""
	fields = [*CHAINED, "previous", "digest"]
	entries = frappe.get_all(DOCTYPE, fields=fields, order_by="position asc")
	chained = [
		{**as_chained(entry), "previous": cstr(entry.previous), "digest": cstr(entry.digest)}
		for entry in entries
	]
	last = entries[-1].position if entries else 0
	end = max(get_last_position() or 0, last + len(get_unkept_articles()))
	lost = [Break(last + 1, MISSING_POSITION, {"from": last + 1, "to": end})] if end > last else []
	return check_chain(chained, head) + lost


def get_last_entry(volume: int) -> frappe._dict | None:
	"""Return position and digest of the last entry that was made in a volume's year, if there is one."""
	entries = frappe.get_all(
		DOCTYPE,
		filters={"volume": volume},
		fields=["position", "digest"],
		order_by="position desc",
		limit=1,
	)
	return entries[0] if entries else None


def get_unkept_articles() -> list[str]:
	"""Return articles that say they are in the volume and are not."""
	numbered = frappe.get_all("Article Review", filters={"custody_number": ["is", "set"]}, pluck="name")
	kept = set(frappe.get_all(DOCTYPE, pluck="article"))
	return [name for name in numbered if name not in kept]


def describe_break(found: Break) -> str:
	"""Say in the user's language where the chain is broken, and how."""
	sentences = {
		ALTERED: _("Entry {position} of the chain was changed after it was made."),
		WRONG_PREVIOUS: _("Entry {position} of the chain does not follow on the one before."),
		MISSING_POSITION: _("Of the chain, the entries {from} to {to} are missing."),
		DOUBLE_POSITION: _("Entry {position} of the chain is there twice."),
		MISSING_NUMBER: _("In the volume {volume}, the numbers {from} to {to} are missing."),
		DOUBLE_NUMBER: _("In the volume {volume}, number {number} was given twice."),
		MISSING_HEAD: _("No entry has the check value {head}: the chain was cut off or written anew."),
	}
	data = {"position": found.position, **found.data}
	if found.kind == MISSING_HEAD:
		data["head"] = printed_digest(found.data["head"])
	return sentences[found.kind].format(**data)
