"""Account Filing, Annex 1 (Articles 2, 4 and 5): what its cells may hold, and what a filing does."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import urlsplit

OPENING: Final = "Opening"
CHANGE: Final = "Change"
DEREGISTRATION: Final = "Deregistration"

#: 部门意见 in Annex 1: what who approves a filing stands for
COMMITMENT: Final = (
	"我单位知晓国家互联网有关法规和学校制度，承诺加强管理，切实保障该微信/微博平台的网络安全和信息安全。"
)

#: the kinds of filing as the regulation calls them
CHINESE: Final = {OPENING: "开通", CHANGE: "变更", DEREGISTRATION: "注销"}

# statuses of an account in the register: 筹建、在用、待关闭、已关闭、已注销
IN_PREPARATION: Final = "In Preparation"
ACTIVE: Final = "Active"
PENDING_CLOSURE: Final = "Pending Closure"
CLOSED: Final = "Closed"
DEREGISTERED: Final = "Deregistered"
LIVE: Final = (IN_PREPARATION, ACTIVE, PENDING_CLOSURE)
#: of an account that nobody runs any more
ENDED: Final = (CLOSED, DEREGISTERED)

#: what the account becomes when a filing is approved, and when the Publicity Department has it
STATUS_WHEN_APPROVED: Final = {OPENING: IN_PREPARATION, DEREGISTRATION: CLOSED}
STATUS_WHEN_REPORTED: Final = {OPENING: ACTIVE, DEREGISTRATION: DEREGISTERED}

THIS_UNIT: Final = "This Unit"
DATA_SERVICE: Final = "Data Service"
WECHAT: Final = "WeChat"
WEIBO: Final = "Weibo"

#: cells of Annex 1, and what Article 5 has beside them: set by an approved filing alone
REGISTER_FIELDS: Final = (
	"account_name",
	"platform",
	"handle",
	"platform_id",
	"account_holder",
	"supervising_unit",
	"opened_on",
	"purpose",
	"server_use",
	"server_location",
	"responsible_person",
	"responsible_title",
	"supervising_leader",
	"administrator",
	"business_lead",
	"business_lead_title",
	"business_lead_phone",
	"technical_lead",
	"technical_lead_title",
	"technical_lead_phone",
	"measures",
	"measures_file",
	"remarks",
)
#: a count that changes daily: in the annex, but free to be brought up to date in the register
FOLLOWERS: Final = "followers"
PHONES: Final = ("business_lead_phone", "technical_lead_phone")
#: of an account that does not exist yet, the platform says these only when it is opened
KNOWN_ONCE_OPENED: Final = ("handle", "platform_id", "opened_on", FOLLOWERS)
MEETING_FIELDS: Final = ("meeting_date", "meeting_resolution", "meeting_minutes", "commissioned_agent")
REPORT_FIELDS: Final = ("reported_on", "report_receipt")
#: Article 6: a closing ends with a screenshot of the closed account, or the platform's receipt
CLOSING_PROOF: Final = "closing_proof"

_PHONE = re.compile(
	r"""(?:\+?86[- ]?)?(?:
		1[3-9]\d{9}                          # a mobile
		|0\d{2,3}[- ]?[2-9]\d{6,7}(?:[-转]\d{1,6})?  # with its area
		|[2-9]\d{6,7}(?:[-转]\d{1,6})?         # without
		|400[- ]?\d{3}[- ]?\d{4}
		|[1-9]\d{3,5}                        # an extension of the house
	)""",
	re.VERBOSE,
)
# brackets around an area, and strokes as a Chinese keyboard has them
_STROKES = str.maketrans(")）—－", "----", "(（")
_WECHAT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")


def is_phone(text: str) -> bool:
	"""Tell whether this is a telephone number: mobile, fixed line, or an extension of the house."""
	return bool(_PHONE.fullmatch(text.strip().translate(_STROKES)))


def is_web_address(text: str) -> bool:
	"""Tell whether this is an http(s) address with a host."""
	try:
		parts = urlsplit(text)
		return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
	except ValueError:
		return False


def is_handle(text: str, tick: str) -> bool:
	"""Tell whether an account's 微博网址/微信号 is one that such a platform gives.

	`tick` is the platform's box in Annex 1. WeChat: 6 to 20 letters, digits, _ and -, a letter first;
	Weibo: a web address; another platform: either an address or a name without spaces.
	"""
	if tick == WECHAT:
		return bool(_WECHAT_ID.fullmatch(text))
	if tick == WEIBO:
		return is_web_address(text)
	return is_web_address(text) if "://" in text else not re.search(r"\s", text)


def normalise_handle(text: str | None) -> str:
	"""Return a handle as two people who mean the same account would have it: no scheme, www or last slash."""
	plain = re.sub(r"^https?://(?:www\.|m\.)?", "", (text or "").strip().casefold())
	return re.sub(r"[/?#]+$", "", plain)


def get_live_key(platform: str | None, handle: str | None, status: str) -> str | None:
	"""Return what no two live accounts may share; None for one that is closed or has no handle yet."""
	plain = normalise_handle(handle)
	return f"{platform}:{plain}"[:140] if plain and status in LIVE else None


def find_changed_fields(before: Mapping, after: Mapping) -> list[str]:
	"""List the register's fields in which two versions differ, in the order of the annex."""
	return [
		field for field in (*REGISTER_FIELDS, FOLLOWERS) if as_cell(before, field) != as_cell(after, field)
	]


def as_cell(values: Mapping, field: str) -> str:
	"""Return a value as it is compared: empty is missing, and a date is its ISO form."""
	value = values.get(field)
	if isinstance(value, date):
		return value.isoformat()
	if field == FOLLOWERS:
		return str(value or 0)
	return str(value or "").replace("\r\n", "\n").strip()
