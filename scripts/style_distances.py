"""How far composed chorales are from Bach's, feature by feature, in one table.

    python scripts/style_distances.py [--model NAME|PATH] [--data bach] [--count 200]
                                      [--temperature 1.0 ...] [--best-of 2] [--seed 1]
                                      [--split test] [--files NAME=FOLDER ...]
                                      [--markdown]

For each feature of `chorale.analysis.style` the total variation between a set of chorales and
Bach's test split (or another, `--split`), and in brackets how many times it is that between his
training and his test split, the floor, which is the first column. Below the features the runs that
stand, moved by any interval, in the training split too (`chorale.analysis.copying`); the first
column says what Bach's test split has of them.

The chorales are composed by the command line, at its defaults but for what is asked for, and read
back from their MIDI files; `--files` are other sets, in folders of MIDI or MusicXML files. `--data
jsb` goes with sets that have no repeated notes; what they do not say (fermatas) is left out.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from style_figures import generated, show

from chorale.analysis.copying import Sources
from chorale.analysis.style import FEATURES, distance, features
from chorale.corpus import load_corpus
from chorale.corpus.folder import read_folder
from chorale.errors import ChoraleError
from chorale.music import STEPS_PER_QUARTER, Chorale

TWO_BARS = 2 * 4 * STEPS_PER_QUARTER  # in 4/4, in steps


def main() -> None:
    """Read the arguments, measure, print the table."""
    options = arguments()
    try:
        bach = load_corpus(options.data).splits
        sets = {
            f"composed, {temperature:g}": generated(options, temperature)
            for temperature in (options.temperature if options.count else ())
        }
        for name, folder in options.files:
            read = read_folder(folder).splits
            sets[name] = [chorale for split in read.values() for chorale in split]
    except ChoraleError as error:
        sys.exit(str(error))
    header = ["", "Bach himself", *sets]
    other = bach[options.split]
    lines = [*style_lines(bach["train"], other, sets), *copying_lines(bach["train"], other, sets)]
    show(header, lines, options.markdown)


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="name or path of a checkpoint; the shipped one if left out")
    parser.add_argument("--data", default="bach", help="whose Bach to lay beside: bach or jsb")
    parser.add_argument("--count", type=int, default=200, help="chorales to compose; 0: none")
    parser.add_argument("--temperature", type=float, nargs="+", default=[1.0])
    parser.add_argument("--bars", type=int, default=12)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--strictness", type=float)
    parser.add_argument("--best-of", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", default="test", choices=["valid", "test"])
    parser.add_argument(
        "--files", type=named_folder, action="append", default=[], metavar="NAME=FOLDER"
    )
    parser.add_argument("--markdown", action="store_true", help="a table for the README")
    return parser.parse_args()


def named_folder(text: str) -> tuple[str, Path]:
    """A name and a folder, of `NAME=FOLDER`."""
    name, _, folder = text.partition("=")
    if not Path(folder).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FOLDER with a folder that exists")
    return name, Path(folder)


def style_lines(
    training: Sequence[Chorale],
    other: Sequence[Chorale],
    sets: Mapping[str, Sequence[Chorale]],
) -> list[list[str]]:
    """A line for each feature, then the mean of the ratios and how many are above 2."""
    test, train = features(other), features(training)
    found = {name: features(chorales) for name, chorales in sets.items()}
    lines, ratios = [], []
    for feature in FEATURES:
        floor = distance(train[feature], test[feature])
        apart = [distance(each[feature], test[feature]) for each in found.values()]
        ratios.append([value / floor if floor else np.nan for value in apart])
        cells = [
            f"{value:.3f} ({ratio:.1f})" for value, ratio in zip(apart, ratios[-1], strict=True)
        ]
        lines.append([feature, f"{floor:.3f}", *cells])
    table = np.array([row for row in ratios if np.isfinite(row).all()])
    means, above = table.mean(axis=0), (table > 2).sum(axis=0)
    lines.append(["mean of the ratios", "1", *(f"{mean:.2f}" for mean in means)])
    return [*lines, ["features above twice the floor", "", *map(str, above.tolist())]]


def copying_lines(
    training: Sequence[Chorale],
    other: Sequence[Chorale],
    sets: Mapping[str, Sequence[Chorale]],
) -> list[list[str]]:
    """What stands in the training split too: of Bach's other split, and of each set."""
    sources = Sources(training)
    runs = [
        np.array([sources.longest_copy(chorale) for chorale in chorales])
        for chorales in (other, *sets.values())
    ]
    return [
        ["longest copied run, bars of 4/4", *(f"{run.max() / 16:.1f}" for run in runs)],
        ["its median over chorales", *(f"{np.median(run) / 16:.1f}" for run in runs)],
        [
            "chorales with more than two bars copied",
            *(f"{100 * (run > TWO_BARS).mean():.1f} %" for run in runs),
        ],
    ]


if __name__ == "__main__":
    main()
