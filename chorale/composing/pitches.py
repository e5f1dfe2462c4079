"""Pitches of tokens, for the rules of the draw."""

from functools import cache

import numpy as np

from chorale.aliases import Ids
from chorale.network.tokens import Vocabulary

NOT_DRAWN = -2  # stands for the pitch of a cell that is not drawn yet, as REST does for silence


def look_up_pitches(tokens: Ids, vocabulary: Vocabulary) -> Ids:
    """Return the pitch of each token: NOT_DRAWN for UNKNOWN, REST for others without a pitch."""
    return _pitches(vocabulary)[tokens]


def sounding_pitches(cells: Ids, sounding: Ids, vocabulary: Vocabulary) -> Ids:
    """Return the pitch of each voice at a step; negative (REST or NOT_DRAWN) without a note.

    Args:
        cells: (..., 4) tokens of the step; UNKNOWN in cells that are not drawn yet.
        sounding: (..., 4) tokens of the notes that sounded at the step before.
        vocabulary: the token table.
    """
    return look_up_pitches(np.where(cells == vocabulary.hold, sounding, cells), vocabulary)


def candidate_pitches(sounding: Ids, vocabulary: Vocabulary) -> Ids:
    """Return the pitch that each token would make a voice sound, (B, V); negative without one.

    Args:
        sounding: (B,) tokens of the voice's notes at the step before, which HOLD continues.
        vocabulary: the token table.
    """
    tokens = np.arange(vocabulary.size, dtype=np.int32)
    pitches = look_up_pitches(tokens, vocabulary)
    held = look_up_pitches(sounding, vocabulary)[:, None]
    return np.where(tokens == vocabulary.hold, held, pitches)


@cache
def _pitches(vocabulary: Vocabulary) -> Ids:
    """Return the pitch of each input symbol, (V + 2,)."""
    pitches = vocabulary.pitches_of(np.arange(vocabulary.input_size, dtype=np.int32))
    pitches[vocabulary.unknown] = NOT_DRAWN
    return pitches
