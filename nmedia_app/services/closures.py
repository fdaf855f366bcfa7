"""Accounts without an approved audit are closed or deregistered (Article 6), unless given more time."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, now_datetime, today

from nmedia_app import roles
from nmedia_app.files import bold
from nmedia_app.regulation.audit import judge_closure, parse_day
from nmedia_app.regulation.filing import ACTIVE, DEREGISTRATION, PENDING_CLOSURE
from nmedia_app.regulation.review import APPROVED, CLOSED, DRAFT, REJECTED, REPORTED, RETURNED, WITHDRAWN
from nmedia_app.selectors.accounts import say_account
from nmedia_app.selectors.recipients import get_users
from nmedia_app.selectors.working_days import add_working_days
from nmedia_app.services import closure_notices
from nmedia_app.services.attempts import persist, undone_if_failing
from nmedia_app.services.due_reminders import DOCTYPE as REMINDER
from nmedia_app.services.due_reminders import URGE, Telling, remind_once
from nmedia_app.services.notices import notify
from nmedia_app.services.register import change_account, lock_account
from nmedia_app.settings import get_settings
from nmedia_app.workflow import RECORDS_FIELD, STAGE_FIELD, take_step_into

DOCTYPE = "Closure Task"
AUDIT = "Annual Audit"
ROUND = "Annual Audit Round"
OPEN, DONE, LIFTED = closure_notices.TO_BE_CLOSED, "Account Closed", "Lifted"
BATCH = 100


def fall_due(round_name: str) -> int:
	"""Make a task of every account of a closed round without an approved audit; return how many.

	In batches, each in a transaction of its own; what has a task already gets no second one, and what fails
	is tried again by the next run. Those concerned are told at the end, once of all that was made since they
	were told last: also of what a run made that was killed.
	"""
	made, failed, found = 0, [], True
	while found:
		found, count, broken = persist(partial(close_batch, round_name, [*failed]))
		made += count
		failed += broken
	persist(partial(closure_notices.tell_of_falling_due, round_name=round_name))
	return made


def close_batch(round_name: str, but: Sequence[str]) -> tuple[bool, int, list[str]]:
	"""Make the tasks of the next batch of audits without those in `but`.

	Return whether there were any, the number of tasks, and the audits whose task failed.
	"""
	frappe.db.get_value(ROUND, round_name, "name", for_update=True)
	audits = find_audits_to_close(round_name, but)
	made, failed = 0, []
	for name in audits:
		try:
			with undone_if_failing():
				made += close_one(name)
		except frappe.QueryDeadlockError:
			raise  # the batch is undone as a whole
		except Exception:
			failed.append(name)
			frappe.log_error(title=f"{name}: its account could not fall due")
	return bool(audits), made, failed


def find_unfinished_rounds() -> list[str]:
	"""List the rounds that are over with accounts that are still to fall due, or to be told of."""
	rounds = frappe.get_all(ROUND, filters={STAGE_FIELD: ["in", [CLOSED, REPORTED]]}, pluck="name")
	untold = frappe.get_all(
		DOCTYPE,
		filters={"status": OPEN, "told_on": ["is", "not set"]},
		pluck="round",
		distinct=True,
		order_by="round asc",
	)
	return [name for name in rounds if name in untold or find_audits_to_close(name)]


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
	"""Give the section's chief the task to have an account closed."""
	set_account_status(account=audit.account, status=PENDING_CLOSURE)
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
	if audit.stage == RETURNED:
		due_on = get_due_date(audit, frappe.get_cached_doc(ROUND, audit.round))
		frappe.db.set_value(AUDIT, audit.name, "due_on", due_on, update_modified=False)
	return task


def find_filing_under_way(account: str) -> str | None:
	"""Return the deregistration of an account that was sent and is not decided on yet."""
	return frappe.db.get_value(
		"Account Filing",
		{"account": account, "filing_type": DEREGISTRATION, "docstatus": 0, STAGE_FIELD: ["!=", DRAFT]},
	)


def get_account_name(task: Document) -> str:
	account = frappe.db.get_value("Media Account", task.account, ["account_name", "platform"], as_dict=True)
	return say_account(account) if account else task.account


def set_account_status(*, account: str, status: str) -> None:
	doc = lock_account(account)
	if doc.status in (ACTIVE, PENDING_CLOSURE) and doc.status != status:
		# what a form asks for meanwhile is for people to fill in: the date does not wait for it
		doc.flags.ignore_mandatory = True
		change_account(account=doc, values={"status": status})


def get_open_task(**filters) -> Document | None:
	name = frappe.db.get_value(DOCTYPE, {**filters, "status": OPEN})
	return frappe.get_doc(DOCTYPE, name) if name else None


def get_due_date(audit: Document, round_doc: Document, returned_on: date | None = None) -> date:
	"""Return the last day on which an audit can be sent: the round's, or a later one that was granted.

	One that was sent in time and came back after the round's last day can be sent until its account is to be
	closed. `returned_on` is the day of a return that is not in its history yet.
	"""
	closes_on = getdate(round_doc.closes_on)
	returned_on = returned_on or get_return_date(audit)
	is_late = bool(returned_on and returned_on > closes_on)
	task = get_open_task(audit=audit.name) if audit.name else None
	if task and (is_late or task.extensions):
		return max(getdate(task.due_on), closes_on)
	if is_late:
		# the round is over and not closed yet: its task will not be due before
		return add_working_days(returned_on, cint(get_settings().close_within_days))
	return closes_on


def get_return_date(audit: Document) -> date | None:
	"""Return the day on which an audit came back to its authors, while it is with them."""
	records = audit.get(RECORDS_FIELD) or []
	# not by its stage: that is the next one already while it is sent
	if not records or records[-1].to_stage != RETURNED:
		return None
	return next((getdate(row.acted_on) for row in reversed(records) if row.from_stage != RETURNED), None)


def lock_task(name: str) -> Document:
	"""Return a task, locked until the end of the request; its audit before it, as who approves that one."""
	audit = frappe.db.get_value(DOCTYPE, name, "audit")
	frappe.db.get_value(AUDIT, audit, "name", for_update=True)
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def grant_more_time(*, task: Document, due_on: str | date, reason: str) -> Document:
	"""Give an account until another day to have its audit approved or to be closed (the Unit Head's to do).

	The audit can be sent until then; one that was rejected goes back to its authors. A day that was granted
	before can be corrected, to an earlier one as well.
	"""
	due_on = read_day(due_on)
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
	is_later = due_on > getdate(task.due_on)
	task.due_on = due_on
	task.save(ignore_permissions=True)
	frappe.db.set_value(AUDIT, task.audit, "due_on", due_on)
	if frappe.db.get_value(AUDIT, task.audit, STAGE_FIELD) == REJECTED:
		take_step_into(AUDIT, task.audit, RETURNED, opinion=reason)
	notify(
		users=closure_notices.get_people(task),
		subject=lambda: say_other_day(task, is_later),
		message=reason,
		doc=task,
	)
	return task


def say_other_day(task: Document, is_later: bool) -> str:
	if is_later:
		return _("“{0}” has more time: until {1}").format(get_account_name(task), task.due_on)
	return _("The time of “{0}” was corrected: it has until {1}").format(get_account_name(task), task.due_on)


def read_day(day: str | date) -> date:
	"""Return a day that somebody entered; throws if it is none."""
	try:
		return date.fromisoformat(str(day).strip())
	except ValueError:
		frappe.throw(
			_("{0} is no day of the calendar. Please enter one such as {1}.").format(bold(str(day)), today())
		)


def get_bounds(task: Document) -> tuple[date, date]:
	"""Return the first and the last day until which the Unit Head can give an account time.

	Not before the day that it had at first, and before the next year's round opens: that one is about the
	next year.
	"""
	first_due = getdate(task.extensions[0].due_before if task.extensions else task.due_on)
	year = cint(frappe.db.get_value(ROUND, task.round, "year")) + 1
	opens_on = frappe.db.get_value(ROUND, {"year": year}, "opens_on")
	opens_on = getdate(opens_on) if opens_on else parse_day(get_settings().audit_opens, year)
	return max(first_due, getdate(today())), max(first_due, opens_on - timedelta(days=1))


def check_may_grant(task: Document, due_on: date, reason: str) -> None:
	if roles.UNIT_HEAD not in frappe.get_roles(frappe.session.user):
		frappe.throw(
			_("More time is granted by the head of the unit alone (Article 6)."), frappe.PermissionError
		)
	if task.status != OPEN:
		frappe.throw(_("This task is finished: its status is {0}.").format(frappe.bold(_(task.status))))
	if not reason:
		frappe.throw(_("Please give the reason: those concerned need to know it."), frappe.MandatoryError)
	check_day(task, due_on)


def check_day(task: Document, due_on: date) -> None:
	"""Throw unless an account can have time until a day that it does not have yet."""
	first, last = get_bounds(task)
	if first > last:
		frappe.throw(
			_("No more time can be given: the next year's round opens after {0}.").format(bold_day(last))
		)
	if due_on < first:
		frappe.throw(_("Please choose {0} or a later day.").format(bold_day(first)))
	if due_on > last:
		frappe.throw(
			_("Please choose {0} at the latest: then the next year's round opens.").format(bold_day(last))
		)
	if due_on == getdate(task.due_on):
		frappe.throw(_("It has until {0} already. Please choose another day.").format(bold_day(due_on)))


def bold_day(day: date) -> str:
	return frappe.bold(frappe.format(day, "Date"))


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
	"""An audit that is approved in the end keeps its account, unless the closing was approved before.

	It does not keep what is to be closed for its audit of another year.
	Locked in the order of all who come by here: the audit (by its approval), its account, its task.
	"""
	account = lock_account(audit.account)
	# a locking read: it sees a task that was made while this approval waited for its turn
	name = frappe.db.get_value(DOCTYPE, {"audit": audit.name, "status": OPEN}, for_update=True)
	if name and account.status in (ACTIVE, PENDING_CLOSURE):
		finish(task=frappe.get_doc(DOCTYPE, name, for_update=True), status=LIFTED)
		if not get_open_task(account=audit.account):
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
