"""Who may do what with a filing: every role, kind of filing and state (Articles 4 to 6)."""

import frappe

from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	OTHER_CHIEF,
	OTHER_EDITOR,
	SECOND_EDITOR,
	STRANGER,
	SYSTEM_MANAGER,
	UNIT_HEAD,
	act,
	bring_filing_to,
	make_filed_account,
	make_filing,
)
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase
from nmedia_app.workflow import get_active_workflow, get_transitions

PEOPLE = (
	EDITOR,
	SECOND_EDITOR,
	CHIEF,
	LEADER,
	OFFICE,
	UNIT_HEAD,
	SYSTEM_MANAGER,
	OTHER_EDITOR,
	OTHER_CHIEF,
	STRANGER,
)
READERS = {*PEOPLE} - {OTHER_EDITOR, OTHER_CHIEF, STRANGER}
SECTION_EDITORS = {EDITOR, SECOND_EDITOR}

RETURN = "Return for Correction"
#: kind → state → who is offered which steps; nobody else is offered any
STEPS = {
	"Opening": {
		"Draft": {EDITOR: ["Send for Review"], SECOND_EDITOR: ["Send for Review"]},
		"Section Chief Review": {CHIEF: ["Endorse", RETURN]},
		"Unit Meeting": {OFFICE: ["Record Resolution", RETURN]},
		"Division Leader Review": {LEADER: ["Approve", RETURN]},
		"Approved": {OFFICE: ["Mark as Reported"]},
		"Reported": {},
	},
	"Change": {
		"Draft": {EDITOR: ["Send for Review"], SECOND_EDITOR: ["Send for Review"]},
		"Section Chief Review": {CHIEF: ["Endorse", RETURN]},
		"Division Leader Review": {LEADER: ["Approve", RETURN]},
		"Approved": {OFFICE: ["Mark as Reported"]},
		"Reported": {},
	},
	"Deregistration": {
		"Draft": {EDITOR: ["Send for Review"], SECOND_EDITOR: ["Send for Review"]},
		"Section Chief Review": {CHIEF: ["Endorse", RETURN]},
		"Division Leader Review": {LEADER: ["Endorse", RETURN]},
		"Unit Head Review": {UNIT_HEAD: ["Approve", RETURN]},
		"Approved": {OFFICE: ["Mark as Reported"]},
		"Reported": {},
	},
}
#: state → who may change the form in it
MAY_EDIT = {
	"Draft": SECTION_EDITORS,
	"Section Chief Review": {CHIEF},
	"Unit Meeting": {OFFICE},
	"Division Leader Review": {LEADER},
	"Unit Head Review": {UNIT_HEAD},
	"Returned for Correction": SECTION_EDITORS,
	"Approved": {OFFICE},
	"Reported": {OFFICE},
	"Withdrawn": {LEADER},
}
BACK = {
	"Returned for Correction": {
		EDITOR: ["Send for Review", "Withdraw"],
		SECOND_EDITOR: ["Send for Review", "Withdraw"],
	},
	"Withdrawn": {},
}


class TestMatrix(NmediaTestCase):
	def check_state(self, filing, steps: dict[str, list[str]]):
		for user in PEOPLE:
			who = (filing.filing_type, filing.workflow_state, user)
			frappe.set_user(user)
			doc = frappe.get_doc("Account Filing", filing.name)
			self.assertEqual(bool(doc.has_permission("read")), user in READERS, who)
			self.assertEqual(bool(doc.has_permission("print")), user in READERS, who)
			offered = (
				sorted(row["action"] for row in get_transitions(doc.as_dict())) if user in READERS else []
			)
			self.assertEqual(offered, sorted(steps.get(user, [])), who)
			self.assertEqual(self.may_edit(doc), user in MAY_EDIT[filing.workflow_state], who)

	def may_edit(self, doc) -> bool:
		frappe.db.savepoint("edit")
		try:
			doc.save()
		except (frappe.PermissionError, frappe.ValidationError):
			return False
		finally:
			frappe.db.rollback(save_point="edit")
			frappe.local.message_log = []
		return True

	def check_kind(self, filing_type: str):
		filing = make_filing(filing_type)
		steps = (*factories.WAYS[filing_type], (OFFICE, "Mark as Reported"), None)
		for step in steps:
			self.check_state(filing, STEPS[filing_type][filing.workflow_state])
			if step:
				filing = factories.take_filing_step(filing, *step)

	def test_opening(self):
		self.check_kind("Opening")

	def test_change(self):
		self.check_kind("Change")

	def test_deregistration(self):
		self.check_kind("Deregistration")

	def test_every_state_of_the_workflow_is_in_the_matrix(self):
		states = {row.state for row in get_active_workflow("Account Filing").states}
		self.assertEqual(states, set(MAY_EDIT))
		self.assertEqual({*STEPS["Opening"], *STEPS["Deregistration"], *BACK}, states)

	def test_returned_and_withdrawn(self):
		for filing_type in STEPS:
			filing = bring_filing_to("Section Chief Review", filing_type)
			filing = act(filing, CHIEF, RETURN, "Please correct")
			self.check_state(filing, BACK["Returned for Correction"])
			filing = act(filing, EDITOR, "Withdraw", "Not needed")
			self.check_state(filing, BACK["Withdrawn"])
			frappe.db.rollback(save_point="before_test")

	def test_begun_by_editors_of_the_section_alone(self):
		account = make_filed_account()
		for filing_type in STEPS:
			values = {"handle": "not-taken"} if filing_type == "Opening" else {"account": account}
			for user in PEOPLE:
				began = self.may_begin(user, filing_type, values)
				self.assertEqual(began, user in {*SECTION_EDITORS, SYSTEM_MANAGER}, (filing_type, user))

	def may_begin(self, user: str, filing_type: str, values: dict) -> bool:
		frappe.db.savepoint("begin")
		try:
			make_filing(filing_type, user, **values)
		except frappe.PermissionError:
			return False
		finally:
			frappe.set_user("Administrator")
			frappe.db.rollback(save_point="begin")
		return True

	def test_lists_show_the_own_sections_filings(self):
		name = make_filing().name
		for user in PEOPLE:
			frappe.set_user(user)
			if user == STRANGER:
				with self.assertRaises(frappe.PermissionError):
					frappe.get_list("Account Filing")
				continue
			seen = name in frappe.get_list("Account Filing", pluck="name", limit=0)
			self.assertEqual(seen, user in READERS, user)


class TestOverHttp(RestTestCase):
	"""What the guard refuses for articles it refuses here, through REST as that role."""

	def test_state_is_no_field(self):
		filing = self.committed(bring_filing_to("Division Leader Review", "Change"))
		path = f"/api/resource/Account Filing/{filing.name}"
		for user in (EDITOR, CHIEF, LEADER, OFFICE, UNIT_HEAD, SYSTEM_MANAGER):
			for values in (
				{"docstatus": 1},
				{"workflow_state": "Approved", "docstatus": 1},
				{"stage": "Approved"},
				{"workflow_state": "Approved"},
			):
				self.assertGreaterEqual(Browser.of(user).put(path, **values).status_code, 400, (user, values))
		fresh = self.fresh(filing)
		self.assertEqual((fresh.docstatus, fresh.stage), (0, "In Review"))

	def test_inserting_as_approved_is_refused(self):
		form = factories.new_filing(handle="http-handle").as_dict()
		for user in (EDITOR, SYSTEM_MANAGER):
			for values in (
				{"docstatus": 1},
				{"workflow_state": "Approved"},
				{"opinion": "Agreed", "reviewer": LEADER},
			):
				response = Browser.of(user).post(
					"/api/resource/Account Filing", **{**as_json(form), **values}
				)
				self.assertGreaterEqual(response.status_code, 400, (user, values))

	def test_other_sections_filing_is_out_of_reach(self):
		filing = self.committed(make_filing(handle="http-handle"))
		path = f"/api/resource/Account Filing/{filing.name}"
		for user in (OTHER_EDITOR, OTHER_CHIEF, STRANGER):
			browser = Browser.of(user)
			self.assertEqual(browser.get(path).status_code, 403, user)
			self.assertEqual(browser.put(path, purpose="Changed").status_code, 403, user)
			self.assertEqual(browser.delete(path).status_code, 403, user)
			notes = browser.get("/api/method/nmedia_app.api.get_filing_notes", name=filing.name)
			self.assertEqual(notes.status_code, 403, user)
		rows = Browser.of(OTHER_EDITOR).get(
			"/api/resource/Approval Record", parent="Account Filing", fields='["parent"]'
		)
		self.assertNotIn(filing.name, rows.get_data(as_text=True))

	def test_register_is_closed_to_requests(self):
		account = self.committed(make_filed_account(handle="http-account"))
		path = f"/api/resource/Media Account/{account.name}"
		for user in (EDITOR, CHIEF, OFFICE, SYSTEM_MANAGER):
			self.assertEqual(Browser.of(user).put(path, purpose="Changed").status_code, 403, user)
			self.assertEqual(Browser.of(user).put(path, notes="Mine").status_code, 200, user)
		for user in (OTHER_EDITOR, LEADER, UNIT_HEAD, STRANGER):
			self.assertEqual(Browser.of(user).put(path, notes="Mine").status_code, 403, user)
		self.assertEqual(
			Browser.of(EDITOR).post("/api/resource/Media Account", **new_account()).status_code, 403
		)


def new_account() -> dict:
	return {**factories.ACCOUNT_CELLS, "section": factories.SECTION, "handle": "http-other"}


def as_json(form) -> dict:
	return frappe.parse_json(frappe.as_json({key: value for key, value in form.items() if value is not None}))
