"""The key of a melody, or of a few voices."""

from collections.abc import Mapping, Sequence
from math import log
from types import MappingProxyType

import numpy as np

from chorale.analysis import OCTAVE, key_fit
from chorale.estimating.chains import tables
from chorale.music import Key, Mode, Note

# The best of 5 to 30 on the training split, with no signature.
_FIT_WEIGHT = 10.0  # of a correlation with the key's profile, beside log probabilities
# Beyond this the notes contradict a signature. Of the 376 sopranos one exceeds it with its own,
# 64 % with one of two sharps more or fewer, 70 % with three, 99.7 % with that of a semitone off.
_DOUBT = 5.0
_ENOUGH_STEPS = 128  # of notes in the highest voice; fewer contradict nothing
_MODE_WEIGHT = 2.0  # a guess: against minor where a file says "major"
# How often a signature stands for which key: semitones from the tonic of its major. Counted in the
# files of Bach's training split, 224: Ionian, Aeolian and Phrygian, Dorian, Mixolydian.
_KINDS: Mapping[tuple[int, Mode], float] = MappingProxyType(
    {
        (0, "major"): log(109 / 224),
        (9, "minor"): log(87 / 224),
        (2, "minor"): log(20 / 224),
        (7, "major"): log(8 / 224),
    }
)


def estimate_tune_key(
    lines: Sequence[Sequence[Note]], sharps: int | None = None, mode: Mode | None = None
) -> Key:
    """The key of a melody or of a few voices.

    Args:
        lines: the notes of each voice that is there, in order of time, one after another; from
            the highest voice down.
        sharps: of a key signature, flats negative. It may be that of a church mode, so that D
            minor, Dorian, and G major, Mixolydian, are possible without a sharp or flat.
        mode: as a file has it. "minor" is believed; "major" is what programs write that do not
            know, and only makes a minor key less likely.
    """
    return max(_keys(sharps, mode), key=lambda key: _key_score(lines, key, sharps, mode))


def contradicts(lines: Sequence[Sequence[Note]], sharps: int) -> bool:
    """Whether the notes lie so much better in a key of another signature that it must be wrong.

    Programs write the written key of a transposing instrument, or none, which readers take for
    C major. Less than eight bars contradict nothing.
    """
    if not lines or sum(note.length_steps for note in lines[0]) < _ENOUGH_STEPS:
        return False
    best, own = (
        _key_score(lines, estimate_tune_key(lines, told), None, None) for told in (None, sharps)
    )
    return best - own > _DOUBT


def _keys(sharps: int | None, mode: Mode | None) -> list[Key]:
    """The keys that a signature can stand for."""
    modes: tuple[Mode, ...] = ("minor",) if mode == "minor" else ("major", "minor")
    if sharps is None:
        return [Key(tonic, known) for known in modes for tonic in range(OCTAVE)]
    own = Key.from_sharps(sharps, "major").tonic
    return [Key((own + d) % OCTAVE, known) for (d, known) in _KINDS if known in modes]


def _key_score(
    lines: Sequence[Sequence[Note]], key: Key, sharps: int | None, mode: Mode | None
) -> float:
    weights = np.zeros(OCTAVE)
    for note in (note for line in lines for note in line):
        weights[note.pitch % OCTAVE] += note.length_steps
    score = _FIT_WEIGHT * key_fit(weights, key)
    closing = [line[-1].pitch for line in lines if line]
    if closing:
        by_degree = tables()["closes"]["melody" if len(closing) == 1 else "bass"][key.mode]
        score += by_degree[(closing[-1] - key.tonic) % OCTAVE]
    if sharps is not None:
        own = Key.from_sharps(sharps, "major").tonic
        score += _KINDS[(key.tonic - own) % OCTAVE, key.mode]
    if mode is not None and mode != key.mode:
        score -= _MODE_WEIGHT
    return score
