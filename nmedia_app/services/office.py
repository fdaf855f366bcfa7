"""LibreOffice, where it is installed: Word files as PDF, old ones as new ones."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

MOST_SECONDS: Final = 90
PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


class OfficeError(RuntimeError):
	"""LibreOffice is not installed, or could not read a file in time."""


def get_office() -> str | None:
	"""Return the path of LibreOffice; None where it is not installed."""
	return shutil.which("soffice") or shutil.which("libreoffice")


def convert_to_pdf(content: bytes) -> bytes:
	"""Return a .docx as PDF. Raises OfficeError."""
	return convert(content, "docx", "pdf")


def convert_to_docx(content: bytes) -> bytes:
	"""Return an old .doc as .docx. Raises OfficeError."""
	return convert(content, "doc", "docx")


def convert(content: bytes, source: str, target: str) -> bytes:
	"""Return a file in another format; both are endings of file names. Raises OfficeError.

	LibreOffice runs with a profile of its own, in a folder that goes away with it: several may run at once.
	"""
	office = get_office()
	if not office:
		raise OfficeError("LibreOffice is not installed")
	with tempfile.TemporaryDirectory(prefix="nmedia-office-") as name:
		folder = Path(name)
		(folder / f"document.{source}").write_bytes(content)
		profile = make_profile(folder)
		options = ["--headless", "--norestore", "--nolockcheck", profile, "--convert-to", target]
		run_bounded([office, *options, "--outdir", str(folder), str(folder / f"document.{source}")], folder)
		made = folder / f"document.{target}"
		if not made.exists():
			raise OfficeError("LibreOffice could not read the file")
		return made.read_bytes()


def make_profile(folder: Path) -> str:
	"""Return the option for a profile in which no macro runs and nothing is fetched for a file."""
	user = folder / "profile" / "user"
	user.mkdir(parents=True)
	(user / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
	return f"-env:UserInstallation={(folder / 'profile').as_uri()}"


def run_bounded(command: list[str], folder: Path) -> None:
	"""Run a command and what it starts, for a minute and a half at most. Raises OfficeError."""
	child = subprocess.Popen(
		command,
		cwd=folder,
		env={**os.environ, "HOME": str(folder)},
		stdin=subprocess.DEVNULL,
		stdout=subprocess.DEVNULL,
		stderr=subprocess.DEVNULL,
		start_new_session=True,
	)
	try:
		child.wait(MOST_SECONDS)
	except subprocess.TimeoutExpired as error:
		raise OfficeError("LibreOffice took too long") from error
	finally:
		if child.poll() is None:
			os.killpg(child.pid, signal.SIGKILL)
			child.wait()
