"""Deciding on several audits at once, each as it was on the screen, each by itself (Article 6)."""

import html
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import cint, cstr, getdate, strip_html, today

from nmedia_app.regulation.audit import LATE, NOT_REPORTED, find_missing_materials
from nmedia_app.regulation.review import IN_REVIEW, is_with_authors
from nmedia_app.selectors.round_overview import FIGURES
from nmedia_app.selectors.tasks import get_colour
from nmedia_app.services.attempts import undone_if_failing
from nmedia_app.workflow import WorkflowDocument, apply_workflow, get_permitted_transitions

DOCTYPE = "Annual Audit"
#: so many are read or decided on in one request: each stays short, and shows how far it is
MOST = 20
#: what is shown of an audit as it is
SHOWN = (
	"name",
	"modified",
	"account_name",
	"platform",
	"section",
	"administrator_name",
	"workflow_state",
	"stage",
	"due_on",
	*FIGURES,
	"self_assessment",
)


def describe(*, names: Iterable[str]) -> list[dict]:
	"""Return what the session user sees of audits before deciding on them, with the steps that are theirs.

	Each with its fields, `marks` to look at, the `actions` that are possible, and `why_not` if none is; one
	that cannot be read stops no other.
	"""
	return [try_to_describe(name) for name in names]


def try_to_describe(name: str) -> dict:
	"""Describe an audit; of one that is gone, or not the session user's to see, that it is."""
	try:
		with undone_if_failing():
			return describe_one(read(name))
	except (frappe.DoesNotExistError, frappe.PermissionError):
		return {
			**dict.fromkeys(SHOWN, ""),
			"name": name,
			"account_name": name,
			"colour": "gray",
			"marks": [],
			"actions": [],
			"why_not": _("This audit does not exist any more, or is not yours to see."),
		}


def read(name: str) -> WorkflowDocument:
	audit = frappe.get_doc(DOCTYPE, name)
	audit.check_permission("read")
	audit.apply_fieldlevel_read_permissions()
	return audit


def describe_one(audit: WorkflowDocument) -> dict:
	actions = [
		{
			key: step.get(key)
			for key in (
				"action",
				"next_state",
				"opinion_required",
				"opinion_expected",
				"suggested_opinion",
				"declaration",
				"note",
			)
		}
		for step in get_permitted_transitions(audit)
	]
	return {
		**{field: audit.get(field) for field in SHOWN},
		"colour": get_colour(audit.workflow_state),
		"marks": list_marks(audit),
		"actions": actions,
		"why_not": "" if actions else say_why_not(audit),
	}


def list_marks(audit: WorkflowDocument) -> list[str]:
	"""Say what to look at closely before an audit is approved."""
	marks = []
	if cint(audit.dormant):
		marks.append(_("Dormant Account"))
	if is_with_authors(audit.stage) and audit.due_on and getdate(audit.due_on) < getdate(today()):
		marks.append(_("Not sent in time"))
	if missing := find_missing_materials(audit.materials):
		marks.append(_("Missing: {0}").format("、".join(missing)))
	if cint(audit.articles_unmatched):
		marks.append(_("Published without match: {0}").format(audit.articles_unmatched))
	for timeliness, words in ((LATE, _("Filings too late: {0}")), (NOT_REPORTED, _("Not reported: {0}"))):
		if late := sum(row.timeliness == timeliness for row in audit.filings):
			marks.append(words.format(late))
	if audit.incidents:
		marks.append(_("Incidents: {0}").format(len(audit.incidents)))
	return marks


def say_why_not(audit: WorkflowDocument) -> str:
	"""Say why the session user has no step to take on an audit."""
	if is_with_authors(audit.stage):
		return _("It is with its administrator, who has not sent it.")
	if audit.stage == IN_REVIEW and frappe.session.user in audit.get_authors():
		return _("You are one of its authors: another reviewer decides on it.")
	return _("Its status is {0}: the next step is not yours.").format(_(audit.workflow_state))


def decide(*, decisions: Iterable[dict], action: str, opinion: str = "", declared: bool = False) -> dict:
	"""Take a step on each of these audits (`name`, and `modified` as it was on the screen).

	Each in a savepoint of its own: one that is refused stops no other. Returns the names that are `done`, and
	what was `refused`: name and reason in words.
	"""
	done, refused = [], []
	for decision in decisions:
		name, modified = cstr(decision.get("name")), cstr(decision.get("modified"))
		reason = try_step(name, modified, action, opinion, declared)
		if reason:
			refused.append({"name": name, "reason": reason})
		else:
			done.append(name)
	return {"done": done, "refused": refused}


def try_step(name: str, modified: str, action: str, opinion: str, declared: bool) -> str:
	"""Take a step as a form would; return why it was refused, nothing if it was taken."""
	seen = {
		"doctype": DOCTYPE,
		"name": name,
		"modified": modified,
		"workflow_opinion": opinion,
		"workflow_declared": declared,
	}
	try:
		with undone_if_failing():
			apply_workflow(seen, action)
		return ""
	except (frappe.ValidationError, frappe.PermissionError) as error:
		# not what ends the whole transaction, as a deadlock does: then nothing at all is done
		return html.unescape(strip_html(cstr(error))) or _("This audit is not yours to see.")
