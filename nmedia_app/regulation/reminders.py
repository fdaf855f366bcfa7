"""When an article waits for somebody, and for how long (Article 7: review first, publish afterwards)."""

from datetime import datetime, timedelta

from nmedia_app.regulation.review import APPROVED, FINISHED, OPEN, PUBLISHED, REPORTED, UNDER_REVIEW


def leads_on(from_stage: str | None, to_stage: str | None) -> bool:
	"""Tell whether a step brings a document nearer to its end: such a step is what others wait for."""
	return from_stage not in FINISHED and to_stage in (*UNDER_REVIEW, APPROVED, PUBLISHED, REPORTED, OPEN)


def waiting_since(
	stage: str | None, entered: datetime, planned: datetime | None, now: datetime
) -> datetime | None:
	"""Return since when somebody else should have acted; None while nobody has to.

	In review that is since the document came there (`entered`), once approved since the time has passed at
	which what was approved is to be carried out (`planned`).
	"""
	if stage in UNDER_REVIEW:
		return entered
	if stage == APPROVED and planned and planned <= now:
		return max(entered, planned)
	return None


def has_waited(since: datetime, hours: int, now: datetime) -> bool:
	"""Tell whether so many hours, by day and night, have gone by since then."""
	return now - since >= timedelta(hours=hours)
