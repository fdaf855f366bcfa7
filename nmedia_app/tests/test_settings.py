"""New Media Settings: the defaults hold before anybody saved them, and bad values are refused in words."""

import frappe

from nmedia_app.nmedia_app.doctype.new_media_settings.new_media_settings import RANGES
from nmedia_app.settings import DOCTYPE, get_settings
from nmedia_app.tests import factories
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

ADDRESS = "https://robot.nmedia.example/send?key=secret-of-the-group"


class TestSettings(NmediaTestCase):
	def tearDown(self):
		super().tearDown()
		frappe.clear_document_cache(DOCTYPE, DOCTYPE)

	def test_defaults_hold_on_a_site_where_nothing_was_saved(self):
		frappe.db.delete("Singles", {"doctype": DOCTYPE})
		frappe.clear_document_cache(DOCTYPE, DOCTYPE)
		settings = get_settings()
		self.assertEqual((settings.remind_after_hours, settings.escalate_after_hours), (24, 48))
		self.assertEqual(settings.urge_pause_hours, 4)
		self.assertEqual(settings.send_mail, 1)
		self.assertIn("不涉及国家秘密", settings.declaration)
		self.assertIn("{reviewer}", settings.byline)
		self.assertEqual(settings.volume_label, "审〔{year}〕{number:4}")
		self.assertFalse(settings.robot_address)

	def test_defaults_hold_for_a_field_that_came_later(self):
		frappe.get_single(DOCTYPE).update({"escalate_after_hours": 90, "send_mail": 0}).save()
		frappe.db.delete("Singles", {"doctype": DOCTYPE, "field": "remind_after_hours"})
		frappe.clear_document_cache(DOCTYPE, DOCTYPE)
		settings = get_settings()
		self.assertEqual((settings.remind_after_hours, settings.escalate_after_hours), (24, 90))
		self.assertEqual(settings.send_mail, 0)

	def test_field_that_came_later_keeps_nobody_from_saving(self):
		frappe.get_single(DOCTYPE).save()
		frappe.db.delete("Singles", {"doctype": DOCTYPE, "field": "remind_after_hours"})
		saved = frappe.get_single(DOCTYPE).update({"send_mail": 0}).save()
		self.assertEqual((saved.remind_after_hours, saved.send_mail), (24, 0))

	def test_misspelled_name_in_the_byline_is_told(self):
		with self.assertRaisesRegex(frappe.ValidationError, "reviewr"):
			frappe.get_single(DOCTYPE).update({"byline": "审查人：{reviewr}"}).save()

	def test_volume_label_names_year_and_number_once(self):
		for label in ("审〔{year}〕", "审{number}", "审{year}{number}{number}", "审{year}{number}{page}", ""):
			with self.assertRaises(frappe.ValidationError, msg=label):
				frappe.get_single(DOCTYPE).update({"volume_label": label}).save()

	def test_byline_names_all_that_article_7_asks_for(self):
		with self.assertRaisesRegex(frappe.ValidationError, "{reviewer} {published_on}"):
			frappe.get_single(DOCTYPE).update({"byline": "文案：{copywriters}　编辑：{editors}"}).save()

	def test_declaration_and_byline_are_not_blank(self):
		for fieldname in ("declaration", "byline"):
			for text in ("", " \n　"):
				with self.assertRaises(frappe.ValidationError, msg=(fieldname, text)):
					frappe.get_single(DOCTYPE).update({fieldname: text}).save()

	def test_every_number_has_its_range(self):
		numbers = {field.fieldname for field in frappe.get_meta(DOCTYPE).fields if field.fieldtype == "Int"}
		self.assertEqual(set(RANGES), numbers)
		for fieldname, (least, most) in RANGES.items():
			for number in (least - 1, most + 1, -3, 10**9):
				with self.assertRaisesRegex(frappe.ValidationError, f"whole number from {least} to {most}"):
					frappe.get_single(DOCTYPE).update({fieldname: number}).save()

	def test_days_of_the_round_are_days_of_the_calendar_in_order(self):
		for fieldname, day in (
			("audit_opens", "11-31"),
			("audit_opens", "13-01"),
			("audit_closes", "November"),
			("audit_closes", "02-29"),
			("audit_closes", "10-31"),
		):
			with self.assertRaises(frappe.ValidationError, msg=(fieldname, day)):
				frappe.get_single(DOCTYPE).update({fieldname: day}).save()

	def test_a_correction_is_of_a_year_that_somebody_meant(self):
		for day in ("0206-10-08", "2206-10-08"):
			rows = [{"day": day, "kind": "Rest Day"}]
			with self.assertRaisesRegex(frappe.ValidationError, "check the year"):
				frappe.get_single(DOCTYPE).update({"working_day_corrections": rows}).save()

	def test_nobody_is_passed_over_before_they_were_reminded(self):
		with self.assertRaisesRegex(frappe.ValidationError, "cannot be shorter"):
			frappe.get_single(DOCTYPE).update({"remind_after_hours": 50}).save()

	def test_robot_has_a_web_address(self):
		for address in ("robot", "ftp://robot.example/x", "https://", "javascript:alert(1)", "http:// x"):
			with self.assertRaises(frappe.ValidationError, msg=address) as refusal:
				frappe.get_single(DOCTYPE).update({"robot_address": address}).save()
			self.assertNotIn(address, str(refusal.exception).replace("https:// or http://", ""))

	def test_robot_address_is_kept_as_a_secret(self):
		settings = frappe.get_single(DOCTYPE).update({"robot_address": f" {ADDRESS} "}).save()
		self.assertEqual(frappe.get_single(DOCTYPE).get_password("robot_address"), ADDRESS)
		self.assertNotIn("secret", frappe.get_single(DOCTYPE).robot_address)
		settings.reload()
		settings.save()
		self.assertEqual(frappe.get_single(DOCTYPE).get_password("robot_address"), ADDRESS)


class TestSettingsOverHttp(RestTestCase):
	def test_settings_are_the_administrators(self):
		path = f"/api/resource/{DOCTYPE}/{DOCTYPE}"
		for user in (factories.EDITOR, factories.CHIEF, factories.LEADER, factories.OFFICE):
			self.assertEqual(Browser.of(user).get(path).status_code, 200, user)
			self.assertEqual(Browser.of(user).put(path, send_mail=0).status_code, 403, user)
		self.assertEqual(Browser.of(factories.STRANGER).get(path).status_code, 403)
		self.assertEqual(Browser.of(factories.SYSTEM_MANAGER).put(path, send_mail=1).status_code, 200)
