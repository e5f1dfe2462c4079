"""Generate thousands of chorales in one run, or the same ones under other conditions.

    python scripts/stress/generating.py many [--count 10000] [--bars 4] [--best-of 2]
    python scripts/stress/generating.py repeatability [--count 256] [--bars 8]

`many` prints the memory of one `chorale generate` after each tenth of the files; then how many of
the files mido reads, how many `chorale.read` gives back in four voices and with the requested
number of bars, and how many differ from one another.

`repeatability` counts the chorales that differ. Each condition composes the same chorales in a
process of its own: once more, in batches of other sizes, with other numbers of BLAS threads, with
other hashes of Python, and with the matrix products that OpenBLAS makes on other processors. A sum
in another order differs in its last bits; a chorale differs if a draw falls between the two sums.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import mido

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, print_table, run
from processes import CHORALE, describe_machine

import chorale.composing.jobs.job
from chorale.composing.jobs import job_for_generating, run_job
from chorale.composing.plan_options import ANY_PLAN
from chorale.models import find
from chorale.music import digest
from chorale.network.checkpoint import load_checkpoint
from chorale.options import SamplingOptions
from chorale.reading import read_music
from chorale.wording import count

TENTHS = 10
POLL_SECONDS = 0.2  # between looks at the folder

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
    """Parse the arguments and print the figures of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    many = commands.add_parser("many", help="thousands in one run: memory, and files read back")
    many.set_defaults(run=print_many)
    many.add_argument("--count", type=int, default=10_000, help="chorales to compose")
    many.add_argument("--bars", type=int, default=4, help="length of each chorale")
    many.add_argument("--best-of", type=int, default=2)
    again = commands.add_parser("repeatability", help="the same seeds under other conditions")
    again.set_defaults(run=print_repeatability)
    again.add_argument("--count", type=int, default=256, help="chorales to compose")
    again.add_argument("--bars", type=int, default=8, help="length of each chorale")
    again.add_argument("--batch", type=int, help=argparse.SUPPRESS)  # for the other processes
    run(parser)


# many


def print_many(options: argparse.Namespace) -> None:
    """Compose into a temporary folder, read every file, and print memory and counts."""
    chorales, bars = count(options.count, "chorale"), count(options.bars, "bar")
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        megabytes = generate(options, Path(folder))
        seconds = time.perf_counter() - started
        print(f"{chorales} of {bars}: {seconds:.0f} s; {describe_machine()}")
        print(f"MB after each tenth: {', '.join(f'{each:.0f}' for each in megabytes)}")
        print_read_back(sorted(Path(folder).glob("*.mid")), options.bars)


def generate(options: argparse.Namespace, folder: Path) -> list[float]:
    """Compose; return the memory of the process in MiB when each tenth of the files is there."""
    values = {"count": options.count, "bars": options.bars, "best-of": options.best_of, "seed": 1}
    words = [word for name, value in values.items() for word in (f"--{name}", str(value))]
    process = subprocess.Popen([*CHORALE, "generate", *words, "--quiet", "-o", str(folder)])
    megabytes: list[float] = []
    while process.poll() is None:
        done = sum(not path.name.startswith(".") for path in folder.iterdir())
        if done * TENTHS >= (len(megabytes) + 1) * options.count and len(megabytes) < TENTHS - 1:
            megabytes.append(resident_megabytes(process.pid))
        time.sleep(POLL_SECONDS)
    if process.returncode:
        sys.exit(f"chorale generate ended with status {process.returncode}")
    return megabytes


def resident_megabytes(pid: int) -> float:
    """Return the memory of a running process in MiB, by Linux's account."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def print_read_back(paths: list[Path], bars: int) -> None:
    """Read each file with two readers and print how many are as they should be."""
    by_mido = whole = 0
    digests = set()
    for path in paths:
        file = mido.MidiFile(path)
        by_mido += file.length > 0 and len(file.tracks) >= len("SATB")
        music = read_music(path).chorale
        has_rests = (music.pitches < 0).any()
        whole += music.plan.last_bar == bars and not has_rests
        digests.add(digest(music))
    print(f"read by mido: {by_mido}; of {count(bars, 'bar')} in four voices without rests: {whole}")
    print(f"different from one another: {len(digests)}")


# repeatability


def print_repeatability(options: argparse.Namespace) -> None:
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
        [sys.executable, __file__, "repeatability", *words],
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
