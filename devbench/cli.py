"""The commands of ./dev."""

import argparse
import os
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence

from devbench import build, ground, measuring, releases, sites, testing
from devbench.errors import BadGround, StepFailed
from devbench.files import read_json
from devbench.instance import CHECKOUT, Frappe, Instance, current, prepare_home
from devbench.plan import Plan
from devbench.process import end_marked, mark, only_one
from devbench.progress import seconds
from devbench.steps import table_of_times

LINES_OF_LOG = 15


def main(words: Sequence[str]) -> int:
	"""Run one command; return the exit code. A fault of the ground is one sentence, not a traceback."""
	arguments = parser().parse_args(words)
	try:
		return arguments.run(arguments) or 0
	except BadGround as fault:
		print(f"\n./dev: {fault}", file=sys.stderr)
		return 1
	except StepFailed as failure:
		return _explain(failure)
	except KeyboardInterrupt:
		print(
			"\n./dev: interrupted. What is done is kept: run the same command again to go on.",
			file=sys.stderr,
		)
		return 130


def parser() -> argparse.ArgumentParser:
	"""Return the parser of the command line."""
	top = argparse.ArgumentParser(
		prog="./dev", description="This checkout's own Frappe bench, built from package registries alone."
	)
	commands = top.add_subparsers(required=True, metavar="COMMAND")

	def command(name: str, run: Callable, text: str) -> argparse.ArgumentParser:
		added = commands.add_parser(name, help=text, description=text)
		added.set_defaults(run=run)
		return added

	up_command = command(
		"up", up, "Build what is missing, start everything, print the address and the logins."
	)
	up_command.add_argument("--no-demo", action="store_true", help="a site without demo data")
	up_command.add_argument("--port", type=int, help="the web server's port")
	_frappe_options(up_command)
	command("down", down, "Stop all servers of this checkout.")
	command("status", status, "Say which servers run; exit code 1 if one that should does not.")
	command("reset", reset, "Remove the bench with its sites and data (caches stay).").add_argument(
		"--yes", action="store_true", help="do not ask"
	)
	logs_command = command("logs", logs, "Show what the servers wrote.")
	logs_command.add_argument("service", nargs="?", help="one server (see ./dev status); all by default")
	logs_command.add_argument("-f", "--follow", action="store_true", help="go on as it is written")
	command("shell", shell, "A Python console on the site (bench console).")
	frappe_command = command("frappe", frappe, "Any bench site command, e.g. ./dev frappe migrate")
	frappe_command.add_argument("--site", default=sites.MAIN)
	frappe_command.add_argument("words", nargs=argparse.REMAINDER)
	test_command = command("test", test, "Run the tests: all, or the kinds that are named.")
	test_command.add_argument(
		"kinds", nargs="*", metavar="KIND", help=f"{', '.join(testing.KINDS)}; a file narrows it"
	)
	_frappe_options(test_command)
	release_command = command(
		"release", release, "Keep a site as a release leaves it, for the tests of later upgrades."
	)
	release_command.add_argument("version", help="the release's version, e.g. 0.1.0")
	release_command.add_argument("commit", help="the commit that it is made of")
	bench_command = command("bench", bench, "Measure: a figure's name, or nothing to list them.")
	bench_command.add_argument("name", nargs="?")
	bench_command.add_argument("--json", action="store_true", help="one JSON object a figure")
	return top


def _frappe_options(command: argparse.ArgumentParser) -> None:
	command.add_argument("--frappe-path", metavar="URL", help="another Frappe: a git repository")
	command.add_argument("--frappe-branch", metavar="B", help="its branch or tag")


def _instance(arguments: argparse.Namespace) -> Instance:
	if arguments.frappe_branch and not arguments.frappe_path:
		raise BadGround("--frappe-branch needs --frappe-path: which repository is that branch of?")
	return Instance(Frappe(arguments.frappe_path, arguments.frappe_branch))


def _alone(work: Callable[[], int], instance: Instance) -> int:
	"""Run `work` while no other ./dev builds here; first end what an interrupted one left behind."""
	prepare_home(instance.home)
	with only_one(instance.home / "lock") as alone:
		if not alone:
			raise BadGround(
				"Another ./dev is at work in this checkout. Wait until it has ended, then run this again."
			)
		end_marked(mark(instance.folder, "step"))
		return work()


def up(arguments: argparse.Namespace) -> int:
	"""./dev up: from whatever is there to the running site."""
	instance = _instance(arguments)

	def work() -> int:
		began = time.monotonic()
		plan = Plan(instance)
		steps = plan.for_up(demo=not arguments.no_demo)
		ground.check(instance, build=plan.must_build(steps), port=arguments.port)
		if arguments.port:
			instance.set_port("web", arguments.port)
		plan.runner.run(steps)
		instance.remember_as_current()
		print(f"\nThe time each step took:\n{table_of_times(plan.runner.timings)}")
		_announce(instance, demo=not arguments.no_demo)
		print(f"\nReady in {seconds(time.monotonic() - began)}. Stop with ./dev down.")
		return 0

	return _alone(work, instance)


def _announce(instance: Instance, *, demo: bool) -> None:
	print(f"\nThe desk:  {instance.address()}")
	rows = [("Administrator", "Administrator", "System Manager", instance.secret("Administrator"))]
	if demo:
		logins = read_json(instance.logins, {})
		rows = [(login, row["name"], row["role"], row["password"]) for login, row in logins.items()] + rows
	print(table(["login", "name", "role", "password"], rows))
	print(f"(kept in {instance.logins if demo else instance.folder / 'secrets.json'}, readable by you alone)")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
	"""Return rows as columns of even width; a Chinese character is two columns wide."""

	def width(text: str) -> int:
		return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)

	widths = [max(width(str(cell)) for cell in column) for column in zip(head, *rows, strict=True)]
	lines = []
	for row in [head, ["-" * size for size in widths], *rows]:
		cells = [str(cell) + " " * (size - width(str(cell))) for cell, size in zip(row, widths, strict=True)]
		lines.append("  " + "  ".join(cells).rstrip())
	return "\n".join(lines)


def down(arguments: argparse.Namespace) -> int:
	"""./dev down: stop all servers; not while `up` or the tests are at work with them."""
	instance = current()

	def work() -> int:
		stopped = Plan(instance).services.stop()
		print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
		return 0

	return _alone(work, instance)


def status(arguments: argparse.Namespace) -> int:
	"""./dev status: one row a server."""
	instance = current()
	services = Plan(instance).services
	rows, lacking = [], []
	for service in [*services.data, *services.serving]:
		pid = services.daemon(service).pid()
		state = "not running" if pid is None else "running" if services.serves(service) else "does not answer"
		if state != "running":
			lacking.append(service.name)
		port = f"127.0.0.1:{instance.port(service.port_names[0])}" if service.port_names else ""
		rows.append((service.name, service.does, state, str(pid or ""), port))
	print(table(["server", "does", "state", "process", "address"], rows))
	if lacking:
		print("\n./dev up starts what is missing.")
	return 1 if lacking else 0


def reset(arguments: argparse.Namespace) -> int:
	"""./dev reset: remove the instance, keep the caches."""
	instance = current()
	if not arguments.yes:
		question = f"Remove {instance.folder} with all its sites and data? Type yes: "
		if not sys.stdin.isatty() or input(question).strip() != "yes":
			print("Nothing was removed. (./dev reset --yes does not ask.)")
			return 1

	def work() -> int:
		Plan(instance).services.stop()
		instance.remove()
		print("Removed. ./dev up builds it anew.")
		return 0

	return _alone(work, instance)


def logs(arguments: argparse.Namespace) -> int:
	"""./dev logs: the end of the servers' logs."""
	folder = current().logs
	files = sorted(folder.glob(f"{arguments.service or '*'}.log"))
	if not files:
		raise BadGround(
			f"There is no log of {arguments.service or 'any server'} yet. ./dev status lists the servers."
		)
	return subprocess.run(
		["tail", "-n", "60", *(["-f"] if arguments.follow else []), *map(str, files)]
	).returncode


def shell(arguments: argparse.Namespace) -> int:
	"""./dev shell: bench console."""
	return _site_command(current(), sites.MAIN, ["console"])


def frappe(arguments: argparse.Namespace) -> int:
	"""./dev frappe …: any bench site command."""
	return _site_command(current(), arguments.site, arguments.words)


def _site_command(instance: Instance, site: str, words: Sequence[str]) -> int:
	if not sites.is_there(instance, site):
		raise BadGround(f"There is no site {site} yet. ./dev up makes it.")
	command = [str(word) for word in sites.frappe_command(instance, site, words)]
	return subprocess.run(
		command, cwd=instance.sites, env=os.environ | build.environment(instance)
	).returncode


def test(arguments: argparse.Namespace) -> int:
	"""./dev test: set up what the tests need and run them."""
	instance = _instance(arguments)
	return _alone(lambda: testing.run(Plan(instance), arguments.kinds), instance)


def release(arguments: argparse.Namespace) -> int:
	"""./dev release: make the dump of a site that the tests of upgrades begin with."""
	instance = Instance(Frappe())

	def work() -> int:
		plan = Plan(instance)
		plan.runner.run([*plan.base, releases.making(instance, arguments.commit, arguments.version)])
		dump = releases.dump_of(arguments.version)
		print(f"{dump.relative_to(CHECKOUT)}: {dump.stat().st_size // 1024} KB")
		return 0

	return _alone(work, instance)


def bench(arguments: argparse.Namespace) -> int:
	"""./dev bench: run one measurement and print its figures."""
	return measuring.run(arguments.name, as_json=arguments.json)


def _explain(failure: StepFailed) -> int:
	printed = failure.log.read_text(errors="replace") if failure.log and failure.log.exists() else ""
	end = printed.splitlines()[-LINES_OF_LOG:]
	sentence = ground.explain_failure("\n".join(printed.splitlines()[-60:]))
	if not sentence:
		print("\n".join(["", *end]), file=sys.stderr)
	print(f"\n./dev: {sentence or f'{failure}.'}", file=sys.stderr)
	if failure.log:
		print(f"All that it printed is in {failure.log}", file=sys.stderr)
	return 1
