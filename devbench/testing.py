"""./dev test: lint, unit tests without a site, tests on a site, browser tests."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from devbench import build, debian, ground, sites
from devbench.errors import BadGround
from devbench.instance import APP, CHECKOUT
from devbench.plan import Plan
from devbench.process import MARK, mark
from devbench.process import run as run_command
from devbench.steps import Step

KINDS = ("lint", "unit", "site", "e2e")
#: what prettier keeps in shape
PRETTIER_FILES = (f"{APP}/**/*.{{js,css,scss}}", "devbench/**/*.js", "!**/node_modules/**")


@dataclass(frozen=True)
class Result:
	"""How one part of the tests ended."""

	name: str
	passed: int
	failed: int
	skipped: int = 0


class Testing:
	"""Runs the kinds of tests on the bench of `plan`; `narrow` are files or pytest's own arguments."""

	def __init__(self, plan: Plan, narrow: Sequence[str]):
		self.plan, self.instance, self.narrow = plan, plan.instance, narrow
		self.venv = self.instance.home / "test-tools"
		self.reports = self.instance.folder / "test-reports"

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

	# the kinds

	def lint(self) -> list[Result]:
		"""ruff and prettier: each check counts as one."""
		ruff = self.venv / "bin" / "ruff"
		prettier = self.instance.node / "node_modules" / ".bin" / "prettier"
		return [
			self._check("ruff check", [ruff, "check", "."]),
			self._check("ruff format", [ruff, "format", "--check", "."]),
			self._check("prettier", [prettier, "--check", "--log-level", "warn", *PRETTIER_FILES]),
		]

	def unit(self) -> list[Result]:
		"""Tests without a site: the rules, the bench tool, the asset builder and the relay."""
		found = sorted(
			str(file)
			for file in (CHECKOUT / "devbench").rglob("*.test.js")
			if "node_modules" not in file.parts
		)
		return [
			self._pytest("unit", self.narrow or ["devbench/tests", f"{APP}/tests/unit"], {}),
			*([] if self.narrow or not found else [self._node_tests(found)]),
		]

	def site(self) -> list[Result]:
		"""bench run-tests on the tests' own site; then the app comes and goes on a throwaway one."""
		if not self.narrow:
			return [self._run_site_tests("site", "--app", APP), self._come_and_go()]
		modules = [file.removesuffix(".py").replace("/", ".") for file in self.narrow]
		return [self._run_site_tests(module.rpartition(".")[2], "--module", module) for module in modules]

	def _run_site_tests(self, name: str, *which: str) -> Result:
		command = sites.frappe_command(self.instance, sites.TEST, ["run-tests", *which])
		code, printed = self._run(command, **self._in_bench())
		return count_unittest(name, printed, code)

	def _come_and_go(self) -> Result:
		"""Install and uninstall the app; one check: no row came or went in the end, and what went was named.

		A dry run before it removes nothing.
		"""
		rows = self.reports / "rows-before.json"
		used, named = self.reports / "rows-used.json", self.reports / "rows-named.json"
		rows.parent.mkdir(parents=True, exist_ok=True)

		def bench(*words: str) -> tuple[int, str]:
			return self._run(sites.frappe_command(self.instance, sites.THROWAWAY, words), **self._in_bench())

		def proof(*words: str | Path) -> tuple[int, str]:
			module = [self.instance.python, "-m", f"{APP}.tests.uninstall", sites.THROWAWAY]
			return self._run([*module, *words], **self._in_bench())

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
		passed = all(step()[0] == 0 for step in steps)
		return Result("uninstall", int(passed), int(not passed))

	def _in_bench(self) -> dict:
		return {"cwd": self.instance.sites, "env": build.environment(self.instance)}

	def e2e(self) -> list[Result]:
		"""Browser tests in headless Chromium, as each role."""
		shutil.rmtree(self.instance.screenshots, ignore_errors=True)
		self.instance.screenshots.mkdir(parents=True)
		env = {
			"NMEDIA_URL": self.instance.address("test_web"),
			"NMEDIA_SITE": sites.TEST,
			"NMEDIA_LOGINS": str(self.instance.logins),
			"NMEDIA_SCREENSHOTS": str(self.instance.screenshots),
			"NMEDIA_CHROMIUM": debian.program("chromium"),
			"NMEDIA_BENCH": str(self.instance.bench),
			"NMEDIA_REALTIME_PORT": str(self.instance.port("realtime")),
			"NO_PROXY": "127.0.0.1,localhost",
		}
		return [self._pytest("e2e", self.narrow or [f"{APP}/tests/e2e"], env)]

	# how they run

	def _run(self, command: Sequence[str | Path], *, cwd: Path, env: dict[str, str]) -> tuple[int, str]:
		words = [str(word) for word in command]
		environment = {**os.environ, "PYTHONUNBUFFERED": "1", **env, MARK: mark(self.instance.folder, "step")}
		child = subprocess.Popen(
			words,
			cwd=cwd,
			env=environment,
			text=True,
			errors="replace",
			stdout=subprocess.PIPE,
			stderr=subprocess.STDOUT,
		)
		printed = []
		for line in child.stdout:
			print(line, end="", flush=True)
			printed.append(line)
		return child.wait(), "".join(printed)

	def _check(self, name: str, command: Sequence[str | Path]) -> Result:
		code, _ = self._run(command, cwd=CHECKOUT, env={})
		return Result(name, passed=int(code == 0), failed=int(code != 0))

	def _pytest(self, name: str, what: Sequence[str], env: dict[str, str]) -> Result:
		report = self.reports / f"{name}.xml"
		report.parent.mkdir(parents=True, exist_ok=True)
		report.unlink(missing_ok=True)
		command = [self.venv / "bin" / "python", "-m", "pytest", "-q", "--junitxml", report, *what]
		code, _ = self._run(command, cwd=CHECKOUT, env=env)
		return count_junit(name, report, code)

	def _node_tests(self, files: Sequence[str]) -> Result:
		redis = debian.redis_server(self.instance).parent  # the relay is tried with a real one
		env = {
			"NODE_PATH": str(self.instance.node / "node_modules"),
			"PATH": f"{redis}{os.pathsep}{os.environ['PATH']}",
		}
		code, printed = self._run(["node", "--test", "--test-reporter", "tap", *files], cwd=CHECKOUT, env=env)
		return count_tap("node", printed, code)


def count_junit(name: str, report: Path, code: int) -> Result:
	"""Count pytest's report; an end without a report, or with none collected, is a failure."""
	if not report.exists():
		return Result(name, 0, 1)
	suite = ET.parse(report).getroot().find("testsuite")
	tests, skipped = int(suite.get("tests")), int(suite.get("skipped"))
	failed = int(suite.get("failures")) + int(suite.get("errors"))
	return Result(name, tests - failed - skipped, failed or int(code != 0), skipped)


def count_unittest(name: str, printed: str, code: int) -> Result:
	"""Count what unittest prints: `Ran N tests`, and failures, errors and skipped in its last line."""
	ran = sum(int(number) for number in re.findall(r"Ran (\d+) tests?", printed))
	ends = " ".join(re.findall(r"(?m)^(?:OK|FAILED) \((.*)\)$", printed))
	failed = sum(int(number) for number in re.findall(r"(?:failures|errors)=(\d+)", ends))
	skipped = sum(int(number) for number in re.findall(r"skipped=(\d+)", ends))
	if not ran or (code and not failed):
		failed += 1
	return Result(name, max(0, ran - failed - skipped), failed, skipped)


def count_tap(name: str, printed: str, code: int) -> Result:
	"""Count what Node's test runner prints in its last lines."""
	numbers = {word: int(value) for word, value in re.findall(r"(?m)^# (pass|fail|skipped) (\d+)$", printed)}
	failed = numbers.get("fail", 0)
	return Result(
		name, numbers.get("pass", 0), failed or int(code != 0 or not numbers), numbers.get("skipped", 0)
	)


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
		results = [
			result for kind in KINDS if kind in kinds for result in _announced(kind, getattr(tests, kind))
		]
	finally:
		_leave_as_found(plan, running)
	return _summary(results)


def _leave_as_found(plan: Plan, running: set[str]) -> None:
	"""Stop the servers that the tests started; start again those of the site that a rebuild stopped."""
	plan.services.stop([service for service in plan.services.all if service.name not in running])
	if {service.name for service in plan.services.serving} <= running:
		plan.serve()


def _announced(kind: str, work: Callable[[], list[Result]]) -> list[Result]:
	print(f"\n===== {kind} =====", flush=True)
	return work()


def _summary(results: Sequence[Result]) -> int:
	print()
	for result in results:
		skipped = f", {result.skipped} skipped" if result.skipped else ""
		print(f"  {result.name:<12} {result.passed:>4} passed, {result.failed} failed{skipped}")
	failed = sum(result.failed for result in results)
	print(f"\n{sum(result.passed for result in results)} passed, {failed} failed")
	return 1 if failed else 0
