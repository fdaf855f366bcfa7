"""Where everything lives, and what one bench of this checkout remembers of itself."""

import hashlib
import re
import secrets
import shutil
import socket
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from devbench.errors import BadGround
from devbench.files import read_json, write_json, write_whole

CHECKOUT = Path(__file__).resolve().parent.parent
HOME = CHECKOUT / ".dev"
APP = "nmedia_app"
#: the first port that is tried for each server
PORTS = {
	"web": 8000,
	"test_web": 8100,
	"web_app": 8200,
	"test_web_app": 8300,
	"realtime": 9000,
	"queue": 11000,
	"cache": 13000,
	"mariadb": 13306,
}
#: a Unix socket's path may not be longer than this (108 bytes with the ending zero)
LONGEST_SOCKET = 100


@dataclass(frozen=True)
class Frappe:
	"""Which Frappe a bench is built on: the registry's (no path), or any repository and branch."""

	path: str | None = None
	branch: str | None = None

	@property
	def from_registry(self) -> bool:
		return self.path is None

	@property
	def slug(self) -> str:
		"""A folder's name for it."""
		if self.from_registry:
			return "registry"
		readable = re.sub(r"[^a-z0-9]+", "-", (self.branch or "default").lower()).strip("-")
		return f"{readable}-{hashlib.sha256(f'{self.path} {self.branch}'.encode()).hexdigest()[:8]}"


class Instance:
	"""One bench with its data, servers and ports, in a folder of its own below `.dev`."""

	def __init__(self, frappe: Frappe, home: Path = HOME):
		self.frappe = frappe
		self.home = home
		self.folder = home / frappe.slug

	# folders that all instances share
	@property
	def cache(self) -> Path:
		return self.home / "cache"

	@property
	def tools(self) -> Path:
		return self.home / "tools"

	@property
	def node(self) -> Path:
		return self.home / "node"

	# folders of this instance
	@property
	def bench(self) -> Path:
		return self.folder / "bench"

	@property
	def sites(self) -> Path:
		return self.bench / "sites"

	@property
	def python(self) -> Path:
		return self.bench / "env" / "bin" / "python"

	@property
	def data(self) -> Path:
		return self.folder / "data"

	@property
	def run(self) -> Path:
		return self.folder / "run"

	@property
	def logs(self) -> Path:
		return self.folder / "logs"

	@property
	def screenshots(self) -> Path:
		return self.folder / "screenshots"

	@property
	def logins(self) -> Path:
		return self.folder / "logins.json"

	@property
	def mariadb_socket(self) -> Path:
		"""MariaDB's socket; in a private folder for temporary files if this path is too long for one."""
		near = self.run / "mariadb.sock"
		if len(str(near)) <= LONGEST_SOCKET:
			return near
		short = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
		folder = Path(tempfile.gettempdir()) / f"nmedia-{short}"
		folder.mkdir(mode=0o700, exist_ok=True)
		return folder / "mariadb.sock"

	def remove(self) -> None:
		"""Remove all that is this instance's alone; its servers must have ended."""
		socket_folder = self.mariadb_socket.parent
		shutil.rmtree(self.folder, ignore_errors=True)
		shutil.rmtree(socket_folder, ignore_errors=True)

	# what the instance remembers
	@property
	def _ports_file(self) -> Path:
		return self.folder / "ports.json"

	def port(self, name: str) -> int:
		"""Return the port of a server, chosen once and then kept."""
		ports = read_json(self._ports_file, {})
		if name not in ports:
			ports[name] = first_free_port(PORTS[name], taken=set(ports.values()))
			write_json(self._ports_file, ports)
		return ports[name]

	def set_port(self, name: str, port: int) -> None:
		"""Make `port` the port of a server from now on."""
		write_json(self._ports_file, {**read_json(self._ports_file, {}), name: port})

	def forget_port(self, name: str) -> None:
		"""Have a free port chosen anew the next time one is asked for."""
		ports = read_json(self._ports_file, {})
		ports.pop(name, None)
		write_json(self._ports_file, ports)

	@cached_property
	def _secrets_file(self) -> Path:
		return self.folder / "secrets.json"

	def secret(self, name: str) -> str:
		"""Return a random password, made once and kept where only the owner can read it."""
		kept = read_json(self._secrets_file, {})
		if name not in kept:
			kept[name] = secrets.token_urlsafe(12)
			write_json(self._secrets_file, kept, mode=0o600)
		return kept[name]

	def address(self, server: str = "web") -> str:
		"""Return the address of the running site (or of the tests' own)."""
		return f"http://127.0.0.1:{self.port(server)}"

	@property
	def is_announced(self) -> bool:
		"""Whether people were told this instance's address."""
		return (self.folder / "announced").exists()

	def remember_as_current(self) -> None:
		"""Make this the instance that `down`, `status`, `shell` … speak of."""
		write_json(self.home / "current.json", {"path": self.frappe.path, "branch": self.frappe.branch})
		write_whole(self.folder / "announced", self.address() + "\n")


def current(home: Path = HOME) -> Instance:
	"""Return the instance that was last brought up; the registry's if there was none yet."""
	return Instance(Frappe(**read_json(home / "current.json", {})), home)


def is_free(port: int) -> bool:
	"""Whether a server could listen on `port` of the loopback interface now."""
	with socket.socket() as probe:
		probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		try:
			probe.bind(("127.0.0.1", port))
		except OSError:
			return False
	with socket.socket() as probe:  # somebody may listen on all interfaces
		return probe.connect_ex(("127.0.0.1", port)) != 0


def first_free_port(first: int, *, taken: set[int] = frozenset()) -> int:
	"""Return the first free port from `first` on that is not in `taken`.

	:raises BadGround: if a hundred in a row are in use.
	"""
	for port in range(first, first + 100):
		if port not in taken and is_free(port):
			return port
	raise BadGround(
		f"No free port between {first} and {first + 99}. End some servers, or use ./dev up --port N."
	)


def prepare_home(home: Path = HOME) -> None:
	"""Make the ignored folder that holds everything; it ignores itself as well."""
	home.mkdir(exist_ok=True)
	if not (home / ".gitignore").exists():
		write_whole(home / ".gitignore", "*\n")
