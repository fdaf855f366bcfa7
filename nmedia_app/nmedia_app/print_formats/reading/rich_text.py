"""An article's paragraphs and pictures as the HTML that the editor writes: text, style, alignment."""

import base64
import html
import io
from typing import Final

from PIL import Image

from nmedia_app.nmedia_app.print_formats.engine.values import Block, Run

#: formats of pictures that an article takes, by their names in Pillow
FORMATS: Final = {"PNG": "png", "JPEG": "jpeg", "GIF": "gif", "BMP": "bmp", "WEBP": "webp"}
_STYLES: Final = (("bold", "strong"), ("italic", "em"), ("underline", "u"))


def to_html(blocks: list[Block]) -> str:
	"""Return blocks as safe HTML: texts are escaped, pictures inside. Empty paragraphs are left out."""
	return "".join(filter(None, map(_write_block, blocks)))


def _write_block(block: Block) -> str:
	if block.image:
		return f'<p class="ql-align-center"><img src="{as_data_url(block.image)}"></p>'
	if not block.text.strip():
		return ""
	align = f' class="ql-align-{block.align}"' if block.align else ""
	return f"<p{align}>{''.join(map(_write_run, block.runs))}</p>"


def _write_run(run: Run) -> str:
	text = html.escape(run.text, quote=False).replace("\n", "<br>")
	for style, tag in _STYLES:
		if getattr(run, style):
			text = f"<{tag}>{text}</{tag}>"
	return text


def as_data_url(picture: bytes) -> str:
	return f"data:image/{get_format(picture)};base64,{base64.b64encode(picture).decode()}"


def get_format(picture: bytes) -> str | None:
	"""Return the format of a picture; None for one that an article does not take."""
	try:
		with Image.open(io.BytesIO(picture), formats=tuple(FORMATS)) as image:
			return FORMATS[image.format]
	except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
		return None
