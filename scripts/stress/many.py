"""Compose thousands of chorales in one run: memory, and whether every file can be read.

    python scripts/stress/many.py [--count 10000] [--bars 4] [--best-of 2]

Prints the memory of one `chorale generate` after each tenth of the files; then how many of the
files mido reads, how many `chorale.read` gives back in four voices and with the requested number of
bars, and how many differ from one another.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mido

sys.path.append(str(Path(__file__).parents[1] / "support"))
from command_line import parser_for, run
from processes import CHORALE, describe_machine

from chorale.music import digest
from chorale.reading import read_music
from chorale.wording import count

TENTHS = 10
POLL_SECONDS = 0.2  # between looks at the folder


def main() -> None:
    """Parse the arguments, compose, and print memory and counts."""
    parser = parser_for(__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="chorales to compose")
    parser.add_argument("--bars", type=int, default=4, help="length of each chorale")
    parser.add_argument("--best-of", type=int, default=2)
    parser.set_defaults(run=compose_and_read)
    run(parser)


def compose_and_read(options: argparse.Namespace) -> None:
    """Compose into a temporary folder, then read every file."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        megabytes = generate(options, Path(folder))
        seconds = time.perf_counter() - started
        print(
            f"{count(options.count, 'chorale')} of {count(options.bars, 'bar')}: {seconds:.0f} s; ",
            end="",
        )
        print(describe_machine())
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
        chorale = read_music(path).chorale
        has_rests = (chorale.pitches < 0).any()
        whole += chorale.plan.last_bar == bars and not has_rests
        digests.add(digest(chorale))
    print(f"read by mido: {by_mido}; of {count(bars, 'bar')} in four voices without rests: {whole}")
    print(f"different from one another: {len(digests)}")


if __name__ == "__main__":
    main()
