"""New Media Settings: the defaults hold before anybody saved them, and bad values are refused in words."""

import frappe

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

	def test_hours_are_at_least_one(self):
		for fieldname in ("remind_after_hours", "escalate_after_hours", "urge_pause_hours"):
			for hours in (0, -3):
				with self.assertRaises(frappe.ValidationError, msg=(fieldname, hours)):
					frappe.get_single(DOCTYPE).update({fieldname: hours}).save()

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
