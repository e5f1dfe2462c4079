"""Tonality: the tonics that the past suggests, of the chorale so far and of its last bars.

Where the key is not known, the network is told what a listener makes of it. The time that each
pitch class has sounded is correlated with the profiles of the 24 keys; of keys that fit equally,
the one on the lowest tonic from C up is taken. Products are of integers, so that ties are ties on
every machine.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from chorale.music import Mode
from chorale.tokens import Vocabulary

OCTAVE = 12
LATELY_STEPS = 32  # two bars of 4/4
TONICS = 2  # so far, and lately

# Expected weight of each pitch class, from the tonic up. Source: B. Aarden, Dynamic Melodic
# Expectancy (2003), as printed for keycor in the Humdrum Extras. Against Bach's signatures they
# did better than Krumhansl and Kessler's of 1982; see `chorale.analysis.estimate_key`.
PROFILES: Mapping[Mode, tuple[float, ...]] = MappingProxyType(
    {
        "major": (
            *(17.7661, 0.145624, 14.9265, 0.160186, 19.8049, 11.3587),
            *(0.291248, 22.062, 0.145624, 8.15494, 0.232998, 4.95122),
        ),
        "minor": (
            *(18.2648, 0.737619, 14.0499, 16.8599, 0.702494, 14.4362),
            *(0.702494, 18.6161, 4.56621, 1.93186, 7.37619, 1.75623),
        ),
    }
)


def _fits() -> NDArray[np.int64]:
    """What each pitch class adds to the fit of each key, (12, 24): major and minor of each tonic.

    A correlation but for a factor that is the same for all keys, in thousandths.
    """
    centred = np.array([PROFILES[mode] for mode in PROFILES])
    centred -= centred.mean(axis=1, keepdims=True)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    keys = [np.roll(profile, tonic) for tonic in range(OCTAVE) for profile in centred]
    return np.rint(1000 * np.stack(keys, axis=1)).astype(np.int64)


_FITS = _fits()


class Tonality:
    """What a batch of chorales lets hear of its key, step by step."""

    def __init__(self, batch: int, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._so_far = np.zeros((batch, OCTAVE), np.int64)
        self._lately = np.zeros((batch, 0, OCTAVE), np.int64)

    def tonics(self) -> NDArray[np.int32]:
        """See `tonics_of`; of the step to come, (batch, TONICS)."""
        return _tonics(np.stack([self._so_far, self._lately.sum(axis=1)], 1), self._vocabulary)

    def hear(self, sounding: NDArray[np.int32]) -> None:
        """Go on by one step of what sounds, (batch, 4) tokens."""
        heard = _heard(sounding, self._vocabulary)
        self._so_far = self._so_far + heard
        self._lately = np.concatenate([self._lately, heard[:, None]], 1)[:, -LATELY_STEPS:]


def tonics_of(sounding: NDArray[np.int32], vocabulary: Vocabulary) -> NDArray[np.int32]:
    """The tonics heard before each step of one chorale.

    Args:
        sounding: (T, 4), what sounded at the step before, see `chorale.tokens.Memory`.
        vocabulary: the token table.

    Returns:
        (T, TONICS) tokens, a note on each tonic, in whatever octave: of all steps before, and of
        the last LATELY_STEPS of them. REST where nothing sounded.
    """
    so_far = _heard(sounding, vocabulary).cumsum(axis=0)
    before = np.concatenate([np.zeros((LATELY_STEPS, OCTAVE), np.int64), so_far])[: len(so_far)]
    return _tonics(np.stack([so_far, so_far - before], 1), vocabulary)


def tonic_note(tonic: int, vocabulary: Vocabulary) -> int:
    """The token of a note on a tonic, 0 (C) to 11, the same for all uses."""
    return vocabulary.of_pitch(60 + tonic)


def _heard(sounding: NDArray[np.int32], vocabulary: Vocabulary) -> NDArray[np.int64]:
    """How many voices sound each pitch class, (..., 12), from tokens, (..., 4)."""
    notes = (sounding >= vocabulary.first_pitch) & (sounding < vocabulary.size)
    classes = (sounding - vocabulary.first_pitch + vocabulary.lowest_pitch) % OCTAVE
    sounds = (classes[..., None] == np.arange(OCTAVE)) & notes[..., None]
    heard: NDArray[np.int64] = sounds.sum(axis=-2)
    return heard


def _tonics(heard: NDArray[np.int64], vocabulary: Vocabulary) -> NDArray[np.int32]:
    """The best tonics, (...,) tokens, for how long each pitch class was heard, (..., 12)."""
    tonic = (heard @ _FITS).argmax(axis=-1) // len(PROFILES)
    note = tonic_note(0, vocabulary) + tonic
    return np.where(heard.any(axis=-1), note, vocabulary.rest).astype(np.int32)
