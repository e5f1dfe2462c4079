"""Church modes in the draw: the scale of the mode instead of that of major or minor.

The network knows 24 keys, and reads a mode as the major or minor key on the same tonic
(`chorale.music.Key.tonal`), as it learnt Bach's modal chorales. By itself it writes the degree by
which the mode differs as that key has it: B flat in D Dorian. So in chorales in a church mode,
notes outside the scale of each passage are penalized, except for the alterations that settings of
modal tunes have always had: the leading tone in Dorian and in minor, at cadences in Mixolydian and
Lydian too, and the major third in the chord that closes a phrase.

Source: on musica ficta, e.g. The New Grove; on Bach's modal chorales, J. P. Kirnberger, Die Kunst
des reinen Satzes (1771-79).

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

from collections.abc import Sequence

import numpy as np

from chorale.composing.cadences import APPROACH_STEPS, find_fermata
from chorale.composing.pitches import candidate_pitches
from chorale.composing.rules import Logits, Moment
from chorale.composing.tasks import Task
from chorale.music import OCTAVE, Key
from chorale.network.tokens import Vocabulary

# In nats. In 24 chorales of 8 bars in D Dorian, 62 % of the sixth degrees were B flat without the
# rule, 12 % with 6 nats, 4 % with 12; in E Phrygian 85 % of the second degrees were F sharp, 23 %,
# and 14 %, in modulations and at closes.
OUTSIDE_SCALE = np.float32(12.0)
LEADING_TONE, MAJOR_THIRD = 11, 4  # semitones above the final


class ChurchModes:
    """Rule that keeps passages in a church mode to its scale."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the rule for tokens of a vocabulary."""
        self._vocabulary = vocabulary

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Penalize notes outside the scale; see `LogitRule.apply`."""
        own = candidate_pitches(at.history.sounding[:, at.voice], self._vocabulary)
        changed = logits.copy()
        for row, task in enumerate(at.tasks):
            key = task.key_at(at.step)
            if key and is_modal(task):
                allowed = list_mode_notes(key, _is_closing(task, at.step))
                outside = (own[row] >= 0) & ~np.isin(own[row] % OCTAVE, allowed)
                changed[row] -= OUTSIDE_SCALE * outside
        return changed


def has_church_mode(tasks: Sequence[Task]) -> bool:
    """Return whether a task is in a church mode, or has a passage in one."""
    return any(map(is_modal, tasks))


def is_modal(task: Task) -> bool:
    """Return whether a task is in a church mode, or has a passage in one.

    Its passages in major and minor then keep to their scales too.
    """
    keys = (task.plan.key, *(span.key for span in task.form.keys))
    return any(key and key != key.tonal for key in keys)


def list_mode_notes(key: Key, closing: bool) -> list[int]:
    """Return the pitch classes of a mode: its scale and the alterations in use.

    Args:
        key: the key.
        closing: whether a phrase closes.
    """
    altered = []
    if key.mode in ("dorian", "minor") or (closing and key.mode != "phrygian"):
        altered.append(LEADING_TONE)
    if closing:
        altered.append(MAJOR_THIRD)
    return [*key.scale, *((key.tonic + degree) % OCTAVE for degree in altered)]


def _is_closing(task: Task, step: int) -> bool:
    """Return whether a step is in the last quarter before a phrase's last chord, or in it."""
    if task.close_step is not None and task.close_step - step <= APPROACH_STEPS:
        return True
    fermatas = task.plan.fermatas
    under = fermatas is not None and bool(fermatas[step : step + 1].any())
    return under or find_fermata(task.plan, step) is not None
