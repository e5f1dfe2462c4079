"""Motion: how many beats of each phrase have a note off the beat, voice by voice.

A beat is a quarter, counted from the plan's pickup, or from the first step without a metre. A voice
moves off the beat in a beat if one of its notes starts at one of the three later steps of the beat.
The share of these beats among the beats of a phrase, incomplete ones included, is the level of the
voice's motion there:

    level       0       1       2       3       4
    share       0       to 1/8  to 1/4  to 3/8  more
    soprano     47 %    30 %    18 %     4 %     1 %
    alto        20 %    22 %    28 %    16 %    14 %
    tenor       20 %    19 %    24 %    19 %    18 %
    bass        21 %    17 %    22 %    15 %    25 %

The last four rows give the share of Bach's phrases at each level, in the training split of the
`bach` data set. Half of his phrases have eight beats: there, the level is the number of beats.
"""

import numpy as np
from numpy.typing import NDArray

from chorale.music import STEPS_PER_QUARTER, VOICES, Chorale

SHARES = (0, 1 / 8, 1 / 4, 3 / 8)  # largest share at each level but the last


def measure_motion(chorale: Chorale) -> NDArray[np.int8] | None:
    """Measure the motion of each voice in each phrase; see `chorale.music.Plan.phrase_spans`.

    Returns:
        (T, 4) int8, level of each voice, 0 to 4, constant within a phrase; None if fermatas are
        unknown.
    """
    plan = chorale.plan
    if plan.fermatas is None:
        return None
    beats, places = np.divmod(np.arange(plan.length_steps) - plan.pickup_steps, STEPS_PER_QUARTER)
    off_beat = chorale.onsets & (places > 0)[:, None]
    levels = np.zeros((plan.length_steps, len(VOICES)), np.int8)
    for start, end in plan.phrase_spans:
        moving = np.zeros((beats[end - 1] - beats[start] + 1, len(VOICES)), np.bool_)
        np.logical_or.at(moving, beats[start:end] - beats[start], off_beat[start:end])
        levels[start:end] = np.searchsorted(SHARES, moving.mean(axis=0))
    return levels
