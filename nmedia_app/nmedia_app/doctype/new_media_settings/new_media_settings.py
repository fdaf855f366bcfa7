from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, formatdate, getdate

from nmedia_app.regulation.audit import parse_day
from nmedia_app.regulation.byline import PLACEHOLDERS, missing_placeholders, unknown_placeholders
from nmedia_app.regulation.custody import PatternError, check_pattern
from nmedia_app.regulation.filing import is_web_address
from nmedia_app.regulation.reserved_names import unusable_names
from nmedia_app.regulation.word_lists import parse_words
from nmedia_app.settings import get_defaults

#: least and most of each number: what is beyond is a slip of the keyboard
RANGES = {
	"change_report_days": (1, 60),
	"remind_days_before_due": (0, 59),
	"dormant_after_months": (1, 120),
	"close_within_days": (1, 250),
	"remind_after_hours": (1, 2160),
	"escalate_after_hours": (1, 2160),
	"urge_pause_hours": (1, 720),
}
#: years in which a day can be corrected
FIRST_YEAR, LAST_YEAR = 2000, 2100


class NewMediaSettings(Document):
	"""What an administrator sets without code; read it through `nmedia_app.settings.get_settings`."""

	def onload(self):
		self.fill_in_new_fields()

	def before_validate(self):
		self.fill_in_new_fields()

	def validate(self):
		self.check_texts()
		self.check_ranges()
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

	def check_texts(self):
		"""Articles 7 and 11: there is something to declare, and something to put below an article."""
		for fieldname in ("declaration", "byline"):
			if not (self.get(fieldname) or "").strip():
				frappe.throw(_("Please enter {0}.").format(self.get_bold_label(fieldname)))

	def check_ranges(self):
		for fieldname, (least, most) in RANGES.items():
			if not least <= cint(self.get(fieldname)) <= most:
				frappe.throw(
					_("{0} must be a whole number from {1} to {2}.").format(
						self.get_bold_label(fieldname), least, most
					)
				)

	def check_byline(self):
		"""Article 7: the byline names copywriters, editors, reviewer and time; a misspelled name is told."""
		if unknown := unknown_placeholders(self.byline or ""):
			frappe.throw(
				_("{0} has no {1}. There are: {2}").format(
					self.get_bold_label("byline"),
					frappe.bold(frappe.utils.escape_html("{" + unknown[0] + "}")),
					in_braces(PLACEHOLDERS),
				)
			)
		if missing := missing_placeholders(self.byline or ""):
			frappe.throw(
				_("{0} must name copywriters, editors, reviewer and time (Article 7). Missing: {1}").format(
					self.get_bold_label("byline"), in_braces(missing)
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
		"""Article 5: the reminder comes within the time to report a change."""
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
			if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
				frappe.throw(
					_("Row {0} of {1}: please check the year of {2}.").format(
						row.idx, self.get_bold_label("working_day_corrections"), frappe.bold(formatdate(day))
					)
				)
			if day in seen:
				frappe.throw(
					_("{0} is entered twice in {1}. Please keep one of the rows.").format(
						frappe.bold(formatdate(day)), self.get_bold_label("working_day_corrections")
					)
				)
			seen.add(day)

	def check_hours(self):
		"""Nobody is passed over before they were reminded."""
		if cint(self.escalate_after_hours) < cint(self.remind_after_hours):
			frappe.throw(
				_("{0} cannot be shorter than {1}: people are reminded before others are told.").format(
					self.get_bold_label("escalate_after_hours"), self.get_bold_label("remind_after_hours")
				)
			)

	def check_audit(self):
		"""Article 6: the round has days of the calendar, in order."""
		opens_on, closes_on = (self.get_day(fieldname) for fieldname in ("audit_opens", "audit_closes"))
		if closes_on < opens_on:
			frappe.throw(
				_("{0} is before {1}.").format(
					self.get_bold_label("audit_closes"), self.get_bold_label("audit_opens")
				)
			)

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


def in_braces(names: Iterable[str]) -> str:
	return " ".join("{" + name + "}" for name in names)
