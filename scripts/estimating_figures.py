"""How often what is estimated of Bach's chorales is what his files say, in a table.

    python scripts/estimating_figures.py [--split test]

Everything but the notes is withheld: metre, pickup, key and fermatas, and all voices but the
soprano, or but soprano and bass. Metres are counted over the chorales that have one; keys against
the corpus's (`chorale.corpus.bach`), with nothing told, and with the sharps of their signature;
fermatas by the ends of phrases.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np

from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.estimating import (
    estimate_metre,
    estimate_phrases,
    estimate_pickup,
    estimate_tune_key,
)
from chorale.music import Chorale, Note, notes

GIVEN = {"soprano": (0,), "soprano and bass": (0, 3)}


def main() -> None:
    """Read the arguments, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"))
    options = parser.parse_args()
    try:
        chorales = load_corpus("bach").splits[options.split]
    except ChoraleError as error:
        sys.exit(str(error))
    columns = {name: measured(chorales, voices) for name, voices in GIVEN.items()}
    print(f"| {options.split} split | {' | '.join(columns)} |\n| --- |{' ---: |' * len(columns)}")
    for row in next(iter(columns.values())):
        print(f"| {row} | {' | '.join(column[row] for column in columns.values())} |")


def measured(chorales: Sequence[Chorale], voices: Sequence[int]) -> dict[str, str]:
    """The cells of a column by the names of their rows."""
    metres, pickups, known_pickups, keys, signed = [], [], [], [], []
    with_metre, alone = np.zeros(3), np.zeros(3)
    for chorale in chorales:
        plan, length = chorale.plan, chorale.plan.length_steps
        lines = [notes(chorale, voice) for voice in voices]
        metre, pickup = estimate_metre(lines, length)
        if plan.metre:
            metres.append(metre == plan.metre)
            pickups.append((metre, pickup) == (plan.metre, plan.pickup_steps))
            known_pickups.append(estimate_pickup(lines, length, plan.metre) == plan.pickup_steps)
        if plan.key:
            keys.append(estimate_tune_key(lines) == plan.key)
            signed.append(estimate_tune_key(lines, plan.key.sharps) == plan.key)
        if plan.fermatas is not None:
            told = estimate_phrases(lines, length, plan.metre, plan.pickup_steps)
            with_metre += compared(told, plan.fermatas, lines[0])
            alone += compared(
                estimate_phrases(lines, length, metre, pickup), plan.fermatas, lines[0]
            )
    return {
        "metre": percent(metres),
        "metre and pickup": percent(pickups),
        "pickup, metre told": percent(known_pickups),
        "phrase ends, nothing told (precision, recall)": precision_and_recall(alone),
        "phrase ends, metre and pickup told": precision_and_recall(with_metre),
        "key": percent(keys),
        "key, signature told": percent(signed),
    }


def compared(
    estimated: np.ndarray, fermatas: np.ndarray, line: Sequence[Note]
) -> tuple[int, int, int]:
    """How many notes end a phrase by both, by the estimate, by the file."""
    ends = [
        {note.onset_step for note in line if told[note.onset_step]}
        for told in (estimated, fermatas)
    ]
    return len(ends[0] & ends[1]), len(ends[0]), len(ends[1])


def precision_and_recall(counts: np.ndarray) -> str:
    """As a text."""
    both, estimated, true = counts
    return f"{both / estimated:.2f}, {both / true:.2f}"


def percent(right: Sequence[bool]) -> str:
    """The share of what is right, as a text."""
    return f"{100 * np.mean(right):.1f} %"


if __name__ == "__main__":
    main()
