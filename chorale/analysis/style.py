"""Style, feature by feature, and how far two collections of chorales are apart in each.

A feature counts something over a collection, pooled, such as the melodic intervals of the alto. How
far two collections are apart in it is the total variation of the two distributions: half the sum of
the differences of their shares, 0 where they are alike and 1 where they have nothing in common, or:
the share of one that would have to be something else to make it the other.

Two collections of Bach's own are apart as well, by chance and since no two chorales are alike; how
far his training split is from his test split is the floor beside which other distances are to be
read. A beat is a quarter.

Source: distributions of features, compared within and between collections, are the method of
L.-C. Yang and A. Lerch, "On the evaluation of generative models in music" (2020).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from types import MappingProxyType

import numpy as np

from chorale.analysis.cadences import phrase_closes
from chorale.analysis.figures import chord_changes
from chorale.analysis.harmony import OCTAVE, chord_of
from chorale.analysis.keys import estimate_key
from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale, notes

Distribution = Counter[Hashable]

REPETITION_BEATS = 48  # twelve bars, the median length of Bach's chorales


def features(chorales: Sequence[Chorale]) -> dict[str, Distribution]:
    """The features of a collection by their names, those of FEATURES."""
    return {
        name: Counter(value for chorale in chorales for value in values(chorale))
        for name, values in FEATURES.items()
    }


def distance(one: Distribution, other: Distribution) -> float:
    """Total variation of two distributions, 0 to 1; not a number if one is empty."""
    if not one or not other:
        return float("nan")
    here, there = one.total(), other.total()
    return sum(abs(one[value] / here - other[value] / there) for value in one | other) / 2


def _melodic_intervals(voice: int) -> Callable[[Chorale], Iterator[Hashable]]:
    """Semitones from note to note of a voice, upwards positive; rests are passed over."""

    def values(chorale: Chorale) -> Iterator[Hashable]:
        for before, after in pairwise(notes(chorale, voice)):
            yield after.pitch - before.pitch

    return values


def _note_lengths(chorale: Chorale) -> Iterator[Hashable]:
    """The length of each note, in steps, by voice."""
    for voice in range(len(VOICES)):
        for note in notes(chorale, voice):
            yield voice, note.length_steps


def _onsets(chorale: Chorale) -> Iterator[Hashable]:
    """How many voices strike at each sixteenth of the beat."""
    for step, onsets in enumerate(chorale.onsets.sum(axis=1).tolist()):
        yield (step - chorale.plan.pickup_steps) % STEPS_PER_QUARTER, onsets


def _beats(chorale: Chorale) -> range:
    """The steps on which beats start."""
    return range(
        chorale.plan.pickup_steps % STEPS_PER_QUARTER, len(chorale.pitches), STEPS_PER_QUARTER
    )


def _chord_kinds(chorale: Chorale) -> Iterator[Hashable]:
    """The kind of each beat's chord and how far its bass is above its root."""
    for step in _beats(chorale):
        if chord := chord_of(chorale.pitches[step]):
            yield chord.kind, (chord.bass - chord.root) % OCTAVE
        else:
            yield None


def _chord_successions(chorale: Chorale) -> Iterator[Hashable]:
    """Kinds of two beats' chords and how far the second's root is above the first's."""
    chords = [chord_of(chorale.pitches[step]) for step in _beats(chorale)]
    for before, after in pairwise(chord for chord in chords if chord):
        if before != after:
            yield before.kind, after.kind, (after.root - before.root) % OCTAVE


def _scale_degrees(chorale: Chorale) -> Iterator[Hashable]:
    """Semitones above the tonic of each note, by mode and voice."""
    key = estimate_key(chorale)
    for voice in range(len(VOICES)):
        for note in notes(chorale, voice):
            yield key.mode, voice, (note.pitch - key.tonic) % OCTAVE


def _cadences(chorale: Chorale) -> Iterator[Hashable]:
    """How each phrase closes, and on which degree, semitones above the tonic."""
    for close in phrase_closes(chorale):
        yield close.cadence, close.degree


def _dissonance(chorale: Chorale) -> Iterator[Hashable]:
    """Intervals of each two voices, octaves left out, on the beats and between them."""
    eighth = STEPS_PER_QUARTER // 2
    for step in range(chorale.plan.pickup_steps % eighth, len(chorale.pitches), eighth):
        on_beat = (step - chorale.plan.pickup_steps) % STEPS_PER_QUARTER == 0
        for upper, lower in combinations(chorale.pitches[step].tolist(), 2):
            if REST not in (upper, lower):
                yield on_beat, (upper - lower) % OCTAVE


def _motion(chorale: Chorale) -> Iterator[Hashable]:
    """How many voices move at each change of chord, and how the outer two: 1 alike, -1 contrary.

    Changes by a voice that falls silent or comes in alone are left out.
    """
    steps = np.flatnonzero(chord_changes(chorale)) + 1
    before, after = chorale.pitches[steps - 1].astype(int), chorale.pitches[steps].astype(int)
    moves = np.where((before == REST) | (after == REST), 0, np.sign(after - before))
    for row in moves[moves.any(axis=1)].tolist():
        yield sum(map(abs, row)), row[0] * row[-1]


def _pitches(chorale: Chorale) -> Iterator[Hashable]:
    """The pitch of each note, by voice."""
    for voice in range(len(VOICES)):
        for note in notes(chorale, voice):
            yield voice, note.pitch


def _phrase_lengths(chorale: Chorale) -> Iterator[Hashable]:
    """Beats from fermata to fermata."""
    starts = [0, *(end for _, end in chorale.plan.fermata_spans)]
    for start, end in pairwise(starts):
        yield (end - start) // STEPS_PER_QUARTER


def _repetition(chorale: Chorale) -> Iterator[Hashable]:
    """How often each two beats stood in the chorale before, in the soprano and in all voices.

    Beats are alike if all is struck alike at the same pitches; often is 0, 1 or more. Only the
    first REPETITION_BEATS count, since there is more to repeat in what is longer.
    """
    for voices in (slice(0, 1), slice(0, len(VOICES))):
        seen: Counter[bytes] = Counter()
        for start in _beats(chorale)[:REPETITION_BEATS]:
            span = slice(start, start + 2 * STEPS_PER_QUARTER)
            content = np.stack([chorale.pitches[span, voices], chorale.onsets[span, voices]])
            yield voices.stop, min(2, seen[content.tobytes()])
            seen[content.tobytes()] += 1


FEATURES: Mapping[str, Callable[[Chorale], Iterator[Hashable]]] = MappingProxyType(
    {
        **{f"melodic intervals, {name}": _melodic_intervals(v) for v, name in enumerate(VOICES)},
        "note lengths": _note_lengths,
        "onsets in the beat": _onsets,
        "voices' motion": _motion,
        "chords": _chord_kinds,
        "successions of chords": _chord_successions,
        "scale degrees": _scale_degrees,
        "cadences": _cadences,
        "dissonance": _dissonance,
        "range": _pitches,
        "phrase lengths": _phrase_lengths,
        "repetition": _repetition,
    }
)
