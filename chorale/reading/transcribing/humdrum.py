"""Read Humdrum **kern files as scores: verovio turns them into MEI.

verovio reads **kern with the library of the Humdrum project. It is written in C++ for files from
friends, so it runs in a process of its own, which may fail, run out of time or memory and take
nothing along. Filters, which are programs that a file asks its reader to run, are left out.
"""

import os
import re
import subprocess
import sys

from chorale.errors import ReadingError
from chorale.reading.limits import MAX_XML_BYTES, limit_error, size_error
from chorale.reading.transcribing.mei import read_mei
from chorale.reading.transcribing.score import Score
from chorale.wording import count

MAX_LINES = 100_000
MAX_SPINES = 120
MAX_CHARACTERS = 4_000_000
MAX_SECONDS = 60
MAX_MEMORY_BYTES = 2_000_000_000

_KERN = re.compile(r"^(?:[^\n!]*\t)?\*\*kern\b", re.MULTILINE)
_FILTER = re.compile(r"!!+\s*(?:Xfilter|filter|INCLUDE|SEGMENT)\b.*", re.IGNORECASE)
_EXPANSION = re.compile(r"\*>(?:\w*\[|\w)")
# The child reads the text from its standard input and writes the MEI.
_CHILD = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (%d, %d))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
import verovio
verovio.enableLog(verovio.LOG_OFF)
toolkit = verovio.toolkit()
toolkit.setOptions({"inputFrom": "humdrum", "xmlIdSeed": 1})
if not toolkit.loadData(sys.stdin.buffer.read().decode("utf-8")):
    sys.exit(3)
mei = toolkit.getMEI({"removeIds": True}).encode("utf-8")
if len(mei) > %d:
    sys.exit(4)
sys.stdout.buffer.write(mei)
"""
_TOO_LARGE, _NO_LIBRARY = 4, "No module named 'verovio'"


def read_humdrum(text: str, file: str) -> Score:
    """Read a Humdrum file.

    Raises:
        ReadingError: the file has no **kern spine, exceeds a limit, or is damaged.
    """
    text = re.sub(r"\r\n?", "\n", text).strip("\n") + "\n"
    if not _KERN.search(text):
        raise ReadingError(f"{file} has no **kern spine; give a Humdrum file with notes in it")
    _check_size(text, file)
    lines = text.split("\n")
    kept = [line for line in lines if not _FILTER.match(line)]
    score = read_mei(_convert("\n".join(kept), file), file)
    if len(kept) < len(lines):
        score.notices.append(f"{count(len(lines) - len(kept), 'Humdrum filter')} not run")
    return score


def _check_size(text: str, file: str) -> None:
    """Check the size of a file, and the number of its spines.

    Raises:
        ReadingError: the file exceeds a limit.
    """
    if len(text) > MAX_CHARACTERS:
        raise size_error(file, f"more than {MAX_CHARACTERS:,} characters")
    if text.count("\n") > MAX_LINES:
        raise size_error(file, f"more than {MAX_LINES:,} lines")
    if any(line.count("\t") >= MAX_SPINES for line in text.split("\n")):
        raise limit_error(file, f"more than {MAX_SPINES} spines")
    if "\0" in text:
        raise limit_error(file, "zero bytes")


def _convert(text: str, file: str) -> str:
    """Convert a Humdrum text to MEI.

    Raises:
        ReadingError: verovio is not installed, or cannot read the text.
    """
    program = _CHILD % (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES, MAX_XML_BYTES)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, without a shell
            [sys.executable, "-c", program],
            input=text.encode(),
            capture_output=True,
            timeout=MAX_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise size_error(file, f"more than verovio reads in {MAX_SECONDS} s") from error
    if _NO_LIBRARY in ended.stderr.decode("utf-8", "replace"):
        raise ReadingError(f"{file} needs the library verovio; `pip install verovio` installs it")
    if ended.returncode == _TOO_LARGE:
        raise size_error(file, f"more than {MAX_XML_BYTES // 1_000_000} MB as MEI")
    if ended.returncode or not ended.stdout:
        raise ReadingError(
            f"{file} cannot be read as Humdrum **kern; check its spines with the Humdrum tools, "
            "or export it as MusicXML"
        )
    return ended.stdout.decode("utf-8", "replace")
