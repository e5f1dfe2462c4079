"""Fuzz one reader until the time is over; `__main__.py` runs this in a process of its own.

    python scripts/stress/fuzz/one_reader.py READER FINDINGS SCRATCH [options of libFuzzer]

If a reader raises another error than its own, or takes more than SLOW_SECONDS of processor time,
the input is written to FINDINGS, once for each line that raises, and fuzzing goes on. An input that
hangs or takes too much memory ends the process, and libFuzzer keeps it.
"""

import hashlib
import sys
import time
import traceback
import warnings
from pathlib import Path

import atheris

SLOW_SECONDS = 10.0


def main() -> None:
    """Fuzz the reader that the arguments name."""
    name, findings, scratch, *options = sys.argv[1:]
    with atheris.instrument_imports(include=_modules(name), enable_loader_override=False):
        import music21.musicxml.xmlToM21  # noqa: F401  # slow; not to be timed
        from readers import READERS
    reader = READERS[name]
    path = Path(scratch) / f"input{reader.suffix}"
    warnings.simplefilter("ignore")

    def test_one_input(content: bytes) -> None:
        started = time.process_time()
        try:
            reader.read(content, path)
        except Exception as error:  # noqa: BLE001 - any is a finding
            frames = traceback.extract_tb(error.__traceback__)
            place = f"{type(error).__name__} {frames[-1].filename}:{frames[-1].lineno}"
            _keep(Path(findings), name, place, content, traceback.format_exc())
        seconds = time.process_time() - started
        if seconds > SLOW_SECONDS:
            _keep(Path(findings), name, "slow", content, f"{seconds:.1f} s")

    atheris.Setup([sys.argv[0], *options], test_one_input)
    atheris.Fuzz()


def _modules(name: str) -> list[str]:
    """Return the modules whose branches guide the fuzzer, by the reader's name."""
    scores = ["music21.musicxml.xmlToM21"] if name.startswith("m") else []
    return ["chorale", "mido", *scores]


def _keep(findings: Path, name: str, place: str, content: bytes, report: str) -> None:
    """Write a finding, if it is the first of its place."""
    number = hashlib.sha256(place.encode()).hexdigest()[:8]
    path = findings / f"{name}-{number}"
    if not path.exists():
        path.write_bytes(content)
        path.with_suffix(".txt").write_text(f"{place}\n{report}", "utf-8")


if __name__ == "__main__":
    main()
