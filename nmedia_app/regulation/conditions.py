"""Whether the condition of a workflow's transition can be read, and holds for what the documents have."""

import ast
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nmedia_app.phrases import Phrase, _

DOCUMENT = "doc"
#: what every document has beside its fields, and what can be called on it
OF_EVERY_DOCUMENT = frozenset(
	("name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "doctype", "get")
)


@dataclass(frozen=True)
class Vocabulary:
	"""What a condition may speak of.

	`fields` of the document: fieldname → choices of a selection, none for any other field. `names` beside the
	document, with dots (`frappe.utils.now`); what follows behind such a name is not looked at.
	"""

	fields: Mapping[str, Sequence[str]]
	names: frozenset[str] = frozenset()


def find_condition_faults(condition: str, vocabulary: Vocabulary) -> Iterator[Phrase]:
	"""Yield what is wrong with a condition; nothing if it is empty or in order."""
	text = unicodedata.normalize("NFKC", condition or "").strip()  # as the platform reads it
	if not text:
		return
	try:
		expression = ast.parse(text, mode="eval").body
	except (SyntaxError, ValueError, RecursionError) as error:
		near = text[max((getattr(error, "offset", 0) or 1) - 1, 0) :][:20] or text[-20:]
		yield Phrase(
			_('The condition cannot be read near “{0}”. Please write it such as: doc.section == "…"'), (near,)
		)
		return
	if isinstance(expression, ast.Constant):
		yield Phrase(
			_("The condition “{0}” says nothing about the document. Please empty it or name a field."),
			(text,),
		)
	yield from find_unknown_names(expression, vocabulary)
	yield from find_unknown_choices(expression, vocabulary)


def find_unknown_names(expression: ast.expr, vocabulary: Vocabulary) -> Iterator[Phrase]:
	own = {node.id for node in ast.walk(expression) if is_variable(node)}
	inner = {
		id(node.value)
		for node in ast.walk(expression)
		if isinstance(node, ast.Attribute) and get_path(node.value)
	}
	for node in ast.walk(expression):
		path = get_path(node)
		if not path or id(node) in inner or is_variable(node) or path.split(".")[0] in own:
			continue
		if path.split(".")[0] == DOCUMENT:
			yield from find_unknown_field(path, vocabulary)
		elif not any(path == name or path.startswith(f"{name}.") for name in vocabulary.names):
			yield Phrase(_("The condition names {0}, which does not exist."), (path,))
	for node in ast.walk(expression):
		if field := get_field_by_text(node):
			yield from find_unknown_field(f"{DOCUMENT}.{field}", vocabulary)


def find_unknown_field(path: str, vocabulary: Vocabulary) -> Iterator[Phrase]:
	field = path.split(".")[1] if "." in path else ""
	if field and field not in vocabulary.fields and field not in OF_EVERY_DOCUMENT:
		yield Phrase(
			_("The condition names the field {0}, which the document does not have. Please check its name."),
			(field,),
		)


def find_unknown_choices(expression: ast.expr, vocabulary: Vocabulary) -> Iterator[Phrase]:
	"""A selection is compared with what it can be: English words, whatever the screen says."""
	for node in ast.walk(expression):
		if not isinstance(node, ast.Compare) or len(node.comparators) != 1:
			continue
		for field, value in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
			choices = vocabulary.fields.get(get_field(field) or "") or ()
			for text in get_texts(value) if choices else ():
				if text and text not in choices:
					yield Phrase(
						_("The condition compares {0} with “{1}”, which it never is. It can be: {2}"),
						(get_field(field), text, "、".join(filter(None, choices))),
					)


def is_variable(node: ast.AST) -> bool:
	return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def get_path(node: ast.AST) -> str:
	"""Return the dotted name that an expression is; nothing if it is another kind of expression."""
	if isinstance(node, ast.Name):
		return node.id
	if isinstance(node, ast.Attribute) and (before := get_path(node.value)):
		return f"{before}.{node.attr}"
	return ""


def get_field(node: ast.AST) -> str | None:
	"""Return the field of the document that an expression reads: `doc.x`, `doc["x"]` or `doc.get("x")`."""
	path = get_path(node).split(".")
	if len(path) == 2 and path[0] == DOCUMENT:
		return path[1]
	return get_field_by_text(node)


def get_field_by_text(node: ast.AST) -> str | None:
	if isinstance(node, ast.Subscript) and get_path(node.value) == DOCUMENT:
		return next(iter(get_texts(node.slice)), None)
	if isinstance(node, ast.Call) and get_path(node.func) == f"{DOCUMENT}.get" and node.args:
		return next(iter(get_texts(node.args[0])), None)
	return None


def get_texts(node: ast.AST) -> list[str]:
	"""Return the text that a node is, or the texts of a list of them."""
	if isinstance(node, ast.Constant):
		return [node.value] if isinstance(node.value, str) else []
	if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
		return [text for element in node.elts for text in get_texts(element)]
	return []
