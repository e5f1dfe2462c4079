"""Measure what becomes of composed chorales that are arranged for other choirs.

    python scripts/measure/voicings.py [--count 50] [--bars 12] [--seed 1] [--model NAME|PATH]
                                       [--bach]

Chorales are composed once, as `chorale generate` composes them, then transposed and arranged for
each choir as `--voicing` does it; with `--bach`, as many of Bach's own, of the training split, are.
The first column has all of Bach's training split, the second the chorales in four voices, the
others the choirs. The rows:

- strong beats (the first quarter of each bar, and the third of bars of four) with a complete chord,
  all of whose degrees sound (a seventh chord may lack its fifth), and with a third at least; of two
  voices, with a third or sixth, and with a fifth or fourth; with a unison; with the lowest note of
  the four voices, octaves ignored
- notes outside the ranges of the choir, of the tune and of the other voices
- parallel fifths and octaves per 1,000 changes of chord, and steps with crossed voices, by
  `chorale.analysis`
- melodic leaps of the voices below the tune: a fourth and more, and those that singers dread, of a
  tritone, of a seventh or above an octave
- last chord and cadence by `chorale.analysis`, phrases with a cadence
- seconds to arrange a chorale
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import nan
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run

from chorale import models
from chorale.analysis import FIFTH, UNISON, chord_changes, crossings, figures, parallels
from chorale.analysis.cadences import phrase_cadences
from chorale.analysis.harmony import KINDS, identify_chord
from chorale.composing.arranging import arrange, choose_transposition
from chorale.composing.jobs import job_for_generating, run_job
from chorale.composing.plan_options import ANY_PLAN
from chorale.corpus import load_corpus
from chorale.music import COMMON_TIME, OCTAVE, REST, SOPRANO, Chorale, notes
from chorale.music.voicings import SATB, VOICINGS, Voicing
from chorale.network.checkpoint import load_checkpoint
from chorale.options import SamplingOptions

THIRDS_AND_SIXTHS, FIFTHS_AND_FOURTHS = (3, 4, 8, 9), (5, 7)
FOURTH, DREADED = 5, (6, 10, 11)  # semitones; and all above an octave
OF_PAIRS = ("... with two voices a third or sixth apart", "... a fifth or fourth")
OF_CHORDS = (  # rows that have no meaning for two voices
    *("... with a complete chord", "... with a third", "last chord a held tonic triad"),
    *("... reached by a cadence", "phrases that close on a cadence"),
)
Row = dict[str, str]


def main() -> None:
    """Parse the arguments and print the table."""
    parser = parser_for(__doc__)
    parser.set_defaults(run=print_figures)
    parser.add_argument("--count", type=int, default=50, help="chorales to arrange")
    parser.add_argument("--bars", type=int, default=12, help="length of each chorale")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default=models.DEFAULT, help="name or path of a checkpoint")
    parser.add_argument("--bach", action="store_true", help="arrange Bach's chorales instead")
    run(parser)


def print_figures(options: argparse.Namespace) -> None:
    """Print the table of figures."""
    bach = list(load_corpus("bach").splits["train"])
    chorales = bach[: options.count] if options.bach else compose(options)
    columns = {
        "Bach, train": describe(bach, bach, SATB, 0.0),
        "SATB": describe(chorales, chorales, SATB, 0.0),
    }
    for voicing in VOICINGS.values():
        if voicing is not SATB:
            columns[voicing.name] = arrange_all(chorales, voicing)
    names = dict.fromkeys(name for column in columns.values() for name in column)
    rows = ([name, *(column.get(name, "") for column in columns.values())] for name in names)
    print_table(["", *columns], rows)


def compose(options: argparse.Namespace) -> list[Chorale]:
    """Compose the chorales at the defaults of `chorale generate`."""
    checkpoint = load_checkpoint(models.find(options.model))
    job = job_for_generating(checkpoint, options.bars, ANY_PLAN)
    return list(run_job(checkpoint, job, options.count, options.seed, SamplingOptions()))


def arrange_all(chorales: Sequence[Chorale], voicing: Voicing) -> Row:
    """Arrange chorales for a choir and return its column."""
    started = time.perf_counter()
    moved = [each.transposed(choose_transposition(each, voicing)) for each in chorales]
    arranged = [arrange(each, voicing) for each in moved]
    return describe(arranged, moved, voicing, (time.perf_counter() - started) / len(chorales))


def describe(
    chorales: Sequence[Chorale], four: Sequence[Chorale], voicing: Voicing, seconds: float
) -> Row:
    """Return the cells of a column by the names of the rows.

    Args:
        chorales: the arrangements.
        four: the same chorales in four voices.
        voicing: the choir.
        seconds: time to arrange one.
    """
    counts: Counter[str] = Counter()
    for own, source in zip(chorales, four, strict=True):
        counts += count_beats(own, source)
        counts += count_notes(own, voicing)
    measured, beats = figures(chorales), counts["beats"]
    changes = sum(int(chord_changes(each).sum()) for each in chorales)
    cadences = [found for each in chorales for found in phrase_cadences(each, each.plan.key)]

    def share(name: str, whole: str = "beats") -> str:
        return percent(counts[name] / counts[whole])

    def per_thousand(interval: int) -> str:
        return f"{1000 * sum(parallels(each, interval) for each in chorales) / changes:.1f}"

    crossed = sum(int(crossings(each).sum()) for each in chorales) / measured.steps
    dreaded = percent(counts["dreaded"] / counts["intervals"], 2)
    row = {
        "chorales": f"{len(chorales)}",
        "strong beats": f"{beats}",
        "... with a complete chord": share("complete"),
        "... with a third": share("third"),
        "... with two voices a third or sixth apart": share("sweet"),
        "... a fifth or fourth": share("bare"),
        "... with a unison": share("unison"),
        "... with the bass of the four voices": share("bass"),
        "notes out of range, tune": f"{counts['tune out']} of {counts['tune']}",
        "... other voices": f"{counts['others out']} of {counts['others']}",
        "parallel fifths, per 1,000 changes": per_thousand(FIFTH),
        "parallel octaves and unisons, per 1,000": per_thousand(UNISON),
        "steps with crossed voices": percent(crossed),
        "leaps below the tune, a fourth and more": share("leaps", "intervals"),
        "... a tritone, a seventh, above an octave": dreaded,
        "last chord a held tonic triad": percent(measured.on_tonic_share),
        "... reached by a cadence": percent(measured.cadence_share),
        "phrases that close on a cadence": percent(float(np.mean(cadences)) if cadences else nan),
    }
    is_pair = len(voicing.parts) == 2
    row |= dict.fromkeys(OF_CHORDS if is_pair else OF_PAIRS, "")
    if seconds:
        row["seconds to arrange a chorale"] = f"{seconds:.2f}"
    return row


def count_beats(own: Chorale, four: Chorale) -> Counter[str]:
    """Count the strong beats of a chorale by their chords."""
    counts: Counter[str] = Counter()
    for step in strong_beats(own):
        sounding = [int(pitch) for pitch in own.pitches[step] if pitch != REST]
        if not sounding:
            continue
        chord, classes = identify_chord(sounding), {pitch % OCTAVE for pitch in sounding}
        interval = (max(sounding) - min(sounding)) % OCTAVE
        degrees = KINDS.get(chord.kind, ()) if chord else ()
        missing = [d for d in degrees if chord and (chord.root + d) % OCTAVE not in classes]
        is_seventh = len(degrees) > len(KINDS["major"])
        counts["beats"] += 1
        counts["complete"] += bool(degrees) and (is_seventh or not missing)
        counts["third"] += chord is not None and chord.third in classes
        counts["sweet"] += interval in THIRDS_AND_SIXTHS
        counts["bare"] += interval in FIFTHS_AND_FOURTHS
        counts["unison"] += len(set(sounding)) < len(sounding)
        source = [int(pitch) for pitch in four.pitches[step] if pitch != REST]
        counts["bass"] += min(sounding) % OCTAVE == min(source) % OCTAVE
    return counts


def strong_beats(chorale: Chorale) -> list[int]:
    """Return the steps of the strong beats; see the module's docstring."""
    plan = chorale.plan
    bar = plan.counted_metre.steps_per_bar
    unit = bar // 2 if bar == COMMON_TIME.steps_per_bar else bar
    return [step for step in range(plan.length_steps) if plan.step_in_bar(step) % unit == 0]


def count_notes(chorale: Chorale, voicing: Voicing) -> Counter[str]:
    """Count notes out of range, and the leaps of the voices below the tune."""
    counts: Counter[str] = Counter()
    for part in voicing.parts:
        line = [note.pitch for note in notes(chorale, part.voice)]
        name = "tune" if part.voice == SOPRANO else "others"
        counts[name] += len(line)
        low, high = part.range
        counts[f"{name} out"] += sum(not low <= pitch <= high for pitch in line)
        if part.voice != SOPRANO:
            sizes = [abs(after - before) for before, after in pairwise(line)]
            counts["intervals"] += len(sizes)
            counts["leaps"] += sum(size >= FOURTH for size in sizes)
            counts["dreaded"] += sum(size in DREADED or size > OCTAVE for size in sizes)
    return counts


if __name__ == "__main__":
    main()
