"""The steps from nothing to a running site, and what each depends on."""

import contextlib
from collections.abc import Sequence

from devbench import build, database, debian, registry_frappe, sites
from devbench.errors import BadGround, PortTaken
from devbench.files import digest_of_files
from devbench.instance import CHECKOUT, Instance
from devbench.services import Service, Services
from devbench.steps import Runner, Step

#: how often servers are started again when another program takes a port of theirs meanwhile
ATTEMPTS = 3


class Plan:
	"""The steps of one instance; `up`, `test` and `bench` take those that they need, in this order."""

	def __init__(self, instance: Instance):
		self.instance = instance
		self.services = Services(instance, sites.MAIN, sites.BROWSER)
		self.runner = Runner(instance.folder / "steps", instance.home / "steps")
		tools, node, frappe = self._tools(), self._node(), self._frappe_repository()
		self.packages = self._packages("packages", "Debian packages", debian.SERVE, 45)
		self.test_packages = self._packages("test-packages", "Debian packages for the tests", debian.TEST, 30)
		bench = self._bench([tools, *([frappe] if instance.frappe.from_registry else [])])
		app = self._app(bench)
		self.base = [
			*[self.packages, tools, node],
			*([frappe] if instance.frappe.from_registry else []),
			*[bench, app, self._assets([bench, node]), self._database(), self._data_servers()],
		]
		self.blank_site = self._blank_site(bench)
		self.site = self._site(sites.MAIN, "site")
		self.test_site = self._site(sites.TEST, "test-site")
		self.browser_site = self._site(sites.BROWSER, "browser-site")
		self.demo = self._demo(sites.MAIN, "demo", self.site[0])
		self.start = Step(
			"start",
			"Web server, workers, realtime",
			lambda line: self.serve(),
			expected=4,
		)

	def for_up(self, *, demo: bool) -> list[Step]:
		"""Return the steps of `./dev up`."""
		return [*self.base, *self._copies(self.site), *([self.demo] if demo else []), self.start]

	def for_site_tests(self) -> list[Step]:
		"""Return the steps that tests on a site need.

		Upstream's PDFs fetch their stylesheet from an address of the bench, so that a web server must run:
		that of the browser tests' site, which then needs to be there, if only empty.
		"""
		start = Step(
			"site-start",
			"Web server of the tests",
			lambda line: self._ensure(self.services.answering_tests),
			expected=4,
		)
		servers = [] if self.instance.frappe.from_registry else [self.browser_site[0], start]
		return [*self.base, self.blank_site, *self.test_site, *servers]

	def for_browser_tests(self) -> list[Step]:
		"""Return the steps of browser tests: their own site with demo data, served on a port of its own."""
		demo = self._demo(sites.BROWSER, "browser-demo", self.browser_site[0])
		start = Step(
			"test-start",
			"Web server of the tests, workers, realtime",
			lambda line: self._ensure(self.services.testing),
			expected=4,
		)
		return [self.test_packages, *self.base, *self._copies(self.browser_site), demo, start]

	def _copies(self, site: list[Step]) -> list[Step]:
		"""Return the steps of a site, after those of the blank one if it is still to be copied."""
		return site if self.runner.is_done(site[0]) else [self.blank_site, *site]

	def must_build(self, steps: list[Step]) -> bool:
		"""Whether any of the steps that build something is still to be done."""
		return any(step.inputs is not None and not self.runner.is_done(step) for step in steps)

	def serve(self) -> None:
		"""Start what serves the site, as far as it does not run."""
		self._ensure(self.services.serving)

	def _ensure(self, services: Sequence[Service]) -> None:
		"""Start servers; if another checkout takes a port in that moment, choose another and start again."""
		for _ in range(ATTEMPTS):
			self.services.settle_ports()
			sites.write_config(self.instance)
			with contextlib.suppress(PortTaken):
				self.services.ensure(services)
				return
		raise BadGround(
			f"Other programs took the ports {ATTEMPTS} times as our servers started. Try ./dev up again."
		)

	def _packages(self, name: str, title: str, packages: tuple[str, ...], expected: float) -> Step:
		wanted = debian.wanted(packages)
		return Step(
			name,
			title,
			lambda line: debian.install(self.instance, wanted, line),
			inputs=lambda: wanted,
			there=lambda: not debian.missing(wanted),
			expected=expected,
			shared=True,
		)

	def _tools(self) -> Step:
		pins = build.CONSTRAINTS / "tools.txt"
		return Step(
			"tools",
			"frappe-bench",
			lambda line: build.make_tools(self.instance, line),
			inputs=lambda: pins.read_text(),
			there=lambda: (self.instance.tools / "bin" / "bench").exists(),
			expected=20,
			shared=True,
		)

	def _node(self) -> Step:
		manifest = [build.NODE_MANIFEST / name for name in ("package.json", "package-lock.json")]
		return Step(
			"node",
			"Node packages",
			lambda line: build.install_node_packages(self.instance, line),
			inputs=lambda: digest_of_files(build.NODE_MANIFEST, manifest),
			there=lambda: (self.instance.node / "node_modules" / ".bin" / "yarn").exists(),
			expected=25,
			shared=True,
		)

	def _frappe_repository(self) -> Step:
		repository = build.repository(self.instance)
		return Step(
			"frappe",
			"Frappe, restored from PyPI",
			lambda line: registry_frappe.build_repository(self.instance, repository, line),
			inputs=build.repository_inputs,
			there=lambda: (repository / ".git" / "HEAD").exists(),
			expected=15,
		)

	def _bench(self, needs: list[Step]) -> Step:
		instance = self.instance

		def work(line) -> None:
			self.services.stop(self.services.of_the_bench)  # they would go on in a folder that is gone
			build.init_bench(instance, line)

		return Step(
			"bench",
			"bench init",
			work,
			inputs=lambda: [str(instance.frappe), (build.CONSTRAINTS / "bench.txt").read_text()],
			there=lambda: (
				instance.python.exists() and (instance.bench / "apps" / "frappe" / "frappe").is_dir()
			),
			needs=needs,
			expected=30,
		)

	def _app(self, bench: Step) -> Step:
		return Step(
			"app",
			"The app and its libraries",
			lambda line: build.install_app_package(self.instance, line),
			inputs=lambda: [(CHECKOUT / "pyproject.toml").read_text(), str(CHECKOUT)],
			there=lambda: (self.instance.bench / "apps" / "nmedia_app" / "nmedia_app").exists(),
			needs=[bench],
			expected=8,
		)

	def _assets(self, needs: list[Step]) -> Step:
		return Step(
			"assets",
			"Assets",
			lambda line: build.build_assets(self.instance, line),
			inputs=lambda: build.asset_inputs(self.instance),
			there=lambda: build.assets_are_there(self.instance),
			needs=needs,
			expected=15,
		)

	def _database(self) -> Step:
		return Step(
			"database",
			"MariaDB's data folder",
			lambda line: database.create(self.instance, line),
			inputs=lambda: "1",
			there=lambda: (database.folder(self.instance) / "ibdata1").exists(),
			expected=6,
		)

	def _data_servers(self) -> Step:
		return Step(
			"data-servers", "MariaDB and Redis", lambda line: self._ensure(self.services.data), expected=3
		)

	def _blank_site(self, bench: Step) -> Step:
		instance = self.instance
		return Step(
			"blank-site",
			"A site without the app",
			lambda line: sites.create_blank(instance, line),
			inputs=lambda: sites.THROWAWAY,
			there=lambda: sites.is_there(instance, sites.THROWAWAY) and sites.blank(instance).is_dir(),
			needs=[bench, self._base_step("database")],
			expected=40,
		)

	def _base_step(self, name: str) -> Step:
		return next(step for step in self.base if step.name == name)

	def _site(self, site: str, name: str) -> list[Step]:
		create = Step(
			name,
			f"Site {site}",
			lambda line: sites.create(self.instance, site, line),
			inputs=lambda: site,
			there=lambda: sites.is_there(self.instance, site),
			needs=[self._base_step("database")],  # not the blank one: a site in use is kept
			expected=6,
		)

		def install_up_to_date(line) -> None:
			sites.install_app(self.instance, site, line)
			self.runner.note_done(migrate)  # what was installed just now needs no migration

		install = Step(
			f"{name}-app",
			f"The app on {site}",
			install_up_to_date,
			inputs=lambda: site,
			needs=[create],
			expected=12,
		)
		migrate = Step(
			f"{name}-migrate",
			f"{site} brought up to date",
			lambda line: sites.migrate(self.instance, site, line),
			inputs=lambda: sites.app_inputs(self.instance),
			needs=[install],
			expected=12,
		)
		return [create, install, migrate]

	def _demo(self, site: str, name: str, site_step: Step) -> Step:
		return Step(
			name,
			f"Demo data on {site}",
			lambda line: sites.load_demo(self.instance, site, line),
			inputs=lambda: site,
			there=lambda: self.instance.logins.exists(),
			needs=[site_step],
			expected=15,
		)
