"""Ahead: the notes that are given next, and how far away they are.

A voice that is to meet a given note goes towards it, and a bass goes towards the cadence that the
given soprano makes. The encoder hears all that is given, but learns to make little of what lies
ahead; so the network is told: of each voice the next notes that are given after a step, and in how
many steps they start.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chorale.music import VOICES
from chorale.network.tokens import Vocabulary

Ids = NDArray[np.int32]

NOTES_AHEAD = 2  # of each voice
MAX_STEPS_AHEAD = 32  # what starts later is not told
NOT_WITHIN_REACH = MAX_STEPS_AHEAD + 1  # stands for steps until no note
LOOKAHEAD_NOTES = NOTES_AHEAD * len(
    VOICES
)  # notes in all: the next ones, SATB, then those after them


class Lookahead(NamedTuple):
    """What is given next; all arrays int32.

    Attributes:
        notes: (..., 8), tokens of the notes that each voice is given next, SATB, then of those
            that follow them; UNKNOWN where none starts within MAX_STEPS_AHEAD.
        until: (..., 8), steps from here to where they start, from 1; 0 where there is none.
    """

    notes: Ids
    until: Ids


def lookahead_of(evidence: Ids, vocabulary: Vocabulary) -> Lookahead:
    """What is given after each step, arrays (B, T, 8).

    Args:
        evidence: (B, T, 4) tokens of the cells given, UNKNOWN elsewhere.
        vocabulary: the token table.
    """
    steps = evidence.shape[1]
    numbers = np.arange(steps)[:, None]
    starts = np.where(starts_note(evidence, vocabulary), numbers, steps + NOT_WITHIN_REACH)
    after = np.full_like(starts, steps + NOT_WITHIN_REACH)  # where the next one starts
    after[:, :-1] = np.minimum.accumulate(starts[:, :0:-1], axis=1)[:, ::-1]
    found = [after]
    for _ in range(1, NOTES_AHEAD):
        at = np.minimum(found[-1], steps - 1)
        found.append(np.maximum(np.take_along_axis(after, at, 1), found[-1]))
    places = np.concatenate(found, axis=-1)
    near = places - numbers <= MAX_STEPS_AHEAD
    voices = np.concatenate([evidence] * NOTES_AHEAD, axis=-1)
    notes = np.take_along_axis(voices, np.minimum(places, steps - 1), 1)
    return Lookahead(
        np.where(near, notes, vocabulary.unknown).astype(np.int32),
        np.where(near, places - numbers, 0).astype(np.int32),
    )


def starts_note(evidence: Ids, vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Where a note is given that starts, as `evidence`, which may be of Keras."""
    return (evidence >= vocabulary.first_pitch) & (evidence < vocabulary.size)
