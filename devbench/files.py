"""Small file helpers that survive an interruption: a file is there whole or not at all."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

#: folders whose content is made from the rest
GENERATED = {"__pycache__", "node_modules", "dist"}


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
	"""Write `text` to `path` so that a crash leaves the old file or the new one, never a part.

	The content is flushed to disk before the rename. `mode` holds from the first byte on.
	"""
	path.parent.mkdir(parents=True, exist_ok=True)
	part = path.with_name(f".{path.name}.{os.getpid()}.part")
	with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as out:
		out.write(text)
		out.flush()
		os.fsync(out.fileno())
	os.chmod(part, mode)
	os.replace(part, path)


def write_json(path: Path, value: Any, *, mode: int = 0o644) -> None:
	"""Write `value` as readable JSON, whole or not at all."""
	write_whole(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n", mode=mode)


def read_json(path: Path, default: Any = None) -> Any:
	"""Return the JSON value in `path`; `default` if it is missing or not JSON (a torn write)."""
	try:
		return json.loads(path.read_text())
	except (OSError, ValueError):
		return default


def digest_of_files(root: Path, files: Iterable[Path]) -> str:
	"""SHA-256 over relative name and content of `files`, in the order of their names."""
	total = hashlib.sha256()
	for name, file in sorted((file.relative_to(root).as_posix(), file) for file in files):
		total.update(name.encode() + b"\0")
		total.update(hashlib.sha256(file.read_bytes()).digest())
	return total.hexdigest()


def digest_of_tree(root: Path, *, suffixes: tuple[str, ...] = ()) -> str:
	"""SHA-256 over a folder's files (those with one of `suffixes`, if given), but for generated ones."""
	if not root.exists():
		return "absent"
	files = (
		file
		for file in root.rglob("*")
		if file.is_file()
		and not GENERATED.intersection(file.relative_to(root).parts)
		and (not suffixes or file.suffix in suffixes)
	)
	return digest_of_files(root, files)
