"""Measure time and memory of the commands, each run in a cold process of its own.

    python scripts/benchmark/commands.py composing [--bars 12] [--runs 7]
    python scripts/benchmark/commands.py formats [--bars 16] [--runs 5] [--soundfont FILE]
                                                 [--only FORMAT]

Time is the median of the runs from start to finish, peak memory the operating system's account of
the process. A command has run once before it is measured, so that its files are in the disk cache.

`composing` measures `generate`, `harmonize`, `check` and `explain`. The last row is the method of
course notebooks (A. Géron, Hands-On Machine Learning, 2nd edition, chapter 15, exercise 10), which
passes the whole sequence so far through Keras `predict` for every note. Its network has the
notebook's layers and random weights, since only time matters here; it writes as many notes as
`generate` does, in one run.

`formats` measures `render` of one generated chorale in each format, with the size of the files.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, print_table, run
from processes import CHORALE, Run, describe_machine, measure, median_seconds, peak_megabytes

from chorale.rendering.formats import FORMATS
from chorale.wording import count


def main() -> None:
    """Parse the arguments and print the table of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    composing = commands.add_parser("composing", help="the commands, beside a course notebook")
    composing.set_defaults(run=print_composing)
    composing.add_argument("--bars", type=int, default=12)
    composing.add_argument("--runs", type=int, default=7)
    composing.add_argument("--notebook", type=int, metavar="NOTES", help=argparse.SUPPRESS)
    formats = commands.add_parser("formats", help="`chorale render`, format by format")
    formats.set_defaults(run=print_formats)
    formats.add_argument("--bars", type=int, default=16)
    formats.add_argument("--runs", type=int, default=5)
    formats.add_argument("--soundfont", help="an .sf2 file, to measure WAV with it too")
    formats.add_argument("--only", choices=FORMATS, help="measure one format")
    run(parser)


def generate(music: str, bars: int) -> tuple[list[str], int]:
    """Compose a chorale; return the command and the number of steps."""
    command = [*CHORALE, "generate", "--bars", str(bars), "--seed", "1", "--force", "-o", music]
    output = subprocess.run([*command, "--json"], capture_output=True, check=True).stdout
    return command, json.loads(output)[0]["steps"]


# composing


def print_composing(options: argparse.Namespace) -> None:
    """Print a row for each command and one for the notebook."""
    if options.notebook:
        sample_like_the_notebook(options.notebook)
        return
    print(f"{count(options.bars, 'bar')}; {describe_machine()}\n")
    print_table(
        ["", "time, start to finish", "fastest and slowest", "runs", "peak memory"],
        composing_rows(options),
    )


def composing_rows(options: argparse.Namespace) -> Iterator[list[str]]:
    """Yield the rows; the notebook's is last."""
    with tempfile.TemporaryDirectory() as folder:
        music = f"{folder}/c.mid"
        command, steps = generate(music, options.bars)
        harmonize = ["harmonize", music, "--seed", "1", "--force", "-o", f"{folder}/h.mid"]
        commands = {
            "`chorale generate`": command,
            "`chorale generate --best-of 1`": [*command, "--best-of", "1"],
            "`chorale generate --best-of 8`": [*command, "--best-of", "8"],
            "`chorale harmonize` of its soprano": [*CHORALE, *harmonize],
            "`chorale check` of it": [*CHORALE, "check", music],
            "`chorale explain` of it": [*CHORALE, "explain", music],
        }
        for name, each in commands.items():
            yield composing_row(name, [measure(each) for _ in range(options.runs)])
    notes = 4 * steps
    notebook = [sys.executable, __file__, "composing", "--notebook", str(notes)]
    yield composing_row(f"Keras `predict` for each of its {notes} notes", [measure(notebook)])


def composing_row(name: str, runs: Sequence[Run]) -> list[str]:
    """Return the cells of a row."""
    seconds = [run.seconds for run in runs]
    return [
        name,
        f"{median_seconds(runs):.2f} s",
        f"{min(seconds):.2f}, {max(seconds):.2f} s",
        f"{len(runs)}",
        f"{peak_megabytes(runs):.0f} MB",
    ]


def sample_like_the_notebook(notes: int) -> None:
    """Sample notes with the notebook's layers, from the whole sequence for each of them."""
    from chorale.training.quiet_import import import_tensorflow

    import_tensorflow()
    import keras
    import numpy as np
    from keras import layers

    vocabulary = 47  # silence and the pitches 36 to 81
    convolutions = []
    for filters, dilation in ((32, 1), (48, 2), (64, 4), (96, 8)):
        convolutions += [
            layers.Conv1D(filters, 2, padding="causal", activation="relu", dilation_rate=dilation),
            layers.BatchNormalization(),
        ]
    network = keras.Sequential(
        [
            layers.Embedding(vocabulary, 5),
            *convolutions,
            layers.LSTM(256, return_sequences=True),
            layers.Dense(vocabulary, activation="softmax"),
        ]
    )
    generator = np.random.default_rng(1)
    sequence = np.zeros((1, 1), np.int32)
    for _ in range(notes):
        probabilities = network.predict(sequence, verbose=0)[0, -1].astype(np.float64)
        note = generator.choice(vocabulary, p=probabilities / probabilities.sum())
        sequence = np.append(sequence, [[note]], axis=1)


# formats


def print_formats(options: argparse.Namespace) -> None:
    """Print a row for each format, for several files at once, and for `show`."""
    with tempfile.TemporaryDirectory() as folder:
        music = f"{folder}/c.mid"
        _, steps = generate(music, options.bars)
        print(f"{count(options.bars, 'bar')}, {steps} steps; {describe_machine()}\n")
        print_table(["format", "time", "peak memory", "size"], format_rows(music, options))


def format_rows(music: str, options: argparse.Namespace) -> Iterator[list[str]]:
    """Yield the rows; if one format is chosen, its row alone."""
    if options.only:
        yield format_row(options.only, music, ["--format", options.only], options.runs)
        return
    for name in FORMATS:
        yield format_row(name, music, ["--format", name], options.runs)
    yield format_row("`--practice`, four mp3", music, ["--practice"], options.runs)
    every = ["--format", ",".join(FORMATS)]
    yield format_row("all formats together", music, every, options.runs)
    if options.soundfont:
        soundfont = ["--format", "wav", "--soundfont", options.soundfont]
        yield format_row("wav, with a soundfont", music, soundfont, options.runs)
    show = [*CHORALE, "show", music]
    yield ["`chorale show`", *cost_cells([measure(show) for _ in range(options.runs + 1)][1:]), ""]


def format_row(name: str, music: str, words: Sequence[str], runs: int) -> list[str]:
    """Render the chorale several times and return the cells of a row."""
    out = Path(music).with_name("out")
    command = [*CHORALE, "render", music, *words, "-o", str(out), "--force"]
    measured = [measure(command) for _ in range(runs + 1)][1:]
    size = sum(path.stat().st_size for path in out.iterdir())
    for path in out.iterdir():
        path.unlink()
    return [name, *cost_cells(measured), f"{size / 1000:,.0f} kB"]


def cost_cells(runs: Sequence[Run]) -> list[str]:
    """Return time and memory."""
    return [f"{median_seconds(runs):.2f} s", f"{peak_megabytes(runs):.0f} MB"]


if __name__ == "__main__":
    main()
