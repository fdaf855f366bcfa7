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
	link: str = ""  # the address that it leads to


@dataclass
class Cell:
	"""A cell of a table: paragraphs and images, and how many columns and rows it spans."""

	blocks: list["Block"] = field(default_factory=list)
	columns: int = 1
	rows: int = 1

	@property
	def text(self) -> str:
		return " ".join(filter(None, (block.text.strip() for block in self.blocks)))


@dataclass
class Block:
	"""A paragraph of runs, an image (`image` is its bytes as PNG, JPEG or GIF), or a table (`rows`)."""

	runs: list[Run] = field(default_factory=list)
	image: bytes | None = None
	align: str = ""  # "", "center" or "right"
	rows: list[list[Cell]] = field(default_factory=list)

	@property
	def text(self) -> str:
		"""What it says; of a table a line a row, its cells apart by tabs."""
		if self.rows:
			return "\n".join("\t".join(cell.text for cell in row) for row in self.rows)
		return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Picture:
	"""An image as PNG, JPEG or GIF, and how wide it is printed, in mm; by its own size if that is None."""

	content: bytes
	width: float | None = None
