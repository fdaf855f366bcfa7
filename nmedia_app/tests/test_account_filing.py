"""Article 5: an account is opened, changed and closed by an approved filing, and by nothing else."""

from concurrent.futures import ThreadPoolExecutor

import frappe
from frappe.utils import add_days, today

from nmedia_app.nmedia_app.doctype.account_filing.account_filing import OpenFilingError
from nmedia_app.regulation.filing import REGISTER_FIELDS, find_changed_fields
from nmedia_app.regulation.review import RETURNED, WITHDRAWN
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	PEOPLE,
	SECOND_EDITOR,
	UNIT_HEAD,
	WAYS,
	act,
	bring_filing_to,
	make_filed_account,
	make_filing,
	new_filing,
	record_meeting,
	record_report,
	take_filing_step,
)
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase, messages
from nmedia_app.workflow import (
	DeclarationRequiredError,
	OpinionRequiredError,
	SealedRecordError,
	StaleDocumentError,
	apply_workflow,
	get_transitions,
)


def get_account(filing):
	return frappe.get_doc("Media Account", filing.account)


class TestOpening(NmediaTestCase):
	def test_goes_over_chief_meeting_and_leader(self):
		filing = make_filing()
		stages = [filing.stage]
		for user, action in WAYS["Opening"]:
			filing = take_filing_step(filing, user, action)
			stages.append(filing.stage)
		self.assertEqual(stages, ["Draft", "In Review", "Unit Meeting", "In Review", "Approved"])
		self.assertEqual(take_filing_step(filing, OFFICE, "Mark as Reported").stage, "Reported")

	def test_approval_enters_the_account_in_the_register(self):
		filing = bring_filing_to("Approved")
		account = get_account(filing)
		self.assertEqual(find_changed_fields(account.as_dict(), filing.as_dict()), [])
		self.assertEqual(account.section, filing.section)
		self.assertEqual(account.status, "In Preparation")

	def test_account_is_in_use_once_it_is_reported(self):
		self.assertEqual(get_account(bring_filing_to("Reported")).status, "Active")

	def test_without_the_meetings_decision_it_goes_no_further(self):
		filing = bring_filing_to("Unit Meeting")
		with self.assertRaises(frappe.MandatoryError):
			act(filing, OFFICE, "Record Resolution")
		for missing in ("meeting_date", "meeting_resolution", "meeting_minutes", "commissioned_agent"):
			record_meeting(filing, **{missing: None})
			with self.assertRaises(frappe.MandatoryError, msg=missing):
				act(filing, OFFICE, "Record Resolution")

	def test_decision_is_not_the_applicants_to_write(self):
		with self.assertRaises(SealedRecordError):
			make_filing(meeting_date=today(), meeting_resolution="Agreed")

	def test_meeting_is_needed_even_where_the_workflow_has_no_step_for_it(self):
		workflow = frappe.get_doc("Workflow", "Account Filing")
		workflow.transitions = [row for row in workflow.transitions if row.state != "Unit Meeting"]
		for row in workflow.transitions:
			if row.next_state == "Unit Meeting":
				row.next_state = "Division Leader Review"
		workflow.states = [row for row in workflow.states if row.state != "Unit Meeting"]
		workflow.save()
		self.addCleanup(frappe.clear_document_cache, "Workflow", "Account Filing")
		filing = make_filing()
		for user, action in ((EDITOR, "Send for Review"), (CHIEF, "Endorse")):
			filing = act(filing, user, action)
		with self.assertRaises(frappe.MandatoryError):
			act(filing, LEADER, "Approve")
		record_meeting(filing, LEADER)
		self.assertEqual(act(filing, LEADER, "Approve").stage, "Approved")

	def test_handle_may_follow_when_the_platform_has_given_it(self):
		filing = bring_filing_to("Approved", handle=None, opened_on=None)
		with self.assertRaises(frappe.MandatoryError):
			record_report(filing)
			act(filing, OFFICE, "Mark as Reported")
		frappe.db.rollback(save_point="before_test")
		filing = bring_filing_to("Approved", handle=None, opened_on=None)
		record_report(filing, handle="given-later", opened_on=today())
		filing = act(filing, OFFICE, "Mark as Reported")
		account = get_account(filing)
		self.assertEqual((account.handle, str(account.opened_on)), ("given-later", today()))

	def test_handle_that_was_approved_stays(self):
		filing = bring_filing_to("Approved")
		with self.assertRaises(frappe.UpdateAfterSubmitError):
			record_report(filing, handle="another-one")

	def test_handle_that_was_reported_stays(self):
		filing = bring_filing_to("Approved", handle=None)
		record_report(filing, handle="given-later")
		filing = act(filing, OFFICE, "Mark as Reported")
		frappe.set_user(OFFICE)
		filing.handle = "another-one"
		with self.assertRaises(frappe.UpdateAfterSubmitError):
			filing.save()

	def test_report_that_was_recorded_stays(self):
		filing = bring_filing_to("Reported")
		frappe.set_user(OFFICE)
		for fieldname, value in (("reported_on", add_days(today(), -1)), ("report_receipt", None)):
			changed = frappe.get_doc("Account Filing", filing.name)
			changed.set(fieldname, value)
			with self.assertRaises(frappe.ValidationError, msg=fieldname):
				changed.save()

	def test_failure_halfway_leaves_nothing(self):
		filing = bring_filing_to("Division Leader Review")
		accounts = frappe.db.count("Media Account")
		# the register refuses: the platform is gone
		frappe.db.set_value("Account Filing", filing.name, "platform", "No Such Platform")
		frappe.db.savepoint("request")
		with self.assertRaises(frappe.LinkValidationError):
			act(filing, LEADER, "Approve")
		frappe.db.rollback(save_point="request")
		self.assertEqual(frappe.db.count("Media Account"), accounts)
		self.assertEqual(frappe.db.get_value("Account Filing", filing.name, "docstatus"), 0)


class TestChange(NmediaTestCase):
	def test_goes_over_chief_and_leader(self):
		filing = bring_filing_to("Approved", "Change")
		self.assertEqual(
			[row.to_state for row in filing.approval_records],
			["Section Chief Review", "Division Leader Review", "Approved"],
		)

	def test_approval_brings_the_register_up_to_date(self):
		account = make_filed_account()
		filing = bring_filing_to(
			"Approved", "Change", account=account, purpose="Another purpose", administrator=SECOND_EDITOR
		)
		changed = get_account(filing)
		self.assertEqual(
			find_changed_fields(account.as_dict(), changed.as_dict()), ["purpose", "administrator"]
		)
		self.assertEqual((changed.name, changed.status), (account.name, "Active"))

	def test_new_name_keeps_the_record_that_articles_refer_to(self):
		account = make_filed_account()
		filing = bring_filing_to("Approved", "Change", account=account, account_name="新名称")
		self.assertEqual(get_account(filing).account_name, "新名称")
		self.assertEqual(filing.account, account.name)

	def test_draft_brings_what_the_register_has(self):
		account = make_filed_account(server_use="Data Service", server_location="Room 1")
		frappe.set_user(EDITOR)
		cells = {"filing_type": "Change", "account": account.name, "changed_on": today()}
		filing = frappe.get_doc(
			{"doctype": "Account Filing", **cells, "administrator": SECOND_EDITOR}
		).insert()
		self.assertEqual(find_changed_fields(account.as_dict(), filing.as_dict()), ["administrator"])
		names = (filing.supervising_leader_name, filing.administrator_name)
		self.assertEqual(names, (PEOPLE[LEADER][0], PEOPLE[SECOND_EDITOR][0]))

	def test_says_when_it_happened(self):
		with self.assertRaises(frappe.MandatoryError):
			make_filing("Change", changed_on=None)

	def test_approves_only_against_the_register_that_was_seen(self):
		account = make_filed_account()
		filing = bring_filing_to("Division Leader Review", "Change", account=account)
		frappe.db.set_value("Media Account", account.name, "purpose", "Changed meanwhile")
		with self.assertRaises(SealedRecordError):
			act(filing, LEADER, "Approve")
		filing = act(filing, LEADER, "Return for Correction", "Bring it up to date")
		for user, action in WAYS["Change"]:
			filing = act(filing, user, action)
		self.assertEqual(filing.stage, "Approved")

	def test_follower_count_of_the_meantime_does_not_matter(self):
		account = make_filed_account()
		filing = bring_filing_to("Division Leader Review", "Change", account=account)
		frappe.db.set_value("Media Account", account.name, "followers", 5000)
		self.assertEqual(act(filing, LEADER, "Approve").stage, "Approved")


class TestDeregistration(NmediaTestCase):
	def test_needs_the_unit_head(self):
		filing = bring_filing_to("Unit Head Review", "Deregistration")
		self.assertEqual(get_account(filing).status, "Active")
		frappe.set_user(LEADER)
		self.assertEqual(get_transitions(filing.as_dict()), [])
		filing = act(filing, UNIT_HEAD, "Approve")
		self.assertEqual(filing.reviewer, UNIT_HEAD)
		self.assertEqual(get_account(filing).status, "Closed")

	def test_account_is_deregistered_once_it_is_reported(self):
		self.assertEqual(get_account(bring_filing_to("Reported", "Deregistration")).status, "Deregistered")

	def test_repeats_the_register(self):
		account = make_filed_account()
		filing = make_filing("Deregistration", account=account, purpose="Something else")
		self.assertEqual(filing.purpose, account.purpose)

	def test_closed_account_has_nothing_left_to_file(self):
		account = make_filed_account(status="Closed")
		for kind in ("Change", "Deregistration"):
			with self.assertRaises(frappe.ValidationError):
				make_filing(kind, account=account)

	def test_account_with_a_faulty_entry_can_be_closed(self):
		account = make_filed_account()
		frappe.db.set_value("Media Account", account.name, "business_lead_phone", "no number")
		filing = bring_filing_to("Approved", "Deregistration", account=account)
		self.assertEqual(get_account(filing).status, "Closed")


class TestGuard(NmediaTestCase):
	"""The guard and the opinions of the article review hold here, too."""

	def test_approver_stands_for_the_commitment(self):
		filing = bring_filing_to("Division Leader Review", "Change")
		frappe.set_user(LEADER)
		(approve,) = (row for row in get_transitions(filing.as_dict()) if row["action"] == "Approve")
		self.assertIn("我单位知晓国家互联网有关法规和学校制度", approve["declaration"])
		with self.assertRaises(DeclarationRequiredError):
			apply_workflow(filing.as_dict(), "Approve")

	def test_approval_signs_the_annex(self):
		filing = bring_filing_to("Division Leader Review", "Change")
		filing = act(filing, LEADER, "Approve", "同意变更")
		self.assertEqual(
			(filing.opinion, filing.reviewer, filing.reviewer_name, str(filing.reviewed_on)),
			("同意变更", LEADER, "处长", today()),
		)

	def test_return_and_withdrawal_demand_a_reason(self):
		filing = bring_filing_to("Section Chief Review")
		with self.assertRaises(OpinionRequiredError):
			act(filing, CHIEF, "Return for Correction")
		filing = act(filing, CHIEF, "Return for Correction", "Name the technical lead")
		self.assertEqual(filing.stage, RETURNED)
		with self.assertRaises(OpinionRequiredError):
			act(filing, EDITOR, "Withdraw")
		self.assertEqual(act(filing, EDITOR, "Withdraw", "Not needed any more").stage, WITHDRAWN)

	def test_nobody_approves_what_they_began(self):
		self.change_roles(EDITOR, add=("New Media Division Leader", "New Media General Office"))
		filing = bring_filing_to("Division Leader Review")
		frappe.set_user(EDITOR)
		self.assertEqual(get_transitions(filing.as_dict()), [])
		with self.assertRaisesRegex(frappe.ValidationError, "their own filing"):
			act(filing, EDITOR, "Approve")

	def test_approver_approves_what_was_on_the_screen(self):
		filing = bring_filing_to("Division Leader Review", "Change")
		form = {**filing.as_dict(), "workflow_declared": 1}
		frappe.db.set_value("Account Filing", filing.name, "purpose", "Another purpose")
		frappe.set_user(LEADER)
		with self.assertRaises(StaleDocumentError):
			apply_workflow(form, "Approve")

	def test_approved_filing_stays_as_it_is(self):
		filing = bring_filing_to("Approved")
		frappe.set_user(OFFICE)
		for fieldname in ("purpose", "account_name", "administrator", "meeting_resolution", "account"):
			filing = frappe.get_doc("Account Filing", filing.name)
			filing.set(fieldname, SECOND_EDITOR if fieldname == "administrator" else "Changed")
			with self.assertRaises(frappe.ValidationError, msg=fieldname):
				filing.save()

	def test_what_the_app_keeps_beside_a_filing_is_its_own(self):
		filing = bring_filing_to("Section Chief Review", "Change")
		frappe.set_user(CHIEF)
		for fieldname in ("register_before", "values_returned", "report_due_on", "opinion"):
			forged = frappe.get_doc("Account Filing", filing.name)
			forged.set(fieldname, add_days(today(), 99) if fieldname == "report_due_on" else "{}")
			if fieldname == "report_due_on":
				forged.save()
				self.assertEqual(str(forged.report_due_on), str(filing.report_due_on))
				continue
			with self.assertRaises(SealedRecordError, msg=fieldname):
				forged.save()


class TestOneFilingAtATime(NmediaTestCase):
	def test_second_filing_for_an_account_waits_for_the_first(self):
		account = make_filed_account()
		first = make_filing("Change", account=account)
		for kind in ("Change", "Deregistration"):
			with self.assertRaises(OpenFilingError):
				make_filing(kind, account=account)
		for user, action in WAYS["Change"]:
			first = act(first, user, action)
		self.assertTrue(make_filing("Deregistration", account=account).name)

	def test_second_opening_of_a_handle_waits_for_the_first(self):
		make_filing(handle="same-handle")
		with self.assertRaises(OpenFilingError):
			make_filing(handle="SAME-handle", account_name="另一名称")

	def test_withdrawn_filing_makes_way(self):
		account = make_filed_account()
		filing = bring_filing_to("Section Chief Review", "Change", account=account)
		filing = act(filing, CHIEF, "Return for Correction", "Wrong")
		act(filing, EDITOR, "Withdraw", "Begun by mistake")
		self.assertTrue(make_filing("Change", account=account).name)

	def test_filing_stays_about_its_account(self):
		filing = make_filing("Change")
		other = make_filed_account(handle="another-handle")
		frappe.set_user(EDITOR)
		filing.account = other.name
		with self.assertRaises(SealedRecordError):
			filing.save()

	def test_live_handle_is_not_opened_again(self):
		make_filed_account(handle="taken-handle")
		with self.assertRaises(frappe.ValidationError) as refused:
			make_filing(handle="Taken-Handle")
		self.assertIn("Taken-Handle", str(refused.exception))

	def test_handle_of_a_closed_account_is_free(self):
		make_filed_account(handle="taken-handle", status="Deregistered")
		self.assertTrue(make_filing(handle="taken-handle").name)


class TestRegister(NmediaTestCase):
	"""Article 5: what the register says changes through a filing alone; everything else stays editable."""

	def test_register_fields_are_closed(self):
		account = make_filed_account(server_use="Data Service", server_location="Room 1")
		for user in (OFFICE, EDITOR, "Administrator"):
			frappe.set_user(user)
			for fieldname in (*REGISTER_FIELDS, "status"):
				changed = frappe.get_doc("Media Account", account.name)
				changed.set(fieldname, OTHER_VALUES.get(fieldname, "Changed"))
				with self.assertRaises((SealedRecordError, frappe.ValidationError), msg=(user, fieldname)):
					changed.save()

	def test_everything_else_stays_open(self):
		account = make_filed_account()
		for user, notes in ((OFFICE, "office"), (EDITOR, "section")):
			frappe.set_user(user)
			changed = frappe.get_doc("Media Account", account.name)
			changed.update({"followers": changed.followers + 1, "notes": notes})
			changed.save()
		self.assertEqual(
			frappe.db.get_value("Media Account", account.name, ["followers", "notes"]), (1202, "section")
		)

	def test_filed_account_is_kept(self):
		account = get_account(bring_filing_to("Approved"))
		frappe.set_user(OFFICE)
		with self.assertRaises((SealedRecordError, frappe.LinkExistsError)):
			account.delete()

	def test_account_keeps_its_name(self):
		account = make_filed_account()
		frappe.set_user(OFFICE)
		with self.assertRaises(SealedRecordError):
			frappe.rename_doc("Media Account", account.name, "Another name")

	def test_no_two_live_accounts_share_a_handle(self):
		make_filed_account(handle="one-handle")
		for variant in ("one-handle", "ONE-handle", " one-handle "):
			with self.assertRaises(frappe.ValidationError, msg=variant):
				make_filed_account(handle=variant, account_name="另一号")

	def test_database_itself_keeps_handles_apart(self):
		account = make_filed_account(handle="one-handle")
		other = make_filed_account(handle="two-handle")
		with self.assertRaises(Exception) as refused:
			frappe.db.set_value("Media Account", other.name, "live_key", account.live_key)
		self.assertTrue(frappe.db.is_unique_key_violation(refused.exception))


OTHER_VALUES = {
	"account_holder": "Another Unit",
	"opened_on": "2020-01-01",
	"server_use": "No Data Service",
	"supervising_leader": UNIT_HEAD,
	"administrator": CHIEF,
	"status": "Closed",
	"handle": "another-handle",
	"business_lead_phone": "13900000000",
	"technical_lead_phone": "13900000000",
	"platform": "测试平台",
}


class TestNames(NmediaTestCase):
	def test_new_filing_has_a_readable_title(self):
		self.assertEqual(make_filing(account_name="校园卡").title, "开通：校园卡（微信）")
		self.assertEqual(new_filing("Change").get("title"), None)


class TestAtOnce(RestTestCase):
	"""Article 5: one account, one entry in the register, however many approve at the same time."""

	def test_of_openings_for_one_handle_that_are_approved_at_once_one_succeeds(self):
		filings = [
			bring_filing_to(
				"Division Leader Review", handle=f"at-once-{number}", account_name=f"同时{number}"
			)
			for number in range(4)
		]
		for filing in filings:
			frappe.db.set_value("Account Filing", filing.name, "handle", "at-once", update_modified=False)
		frappe.db.commit()
		forms = [frappe.as_json(frappe.get_doc("Account Filing", filing.name)) for filing in filings]
		browser = Browser.of(LEADER)
		with ThreadPoolExecutor(len(forms)) as pool:
			answers = list(pool.map(lambda form: self.approve(browser, form), forms))
		self.assertEqual(sorted(answer.status_code == 200 for answer in answers), [False, False, False, True])
		for answer in answers:
			if answer.status_code != 200:
				self.assertIn("at-once", messages(answer), answer.get_data(as_text=True)[-2000:])
		frappe.db.rollback()
		self.assertEqual(frappe.db.count("Media Account", {"handle": "at-once"}), 1)
		approved = frappe.get_all(
			"Account Filing",
			{"name": ["in", [filing.name for filing in filings]], "docstatus": 1},
			["account"],
		)
		self.assertEqual(
			[frappe.db.get_value("Media Account", row.account, "handle") for row in approved], ["at-once"]
		)

	def approve(self, browser, form: str):
		doc = {**frappe.parse_json(form), "workflow_declared": 1}
		return browser.call("frappe.model.workflow.apply_workflow", doc=doc, action="Approve")
