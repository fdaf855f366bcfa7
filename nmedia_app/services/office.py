"""LibreOffice, where it is installed: Word files as PDF."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

MOST_SECONDS: Final = 90


class OfficeError(RuntimeError):
	"""LibreOffice is not installed, or could not read a file in time."""


def get_office() -> str | None:
	"""Return the path of LibreOffice; None where it is not installed."""
	return shutil.which("soffice") or shutil.which("libreoffice")


def convert_to_pdf(content: bytes) -> bytes:
	"""Return a .docx as PDF. Raises OfficeError.

	LibreOffice runs with a profile of its own, in a folder that goes away with it: several may run at once.
	"""
	office = get_office()
	if not office:
		raise OfficeError("LibreOffice is not installed")
	with tempfile.TemporaryDirectory(prefix="nmedia-office-") as name:
		folder = Path(name)
		(folder / "document.docx").write_bytes(content)
		profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
		options = ["--headless", "--norestore", "--nolockcheck", profile]
		target = ["--convert-to", "pdf", "--outdir", str(folder)]  # some versions want them in this order
		command = [office, *options, *target, str(folder / "document.docx")]
		run_bounded(command, folder)
		made = folder / "document.pdf"
		if not made.exists():
			raise OfficeError("LibreOffice could not read the file")
		return made.read_bytes()


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
