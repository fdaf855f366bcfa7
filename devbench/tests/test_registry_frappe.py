"""Frappe is restored from the registry's package as upstream has it, or not used at all."""

import io
import tarfile
from pathlib import Path

import pytest

from devbench import registry_frappe
from devbench.errors import BadGround
from devbench.instance import Frappe, Instance

MEMBERS = {
	"criscostack-1.0.0/criscostack/utils/brik_helper.py": "import criscostack  # Crisco, CRISCOSTACK_SITE\n",
	"criscostack-1.0.0/criscostack/hooks.py": "also_needs = 'criscoerp'  # Criscoerp\n",
	"criscostack-1.0.0/criscostack/public/.DS_Store": "rubbish",
	"criscostack-1.0.0/PKG-INFO": "Name: criscostack\n",
	"criscostack-1.0.0/pyproject.toml": '[project]\nname = "criscostack"\nversion = "1.0.0"\n',
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
	file = tmp_path / "package.tar.gz"
	with tarfile.open(file, "w:gz") as packed:
		for name, text in MEMBERS.items():
			member = tarfile.TarInfo(name)
			member.size = len(text)
			packed.addfile(member, io.BytesIO(text.encode()))
	return file


@pytest.fixture
def restored(archive: Path, tmp_path: Path) -> Path:
	registry_frappe.restore(archive, tmp_path / "frappe-source")
	return tmp_path / "frappe-source"


def test_names_are_undone_in_text_and_in_file_names(restored):
	assert (restored / "frappe/hooks.py").read_text() == "also_needs = 'erpnext'  # ERPNext\n"
	helper = restored / "frappe/utils/bench_helper.py"
	assert helper.read_text() == "import frappe  # Frappe, FRAPPE_SITE\n"


def test_packaging_remains_are_left_out(restored):
	names = {file.name for file in restored.rglob("*")}
	assert not names & {"PKG-INFO", ".DS_Store"}


def test_the_version_is_frappes_own(restored):
	assert (restored / "pyproject.toml").read_text() == '[project]\nname = "frappe"\ndynamic = ["version"]\n'


@pytest.mark.parametrize("member", ["x/../../etc/passwd", "x//etc/passwd"])
def test_no_member_leaves_the_tree(member):
	with pytest.raises(ValueError, match="out of the archive"):
		registry_frappe.restored_name(member)


def test_a_tree_that_was_not_checked_is_not_used(archive, tmp_path, monkeypatch):
	monkeypatch.setattr(registry_frappe, "download", lambda instance: archive)
	repository = tmp_path / "repository"

	class Line:
		def report(self, fraction: float) -> None:
			pass

	with pytest.raises(BadGround, match="not the one that was checked"):
		registry_frappe.build_repository(Instance(Frappe(), tmp_path), repository, Line())
	assert not repository.exists()
