"""The administrator's word lists, held against an article (Article 11)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr

from nmedia_app import files
from nmedia_app.regulation.texts import text_of_html
from nmedia_app.regulation.word_lists import Matcher, WordList, parse_words

DOCTYPE = "Sensitive Word List"
AROUND = 12  # characters shown on each side of a hit

#: the matcher of each site's lists, by what they were when it was built
_matchers: dict[str, tuple[tuple, Matcher]] = {}


class StoppedByWordListError(frappe.ValidationError):
	"""The text has a word that must not be published."""


def get_matcher() -> Matcher:
	"""Return the matcher of the lists that are enabled; built anew only after one of them changed."""
	lists = frappe.get_all(DOCTYPE, filters={"enabled": 1}, fields=["name", "modified"], order_by="name asc")
	version = tuple((row.name, str(row.modified)) for row in lists)
	site = frappe.local.site
	if _matchers.get(site, (None,))[0] != version:
		_matchers[site] = (version, Matcher(read_list(row.name) for row in lists))
	return _matchers[site][1]


def read_list(name: str) -> WordList:
	words, action = frappe.db.get_value(DOCTYPE, name, ("words", "action"))
	return WordList(name, parse_words(words or ""), action == "Stop")


def find_hits(article: Document) -> list[dict]:
	"""List the words of the lists that an article has: `part`, `list`, `word`, `stops`, `before`, `after`.

	The texts of attachments are looked through as well. What stops comes first.
	"""
	matcher = get_matcher()
	hits = [
		{
			"part": part,
			"list": hit.list_name,
			"word": text[hit.start : hit.end],
			"stops": hit.stops,
			"before": text[max(0, hit.start - AROUND) : hit.start],
			"after": text[hit.end : hit.end + AROUND],
		}
		for part, text in get_texts(article)
		for hit in matcher.find(text)
	]
	return sorted(hits, key=lambda hit: not hit["stops"])


def get_texts(article: Document) -> list[tuple[str, str]]:
	"""Return everything of an article that will be read, with what it is called."""
	texts = [
		(_("Title"), cstr(article.title)),
		(_("Content of the Article"), text_of_html(article.content or "")),
		(_("Source of Images"), cstr(article.image_source)),
	]
	return texts + [(files.base_name(row.file), text) for row, text in files.read_attached_texts(article)]


def refuse_stopped(article: Document) -> None:
	"""Throw StoppedByWordListError if a list stops the article, saying where."""
	stopped = [hit for hit in find_hits(article) if hit["stops"]]
	if not stopped:
		return
	escape = frappe.utils.escape_html
	lines = [
		f"{escape(hit['part'])}：…{escape(hit['before'])}<b>{escape(hit['word'])}</b>{escape(hit['after'])}…"
		f"（{escape(hit['list'])}）"
		for hit in stopped
	]
	frappe.throw(
		_("These words must not be published (Article 11). Please change them first:")
		+ "<br>"
		+ "<br>".join(lines),
		StoppedByWordListError,
		title=_("Stopped by a Word List"),
	)
