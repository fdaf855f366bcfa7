"""What a Word template can be filled with, beside texts, numbers, lists and groups (dicts) of these."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Run:
	"""A stretch of text in one style."""

	text: str
	bold: bool = False
	italic: bool = False
	underline: bool = False
	small: bool = False


@dataclass
class Block:
	"""A paragraph of runs, or an image (then `image` is its bytes as PNG, JPEG or GIF)."""

	runs: list[Run] = field(default_factory=list)
	image: bytes | None = None
	align: str = ""  # "", "center" or "right"

	@property
	def text(self) -> str:
		return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Picture:
	"""An image as PNG, JPEG or GIF, and how wide it is printed, in mm; by its own size if that is None."""

	content: bytes
	width: float | None = None
