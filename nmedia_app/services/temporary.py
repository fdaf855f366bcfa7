"""Folders of what is kept for a day: downloads that a worker made, pictures on their way into a PDF."""

import time
from pathlib import Path
from typing import Final

KEPT: Final = 24 * 60 * 60  # seconds


def remove_old(folder: Path) -> None:
	"""Remove what lies in a folder for more than a day."""
	before = time.time() - KEPT
	for path in folder.glob("*"):
		if path.stat().st_mtime < before:
			path.unlink(missing_ok=True)
