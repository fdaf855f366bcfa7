"""Review before publishing (先审后发, Articles 7 and 11)."""

from collections.abc import Iterable
from typing import Final

DRAFT: Final = "Draft"
IN_REVIEW: Final = "In Review"
RETURNED: Final = "Returned"
APPROVED: Final = "Approved"
PUBLISHED: Final = "Published"
WITHDRAWN: Final = "Withdrawn"
# of a filing: at the unit's meeting (Article 5), and once the Publicity Department has it
MEETING: Final = "Unit Meeting"
REPORTED: Final = "Reported"
# of an audit: not approved (Article 6)
REJECTED: Final = "Rejected"
# of a round of audits: it runs, it is over
OPEN: Final = "Open"
CLOSED: Final = "Closed"

STAGES: Final = (
	DRAFT,
	IN_REVIEW,
	MEETING,
	RETURNED,
	APPROVED,
	PUBLISHED,
	REPORTED,
	WITHDRAWN,
	REJECTED,
	OPEN,
	CLOSED,
)
UNDER_REVIEW: Final = (IN_REVIEW, MEETING)
#: not sent yet, or sent back
WITH_AUTHORS: Final = (DRAFT, RETURNED)
#: nothing follows any more
FINISHED: Final = (PUBLISHED, REPORTED, WITHDRAWN)


def is_under_review(stage: str | None) -> bool:
	"""Tell whether a document at this stage is with its reviewers, the unit's meeting included."""
	return stage in UNDER_REVIEW


def is_endorsement(from_stage: str | None, to_stage: str | None) -> bool:
	"""Tell whether going from one stage to the other vouches for the article (Article 7).

	Approving does, and so does passing it on from one reviewer to the next. What is approved already is not
	approved anew, whatever states it goes through.
	"""
	return from_stage != to_stage == APPROVED or (from_stage in UNDER_REVIEW and to_stage in UNDER_REVIEW)


def is_with_authors(stage: str | None) -> bool:
	"""Tell whether a document at this stage is its authors' to change: not sent yet, or sent back to them."""
	return stage in (None, "", *WITH_AUTHORS)


def demands_opinion(to_stage: str | None) -> bool:
	"""Tell whether a step into this stage needs words: whoever returns, withdraws or rejects says why."""
	return to_stage in (RETURNED, WITHDRAWN, REJECTED)


def demands_declaration(from_stage: str | None, to_stage: str | None) -> bool:
	"""Tell whether a step needs the declaration of Articles 7 and 11: authors and reviewers each make it."""
	return (is_with_authors(from_stage) and to_stage in UNDER_REVIEW) or is_endorsement(from_stage, to_stage)


def may_endorse(user: str, authors: Iterable[str | None]) -> bool:
	"""Tell whether this user may review an article by these authors: none reviews their own (Article 7)."""
	return user not in set(authors)
