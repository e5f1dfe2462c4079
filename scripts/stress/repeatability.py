"""Compose the same seeds under other conditions, and count the chorales that differ.

    python scripts/stress/repeatability.py [--count 256] [--bars 8]

Each condition composes the same chorales in a process of its own: once more, in batches of other
sizes, with other numbers of BLAS threads, with other hashes of Python, and with the matrix products
that OpenBLAS makes on other processors. A sum in another order differs in its last bits; a chorale
differs if a draw falls between the two sums.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "support"))
from command_line import parser_for, run
from markdown_tables import print_table
from processes import describe_machine

import chorale.composing.jobs.job
from chorale.composing.jobs import job_for_generating, run_job
from chorale.composing.plan_options import ANY_PLAN
from chorale.models import find
from chorale.network.checkpoint import load_checkpoint
from chorale.options import SamplingOptions
from chorale.wording import count

USUAL_BATCH = chorale.composing.jobs.job.BATCH
CORES = ("Nehalem", "Haswell", "SkylakeX")  # SSE, AVX2, AVX-512

# By name: the size of the batches, and environment variables of the process.
CONDITIONS: dict[str, tuple[int, dict[str, str]]] = {
    "again, in another process": (USUAL_BATCH, {}),
    "other hashes of Python": (USUAL_BATCH, {"PYTHONHASHSEED": "7"}),
    **{f"{size} at a time": (size, {}) for size in (1, 2, 8, 17)},
    **{f"BLAS threads: {n}": (USUAL_BATCH, {"OPENBLAS_NUM_THREADS": f"{n}"}) for n in (1, 2, 4)},
    **{f"OpenBLAS for {core}": (USUAL_BATCH, {"OPENBLAS_CORETYPE": core}) for core in CORES},
}


def main() -> None:
    """Parse the arguments and print the table."""
    parser = parser_for(__doc__)
    parser.add_argument("--count", type=int, default=256, help="chorales to compose")
    parser.add_argument("--bars", type=int, default=8, help="length of each chorale")
    parser.add_argument("--batch", type=int, help=argparse.SUPPRESS)  # for the other processes
    parser.set_defaults(run=print_differences)
    run(parser)


def print_differences(options: argparse.Namespace) -> None:
    """Print a row for each condition, or the digests for one batch size."""
    if options.batch:
        print(json.dumps(compose_digests(options.count, options.bars, options.batch)))
        return
    chorales, bars = count(options.count, "chorale"), count(options.bars, "bar")
    print(f"{chorales} of {bars}, {USUAL_BATCH} at a time; {describe_machine()}\n")
    print_table(["", "chorales that differ"], difference_rows(options))


def difference_rows(options: argparse.Namespace) -> Iterator[list[str]]:
    """Yield the number of differing chorales under each condition."""
    first = run_process(options, USUAL_BATCH, {})
    for name, (batch, environment) in CONDITIONS.items():
        others = run_process(options, batch, environment)
        differing = sum(one != other for one, other in zip(first, others, strict=True))
        yield [name, str(differing)]


def run_process(options: argparse.Namespace, batch: int, environment: dict[str, str]) -> list[str]:
    """Compose the chorales in another process and return their digests."""
    words = ["--count", str(options.count), "--bars", str(options.bars), "--batch", str(batch)]
    finished = subprocess.run(
        [sys.executable, __file__, *words],
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(finished.stdout)


def compose_digests(number: int, bars: int, batch: int) -> list[str]:
    """Compose the chorales in batches of a size and return their digests."""
    chorale.composing.jobs.job.BATCH = batch
    checkpoint = load_checkpoint(find("bach"))
    job = job_for_generating(checkpoint, bars, ANY_PLAN)
    chorales = run_job(checkpoint, job, number, 1, SamplingOptions(best_of=1))
    return [
        hashlib.sha256(each.pitches.tobytes() + each.onsets.tobytes()).hexdigest()
        for each in chorales
    ]


if __name__ == "__main__":
    main()
