"""Everything of a checkout lives in its own folder, with ports and passwords of its own."""

import json
import stat

from devbench.build import CONSTRAINTS, NODE_MANIFEST
from devbench.instance import LONGEST_SOCKET, Frappe, Instance, current


def test_a_port_is_chosen_once_and_kept(tmp_path):
	assert Instance(Frappe(), tmp_path).port("web") == Instance(Frappe(), tmp_path).port("web")


def test_two_servers_never_share_a_port(tmp_path):
	instance = Instance(Frappe(), tmp_path)
	instance.set_port("mariadb", 13000)
	assert instance.port("cache") != 13000


def test_passwords_are_random_kept_and_the_owners_alone(tmp_path):
	first, second = Instance(Frappe(), tmp_path / "one"), Instance(Frappe(), tmp_path / "two")
	assert first.secret("Administrator") == Instance(Frappe(), tmp_path / "one").secret("Administrator")
	assert first.secret("Administrator") != second.secret("Administrator")
	file = first.folder / "secrets.json"
	assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_deep_path_does_not_break_mariadbs_socket(tmp_path):
	deep = Instance(Frappe(), tmp_path / ("deep" * 30))
	folder = deep.mariadb_socket.parent
	assert len(str(deep.mariadb_socket)) <= LONGEST_SOCKET
	assert stat.S_IMODE(folder.stat().st_mode) == 0o700
	deep.remove()
	assert not folder.exists()


def test_each_frappe_has_a_folder_of_its_own():
	slugs = {
		Frappe().slug,
		Frappe("https://example.org/f").slug,
		Frappe("https://example.org/f", "version-16").slug,
	}
	assert len(slugs) == 3
	assert Frappe().slug == "registry"


def test_the_instance_that_was_brought_up_last_is_the_current_one(tmp_path):
	Instance(Frappe("https://example.org/f", "version-16"), tmp_path).remember_as_current()
	assert current(tmp_path).frappe == Frappe("https://example.org/f", "version-16")


def test_every_python_package_is_pinned_exactly():
	for file in CONSTRAINTS.glob("*.txt"):
		pins = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
		assert pins and all("==" in pin for pin in pins), file.name


def test_every_node_package_is_locked_by_hash_and_without_an_address():
	lock = json.loads((NODE_MANIFEST / "package-lock.json").read_text())
	packages = {name: entry for name, entry in lock["packages"].items() if name}
	assert packages
	for name, entry in packages.items():
		assert entry.get("integrity"), name
		assert "resolved" not in entry, name
