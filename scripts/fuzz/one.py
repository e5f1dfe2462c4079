"""Fuzz one reader until the time is over: run by `scripts/fuzz`, in a process of its own.

    python scripts/fuzz/one.py READER FINDINGS SCRATCH [options of libFuzzer]

A reader that raises what it may not, or takes more than SLOW_S of processor time, is a finding: its
input goes to FINDINGS, once for each place where it was raised, and fuzzing goes on. What hangs or
takes too much memory ends the process, and libFuzzer keeps the input.
"""

import hashlib
import sys
import time
import traceback
import warnings
from pathlib import Path

import atheris

SLOW_S = 10.0


def main() -> None:
    """Fuzz."""
    name, findings, scratch, *options = sys.argv[1:]
    with atheris.instrument_imports(include=_modules(name), enable_loader_override=False):
        import music21.musicxml.xmlToM21  # noqa: F401  # before the clock runs
        from readers import READERS
    reader = READERS[name]
    path = Path(scratch) / f"input{'.mid' if name == 'midi' else '.musicxml'}"
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
        if seconds > SLOW_S:
            _keep(Path(findings), name, "slow", content, f"{seconds:.1f} s")

    atheris.Setup([sys.argv[0], *options], test_one_input)
    atheris.Fuzz()


def _modules(name: str) -> list[str]:
    """Modules whose branches are watched; the readers are not imported yet."""
    scores = ["music21.musicxml.xmlToM21"] if name.startswith("m") else []
    return ["chorale", "mido", *scores]


def _keep(findings: Path, name: str, place: str, content: bytes, told: str) -> None:
    """Write down a finding, if it is the first of its place."""
    number = hashlib.sha256(place.encode()).hexdigest()[:8]
    path = findings / f"{name}-{number}"
    if not path.exists():
        path.write_bytes(content)
        path.with_suffix(".txt").write_text(f"{place}\n{told}", "utf-8")


if __name__ == "__main__":
    main()
