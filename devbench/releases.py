"""A site as a release left it: kept as a dump, and brought back to be taken through an upgrade.

A dump is VERSION.tar.xz: the database and the site's uploads, as `fill.py` beside it says. It is of the
registry's Frappe: what is tried is the app's own migration, not the platform's.
"""

import io
import lzma
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from devbench import build, debian, sites
from devbench.instance import APP, CHECKOUT, Instance
from devbench.process import run
from devbench.progress import StepLine
from devbench.steps import Step

FOLDER = CHECKOUT / APP / "tests" / "releases"
DATABASE = "database.sql"
#: where a site keeps uploads
UPLOADS = ("private/files", "public/files")
#: newer clients write this line, which older ones cannot read
SANDBOX = re.compile(rb"^/\*M?!999999.*\n")


def kept() -> list[str]:
	"""Return the versions of which there is a dump."""
	return sorted(file.name.removesuffix(".tar.xz") for file in FOLDER.glob("*.tar.xz"))


def dump_of(version: str) -> Path:
	return FOLDER / f"{version}.tar.xz"


def making(instance: Instance, commit: str, version: str) -> Step:
	"""Return the step that makes the dump of `version` from the app as it was at `commit`."""

	def work(line: StepLine) -> None:
		tree = _export(instance, commit)
		sites.create(instance, sites.UPGRADE, line)
		environment = build.environment(instance) | {"PYTHONPATH": str(tree)}
		for command in (
			sites.frappe_command(instance, sites.UPGRADE, ["install-app", APP]),
			[instance.python, FOLDER / "fill.py", sites.UPGRADE],
		):
			log = instance.logs / "step-release.log"
			run(command, log=log, instance=instance.folder, cwd=instance.sites, env=environment)
		dump_of(version).write_bytes(_pack(_read_database(instance), instance.sites / sites.UPGRADE))

	return Step("release", f"A site of {version}", work, expected=120)


def _export(instance: Instance, commit: str) -> Path:
	"""Put the app as it was at that commit into a folder of its own."""
	tree = instance.folder / "release"
	shutil.rmtree(tree, ignore_errors=True)
	command = ["git", "archive", commit, APP]
	archive = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True).stdout
	with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
		packed.extractall(tree)
	return tree


def _read_database(instance: Instance) -> bytes:
	"""Return the site's database as SQL, the rows of a table in the order of their keys."""
	command = [
		*[debian.program("mariadb-dump"), "--no-defaults", "--protocol=tcp", "--host=127.0.0.1"],
		*[f"--port={instance.port('mariadb')}", "--user=root", "--single-transaction", "--skip-dump-date"],
		*["--skip-comments", "--order-by-primary", "--hex-blob", sites.DATABASES[sites.UPGRADE]],
	]
	password = {"MYSQL_PWD": instance.secret("mariadb_root")}
	printed = subprocess.run(command, check=True, capture_output=True, env=os.environ | password).stdout
	return SANDBOX.sub(b"", printed)


def _pack(database: bytes, site: Path) -> bytes:
	"""Return database and uploads as an archive that tells neither when nor by whom they were written."""
	uploads = sorted(file for folder in UPLOADS for file in (site / folder).rglob("*") if file.is_file())
	contents = {DATABASE: database} | {str(file.relative_to(site)): file.read_bytes() for file in uploads}
	buffer = io.BytesIO()
	with tarfile.open(fileobj=buffer, mode="w") as packed:
		for name, content in contents.items():
			entry = tarfile.TarInfo(name)
			entry.size = len(content)
			packed.addfile(entry, io.BytesIO(content))
	return lzma.compress(buffer.getvalue(), preset=9)


def restore(instance: Instance, version: str) -> None:
	"""Make the site that a version left, in the place of the one that was tried last."""
	unpacked = instance.folder / "release-dump"
	with tarfile.open(dump_of(version)) as packed:
		packed.extractall(unpacked)
		sites.restore(instance, sites.UPGRADE, unpacked / DATABASE)
		packed.extractall(instance.sites / sites.UPGRADE, [m for m in packed if m.name != DATABASE])
