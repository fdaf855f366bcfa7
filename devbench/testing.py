"""./dev test: lint, unit tests without a site, tests on a site, browser tests."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from devbench import build, debian, ground, releases, sites
from devbench.counting import Result, count_junit, count_tap, count_unittest, one_check, summary
from devbench.errors import BadGround
from devbench.instance import APP, CHECKOUT
from devbench.lanes import Part, Voice, run_lanes
from devbench.plan import Plan
from devbench.process import MARK, end_marked, mark
from devbench.process import run as run_command
from devbench.steps import Step

KINDS = ("lint", "unit", "site", "e2e")
#: kinds that run beside each other: tests on a site and browser tests have sites of their own
LANES = (("lint", "unit", "site"), ("e2e",))
#: what was kept of a release is held against, once upgraded
UPGRADE = f"{APP}/tests/releases/upgrade.py"
#: what prettier keeps in shape
PRETTIER_FILES = (f"{APP}/**/*.{{js,css,scss}}", "devbench/**/*.js", "!**/node_modules/**")


class Testing:
	"""Runs the kinds of tests on the bench of `plan`; `narrow` are files or pytest's own arguments."""

	def __init__(self, plan: Plan, narrow: Sequence[str]):
		self.plan, self.instance, self.narrow = plan, plan.instance, narrow
		self.venv = self.instance.home / "test-tools"
		self.reports = self.instance.folder / "test-reports"
		self._starting = threading.Lock()
		self._stopped = False

	def tools_step(self) -> Step:
		"""Return the step that installs pytest, playwright, ruff … into an environment of their own."""
		pins = build.CONSTRAINTS / "tests.txt"

		def work(line) -> None:
			log = self.instance.logs / "step-test-tools.log"
			shutil.rmtree(self.venv, ignore_errors=True)
			run_command([sys.executable, "-m", "venv", self.venv], log=log, instance=self.instance.folder)
			build.pip_install(self.instance, self.venv, ["-r", pins], log)

		return Step(
			"test-tools",
			"pytest, playwright, ruff",
			work,
			inputs=lambda: pins.read_text(),
			there=lambda: (self.venv / "bin" / "pytest").exists(),
			expected=20,
			shared=True,
		)

	def steps(self, kinds: Sequence[str]) -> list[Step]:
		"""Return what must be there for these kinds of tests."""
		base = {step.name: step for step in self.plan.base}
		needed = [self.tools_step(), base["packages"], base["node"]]
		if "site" in kinds:
			needed += self.plan.for_site_tests()
		if "e2e" in kinds:
			needed += self.plan.for_browser_tests()
		return list({step.name: step for step in needed}.values())

	def run(self, kinds: Sequence[str]) -> list[Result]:
		"""Run these kinds, as far as possible side by side."""
		lanes = [[Part(kind, getattr(self, kind)) for kind in lane if kind in kinds] for lane in LANES]
		return run_lanes([lane for lane in lanes if lane], stop=self.stop)

	def stop(self) -> None:
		"""End every command that runs, and start no other."""
		with self._starting:
			self._stopped = True
		end_marked(mark(self.instance.folder, "step"))

	# the kinds

	def lint(self, voice: Voice) -> list[Result]:
		"""ruff and prettier: each check counts as one."""
		ruff = self.venv / "bin" / "ruff"
		prettier = self.instance.node / "node_modules" / ".bin" / "prettier"
		return [
			self._check(voice, "ruff check", [ruff, "check", "."]),
			self._check(voice, "ruff format", [ruff, "format", "--check", "."]),
			self._check(voice, "prettier", [prettier, "--check", "--log-level", "warn", *PRETTIER_FILES]),
		]

	def unit(self, voice: Voice) -> list[Result]:
		"""Tests without a site: the rules, the bench tool, the asset builder and the relay."""
		found = sorted(
			str(file)
			for file in (CHECKOUT / "devbench").rglob("*.test.js")
			if "node_modules" not in file.parts
		)
		return [
			self._pytest(voice, "unit", self.narrow or ["devbench/tests", f"{APP}/tests/unit"], {}),
			*([] if self.narrow or not found else [self._node_tests(voice, found)]),
		]

	def site(self, voice: Voice) -> list[Result]:
		"""bench run-tests on the tests' own site; then the app comes and goes on a throwaway one."""
		if not self.narrow:
			return [
				self._run_site_tests(voice, "site", "--app", APP),
				self._come_and_go(voice),
				*self._upgrade(voice),
			]
		if self.narrow == [UPGRADE]:
			return self._upgrade(voice)
		modules = [file.removesuffix(".py").replace("/", ".") for file in self.narrow]
		return [
			self._run_site_tests(voice, module.rpartition(".")[2], "--module", module) for module in modules
		]

	def _run_site_tests(self, voice: Voice, name: str, *which: str) -> Result:
		command = sites.frappe_command(self.instance, sites.TEST, ["run-tests", *which])
		code, printed = self.command(voice, command, **self._in_bench())
		return count_unittest(name, printed, code)

	def _come_and_go(self, voice: Voice) -> Result:
		"""Install and uninstall the app; one check: no row came or went in the end, and what went was named.

		A dry run before it removes nothing.
		"""
		rows = self.reports / "rows-before.json"
		used, named = self.reports / "rows-used.json", self.reports / "rows-named.json"
		rows.parent.mkdir(parents=True, exist_ok=True)

		def bench(*words: str) -> tuple[int, str]:
			command = sites.frappe_command(self.instance, sites.THROWAWAY, words)
			return self.command(voice, command, **self._in_bench())

		def proof(*words: str | Path) -> tuple[int, str]:
			module = [self.instance.python, "-m", f"{APP}.tests.uninstall", sites.THROWAWAY]
			return self.command(voice, [*module, *words], **self._in_bench())

		def uninstall() -> tuple[int, str]:
			return bench("uninstall-app", APP, "--yes", "--no-backup")

		if APP in bench("list-apps")[1]:
			uninstall()  # a run that was cut off left it there
		steps = (
			lambda: proof("take", rows),
			lambda: bench("install-app", APP),
			lambda: proof("use"),
			lambda: proof("take", used),
			lambda: proof("name", named),
			lambda: bench("uninstall-app", APP, "--dry-run"),
			lambda: proof("check", used),
			uninstall,
			lambda: proof("check", rows),
			lambda: proof("went", named),
		)
		failed = next((ended for ended in (step() for step in steps) if ended[0]), (0, ""))
		return one_check("uninstall", *failed)

	def _upgrade(self, voice: Voice) -> list[Result]:
		"""Take what the last release left through migrate to now; on the Frappe that its dump is of."""
		versions = releases.kept()[-1:] if self.instance.frappe.from_registry else []
		return [self._upgrade_from(voice, version) for version in versions]

	def _upgrade_from(self, voice: Voice, version: str) -> Result:
		rows = self.reports / "rows-of-release.json"
		rows.parent.mkdir(parents=True, exist_ok=True)
		module = [self.instance.python, "-m", UPGRADE.removesuffix(".py").replace("/", "."), sites.UPGRADE]
		releases.restore(self.instance, version)
		migrate = sites.frappe_command(self.instance, sites.UPGRADE, ["migrate", "--skip-search-index"])
		for command in ([*module, "take", rows], migrate):
			code, printed = self.command(voice, command, **self._in_bench())
			if code:
				return one_check(f"from {version}", code, printed)
		code, printed = self.command(voice, [*module, "check", rows], **self._in_bench())
		return count_unittest(f"from {version}", printed, code)

	def _in_bench(self) -> dict:
		return {"cwd": self.instance.sites, "env": build.environment(self.instance)}

	def e2e(self, voice: Voice) -> list[Result]:
		"""Browser tests in headless Chromium, as each role."""
		shutil.rmtree(self.instance.screenshots, ignore_errors=True)
		self.instance.screenshots.mkdir(parents=True)
		env = {
			"NMEDIA_URL": self.instance.address("test_web"),
			"NMEDIA_SITE": sites.BROWSER,
			"NMEDIA_LOGINS": str(self.instance.logins),
			"NMEDIA_SCREENSHOTS": str(self.instance.screenshots),
			"NMEDIA_CHROMIUM": debian.program("chromium-headless-shell"),
			"NMEDIA_BENCH": str(self.instance.bench),
			"NMEDIA_REALTIME_PORT": str(self.instance.port("realtime")),
			"NO_PROXY": "127.0.0.1,localhost",
		}
		return [self._pytest(voice, "e2e", self.narrow or [f"{APP}/tests/e2e"], env)]

	# how they run

	def command(
		self, voice: Voice, command: Sequence[str | Path], *, cwd: Path, env: dict[str, str]
	) -> tuple[int, str]:
		"""Run a command to its end while it is told what it prints; return its code and all of that.

		:raises InterruptedError: if the tests were stopped.
		"""
		child = self._start([str(word) for word in command], cwd, env)
		printed = []
		for line in child.stdout:
			voice.say(line)
			printed.append(line)
		return child.wait(), "".join(printed)

	def _start(self, words: list[str], cwd: Path, env: dict[str, str]) -> subprocess.Popen:
		environment = {**os.environ, "PYTHONUNBUFFERED": "1", **env, MARK: mark(self.instance.folder, "step")}
		with self._starting:
			if self._stopped:
				raise InterruptedError("the tests were stopped")
			return subprocess.Popen(
				words,
				cwd=cwd,
				env=environment,
				text=True,
				errors="replace",
				stdout=subprocess.PIPE,
				stderr=subprocess.STDOUT,
			)

	def _check(self, voice: Voice, name: str, command: Sequence[str | Path]) -> Result:
		code, printed = self.command(voice, command, cwd=CHECKOUT, env={})
		return one_check(name, code, printed)

	def _pytest(self, voice: Voice, name: str, what: Sequence[str], env: dict[str, str]) -> Result:
		report = self.reports / f"{name}.xml"
		report.parent.mkdir(parents=True, exist_ok=True)
		report.unlink(missing_ok=True)
		command = [self.venv / "bin" / "python", "-m", "pytest", "-q", "--junitxml", report, *what]
		code, printed = self.command(voice, command, cwd=CHECKOUT, env=env)
		return count_junit(name, report, code, printed)

	def _node_tests(self, voice: Voice, files: Sequence[str]) -> Result:
		redis = debian.redis_server(self.instance).parent  # the relay is tried with a real one
		env = {
			"NODE_PATH": str(self.instance.node / "node_modules"),
			"PATH": f"{redis}{os.pathsep}{os.environ['PATH']}",
		}
		command = ["node", "--test", "--test-reporter", "tap", *files]
		code, printed = self.command(voice, command, cwd=CHECKOUT, env=env)
		return count_tap("node", printed, code)


def run(plan: Plan, words: Sequence[str]) -> int:
	"""Set up, run the kinds that `words` name (all by default), print the count; return the exit code."""
	kinds = [word for word in words if word in KINDS]
	narrow = [word for word in words if word not in KINDS]
	if narrow and len(kinds) != 1:
		raise BadGround(
			f"{narrow[0]} is no kind of test. Say which kind it narrows, e.g. ./dev test unit {narrow[0]}"
		)
	kinds = kinds or list(KINDS)
	tests = Testing(plan, narrow)
	steps = tests.steps(kinds)
	ground.check(plan.instance, build=plan.must_build(steps))
	running = plan.services.running()
	plan.runner.run(steps)
	try:
		if {"site", "e2e"} & set(kinds):
			plan.services.stop([plan.services.scheduler])  # it would work on the demo site beside the tests
		results = tests.run(kinds)
	finally:
		_leave_as_found(plan, running)
	return summary(results)


def _leave_as_found(plan: Plan, running: set[str]) -> None:
	"""Stop the servers that the tests started; start again those of the site that a rebuild stopped."""
	plan.services.stop([service for service in plan.services.all if service.name not in running])
	if {service.name for service in plan.services.serving} <= running:
		plan.serve()
