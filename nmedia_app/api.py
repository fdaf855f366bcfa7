"""Endpoints of the app's own screens."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, get_datetime, get_fullname

from nmedia_app import roles
from nmedia_app.changes import get_changes
from nmedia_app.regulation.comparison import Comparison
from nmedia_app.regulation.custody import PRINTED_DIGITS, normalise_digest
from nmedia_app.regulation.review import APPROVED, FINISHED, PUBLISHED
from nmedia_app.selectors import account_names
from nmedia_app.selectors.calendar import list_planned_publications
from nmedia_app.selectors.due_dates import get_due_accounts, get_due_filings
from nmedia_app.selectors.filing_changes import get_corrections, get_register_changes
from nmedia_app.selectors.people import find_people
from nmedia_app.selectors.recipients import get_names
from nmedia_app.selectors.sections import get_sections_for_role
from nmedia_app.selectors.tasks import get_waiting_documents
from nmedia_app.selectors.working_days import get_unpublished_years
from nmedia_app.services import custody, publishing, reminders, revising, sealing, word_check
from nmedia_app.services.register import get_cells
from nmedia_app.services.reminders import describe_wait
from nmedia_app.workflow import is_guarded


@frappe.whitelist()
def get_tasks() -> list[dict]:
	"""List what waits for the session user, the longest waiting first; nothing for who has no part in it."""
	if not frappe.has_permission("Article Review", "read"):
		return []
	return get_waiting_documents(frappe.session.user)


@frappe.whitelist()
def get_due_changes() -> list[dict]:
	"""List the changes to report that the session user may see, filed or not, the most urgent first."""
	if not frappe.has_permission("Account Filing", "read"):
		return []
	return sorted([*get_due_filings(), *get_due_accounts()], key=lambda row: row.due_on)


@frappe.whitelist()
def get_register_values(account: str) -> dict:
	"""Return what the register says of an account: a filing begins with it."""
	doc = frappe.get_doc("Media Account", account)
	doc.check_permission("read")
	return {"section": doc.section, **get_cells(doc)}


@frappe.whitelist()
def get_filing_notes(name: str) -> dict:
	"""Tell what the form of a filing shows beside its fields.

	`changes` against the register and `corrections` since it was returned (label, before, after), and
	`unpublished_years` on whose holidays the date due rests.
	"""
	filing = frappe.get_doc("Account Filing", name)
	filing.check_permission("read")
	filing.apply_fieldlevel_read_permissions()
	is_timed = filing.report_due_on and filing.stage not in FINISHED
	return {
		"changes": get_register_changes(filing),
		"corrections": get_corrections(filing),
		"unpublished_years": get_unpublished_years(filing.changed_on, filing.report_due_on)
		if is_timed
		else [],
	}


@frappe.whitelist()
@frappe.validate_and_sanitize_search_inputs
def search_people(
	doctype: str, txt: str, searchfield: str, start: int, page_len: int, filters: dict
) -> list[list[str]]:
	"""List users who can be what the field `filters["fieldname"]` of an account asks for (link field).

	An administrator, with `filters["section"]`: of those who see what the section's accounts have to file.
	"""
	frappe.has_permission("Account Filing", "read", throw=True)
	fieldname = cstr(filters.get("fieldname"))
	section = cstr(filters.get("section")) if fieldname == "administrator" else None
	return find_people(fieldname, txt, start, page_len, section)


@frappe.whitelist()
def get_own_sections(doctype: str = "Article Review") -> list[str]:
	"""List the sections for which the session user begins documents of a type."""
	frappe.has_permission(doctype, "create", throw=True)
	return get_sections_for_role(frappe.session.user, roles.EDITOR)


@frappe.whitelist()
def get_article_notes(name: str) -> dict:
	"""Tell what the form of an article shows beside its fields.

	`word_hits` of the administrator's lists, `byline` ready to paste once approved, `unregistered` accounts,
	and for a revision its `changes` against the text that was approved, with `other_changes`: rows of label,
	before and after.
	"""
	article = frappe.get_doc("Article Review", name)
	article.check_permission("read")
	approved = article.stage in (APPROVED, PUBLISHED)
	changed = revising.get_changed_text(article)
	return {
		"word_hits": [] if approved else word_check.find_hits(article),
		"byline": publishing.get_byline(article) if approved else "",
		"unregistered": publishing.get_unregistered_accounts(article) if article.stage == APPROVED else [],
		"changes": as_pieces(changed) if changed else None,
		"other_changes": revising.get_other_changes(article),
	}


def as_pieces(comparison: Comparison) -> list[tuple[str, str]]:
	return [(piece.kind, piece.text) for piece in comparison.pieces]


@frappe.whitelist(methods=["POST"])
def compare_copy(
	name: str,
	account: str,
	published_on: str | None = None,
	copy_text: str | None = None,
	file_name: str | None = None,
	file_content: str | None = None,
) -> dict:
	"""Compare a copy of what is out with the approved article; nothing is saved.

	The copy is pasted text, or a file as base64. Returns whether it is `in_order`, the `findings` in words,
	and `pieces` of (same | missing | added, text).
	"""
	article = frappe.get_doc("Article Review", name)
	article.check_permission("write")
	copy = publishing.read_copy(copy_text, file_name, file_content)
	findings = publishing.examine(article, account, published_on, copy)
	return {
		"in_order": findings.in_order,
		"findings": publishing.describe(findings),
		"pieces": as_pieces(findings.comparison),
	}


@frappe.whitelist(methods=["POST"])
def register_publication(
	name: str,
	modified: str,
	account: str,
	published_on: str | None = None,
	address: str | None = None,
	copy_text: str | None = None,
	file_name: str | None = None,
	file_content: str | None = None,
	explanation: str | None = None,
	review_again: bool | int = False,
	dropped: bool | int = False,
) -> Document:
	"""Register that an approved article is out on an account, or is not going to be; returns the article.

	`modified` is the article's as it was on the screen. With the last account the article is published.
	"""
	article = publishing.lock_as_seen(name, modified)
	if cint(dropped):
		return publishing.register_as_dropped(article=article, account=account, explanation=cstr(explanation))
	return publishing.register(
		article=article,
		account=account,
		published_on=cstr(published_on),
		address=cstr(address),
		copy=publishing.read_copy(copy_text, file_name, file_content),
		explanation=cstr(explanation),
		review_again=bool(cint(review_again)),
	)


@frappe.whitelist(methods=["POST"])
def start_revision(name: str) -> str:
	"""Begin the review of a changed article; returns the new draft's name, or that of the one under way."""
	article = frappe.get_doc("Article Review", name)
	article.check_permission("read")
	frappe.has_permission("Article Review", "create", throw=True)
	return revising.start_revision(article=article).name


@frappe.whitelist(methods=["POST"])
def verify_seal(name: str) -> dict:
	"""Recompute the seal of an article: `intact`, and in words what is wrong with it."""
	article = frappe.get_doc("Article Review", name)
	article.check_permission("read")
	problem = sealing.find_problem(article)
	return {"intact": not problem, "problem": problem}


@frappe.whitelist()
def check_custody(printed: str | None = None) -> list[str]:
	"""Check the whole custody chain; returns in words where it is broken, nothing if it is whole.

	`printed` is the check value at the end of a printed volume, which the chain has to have.
	"""
	frappe.has_permission("Custody Entry", "read", throw=True)
	head = normalise_digest(printed) if printed else None
	if printed and not head:
		frappe.throw(
			_("Please type the {0} letters and digits that stand below the printed volume.").format(
				PRINTED_DIGITS
			)
		)
	return [custody.describe_break(found) for found in custody.check_custody(head=head)]


@frappe.whitelist()
def check_account_name(name: str) -> dict:
	"""Tell whether an account that an individual runs may carry a name (Article 5).

	Returns the reserved name that was `found` in it, or None, and all `reserved_names`.
	"""
	if not frappe.has_permission("New Media Settings", "read"):
		raise frappe.PermissionError
	return {
		"found": account_names.check_reserved_name(name),
		"reserved_names": account_names.get_reserved_names(),
	}


@frappe.whitelist()
def get_wait(doctype: str, name: str) -> dict | None:
	"""Tell the form whom the document waits for, if the session user may urge them; see `describe_wait`."""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	return describe_wait(doc, frappe.session.user) if is_guarded(doctype) else None


@frappe.whitelist(methods=["POST"])
def urge(doctype: str, name: str) -> str:
	"""Remind those whom the document waits for, in the session user's name; return their names."""
	# locked until the end of the request: of two who urge at once, one is told that it was done
	doc = frappe.get_doc(doctype, name, for_update=True)
	doc.check_permission("read")
	if not is_guarded(doctype):
		frappe.throw(_("{0} has no review that could be urged.").format(_(doctype)))
	return get_names(reminders.urge(doc=doc))


@frappe.whitelist()
def get_planned_publications(start: str, end: str, filters: str | list | None = None) -> list[dict]:
	"""List the planned publications from `start` to before `end` that the session user may see (calendar)."""
	if not frappe.has_permission("Article Review", "read"):
		raise frappe.PermissionError
	return list_planned_publications(get_datetime(start), get_datetime(end), frappe.parse_json(filters) or [])


@frappe.whitelist(methods=["POST"])
def get_changes_since(doc: dict | str) -> dict:
	"""Tell an approver what changed in a document since it was on their screen (Article 7).

	`doc` is the document as the form has it. Returns `changed_by` (a full name), `changed_on` and `changes`:
	label, before and after of each field that differs, as text in the user's language.
	"""
	seen = frappe.parse_json(doc)
	current = frappe.get_doc(seen.get("doctype"), seen.get("name"))
	current.check_permission("read")
	if not is_guarded(current.doctype):
		frappe.throw(_("This document has no review."))
	current.apply_fieldlevel_read_permissions()
	return {
		"changed_by": get_fullname(current.modified_by),
		"changed_on": current.modified,
		"changes": get_changes(seen, current),
	}
