"""Key of a melody, or of a few voices."""

from collections.abc import Mapping, Sequence
from math import log
from types import MappingProxyType

import numpy as np

from chorale.analysis import key_fit
from chorale.estimating.chains import load_tables
from chorale.music import OCTAVE, Key, Mode, Note

# The weight of a correlation with a key's profile, beside log probabilities; the best from 5 to 30
# on the training split, without signatures.
_FIT_WEIGHT = 10.0
# The difference of scores from which the notes contradict a signature. Of Bach's 376 sopranos one
# exceeds it with its own signature, 64 % with two sharps more or fewer, 70 % with three, and 99.7 %
# with the signature of a key a semitone off.
_DOUBT = 5.0
_ENOUGH_STEPS = 128  # steps of notes in the highest voice below which no signature is contradicted
_MODE_WEIGHT = 2.0  # a guess: subtracted from minor keys if the file has "major"
# How often a signature stands for each key, by semitones above the tonic of its major key. Counted
# in the 224 files of Bach's training split: Ionian, Aeolian and Phrygian, Dorian, Mixolydian.
_KEYS_OF_SIGNATURE: Mapping[tuple[int, Mode], float] = MappingProxyType(
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
    """Estimate the key of a melody or of a few voices.

    Args:
        lines: the notes of each voice present, in order of time and without overlaps; from the
            highest voice down.
        sharps: number of sharps in the key signature, flats negative; None without a signature.
            Church modes are possible: without sharps or flats also D minor (Dorian)
            and G major (Mixolydian).
        mode: mode in the file. "minor" is taken as given; "major" rules out church modes and makes
            the relative minor less likely, since programs write it when they do not know the mode.
    """
    return max(_candidates(sharps, mode), key=lambda key: _score_key(lines, key, sharps, mode))


def contradicts_signature(lines: Sequence[Sequence[Note]], sharps: int) -> bool:
    """Return whether the notes fit a key of another signature so much better that it is wrong.

    Some programs write the signature of a transposing instrument's part, or no signature, which
    readers take for C major. Music shorter than eight measures of 4/4 contradicts no signature.

    Args:
        lines: as for `estimate_tune_key`.
        sharps: sharps of the signature, flats negative.
    """
    if not lines or sum(note.length_steps for note in lines[0]) < _ENOUGH_STEPS:
        return False
    best, own = (
        _score_key(lines, estimate_tune_key(lines, signature), None, None)
        for signature in (None, sharps)
    )
    return best - own > _DOUBT


def _candidates(sharps: int | None, mode: Mode | None) -> list[Key]:
    """Return the keys that a signature and a mode allow."""
    modes: tuple[Mode, ...] = ("minor",) if mode == "minor" else ("major", "minor")
    if sharps is None:
        return [Key(tonic, each) for each in modes for tonic in range(OCTAVE)]
    major = Key.from_sharps(sharps, "major").tonic
    return [
        Key((major + degree) % OCTAVE, each)
        for degree, each in _KEYS_OF_SIGNATURE
        if each in modes and (mode != "major" or degree in (0, 9))
    ]


def _score_key(
    lines: Sequence[Sequence[Note]], key: Key, sharps: int | None, mode: Mode | None
) -> float:
    """Return the log probability of a key, up to a constant; see `estimate_tune_key`."""
    weights = np.zeros(OCTAVE)
    for note in (note for line in lines for note in line):
        weights[note.pitch % OCTAVE] += note.length_steps
    score = _FIT_WEIGHT * key_fit(weights, key)
    last_pitches = [line[-1].pitch for line in lines if line]
    if last_pitches:
        lowest = "melody" if len(last_pitches) == 1 else "bass"
        by_degree = load_tables()["closes"][lowest][key.third]
        score += by_degree[(last_pitches[-1] - key.tonic) % OCTAVE]
    if sharps is not None:
        major = Key.from_sharps(sharps, "major").tonic
        score += _KEYS_OF_SIGNATURE[(key.tonic - major) % OCTAVE, key.mode]
    if mode is not None and mode != key.mode:
        score -= _MODE_WEIGHT
    return score
