"""Pictures that a rendered file holds, each once, however often it is printed; and where its links lead."""

import hashlib
import io
from typing import Final

from PIL import Image

from nmedia_app.image_kinds import get_kind
from nmedia_app.nmedia_app.print_formats.engine.faults import Fault, RenderError
from nmedia_app.nmedia_app.print_formats.engine.names import DRAWING, MAIN_DRAWING, PICTURE, RELATIONS
from nmedia_app.nmedia_app.print_formats.engine.values import Picture
from nmedia_app.phrases import _

#: the formats that Word shows on every machine, with the endings of their parts
FORMATS: Final = {"PNG": "png", "JPEG": "jpeg", "GIF": "gif"}
TYPES: Final = {ending: f"image/{ending}" for ending in FORMATS.values()}
RELATION_TYPE: Final = f"{RELATIONS}/image"
LINK_TYPE: Final = f"{RELATIONS}/hyperlink"

EMU_PER_MM: Final = 36_000
EMU_PER_PIXEL: Final = 9525  # at 96 dpi
MAX_WIDTH: Final = 120 * EMU_PER_MM
MAX_HEIGHT: Final = 150 * EMU_PER_MM

_DRAWING = (
	f'<w:drawing><wp:inline xmlns:wp="{DRAWING}" distT="0" distB="0" distL="0" distR="0">'
	'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name="Picture {number}"/>'
	f'<a:graphic xmlns:a="{MAIN_DRAWING}"><a:graphicData uri="{PICTURE}"><pic:pic xmlns:pic="{PICTURE}">'
	'<pic:nvPicPr><pic:cNvPr id="{number}" name="{name}"/><pic:cNvPicPr/></pic:nvPicPr>'
	f'<pic:blipFill><a:blip xmlns:r="{RELATIONS}" r:embed="{{relation}}"/>'
	"<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
	'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
	'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
	"</wp:inline></w:drawing>"
)


class Pictures:
	"""The pictures of one file."""

	def __init__(self, last_number: int, prefix: str):
		"""`last_number` is the highest of the template's drawings; no part's name begins with `prefix`."""
		self.parts: dict[str, bytes] = {}
		self._known: dict[bytes, tuple[str, int, int]] = {}
		self._number, self._prefix = last_number, prefix

	def add(self, picture: Picture, widest: int = MAX_WIDTH) -> tuple[str, int, int]:
		"""Return name, width and height (in EMU) of a picture's part. Raises RenderError for no picture."""
		digest = hashlib.sha256(picture.content).digest()
		if digest not in self._known:
			ending, width, height = measure(picture.content)
			name = f"{self._prefix}{len(self.parts) + 1}.{ending}"
			self.parts[name] = picture.content
			self._known[digest] = (name, width, height)
		name, width, height = self._known[digest]
		return name, *fit(width, height, picture.width, widest)

	def next_number(self) -> int:
		"""Return a number for a drawing, each its own."""
		self._number += 1
		return self._number


class PartPictures:
	"""The pictures, and the addresses of links, that one part of the file refers to."""

	def __init__(self, pictures: Pictures, prefix: str):
		"""No relation of the template's part begins with `prefix`."""
		self.pictures, self._prefix = pictures, prefix
		self.relations: dict[str, str] = {}
		self.links: dict[str, str] = {}

	def link(self, address: str) -> str:
		"""Return the relation that leads to an address."""
		return self.links.setdefault(address, self._next_relation())

	def _next_relation(self) -> str:
		return f"{self._prefix}{len(self.relations) + len(self.links) + 1}"

	def draw(self, picture: Picture, widest: int = MAX_WIDTH) -> str:
		"""Return a picture in line with the text, in its own size at most `widest` (in EMU).

		Raises RenderError if it is none.
		"""
		name, width, height = self.pictures.add(picture, widest)
		relation = self.relations.setdefault(name, self._next_relation())
		return _DRAWING.format(
			name=name.rpartition("/")[2],
			width=width,
			height=height,
			number=self.pictures.next_number(),
			relation=relation,
		)


def measure(content: bytes) -> tuple[str, int, int]:
	"""Return the ending, width and height (in EMU) of a picture. Raises RenderError."""
	try:
		with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as image:
			return FORMATS[get_kind(image)], image.width * EMU_PER_PIXEL, image.height * EMU_PER_PIXEL
	except (OSError, Image.DecompressionBombError) as error:
		raise RenderError(Fault(_("A picture cannot be printed: Word shows PNG, JPEG and GIF."))) from error


def fit(width: int, height: int, wanted: float | None, widest: int = MAX_WIDTH) -> tuple[int, int]:
	"""Return width and height (in EMU) as printed: as wide as wanted (in mm), else as large as it may be."""
	scale = wanted * EMU_PER_MM / width if wanted else min(1, widest / width, MAX_HEIGHT / height)
	return max(1, round(width * scale)), max(1, round(height * scale))
