"""Measure how well classifiers separate composed chorales from Bach's.

    python scripts/measure/judge.py figures [--voices bass] [--top 20]
    python scripts/measure/judge.py pictures

Options of both: [--verb generate|harmonize] [--count 300] [--bars 16] [--model NAME|PATH]
[--temperature T] [--guidance G] [--strictness S] [--best-of N] [--seed 1] [--split valid|test]
[--without-test] [--weak] [--output FOLDER] [--files FOLDER ...].

`figures` counts some thousands of figures of melody, rhythm and harmony in eight bars of each piece
and trains boosted trees on them; `--voices` restricts them to those of some voices. `pictures`
trains a small convolutional network on piano rolls of the same windows. The modules `judge_*`
beside this one define windows, figures, network and cross-validation. The table has the AUC over
pieces; `figures` then lists those figures that the trees use most.

`chorale generate` composes the chorales in a process of its own, and they are read back from their
MIDI files. With `--verb harmonize`, `chorale harmonize` sets the sopranos of the validation and
test splits (`--split` for one of them), written as plain MIDI files, and the settings are compared
with Bach's of the same tunes, with his bar lines. `--output` keeps the files in a folder for each
set, and `--files` judges such folders instead of composing.

Two rows compare Bach with himself: his training split with his other chorales, which differ a
little, and a random half of the groups of tunes with the other half, which can differ by chance
alone. `--weak` adds a set without penalties, choice and guidance. With `--without-test` no chorale
of Bach's test split takes part, so that settings of the draw can be chosen by the result.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, print_table, run
from harmonizing import plain_midi
from judge_figures import FigureTable, count_figures, tabulate_figures
from judge_scores import (
    FOLDS,
    Scorer,
    Separation,
    label_windows,
    measure_separation,
    score_pieces,
)
from judge_trees import separating_figures, tree_scorer
from judge_windows import MIN_BARS, Piece, Window, cut_pieces, group_by_tune, pair_settings
from processes import CHORALE

from chorale.corpus import load_corpus
from chorale.corpus.folder import read_folder
from chorale.music import SOPRANO, VOICES, Chorale, notes

WEAK = {"strictness": 0.0, "best_of": 1, "guidance": 0.0}


@dataclass(frozen=True)
class Trial:
    """Two sets of pieces to separate.

    Attributes:
        name: name of the row.
        bach: pieces by Bach.
        others: composed pieces, or more by Bach.
    """

    name: str
    bach: Sequence[Piece]
    others: Sequence[Piece]

    @property
    def windows(self) -> list[Window]:
        """All windows, Bach's first."""
        return [window for piece in (*self.bach, *self.others) for window in piece.windows]


def main() -> None:
    """Parse the arguments and print the tables of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    figures = commands.add_parser("figures", help="boosted trees on counted figures")
    figures.set_defaults(run=print_figures)
    add_options(figures)
    figures.add_argument("--voices", nargs="+", default=VOICES, choices=VOICES)
    figures.add_argument("--top", type=int, default=20, help="figures in the second table")
    pictures = commands.add_parser("pictures", help="a convolutional network on piano rolls")
    pictures.set_defaults(run=print_pictures)
    add_options(pictures)
    run(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that both subcommands share."""
    parser.add_argument("--verb", default="generate", choices=["generate", "harmonize"])
    parser.add_argument("--count", type=int, default=300, help="chorales to generate")
    parser.add_argument("--bars", type=int, default=16, help="length of each; 10 or more")
    parser.add_argument("--split", choices=["valid", "test"], help="of the tunes; both if left out")
    parser.add_argument("--model", help="name or path of a checkpoint")
    parser.add_argument("--temperature", type=float)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--strictness", type=float)
    parser.add_argument("--best-of", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-test", action="store_true", help="leave out the test split")
    parser.add_argument("--weak", action="store_true", help="add a weak set")
    parser.add_argument("--output", type=Path, help="keep the composed files here")
    parser.add_argument("--files", type=Path, nargs="+", default=[], help="folders to judge")


# tables


def print_figures(options: argparse.Namespace) -> None:
    """Print the AUC by figures, then the figures that separate the first composed set."""
    voices = [number for number, voice in enumerate(VOICES) if voice in options.voices]
    composed = composed_trials(options)

    def separate(trial: Trial) -> Separation:
        """Return how well trees separate the sets of a trial."""
        values = tabulate_trial(trial, voices).values
        return separate_by(tree_scorer(values, options.seed), trial, options.seed)

    print_trials([*composed, *bach_trials(options)], separate)
    table = tabulate_trial(composed[0], voices)
    _, is_ours = label_windows(composed[0].bach, composed[0].others)
    print(f"\n{len(table.names)} figures; those that separate {composed[0].name} from Bach most:\n")
    separating = separating_figures(table, is_ours, options.top, options.seed)
    header = ["figure", "Bach, per 100 bars", "ours", "AUC alone"]
    print_table(header, (figure.cells for figure in separating))


def print_pictures(options: argparse.Namespace) -> None:
    """Print the AUC by piano rolls."""
    from judge_pictures import picture_scorer  # imports Keras, which takes seconds

    def separate(trial: Trial) -> Separation:
        """Return how well a network separates the sets of a trial."""
        scorer = picture_scorer(trial.windows, options.seed)
        return separate_by(scorer, trial, options.seed)

    print_trials([*composed_trials(options), *bach_trials(options)], separate)


def tabulate_trial(trial: Trial, voices: Sequence[int]) -> FigureTable:
    """Return the table of figures of all windows of a trial, Bach's first."""
    return tabulate_figures([count_figures(window, voices) for window in trial.windows])


def separate_by(scorer: Scorer, trial: Trial, seed: int) -> Separation:
    """Return how well the cross-validated scores of a trial's pieces separate its sets."""
    return measure_separation(*score_pieces(trial.bach, trial.others, scorer, seed), seed)


def print_trials(trials: Sequence[Trial], separate: Callable[[Trial], Separation]) -> None:
    """Print a row for each trial: its pieces and windows, and the AUC over pieces."""

    def rows() -> Iterator[list[str]]:
        """Yield the rows as they are measured."""
        for trial in trials:
            found = separate(trial)
            interval = f"{found.low:.3f} to {found.high:.3f}"
            sizes = [describe_size(pieces) for pieces in (trial.bach, trial.others)]
            yield [trial.name, *sizes, f"{found.auc:.3f}", interval]

    print_table(["", "Bach, pieces (windows)", "the others", "AUC", "95 %"], rows())


def describe_size(pieces: Sequence[Piece]) -> str:
    """Return the numbers of pieces and windows."""
    return f"{len(pieces)} ({sum(len(piece.windows) for piece in pieces)})"


# trials


def composed_trials(options: argparse.Namespace) -> list[Trial]:
    """Return a trial for each composed set: of --files, or newly composed."""
    if options.bars < MIN_BARS:
        sys.exit(f"--bars {options.bars} leaves no window; give {MIN_BARS} or more")
    sets = (
        {folder.name: read_set(folder) for folder in options.files}
        if options.files
        else compose_sets(options)
    )
    bach = list(chain.from_iterable(splits(options).values()))
    trials = []
    for name, chorales in sets.items():
        ours, his = chorales, bach
        if options.verb == "harmonize":
            ours, his = pair_settings(chorales, list(tunes(options)))
        trial = Trial(name, cut_pieces(his), cut_pieces(ours))
        fewest = min(len(trial.bach), len(trial.others))
        if fewest < FOLDS:
            sys.exit(f"{name}: {fewest} pieces with a window; {FOLDS} of each side are needed")
        trials.append(trial)
    return trials


def splits(options: argparse.Namespace) -> dict[str, Sequence[Chorale]]:
    """Return Bach's chorales by split, without the test split if it is left out."""
    every = load_corpus("bach").splits
    return {name: every[name] for name in every if name != "test" or not options.without_test}


def bach_trials(options: argparse.Namespace) -> list[Trial]:
    """Return the trials of Bach with himself: by split, and by random groups of tunes."""
    of_split = {name: cut_pieces(chorales) for name, chorales in splits(options).items()}
    train = of_split.pop("train")
    others = list(chain.from_iterable(of_split.values()))
    pieces = [*train, *others]
    groups = group_by_tune(pieces)
    names = np.unique(groups)
    half = np.random.default_rng(options.seed).permutation(names)[: len(names) // 2]
    is_other = np.isin(groups, half)
    halves = [
        [piece for piece, chosen in zip(pieces, is_other == side, strict=True) if chosen]
        for side in (False, True)
    ]
    return [
        Trial("Bach: training split, the others", train, others),
        Trial("Bach: two random halves of his tunes", *halves),
    ]


def tunes(options: argparse.Namespace) -> Iterator[Chorale]:
    """Yield Bach's chorales whose sopranos are harmonized."""
    for name, chorales in splits(options).items():
        if name == options.split or (options.split is None and name != "train"):
            yield from chorales


# composing


def compose_sets(options: argparse.Namespace) -> dict[str, list[Chorale]]:
    """Compose a set with the options, and a weak one if it is asked for."""
    sets = {options.verb: options}
    if options.weak:
        sets[f"{options.verb}-weak"] = argparse.Namespace(**(vars(options) | WEAK))
    composed = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name, of_set in sets.items():
            folder = (options.output or Path(temporary)) / name
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                sys.exit(f"{folder} is not empty; judge it with --files, or name another --output")
            if options.verb == "generate":
                generate(of_set, folder)
            else:
                for bach in tunes(options):
                    harmonize(bach, of_set, folder)
            composed[name] = read_set(folder)
    return composed


def generate(options: argparse.Namespace, folder: Path) -> None:
    """Compose new chorales into a folder."""
    compose(
        ["generate", "--count", f"{options.count}", "--bars", f"{options.bars}"], options, folder
    )


def harmonize(bach: Chorale, options: argparse.Namespace, folder: Path) -> None:
    """Set the soprano of a chorale, given as a plain MIDI file, into a folder."""
    name = "".join(letter if letter.isalnum() else "-" for letter in bach.source)
    with tempfile.TemporaryDirectory() as temporary:
        tune = Path(temporary) / "tune.mid"
        plain_midi(notes(bach, SOPRANO)).save(tune)
        compose(["harmonize", str(tune)], options, folder / f"{name}.mid")


def compose(words: Sequence[str], options: argparse.Namespace, output: Path) -> None:
    """Run a composing command in a process of its own; exit if it fails."""
    command = [*CHORALE, *words, "--output", str(output), "--quiet", "--force"]
    for name in ("model", "temperature", "guidance", "strictness", "best_of", "seed"):
        if getattr(options, name) is not None:
            command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        sys.exit(finished.stderr.strip() or f"chorale {words[0]} failed: {finished.returncode}")


def read_set(folder: Path) -> list[Chorale]:
    """Read the chorales of a folder of MIDI or MusicXML files."""
    return list(chain.from_iterable(read_folder(folder).splits.values()))


if __name__ == "__main__":
    main()
