"""Fuzz every reader of untrusted files, guided by branch coverage.

    python scripts/stress/fuzz [--reader NAME] [--seconds 300] [--findings fuzz-findings]
                               [--memory 2000] [--timeout 60] [--seed 1]

atheris (`pip install '.[fuzz]'`, on Linux) fuzzes the readers one after another: it mutates real
files and keeps the inputs that reach new branches. `readers.py` lists the readers and their seeds.
A reader must read an input or raise its own ChoraleError, within `--timeout` seconds and `--memory`
MB; everything else is a finding, whose input is kept in the folder `--findings`. The table gives
for each reader the number of inputs, the time and the findings; the status is 1 if there are any.
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

sys.path.append(str(Path(__file__).parents[2] / "support"))
from console import parser_for, print_table, run

ONE_READER = Path(__file__).with_name("one_reader.py")
EXECUTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
MAX_LENGTH = 200_000  # of an input, in bytes


def main() -> None:
    """Parse the arguments and fuzz."""
    parser = parser_for(__doc__)
    parser.add_argument(
        "--reader", action="append", choices=list(READERS), metavar="NAME", help="may be repeated"
    )
    parser.add_argument("--seconds", type=int, default=300, help="for each reader")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--memory", type=int, default=2000, help="MB")
    parser.add_argument("--timeout", type=int, default=60, help="seconds for one input")
    parser.add_argument("--seed", type=int, default=1)
    parser.set_defaults(run=fuzz_all)
    run(parser)


def fuzz_all(options: argparse.Namespace) -> None:
    """Fuzz the readers, print the table, and exit with status 1 if there are findings."""
    options.findings.mkdir(parents=True, exist_ok=True)
    rows = []
    for name in options.reader or READERS:
        before = set(options.findings.iterdir())
        inputs, seconds = fuzz(name, options)
        new = [path for path in set(options.findings.iterdir()) - before if path.suffix != ".txt"]
        rows.append([name, f"{inputs:,}", f"{seconds:.0f}", str(len(new))])
    print_table(["reader", "inputs", "seconds", "findings"], rows)
    sys.exit(any(row[-1] != "0" for row in rows))


def fuzz(name: str, options: argparse.Namespace) -> tuple[int, float]:
    """Fuzz one reader; return the number of inputs and the time in seconds."""
    started = time.monotonic()
    inputs = 0
    with tempfile.TemporaryDirectory(prefix="chorale-fuzz-") as folder:
        scratch, corpus, words = (Path(folder) / part for part in ("scratch", "corpus", "words"))
        scratch.mkdir()
        corpus.mkdir()
        for number, seed in enumerate(READERS[name].seeds(scratch / "seed")):
            (corpus / f"seed{number}").write_bytes(seed)
        words.write_text("".join(f'"{_escape(word)}"\n' for word in READERS[name].words))
        turn = 0  # a reader that hangs ends its process, and the next one goes on
        while (left := options.seconds - (time.monotonic() - started)) > 1:
            limits = [f"-max_total_time={left:.0f}", f"-timeout={options.timeout}"]
            limits += [f"-rss_limit_mb={options.memory}", f"-max_len={MAX_LENGTH}"]
            limits += [f"-seed={options.seed + turn}", "-print_final_stats=1"]
            limits += [f"-dict={words}"] if READERS[name].words else []
            limits += [f"-artifact_prefix={options.findings.resolve()}/{name}-"]
            command = [sys.executable, str(ONE_READER), name, str(options.findings.resolve())]
            inputs += run_fuzzer([*command, str(scratch), str(corpus), *limits])
            turn += 1
    return inputs, time.monotonic() - started


def run_fuzzer(command: Sequence[str]) -> int:
    """Run a fuzzer to its end; return the number of inputs that it tried."""
    finished = subprocess.run(command, capture_output=True, check=False)
    output = finished.stderr.decode("utf-8", "replace")
    counts = EXECUTED.findall(output)
    if not counts:
        sys.exit(f"the fuzzer did not start: {output[-2000:]}")
    return int(counts[-1])


def _escape(word: str) -> str:
    """Escape a word for a dictionary of libFuzzer; one with escapes is escaped already."""
    return word if "\\x" in word else word.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    main()
