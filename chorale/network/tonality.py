"""Tonality: the key of the past, estimated at each step.

Without a plan, a network must infer the key from the notes, and a recurrent layer infers it badly:
the true key improved its likelihood by 6 %, more than true metre and fermatas together. So the key
is estimated before the network, twice: from all earlier steps, which finds the key of the piece,
and from the last steps, which finds the key of the phrase. Each step counts each sounding voice
once. The estimated key is the one under which these notes are likeliest, if each is drawn from the
notes of the key's mode; of equally likely keys the first.

Source of the idea: the naive Bayes model of key finding in D. Temperley, Music and Probability
(2007), with notes counted by their lengths.
"""

import numpy as np

from chorale.aliases import Ids, Rows
from chorale.music import OCTAVE
from chorale.network.conditions import UNKNOWN
from chorale.network.tokens import Vocabulary

HALF_LIFE = 32  # steps; the weight of a step in the estimate from the last steps halves after these
KEYS_OF_PAST = 2  # estimates: from all earlier steps, from the last ones

# Percentage of each scale degree, in semitones above the tonic, among the notes of the training
# split of `bach` by the mode of the chorale; printed by `scripts/measure/style.py form`.
PROFILES = {
    "major": (20.0, 0.7, 13.2, 0.3, 13.7, 8.6, 1.6, 20.7, 0.7, 11.1, 1.2, 8.3),
    "minor": (18.7, 0.4, 11.6, 13.6, 1.7, 11.0, 0.8, 20.3, 5.5, 2.5, 9.8, 4.2),
}

_DECAYS = np.array([1.0, 0.5 ** (1 / HALF_LIFE)])[:, None]
# log probability of each pitch class in each key, (12, 24), keys as in the key column from 1 on
_LOG_PROFILES = np.stack(
    [
        np.log(np.roll(PROFILES[mode], tonic) / np.sum(PROFILES[mode]))
        for tonic in range(OCTAVE)
        for mode in PROFILES  # major, minor
    ],
    axis=1,
)


class KeyEstimator:
    """The estimated keys of a batch of chorales that grow step by step."""

    def __init__(self, batch: int, vocabulary: Vocabulary) -> None:
        self._weights = np.zeros((batch, KEYS_OF_PAST, OCTAVE))
        pitches = vocabulary.pitches_of(np.arange(vocabulary.input_size, dtype=np.int32))
        is_note = vocabulary.is_note(np.arange(vocabulary.input_size))
        self._classes = is_note[:, None] * (pitches[:, None] % OCTAVE == np.arange(OCTAVE))

    def keys(self) -> Ids:
        """Return the keys estimated from the steps so far, (batch, 2) int32.

        The values are those of the key column in `chorale.network.conditions`: UNKNOWN before the
        first note.
        """
        keys = 1 + (self._weights @ _LOG_PROFILES).argmax(-1)
        return np.where(self._weights.any(-1), keys, UNKNOWN).astype(np.int32)

    def append(self, sounding: Ids) -> None:
        """Append one step: the tokens of the sounding notes, (batch, 4)."""
        sounds = self._classes[sounding].sum(1)
        self._weights = self._weights * _DECAYS + sounds[:, None]

    def take(self, rows: Rows) -> None:
        """Go on with some chorales of the batch in place of all."""
        self._weights = self._weights[rows]


def estimate_keys(sounding: Ids, vocabulary: Vocabulary) -> Ids:
    """Return the keys estimated before every step of a chorale, (T, 2), from notes, (T, 4)."""
    estimator, keys = KeyEstimator(1, vocabulary), []
    for frame in sounding:
        keys.append(estimator.keys())
        estimator.append(frame[None])
    return np.concatenate(keys)
