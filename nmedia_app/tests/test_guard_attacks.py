"""Article 7: each way round the workflow is refused, and the refusal says what to do instead.

Every attack is a request of a logged-in user; after each one the database has what it had before.
"""

import json
from urllib.parse import parse_qsl, urlsplit

import frappe
from frappe.model.document import Document
from frappe.permissions import reset_perms, update_permission_property
from frappe.workflow.doctype.workflow_action.workflow_action import (
	get_confirm_workflow_action_url,
	get_workflow_action_url,
)
from werkzeug.test import TestResponse

from nmedia_app import roles
from nmedia_app.tests import factories
from nmedia_app.tests.factories import CHIEF, EDITOR, LEADER, OTHER_EDITOR, STRANGER, SYSTEM_MANAGER
from nmedia_app.tests.utils import Browser, RestTestCase, messages

DOCTYPE = "Article Review"
BULK = "frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs"
APPLY = "frappe.model.workflow.apply_workflow"
MAIL_LINK = "frappe.workflow.doctype.workflow_action.workflow_action"
BUTTONS = "use the buttons of its workflow"
#: where English is no language of the site, as on a new one of Frappe 16
CHINESE_BUTTONS = "再用流程按钮办理"
#: what a version says whose documents' own methods cannot be called at all
NO_METHOD = ("is not whitelisted",)

#: an author who holds every role, and is both chief and member of a section
ALLROUNDER = "all.roles@test.nmedia.example"
OWN_SECTION = "兼任科室"


class AttackTestCase(RestTestCase):
	"""Attacks on an article: each leaves everything as it was, and its answer says what to do."""

	def stored(self, article: Document) -> str:
		"""Return all that the database has of an article, its rows included."""
		return frappe.as_json(self.fresh(article).as_dict())

	def attack(
		self, article: Document, says: str, request, *arguments, answers_200: bool = False, also=(), **values
	) -> TestResponse:
		"""Make a request; it is refused in these words, or `also` in those.

		The platform answers some, bulk ones and pages, with 200 all the same.
		"""
		before, count = self.stored(article), frappe.db.count(DOCTYPE)
		response: TestResponse = request(*arguments, **values)
		with self.subTest(arguments=arguments, values=sorted(values)):
			if not answers_200:
				self.assertGreaterEqual(response.status_code, 400, response.get_data(as_text=True))
			self.assertLess(response.status_code, 500, response.get_data(as_text=True))
			told = messages(response) or response.get_data(as_text=True)
			self.assertTrue(any(words in told for words in (says, *also)), told)
			self.assertEqual(self.stored(article), before)
			self.assertEqual(frappe.db.count(DOCTYPE), count)
		return response

	def path(self, article: Document) -> str:
		return f"/api/resource/{DOCTYPE}/{article.name}"


class TestSubmitting(AttackTestCase):
	"""Article 7: an article is approved by the leader's step alone."""

	def articles(self):
		yield EDITOR, self.committed(factories.make_article())
		yield CHIEF, self.committed(factories.make_article_in_chief_review())
		yield LEADER, self.committed(factories.make_article_in_leader_review())

	def test_submitting_is_refused_at_every_stage(self):
		for user, article in self.articles():
			browser, doc = Browser.of(user), self.fresh(article).as_dict()
			self.attack(article, BUTTONS, browser.call, "frappe.client.submit", doc=frappe.as_json(doc))
			self.attack(
				article,
				BUTTONS,
				browser.call,
				"frappe.desk.form.save.savedocs",
				doc=frappe.as_json(doc),
				action="Submit",
			)
			self.attack(article, BUTTONS, browser.put, self.path(article), docstatus=1)
			self.attack(
				article, BUTTONS, browser.post, self.path(article), run_method="submit", also=NO_METHOD
			)
			self.attack(
				article,
				BUTTONS,
				browser.post,
				"/api/method/run_doc_method",
				dt=DOCTYPE,
				dn=article.name,
				method="submit",
				also=NO_METHOD,
			)
			self.attack(
				article, BUTTONS, browser.get, self.path(article), run_method="submit", also=NO_METHOD
			)
			submitted = frappe.as_json({**doc, "docstatus": 1, "workflow_state": "Approved"})
			self.attack(article, BUTTONS, browser.call, "frappe.client.save", doc=submitted)

	def test_submitting_in_bulk_is_refused_at_every_stage(self):
		for user, article in self.articles():
			browser, names = Browser.of(user), frappe.as_json([article.name])
			self.attack(
				article,
				BUTTONS,
				browser.call,
				BULK,
				doctype=DOCTYPE,
				docnames=names,
				action="submit",
				answers_200=True,
			)
			docs = frappe.as_json([{"doctype": DOCTYPE, "docname": article.name, "docstatus": 1}])
			self.attack(
				article, BUTTONS, browser.call, "frappe.client.bulk_update", docs=docs, answers_200=True
			)

	def test_inserting_as_submitted_is_refused(self):
		article = self.committed(factories.make_article())
		frappe.set_user(EDITOR)
		new = factories.new_article().as_dict()
		browser = Browser.of(EDITOR)
		for values in (
			{"docstatus": 1},
			{"workflow_state": "Approved"},
			{"docstatus": 1, "workflow_state": "Approved", "stage": "Approved"},
		):
			doc = {**new, **values}
			says = "starts at the beginning of its workflow"
			body = json.loads(frappe.as_json(doc))
			self.attack(article, says, browser.post, f"/api/resource/{DOCTYPE}", **body)
			self.attack(article, says, browser.call, "frappe.client.insert", doc=frappe.as_json(doc))
			self.attack(article, says, browser.call, "frappe.client.insert_many", docs=frappe.as_json([doc]))
			self.attack(article, says, browser.call, "frappe.client.save", doc=frappe.as_json(doc))
		local = {**new, "name": "new-article-review-1", "__islocal": 1}
		self.attack(
			article,
			"starts at the beginning of its workflow",
			browser.call,
			"frappe.desk.form.save.savedocs",
			doc=frappe.as_json(local),
			action="Submit",
		)


class TestSettingFields(AttackTestCase):
	"""Article 7: status, reviewer and opinion follow from a step and are no fields to fill in."""

	def test_status_is_no_field_to_edit(self):
		article = self.committed(factories.make_article_in_leader_review())
		browser = Browser.of(LEADER)
		for values in (
			{"workflow_state": "Approved"},
			{"workflow_state": "Draft"},
			{"workflow_state": ""},
			{"stage": "Approved"},
			{"docstatus": 1},
			{"docstatus": 1, "workflow_state": "Approved", "stage": "Approved"},
		):
			self.attack(
				article,
				BUTTONS,
				browser.call,
				"frappe.client.set_value",
				doctype=DOCTYPE,
				name=article.name,
				fieldname=frappe.as_json(values),
			)
			self.attack(article, BUTTONS, browser.put, self.path(article), **values)
			self.attack(
				article,
				BUTTONS,
				browser.call,
				BULK,
				doctype=DOCTYPE,
				docnames=frappe.as_json([article.name]),
				action="update",
				data=frappe.as_json(values),
				answers_200=True,
			)

	def test_reviewers_fields_are_set_by_the_review_alone(self):
		article = self.committed(factories.make_article_in_leader_review())
		browser = Browser.of(LEADER)
		for fieldname, value in (
			("opinion", "Good"),
			("reviewer", LEADER),
			("reviewer_name", "Somebody"),
			("reviewed_on", "2026-06-10"),
		):
			self.attack(
				article,
				BUTTONS,
				browser.call,
				"frappe.client.set_value",
				doctype=DOCTYPE,
				name=article.name,
				fieldname=fieldname,
				value=value,
			)
			self.attack(
				article, "set by the review alone", browser.put, self.path(article), **{fieldname: value}
			)

	def test_approval_rows_are_not_forged(self):
		article = self.committed(factories.make_article_in_leader_review())
		row = {"action": "Approve", "user": LEADER, "full_name": "处长", "opinion": "Good"}
		browser = Browser.of(LEADER)
		says = "adds its own line"
		rows = json.loads(frappe.as_json(article.approval_records))
		self.attack(article, says, browser.put, self.path(article), approval_records=[*rows, row])
		self.attack(article, says, browser.put, self.path(article), approval_records=rows[:-1])
		inserted = {
			"doctype": "Approval Record",
			"parent": article.name,
			"parenttype": DOCTYPE,
			"parentfield": "approval_records",
			**row,
		}
		self.attack(article, says, browser.call, "frappe.client.insert", doc=frappe.as_json(inserted))
		self.attack(
			article,
			says,
			browser.call,
			"frappe.client.delete",
			doctype="Approval Record",
			name=article.approval_records[0].name,
		)

	def test_kanban_board_does_not_move_an_article(self):
		article = self.committed(factories.make_article_in_leader_review())
		for fieldname, here, there in (
			("stage", "In Review", "Approved"),
			("workflow_state", "Division Leader Review", "Approved"),
		):
			board = frappe.get_doc(
				doctype="Kanban Board",
				kanban_board_name=f"Board by {fieldname}",
				reference_doctype=DOCTYPE,
				field_name=fieldname,
				columns=[{"column_name": here}, {"column_name": there}],
			).insert()
			self.addCleanup(self.delete, board)
			frappe.db.commit()
			order = frappe.as_json({here: [], there: [article.name]})
			module = "frappe.desk.doctype.kanban_board.kanban_board"
			for user in (LEADER, SYSTEM_MANAGER):
				browser = Browser.of(user)
				self.attack(
					article,
					BUTTONS,
					browser.call,
					f"{module}.update_order",
					board_name=board.name,
					order=order,
				)
				self.attack(
					article,
					BUTTONS,
					browser.call,
					f"{module}.update_order_for_single_card",
					board_name=board.name,
					docname=article.name,
					from_colname=here,
					to_colname=there,
					old_index=0,
					new_index=0,
				)

	def delete(self, doc: Document):
		frappe.set_user("Administrator")
		frappe.delete_doc(doc.doctype, doc.name, force=True)
		frappe.db.commit()


class TestCancelling(AttackTestCase):
	"""Article 7: what was approved is not cancelled."""

	def cancel(self, article: Document, user: str):
		browser, names = Browser.of(user), frappe.as_json([article.name])
		self.attack(
			article, BUTTONS, browser.call, "frappe.client.cancel", doctype=DOCTYPE, name=article.name
		)
		for fieldname, value in (("workflow_state", "Draft"), ("title", "Forged"), ("reviewer", user)):
			self.attack(
				article,
				BUTTONS,
				browser.call,
				"frappe.desk.form.save.cancel",
				doctype=DOCTYPE,
				name=article.name,
				workflow_state_fieldname=fieldname,
				workflow_state=value,
			)
		self.attack(article, BUTTONS, browser.put, self.path(article), docstatus=2)
		self.attack(
			article,
			BUTTONS,
			browser.call,
			"frappe.desk.form.save.savedocs",
			doc=frappe.as_json(self.fresh(article)),
			action="Cancel",
		)
		self.attack(article, BUTTONS, browser.post, self.path(article), run_method="cancel", also=NO_METHOD)
		linked = [{"doctype": DOCTYPE, "name": article.name, "docstatus": 1}]
		self.attack(
			article,
			BUTTONS,
			browser.call,
			"frappe.desk.form.linked_with.cancel_all_linked_docs",
			docs=frappe.as_json(linked),
		)
		self.attack(
			article,
			BUTTONS,
			browser.call,
			BULK,
			doctype=DOCTYPE,
			docnames=names,
			action="cancel",
			answers_200=True,
		)

	def test_cancelling_is_refused_on_every_path(self):
		article = self.committed(factories.make_approved_article())
		for user in (EDITOR, LEADER):
			self.cancel(article, user)

	def test_cancelling_is_refused_even_where_an_administrator_allowed_it(self):
		self.addCleanup(self.take_right_back)
		update_permission_property(DOCTYPE, roles.DIVISION_LEADER, 0, "cancel", 1)
		article = self.committed(factories.make_approved_article())
		self.cancel(article, LEADER)

	def take_right_back(self):
		frappe.set_user("Administrator")
		reset_perms(DOCTYPE)
		frappe.db.commit()

	def test_discarding_is_refused(self):
		if not hasattr(Document, "discard"):
			self.skipTest("this version of the platform cannot discard")
		for user, article in (
			(EDITOR, self.committed(factories.make_article())),
			(LEADER, self.committed(factories.make_article_in_leader_review())),
		):
			browser = Browser.of(user)
			self.attack(
				article,
				"It cannot be discarded",
				browser.call,
				"frappe.desk.form.save.discard",
				doctype=DOCTYPE,
				name=article.name,
			)
			self.attack(
				article,
				"It cannot be discarded",
				browser.post,
				self.path(article),
				run_method="discard",
				also=NO_METHOD,
			)


class TestEditingAndDeleting(AttackTestCase):
	"""Article 7: who may edit is said by the status; what was sent is kept."""

	def edit(self, article: Document, user: str, says: str):
		browser = Browser.of(user)
		self.attack(article, says, browser.put, self.path(article), title="Forged")
		self.attack(
			article,
			says,
			browser.call,
			"frappe.client.set_value",
			doctype=DOCTYPE,
			name=article.name,
			fieldname="content",
			value="<p>Forged</p>",
		)
		self.attack(
			article,
			says,
			browser.call,
			BULK,
			doctype=DOCTYPE,
			docnames=frappe.as_json([article.name]),
			action="update",
			data=frappe.as_json({"title": "Forged"}),
			answers_200=True,
		)
		docs = frappe.as_json([{"doctype": DOCTYPE, "docname": article.name, "title": "Forged"}])
		self.attack(article, says, browser.call, "frappe.client.bulk_update", docs=docs, answers_200=True)
		self.attack(
			article,
			says,
			browser.call,
			"frappe.model.rename_doc.update_document_title",
			doctype=DOCTYPE,
			docname=article.name,
			title="Forged",
		)

	def test_editing_outside_the_states_role_is_refused(self):
		review = self.committed(factories.make_article_in_chief_review())
		for user in (EDITOR, LEADER, SYSTEM_MANAGER):
			self.edit(review, user, "Please ask them to change it, or to return it")
		draft = self.committed(factories.make_article())
		for user in (CHIEF, LEADER, SYSTEM_MANAGER):
			self.edit(draft, user, "Please ask them to change it, or to return it")

	def test_approved_content_is_not_edited(self):
		article = self.committed(factories.make_approved_article())
		self.edit(article, EDITOR, "write a new version and send it for review")
		self.edit(article, LEADER, "Please ask them to change it")

	def test_deleting_what_was_sent_is_refused(self):
		for article in (
			self.committed(factories.make_article_in_chief_review()),
			self.committed(factories.make_approved_article()),
		):
			for user in (EDITOR, SYSTEM_MANAGER):
				self.delete(article, user, "was sent for review is kept")

	def test_deleting_outside_the_states_role_is_refused(self):
		article = self.committed(factories.make_article())
		self.delete(article, SYSTEM_MANAGER, "only <strong>New Media Editor</strong> may edit")

	def delete(self, article: Document, user: str, says: str):
		browser = Browser.of(user)
		self.attack(article, says, browser.delete, self.path(article))
		self.attack(article, says, browser.call, "frappe.client.delete", doctype=DOCTYPE, name=article.name)
		self.attack(
			article,
			says,
			browser.call,
			"frappe.desk.reportview.delete_items",
			doctype=DOCTYPE,
			items=frappe.as_json([article.name]),
			answers_200=True,
		)

	def test_renaming_and_merging_are_refused(self):
		article, other = factories.make_article(), self.committed(factories.make_article())
		browser, says = Browser.of(EDITOR), "keeps its number"
		for new_name, merge in (("NM-REV-9999", 0), (other.name, 1)):
			self.attack(
				article,
				says,
				browser.call,
				"frappe.client.rename_doc",
				doctype=DOCTYPE,
				old_name=article.name,
				new_name=new_name,
				merge=merge,
			)
			self.attack(
				article,
				says,
				browser.call,
				"frappe.model.rename_doc.update_document_title",
				doctype=DOCTYPE,
				docname=article.name,
				name=new_name,
				merge=merge,
			)
			self.attack(
				article,
				says,
				browser.post,
				self.path(article),
				run_method="rename",
				also=NO_METHOD,
				name=new_name,
				merge=merge,
				force=1,
				validate_rename=0,
			)
		self.assertTrue(frappe.db.exists(DOCTYPE, other.name))


class TestCopies(AttackTestCase):
	"""Article 7: a copy of an approved article is a draft, or nothing."""

	def test_copies_bring_no_approval_with_them(self):
		article = self.committed(factories.make_approved_article())
		copy = json.loads(frappe.as_json(self.fresh(article)))
		draft = {**copy, "docstatus": 0, "workflow_state": "Draft", "stage": "Draft"}
		reviewed = {"opinion": "", "reviewer": "", "reviewer_name": "", "reviewed_on": None}
		amended = {**draft, **reviewed, "approval_records": [], "amended_from": article.name}
		browser = Browser.of(EDITOR)
		for doc, says in (
			(copy, "starts at the beginning of its workflow"),
			({**copy, "amended_from": article.name}, "is not amended"),
			(amended, "is not amended"),
			(draft, "choose Duplicate in the menu"),
			({**draft, **reviewed}, "choose Duplicate in the menu"),
			({**draft, "approval_records": []}, "choose Duplicate in the menu"),
		):
			self.attack(article, says, browser.call, "frappe.client.insert", doc=frappe.as_json(doc))
			self.attack(article, says, browser.post, f"/api/resource/{DOCTYPE}", **doc)

	def test_a_copy_without_them_is_a_draft_of_its_own(self):
		article = self.committed(factories.make_approved_article())
		copy = frappe.copy_doc(self.fresh(article), ignore_no_copy=False).as_dict()
		copy.docstatus = 0
		response = Browser.of(EDITOR).call("frappe.client.insert", doc=frappe.as_json(copy))
		self.assertEqual(response.status_code, 200, response.get_data(as_text=True))
		made = self.fresh(frappe._dict(response.get_json()["message"]))
		self.assertEqual((made.docstatus, made.stage, made.reviewer), (0, "Draft", None))
		self.assertEqual(made.approval_records, [])


class TestDataImport(AttackTestCase):
	"""Article 7: an import makes drafts, or nothing."""

	COLUMNS = (
		"title",
		"section",
		"planned_publish_time",
		"content",
		"accounts.account",
		"copywriters.full_name",
		"editors.full_name",
	)

	def tearDown(self):
		super().tearDown()
		from nmedia_app.install import purge

		purge("Data Import Log", {"data_import": ["like", f"{DOCTYPE}%"]})
		purge("Data Import", {"reference_doctype": DOCTYPE})
		frappe.db.commit()

	def run_import(self, submit: int = 0, **columns) -> tuple[str, str]:
		"""Import one article as an administrator does; return how it ended and what it said."""
		from frappe.core.doctype.data_import.data_import import start_import

		account = factories.make_account("测试号", factories.SECTION).name
		values = [
			"Imported",
			factories.SECTION,
			"2026-06-10 09:30:00",
			"<p>Text</p>",
			account,
			"作者",
			"编辑",
			*columns.values(),
		]
		rows = [[*self.COLUMNS, *columns], values]
		content = "\n".join(",".join(f'"{value}"' for value in row) for row in rows)
		browser = Browser.of(SYSTEM_MANAGER)
		made = browser.post(
			"/api/resource/Data Import",
			reference_doctype=DOCTYPE,
			import_type="Insert New Records",
			submit_after_import=submit,
		)
		self.assertEqual(made.status_code, 200, made.get_data(as_text=True))
		name = made.get_json()["data"]["name"]
		uploaded = browser.post(
			"/api/resource/File",
			file_name="articles.csv",
			content=content,
			is_private=1,
			attached_to_doctype="Data Import",
			attached_to_name=name,
		)
		url = uploaded.get_json()["data"]["file_url"]
		browser.put(f"/api/resource/Data Import/{name}", import_file=url)
		frappe.db.rollback()
		frappe.set_user(SYSTEM_MANAGER)
		start_import(name)  # what the background job does
		frappe.set_user("Administrator")
		logs = frappe.get_all("Data Import Log", {"data_import": name}, ["messages", "exception"])
		return frappe.db.get_value("Data Import", name, "status"), str(logs)

	def test_importing_with_submission_is_refused(self):
		status, log = self.run_import(submit=1)
		self.assertNotIn("Success", status)
		self.assertIn(BUTTONS, log)
		self.assertFalse(frappe.db.exists(DOCTYPE, {"title": "Imported"}))

	def test_importing_in_a_later_state_is_refused(self):
		for column, value, says in (
			("workflow_state", "Approved", "starts at the beginning"),
			("docstatus", "1", BUTTONS),
			("opinion", "Good", "brings no approval with it"),
		):
			status, log = self.run_import(**{column: value})
			self.assertNotIn("Success", status)
			self.assertIn(says, log)
			self.assertFalse(frappe.db.exists(DOCTYPE, {"title": "Imported"}))

	def test_importing_drafts_works(self):
		status, log = self.run_import()
		self.assertEqual(status, "Success", log)
		self.assertEqual(frappe.db.get_value(DOCTYPE, {"title": "Imported"}, "stage"), "Draft")


class TestMailLinks(AttackTestCase):
	"""Article 7: nobody decides by a link in a mail, whatever an administrator ticks."""

	def setUp(self):
		super().setUp()
		self.set_alert(1)
		self.addCleanup(self.set_alert, 0)

	def set_alert(self, value: int):
		frappe.set_user("Administrator")
		workflow = frappe.get_doc("Workflow", DOCTYPE)
		workflow.send_email_alert = value
		workflow.save()
		frappe.db.commit()

	def test_links_lead_to_the_document(self):
		article = self.committed(factories.make_article_in_leader_review())
		links = (
			get_workflow_action_url("Approve", article, LEADER),
			get_confirm_workflow_action_url(article, "Approve", LEADER),
		)
		for link in links:
			parts = urlsplit(link)
			for browser in (Browser(None), Browser.of(LEADER), Browser.of(STRANGER)):
				browser.headers = {**browser.headers, "Accept-Language": "en"}
				page = self.attack(
					article,
					BUTTONS,
					browser.get,
					parts.path,
					answers_200=True,
					also=(CHINESE_BUTTONS,),
					**dict(parse_qsl(parts.query)),
				)
				self.assertIn(article.name, page.get_data(as_text=True))
				self.assertNotIn(article.title, page.get_data(as_text=True))

	def test_a_forged_link_tells_nothing(self):
		page = Browser(None).get(
			f"/api/method/{MAIL_LINK}.confirm_action",
			doctype=DOCTYPE,
			docname="NM-REV-0000'><script>",
			user=LEADER,
			action="Approve",
		)
		self.assertNotIn("NM-REV-0000", page.get_data(as_text=True))


class TestOwnWork(AttackTestCase):
	"""Article 7: nobody who began, wrote or edited an article reviews it, whatever roles they hold."""

	SAYS = "Nobody reviews what they wrote themselves"

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		factories.make_user(ALLROUNDER, "全能", *roles.ALL)
		factories.make_section(OWN_SECTION, ALLROUNDER, [ALLROUNDER, EDITOR, factories.SECOND_EDITOR])
		factories.make_account("兼任号", OWN_SECTION)
		frappe.db.commit()

	def articles(self):
		account = factories.make_account("兼任号", OWN_SECTION).name
		common = {"section": OWN_SECTION, "accounts": [{"account": account}]}
		for part, user, values in (
			("owner", ALLROUNDER, {"editors": [{"full_name": "Somebody Else"}]}),
			("copywriter", EDITOR, {"copywriters": [{"user": ALLROUNDER}]}),
			("editor", EDITOR, {"editors": [{"user": ALLROUNDER}]}),
		):
			article = factories.make_article(user, **common, **values)
			yield part, factories.act(article, user, "Send for Review")

	def review(self, article: Document, action: str):
		browser, form = Browser.of(ALLROUNDER), frappe.as_json(self.fresh(article))
		self.attack(article, self.SAYS, browser.call, APPLY, doc=form, action=action)
		same = f"{MAIL_LINK}.apply_workflow"  # the platform's own function under another name
		response = browser.call(same, doc=form, action=action)
		self.assertGreaterEqual(response.status_code, 400)
		self.attack(
			article,
			"open them one by one",
			browser.call,
			"frappe.model.workflow.bulk_workflow_approval",
			docnames=frappe.as_json([article.name]),
			doctype=DOCTYPE,
			action=action,
		)
		offered = browser.call("frappe.model.workflow.get_transitions", doc=form).get_json()["message"]
		self.assertNotIn(action, [transition["action"] for transition in offered])

	def test_no_author_takes_the_chiefs_step(self):
		for part, article in self.articles():
			with self.subTest(part):
				self.review(self.committed(article), "Endorse")

	def test_no_author_takes_the_leaders_step(self):
		for part, article in self.articles():
			frappe.set_user("Administrator")
			section = frappe.get_doc("Media Section", OWN_SECTION)
			section.db_set("chief", CHIEF)
			article = factories.act(article, CHIEF, "Endorse")
			section.db_set("chief", ALLROUNDER)
			with self.subTest(part):
				self.review(self.committed(article), "Approve")
				self.attack(
					article,
					BUTTONS,
					Browser.of(ALLROUNDER).put,
					self.path(article),
					workflow_state="Approved",
					docstatus=1,
				)

	def test_no_author_strikes_the_own_name_in_review(self):
		says = "Please return it for correction first"
		for part, article in self.articles():
			self.committed(article)
			browser = Browser.of(ALLROUNDER)
			others = [{"full_name": "Somebody Else"}]
			if part == "owner":
				self.attack(
					article, "stays one of its authors", browser.put, self.path(article), owner=EDITOR
				)
			else:
				fieldname = f"{part}s"
				self.attack(article, says, browser.put, self.path(article), **{fieldname: others})
				row = article.get(fieldname)[0].name
				self.attack(
					article,
					says,
					browser.call,
					"frappe.client.set_value",
					doctype="Article Contributor",
					name=row,
					fieldname="user",
					value=EDITOR,
				)
				self.attack(
					article,
					says,
					browser.call,
					"frappe.client.delete",
					doctype="Article Contributor",
					name=row,
				)

	def test_authors_change_while_the_article_is_with_them(self):
		article = factories.make_article()
		article = factories.act(article, EDITOR, "Send for Review")
		article = self.committed(factories.act(article, CHIEF, "Return for Correction", "Name the editor"))
		response = Browser.of(EDITOR).put(self.path(article), copywriters=[{"user": factories.SECOND_EDITOR}])
		self.assertEqual(response.status_code, 200, messages(response))
		self.assertEqual(self.fresh(article).copywriters[0].user, factories.SECOND_EDITOR)

	def test_owner_is_not_given_away_in_a_draft(self):
		article = self.committed(factories.make_article())
		self.attack(
			article, "stays one of its authors", Browser.of(EDITOR).put, self.path(article), owner=LEADER
		)

	def test_a_changed_name_of_a_login_does_not_change_a_sent_article(self):
		article = factories.make_article_in_leader_review()
		frappe.set_user("Administrator")
		name = frappe.db.get_value("User", EDITOR, "full_name")
		frappe.db.set_value("User", EDITOR, "full_name", "Another Name")
		try:
			article = factories.act(article, LEADER, "Approve")
			self.assertEqual(article.editors[0].full_name, name)
		finally:
			frappe.db.set_value("User", EDITOR, "full_name", name)


class TestForgedApprover(AttackTestCase):
	"""Article 7: the reviewer is who took the step, not who the request names."""

	def test_named_reviewer_counts_for_nothing(self):
		article = self.committed(factories.make_article_in_leader_review())
		form = json.loads(frappe.as_json(article))
		forged = {
			"reviewer": CHIEF,
			"reviewer_name": "Forged",
			"reviewed_on": "2020-06-10",
			"opinion": "Forged",
		}
		said = {"workflow_opinion": "Publish", "workflow_declared": 1}
		form["approval_records"][0].update(user=LEADER, full_name="Forged", opinion="Forged")
		response = Browser.of(LEADER).call(
			APPLY,
			doc=frappe.as_json({**form, **forged, "modified_by": CHIEF, **said}),
			action="Approve",
			user=CHIEF,
		)
		self.assertEqual(response.status_code, 200, messages(response))
		now = self.fresh(article)
		self.assertEqual((now.reviewer, now.reviewer_name, now.opinion), (LEADER, "处长", "Publish"))
		self.assertEqual([row.user for row in now.approval_records], [EDITOR, CHIEF, LEADER])
		self.assertNotIn("Forged", frappe.as_json(now.approval_records))

	def test_what_only_the_server_sets_cannot_come_with_the_request(self):
		article = self.committed(factories.make_article_in_leader_review())
		form = json.loads(frappe.as_json(article))
		approved = {"docstatus": 1, "workflow_state": "Approved", "stage": "Approved"}
		for forged in (
			{"flags": {"ignore_validate": True, "ignore_permissions": True}},
			{"flags": {"workflow_step": {"action": "Approve", "opinion": ""}}},
			{"_doc_before_save": {**form, **approved}},
			{"_action": "save"},
		):
			doc = frappe.as_json({**form, **approved, **forged})
			self.attack(article, BUTTONS, Browser.of(LEADER).call, "frappe.client.save", doc=doc)

	def test_a_step_that_is_not_offered_says_where_to_look(self):
		article = self.committed(factories.make_article_in_chief_review())
		for user in (EDITOR, LEADER, CHIEF):
			self.attack(
				article,
				"its buttons show what you can do",
				Browser.of(user).call,
				APPLY,
				doc=frappe.as_json(article),
				action="Approve",
			)

	def test_nothing_is_decided_from_the_list(self):
		article = self.committed(factories.make_article_in_leader_review())
		browser = Browser.of(LEADER)
		self.attack(
			article,
			"open them one by one and use the buttons of the workflow",
			browser.call,
			"frappe.model.workflow.bulk_workflow_approval",
			docnames=frappe.as_json([article.name]),
			doctype=DOCTYPE,
			action="Approve",
		)
		offered = browser.call(
			"frappe.model.workflow.get_common_transition_actions",
			docs=frappe.as_json([article]),
			doctype=DOCTYPE,
		)
		self.assertEqual(offered.get_json()["message"], [])


class TestWorkflowEdited(AttackTestCase):
	"""Article 7: whoever edits the workflow does not thereby submit or take back an article (#23217)."""

	def edit(self, article: Document, says: str, **changes):
		"""Save the workflow as an administrator, with values of its own or of one of its states changed."""
		frappe.set_user("Administrator")
		workflow = json.loads(frappe.as_json(frappe.get_doc("Workflow", DOCTYPE)))
		state = changes.pop("state", None)
		for row in workflow["states"]:
			if row["state"] == state:
				row.update(changes)
		if not state:
			workflow.update(changes)
		before = frappe.as_json(frappe.get_doc("Workflow", DOCTYPE))
		self.attack(
			article, says, Browser.of(SYSTEM_MANAGER).call, "frappe.client.save", doc=frappe.as_json(workflow)
		)
		self.assertEqual(frappe.as_json(frappe.get_doc("Workflow", DOCTYPE)), before)

	def test_a_states_submission_does_not_change_under_its_documents(self):
		article = self.committed(factories.make_approved_article())
		self.edit(article, "add a new state", state="Approved", doc_status="0")

	def test_merged_states_move_no_article(self):
		article = self.committed(factories.make_article_in_leader_review())
		frappe.set_user("Administrator")
		stray = frappe.get_doc(doctype="Workflow State", workflow_state_name="Stray").insert().name
		frappe.db.commit()
		self.addCleanup(frappe.db.commit)
		self.addCleanup(frappe.delete_doc, "Workflow State", stray)
		browser, waiting = Browser.of(SYSTEM_MANAGER), article.workflow_state
		for old, new in ((waiting, "Approved"), (waiting, stray), (stray, waiting)):
			for method, names in (
				("frappe.client.rename_doc", {"old_name": old, "new_name": new}),
				("frappe.model.rename_doc.update_document_title", {"docname": old, "name": new}),
			):
				self.attack(
					article,
					"Please take it out of the workflow",
					browser.call,
					method,
					doctype="Workflow State",
					merge=1,
					**names,
				)

	def test_status_stays_in_its_field(self):
		article = self.committed(factories.make_approved_article())
		self.edit(article, "Please enter that field", workflow_state_field="section")

	def test_what_an_empty_state_means_may_change(self):
		frappe.set_user("Administrator")
		name = frappe.get_doc(doctype="Workflow State", workflow_state_name="Nobody Is Here").insert().name
		self.addCleanup(frappe.clear_cache, doctype=DOCTYPE)
		workflow = frappe.get_doc("Workflow", DOCTYPE)
		meaning = {"doc_status": "0", "update_field": "stage", "update_value": "Returned"}
		workflow.append("states", {"state": name, "allow_edit": roles.EDITOR, **meaning})
		chief, here = "Section Chief Review", {"action": "Withdraw", "allow_self_approval": 0}
		workflow.append(
			"transitions", {"state": chief, "next_state": name, "allowed": roles.SECTION_CHIEF, **here}
		)
		workflow.append("transitions", {"state": name, "next_state": chief, "allowed": roles.EDITOR, **here})
		workflow.save()
		workflow.transitions.pop()
		workflow.states[-1].update({"doc_status": "1", "update_value": "Withdrawn"})
		workflow.transitions[-1].allowed = roles.DIVISION_LEADER
		workflow.save()
		self.assertEqual(frappe.get_doc("Workflow", DOCTYPE).states[-1].doc_status, "1")
		frappe.db.rollback()


class TestSharing(AttackTestCase):
	"""Article 4: whoever is handed an article does not thereby write in another section's name."""

	def test_an_editor_shares_nothing(self):
		article = self.committed(factories.make_article())
		browser = Browser.of(EDITOR)
		for user in (EDITOR, OTHER_EDITOR):
			rights = {"user": user, "read": 1, "write": 1, "submit": 1, "share": 1}
			response = browser.call("frappe.share.add", doctype=DOCTYPE, name=article.name, **rights)
			self.assertEqual(response.status_code, 403, messages(response))
			response = browser.call(
				"frappe.share.set_permission",
				doctype=DOCTYPE,
				name=article.name,
				user=user,
				permission_to="write",
			)
			self.assertEqual(response.status_code, 403, messages(response))
			response = browser.post(
				"/api/resource/DocShare", share_doctype=DOCTYPE, share_name=article.name, **rights
			)
			self.assertEqual(response.status_code, 403, messages(response))
		self.assertFalse(frappe.db.exists("DocShare", {"share_name": article.name}))

	def test_an_assignment_gives_no_access(self):
		article = self.committed(factories.make_article())
		Browser.of(EDITOR).call(
			"frappe.desk.form.assign_to.add",
			doctype=DOCTYPE,
			name=article.name,
			assign_to=frappe.as_json([OTHER_EDITOR]),
			description="Please write",
		)
		self.addCleanup(self.clean_up, article.name)
		browser = Browser.of(OTHER_EDITOR)
		self.assertEqual(browser.put(self.path(article), title="Forged").status_code, 403)
		self.assertEqual(self.fresh(article).title, article.title)

	def test_a_share_lets_nobody_write_in_another_sections_name(self):
		article = factories.make_article()
		frappe.set_user("Administrator")
		for user in (OTHER_EDITOR, STRANGER):
			frappe.share.add(DOCTYPE, article.name, user, write=1, submit=1, share=1)
		self.addCleanup(self.clean_up, article.name)
		self.committed(article)
		for user in (OTHER_EDITOR, STRANGER):
			browser, says = Browser.of(user), "Please ask them to change it"
			self.attack(article, says, browser.put, self.path(article), title="Forged")
			form = frappe.as_json(self.fresh(article))
			self.attack(article, BUTTONS, browser.call, "frappe.client.submit", doc=form)
			self.attack(
				article,
				"its buttons show what you can do",
				browser.call,
				APPLY,
				doc=form,
				action="Send for Review",
			)

	def clean_up(self, name: str):
		frappe.set_user("Administrator")
		for doctype, fieldname in (("DocShare", "share_name"), ("ToDo", "reference_name")):
			frappe.db.delete(doctype, {fieldname: name})
		frappe.db.commit()
