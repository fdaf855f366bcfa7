"""Numbers, chain and codes of the review records (Article 7)."""

import hashlib
import unittest

from hypothesis import given
from hypothesis import strategies as st

from nmedia_app.regulation import custody
from nmedia_app.regulation.custody import (
	ALPHABET,
	PatternError,
	check_chain,
	check_pattern,
	entry_digest,
	entry_of,
	new_code,
	normalise_code,
	normalise_digest,
	printed_code,
	printed_digest,
	volume_label,
)

entries = st.dictionaries(st.text(), st.text())


def chain_of(count: int, volume: str = "2026", start: int = 1, previous: str = "") -> list[dict[str, str]]:
	"""Return `count` sound records; positions and numbers start at `start` and 1."""
	chain = []
	for number in range(1, count + 1):
		entry = {
			"position": str(start + number - 1),
			"volume": volume,
			"number": str(number),
			"title": f"第{number}篇",
		}
		digest = entry_digest(entry, previous)
		chain.append({**entry, "previous": previous, "digest": digest})
		previous = digest
	return chain


def kinds(breaks) -> list[tuple[int, str]]:
	return [(found.position, found.kind) for found in breaks]


class TestDigest(unittest.TestCase):
	"""Article 7: anyone can recompute what binds a record to the one before."""

	def test_form_is_as_documented(self):
		text = '{"entry":{"a":"审\\n\\"","b":"1"},"previous":"xy"}'
		expected = hashlib.sha256(text.encode()).hexdigest()
		self.assertEqual(entry_digest({"b": "1", "a": '审\n"'}, "xy"), expected)

	def test_only_texts_are_digested(self):
		for entry, previous in (({"number": 1}, ""), ({1: "a"}, ""), ({}, None)):
			with self.subTest(entry), self.assertRaises(TypeError):
				entry_digest(entry, previous)

	@given(entries, entries, st.text(), st.text())
	def test_different_entries_have_different_digests(self, one, other, previous, another):
		same = (one, previous) == (other, another)
		self.assertEqual(entry_digest(one, previous) == entry_digest(other, another), same)

	def test_unicode_forms_are_told_apart(self):
		self.assertNotEqual(entry_digest({"a": "é"}, ""), entry_digest({"a": "e\u0301"}, ""))


class TestChain(unittest.TestCase):
	"""Article 7: what was kept is shown to be as it was."""

	def setUp(self):
		self.chain = chain_of(5)

	def test_sound_chain_has_no_break(self):
		self.assertEqual(check_chain(self.chain), [])
		self.assertEqual(check_chain([]), [])

	def test_order_of_reading_does_not_matter(self):
		self.assertEqual(check_chain(reversed(self.chain)), [])

	def test_numbers_start_anew_with_each_volume(self):
		other = chain_of(3, volume="2027", start=6, previous=self.chain[-1]["digest"])
		self.assertEqual(check_chain(self.chain + other), [])

	def test_altered_entry_is_found(self):
		self.chain[2]["title"] += "（改）"
		self.assertEqual(kinds(check_chain(self.chain)), [(3, custody.ALTERED)])

	@given(st.integers(0, 4), st.sampled_from(["title", "digest", "previous", "volume", "number"]), st.text())
	def test_any_altered_value_is_found(self, index, name, value):
		chain = chain_of(5)
		changed = chain[index][name] != value
		chain[index][name] = value
		self.assertEqual(bool(check_chain(chain)), changed)

	def test_added_and_removed_values_are_found(self):
		self.chain[0]["more"] = ""
		del self.chain[3]["title"]
		self.assertEqual(kinds(check_chain(self.chain)), [(1, custody.ALTERED), (4, custody.ALTERED)])

	def test_entry_altered_together_with_its_digest_breaks_the_next_link(self):
		record = self.chain[1]
		record["title"] = "另一篇"
		record["digest"] = entry_digest(entry_of(record), record["previous"])
		self.assertEqual(kinds(check_chain(self.chain)), [(3, custody.WRONG_PREVIOUS)])

	def test_removed_record_is_found(self):
		del self.chain[2]
		found = check_chain(self.chain)
		self.assertIn((3, custody.MISSING_POSITION), kinds(found))
		self.assertIn((4, custody.MISSING_NUMBER), kinds(found))
		self.assertEqual(found[0].data, {"from": 3, "to": 3})

	def test_removed_first_record_is_found(self):
		self.assertIn((1, custody.MISSING_POSITION), kinds(check_chain(self.chain[1:])))

	def test_record_entered_twice_is_found(self):
		found = kinds(check_chain([*self.chain, self.chain[1]]))
		self.assertEqual(found, [(2, custody.DOUBLE_POSITION), (2, custody.DOUBLE_NUMBER)])

	def test_number_given_twice_is_found_though_the_links_hold(self):
		chain = chain_of(2)
		entry = {**entry_of(chain[1]), "position": "3"}
		previous = chain[1]["digest"]
		chain.append({**entry, "previous": previous, "digest": entry_digest(entry, previous)})
		found = check_chain(chain)
		self.assertEqual(kinds(found), [(3, custody.DOUBLE_NUMBER)])
		self.assertEqual(found[0].data, {"volume": "2026", "number": 2})

	def test_number_left_out_is_found_though_the_links_hold(self):
		chain = chain_of(1)
		entry = {**entry_of(chain[0]), "position": "2", "number": "4"}
		previous = chain[0]["digest"]
		chain.append({**entry, "previous": previous, "digest": entry_digest(entry, previous)})
		found = check_chain(chain)
		self.assertEqual(kinds(found), [(2, custody.MISSING_NUMBER)])
		self.assertEqual(found[0].data, {"volume": "2026", "from": 2, "to": 3})

	def test_chain_cut_off_at_its_end_is_found_by_the_printed_digest(self):
		head = self.chain[-1]["digest"]
		self.assertEqual(check_chain(self.chain, head=head), [])
		self.assertEqual(kinds(check_chain(self.chain[:-1], head=head)), [(4, custody.MISSING_HEAD)])

	def test_its_printed_beginning_will_do(self):
		head = normalise_digest(f" {printed_digest(self.chain[-1]['digest']).upper()} ")
		self.assertEqual(check_chain(self.chain, head=head), [])
		self.assertEqual(kinds(check_chain(self.chain[:-1], head=head)), [(4, custody.MISSING_HEAD)])

	def test_too_few_digits_are_no_digest(self):
		for text in ("", "0123-4567-89ab", "0123-4567-89ab-cdeg", "0" * 65):
			with self.subTest(text):
				self.assertIsNone(normalise_digest(text))

	def test_record_without_its_values_is_a_break_not_an_error(self):
		self.assertIn((0, custody.ALTERED), kinds(check_chain([{}])))
		self.assertIn((0, custody.ALTERED), kinds(check_chain([{"position": "eins"}])))


class TestVolume(unittest.TestCase):
	"""Article 7: each record has its number in the year's volume."""

	def test_label(self):
		self.assertEqual(volume_label("审〔{year}〕{number:4}", 2026, 1), "审〔2026〕0001")
		self.assertEqual(volume_label("{number}/{year}", 2026, 12), "12/2026")

	def test_more_numbers_than_digits(self):
		self.assertEqual(volume_label("{year}-{number:2}", 2026, 123), "2026-123")

	def test_what_is_not_a_pattern_is_refused_with_the_reason(self):
		for pattern, reason in (
			("审{number}", "year"),
			("审{year}", "number"),
			("{year}{number}{number}", "number"),
			("{year}{number}{name}", "placeholder"),
			("{year.real}{number}", "placeholder"),
			("{year}{number:x}", "placeholder"),
			("{year}{number!r}", "placeholder"),
			("{{year}}{number}", "placeholder"),
			("{year}{number}{", "placeholder"),
			("{year}{number}}", "placeholder"),
			("", "year"),
		):
			with self.subTest(pattern), self.assertRaises(PatternError) as caught:
				check_pattern(pattern)
			self.assertEqual(caught.exception.reason, reason)

	def test_unknown_placeholder_is_named(self):
		with self.assertRaises(PatternError) as caught:
			check_pattern("{year}{number}{month}")
		self.assertEqual(caught.exception.piece, "{month}")


class TestCode(unittest.TestCase):
	"""Article 7: the paper names its record by a code that cannot be guessed."""

	def test_new_codes_differ_and_are_of_the_alphabet(self):
		codes = {new_code() for _ in range(200)}
		self.assertEqual(len(codes), 200)
		for code in codes:
			self.assertEqual(len(code), 12)
			self.assertLessEqual(set(code), set(ALPHABET))

	def test_alphabet_has_no_look_alikes(self):
		self.assertEqual(len(set(ALPHABET)), 32)
		self.assertFalse(set("ILOU") & set(ALPHABET))

	def test_printed_in_groups_of_four(self):
		self.assertEqual(printed_code("0123456789AB"), "0123-4567-89AB")

	@given(st.text(st.sampled_from(ALPHABET), min_size=12, max_size=12))
	def test_what_is_printed_is_read_back(self, code):
		self.assertEqual(normalise_code(printed_code(code)), code)
		self.assertEqual(normalise_code(f" {printed_code(code).lower()}\n"), code)

	def test_look_alikes_and_full_width_are_read(self):
		self.assertEqual(normalise_code("o1il-ABCD-efgh"), "0111ABCDEFGH")
		self.assertEqual(normalise_code("０１２３－４５６７－８９ＡＢ"), "0123456789AB")

	def test_what_is_no_code_is_none(self):
		for text in (
			"",
			"0123",
			"0123456789ABC",
			"0123456789AU",
			"0123456789A审",
			"0123456789Aı",
			"0" * 10**6,
		):
			with self.subTest(text[:20]):
				self.assertIsNone(normalise_code(text))
