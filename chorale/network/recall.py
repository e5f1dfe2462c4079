"""Recall: how a chorale went on at an earlier place that was like this one.

Chorales repeat themselves, a whole section at times, and a recurrent layer cannot write again
what it read a hundred steps ago. So the network is told. A place is a step of the past. In a voice
it agrees with the present for as many steps as the tokens that lead to it are those that lead to
the present step. Two kinds of place are recalled:

    own     for each voice, the place where it agrees for longest
    joint   one place for all four, where they agree for longest in sum

Of places that agree equally long, it is the latest. What stood there may follow now, and how long
the agreement is tells how far to trust it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chorale.music import VOICES
from chorale.network.tokens import Vocabulary

LONGEST = 64  # steps of agreement; longer ones count as this
# shortest agreement, in steps, of each class of lengths but the first, which is none
CLASSES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 24, 32, 48, LONGEST)
LENGTH_CLASSES = len(CLASSES) + 1
BLOCK = 64  # steps of a known chorale that are looked up at once


class Recall(NamedTuple):
    """What is recalled at a step; all arrays int32.

    Attributes:
        tokens: (..., 8), the tokens of each voice's own place, SATB, then of the joint place;
            UNKNOWN where no place agrees.
        lengths: (..., 8), classes of length, 0 to LENGTH_CLASSES - 1: how long each voice agrees
            at its own place, SATB, and at the joint place.
    """

    tokens: NDArray[np.int32]
    lengths: NDArray[np.int32]


RECALLED = 2 * len(VOICES)  # tokens, and as many lengths


class RepetitionMatcher:
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
    """What is recalled at every step of one chorale, arrays (T, ...), from its tokens, (T, 4).

    Block by block: a table of all steps by all places would not fit for a long piece.
    """
    agreement = np.zeros_like(tokens)  # of the present with each place; 0 for what is no place yet
    recalled = []
    for first in range(0, len(tokens), BLOCK):
        end = min(first + BLOCK, len(tokens))
        match_lengths = np.zeros((end - first, end, len(VOICES)), np.int32)  # step, place, voice
        for step in range(first, end):
            match_lengths[step - first] = agreement[:end]
            again = tokens[:step] == tokens[step]
            agreement[1 : step + 1] = np.where(again, agreement[:step] + 1, 0)
        places = np.broadcast_to(tokens[:end], match_lengths.shape)
        recalled.append(_recall(places, match_lengths, vocabulary.unknown))
    return Recall(*map(np.concatenate, zip(*recalled, strict=True)))


def _recall(tokens: NDArray[np.int32], match_lengths: NDArray[np.int32], unknown: int) -> Recall:
    """Recall from places: the tokens that stand there and how long they agree, both (B, P, 4)."""
    batch, places, voices = tokens.shape
    if not places:
        nothing = np.full((batch, RECALLED), unknown, np.int32)
        return Recall(nothing, np.zeros((batch, RECALLED), np.int32))
    lengths = np.minimum(match_lengths, LONGEST)
    own, joint = _latest_highest(lengths), _latest_highest(lengths.sum(-1, keepdims=True))
    at = np.concatenate([own, np.repeat(joint, voices, axis=1)], axis=1)
    rows, columns = np.arange(batch)[:, None], np.arange(RECALLED) % voices
    recalled, length = tokens[rows, at, columns], lengths[rows, at, columns]
    agrees = length > 0
    agrees[:, voices:] = agrees[:, voices:].any(axis=1, keepdims=True)  # one place, as a whole
    classes = np.searchsorted(CLASSES, length, side="right")
    return Recall(np.where(agrees, recalled, unknown).astype(np.int32), classes.astype(np.int32))


def _latest_highest(values: NDArray[np.int32]) -> NDArray[np.int64]:
    """The last place, along axis 1, of the highest value: (B, P, n) to (B, n)."""
    places: NDArray[np.int64] = values.shape[1] - 1 - values[:, ::-1].argmax(axis=1)
    return places
