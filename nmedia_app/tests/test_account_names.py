"""The name guard with the administrator's list, for forms, endpoint and page (Article 5)."""

import frappe

from nmedia_app import roles
from nmedia_app.selectors.account_names import check_reserved_name, get_reserved_names
from nmedia_app.settings import DOCTYPE
from nmedia_app.tests import factories
from nmedia_app.tests.utils import Browser, NmediaTestCase, RestTestCase

METHOD = "nmedia_app.api.check_account_name"
STAFF = [user for user, (_name, role) in factories.PEOPLE.items() if role]
INJECTIONS = (
	"<img src=x onerror=alert(1)>西工大",
	"西工大</b><script>alert(1)</script>",
	"西工大' or 1=1 --",
	"{{ 西工大 }}{0}",
)


class TestReservedNames(NmediaTestCase):
	"""Article 5: no account that an individual runs may carry the names of university and unit."""

	def tearDown(self):
		super().tearDown()
		frappe.clear_document_cache(DOCTYPE, DOCTYPE)

	def reserve(self, names: str):
		return frappe.get_single(DOCTYPE).update({"reserved_names": names}).save()

	def test_names_of_the_regulation_are_reserved_from_the_start(self):
		frappe.db.delete("Singles", {"doctype": DOCTYPE})
		frappe.clear_document_cache(DOCTYPE, DOCTYPE)
		self.assertEqual(get_reserved_names(), ["西北工业大学", "西工大", "西工大信息化建设与管理处"])
		self.assertEqual(check_reserved_name("西 北 工 業 大 學 校友圈"), "西北工业大学")
		for name in ("西北大学", "", None):
			self.assertIsNone(check_reserved_name(name))

	def test_administrator_reserves_further_names(self):
		self.reserve("# 简称\n西工大\nNPU\n")
		self.assertEqual(get_reserved_names(), ["西工大", "NPU"])
		self.assertEqual(check_reserved_name("ＮＰＵ新闻"), "NPU")
		self.assertIsNone(check_reserved_name("西北工业大学"))

	def test_names_that_guard_nothing_are_refused(self):
		for names, words in (
			("", "at least one"),
			("# nothing", "at least one"),
			("西工大\n***", "never be found"),
		):
			with self.assertRaisesRegex(frappe.ValidationError, words):
				self.reserve(names)


class TestRefusal(NmediaTestCase):
	"""Article 5: in the register and in filings, only the unit's own accounts go by a reserved name."""

	def refuse(self, make, name: str, holder: str) -> str:
		with self.assertRaises(frappe.ValidationError) as refusal:
			make(account_name=name, account_holder=holder)
		return str(refusal.exception)

	def test_accounts_of_persons_and_other_units_may_not_carry_one(self):
		for make in (factories.make_filed_account, factories.make_filing):
			for holder in ("Personal", "Another Unit"):
				said = self.refuse(make, "西-工-大 新鲜事", holder)
				for words in ("西-工-大", "西工大", "Article 5"):
					self.assertIn(words, said)

	def test_the_units_own_may(self):
		for make in (factories.make_filed_account, factories.make_filing):
			self.assertTrue(make(account_name="西工大信息化", handle=f"own-{make.__name__}"[:20]).name)

	def test_change_of_holder_is_checked_as_well(self):
		account = factories.make_filed_account(account_name="西工大信息化")
		with self.assertRaises(frappe.ValidationError):
			factories.make_filing("Change", account=account, account_holder="Personal")

	def test_refusal_in_chinese_quotes_the_regulation(self):
		frappe.local.lang = "zh"
		self.addCleanup(setattr, frappe.local, "lang", "en")
		said = self.refuse(factories.make_filed_account, "西工大", "Personal")
		self.assertIn("第五条：禁止任何个人运营的新媒体账号冠以“西北工业大学”", said)

	def test_refusal_shows_a_name_as_text(self):
		for name in INJECTIONS:
			said = self.refuse(factories.make_filed_account, name, "Personal")
			self.assertNotRegex(said, "<img|<script|</b><script")


class TestCheckOverHttp(RestTestCase):
	"""Article 5: staff can try a name; nobody else learns anything."""

	def test_every_role_may_try_a_name(self):
		self.assertEqual({factories.PEOPLE[user][1] for user in STAFF}, {*roles.ALL, "System Manager"})
		for user in STAFF:
			response = Browser.of(user).call(METHOD, name="今日西 工 大")
			self.assertEqual(response.status_code, 200, user)
			self.assertEqual(response.get_json()["message"]["found"], "西工大", user)
			self.assertIsNone(Browser.of(user).call(METHOD, name="西北大学").get_json()["message"]["found"])

	def test_strangers_and_guests_may_not(self):
		for browser in (Browser.of(factories.STRANGER), Browser(None)):
			response = browser.call(METHOD, name="西工大")
			self.assertEqual(response.status_code, 403)
			self.assertNotIn("西北工业大学", response.get_data(as_text=True))

	def test_page_is_for_the_same_people(self):
		page = "frappe.desk.desk_page.getpage"
		for user in STAFF:
			response = Browser.of(user).call(page, name="account-name-check")
			self.assertEqual(response.status_code, 200, user)
		response = Browser.of(factories.STRANGER).call(page, name="account-name-check")
		self.assertEqual(response.status_code, 403)

	def test_what_was_typed_does_not_come_back(self):
		for name in INJECTIONS:
			response = Browser.of(factories.EDITOR).call(METHOD, name=name)
			self.assertEqual(response.get_json()["message"]["found"], "西工大", name)
			self.assertTrue(response.content_type.startswith("application/json"))
			self.assertNotIn("alert(1)", response.get_data(as_text=True))

	def test_only_text_can_be_tried(self):
		for name in ({"a": 1}, ["西工大"], None):
			response = Browser.of(factories.EDITOR).call(METHOD, name=name)
			self.assertNotIn(
				"西工大", str((response.get_json(silent=True) or {}).get("message", {}).get("found"))
			)
