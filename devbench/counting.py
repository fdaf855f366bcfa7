"""What the runners of tests print and write, as counts and as the faults they found."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: how much of a fault, and how many faults, the end of a run shows; the rest stands further up
MOST_LINES, MOST_FAULTS = 16, 20
#: how unittest sets a fault apart from what else is printed, and Frappe 16 after it
UNITTEST_FAULT = r"(?ms)^={70}\n *((?:ERROR|FAIL):? [^\n]*)\n-{70}\n(.*?)\n\n(?=[=-]{70}$)"
#: a fault of Node's runner, with its details
TAP_FAULT = r"(?m)^ *not ok \d+ - (.*)\n((?: +.*\n)*)"


@dataclass(frozen=True)
class Result:
	"""How one part of the tests ended; a fault is the name of what failed and, in lines below it, why."""

	name: str
	passed: int
	failed: int
	skipped: int = 0
	faults: tuple[str, ...] = ()


def fault(name: str, text: str) -> str:
	"""Return the name of what failed above the last lines of `text`, where the reason stands."""
	lines = [line.rstrip() for line in text.splitlines() if line.strip()][-MOST_LINES:]
	return "\n    ".join([name.strip(), *lines])


def one_check(name: str, code: int, printed: str) -> Result:
	"""Count a command as one check: `code` 0 passed; of any other, what it `printed` last is the fault."""
	return Result(name, 0, 1, faults=(fault(f"exit code {code}", printed),)) if code else Result(name, 1, 0)


def count_junit(name: str, report: Path, code: int, printed: str = "") -> Result:
	"""Count pytest's report; an end without a report, or with none collected, is a failure."""
	if not report.exists():
		return one_check(name, code or 1, printed)
	suite = ET.parse(report).getroot().find("testsuite")
	tests, skipped = int(suite.get("tests")), int(suite.get("skipped"))
	failed = int(suite.get("failures")) + int(suite.get("errors"))
	faults = tuple(
		fault(f"{case.get('classname')}::{case.get('name')}", found.text or found.get("message") or "")
		for case in suite.iter("testcase")
		for found in (*case.iter("failure"), *case.iter("error"))
	)
	return Result(name, tests - failed - skipped, failed or int(code != 0), skipped, faults)


def count_unittest(name: str, printed: str, code: int) -> Result:
	"""Count what unittest prints: `Ran N tests`, and failures, errors and skipped in its last line."""
	ran = sum(int(number) for number in re.findall(r"Ran (\d+) tests?", printed))
	ends = " ".join(re.findall(r"(?m)^(?:OK|FAILED) \((.*)\)$", printed))
	failed = sum(int(number) for number in re.findall(r"(?:failures|errors)=(\d+)", ends))
	skipped = sum(int(number) for number in re.findall(r"skipped=(\d+)", ends))
	faults = tuple(fault(*found) for found in re.findall(UNITTEST_FAULT, printed))
	if not ran or (code and not failed):
		failed += 1
		faults += (fault(f"exit code {code}", printed),)
	return Result(name, max(0, ran - failed - skipped), failed, skipped, faults)


def count_tap(name: str, printed: str, code: int) -> Result:
	"""Count what Node's test runner prints in its last lines."""
	numbers = {word: int(value) for word, value in re.findall(r"(?m)^# (pass|fail|skipped) (\d+)$", printed)}
	failed = numbers.get("fail", 0) or int(code != 0 or not numbers)
	faults = tuple(fault(*found) for found in re.findall(TAP_FAULT, printed)) if failed else ()
	return Result(name, numbers.get("pass", 0), failed, numbers.get("skipped", 0), faults)


def summary(results: Sequence[Result]) -> int:
	"""Print what failed and why, and what passed and failed; return the exit code: 1 if anything failed."""
	for result in results:
		for found in result.faults[:MOST_FAULTS]:
			print(f"\nfailed in {result.name}: {found}")
		if len(result.faults) > MOST_FAULTS:
			print(f"\nfailed in {result.name}: {len(result.faults) - MOST_FAULTS} more, see above")
	print()
	for result in results:
		skipped = f", {result.skipped} skipped" if result.skipped else ""
		print(f"  {result.name:<12} {result.passed:>4} passed, {result.failed} failed{skipped}")
	failed = sum(result.failed for result in results)
	print(f"\n{sum(result.passed for result in results)} passed, {failed} failed")
	return 1 if failed else 0
