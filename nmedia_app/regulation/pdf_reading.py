"""Read a PDF in a process of its own: standard input a PDF, standard output JSON with `text` or `reason`.

pypdf is Python and reads what strangers made. Some damaged files keep older versions of it busy without end
and fill gigabytes; here the system stops it. Run by path, so that nothing else need be imported.
"""

import json
import resource
import sys
from io import BytesIO

from pypdf import PdfReader


def main(memory: int, seconds: int, pages: int) -> None:
	"""Print the result; `memory` in bytes and `seconds` of the processor are what the system grants."""
	resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
	resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
	try:
		result = _read(sys.stdin.buffer.read(), pages)
	except MemoryError:
		result = {"reason": "too large"}
	except Exception:  # whatever the parser stumbles over: pypdf's errors, KeyError, RecursionError …
		result = {"reason": "damaged"}
	sys.stdout.write(json.dumps(result))


def _read(content: bytes, pages: int) -> dict[str, str]:
	reader = PdfReader(BytesIO(content))
	if reader.is_encrypted and not _opens_without_password(reader):
		return {"reason": "protected"}
	if len(reader.pages) > pages:
		return {"reason": "too large"}
	return {"text": "\n".join(page.extract_text() for page in reader.pages)}


def _opens_without_password(reader: PdfReader) -> bool:
	"""Many PDFs are locked against changes only: every reader opens them."""
	try:
		return bool(reader.decrypt(""))
	except Exception:  # a cipher that is not installed or not known
		return False


if __name__ == "__main__":
	main(*map(int, sys.argv[1:]))
