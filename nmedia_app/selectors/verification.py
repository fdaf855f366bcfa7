"""What anyone who holds the paper may learn of a review record: nothing beyond this."""

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.utils import get_url

from nmedia_app.regulation.custody import normalise_code, printed_code
from nmedia_app.regulation.review import WITHDRAWN
from nmedia_app.services import sealing

ROUTE = "review"  # /review/<code>: short, so that the QR code is coarse enough for any camera
LIMIT, SECONDS = 30, 60


def get_address(code: str) -> str:
	"""Return the address that the QR code on Annex 2 holds."""
	return get_url(f"/{ROUTE}/{code}")


@rate_limit(limit=LIMIT, seconds=SECONDS)
def find_record(code: str = "") -> frappe._dict | None:
	"""Return what a verification code shows; None if there is no such record.

	`code`, `number` in the volume, `title`, `reviewer_role`, `reviewed_on`, and `status`: "intact", "broken"
	or "withdrawn". Throws frappe.ValidationError to who tries too many codes.
	"""
	code = normalise_code(code)
	name = code and frappe.db.get_value("Article Review", {"verification_code": code})
	if not name:
		return None
	article = frappe.get_doc("Article Review", name)
	return frappe._dict(
		code=printed_code(code),
		number=article.custody_number,
		title=article.title,
		reviewer_role=_(get_reviewer_role(article)),
		reviewed_on=article.reviewed_on,
		status=get_status(article),
	)


def get_status(article) -> str:
	if not sealing.is_intact(article):
		return "broken"
	return "withdrawn" if article.stage == WITHDRAWN else "intact"


def get_reviewer_role(article) -> str:
	"""Return the role in which the reviewer approved: the last step that this user took as such."""
	approvals = [row.role for row in article.approval_records if row.user == article.reviewer]
	return approvals[-1] if approvals else ""
