"""Validation NLL against minutes of training, from the CSV that `chorale train` writes.

    python scripts/training_curve.py bach.csv [--within 0.03]

Prints a row in Markdown each time the run's clock passes another tenth of its time: minutes,
epochs, the best validation NLL so far, and how far that is above the best of the whole run; then
the time it took to come within `--within` of it.
"""

import argparse
import csv
from itertools import accumulate
from pathlib import Path

TENTHS = 10


def main() -> None:
    """Print the table and the sentence."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("history", type=Path, help="the CSV beside a checkpoint")
    parser.add_argument("--within", type=float, default=0.03, help="share above the best")
    arguments = parser.parse_args()
    with arguments.history.open() as file:
        rows = list(csv.DictReader(file))
    minutes = [seconds / 60 for seconds in accumulate(float(row["seconds"]) for row in rows)]
    nlls = list(accumulate((float(row["valid_nll"]) for row in rows), min))
    print("| minutes | epochs | validation NLL | above the best |\n| ---: | ---: | ---: | ---: |")
    for tenth in range(1, TENTHS + 1):
        epoch = next(e for e, m in enumerate(minutes) if m >= minutes[-1] * tenth / TENTHS)
        above = nlls[epoch] / nlls[-1] - 1
        print(f"| {minutes[epoch]:.0f} | {epoch + 1} | {nlls[epoch]:.3f} | {above:.1%} |")
    epoch = next(e for e, nll in enumerate(nlls) if nll <= nlls[-1] * (1 + arguments.within))
    print(f"\nWithin {arguments.within:.0%} of the best after {minutes[epoch]:.0f} minutes.")


if __name__ == "__main__":
    main()
