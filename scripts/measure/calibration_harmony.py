"""Detectors of harmony, part-writing and closes; `calibration_figures` has the conventions."""

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from types import MappingProxyType

import numpy as np
from calibration_steps import Bools, Count, Ints, Steps

from chorale.analysis import FIFTH, UNISON, estimate_key, phrase_cadences
from chorale.analysis.harmony import BARE, KINDS, Chord, identify_chord
from chorale.music import OCTAVE, REST, SOPRANO, STEPS_PER_QUARTER, VOICES, Chorale, excerpt

FIRST_PHRASES = 4  # whose keys are compared

NUMERALS = {  # of the inversions, from root position
    "major": ("5/3", "6", "6/4"),
    "minor": ("5/3", "6", "6/4"),
    "diminished": ("5/3", "6", "6/4"),
    "augmented": ("",),
    "dominant seventh": ("7", "6/5", "4/3", "4/2"),
    "minor seventh": ("7", "6/5", "4/3", "4/2"),
    "major seventh": ("7", "6/5", "4/3", "4/2"),
    "half-diminished seventh": ("7", "6/5", "4/3", "4/2"),
    "diminished seventh": ("",),
    BARE: ("",),
}
NO_CHORD = "no chord"


def chord_label(chord: Chord | None) -> str:
    """Return a chord's kind and inversion, such as "dominant seventh 6/5"."""
    if chord is None:
        return NO_CHORD
    numerals = NUMERALS[chord.kind]
    degrees, above = KINDS.get(chord.kind, (0,)), (chord.bass - chord.root) % OCTAVE
    inversion = degrees.index(above) if len(numerals) > 1 else 0
    return f"{chord.kind} {numerals[inversion]}".strip()


LABELS = (
    *(f"{kind} {numeral}".strip() for kind, numerals in NUMERALS.items() for numeral in numerals),
    NO_CHORD,
)


def count_chords(steps: Steps) -> Iterator[Count]:
    """Count the chords on the beats by kind and inversion."""
    labels = np.array([chord_label(chord) for chord in _chords(steps.sounding, steps.beats)])
    for label in LABELS:
        yield Count(f"chords on the beat: {label}, %", labels == label, np.ones(len(labels)))


def _chords(pitches: Ints, at: Bools) -> list[Chord | None]:
    """Identify the chords of `pitches`, (T, 4), at some steps."""
    return [identify_chord(row) for row in pitches[at].tolist()]


MOTIONS = MappingProxyType(  # semitones up, modulo the octave
    {
        "up a semitone": 1,
        "up a whole tone": 2,
        "up a minor third": 3,
        "up a major third": 4,
        "up a fourth": 5,
        "by a tritone": 6,
        "down a fourth": 7,
        "down a major third": 8,
        "down a minor third": 9,
        "down a whole tone": 10,
        "down a semitone": 11,
    }
)


def count_root_motion(steps: Steps) -> Iterator[Count]:
    """Count the motions of the root from a beat's chord to the next beat's."""
    now = _chords(steps.sounding, steps.beats)
    before = _chords(steps.pitches[:, -1 - STEPS_PER_QUARTER], steps.beats)
    pairs = [(one, other) for one, other in zip(before, now, strict=True) if one and other]
    motions = np.array([(other.root - one.root) % OCTAVE for one, other in pairs], int)
    yield Count("the root stays, % of successions", motions == 0, np.ones(len(motions)))
    for name, size in MOTIONS.items():
        yield Count(f"the root moves {name}, % of moves", motions == size, motions != 0)


def count_part_writing(steps: Steps) -> Iterator[Count]:
    """Count parallels and crossings."""
    before, now = steps.pitches[:, -2], steps.sounding
    moves = np.where((before == REST) | (now == REST), 0, np.sign(now - before))
    for name, interval in (("fifths", FIFTH), ("octaves and unisons", UNISON)):
        found = np.zeros(len(now), int)
        for one, other in combinations(range(len(VOICES)), 2):
            similar = (moves[:, one] == moves[:, other]) & (moves[:, one] != 0)
            sizes = [np.abs(at[:, one] - at[:, other]) % OCTAVE for at in (before, now)]
            found += similar & (sizes[0] == interval) & (sizes[1] == interval)
        yield Count(f"parallel {name}, per 100 bars", found, steps.bars)
    upper, lower = now[:, :-1], now[:, 1:]
    crossed = ((upper != REST) & (lower != REST) & (upper < lower)).any(axis=1)
    yield Count("crossed voices, % of steps", crossed, np.ones(len(crossed)))


def count_closes(steps: Steps) -> Iterator[Count]:
    """Count what the first chord under a fermata is."""
    for name, close in (("inner fermata", 1), ("last fermata", 2)):
        at = steps.closes == close
        chords = _chords(steps.sounding, at)
        tops = steps.sounding[at, SOPRANO] % OCTAVE
        closed = [c and c.kind in ("major", "minor") and not c.is_inverted for c in chords]
        thirds = [c and c.third == top for c, top in zip(chords, tops, strict=True)]
        for what, holds in (("triad in root position", closed), ("third in the soprano", thirds)):
            hits = np.array(holds, bool)
            yield Count(f"{name}: {what}, %", hits, np.ones(len(hits)))


# whole chorales


def count_whole(chorale: Chorale) -> Mapping[str, tuple[float, float]]:
    """Count the figures of whole phrases, which no single step completes.

    An inner phrase is any but the last. Keys are estimated from the notes of each phrase, in
    chorales with FIRST_PHRASES phrases or more.
    """
    inner = phrase_cadences(chorale)[:-1]
    bounds = [0, *(end for _, end in chorale.plan.fermata_spans)]
    phrases = [excerpt(chorale, start, end) for start, end in pairwise(bounds)]
    keys = {estimate_key(phrase) for phrase in phrases[:FIRST_PHRASES]}
    has_phrases = len(phrases) >= FIRST_PHRASES
    return {
        "inner phrases without a cadence, %": (len(inner) - sum(inner), len(inner)),
        f"distinct keys of the first {FIRST_PHRASES} phrases, per 100 phrases": (
            len(keys) * has_phrases,
            FIRST_PHRASES * has_phrases,
        ),
    }
