"""Pictures as one PDF, for materials of the annual audit (Article 6): one picture a page of A4, in order.

Long screenshots go over several pages rather than being shrunk to a strip. Pillow reads the pictures, pypdf
writes the pages; both come with Frappe. The same pictures are the same bytes: nothing tells when it was made,
and what cameras write into pictures (place, device) stays out. No Frappe.
"""

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageFile, ImageOps
from pypdf import PdfWriter
from pypdf.generic import (
	DecodedStreamObject,
	DictionaryObject,
	NameObject,
	NumberObject,
	PdfObject,
)

from nmedia_app.phrases import Phrase, _

FORMATS: Final = ("PNG", "JPEG", "WEBP")
MOST_PICTURES: Final = 20
MOST_BYTES: Final = 20 * 1024 * 1024  # a picture
MOST_PIXELS: Final = 40_000_000  # a picture; asked of its head, before anything is decoded
MOST_PAGES: Final = 60

#: in points, 1/72 inch: A4, its margins, and what is left for a picture
PAGE: Final = (595, 842)
SIDES, TOP, BOTTOM = 36, 36, 48
AREA: Final = (PAGE[0] - 2 * SIDES, PAGE[1] - TOP - BOTTOM)
#: no pixel is shown larger than on a plain screen
LARGEST_PIXEL: Final = 72 / 96
#: a picture that is longer is split into parts about as long as a telephone's screen
LONGEST: Final = 3.0  # heights by width
PART: Final = 2.2
#: a line that a cut goes through is whole on the next page
OVERLAP: Final = 0.03
CAPTION_SIZE, CAPTION_LINE = 9, 24

#: resolution (dots an inch) and JPEG quality, from the best on, until a picture fits its share of the bytes
QUALITIES: Final = ((220, 88), (180, 75), (150, 65), (96, 50))
#: of a photo no more is decoded than any page can show
_DRAFT: Final = (1800, 2600)
_STRIP: Final = 1000  # rows
#: where EXIF says what is up, and what it says of a picture that is upright
_ORIENTATION, UPRIGHT = 0x0112, 1

#: a part of a picture: left, top, right, bottom
Box = tuple[int, int, int, int]


class PictureFault(Exception):
	"""What is wrong with a picture, said to whoever chose it."""

	def __init__(self, message: str, *params):
		super().__init__(message)
		self.phrase = Phrase(message, params)


@dataclass(frozen=True)
class Page:
	"""One page: a JPEG, its pixels, and how large it is shown, in points."""

	jpeg: bytes
	pixels: tuple[int, int]
	shown: tuple[float, float]


def make_pdf(pictures: Sequence[tuple[str, Path]], most_bytes: int) -> bytes:
	"""Return one PDF of pictures (name, where it lies), no larger than `most_bytes`. Raises PictureFault."""
	check_number(len(pictures))
	pages: list[Page] = []
	for file_name, path in pictures:
		pages += draw(file_name, path, most_bytes // len(pictures))
		if len(pages) > MOST_PAGES:
			raise PictureFault(
				_("With {0} there are more than {1} pages. Please choose fewer pictures."),
				file_name,
				MOST_PAGES,
			)
	content = write(pages)
	if len(content) > most_bytes:
		message = _("Together the pictures make more than {0} MB. Please choose fewer pictures.")
		raise PictureFault(message, most_bytes >> 20)
	return content


def check_number(count: int) -> None:
	if not count:
		raise PictureFault(_("Please choose pictures first."))
	if count > MOST_PICTURES:
		raise PictureFault(_("Please choose at most {0} pictures at once."), MOST_PICTURES)


def check(file_name: str, path: Path) -> None:
	"""Look at a picture without decoding it. Raises PictureFault."""
	open_picture(file_name, path).close()


def open_picture(file_name: str, path: Path) -> Image.Image:
	"""Open a picture, not decoded yet. Raises PictureFault for what is none, or is too large."""
	if path.stat().st_size > MOST_BYTES:
		raise PictureFault(
			_("{0} is larger than {1} MB. Please make it smaller, or crop it, and choose it again."),
			file_name,
			MOST_BYTES >> 20,
		)
	try:
		image = Image.open(path, formats=FORMATS)
	except Image.DecompressionBombError as error:
		raise too_many_pixels(file_name) from error
	except Exception as error:  # whatever the readers stumble over
		raise unreadable(file_name) from error
	if math.prod(image.size) > MOST_PIXELS:
		image.close()
		raise too_many_pixels(file_name)
	return image


def too_many_pixels(file_name: str) -> PictureFault:
	return PictureFault(
		_("{0} has more than {1} million pixels. Please make it smaller, or crop it, and choose it again."),
		file_name,
		MOST_PIXELS // 1_000_000,
	)


def unreadable(file_name: str) -> PictureFault:
	return PictureFault(
		_("{0} is damaged, or no PNG, JPG or WEBP picture. Please save it as one and choose it again."),
		file_name,
	)


def draw(file_name: str, path: Path, most_bytes: int) -> list[Page]:
	"""Return the pages of a picture, as good as fits; of the least quality they may be larger."""
	with open_picture(file_name, path) as image:
		image.draft("RGB", _DRAFT)
		try:
			with demanding_all_of_it():
				flat = flatten(image)
		except Exception as error:
			raise unreadable(file_name) from error
	parts = split(flat.size)
	if len(parts) > MOST_PAGES:
		raise PictureFault(_("{0} is too long. Please crop it and choose it again."), file_name)
	quality = choose_quality(flat, parts[len(parts) // 2], most_bytes // len(parts))
	return [encode(flat, part, *quality) for part in parts]


def choose_quality(flat: Image.Image, part: Box, most_bytes: int) -> tuple[int, int]:
	"""Return the best of QUALITIES with which a part has so many bytes; the least if none does."""
	for quality in QUALITIES[:-1]:
		if len(encode(flat, part, *quality).jpeg) <= most_bytes:
			return quality
	return QUALITIES[-1]


@contextmanager
def demanding_all_of_it() -> Iterator[None]:
	"""Take no picture that ends half way, though WeasyPrint lets Pillow do so in the whole process."""
	others = ImageFile.LOAD_TRUNCATED_IMAGES
	ImageFile.LOAD_TRUNCATED_IMAGES = False
	try:
		yield
	finally:
		ImageFile.LOAD_TRUNCATED_IMAGES = others


def flatten(image: Image.Image) -> Image.Image:
	"""Return a picture as it is looked at: upright, in colours of a byte each, on white."""
	image.load()
	if image.getexif().get(_ORIENTATION, UPRIGHT) != UPRIGHT:
		image = ImageOps.exif_transpose(image)
	if image.mode.startswith("I"):  # 16 bits, which Pillow would cut off rather than scale
		image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
	if "A" in image.getbands() or "transparency" in image.info:
		return put_on_white(image)
	return image if image.mode == "RGB" else image.convert("RGB")


def put_on_white(image: Image.Image) -> Image.Image:
	"""Return a picture on white, made strip by strip: a large one would be in memory four times."""
	flat = Image.new("RGB", image.size, "white")
	for top in range(0, image.height, _STRIP):
		strip = image.crop((0, top, image.width, min(top + _STRIP, image.height))).convert("RGBA")
		flat.paste(strip, (0, top), strip.getchannel("A"))
	return flat


def split(size: tuple[int, int]) -> list[Box]:
	"""Return the parts of a picture that a page each shows."""
	width, height = size
	if height <= width * LONGEST or height * LARGEST_PIXEL <= AREA[1]:
		return [(0, 0, width, height)]
	step = height / math.ceil(height / (width * PART))
	tops = [round(step * number) for number in range(round(height / step))]
	overlap = round(step * OVERLAP)
	return [
		(0, max(top - overlap, 0), width, bottom)
		for top, bottom in zip(tops, [*tops[1:], height], strict=True)
	]


def encode(flat: Image.Image, part: Box, dots: int, quality: int) -> Page:
	"""Return a page of a part that fills it as far as is reasonable, at so many dots an inch at most."""
	size = (part[2] - part[0], part[3] - part[1])
	scale = min(AREA[0] / size[0], AREA[1] / size[1], LARGEST_PIXEL)
	shown = (size[0] * scale, size[1] * scale)
	pixels = tuple(
		max(1, min(own, round(points * dots / 72))) for own, points in zip(size, shown, strict=True)
	)
	file = io.BytesIO()
	resized = flat.resize(pixels, Image.Resampling.BICUBIC, part, reducing_gap=3)
	resized.save(file, "JPEG", quality=quality)
	return Page(file.getvalue(), pixels, shown)


def write(pages: Sequence[Page]) -> bytes:
	"""Return a PDF of pages, each with its number below."""
	writer = PdfWriter()
	for number, page in enumerate(pages, 1):
		put(writer, page, f"{number} / {len(pages)}")
	file = io.BytesIO()
	writer.write(file)
	return file.getvalue()


def put(writer: PdfWriter, page: Page, caption: str) -> None:
	"""Add a page to a PDF: its picture in the middle of the top, its caption below."""
	image = make_stream(
		page.jpeg,
		Type=NameObject("/XObject"),
		Subtype=NameObject("/Image"),
		Width=NumberObject(page.pixels[0]),
		Height=NumberObject(page.pixels[1]),
		ColorSpace=NameObject("/DeviceRGB"),
		BitsPerComponent=NumberObject(8),
		Filter=NameObject("/DCTDecode"),
	)
	font = make_dictionary(
		Type=NameObject("/Font"), Subtype=NameObject("/Type1"), BaseFont=NameObject("/Helvetica")
	)
	sheet = writer.add_blank_page(*PAGE)
	sheet[NameObject("/Resources")] = make_dictionary(
		XObject=make_dictionary(Picture=writer._add_object(image)), Font=make_dictionary(Caption=font)
	)
	content = f"{draw_picture(page)} {draw_caption(caption)}"
	sheet[NameObject("/Contents")] = writer._add_object(make_stream(content.encode("ascii")))


def draw_picture(page: Page) -> str:
	"""Return what PDF says for: this picture, so large, there."""
	width, height = page.shown
	left, bottom = (PAGE[0] - width) / 2, PAGE[1] - TOP - height
	return f"q {width:.2f} 0 0 {height:.2f} {left:.2f} {bottom:.2f} cm /Picture Do Q"


def draw_caption(caption: str) -> str:
	"""Return what PDF says for: this caption, in the middle below. Widths are Helvetica's."""
	width = CAPTION_SIZE * sum(0.556 if sign.isdigit() else 0.278 for sign in caption)
	left = (PAGE[0] - width) / 2
	return f"BT 0.4 g /Caption {CAPTION_SIZE} Tf {left:.2f} {CAPTION_LINE} Td ({caption}) Tj ET"


def make_stream(content: bytes, **values: PdfObject) -> DecodedStreamObject:
	stream = DecodedStreamObject()
	stream.set_data(content)
	stream.update(make_dictionary(**values))
	return stream


def make_dictionary(**values: PdfObject) -> DictionaryObject:
	return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})
