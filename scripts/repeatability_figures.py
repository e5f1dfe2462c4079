"""Whether a seed gives the same chorales whatever else is different: processes, batches, BLAS.

    python scripts/repeatability_figures.py [--count 256] [--bars 8]

Composes the same chorales in a process of its own for each way and prints how many differ from
those of the first: again, in batches of other sizes, with other numbers of BLAS threads, with
Python's hashes drawn anew, and with the products that OpenBLAS makes on other processors. A sum
in another order differs in its last bits; a draw that falls between the two would differ.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys

from processes import machine

import chorale.composing.jobs.job
from chorale.composing.jobs import generation, run_job
from chorale.composing.plan_options import ANYTHING
from chorale.models import find
from chorale.network.checkpoint import load_checkpoint
from chorale.options import SamplingOptions

USUAL_BATCH = chorale.composing.jobs.job.BATCH
CORES = ("Nehalem", "Haswell", "SkylakeX")  # SSE, AVX2, AVX-512

# by name: the size of the batches, and what is told the process
WAYS: dict[str, tuple[int, dict[str, str]]] = {
    "again, in another process": (USUAL_BATCH, {}),
    "hashes drawn anew": (USUAL_BATCH, {"PYTHONHASHSEED": "7"}),
    **{f"{size} at a time": (size, {}) for size in (1, 2, 8, 17)},
    **{f"{n} BLAS threads": (USUAL_BATCH, {"OPENBLAS_NUM_THREADS": f"{n}"}) for n in (1, 2, 4)},
    **{f"OpenBLAS for {core}": (USUAL_BATCH, {"OPENBLAS_CORETYPE": core}) for core in CORES},
}


def main() -> None:
    """Print a row for each way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=256)
    parser.add_argument("--bars", type=int, default=8)
    parser.add_argument("--batch", type=int, help="compose in this process and print the digests")
    options = parser.parse_args()
    if options.batch:
        print(json.dumps(digests(options.count, options.bars, options.batch)))
        return
    first = elsewhere(options, USUAL_BATCH, {})
    print(
        f"{options.count} chorales of {options.bars} bars, {USUAL_BATCH} at a time; {machine()}\n"
    )
    print("| | chorales that differ |\n| --- | ---: |")
    for name, (batch, told) in WAYS.items():
        others = elsewhere(options, batch, told)
        differ = sum(one != other for one, other in zip(first, others, strict=True))
        print(f"| {name} | {differ} |", flush=True)


def elsewhere(options: argparse.Namespace, batch: int, told: dict[str, str]) -> list[str]:
    """The digests of the chorales, composed by another process."""
    words = ["--count", str(options.count), "--bars", str(options.bars), "--batch", str(batch)]
    return json.loads(
        subprocess.run(
            [sys.executable, __file__, *words],
            env={**os.environ, **told},
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
    )


def digests(count: int, bars: int, batch: int) -> list[str]:
    """One of each chorale, composed so many at a time."""
    chorale.composing.jobs.job.BATCH = batch
    checkpoint = load_checkpoint(find("bach"))
    job = generation(checkpoint, bars, ANYTHING)
    chorales = run_job(checkpoint, job, count, 1, SamplingOptions(best_of=1))
    return [
        hashlib.sha256(each.pitches.tobytes() + each.onsets.tobytes()).hexdigest()
        for each in chorales
    ]


if __name__ == "__main__":
    main()
