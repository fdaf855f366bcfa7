"""Annex 1: what an Account Filing prints, and what an account in the register (Articles 4 and 5).

What a filing changes is marked so that it shows in black and white, too: the new value bold and underlined,
behind it in small what the register said. Corrections of a returned filing are marked until it is approved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import frappe
from frappe.model.document import Document
from frappe.utils import cint, get_fullname

from nmedia_app.nmedia_app.print_formats.blocks import Block, Run
from nmedia_app.nmedia_app.print_formats.paper import (
	BECOMES,
	BETWEEN_BOXES,
	BETWEEN_FIELDS,
	BOXES,
	EMPTY,
	HOLDERS,
	NOT_ON_PAPER,
	OTHER_BOX,
	REGISTER_SAID,
	RETURNED_SAID,
	RULES_ATTACHED,
	SERVER_BOXES,
	SERVER_PLACE,
	TO_FILL_IN,
)
from nmedia_app.nmedia_app.print_formats.wording import (
	chinese_date,
	get_file_name,
	get_file_names,
)
from nmedia_app.regulation.filing import (
	CHANGE,
	CHINESE,
	COMMITMENT,
	FOLLOWERS,
	OPENING,
)
from nmedia_app.regulation.review import WITHDRAWN
from nmedia_app.selectors.filing_changes import find_changed_in_register, find_corrected
from nmedia_app.services.register import get_cells, read_snapshot
from nmedia_app.typed_texts import as_typed

#: characters up to which a value is marked and quoted whole, and those quoted around the difference in others
SHORT: Final = 30
AROUND: Final = 6

# how a value is written, where it is not just as typed
WRITTEN: Final = {
	"opened_on": chinese_date,
	FOLLOWERS: lambda value: str(cint(value)),
	"supervising_leader": get_fullname,
	"administrator": get_fullname,
	"account_holder": lambda value: HOLDERS.get(value, value),
	"measures_file": get_file_name,
}


#: cells of the paper that hold one field
PLAIN_CELLS: Final = (
	"account_name",
	"supervising_unit",
	"handle",
	"opened_on",
	"purpose",
	"business_lead",
	"business_lead_title",
	"business_lead_phone",
	"technical_lead",
	"technical_lead_title",
	"technical_lead_phone",
)


def get_account_filing_context(filing: Document) -> dict:
	"""Annex 1 of a filing, with marks where it changes something."""
	cells = MarkedCells(get_cells(filing), get_register_before(filing), get_values_returned(filing))
	return compose(cells, filing, get_remarks(filing, cells))


def get_account_contexts(accounts: Sequence[Document]) -> list[dict]:
	"""Annex 1 of accounts as the register has them, signed as the last filing of each was approved."""
	approvals = get_last_approvals([account.name for account in accounts])
	file_names = get_file_names(account.measures_file for account in accounts)
	return [get_account_context(account, approvals.get(account.name, {}), file_names) for account in accounts]


def get_account_context(account: Document, approval: Mapping, file_names: Mapping) -> dict:
	cells = MarkedCells(
		{**get_cells(account), "measures_file": file_names.get(account.measures_file, account.measures_file)}
	)
	return compose(cells, approval, cells.get_cell("remarks"))


def get_last_approvals(accounts: Sequence[str]) -> dict[str, frappe._dict]:
	"""Return, by account, opinion and signature under the filing that made it what it is."""
	rows = frappe.get_all(
		"Account Filing",
		filters={
			"account": ["in", accounts],
			"docstatus": 1,
			"stage": ["!=", WITHDRAWN],
			"filing_type": ["in", [OPENING, CHANGE]],
		},
		fields=["account", "opinion", "reviewer_name", "reviewed_on"],
		order_by="reviewed_on asc, name asc",
	)
	return {row.account: row for row in rows}


def compose(cells: "MarkedCells", approval: Mapping, remarks: Block) -> dict:
	"""Return what the paper prints: its cells, the opinion under which it was approved, and 备注."""
	values = cells.values
	return {
		**{field: cells.get_cell(field) for field in PLAIN_CELLS},
		"kind": get_kind(cells),
		"followers": cells.get_cell(FOLLOWERS) if is_counted(values) else Block(),
		"server": get_server(cells),
		"responsible": cells.get_cell("responsible_person", "responsible_title"),
		"measures": get_measures(cells),
		"has_measures": bool(values.get("measures") or values.get("measures_file")),
		"commitment": COMMITMENT,
		"opinion": as_typed(approval.get("opinion")),
		"reviewer": as_typed(approval.get("reviewer_name")),
		"reviewed_on": chinese_date(approval.get("reviewed_on")),
		"remarks": remarks,
	}


@dataclass(frozen=True)
class EarlierVersion:
	"""What cells held before, which of them differ now, and the words in which the paper says so."""

	values: Mapping
	changed: frozenset[str]
	words: str

	def quote(self, old: str, new: str) -> Run:
		return Run(self.words.format(shorten(old, new) or EMPTY), small=True)


def get_register_before(filing: Document) -> EarlierVersion:
	"""Return what the register said before a change."""
	return as_earlier_version(filing.register_before, find_changed_in_register(filing), REGISTER_SAID)


def get_values_returned(filing: Document) -> EarlierVersion:
	"""Return what was sent back for correction, for those who review the filing again."""
	return as_earlier_version(filing.values_returned, find_corrected(filing), RETURNED_SAID)


def as_earlier_version(snapshot: str | None, changed: list[str], words: str) -> EarlierVersion:
	return EarlierVersion(read_snapshot(snapshot), frozenset(changed), words)


NOTHING_EARLIER: Final = EarlierVersion({}, frozenset(), "")


@dataclass(frozen=True)
class MarkedCells:
	"""The cells of the paper, with marks where an earlier version differs."""

	values: Mapping
	register: EarlierVersion = NOTHING_EARLIER
	returned: EarlierVersion = NOTHING_EARLIER

	def get_cell(self, *fields: str) -> Block:
		"""Return a cell of the paper that holds these fields, one behind the other."""
		texts = [runs for runs in map(self.get_runs, fields) if runs]
		return Block(join_runs(texts, BETWEEN_FIELDS))

	def get_runs(self, field: str) -> list[Run]:
		"""Return a field's text, marked if it changed, and behind it what it was."""
		new = write(self.values, field)
		changed = self.get_versions_before(field)
		text = mark(new, write(changed[0].values, field)) if changed else [Run(new)] if new else []
		return text + [version.quote(write(version.values, field), new) for version in changed]

	def get_versions_before(self, *fields: str) -> list[EarlierVersion]:
		"""Return the earlier versions in which one of these fields differs."""
		versions = (self.register, self.returned)
		return [version for version in versions if not version.changed.isdisjoint(fields)]

	def tick(self, label: str, ticked: bool, *fields: str, space: str = "") -> Run:
		"""Return a box with its label, marked if it is ticked since one of these fields changed."""
		changed = ticked and bool(self.get_versions_before(*fields))
		return Run(f"{'■' if ticked else '□'}{space}{label}", bold=changed, underline=changed)


def get_kind(cells: MarkedCells) -> Block:
	"""账号性质: the paper has two boxes; another platform gets one of its own behind them."""
	platform = cells.values.get("platform")
	box = frappe.db.get_value("Media Platform", platform, "annex_1_tick", cache=True) if platform else None
	boxes = [[cells.tick(label, box == tick, "platform")] for tick, label in BOXES.items()]
	if platform and box not in BOXES:
		boxes.append([cells.tick(OTHER_BOX.format(as_typed(platform)), True, "platform")])
	was = [
		version.quote(write(version.values, "platform"), as_typed(platform))
		for version in cells.get_versions_before("platform")
	]
	return Block(join_runs(boxes, BETWEEN_BOXES) + was)


def get_server(cells: MarkedCells) -> Block:
	"""服务器: two boxes, and the place on a line to write on."""
	use, place = cells.values.get("server_use"), write(cells.values, "server_location")
	boxes = [
		[cells.tick(label, use == option, "server_use", space=" ")] for option, label in SERVER_BOXES.items()
	]
	moved = bool(cells.get_versions_before("server_location"))
	written = Run(place, bold=moved, underline=True) if place else Run(TO_FILL_IN)
	was = [
		version.quote(describe_server(version.values), describe_server(cells.values))
		for version in cells.get_versions_before("server_use", "server_location")
	]
	return Block([*join_runs(boxes, BETWEEN_BOXES), Run(SERVER_PLACE), written, *was])


def describe_server(values: Mapping) -> str:
	place = write(values, "server_location")
	return SERVER_BOXES.get(values.get("server_use"), "") + (SERVER_PLACE + place if place else "")


def get_measures(cells: MarkedCells) -> Block:
	"""管理措施: the measures in brief, and the name of the file that has them in full."""
	file = cells.get_runs("measures_file")
	parts = [cells.get_runs("measures"), [Run(RULES_ATTACHED), *file] if file else []]
	return Block(join_runs(filter(None, parts), "\n"))


def get_remarks(filing: Document, cells: MarkedCells) -> Block:
	"""备注: what kind of filing it is and why, what changed beside the paper's cells, then the remarks."""
	others = [
		get_change_beside_paper(cells, field, label)
		for field, label in NOT_ON_PAPER.items()
		if cells.get_versions_before(field)
	]
	lines = [get_occasion(filing), join_runs(others, "；"), cells.get_runs("remarks")]
	return Block(join_runs(filter(None, lines), "\n"))


def get_occasion(filing: Document) -> list[Run]:
	"""变更 or 注销, with the reason: of an account that is opened, the paper itself says enough."""
	if filing.filing_type in (None, "", OPENING):
		return []
	return [Run("：".join(filter(None, (CHINESE[filing.filing_type], as_typed(filing.reason)))))]


def get_change_beside_paper(cells: MarkedCells, field: str, label: str) -> list[Run]:
	"""Return 分管领导：X → Y, with a correction behind it."""
	new = write(cells.values, field)
	runs = [Run(f"{label}：")]
	if field in cells.register.changed:
		runs.append(Run(f"{write(cells.register.values, field) or EMPTY}{BECOMES}"))
	runs += mark(new or EMPTY, "")
	if field in cells.returned.changed:
		runs.append(cells.returned.quote(write(cells.returned.values, field), new))
	return runs


def is_counted(values: Mapping) -> bool:
	"""Tell whether there are followers to count: not before the account is opened."""
	return bool(cint(values.get(FOLLOWERS)) or values.get("opened_on"))


def write(values: Mapping, field: str) -> str:
	"""Return a field of a version as the paper has it."""
	value = values.get(field)
	if value in (None, ""):
		return ""
	return WRITTEN.get(field, as_typed)(value).replace("\r\n", "\n")


def mark(new: str, old: str) -> list[Run]:
	"""Return a new text, bold and underlined where it differs from an old one; a short one as a whole."""
	start, end = 0, len(new)
	if is_long(old, new):
		start, after = get_same_ends(old, new)
		end -= after
	pieces = [Run(new[:start]), Run(new[start:end], bold=True, underline=True), Run(new[end:])]
	return [piece for piece in pieces if piece.text]


def shorten(old: str, new: str) -> str:
	"""Return an old text for a few words beside the new one: of a long one, what is around the difference."""
	line = " ".join(old.split("\n"))
	if len(line) <= SHORT:
		return line
	start, after = get_same_ends(old, new)
	start = max(0, start - AROUND)
	end = min(len(line) - max(0, after - AROUND), start + SHORT)
	return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")


def is_long(*texts: str) -> bool:
	return any(len(text) > SHORT for text in texts)


def get_same_ends(old: str, new: str) -> tuple[int, int]:
	"""Return how many characters two texts share at their beginning, and then at their end."""
	before = count_same(old, new)
	return before, count_same(old[before:][::-1], new[before:][::-1])


def count_same(one: str, other: str) -> int:
	pairs = enumerate(zip(one, other, strict=False))
	return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))


def join_runs(parts: Iterable[list[Run]], separator: str) -> list[Run]:
	"""Return runs one behind the other, with a separator between the parts."""
	joined: list[Run] = []
	for part in parts:
		joined += [*([Run(separator)] if joined else []), *part]
	return joined
