"""What people write into the cells of a spreadsheet."""

import unittest
from datetime import date, datetime

from nmedia_app.account_import.cells import read_check, read_header, read_moment, read_number, read_text

JUNE_10 = datetime(2020, 6, 10)


class TestCells(unittest.TestCase):
	def test_a_day_is_read_however_it_is_written(self):
		for written in (
			"2020-06-10",
			"2020/6/10",
			"2020.6.10",
			"2020年6月10日",
			" 2020 年 6 月 10 日 ",
			"２０２０－０６－１０",
			"20200610",
			20200610,
			43992,
			43992.0,
			date(2020, 6, 10),
			JUNE_10,
			"2020-06-10 00:00:00",
		):
			self.assertEqual(read_moment(written), JUNE_10, written)
		self.assertEqual(read_moment("2020-06-10 14:30"), datetime(2020, 6, 10, 14, 30))
		for written in ("2020-6-1 14:30", "2020年6月1日 14:30", "2020.6.1　14时30分"):
			self.assertEqual(read_moment(written), datetime(2020, 6, 1, 14, 30), written)

	def test_what_is_no_day_is_not_guessed(self):
		for written in ("2020", "2020年6月", "2020-02-30", "20201301", "6/10", "开学时", 12, -1, True, "x"):
			self.assertIsNone(read_moment(written), written)

	def test_a_number_is_read_with_separators_and_ten_thousands(self):
		for written, number in (
			(1200, 1200),
			("1,200", 1200),
			("１２００", 1200),
			("1.2万", 12000),
			(3.0, 3),
		):
			self.assertEqual(read_number(written), number)
			self.assertIsInstance(read_number(written), int)
		self.assertEqual((read_number("-5"), read_number(2.5)), (-5, 2.5))
		for written in ("很多", "nan", "1200人", "", "1e5", True):
			self.assertIsNone(read_number(written), written)

	def test_a_number_in_a_text_column_keeps_its_digits(self):
		self.assertEqual(read_text(13800000000.0), "13800000000")
		self.assertEqual(read_text(13800000000), "13800000000")
		self.assertEqual(read_text(JUNE_10), "2020-06-10")
		self.assertEqual(read_text("  两端  "), "两端")

	def test_yes_and_no_are_read_in_chinese(self):
		self.assertEqual([read_check(word) for word in ("是", "否", "Yes", 0, "或许")], [1, 0, 1, 0, None])

	def test_a_heading_is_read_without_star_and_spaces(self):
		self.assertEqual(read_header("\ufeff* 账号 名称："), "账号名称")
