"""Costs of the chords of an arrangement: what is missing, doubled, inverted, too far apart.

A cost of 1 is twice that of a voice leaving the line that it follows. All costs are multiples of
1/8, so that sums are exact and the same on every machine.

Shapes: N slices, S states, L voices below the tune.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chorale.composing.arranging.source import NONE, Ints, Source
from chorale.composing.arranging.states import States
from chorale.music import BASS, OCTAVE, REST, SOPRANO
from chorale.music.voicings import VoicePart

Costs = NDArray[np.float64]

OFF_BEAT = 0.25  # share of a cost that counts in slices off the beat

# On a chord without one of its degrees: root, third, fifth, seventh
MISSING = np.array([4.0, 7.0, 6.0, 2.0])
MISSING_BESIDE_SEVENTH = np.array([3.0, 7.0, 0.5, 3.0])  # the fifth may be missing
FINAL_THIRD = 4.0  # share of a third in the last chord of a phrase
MISSING_TONE = 1.0  # on notes that are no chord, for each pitch class
OTHER_BASS = 1.0  # another note than the bass's in the lowest of three voices
OTHER_BASS_OF_FOUR = 3.0  # the same in four, where inversions do not help to complete triads
OTHER_CLOSE, OTHER_FINAL = 12.0, 40.0  # the same, at the close of a phrase and on its last chord
SIX_FOUR = 4.0  # besides, for the fifth of the chord
DOUBLED_LEADING_TONE = 5.0
UNISON = 4.0  # of two neighbours
SAME_SOURCE = 3.0  # two voices follow the same one
FOLLOWS_TUNE = 1.5
WIDE, WIDE_GAP = 12, 1.5  # semitones between neighbours without cost, cost of more
WIDE_BASS = 19  # the same above the lowest voice
HIGH, LOW = 8, 3  # semitones from the upper and the lower end of a range, in which notes cost
AT_EDGE = 0.125  # for each semitone beyond

# In two voices, on the beat, by the interval in semitones modulo the octave
TWO_VOICES = np.array([3.5, 4, 4, 0, 0, 4, 2.5, 4, 0, 0, 2, 4], np.float64)
TWO_VOICES_FINAL = 0.25  # share of it in the last chord of a phrase
TWO_VOICES_BASS = 0.25  # another note than the bass's in the lower of two voices
TWO_WIDE = 16


def cost_chords(source: Source, states: States, parts: tuple[VoicePart, ...]) -> Costs:
    """Return the cost of each state, (N, S); infinite where it is not allowed."""
    tune = source.pitches[:, SOPRANO][:, None]
    pitches, sources = states.pitches, states.sources
    weight = np.where(source.on_beat, 1.0, OFF_BEAT)
    if len(parts) == 1:
        costs = _cost_two_voices(source, states)
    else:
        costs = _cost_missing(source, states) * weight[:, None]
        usual = OTHER_BASS if len(parts) == 2 else OTHER_BASS_OF_FOUR
        costs += _cost_bass(source, pitches[..., -1], usual) * weight[:, None]
    everything = [np.broadcast_to(tune, pitches.shape[:2]), *np.moveaxis(pitches, -1, 0)]
    leading = sum(
        ((voice != REST) & (voice % OCTAVE == source.leading_tone[:, None])).astype(np.int64)
        for voice in everything
    )
    costs = costs + DOUBLED_LEADING_TONE * np.maximum(leading - 1, 0)
    for number, (upper, lower) in enumerate(pairwise(everything), start=1):
        both = (upper != REST) & (lower != REST)
        limit = WIDE if number < len(parts) else WIDE_BASS
        costs += WIDE_GAP * weight[:, None] * (both & (upper - lower > limit))
        costs += 0.125 * both * np.maximum(upper - lower - limit, 0)
        if len(parts) > 1:
            costs += UNISON * (1 - 0.5 * source.closing[:, None]) * (both & (upper == lower))
    for number, part in enumerate(parts):
        own, (low, high) = pitches[..., number], part.range
        beyond = np.maximum(own - (high - HIGH), 0) + np.maximum(low + LOW - own, 0)
        costs += AT_EDGE * beyond * (own != REST)
        costs += FOLLOWS_TUNE * (sources[..., number] == SOPRANO)
        for other in range(number):
            costs += SAME_SOURCE * (sources[..., number] == sources[..., other])
    return np.where(states.allowed, costs, np.inf)


def _cost_missing(source: Source, states: States) -> Costs:
    """Return the costs of the degrees that the chords lack, (N, S)."""
    tune = source.pitches[:, SOPRANO]
    present = np.where(tune == REST, 0, 1 << tune % OCTAVE)[:, None]
    for own in np.moveaxis(states.pitches, -1, 0):
        present = present | np.where(own == REST, 0, 1 << own % OCTAVE)
    costs = np.zeros(present.shape)
    has_seventh = source.chord_degrees[:, 3] != NONE
    for degree in range(source.chord_degrees.shape[1]):
        wanted = source.chord_degrees[:, degree]
        cost = np.where(has_seventh, MISSING_BESIDE_SEVENTH[degree], MISSING[degree])
        if degree == 1:
            cost = np.where(source.final, FINAL_THIRD, 1) * cost
        cost = np.where(source.is_chord, cost, MISSING_TONE) * (wanted != NONE)
        absent = present >> np.maximum(wanted, 0)[:, None] & 1 == 0
        costs += cost[:, None] * absent
    return costs


def _cost_bass(source: Source, lowest: Ints, usual: float) -> Costs:
    """Return the costs of the lowest voice's notes, (N, S): of inversions of the chords."""
    classes = np.where(lowest == REST, NONE, lowest % OCTAVE)
    other = (classes != source.bass[:, None]) & (classes != NONE)
    fifth = other & source.is_chord[:, None] & (classes == source.chord_degrees[:, 2][:, None])
    return _cost_other_bass(source, usual) * other + SIX_FOUR * fifth


def _cost_other_bass(source: Source, usual: float) -> Costs:
    """Return the cost of another note than the bass's in the lowest voice, (N, 1)."""
    costs = np.where(source.final, OTHER_FINAL, np.where(source.closing, OTHER_CLOSE, usual))
    return costs[:, None]


def _cost_two_voices(source: Source, states: States) -> Costs:
    """Return the costs of the intervals between two voices, (N, S)."""
    tune, own = source.pitches[:, SOPRANO][:, None], states.pitches[..., 0]
    both = (tune != REST) & (own != REST)
    weight = np.where(source.on_beat, 1.0, OFF_BEAT)[:, None]
    classes = np.where(own == REST, NONE, own % OCTAVE)
    other = (classes != source.bass[:, None]) & (own != REST)
    leads = classes == source.leading_tone[:, None]
    approach = (source.closing & ~source.final)[:, None]
    bass = _cost_other_bass(source, TWO_VOICES_BASS) * ~(approach & leads)
    intervals = np.where(both, TWO_VOICES[(tune - own) % OCTAVE], 0)
    intervals = np.where(source.final[:, None], TWO_VOICES_FINAL * intervals, intervals)
    not_bass = 0.25 * (states.sources[..., 0] != BASS) * (own != REST)
    return (intervals + bass * other) * weight + not_bass
