"""History: the decoder's inputs from earlier steps.

The inputs are the tokens of the step before, the notes that sound after it and the notes before
these (`SoundingNotes` in `chorale.network.tokens`), the keys estimated from the past
(`chorale.network.tonality`), and the tokens that followed an earlier passage like the present one
(`chorale.network.recall`).
"""

from typing import NamedTuple

import numpy as np

from chorale.aliases import Ids, Rows
from chorale.network.recall import RepetitionMatcher, match_repetitions
from chorale.network.tokens import (
    SoundingNotes,
    Vocabulary,
    advance_sounding,
    begin_sounding,
    track_sounding,
)
from chorale.network.tonality import KeyEstimator, estimate_keys


class History(NamedTuple):
    """The decoder's inputs from the steps before each step; all arrays int32.

    Attributes:
        previous: (..., 4), tokens of the step before, START before the first.
        sounding, held, lengths: (..., 4), see `chorale.network.tokens.SoundingNotes`.
        earlier: (..., 8), see there.
        keys: (..., 2), see `chorale.network.tonality`.
        recalled, match_lengths: (..., 8), see `chorale.network.recall.Recall`.
    """

    previous: Ids
    sounding: Ids
    held: Ids
    earlier: Ids
    lengths: Ids
    keys: Ids
    recalled: Ids
    match_lengths: Ids


class HistoryTracker:
    """The history of a batch of chorales that grow step by step."""

    def __init__(self, batch: int, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._notes = begin_sounding(batch, vocabulary)
        self._previous = self._notes.sounding
        self._estimator = KeyEstimator(batch, vocabulary)
        self._matcher = RepetitionMatcher(batch, vocabulary)

    def history(self) -> History:
        """Return the history of the next step, arrays (batch, ...).

        The cost grows with the number of earlier steps, which are all searched for repetitions.
        """
        keys = self._estimator.keys()
        return History(self._previous, *self._notes, keys, *self._matcher.recall())

    def append(self, tokens: Ids) -> None:
        """Append one step of `tokens`, (batch, 4)."""
        self._notes = advance_sounding(self._notes, tokens, self._vocabulary)
        self._estimator.append(self._notes.sounding)
        self._matcher.append(tokens)
        self._previous = tokens

    def take(self, rows: Rows) -> None:
        """Go on with some chorales of the batch in place of all."""
        self._notes = SoundingNotes(*(values[rows] for values in self._notes))
        self._previous = self._previous[rows]
        self._estimator.take(rows)
        self._matcher.take(rows)


def build_history(tokens: Ids, vocabulary: Vocabulary) -> History:
    """Return the history of every step of one chorale, arrays (T, ...), from tokens, (T, 4)."""
    before, after = begin_sounding(1, vocabulary), track_sounding(tokens, vocabulary)
    notes = SoundingNotes(
        *(np.concatenate([old, new[:-1]]) for old, new in zip(before, after, strict=True))
    )
    return History(
        np.concatenate([before.sounding, tokens[:-1]]),
        notes.sounding,
        notes.held,
        notes.earlier,
        notes.lengths,
        estimate_keys(after.sounding, vocabulary),
        *match_repetitions(tokens, vocabulary),
    )
