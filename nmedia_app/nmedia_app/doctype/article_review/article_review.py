from datetime import datetime

import frappe
from frappe import _
from frappe.utils import get_datetime, get_fullname, strip_html

from nmedia_app import files
from nmedia_app.regulation.review import (
	APPROVED,
	PUBLISHED,
	WITHDRAWN,
	demands_declaration,
	is_with_authors,
)
from nmedia_app.services import custody, publishing, revising, sealing, word_check
from nmedia_app.settings import get_settings
from nmedia_app.workflow import APPROVAL_FIELDS, WorkflowDocument, WorkflowStep


class ArticleReview(WorkflowDocument):
	"""Annex 2: the review of an article before it is published (Article 7)."""

	sealed_fields = (
		*APPROVAL_FIELDS,
		"seal",
		"seal_manifest",
		"sealed_on",
		"seal_status",
		"seal_problem",
		"seal_checked_on",
		"verification_code",
		"publications",
		"published_on",
		"custody_number",
		"revision_of",
		"superseded_by",
	)
	author_fields = ("copywriters", "editors")

	def before_validate(self):
		self.set_contributor_names()

	def validate(self):
		super().validate()
		self.check_accounts()
		self.check_has_content()
		files.check_files(self)

	def on_update(self):
		files.claim_files(self)
		self.seal_what_was_approved()

	def get_declaration(self, from_stage: str | None, to_stage: str | None) -> str:
		"""Articles 7 and 11: authors and reviewers each declare that the content may be published."""
		return get_settings().declaration if demands_declaration(from_stage, to_stage) else ""

	def get_default_opinion(self, stage: str | None) -> str:
		return _("Agreed for publication") if stage == APPROVED else super().get_default_opinion(stage)

	def get_deadline(self) -> datetime | None:
		return get_datetime(self.planned_publish_time) if self.planned_publish_time else None

	def say_it_is_final(self, label: str) -> str:
		instead = _("Please write a new version and send it for review (Article 7).")
		return f"{super().say_it_is_final(label)} {instead}"

	def say_how_to_go_on(self) -> str:
		return _("Please publish it at the planned time, and record the publication here.")

	def on_workflow_step(self, step: WorkflowStep, stage: str | None) -> None:
		"""Whatever leaves its authors is complete, and no word stops it."""
		if not is_with_authors(stage):
			files.check_files_exist(self)
		if demands_declaration(self.get_doc_before_save().stage, stage):
			word_check.refuse_stopped(self)

	def on_stage_entered(self, step: WorkflowStep, stage: str | None) -> None:
		"""Bring about what a stage means: Annex 2's approval, the number in the volume."""
		if stage == APPROVED:
			self.set_approval(step)
			self.flags.to_seal = True
		if stage == PUBLISHED:
			self.enter_custody()
		if stage == WITHDRAWN and self.custody_number:
			custody.keep(article=self, event=WITHDRAWN)

	def seal_what_was_approved(self):
		if self.flags.pop("to_seal", None):
			sealing.seal(self)

	def enter_custody(self):
		"""Article 7: every account is registered, then the record gets its number."""
		if missing := publishing.get_unregistered_accounts(self):
			frappe.throw(
				_("Please register first when and where it was published on: {0}").format("、".join(missing)),
				title=_("Not Registered Yet"),
			)
		self.custody_number = custody.keep(article=self, event=PUBLISHED).label
		if self.revision_of:
			revising.supersede(revision=self)

	def set_contributor_names(self):
		"""A contributor with a login goes by the name of that login, as it was when the article was sent."""
		if not self.is_with_authors():
			return
		for row in [*self.copywriters, *self.editors]:
			if row.user:
				row.full_name = get_fullname(row.user)

	def check_accounts(self):
		"""Articles 2 and 5: only accounts that are open, and that the article's section runs."""
		rows = [row.account for row in self.accounts]
		accounts = frappe.get_all(
			"Media Account",
			filters={"name": ["in", rows or [""]]},
			fields=["name", "account_name", "status", "section"],
		)
		for account in accounts:
			if account.section != self.section:
				frappe.throw(
					_("{0} belongs to the section {1}, not to {2}.").format(
						frappe.bold(account.name), frappe.bold(account.section), frappe.bold(self.section)
					),
					title=_("Account of Another Section"),
				)
			if account.status != "Active":
				frappe.throw(
					_("Nothing can be published on {0}: its status is {1}.").format(
						frappe.bold(account.name), frappe.bold(_(account.status))
					),
					title=_("Account Not Active"),
				)
		if len(set(rows)) != len(rows):
			frappe.throw(_("An account is named twice in {0}.").format(_(self.meta.get_label("accounts"))))

	def check_has_content(self):
		"""Annex 2: the content stands in the form or is attached to it (文章内容可附件)."""
		has_text = strip_html(self.content or "").strip() or "<img" in (self.content or "")
		if not has_text and not self.attachments:
			frappe.throw(_("Please enter the content of the article or attach it."), frappe.MandatoryError)
