"""Endpoints of the annual audit's screens (Article 6)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr

from nmedia_app.regulation.review import CLOSED, OPEN
from nmedia_app.selectors import round_overview
from nmedia_app.selectors.recipients import get_names
from nmedia_app.services import audit_decisions, audit_opening, audit_package, audit_rounds, closures
from nmedia_app.services.round_workbook import make_workbook

AUDIT, ROUND, TASK = "Annual Audit", "Annual Audit Round", "Closure Task"
#: from a round, so many audits are offered for a decision at once; the next ones after it
MOST_OFFERED = 200


@frappe.whitelist()
def get_round_start(year: str | int) -> dict:
	"""Return with what a new round of a year begins; see `audit_rounds.get_start`."""
	frappe.has_permission(ROUND, "create", throw=True)
	return audit_rounds.get_start(cint(year))


@frappe.whitelist()
def get_round_overview(name: str) -> dict:
	"""Return how far a round's audits are, as far as the session user may see them; see `get_overview`.

	With `progress` (done, total) of the opening, whether accounts are still to fall due for closure
	(`is_falling_due`), what is noted of its `package`, whether it `is_outdated` and whether one
	`is_being_made`, and what the user may do: `may_go_on`, `may_export`, `may_decide`, the states whose next
	step is theirs, `may_urge`, of how many audits in each section, and `may_urge_all` at once.
	"""
	round_doc = get_round(name)
	return {
		**round_overview.get_overview(round_doc, frappe.session.user),
		"progress": audit_opening.count_progress(name),
		"package": {field: round_doc.get(field) for field in audit_package.NOTED},
		"is_outdated": audit_package.is_outdated(round_doc),
		"is_being_made": audit_package.is_being_made(name),
		"is_falling_due": round_doc.stage == CLOSED and bool(closures.find_audits_to_close(name)),
		"may_go_on": round_doc.stage == OPEN and bool(frappe.has_permission(ROUND, "write", round_doc)),
		"may_export": bool(frappe.has_permission(AUDIT, "export")),
		"may_decide": round_overview.get_states_to_decide_on(frappe.session.user),
		**get_who_to_urge(name),
	}


def get_who_to_urge(name: str) -> dict:
	"""Return of how many missing audits of a round, by section, the session user may urge somebody."""
	own = round_overview.get_sections_to_urge(frappe.session.user)
	if own == []:
		return {"may_urge": {}, "may_urge_all": False}
	counts = audit_rounds.count_to_urge(name)
	may_urge = {section: count for section, count in counts.items() if own is None or section in own}
	return {"may_urge": may_urge, "may_urge_all": own is None and bool(may_urge)}


@frappe.whitelist()
def get_round_audits(name: str, section: str | None = None, state: str | None = None) -> dict:
	"""List the audits of a round to decide on: the first `names` of them, and their number `total`."""
	get_round(name)
	names = round_overview.list_audits(name, section, state)
	return {"names": names[:MOST_OFFERED], "total": len(names)}


@frappe.whitelist(methods=["POST"])
def go_on_opening(name: str) -> None:
	"""Let a worker go on with the opening of a round's audits."""
	round_doc = get_round(name, "write")
	if round_doc.stage != OPEN:
		frappe.throw(_("This round is not open: its audits are not opened any more."))
	audit_opening.enqueue(round_name=name)


@frappe.whitelist(methods=["POST"])
def urge_missing(name: str, section: str | None = None) -> str:
	"""Remind those who have audits of a round, or of one of its sections, to send; return their names."""
	round_doc = get_round(name)
	check_may_urge(section)
	return get_names(audit_rounds.urge_missing(round_doc=round_doc, section=section))


@frappe.whitelist()
def download_overview(name: str) -> None:
	"""Send the overview of a round and its audits as a workbook (.xlsx), as far as the user may see them."""
	round_doc = get_round(name)
	frappe.has_permission(AUDIT, "export", throw=True)
	frappe.response.type = "download"
	frappe.response.filename = f"annual-audit-{round_doc.year}.xlsx"
	frappe.response.filecontent = make_workbook(round_doc)


@frappe.whitelist()
def get_audit_notes(name: str) -> dict:
	"""Tell what the form of an audit shows beside its fields.

	The `notes` of its round, the open closure `task` of its account, if there is one, and whether the audit
	`is_called_for`: not once its account was closed.
	"""
	audit = frappe.get_doc(AUDIT, name)
	audit.check_permission("read")
	task = closures.get_open_task(audit=name)
	return {
		"notes": frappe.db.get_value(ROUND, audit.round, "notes") or "",
		"is_called_for": audit.is_called_for(),
		"task": {"name": task.name, "due_on": task.due_on, "title": task.title} if task else None,
	}


@frappe.whitelist(methods=["POST"])
def get_audits_to_decide(names: list | str) -> list[dict]:
	"""Return what is decided on in each of these audits; see `audit_decisions.describe`."""
	frappe.has_permission(AUDIT, "read", throw=True)
	return audit_decisions.describe(names=parse_some(names, str))


@frappe.whitelist(methods=["POST"])
def decide(
	decisions: list | str, action: str, opinion: str | None = None, declared: bool | int = False
) -> dict:
	"""Take one step on several audits, each as it was on the screen; see `audit_decisions.decide`."""
	frappe.has_permission(AUDIT, "read", throw=True)
	return audit_decisions.decide(
		decisions=parse_some(decisions, dict),
		action=action,
		opinion=cstr(opinion),
		declared=bool(cint(declared)),
	)


@frappe.whitelist(methods=["POST"])
def grant_more_time(name: str, due_on: str, reason: str) -> Document:
	"""Give an account that is to be closed until another day (the Unit Head's to do); returns the task."""
	task = closures.lock_task(name)
	task.check_permission("read")
	return closures.grant_more_time(task=task, due_on=due_on, reason=cstr(reason).strip())


@frappe.whitelist(methods=["POST"])
def ask_to_file(name: str) -> str:
	"""Ask who can file the deregistration of an account that is to be closed to do so; return their names."""
	task = frappe.get_doc(TASK, name, for_update=True)
	task.check_permission("read")
	check_may_urge(task.section)
	return get_names(closures.ask_to_file(task=task))


@frappe.whitelist()
def get_accounts_to_close() -> list[dict]:
	"""List the accounts that are still to be closed and that the session user may see (Article 6)."""
	if not frappe.has_permission(TASK, "read"):
		return []
	return round_overview.list_open_tasks()


def check_may_urge(section: str | None) -> None:
	"""Throw unless the session user may urge the people of a section, or of all if none is named."""
	own = round_overview.get_sections_to_urge(frappe.session.user)
	if own is not None and section not in own:
		frappe.throw(
			_("Only the General Office and the section's chief can urge. Please ask one of them."),
			frappe.PermissionError,
		)


def get_round(name: str, ptype: str = "read") -> Document:
	round_doc = frappe.get_doc(ROUND, name)
	round_doc.check_permission(ptype)
	return round_doc


def parse_some(rows: list | str, kind: type) -> list:
	"""Return the rows of a request, all of one kind and few: the browser sends one chunk after the other."""
	try:
		rows = frappe.parse_json(rows)
	except ValueError:
		rows = None
	if not isinstance(rows, list) or not all(isinstance(row, kind) for row in rows):
		frappe.throw(_("The request is not readable: audits are missing or misspelled in it."))
	if len(rows) > audit_decisions.MOST:
		frappe.throw(_("At most {0} audits go into one request.").format(audit_decisions.MOST))
	return rows
