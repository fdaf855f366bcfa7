"""What a reader reads of a published copy, as plain paragraphs (Article 7): text, web page, PDF, Word."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path, PurePath
from typing import Final
from zipfile import ZipFile

from bs4 import BeautifulSoup, CData, NavigableString, Tag
from docx import Document
from docx.oxml.ns import qn

from nmedia_app.regulation.archives import keeps_to_its_sizes

#: bytes of a file, and of a Word file unpacked; characters that come out
MOST_BYTES: Final = 20 * 1024 * 1024
MOST_UNPACKED: Final = 100 * 1024 * 1024
MOST_CHARACTERS: Final = 1_000_000
#: what reading a PDF may take: pages, bytes of memory, seconds of the processor
MOST_PAGES: Final = 300
MOST_MEMORY: Final = 1024 * 1024 * 1024
MOST_SECONDS: Final = 20

# what kept a copy from being read
KIND: Final = "kind"
DAMAGED: Final = "damaged"
PROTECTED: Final = "protected"
TOO_LARGE: Final = "too large"
NO_TEXT: Final = "no text"

_REASONS: Final = {
	KIND: "This kind of file cannot be read.",
	DAMAGED: "The file is damaged, or it is not what its name says.",
	PROTECTED: "The file is protected by a password.",
	TOO_LARGE: "The file is too large.",
	NO_TEXT: "There is no text in the file: a scanned page or a picture has none.",
}

_BREAK: Final = "\x1f"
_BLOCK = re.compile(
	"address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer"
	"|form|h[1-6]|header|hr|legend|li|main|nav|ol|p|pre|section|summary|table|tr|ul"
)
_CELL = re.compile("t[dh]")
_UNREAD = re.compile("head|iframe|noscript|object|option|script|style|svg|template|textarea|title")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.IGNORECASE)
#: what no text has, but what broken fonts and files put into one
_NOISE = re.compile("[\x00-\x08\x0e-\x1e\x7f\ud800-\udfff]")

_WORD_UNREAD: Final = frozenset(
	(qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)
_WORD_SIGNS: Final = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


class UnreadableCopyError(ValueError):
	"""A copy that cannot be read. `reason` is one of this module's words; the message says what to give."""

	def __init__(self, reason: str):
		self.reason = reason
		super().__init__(f"{_REASONS[reason]} Give {', '.join(ACCEPTED)}, or paste the text.")


def text_of_file(name: str, content: bytes) -> str:
	"""Return the text of a file, a paragraph a line; the name's ending tells its kind (`ACCEPTED`).

	Raises UnreadableCopyError for another kind, a damaged, protected or too large file, and one without text.
	"""
	read = _READERS.get(PurePath(name).suffix.lower())
	if not read:
		raise UnreadableCopyError(KIND)
	if len(content) > MOST_BYTES:
		raise UnreadableCopyError(TOO_LARGE)
	text = read(content)
	if not text:
		raise UnreadableCopyError(NO_TEXT)
	if len(text) > MOST_CHARACTERS:
		raise UnreadableCopyError(TOO_LARGE)
	return text


def text_of_html(html: str) -> str:
	"""Return what a page shows, a paragraph a line: its article with the title, where it marks one.

	A WeChat article is #js_content, another page's the longest article or main element, else the whole page.
	"""
	page = BeautifulSoup(f"<!doctype html>{html}", "html.parser")
	article = _find_article(page)
	title = page.select_one("#activity-name") or page.select_one("h1")
	parts = [article]
	if title and not any(parent is article for parent in title.parents):
		parts.insert(0, title)
	return _paragraphs("\n".join(map(_text_of_element, parts)))


def text_of_pdf(content: bytes) -> str:
	"""Return the text of a PDF, page after page, a line as the page has it.

	Raises UnreadableCopyError for a damaged, protected or too large one.
	"""
	limits = map(str, (MOST_MEMORY, MOST_SECONDS, MOST_PAGES))
	command = [sys.executable, "-I", str(Path(__file__).with_name("pdf_reading.py")), *limits]
	try:
		child = subprocess.run(command, input=content, capture_output=True, timeout=6 * MOST_SECONDS)
		result = json.loads(child.stdout)
	except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:  # stopped by the system
		raise UnreadableCopyError(DAMAGED) from error
	if reason := result.get("reason"):
		raise UnreadableCopyError(reason)
	return _paragraphs(result["text"])


def text_of_docx(content: bytes) -> str:
	"""Return the text of a Word document's body, with tables and text boxes, as if changes were accepted.

	Raises UnreadableCopyError for a damaged, protected or too large one.
	"""
	if "EncryptedPackage".encode("utf-16-le") in content:
		raise UnreadableCopyError(PROTECTED)
	try:
		with ZipFile(BytesIO(content)) as archive:
			unpacked = sum(member.file_size for member in archive.infolist())
			if unpacked > MOST_UNPACKED or not keeps_to_its_sizes(archive):
				raise UnreadableCopyError(TOO_LARGE)
		return _paragraphs("".join(_text_of_word(Document(BytesIO(content)).element.body)))
	except UnreadableCopyError:
		raise
	except Exception as error:  # of zipfile, lxml and python-docx, by where the file is damaged
		raise UnreadableCopyError(DAMAGED) from error


def _text_of_txt(content: bytes) -> str:
	return _paragraphs(_decode(content))


def _text_of_html_file(content: bytes) -> str:
	declared = _CHARSET.search(content[:4096])
	return text_of_html(_decode(content, declared[1].decode() if declared else None))


_READERS: Final[dict[str, Callable[[bytes], str]]] = {
	".txt": _text_of_txt,
	".html": _text_of_html_file,
	".htm": _text_of_html_file,
	".pdf": text_of_pdf,
	".docx": text_of_docx,
}
#: the endings of what can be read
ACCEPTED: Final = tuple(_READERS)


def _decode(content: bytes, declared: str | None = None) -> str:
	"""Return the text in UTF-8, else as declared, else in GB 18030, which GBK and GB 2312 are parts of."""
	if content.startswith((b"\xff\xfe", b"\xfe\xff")):
		candidates = ["utf-16"]
	else:
		candidates = ["utf-8-sig", *filter(None, [declared]), "gb18030"]
	for encoding in candidates:
		try:
			text = content.decode(encoding)
		except (UnicodeDecodeError, LookupError):
			continue
		if "\0" not in text:
			return text
	raise UnreadableCopyError(DAMAGED)


def _paragraphs(text: str) -> str:
	lines = (line.strip() for line in _NOISE.sub("", text).splitlines())
	return "\n".join(line for line in lines if line)


# web pages


def _find_article(page: BeautifulSoup) -> Tag:
	if article := page.select_one("#js_content"):
		return article
	if marked := page.select("article") or page.select("main"):
		return max(marked, key=lambda element: len(element.get_text()))
	return page.body or page


def _text_of_element(element: Tag) -> str:
	text = re.sub(r"[ \t\r\n\f]+", " ", "".join(_walk(element)))
	return text.replace(_BREAK, "\n")


def _walk(element: Tag) -> Iterator[str]:
	"""Yield what an element shows. That itself is hidden does not count: WeChat's script shows it later."""
	stack = [*reversed(element.contents)]
	while stack:  # no recursion: pages may nest deeper than Python does
		node = stack.pop()
		if isinstance(node, Tag):
			if not _is_hidden(node):
				edge = _BREAK if _BLOCK.fullmatch(node.name) else " " if _CELL.fullmatch(node.name) else ""
				yield edge
				stack += [edge, *reversed(node.contents)]
		elif type(node) in (str, NavigableString, CData):  # others are comments and the like
			yield node if type(node) is str else node.replace(_BREAK, "")


def _is_hidden(tag: Tag) -> bool:
	return bool(
		_UNREAD.fullmatch(tag.name)
		or tag.has_attr("hidden")
		or _HIDDEN_STYLE.search(str(tag.get("style") or ""))
	)


# Word


def _text_of_word(element) -> Iterator[str]:
	for child in element:
		if child.tag in _WORD_UNREAD or _is_hidden_run(child):
			continue
		if child.tag == qn("w:t"):
			yield child.text or ""
		elif child.tag in _WORD_SIGNS:
			yield _WORD_SIGNS[child.tag]
		elif child.tag == qn("w:p"):
			yield "\n"
			yield from _text_of_word(child)
			yield "\n"
		else:
			yield from _text_of_word(child)


def _is_hidden_run(element) -> bool:
	if element.tag != qn("w:r"):
		return False
	mark = element.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
	return mark is not None and mark.get(qn("w:val"), "1") not in ("0", "false", "off")
