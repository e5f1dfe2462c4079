"""Print how fast a training run approached its best validation likelihood.

    python scripts/measure/training_curve.py bach.csv [--within 0.03]

The argument is the history that `chorale train` writes beside a checkpoint. The table has a row for
each epoch in which the run passes another tenth of its time: minutes, epochs, the best validation
NLL so far, and how far it is above the best of the whole run. The last line gives the time after
which the NLL was within `--within` of that best.
"""

import argparse
import csv
import sys
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "support"))
from command_line import parser_for, run
from markdown_tables import percent, print_table

TENTHS = 10


def main() -> None:
    """Parse the arguments and print the curve."""
    parser = parser_for(__doc__)
    parser.add_argument("history", type=Path, help="the CSV file beside a checkpoint")
    parser.add_argument("--within", type=float, default=0.03, help="share above the best")
    parser.set_defaults(run=print_curve)
    run(parser)


def print_curve(options: argparse.Namespace) -> None:
    """Print the table, and the time that it took to come near the best."""
    with options.history.open() as file:
        rows = list(csv.DictReader(file))
    minutes = list(accumulate(float(row["seconds"]) / 60 for row in rows))
    nlls = [float(row["valid_nll"]) for row in rows]
    print_table(["minutes", "epochs", "validation NLL", "above the best"], curve(minutes, nlls))
    near = minutes_to_come_near(minutes, nlls, options.within)
    print(f"\nWithin {percent(options.within, 0)} of the best after {near:.0f} minutes.")


def curve(minutes: Sequence[float], nlls: Sequence[float]) -> Iterator[list[str]]:
    """Yield the cells of each row.

    Args:
        minutes: time from the start to the end of each epoch, at least one.
        nlls: the validation NLL after each epoch.
    """
    best = list(accumulate(nlls, min))
    tenths = [minutes[-1] * (tenth / TENTHS) for tenth in range(1, TENTHS + 1)]
    for epoch in sorted({bisect_left(minutes, time) for time in tenths}):
        yield [
            f"{minutes[epoch]:.0f}",
            f"{epoch + 1}",
            f"{best[epoch]:.3f}",
            percent(best[epoch] / best[-1] - 1),
        ]


def minutes_to_come_near(minutes: Sequence[float], nlls: Sequence[float], within: float) -> float:
    """Return the time until the NLL is within a share of the lowest."""
    nearest = min(nlls) * (1 + within)
    return next(time for time, nll in zip(minutes, nlls, strict=True) if nll <= nearest)


if __name__ == "__main__":
    main()
