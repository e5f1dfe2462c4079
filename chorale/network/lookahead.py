"""Lookahead: the given notes that come next in each voice, and how many steps away they are.

A voice that leads to a given note moves towards it, and a bass moves towards the cadence that a
given soprano implies. The encoder reads all given notes, but learns to make little use of later
ones. So the network also reads, at each step, the next given notes of each voice and the number of
steps until they start.

Twin, for Keras tensors: `chorale.network.keras_encoder.find_lookahead`.
"""

from typing import NamedTuple

import numpy as np

from chorale.aliases import Ids
from chorale.music import VOICES
from chorale.network.tokens import Vocabulary

NOTES_AHEAD = 2  # notes per voice
MAX_STEPS_AHEAD = 32  # notes that start later are left out
NOT_WITHIN_REACH = MAX_STEPS_AHEAD + 1  # distance, in steps, that stands for "no such note"
# notes in all: the next note of each voice, SATB, then each voice's second next note
LOOKAHEAD_NOTES = NOTES_AHEAD * len(VOICES)


class Lookahead(NamedTuple):
    """The given notes that come next; all arrays int32.

    Attributes:
        notes: (..., 8), tokens of each voice's next given note, SATB, then of its second next;
            UNKNOWN where no such note starts within MAX_STEPS_AHEAD.
        until: (..., 8), steps until each of these notes starts, from 1; 0 where `notes` is UNKNOWN.
    """

    notes: Ids
    until: Ids


def find_lookahead(given: Ids, vocabulary: Vocabulary) -> Lookahead:
    """Find the given notes that come after each step, arrays (B, T, 8).

    Args:
        given: (B, T, 4) tokens of the given cells, UNKNOWN elsewhere.
        vocabulary: the token table.
    """
    steps = given.shape[1]
    numbers = np.arange(steps)[:, None]
    starts = np.where(vocabulary.is_note(given), numbers, steps + NOT_WITHIN_REACH)
    after = np.full_like(starts, steps + NOT_WITHIN_REACH)  # where the next note starts
    after[:, :-1] = np.minimum.accumulate(starts[:, :0:-1], axis=1)[:, ::-1]
    found = [after]
    for _ in range(1, NOTES_AHEAD):
        at = np.minimum(found[-1], steps - 1)
        found.append(np.maximum(np.take_along_axis(after, at, 1), found[-1]))
    onsets = np.concatenate(found, axis=-1)
    near = onsets - numbers <= MAX_STEPS_AHEAD
    voices = np.concatenate([given] * NOTES_AHEAD, axis=-1)
    notes = np.take_along_axis(voices, np.minimum(onsets, steps - 1), 1)
    return Lookahead(
        np.where(near, notes, vocabulary.unknown).astype(np.int32),
        np.where(near, onsets - numbers, 0).astype(np.int32),
    )
