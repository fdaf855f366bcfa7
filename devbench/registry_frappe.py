"""Frappe from PyPI: `criscostack` is Frappe 15.0.0-dev of 2023-08-05 under another name.

Undoing the renaming gives upstream's files of commit 4931c7379c (compared file by file), but for
logos, some line ends, file ends and one function of `rate_limiter.py`. What upstream keeps outside
the Python package (asset builder, realtime relay) is in `overlay/`, written for this project.
"""

import re
import shutil
import tarfile
from pathlib import Path

from devbench.errors import BadGround
from devbench.files import digest_of_tree, write_whole
from devbench.instance import Instance
from devbench.process import run
from devbench.progress import StepLine

NAME, VERSION = "criscostack", "1.0.0"
SHA256 = "82f55713e9ee191d5a6c8eaba215ae3da4ab9ee20d8eaa27f501351ee6345478"
#: of the restored tree, before the overlay; see `digest_of_tree`
RESTORED = "48c906d8275f867046e88516cad57ea17a7d6017ff7d786c3de4bae58ea8c235"
OVERLAY = Path(__file__).parent / "overlay"
BRANCH = "version-15"

#: what the renaming did, in the order in which it is undone
RENAMED = (
	(b"Criscoerp", b"ERPNext"),
	(b"criscoerp", b"erpnext"),
	(b"Criscostack", b"Frappe"),
	(b"criscostack", b"frappe"),
	(b"CRISCOSTACK", b"FRAPPE"),
	(b"Crisco", b"Frappe"),
)
MOVED = {"frappe/utils/brik_helper.py": "frappe/utils/bench_helper.py"}
LEFT_OUT = {"PKG-INFO", ".DS_Store"}


def undo_renaming(content: bytes) -> bytes:
	"""Return the bytes of a file (or of its name) as upstream has them."""
	for theirs, upstream in RENAMED:
		content = content.replace(theirs, upstream)
	return content


def restored_name(member: str) -> str | None:
	"""Return where a file of the archive belongs in the restored tree; None for packaging remains.

	:raises ValueError: for a name that would leave the tree.
	"""
	inside = member.split("/", 1)[1]
	name = undo_renaming(inside.encode()).decode()
	if name.startswith("/") or ".." in name.split("/"):
		raise ValueError(f"{member} points out of the archive")
	return None if name.rsplit("/", 1)[-1] in LEFT_OUT else MOVED.get(name, name)


def restore(archive: Path, target: Path, line: StepLine | None = None) -> None:
	"""Unpack `archive` into `target` (which must not exist) with the renaming undone."""
	with tarfile.open(archive) as packed:
		members = [member for member in packed if member.isfile()]
		for number, member in enumerate(members):
			name = restored_name(member.name)
			if name is None:
				continue
			file = target / name
			file.parent.mkdir(parents=True, exist_ok=True)
			file.write_bytes(undo_renaming(packed.extractfile(member).read()))
			if line and number % 200 == 0:
				line.report(0.5 + number / len(members) / 2)
	_declare_own_version(target / "pyproject.toml")


def _declare_own_version(pyproject: Path) -> None:
	"""The package's number is its own; Frappe's is in `frappe/__init__.py`, where upstream reads it, too."""
	text = re.sub(r'(?m)^version = ".*"$', 'dynamic = ["version"]', pyproject.read_text(), count=1)
	pyproject.write_text(text)


def download(instance: Instance) -> Path:
	"""Fetch the archive through pip, which checks its hash; return where it is.

	:raises StepFailed: if it can't be had, or is not what was pinned.
	"""
	archive = instance.cache / f"{NAME}-{VERSION}.tar.gz"
	wanted = instance.cache / f"{NAME}.txt"
	write_whole(wanted, f"{NAME}=={VERSION} --hash=sha256:{SHA256}\n")
	run(
		[instance.tools / "bin" / "pip", "download", "--quiet", "--no-deps", "--no-build-isolation"]
		+ ["--no-binary", ":all:", "--require-hashes", "-r", wanted, "-d", instance.cache],
		log=instance.logs / "step-frappe.log",
		instance=instance.folder,
	)
	return archive


def build_repository(instance: Instance, repository: Path, line: StepLine) -> None:
	"""Make the git repository that bench clones: Frappe restored, and the overlay.

	:raises BadGround: if the restored tree is not the one that was compared with upstream.
	"""
	archive = download(instance)
	line.report(0.5)
	shutil.rmtree(repository, ignore_errors=True)
	restore(archive, repository, line)
	found = digest_of_tree(repository)
	if found != RESTORED:
		shutil.rmtree(repository)
		raise BadGround(
			f"The restored Frappe is not the one that was checked (digest {found[:12]}… instead of "
			f"{RESTORED[:12]}…), so it was not used. Remove .dev/cache and run ./dev up again."
		)
	shutil.copytree(
		OVERLAY, repository, dirs_exist_ok=True, ignore=shutil.ignore_patterns("test", "*.test.js")
	)
	_commit(instance, repository)


def _commit(instance: Instance, repository: Path) -> None:
	git = ["git", "-c", "user.name=devbench", "-c", "user.email=devbench@localhost", "-c", "gc.auto=0"]
	for words in (
		["init", "--quiet", "--initial-branch", BRANCH],
		["add", "--all", "--force"],
		["commit", "--quiet", "--no-verify", "--message", f"Frappe restored from {NAME} {VERSION}"],
	):
		run([*git, *words], log=instance.logs / "step-frappe.log", instance=instance.folder, cwd=repository)
