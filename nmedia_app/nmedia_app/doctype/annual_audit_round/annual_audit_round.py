import frappe
from frappe import _
from frappe.utils import cint, get_datetime, getdate, today

from nmedia_app import files
from nmedia_app.files import bold
from nmedia_app.regulation.review import CLOSED, OPEN, REPORTED
from nmedia_app.services import audit_opening, audit_package, audit_rounds
from nmedia_app.workflow import SealedRecordError, WorkflowDocument, WorkflowStep, is_same

#: what is fixed once the audits are open
FIXED_WHEN_OPEN = ("year", "opens_on", "period_from", "period_to")


class AnnualAuditRound(WorkflowDocument):
	"""The audit of all accounts in use, once a year (Article 6)."""

	sealed_fields = audit_package.NOTED

	def before_validate(self):
		self.title = f"{cint(self.year)}年度新媒体年审"

	def before_insert(self):
		super().before_insert()
		self.read_year()
		self.refuse_second_round()
		self.fill_in_start()

	def validate(self):
		super().validate()
		self.check_dates()
		self.check_requirements()
		self.check_fixed_once_open()
		files.check_files(self)

	def before_update_after_submit(self):
		super().before_update_after_submit()
		self.check_report()
		files.check_files(self)

	def on_update(self):
		files.claim_files(self)
		self.pass_on_closing_day()

	def on_update_after_submit(self):
		files.claim_files(self)

	def get_deadline(self):
		"""An open round is to be closed after its last day."""
		return get_datetime(self.closes_on) if self.stage == OPEN else None

	def say_it_is_final(self, label: str) -> str:
		return (
			_("{0} cannot be changed any more: the round is closed.").format(label)
			+ " "
			+ _("What is still recorded is its report to the Publicity Department.")
		)

	def holds_role(self, role: str, user: str) -> bool:
		"""A round is the whole unit's: a role counts for it whatever the section."""
		return True

	def on_stage_entered(self, step: WorkflowStep, stage: str | None) -> None:
		"""Bring about what a stage means: audits are opened, accounts fall due, the report is kept."""
		if stage == OPEN:
			self.check_may_open()
			audit_rounds.on_open(round_doc=self)
		if stage == CLOSED:
			self.check_may_close()
			audit_rounds.on_close(round_doc=self)
		if stage == REPORTED:
			self.check_reported()

	def read_year(self):
		"""The round is named by its year: by one number, however a request writes it."""
		self.year = cint(self.year)
		audit_rounds.check_year(self.year)

	def refuse_second_round(self):
		"""Article 6: the audit is once a year."""
		if other := frappe.db.get_value("Annual Audit Round", {"year": cint(self.year)}, "title"):
			frappe.throw(
				_("There is a round of {0} already: {1}. Please go on with that one.").format(
					cint(self.year), bold(other)
				),
				frappe.DuplicateEntryError,
			)

	def fill_in_start(self):
		"""What nobody entered begins as the settings and the last round say."""
		start = audit_rounds.get_start(cint(self.year), self.opens_on)
		requirements = start.pop("requirements")
		for fieldname, value in start.items():
			if not self.get(fieldname):
				self.set(fieldname, value)
		if not self.requirements:
			self.set("requirements", requirements)

	def check_dates(self):
		audit_rounds.check_year(cint(self.year))
		for earlier, later in (("opens_on", "closes_on"), ("period_from", "period_to")):
			if not (self.get(earlier) and self.get(later)):
				continue  # the platform says what is missing
			if getdate(self.get(later)) < getdate(self.get(earlier)):
				frappe.throw(
					_("{0} is before {1}.").format(bold(self.get_label(later)), bold(self.get_label(earlier)))
				)
		before = self.get_doc_before_save()
		if before and before.stage == OPEN and not is_same(self, before, "closes_on"):
			self.check_not_past("closes_on")

	def check_not_past(self, fieldname: str):
		if getdate(self.get(fieldname)) < getdate(today()):
			frappe.throw(_("{0} has passed already.").format(bold(self.get_label(fieldname))))

	def check_requirements(self):
		"""Each material goes by a name of its own: audits are told apart by it what they have."""
		names = [(row.material_name or "").strip() for row in self.requirements]
		if "" in names:
			frappe.throw(
				_("Row {0} of {1}: please enter the name of the material, or delete the row.").format(
					names.index("") + 1, bold(self.get_label("requirements"))
				),
				frappe.MandatoryError,
			)
		if doubles := sorted({name for name in names if names.count(name) > 1}):
			frappe.throw(
				_("{0} is entered twice in {1}. Please keep one of the rows.").format(
					bold(doubles[0]), bold(self.get_label("requirements"))
				)
			)

	def check_fixed_once_open(self):
		before = self.get_doc_before_save()
		if not before or before.stage != OPEN:
			return
		for fieldname in FIXED_WHEN_OPEN:
			if not is_same(self, before, fieldname):
				frappe.throw(
					_("{0} cannot be changed any more: the audits of the round are open.").format(
						bold(self.get_label(fieldname))
					),
					SealedRecordError,
				)

	def check_may_open(self):
		self.check_not_past("closes_on")

	def check_may_close(self):
		"""Article 6: a round ends with its last day, or once every account's audit is there and approved."""
		if getdate(today()) > getdate(self.closes_on):
			return
		if missing := audit_opening.count_missing(self):
			self.refuse_closing(_("{0} audits are not opened yet, and the round runs until {1}."), missing)
		if waiting := audit_rounds.count_unfinished(self.name):
			self.refuse_closing(_("{0} audits are not approved yet, and the round runs until {1}."), waiting)

	def refuse_closing(self, reason: str, count: int):
		frappe.throw(
			reason.format(count, frappe.format(self.closes_on, "Date"))
			+ " "
			+ _("Please wait for them, or move its closing day.")
		)

	def check_report(self):
		before = self.get_doc_before_save()
		fields = ("reported_on", "report_receipt")
		if before.stage == REPORTED and any(not is_same(self, before, field) for field in fields):
			frappe.throw(
				_("The report to the Publicity Department is recorded and cannot be changed any more.")
				+ " "
				+ _("Please write a comment below the form instead."),
				frappe.UpdateAfterSubmitError,
			)
		if before.stage != REPORTED:
			self.check_reported_on()

	def check_reported_on(self):
		"""What is reported is the package: not before the round, nor before the day on which it was made."""
		if not self.reported_on:
			return
		day, label = getdate(self.reported_on), bold(self.get_label("reported_on"))
		if day > getdate(today()):
			frappe.throw(_("{0} lies in the future.").format(label))
		if day < getdate(self.opens_on):
			frappe.throw(
				_("{0} is before the day on which the round opened ({1}).").format(
					label, frappe.format(self.opens_on, "Date")
				)
			)
		if self.package_made_on and day < getdate(self.package_made_on):
			frappe.throw(
				_("{0} is before the day on which the package was made ({1}).").format(
					label, frappe.format(getdate(self.package_made_on), "Date")
				)
				+ " "
				+ _("Please enter the day on which this package was handed in.")
			)

	def check_reported(self):
		fields = ("reported_on", "report_receipt", "package_digest")
		missing = [self.get_label(field) for field in fields[:2] if not self.get(field)]
		if not self.package_digest:
			missing.append(_("the package for the Publicity Department"))
		if missing:
			frappe.throw(
				_("Please fill in first, and save: {0}").format("、".join(missing)),
				frappe.MandatoryError,
				title=_("Not Complete Yet"),
			)
		self.check_reported_on()
		if audit_package.is_out_of_date(self):
			frappe.throw(
				_("Audits, or the register's entries of their accounts, changed after the package was made.")
				+ " "
				+ _("Please make it again, and hand in the new one."),
				title=_("Not Complete Yet"),
			)

	def pass_on_closing_day(self):
		before = self.get_doc_before_save()
		if before and self.stage == OPEN and not is_same(self, before, "closes_on"):
			audit_rounds.move_closing_day(round_doc=self)
