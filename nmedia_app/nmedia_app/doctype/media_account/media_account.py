import re
from collections.abc import Iterator

import frappe
from frappe import _
from frappe.model.document import Document

from nmedia_app import files
from nmedia_app.account_import import FAULTS
from nmedia_app.files import bold
from nmedia_app.register import RegisterEntry
from nmedia_app.regulation.filing import FOLLOWERS, REGISTER_FIELDS, get_live_key
from nmedia_app.services import audit_people
from nmedia_app.workflow import SealedChange, SealedRecordError, is_same

#: what only an approved filing, or a service of the app, sets (Article 5)
SEALED_FIELDS = (*REGISTER_FIELDS, "status", "change_noted_on", "change_due_on", "change_reason")


class MediaAccount(RegisterEntry, Document):
	"""An account in the register (Articles 2 and 4)."""

	def autoname(self):
		"""Platform and name, with a number where an earlier account went by them already."""
		base = re.sub("[<>]", "", f"{self.platform} {self.account_name}")[:130]  # no signs for a name
		self.name, number = base, 1
		while frappe.db.exists("Media Account", self.name):
			number += 1
			self.name = f"{base} {number}"

	def before_validate(self):
		self.trim_texts()
		self.live_key = get_live_key(self.platform, self.handle, self.status)

	def validate(self):
		self.check_register_untouched()
		self.check_changed_entry()
		files.check_files(self)

	def on_update(self):
		files.claim_files(self)
		self.pass_on_people()

	def on_trash(self):
		self.refuse_deleting_what_was_filed()

	def before_rename(self, *args):
		self.refuse_another_name()

	def after_rename(self, *args):
		# a request may have switched the validation off, and `before_rename` with it
		self.refuse_another_name()

	def pass_on_people(self):
		"""Article 4: what is under way for the account goes on with who answers for it now."""
		before = self.get_doc_before_save()
		if before and any(not is_same(self, before, field) for field in audit_people.FOLLOWED):
			audit_people.follow_account(account=self)
		if before and not is_same(self, before, "administrator"):
			audit_people.tell_new_administrator(account=self)

	def check_register_untouched(self):
		"""Article 5: what the register says of an account changes through an approved filing alone."""
		before = self.get_doc_before_save()
		change = self.flags.pop("sealed_change", None)
		opened = change.fieldnames if isinstance(change, SealedChange) else frozenset()
		if not before:
			return
		for fieldname in SEALED_FIELDS:
			if fieldname not in opened and not is_same(self, before, fieldname):
				frappe.throw(
					_("{0} is part of the register: it changes through a filing alone (Article 5).").format(
						self.bold_label(fieldname)
					)
					+ " "
					+ _("Please choose “File a Change” in the form of the account."),
					SealedRecordError,
					title=_("Part of the Register"),
				)

	def check_changed_entry(self):
		"""An entry that is older than a rule keeps nobody from its notes, nor from closing the account."""
		before = self.get_doc_before_save()
		if not before or any(not is_same(self, before, field) for field in (*REGISTER_FIELDS, FOLLOWERS)):
			self.check_register_entry()

	def find_faults(self) -> Iterator[str]:
		yield from self.find_import_faults()
		yield from super().find_faults()
		if other := self.find_same_live_account():
			yield self.say_handle_is_taken(other)

	def find_import_faults(self) -> Iterator[str]:
		"""Yield what could not be read of this account's row in a spreadsheet (`account_import`)."""
		yield from map(frappe.utils.escape_html, (self.get(FAULTS) or "").splitlines())

	def find_same_live_account(self) -> str | None:
		"""Return another live account with the same platform and handle."""
		if not self.live_key:
			return None
		return frappe.db.get_value("Media Account", {"live_key": self.live_key, "name": ["!=", self.name]})

	def say_handle_is_taken(self, other: str) -> str:
		return _("{0} is on {1} already the address of {2}. Please check the address.").format(
			bold(self.handle), bold(self.platform), bold(other)
		)

	def show_unique_validation_message(self, error: Exception):
		"""Say who was faster, if two open an account with one handle at the same time."""
		frappe.throw(
			self.say_handle_is_taken(self.find_same_live_account() or self.account_name),
			frappe.UniqueValidationError,
			title=_("Account Exists"),
		)

	def refuse_deleting_what_was_filed(self):
		"""Article 4: an account that was filed or published on stays in the register."""
		if frappe.db.exists("Account Filing", {"account": self.name}):
			frappe.throw(
				_("An account with filings stays in the register.")
				+ " "
				+ _("Please file its deregistration instead (Article 5)."),
				SealedRecordError,
			)

	def refuse_another_name(self):
		frappe.throw(
			_("An account keeps its number in the register: approved articles name it.")
			+ " "
			+ _("A new account name is filed as a change (Article 5)."),
			SealedRecordError,
		)
