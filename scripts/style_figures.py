"""Lay the style of composed chorales beside Bach's, in one table.

    python scripts/style_figures.py [--model NAME|PATH] [--data bach] [--count 20]
                                    [--temperature 1.0 ...] [--guidance 1] [--strictness 1]
                                    [--best-of 2] [--bars 12] [--seed 1] [--markdown]

The chorales are composed by the command line, in a process of its own and a temporary folder, and
read back from their MIDI files, so that what is measured is what a user gets. Bach's figures are
those of `--data`: `jsb` goes with a model trained on it, since it has no repeated notes.
`chorale.analysis` defines every figure.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from chorale.analysis import Figures, figures
from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.music import Chorale
from chorale.reading import read_chorale

LENGTHS = {"sixteenths": 1, "eighths": 2, "quarters": 4, "halves": 8}  # in steps


def main() -> None:
    """Read the arguments, measure, print the table."""
    options = arguments()
    try:
        bach = load_corpus(options.data).splits
        columns = {
            **{f"composed, {t:g}": figures(generated(options, t)) for t in options.temperature},
            "Bach, test": figures(bach["test"]),
            "Bach, train": figures(bach["train"]),
        }
    except ChoraleError as error:
        sys.exit(str(error))
    header = ["", *columns]
    lines = [[name, *values] for name, values in rows(list(columns.values())).items()]
    show(header, lines, options.markdown)


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="name or path of a checkpoint; the shipped one if left out")
    parser.add_argument("--data", default="bach", help="whose Bach to lay beside: bach or jsb")
    parser.add_argument("--count", type=int, default=20, help="chorales to compose")
    parser.add_argument(
        "--temperature", type=float, nargs="+", default=[1.0], help="a column for each"
    )
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--strictness", type=float)
    parser.add_argument("--best-of", type=int)
    parser.add_argument("--bars", type=int, default=12, help="length of each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", action="store_true", help="a table for the README")
    return parser.parse_args()


def generated(options: argparse.Namespace, temperature: float) -> list[Chorale]:
    """Chorales as `chorale generate` writes them, read back."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "chorale", "generate", "-o", folder]
        command += ["--temperature", f"{temperature:g}"]
        for name in ("count", "seed", "bars", "guidance", "strictness", "best_of"):
            if getattr(options, name, None) is not None:
                command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
        if options.model:
            command += ["--model", options.model]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode:
            sys.exit(finished.stderr.strip() or f"chorale generate failed: {finished.returncode}")
        files = sorted(Path(folder).rglob("*.mid"))
        if len(files) != options.count:
            sys.exit(f"chorale generate wrote {len(files)} MIDI files, not {options.count}")
        return [read_chorale(file) for file in files]


def rows(columns: Sequence[Figures]) -> Mapping[str, list[str]]:
    """The table by the name of its rows, a text for each column."""
    table = {
        "chorales": [f"{c.chorales}" for c in columns],
        "steps with a change of chord": [percent(c.change_share) for c in columns],
        "parallel fifths, per 1,000 changes": [f"{c.parallel_fifths:.1f}" for c in columns],
        "parallel octaves and unisons, per 1,000": [f"{c.parallel_octaves:.1f}" for c in columns],
        "steps with crossed voices": [percent(c.crossing_share) for c in columns],
        "notes out of their voice's range": [percent(c.out_of_range_share) for c in columns],
        "repeated notes": [percent(c.repeated_share) for c in columns],
        "melodic seconds": [percent(between(c.melodic_intervals, 1, 2)) for c in columns],
        "melodic thirds": [percent(between(c.melodic_intervals, 3, 4)) for c in columns],
        "melodic leaps, a fourth and more": [
            percent(between(c.melodic_intervals, 5, 127)) for c in columns
        ],
    }
    for name, steps in LENGTHS.items():
        table[name] = [percent(c.note_lengths.get(steps, 0)) for c in columns]
    table["other lengths"] = [
        percent(
            sum(share for steps, share in c.note_lengths.items() if steps not in LENGTHS.values())
        )
        for c in columns
    ]
    table["last chord a held tonic triad"] = [percent(c.on_tonic_share) for c in columns]
    table["... reached by a cadence"] = [percent(c.cadence_share) for c in columns]
    return table


def between(shares: Mapping[int, float], lowest: int, highest: int) -> float:
    """The sum of the shares of values between two bounds, both inclusive."""
    return sum(share for value, share in shares.items() if lowest <= value <= highest)


def percent(share: float) -> str:
    """A share as a text, such as "2.4 %"."""
    return f"{100 * share:.1f} %"


def show(header: Sequence[str], lines: Sequence[Sequence[str]], as_markdown: bool) -> None:
    """Print the table, for the terminal or the README."""
    if as_markdown:
        print(markdown(header, lines))
    else:
        print_table(header, lines)


def print_table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """The table on the terminal."""
    table = Table(header[0], *header[1:])
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lines:
        table.add_row(*line)
    Console().print(table)


def markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """The table in Markdown, numbers to the right."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, rule, *lines))


if __name__ == "__main__":
    main()
