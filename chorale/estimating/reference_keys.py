"""Keys of the phrases of a chorale in four voices, by which those of tunes are counted."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import key_fit, phrase_endings
from chorale.analysis.cadences import Cadence
from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER, Chorale, Key, Mode

CLOSE_STEPS = 8 * STEPS_PER_QUARTER  # the end of a phrase, whose notes determine its key
# Added to the correlation of the home key. The weights from 0.05 to 0.15 give the same key to 96 %
# of the phrases as a likelihood of the notes does.
HOME_WEIGHT = 0.1
FIFTH = 7  # semitones from a tonic up to its dominant
MODES: tuple[Mode, ...] = ("major", "minor")


def find_phrase_keys(chorale: Chorale, home: Key) -> list[Key]:
    """Return the key in which each phrase closes; empty if fermatas are unknown.

    An authentic cadence determines the tonic, except on the major dominant of a minor key, which
    may be a half cadence at home. After another cadence the last chord is the tonic or the
    dominant, or the phrase is in the home key. Without a cadence any key is possible. Of the
    possible keys, the one is chosen whose profile fits the notes of the last eight quarters best
    (`chorale.analysis.key_fit`); a minor phrase may close on a major chord.

    Args:
        chorale: chorale whose plan has the fermatas.
        home: the key of the chorale.
    """
    bounds = [0, *(end for _, end in chorale.plan.fermata_spans)]
    keys = []
    for (start, end), ending in zip(pairwise(bounds), phrase_endings(chorale, home), strict=True):
        pitches = chorale.pitches[max(start, end - CLOSE_STEPS) : end]
        possible = [home]
        if ending.degree is not None:
            root = (home.tonic + ending.degree) % OCTAVE
            possible = _possible_keys(pitches[-1], root, ending.cadence, home)
        keys.append(_choose_key(pitches, possible, home))
    return keys


def _possible_keys(
    chord: NDArray[np.int16], root: int, cadence: Cadence | None, home: Key
) -> list[Key]:
    """Return the keys in which a phrase can close with a cadence on a chord, (4,) pitches."""
    if cadence is None:
        return [Key(tonic, mode) for tonic in range(OCTAVE) for mode in MODES]
    is_minor = ((chord[chord != REST] - root) % OCTAVE == 3).any()
    if home.third == "minor" and not is_minor and root == (home.tonic + FIFTH) % OCTAVE:
        return [home, Key(root, "minor")]
    on_tonic = [Key(root, mode) for mode in MODES if mode == "minor" or not is_minor]
    if cadence == "authentic":
        return on_tonic
    on_dominant = [Key((root - FIFTH) % OCTAVE, mode) for mode in MODES if not is_minor]
    return [*on_tonic, *on_dominant, home]


def _choose_key(pitches: NDArray[np.int16], possible: list[Key], home: Key) -> Key:
    """Return the key that fits the pitches, (t, 4), best."""
    sounding = pitches[pitches != REST] % OCTAVE
    weights = np.bincount(sounding, minlength=OCTAVE).astype(float)
    return max(possible, key=lambda key: key_fit(weights, key) + HOME_WEIGHT * (key == home))
