"""What kind of picture this is, where Pillow and people differ."""

from PIL import Image


def get_kind(image: Image.Image) -> str:
	"""Return Pillow's name of a format: JPEG also for a telephone's photo with a small one behind (MPO)."""
	return "JPEG" if image.format == "MPO" else image.format or ""
