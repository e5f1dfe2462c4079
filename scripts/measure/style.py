"""Compare the style of composed chorales with Bach's.

    python scripts/measure/style.py figures [--count 20]
    python scripts/measure/style.py distances [--count 200] [--split test]
                                              [--files NAME=FOLDER]
    python scripts/measure/style.py form [--split train]

Options of `figures` and `distances`: [--model NAME|PATH] [--data bach|jsb] [--temperature 1.0 ...]
[--guidance G] [--strictness S] [--best-of N] [--bars 12] [--seed 1].

`chorale generate` composes the chorales in a process of its own, and they are read back from their
MIDI files, so that what is measured is what a user gets. Bach's chorales are those of `--data`: use
`jsb` for sets without repeated notes, such as those of a model trained on it.

`figures` prints the figures of `chorale.analysis.figures`, one column for each temperature and for
Bach's test and training splits.

`distances` prints, for each feature of `chorale.analysis.style`, the total variation between a set
of chorales and Bach's test split (`--split`), and in brackets its ratio to the floor, which is the
distance between his training and his test split (first column). Features that `--data` does not
have, such as phrases without fermatas, are left out of the mean. The last rows count the runs of
notes that also stand in the training split, in any transposition (`chorale.analysis.copying`); the
first column gives them for Bach's test split. `--files` adds a set from a folder of MIDI or
MusicXML files and may be given several times.

`form` composes nothing: it prints the figures of Bach's chorales by which
`chorale/composing/form.py` draws and `chorale/network/tonality.py` estimates keys. Of inner
phrases, by the mode of the chorale: the share that closes with an authentic cadence on each degree,
in semitones above the tonic. Of the chorales with known fermatas: those whose first one to four
phrases are followed by the same notes, in all voices (at more than 90 % of the steps) or in the
soprano (more than 80 %). Of all notes, counted at each step: the percentage on each scale degree,
in semitones above the tonic of the file's key.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run
from processes import CHORALE

from chorale.analysis import Figures, estimate_key, figures, phrase_endings
from chorale.analysis.copying import CopyFinder
from chorale.analysis.style import FEATURES, distance, features
from chorale.corpus import load_corpus
from chorale.corpus.folder import read_folder
from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER, Chorale
from chorale.reading import read_chorale

NOTE_LENGTHS = {"sixteenths": 1, "eighths": 2, "quarters": 4, "halves": 8}  # in steps
BAR_STEPS = 4 * STEPS_PER_QUARTER  # of 4/4
LONG_COPY_BARS = 2
ALL_VOICES, SOPRANO = 0.9, 0.8  # shares of the steps that a repeated opening has in common
LONGEST_OPENING = 4  # phrases


def main() -> None:
    """Parse the arguments and print the figures of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    table = commands.add_parser("figures", help="figures of rhythm, melody and part-writing")
    table.set_defaults(run=print_figures)
    add_composing_options(table, count=20)
    table = commands.add_parser("distances", help="distances to Bach by feature, and copied runs")
    table.set_defaults(run=print_distances)
    add_composing_options(table, count=200)
    table.add_argument("--split", default="test", choices=["valid", "test"])
    table.add_argument(
        "--files",
        type=parse_named_folder,
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="another set; may be repeated",
    )
    form = commands.add_parser("form", help="Bach's cadences by degree, and repeated openings")
    form.set_defaults(run=print_form)
    form.add_argument("--split", default="train", choices=["train", "valid", "test"])
    run(parser)


def add_composing_options(parser: argparse.ArgumentParser, count: int) -> None:
    """Add the options that `figures` and `distances` share."""
    parser.add_argument("--model", help="name or path of a checkpoint")
    parser.add_argument("--data", default="bach", choices=["bach", "jsb"], help="Bach's chorales")
    parser.add_argument("--count", type=int, default=count, help="chorales to compose")
    parser.add_argument(
        "--temperature", type=float, nargs="+", default=[1.0], help="one column for each"
    )
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--strictness", type=float)
    parser.add_argument("--best-of", type=int)
    parser.add_argument("--bars", type=int, default=12, help="length of each chorale")
    parser.add_argument("--seed", type=int, default=1)


def parse_named_folder(text: str) -> tuple[str, Path]:
    """Parse NAME=FOLDER."""
    name, _, folder = text.partition("=")
    if not Path(folder).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FOLDER with an existing folder")
    return name, Path(folder)


def generate(options: argparse.Namespace, temperature: float) -> list[Chorale]:
    """Compose chorales with `chorale generate` and read its files."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*CHORALE, "generate", "-o", folder, "--temperature", f"{temperature:g}"]
        for name in ("model", "count", "seed", "bars", "guidance", "strictness", "best_of"):
            if getattr(options, name) is not None:
                command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode:
            sys.exit(finished.stderr.strip() or f"chorale generate failed: {finished.returncode}")
        files = sorted(Path(folder).rglob("*.mid"))
        if len(files) != options.count:
            sys.exit(f"chorale generate wrote {len(files)} MIDI files, not {options.count}")
        return [read_chorale(file) for file in files]


def generate_sets(options: argparse.Namespace) -> dict[str, list[Chorale]]:
    """Compose a set for each temperature; none if the count is 0."""
    temperatures = options.temperature if options.count else ()
    return {f"composed, {each:g}": generate(options, each) for each in temperatures}


# figures


def print_figures(options: argparse.Namespace) -> None:
    """Print the table of figures."""
    bach = load_corpus(options.data).splits
    sets = {**generate_sets(options), "Bach, test": bach["test"], "Bach, train": bach["train"]}
    measured = [figures(chorales) for chorales in sets.values()]
    print_table(["", *sets], ([name, *cells] for name, cells in figure_rows(measured).items()))


def figure_rows(columns: Sequence[Figures]) -> dict[str, list[str]]:
    """Return the cells of each row, by the row's name."""
    rows = {
        "chorales": [f"{c.chorales}" for c in columns],
        "steps with a change of chord": [percent(c.change_share) for c in columns],
        "parallel fifths, per 1,000 changes": [f"{c.parallel_fifths:.1f}" for c in columns],
        "parallel octaves and unisons, per 1,000": [f"{c.parallel_octaves:.1f}" for c in columns],
        "steps with crossed voices": [percent(c.crossing_share) for c in columns],
        "notes out of their voice's range": [percent(c.out_of_range_share) for c in columns],
        "repeated notes": [percent(c.repeated_share) for c in columns],
        "melodic seconds": [percent(sum_between(c.melodic_intervals, 1, 2)) for c in columns],
        "melodic thirds": [percent(sum_between(c.melodic_intervals, 3, 4)) for c in columns],
        "melodic leaps, a fourth and more": [
            percent(sum_between(c.melodic_intervals, 5, 127)) for c in columns
        ],
    }
    for name, steps in NOTE_LENGTHS.items():
        rows[name] = [percent(c.note_lengths.get(steps, 0)) for c in columns]
    named = NOTE_LENGTHS.values()
    rows["other lengths"] = [
        percent(sum(share for steps, share in c.note_lengths.items() if steps not in named))
        for c in columns
    ]
    rows["last chord a held tonic triad"] = [percent(c.on_tonic_share) for c in columns]
    rows["... reached by a cadence"] = [percent(c.cadence_share) for c in columns]
    return rows


def sum_between(shares: Mapping[int, float], lowest: int, highest: int) -> float:
    """Sum the shares of the values between two bounds, both inclusive."""
    return sum(share for value, share in shares.items() if lowest <= value <= highest)


# distances


def print_distances(options: argparse.Namespace) -> None:
    """Print the table of distances and copied runs."""
    bach = load_corpus(options.data).splits
    train, other = bach["train"], bach[options.split]
    sets = generate_sets(options)
    for name, folder in options.files:
        splits = read_folder(folder).splits.values()
        sets[name] = [chorale for split in splits for chorale in split]
    rows = [*distance_rows(train, other, sets), *copying_rows(train, other, sets)]
    print_table(["", "Bach himself", *sets], rows)


def distance_rows(
    train: Sequence[Chorale], other: Sequence[Chorale], sets: Mapping[str, Sequence[Chorale]]
) -> list[list[str]]:
    """Return a row for each feature, the mean of the ratios, and how many are above 2."""
    test_features, train_features = features(other), features(train)
    set_features = [features(chorales) for chorales in sets.values()]
    rows, ratios = [], []
    for feature in FEATURES:
        target = test_features[feature]
        floor = distance(train_features[feature], target)
        distances = [distance(each[feature], target) for each in set_features]
        ratios.append([value / floor if floor else np.nan for value in distances])
        cells = (f"{d:.3f} ({r:.1f})" for d, r in zip(distances, ratios[-1], strict=True))
        rows.append([feature, f"{floor:.3f}", *cells])
    table = np.array([row for row in ratios if np.isfinite(row).all()])
    means, above = table.mean(axis=0), (table > 2).sum(axis=0)
    rows.append(["mean of the ratios", "1", *(f"{mean:.2f}" for mean in means)])
    rows.append(["features above twice the floor", "", *map(str, above.tolist())])
    return rows


def copying_rows(
    train: Sequence[Chorale], other: Sequence[Chorale], sets: Mapping[str, Sequence[Chorale]]
) -> list[list[str]]:
    """Return the rows of runs copied from the training split, Bach's other split first."""
    finder = CopyFinder(train)
    bars = [
        np.array([finder.longest_copy(chorale) for chorale in chorales]) / BAR_STEPS
        for chorales in (other, *sets.values())
    ]
    return [
        ["longest copied run, bars of 4/4", *(f"{each.max():.1f}" for each in bars)],
        ["its median over chorales", *(f"{np.median(each):.1f}" for each in bars)],
        [
            "chorales with more than two bars copied",
            *(percent(float((each > LONG_COPY_BARS).mean())) for each in bars),
        ],
    ]


# form


def print_form(options: argparse.Namespace) -> None:
    """Print the counts of cadences, then those of repeated openings."""
    chorales = load_corpus("bach").splits[options.split]
    endings = [phrase_endings(chorale) for chorale in chorales]
    every = [ending for of_chorale in endings for ending in of_chorale]
    home = float(np.mean([each.cadence == "authentic" and each.degree == 0 for each in every]))
    print(f"of {len(every)} phrases {percent(home)} close with an authentic cadence at home")
    for mode in ("major", "minor"):
        inner = Counter(
            (ending.cadence, ending.degree)
            for chorale, of_chorale in zip(chorales, endings, strict=True)
            if estimate_key(chorale).mode == mode
            for ending in of_chorale[:-1]
        )
        shares = [
            f"{degree}: {percent(count / inner.total())}"
            for (cadence, degree), count in inner.most_common()
            if cadence == "authentic"
        ]
        print(f"{mode}: of {inner.total()} inner phrases, authentic on {', '.join(shares)}")
    in_phrases = [one for one in chorales if one.plan.fermata_spans and one.plan.metre]
    repeated = Counter(filter(None, map(repeated_voices, in_phrases)))
    print(
        f"of {len(in_phrases)} chorales {repeated['all']} repeat their opening in all voices, "
        f"{repeated['soprano']} more in the soprano"
    )
    for mode in ("major", "minor"):
        print(f"{mode}: of all notes {profile(chorales, mode)} %")


def profile(chorales: Sequence[Chorale], mode: str) -> str:
    """Return the percentages of the scale degrees, in chorales of a mode, in one line."""
    counts = np.zeros(OCTAVE)
    for chorale in chorales:
        if chorale.plan.key and chorale.plan.key.mode == mode:
            sounding = chorale.pitches[chorale.pitches != REST] - chorale.plan.key.tonic
            counts += np.bincount(sounding % OCTAVE, minlength=OCTAVE)
    return ", ".join(f"{share:.1f}" for share in 100 * counts / counts.sum())


def repeated_voices(chorale: Chorale) -> Literal["all", "soprano"] | None:
    """Return the voices in which the opening is repeated at once."""
    assert chorale.plan.metre
    pitches = chorale.pitches
    found: Literal["soprano"] | None = None
    for _, length in chorale.plan.fermata_spans[:LONGEST_OPENING]:
        if length % chorale.plan.metre.steps_per_bar or 2 * length > len(pitches):
            continue
        same = pitches[:length] == pitches[length : 2 * length]
        if np.mean(same.all(axis=1)) > ALL_VOICES:
            return "all"
        if np.mean(same[:, 0]) > SOPRANO:
            found = "soprano"
    return found


if __name__ == "__main__":
    main()
