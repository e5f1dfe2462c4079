"""The names of the chords of a chorale: key, numeral and inversion of each, in order of time.

A chord lasts as long as its numeral; the same chord in another inversion is a new one. A bass that
is no chord tone leaves the inversion as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

from chorale.harmony.chains import find_chain
from chorale.harmony.observing import Ints, Observations, observe
from chorale.harmony.vocabulary import KEYS, load_vocabulary
from chorale.music import OCTAVE, Chorale, Key
from chorale.music.chords import AUGMENTED_SIXTHS, Chord
from chorale.music.numerals import Numeral

SEVENTH = 10  # semitones
# Kinds of chords without their seventh.
TRIADS: Mapping[str, str] = MappingProxyType(
    {
        "dominant seventh": "major",
        "minor seventh": "minor",
        "major seventh": "major",
        "half-diminished seventh": "diminished",
        "diminished seventh": "diminished",
        "German sixth": "Italian sixth",
    }
)


@dataclass(frozen=True)
class NamedChord:
    """A chord in a chorale.

    Attributes:
        step: first step.
        end: exclusive end, in steps.
        key: key that the numeral is of.
        numeral: the numeral, with its inversion.
    """

    step: int
    end: int
    key: Key
    numeral: Numeral

    @property
    def chord(self) -> Chord:
        """Root, kind and bass."""
        return self.numeral.chord(self.key)


def name_chords(chorale: Chorale, phrase_starts: Ints, home: Key) -> list[NamedChord]:
    """Name the chords of a chorale, in order of time and without gaps.

    Args:
        chorale: the chorale; at least one voice sounds.
        phrase_starts: first step of each phrase.
        home: key of the whole chorale.
    """
    seen = observe(chorale, phrase_starts)
    vocabulary = load_vocabulary()
    units = enumerate(_add_sevenths(find_chain(seen, home).tolist(), seen))
    return [
        chord
        for state, group in groupby(units, key=lambda each: each[1])
        for chord in _divide(
            seen,
            [unit for unit, _ in group],
            KEYS[vocabulary.keys[state]],
            vocabulary.numerals[state],
        )
    ]


def _add_sevenths(states: Sequence[int], seen: Observations) -> list[int]:
    """Return the states with dominant sevenths where a dominant ends with its seventh.

    The chain takes many such sevenths for passing notes, as they are; the analyses that were
    counted name them.
    """
    vocabulary = load_vocabulary()
    numbers = {
        (int(key), numeral): state
        for state, (key, numeral) in enumerate(
            zip(vocabulary.keys, vocabulary.numerals, strict=True)
        )
    }
    result = list(states)
    for unit in range(len(states) - 1, -1, -1):
        state = states[unit]
        numeral, key = vocabulary.numerals[state], int(vocabulary.keys[state])
        if (numeral.degree, numeral.kind, numeral.alteration) != (5, "major", 0):
            continue
        with_seventh = numbers.get((key, replace(numeral, kind="dominant seventh")))
        ends = unit + 1 == len(states) or states[unit + 1] != state or result[unit + 1] != state
        seventh = (int(vocabulary.tones[state, 0]) + SEVENTH) % OCTAVE
        if with_seventh is not None and ends and seen.present[unit, seventh]:
            result[unit] = with_seventh
    return result


def _divide(
    seen: Observations, units: Sequence[int], key: Key, numeral: Numeral
) -> Iterator[NamedChord]:
    """Yield the inversions of a chord that lasts some units; a triad if no seventh sounds."""
    seventh = numeral.pitch_classes(key).classes[3:]
    if seventh and numeral.kind in TRIADS and not seen.present[units, seventh[0]].any():
        numeral = replace(numeral, kind=TRIADS[numeral.kind])
    inversions = _find_inversions([int(seen.bass[unit]) for unit in units], key, numeral)
    pairs = zip(inversions, units, strict=True)
    for inversion, group in groupby(pairs, key=lambda each: each[0]):
        own = [unit for _, unit in group]
        start, end = int(seen.starts[own[0]]), int(seen.ends[own[-1]])
        yield NamedChord(start, end, key, replace(numeral, inversion=inversion))


def _find_inversions(basses: Sequence[int], key: Key, numeral: Numeral) -> list[int]:
    """Return the inversion of a chord in each of its units, by the pitch classes of the bass."""
    if numeral.kind in AUGMENTED_SIXTHS:
        return [numeral.inversion] * len(basses)
    tones = numeral.pitch_classes(key).classes
    found = [tones.index(bass) if bass in tones else None for bass in basses]
    now = next((inversion for inversion in found if inversion is not None), 0)
    inversions = []
    for inversion in found:
        now = now if inversion is None else inversion
        inversions.append(now)
    return inversions
