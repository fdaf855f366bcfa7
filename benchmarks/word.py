"""A Word file from a template: the annex engine against docxtpl and docx-mailmerge2, with 1, 10 and 100 rows.

Annex 1 as it is shipped, the same values, all three by turns in one process; each starts from the
template's bytes and ends with the file's. The engine has compiled the template before, as it has in a
running server. The template of docx-mailmerge2, which knows neither conditions nor styles of a value, is
the form with merge fields.
"""

import io
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from statistics import median

from devbench.instance import CHECKOUT, current, prepare_home
from devbench.measuring import Figure
from devbench.plan import Plan
from devbench.testing import Testing

ROWS = (1, 10, 100)
ROUNDS = 15
SECONDS = 0.05  # at least as long is each one's turn


def figures() -> Iterator[Figure]:
	"""Yield the time of one file, in the environment of the tests, which has both peers."""
	plan = Plan(current())
	tools = Testing(plan, ())
	prepare_home(plan.instance.home)
	plan.runner.run([tools.tools_step()])
	command = [str(tools.venv / "bin" / "python"), "-m", "benchmarks.word"]
	printed = subprocess.run(command, cwd=CHECKOUT, check=True, text=True, stdout=subprocess.PIPE).stdout
	for line in printed.splitlines():
		yield Figure(**json.loads(line))


def measure() -> Iterator[Figure]:
	"""Yield the figures; needs docxtpl and docx-mailmerge2."""
	from nmedia_app.nmedia_app.print_formats.engine import compile_template
	from nmedia_app.tests.unit import docxtpl_peer
	from nmedia_app.tests.unit.word_templates import ANNEX_1, annex_1_context

	fields = as_merge_fields(ANNEX_1)
	for rows in ROWS:
		context = annex_1_context(rows)
		ours, docxtpl, mailmerge = take_turns(
			lambda context=context: compile_template(ANNEX_1).render(context),
			lambda context=context: docxtpl_peer.render(ANNEX_1, context),
			lambda context=context: merge(fields, context),
		)
		spread = (max(ours) - min(ours)) / 2
		plural = "s" if rows > 1 else ""
		size = f"Annex 1, {rows} row{plural} of custom fields, median of {ROUNDS}"
		for name, peer in (("docxtpl", docxtpl), ("docx-mailmerge2", mailmerge)):
			yield Figure(f"word, {rows} row{plural}, {name}", median(ours), median(peer), "ms", spread, size)


def take_turns(*works: Callable[[], bytes]) -> list[list[float]]:
	"""Return the processor time of each work in ms, by turns, so that a busy machine slows all."""
	for work in works:
		work()
	times: list[list[float]] = [[] for _work in works]
	for _round in range(ROUNDS):
		for work, taken in zip(works, times, strict=True):
			taken.append(time_of(work))
	return times


def time_of(work: Callable[[], bytes]) -> float:
	count, began = 0, time.process_time()
	while (took := time.process_time() - began) < SECONDS or not count:
		work()
		count += 1
	return took * 1000 / count


def as_merge_fields(source: bytes) -> bytes:
	"""Return the template with merge fields in place of its tags, less the paragraphs and rows of others."""
	import docx
	from docx.oxml import parse_xml
	from docx.oxml.ns import nsdecls, qn

	document = docx.Document(io.BytesIO(source))
	for text in list(document.element.body.iter(qn("w:t"))):
		run, tag = text.getparent(), text.text
		if "{%tr" in tag or "{%p" in tag:
			target = next(run.iterancestors(qn("w:tr") if "{%tr" in tag else qn("w:p")))
			target.getparent().remove(target)
		elif "{{" in tag:
			before, _braces, rest = (
				tag.partition("{%")[0].partition("{{") if "{%" not in tag else ("", "", tag)
			)
			name = rest.split("{{")[-1].split("}}")[0].removeprefix("r ").strip().removesuffix(".text")
			text.text = before
			name = name.rpartition(".")[2]
			instruction = f'<w:fldSimple {nsdecls("w")} w:instr=" MERGEFIELD {name} ">'
			run.addnext(parse_xml(f"{instruction}<w:r><w:t>x</w:t></w:r></w:fldSimple>"))
	buffer = io.BytesIO()
	document.save(buffer)
	return buffer.getvalue()


def merge(source: bytes, context: dict) -> bytes:
	"""Fill merge fields with docx-mailmerge2; styles are lost."""
	from mailmerge import MailMerge

	texts = {name: getattr(value, "text", value) for name, value in context.items()}
	rows = texts.pop("extras")
	with MailMerge(io.BytesIO(source)) as document:
		document.merge(**{name: text for name, text in texts.items() if isinstance(text, str)})
		document.merge_rows("label", rows)
		buffer = io.BytesIO()
		document.write(buffer)
	return buffer.getvalue()


if __name__ == "__main__":
	for figure in measure():
		print(json.dumps(asdict(figure), ensure_ascii=False), flush=True)
