"""Whether what is asked for is what comes out: key, cadences and metre, in a table.

    python scripts/control_figures.py [--model NAME|PATH] [--count 100] [--seed 1]

Chorales are composed by the Python interface, written as MIDI files and read back. The key is found
by music21's `analyze("key")`, which is not ours; a phrase closes on a cadence as
`chorale.analysis.phrase_cadences` defines it; rule figures are those of `chorale.analysis.figures`.
Bach's own shares are by the same measures: of his test split, against the keys in its files.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from music21 import converter

import chorale
from chorale.analysis import figures, phrase_cadences
from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.music import Chorale, Key, Metre

KEYS = [Key(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]


def main() -> None:
    """Read the arguments, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="bach", help="name or path of a checkpoint")
    parser.add_argument("--count", type=int, default=100, help="chorales of each kind")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        test = load_corpus("bach").splits["test"]
        kinds = {
            "composed, key asked": in_keys(options),
            "composed, 4/4 asked": of_metre(options, "4/4"),
            "composed, 3/4 asked": of_metre(options, "3/4"),
            "composed, phrases of 4 bars asked": written(
                chorale.generate(phrases=[4, 4, 4, 4], **common(options))
            ),
            "Bach, 4/4 (test)": [c for c in test if c.plan.metre == Metre(4, 4)],
            "Bach, 3/4 (all splits)": [
                c
                for split in load_corpus("bach").splits.values()
                for c in split
                if c.plan.metre == Metre(3, 4)
            ],
            "Bach, test": list(test),
        }
    except ChoraleError as error:
        sys.exit(str(error))
    print("| | chorales | in its key | phrases that close | fifths | octaves | crossed | changes |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, chorales in kinds.items():
        if chorales:
            print(f"| {name} | {' | '.join(row(chorales))} |")


def common(options: argparse.Namespace) -> dict[str, Any]:
    """The options that all that is composed has in common."""
    return {"model": options.model, "count": options.count, "seed": options.seed}


def in_keys(options: argparse.Namespace) -> list[Chorale]:
    """As many chorales in each of the 24 keys, at least `--count` in all."""
    each = -(-options.count // len(KEYS))
    run_job = [
        one
        for number, key in enumerate(KEYS)
        for one in chorale.generate(
            key=key, model=options.model, count=each, seed=options.seed + number
        )
    ]
    return written(run_job)


def of_metre(options: argparse.Namespace, metre: str) -> list[Chorale]:
    """Chorales in a metre, which the files are checked to have."""
    found = written(chorale.generate(metre=metre, **common(options)))
    if any(one.plan.metre != Metre.parse(metre) for one in found):
        sys.exit(f"a chorale asked for in {metre} is not in {metre}")
    return found


def written(chorales: Sequence[Chorale]) -> list[Chorale]:
    """The chorales as their MIDI files have them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chorale.mid"
        found = []
        for one in chorales:
            chorale.write(one, path, force=True)
            found.append(chorale.read(path).chorale)
        return found


def row(chorales: Sequence[Chorale]) -> list[str]:
    """The cells of a row."""
    measured = figures(chorales)
    closes = [close for one in chorales for close in phrase_cadences(one, one.plan.key)]
    return [
        f"{len(chorales)}",
        f"{np.mean([found_key(one) == one.plan.key for one in chorales]):.0%}".replace("%", " %"),
        f"{np.mean(closes):.1%} of {len(closes)}".replace("%", " %"),
        f"{measured.parallel_fifths:.1f}",
        f"{measured.parallel_octaves:.1f}",
        f"{measured.crossing_share:.1%}".replace("%", " %"),
        f"{measured.change_share:.1%}".replace("%", " %"),
    ]


def found_key(one: Chorale) -> Key:
    """The key that music21 finds, told nothing but the notes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chorale.mid"
        plain = Chorale(one.pitches, one.onsets, type(one.plan)(one.plan.length_steps))
        chorale.write(plain, path)
        key = converter.parse(path).analyze("key")
    return Key(key.tonic.pitchClass, key.mode)


if __name__ == "__main__":
    main()
