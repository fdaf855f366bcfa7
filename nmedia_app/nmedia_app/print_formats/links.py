"""Where the links of an article lead: to pages and mailboxes."""

import re
from typing import Final
from urllib.parse import quote

LONGEST: Final = 2000
_ADDRESS = re.compile(r"(?:https?://[^\s/\\?#]|mailto:[^\s/\\])[^\\\x00-\x1f\x7f]*", re.IGNORECASE)
#: what an address may hold as it is; the rest is written with percent signs, but for other scripts' letters
_PLAIN: Final = "!#$%&'()*+,/:;=?@[]~-._"


def read_address(target: str) -> str:
	"""Return an address (http, https, mailto) as a link can have it; nothing for another or none."""
	target = target.strip()
	if len(target) > LONGEST or not _ADDRESS.fullmatch(target):
		return ""
	return "".join(letter if ord(letter) > 127 else quote(letter, safe=_PLAIN) for letter in target)
