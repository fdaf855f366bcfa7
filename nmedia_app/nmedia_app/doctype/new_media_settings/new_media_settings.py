from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, formatdate, getdate

from nmedia_app.regulation.audit import parse_day
from nmedia_app.regulation.byline import PLACEHOLDERS, unknown_placeholders
from nmedia_app.regulation.custody import PatternError, check_pattern
from nmedia_app.regulation.filing import is_web_address
from nmedia_app.regulation.reserved_names import unusable_names
from nmedia_app.regulation.word_lists import parse_words
from nmedia_app.settings import get_defaults


class NewMediaSettings(Document):
	"""What an administrator sets without code; read it through `nmedia_app.settings.get_settings`."""

	def onload(self):
		self.fill_in_new_fields()

	def before_validate(self):
		self.fill_in_new_fields()

	def validate(self):
		self.check_byline()
		self.check_volume_label()
		self.check_reserved_names()
		self.check_report_days()
		self.check_corrections()
		self.check_hours()
		self.check_audit()
		self.check_robot_address()

	def fill_in_new_fields(self):
		"""A field that came with an upgrade is not in the database yet: it begins with its default."""
		for fieldname, default in get_defaults(self).items():
			if self.get(fieldname) is None:
				self.set(fieldname, default)

	def check_byline(self):
		"""Article 7: the byline names copywriters, editors, reviewer and time; a misspelled name is told."""
		if unknown := unknown_placeholders(self.byline or ""):
			frappe.throw(
				_("{0} has no {1}. There are: {2}").format(
					self.get_bold_label("byline"),
					frappe.bold(frappe.utils.escape_html("{" + unknown[0] + "}")),
					" ".join("{" + name + "}" for name in PLACEHOLDERS),
				)
			)

	def check_volume_label(self):
		"""Article 7: the number of a review record names its volume and its place in it."""
		try:
			check_pattern(self.volume_label or "")
		except PatternError:
			frappe.throw(
				_("{0} must name the year and the number once each, such as {1}").format(
					self.get_bold_label("volume_label"), "审〔{year}〕{number:4}"
				)
			)

	def check_reserved_names(self):
		"""Article 5: there is a name to guard, and each can be found in another."""
		names = parse_words(self.reserved_names or "")
		if not names:
			frappe.throw(_("Please enter at least one reserved name, each on a line of its own."))
		if unusable := unusable_names(names):
			frappe.throw(
				_("These reserved names can never be found: {0}. A name has letters or digits.").format(
					frappe.bold(frappe.utils.escape_html("、".join(unusable)))
				)
			)

	def check_report_days(self):
		"""Article 5: there is at least a day to report a change, and the reminder comes within that time."""
		if cint(self.change_report_days) < 1:
			frappe.throw(
				_("Please enter at least one working day for {0}.").format(
					self.get_bold_label("change_report_days")
				)
			)
		if not 0 <= cint(self.remind_days_before_due) < cint(self.change_report_days):
			frappe.throw(
				_("{0} must be 0 or more, and fewer than {1}.").format(
					self.get_bold_label("remind_days_before_due"), self.get_bold_label("change_report_days")
				)
			)

	def check_corrections(self):
		"""A day is either a working day or a rest day: it is entered once."""
		seen = set()
		for row in self.working_day_corrections:
			day = getdate(row.day)
			if day in seen:
				frappe.throw(
					_("{0} is entered twice in {1}. Please keep one of the rows.").format(
						frappe.bold(formatdate(day)), self.get_bold_label("working_day_corrections")
					)
				)
			seen.add(day)

	def check_hours(self):
		"""Hours are whole and at least one, and nobody is passed over before they were reminded."""
		for fieldname in ("remind_after_hours", "escalate_after_hours", "urge_pause_hours"):
			if cint(self.get(fieldname)) < 1:
				label = self.get_bold_label(fieldname)
				frappe.throw(_("Please enter at least one hour for {0}.").format(label))
		if cint(self.escalate_after_hours) < cint(self.remind_after_hours):
			frappe.throw(
				_("{0} cannot be shorter than {1}: people are reminded before others are told.").format(
					self.get_bold_label("escalate_after_hours"), self.get_bold_label("remind_after_hours")
				)
			)

	def check_audit(self):
		"""Article 6: the round has days of the calendar, in order, and accounts have time to be closed."""
		opens_on, closes_on = (self.get_day(fieldname) for fieldname in ("audit_opens", "audit_closes"))
		if closes_on < opens_on:
			frappe.throw(
				_("{0} is before {1}.").format(
					self.get_bold_label("audit_closes"), self.get_bold_label("audit_opens")
				)
			)
		for fieldname in ("dormant_after_months", "close_within_days"):
			if cint(self.get(fieldname)) < 1:
				frappe.throw(_("Please enter at least 1 for {0}.").format(self.get_bold_label(fieldname)))

	def get_day(self, fieldname: str) -> date:
		try:
			return parse_day(self.get(fieldname) or "", 2027)  # no leap year: a day that every year has
		except ValueError:
			frappe.throw(
				_("{0}: please enter month and day, such as {1}.").format(
					self.get_bold_label(fieldname), "11-01"
				)
			)

	def check_robot_address(self):
		"""The address is a web address; the message does not repeat it, since it is a secret."""
		address = (self.robot_address or "").strip()
		if not address or self.is_dummy_password(address):
			return
		self.robot_address = address
		if not is_web_address(address):
			frappe.throw(
				_("{0} must be a web address that begins with https:// or http://.").format(
					self.get_bold_label("robot_address")
				)
			)

	def get_bold_label(self, fieldname: str) -> str:
		return frappe.bold(_(self.meta.get_label(fieldname)))
