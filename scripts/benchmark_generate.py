"""Time `chorale generate` and `harmonize` as whole cold processes, beside the notebook's sampling.

    python scripts/benchmark_generate.py [--bars 12] [--runs 7]

The peer is what course notebooks do (Géron, Hands-On Machine Learning, 2nd edition, chapter 15,
exercise 10): for every note the whole sequence so far goes through Keras `predict`. Its network has
the notebook's layers and random weights, since only time counts here. Both write the same number
of notes, in the same run, each in a process of its own; time and peak memory are the operating
system's account of the process.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from processes import Run, machine, measure, median_seconds, peak_megabytes


def main() -> None:
    """Print a table of both ways."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bars", type=int, default=12)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--notebook", type=int, metavar="NOTES", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.notebook:
        sample_like_the_notebook(arguments.notebook)
        return
    print(f"{arguments.bars} bars; {machine()}")
    with tempfile.TemporaryDirectory() as folder:
        times = time_commands(folder, arguments.bars, arguments.runs)
        written = json.loads(Path(folder, "c.json").read_text())
    notes = 4 * written[0]["steps"]
    theirs = [measure([sys.executable, __file__, "--notebook", str(notes)])]
    report(f"notebook: predict for each of {notes} notes", theirs)
    print(f"ratio {theirs[0].seconds / median_seconds(times['chorale generate']):.0f}")


def time_commands(folder: str, bars: int, runs: int) -> dict[str, list[Run]]:
    """Run each command so often, report it, and keep what `generate` tells in c.json."""
    chorale = [sys.executable, "-m", "chorale"]
    music = f"{folder}/c.mid"
    generate = [*chorale, "generate", "--bars", str(bars), "--seed", "1", "--force", "-o", music]
    told = subprocess.run([*generate, "--json"], capture_output=True, check=True).stdout
    Path(folder, "c.json").write_bytes(told)  # and the files were read from the disk once
    harmonize = [*chorale, "harmonize", music, "--seed", "1", "--force", "-o", f"{folder}/h.mid"]
    commands = {
        "chorale generate": generate,
        "chorale generate --best-of 1": [*generate, "--best-of", "1"],
        "chorale generate --best-of 8": [*generate, "--best-of", "8"],
        "chorale harmonize, its soprano": harmonize,
        "chorale check": [*chorale, "check", music],
        "chorale explain": [*chorale, "explain", music],
    }
    times = {name: [measure(command) for _ in range(runs)] for name, command in commands.items()}
    for name, found in times.items():
        report(name, found)
    return times


def report(name: str, runs: Sequence[Run]) -> None:
    """Print the median, minimum and maximum of some runs."""
    seconds = [run.seconds for run in runs]
    print(
        f"{name}: median {median_seconds(runs):.2f} s ({min(seconds):.2f} to {max(seconds):.2f}, "
        f"{len(runs)} runs), peak {peak_megabytes(runs):.0f} MB"
    )


def sample_like_the_notebook(notes: int) -> None:
    """Sample so many notes with the notebook's layers, the whole sequence for each of them."""
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
        chances = network.predict(sequence, verbose=0)[0, -1].astype(np.float64)
        note = generator.choice(vocabulary, p=chances / chances.sum())
        sequence = np.append(sequence, [[note]], axis=1)


if __name__ == "__main__":
    main()
