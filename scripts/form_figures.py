"""How Bach's chorales go through keys, and how often their openings come again.

    python scripts/form_figures.py [--split train]

The figures that `chorale/composing/form.py` draws by: for inner phrases, by the mode of the whole, the share
that close with an authentic cadence on each degree, in semitones above the tonic; and of the
chorales with known fermatas those whose first one to four phrases are followed by the same again,
in all voices (at 90 % of the steps or more) or in the soprano (80 %).
"""

import argparse
import sys
from collections import Counter

import numpy as np

from chorale.analysis import estimate_key, phrase_closes
from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.music import Chorale

ALL_VOICES, SOPRANO = 0.9, 0.8  # shares of the steps


def main() -> None:
    """Read the arguments, count, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", default="train", choices=["train", "valid", "test"])
    options = parser.parse_args()
    try:
        chorales = load_corpus("bach").splits[options.split]
    except ChoraleError as error:
        sys.exit(str(error))
    every = [close for chorale in chorales for close in phrase_closes(chorale)]
    home = np.mean([close.cadence == "authentic" and close.degree == 0 for close in every])
    print(f"of {len(every)} phrases {100 * home:.1f} % close with an authentic cadence at home")
    for mode in ("major", "minor"):
        closes = Counter(
            (close.cadence, close.degree)
            for chorale in chorales
            if estimate_key(chorale).mode == mode
            for close in phrase_closes(chorale)[:-1]
        )
        shares = [
            f"{degree}: {100 * count / closes.total():.1f} %"
            for (cadence, degree), count in closes.most_common()
            if cadence == "authentic"
        ]
        print(f"{mode}, of {closes.total()} inner phrases authentic on {', '.join(shares)}")
    known = [chorale for chorale in chorales if chorale.plan.fermata_spans and chorale.plan.metre]
    again = Counter(filter(None, map(comes_again, known)))
    twice = f"{again['all']} begin twice in all voices, {again['soprano']} more in the soprano"
    print(f"of {len(known)} chorales {twice}")


def comes_again(chorale: Chorale) -> str | None:
    """What of a chorale's opening comes again: "all" voices, the "soprano" alone, or nothing."""
    assert chorale.plan.metre
    pitches, found = chorale.pitches, None
    for _, length in chorale.plan.fermata_spans[:4]:
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
