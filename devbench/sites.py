"""Sites: created, set up in Chinese, the app installed and kept up to date, demo data."""

import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from devbench import build, database
from devbench.files import digest_of_tree, read_json, write_json
from devbench.instance import APP, CHECKOUT, Instance
from devbench.process import run
from devbench.progress import StepLine

MAIN = "nmedia.localhost"
TEST = "test.localhost"
#: where browser tests go, with demo data
BROWSER = "browser.localhost"
#: where the app comes and goes, to see that nothing of it stays
THROWAWAY = "throwaway.localhost"
#: what an earlier release left, taken through its upgrade
UPGRADE = "upgrade.localhost"
DATABASES = {
	MAIN: "nmedia",
	TEST: "nmedia_test",
	BROWSER: "nmedia_browser",
	THROWAWAY: "nmedia_throwaway",
	UPGRADE: "nmedia_upgrade",
}


def frappe_command(instance: Instance, site: str | None, words: Sequence[str]) -> list[str | Path]:
	"""Return the command line of a bench site command."""
	where = ["--site", site] if site else []
	return [instance.python, "-m", "frappe.utils.bench_helper", "frappe", *where, *words]


def frappe(instance: Instance, site: str, words: Sequence[str], log: str) -> str:
	"""Run a bench site command to its end; return what it printed."""
	return run(
		frappe_command(instance, site, words),
		log=instance.logs / f"step-{log}.log",
		instance=instance.folder,
		cwd=instance.sites,
		env=build.environment(instance),
	)


def inside(instance: Instance, site: str, function: str, *words: str, log: str) -> str:
	"""Run a function of `devbench/inside.py` in the bench's Python, connected to `site`."""
	return run(
		[instance.python, "-m", "devbench.inside", site, function, *words],
		log=instance.logs / f"step-{log}.log",
		instance=instance.folder,
		cwd=instance.sites,
		env=build.environment(instance) | {"PYTHONPATH": str(CHECKOUT)},
	)


def write_config(instance: Instance) -> None:
	"""Write the bench's settings: private servers, loopback addresses, no secret readable by others."""
	file = instance.sites / "common_site_config.json"
	config = read_json(file, {})
	config |= {
		"db_host": "127.0.0.1",
		"db_port": instance.port("mariadb"),
		"root_login": "root",
		"root_password": instance.secret("mariadb_root"),
		"admin_password": instance.secret("Administrator"),
		"redis_cache": f"redis://127.0.0.1:{instance.port('cache')}",
		"redis_queue": f"redis://127.0.0.1:{instance.port('queue')}",
		"redis_socketio": f"redis://127.0.0.1:{instance.port('queue')}",
		"webserver_port": instance.port("web"),
		"socketio_port": instance.port("realtime"),
		"default_site": MAIN,
		"serve_default_site": True,
		"live_reload": False,
	}
	write_json(file, config, mode=0o600)
	# the tests' own site has no server: what its prints fetch, the assets, is the same at the other's address
	for site, server in ((MAIN, "web"), (TEST, "test_web"), (BROWSER, "test_web")):
		_write_address(instance, site, server)


def _write_address(instance: Instance, site: str, server: str) -> None:
	file = instance.sites / site / "site_config.json"
	config = read_json(file)
	if config:
		config |= {"host_name": instance.address(server), "webserver_port": instance.port(server)}
		write_json(file, config, mode=0o600)


def blank(instance: Instance) -> Path:
	"""Return the folder that keeps a site without the app: its database as SQL, its files."""
	return instance.data / "blank"


def create_blank(instance: Instance, line: StepLine) -> None:
	"""Create the throwaway site, complete its setup wizard (zh, Asia/Shanghai), and keep it for copies.

	What was half-made is replaced.
	"""
	log = f"site-{THROWAWAY}"
	shutil.rmtree(blank(instance), ignore_errors=True)
	frappe(instance, None, _new_site(THROWAWAY), log)
	write_config(instance)
	line.report(0.7)
	inside(instance, THROWAWAY, "finish_site", log=log)
	line.report(0.9)
	new = instance.data / "blank.new"
	shutil.rmtree(new, ignore_errors=True)
	shutil.copytree(instance.sites / THROWAWAY, new / "site", ignore=shutil.ignore_patterns("logs", "locks"))
	database.dump(instance, DATABASES[THROWAWAY], new / "database.sql", instance.logs / f"step-{log}.log")
	new.rename(blank(instance))


def create(instance: Instance, site: str, line: StepLine) -> None:
	"""Make a site as a copy of the blank one (a half-made one is replaced).

	Timed jobs run on the one in use alone; tests may run on the others.
	"""
	log = f"site-{site}"
	folder, password = instance.sites / site, secrets.token_urlsafe(12)
	shutil.rmtree(folder, ignore_errors=True)
	log_file = instance.logs / f"step-{log}.log"
	database.load(instance, DATABASES[site], password, blank(instance) / "database.sql", log_file)
	line.report(0.7)
	shutil.copytree(blank(instance) / "site", folder)
	(folder / "logs").mkdir()
	(folder / "locks").mkdir()
	file = folder / "site_config.json"
	config = read_json(file) | {"db_name": DATABASES[site], "db_password": password}
	config |= {"db_user": DATABASES[site]} if "db_user" in config else {}
	write_json(file, config | ({} if site == MAIN else {"allow_tests": 1}), mode=0o600)
	write_config(instance)
	frappe(instance, site, ["enable-scheduler"] if site == MAIN else ["clear-cache"], log)


def _new_site(site: str) -> list[str]:
	# both passwords are read from common_site_config.json, never from a command line that others can see
	return ["new-site", site, "--no-mariadb-socket", "--db-name", DATABASES[site], "--force"]


def restore(instance: Instance, site: str, database: Path) -> None:
	"""Create a site (one that is there is replaced) with the database of another."""
	frappe(instance, None, [*_new_site(site), "--source_sql", str(database)], f"restore-{site}")


def is_there(instance: Instance, site: str) -> bool:
	"""Whether the site's folder with its settings is there."""
	return (instance.sites / site / "site_config.json").exists()


def install_app(instance: Instance, site: str, line: StepLine) -> None:
	"""Install the app on a site."""
	frappe(instance, site, ["install-app", APP, "--force"], f"install-{site}")


def app_inputs(instance: Instance) -> list[str]:
	"""Return digests of what a migration follows: the app and the Frappe it runs on."""
	declared = digest_of_tree(CHECKOUT / APP, suffixes=(".json", ".txt", ".csv", ".html", ".css"))
	hooks = (CHECKOUT / APP / "hooks.py").read_text()
	return [declared, hooks, digest_of_tree(instance.bench / "apps" / "frappe" / ".git" / "refs" / "heads")]


def migrate(instance: Instance, site: str, line: StepLine) -> None:
	"""Bring a site to the app as it is in the checkout now."""
	frappe(instance, site, ["migrate"], f"migrate-{site}")


def load_demo(instance: Instance, site: str, line: StepLine) -> None:
	"""Load the demo data; its users' random passwords are in a file that only the owner can read."""
	inside(instance, site, "load_demo", str(instance.logins), log=f"demo-{site}")
