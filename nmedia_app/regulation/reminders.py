"""When an article waits for somebody, and for how long (Article 7: review first, publish afterwards)."""

from datetime import datetime, timedelta

from nmedia_app.regulation.review import APPROVED, IN_REVIEW, PUBLISHED, WITHDRAWN


def leads_on(from_stage: str | None, to_stage: str | None) -> bool:
	"""Tell whether a step brings an article nearer to publication: such a step is what others wait for."""
	return from_stage not in (PUBLISHED, WITHDRAWN) and to_stage in (IN_REVIEW, APPROVED, PUBLISHED)


def waiting_since(
	stage: str | None, entered: datetime, planned: datetime | None, now: datetime
) -> datetime | None:
	"""Return since when somebody else should have acted; None while nobody has to.

	In review that is since the article came there (`entered`), once approved since the planned time of
	publication has passed.
	"""
	if stage == IN_REVIEW:
		return entered
	if stage == APPROVED and planned and planned <= now:
		return max(entered, planned)
	return None


def has_waited(since: datetime, hours: int, now: datetime) -> bool:
	"""Tell whether so many hours, by day and night, have gone by since then."""
	return now - since >= timedelta(hours=hours)
