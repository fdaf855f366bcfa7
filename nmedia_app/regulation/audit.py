"""The annual audit (Article 6): its days, what is asked for, and what the year's figures say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from dateutil.relativedelta import relativedelta

from nmedia_app.regulation.filing import CHANGE
from nmedia_app.regulation.review import APPROVED, REJECTED, is_with_authors

FILE: Final = "File"
STATEMENT: Final = "Statement"

IN_TIME: Final = "In Time"
LATE: Final = "Late"
NOT_REPORTED: Final = "Not Reported Yet"

# why an account falls due for closure
NOT_FILED: Final = "Not Filed"
NOT_APPROVED: Final = "Not Approved"  # one that was turned down is Rejected, as its audit

#: what universities commonly ask for: name, File or Text, required, note
COMMON_MATERIALS: Final = (
	("年审表（签字盖章）", FILE, True, "打印本页的年审表，签字盖章后扫描上传。"),
	("账号及管理员名单", FILE, True, ""),
	("备案证明", FILE, True, "已报备的备案信息表或党委宣传部的回执。"),
	("阅读量前十的推文截图", FILE, True, "按“上传多张图片”一次选好十张截图，自动合成一个 PDF。"),
	("自查总结", STATEMENT, True, "简述一年来的运行、内容审查和安全管理情况。"),
	("违规内容情况说明", STATEMENT, True, "如无，请填写“无”。"),
)
#: rows of a round and of its audits
REQUIREMENT_FIELDS: Final = ("material_name", "kind", "required", "note", "template")


def parse_day(text: str, year: int) -> date:
	"""Return the day of a year that a setting like 11-01 (month, day) names; raises ValueError."""
	return datetime.strptime(f"{year}-{text.strip()}", "%Y-%m-%d").date()


def get_half_time(opens_on: date, closes_on: date) -> date:
	"""Return the day in the middle of a round, from which on those who have not filed are reminded."""
	return opens_on + (closes_on - opens_on) / 2


def is_dormant(last_published_on: date | None, opened_on: date, on: date, months: int) -> bool:
	"""Tell whether an account is dormant (“僵尸”账号): nothing published in so many months before `on`.

	One that never published counts from the day on which it was opened.
	"""
	return (last_published_on or opened_on) <= on - relativedelta(months=months)


def judge_timeliness(
	filing_type: str, due_on: date | None, reported_on: date | None, today: date
) -> str | None:
	"""Tell whether a filing was reported in time (Article 5); None for one that has no date due."""
	if filing_type != CHANGE or not due_on:
		return None if reported_on else NOT_REPORTED
	if reported_on:
		return IN_TIME if reported_on <= due_on else LATE
	return LATE if today > due_on else NOT_REPORTED


def get_hours(began: datetime | None, ended: datetime | None) -> float:
	"""Return how many hours something took, to a tenth; 0 while either time is missing."""
	return round((ended - began).total_seconds() / 3600, 1) if began and ended else 0.0


@dataclass(frozen=True)
class Handover:
	"""On a day somebody else took over a post: from whom (`before`), in whatever way people are named."""

	on: date
	before: str


@dataclass(frozen=True)
class Holders:
	"""Who held a post in a period.

	Who held it `at_end`; those before, latest first, each with the day of the handover; and the day `since`
	which somebody else holds it today, None if nobody else does.
	"""

	at_end: str
	before: tuple[Handover, ...]
	since: date | None


def find_holders(today: str, handovers: Iterable[Handover], first: date, last: date) -> Holders:
	"""Tell who held a post from `first` to `last`, both included, from who holds it `today`.

	`handovers` are all those since `first`; of those on one day, in the order in which they were.
	"""
	ordered = sorted(handovers, key=lambda handover: handover.on)
	within = [handover for handover in ordered if first <= handover.on <= last]
	later = [handover for handover in ordered if handover.on > last]
	at_end = later[0].before if later else today
	return Holders(at_end, (*reversed(within),), later[-1].on if at_end != today else None)


def find_missing_materials(materials: Iterable[Mapping]) -> list[str]:
	"""List the names of the required materials that are not there yet."""
	return [row.get("material_name") for row in materials if row.get("required") and not is_handed_in(row)]


def is_handed_in(row: Mapping) -> bool:
	"""Tell whether what a row asks for, a file or a text, is there."""
	return bool((row.get("text") or "").strip()) if row.get("kind") == STATEMENT else bool(row.get("file"))


def merge_requirements(requirements: Iterable[Mapping], materials: Iterable[Mapping]) -> list[dict]:
	"""Return the rows of an audit as its round asks for them now, with what was handed in already.

	What the round no longer asks for stays if something was handed in for it, but is not required any more.
	"""
	given = {row.get("material_name"): row for row in materials}
	rows = []
	for asked in requirements:
		row = given.pop(asked.get("material_name"), None) or {}
		rows.append({field: asked.get(field) for field in REQUIREMENT_FIELDS} | get_handed_in(row))
	for row in given.values():
		if any(get_handed_in(row).values()):
			rows.append(
				{
					**{field: row.get(field) for field in REQUIREMENT_FIELDS},
					**get_handed_in(row),
					"required": 0,
				}
			)
	return rows


def get_handed_in(row: Mapping) -> dict:
	return {field: row.get(field) for field in ("file", "text")}


def judge_closure(stage: str | None) -> str | None:
	"""Tell why an account falls due for closure at its audit's end (Article 6); None if it does not."""
	if stage == APPROVED:
		return None
	if stage == REJECTED:
		return REJECTED
	return NOT_FILED if is_with_authors(stage) else NOT_APPROVED
