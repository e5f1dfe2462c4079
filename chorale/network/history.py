"""The past: all that the network is told of the steps before one.

What stood at the step before, what sounds since (`chorale.network.tokens.Memory`), and how the chorale
went on at an earlier place like this one (`chorale.network.recall`).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chorale.network.recall import RepetitionMatcher, recall_of
from chorale.network.tokens import Vocabulary, remember, silence_before, sounding_after

Ids = NDArray[np.int32]


class History(NamedTuple):
    """What each step comes after; all arrays int32.

    Attributes:
        previous: (..., 4), the tokens of the step before, START before the first.
        sounding, held: (..., 4), see `chorale.network.tokens.Memory`.
        recalled, agreements: (..., 8), see `chorale.network.recall.Recall`.
    """

    previous: Ids
    sounding: Ids
    held: Ids
    recalled: Ids
    match_lengths: Ids


class HistoryTracker:
    """Hears a batch of chorales step by step, from the beginning, and knows their past."""

    def __init__(self, batch: int, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._memory = silence_before(batch, vocabulary)
        self._previous = self._memory.sounding
        self._places = RepetitionMatcher(batch, vocabulary)

    def past(self) -> History:
        """The past of the step to come, arrays (batch, ...); looks through all that was heard."""
        return History(self._previous, *self._memory, *self._places.recall())

    def append(self, tokens: Ids) -> None:
        """Go on by one step of `tokens`, (batch, 4)."""
        self._memory = remember(self._memory, tokens, self._vocabulary)
        self._places.add(tokens)
        self._previous = tokens


def history_of(tokens: Ids, vocabulary: Vocabulary) -> History:
    """The past of every step of one chorale, arrays (T, ...), from its tokens, (T, 4)."""
    before, after = silence_before(1, vocabulary), sounding_after(tokens, vocabulary)
    sounding = np.concatenate([before.sounding, after.sounding[:-1]])
    return History(
        np.concatenate([before.sounding, tokens[:-1]]),
        sounding,
        np.concatenate([before.held, after.held[:-1]]),
        *recall_of(tokens, vocabulary),
    )
