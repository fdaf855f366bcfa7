"""Debian packages: the servers' programs without their services, the print engine, the Chinese faces."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from devbench.errors import BadGround, StepFailed
from devbench.ground import as_root
from devbench.instance import Instance
from devbench.process import run
from devbench.progress import StepLine

#: `mariadb-server-core` and `redis-tools` hold the servers without the services that Debian would
#: start at once: nothing that runs on this machine already is touched
SERVE = ("mariadb-server-core", "mariadb-client", "redis-tools", "wkhtmltopdf", "fonts-noto-cjk")
#: Chromium without a screen to draw on: the same engine for two thirds of the processor's time
TEST = ("chromium-headless-shell",)
#: seconds to wait for another installation on this machine
PATIENCE = 300


def wanted(packages: tuple[str, ...]) -> tuple[str, ...]:
	"""Return `packages`, and the one that makes Python environments where this Python lacks it."""
	return packages if importlib.util.find_spec("ensurepip") else (*packages, _venv_package())


def _venv_package() -> str:
	return "python{}.{}-venv".format(*sys.version_info[:2])


def missing(packages: tuple[str, ...]) -> list[str]:
	"""Return those of `packages` that are not installed.

	:raises BadGround: on a system that is not Debian's kind.
	"""
	if not shutil.which("dpkg-query"):
		raise BadGround("This is not a Debian system (no dpkg). Use Debian 12 or a container of it.")
	query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages]
	told = subprocess.run(query, capture_output=True, text=True).stdout.split("\n")
	installed = {line.split()[0] for line in told if line.endswith(" installed")}
	return [package for package in packages if package not in installed]


def install(instance: Instance, packages: tuple[str, ...], line: StepLine) -> None:
	"""Install those of `packages` that are missing, as root or through sudo.

	:raises BadGround: naming them, if neither is possible without asking.
	"""
	needed = missing(packages)
	root = as_root()
	if needed and root is None:
		raise BadGround(
			"These Debian packages are missing, and installing them needs root (or sudo without a password): "
			f"{' '.join(needed)}. Have them installed (apt-get install --no-install-recommends "
			f"{' '.join(needed)}) and run ./dev up again."
		)
	if root is None or not (needed or was_cut_off()):
		return
	log = instance.logs / "step-packages.log"
	quiet = [*root, "env", "DEBIAN_FRONTEND=noninteractive"]
	apt = [*quiet, "apt-get", "-o", f"DPkg::Lock::Timeout={PATIENCE}"]
	if needed:
		when_unlocked(lambda: run([*apt, "update"], log=log, instance=instance.folder))

	def install_all() -> None:
		words = ["install", "-y", "--no-install-recommends", "-o", "APT::Status-Fd=1", *needed]
		progress = apt_progress(line)
		run([*apt, *words], log=log, instance=instance.folder, on_line=progress, survives=True)

	try:
		install_all()  # waits for one that is still at work
	except StepFailed:
		if not was_cut_off():
			raise
		run([*quiet, "dpkg", "--configure", "-a"], log=log, instance=instance.folder, survives=True)
		install_all()


def when_unlocked(work: Callable[[], object], patience: float = PATIENCE, pause: float = 2) -> None:
	"""Do `work`, again every `pause` seconds while another apt holds the lock of the package lists.

	apt itself waits for the end of another installation, not for that of another update.
	:raises StepFailed: if `work` fails for another reason, or for this one after `patience` seconds.
	"""
	deadline = time.monotonic() + patience
	while True:
		try:
			work()
			return
		except StepFailed as failure:
			last = failure.log.read_text(errors="replace").rpartition("\n$ ")[2]
			if "Could not get lock" not in last or time.monotonic() > deadline:
				raise
		time.sleep(pause)


def was_cut_off(journal: Path = Path("/var/lib/dpkg/updates")) -> bool:
	"""Whether an installation was cut off (or is still at work): dpkg's journal of it is not merged yet.

	As long as it is there, apt refuses every installation, the packages wanted here being whole or not.
	"""
	return journal.is_dir() and any(entry.name.isdigit() for entry in journal.iterdir())


def apt_progress(line: StepLine) -> Callable[[str], None]:
	"""Return what reads, among apt's output, how far it is: `pmstatus:redis-tools:42.5:Unpacking …`."""

	def listen(printed: str) -> None:
		kind, *rest = printed.split(":")
		if kind in ("dlstatus", "pmstatus") and len(rest) > 1:
			line.report((0 if kind == "dlstatus" else 0.5) + float(rest[1]) / 200)

	return listen


def redis_server(instance: Instance) -> Path:
	"""Return a path that starts Redis.

	`redis-tools` carries the whole server under the name redis-check-rdb; it looks at the name it
	was called by.
	"""
	installed = shutil.which("redis-server")
	if installed:
		return Path(installed)
	named = instance.run / "redis-server"
	named.parent.mkdir(parents=True, exist_ok=True)
	if not os.path.lexists(named):
		named.symlink_to("/usr/bin/redis-check-rdb")
	return named


def program(name: str) -> str:
	"""Return the path of a program that Debian may keep in a folder that is not on a user's PATH.

	:raises BadGround: if it is not installed.
	"""
	found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
	if not found:
		raise BadGround(
			f"{name} is missing although its package is installed. Reinstall it and run ./dev up again."
		)
	return found
