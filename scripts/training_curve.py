"""Validation NLL against minutes of training, from the CSV that `chorale train` writes.

    python scripts/training_curve.py bach.csv [--within 0.03]

Prints a row in Markdown for each epoch in which the run passes another tenth of its time: minutes,
epochs, the best validation NLL so far, and how far that is above the best of the whole run; then
the time it took to come within `--within` of it.
"""

import argparse
import csv
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

TENTHS = 10
HEADER = ["| minutes | epochs | validation NLL | above the best |", "| ---: | ---: | ---: | ---: |"]


def main() -> None:
    """Print the table and the sentence."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("history", type=Path, help="the CSV beside a checkpoint")
    parser.add_argument("--within", type=float, default=0.03, help="share above the best")
    arguments = parser.parse_args()
    with arguments.history.open() as file:
        rows = list(csv.DictReader(file))
    seconds = [float(row["seconds"]) for row in rows]
    print("\n".join(curve(seconds, [float(row["valid_nll"]) for row in rows], arguments.within)))


def curve(seconds: Sequence[float], nlls: Sequence[float], within: float) -> list[str]:
    """The lines of the table and of the sentence.

    Args:
        seconds: what each epoch took, at least one.
        nlls: the validation NLL after each.
        within: share above the best, for the sentence.
    """
    minutes = [total / 60 for total in accumulate(seconds)]
    best = list(accumulate(nlls, min))
    passed = [minutes[-1] * (tenth / TENTHS) for tenth in range(1, TENTHS + 1)]
    epochs = sorted({bisect_left(minutes, moment) for moment in passed})
    lines = [
        f"| {minutes[epoch]:.0f} | {epoch + 1} | {best[epoch]:.3f} "
        f"| {best[epoch] / best[-1] - 1:.1%} |"
        for epoch in epochs
    ]
    near = next(epoch for epoch, nll in enumerate(best) if nll <= best[-1] * (1 + within))
    sentence = f"\nWithin {within:.0%} of the best after {minutes[near]:.0f} minutes."
    return [*HEADER, *lines, sentence]


if __name__ == "__main__":
    main()
