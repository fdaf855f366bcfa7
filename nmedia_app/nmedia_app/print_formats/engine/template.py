"""A Word template, compiled once and filled often.

Compiling takes the tags out of the text, headers, footers and notes, and makes one Jinja template of each
part that has any. Everything else is packed for a ZIP then and there. Filling evaluates the templates,
packs what they give, and writes it behind the ready parts.
"""

import hashlib
import posixpath
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Final, NamedTuple

from jinja2 import Template, nodes
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import UndefinedError
from lxml import etree
from markupsafe import escape

from nmedia_app.nmedia_app.print_formats.engine.custom_rows import EXTRAS, add_custom_rows
from nmedia_app.nmedia_app.print_formats.engine.faults import Fault, RenderError, TemplateError, refusal
from nmedia_app.nmedia_app.print_formats.engine.language import Dialect
from nmedia_app.nmedia_app.print_formats.engine.names import DRAWING, W
from nmedia_app.nmedia_app.print_formats.engine.package import (
	CONTENT_TYPES,
	MAIN_TYPE,
	Image,
	Package,
	pack,
	parse_xml,
	read_package,
	relations_of,
)
from nmedia_app.nmedia_app.print_formats.engine.pictures import (
	LINK_TYPE,
	RELATION_TYPE,
	TYPES,
	PartPictures,
	Pictures,
)
from nmedia_app.nmedia_app.print_formats.engine.placing import PlacedPart, PlacedTag, Placer
from nmedia_app.phrases import Phrase, _

#: bounds of one rendering
MOST_ROWS: Final = 20_000
MOST_CHARACTERS: Final = 30_000_000
MOST_SECONDS: Final = 20.0
KEPT_TEMPLATES: Final = 16

#: a form is packed in a tenth of a millisecond; higher levels take longer for a few hundred bytes
LEVEL: Final = 1

_WORDPROCESSING = "application/vnd.openxmlformats-officedocument.wordprocessingml."
#: the parts besides the text that may hold tags, by their content type
PARTS: Final = {
	f"{_WORDPROCESSING}header+xml": _("page header"),
	f"{_WORDPROCESSING}footer+xml": _("page footer"),
	f"{_WORDPROCESSING}footnotes+xml": _("footnotes"),
	f"{_WORDPROCESSING}endnotes+xml": _("endnotes"),
}
_OTHER_KIND: Final = _(
	"This is another kind of Office file. Please save it in Word as “Word Document (*.docx)”."
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# names that no template can write
_PICTURES, _BUDGET = "_pictures", "_budget"
_EMPTY_RELATIONS = (
	'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


class Budget:
	"""What one rendering may still do."""

	def __init__(self):
		self.rows, self.characters = MOST_ROWS, MOST_CHARACTERS
		self.deadline = time.monotonic() + MOST_SECONDS

	def take_rows(self, number: int) -> None:
		"""Count what a loop is about to go through."""
		self.rows -= number
		if self.rows < 0 or time.monotonic() > self.deadline:
			raise _too_large()

	def gather(self, pieces: Iterator[str]) -> str:
		"""Put pieces together, as long as they are not too many."""
		gathered: list[str] = []
		while batch := list(islice(pieces, 4096)):
			self.characters -= sum(map(len, batch))
			if self.characters < 0:
				raise _too_large()
			gathered += batch
		return "".join(gathered)


def _too_large() -> RenderError:
	return RenderError(
		Fault(_("The document became too large: a loop has too many rows, or a text is too long."))
	)


@dataclass(frozen=True)
class CompiledPart:
	"""A part that holds tags.

	:param name: its name in the package; `label` what a user calls it.
	:param relations: its relations as XML without the end, and the prefix of new ones.
	"""

	name: str
	template: Template
	placed: PlacedPart
	relations: str
	prefix: str

	def render(self, context: Mapping[str, Any], found: PartPictures, budget: Budget) -> str:
		variables = {**context, _PICTURES: found, _BUDGET: budget}
		xml = budget.gather(self.template.root_render_func(self.template.new_context(variables)))
		for mend in self.placed.mends:
			xml = mend(xml)
		return xml

	def write_relations(self, rendered: PartPictures) -> str:
		"""Return its relations with those to the pictures and addresses that were put in."""
		folder = posixpath.dirname(self.name)
		added = (
			f'<Relationship Id="{key}" Type="{RELATION_TYPE}" '
			f'Target="{escape(posixpath.relpath(name, folder))}"/>'
			for name, key in rendered.relations.items()
		)
		links = (
			f'<Relationship Id="{key}" Type="{LINK_TYPE}" Target="{escape(address)}" TargetMode="External"/>'
			for address, key in rendered.links.items()
		)
		return f"{self.relations}{''.join((*added, *links))}</Relationships>"


class CompiledTemplate:
	"""A template that is ready to be filled; threads may share it."""

	def __init__(self, package: Package):
		"""Raises TemplateError with everything that is wrong with the template's tags."""
		self.placed = place_tags(package)
		self.parts = [_compile_part(package, name, placed) for name, placed in self.placed.items()]
		varying = {CONTENT_TYPES}
		for part in self.parts:
			varying |= {part.name, relations_of(part.name)}
		first = pack(CONTENT_TYPES, _with_picture_types(package))
		self._image = Image(
			[first, *(pack(name, content) for name, content in package.parts.items() if name not in varying)]
		)
		self._without_pictures = {
			part.name: pack(
				relations_of(part.name), part.write_relations(PartPictures(_no_pictures(), "")).encode()
			)
			for part in self.parts
		}
		self._media_prefix = _find_free("word/media/picture", package.parts)
		self._last_number = _find_last_number(package)

	@property
	def tags(self) -> Iterator[PlacedTag]:
		"""Yield the tags of all parts in their order."""
		for placed in self.placed.values():
			yield from (piece for piece in placed.pieces if isinstance(piece, PlacedTag))

	@cached_property
	def names(self) -> frozenset[str]:
		"""The names that a context must have."""
		return frozenset(read.path[0] for read in resolve_paths(self.tags))

	def render(self, context: Mapping[str, Any]) -> bytes:
		"""Return the template filled with this context, as a .docx; the same bytes for the same values.

		A value is a text (line breaks and tabs are kept), number, date, Block, Picture or picture's bytes, a
		list of such, or a dict whose keys are names; None prints nothing. Raises RenderError.
		"""
		budget, found = Budget(), Pictures(self._last_number, self._media_prefix)
		entries = []
		for part in self.parts:
			pictures = PartPictures(found, part.prefix)
			entries.append(
				pack(part.name, self._render_part(part, context, pictures, budget).encode(), LEVEL)
			)
			entries.append(self._pack_relations(part, pictures))
		entries += [pack(name, content, level=0) for name, content in found.parts.items()]
		return self._image.finish(entries)

	def _render_part(
		self, part: CompiledPart, context: Mapping[str, Any], pictures: PartPictures, budget: Budget
	) -> str:
		try:
			return part.render(context, pictures, budget)
		except UndefinedError as error:
			message = _("The template asks for {0}, which the document does not have.")
			raise RenderError(Fault(message, (error.message,))) from error
		except TypeError as error:
			raise RenderError(Fault(_("The template compares values that cannot be compared."))) from error

	def _pack_relations(self, part: CompiledPart, rendered: PartPictures):
		if not (rendered.relations or rendered.links):
			return self._without_pictures[part.name]
		return pack(relations_of(part.name), part.write_relations(rendered).encode(), LEVEL)


class _Cache:
	"""The templates that were compiled last, by the digests of their files."""

	def __init__(self, size: int):
		self._size, self._kept, self._lock = size, OrderedDict(), threading.Lock()

	def get(self, source: bytes, custom_rows_before: str | None) -> CompiledTemplate:
		key = (hashlib.sha256(source).digest(), custom_rows_before)
		with self._lock:
			known = self._kept.get(key)
			if known:
				self._kept.move_to_end(key)
				return known
		compiled = compile_package(read_package(source), custom_rows_before)
		with self._lock:
			self._kept[key] = compiled
			while len(self._kept) > self._size:
				self._kept.popitem(last=False)
		return compiled


_CACHE: Final = _Cache(KEPT_TEMPLATES)


def compile_template(source: bytes, custom_rows_before: str | None = None) -> CompiledTemplate:
	"""Return a .docx as a template, compiled once as long as it is in use.

	With `custom_rows_before`, a template that does not print the custom fields gets a row for each of them
	before the row with this label, or at its end. Raises TemplateError with everything that is wrong with it.
	"""
	return _CACHE.get(source, custom_rows_before)


def compile_package(package: Package, custom_rows_before: str | None = None) -> CompiledTemplate:
	"""`compile_template` for what is unpacked already, and not kept."""
	compiled = CompiledTemplate(package)
	if custom_rows_before is None or EXTRAS in compiled.names:
		return compiled
	return CompiledTemplate(add_custom_rows(package, custom_rows_before))


def place_tags(package: Package) -> dict[str, PlacedPart]:
	"""Return the parts that hold tags, taken apart. Raises TemplateError with all faults of the tags."""
	faults: list[Fault] = []
	tags: list[PlacedTag] = []
	placed = {}
	for name, label in find_parts(package):
		root = parse_xml(package.parts[name], name)
		if root.nsmap.get("w") != W:
			raise refusal(_OTHER_KIND)
		placer = Placer(root, label)
		part = placer.place()
		faults += placer.faults
		tags += placer.tags
		if placer.tags:
			placed[name] = part
	if faults:
		raise TemplateError(faults, tags)
	return placed


def find_parts(package: Package) -> Iterator[tuple[str, tuple[Phrase, ...]]]:
	"""Yield the parts that may hold tags, with what a user calls them (nothing for the text)."""
	main = package.main
	if package.get_type(main) != MAIN_TYPE:
		raise refusal(_OTHER_KIND)
	yield main, ()
	for relation in package.get_relations(main):
		label = PARTS.get(package.get_type(relation.target))
		if label and not relation.external and relation.target in package.parts:
			yield relation.target, (Phrase(label),)


class Read(NamedTuple):
	"""A name that a tag reads: as it is `typed`, and its `path` in the context."""

	placed: PlacedTag
	typed: tuple[str, ...]
	path: tuple[str, ...]


def resolve_paths(tags: Iterable[PlacedTag]) -> Iterator[Read]:
	"""Yield what each tag reads as the context has it: a row of a loop is what the loop goes through.

	Tags whose loops do not match are read as far as they do.
	"""
	loops: list[tuple[str, tuple[str, ...]]] = []

	def resolve(typed: tuple[str, ...]) -> tuple[str, ...]:
		rows = next((rows for variable, rows in reversed(loops) if variable == typed[0]), typed[:1])
		return (*rows, *typed[1:])

	for placed in tags:
		for typed in placed.tag.paths:
			if not loops or typed[0] != "loop":
				yield Read(placed, typed, resolve(typed))
		if placed.tag.kind == "for":
			loops.append((placed.tag.variable, resolve(next(placed.tag.paths))))
		elif placed.tag.kind == "endfor":
			del loops[-1:]


def _compile_part(package: Package, name: str, placed: PlacedPart) -> CompiledPart:
	environment = Dialect()
	environment.filters["rows"] = _take_rows
	tree = _Builder(environment).build(placed.pieces)
	source = relations_of(name)
	xml = package.parts[source].decode() if source in package.parts else _EMPTY_RELATIONS
	relations = etree.tostring(parse_xml(xml.encode(), source), encoding="unicode")
	opened = re.sub(r"/>$|</Relationships>$", lambda end: ">" if end[0] == "/>" else "", relations)
	try:
		template = environment.from_string(tree)
	except (JinjaError, SyntaxError, RecursionError) as error:
		raise refusal(_("The template cannot be read. Please simplify its conditions and loops.")) from error
	ids = [relation.id for relation in package.get_relations(name)]
	return CompiledPart(name, template, placed, _DECLARATION + opened, _find_free("rIdPicture", ids))


def _take_rows(value: Any, budget: Budget) -> Sequence:
	"""Return what a loop goes through, once the rendering may still do so many rows."""
	if not isinstance(value, list | tuple):
		raise RenderError(Fault(_("A loop of the template goes through what is no list.")))
	budget.take_rows(len(value))
	return value


class _Builder:
	"""Makes a Jinja template of a part's pieces, without writing and reading its source."""

	def __init__(self, environment: Dialect):
		self._environment = environment

	def build(self, pieces: Iterable[str | PlacedTag]) -> nodes.Template:
		self._pieces = iter((_DECLARATION, *pieces))
		body, _end = self._read_body()
		template = nodes.Template(body, lineno=1)
		for node in template.find_all(nodes.Node):
			node.lineno = 1
		template.set_environment(self._environment)
		return template

	def _read_body(self) -> tuple[list[nodes.Node], PlacedTag | None]:
		"""Return what comes before the end of a block, and the tag that ends it."""
		body: list[nodes.Node] = []
		for piece in self._pieces:
			if isinstance(piece, str):
				body.append(nodes.Output([nodes.TemplateData(piece)]))
			elif piece.tag.kind == "value":
				body.append(nodes.Output([self._fill(piece)]))
			elif piece.tag.kind == "if":
				body.append(self._read_condition(piece))
			elif piece.tag.kind == "for":
				body.append(self._read_loop(piece))
			elif piece.tag.kind != "comment":
				return _joined(body), piece
		return _joined(body), None

	def _fill(self, placed: PlacedTag) -> nodes.Expr:
		name = f"slot{len(self._environment.filters)}"
		self._environment.filters[name] = placed.slot.fill
		return self._call(name, placed.tag.expression, _PICTURES)

	def _call(self, name: str, expression: nodes.Expr, argument: str) -> nodes.Filter:
		return nodes.Filter(expression, name, [nodes.Name(argument, "load")], [], None, None)

	def _read_condition(self, placed: PlacedTag) -> nodes.If:
		body, end = self._read_body()
		others, last = [], []
		while end.tag.kind == "elif":
			test = end.tag.expression
			inner, end = self._read_body()
			others.append(nodes.If(test, inner, [], []))
		if end.tag.kind == "else":
			last, end = self._read_body()
		return nodes.If(placed.tag.expression, body, others, last)

	def _read_loop(self, placed: PlacedTag) -> nodes.For:
		body, end = self._read_body()
		otherwise = self._read_body()[0] if end.tag.kind == "else" else []
		rows = self._call("rows", placed.tag.expression, _BUDGET)
		return nodes.For(nodes.Name(placed.tag.variable, "store"), rows, body, otherwise, None, False)


def _joined(body: list[nodes.Node]) -> list[nodes.Node]:
	"""Put outputs that follow each other into one."""
	joined: list[nodes.Node] = []
	for node in body:
		if joined and isinstance(node, nodes.Output) and isinstance(joined[-1], nodes.Output):
			joined[-1].nodes += node.nodes
		else:
			joined.append(node)
	return joined


def _with_picture_types(package: Package) -> bytes:
	"""Return the content types with those of pictures, which do no harm where there is none."""
	root = parse_xml(package.parts[CONTENT_TYPES], CONTENT_TYPES)
	namespace = etree.QName(root).namespace
	for ending, kind in TYPES.items():
		if ending not in package.defaults:
			root.insert(
				0, etree.Element(f"{{{namespace}}}Default", {"Extension": ending, "ContentType": kind})
			)
	return (_DECLARATION + etree.tostring(root, encoding="unicode")).encode()


def _no_pictures() -> Pictures:
	return Pictures(0, "")


def _find_free(prefix: str, taken: Iterable[str]) -> str:
	"""Return a prefix that none of these names has."""
	names = list(taken)
	while any(name.lower().startswith(prefix.lower()) for name in names):
		prefix += "-"
	return prefix


def _find_last_number(package: Package) -> int:
	"""Return the highest number of a drawing in the parts that may hold tags."""
	numbers = [0]
	for name, _label in find_parts(package):
		for node in parse_xml(package.parts[name], name).iter(f"{{{DRAWING}}}docPr"):
			numbers.append(_as_number(node.get("id", "")))
	return max(numbers)


def _as_number(text: str) -> int:
	return int(text) if text.isdecimal() and len(text) < 10 else 0
