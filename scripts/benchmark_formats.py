"""Time each format of `chorale render` as a whole cold process, with its memory and its size.

    python scripts/benchmark_formats.py [--bars 16] [--runs 5] [--soundfont FILE] [--only FORMAT]

Renders one generated chorale, each time in a process of its own, the first run of a format left out
since it reads files from the disk; prints medians.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from processes import Run, machine, measure, median_seconds, peak_megabytes

from chorale.rendering.formats import FORMATS

CHORALE = [sys.executable, "-m", "chorale"]


def main() -> None:
    """Print a row a format."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--soundfont", help="an .sf2 file, to play the WAV file with as well")
    parser.add_argument("--only", choices=FORMATS, help="time this format alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asked = ["--bars", str(options.bars), "--seed", "1", "-o", f"{folder}/c.mid", "--json"]
        told = subprocess.run([*CHORALE, "generate", *asked], capture_output=True, check=True)
        print(f"{options.bars} bars, {json.loads(told.stdout)[0]['steps']} steps; {machine()}\n")
        print("| format | time | peak memory | size |\n| --- | ---: | ---: | ---: |")
        for name in [options.only] if options.only else FORMATS:
            row(name, folder, ["--format", name], options.runs)
        if options.only:
            return
        row("practice, four mp3", folder, ["--practice"], options.runs)
        row("all together", folder, ["--format", ",".join(FORMATS)], options.runs)
        if options.soundfont:
            soundfont = ["--format", "wav", "--soundfont", options.soundfont]
            row("wav with a soundfont", folder, soundfont, options.runs)
        show = [*CHORALE, "show", f"{folder}/c.mid"]
        report("`chorale show`", [measure(show) for _ in range(options.runs + 1)][1:], "")


def row(name: str, folder: str, wanted: Sequence[str], runs: int) -> None:
    """Render, and print the row."""
    out = Path(folder, "out")
    command = [*CHORALE, "render", f"{folder}/c.mid", *wanted, "-o", str(out), "--force"]
    measured = [measure(command) for _ in range(runs + 1)][1:]
    size = sum(path.stat().st_size for path in out.iterdir())
    for path in out.iterdir():
        path.unlink()
    report(name, measured, f"{size / 1000:,.0f} kB")


def report(name: str, runs: Sequence[Run], size: str) -> None:
    """Print a row."""
    seconds, megabytes = median_seconds(runs), peak_megabytes(runs)
    print(f"| {name} | {seconds:.2f} s | {megabytes:.0f} MB | {size} |", flush=True)


if __name__ == "__main__":
    main()
