"""A .docx as its parts: read within bounds, whoever made it, and written the same for the same content.

A .docx is a ZIP of parts (Open Packaging Conventions). Reading refuses what is not one and what would
unpack to more than a form needs. Writing keeps what does not change between two files as a ready piece
(`Image`).
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from lxml import etree

from nmedia_app.nmedia_app.print_formats.engine.faults import TemplateError, refusal
from nmedia_app.phrases import _
from nmedia_app.regulation.archives import keeps_to_its_sizes

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_UNPACKED: Final = 40 * 1024 * 1024
MOST_XML: Final = 8 * 1024 * 1024  # a part
MOST_PARTS: Final = 500
#: how many times a part that is more than a little may be what it is packed to: no text of a form is more
HIGHEST_RATIO: Final = 250
LITTLE: Final = 1024 * 1024

CONTENT_TYPES: Final = "[Content_Types].xml"
PACKAGE_RELATIONS: Final = "_rels/.rels"
OFFICE_DOCUMENT: Final = "/officeDocument"
MAIN_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

_DAMAGED: Final = _(
	"The file is damaged: it cannot be unpacked. Please save it in Word again and upload that."
)
_OLE: Final = b"\xd0\xcf\x11\xe0"  # .doc, and whatever Office protects with a password
_TYPES_NAMESPACE: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONS_NAMESPACE: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"


class Relation(NamedTuple):
	"""What a part refers to: `target` is another part's name, or an address if it is `external`."""

	id: str
	type: str
	target: str
	external: bool


class Package:
	"""The parts of a .docx by their names, with their content types and relations."""

	def __init__(self, parts: dict[str, bytes]):
		self.parts = parts
		if CONTENT_TYPES not in parts:
			raise _not_word()
		types = parse_xml(parts[CONTENT_TYPES], CONTENT_TYPES)
		self.defaults = {
			node.get("Extension", "").lower(): node.get("ContentType", "")
			for node in types.iter(f"{_TYPES_NAMESPACE}Default")
		}
		self.overrides = {
			node.get("PartName", "").lstrip("/").lower(): node.get("ContentType", "")
			for node in types.iter(f"{_TYPES_NAMESPACE}Override")
		}

	def get_type(self, name: str) -> str:
		"""Return the content type of a part; empty if the package does not say."""
		own = self.overrides.get(name.lower())
		return own or self.defaults.get(posixpath.splitext(name)[1].lstrip(".").lower(), "")

	def get_relations(self, name: str) -> list[Relation]:
		"""Return what a part refers to; of the package itself for an empty name."""
		source = relations_of(name)
		if source not in self.parts:
			return []
		root, folder = parse_xml(self.parts[source], source), posixpath.dirname(name)
		return [_read_relation(node, folder) for node in root.iter(f"{_RELATIONS_NAMESPACE}Relationship")]

	@property
	def main(self) -> str:
		"""The name of the part that holds the text. Raises TemplateError if there is none."""
		for relation in self.get_relations(""):
			if relation.type.endswith(OFFICE_DOCUMENT) and relation.target in self.parts:
				return relation.target
		raise _not_word()


def _not_word() -> TemplateError:
	return refusal(_("This is no Word document. Please save it in Word as “Word Document (*.docx)”."))


def relations_of(name: str) -> str:
	"""Return the name of the part that holds the relations of this part."""
	folder, file = posixpath.split(name)
	return posixpath.join(folder, "_rels", f"{file}.rels")


def _read_relation(node: etree._Element, folder: str) -> Relation:
	target, external = node.get("Target", ""), node.get("TargetMode") == "External"
	if not external:
		target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
	return Relation(node.get("Id", ""), node.get("Type", ""), target, external)


def parse_xml(content: bytes, name: str) -> etree._Element:
	"""Return the tree of a part, without comments and processing instructions. Raises TemplateError.

	Nothing is fetched, no entity is replaced, and a document type is refused: none has a place in a .docx.
	"""
	parser = etree.XMLParser(
		resolve_entities=False,
		load_dtd=False,
		no_network=True,
		huge_tree=False,
		remove_comments=True,
		remove_pis=True,
	)
	try:
		root = etree.fromstring(content, parser)
	except (etree.XMLSyntaxError, ValueError) as error:
		if "depth" in str(error):  # beyond the parser's own bound
			raise refusal(
				_("Tables stand within tables too deep in the file. Please take them apart.")
			) from None
		message = _("The file is damaged: its part {0} cannot be read. Please save it in Word again.")
		raise refusal(message, name) from None
	if root.getroottree().docinfo.doctype:
		raise refusal(
			_("The part {0} declares a document type, as no Word document does. It is refused."), name
		)
	return root


def read_package(source: bytes) -> Package:
	"""Unpack a .docx. Raises TemplateError for another file, a damaged, a protected and an outsized one."""
	if len(source) > MOST_BYTES:
		raise refusal(
			_("The file is larger than {0} MB. Please make its pictures smaller."), MOST_BYTES >> 20
		)
	if source.startswith(_OLE):
		raise refusal(
			_("This is an old .doc or is protected by a password. Please save it as .docx without one.")
		)
	if not source.startswith(b"PK"):
		raise _not_word()
	try:
		with zipfile.ZipFile(io.BytesIO(source)) as archive:
			if not keeps_to_its_sizes(archive):
				raise refusal(_DAMAGED)
			members = [member for member in archive.infolist() if not member.is_dir()]
			_check_bounds(members)
			return Package({member.filename: archive.read(member) for member in members})
	except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
		raise refusal(_DAMAGED) from None


def _check_bounds(members: list[zipfile.ZipInfo]) -> None:
	"""Refuse an archive by what it says of itself; reading then gives no more than that."""
	unpacked = sum(member.file_size for member in members)
	if len(members) > MOST_PARTS or unpacked > MOST_UNPACKED or any(map(_is_bomb, members)):
		message = _("The file unpacks to far more than a form needs ({0} parts, {1} MB). It is refused.")
		raise refusal(message, len(members), unpacked >> 20)
	names = [member.filename for member in members]
	if len({name.lower() for name in names}) < len(names) or not all(map(_is_inside, names)):
		raise refusal(_DAMAGED)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
	if member.filename.endswith((".xml", ".rels")) and member.file_size > MOST_XML:
		return True
	return member.file_size > max(LITTLE, HIGHEST_RATIO * member.compress_size)


def _is_inside(name: str) -> bool:
	return not name.startswith("/") and "\\" not in name and ".." not in name.split("/")


# writing

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION: Final = 20
_UTF8: Final = 0x800
_STORED, _DEFLATED = 0, 8
_TIME, _DATE = 0, (1 << 5) | 1  # 1 January 1980, 0:00, the first that ZIP knows


@dataclass(frozen=True)
class Entry:
	"""A part packed for a ZIP: what stands before its bytes, the bytes, and its row of the directory."""

	name: bytes
	method: int
	crc: int
	size: int
	packed: bytes

	@property
	def local(self) -> bytes:
		return _LOCAL.pack(b"PK\3\4", *self._fields, 0) + self.name

	def central(self, offset: int) -> bytes:
		return _CENTRAL.pack(b"PK\1\2", _VERSION, *self._fields, 0, 0, 0, 0, 0, offset) + self.name

	@property
	def _fields(self) -> tuple[int, ...]:
		sizes = (self.crc, len(self.packed), self.size, len(self.name))
		return (_VERSION, _UTF8, self.method, _TIME, _DATE, *sizes)


def pack(name: str, content: bytes, level: int = 6) -> Entry:
	"""Pack a part; with level 0 it is stored as it is, as pictures are, which are packed already."""
	packed = content
	if level:
		compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
		packed = compressor.compress(content) + compressor.flush()
	return Entry(name.encode(), _DEFLATED if level else _STORED, zlib.crc32(content), len(content), packed)


class Image:
	"""A ZIP without its end: the parts that every file has, to which `finish` adds those of one file."""

	def __init__(self, entries: Iterable[Entry]):
		self.body, self.directory, self.count = _join(entries, 0)

	def finish(self, entries: Iterable[Entry]) -> bytes:
		"""Return the bytes of a ZIP of the ready parts and these."""
		body, directory, count = _join(entries, len(self.body))
		size, offset, count = (
			len(self.directory) + len(directory),
			len(self.body) + len(body),
			self.count + count,
		)
		end = _END.pack(b"PK\5\6", 0, 0, count, count, size, offset, 0)
		return b"".join((self.body, body, self.directory, directory, end))


def _join(entries: Iterable[Entry], offset: int) -> tuple[bytes, bytes, int]:
	"""Return the entries one behind the other, their rows of the directory, and how many they are."""
	body, directory = [], []
	for entry in entries:
		directory.append(entry.central(offset))
		body += (entry.local, entry.packed)
		offset += len(body[-2]) + len(body[-1])
	return b"".join(body), b"".join(directory), len(directory)
