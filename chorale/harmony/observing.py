"""What of the music decides which chord sounds: units of time, and the notes in them.

A *unit* is the time from one eighth of the grid to the next eighth at which a note starts or ends;
chords change only between units. Its *place* is how probable a new chord is there: at the start of
a phrase, on the first beat or another strong beat, on a weak beat, or between beats.

A *fragment* is the part of a note in a unit. How the note is reached and left decides how probable
it is that it is no chord tone: a note between beats that is reached and left by step is a passing
or a neighbouring note more often than not; one that is left by leap hardly ever is, and seldom one
between two semitones in one direction, such as G sharp from G to A.

Shapes: N units, F fragments.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER, Chorale, Note, notes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

EIGHTH = STEPS_PER_QUARTER // 2
PLACES = ("phrase", "strong", "weak", "between")
SILENT = -1  # in place of a pitch class
STEP = 2  # semitones, the widest step of a scale
_STARTS = ("held", "first", "same", "step up", "step down", "leap", "chromatic")
_ENDS = ("goes on", "last", "same", "step up", "step down", "leap")
_VOICES = ("bass", "upper")
_LENGTHS = ("short", "eighth", "long")  # less than an eighth, less than a quarter, longer
SHAPE = (len(PLACES) - 1, len(_STARTS), len(_ENDS), len(_VOICES), len(_LENGTHS))
CLASSES = int(np.prod(SHAPE))  # classes of fragments


@dataclass(frozen=True, eq=False)
class Observations:
    """The units of a chorale and the notes in them.

    Attributes:
        starts: first step of each unit, (N,).
        ends: exclusive end of each unit, (N,).
        places: index in PLACES, (N,).
        phrase_ends: the last unit of each phrase.
        units: unit of each fragment, (F,).
        pitch_classes: pitch class of each fragment, (F,).
        classes: class of each fragment, 0 to CLASSES - 1, (F,).
        weights: share of its unit that a fragment lasts, (F,).
        bass: pitch class of the lowest note at the start of each unit, or SILENT, (N,).
    """

    starts: Ints
    ends: Ints
    places: Ints
    phrase_ends: Ints
    units: Ints
    pitch_classes: Ints
    classes: Ints
    weights: Floats
    bass: Ints

    @cached_property
    def present(self) -> Flags:
        """Which pitch classes sound in each unit, (N, 12)."""
        present = np.zeros((len(self.starts), OCTAVE), np.bool_)
        present[self.units, self.pitch_classes] = True
        return present


def observe(chorale: Chorale, phrase_starts: Ints) -> Observations:
    """Divide a chorale into units, and describe the notes in them.

    Args:
        chorale: the chorale; any voices may be silent.
        phrase_starts: first step of each phrase.
    """
    starts = _unit_starts(chorale)
    ends = np.r_[starts[1:], chorale.plan.length_steps]
    places = np.array([_place(chorale, int(step)) for step in starts], np.int64)
    fragments = np.array(
        [
            fragment
            for voice in range(chorale.pitches.shape[1])
            for fragment in _fragments(chorale, voice, starts, ends, places)
        ]
    ).reshape(-1, 4)
    at_phrase = np.searchsorted(starts, phrase_starts[phrase_starts > 0], side="right") - 1
    places[at_phrase] = PLACES.index("phrase")
    phrase_ends = np.unique(np.r_[at_phrase - 1, len(starts) - 1])
    rows = chorale.pitches[starts]
    lowest = np.where(rows == REST, 128, rows).min(axis=1)
    return Observations(
        starts,
        ends,
        places,
        phrase_ends[phrase_ends >= 0],
        fragments[:, 0].astype(np.int64),
        fragments[:, 1].astype(np.int64),
        fragments[:, 2].astype(np.int64),
        fragments[:, 3],
        np.where(lowest == 128, SILENT, lowest % OCTAVE).astype(np.int64),
    )


def _unit_starts(chorale: Chorale) -> Ints:
    """Return the eighths at which the sounding notes are others than at the eighth before."""
    plan = chorale.plan
    eighths = np.arange(plan.pickup_steps % EIGHTH, plan.length_steps, EIGHTH)
    steps = np.unique(np.r_[0, eighths])
    struck = (
        chorale.onsets.any(axis=1)
        | np.r_[False, (chorale.pitches[1:] != chorale.pitches[:-1]).any(axis=1)]
    )
    filled = np.add.reduceat(struck.astype(np.int64), steps) > 0
    filled[0] = True
    return steps[filled]


def _place(chorale: Chorale, step: int) -> int:
    within = chorale.plan.step_in_bar(step)
    metre = chorale.plan.counted_metre
    if within % STEPS_PER_QUARTER:
        return PLACES.index("between")
    beats = metre.steps_per_bar // STEPS_PER_QUARTER
    strong = within == 0 or (beats % 2 == 0 and within == metre.steps_per_bar // 2)
    return PLACES.index("strong" if strong else "weak")


def _fragments(
    chorale: Chorale, voice: int, starts: Ints, ends: Ints, places: Ints
) -> Iterator[tuple[int, int, int, float]]:
    """Yield unit, pitch class, class and weight of each fragment of a voice."""
    line = notes(chorale, voice)
    lowest = np.where(chorale.pitches == REST, 128, chorale.pitches).min(axis=1)
    for number, note in enumerate(line):
        before = line[number - 1] if number else None
        after = line[number + 1] if number + 1 < len(line) else None
        reached, left = _motion(before, note), _motion(note, after)
        if before and after and after.pitch - note.pitch == note.pitch - before.pitch in (1, -1):
            reached = "chromatic"
        length = min(2, note.length_steps // EIGHTH)
        end = note.onset_step + note.length_steps
        first = int(np.searchsorted(starts, note.onset_step, side="right")) - 1
        for unit in range(first, len(starts)):
            if starts[unit] >= end:
                break
            begins = note.onset_step >= starts[unit]
            over = min(end, ends[unit]) - max(note.onset_step, starts[unit])
            place = int(places[unit]) if note.onset_step <= starts[unit] else 3
            index = (
                place - 1,
                _STARTS.index(reached) if begins else 0,
                _ENDS.index(left) if end <= ends[unit] else 0,
                int(note.pitch != lowest[max(note.onset_step, starts[unit])]),
                length,
            )
            code = int(np.ravel_multi_index(index, SHAPE))
            yield unit, note.pitch % OCTAVE, code, over / (ends[unit] - starts[unit])


def _motion(before: Note | None, after: Note | None) -> str:
    """Return how a voice moves from a note to the next: "first" and "last" without the other."""
    if before is None:
        return "first"
    if after is None:
        return "last"
    interval = after.pitch - before.pitch
    if after.onset_step > before.onset_step + before.length_steps:
        return "leap"
    if interval == 0:
        return "same"
    if abs(interval) > STEP:
        return "leap"
    return "step up" if interval > 0 else "step down"
