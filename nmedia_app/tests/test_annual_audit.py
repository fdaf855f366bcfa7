"""The annual audit of every account in use."""

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import frappe
from frappe.desk.reportview import validate_fields
from frappe.utils import add_days, add_months, getdate, now_datetime, today

from nmedia_app.nmedia_app.doctype.annual_audit.annual_audit import get_account
from nmedia_app.regulation.audit import COMMON_MATERIALS
from nmedia_app.regulation.filing import WEIBO
from nmedia_app.selectors import tasks
from nmedia_app.selectors.audit_figures import NAMED
from nmedia_app.selectors.round_overview import list_for_export
from nmedia_app.selectors.tasks import get_waiting_documents
from nmedia_app.services import attempts, audit_decisions, audit_opening, audit_rounds
from nmedia_app.services.audit_opening import DOCTYPE, open_batch
from nmedia_app.services.closures import find_audits_to_close
from nmedia_app.services.round_workbook import COLUMNS, as_cells
from nmedia_app.tests import factories
from nmedia_app.tests.factories import (
	CHIEF,
	EDITOR,
	LEADER,
	OFFICE,
	SECOND_EDITOR,
	SECTION,
	STRANGER,
	UNIT_HEAD,
	act,
)
from nmedia_app.tests.utils import NmediaTestCase, RestTestCase
from nmedia_app.workflow import OpinionRequiredError, SealedRecordError


def get_accounts_in_use() -> set[str]:
	return set(frappe.get_all("Media Account", filters={"status": "Active"}, pluck="name"))


def get_audited(round_doc) -> list[str]:
	return frappe.get_all(DOCTYPE, filters={"round": round_doc.name}, pluck="account")


class TestRound(NmediaTestCase):
	"""Article 6: the audit is every November, of what the Publicity Department asks for."""

	def test_round_begins_with_the_days_of_the_settings(self):
		round_doc = frappe.get_doc(doctype="Annual Audit Round", year=2019).insert()
		self.assertEqual(
			[str(round_doc.get(field)) for field in ("opens_on", "closes_on", "period_from", "period_to")],
			["2019-11-01", "2019-11-30", "2019-01-01", "2019-10-31"],
		)

	def test_figures_go_to_the_day_before_the_round_opens(self):
		"""Whenever an audit is sent, its year is over: what comes after it counts in the next one."""
		round_doc = frappe.get_doc(doctype="Annual Audit Round", year=2019, opens_on="2019-11-11").insert()
		self.assertEqual(str(round_doc.period_to), "2019-11-10")
		following = frappe.get_doc(doctype="Annual Audit Round", year=2020).insert()
		self.assertEqual((str(following.period_from), str(following.period_to)), ("2019-11-11", "2020-10-31"))

	def test_round_that_opens_on_the_first_day_of_a_year_counts_the_year_before(self):
		round_doc = frappe.get_doc(doctype="Annual Audit Round", year=2019, opens_on="2019-01-01").insert()
		self.assertEqual((str(round_doc.period_from), str(round_doc.period_to)), ("2018-01-01", "2018-12-31"))

	def test_year_that_is_none_is_refused_in_words(self):
		for year in (None, "", "abc", 26, 20261, -5):
			with self.subTest(year), self.assertRaisesRegex(frappe.ValidationError, "four digits"):
				frappe.get_doc(doctype="Annual Audit Round", year=year).insert()

	def test_year_is_named_the_same_however_it_is_written(self):
		for number, year in enumerate(("２０５１", 2052.0)):
			round_doc = frappe.get_doc(doctype="Annual Audit Round", year=year).insert()
			self.assertEqual(round_doc.name, f"NM-ROUND-{2051 + number}")

	def test_material_without_a_name_is_refused_with_its_row(self):
		for name in (None, " "):
			rows = [{"material_name": "备案证明", "kind": "File"}, {"material_name": name, "kind": "File"}]
			with self.subTest(name), self.assertRaisesRegex(frappe.ValidationError, "Row 2"):
				factories.make_round(requirements=rows)

	def test_day_that_is_taken_away_is_asked_for(self):
		for fieldname in ("opens_on", "closes_on", "period_from", "period_to"):
			round_doc = factories.make_round()
			round_doc.set(fieldname, None)
			with self.subTest(fieldname):
				self.assertRaises(frappe.MandatoryError, round_doc.save)
			frappe.db.delete("Annual Audit Round", {"name": round_doc.name})

	def test_round_asks_for_what_is_common(self):
		round_doc = factories.make_round()
		self.assertEqual(
			[row.material_name for row in round_doc.requirements], [m[0] for m in COMMON_MATERIALS]
		)

	def test_next_round_asks_for_the_same_and_counts_on(self):
		factories.make_round(
			period_to="2031-11-20",
			requirements=[{"material_name": "今年另要的", "kind": "Statement", "required": 0}],
		)
		following = frappe.get_doc(doctype="Annual Audit Round", year=2032).insert()
		self.assertEqual([row.material_name for row in following.requirements], ["今年另要的"])
		self.assertEqual(str(following.period_from), "2031-11-21")

	def test_there_is_one_round_a_year(self):
		factories.make_round()
		with self.assertRaisesRegex(frappe.DuplicateEntryError, str(factories.AUDIT_YEAR)):
			factories.make_round()

	def test_round_cannot_close_before_it_opens(self):
		with self.assertRaisesRegex(frappe.ValidationError, "before"):
			factories.make_round(closes_on=add_days(today(), -20))

	def test_two_materials_cannot_go_by_one_name(self):
		rows = [{"material_name": "a", "kind": "File"}, {"material_name": "a ", "kind": "Statement"}]
		with self.assertRaisesRegex(frappe.ValidationError, "twice"):
			factories.make_round(requirements=rows)

	def test_days_of_the_figures_are_fixed_once_it_is_open(self):
		round_doc = act(factories.make_round(), OFFICE, "Open Round")
		round_doc.period_from = add_days(today(), -10)
		self.assertRaises(SealedRecordError, round_doc.save)

	def test_audits_learn_of_another_closing_day(self):
		round_doc = factories.make_open_round()
		frappe.set_user(OFFICE)
		round_doc.reload()
		round_doc.closes_on = add_days(today(), 30)
		round_doc.save()
		due = set(frappe.get_all(DOCTYPE, filters={"round": round_doc.name}, pluck="due_on"))
		self.assertEqual(due, {getdate(add_days(today(), 30))})

	def test_round_stays_open_until_its_last_day_while_audits_are_missing(self):
		factories.make_filed_account()
		round_doc = factories.make_open_round()
		with self.assertRaisesRegex(frappe.ValidationError, "not approved yet"):
			act(round_doc, OFFICE, "Close Round")

	def test_round_stays_open_while_its_audits_are_not_opened_yet(self):
		factories.make_filed_account()
		round_doc = act(factories.make_round(), OFFICE, "Open Round")
		with self.assertRaisesRegex(frappe.ValidationError, "not opened yet"):
			act(round_doc, OFFICE, "Close Round")

	def test_closing_after_the_last_day_first_opens_what_is_missing(self):
		account = factories.make_filed_account()
		round_doc = act(factories.make_round(), OFFICE, "Open Round")
		frappe.db.set_value("Annual Audit Round", round_doc.name, "closes_on", add_days(today(), -1))
		round_doc = act(round_doc, OFFICE, "Close Round")
		self.assertEqual(round_doc.stage, "Closed")
		self.assertIn(factories.get_audit(round_doc, account.name).name, find_audits_to_close(round_doc.name))

	def test_account_that_comes_into_use_after_the_end_does_not_fall_due(self):
		round_doc = factories.make_open_round()
		frappe.db.set_value("Annual Audit Round", round_doc.name, "closes_on", add_days(today(), -1))
		round_doc = act(round_doc, OFFICE, "Close Round")
		frappe.set_user("Administrator")
		late = factories.make_filed_account(account_name="新开的", handle="late-account")
		audit_rounds.run_daily()
		self.assertNotIn(late.name, get_audited(round_doc))

	def test_closed_round_stays_as_it_was_and_is_not_called_approved(self):
		round_doc = factories.make_open_round()
		frappe.db.set_value("Annual Audit Round", round_doc.name, "closes_on", add_days(today(), -1))
		round_doc = act(round_doc, OFFICE, "Close Round")
		round_doc.notes = "补记"
		with self.assertRaisesRegex(frappe.UpdateAfterSubmitError, "the round is closed"):
			round_doc.save()

	def test_report_needs_package_date_and_receipt(self):
		round_doc = factories.make_open_round()
		frappe.db.set_value("Annual Audit Round", round_doc.name, "closes_on", add_days(today(), -1))
		round_doc = act(round_doc, OFFICE, "Close Round")
		with self.assertRaisesRegex(frappe.MandatoryError, "Reported On.*Receipt.*package"):
			act(round_doc, OFFICE, "Mark as Reported")

	def test_report_is_neither_before_the_round_nor_before_its_package(self):
		round_doc = factories.make_open_round()
		frappe.db.set_value("Annual Audit Round", round_doc.name, "closes_on", add_days(today(), -1))
		round_doc = act(round_doc, OFFICE, "Close Round")
		round_doc.reported_on = add_days(today(), -11)
		self.assertRaisesRegex(frappe.ValidationError, "on which the round opened", round_doc.save)
		made = {"package_made_on": add_days(now_datetime(), -1), "package_digest": "0" * 64}
		frappe.db.set_value("Annual Audit Round", round_doc.name, made)
		for day, is_possible in ((-2, False), (-1, True), (0, True)):
			round_doc.reload()
			round_doc.reported_on = add_days(today(), day)
			with self.subTest(day):
				if is_possible:
					round_doc.save()
				else:
					self.assertRaisesRegex(frappe.ValidationError, "the package was made", round_doc.save)

	def test_package_that_is_made_after_the_report_was_entered_is_not_reported(self):
		round_doc = factories.make_open_round()
		frappe.db.set_value("Annual Audit Round", round_doc.name, "closes_on", add_days(today(), -1))
		round_doc = act(round_doc, OFFICE, "Close Round")
		entered = {
			"reported_on": add_days(today(), -1),
			"report_receipt": "/private/files/receipt.txt",
			"package_made_on": now_datetime(),
			"package_digest": "0" * 64,
		}
		frappe.db.set_value("Annual Audit Round", round_doc.name, entered)
		with self.assertRaisesRegex(frappe.ValidationError, "this package was handed in"):
			act(round_doc, OFFICE, "Mark as Reported")


class TestOpening(NmediaTestCase):
	"""Article 6: every account in use files, once a year."""

	def test_every_account_in_use_gets_one_audit_and_no_other(self):
		factories.make_filed_account()
		factories.make_account("关了的", factories.SECTION, status="Closed")
		factories.make_account("筹建的", factories.SECTION, status="In Preparation")
		round_doc = factories.make_open_round()
		self.assertEqual(sorted(get_audited(round_doc)), sorted(get_accounts_in_use()))

	def test_opening_again_makes_no_second_audit(self):
		round_doc = factories.make_open_round()
		before = get_audited(round_doc)
		self.assertEqual(open_batch(round_name=round_doc.name), 0)
		self.assertEqual(get_audited(round_doc), before)

	def test_interrupted_opening_goes_on_where_it_stopped(self):
		factories.copy_accounts(5)
		round_doc = act(factories.make_round(), OFFICE, "Open Round")
		frappe.set_user("Administrator")
		self.assertEqual(open_batch(round_name=round_doc.name, size=3), 3)
		first = set(get_audited(round_doc))
		while open_batch(round_name=round_doc.name, size=3):
			pass
		audited = get_audited(round_doc)
		self.assertEqual(sorted(audited), sorted(get_accounts_in_use()))
		self.assertLess(first, set(audited))

	def test_account_that_comes_into_use_joins(self):
		round_doc = factories.make_open_round()
		late = factories.make_filed_account(account_name="新开的", handle="late-account")
		self.assertEqual(open_batch(round_name=round_doc.name), 1)
		self.assertEqual(factories.get_audit(round_doc, late.name).docstatus, 0)

	def test_round_that_is_not_open_opens_nothing(self):
		factories.make_filed_account()
		self.assertEqual(open_batch(round_name=factories.make_round().name), 0)

	def test_second_audit_of_an_account_and_year_is_refused_by_the_database(self):
		audit = factories.make_audit()
		frappe.set_user("Administrator")
		twin = {"doctype": DOCTYPE, "round": audit.round, "account": audit.account}
		with self.assertRaises(frappe.UniqueValidationError):
			frappe.get_doc(twin).insert()

	def test_account_that_is_not_in_use_is_not_audited_by_hand_either(self):
		round_doc = factories.make_open_round()
		closed = factories.make_account("关了的", factories.SECTION, status="Closed")
		with self.assertRaisesRegex(frappe.ValidationError, "not in use"):
			frappe.get_doc(doctype=DOCTYPE, round=round_doc.name, account=closed.name).insert()

	def test_many_at_once_are_what_one_by_one_would_be(self):
		account = factories.make_filed_account()
		audit = factories.make_audit(account)
		at_once = comparable(audit)
		frappe.db.delete(DOCTYPE, {"name": audit.name})
		audit_opening.insert_one({"doctype": DOCTYPE, "round": audit.round, "account": account.name})
		alone = comparable(
			factories.get_audit(frappe.get_doc("Annual Audit Round", audit.round), account.name)
		)
		self.assertEqual(at_once, alone)

	def test_who_listens_to_single_audits_hears_of_each(self):
		self.assertFalse(audit_opening.needs_single_inserts())
		frappe.get_doc(
			doctype="Notification",
			name="Audit opened",
			document_type=DOCTYPE,
			event="New",
			channel="System Notification",
			subject="Opened",
			recipients=[{"receiver_by_role": "System Manager"}],
		).insert()
		self.assertTrue(audit_opening.needs_single_inserts())
		factories.make_filed_account()
		round_doc = factories.make_open_round()
		self.assertEqual(sorted(get_audited(round_doc)), sorted(get_accounts_in_use()))

	def test_audit_is_its_account_administrators(self):
		audit = factories.make_audit()
		self.assertEqual((audit.owner, audit.administrator), (EDITOR, EDITOR))


def comparable(audit) -> dict:
	"""Return an audit as a dict without what differs between any two documents."""
	ours = {"name", "creation", "modified", "modified_by", "figures_on", "parent", "idx"}
	values = {
		key: str(value or "")
		for key, value in audit.as_dict(no_nulls=False).items()
		if not isinstance(value, list)
	}
	rows = {
		# a row is its document's: whose it is itself the platform notes on some ways only
		table: [
			{k: str(v or "") for k, v in row.as_dict().items() if k not in {*ours, "owner"}}
			for row in audit.get(table)
		]
		for table in audit_opening.TABLES
	}
	return {key: value for key, value in values.items() if key not in ours} | rows


class TestFigures(NmediaTestCase):
	"""Article 6: an audit begins with what is known of the account's year."""

	def test_articles_are_counted_by_what_happened_to_them(self):
		account = factories.make_filed_account()
		on_account = {"accounts": [{"account": account.name}]}
		factories.make_article(**on_account)  # a draft: not reviewed
		factories.make_article_in_leader_review(**on_account)  # nobody has decided yet
		returned = factories.make_article_in_chief_review(**on_account)
		act(returned, CHIEF, "Return for Correction", "错字")
		factories.make_approved_article(**on_account)
		factories.make_published_article(**on_account)
		differing = factories.make_approved_article(**on_account)
		factories.publish(differing, copy_text="Something else", explanation="平台改动")
		withdrawn = factories.make_published_article(**on_account)
		act(withdrawn, LEADER, "Withdraw", "信息有误")
		audit = factories.make_audit(account)
		figures = {
			"articles_reviewed": 5,
			"articles_returned": 1,
			"articles_published": 3,
			"articles_unmatched": 1,
			"articles_withdrawn": 1,
		}
		self.assertEqual({field: audit.get(field) for field in figures}, figures)
		self.assertEqual(audit.last_published_on, getdate(today()))
		self.assertEqual(audit.dormant, 0)

	def test_article_of_another_account_is_not_counted(self):
		factories.make_published_article()
		audit = factories.make_audit(factories.make_filed_account())
		self.assertEqual(audit.articles_published, 0)

	def test_what_was_before_the_period_is_not_counted(self):
		account = factories.make_filed_account()
		factories.make_published_article(accounts=[{"account": account.name}])
		audit = factories.make_audit(account, period_from=add_days(today(), 1))
		self.assertEqual((audit.articles_published, audit.articles_reviewed), (0, 0))

	def test_withdrawn_after_publication_is_an_incident_with_its_hours(self):
		account = factories.make_filed_account()
		article = factories.make_published_article(accounts=[{"account": account.name}])
		began = now_datetime().replace(microsecond=0)
		frappe.db.set_value(
			"Article Publication",
			{"parent": article.name},
			"published_on",
			frappe.utils.add_to_date(began, hours=-5),
		)
		act(article, LEADER, "Withdraw", "信息有误")
		incident = factories.make_audit(account).incidents[0]
		self.assertEqual((incident.article, incident.hours), (article.name, 5.0))
		self.assertIn("信息有误", incident.what)

	def test_filings_say_whether_they_were_in_time(self):
		account = factories.make_filed_account()
		in_time = self.report_change(account, today(), "王")
		late = self.report_change(account, add_days(today(), -60), "李")
		audit = factories.make_audit(account)
		self.assertEqual(
			{row.filing: row.timeliness for row in audit.filings},
			{in_time.name: "In Time", late.name: "Late"},
		)

	def report_change(self, account, changed_on: str, lead: str):
		filing = factories.make_approved_change(
			account=frappe.get_doc("Media Account", account.name), changed_on=changed_on, business_lead=lead
		)
		return factories.take_filing_step(filing, OFFICE, "Mark as Reported")

	def test_who_was_responsible_before_is_told(self):
		account = factories.make_filed_account()
		factories.make_approved_change(account=account, administrator=SECOND_EDITOR)
		people = factories.make_audit(account).responsible_people
		self.assertIn(f"管理员：编辑二；此前：Editor O'Hara（至{today()}）", people)
		self.assertIn("分管领导：处长", people)

	def change(self, account, days_ago: int, **values):
		"""File and approve a change of an account that happened so many days ago."""
		account = frappe.get_doc("Media Account", account.name)
		day = add_days(today(), -days_ago)
		factories.make_approved_change(account=account, changed_on=day, **values)
		return day

	def tell_people(self, account, days_ago: int) -> list[str]:
		"""Return the lines of who was responsible in a period that ended so many days ago."""
		audit = factories.make_audit(account, period_to=add_days(today(), -days_ago))
		return audit.responsible_people.splitlines()

	def test_who_took_over_after_the_period_did_not_answer_for_it(self):
		account = factories.make_filed_account()
		day = self.change(account, 1, administrator=SECOND_EDITOR)
		self.assertIn(f"管理员：Editor O'Hara；现为：编辑二（自{day}）", self.tell_people(account, 2))

	def test_who_answered_meanwhile_is_told_though_the_post_went_back_after_the_period(self):
		account = factories.make_filed_account()
		april = self.change(account, 60, administrator=SECOND_EDITOR)
		november = self.change(account, 1, administrator=EDITOR)
		self.assertIn(
			f"管理员：编辑二；此前：Editor O'Hara（至{april}）；现为：Editor O'Hara（自{november}）",
			self.tell_people(account, 2),
		)

	def test_changes_of_all_five_people_are_told(self):
		account = factories.make_filed_account()
		was = {field: account.get(field) for field in NAMED}
		day = self.change(account, 5, **dict.fromkeys(NAMED, "新人"), supervising_leader=UNIT_HEAD)
		people = self.tell_people(account, 2)
		for field, label in NAMED.items():
			self.assertIn(f"{label}：新人；此前：{was[field]}（至{day}）", people)
		self.assertTrue(any(f"；此前：处长（至{day}）" in line for line in people), people)

	def test_one_account_asks_only_for_its_own_people(self):
		account = get_account(factories.make_filed_account().name)
		asked: list[str] = []
		sql = frappe.db.sql

		def note(query, *args, **kwargs):
			asked.append(str(query))
			return sql(query, *args, **kwargs)

		with patch.object(frappe.db, "sql", note):
			audit_opening.compose_audits(factories.new_round(), [account])
		of_people = [query for query in asked if "tabUser`" in query or "tabMedia Section`" in query]
		self.assertTrue(of_people)
		self.assertTrue(all("where" in query.lower() for query in of_people), of_people)

	def test_followers_then_are_those_of_the_last_filing_before(self):
		account = factories.make_filed_account()
		filing = factories.make_approved_change(account=account, followers=900)
		long_ago = add_days(today(), -400)
		frappe.db.set_value("Account Filing", filing.name, "reviewed_on", long_ago)
		audit = factories.make_audit(account)
		self.assertEqual((audit.followers_before, str(audit.followers_before_on)), (900, long_ago))

	def test_followers_that_nobody_counted_are_no_nought(self):
		audit = factories.make_audit()
		(shown,) = audit_decisions.describe(names=[audit.name])
		self.assertIn("followers_before_on", shown)
		row = next(row for row in list_for_export(audit.round) if row.name == audit.name)
		cells = dict(zip(COLUMNS, as_cells(row), strict=True))
		self.assertEqual(cells["followers_before"], "无记录")
		self.assertEqual(cells["followers"], audit.followers)
		report = frappe._dict(doctype=DOCTYPE, view="Report", fields=["followers_before", "followers"])
		validate_fields(report)  # as the platform's report does, which would show a nought
		self.assertEqual(report.fields, ["followers"])

	def test_followers_then_are_those_of_the_last_audit_though_it_was_sent_late(self):
		account = factories.make_filed_account()
		before = {"period_from": add_days(today(), -700), "period_to": add_days(today(), -301)}
		last = factories.make_audit(account, year=factories.AUDIT_YEAR - 1, **before)
		counted = {"docstatus": 1, "followers": 5555, "figures_on": add_days(today(), -290)}
		frappe.db.set_value("Annual Audit", last.name, counted)
		self.assertEqual(factories.make_audit(account).followers_before, 5555)

	def test_filing_that_still_waits_for_its_report_is_listed_as_late(self):
		account = factories.make_filed_account()
		filing = factories.make_approved_change(account=account, business_lead="王")
		long_ago = {"reviewed_on": add_days(today(), -400), "report_due_on": add_days(today(), -395)}
		frappe.db.set_value("Account Filing", filing.name, long_ago)
		self.assertEqual(
			{row.filing: row.timeliness for row in factories.make_audit(account).filings}[filing.name], "Late"
		)

	def test_change_that_is_long_in_review_is_listed_as_late(self):
		account = factories.make_filed_account()
		filing = factories.bring_filing_to(
			"Section Chief Review",
			"Change",
			account=account,
			changed_on=add_days(today(), -60),
			business_lead="王",
		)
		audit = factories.make_audit(account)
		row = next(row for row in audit.filings if row.filing == filing.name)
		self.assertEqual((row.timeliness, row.approved_on), ("Late", None))
		self.assertNotIn("此前", audit.responsible_people)

	def test_change_that_was_not_sent_yet_is_no_filing(self):
		account = factories.make_filed_account()
		filing = factories.make_filing("Change", account=account, business_lead="王")
		self.assertNotIn(filing.name, [row.filing for row in factories.make_audit(account).filings])

	def test_incident_does_not_end_in_the_future(self):
		audit = factories.make_audit()
		frappe.set_user(EDITOR)
		audit.append(
			"incidents",
			{"what": "误发", "began_on": add_days(today(), -1), "ended_on": add_days(today(), 300)},
		)
		with self.assertRaisesRegex(frappe.ValidationError, "ends in the future"):
			audit.save()

	def test_incident_at_no_time_is_refused_in_words(self):
		name = factories.make_audit().name
		frappe.set_user(EDITOR)
		for time in ("昨天", "0001-01-01 00:00:00"):
			audit = frappe.get_doc(DOCTYPE, name)
			audit.append("incidents", {"what": "误发", "began_on": time})
			with self.subTest(time), self.assertRaisesRegex(frappe.ValidationError, "Row 1.*no day"):
				audit.save()

	def test_account_that_published_nothing_for_months_is_dormant(self):
		account = factories.make_filed_account()
		article = factories.make_published_article(accounts=[{"account": account.name}])
		long_ago = add_months(today(), -7)
		frappe.db.set_value("Article Publication", {"parent": article.name}, "published_on", long_ago)
		self.assertEqual(factories.make_audit(account).dormant, 1)

	def test_figures_are_counted_anew_until_the_audit_is_sent(self):
		account = factories.make_filed_account()
		audit = factories.fill_in_audit(factories.make_audit(account))
		factories.make_published_article(accounts=[{"account": account.name}])
		frappe.set_user(EDITOR)
		audit.reload()
		audit.save()
		self.assertEqual(audit.articles_published, 1)
		audit = act(audit, EDITOR, "Send for Review")
		factories.make_published_article(accounts=[{"account": account.name}])
		audit = act(audit, CHIEF, "Confirm")
		self.assertEqual(audit.articles_published, 1)

	def test_nobody_types_the_figures(self):
		audit = factories.make_audit()
		frappe.set_user(EDITOR)
		audit.update({"articles_published": 99, "dormant": 0, "due_on": add_days(today(), 99)})
		audit.save()
		self.assertEqual((audit.articles_published, audit.due_on), (0, getdate(add_days(today(), 10))))

	def test_administrator_brings_the_followers_up_to_date(self):
		audit = factories.make_audit()
		frappe.set_user(EDITOR)
		audit.followers = 4321
		audit.save().reload()
		self.assertEqual(audit.followers, 4321)


class TestWay(NmediaTestCase):
	"""Article 6: the administrator files, the General Office gathers, the Unit Head approves."""

	def test_audit_goes_through_section_office_and_head(self):
		audit = factories.bring_audit_to("Approved")
		self.assertEqual((audit.docstatus, audit.reviewer), (1, UNIT_HEAD))
		self.assertEqual([row.user for row in audit.approval_records], [EDITOR, CHIEF, OFFICE, UNIT_HEAD])

	def test_required_materials_and_self_assessment_are_there_before_it_is_sent(self):
		audit = factories.make_audit()
		with self.assertRaisesRegex(frappe.MandatoryError, "备案证明.*Self-Assessment"):
			act(audit, EDITOR, "Send for Review")

	def test_material_that_the_round_asks_for_later_is_asked_for(self):
		audit = factories.fill_in_audit(factories.make_audit())
		frappe.set_user(OFFICE)
		round_doc = frappe.get_doc("Annual Audit Round", audit.round)
		round_doc.append("requirements", {"material_name": "补充说明", "kind": "Statement", "required": 1})
		round_doc.save()
		with self.assertRaisesRegex(frappe.MandatoryError, "补充说明"):
			act(audit, EDITOR, "Send for Review")

	def test_material_whose_kind_changed_is_asked_for_as_it_is_now_and_keeps_what_was_handed_in(self):
		audit = factories.fill_in_audit(factories.make_audit())
		before = {row.material_name: (row.file, row.text) for row in audit.materials}
		audit = factories.swap_kinds(audit, "备案证明", "自查总结")
		self.assertEqual({row.material_name: (row.file, row.text) for row in audit.materials}, before)
		with self.assertRaisesRegex(frappe.MandatoryError, "备案证明.*自查总结"):
			act(audit, EDITOR, "Send for Review")

	def test_material_whose_kind_changed_back_is_handed_in(self):
		audit = factories.fill_in_audit(factories.make_audit())
		for _time in range(2):
			audit = factories.swap_kinds(audit, "备案证明", "自查总结")
		self.assertEqual(act(audit, EDITOR, "Send for Review").workflow_state, "Section Chief Review")

	def test_office_returns_with_a_reason(self):
		audit = factories.bring_audit_to("General Office Gathering")
		self.assertRaises(OpinionRequiredError, act, audit, OFFICE, "Return for Correction")
		audit = act(audit, OFFICE, "Return for Correction", "截图不清")
		self.assertEqual(audit.stage, "Returned")

	def test_head_rejects_with_a_reason(self):
		audit = factories.bring_audit_to("Unit Head Review")
		self.assertRaises(OpinionRequiredError, act, audit, UNIT_HEAD, "Reject")
		self.assertEqual(act(audit, UNIT_HEAD, "Reject", "长期未更新").stage, "Rejected")

	def test_administrator_of_the_account_does_not_confirm_the_own_audit(self):
		account = factories.make_filed_account(administrator=CHIEF)
		audit = factories.bring_audit_to("Section Chief Review", factories.make_audit(account))
		with self.assertRaises(frappe.ValidationError):
			act(audit, CHIEF, "Confirm")
		self.assertEqual(act(audit, LEADER, "Confirm").workflow_state, "General Office Gathering")

	def test_approved_audit_is_sealed(self):
		audit = factories.bring_audit_to("Approved")
		frappe.set_user(OFFICE)
		audit.self_assessment = "另写"
		self.assertRaises(frappe.UpdateAfterSubmitError, audit.save)

	def test_audit_waits_for_whoever_takes_the_next_step(self):
		audit = factories.make_audit()
		for state, user in (
			("Draft", EDITOR),
			("Section Chief Review", CHIEF),
			("Unit Head Review", UNIT_HEAD),
		):
			if state != "Draft":
				audit = (
					factories.bring_audit_to(state, audit)
					if state == "Section Chief Review"
					else act(act(audit, CHIEF, "Confirm"), OFFICE, "Gather")
				)
			frappe.set_user(user)
			with self.subTest(state):
				self.assertIn(audit.name, [task.name for task in get_waiting_documents(user)])

	def test_returned_audit_waits_for_who_administers_the_account_now(self):
		account = factories.make_filed_account()
		audit = factories.bring_audit_to("Section Chief Review", factories.make_audit(account))
		audit = act(audit, CHIEF, "Return for Correction", "请补充")
		factories.make_approved_change(account=account, administrator=SECOND_EDITOR)
		for user, is_theirs in ((EDITOR, False), (SECOND_EDITOR, True)):
			frappe.set_user(user)
			waiting = [task.name for task in get_waiting_documents(user)]
			self.assertEqual(audit.name in waiting, is_theirs, user)

	def test_own_audit_is_a_task_among_however_many_of_others(self):
		others = factories.make_filed_account(handle="others", administrator=SECOND_EDITOR)
		round_doc = frappe.get_doc("Annual Audit Round", factories.make_audit().round)
		first = factories.get_audit(round_doc, others.name)
		frappe.db.set_value(first.doctype, first.name, "modified", add_days(today(), -1))
		frappe.set_user(EDITOR)
		with patch.object(tasks, "LIMIT", 1):
			self.assertEqual(len(tasks.get_waiting(first.doctype, EDITOR)), 1)


class TestReminders(NmediaTestCase):
	"""Article 6: who has not filed is reminded, whatever day the scheduler was down."""

	def setUp(self):
		super().setUp()
		self.account = factories.make_filed_account()
		self.round_doc = factories.make_open_round(
			opens_on="2031-11-01", closes_on="2031-11-30", period_from="2031-01-01", period_to="2031-11-30"
		)

	def get_kinds(self, day: str) -> list[str]:
		audit_rounds.remind(round_doc=self.round_doc, now=getdate(day))
		return frappe.get_all(
			"Review Reminder",
			filters={"reference_name": self.round_doc.name},
			pluck="kind",
			order_by="sent_on asc, creation asc",
		)

	def test_each_reminder_is_sent_once_on_its_day(self):
		for day, kinds in (
			("2031-11-01", ["Round Opened"]),
			("2031-11-14", ["Round Opened"]),
			("2031-11-15", ["Round Opened", "Half Time"]),
			("2031-11-16", ["Round Opened", "Half Time"]),
			("2031-11-28", ["Round Opened", "Half Time", "Last Days"]),
			("2031-12-01", ["Round Opened", "Half Time", "Last Days", "Round Over"]),
			("2031-12-02", ["Round Opened", "Half Time", "Last Days", "Round Over"]),
		):
			with self.subTest(day):
				self.assertEqual(sorted(self.get_kinds(day)), sorted(kinds))

	def test_reminder_of_a_day_without_scheduler_is_caught_up(self):
		self.assertEqual(self.get_kinds("2031-11-20"), ["Half Time"])

	def test_who_has_sent_everything_is_left_in_peace(self):
		self.assertIn(EDITOR, audit_rounds.get_people_missing(self.round_doc.name))
		frappe.db.set_value(DOCTYPE, {"administrator": EDITOR}, "stage", "In Review")
		self.assertNotIn(EDITOR, audit_rounds.get_people_missing(self.round_doc.name))


class TestUrge(NmediaTestCase):
	"""Article 6: whose audits are missing is asked for them by a button."""

	def setUp(self):
		super().setUp()
		frappe.db.set_value("Media Account", {"name": ["is", "set"]}, "status", "Closed")
		factories.make_filed_account(account_name="甲号", handle="urged-first")
		self.round_doc = factories.make_open_round()
		frappe.set_user(OFFICE)

	def urge(self, user: str = OFFICE) -> set[str]:
		frappe.set_user(user)
		return audit_rounds.urge_missing(round_doc=self.round_doc)

	def get_notices(self, user: str) -> list[str]:
		about = {"for_user": user, "document_name": self.round_doc.name, "subject": ["like", "%甲号%"]}
		return frappe.get_all("Notification Log", filters=about, pluck="subject")

	def test_administrator_is_urged_once_a_day_whoever_urges(self):
		self.assertEqual(self.urge(), {EDITOR})
		for user in (OFFICE, CHIEF):
			with self.assertRaisesRegex(frappe.ValidationError, "today already"):
				self.urge(user)
		self.assertEqual(len(self.get_notices(EDITOR)), 1)
		with patch.object(audit_rounds, "today", return_value=add_days(today(), 1)):
			self.assertEqual(self.urge(), {EDITOR})

	def test_who_came_to_be_missing_since_is_urged(self):
		self.urge()
		values = {"account_name": "乙号", "handle": "urged-second", "administrator": SECOND_EDITOR}
		frappe.set_user("Administrator")
		factories.make_filed_account(**values)
		open_batch(round_name=self.round_doc.name)
		self.assertEqual(self.urge(), {SECOND_EDITOR})

	def test_who_cannot_send_any_more_is_not_urged(self):
		frappe.db.set_value(DOCTYPE, {"round": self.round_doc.name}, "due_on", add_days(today(), -1))
		with self.assertRaisesRegex(frappe.ValidationError, "The last day has passed"):
			self.urge()
		self.assertEqual(audit_rounds.count_to_urge(self.round_doc.name), {})

	def test_notice_names_the_platform_and_the_last_day_of_each_audit(self):
		frappe.set_user("Administrator")
		factories.make_platform("微博", WEIBO)
		address = "https://weibo.example/urged-second"
		account = factories.make_filed_account(account_name="甲号", platform="微博", handle=address)
		open_batch(round_name=self.round_doc.name)
		later = add_days(today(), 40)
		frappe.db.set_value(DOCTYPE, {"account": account.name}, "due_on", later)
		self.assertEqual(self.urge(), {EDITOR})
		(subject,) = self.get_notices(EDITOR)
		self.assertIn(f"by {add_days(today(), 10)} the audits of 甲号（微信）", subject)
		self.assertIn(f"by {later} the audits of 甲号（微博）", subject)

	def test_chief_is_urged_for_an_administrator_who_cannot_log_in(self):
		frappe.db.set_value("User", EDITOR, "enabled", 0)
		self.assertEqual(self.urge(), {CHIEF})
		self.assertEqual(len(self.get_notices(CHIEF)), 1)

	def test_chief_is_asked_in_place_of_an_administrator_who_left_the_section(self):
		"""Whoever does not see the audit any more cannot send it, and is not reminded of it."""
		frappe.db.delete("Media Section Member", {"parent": SECTION, "user": EDITOR})
		self.assertEqual(audit_rounds.get_people_missing(self.round_doc.name), {CHIEF})
		self.assertEqual(self.urge(), {CHIEF})

	def test_nobody_urges_oneself(self):
		with self.assertRaisesRegex(frappe.ValidationError, "nobody to urge"):
			self.urge(EDITOR)


class TestTwoWorkers(RestTestCase):
	"""Each reminder is sent once, each audit is opened once, however many come to it at the same moment."""

	def test_worker_that_did_not_see_what_the_other_sent_sends_nothing(self):
		factories.make_filed_account()
		self.round_doc = self.committed(factories.make_open_round(closes_on=add_days(today(), 29)))
		with ThreadPoolExecutor(max_workers=1) as other:
			other.submit(self.begin_elsewhere, frappe.local.site, frappe.local.sites_path).result()
			self.remind()
			other.submit(self.remind).result()
			other.submit(frappe.destroy).result()
		frappe.db.rollback()
		about = {"reference_name": self.round_doc.name}
		self.assertEqual(frappe.db.count("Review Reminder", about), 1)
		told = {"document_name": self.round_doc.name, "for_user": EDITOR}
		self.assertEqual(frappe.db.count("Notification Log", told), 1)

	def test_closing_that_did_not_see_what_the_opening_made_makes_no_second_audit(self):
		factories.make_filed_account()
		self.round_doc = self.committed(factories.make_round_to_open())
		with ThreadPoolExecutor(max_workers=1) as other:
			other.submit(self.begin_elsewhere, frappe.local.site, frappe.local.sites_path).result()
			open_batch(round_name=self.round_doc.name)
			frappe.db.commit()
			other.submit(audit_opening.open_rest, round_name=self.round_doc.name).result()
			other.submit(frappe.db.commit).result()
			other.submit(frappe.destroy).result()
		frappe.db.rollback()
		self.assertEqual(sorted(get_audited(self.round_doc)), sorted(get_accounts_in_use()))

	def test_deadlock_ends_no_more_than_one_try_of_a_batch(self):
		"""Rounds of two years that are opened side by side take the first number of one series."""
		factories.make_filed_account()
		self.round_doc = self.committed(factories.make_round_to_open())
		reserve_numbers, tries = audit_opening.reserve_numbers, []

		def lose_first(*args):
			tries.append(args)
			if len(tries) == 1:
				raise frappe.QueryDeadlockError
			return reserve_numbers(*args)

		with (
			patch.object(audit_opening, "reserve_numbers", lose_first),
			patch.object(attempts, "PAUSE", 0),
		):
			audit_opening.open_audits(self.round_doc.name)
		self.assertEqual(sorted(get_audited(self.round_doc)), sorted(get_accounts_in_use()))

	def begin_elsewhere(self, site: str, sites_path: str):
		"""Begin a transaction of another worker: what it reads from now on is as of this moment."""
		frappe.init(site=site, sites_path=sites_path)
		frappe.connect()
		frappe.db.count("Review Reminder")

	def remind(self):
		audit_rounds.remind(round_doc=self.round_doc, now=getdate(today()))
		frappe.db.commit()


class TestNewcomers(NmediaTestCase):
	"""Article 6: whose audit was opened after the others heard of the round hears of it, too."""

	def setUp(self):
		super().setUp()
		frappe.db.set_value("Media Account", {"name": ["is", "set"]}, "status", "Closed")
		factories.make_filed_account(account_name="先有的", handle="first-account")

	def make_newcomer(self):
		return factories.make_filed_account(
			account_name="新开的", handle="late-account", administrator=SECOND_EDITOR
		)

	def open_rest(self, round_doc):
		"""Do what the job does."""
		frappe.set_user("Administrator")
		while open_batch(round_name=round_doc.name):
			pass
		audit_rounds.remind(round_doc=round_doc, now=getdate(today()))

	def count_told(self, round_doc) -> list[int]:
		about = {"document_type": "Annual Audit Round", "document_name": round_doc.name}
		return [
			frappe.db.count("Notification Log", {**about, "for_user": user})
			for user in (EDITOR, SECOND_EDITOR)
		]

	def check_newcomer_is_told(self, closes_on: str):
		round_doc = factories.make_open_round(closes_on=closes_on)
		self.open_rest(round_doc)
		self.assertEqual(self.count_told(round_doc), [1, 0])
		self.make_newcomer()
		for _time in range(2):
			self.open_rest(round_doc)
			self.assertEqual(self.count_told(round_doc), [1, 1])

	def test_account_that_joins_after_the_opening_is_told_and_nobody_twice(self):
		self.check_newcomer_is_told(add_days(today(), 29))

	def test_account_that_joins_in_the_last_days_is_told_and_nobody_twice(self):
		self.check_newcomer_is_told(add_days(today(), 1))

	def test_daily_job_while_the_opening_is_half_done_leaves_nobody_out(self):
		self.make_newcomer()
		round_doc = act(factories.make_round(closes_on=add_days(today(), 29)), OFFICE, "Open Round")
		frappe.set_user("Administrator")
		open_batch(round_name=round_doc.name, size=1)
		audit_rounds.send_round_reminders(getdate(today()))
		self.assertEqual(sum(self.count_told(round_doc)), 1)
		self.open_rest(round_doc)
		self.assertEqual(self.count_told(round_doc), [1, 1])

	def test_audit_that_is_only_returned_is_no_newcomer(self):
		round_doc = factories.make_open_round(closes_on=add_days(today(), 29))
		audits = {"round": round_doc.name}
		frappe.db.set_value(DOCTYPE, audits, "creation", add_days(now_datetime(), -1))
		self.make_newcomer()
		self.open_rest(round_doc)
		frappe.db.delete("Notification Log", {"document_name": round_doc.name})
		frappe.db.set_value("Review Reminder", {"reference_name": round_doc.name}, "recipients", "")
		self.open_rest(round_doc)
		self.assertEqual(self.count_told(round_doc), [0, 1])


class TestRoundThatNobodyCloses(NmediaTestCase):
	"""Article 6: what is not approved is closed once its round ended: who ends rounds is told."""

	def setUp(self):
		super().setUp()
		frappe.db.set_value("Annual Audit Round", {"year": ["!=", 0]}, "stage", "Reported")
		factories.make_filed_account()
		self.round_doc = factories.make_open_round()

	def pass_last_day(self):
		frappe.db.set_value("Annual Audit Round", self.round_doc.name, "closes_on", add_days(today(), -1))

	def get_told(self, user: str) -> list[str]:
		return frappe.get_all(
			"Notification Log",
			filters={"for_user": user, "document_name": self.round_doc.name, "subject": ["like", "%未结束%"]},
			pluck="email_content",
		)

	def test_office_and_head_are_told_once_and_in_chinese_what_to_do(self):
		frappe.db.set_value("User", {"name": ["in", [OFFICE, UNIT_HEAD]]}, "language", "zh")
		self.pass_last_day()
		for _day in range(2):
			audit_rounds.run_daily()
		for user in (OFFICE, UNIT_HEAD):
			(message,) = self.get_told(user)
			self.assertIn("结束本轮年审", message)
		self.assertEqual(self.get_told(EDITOR), [])

	def test_nobody_is_told_while_it_runs(self):
		audit_rounds.run_daily()
		self.assertEqual(self.get_told(OFFICE), [])

	def test_it_is_a_task_of_the_office_alone(self):
		frappe.set_user(OFFICE)
		self.assertNotIn(self.round_doc.name, [task.name for task in get_waiting_documents(OFFICE)])
		self.pass_last_day()
		for user, has_task in ((OFFICE, True), (UNIT_HEAD, False), (EDITOR, False), (STRANGER, False)):
			frappe.set_user(user)
			tasks = {task.name: task for task in get_waiting_documents(user)}
			self.assertEqual(self.round_doc.name in tasks, has_task, user)
		frappe.set_user(OFFICE)
		tasks = {task.name: task for task in get_waiting_documents(OFFICE)}
		self.assertEqual(getdate(tasks[self.round_doc.name].deadline), getdate(add_days(today(), -1)))


class TestByThemselves(NmediaTestCase):
	"""Article 6: every November, if settings say so without anybody doing it."""

	def setUp(self):
		super().setUp()
		frappe.db.set_value("Annual Audit Round", {"year": ["!=", 0]}, "stage", "Reported")
		settings = frappe.get_doc("New Media Settings")
		settings.audit_rounds_by_themselves = 1
		settings.save()

	def get_stage(self, year: int) -> str | None:
		return frappe.db.get_value("Annual Audit Round", {"year": year}, "stage")

	def test_round_is_made_and_opened_on_its_day(self):
		audit_rounds.run_daily(getdate("2033-10-31"))
		self.assertIsNone(self.get_stage(2033))
		audit_rounds.run_daily(getdate("2033-11-01"))
		self.assertEqual(self.get_stage(2033), "Open")

	def test_day_on_which_the_scheduler_was_down_is_caught_up(self):
		audit_rounds.run_daily(getdate("2033-11-09"))
		self.assertEqual(self.get_stage(2033), "Open")

	def test_round_closes_after_its_last_day(self):
		factories.make_open_round()
		self.assertEqual(self.get_stage(factories.AUDIT_YEAR), "Open")
		audit_rounds.run_daily(getdate(add_days(today(), 10)))
		self.assertEqual(self.get_stage(factories.AUDIT_YEAR), "Open")
		frappe.db.set_value(
			"Annual Audit Round", {"year": factories.AUDIT_YEAR}, "closes_on", add_days(today(), -1)
		)
		audit_rounds.run_daily(getdate(today()))
		self.assertEqual(self.get_stage(factories.AUDIT_YEAR), "Closed")

	def test_round_that_closes_by_itself_first_opens_what_is_missing(self):
		round_doc = act(factories.make_round(), OFFICE, "Open Round")
		account = factories.make_filed_account()
		frappe.db.set_value("Annual Audit Round", round_doc.name, "closes_on", add_days(today(), -1))
		frappe.set_user("Administrator")
		audit_rounds.run_daily(getdate(today()))
		self.assertIn(account.name, get_audited(round_doc))

	def test_nothing_happens_unless_settings_say_so(self):
		settings = frappe.get_doc("New Media Settings")
		settings.audit_rounds_by_themselves = 0
		settings.save()
		audit_rounds.run_daily(getdate("2033-11-01"))
		self.assertIsNone(self.get_stage(2033))

	def test_settings_name_days_of_the_calendar_in_order(self):
		for opens, closes in (("11-31", "11-30"), ("11-01", "10-01"), ("x", "11-30")):
			settings = frappe.get_doc("New Media Settings")
			settings.update({"audit_opens": opens, "audit_closes": closes})
			with self.subTest(opens=opens, closes=closes):
				self.assertRaises(frappe.ValidationError, settings.save)


class TestOwnField(RestTestCase):
	"""What an administrator adds to the audit is there however the audit is opened."""

	def test_own_field_begins_with_its_default(self):
		# a column is added outside of any transaction
		field = {
			"dt": DOCTYPE,
			"fieldname": "campus",
			"label": "校区",
			"fieldtype": "Data",
			"default": "长安",
		}
		frappe.get_doc(doctype="Custom Field", **field).insert()
		self.addCleanup(drop_field, DOCTYPE, "campus")
		self.assertEqual(factories.make_audit().get("campus"), "长安")


def drop_field(doctype: str, fieldname: str):
	frappe.db.delete("Custom Field", {"dt": doctype, "fieldname": fieldname})
	frappe.db.commit()
	frappe.db.sql_ddl(f"alter table `tab{doctype}` drop column if exists `{fieldname}`")
	frappe.clear_cache(doctype=doctype)
