"""The names of the chords of a chorale: key, numeral and inversion of each, in order of time.

A chord lasts as long as its numeral; the same chord in another inversion, or in a new phrase, is a
new one. A bass that is no chord tone leaves the inversion as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

import numpy as np

from chorale.harmony.chains import find_chain
from chorale.harmony.correcting import correct_states
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
        home: key of the whole chorale, major or minor.
    """
    seen = observe(chorale, phrase_starts)
    vocabulary = load_vocabulary()
    chain = _join_keys(find_chain(seen, home).tolist())
    states = _add_sevenths(correct_states(chain, seen), seen)
    phrases = np.searchsorted(phrase_starts, seen.starts, side="right").tolist()
    units = enumerate(zip(states, phrases, strict=True))
    return [
        chord
        for (state, _), group in groupby(units, key=lambda each: each[1])
        for chord in _divide(
            seen,
            [unit for unit, _ in group],
            KEYS[vocabulary.keys[state]],
            vocabulary.numerals[state],
        )
    ]


def _join_keys(states: Sequence[int]) -> list[int]:
    """Return the states with each chord that is alone in its key named in a key beside it.

    It is named in the key after it, or else in the one before, if the chord has a numeral there.
    """
    vocabulary = load_vocabulary()
    numbers = {
        (int(key), int(chord)): state
        for state, (key, chord) in enumerate(zip(vocabulary.keys, vocabulary.chords, strict=True))
    }
    joined = [(state, len(list(group))) for state, group in groupby(states)]
    chain = [state for state, _ in joined]
    keys = [int(vocabulary.keys[state]) for state in chain]
    for place in range(1, len(chain) - 1):
        if keys[place] in (keys[place - 1], keys[place + 1]):
            continue
        chord = int(vocabulary.chords[chain[place]])
        for key in (keys[place + 1], keys[place - 1]):
            if (key, chord) in numbers:
                chain[place], keys[place] = numbers[key, chord], key
                break
    return [state for state, (_, length) in zip(chain, joined, strict=True) for _ in range(length)]


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
    """Yield the inversions of a chord that lasts some units, triads where no seventh sounds."""
    seventh = numeral.pitch_classes(key).classes[3:]
    inversions = _find_inversions([int(seen.bass[unit]) for unit in units], key, numeral)
    pairs = zip(inversions, units, strict=True)
    for inversion, group in groupby(pairs, key=lambda each: each[0]):
        own = [unit for _, unit in group]
        start, end = int(seen.starts[own[0]]), int(seen.ends[own[-1]])
        kind = numeral.kind
        if seventh and kind in TRIADS and not seen.present[own, seventh[0]].any():
            kind = TRIADS[kind]
        yield NamedChord(start, end, key, replace(numeral, kind=kind, inversion=inversion))


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
