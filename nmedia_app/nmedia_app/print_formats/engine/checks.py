"""Whether a Word file that somebody brings can be a template, and what to change in Word if it cannot."""

import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from docx import Document

from nmedia_app.nmedia_app.print_formats.engine.faults import Fault, RenderError, TemplateError
from nmedia_app.nmedia_app.print_formats.engine.names import RELATIONS, q
from nmedia_app.nmedia_app.print_formats.engine.package import (
	Package,
	Relation,
	parse_xml,
	read_package,
)
from nmedia_app.nmedia_app.print_formats.engine.placing import PlacedTag
from nmedia_app.nmedia_app.print_formats.engine.template import (
	CompiledTemplate,
	Read,
	compile_package,
	find_parts,
	resolve_paths,
)
from nmedia_app.nmedia_app.print_formats.engine.values import Block, Run
from nmedia_app.phrases import Phrase, _

MOST_TEMPLATE_ROWS: Final = 1000
MOST_PARAGRAPHS: Final = 10_000
SHORT: Final = 60
SUGGESTIONS: Final = 3
CLOSE, CLOSE_TO_BEST = 0.6, 0.05

#: what can be said of a block besides its text
_BLOCK_NAMES = frozenset(("text", "image", "align"))
_MACROS = re.compile(r"vbaProject|vbaData|macroEnabled|activeX|ms-office\.(?:vba|active)", re.IGNORECASE)
_EMBEDDED = ("/oleObject", "/package", "/aFChunk", "/subDocument", "/control", "/frame")
# fields that fetch something when the document is opened, or run something
_FIELDS = re.compile(
	r"\b(INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|DDEAUTO|DDE|LINK|DATABASE|RD|MACROBUTTON|EMBED|HTMLCONTROL)\b",
	re.IGNORECASE,
)
_LINK_FIELD = re.compile(r"\bHYPERLINK\s+\"([^\"]*)\"", re.IGNORECASE)
_REFERENCES = tuple(
	f"{{{RELATIONS}}}{name}" for name in ("id", "embed", "link", "pict", "dm", "lo", "qs", "cs")
)


def check_template(
	content: bytes,
	known: Mapping[str, str],
	sample: Mapping[str, Any] | None = None,
	custom_rows_before: str | None = None,
) -> list[Fault]:
	"""Return all that keeps a file from being a template; nothing if it is one.

	`known` are the names that a template may use with what they mean; those of a group or of a list's rows
	have a dot (`extras`, `extras.label`). It is filled with `sample`, by default with what the names mean,
	and with the rows that it gets for custom fields where it is printed (see `compile_template`).
	"""
	try:
		package = read_package(content)
		faults = (
			[*check_contents(package)]
			or [*check_size(package)]
			or [*check_names(CompiledTemplate(package), known)]
		)
		if faults:
			return faults
		compiled = compile_package(package, custom_rows_before)
	except TemplateError as error:
		return [*error.faults, *check_sound_tags(error.tags, known)]
	return [*check_rendering(compiled, sample or make_sample(compiled, known))]


# the file


def check_contents(package: Package) -> Iterator[Fault]:
	"""Yield what has no place in a form: programs, links to the outside, embedded files, damaged parts."""
	if any(_MACROS.search(f"{name} {package.get_type(name)}") for name in package.parts):
		yield Fault(_("The file has macros or controls. Please save it as “Word Document (*.docx)”."))
		return
	for name in package.parts:
		if name.endswith((".xml", ".rels")) or package.get_type(name).endswith("xml"):
			parse_xml(package.parts[name], name)
	for name, label in find_parts(package):
		yield from check_fields(package, name, label)
	yield from check_relations(package)


def check_relations(package: Package) -> Iterator[Fault]:
	"""Yield links to the outside, embedded and missing parts, and parts that refer to each other."""
	relations = {name: package.get_relations(name) for name in ("", *package.parts)}
	for relation in (relation for found in relations.values() for relation in found):
		if relation.external:
			yield get_link_fault(relation)
		elif relation.type.endswith(_EMBEDDED):
			yield Fault(
				_("Another file is embedded ({0}). Please remove it, or put it in as a picture."),
				(relation.target,),
			)
		elif relation.target not in package.parts:
			yield Fault(
				_("The file is damaged: its part {0} is missing. Please save it in Word again."),
				(relation.target,),
			)
	for name, _label in find_parts(package):
		ids = {relation.id for relation in relations[name]}
		root = parse_xml(package.parts[name], name)
		if any(node.get(key, "") not in ("", *ids) for node in root.iter("*") for key in _REFERENCES):
			yield Fault(
				_("The file is damaged: its part {0} refers to what is not there. Please save it anew."),
				(name,),
			)
	targets = {name: [one.target for one in found if not one.external] for name, found in relations.items()}
	if circle := find_circle(targets):
		yield Fault(
			_("The file is damaged: its parts refer to each other in a circle ({0})."),
			(" → ".join(circle),),
		)


def get_link_fault(relation: Relation) -> Fault:
	target = relation.target[:SHORT]
	if relation.type.endswith("/hyperlink"):
		message = _("The link to {0} leads out of the document. Right click it, then Remove Hyperlink.")
	elif relation.type.endswith("/attachedTemplate"):
		message = _(
			"Another template is attached ({0}). Please attach Normal under Developer, Document Template."
		)
	else:
		message = _("The file refers to {0} outside of it. Please put that into the document, or remove it.")
	return Fault(message, (target,))


def find_circle(targets: Mapping[str, Iterable[str]]) -> list[str]:
	"""Return names that refer to each other in a circle; an empty list if there are none."""
	done: set[str] = set()
	for start in targets:
		path: list[str] = []
		walk = [iter((start,))]
		while walk:
			name = next(walk[-1], None)
			if name is None:
				walk.pop()
				if path:
					done.add(path.pop())
			elif name in path:
				return [*path[path.index(name) :], name]
			elif name not in done:
				path.append(name)
				walk.append(iter(targets.get(name, ())))
	return []


def check_fields(package: Package, name: str, label: tuple[Phrase, ...]) -> Iterator[Fault]:
	"""Yield fields that fetch something from elsewhere when the document is opened."""
	root = parse_xml(package.parts[name], name)
	for paragraph in root.iter(q("p")):
		fields = [node.get(q("instr"), "") for node in paragraph.iter(q("fldSimple"))]
		fields.append("".join(node.text or "" for node in paragraph.iter(q("instrText"))))
		for field in fields:
			if found := _LINK_FIELD.search(field):
				yield get_link_fault(Relation("", "/hyperlink", found[1], True))
			elif found := _FIELDS.search(field):
				message = _("The field {0} fetches something from elsewhere. Please replace it by text.")
				yield Fault(message, (found[1].upper(),), label)


def check_size(package: Package) -> Iterator[Fault]:
	"""Yield a fault if a template has more rows or paragraphs than any form."""
	for name, label in find_parts(package):
		root = parse_xml(package.parts[name], name)
		rows, paragraphs = (sum(1 for _node in root.iter(q(tag))) for tag in ("tr", "p"))
		if rows > MOST_TEMPLATE_ROWS or paragraphs > MOST_PARAGRAPHS:
			message = _("The document has {0} rows and {1} paragraphs. A form has at most {2} and {3}.")
			yield Fault(message, (rows, paragraphs, MOST_TEMPLATE_ROWS, MOST_PARAGRAPHS), label)


# the names


def check_names(compiled: CompiledTemplate, known: Mapping[str, str]) -> Iterator[Fault]:
	"""Yield the names that no document has, with those that are meant instead if they are close."""
	if not any(placed.tag.kind == "value" for placed in compiled.tags):
		yield Fault(
			_("There is no placeholder in the document. Please write some where values belong, like {0}."),
			(f"{{{{ {next(iter(known), 'name')} }}}}",),
		)
		return
	for read in find_unknown(compiled.tags, known):
		yield get_name_fault(read, known)


def check_sound_tags(tags: Iterable[PlacedTag], known: Mapping[str, str]) -> Iterator[Fault]:
	"""Yield the unknown names of a template in which something else is wrong, too.

	What a row of a loop holds is left for later: the loop may be what is wrong.
	"""
	for read in find_unknown(tags, known):
		if len(read.typed) == 1:
			yield get_name_fault(read, known)


def find_unknown(tags: Iterable[PlacedTag], known: Mapping[str, str]) -> Iterator[Read]:
	"""Yield what the tags read and no document has, once for each place."""
	seen = set()
	for read in resolve_paths(tags):
		key = (read.path, read.placed.place)
		if key not in seen and not is_known(read.path, known):
			seen.add(key)
			yield read


def is_known(path: tuple[str, ...], known: Mapping[str, str]) -> bool:
	"""Tell whether a name is known: itself, as a group of others, or without what is said of a block."""
	name = ".".join(path)
	if name in known or any(other.startswith(f"{name}.") for other in known):
		return True
	return len(path) > 1 and path[-1] in _BLOCK_NAMES and ".".join(path[:-1]) in known


def get_name_fault(read: Read, known: Mapping[str, str]) -> Fault:
	name, place = ".".join(read.typed), read.placed.place
	close = [as_typed(read, other) for other in find_close(".".join(read.path), known)]
	if not close:
		return Fault(_("There is no placeholder “{0}”. Please choose one from the list."), (name,), place)
	return Fault(
		_("There is no placeholder “{0}”. Is {1} meant?"), (name, " / ".join(dict.fromkeys(close))), place
	)


def find_close(name: str, known: Mapping[str, str]) -> list[str]:
	"""Return the known names that are like a name, or whose meaning is, the closest first."""
	meant = {meaning: other for other, meaning in known.items()} | {other.lower(): other for other in known}
	close = difflib.get_close_matches(name.lower(), meant, SUGGESTIONS, CLOSE)
	best = max((likeness(name, other) for other in close), default=0)
	return [meant[other] for other in close if likeness(name, other) > best - CLOSE_TO_BEST]


def likeness(name: str, other: str) -> float:
	return difflib.SequenceMatcher(None, other, name.lower()).ratio()


def as_typed(read: Read, name: str) -> str:
	"""Return a name as it is written where this one stands: in a loop with the loop's own name."""
	rows = read.path[: len(read.path) - len(read.typed) + 1]
	path = tuple(name.split("."))
	return (
		".".join((read.typed[0], *path[len(rows) :]))
		if len(path) > len(rows) and path[: len(rows)] == rows
		else name
	)


# the result


def check_rendering(compiled: CompiledTemplate, sample: Mapping[str, Any]) -> Iterator[Fault]:
	"""Yield a fault if the template cannot be filled with a sample, or the result cannot be opened."""
	try:
		rendered = compiled.render(sample)
	except RenderError as error:
		yield error.fault
		return
	try:
		package = read_package(rendered)
		for name, _label in find_parts(package):
			parse_xml(package.parts[name], name)
		Document(io.BytesIO(rendered))
	except Exception:  # of lxml and python-docx, by what is wrong
		yield Fault(_("The filled document cannot be opened again. Please save the file in Word anew."))


def make_sample(compiled: CompiledTemplate, known: Mapping[str, str]) -> dict[str, Any]:
	"""Return a context for a template: what each name means, lists with two rows."""
	lists, blocks, leaves = set(), set(), set()
	for read in resolve_paths(compiled.tags):
		path = read.path
		if ".".join(path) not in known and len(path) > 1 and path[-1] in _BLOCK_NAMES:
			path = path[:-1]
			blocks.add(path)
		leaves.add(path)
		if read.placed.tag.kind == "for":
			lists.add(path)

	def make(path: tuple[str, ...]) -> Any:
		names = sorted(
			{leaf[len(path)] for leaf in leaves if len(leaf) > len(path) and leaf[: len(path)] == path}
		)
		meaning = known.get(".".join(path), path[-1] if path else "")
		value: Any = {name: make((*path, name)) for name in names}
		if not names:
			value = Block([Run(meaning)]) if path in blocks else meaning
		return [value, value] if path in lists else value

	return make(())
