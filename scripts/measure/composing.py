"""Measure how well composed chorales follow requests, and the gain from the best of several.

    python scripts/measure/composing.py requests [--count 100] [--bars 12] [--seed 1]
    python scripts/measure/composing.py best-of [--count 75] [--numbers 1 2 4 8]

Both take [--model NAME|PATH].

`requests` composes chorales with a given key, metre or phrases through the Python interface, writes
them as MIDI files and reads them back. It counts the chorales whose key music21's `analyze("key")`
finds, and the phrases that close on a cadence (`chorale.analysis.phrase_cadences`); the other
columns are figures of `chorale.analysis.figures`. Bach's rows are measured in the same way, against
the keys in his files.

`best-of` composes with each number of candidates
- new chorales of 12 bars: faults (`chorale.checking`, tendencies left out) divided by the number
  that Bach would have in as much music, phrases that close on a cadence, and changes of chord;
- four bars in the middle of chorales of the validation split, in all voices, with everything around
  them given: voices that leap by more than a fourth into the first note after the region;
- the lower voices of the same chorales, with soprano, metre, key and fermatas given: faults and
  phrases that close.
The last row is Bach's validation split.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from music21 import converter

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run

import chorale as package
from chorale.analysis import chord_changes, figures, phrase_cadences
from chorale.checking import bach_rates, examine
from chorale.composing import tasks
from chorale.composing.jobs import Job, job_for_generating, run_job
from chorale.composing.plan_options import PlanOptions
from chorale.corpus import load_corpus
from chorale.models import find
from chorale.music import VOICES, Chorale, Key, Metre, Plan
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.options import SamplingOptions

KEYS = [Key(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]
REGION_BARS = 4
FOURTH = 5  # semitones
SEED = 1
REQUEST_HEADER = (
    *("", "chorales", "in its key", "phrases that close", "fifths", "octaves", "crossed"),
    "changes",
)
BEST_OF_HEADER = (
    *("best of", "new: faults", "closes", "changes"),
    *("region: leaps", "tune: faults", "closes"),
)


def main() -> None:
    """Parse the arguments and print the table of the subcommand."""
    parser = parser_for(__doc__)
    commands = parser.add_subparsers(required=True)
    requests = commands.add_parser("requests", help="requested keys, metres and phrases")
    requests.set_defaults(run=print_requests)
    requests.add_argument("--model", default="bach", help="name or path of a checkpoint")
    requests.add_argument("--count", type=int, default=100, help="chorales of each kind")
    requests.add_argument("--bars", type=int, default=12, help="length without requested phrases")
    requests.add_argument("--seed", type=int, default=1)
    best_of = commands.add_parser("best-of", help="the best of several candidates")
    best_of.set_defaults(run=print_best_of)
    best_of.add_argument("--model", default="bach", help="name or path of a checkpoint")
    best_of.add_argument("--count", type=int, default=75, help="chorales of each kind")
    best_of.add_argument(
        "--numbers", type=int, nargs="+", default=[1, 2, 4, 8], help="of candidates"
    )
    run(parser)


def phrase_closes(chorales: Sequence[Chorale]) -> list[bool]:
    """Return for each phrase of the chorales whether it closes on a cadence in their keys."""
    return [close for one in chorales for close in phrase_cadences(one, one.plan.key)]


# requests


def print_requests(options: argparse.Namespace) -> None:
    """Print a row for each kind of request, and Bach's."""
    bach = load_corpus("bach").splits
    test, every = bach["test"], [one for split in bach.values() for one in split]
    kinds = {
        "composed, key requested": generate_in_all_keys(options),
        "composed, 4/4 requested": generate_in_metre(options, "4/4"),
        "composed, 3/4 requested": generate_in_metre(options, "3/4"),
        "composed, phrases of 4 bars requested": generate(options, phrases=[4, 4, 4, 4]),
        "Bach, 4/4 (test)": [one for one in test if one.plan.metre == Metre(4, 4)],
        "Bach, 3/4 (all splits)": [one for one in every if one.plan.metre == Metre(3, 4)],
        "Bach, test": list(test),
    }
    print_table(
        REQUEST_HEADER,
        ([name, *request_cells(chorales)] for name, chorales in kinds.items() if chorales),
    )


def generate(options: argparse.Namespace, **request: Any) -> list[Chorale]:
    """Compose chorales, and read them back from MIDI files."""
    defaults = {"model": options.model, "count": options.count, "seed": options.seed}
    return read_back(package.generate(**{**defaults, **request}))


def generate_in_all_keys(options: argparse.Namespace) -> list[Chorale]:
    """Compose equally many chorales in each of the 24 keys, at least `--count` in all."""
    count = -(-options.count // len(KEYS))
    return [
        one
        for number, key in enumerate(KEYS)
        for one in generate(
            options, bars=options.bars, key=key, count=count, seed=options.seed + number
        )
    ]


def generate_in_metre(options: argparse.Namespace, metre: str) -> list[Chorale]:
    """Compose chorales in a metre, and check that the files have it."""
    chorales = generate(options, bars=options.bars, metre=metre)
    if any(one.plan.metre != Metre.parse(metre) for one in chorales):
        sys.exit(f"{metre} was requested, and a chorale has another metre")
    return chorales


def read_back(chorales: Sequence[Chorale]) -> list[Chorale]:
    """Write the chorales as MIDI files and read them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chorale.mid"
        result = []
        for one in chorales:
            package.write(one, path, force=True)
            result.append(package.read(path).chorale)
        return result


def request_cells(chorales: Sequence[Chorale]) -> list[str]:
    """Return the cells of a row."""
    measured, closes = figures(chorales), phrase_closes(chorales)
    in_key = float(np.mean([find_key(one) == one.plan.key for one in chorales]))
    return [
        f"{len(chorales)}",
        percent(in_key, digits=0),
        f"{percent(float(np.mean(closes)))} of {len(closes)}",
        f"{measured.parallel_fifths:.1f}",
        f"{measured.parallel_octaves:.1f}",
        percent(measured.crossing_share),
        percent(measured.change_share),
    ]


def find_key(one: Chorale) -> Key:
    """Return the key that music21 finds from the notes alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chorale.mid"
        plain = Chorale(one.pitches, one.onsets, Plan(one.plan.length_steps))
        package.write(plain, path)
        key = converter.parse(path).analyze("key")
    return Key(key.tonic.pitchClass, key.mode)


# the best of several


def print_best_of(options: argparse.Namespace) -> None:
    """Print a row for each number of candidates, and Bach's."""
    checkpoint = load_checkpoint(find(options.model))
    bach = [
        chorale
        for chorale in load_corpus("bach").splits["valid"]
        if chorale.plan.metre and chorale.plan.fermatas is not None
    ][: options.count]

    def rows() -> Any:
        for number in options.numbers:
            sampling = SamplingOptions(best_of=number)
            job = job_for_generating(checkpoint, None, PlanOptions())
            new = list(run_job(checkpoint, job, options.count, SEED, sampling))
            given = [
                leap_share(rewrite_regions(checkpoint, bach, sampling), bach),
                *quality(harmonize(checkpoint, bach, sampling)),
            ]
            yield [f"{number}", *quality(new), change_share(new), *given]
        own = quality(bach)
        yield ["Bach", *own, change_share(bach), leap_share(bach, bach), *own]

    print_table(
        BEST_OF_HEADER,
        rows(),
    )


def quality(chorales: Sequence[Chorale]) -> list[str]:
    """Return faults relative to Bach's, and the share of phrases that close."""
    return [f"{relative_faults(chorales):.2f}", percent(float(np.mean(phrase_closes(chorales))))]


def relative_faults(chorales: Sequence[Chorale]) -> float:
    """Return the number of faults divided by the number that Bach would have."""
    rules = [rule for rule, rate in bach_rates().items() if not rate.is_tendency]
    checked = [examine(chorale) for chorale in chorales]
    expected = sum(each.expected(rule) for each in checked for rule in rules)
    return sum(len(each.faults) for each in checked) / expected


def change_share(chorales: Sequence[Chorale]) -> str:
    """Return the share of steps with a change of chord."""
    return percent(float(np.mean(np.concatenate([chord_changes(one) for one in chorales]))))


def rewrite_regions(
    checkpoint: Checkpoint, bach: Sequence[Chorale], sampling: SamplingOptions
) -> list[Chorale]:
    """Write the region of each chorale anew in all voices."""
    voices = range(len(VOICES))
    given = [tasks.task_for_rewriting(one, *region(one), voices, checkpoint) for one in bach]
    return compose_all(checkpoint, given, sampling)


def harmonize(
    checkpoint: Checkpoint, bach: Sequence[Chorale], sampling: SamplingOptions
) -> list[Chorale]:
    """Harmonize the soprano of each chorale."""
    given = [tasks.task_for_harmonizing(one, [0], checkpoint) for one in bach]
    return compose_all(checkpoint, given, sampling)


def compose_all(
    checkpoint: Checkpoint, given: Sequence[tasks.Task], sampling: SamplingOptions
) -> list[Chorale]:
    """Compose the tasks, several at once."""
    in_turn = iter(given)
    job = Job(lambda generator: next(in_turn))
    return list(run_job(checkpoint, job, len(given), SEED, sampling))


def region(chorale: Chorale) -> tuple[int, int]:
    """Return the first step of four bars in the middle, and the first step after them."""
    plan = chorale.plan
    first = max(2, plan.last_bar // 2 - 2)
    return plan.bar_start(first), min(plan.bar_start(first + REGION_BARS), plan.length_steps - 1)


def leap_share(written: Sequence[Chorale], original: Sequence[Chorale]) -> str:
    """Return the share of voices that leap by more than a fourth out of the region.

    Only the voices that start a note at the first step after the region are counted.
    """
    leaps = []
    for new, old in zip(written, original, strict=True):
        _, end = region(old)
        sizes = np.abs(new.pitches[end].astype(int) - new.pitches[end - 1])
        leaps.append(sizes[old.onsets[end]])
    return percent(float(np.mean(np.concatenate(leaps) > FOURTH)))


if __name__ == "__main__":
    main()
