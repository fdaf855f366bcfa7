"""A number as Word writes it before a paragraph, by the name of its format (ECMA-376, ST_NumberFormat)."""

from collections.abc import Callable
from typing import Final

#: numbers that are written at all, in letters, and in words: beyond, programs differ in what they show
MOST: Final = 9999
MOST_IN_LETTERS: Final = 26 * 30
MOST_IN_WORDS: Final = 99

_DIGITS: Final = "〇一二三四五六七八九"
_LEGAL_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL: Final = "零壹貳參肆伍陸柒捌玖"
_ROMAN: Final = (
	*((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
	*((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
#: of these there are so many and no more
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")


def write_number(number: int, number_format: str) -> str | None:
	"""Return a number in a format; None if the format is not known, or has no such number."""
	write = FORMATS.get(number_format)
	return write(number) if write and 0 <= number <= MOST else None


def counted(number: int, digits: str, ten: str) -> str | None:
	"""二十一, 贰拾壹."""
	if number > MOST_IN_WORDS:
		return None
	tens, ones = divmod(number, 10)
	written_tens = digits[tens] + ten if tens else ""
	return written_tens + (digits[ones] if ones or not tens else "")


def chinese(number: int) -> str | None:
	text = counted(number, _DIGITS, "十")
	return text.removeprefix("一") if text and 10 <= number < 20 else text


def by_digit(number: int) -> str:
	"""一, 一〇, 一一: digit by digit."""
	return "".join(_DIGITS[int(digit)] for digit in str(number))


def roman(number: int) -> str:
	text = ""
	for value, letters in _ROMAN:
		text += letters * (number // value)
		number %= value
	return text


def lettered(number: int) -> str | None:
	"""A … Z, AA, BB …: Word repeats the letter."""
	if not 0 < number <= MOST_IN_LETTERS:
		return None
	repeated, letter = divmod(number - 1, 26)
	return chr(ord("A") + letter) * (repeated + 1)


def ordinal(number: int) -> str:
	tens = number % 100
	return f"{number}{'th' if 10 < tens < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def one_of(signs: str) -> Callable[[int], str | None]:
	"""Return what writes the first numbers as one sign each."""
	return lambda number: signs[number - 1] if 0 < number <= len(signs) else None


def signs_from(first: str, count: int) -> str:
	return "".join(chr(ord(first) + place) for place in range(count))


def plain_beyond(signs: str) -> Callable[[int], str]:
	"""Return what writes the first numbers as one sign each and the others in digits, as Word does."""
	return lambda number: signs[number - 1] if 0 < number <= len(signs) else str(number)


FORMATS: Final[dict[str, Callable[[int], str | None]]] = {
	"none": lambda number: "",
	"decimal": str,
	"decimalHalfWidth": str,
	"decimalZero": lambda number: f"{number:02}",
	"decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
	"decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
	"numberInDash": lambda number: f"- {number} -",
	"ordinal": ordinal,
	"upperLetter": lettered,
	"lowerLetter": lambda number: (lettered(number) or "").lower() or None,
	"upperRoman": roman,
	"lowerRoman": lambda number: roman(number).lower(),
	**dict.fromkeys(
		(
			*("chineseCounting", "chineseCountingThousand", "japaneseCounting"),
			*("taiwaneseCounting", "taiwaneseCountingThousand"),
		),
		chinese,
	),
	**dict.fromkeys(("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"), by_digit),
	"chineseLegalSimplified": lambda number: counted(number, _LEGAL_DIGITS, "拾"),
	"ideographLegalTraditional": lambda number: counted(number, _LEGAL_TRADITIONAL, "拾"),
	"ideographTraditional": one_of(_STEMS),
	"ideographZodiac": one_of(_BRANCHES),
	"ideographEnclosedCircle": one_of(signs_from("㊀", 10)),
	"decimalEnclosedCircle": plain_beyond(signs_from("①", 20)),
	"decimalEnclosedCircleChinese": plain_beyond(signs_from("①", 20)),
	"decimalEnclosedFullstop": plain_beyond(signs_from("⒈", 20)),
	"decimalEnclosedParen": plain_beyond(signs_from("⑴", 20)),
}
