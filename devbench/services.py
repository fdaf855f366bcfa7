"""The servers of one bench: private, on loopback, on ports of their own, each known by its process."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from devbench import build, database, debian
from devbench.errors import BadGround, PortTaken, StepFailed
from devbench.files import digest_of_tree, write_whole
from devbench.instance import APP, CHECKOUT, Instance, is_free
from devbench.process import Daemon, end_marked, listens, mark

#: seconds that a server may take to answer for the first time
PATIENCE = 90

REDIS_CONFIG = """bind 127.0.0.1
port {port}
dir {data}
dbfilename {name}.rdb
save {save}
appendonly no
maxmemory {memory}
maxmemory-policy {policy}
# the process keeps its environment readable: its mark is there
set-proc-title no
"""


@dataclass(frozen=True)
class Service:
	"""A server: how it is started and how one sees that it serves.

	:param port_names: the names of its ports; the first is the one that people are told.
	:param depends: what it must be started anew for, when it changes.
	"""

	name: str
	does: str
	command: Callable[[], Sequence[str | Path]]
	ready: Callable[[], bool]
	port_names: tuple[str, ...] = ()
	depends: Callable[[], object] = lambda: None
	cwd: Callable[[], Path] | None = None
	env: Callable[[], dict[str, str]] = dict


class Services:
	"""All servers of an instance, in the order in which they start."""

	def __init__(self, instance: Instance, site: str, test_site: str):
		self.instance = instance
		self.data = [
			self._mariadb(),
			self._redis("cache", save="", policy="allkeys-lru"),
			self._redis("queue", save="60 1", policy="noeviction"),
		]
		gateway = self._gateway(site, test_site)
		self.scheduler = self._frappe("schedule", "timed jobs", ["schedule"])
		background = [self._frappe("worker", "background jobs", ["worker"]), self._realtime(), gateway]
		web = self._web("web_app", "web", site)
		test_web = self._web("test_web_app", "test_web", test_site)
		self.serving = [web, *background, self.scheduler]
		self.testing = [test_web, *background]
		self.answering_tests = [test_web, gateway]
		self.of_the_bench = [test_web, *self.serving]
		self.all = [*self.data, *self.of_the_bench]

	def daemon(self, service: Service) -> Daemon:
		return Daemon(service.name, self.instance.folder)

	def running(self) -> set[str]:
		"""Return the names of the services that run now."""
		return {service.name for service in self.all if self.daemon(service).pid()}

	def serves(self, service: Service) -> bool:
		"""Whether the server runs, its ports are its own (not those of another checkout), and it answers."""
		pid = self.daemon(service).pid()
		ports = [self.instance.port(name) for name in service.port_names]
		return pid is not None and all(listens(pid, port) for port in ports) and service.ready()

	def settle_ports(self) -> None:
		"""Give each stopped server a port that is free.

		:raises BadGround: if the web port was taken by another program after people were told it.
		"""
		for service in self.all:
			if self.daemon(service).pid() is None:
				end_marked(mark(self.instance.folder, service.name))
				for name in service.port_names:
					self._settle_port(name)

	def _settle_port(self, name: str) -> None:
		port = self.instance.port(name)
		if is_free(port):
			return
		if name == "web" and self.instance.is_announced:
			raise BadGround(
				f"Port {port} is in use by another program. End that program, or choose another port: "
				f"./dev up --port {port + 1}"
			)
		self.instance.forget_port(name)

	def ensure(self, services: Sequence[Service]) -> list[str]:
		"""Start those of `services` that do not run, or run with what has changed since; return their names.

		Returns when every one of them serves.
		:raises PortTaken: if another program took a port just now.
		:raises StepFailed: if one does not come up; its log says why.
		"""
		started = []
		for service in services:
			daemon, digest = self.daemon(service), self._digest(service)
			if daemon.started_with() == digest and self.serves(service):
				continue
			daemon.stop()
			cwd = service.cwd() if service.cwd else self.instance.folder
			daemon.start(service.command(), cwd=cwd, env=service.env(), digest=digest)
			started.append(service.name)
		for service in services:
			self._wait(service)
		return started

	def stop(self, services: Sequence[Service] | None = None) -> list[str]:
		"""Stop `services` (all by default), the last started first; return the names of those that ran."""
		wanted = self.all if services is None else services
		return [service.name for service in reversed(wanted) if self.daemon(service).stop()]

	def _digest(self, service: Service) -> str:
		told = json.dumps([service.depends(), [str(word) for word in service.command()]], default=str)
		return sha256(told.encode()).hexdigest()

	def _wait(self, service: Service) -> None:
		daemon = self.daemon(service)
		deadline = time.monotonic() + PATIENCE
		while not self.serves(service):
			ports = [self.instance.port(name) for name in service.port_names]
			if daemon.pid() is None and not all(is_free(port) for port in ports):
				raise PortTaken
			if daemon.pid() is None or time.monotonic() > deadline:
				raise StepFailed(f"{service.name} ({service.does}) did not start", daemon.log)
			time.sleep(0.1)

	# the servers

	def _mariadb(self) -> Service:
		instance = self.instance
		return Service(
			"mariadb",
			"database",
			command=lambda: [
				debian.program("mariadbd"),
				f"--defaults-file={database.write_config(instance)}",
				f"--user={database.user()}",
			],
			ready=lambda: database.answers(instance),
			port_names=("mariadb",),
			depends=lambda: database.CONFIG,
		)

	def _redis(self, name: str, save: str, policy: str) -> Service:
		instance = self.instance

		def command() -> list[str | Path]:
			config = instance.run / f"redis-{name}.conf"
			data = instance.data / "redis"
			data.mkdir(parents=True, exist_ok=True)
			values = {"port": instance.port(name), "data": data, "name": name, "save": save or '""'}
			write_whole(config, REDIS_CONFIG.format(**values, memory="128mb", policy=policy))
			return [debian.redis_server(instance), config]

		return Service(
			name,
			f"Redis for the {name}",
			command=command,
			ready=lambda: redis_answers(instance.port(name)),
			port_names=(name,),
			depends=lambda: instance.port(name),
		)

	def _web(self, name: str, public: str, site: str) -> Service:
		instance = self.instance
		return Service(
			name,
			f"web server of {site}",
			command=lambda: [
				*[instance.python, "-m", "gunicorn", "devbench.web:application", "--pythonpath", CHECKOUT],
				*["--bind", f"127.0.0.1:{instance.port(name)}", "--worker-class", "gthread"],
				*["--workers", "2", "--threads", "6", "--timeout", "120", "--preload"],
			],
			ready=lambda: web_answers(instance.port(name)),
			port_names=(name,),
			depends=lambda: [self._code(), instance.port(public)],
			cwd=lambda: instance.sites,
			env=lambda: build.environment(instance) | {"NMEDIA_SITE": site},
		)

	def _gateway(self, site: str, test_site: str) -> Service:
		instance = self.instance

		def command() -> list[str | Path]:
			ways = [
				f"{instance.port(name)}:{instance.port(f'{name}_app')}:{site}"
				for name, site in (("web", site), ("test_web", test_site))
			]
			return ["node", CHECKOUT / "devbench" / "gateway.js", str(instance.port("realtime")), *ways]

		return Service(
			"gateway",
			"the address of the site",
			command=command,
			ready=lambda: port_answers(instance.port("web")) and port_answers(instance.port("test_web")),
			port_names=("web", "test_web"),
			depends=lambda: (CHECKOUT / "devbench" / "gateway.js").read_text(),
		)

	def _frappe(self, name: str, does: str, words: list[str]) -> Service:
		instance = self.instance
		return Service(
			name,
			does,
			command=lambda: [instance.python, "-m", "frappe.utils.bench_helper", "frappe", *words],
			ready=lambda: Daemon(name, instance.folder).pid() is not None,
			depends=self._code,
			cwd=lambda: instance.sites,
			env=lambda: build.environment(instance),
		)

	def _realtime(self) -> Service:
		instance = self.instance
		preload = CHECKOUT / "devbench" / "loopback.js"
		return Service(
			"realtime",
			"realtime relay",
			command=lambda: [
				"node",
				"--require",
				preload,
				instance.bench / "apps" / "frappe" / "socketio.js",
			],
			ready=lambda: port_answers(instance.port("realtime")),
			port_names=("realtime",),
			depends=lambda: [
				self._ports(),
				digest_of_tree(instance.bench / "apps" / "frappe" / "realtime"),
				preload.read_text(),
			],
			cwd=lambda: instance.bench,
			env=lambda: build.environment(instance),
		)

	def _ports(self) -> list[int]:
		return [self.instance.port(name) for name in ("mariadb", "cache", "queue", "realtime")]

	def _code(self) -> object:
		code = digest_of_tree(CHECKOUT / APP, suffixes=(".py", ".json", ".html", ".csv", ".txt"))
		return [code, self._ports(), digest_of_tree(CHECKOUT / "devbench", suffixes=(".py",))]


def port_answers(port: int) -> bool:
	"""Whether something takes connections on a port of the loopback interface."""
	with socket.socket() as probe:
		probe.settimeout(2)
		return probe.connect_ex(("127.0.0.1", port)) == 0


def redis_answers(port: int) -> bool:
	"""Whether Redis on that port is ready for commands."""
	try:
		with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
			line.sendall(b"PING\r\n")
			return line.recv(16).startswith(b"+PONG")
	except OSError:
		return False


def web_answers(port: int) -> bool:
	"""Whether the site behind that port answers, its database included."""
	opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
	try:
		with opener.open(f"http://127.0.0.1:{port}/api/method/ping", timeout=10) as answer:
			return answer.status == 200
	except (OSError, urllib.error.URLError):
		return False
