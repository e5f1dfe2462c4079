"""Openings in the draw: a chorale begins in its own mode.

The first chord, and the chord on the first downbeat, have no third of the other mode above the
tonic: a chorale in major does not begin on the minor tonic. In the training and the validation
split 9 of Bach's 299 chorales have such a third there.

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.composing.pitches import candidate_pitches, sounding_pitches
from chorale.composing.rules import Logits, Moment
from chorale.music import OCTAVE, STEPS_PER_QUARTER, Key, Plan
from chorale.network.tokens import Vocabulary

OTHER_THIRD = {"major": 3, "minor": 4}  # third of the other mode, in semitones above the tonic


def exclude_other_third(logits: Logits, at: Moment, vocabulary: Vocabulary) -> Logits:
    """Exclude the third of the other mode at the openings, where another note is possible.

    Args:
        logits: (B, V), which are not changed.
        at: the moment of the draw.
        vocabulary: the token table.
    """
    constrained = logits.copy()
    for row, task in enumerate(at.tasks):
        key = task.key_at(at.step)
        if key and is_opening(task.plan, at.step):
            sounding = at.history.sounding[row]
            allowed = opening_tokens(key, at.voice, at.cells[row], sounding, vocabulary)
            if np.isfinite(logits[row][allowed]).any():
                constrained[row][~allowed] = -np.inf
    return constrained


def is_opening(plan: Plan, step: int) -> bool:
    """Return whether a step is in the first quarter of the chorale or of its first full measure."""
    return step < STEPS_PER_QUARTER or 0 <= step - plan.pickup_steps < STEPS_PER_QUARTER


def opening_tokens(
    key: Key, voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Return which tokens a voice may have at the opening, (V,) bool.

    These are all tokens but those of the third of the other mode; where another voice has that
    third, every token. The arguments are those of `chorale.composing.cadences.final_chord_tokens`.
    """
    other = (key.tonic + OTHER_THIRD[key.third]) % OCTAVE
    present = sounding_pitches(cells, sounding, vocabulary)
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    allowed: NDArray[np.bool_] = (own < 0) | (own % OCTAVE != other)
    return allowed | bool((present[present >= 0] % OCTAVE == other).any())
