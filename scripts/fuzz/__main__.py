"""Fuzz every reader of files that strangers send, guided by the branches that are taken.

    python scripts/fuzz [--reader NAME]... [--seconds 300] [--findings fuzz-findings]
                        [--memory 2000] [--timeout 60] [--seed 1]

Each reader is fuzzed by itself, one after another, with atheris (`pip install '.[fuzz]'`, on
Linux), which changes real files and keeps what reaches new branches. `readers.py` lists the readers
and what they start from. A reader must read what it gets or raise its own ChoraleError, within
`--timeout` seconds and `--memory` MB; all else is a finding, whose input is kept in the folder
`--findings`. A table tells, for each reader, how many inputs were tried, for how long, and what was
found; the status is 1 if anything was.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from readers import READERS
from rich.console import Console
from rich.table import Table

ONE = Path(__file__).with_name("one.py")
EXECUTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
MAX_LENGTH = 200_000  # bytes of an input


def main() -> None:
    """Fuzz, then print the table."""
    options = arguments()
    options.findings.mkdir(parents=True, exist_ok=True)
    table = Table("reader", "inputs", "seconds", "findings", box=None)
    found = 0
    for name in options.reader or READERS:
        before = set(options.findings.iterdir())
        inputs, seconds = fuzz(name, options)
        new = [path for path in set(options.findings.iterdir()) - before if path.suffix != ".txt"]
        found += len(new)
        table.add_row(name, f"{inputs:,}", f"{seconds:.0f}", str(len(new)))
    Console().print(table)
    sys.exit(1 if found else 0)


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--reader", action="append", choices=list(READERS), metavar="NAME")
    parser.add_argument("--seconds", type=int, default=300, help="for each reader")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--memory", type=int, default=2000, help="MB")
    parser.add_argument("--timeout", type=int, default=60, help="seconds for an input")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def fuzz(name: str, options: argparse.Namespace) -> tuple[int, float]:
    """Fuzz one reader; how many inputs it was given, in how many seconds."""
    started = time.monotonic()
    inputs = 0
    with tempfile.TemporaryDirectory(prefix="chorale-fuzz-") as folder:
        scratch, corpus, words = (Path(folder) / part for part in ("scratch", "corpus", "words"))
        scratch.mkdir()
        corpus.mkdir()
        for number, seed in enumerate(READERS[name].seeds(scratch / "seed")):
            (corpus / f"seed{number}").write_bytes(seed)
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in READERS[name].words))
        turn = 0
        while (left := options.seconds - (time.monotonic() - started)) > 1:
            limits = [f"-max_total_time={left:.0f}", f"-timeout={options.timeout}"]
            limits += [f"-rss_limit_mb={options.memory}", f"-max_len={MAX_LENGTH}"]
            limits += [f"-seed={options.seed + turn}", "-print_final_stats=1"]
            limits += [f"-dict={words}"] if READERS[name].words else []
            limits += [f"-artifact_prefix={options.findings.resolve()}/{name}-"]
            command = [sys.executable, str(ONE), name, str(options.findings.resolve())]
            inputs += executed([*command, str(scratch), str(corpus), *limits])
            turn += 1
    return inputs, time.monotonic() - started


def executed(command: Sequence[str]) -> int:
    """Run a fuzzer to its end; how many inputs it tried."""
    ended = subprocess.run(command, capture_output=True, check=False)
    said = ended.stderr.decode("utf-8", "replace")
    counts = EXECUTED.findall(said)
    if not counts:
        sys.exit(f"the fuzzer did not start: {said[-2000:]}")
    return int(counts[-1])


def _escaped(word: str) -> str:
    """A word as libFuzzer's dictionaries have it; one with escapes is one already."""
    return word if "\\x" in word else word.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    main()
