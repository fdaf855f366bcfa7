"""The seal binds every part of what was approved (Article 7)."""

import json
import unittest
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nmedia_app.regulation.seal import (
	ADDED,
	CHANGED,
	MISSING,
	MOVED,
	Change,
	Part,
	changed_parts,
	manifest,
	seal_digest,
)

few = st.sampled_from(["image", "account", "name", "", "审"])
parts = st.lists(st.builds(Part, few, few | st.text(), st.binary(max_size=3), st.booleans()), max_size=6)

ARTICLE = [
	Part("title", "", "通知".encode()),
	Part("image", "a.png", b"A", ordered=True),
	Part("image", "b.png", b"B", ordered=True),
	Part("image", "c.png", b"C", ordered=True),
	Part("account", "信管微信", b""),
	Part("account", "信管微博", b""),
]


def seal(given_parts) -> str:
	return seal_digest(manifest(given_parts))


def essence(given_parts) -> list:
	"""Tell by other means what counts: a list where the order does, a sorted one where it does not."""
	named = {(part.kind, part.ordered): [] for part in given_parts}
	for part in given_parts:
		named[part.kind, part.ordered].append((part.name, part.content))
	return sorted((key, names if key[1] else sorted(names)) for key, names in named.items())


def changes(current) -> list[Change]:
	return changed_parts(manifest(ARTICLE), manifest(current))


class TestSeal(unittest.TestCase):
	"""Article 7: any change of any part breaks the seal; none does not."""

	def test_manifest_has_a_form_that_lasts(self):
		digest = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"
		self.assertEqual(
			manifest([Part("title", "名", b"hi", ordered=True)]),
			{"format": 1, "parts": [{"part": "title", "name": "名", "digest": digest, "place": 1}]},
		)

	def test_seal_survives_json(self):
		kept = json.loads(json.dumps(manifest(ARTICLE)))
		self.assertEqual(seal_digest(kept), seal(ARTICLE))

	@given(parts, parts)
	def test_seals_are_equal_if_and_only_if_the_parts_are(self, one, other):
		self.assertEqual(seal(one) == seal(other), essence(one) == essence(other))

	@given(parts, st.data())
	def test_one_changed_part_changes_the_seal(self, given_parts, data):
		if not given_parts:
			return
		index = data.draw(st.integers(0, len(given_parts) - 1))
		part = given_parts[index]
		for changed in (
			replace(part, content=part.content + b"\0"),
			replace(part, name=part.name + "x"),
			replace(part, kind=part.kind + "x"),
			replace(part, ordered=not part.ordered),
		):
			self.assertNotEqual(
				seal([*given_parts[:index], changed, *given_parts[index + 1 :]]), seal(given_parts)
			)
		self.assertNotEqual(seal(given_parts[:index] + given_parts[index + 1 :]), seal(given_parts))
		self.assertNotEqual(seal([*given_parts, part]), seal(given_parts))

	@given(st.lists(st.builds(Part, few, few, st.binary(max_size=2)), max_size=6).flatmap(st.permutations))
	def test_order_without_meaning_does_not_count(self, shuffled):
		self.assertEqual(
			seal(shuffled), seal(sorted(shuffled, key=lambda part: (part.kind, part.name, part.content)))
		)

	def test_order_of_images_counts(self):
		swapped = [ARTICLE[0], ARTICLE[2], ARTICLE[1], *ARTICLE[3:]]
		self.assertNotEqual(seal(swapped), seal(ARTICLE))

	def test_parts_do_not_run_together(self):
		self.assertNotEqual(seal([Part("ab", "c", b"")]), seal([Part("a", "bc", b"")]))
		self.assertNotEqual(seal([Part("a", "b", b"c")]), seal([Part("a", "bc", b"")]))
		self.assertNotEqual(
			seal([Part("a", '","name":"', b"")]), seal([Part("a", "", b""), Part("a", '"', b"")])
		)


class TestChanges(unittest.TestCase):
	"""Article 7: whoever checks sees which part is not as it was approved."""

	@given(parts, parts)
	def test_a_change_is_named_if_and_only_if_the_seal_broke(self, one, other):
		sealed, current = manifest(one), manifest(other)
		self.assertEqual(bool(changed_parts(sealed, current)), seal_digest(sealed) != seal_digest(current))

	def test_changed_part_is_named(self):
		current = [replace(ARTICLE[0], content=b""), *ARTICLE[1:]]
		self.assertEqual(changes(current), [Change("title", "", CHANGED)])

	def test_changed_image_is_named(self):
		current = [*ARTICLE[:2], replace(ARTICLE[2], content=b"X"), *ARTICLE[3:]]
		self.assertEqual(changes(current), [Change("image", "b.png", CHANGED)])

	def test_missing_part_is_named_and_those_behind_it_have_not_moved(self):
		self.assertEqual(changes([ARTICLE[0], *ARTICLE[2:]]), [Change("image", "a.png", MISSING)])

	def test_added_part_is_named(self):
		self.assertEqual(
			changes([*ARTICLE, Part("account", "别处", b"")]), [Change("account", "别处", ADDED)]
		)

	def test_moved_part_is_named(self):
		current = [ARTICLE[0], ARTICLE[1], ARTICLE[3], ARTICLE[2], *ARTICLE[4:]]
		self.assertEqual(changes(current), [Change("image", "b.png", MOVED), Change("image", "c.png", MOVED)])
