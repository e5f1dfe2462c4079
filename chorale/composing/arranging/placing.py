"""The place of the music: the key and octave in which a choir sings a chorale.

The tune stays in its octave, or goes to the one that suits the choir's top voice; whole chorales of
our own may be in any key.
"""

import numpy as np

from chorale.analysis.harmony import identify_chord
from chorale.composing.arranging.source import Flags, Ints
from chorale.music import BASS, OCTAVE, REST, SOPRANO, Chorale
from chorale.music.voicings import SATB, Voicing

# On a place, per step of the music
OUT_OF_RANGE = 400.0  # a note of the tune outside its range
NO_BASS = 4.0  # no note of the bass's pitch class is in its range and a third below the tune
NO_LAST_BASS = 4.0  # the same in the last chord, which then cannot be a triad in root position
NO_LAST_THIRD = 4.0  # the third of the last chord fits no voice between tune and bass
AWAY = 0.25  # each semitone from the middle of the tune to the usual one
# Usual middle of the tune within its range, of 1: that of Bach's sopranos, and a higher one for
# choirs of a compass under WIDE_COMPASS semitones, so that there is room below the tune
USUAL_HEIGHT, HEIGHT_OF_CLOSE_VOICES, WIDE_COMPASS = 0.55, 0.7, 32
THIRD = 3  # semitones
SHARPS, MANY_SHARPS = 4, 0.5  # in a key signature without a cost, cost of each more


def choose_transposition(chorale: Chorale, voicing: Voicing, keep_key: bool = False) -> int:
    """Choose the semitones by which a new chorale is transposed for a choir.

    Args:
        chorale: the chorale in four voices.
        voicing: the choir.
        keep_key: whether only octaves are allowed.
    """
    if voicing is SATB:
        return 0
    shifts = sorted(_list_shifts(OCTAVE if keep_key else 1), key=abs)
    return min(shifts, key=lambda shift: cost_place(chorale, voicing, shift))


def fit_tune(tune: Chorale, voicing: Voicing, unit: int) -> int:
    """Return the least shift, in semitones, by which fewest notes of a tune are out of range.

    Args:
        tune: music whose soprano is the tune.
        voicing: the choir whose top voice sings it.
        unit: semitones of which the shift is a multiple: 1, or 12 for octaves.
    """
    shifts = sorted(_list_shifts(unit), key=abs)
    return min(shifts, key=lambda shift: count_out_of_range(tune, voicing, shift))


def _list_shifts(unit: int) -> list[int]:
    return [shift for shift in range(-3 * OCTAVE, 3 * OCTAVE + 1) if shift % unit == 0]


def count_out_of_range(chorale: Chorale, voicing: Voicing, semitones: int = 0) -> int:
    """Count the notes of the tune outside the top voice's range, transposed by `semitones`."""
    low, high = voicing.parts[0].range
    tune = chorale.pitches[:, SOPRANO][chorale.onsets[:, SOPRANO]] + semitones
    return int(((tune < low) | (tune > high)).sum())


def cost_place(chorale: Chorale, voicing: Voicing, semitones: int) -> float:
    """Return the cost of a transposition by `semitones`."""
    tune, bass = chorale.pitches[:, SOPRANO], chorale.pitches[:, BASS]
    sounding = tune != REST
    if not sounding.any():
        return 0.0
    (low, high), lowest = voicing.parts[0].range, voicing.parts[-1].range
    sung = tune[sounding].astype(int) + semitones
    outside = float(((sung < low) | (sung > high)).mean())
    is_wide = high - lowest[0] >= WIDE_COMPASS
    middle = low + (USUAL_HEIGHT if is_wide else HEIGHT_OF_CLOSE_VOICES) * (high - low)
    no_bass = _find_missing_bass(sung, bass[sounding].astype(int) + semitones, lowest)
    sharps = abs(chorale.plan.key.transposed(semitones).sharps) if chorale.plan.key else 0
    return (
        OUT_OF_RANGE * outside
        + NO_BASS * float(no_bass.mean())
        + NO_LAST_BASS * float(no_bass[-1])
        + NO_LAST_THIRD
        * _lacks_third(chorale.pitches[sounding][-1].astype(int), voicing, semitones)
        + AWAY * abs(float(np.median(sung)) - middle)
        + MANY_SHARPS * max(0, sharps - SHARPS)
    )


def _lacks_third(last: Ints, voicing: Voicing, semitones: int) -> bool:
    """Return whether the third of the last chord, (4,) pitches, fits no inner voice of a choir."""
    chord, tune = identify_chord(last), int(last[SOPRANO])
    inner = [part.range for part in voicing.parts[1:-1]]
    if not inner or chord is None or chord.third in (None, tune % OCTAVE):
        return False
    third = int(chord.third or 0) + semitones
    return all(low + (third - low) % OCTAVE > min(high, tune + semitones) for low, high in inner)


def _find_missing_bass(tune: Ints, bass: Ints, lowest: tuple[int, int]) -> Flags:
    """Return at which steps no note of the bass's pitch class fits a third below the tune."""
    low, high = lowest
    first = low + (bass - low) % OCTAVE
    return np.asarray(first > np.minimum(high, tune - THIRD))
