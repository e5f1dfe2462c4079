"""Recall: the tokens that followed an earlier passage like the present one.

Chorales repeat themselves, a whole section at times, and a recurrent layer cannot reproduce what
it read a hundred steps ago. So this module finds the repetitions for the network. In each voice, an
earlier step matches the present step; the length of the match is the number of equal tokens just
before the two steps. There are two kinds of match:

    own     for each voice, the earlier step with the longest match in this voice
    joint   one earlier step for all four voices, with the greatest sum of match lengths

Of equally long matches the latest counts. The token at the earlier step is recalled: it may come
again now, and the length of the match shows how far to trust it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids, Rows
from chorale.music import VOICES
from chorale.network.tokens import Vocabulary

LONGEST = 64  # steps; longer matches count as this long
# least length, in steps, of a match of class 1, 2, ...; class 0 means no match
CLASSES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 24, 32, 48, LONGEST)
LENGTH_CLASSES = len(CLASSES) + 1
BLOCK = 64  # steps that `match_repetitions` matches at once
RECALLED = 2 * len(VOICES)  # tokens recalled at a step, and as many lengths


class Recall(NamedTuple):
    """The recalled tokens of a step; all arrays int32.

    Attributes:
        tokens: (..., 8), the token of each voice at its own match, SATB, then at the joint match;
            UNKNOWN where there is no match.
        lengths: (..., 8), length classes of each voice's own match, SATB, then of the joint match,
            0 to LENGTH_CLASSES - 1.
    """

    tokens: Ids
    lengths: Ids


class RepetitionMatcher:
    """The matches in a batch of chorales that grow step by step."""

    def __init__(self, batch: int, vocabulary: Vocabulary) -> None:
        self._tokens = np.zeros((batch, 0, len(VOICES)), np.int32)
        self._match_lengths = np.zeros((batch, 0, len(VOICES)), np.int32)
        self._unknown = vocabulary.unknown

    def recall(self) -> Recall:
        """Return the recalled tokens of the next step, arrays (batch, ...)."""
        return _recall_longest(self._tokens, self._match_lengths, self._unknown)

    def append(self, tokens: Ids) -> None:
        """Append one step of `tokens`, (batch, 4)."""
        equal = self._tokens == tokens[:, None]
        longer = np.where(equal, self._match_lengths + 1, 0)
        self._match_lengths = np.concatenate([np.zeros_like(tokens[:, None]), longer], axis=1)
        self._tokens = np.concatenate([self._tokens, tokens[:, None]], axis=1)

    def take(self, rows: Rows) -> None:
        """Go on with some chorales of the batch in place of all."""
        self._tokens, self._match_lengths = self._tokens[rows], self._match_lengths[rows]


def match_repetitions(tokens: Ids, vocabulary: Vocabulary) -> Recall:
    """Return the recall of every step of one chorale, arrays (T, ...), from tokens, (T, 4).

    The steps are matched block by block: for a long piece, a table of all pairs of steps would not
    fit into memory.
    """
    lengths = np.zeros_like(tokens)
    recalled = []
    for first in range(0, len(tokens), BLOCK):
        end = min(first + BLOCK, len(tokens))
        match_lengths = np.zeros((end - first, end, len(VOICES)), np.int32)  # step, earlier, voice
        for step in range(first, end):
            match_lengths[step - first] = lengths[:end]
            equal = tokens[:step] == tokens[step]
            lengths[1 : step + 1] = np.where(equal, lengths[:step] + 1, 0)
        earlier = np.broadcast_to(tokens[:end], match_lengths.shape)
        recalled.append(_recall_longest(earlier, match_lengths, vocabulary.unknown))
    return Recall(*map(np.concatenate, zip(*recalled, strict=True)))


def _recall_longest(tokens: Ids, match_lengths: Ids, unknown: int) -> Recall:
    """Return the recall of the longest matches.

    Args:
        tokens: (B, P, 4), tokens of the P earlier steps.
        match_lengths: (B, P, 4), lengths of their matches with the present step.
        unknown: the symbol UNKNOWN.
    """
    batch, earlier, voices = tokens.shape
    if not earlier:
        nothing = np.full((batch, RECALLED), unknown, np.int32)
        return Recall(nothing, np.zeros((batch, RECALLED), np.int32))
    lengths = np.minimum(match_lengths, LONGEST)
    own, joint = _latest_highest(lengths), _latest_highest(lengths.sum(-1, keepdims=True))
    at = np.concatenate([own, np.repeat(joint, voices, axis=1)], axis=1)
    rows, columns = np.arange(batch)[:, None], np.arange(RECALLED) % voices
    recalled, length = tokens[rows, at, columns], lengths[rows, at, columns]
    matches = length > 0
    # a joint match recalls all voices of its step
    matches[:, voices:] = matches[:, voices:].any(axis=1, keepdims=True)
    classes = np.searchsorted(CLASSES, length, side="right")
    return Recall(np.where(matches, recalled, unknown).astype(np.int32), classes.astype(np.int32))


def _latest_highest(values: Ids) -> NDArray[np.int64]:
    """Return the last index, along axis 1, of the highest value: (B, P, n) to (B, n)."""
    indices: NDArray[np.int64] = values.shape[1] - 1 - values[:, ::-1].argmax(axis=1)
    return indices
