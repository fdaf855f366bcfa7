"""From an empty folder to the running site with demo data: the time of each step, cold and again warm.

A clone of this checkout's last commit is built in a folder of its own, without its caches, then
started again. What Debian's packages take shows only on a machine that lacks them.
"""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from devbench.instance import CHECKOUT
from devbench.measuring import Figure


def figures() -> Iterator[Figure]:
	"""Yield the cold time (against the warm one as its peer) and that of each step, in seconds."""
	folder = Path(tempfile.mkdtemp(prefix="nmedia-up-"))
	clone = folder / "checkout"
	try:
		subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)], check=True)
		cold = _up(clone)
		subprocess.run([clone / "dev", "down"], check=True, stdout=subprocess.DEVNULL)
		warm = _up(clone)
		size = "registry bench, demo data, one run"
		yield Figure("up from nothing", cold, None, "s", None, size)
		yield Figure("up again, after down", warm, cold, "s", None, f"{size}; its peer is the first")
		for name, seconds in sorted(_times(clone).items(), key=lambda item: -item[1]):
			yield Figure(f"step {name}", seconds, None, "s", None, size)
	finally:
		subprocess.run([clone / "dev", "down"], stdout=subprocess.DEVNULL)
		shutil.rmtree(folder, ignore_errors=True)


def _up(clone: Path) -> float:
	began = time.monotonic()
	subprocess.run([clone / "dev", "up"], check=True, stdout=subprocess.DEVNULL)
	return round(time.monotonic() - began, 1)


def _times(clone: Path) -> dict[str, float]:
	"""Return the time of each step that was run (what another step had done already has none)."""
	stamps = (clone / ".dev").glob("**/steps/*.json")
	times = {stamp.stem: json.loads(stamp.read_text())["seconds"] for stamp in stamps}
	return {name: seconds for name, seconds in times.items() if seconds is not None}
