"""How a step ended is told in its line."""

import io

import pytest

from devbench.progress import StepLine


@pytest.mark.parametrize(
	("error", "word"), [(KeyboardInterrupt, "!interrupted!"), (ValueError, "!failed!"), (None, "####")]
)
def test_the_line_says_how_the_step_ended(error, word):
	out = io.StringIO()
	try:
		with StepLine("[ 1/14]", "Assets", 0, out):
			if error:
				raise error
	except (KeyboardInterrupt, ValueError):
		pass
	assert word in out.getvalue().splitlines()[-1]
