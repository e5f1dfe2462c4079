"""Figures on part-writing and style, to compare composed chorales with Bach's.

The 382 chorales of the JSB grid have 1.78 parallel fifths and 1.24 parallel octaves and unisons per
1,000 changes of chord, crossings in 2.4 % of the steps, a change of chord at 0.360 of the steps
(0.378 in the test split), and 0.3 % of the notes outside RANGES.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import nan
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from chorale.analysis.cadences import ending
from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER, VOICES, Chorale, Note, notes
from chorale.music.voicings import SATB

UNISON, FIFTH = 0, 7  # semitones modulo the octave

# Lowest and highest pitch of each voice, both inclusive, as textbooks of harmony give them: soprano
# C4 to G5, alto G3 to D5, tenor C3 to G4, bass E2 to D4.
RANGES = tuple(part.range for part in SATB.parts)


@dataclass(frozen=True)
class Figures:
    """Figures on part-writing and style, pooled over a collection of chorales.

    Attributes:
        chorales: number of chorales.
        steps: number of steps.
        notes: number of notes, of all voices.
        change_share: share of steps at which the chord changes; the first step of each chorale is
            left out.
        parallel_fifths: parallel fifths per 1,000 changes of chord.
        parallel_octaves: parallel octaves and unisons per 1,000 changes of chord.
        crossing_share: share of steps in which a voice sounds below its lower neighbour.
        out_of_range_share: share of notes outside their voice's RANGES.
        repeated_share: share of melodic intervals that repeat the pitch.
        note_lengths: share of notes by length in steps.
        melodic_intervals: share of melodic intervals by size in semitones, up or down, across
            rests too.
        on_tonic_share: share of chorales that end on the tonic triad, held a quarter or more.
        cadence_share: share of all chorales that end so and reach this triad by a cadence.
    """

    chorales: int
    steps: int
    notes: int
    change_share: float
    parallel_fifths: float
    parallel_octaves: float
    crossing_share: float
    out_of_range_share: float
    repeated_share: float
    note_lengths: Mapping[int, float]
    melodic_intervals: Mapping[int, float]
    on_tonic_share: float
    cadence_share: float


def figures(chorales: Sequence[Chorale]) -> Figures:
    """Compute the figures of a collection.

    Endings are judged in the estimated key even if the plan has a key: many of Bach's signatures
    lack an accidental of the key (G minor with one flat), and give a wrong key.
    """
    lines = [notes(chorale, voice) for chorale in chorales for voice in range(len(VOICES))]
    count = sum(map(len, lines))
    steps = sum(len(chorale.pitches) for chorale in chorales)
    changes = sum(int(chord_changes(chorale).sum()) for chorale in chorales)
    intervals = _shares(size for line in lines for size in melodic_intervals(line))
    held = [
        end for end in map(ending, chorales) if end.on_tonic and end.held_steps >= STEPS_PER_QUARTER
    ]
    return Figures(
        chorales=len(chorales),
        steps=steps,
        notes=count,
        change_share=_share(changes, steps - len(chorales)),
        parallel_fifths=1000 * _share(sum(parallels(c, FIFTH) for c in chorales), changes),
        parallel_octaves=1000 * _share(sum(parallels(c, UNISON) for c in chorales), changes),
        crossing_share=_share(sum(int(crossings(c).sum()) for c in chorales), steps),
        out_of_range_share=_share(sum(map(out_of_range, chorales)), count),
        repeated_share=intervals.get(0, 0.0) if intervals else nan,
        note_lengths=_shares(note.length_steps for line in lines for note in line),
        melodic_intervals=intervals,
        on_tonic_share=_share(len(held), len(chorales)),
        cadence_share=_share(sum(end.cadence is not None for end in held), len(chorales)),
    )


def chord_changes(chorale: Chorale) -> NDArray[np.bool_]:
    """Return at which steps from the second on the chord changes, (T - 1,) bool."""
    pitches = chorale.pitches
    return np.asarray((pitches[1:] != pitches[:-1]).any(axis=1))


def parallels(chorale: Chorale, interval: int) -> int:
    """Count the parallel fifths or octaves of a chorale.

    A parallel is a move of two voices, from one step to the next, in the same direction and from
    the interval to the same interval; all six pairs of voices are counted. Octaves are ignored, so
    a fifth followed by a twelfth counts, and so does an octave followed by a unison; in crossed
    voices either may be the upper one. Contrary motion does not count, nor does motion from or to
    a rest. `chorale.analysis` compares this count with the others of the package.

    This definition gives the published figures in the module's docstring. On the same chorales,
    intervals of exactly equal size alone would give 1.69 and 1.17 per 1,000 changes of chord, and
    contrary motion included would give 4.04 and 1.93.

    Args:
        chorale: the chorale.
        interval: FIFTH, or UNISON for octaves and unisons.
    """
    before, after = chorale.pitches[:-1].astype(int), chorale.pitches[1:].astype(int)
    moves = np.where((before == REST) | (after == REST), 0, np.sign(after - before))
    count = 0
    for upper, lower in combinations(range(len(VOICES)), 2):
        similar = (moves[:, upper] == moves[:, lower]) & (moves[:, upper] != 0)
        has_interval = [
            np.abs(pitches[:, upper] - pitches[:, lower]) % OCTAVE == interval
            for pitches in (before, after)
        ]
        count += int((similar & has_interval[0] & has_interval[1]).sum())
    return count


def crossings(chorale: Chorale) -> NDArray[np.bool_]:
    """Return at which steps a voice sounds below its lower neighbour, (T,) bool."""
    upper, lower = chorale.pitches[:, :-1], chorale.pitches[:, 1:]
    return np.asarray(((upper != REST) & (lower != REST) & (upper < lower)).any(axis=1))


def out_of_range(chorale: Chorale) -> int:
    """Count the notes outside their voice's RANGES."""
    lowest, highest = np.array(RANGES).T
    outside = (chorale.pitches < lowest) | (chorale.pitches > highest)
    return int((outside & chorale.onsets).sum())


def melodic_intervals(line: Sequence[Note]) -> list[int]:
    """Return the size in semitones of each interval between successive notes, across rests too."""
    pitches = [note.pitch for note in line]
    return [abs(after - before) for before, after in pairwise(pitches)]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else nan


def _shares(values: Iterable[int]) -> Mapping[int, float]:
    """Return the share of each value, in order of the values."""
    counts = Counter(values)
    return MappingProxyType({value: counts[value] / counts.total() for value in sorted(counts)})
