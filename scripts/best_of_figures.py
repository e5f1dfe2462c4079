"""What choosing the best of several buys, for new chorales, regions and tunes.

    python scripts/best_of_figures.py [--model NAME|PATH] [--count 75] [--best-of 1 2 4 8]

New chorales of 12 bars: their faults by those that Bach would have in as much music (1 is as many;
`chorale.checking`, tendencies left out), the share of phrases that close on a cadence
(`chorale.analysis.phrase_cadences`), changes of chord by step. Of chorales of the validation split,
four bars in the middle are written anew in all voices, given everything around them: the share of
voices that leap by more than a fourth into the first note after them. Their sopranos are harmonised
with the file's own metre, key and fermatas: faults and closes. Bach's validation split beside them.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from chorale.analysis import chord_changes, phrase_cadences
from chorale.checking import bachs_rates, examine
from chorale.composing import tasks
from chorale.composing.jobs import Job, generation, run_job
from chorale.composing.plan_options import PlanOptions
from chorale.corpus import load_corpus
from chorale.errors import ChoraleError
from chorale.models import find
from chorale.music import VOICES, Chorale
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.options import SamplingOptions

REGION_BARS = 4
FOURTH = 5  # semitones
SEED = 1
HEADER = ("best of", "new: faults", "closes", "changes", "region: leaps", "tune: faults", "closes")


def main() -> None:
    """Read the arguments, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="bach", help="name or path of a checkpoint")
    parser.add_argument("--count", type=int, default=75, help="chorales of each kind")
    parser.add_argument("--best-of", type=int, nargs="+", default=[1, 2, 4, 8])
    options = parser.parse_args()
    try:
        checkpoint = load_checkpoint(find(options.model))
        bach = [
            chorale
            for chorale in load_corpus("bach").splits["valid"]
            if chorale.plan.metre and chorale.plan.fermatas is not None
        ][: options.count]
    except ChoraleError as error:
        sys.exit(str(error))
    print(line(HEADER))
    print(line(["---", *["---:"] * (len(HEADER) - 1)]))
    for number in options.best_of:
        sampling = SamplingOptions(best_of=number)
        new = list(
            run_job(
                checkpoint,
                generation(checkpoint, None, PlanOptions()),
                options.count,
                SEED,
                sampling,
            )
        )
        print(line([f"{number}", *whole(new), *given(checkpoint, bach, sampling)]))
    found = [leap for each in bach for leap in leaps(each, each)]
    own = whole(bach)
    print(line(["Bach", *own, share(np.array(found) > FOURTH), *own[:2]]))


def whole(chorales: Sequence[Chorale]) -> list[str]:
    """Faults, closes and changes of whole chorales."""
    changes = np.concatenate([chord_changes(chorale) for chorale in chorales])
    return [f"{faults(chorales):.2f}", share(closes(chorales)), share(changes)]


def given(checkpoint: Checkpoint, bach: Sequence[Chorale], sampling: SamplingOptions) -> list[str]:
    """Leaps out of regions; faults and closes of tunes that were harmonised."""
    around = [
        tasks.region(chorale, *region(chorale), range(len(VOICES)), checkpoint) for chorale in bach
    ]
    tunes = [tasks.harmonization(chorale, [0], checkpoint) for chorale in bach]
    anew, settings = (done(checkpoint, each, sampling) for each in (around, tunes))
    found = [
        leap
        for written, chorale in zip(anew, bach, strict=True)
        for leap in leaps(written, chorale)
    ]
    leaping = share(np.array(found) > FOURTH)
    return [leaping, f"{faults(settings):.2f}", share(closes(settings))]


def done(
    checkpoint: Checkpoint, given_tasks: Sequence[tasks.Task], sampling: SamplingOptions
) -> list[Chorale]:
    """Tasks done, several at once."""
    in_turn = iter(given_tasks)
    job = Job(lambda generator: next(in_turn))
    return list(run_job(checkpoint, job, len(given_tasks), SEED, sampling))


def faults(chorales: Sequence[Chorale]) -> float:
    """Faults by those that Bach would have."""
    rules = [rule for rule, rate in bachs_rates().items() if not rate.is_tendency]
    checked = [examine(chorale) for chorale in chorales]
    expected = sum(each.expected(rule) for each in checked for rule in rules)
    return sum(len(each.faults) for each in checked) / expected


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
    return [close for one in chorales for close in phrase_cadences(one, one.plan.key)]


def share(holds: ArrayLike) -> str:
    """How often something holds."""
    return f"{100 * np.mean(np.asarray(holds)):.1f} %"


def line(cells: Sequence[str]) -> str:
    """A line of the table."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
