"""What the machine must offer, looked at before anything is built; each lack in one clear sentence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from devbench.errors import BadGround
from devbench.instance import Instance, is_free
from devbench.process import Daemon

#: measured: a bench, its data, its tools and its caches take 2.4 GB; the rest is room to work
NEEDED_GB = 4
OLDEST_NODE = 18


def check(instance: Instance, *, build: bool, port: int | None = None) -> None:
	"""Look at the ground for `./dev up`.

	:param build: whether something must still be built (disk and versions matter only then).
	:param port: the web port that the user asked for.
	:raises BadGround: on the first thing that is wrong, with a way out.
	"""
	if build:
		check_python(instance)
		check_node(instance)
		check_git()
		check_disk(instance.home)
	if port is not None:
		check_port(instance, port)


def check_python(instance: Instance, version: tuple[int, int] = sys.version_info[:2]) -> None:
	"""The registry's Frappe of 2023 runs on 3.11 at the latest; the `dev` file itself refuses older ones."""
	if instance.frappe.from_registry and version > (3, 11):
		raise BadGround(
			f"Python {version[0]}.{version[1]} is too new for the registry's Frappe, whose libraries of 2023 "
			"know 3.11 at the latest. Run: python3.11 dev up"
		)


def check_node(instance: Instance, version: str | None = None) -> None:
	"""Node must be there, and new enough for the asset builder.

	:param version: as `node --version` prints it; asked of the machine if not given.
	"""
	if version is None:
		version = _first_line(["node", "--version"])
	if version is None or not shutil.which("npm"):
		raise BadGround(
			f"Node.js and npm are missing. Install Node {OLDEST_NODE} or newer (20 is tested) "
			"and run ./dev up again."
		)
	major = int(version.lstrip("v").split(".")[0])
	if major < OLDEST_NODE:
		raise BadGround(
			f"Node {version.lstrip('v')} is too old: {OLDEST_NODE} or newer is needed (20 is tested). "
			"Install a newer one, put it first on PATH and run ./dev up again."
		)


def check_git() -> None:
	"""bench builds from git repositories."""
	if not shutil.which("git"):
		raise BadGround("git is missing. Install it (apt-get install git) and run ./dev up again.")


def check_disk(home: Path, free_bytes: int | None = None) -> None:
	"""A bench takes room; running out of it half-way is worse than not starting."""
	if free_bytes is None:
		free_bytes = shutil.disk_usage(home if home.exists() else home.parent).free
	if free_bytes < NEEDED_GB * 10**9:
		raise BadGround(
			f"Too little disk space at {home}: {free_bytes / 10**9:.1f} GB free, {NEEDED_GB} GB needed. "
			f"Free {NEEDED_GB - free_bytes / 10**9:.1f} GB and run ./dev up again."
		)


def check_port(instance: Instance, port: int) -> None:
	"""The port asked for must be free, or our own web server's."""
	ours = Daemon("gateway", instance.folder).pid() and instance.port("web") == port
	if not ours and not is_free(port):
		raise BadGround(
			f"Port {port} is in use by another program. Choose another: ./dev up --port {port + 1}"
		)


def explain_failure(printed: str) -> str | None:
	"""Return one clear sentence if what a command printed is a fault of the ground; else None."""
	for words, sentence in FAULTS:
		if any(word in printed for word in words):
			return sentence
	return None


NO_NETWORK = (
	"The package registries can't be reached. Check the network (or set a mirror: pip config set "
	"global.index-url …, npm config set registry …) and run ./dev up again; what is done is kept."
)
FAULTS = (
	(
		("Could not get lock", "is locked by another process", "was locked by another process"),
		"Another installation of Debian packages is at work on this machine. Wait until it has ended "
		"and run ./dev up again.",
	),
	(
		("DO NOT MATCH THE HASHES", "Hash mismatch", "EINTEGRITY", "Hash Sum mismatch"),
		"A package does not match its pinned hash, so it was not used. The mirror may be damaged or forged: "
		"try another one and run ./dev up again.",
	),
	(
		("No space left on device", "ENOSPC", "Disk quota exceeded"),
		"The disk is full. Free some space and run ./dev up again; what is done is kept.",
	),
	(
		(
			"Temporary failure in name resolution",
			"Temporary failure resolving",
			"Name or service not known",
			"Could not resolve",
			"Network is unreachable",
			"Connection refused",
			"Failed to establish a new connection",
			"dns error",
			"Connection timed out",
			"ENOTFOUND",
			"EAI_AGAIN",
			"ECONNREFUSED",
			"ETIMEDOUT",
			"ECONNRESET",
			"ENETUNREACH",
			"Failed to fetch",
			"error sending request",
			"tunnel error",
			"ProxyError",
		),
		NO_NETWORK,
	),
)


def as_root() -> list[str] | None:
	"""Return the words to put before a command that needs root; None if there is no way without asking."""
	if os.geteuid() == 0:
		return []
	if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
		return ["sudo", "-n"]
	return None


def _first_line(command: list[str]) -> str | None:
	try:
		return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
	except (OSError, subprocess.CalledProcessError):
		return None
