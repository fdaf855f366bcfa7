"""The register's rules, which an account and its filings share (Articles 2, 4 and 5, Annex 1)."""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import cint, getdate, today

from nmedia_app import roles
from nmedia_app.files import bold
from nmedia_app.regulation.filing import (
	DATA_SERVICE,
	FOLLOWERS,
	PHONES,
	THIS_UNIT,
	WECHAT,
	WEIBO,
	is_handle,
	is_phone,
)
from nmedia_app.selectors.account_names import check_reserved_name, say_reserved

#: person of an account → the roles of which it takes one
PEOPLE = {
	"supervising_leader": (roles.DIVISION_LEADER, roles.UNIT_HEAD),
	"administrator": (roles.EDITOR, roles.SECTION_CHIEF),
}
TEXTS = ("account_name", "handle", "platform_id", "supervising_unit", "server_location", *PHONES)


class RegisterEntry:
	"""What Media Account and Account Filing have in common: the cells of Annex 1."""

	def trim_texts(self):
		for fieldname in TEXTS:
			if self.get(fieldname):
				self.set(fieldname, self.get(fieldname).strip())
		if self.server_use != DATA_SERVICE:
			self.server_location = None

	def check_register_entry(self):
		"""Refuse what Annex 1 cannot hold, naming every fault at once."""
		faults = list(self.find_faults())
		if faults:
			frappe.throw("<br>".join(faults), title=_("Please Correct"))

	def find_faults(self) -> Iterator[str]:
		"""Yield each fault as a sentence that says what to enter instead."""
		yield from self.find_reserved_name()
		yield from self.find_handle_fault()
		for fieldname in PHONES:
			if self.get(fieldname) and not is_phone(self.get(fieldname)):
				yield _(
					"{0}: {1} is no telephone number. Please enter a mobile or fixed line number."
				).format(self.bold_label(fieldname), bold(self.get(fieldname)))
		if cint(self.get(FOLLOWERS)) < 0:
			yield _("{0} cannot be negative.").format(self.bold_label(FOLLOWERS))
		if self.server_use == DATA_SERVICE and not self.server_location:
			yield _("{0}: please enter where the server stands.").format(self.bold_label("server_location"))
		if self.opened_on and getdate(self.opened_on) > getdate(today()):
			yield _("{0} lies in the future. Please enter the day on which the account was opened.").format(
				self.bold_label("opened_on")
			)

	def find_reserved_name(self) -> Iterator[str]:
		"""Article 5: no account but the unit's own goes by the university's names."""
		if self.account_holder != THIS_UNIT and (reserved := check_reserved_name(self.account_name)):
			yield say_reserved(self.account_name, reserved)

	def find_handle_fault(self) -> Iterator[str]:
		if not (self.handle and self.platform):
			return
		tick = frappe.db.get_value("Media Platform", self.platform, "annex_1_tick")
		if is_handle(self.handle, tick):
			return
		label, handle = self.bold_label("handle"), bold(self.handle)
		if tick == WECHAT:
			yield _(
				"{0}: {1} is no WeChat ID. It has 6 to 20 letters, digits, _ or -, and begins with a letter."
			).format(label, handle)
		elif tick == WEIBO:
			yield _("{0}: {1} is no web address. It begins with https:// or http://.").format(label, handle)
		else:
			yield _("{0}: {1} is neither a web address nor a name without spaces.").format(label, handle)

	def bold_label(self, fieldname: str) -> str:
		return frappe.bold(_(self.meta.get_label(fieldname)))


def is_able(user: str | None, fieldname: str) -> bool:
	"""Tell whether a user can be an account's leader or administrator: logs in, and has a role for it."""
	if not user or not frappe.db.get_value("User", user, "enabled"):
		return False
	held = frappe.get_all("Has Role", filters={"parenttype": "User", "parent": user}, pluck="role")
	return not set(PEOPLE[fieldname]).isdisjoint(held)
