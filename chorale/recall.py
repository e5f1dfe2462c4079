"""Recall: how a chorale went on at an earlier place that was like this one.

Chorales repeat themselves, a whole section at times, and a recurrent layer cannot write again
what it read a hundred steps ago. So the network is told. A place is a step that is past; it
agrees with the present, in a voice, for as many steps as the tokens before it equal the tokens
before the present step. Two kinds of place are recalled:

    own     for each voice the place where it agrees with itself for longest
    joint   one place for all, where the four voices agree for longest in sum

the latest where several agree alike. What stood there is what may follow now, and how long the
agreement is tells how far to trust it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chorale.music import VOICES
from chorale.tokens import Vocabulary

LONGEST = 64  # steps of agreement; longer ones look alike
# shortest agreement, in steps, of each class of lengths but the first, which is none
CLASSES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 24, 32, 48, LONGEST)
LENGTH_CLASSES = len(CLASSES) + 1


class Recall(NamedTuple):
    """What is recalled at a step; all arrays int32.

    Attributes:
        tokens: (..., 8), the tokens of each voice's own place, SATB, then of the joint place;
            UNKNOWN where no place agrees.
        lengths: (..., 9), classes of length, 0 to LENGTH_CLASSES - 1: how long each voice agrees
            at its own place, SATB, each at the joint place, and the four there on average.
    """

    tokens: NDArray[np.int32]
    lengths: NDArray[np.int32]


RECALLED_TOKENS, RECALLED_LENGTHS = 2 * len(VOICES), 2 * len(VOICES) + 1


class Places:
    """The places of a batch of chorales, and how long each agrees, step by step."""

    def __init__(self, batch: int, vocabulary: Vocabulary) -> None:
        self._heard = np.zeros((batch, 0, len(VOICES)), np.int32)
        self._agreements = np.zeros((batch, 0, len(VOICES)), np.int32)
        self._unknown = vocabulary.unknown

    def recall(self) -> Recall:
        """What is recalled at the step to come, arrays (batch, ...)."""
        return _recall(self._heard, self._agreements, self._unknown)

    def add(self, tokens: NDArray[np.int32]) -> None:
        """Go on by one step of `tokens`, (batch, 4)."""
        again = self._heard == tokens[:, None]
        longer = np.where(again, self._agreements + 1, 0)
        self._agreements = np.concatenate([np.zeros_like(tokens[:, None]), longer], axis=1)
        self._heard = np.concatenate([self._heard, tokens[:, None]], axis=1)


def recall_of(tokens: NDArray[np.int32], vocabulary: Vocabulary) -> Recall:
    """What is recalled at every step of one chorale, arrays (T, ...), from its tokens, (T, 4)."""
    length = len(tokens)
    agreements = np.zeros((length, length, len(VOICES)), np.int32)  # step, place, voice
    for step in range(length - 1):
        again = tokens[:step] == tokens[step]
        agreements[step + 1, 1 : step + 1] = np.where(again, agreements[step, :step] + 1, 0)
    places = np.broadcast_to(tokens, agreements.shape)
    return _recall(places, agreements, vocabulary.unknown)


def _recall(tokens: NDArray[np.int32], agreements: NDArray[np.int32], unknown: int) -> Recall:
    """Recall from places: the tokens that stand there and how long they agree, both (B, P, 4)."""
    batch, places, _ = tokens.shape
    if not places:
        nothing = np.full((batch, RECALLED_TOKENS), unknown, np.int32)
        return Recall(nothing, np.zeros((batch, RECALLED_LENGTHS), np.int32))
    lengths = np.minimum(agreements, LONGEST)
    in_sum = lengths.sum(axis=-1, keepdims=True)
    own, joint = _latest_highest(lengths), _latest_highest(in_sum)
    chosen = np.concatenate([own, np.broadcast_to(joint, own.shape)], axis=-1)[:, None]
    length = np.take_along_axis(np.concatenate([lengths, lengths], axis=-1), chosen, 1)[:, 0]
    recalled = np.take_along_axis(np.concatenate([tokens, tokens], axis=-1), chosen, 1)[:, 0]
    best = np.take_along_axis(in_sum, joint[:, None], 1)[:, 0]
    agrees = np.concatenate([length[:, : len(VOICES)] > 0, np.broadcast_to(best > 0, own.shape)], 1)
    classes = np.concatenate([length, best // len(VOICES)], axis=1)
    return Recall(
        np.where(agrees, recalled, unknown).astype(np.int32),
        np.searchsorted(CLASSES, classes, side="right").astype(np.int32),
    )


def _latest_highest(values: NDArray[np.int32]) -> NDArray[np.int64]:
    """The last place, along axis 1, of the highest value: (B, P, n) to (B, n)."""
    places: NDArray[np.int64] = values.shape[1] - 1 - values[:, ::-1].argmax(axis=1)
    return places
