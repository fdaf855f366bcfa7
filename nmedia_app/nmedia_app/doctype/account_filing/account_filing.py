from collections.abc import Iterable, Iterator
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate, today

from nmedia_app import files
from nmedia_app.files import bold
from nmedia_app.register import PEOPLE, RegisterEntry, is_able
from nmedia_app.regulation.filing import (
	CHANGE,
	CHINESE,
	CLOSING_PROOF,
	COMMITMENT,
	DEREGISTRATION,
	KNOWN_ONCE_OPENED,
	LIVE,
	MEETING_FIELDS,
	OPENING,
	REPORT_FIELDS,
	get_live_key,
	normalise_handle,
)
from nmedia_app.regulation.review import (
	APPROVED,
	FINISHED,
	MEETING,
	REPORTED,
	RETURNED,
	is_endorsement,
	is_with_authors,
)
from nmedia_app.selectors.due_dates import get_report_days, get_report_due_date
from nmedia_app.selectors.sections import get_visible_sections
from nmedia_app.services import audit_people, closures, register
from nmedia_app.workflow import (
	APPROVAL_FIELDS,
	SealedChange,
	SealedRecordError,
	WorkflowDocument,
	WorkflowStep,
	is_same,
)


class OpenFilingError(frappe.ValidationError):
	"""Another filing for the account is still under way."""


class AccountFiling(RegisterEntry, WorkflowDocument):
	"""Annex 1: an account is opened, changed or closed, and the Publicity Department told (Article 5)."""

	sealed_fields = (*APPROVAL_FIELDS, "report_due_on", "register_before", "values_returned")

	def before_validate(self):
		self.trim_texts()
		self.take_over_register()
		self.set_title()
		self.set_due_date()

	def validate(self):
		self.check_kind_untouched()
		self.check_meeting_untouched()
		super().validate()
		self.check_register_entry()
		self.check_no_other_open_filing()
		files.check_files(self)

	def before_update_after_submit(self):
		super().before_update_after_submit()
		self.check_late_cells()
		self.check_report_untouched()
		self.check_register_entry()
		files.check_files(self)

	def on_update(self):
		files.claim_files(self)

	def on_update_after_submit(self):
		files.claim_files(self)

	def get_declaration(self, from_stage: str | None, to_stage: str | None) -> str:
		"""Annex 1, 部门意见: the standing commitment, for which the approver stands."""
		return COMMITMENT if to_stage == APPROVED else ""

	def get_deadline(self) -> datetime | None:
		return get_datetime(self.report_due_on) if self.report_due_on else None

	def get_task_start(self) -> datetime | None:
		return get_datetime(self.reviewed_on) if self.reviewed_on else None

	def say_how_to_go_on(self) -> str:
		return _("It is now reported to the Publicity Department; date and receipt are recorded here.")

	def say_who_reviews(self) -> str:
		return _("Nobody reviews their own filing: you are one of those who filed it.")

	def say_it_is_final(self, label: str) -> str:
		instead = _("Please file a change of the account instead (Article 5).")
		return f"{super().say_it_is_final(label)} {instead}"

	def wait_for_turn(self) -> None:
		register.wait_for_register(platform=self.platform)
		if self.account:
			audit_people.lock_audits(account=self.account)

	def on_workflow_step(self, step: WorkflowStep, stage: str | None) -> None:
		"""What leaves its authors has its files, what leaves the unit's meeting its decision."""
		if not is_with_authors(stage):
			files.check_files_exist(self)
		if self.get_doc_before_save().stage == MEETING and is_endorsement(MEETING, stage):
			self.check_filled_in(MEETING_FIELDS)

	def on_stage_entered(self, step: WorkflowStep, stage: str | None) -> None:
		"""Bring about what a stage means: the register, the report."""
		if stage == RETURNED:
			self.values_returned = register.as_snapshot(self)
		if stage == APPROVED:
			self.approve(step)
		if stage == REPORTED:
			self.check_reported()
			register.note_report(filing=self)
		if self.filing_type == DEREGISTRATION:
			closures.note_filing(filing=self, stage=stage)

	def approve(self, step: WorkflowStep):
		"""Sign Annex 1 and carry it out; a new account needs the decision of the unit's meeting."""
		if self.filing_type == OPENING:
			self.check_filled_in(MEETING_FIELDS)
		self.set_approval(step)
		register.carry_out(filing=self)

	def check_reported(self):
		beside = {OPENING: ("handle", "opened_on"), DEREGISTRATION: (CLOSING_PROOF,)}
		self.check_filled_in((*beside.get(self.filing_type, ()), *REPORT_FIELDS))

	def check_filled_in(self, fieldnames: Iterable[str]):
		missing = [self.get_label(fieldname) for fieldname in fieldnames if not self.get(fieldname)]
		if missing:
			frappe.throw(
				_("Please fill in first, and save: {0}").format("、".join(missing)),
				frappe.MandatoryError,
				title=_("Not Complete Yet"),
			)

	def take_over_register(self):
		"""Keep what the register says beside what is filed, for as long as the authors work on it."""
		if not self.is_with_authors():
			return
		self.flags.sealed_change = SealedChange(frozenset({"register_before", "report_due_on"}))
		self.register_before = None
		if self.filing_type == OPENING:
			self.account = None
			return
		account = self.get_live_account()
		self.section = account.section
		self.register_before = register.as_snapshot(account)
		for fieldname, value in register.get_cells(account).items():
			if value and (self.filing_type == DEREGISTRATION or (self.is_new() and not self.get(fieldname))):
				self.set(fieldname, value)
				if fieldname in PEOPLE:  # names were fetched before this, of those whom the form has
					self.set(f"{fieldname}_name", frappe.get_cached_value("User", value, "full_name"))

	def get_live_account(self):
		if not self.account:
			frappe.throw(
				_("Please choose the account that is changed or closed."),
				frappe.MandatoryError,
				title=_("Which Account?"),
			)
		# locked until the end of the request: of two filings begun at once, one sees the other
		account = register.lock_account(self.account)
		if account.status not in LIVE:
			frappe.throw(
				_("{0} is closed already: its status is {1}.").format(
					bold(account.name), frappe.bold(_(account.status))
				)
			)
		return account

	def set_title(self):
		kind = CHINESE.get(self.filing_type, "")
		self.title = f"{kind}：{self.account_name}（{self.platform}）"[:140]

	def set_due_date(self):
		"""Article 5: a change is reported within 5 working days after its day."""
		if self.filing_type != CHANGE:
			self.changed_on = self.report_due_on = None
			return
		if not self.changed_on:
			frappe.throw(
				_("Please enter on which day it changed: that is reported within {0} working days.").format(
					get_report_days()
				),
				frappe.MandatoryError,
				title=_("When Did It Change?"),
			)
		self.report_due_on = get_report_due_date(getdate(self.changed_on))

	def check_kind_untouched(self):
		"""A filing stays about the account about which it was begun; an opening gets its own by approval."""
		before = self.get_doc_before_save()
		if before and not is_same(self, before, "account"):
			frappe.throw(
				_("A filing stays about the account about which it was begun.")
				+ " "
				+ _("For another account, please begin another filing."),
				SealedRecordError,
			)

	def check_meeting_untouched(self):
		"""Article 5: what the unit's meeting decided is recorded when it was there, not by the applicants."""
		if not self.is_with_authors():
			return
		before = self.get_doc_before_save()
		for fieldname in MEETING_FIELDS:
			if self.get(fieldname) and not (before and is_same(self, before, fieldname)):
				frappe.throw(
					_("{0} is recorded once the filing is before the unit's meeting (Article 5).").format(
						frappe.bold(self.get_label(fieldname))
					)
					+ " "
					+ _("Please leave it empty and send the filing first."),
					SealedRecordError,
				)

	def check_late_cells(self):
		"""What the platform says only when the account is opened is filled in until it is reported."""
		before = self.get_doc_before_save()
		changed = [fieldname for fieldname in KNOWN_ONCE_OPENED if not is_same(self, before, fieldname)]
		if not changed:
			return
		approved = register.lock_account(self.account)
		for fieldname in changed:
			if self.filing_type != OPENING or before.stage != APPROVED or approved.get(fieldname):
				label = frappe.bold(self.get_label(fieldname))
				frappe.throw(self.say_it_is_final(label), frappe.UpdateAfterSubmitError)

	def check_report_untouched(self):
		"""What was recorded of the report stays: the account's status followed from it."""
		before = self.get_doc_before_save()
		recorded = (*REPORT_FIELDS, CLOSING_PROOF)
		if before.stage in FINISHED and any(not is_same(self, before, field) for field in recorded):
			frappe.throw(
				_("The report to the Publicity Department is recorded and cannot be changed any more.")
				+ " "
				+ _("Please write a comment below the form instead."),
				frappe.UpdateAfterSubmitError,
			)

	def check_no_other_open_filing(self):
		other = self.find_other_open_filing()
		if other:
			frappe.throw(
				_("A filing for this account is under way already: {0}.").format(
					frappe.utils.get_link_to_form(self.doctype, other.name, other.title)
				)
				+ " "
				+ _("Please go on with that one."),
				OpenFilingError,
				title=_("Filing under Way"),
			)

	def find_other_open_filing(self) -> frappe._dict | None:
		"""Return another filing, not approved yet, about the same account, or opening the same handle."""
		if self.docstatus != 0 or not self.is_open():
			return None
		same = (
			{"account": self.account} if self.account else {"platform": self.platform, "filing_type": OPENING}
		)
		others = frappe.get_all(
			self.doctype,
			filters={**same, "docstatus": 0, "name": ["!=", self.name or ""]},
			fields=["name", "title", "handle"],
		)
		if not self.account:
			handle = normalise_handle(self.handle)
			others = [other for other in others if handle and normalise_handle(other.handle) == handle]
		return others[0] if others else None

	def is_open(self) -> bool:
		return self.stage not in (APPROVED, *FINISHED)

	def find_faults(self) -> Iterator[str]:
		yield from self.find_wrong_dates()
		if self.filing_type == DEREGISTRATION:
			return  # an account whose entry has a fault is closed as it stands
		yield from super().find_faults()
		yield from self.find_unable_people()
		if self.is_open() and (other := self.find_live_account_with_handle()):
			yield _("{0} is on {1} already the address of {2}. Please check the address.").format(
				bold(self.handle), bold(self.platform), bold(other)
			)

	def find_wrong_dates(self) -> Iterator[str]:
		for fieldname in ("changed_on", "meeting_date", "reported_on"):
			if self.get(fieldname) and getdate(self.get(fieldname)) > getdate(today()):
				yield _("{0} lies in the future.").format(self.bold_label(fieldname))
		for earlier, later in DATES_IN_ORDER:
			if (
				self.get(earlier)
				and self.get(later)
				and getdate(self.get(later)) < getdate(self.get(earlier))
			):
				yield _("{0} is before {1}.").format(self.bold_label(later), self.bold_label(earlier))

	def find_unable_people(self) -> Iterator[str]:
		"""Article 4: an account has a leader and an administrator who can do their part.

		Rows are seen by section: an administrator of another one could neither read nor send the audit.
		"""
		for fieldname, wanted in PEOPLE.items():
			before = self.get_doc_before_save()
			if not self.get(fieldname) or (before and is_same(self, before, fieldname)):
				continue
			if not is_able(self.get(fieldname), fieldname):
				yield _(
					"{0}: {1} cannot log in, or has none of the roles {2}. Please choose another."
				).format(
					self.bold_label(fieldname),
					bold(frappe.utils.get_fullname(self.get(fieldname))),
					"、".join(_(role) for role in wanted),
				)
			elif fieldname == "administrator" and not self.is_seen_by(self.administrator):
				yield _(
					"{0}: {1} is of another section and would not see what the account has to file. Please"
					" choose somebody of {2}, or let them be entered there first."
				).format(
					self.bold_label(fieldname),
					bold(frappe.utils.get_fullname(self.administrator)),
					bold(self.section or ""),
				)

	def is_seen_by(self, user: str) -> bool:
		"""Tell whether a user sees the documents of the account's section."""
		sections = get_visible_sections(user)
		return sections is None or self.section in sections

	def find_live_account_with_handle(self) -> str | None:
		key = get_live_key(self.platform, self.handle, LIVE[0])
		filters = {"live_key": key, "name": ["!=", self.account or ""]}
		return frappe.db.get_value("Media Account", filters) if key else None


#: of each two dates, the second is not before the first
DATES_IN_ORDER = (
	("opened_on", "changed_on"),
	("meeting_date", "reviewed_on"),
	("reviewed_on", "reported_on"),
)
