"""Who hears of accounts that are to be closed (Article 6): one notice a person, however many accounts."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, today

from nmedia_app import roles
from nmedia_app.phrases import name_some
from nmedia_app.selectors.recipients import get_enabled, get_users
from nmedia_app.services.due_reminders import OVERDUE, get_kind_due, take_reminder
from nmedia_app.services.notices import Text, notify, without_failing

TASK, ROUND, ACCOUNT = "Closure Task", "Annual Audit Round", "Media Account"
TO_BE_CLOSED = "To Be Closed"

Tasks = Sequence[frappe._dict]
#: says what a notice is about: the names of accounts, how many they are, the day, and the tasks
Saying = Callable[[Tasks], str]


def tell_of_falling_due(*, round_name: str) -> None:
	"""Tell those concerned of a round's accounts that fell due and that nobody was told of yet.

	What is told is noted on the tasks in the transaction of the notices: of both or of none, whenever the
	worker is killed. The round is locked, so that two workers do not tell the same.
	"""
	frappe.db.get_value(ROUND, round_name, "name", for_update=True)
	tasks = list_tasks(round=round_name, told_on=["is", "not set"])
	if not tasks:
		return
	users = get_users(roles.GENERAL_OFFICE)
	tell(group_by_person(tasks, users), say_to_be_closed)
	noted = {"name": ["in", [task.name for task in tasks]]}
	frappe.db.set_value(TASK, noted, "told_on", now_datetime(), update_modified=False)


def send_reminders(now: date | None = None) -> None:
	"""Remind the chiefs before the tasks' day, and tell leaders and the Unit Head after it; each once.

	`now` is a local date.
	"""
	now = getdate(now or today())
	groups: dict[tuple, list[frappe._dict]] = {}
	for task in list_tasks():
		if kind := get_kind_due(getdate(task.due_on), now):
			groups.setdefault((task.round, kind, task.due_on), []).append(task)
	for (_round, kind, _due_on), tasks in groups.items():
		with without_failing():
			remind(kind=kind, tasks=tasks)


def remind(*, kind: str, tasks: Tasks) -> None:
	"""Send a reminder of the tasks of one round and day, of those for which it was not sent before."""
	people = get_people_of(tasks)
	superiors = get_superiors() if kind == OVERDUE else set()
	told: dict[str, list[frappe._dict]] = {}
	for task in tasks:
		users = people[task.name] | superiors
		for user in take_reminder(doc=task, kind=kind, due_on=getdate(task.due_on), users=users):
			told.setdefault(user, []).append(task)
	tell(told, say_overdue if kind == OVERDUE else say_soon)


def tell(by_person: dict[str, list[frappe._dict]], say: Saying) -> None:
	"""Send each person one notice: of their only task, or of their round with the first accounts' names."""
	for user, tasks in by_person.items():
		notify(
			users={user},
			subject=as_text(say, tasks),
			message=say_how,
			doc=get_subject(tasks),
			to_oneself=True,
		)


def as_text(say: Saying, tasks: Tasks) -> Text:
	return lambda: say(tasks)


def get_subject(tasks: Tasks) -> Document:
	"""Return what a notice leads to."""
	if len(tasks) == 1:
		return frappe.get_doc(TASK, tasks[0].name)
	return frappe.get_cached_doc(ROUND, tasks[0].round)


def list_tasks(**filters) -> list[frappe._dict]:
	"""List the open tasks with these values, each with its account's name and administrator of today."""
	tasks = frappe.get_all(
		TASK,
		filters={"status": TO_BE_CLOSED, **filters},
		fields=["name", "account", "round", "reason", "due_on", "chief"],
		order_by="due_on asc, name asc",
	)
	names = {"name": ["in", [task.account for task in tasks] or [""]]}
	accounts = {
		row.name: row
		for row in frappe.get_all(ACCOUNT, filters=names, fields=["name", "account_name", "administrator"])
	}
	for task in tasks:
		account = accounts.get(task.account, frappe._dict())
		task.update(
			doctype=TASK,
			account_name=account.account_name or task.account,
			administrator=account.administrator,
		)
	return tasks


def group_by_person(tasks: Tasks, everything: Iterable[str]) -> dict[str, list[frappe._dict]]:
	"""Return who hears of which tasks: each of the own, and the users of `everything` of all."""
	by_person = {user: [*tasks] for user in everything}
	people = get_people_of(tasks)
	for task in tasks:
		for user in people[task.name] - {*everything}:
			by_person.setdefault(user, []).append(task)
	return by_person


def get_people_of(tasks: Tasks) -> dict[str, set[str]]:
	"""Return who sees to it that each account is closed: the section's chief, and its administrator."""
	named = {task.name: {task.chief, task.administrator} - {None, ""} for task in tasks}
	able = get_enabled({user for users in named.values() for user in users})
	return {name: users & able for name, users in named.items()}


def get_people(task: Document) -> set[str]:
	"""Return who sees to it that the account of one task is closed."""
	administrator = frappe.db.get_value(ACCOUNT, task.account, "administrator")
	return get_enabled({task.chief, administrator} - {None, ""})


def get_superiors() -> set[str]:
	return get_users(roles.DIVISION_LEADER) | get_users(roles.UNIT_HEAD) | get_users(roles.GENERAL_OFFICE)


def say_to_be_closed(tasks: Tasks) -> str:
	if len(tasks) > 1:
		return _("{0} accounts are to be closed or deregistered by {1} (Article 6): {2}").format(
			len(tasks), tasks[0].due_on, say_accounts(tasks)
		)
	return _("“{0}” is to be closed or deregistered by {1} (Article 6): {2}").format(
		tasks[0].account_name, tasks[0].due_on, _(tasks[0].reason, context=TASK)
	)


def say_overdue(tasks: Tasks) -> str:
	if len(tasks) > 1:
		return _("{0} accounts were to be closed by {1}, and are not (Article 6): {2}").format(
			len(tasks), tasks[0].due_on, say_accounts(tasks)
		)
	return _("“{0}” was to be closed by {1}, and is not (Article 6)").format(
		tasks[0].account_name, tasks[0].due_on
	)


def say_soon(tasks: Tasks) -> str:
	if len(tasks) > 1:
		return _("{0} accounts are to be closed by {1} (Article 6): {2}").format(
			len(tasks), tasks[0].due_on, say_accounts(tasks)
		)
	return _("“{0}” is to be closed by {1} (Article 6)").format(tasks[0].account_name, tasks[0].due_on)


def say_accounts(tasks: Tasks) -> str:
	return name_some([task.account_name for task in tasks])


def say_how() -> str:
	return (
		_("Please see to it that the deregistration is filed, with the proof of closing.")
		+ " "
		+ _("If it needs more time, please ask the head of the unit.")
	)
