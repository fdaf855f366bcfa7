"""The endpoints of the annual audit's screens, as each role calls them (Article 6)."""

import io
import json

import frappe
from frappe.utils import add_days, getdate, today
from openpyxl import load_workbook

from nmedia_app.selectors.round_overview import get_overview
from nmedia_app.services import audit_opening, closures
from nmedia_app.services.audit_decisions import MOST
from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	OTHER_CHIEF,
	OTHER_EDITOR,
	SECOND_EDITOR,
	SECTION,
	STRANGER,
	UNIT_HEAD,
	act,
	bring_audit_to,
	get_audit,
	make_filed_account,
	make_open_round,
)
from nmedia_app.tests.utils import (
	Browser,
	NmediaTestCase,
	RestTestCase,
	forget_job,
	get_job_of,
	messages,
	run_job,
)

API = "nmedia_app.audit_api"
#: without the permission for a type of document, Frappe 15 answers as to a mistake
REFUSED = (403, 417)
CHIEF_REVIEW, GATHERING, HEAD_REVIEW = "Section Chief Review", "General Office Gathering", "Unit Head Review"


def make_accounts(count: int) -> list:
	return [
		make_filed_account(account_name=f"年审测试号{number}", handle=f"audit-test-{number}")
		for number in range(count)
	]


def make_audits(state: str, count: int = 2) -> list:
	"""Open a round, and take so many audits of the editor's section to a state."""
	accounts = make_accounts(count)
	round_doc = make_open_round()
	return [bring_audit_to(state, get_audit(round_doc, account.name)) for account in accounts]


def as_seen(*audits) -> list[dict]:
	return [{"name": audit.name, "modified": str(audit.modified)} for audit in audits]


class AuditRestTestCase(RestTestCase):
	def call(self, user: str, method: str, **arguments):
		return Browser.of(user).call(f"{API}.{method}", **arguments)

	def ask(self, user: str, method: str, **arguments):
		"""Call an endpoint that has to answer; return its answer."""
		response = self.call(user, method, **arguments)
		self.assertEqual(response.status_code, 200, messages(response) or response.get_data(as_text=True))
		# the desk would show a message for a permission that was only asked about, and act on an error
		self.assertFalse({"_server_messages", "exc_type"} & set(response.get_json()))
		return response.get_json().get("message")

	def decide(self, user: str, decisions: list[dict], action: str, **words) -> dict:
		return self.ask(user, "decide", decisions=decisions, action=action, **words)

	def get_states(self, *audits) -> list[str]:
		return [self.fresh(audit).workflow_state for audit in audits]


class TestDecide(AuditRestTestCase):
	"""Articles 6 and 7: several audits are decided on at once, each as it was seen, each by itself."""

	def test_office_gathers_several_at_once(self):
		audits = self.committed(make_audits(GATHERING))
		answer = self.decide(OFFICE, as_seen(*audits), "Gather")
		self.assertEqual(answer, {"done": [audit.name for audit in audits], "refused": []})
		self.assertEqual(self.get_states(*audits), [HEAD_REVIEW, HEAD_REVIEW])

	def test_each_audit_has_its_own_line_in_the_history(self):
		audits = self.committed(make_audits(HEAD_REVIEW))
		self.decide(UNIT_HEAD, as_seen(*audits), "Approve", opinion="同意上报")
		for audit in audits:
			record = self.fresh(audit).approval_records[-1]
			self.assertEqual((record.user, record.action, record.opinion), (UNIT_HEAD, "Approve", "同意上报"))

	def test_audit_that_changed_meanwhile_is_refused_and_stops_no_other(self):
		first, second, last = audits = make_audits(GATHERING, 3)
		seen = as_seen(*audits)
		frappe.set_user(OFFICE)
		for audit in (first, last):  # what is refused last must not take back what was done before it
			self.committed(audit.save())
		answer = self.decide(OFFICE, seen, "Gather")
		self.assertEqual(answer["done"], [second.name])
		self.assertEqual([row["name"] for row in answer["refused"]], [first.name, last.name])
		self.assertIn("changed it after you opened it", answer["refused"][0]["reason"])
		self.assertEqual(self.get_states(*audits), [GATHERING, HEAD_REVIEW, GATHERING])

	def test_nothing_is_decided_on_without_having_been_seen(self):
		audits = self.committed(make_audits(GATHERING, 1))
		for seen in ({}, {"modified": None}, {"modified": "2026-01-01 00:00:00"}):
			answer = self.decide(OFFICE, [{"name": audits[0].name, **seen}], "Gather")
			self.assertEqual(answer["done"], [], seen)
		self.assertEqual(self.get_states(*audits), [GATHERING])

	def test_return_needs_a_reason(self):
		audits = self.committed(make_audits(GATHERING))
		answer = self.decide(OFFICE, as_seen(*audits), "Return for Correction", opinion=" ")
		self.assertEqual(answer["done"], [])
		self.assertIn("reason", answer["refused"][0]["reason"])
		answer = self.decide(OFFICE, as_seen(*audits), "Return for Correction", opinion="缺截图")
		self.assertEqual(len(answer["done"]), 2)

	def test_forged_stage_and_state_are_not_looked_at(self):
		audits = self.committed(make_audits(GATHERING, 1))
		forged = {
			"stage": "Approved",
			"workflow_state": "Unit Head Review",
			"docstatus": 1,
			"doctype": "Note",
		}
		answer = self.decide(OFFICE, [{**as_seen(*audits)[0], **forged}], "Approve")
		self.assertEqual(answer["done"], [])
		self.assertEqual(self.get_states(*audits), [GATHERING])

	def test_step_of_another_role_is_refused(self):
		audits = self.committed(make_audits(GATHERING, 1))
		for user in (EDITOR, CHIEF, LEADER, UNIT_HEAD):
			for action in ("Gather", "Approve"):
				answer = self.decide(user, as_seen(*audits), action)
				self.assertEqual(answer["done"], [], (user, action))
		self.assertEqual(self.get_states(*audits), [GATHERING])

	def test_other_sections_people_neither_see_nor_decide(self):
		audits = self.committed(make_audits(CHIEF_REVIEW, 1))
		for user in (OTHER_EDITOR, OTHER_CHIEF):
			(shown,) = self.ask(user, "get_audits_to_decide", names=[audits[0].name])
			self.assertEqual((shown["section"], shown["actions"]), ("", []), user)
			self.assertIn("not yours to see", shown["why_not"])
			answer = self.decide(user, as_seen(*audits), "Confirm")
			self.assertEqual(answer["done"], [], user)
			self.assertTrue(answer["refused"][0]["reason"])
		self.assertEqual(self.get_states(*audits), [CHIEF_REVIEW])

	def test_who_has_no_role_gets_nothing(self):
		audits = self.committed(make_audits(GATHERING, 1))
		for method, arguments in (
			("get_audits_to_decide", {"names": [audits[0].name]}),
			("decide", {"decisions": as_seen(*audits), "action": "Gather"}),
		):
			self.assertIn(self.call(STRANGER, method, **arguments).status_code, REFUSED, method)

	def test_one_that_is_gone_or_not_to_be_seen_stops_no_other(self):
		audits = self.committed(make_audits(CHIEF_REVIEW, 2))
		names = [audits[0].name, "no such audit", audits[1].name]
		shown = self.ask(CHIEF, "get_audits_to_decide", names=names)
		self.assertEqual([row["name"] for row in shown], names)
		self.assertEqual([bool(row["actions"]) for row in shown], [True, False, True])

	def test_request_that_makes_no_sense_is_refused_in_words(self):
		for method, arguments in (
			("decide", {"decisions": ["x"], "action": "Gather"}),
			("decide", {"decisions": "{", "action": "Gather"}),
			("get_audits_to_decide", {"names": "[x"}),
			("get_audits_to_decide", {"names": [{}]}),
		):
			response = self.call(OFFICE, method, **arguments)
			self.assertEqual(response.status_code, 417, (method, arguments))
			self.assertIn("not readable", messages(response))

	def test_time_that_is_none_was_not_on_the_screen(self):
		audits = self.committed(make_audits(GATHERING, 1))
		answer = self.decide(OFFICE, [{"name": audits[0].name, "modified": "x"}], "Gather")
		self.assertIn("changed it after you opened it", answer["refused"][0]["reason"])

	def test_request_decides_on_few(self):
		many = [{"name": "x", "modified": "y"}] * (MOST + 1)
		self.assertEqual(self.call(OFFICE, "decide", decisions=many, action="Gather").status_code, 417)

	def test_decision_is_not_taken_by_a_link(self):
		audits = self.committed(make_audits(GATHERING, 1))
		decisions = json.dumps(as_seen(*audits))
		response = Browser.of(OFFICE).get(f"/api/method/{API}.decide", decisions=decisions, action="Gather")
		self.assertIn(response.status_code, (403, 405))
		self.assertEqual(self.get_states(*audits), [GATHERING])

	def test_platforms_own_bulk_approval_stays_refused(self):
		audits = self.committed(make_audits(GATHERING, 1))
		Browser.of(OFFICE).call(
			"frappe.model.workflow.bulk_workflow_approval",
			docnames=json.dumps([audits[0].name]),
			doctype="Annual Audit",
			action="Gather",
		)
		self.assertEqual(self.get_states(*audits), [GATHERING])

	def test_what_is_shown_tells_what_to_look_at(self):
		audit = make_audits(CHIEF_REVIEW, 1)[0]
		frappe.db.set_value(
			"Annual Audit", audit.name, {"dormant": 1, "articles_unmatched": 2}, update_modified=False
		)
		self.committed(audit)
		(shown,) = self.ask(CHIEF, "get_audits_to_decide", names=[audit.name])
		self.assertEqual(shown["marks"], ["Dormant Account", "Published without match: 2"])
		self.assertEqual(
			sorted(step["action"] for step in shown["actions"]), ["Confirm", "Return for Correction"]
		)
		self.assertEqual(shown["self_assessment"], audit.self_assessment)

	def test_whoever_returns_it_after_its_last_day_is_told_how_long_it_can_be_sent_again(self):
		(audit,) = make_audits(GATHERING, 1)
		yesterday = add_days(today(), -1)
		frappe.db.set_value("Annual Audit Round", audit.round, "closes_on", yesterday)
		frappe.db.set_value("Annual Audit", audit.name, "due_on", yesterday)
		self.committed(audit)
		(shown,) = self.ask(OFFICE, "get_audits_to_decide", names=[audit.name])
		notes = {step["action"]: step["note"] for step in shown["actions"]}
		self.assertEqual(notes["Gather"], "")
		self.assertIn("it can be sent again until", notes["Return for Correction"])

	def test_who_cannot_decide_is_told_why(self):
		(audit,) = self.committed(make_audits(GATHERING, 1))
		(shown,) = self.ask(UNIT_HEAD, "get_audits_to_decide", names=[audit.name])
		self.assertEqual(shown["actions"], [])
		self.assertIn(GATHERING, shown["why_not"])


class TestOverview(AuditRestTestCase):
	"""Article 6: how many are filed, gathered, approved, missing; each sees their own sections."""

	def make_round(self):
		accounts = make_accounts(4)
		round_doc = make_open_round()
		audits = [get_audit(round_doc, account.name) for account in accounts]
		bring_audit_to(CHIEF_REVIEW, audits[0])
		bring_audit_to(HEAD_REVIEW, audits[1])
		bring_audit_to("Approved", audits[2])
		return self.committed(round_doc)

	def get_section(self, overview: dict, section: str = SECTION) -> dict:
		return next(row for row in overview["sections"] if row["section"] == section)

	def test_counts_of_a_section(self):
		round_doc = self.make_round()
		overview = self.ask(OFFICE, "get_round_overview", name=round_doc.name)
		row = self.get_section(overview)
		total = frappe.db.count("Annual Audit", {"round": round_doc.name, "section": SECTION})
		self.assertEqual(
			(row["total"], row["filed"], row["gathered"], row["approved"], row["rejected"], row["missing"]),
			(total, 3, 2, 1, 0, total - 3),
		)
		self.assertIn("年审测试号3", [missing["account_name"] for missing in row["waiting"]])
		self.assertEqual(
			overview["total"]["total"], frappe.db.count("Annual Audit", {"round": round_doc.name})
		)

	def test_editor_and_chief_see_their_sections_alone(self):
		round_doc = self.make_round()
		for user in (EDITOR, CHIEF):
			overview = self.ask(user, "get_round_overview", name=round_doc.name)
			self.assertEqual([row["section"] for row in overview["sections"]], [SECTION], user)
		for user in (OTHER_EDITOR, OTHER_CHIEF):
			overview = self.ask(user, "get_round_overview", name=round_doc.name)
			self.assertNotIn(SECTION, str(overview), user)
			names = self.ask(user, "get_round_audits", name=round_doc.name, section=SECTION)
			self.assertEqual(names, {"names": [], "total": 0}, user)

	def test_stranger_sees_no_round(self):
		round_doc = self.make_round()
		for method in ("get_round_overview", "get_round_audits", "download_overview", "urge_missing"):
			self.assertEqual(self.call(STRANGER, method, name=round_doc.name).status_code, 403, method)

	def test_audits_are_chosen_by_section_and_state(self):
		round_doc = self.make_round()
		answer = self.ask(UNIT_HEAD, "get_round_audits", name=round_doc.name, state=HEAD_REVIEW)
		self.assertEqual(answer["total"], 1)
		self.assertEqual(
			frappe.db.get_value("Annual Audit", answer["names"][0], "account_name"), "年审测试号1"
		)

	def test_each_is_offered_the_states_that_are_theirs_to_decide_on(self):
		round_doc = self.make_round()
		for user, states in ((OFFICE, [GATHERING]), (UNIT_HEAD, [HEAD_REVIEW]), (EDITOR, [])):
			overview = self.ask(user, "get_round_overview", name=round_doc.name)
			self.assertEqual(overview["may_decide"], states, user)

	def test_chief_urges_the_own_section_alone(self):
		round_doc = self.make_round()
		self.assertEqual(
			self.call(CHIEF, "urge_missing", name=round_doc.name, section="测试二科").status_code, 403
		)
		self.assertEqual(self.call(CHIEF, "urge_missing", name=round_doc.name).status_code, 403)
		self.assertEqual(self.call(EDITOR, "urge_missing", name=round_doc.name).status_code, 403)
		named = self.ask(CHIEF, "urge_missing", name=round_doc.name, section=SECTION)
		self.assertIn("Editor O'Hara", named)

	def test_urging_is_offered_where_somebody_can_still_send(self):
		round_doc = self.make_round()
		for user, may_all, sections in (
			(OFFICE, True, {SECTION}),
			(CHIEF, False, {SECTION}),
			(EDITOR, False, set()),
		):
			overview = self.ask(user, "get_round_overview", name=round_doc.name)
			self.assertEqual(overview["may_urge_all"], may_all, user)
			self.assertLessEqual(sections, set(overview["may_urge"]), user)
			self.assertEqual(bool(overview["may_urge"]), bool(sections), user)
		frappe.db.set_value("Annual Audit", {"round": round_doc.name}, "due_on", add_days(today(), -1))
		frappe.db.commit()
		for user in (OFFICE, CHIEF):
			overview = self.ask(user, "get_round_overview", name=round_doc.name)
			self.assertEqual((overview["may_urge"], overview["may_urge_all"]), ({}, False), user)
		response = self.call(OFFICE, "urge_missing", name=round_doc.name)
		self.assertIn("The last day has passed", messages(response))

	def test_opening_is_the_offices_to_go_on_with(self):
		round_doc = self.make_round()
		for user in (EDITOR, CHIEF, UNIT_HEAD):
			self.assertEqual(self.call(user, "go_on_opening", name=round_doc.name).status_code, 403, user)
		self.ask(OFFICE, "go_on_opening", name=round_doc.name)

	def test_opening_that_was_interrupted_goes_on_in_the_background(self):
		account = make_filed_account()
		round_doc = self.committed(factories.make_round_to_open())
		about = (audit_opening.JOB, round_doc.name)
		forget_job(*about)
		self.addCleanup(forget_job, *about)
		self.ask(OFFICE, "go_on_opening", name=round_doc.name)
		run_job(get_job_of(*about))
		self.assertEqual(get_audit(round_doc, account.name).docstatus, 0)

	def test_workbook_is_chinese_and_a_text_stays_a_text(self):
		make_filed_account(account_name="=1+1", handle="formula-like")
		round_doc = self.committed(make_open_round())
		response = Browser.of(OFFICE).get(f"/api/method/{API}.download_overview", name=round_doc.name)
		self.assertEqual(response.status_code, 200)
		book = load_workbook(io.BytesIO(response.get_data()))
		self.assertEqual(book.sheetnames, ["分科室汇总", "账号明细"])
		counts, audits = (list(sheet.iter_rows(values_only=True)) for sheet in book)
		self.assertEqual(counts[0][:3], ("科室", "应审账号", "已填报"))
		self.assertEqual(counts[-1][:2], ("合计", frappe.db.count("Annual Audit", {"round": round_doc.name})))
		cell = next(cell for row in book["账号明细"].iter_rows() for cell in row if cell.value == "=1+1")
		self.assertEqual(cell.data_type, "s")
		self.assertEqual(len(audits) - 1, counts[-1][1])

	def test_workbook_needs_the_right_to_export(self):
		round_doc = self.make_round()
		for user in (EDITOR, CHIEF):
			response = Browser.of(user).get(f"/api/method/{API}.download_overview", name=round_doc.name)
			self.assertIn(response.status_code, REFUSED, user)


class TestOverviewOfMany(NmediaTestCase):
	"""The overview of a house with many accounts asks the database no more than that of a small one."""

	def count_queries(self, round_doc) -> int:
		asked = []
		sql = frappe.db.sql
		frappe.db.sql = lambda *args, **kwargs: asked.append(args) or sql(*args, **kwargs)
		try:
			get_overview(round_doc, OFFICE)
		finally:
			frappe.db.sql = sql
		return len(asked)

	def test_number_of_queries_does_not_grow(self):
		round_doc = make_open_round()
		frappe.set_user(OFFICE)
		get_overview(round_doc, OFFICE)  # what is kept from now on is not asked again
		few = self.count_queries(round_doc)
		frappe.set_user("Administrator")
		factories.copy_accounts(60)
		from nmedia_app.services.audit_opening import open_batch

		open_batch(round_name=round_doc.name)
		frappe.set_user(OFFICE)
		self.assertEqual(self.count_queries(round_doc), few)

	def test_names_of_missing_accounts_are_the_first_of_each_section(self):
		factories.copy_accounts(60)
		round_doc = make_open_round()
		row = next(r for r in get_overview(round_doc, OFFICE)["sections"] if r["section"] == SECTION)
		self.assertEqual(len(row["waiting"]), 20)
		self.assertGreaterEqual(row["missing"], 60)


class TestForms(AuditRestTestCase):
	"""What forms show beside their fields, and who may ask for it."""

	def test_new_round_begins_with_the_days_of_the_settings(self):
		start = self.ask(OFFICE, "get_round_start", year=2033)
		self.assertEqual((start["opens_on"], start["closes_on"]), ("2033-11-01", "2033-11-30"))
		self.assertTrue(start["requirements"])
		self.assertIn(self.call(CHIEF, "get_round_start", year=2033).status_code, REFUSED)

	def test_year_that_is_none_is_refused_in_words(self):
		for year in ("", "abc", 26, 20261, -5):
			response = self.call(OFFICE, "get_round_start", year=year)
			self.assertEqual(response.status_code, 417, year)
			self.assertIn("four digits", messages(response))

	def test_what_the_administrator_sent_is_nobodys_to_rewrite(self):
		(audit,) = make_audits(CHIEF_REVIEW, 1)
		for user, step in ((CHIEF, "Confirm"), (OFFICE, "Gather"), (UNIT_HEAD, "Approve")):
			self.committed(audit)
			for values in (
				{"materials": []},
				{"followers": 123456},
				{"incidents": [{"what": "误发"}]},
				{"self_assessment": "改写的自评"},
			):
				response = Browser.of(user).put(f"/api/resource/Annual Audit/{audit.name}", **values)
				self.assertEqual(response.status_code, 403, (user, values))
			audit = act(self.fresh(audit), user, step)
		self.assertEqual((audit.self_assessment, len(audit.materials)), ("一年来运行正常。", 6))

	def test_returned_audit_is_its_authors_to_change_again(self):
		(audit,) = make_audits(CHIEF_REVIEW, 1)
		audit = self.committed(act(audit, CHIEF, "Return for Correction", "请补充"))
		path = f"/api/resource/Annual Audit/{audit.name}"
		self.assertEqual(Browser.of(EDITOR).put(path, self_assessment="补充后的自评").status_code, 200)

	def test_audit_shows_the_notes_of_its_round_to_its_section(self):
		audit = self.committed(factories.make_audit(notes="请用新版年审表"))
		notes = self.ask(EDITOR, "get_audit_notes", name=audit.name)
		self.assertEqual(notes, {"notes": "请用新版年审表", "task": None, "is_called_for": True})
		self.assertEqual(self.call(OTHER_EDITOR, "get_audit_notes", name=audit.name).status_code, 403)


class TestClosures(AuditRestTestCase):
	"""Article 6: accounts to close are shown until they are; the Unit Head alone grants more time."""

	def make_task(self):
		audit = factories.make_audit()
		frappe.set_user("Administrator")
		return self.committed(closures.make_task(audit=frappe.get_doc(audit.doctype, audit.name)))

	def test_more_time_is_the_heads_alone_to_grant(self):
		task = self.make_task()
		wanted = {"name": task.name, "due_on": str(add_days(task.due_on, 10)), "reason": "更换管理员"}
		for user in (EDITOR, CHIEF, LEADER, OFFICE, OTHER_EDITOR):
			self.assertEqual(self.call(user, "grant_more_time", **wanted).status_code, 403, user)
		self.ask(UNIT_HEAD, "grant_more_time", **wanted)
		self.assertEqual(self.fresh(task).due_on, getdate(wanted["due_on"]))

	def test_more_time_needs_a_reason_and_a_later_day(self):
		task = self.make_task()
		for due_on, reason in ((add_days(task.due_on, 10), " "), (today(), "更换管理员")):
			response = self.call(
				UNIT_HEAD, "grant_more_time", name=task.name, due_on=str(due_on), reason=reason
			)
			self.assertEqual(response.status_code, 417, (due_on, reason))

	def test_day_that_is_none_or_out_of_reach_is_refused_in_words(self):
		task = self.make_task()
		for due_on in ("0001-01-01", "9999-12-31", "x", ""):
			response = self.call(
				UNIT_HEAD, "grant_more_time", name=task.name, due_on=due_on, reason="更换管理员"
			)
			self.assertEqual(response.status_code, 417, due_on)
			self.assertTrue(messages(response), due_on)

	def test_accounts_to_close_are_shown_to_those_concerned(self):
		task = self.make_task()
		for user, sees in ((EDITOR, True), (CHIEF, True), (UNIT_HEAD, True), (OTHER_EDITOR, False)):
			rows = self.ask(user, "get_accounts_to_close")
			self.assertEqual(task.name in [row["name"] for row in rows], sees, user)
		self.assertEqual(self.ask(STRANGER, "get_accounts_to_close"), [])

	def get_asked(self, task) -> list[str]:
		about = {"document_name": task.name, "subject": ["like", "%asks you to file%"]}
		return frappe.get_all("Notification Log", filters=about, pluck="for_user")

	def test_chief_and_office_ask_the_administrator_to_file_once_a_day(self):
		task = self.make_task()
		self.assertIn("Editor O'Hara", self.ask(CHIEF, "ask_to_file", name=task.name))
		frappe.db.rollback()
		self.assertEqual(self.get_asked(task), [EDITOR])
		for user in (CHIEF, OFFICE):
			response = self.call(user, "ask_to_file", name=task.name)
			self.assertEqual(response.status_code, 417, user)
			self.assertIn("tomorrow", messages(response))
		self.assertEqual(self.get_asked(self.fresh(task)), [EDITOR])

	def test_asking_is_theirs_alone(self):
		task = self.make_task()
		for user in (EDITOR, LEADER, UNIT_HEAD, OTHER_CHIEF, OTHER_EDITOR, STRANGER):
			self.assertEqual(self.call(user, "ask_to_file", name=task.name).status_code, 403, user)
		self.assertEqual(self.get_asked(self.fresh(task)), [])

	def test_editors_are_asked_if_the_administrator_cannot_file(self):
		task = self.make_task()
		for administrator in (CHIEF, OTHER_EDITOR, None):
			frappe.db.set_value("Media Account", task.account, "administrator", administrator)
			self.assertEqual(closures.get_filers(task), {EDITOR, SECOND_EDITOR}, administrator)

	def test_nothing_is_asked_for_that_is_under_way_or_done(self):
		task = self.make_task()
		for values in ({"filing": "NM-FIL-1"}, {"filing": None, "status": closures.LIFTED}):
			frappe.db.set_value("Closure Task", task.name, values)
			frappe.db.commit()
			self.assertEqual(self.call(CHIEF, "ask_to_file", name=task.name).status_code, 417, values)

	def test_audit_says_that_its_account_is_to_be_closed(self):
		task = self.make_task()
		notes = self.ask(CHIEF, "get_audit_notes", name=task.audit)
		self.assertEqual(notes["task"]["name"], task.name)
