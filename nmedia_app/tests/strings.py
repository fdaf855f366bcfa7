"""Every English string of the app that a user may see, gathered from its own sources."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).parents[1]
JAVASCRIPT_CALL = re.compile(r"""(?<![\w.])__\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`$]*)`)""")
TEMPLATE_CALL = re.compile(r"""(?<![\w.])_\("([^"]+)"\)""")

# keys of a document's JSON that are shown as they are, and those whose value is a list of choices
SHOWN_KEYS = ("label", "description", "title", "card_name", "shortcut_name", "format")
SHOWN_NAMES = ("DocType", "Workspace", "Number Card", "Report", "Role", "Print Format", "Module Def")
DEFAULT_NAMES = ("workflow_state_name", "workflow_action_name", "workflow_name")


def get_source_strings() -> set[str]:
	"""Return the strings to translate: of code, DocTypes, workspaces, reports, roles, defaults."""
	strings = {"New Media Management", "Nmedia App"}
	for path in APP.rglob("*"):
		if "tests" in path.parts or "dist" in path.parts:
			continue
		if path.suffix == ".py":
			strings.update(get_python_strings(path))
		elif path.suffix == ".js":
			strings.update(get_javascript_strings(path))
		elif path.suffix == ".html":
			strings.update(TEMPLATE_CALL.findall(path.read_text(encoding="utf-8")))
		elif path.suffix == ".json" and "demo_data" not in path.parts:
			strings.update(get_document_strings(json.loads(path.read_text(encoding="utf-8"))))
	return {string for string in strings if re.search(r"[A-Za-z]{2}", string)}


def get_python_strings(path: Path) -> Iterator[str]:
	for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
		if not (isinstance(node, ast.Call) and getattr(node.func, "id", None) == "_"):
			continue
		if isinstance(node.args[0], ast.Constant):
			yield node.args[0].value


def get_javascript_strings(path: Path) -> Iterator[str]:
	for match in JAVASCRIPT_CALL.finditer(path.read_text(encoding="utf-8")):
		yield next(group for group in match.groups() if group is not None)


def get_document_strings(value, key: str = "") -> Iterator[str]:
	"""Walk a document's JSON for what is shown of it."""
	if isinstance(value, list):
		for item in value:
			yield from get_document_strings(item)
	elif isinstance(value, dict):
		if value.get("doctype") in SHOWN_NAMES and value.get("name"):
			yield value["name"]
		if value.get("fieldtype") == "Select":
			yield from (value.get("options") or "").split("\n")
		for name, item in value.items():
			yield from get_document_strings(item, name)
	elif isinstance(value, str) and value and key in (*SHOWN_KEYS, *DEFAULT_NAMES):
		yield value
