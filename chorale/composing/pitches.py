"""Pitches of tokens, as the rules of the draw read them."""

from functools import cache

import numpy as np

from chorale.aliases import Ids
from chorale.network.tokens import Vocabulary

NOT_YET = -2  # in place of a pitch, as REST is


def look_up_pitches(tokens: Ids, vocabulary: Vocabulary) -> Ids:
    """Return the pitch of each input symbol: NOT_YET for UNKNOWN, REST for others without one."""
    return _pitches(vocabulary)[tokens]


def sounding_pitches(cells: Ids, sounding: Ids, vocabulary: Vocabulary) -> Ids:
    """Return the pitches that sound at a step, negative where none does.

    Args:
        cells: (..., 4) tokens of the step, UNKNOWN where none is drawn yet.
        sounding: (..., 4) tokens of the notes that sounded before.
        vocabulary: the token table.
    """
    return look_up_pitches(np.where(cells == vocabulary.hold, sounding, cells), vocabulary)


def candidate_pitches(sounding: Ids, vocabulary: Vocabulary) -> Ids:
    """Return the pitch that each token would sound in a voice, (B, V); negative where none.

    Args:
        sounding: (B,) tokens of the notes that sounded in the voice before, which HOLD continues.
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
    pitches[vocabulary.unknown] = NOT_YET
    return pitches
