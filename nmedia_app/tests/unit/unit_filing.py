"""What the cells of Annex 1 may hold (Articles 2, 4 and 5)."""

import unittest
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from nmedia_app.regulation.filing import (
	ACTIVE,
	CLOSED,
	DEREGISTERED,
	FOLLOWERS,
	IN_PREPARATION,
	LIVE,
	PENDING_CLOSURE,
	REGISTER_FIELDS,
	WECHAT,
	WEIBO,
	find_changed_fields,
	get_live_key,
	is_handle,
	is_phone,
	is_web_address,
	normalise_handle,
)


class TestPhones(unittest.TestCase):
	def test_mobiles_fixed_lines_and_extensions_of_the_house(self):
		for phone in (
			"13800000001",
			"+86 13800000001",
			"86-19912345678",
			"029-88000000",
			"0298800000",
			"02988000000",
			"(029)88000000",
			"（029）88000000",
			"029-88000000-123",
			"88000000",
			"88000000转12",
			"400-800-1234",
			"80001",
			" 80001 ",
		):
			self.assertTrue(is_phone(phone), phone)

	def test_what_cannot_be_called(self):
		for phone in (
			"",
			"12",
			"12345678901",
			"1380000000",
			"138000000012",
			"029-1234",
			"099",
			"no number",
			"13800000001 or 13800000002",
			"1380000000a",
			"029--88000000",
		):
			self.assertFalse(is_phone(phone), phone)


class TestHandles(unittest.TestCase):
	def test_wechat_has_ids(self):
		for handle in ("nwpu_xxhc", "gh_0123456789ab", "a-b_c1", "A12345"):
			self.assertTrue(is_handle(handle, WECHAT), handle)
		for handle in ("12345a", "abc", "微信号", "has space", "https://mp.example/x", "a" * 21, "_abcdef"):
			self.assertFalse(is_handle(handle, WECHAT), handle)

	def test_weibo_has_addresses(self):
		for handle in ("https://weibo.example/u/1", "http://weibo.example/name?x=1"):
			self.assertTrue(is_handle(handle, WEIBO), handle)
		for handle in (
			"weibo.example/u/1",
			"@name",
			"ftp://weibo.example",
			"https://",
			"https://a b.example",
		):
			self.assertFalse(is_handle(handle, WEIBO), handle)

	def test_other_platforms_have_either(self):
		for handle in ("https://app.example/x", "掌上校园", "com.example.app"):
			self.assertTrue(is_handle(handle, "Other"), handle)
		for handle in ("two words", "javascript://x y", "://"):
			self.assertFalse(is_handle(handle, "Other"), handle)

	@given(st.text())
	def test_any_text_gets_an_answer(self, text):
		for answer in (is_handle(text, WECHAT), is_handle(text, WEIBO), is_web_address(text), is_phone(text)):
			self.assertIsInstance(answer, bool)


class TestLiveKey(unittest.TestCase):
	"""No two live accounts share a platform and a handle."""

	def test_one_account_however_its_handle_is_written(self):
		for handle in (
			"https://weibo.example/NAME",
			"http://www.weibo.example/name/",
			" https://m.weibo.example/name# ",
		):
			self.assertEqual(normalise_handle(handle), "weibo.example/name")

	def test_closed_accounts_and_those_without_a_handle_have_none(self):
		for status in (CLOSED, DEREGISTERED):
			self.assertIsNone(get_live_key("微信", "name", status))
		for handle in ("", None, "  "):
			self.assertIsNone(get_live_key("微信", handle, ACTIVE))

	def test_live_ones_differ_by_platform_and_handle(self):
		self.assertEqual(set(LIVE), {IN_PREPARATION, ACTIVE, PENDING_CLOSURE})
		for status in LIVE:
			self.assertEqual(get_live_key("微信", "Name", status), get_live_key("微信", "name", ACTIVE))
		self.assertNotEqual(get_live_key("微信", "name", ACTIVE), get_live_key("微博", "name", ACTIVE))


class TestChangedFields(unittest.TestCase):
	def test_empty_is_missing_and_dates_are_dates(self):
		before = {"purpose": "", "opened_on": date(2020, 6, 10), FOLLOWERS: 0, "remarks": "a\r\nb"}
		after = {"purpose": None, "opened_on": "2020-06-10", FOLLOWERS: None, "remarks": "a\nb "}
		self.assertEqual(find_changed_fields(before, after), [])

	def test_every_cell_is_looked_at_in_the_order_of_the_annex(self):
		changed = dict.fromkeys(REGISTER_FIELDS, "x") | {FOLLOWERS: 5}
		self.assertEqual(find_changed_fields({}, changed), [*REGISTER_FIELDS, FOLLOWERS])
