"""Filled Word forms read back: Annex 1 and Annex 2, from the app or from before there was one.

    read_form(content) → ReadForm: which annex it is, and each value with what is doubtful about it

Nothing here needs a site. `document` reads what a reader of the Word file sees, `labels` finds values by the
labels beside them, `parsing` and `signs` make of what people write what fields hold, `annex_1` and `annex_2`
know the two forms. Nobody can promise to read what people do to a form: whatever is not plain is said.
"""

from nmedia_app.nmedia_app.print_formats.reading.form import read_form
from nmedia_app.nmedia_app.print_formats.reading.values import (
	ANNEX_1,
	ANNEX_2,
	FOUND,
	MISSING,
	UNSURE,
	NoFormError,
	ReadForm,
	ReadValue,
)

__all__ = [
	"ANNEX_1",
	"ANNEX_2",
	"FOUND",
	"MISSING",
	"UNSURE",
	"NoFormError",
	"ReadForm",
	"ReadValue",
	"read_form",
]
