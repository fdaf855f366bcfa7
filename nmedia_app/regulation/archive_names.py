"""Names of folders and files in the audit's package (Article 6), as every system and every reader takes them.

Windows refuses some signs, names of old devices, and dots and spaces at the end; it and macOS tell neither
capital letters apart nor an é written as one sign from one written as two.
"""

import re
import unicodedata
from typing import Final

#: longest name of a folder or file, without number and extension: four levels stay below Windows' 260
LONGEST: Final = 32
NAMELESS: Final = "未命名"

# what Windows keeps for itself, as the sign that a reader takes for the same
_RESERVED: Final = str.maketrans('<>:"/\\|?*', "＜＞：＂／＼｜？＊")
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?=\.|$)", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def as_name(text: str | None, longest: int = LONGEST) -> str:
	"""Return a text as the name of a folder or a file, without an extension."""
	plain = unicodedata.normalize("NFC", text or "").translate(_RESERVED)
	# Cc, Cf, Cs, Co, Cn: what does not show, turns the direction of writing, or is no character
	shown = "".join(" " if sign.isspace() else sign for sign in plain if not is_hidden(sign))
	name = " ".join(shown.split())[:longest].strip(" .")
	return f"_{name}" if _DEVICES.match(name) else name or NAMELESS


def is_hidden(sign: str) -> bool:
	return unicodedata.category(sign).startswith("C") and not sign.isspace()


def get_extension(file_name: str | None) -> str:
	"""Return a file's extension with its dot, in small letters; empty if it has none that is one."""
	found = _EXTENSION.search(file_name or "")
	return found.group().lower() if found else ""


class Names:
	"""Gives names within one folder, each once for every system that a package is opened on."""

	def __init__(self):
		self._taken: set[str] = set()

	def take(self, name: str, extension: str = "") -> str:
		"""Return this name, with a number behind it if it is taken."""
		given, number = name, 1
		while (key := as_key(given + extension)) in self._taken:
			number += 1
			given = f"{name}（{number}）"
		self._taken.add(key)
		return given + extension


def as_key(name: str) -> str:
	"""Return what two names share that are the same one on some system."""
	return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
