"""What writing several candidates buys: how a region fits what follows, and how tunes close.

    python scripts/candidate_figures.py [--model NAME|PATH] [--count 75] [--candidates 1 8]

Of chorales of the validation split, four bars in the middle are written anew in all voices, given
everything around them: the share of voices that leap by more than a fourth into the first note
after the region, and by how much on average. Their sopranos are harmonised with the file's own
metre, key and fermatas: the share of phrases that close on a cadence
(`chorale.analysis.phrase_closes`). Bach beside both.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np

from chorale import tasks
from chorale.analysis import phrase_closes
from chorale.checkpoint import Checkpoint, load_checkpoint
from chorale.composing import compose
from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.models import find
from chorale.music import VOICES, Chorale
from chorale.options import SamplingOptions

REGION_BARS = 4
FOURTH = 5  # semitones


def main() -> None:
    """Read the arguments, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="bach", help="name or path of a checkpoint")
    parser.add_argument("--count", type=int, default=75, help="chorales")
    parser.add_argument("--candidates", type=int, nargs="+", default=[1, 8])
    options = parser.parse_args()
    try:
        checkpoint = load_checkpoint(find(options.model))
        chorales = [
            chorale
            for chorale in load_corpus("bach").splits["valid"]
            if chorale.plan.metre and chorale.plan.fermatas is not None
        ][: options.count]
    except ChoraleError as error:
        sys.exit(str(error))
    print("| candidates | leaps into what follows | mean, semitones | phrases that close |")
    print("| --- | ---: | ---: | ---: |")
    for number in options.candidates:
        sampling = SamplingOptions(candidates=number)
        print(row(f"{number}", *measured(checkpoint, chorales, sampling)))
    print(row("Bach", [leap for each in chorales for leap in leaps(each, each)], closes(chorales)))


def measured(
    checkpoint: Checkpoint, chorales: Sequence[Chorale], sampling: SamplingOptions
) -> tuple[list[int], list[bool]]:
    """Leaps out of regions, and whether phrases of settings close."""
    found: list[int] = []
    settings = []
    for number, chorale in enumerate(chorales):
        region_task = tasks.region(chorale, *region(chorale), range(len(VOICES)), checkpoint)
        tune_task = tasks.harmonization(chorale, [0], checkpoint)
        anew, setting = (
            compose(checkpoint, [task], sampling, [np.random.default_rng([1, number])])[0]
            for task in (region_task, tune_task)
        )
        found += leaps(anew, chorale)
        settings.append(setting)
    return found, closes(settings)


def region(chorale: Chorale) -> tuple[int, int]:
    """First step of four bars in the middle, and of what follows."""
    plan = chorale.plan
    first = max(2, plan.last_bar // 2 - 2)
    return plan.bar_start(first), min(plan.bar_start(first + REGION_BARS), plan.length_steps - 1)


def leaps(written: Chorale, chorale: Chorale) -> list[int]:
    """Semitones into the first step after a region, of voices that start a note there."""
    _, end = region(chorale)
    return [
        abs(int(written.pitches[end, voice]) - int(written.pitches[end - 1, voice]))
        for voice in range(len(VOICES))
        if chorale.onsets[end, voice]
    ]


def closes(chorales: Sequence[Chorale]) -> list[bool]:
    """Whether each phrase closes on a cadence."""
    return [
        close.cadence is not None for one in chorales for close in phrase_closes(one, one.plan.key)
    ]


def row(name: str, found: Sequence[int], closing: Sequence[bool]) -> str:
    """A line of the table."""
    wide = f"{np.mean(np.array(found) > FOURTH):.0%}"
    cells = [name, wide, f"{np.mean(found):.1f}", f"{np.mean(closing):.0%}"]
    return f"| {' | '.join(cells)} |".replace("%", " %")


if __name__ == "__main__":
    main()
