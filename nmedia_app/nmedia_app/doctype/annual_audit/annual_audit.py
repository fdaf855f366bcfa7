from datetime import date, datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, get_datetime, getdate, now_datetime, today

from nmedia_app import files
from nmedia_app.files import bold
from nmedia_app.regulation.audit import find_missing_materials, get_hours, merge_requirements
from nmedia_app.regulation.filing import ACTIVE, ENDED
from nmedia_app.regulation.review import APPROVED, OPEN, RETURNED, is_with_authors
from nmedia_app.services import audit_opening, closures
from nmedia_app.workflow import APPROVAL_FIELDS, SealedChange, WorkflowDocument, WorkflowStep

ROUND = "Annual Audit Round"
#: what is counted, or taken over from the register; nobody types it
COUNTED = (
	"year",
	"title",
	"audit_key",
	"due_on",
	"chief",
	"account_name",
	"platform",
	"section",
	"administrator",
	"administrator_name",
	"followers_before",
	"followers_before_on",
	"last_published_on",
	"dormant",
	"articles_reviewed",
	"articles_published",
	"articles_returned",
	"articles_withdrawn",
	"articles_unmatched",
	"figures_on",
	"filings",
	"responsible_people",
)
#: what the account's administrator says; section, General Office and Unit Head judge it as it is
COMPLETED = ("followers", "materials", "incidents", "self_assessment")
#: by what the rows that are counted anew are known again
KEYS = {"filings": "filing", "incidents": "article", "materials": "material_name"}


class AuditClosedError(frappe.ValidationError):
	"""An audit was sent after its round was over."""


class AnnualAudit(WorkflowDocument):
	"""One account in one year: its figures, its materials, and what the unit says of it (Article 6)."""

	sealed_fields = (*APPROVAL_FIELDS, *COUNTED)
	fixed_once_sent = COMPLETED
	worker_field = "administrator"  # of today: not who administered the account before

	def before_insert(self):
		super().before_insert()
		self.check_round_is_open()

	def before_validate(self):
		self.take_over_figures()
		self.count_hours()

	def validate(self):
		super().validate()
		self.check_incidents()
		files.check_files(self)

	def before_update_after_submit(self):
		super().before_update_after_submit()
		files.check_files(self)

	def on_update(self):
		files.claim_files(self)

	def get_authors(self) -> set[str]:
		"""Whoever administers the account, and whoever sent its audit, does not confirm it."""
		return {self.administrator, *super().get_authors()} - {None, ""}

	def get_default_opinion(self, stage: str | None) -> str:
		return _("Agreed")

	def say_who_reviews(self) -> str:
		return _("Nobody reviews their own audit (Article 6): you administer its account, or sent it.")

	def get_task_start(self):
		return None

	def is_called_for(self) -> bool:
		"""Article 6: accounts in use are audited; nobody waits for one that was closed meanwhile."""
		return frappe.db.get_value("Media Account", self.account, "status") not in ENDED

	def get_deadline(self):
		return get_datetime(self.due_on) if self.due_on else None

	def on_workflow_step(self, step: WorkflowStep, stage: str | None) -> None:
		"""A sent audit is complete and in time."""
		if is_with_authors(self.get_doc_before_save().stage) and not is_with_authors(stage):
			self.check_called_for()
			self.check_in_time()
			self.check_complete()
			files.check_files_exist(self)

	def on_stage_entered(self, step: WorkflowStep, stage: str | None) -> None:
		"""An approved audit keeps its account."""
		if stage == APPROVED:
			self.set_approval(step)
			closures.lift(audit=self)
		if stage == RETURNED:
			self.due_on = self.get_due_date(returned_on=getdate(today()))

	def get_due_date(self, returned_on: date | None = None) -> date:
		return closures.get_due_date(self, frappe.get_cached_doc(ROUND, self.round), returned_on)

	def say_beforehand(self, stage: str | None) -> str:
		"""Whoever returns an audit after its last day knows how long it can be sent again."""
		if stage != RETURNED or not self.is_over():
			return ""
		last_day = self.say_last_day()
		until = self.get_due_date(returned_on=getdate(today()))
		if until < getdate(today()):
			return f"{last_day} " + _("It can be sent again once the head of the unit gives more time.")
		return f"{last_day} " + _("Once returned, it can be sent again until {0}.").format(
			frappe.format(until, "Date")
		)

	def say_what_follows(self) -> str:
		"""Article 6: what is returned is sent again in time; what is rejected has its account closed."""
		if self.stage == RETURNED:
			if self.is_over():
				return f"{self.say_last_day()} " + _("Please ask the head of the unit for more time.")
			return _("Please send it again by {0}.").format(getdate(self.due_on))
		if task := closures.get_open_task(audit=self.name):
			follows = _("Its account is to be closed by {0}").format(getdate(task.due_on))
		else:
			closes_on = getdate(frappe.db.get_value(ROUND, self.round, "closes_on"))
			follows = _("Its account falls due for closure when the round ends on {0}").format(closes_on)
		return _("{0}, unless the head of the unit gives more time (Article 6).").format(follows)

	def is_over(self) -> bool:
		"""Tell whether the last day on which it can be sent has passed."""
		return getdate(today()) > getdate(self.due_on)

	def say_last_day(self) -> str:
		return _("The last day for this audit was {0}.").format(frappe.format(self.due_on, "Date"))

	def check_round_is_open(self):
		"""Audits are opened by their round: for accounts in use, while it runs."""
		stage = frappe.db.get_value(ROUND, self.round, "stage") if self.round else None
		if stage != OPEN:
			frappe.throw(_("Audits are opened by the round of their year, while it is open (Article 6)."))
		status = frappe.db.get_value("Media Account", self.account, "status")
		if status != ACTIVE:
			frappe.throw(
				_("{0} is not in use: only accounts in use are audited.").format(bold(self.account or ""))
			)

	def take_over_figures(self):
		"""Keep figures and materials up to date for as long as the audit is with its authors."""
		if not self.is_with_authors() or not (self.round and self.account):
			return
		round_doc = frappe.get_cached_doc(ROUND, self.round)
		audit = audit_opening.compose_audits(round_doc, [get_account(self.account)])[0]
		audit["materials"] = merge_requirements(audit["materials"], [row.as_dict() for row in self.materials])
		audit["incidents"] += [row.as_dict() for row in self.incidents if not row.article]
		for table, key in KEYS.items():
			keep_names(audit[table], self.get(table), key)
		audit["due_on"] = self.get_due_date()
		given = {"doctype", "owner"} if self.is_new() else {"doctype", "owner", "followers"}
		self.update({field: value for field, value in audit.items() if field not in given})
		if self.is_new():
			self.owner = audit["owner"]
		self.flags.sealed_change = SealedChange(frozenset(COUNTED))

	def count_hours(self):
		for row in self.incidents:
			row.hours = get_hours(read_time(row, "began_on"), read_time(row, "ended_on"))

	def check_incidents(self):
		for row in self.incidents:
			if row.began_on and get_datetime(row.began_on) > now_datetime():
				frappe.throw(_("Row {0}: the incident began in the future.").format(row.idx))
			if row.ended_on and get_datetime(row.ended_on) > now_datetime():
				frappe.throw(
					_("Row {0}: the incident ends in the future. Please leave its end empty.").format(row.idx)
				)
			if row.hours < 0:
				frappe.throw(_("Row {0}: the incident ended before it began.").format(row.idx))

	def check_called_for(self):
		if not self.is_called_for():
			frappe.throw(
				_("{0} is closed or deregistered: its audit is not needed any more.").format(
					bold(self.account_name)
				)
			)

	def check_in_time(self):
		"""Article 6: what is not filed by the closing day needs the Unit Head's word first."""
		if not self.is_over():
			return
		frappe.throw(
			_("The last day for this audit was {0}.").format(bold(frappe.format(self.due_on, "Date")))
			+ " "
			+ _("Please ask the head of the unit for more time."),
			AuditClosedError,
			title=_("Too Late"),
		)

	def check_complete(self):
		missing = find_missing_materials(self.materials)
		if not (self.self_assessment or "").strip():
			missing.append(self.get_label("self_assessment"))
		if missing:
			frappe.throw(
				_("Please fill in first, and save: {0}").format("、".join(map(bold, missing))),
				frappe.MandatoryError,
				title=_("Not Complete Yet"),
			)

	def show_unique_validation_message(self, error: Exception):
		"""Article 6: one audit for one account and year, from wherever it is opened."""
		frappe.throw(
			_("{0} has its audit of {1} already.").format(bold(self.account), cint(self.year)),
			frappe.UniqueValidationError,
			title=_("Audit Exists"),
		)


def read_time(row: Document, fieldname: str) -> datetime | None:
	"""Return the time of an incident, if it has one; throws if it is none."""
	if not (value := row.get(fieldname)):
		return None
	try:
		time = get_datetime(value)
	except (ValueError, TypeError, OverflowError):
		time = None
	if not time:
		frappe.throw(
			_("Row {0}: {1}").format(
				row.idx,
				_("{0} is no day of the calendar. Please enter one such as {1}.").format(
					bold(cstr(value)), now_datetime().strftime("%Y-%m-%d %H:%M")
				),
			)
		)
	return time


def get_account(name: str) -> frappe._dict:
	return frappe.db.get_value("Media Account", name, audit_opening.ACCOUNT_FIELDS, as_dict=True)


def keep_names(rows: list[dict], stored: list, key: str) -> None:
	"""Let rows that were there already stay the same rows: what is counted anew is no change by itself."""
	names = {row.get(key): row.name for row in stored if row.get(key) and row.name}
	for row in rows:
		if name := names.get(row.get(key)):
			row["name"] = name
