"""Several pictures as one PDF, a material of the annual audit (Article 6)."""

import io
import tempfile
import unittest
import warnings
import zlib
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

from PIL import Image, ImageDraw, ImageFile
from pypdf import PdfReader

from nmedia_app.regulation import pictures
from nmedia_app.regulation.pictures import AREA, MOST_PICTURES, PAGE, PictureFault

MEGABYTE = 1024 * 1024
ORIENTATION = 0x0112


def picture_of(size=(400, 300), colour="white", mode="RGB", kind="PNG", **options) -> bytes:
	"""Return a plain picture, red at its top."""
	image = Image.new(mode, size, colour)
	if mode == "RGB":
		ImageDraw.Draw(image).rectangle((0, 0, size[0], size[1] // 4), fill="red")
	file = io.BytesIO()
	image.save(file, kind, **options)
	return file.getvalue()


def head_of(width: int, height: int) -> bytes:
	"""Return the beginning of a PNG that claims to be so large."""
	body = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
	chunk = (13).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
	return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IDAT" + zlib.crc32(b"IDAT").to_bytes(4, "big")


class PictureTestCase(unittest.TestCase):
	def setUp(self):
		folder = tempfile.TemporaryDirectory()
		self.addCleanup(folder.cleanup)
		self.folder = Path(folder.name)

	def make_pdf(self, *contents: bytes, most_bytes: int = 10 * MEGABYTE) -> bytes:
		chosen = []
		for number, content in enumerate(contents, 1):
			path = self.folder / str(number)
			path.write_bytes(content)
			chosen.append((f"截图{number}.png", path))
		return pictures.make_pdf(chosen, most_bytes)

	def get_pictures(self, *contents: bytes, **options) -> list[Image.Image]:
		"""Return what the pages of a PDF show."""
		pages = PdfReader(io.BytesIO(self.make_pdf(*contents, **options))).pages
		return [Image.open(io.BytesIO(page.images[0].data)) for page in pages]

	def assert_fault(self, expected: str, *contents: bytes, **options):
		with self.assertRaises(PictureFault) as raised:
			self.make_pdf(*contents, **options)
		self.assertRegex(raised.exception.phrase.say(), expected)


class TestPages(PictureTestCase):
	"""One picture a page, in the order chosen, as large as can be read."""

	def test_every_picture_is_a_page_of_a4_with_its_number(self):
		pages = PdfReader(io.BytesIO(self.make_pdf(*[picture_of()] * 3))).pages
		self.assertEqual([page.extract_text().strip() for page in pages], ["1 / 3", "2 / 3", "3 / 3"])
		self.assertEqual({tuple(page.mediabox) for page in pages}, {(0, 0, *PAGE)})

	def test_order_is_the_one_chosen(self):
		shown = self.get_pictures(*(picture_of(colour=colour) for colour in ("lime", "black", "white")))
		lower = [image.getpixel((image.width // 2, image.height - 5)) for image in shown]
		self.assertEqual(
			[tuple(byte > 127 for byte in pixel) for pixel in lower],
			[(False, True, False), (False, False, False), (True, True, True)],
		)

	def test_same_pictures_are_the_same_bytes(self):
		contents = [picture_of(), picture_of((1080, 5000), kind="JPEG"), picture_of(kind="WEBP")]
		self.assertEqual(self.make_pdf(*contents), self.make_pdf(*contents))

	def test_nothing_tells_of_time_place_and_device(self):
		exif = Image.Exif()
		exif[0x010F] = "SECRET MAKER"
		pdf = self.make_pdf(picture_of(kind="JPEG", exif=exif))
		self.assertNotIn(b"SECRET", pdf)
		self.assertNotIn(b"Date", pdf)

	def test_picture_is_within_the_margins_and_small_ones_stay_small(self):
		for size, expected in (
			((4000, 1000), (AREA[0], AREA[0] / 4)),
			((1080, 2400), (AREA[1] * 0.45, AREA[1])),
			((100, 60), (75, 45)),
		):
			with self.subTest(size):
				page = pictures.encode(Image.new("RGB", size), (0, 0, *size), 220, 88)
				for points, asked in zip(page.shown, expected, strict=True):
					self.assertAlmostEqual(points, asked, 3)

	def test_screen_of_a_telephone_is_one_page(self):
		for size in ((1080, 2400), (1170, 2532), (1440, 3200), (1920, 1080), (40, 900)):
			with self.subTest(size):
				self.assertEqual(pictures.split(size), [(0, 0, *size)])

	def test_long_screenshot_goes_over_pages_and_loses_no_line(self):
		parts = pictures.split((1080, 12000))
		self.assertEqual(len(parts), 6)
		self.assertEqual((parts[0][1], parts[-1][3]), (0, 12000))
		for above, below in pairwise(parts):
			self.assertLess(below[1], above[3])  # what is cut is whole on the next page
		for left, top, right, bottom in parts:
			self.assertLess((bottom - top) / (right - left), pictures.LONGEST)

	def test_orientation_of_a_photo_is_heeded(self):
		exif = Image.Exif()
		exif[ORIENTATION] = 6  # taken upright: its top is at the right of what is shown
		(shown,) = self.get_pictures(picture_of((400, 200), kind="JPEG", exif=exif))
		self.assertLess(shown.width, shown.height)
		red = shown.getpixel((shown.width - 5, shown.height // 2))
		self.assertGreater(red[0] - red[1], 200)

	def test_transparent_is_shown_on_white(self):
		for mode, kind in (("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")):
			colour = (0, 0) if mode == "LA" else (0, 0, 0, 0)
			with self.subTest(mode=mode, kind=kind):
				(shown,) = self.get_pictures(picture_of(colour=colour, mode=mode, kind=kind))
				self.assertGreater(min(shown.getpixel((5, 5))), 250)

	def test_transparent_colour_of_a_palette_is_shown_on_white(self):
		content = picture_of(colour=0, mode="P", transparency=0)
		(shown,) = self.get_pictures(content)
		self.assertGreater(min(shown.getpixel((5, 5))), 250)

	def test_scan_of_16_bits_keeps_its_greys(self):
		(shown,) = self.get_pictures(picture_of(colour=0x8000, mode="I;16"))
		self.assertAlmostEqual(shown.convert("L").getpixel((5, 5)), 0x80, delta=3)

	def test_other_colours_are_shown_as_they_are(self):
		for mode, kind in (("L", "PNG"), ("1", "PNG"), ("P", "PNG"), ("CMYK", "JPEG")):
			with self.subTest(mode):
				self.assertEqual(len(self.get_pictures(picture_of(colour=1, mode=mode, kind=kind))), 1)


class TestBounds(PictureTestCase):
	"""What would be too much is refused, before it is decoded, and by the name of the picture."""

	def test_no_picture(self):
		self.assert_fault("choose pictures first")

	def test_number_of_pictures(self):
		self.assert_fault("at most 20", *[picture_of((9, 9))] * (MOST_PICTURES + 1))

	def test_bomb_is_not_decoded(self):
		for size in ((10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)):
			with (
				self.subTest(size),
				warnings.catch_warnings(),  # Pillow warns of some itself
				patch.object(Image.Image, "load", side_effect=AssertionError),
			):
				warnings.simplefilter("ignore")
				self.assert_fault("截图1.png has more than 40 million pixels", head_of(*size))

	def test_bytes_of_a_picture(self):
		with patch.object(pictures, "MOST_BYTES", 100):
			self.assert_fault("截图1.png is larger", picture_of())

	def test_what_is_no_picture(self):
		for content in (
			b"",
			b"%PDF-1.4",
			b"<svg/>",
			b"GIF89a" + bytes(50),
			picture_of(kind="TIFF"),
			b"\x89PNG",
		):
			with self.subTest(content[:8]):
				self.assert_fault("截图2.png is damaged, or no PNG", picture_of(), content)

	def test_picture_that_ends_half_way(self):
		for kind in ("PNG", "JPEG", "WEBP"):
			whole = picture_of((900, 900), kind=kind)
			for others in (False, True):
				taken = patch.object(ImageFile, "LOAD_TRUNCATED_IMAGES", others)
				with self.subTest(kind=kind, others=others), taken:
					self.assert_fault("截图1.png is damaged", whole[: len(whole) // 2])
					self.assertEqual(ImageFile.LOAD_TRUNCATED_IMAGES, others)

	def test_endless_strip(self):
		self.assert_fault("截图1.png is too long", picture_of((3, 9000)))

	def test_number_of_pages(self):
		with patch.object(pictures, "MOST_PAGES", 6):
			self.assert_fault("截图2.png there are more than 6 pages", *[picture_of((108, 1200))] * 2)

	def test_quality_gives_way_before_a_picture_is_refused(self):
		noise = io.BytesIO()
		Image.effect_noise((1500, 2000), 90).convert("RGB").save(noise, "JPEG", quality=95)
		good = self.make_pdf(noise.getvalue())
		tight = self.make_pdf(noise.getvalue(), most_bytes=len(good) // 3)
		self.assertLess(len(tight), len(good) // 3)
		self.assert_fault("Together the pictures make more than", noise.getvalue(), most_bytes=10_000)
