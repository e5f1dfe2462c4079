"""Compose thousands of chorales in one run: memory, and whether every file can be read.

    python scripts/many_figures.py [--count 10000] [--bars 4] [--best-of 2]

Prints the memory of one `chorale generate` after each tenth of the files, then how many of them
mido reads to the last tick and `chorale.read` gives back in four voices and as many bars as were
asked for, and how many are different from one another.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mido
from processes import machine

from chorale.music import digest
from chorale.reading import read_music

TENTHS = 10
SECONDS_BETWEEN = 0.2  # looks at the folder


def main() -> None:
    """Print memory by tenths, and what was read back."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--bars", type=int, default=4)
    parser.add_argument("--best-of", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        megabytes = run_job(options, Path(folder))
        seconds = time.perf_counter() - started
        print(f"{options.count} chorales of {options.bars} bars: {seconds:.0f} s; {machine()}")
        print(f"MB after each tenth: {', '.join(f'{each:.0f}' for each in megabytes)}")
        print_read_back(sorted(Path(folder).glob("*.mid")), options.bars)


def run_job(options: argparse.Namespace, folder: Path) -> list[float]:
    """The memory of the process in MB when each tenth of its files was there."""
    asked = {"count": options.count, "bars": options.bars, "best-of": options.best_of, "seed": 1}
    words = [word for name, value in asked.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "chorale", "generate", *words, "--quiet", "-o", str(folder)]
    process = subprocess.Popen(command)
    megabytes: list[float] = []
    while process.poll() is None:
        done = sum(not path.name.startswith(".") for path in folder.iterdir())
        if done * TENTHS >= (len(megabytes) + 1) * options.count and len(megabytes) < TENTHS - 1:
            megabytes.append(resident_megabytes(process.pid))
        time.sleep(SECONDS_BETWEEN)
    if process.returncode:
        sys.exit(f"it ended with status {process.returncode}")
    return megabytes


def resident_megabytes(pid: int) -> float:
    """What a running process has in memory, by Linux's account."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def print_read_back(paths: list[Path], bars: int) -> None:
    """Read each file by two readers and print how many are as they should be."""
    by_mido = whole = 0
    seen = set()
    for path in paths:
        file = mido.MidiFile(path)
        by_mido += file.length > 0 and len(file.tracks) >= len("SATB")
        chorale = read_music(path).chorale
        silent = (chorale.pitches < 0).any()
        whole += chorale.plan.last_bar == bars and not silent
        seen.add(digest(chorale))
    print(f"read by mido: {by_mido}; of {bars} bars in four voices without a gap: {whole}")
    print(f"different from one another: {len(seen)}")


if __name__ == "__main__":
    main()
