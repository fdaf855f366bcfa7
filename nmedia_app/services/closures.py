"""Accounts without an approved audit are closed or deregistered (Article 6), unless given more time."""

from collections.abc import Sequence
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, now_datetime, today

from nmedia_app import roles
from nmedia_app.files import bold
from nmedia_app.regulation.audit import judge_closure
from nmedia_app.regulation.filing import ACTIVE, DEREGISTRATION, PENDING_CLOSURE
from nmedia_app.regulation.review import APPROVED, DRAFT, REJECTED, REPORTED, RETURNED, WITHDRAWN
from nmedia_app.selectors.recipients import get_enabled, get_users
from nmedia_app.selectors.working_days import add_working_days
from nmedia_app.services.attempts import undone_if_failing
from nmedia_app.services.due_reminders import DOCTYPE as REMINDER
from nmedia_app.services.due_reminders import URGE, Telling, remind_of_date, remind_once
from nmedia_app.services.notices import notify, without_failing
from nmedia_app.services.register import change_account, lock_account
from nmedia_app.settings import get_settings
from nmedia_app.workflow import STAGE_FIELD, take_step_into

DOCTYPE = "Closure Task"
AUDIT = "Annual Audit"
ROUND = "Annual Audit Round"
OPEN, DONE, LIFTED = "To Be Closed", "Account Closed", "Lifted"
BATCH = 100


def fall_due(round_name: str) -> int:
	"""Make a task of every account of a closed round without an approved audit; return how many.

	In batches, each in a transaction of its own; what has a task already gets no second one, and what fails
	is tried again by the next run.
	"""
	made, failed = 0, []
	while True:
		frappe.db.commit()
		frappe.db.get_value(ROUND, round_name, "name", for_update=True)
		audits = find_audits_to_close(round_name, failed)
		for name in audits:
			try:
				with undone_if_failing():
					made += close_one(name)
			except frappe.QueryDeadlockError:
				raise  # the batch is undone as a whole
			except Exception:
				failed.append(name)
				frappe.log_error(title=f"{name}: its account could not fall due")
		frappe.db.commit()
		if not audits:
			return made


def find_audits_to_close(round_name: str, but: Sequence[str] = ()) -> list[str]:
	audit, task, account = (frappe.qb.DocType(name) for name in (AUDIT, DOCTYPE, "Media Account"))
	rows = (
		frappe.qb.from_(audit)
		.join(account)
		.on(account.name == audit.account)
		.left_join(task)
		.on(task.audit == audit.name)
		.select(audit.name)
		.where((audit.round == round_name) & (audit.stage != APPROVED) & task.name.isnull())
		.where(account.status.isin([ACTIVE, PENDING_CLOSURE]) & audit.name.notin([*but, ""]))
		.orderby(audit.name)
		.limit(BATCH)
	).run()
	return [row[0] for row in rows]


def close_one(name: str) -> bool:
	"""Make the task of an audit's account, unless the audit is approved after all; return whether it was.

	The audit is locked until the end of the batch: one that is just being approved is approved first.
	"""
	if frappe.db.get_value(AUDIT, name, STAGE_FIELD, for_update=True) == APPROVED:
		return False
	make_task(audit=frappe.get_doc(AUDIT, name, for_update=True))
	return True


def make_task(*, audit: Document) -> Document:
	"""Give the section's chief the task to have an account closed, and tell those concerned."""
	chief = frappe.db.get_value("Media Section", audit.section, "chief")
	task = frappe.get_doc(
		doctype=DOCTYPE,
		title=f"关闭：{audit.account_name}（{audit.platform}）"[:140],
		account=audit.account,
		section=audit.section,
		round=audit.round,
		audit=audit.name,
		reason=judge_closure(audit.stage),
		status=OPEN,
		due_on=add_working_days(getdate(today()), cint(get_settings().close_within_days)),
		chief=chief,
		chief_name=chief and frappe.utils.get_fullname(chief),
		filing=find_filing_under_way(audit.account),
	).insert(ignore_permissions=True, ignore_mandatory=True)
	set_account_status(account=audit.account, status=PENDING_CLOSURE)
	users = get_people(task) | get_users(roles.GENERAL_OFFICE)
	notify(users=users, subject=lambda: say_to_be_closed(task), message=say_how, doc=task)
	return task


def find_filing_under_way(account: str) -> str | None:
	"""Return the deregistration of an account that was sent and is not decided on yet."""
	return frappe.db.get_value(
		"Account Filing",
		{"account": account, "filing_type": DEREGISTRATION, "docstatus": 0, STAGE_FIELD: ["!=", DRAFT]},
	)


def say_to_be_closed(task: Document) -> str:
	return _("“{0}” is to be closed or deregistered by {1} (Article 6): {2}").format(
		get_account_name(task), task.due_on, _(task.reason, context="Closure Task")
	)


def say_overdue(task: Document) -> str:
	return _("“{0}” was to be closed by {1}, and is not (Article 6)").format(
		get_account_name(task), task.due_on
	)


def say_soon(task: Document) -> str:
	return _("“{0}” is to be closed by {1} (Article 6)").format(get_account_name(task), task.due_on)


def say_how() -> str:
	return (
		_("Please see to it that its deregistration is filed, with the proof that it is closed.")
		+ " "
		+ _("If it needs more time, please ask the head of the unit.")
	)


def get_account_name(task: Document) -> str:
	return frappe.db.get_value("Media Account", task.account, "account_name") or task.account


def set_account_status(*, account: str, status: str) -> None:
	doc = lock_account(account)
	if doc.status in (ACTIVE, PENDING_CLOSURE) and doc.status != status:
		# what a form asks for meanwhile is for people to fill in: the date does not wait for it
		doc.flags.ignore_mandatory = True
		change_account(account=doc, values={"status": status})


def get_open_task(**filters) -> Document | None:
	name = frappe.db.get_value(DOCTYPE, {**filters, "status": OPEN})
	return frappe.get_doc(DOCTYPE, name) if name else None


def get_due_date(audit: Document, round_doc: Document):
	"""Return the last day on which an audit can be sent: the round's, or a later one that was granted."""
	granted = audit.name and frappe.db.get_value(
		DOCTYPE, {"audit": audit.name, "status": OPEN}, ["name", "due_on"]
	)
	if not granted or not frappe.db.exists("Closure Extension", {"parent": granted[0]}):
		return round_doc.closes_on
	return max(getdate(granted[1]), getdate(round_doc.closes_on))


def grant_more_time(*, task: Document, due_on: str, reason: str) -> Document:
	"""Give an account until another day to have its audit approved or to be closed (the Unit Head's to do).

	The audit can be sent until then; one that was rejected goes back to its authors.
	"""
	check_may_grant(task, due_on, reason)
	task.append(
		"extensions",
		{
			"granted_on": now_datetime(),
			"granted_by": frappe.session.user,
			"granted_by_name": frappe.utils.get_fullname(frappe.session.user),
			"due_before": task.due_on,
			"due_on": due_on,
			"reason": reason,
		},
	)
	task.due_on = due_on
	task.save(ignore_permissions=True)
	frappe.db.set_value(AUDIT, task.audit, "due_on", due_on)
	if frappe.db.get_value(AUDIT, task.audit, STAGE_FIELD) == REJECTED:
		take_step_into(AUDIT, task.audit, RETURNED, opinion=reason)
	notify(
		users=get_people(task),
		subject=lambda: _("“{0}” has more time: until {1}").format(get_account_name(task), task.due_on),
		message=reason,
		doc=task,
	)
	return task


def check_may_grant(task: Document, due_on: str, reason: str) -> None:
	if roles.UNIT_HEAD not in frappe.get_roles(frappe.session.user):
		frappe.throw(
			_("More time is granted by the head of the unit alone (Article 6)."), frappe.PermissionError
		)
	if task.status != OPEN:
		frappe.throw(_("This task is finished: its status is {0}.").format(frappe.bold(_(task.status))))
	if not reason:
		frappe.throw(_("Please give the reason: those concerned need to know it."), frappe.MandatoryError)
	if getdate(due_on) <= max(getdate(today()), getdate(task.due_on)):
		frappe.throw(
			_("Please choose a day after {0}.").format(
				frappe.bold(frappe.format(max(getdate(today()), getdate(task.due_on)), "Date"))
			)
		)


def ask_to_file(*, task: Document) -> set[str]:
	"""Ask, in the session user's name, who can file an account's deregistration to do so; return these users.

	A chief confirms what the editors file (Article 5), and files nothing. Throws if they were asked today.
	"""
	check_may_be_asked_for(task)
	users = get_filers(task) - {frappe.session.user}
	if not users:
		frappe.throw(
			_("Nobody in {0} can file it. Please enter an editor in the section first.").format(
				bold(task.section or "")
			)
		)
	remind_once(
		doc=task,
		kind=URGE,
		due_on=getdate(today()),
		telling=Telling(lambda: users, lambda: say_asked(task)),
		message=lambda: _("Please file its deregistration, with the proof that it is closed."),
	)
	return users


def check_may_be_asked_for(task: Document) -> None:
	if task.status != OPEN:
		frappe.throw(_("This task is finished: its status is {0}.").format(frappe.bold(_(task.status))))
	if task.filing:
		frappe.throw(_("The deregistration is under way already: {0}.").format(bold(task.filing)))
	asked = {"reference_doctype": DOCTYPE, "reference_name": task.name, "kind": URGE, "due_on": today()}
	if frappe.db.exists(REMINDER, asked):
		frappe.throw(_("They were asked today already. You can ask again tomorrow."))


def get_filers(task: Document) -> set[str]:
	"""Who can file an account's deregistration: its administrator, or else the editors of its section."""
	members = frappe.get_all(
		"Media Section Member",
		filters={"parenttype": "Media Section", "parent": task.section},
		pluck="user",
	)
	editors = {*members} & get_users(roles.EDITOR)
	administrator = frappe.db.get_value("Media Account", task.account, "administrator")
	return {administrator} if administrator in editors else editors


def say_asked(task: Document) -> str:
	return _("{0} asks you to file the deregistration of “{1}” by {2} (Article 6)").format(
		frappe.utils.get_fullname(frappe.session.user), get_account_name(task), task.due_on
	)


def lift(*, audit: Document) -> None:
	"""An audit that is approved in the end keeps its account, unless the closing was approved before."""
	# a locking read: it sees a task that was made while this approval waited for its turn
	name = frappe.db.get_value(DOCTYPE, {"audit": audit.name, "status": OPEN}, for_update=True)
	if name and lock_account(audit.account).status in (ACTIVE, PENDING_CLOSURE):
		finish(task=frappe.get_doc(DOCTYPE, name, for_update=True), status=LIFTED)
		set_account_status(account=audit.account, status=ACTIVE)


def note_filing(*, filing: Document, stage: str) -> None:
	"""Note on an account's task which filing closes it, from when it is sent until it is withdrawn.

	One that is returned is still under way. Once it is reported with its proof, the task is done.
	"""
	for name in frappe.get_all(DOCTYPE, filters={"account": filing.account, "status": OPEN}, pluck="name"):
		task = frappe.get_doc(DOCTYPE, name)
		if stage != WITHDRAWN:
			task.filing = filing.name
		elif task.filing == filing.name:
			task.filing = None
		if stage == REPORTED:
			finish(task=task, status=DONE)
		else:
			task.save(ignore_permissions=True)


def finish(*, task: Document, status: str) -> None:
	task.update({"status": status, "finished_on": now_datetime()})
	task.flags.ignore_mandatory = True  # as for the account
	task.save(ignore_permissions=True)


def send_reminders(now: date | None = None) -> None:
	"""Remind the chief before a task's day, and tell leaders and the Unit Head after it; each once.

	`now` is a local date.
	"""
	now = getdate(now or today())
	for name in frappe.get_all(DOCTYPE, filters={"status": OPEN}, pluck="name"):
		with without_failing():
			remind(task=frappe.get_doc(DOCTYPE, name), now=now)


def remind(*, task: Document, now: date) -> None:
	remind_of_date(
		doc=task,
		due_on=getdate(task.due_on),
		now=now,
		before=Telling(lambda: get_people(task), lambda: say_soon(task)),
		after=Telling(lambda: get_people(task) | get_superiors(), lambda: say_overdue(task)),
		message=say_how,
	)


def get_people(task: Document) -> set[str]:
	"""Who sees to it that an account is closed: the section's chief, and the account's administrator."""
	administrator = frappe.db.get_value("Media Account", task.account, "administrator")
	return get_enabled({task.chief, administrator} - {None, ""})


def get_superiors() -> set[str]:
	return get_users(roles.DIVISION_LEADER) | get_users(roles.UNIT_HEAD) | get_users(roles.GENERAL_OFFICE)
