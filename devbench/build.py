"""The bench itself: tools, Node packages, `bench init`, the Python environment, the assets."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import tomllib

from devbench import debian, registry_frappe
from devbench.files import digest_of_tree, read_json
from devbench.instance import APP, CHECKOUT, Instance
from devbench.process import run
from devbench.progress import StepLine

CONSTRAINTS = Path(__file__).parent / "constraints"
NODE_MANIFEST = Path(__file__).parent / "node"
#: what an installed app consists of; links to these make the checkout an app of the bench without
#: its `.dev` folder (which holds the bench) being below itself
APP_FILES = (APP, "pyproject.toml", "setup.py", "README.md", "LICENSE")
#: what Frappe's own test runner needs, by the names that upstream gives them
FRAPPE_TEST_REQUIREMENTS = ("Faker", "hypothesis", "responses", "freezegun", "unittest-xml-reporting")


def environment(instance: Instance) -> dict[str, str]:
	"""Return what every bench command finds in its environment: our tools first, caches below `.dev`."""
	path = [
		instance.tools / "bin",
		instance.node / "node_modules" / ".bin",
		debian.redis_server(instance).parent,
	]
	values = {
		"PATH": os.pathsep.join([*map(str, path), os.environ.get("PATH", ""), "/usr/sbin:/sbin"]),
		"PIP_CACHE_DIR": str(instance.cache / "pip"),
		"UV_CACHE_DIR": str(instance.cache / "uv"),
		"UV_PYTHON_DOWNLOADS": "never",
		"UV_NO_PROGRESS": "1",
		"npm_config_cache": str(instance.cache / "npm"),
		"YARN_CACHE_FOLDER": str(instance.cache / "yarn"),
		"PYTHONUNBUFFERED": "1",
	}
	if instance.frappe.from_registry:
		pins = str(CONSTRAINTS / "bench.txt")
		values |= {"PIP_CONSTRAINT": pins, "UV_CONSTRAINT": pins, "UV_BUILD_CONSTRAINT": pins}
	return values | _mirror_for_uv()


def _mirror_for_uv() -> dict[str, str]:
	"""A mirror is set up for pip on many networks; uv, which bench uses, does not read pip's settings."""
	asked = subprocess.run(
		[sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True
	).stdout.splitlines()
	told = dict(line.split("=", 1) for line in asked if "=" in line)
	told = {name.rpartition(".")[2]: value.strip("'\"") for name, value in told.items()}
	pairs = {"UV_DEFAULT_INDEX": told.get("index-url"), "SSL_CERT_FILE": told.get("cert")}
	return {name: value for name, value in pairs.items() if value and name not in os.environ}


def make_tools(instance: Instance, line: StepLine) -> None:
	"""Install frappe-bench with all it needs, pinned, into an environment of its own."""
	log = instance.logs / "step-tools.log"
	shutil.rmtree(instance.tools, ignore_errors=True)
	run([sys.executable, "-m", "venv", instance.tools], log=log, instance=instance.folder)
	line.report(0.3)
	pip_install(instance, instance.tools, ["-r", CONSTRAINTS / "tools.txt"], log)


def pip_install(instance: Instance, venv: Path, what: Sequence[str | Path], log: Path) -> None:
	"""Install into a tool environment with pip, which follows the mirror and the proxy set up for it."""
	env = {"PIP_CACHE_DIR": str(instance.cache / "pip"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
	pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile"]
	run([*pip, *what], log=log, instance=instance.folder, env=env)


def install_node_packages(instance: Instance, line: StepLine) -> None:
	"""Install what the asset builder and the relay need, exactly as the lock file says."""
	instance.node.mkdir(parents=True, exist_ok=True)
	for name in ("package.json", "package-lock.json"):
		shutil.copy(NODE_MANIFEST / name, instance.node / name)
	run(
		["npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error"],
		log=instance.logs / "step-node.log",
		instance=instance.folder,
		cwd=instance.node,
		env={"npm_config_cache": str(instance.cache / "npm")},
	)


# `bench` as a command refuses root, its functions do not: this is what `bench init` calls
INIT = """
import sys
from bench.utils.system import init
path, source, branch, python = sys.argv[1:]
init(path, no_backups=True, skip_assets=True, frappe_path=source, frappe_branch=branch or None, python=python)
"""


def init_bench(instance: Instance, line: StepLine) -> None:
	"""`bench init`, from the restored Frappe or from the repository that the user named.

	Sites of a bench that was there before (another Frappe version) are kept and moved into the new one.
	"""
	kept = instance.folder / "kept-sites"
	_move_sites(instance.sites, kept)
	shutil.rmtree(instance.bench, ignore_errors=True)
	source = str(repository(instance)) if instance.frappe.from_registry else instance.frappe.path
	branch = "" if instance.frappe.from_registry else instance.frappe.branch or ""
	run(
		[instance.tools / "bin" / "python", "-c", INIT, instance.bench, source, branch, sys.executable],
		log=instance.logs / "step-bench.log",
		instance=instance.folder,
		env=environment(instance) | {"GIT_TERMINAL_PROMPT": "0"},
		cwd=instance.folder,
	)
	clone = instance.bench / "apps" / Path(source.rstrip("/")).name.removesuffix(".git")
	assert (instance.bench / "apps" / "frappe").is_dir(), (
		f"bench init left no apps/frappe (cloned to {clone})"
	)
	if instance.frappe.from_registry:
		_link_node_packages(instance)
	_move_sites(kept, instance.sites)


def repository(instance: Instance) -> Path:
	"""Return the local git repository of the restored Frappe; named as bench expects the app to be."""
	return instance.folder / "source" / "frappe"


def _move_sites(source: Path, target: Path) -> None:
	for config in source.glob("*/site_config.json"):
		target.mkdir(parents=True, exist_ok=True)
		shutil.move(config.parent, target / config.parent.name)


def _link_node_packages(instance: Instance) -> None:
	modules = instance.bench / "apps" / "frappe" / "node_modules"
	shutil.rmtree(modules, ignore_errors=True)
	modules.symlink_to(instance.node / "node_modules")


def install_app_package(instance: Instance, line: StepLine) -> None:
	"""Make the checkout an editable app of the bench, with what it and the tests need."""
	place = instance.bench / "apps" / APP
	place.mkdir(exist_ok=True)
	for name in APP_FILES:
		link = place / name
		link.unlink(missing_ok=True)
		link.symlink_to(CHECKOUT / name)
	tests = [
		name + version
		for name, version in _frappe_test_versions(instance).items()
		if name in FRAPPE_TEST_REQUIREMENTS
	]
	# upstream's version 15 imports pkg_resources, which setuptools has given up
	pinned = ["pip", "setuptools", "wheel"] if instance.frappe.from_registry else ["setuptools<81"]
	run(
		["uv", "pip", "install", "--quiet", "--python", instance.python, *pinned, *tests, "-e", place],
		log=instance.logs / "step-app.log",
		instance=instance.folder,
		env=environment(instance),
		cwd=instance.bench,
	)
	apps = instance.sites / "apps.txt"
	apps.write_text("frappe\n" + APP + "\n")


def _frappe_test_versions(instance: Instance) -> dict[str, str]:
	declared = tomllib.loads((instance.bench / "apps" / "frappe" / "pyproject.toml").read_text())
	wanted = declared.get("tool", {}).get("bench", {}).get("dev-dependencies", {})
	return {name: version if isinstance(version, str) else "" for name, version in wanted.items()}


def asset_inputs(instance: Instance) -> list[str]:
	"""Return digests of what the app contributes to the assets."""
	return [digest_of_tree(CHECKOUT / APP / "public")]


def build_assets(instance: Instance, line: StepLine) -> None:
	"""Build all bundles with the asset builder of the bench's own Frappe."""
	run(
		[instance.python, "-m", "frappe.utils.bench_helper", "frappe", "build", "--production"],
		log=instance.logs / "step-assets.log",
		instance=instance.folder,
		env=environment(instance),
		cwd=instance.sites,
	)


def assets_are_there(instance: Instance) -> bool:
	"""Whether every file that the list of assets names is there."""
	listed = read_json(instance.sites / "assets" / "assets.json", {})
	return bool(listed) and all((instance.sites / file.lstrip("/")).exists() for file in listed.values())


def repository_inputs() -> list[str]:
	"""Return what the restored repository depends on."""
	return [registry_frappe.SHA256, registry_frappe.RESTORED, digest_of_tree(registry_frappe.OVERLAY)]
