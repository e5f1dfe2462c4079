"""Cadences in the draw: how phrases and chorales close.

Where a phrase closes, the distribution is sharpened: cadences are formulas, and what is bold in the
middle of a phrase is a mistake at its end. The first chord under a fermata is biased towards a
triad in root position, and the final chord is the tonic triad if the task requires it
(`chorale.composing.tasks`); otherwise a network that has gone astray would hold whatever chord it
had reached.

Shapes: B chorales, T steps, 4 voices in SATB order, V tokens.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.composing.pitches import NOT_YET, candidate_pitches, sounding_pitches
from chorale.composing.rules import Logits, Moment
from chorale.composing.tasks import Task
from chorale.music import BASS, OCTAVE, SOPRANO, STEPS_PER_QUARTER, Key, Plan
from chorale.network.tokens import Vocabulary

# Multiplies the soprano's logits, which divides its temperature: a tune keeps to its motifs. Of 200
# chorales, repetition (`chorale.analysis.style`) was 2.3 times as far from Bach's test split as his
# training split is; without it, 5.0 times.
SOPRANO_SHARPENING = 1.5

# In 128 chorales composed with a guidance of 1, 84 % of the phrases closed on a cadence without
# this sharpening and 89 % with it; the same at 4 instead of 2.5, fewer over a half note instead of
# a quarter.
CLOSE_STEPS = STEPS_PER_QUARTER  # sharpening starts this long before a fermata
CLOSE_SHARPENING = 2.5  # divides the temperature there

# In nats, the penalty on a first chord under a fermata that is no triad in root position. With it
# 2.7 % of the same chorales' phrases ended on another chord, without it 5.0 %; in Bach 1.7 % do.
OTHER_CHORD = np.float32(3.0)

# In nats, the penalty on another bass than that of a dominant or subdominant chord in the last
# quarter before the final chord. APPROACHES are these basses, in semitones above the tonic.
OTHER_APPROACH = np.float32(1.5)
APPROACHES = (2, 5, 7, 11)

FIFTH = 7  # semitones above the root
ANY_THIRD = frozenset({3, 4})
THIRDS = {"major": frozenset({4}), "minor": ANY_THIRD}  # Bach ends minor with either


class Sharpening:
    """A lower temperature for the soprano, and for every voice where a phrase closes."""

    def __init__(self, tasks: Sequence[Task], length_steps: int) -> None:
        """Find where phrases close; `length_steps` is that of the longest task."""
        self._factors = compute_sharpening(tasks, length_steps)

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Sharpen the distribution; see `LogitRule.apply`."""
        of_voice = SOPRANO_SHARPENING if at.voice == SOPRANO else 1.0
        return logits * (self._factors[:, at.step, None] * of_voice)


class Cadences:
    """A bias towards the chords on which phrases and chorales close."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the rule for tokens of a vocabulary."""
        self._vocabulary = vocabulary

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Bias the rows that are about to close; see `LogitRule.apply`."""
        sounding = at.history.sounding
        biased = logits.copy()
        for row, task in enumerate(at.tasks):
            biased[row] = bias_toward_cadence(
                logits[row], task, at.step, at.voice, at.cells[row], sounding[row], self._vocabulary
            )
        return biased


def compute_sharpening(tasks: Sequence[Task], length_steps: int) -> NDArray[np.float64]:
    """Return the factor of the logits at each step, (B, T): above 1 where phrases close."""
    factors = np.ones((len(tasks), length_steps))
    for row, task in enumerate(tasks):
        if task.plan.fermatas is not None:
            held = np.flatnonzero(task.plan.fermatas)
            for before in range(CLOSE_STEPS + 1):
                factors[row, np.maximum(held - before, 0)] = CLOSE_SHARPENING
    return factors


def bias_toward_cadence(
    logits: Logits,
    task: Task,
    step: int,
    voice: int,
    cells: Ids,
    sounding: Ids,
    vocabulary: Vocabulary,
) -> Logits:
    """Bias one voice's logits at a step, (V,), towards the chord on which a phrase closes.

    Arguments as for `final_chord_tokens`. A voice that cannot reach the final chord is left free.
    """
    if task.close_step == step and task.plan.key:
        triad = final_chord_tokens(task.plan.key, voice, cells, sounding, vocabulary)
        led = np.where(triad, logits, np.float32(-np.inf))
        return led if np.isfinite(led).any() else logits
    if task.close_step and task.plan.key and 0 < task.close_step - step <= STEPS_PER_QUARTER:
        return _bias_approach(logits, task.plan.key, voice, sounding, vocabulary)
    if _fermata_starts(task.plan, step):
        triad = phrase_end_tokens(voice, cells, sounding, vocabulary)
        return np.where(triad, logits, logits - OTHER_CHORD)
    return logits


def _bias_approach(
    logits: Logits, key: Key, voice: int, sounding: Ids, vocabulary: Vocabulary
) -> Logits:
    """Bias the bass's logits just before the final chord, (V,), towards those of a cadence."""
    if voice != BASS:
        return logits
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    leads = (own >= 0) & np.isin((own - key.tonic) % OCTAVE, APPROACHES)
    return np.where(leads, logits, logits - OTHER_APPROACH)


def _fermata_starts(plan: Plan, step: int) -> bool:
    if plan.fermatas is None or step >= plan.length_steps:
        return False
    return bool(plan.fermatas[step] and not (step and plan.fermatas[step - 1]))


def final_chord_tokens(
    key: Key, voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Return the tokens by which a voice takes part in the tonic's triad, (V,).

    The chord has one third: that of another voice, or else the last voice to be drawn takes it.

    Args:
        key: the key.
        voice: the voice to draw, 0 (soprano) to 3 (bass).
        cells: (4,) tokens of the chord: given or drawn before, else UNKNOWN.
        sounding: (4,) tokens of the notes that sounded before.
        vocabulary: the token table.
    """
    present = sounding_pitches(cells, sounding, vocabulary)
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    return _is_of_triad(key.tonic, THIRDS[key.mode], present, own)


def phrase_end_tokens(
    voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Return the tokens by which a voice takes part in a root-position triad, (V,).

    The triad is major or minor; the bass is drawn below the notes that are given. Arguments as for
    `final_chord_tokens`.
    """
    present = sounding_pitches(cells, sounding, vocabulary)
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    if voice != BASS:
        root = present[BASS]
        return _is_of_triad(int(root), ANY_THIRD, present, own) if root >= 0 else own >= 0
    others = present[present >= 0]
    fits = [_is_triad({int(pitch - root) % OCTAVE for pitch in others}) for root in range(OCTAVE)]
    return (own >= 0) & np.array(fits)[own % OCTAVE]


def _is_of_triad(root: int, thirds: frozenset[int], present: Ids, own: Ids) -> NDArray[np.bool_]:
    """Return which of a voice's pitches belong to the triad on a root, given the notes present."""
    degrees = {int(pitch - root) % OCTAVE for pitch in present if pitch >= 0}
    possible = degrees & ANY_THIRD or thirds
    if degrees & ANY_THIRD or (present == NOT_YET).sum() > 1:
        possible = possible | {0, FIFTH}
    return (own >= 0) & np.isin((own - root) % OCTAVE, list(possible))


def _is_triad(degrees: set[int]) -> bool:
    """Return whether these semitones above a root are of its triad, which may be incomplete."""
    return degrees <= {0, 3, FIFTH} or degrees <= {0, 4, FIFTH}
