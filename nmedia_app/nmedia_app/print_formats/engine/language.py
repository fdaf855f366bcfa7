"""The language of Word templates: names of the context, conditions and loops, and nothing else.

    {{ name }}   {% if … %} {% elif … %} {% else %} {% endif %}   {% for row in rows %} {% endfor %}   {# … #}

`{%p … %}` takes the paragraph that it stands in away, `{%tr … %}` the row of a table. An expression is a
name, a name of a group (`verification.code`), a text, a number, or these with `==`, `<`, `in`, `and`, `or`,
`not`, `… if … else …`, `is defined`. Jinja parses and compiles it; whatever else Jinja knows (calls,
filters, arithmetic, slices, include, set, macro …) is refused before it is compiled, and its sandbox would
refuse it once more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment
from jinja2.tests import TESTS

from nmedia_app.nmedia_app.print_formats.engine.faults import Fault
from nmedia_app.nmedia_app.print_formats.engine.values import Block
from nmedia_app.phrases import _

LONGEST_TAG: Final = 300

#: a tag as it stands in a text; one that begins within another is broken
TAG: Final = re.compile(
	r"\{\{(?:(?!\{\{|\{%|\}\}).)*\}\}|\{%(?:(?!\{\{|\{%|%\}).)*%\}|\{#(?:(?!\{#|#\}).)*#\}", re.DOTALL
)
#: what is left of a tag that was not closed, or not opened
BROKEN: Final = re.compile(r"\{[{%#]|[}%]\}|｛[｛%％]|｝｝")

_PREFIX = re.compile(r"(tr|tc|p|r)\s+(?=\S)")
_LOOP = re.compile(r"for\s+([^\W\d_]\w*)\s+in\s+(\S.*)", re.DOTALL)
_NAME = re.compile(r"[^\W\d_]\w*")
#: what Word's automatic correction makes of quotes and spaces
_AS_TYPED = str.maketrans("“”„‘’‚\u00a0\u3000", "\"\"\"'''  ")
_RESERVED = frozenset(("self", "super", "caller", "varargs", "kwargs"))
_LOOP_NAMES = frozenset(("index", "index0", "first", "last", "length"))
_ALLOWED = (
	nodes.Name,
	nodes.Getattr,
	nodes.Getitem,
	nodes.Const,
	nodes.Not,
	nodes.And,
	nodes.Or,
	nodes.Compare,
	nodes.Operand,
	nodes.CondExpr,
	nodes.Test,
)

OPENING: Final = frozenset(("if", "for"))
CLOSING: Final = {"endif": "if", "endfor": "for"}
BETWEEN: Final = frozenset(("elif", "else"))


class Missing(StrictUndefined):
	"""A name that the context does not have; whatever is done with it but asking, the error is its name."""

	@property
	def _undefined_message(self) -> str:
		return str(self._undefined_name)


class Dialect(SandboxedEnvironment):
	"""Jinja for Word templates: strict, and closed to everything but plain data.

	It does not escape: no value is put out but by a slot, and slots do (`template._Builder`).
	"""

	def __init__(self):
		super().__init__(autoescape=False, undefined=Missing, cache_size=0)
		self.globals.clear()
		self.filters.clear()
		self.tests = {"defined": TESTS["defined"]}

	def getattr(self, obj: Any, attribute: str) -> Any:
		"""Return a member of a group, the picture, text or alignment of a block, or a loop's own number."""
		if isinstance(obj, dict):
			if attribute in obj:
				return obj[attribute]
		elif isinstance(obj, Block):
			if attribute == "text":
				return obj  # it prints as its runs, in their styles
			if attribute in ("image", "align"):
				return getattr(obj, attribute)
		elif isinstance(obj, LoopContext) and attribute in _LOOP_NAMES:
			return getattr(obj, attribute)
		return self.undefined(obj=obj, name=attribute)

	def getitem(self, obj: Any, argument: str) -> Any:
		return self.getattr(obj, argument)

	def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
		return False

	def is_safe_callable(self, obj: Any) -> bool:
		return False


_PARSER = Dialect()


@dataclass
class Tag:
	"""A tag of a template.

	:param text: the tag as typed.
	:param kind: value, comment, if, elif, else, endif, for or endfor.
	:param scope: what it takes away: "p" its paragraph, "tr" its row, "" only itself.
	:param expression: of a value or a condition; of a loop what it goes through.
	:param variable: the name that a loop gives each row.
	"""

	text: str
	kind: str
	scope: str = ""
	expression: nodes.Expr | None = None
	variable: str = ""

	@property
	def paths(self) -> Iterator[tuple[str, ...]]:
		"""Yield each name that it reads, with the names within groups: ("verification", "code")."""
		return find_paths(self.expression) if self.expression else iter(())


class TagError(ValueError):
	"""A tag that cannot be read; `fault` says why."""

	def __init__(self, message: str, *params: Any):
		self.fault = Fault(message, params)
		super().__init__(self.fault.say())


def read_tag(text: str) -> Tag:
	"""Return what a tag says. Raises TagError."""
	if len(text) > LONGEST_TAG:
		raise TagError(_("“{0}…” is too long for a tag."), text[:40])
	if text.startswith("{#"):
		return Tag(text, "comment", _split_prefix(text[2:-2].lstrip(" "))[0])
	inside = text[2:-2].translate(_AS_TYPED)
	if inside[:1] in "+-" or inside[-1:] in ("-", "+"):
		raise TagError(_("{0} is no tag: please write it without “-” and “+” beside the braces."), text)
	scope, inside = _split_prefix(inside)
	read = _read_value if text.startswith("{{") else _read_statement
	return read(text, scope, inside.strip())


def _split_prefix(inside: str) -> tuple[str, str]:
	match = _PREFIX.match(inside)
	return (match[1], inside[match.end() :]) if match else ("", inside)


def _read_value(text: str, scope: str, inside: str) -> Tag:
	if scope in ("tr", "tc"):
		raise TagError(_("{0} is no tag: a value is written as {1}."), text, f"{{{{ {inside} }}}}")
	return Tag(text, "value", "", read_expression(inside, text))


def _read_statement(text: str, scope: str, inside: str) -> Tag:
	word, _space, rest = inside.partition(" ")
	scope = "" if scope == "r" else scope
	if scope == "tc":
		raise TagError(
			_("{0}: only whole paragraphs ({1}) and rows ({2}) can come and go."), text, "{%p", "{%tr"
		)
	if word in ("if", "elif"):
		return Tag(text, word, scope, read_expression(rest, text))
	if word in ("else", "endif", "endfor") and not rest.strip():
		return Tag(text, word, scope)
	if word == "for":
		return _read_loop(text, scope, inside)
	raise TagError(_("{0} is no tag: there are {1}."), text, "if, elif, else, endif, for, endfor")


def _read_loop(text: str, scope: str, inside: str) -> Tag:
	match = _LOOP.fullmatch(inside)
	rows = read_expression(match[2], text) if match else None
	if not isinstance(rows, nodes.Name | nodes.Getattr | nodes.Getitem) or match[1] in (*_RESERVED, "loop"):
		raise TagError(_("{0} is no loop: please write it like {1}."), text, "{% for row in rows %}")
	return Tag(text, "for", scope, rows, match[1])


def read_expression(source: str, text: str) -> nodes.Expr:
	"""Return an expression that is nothing but names, constants and conditions. Raises TagError."""
	try:
		parsed = _PARSER.parse("{{ " + source + " }}").body
	except (TemplateSyntaxError, RecursionError):
		raise TagError(
			_("{0} cannot be read. Please check its name, its quotes and its braces."), text
		) from None
	if len(parsed) != 1 or not isinstance(parsed[0], nodes.Output) or len(parsed[0].nodes) != 1:
		raise TagError(_("{0} cannot be read. Please check its name, its quotes and its braces."), text)
	expression = parsed[0].nodes[0]
	if isinstance(expression, nodes.TemplateData) or not all(map(_is_allowed, _walk(expression))):
		raise TagError(
			_("{0} does more than a template may: names of fields, conditions and loops are all it can use."),
			text,
		)
	return expression


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
	yield node
	for child in node.iter_child_nodes():
		yield from _walk(child)


def _is_allowed(node: nodes.Node) -> bool:
	if isinstance(node, nodes.Name):
		return bool(_NAME.fullmatch(node.name)) and node.name not in _RESERVED
	if isinstance(node, nodes.Getattr):
		return bool(_NAME.fullmatch(node.attr))
	if isinstance(node, nodes.Getitem):
		return (
			isinstance(node.arg, nodes.Const)
			and isinstance(node.arg.value, str)
			and node.arg.value[:1] != "_"
		)
	if isinstance(node, nodes.Test):
		return node.name == "defined"
	return isinstance(node, _ALLOWED)


def find_paths(node: nodes.Node) -> Iterator[tuple[str, ...]]:
	"""Yield the names that an expression reads, each with the names within groups behind it."""
	path = _as_path(node)
	if path:
		yield path
		return
	for child in node.iter_child_nodes():
		yield from find_paths(child)


def _as_path(node: nodes.Node) -> tuple[str, ...]:
	if isinstance(node, nodes.Name):
		return (node.name,)
	if isinstance(node, nodes.Getattr):
		return (*_as_path(node.node), node.attr) if _as_path(node.node) else ()
	if isinstance(node, nodes.Getitem):
		return (*_as_path(node.node), node.arg.value) if _as_path(node.node) else ()
	return ()
