"""From the bytes of a Word file to the values of the form in it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from nmedia_app.nmedia_app.print_formats.engine.package import parse_xml, read_package
from nmedia_app.nmedia_app.print_formats.engine.values import Block
from nmedia_app.nmedia_app.print_formats.reading import annex_1, annex_2
from nmedia_app.nmedia_app.print_formats.reading.document import Content, Reader, text_of
from nmedia_app.nmedia_app.print_formats.reading.labels import Found, LabelledValues, Labels
from nmedia_app.nmedia_app.print_formats.reading.losses import list_losses
from nmedia_app.nmedia_app.print_formats.reading.parsing import read_plain
from nmedia_app.nmedia_app.print_formats.reading.rich_text import get_format, list_simplified, to_html
from nmedia_app.nmedia_app.print_formats.reading.values import (
	ANNEX_1,
	ANNEX_2,
	ReadForm,
	ReadValue,
	no_form,
)
from nmedia_app.phrases import Phrase, _

FORMS: Final = {ANNEX_1: annex_1, ANNEX_2: annex_2}
#: of the labels of a form, so many make it one; fewer if its title stands there, too
NEEDED: Final = {ANNEX_1: 6, ANNEX_2: 4}
NEEDED_WITH_TITLE: Final = {ANNEX_1: 4, ANNEX_2: 3}


def read_form(content: bytes, others: Mapping[str, str] | None = None) -> ReadForm:
	"""Read a filled Annex 1 or 2 from a .docx, changes in it accepted.

	:param others: field → label of fields beside the annex's own; they are read as texts.
	:raises TemplateError: the file is no .docx, or damaged, protected or larger than a form is.
	:raises NoFormError: it is none of the two forms.
	"""
	package = read_package(content)
	reader = Reader(package)
	document = reader.read(parse_xml(package.parts[package.main], package.main))
	annex, found = recognise(document, others or {})
	form = ReadForm(annex, FORMS[annex].read_values(found))
	for name in others or {}:
		if name in found.found:
			form.values[name] = read_plain(found.found[name].text)
	if annex == ANNEX_2:
		read_article(form, found, reader)
	complete(form, found)
	form.notes += say_other_forms(document, annex, found)
	return form


def recognise(document: Content, others: Mapping[str, str]) -> tuple[int, LabelledValues]:
	"""Return which annex a document is, and what its labels say. Raises NoFormError."""
	whole = get_words(document)
	candidates = []
	for annex, module in FORMS.items():
		found = LabelledValues(document, with_others(module.LABELS, others))
		needed = NEEDED_WITH_TITLE if any(title in whole for title in module.TITLES) else NEEDED
		if found.count() >= needed[annex]:
			candidates.append((found.count() / len(module.LABELS.values), annex, found))
	if not candidates:
		raise no_form(
			_("This is neither Annex 1 nor Annex 2: their labels are not in it. Please choose a filled form.")
		)
	_share, annex, found = max(candidates, key=lambda candidate: candidate[0])
	return annex, found


def get_words(document: Content) -> str:
	return text_of(document.flatten()).replace(" ", "")


def say_other_forms(document: Content, annex: int, found: LabelledValues) -> list[Phrase]:
	"""Return a reminder if a document has more forms than the one that was read."""
	whole = get_words(document)
	for other, module in FORMS.items():
		has_title = max(map(whole.count, module.TITLES)) > (other == annex)
		needed = NEEDED_WITH_TITLE if has_title else NEEDED
		if found.count_left(module.LABELS) >= needed[other]:
			message = _(
				"The file has more forms than the one shown here. Please import each from its own file."
			)
			return [Phrase(message)]
	return []


def with_others(labels: Labels, others: Mapping[str, str]) -> Labels:
	optional = {**labels.optional, **{name: (label,) for name, label in others.items()}}
	return replace(labels, optional=optional, texts=(*labels.texts, *others))


def read_article(form: ReadForm, found: LabelledValues, reader: Reader) -> None:
	"""Read the article of an Annex 2: its text with pictures, and its title."""
	article = found.found.get("content", Found([]))
	blocks = [block for cell in article.cells for block in cell.content.as_blocks()] or article.blocks
	blocks, values = annex_2.take_apart(blocks, bool(form.values.get("title", ReadValue()).value))
	form.values |= values
	form.content, lost = keep_readable(blocks)
	doubt = say_lost(reader.lost_pictures + lost)
	form.values["content"] = ReadValue(to_html(form.content) or None, doubt, text_of(form.content).strip())
	form.notes += list_losses(reader, [node for cell in article.cells for node in cell.nodes])
	form.notes += list_simplified(form.content)


def keep_readable(blocks: list[Block]) -> tuple[list[Block], int]:
	"""Return blocks without the pictures that an article does not take, and how many these are."""
	kept = [block for block in blocks if not block.image or get_format(block.image)]
	lost = len(blocks) - len(kept)
	for cell in (cell for block in kept for row in block.rows for cell in row):
		cell.blocks, more = keep_readable(cell.blocks)
		lost += more
	return kept, lost


def say_lost(pictures: int) -> Phrase | None:
	message = _("Pictures that cannot be read: {0}. Please insert them in the draft.")
	return Phrase(message, (pictures,)) if pictures else None


def complete(form: ReadForm, found: LabelledValues) -> None:
	"""Add the doubts about where values stood, and the values that have no label in the file."""
	for name, one in found.found.items():
		value = form.values.get(name)
		if value and one.doubt and not value.doubt:
			form.values[name] = replace(value, doubt=one.doubt)
	for name, words in FORMS[form.annex].LABELS.values.items():
		if name not in found.found:
			doubt = Phrase(_("The form has no label “{0}”."), (words[0],))
			for field in FIELDS_OF.get(name, (name,)):
				if field not in form.values:
					form.values[field] = ReadValue(doubt=doubt)


#: fields that one label stands for
FIELDS_OF: Final[dict[str, tuple[str, ...]]] = {
	"server": ("server_use", "server_location"),
	"responsible_person": ("responsible_person", "responsible_title"),
	**{lead: (lead, f"{lead}_title", f"{lead}_phone") for lead in annex_1.LEADS},
}
