"""How phrases and chorales close, where the draw is held closer than elsewhere.

Where a phrase closes, the draw is surer: cadences are formulas, and what is bold in the middle of a
phrase is a mistake at its end. The last chord of all is the tonic's triad where the task says so
(`chorale.tasks`): a network that has gone astray by then would otherwise hold what it came upon.

Shapes: B chorales, T steps, 4 voices in SATB order, V tokens.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.music import STEPS_PER_QUARTER, Key
from chorale.past import Ids
from chorale.tasks import OCTAVE, Task
from chorale.tokens import Vocabulary

# Of 128 chorales composed with a guidance of 1, 84 % of the phrases closed on a cadence without it
# and 89 % with it; the same at 4 instead of 2.5, fewer over a half note instead of a quarter.
CLOSE_STEPS = STEPS_PER_QUARTER  # before a fermata, from which on a phrase closes
CLOSE_SURENESS = 2.5  # divides the temperature there

FIFTH = 7  # semitones above the tonic
THIRDS = {"major": frozenset({4}), "minor": frozenset({3, 4})}  # Bach ends minor with either


def sureness(tasks: Sequence[Task], length: int) -> NDArray[np.float64]:
    """What multiplies the logits of each step, (B, T): more than 1 where phrases close."""
    factors = np.ones((len(tasks), length))
    for row, task in enumerate(tasks):
        if task.plan.fermatas is not None:
            held = np.flatnonzero(task.plan.fermatas)
            for before in range(CLOSE_STEPS + 1):
                factors[row, np.maximum(held - before, 0)] = CLOSE_SURENESS
    return factors


def last_chord(
    key: Key, voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Tokens by which a voice takes part in the tonic's triad, (V,).

    The chord has one third, the one that another voice has if there is one; the last voice to be
    drawn takes it if no other has.

    Args:
        key: whose tonic it is.
        voice: that is drawn, 0 (soprano) to 3 (bass).
        cells: (4,) tokens of the chord as far as it is there, UNKNOWN elsewhere.
        sounding: (4,) tokens of the notes that sounded before.
        vocabulary: the token table.
    """
    now = _degrees(np.where(cells == vocabulary.hold, sounding, cells), key, vocabulary)
    there = {int(degree) for degree in now} & {3, 4}
    possible = there or THIRDS[key.mode]
    if there or (cells == vocabulary.unknown).sum() > 1:
        possible = possible | {0, FIFTH}
    tokens = np.arange(vocabulary.size)
    own = np.where(tokens == vocabulary.hold, sounding[voice], tokens)
    return np.isin(_degrees(own, key, vocabulary), list(possible))


def _degrees(tokens: Ids, key: Key, vocabulary: Vocabulary) -> Ids:
    """Semitones from the tonic up to each token's note, octaves left out; -1 for what is none."""
    is_note = (tokens >= vocabulary.first_pitch) & (tokens < vocabulary.size)
    pitches = tokens - vocabulary.first_pitch + vocabulary.lowest_pitch
    return np.where(is_note, (pitches - key.tonic) % OCTAVE, -1)
