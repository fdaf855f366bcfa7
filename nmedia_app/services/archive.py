"""ZIP files that tell nothing of when, where and by whom they were made: same content, same bytes."""

import shutil
import zipfile
from pathlib import Path
from typing import IO, Final

#: the first moment that a ZIP can name
BEGINNING: Final = (1980, 1, 1, 0, 0, 0)
CHUNK: Final = 1 << 20


def describe(name: str) -> zipfile.ZipInfo:
	"""Return the entry of a file: always of the same time, system and rights."""
	entry = zipfile.ZipInfo(name, BEGINNING)
	entry.create_system = 3
	entry.external_attr = 0o100644 << 16
	return entry


class Archive(zipfile.ZipFile):
	"""A ZIP under way. What goes in is compressed by itself already: it is stored as it is."""

	def __init__(self, file: IO[bytes]):
		super().__init__(file, "w", zipfile.ZIP_STORED)

	def add(self, name: str, content: bytes) -> None:
		self.writestr(describe(name), content)

	def add_file(self, name: str, path: Path) -> None:
		"""Add a file from the disk, of any size, piece by piece."""
		entry = describe(name)
		entry.file_size = path.stat().st_size
		with path.open("rb") as source, self.open(entry, "w") as target:
			shutil.copyfileobj(source, target, CHUNK)
