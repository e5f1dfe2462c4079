"""Style features, and the distance between two collections of chorales in each.

A feature is a distribution over a collection, pooled, such as the melodic intervals of the alto.
The distance between two collections is the total variation of their distributions: half the sum of
the absolute differences of the shares. It is the share of one distribution that would have to
change to turn it into the other: 0 for equal, 1 for disjoint distributions.

Two collections of Bach's own chorales differ too, by chance; the distance between his training and
test splits is the floor for comparison with other distances. A beat is a quarter.

Source: distributions of features, compared within and between collections, are the method of
L.-C. Yang and A. Lerch, "On the evaluation of generative models in music" (2020).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from types import MappingProxyType

import numpy as np

from chorale.analysis.cadences import phrase_endings
from chorale.analysis.figures import chord_changes
from chorale.analysis.harmony import identify_chord
from chorale.analysis.keys import estimate_key
from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER, VOICES, Chorale, notes

Distribution = Counter[Hashable]

REPETITION_BEATS = 48  # twelve bars of 4/4, the median length of Bach's chorales


def features(chorales: Sequence[Chorale]) -> dict[str, Distribution]:
    """Compute the distribution of each of FEATURES, by name, over a collection."""
    return {
        name: Counter(value for chorale in chorales for value in values(chorale))
        for name, values in FEATURES.items()
    }


def distance(one: Distribution, other: Distribution) -> float:
    """Compute the total variation of two distributions, 0 to 1; not a number if one is empty."""
    if not one or not other:
        return float("nan")
    total, other_total = one.total(), other.total()
    return sum(abs(one[each] / total - other[each] / other_total) for each in one | other) / 2


def _melodic_intervals(voice: int) -> Callable[[Chorale], Iterator[Hashable]]:
    """Return the function that yields the melodic intervals of a voice."""

    def values(chorale: Chorale) -> Iterator[Hashable]:
        """Yield the semitones from each note to the next, upwards positive, across rests too."""
        for before, after in pairwise(notes(chorale, voice)):
            yield after.pitch - before.pitch

    return values


def _note_lengths(chorale: Chorale) -> Iterator[Hashable]:
    """Yield the voice and the length in steps of each note."""
    for voice in range(len(VOICES)):
        for note in notes(chorale, voice):
            yield voice, note.length_steps


def _onsets(chorale: Chorale) -> Iterator[Hashable]:
    """Yield each step's sixteenth of the beat and the number of notes that start there."""
    for step, onsets in enumerate(chorale.onsets.sum(axis=1).tolist()):
        yield (step - chorale.plan.pickup_steps) % STEPS_PER_QUARTER, onsets


def _beats(chorale: Chorale) -> range:
    """Return the first steps of the beats."""
    return range(
        chorale.plan.pickup_steps % STEPS_PER_QUARTER, len(chorale.pitches), STEPS_PER_QUARTER
    )


def _chord_kinds(chorale: Chorale) -> Iterator[Hashable]:
    """Yield the kind of each beat's chord and the semitones from its root up to its bass."""
    for step in _beats(chorale):
        if chord := identify_chord(chorale.pitches[step]):
            yield chord.kind, (chord.bass - chord.root) % OCTAVE
        else:
            yield None


def _chord_successions(chorale: Chorale) -> Iterator[Hashable]:
    """Yield the kinds of two successive, different chords and the semitones between their roots."""
    chords = [identify_chord(chorale.pitches[step]) for step in _beats(chorale)]
    for before, after in pairwise(chord for chord in chords if chord):
        if before != after:
            yield before.kind, after.kind, (after.root - before.root) % OCTAVE


def _scale_degrees(chorale: Chorale) -> Iterator[Hashable]:
    """Yield the mode, the voice and the semitones above the tonic of each note."""
    key = estimate_key(chorale)
    for voice in range(len(VOICES)):
        for note in notes(chorale, voice):
            yield key.third, voice, (note.pitch - key.tonic) % OCTAVE


def _cadences(chorale: Chorale) -> Iterator[Hashable]:
    """Yield each phrase's cadence and the semitones of its last bass note above the tonic."""
    for phrase in phrase_endings(chorale):
        yield phrase.cadence, phrase.degree


def _dissonance(chorale: Chorale) -> Iterator[Hashable]:
    """Yield, every eighth, whether it is a beat and the interval of each pair of voices."""
    eighth = STEPS_PER_QUARTER // 2
    for step in range(chorale.plan.pickup_steps % eighth, len(chorale.pitches), eighth):
        on_beat = (step - chorale.plan.pickup_steps) % STEPS_PER_QUARTER == 0
        for upper, lower in combinations(chorale.pitches[step].tolist(), 2):
            if REST not in (upper, lower):
                yield on_beat, (upper - lower) % OCTAVE


def _motion(chorale: Chorale) -> Iterator[Hashable]:
    """Yield how many voices move at each change of chord, and the motion of the outer two.

    That motion is 1 if parallel or similar, -1 if contrary, 0 if oblique or none. Changes in which
    voices only fall silent or enter are left out.
    """
    steps = np.flatnonzero(chord_changes(chorale)) + 1
    before, after = chorale.pitches[steps - 1].astype(int), chorale.pitches[steps].astype(int)
    moves = np.where((before == REST) | (after == REST), 0, np.sign(after - before))
    for row in moves[moves.any(axis=1)].tolist():
        yield sum(map(abs, row)), row[0] * row[-1]


def _pitches(chorale: Chorale) -> Iterator[Hashable]:
    """Yield the voice and the pitch of each note."""
    for voice in range(len(VOICES)):
        for note in notes(chorale, voice):
            yield voice, note.pitch


def _phrase_lengths(chorale: Chorale) -> Iterator[Hashable]:
    """Yield the beats from each fermata to the next."""
    starts = [0, *(end for _, end in chorale.plan.fermata_spans)]
    for start, end in pairwise(starts):
        yield (end - start) // STEPS_PER_QUARTER


def _repetition(chorale: Chorale) -> Iterator[Hashable]:
    """Yield how often each passage of two beats occurred before, in the soprano and in all voices.

    Each value is the number of voices and the count, where 2 stands for two or more. Passages are
    equal if their pitches and onsets are equal. Only the first REPETITION_BEATS beats are used,
    since longer pieces repeat more.
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
