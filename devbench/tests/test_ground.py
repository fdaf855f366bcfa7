"""Bad ground gets one clear sentence and a way out."""

import socket

import pytest

from devbench import debian, ground
from devbench.errors import BadGround, StepFailed
from devbench.instance import Frappe, Instance, first_free_port
from devbench.process import run


@pytest.fixture
def instance(tmp_path) -> Instance:
	return Instance(Frappe(), tmp_path / ".dev")


@pytest.fixture
def taken_port():
	with socket.socket() as holder:
		holder.bind(("127.0.0.1", 0))
		holder.listen()
		yield holder.getsockname()[1]


def test_too_little_disk_says_how_much(instance):
	with pytest.raises(BadGround, match=r"1\.5 GB free, 4 GB needed\. Free 2\.5 GB"):
		ground.check_disk(instance.home, free_bytes=1_500_000_000)


def test_enough_disk_is_silent(instance):
	assert ground.check_disk(instance.home, free_bytes=10**11) is None


def test_a_node_that_is_too_old_is_named(instance):
	with pytest.raises(BadGround, match=r"Node 16\.20\.2 is too old: 18 or newer"):
		ground.check_node(instance, "v16.20.2")


def test_a_python_that_is_too_new_for_the_registrys_frappe_is_named(instance):
	with pytest.raises(BadGround, match=r"Python 3\.13 is too new .* python3\.11 dev up"):
		ground.check_python(instance, (3, 13))


def test_another_frappe_may_use_a_newer_python(tmp_path):
	upstream = Instance(Frappe("https://example.org/frappe", "version-16"), tmp_path)
	assert ground.check_python(upstream, (3, 14)) is None


def test_a_port_in_use_is_named_with_another_to_take(instance, taken_port):
	with pytest.raises(BadGround, match=rf"Port {taken_port} is in use .* --port {taken_port + 1}"):
		ground.check_port(instance, taken_port)


def test_a_free_port_is_found_beside_a_taken_one(taken_port):
	assert first_free_port(taken_port) > taken_port


@pytest.mark.parametrize(
	"printed",
	[
		"W: Failed to fetch https://mirror/InRelease  Temporary failure resolving 'mirror'",
		"npm error code ENOTFOUND",
		"ERROR: Could not install: Failed to establish a new connection: [Errno 101] Network is unreachable",
	],
)
def test_no_network_is_recognised_in_what_each_installer_prints(printed):
	assert "can't be reached" in ground.explain_failure(printed)


@pytest.mark.parametrize(
	"printed",
	[
		"ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
		"npm error code EINTEGRITY",
	],
)
def test_a_hash_that_does_not_match_is_recognised(printed):
	assert "does not match its pinned hash" in ground.explain_failure(printed)


@pytest.mark.parametrize(
	"printed",
	[
		"E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711 (apt-get)",
		"dpkg: error: dpkg frontend lock was locked by another process with pid 4711",
	],
)
def test_another_installation_at_work_is_recognised(printed):
	assert "is at work on this machine" in ground.explain_failure(printed)


def test_any_other_failure_is_not_explained_away():
	assert ground.explain_failure("Traceback (most recent call last): ValueError") is None


def test_without_root_or_sudo_the_missing_packages_are_named(instance, monkeypatch):
	monkeypatch.setattr(debian, "missing", lambda packages: ["redis-tools", "wkhtmltopdf"])
	monkeypatch.setattr(debian, "as_root", lambda: None)
	with pytest.raises(BadGround, match=r"redis-tools wkhtmltopdf\. Have them installed \(apt-get install"):
		debian.install(instance, debian.SERVE, line=None)


def test_a_package_that_is_not_installed_is_missing():
	assert debian.missing(("dpkg", "no-such-package-anywhere")) == ["no-such-package-anywhere"]


def test_an_installation_that_was_cut_off_is_seen_in_dpkgs_journal(tmp_path):
	assert not debian.was_cut_off(tmp_path)
	(tmp_path / "tmp.i").touch()
	assert not debian.was_cut_off(tmp_path)
	(tmp_path / "0004").touch()
	assert debian.was_cut_off(tmp_path)


def test_without_root_somebody_elses_cut_off_installation_is_not_ours_to_finish(instance, monkeypatch):
	monkeypatch.setattr(debian, "missing", lambda packages: [])
	monkeypatch.setattr(debian, "was_cut_off", lambda: True)
	monkeypatch.setattr(debian, "as_root", lambda: None)
	assert debian.install(instance, debian.SERVE, line=None) is None


def test_an_update_waits_for_the_end_of_another_one(tmp_path):
	"""The first two times the lock is held."""
	attempt = "echo x >> tried; test $(wc -l < tried) -gt 2 || { echo 'E: Could not get lock'; exit 100; }"
	command = ["sh", "-c", attempt]
	debian.when_unlocked(lambda: run(command, log=tmp_path / "log", instance=tmp_path, cwd=tmp_path), pause=0)
	assert (tmp_path / "tried").read_text() == "x\n" * 3


def test_an_update_that_fails_otherwise_is_not_tried_again(tmp_path):
	command = ["sh", "-c", "echo x >> tried; echo E: broken; exit 100"]
	with pytest.raises(StepFailed):
		debian.when_unlocked(lambda: run(command, log=tmp_path / "log", instance=tmp_path, cwd=tmp_path))
	assert (tmp_path / "tried").read_text() == "x\n"
