"""Count in which keys the phrases of Bach's chorales close, and how often their openings repeat.

    python scripts/measure/form.py [--split train]

`chorale/composing/form.py` draws by these figures. Of inner phrases, by the mode of the chorale:
the share that closes with an authentic cadence on each degree, in semitones above the tonic. Of the
chorales with known fermatas: those whose first one to four phrases are followed by the same notes,
in all voices (at more than 90 % of the steps) or in the soprano (more than 80 %).
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Literal

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from command_line import parser_for, run
from markdown_tables import percent

from chorale.analysis import estimate_key, phrase_endings
from chorale.corpus import load_corpus
from chorale.music import Chorale

ALL_VOICES, SOPRANO = 0.9, 0.8  # shares of the steps
LONGEST_OPENING = 4  # phrases


def main() -> None:
    """Parse the arguments and print the counts."""
    parser = parser_for(__doc__)
    parser.add_argument("--split", default="train", choices=["train", "valid", "test"])
    parser.set_defaults(run=print_counts)
    run(parser)


def print_counts(options: argparse.Namespace) -> None:
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
