"""Conditions: the plan of a chorale as small integers at each step, inputs of the network.

Each column holds one property of the plan; in every column 0 stands for "unknown":

    column             values
    since_downbeat     1 + steps since the last downbeat, at most MAX_BAR_STEPS
    until_downbeat     steps to the next downbeat, at least 1, at most MAX_BAR_STEPS
    fermata            1 no fermata, 2 a fermata holds
    key                1 + 2 x tonic + (1 in minor); a church mode by its third
    remaining          steps to the end, 1 at the last step, at most MAX_REMAINING_STEPS
    motion_soprano     1 + level of the soprano's motion in the phrase, 0 to MOTION_LEVELS - 1
    motion_alto        the same for the alto
    motion_tenor       the same for the tenor
    motion_bass        the same for the bass

The first two columns together determine the metre and the position in the measure, in a pickup
too.
"""

import numpy as np

from chorale.aliases import Ids
from chorale.music import MOTION_LEVELS, VOICES, Key, Plan

UNKNOWN = 0
MAX_BAR_STEPS = 32
MAX_REMAINING_STEPS = 64

SIZES = {
    "since_downbeat": 1 + MAX_BAR_STEPS,
    "until_downbeat": 1 + MAX_BAR_STEPS,
    "fermata": 1 + 2,
    "key": 1 + 2 * 12,
    "remaining": 1 + MAX_REMAINING_STEPS,
    **{f"motion_{voice}": 1 + MOTION_LEVELS for voice in VOICES},
}
COLUMNS = tuple(SIZES)
SINCE_DOWNBEAT, UNTIL_DOWNBEAT, FERMATA, KEY, REMAINING = range(5)
MOTION = slice(5, 5 + len(VOICES))  # the columns of motion, in SATB order


def encode_plan(plan: Plan) -> Ids:
    """Return the conditions of a plan, (T, len(COLUMNS)) int32, UNKNOWN for absent fields."""
    columns = encode_unknown_plan(plan.length_steps)
    steps = np.arange(plan.length_steps)
    if plan.metre:
        bar = plan.metre.steps_per_bar
        position = (steps - plan.pickup_steps) % bar
        remaining = bar - position
        for downbeat in plan.early_downbeats:
            position[downbeat:] = (steps[downbeat:] - downbeat) % bar
            remaining[:downbeat] = np.minimum(remaining[:downbeat], downbeat - steps[:downbeat])
            remaining[downbeat:] = bar - position[downbeat:]
        columns[:, SINCE_DOWNBEAT] = np.minimum(1 + position, MAX_BAR_STEPS)
        columns[:, UNTIL_DOWNBEAT] = np.minimum(remaining, MAX_BAR_STEPS)
    if plan.fermatas is not None:
        columns[:, FERMATA] = 1 + plan.fermatas
    if plan.key:
        columns[:, KEY] = key_id(plan.key)
    if plan.motion is not None:
        columns[:, MOTION] = 1 + plan.motion
    columns[:, REMAINING] = np.minimum(plan.length_steps - steps, MAX_REMAINING_STEPS)
    return columns


def encode_unknown_plan(length_steps: int) -> Ids:
    """Return conditions in which everything is unknown, even the length, as int32 (T, columns)."""
    return np.full((length_steps, len(COLUMNS)), UNKNOWN, np.int32)


def key_id(key: Key) -> int:
    """Return a key's value in the key column, from 1; each semitone up adds 2, modulo 24."""
    return 1 + 2 * key.tonic + (key.third == "minor")
