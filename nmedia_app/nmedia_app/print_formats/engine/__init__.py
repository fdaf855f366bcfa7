"""The annex engine: Word templates that an administrator owns, filled safely and fast.

    compile_template(source) → CompiledTemplate.render(context) → the bytes of a .docx

Nothing here needs a site, so that it can be tested and measured without one. `language` says what a
template may hold, `placing` finds it in a Word document, `slots` writes values, `template` puts them
together, `package` reads and writes the file.
"""

from nmedia_app.nmedia_app.print_formats.engine.checks import check_template, make_sample
from nmedia_app.nmedia_app.print_formats.engine.faults import Fault, RenderError, TemplateError
from nmedia_app.nmedia_app.print_formats.engine.template import CompiledTemplate, compile_template
from nmedia_app.nmedia_app.print_formats.engine.values import Block, Cell, Picture, Run
from nmedia_app.phrases import Phrase

__all__ = [
	"Block",
	"Cell",
	"CompiledTemplate",
	"Fault",
	"Phrase",
	"Picture",
	"RenderError",
	"Run",
	"TemplateError",
	"check_template",
	"compile_template",
	"make_sample",
]
