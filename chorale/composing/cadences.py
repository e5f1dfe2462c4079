"""Cadences in the draw: rules for the ends of phrases, and for both ends of chorales.

Where a phrase closes, the distribution is sharpened: cadences are formulas, and a bold note that
suits the middle of a phrase is a mistake at its end. The first chord under a fermata is biased
towards a triad in root position, on the tonic or the dominant of the phrase's key; before a given
soprano note that closes on the tonic, the bass is biased towards the dominant. The final chord is
the tonic triad if the task requires it (`chorale.composing.tasks`); without this rule, a network
that has gone astray would hold whatever chord it had reached. The opening has no third of the other
mode: a chorale in major does not begin on the minor tonic.

Shapes: B chorales, T steps, 4 voices in SATB order, V tokens.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.composing.pitches import NOT_DRAWN, candidate_pitches, sounding_pitches
from chorale.composing.rules import Logits, Moment
from chorale.composing.tasks import Task
from chorale.music import BASS, OCTAVE, REST, SOPRANO, STEPS_PER_QUARTER, Key, Plan
from chorale.network.tokens import Vocabulary

# In 128 chorales composed with a guidance of 1, 84 % of the phrases closed on a cadence without
# this sharpening and 89 % with it. A factor of 4 instead of 2.5 gave the same share; sharpening
# over a half note instead of a quarter gave a smaller one.
CLOSE_STEPS = STEPS_PER_QUARTER  # sharpening starts this long before a fermata
CLOSE_SHARPENING = 2.5  # factor of the logits there, which divides the temperature

# Penalties, in nats after the sharpening, which enlarges the network's own preferences. In settings
# of the 74 sopranos of the validation split with fermatas, drawn twice, 17.5 % of the inner phrases
# closed on no cadence with these penalties, 19.2 % with 3, 2 and 1.5 nats, and 21.0 % with the
# first alone at 3 nats; the mean distance from Bach's style was 1.37, 1.38 and 1.39 times the
# floor.
OTHER_CHORD = np.float32(4.5)  # on a first chord under a fermata that is no triad in root position
# On a first bass note under a fermata that is neither the tonic nor the dominant of the phrase's
# key. 5 % of Bach's inner phrases close on another note.
OTHER_CLOSE = np.float32(4.0)
# On bass notes outside APPROACHES in the last quarter before the final chord, and before a fermata
# on the tonic triad. APPROACHES are the bass notes of dominant and subdominant chords, in semitones
# above the tonic.
OTHER_APPROACH = np.float32(3.0)
APPROACHES = (2, 5, 7, 11)

FIFTH = 7  # semitones above the root
OTHER_THIRD = {"major": 3, "minor": 4}  # third of the other mode, in semitones above the tonic
ANY_THIRD = frozenset({3, 4})
THIRDS = {"major": frozenset({4}), "minor": ANY_THIRD}  # Bach ends pieces in minor on either


class Sharpening:
    """A lower temperature for every voice where a phrase closes."""

    def __init__(self, tasks: Sequence[Task], length_steps: int) -> None:
        """Find where phrases close; `length_steps` is the length of the longest task."""
        self._factors = compute_sharpening(tasks, length_steps)

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Sharpen the distribution; see `LogitRule.apply`."""
        return logits * self._factors[:, at.step, None]


class Cadences:
    """A bias towards the chords on which phrases and chorales close."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the rule for tokens of a vocabulary."""
        self._vocabulary = vocabulary

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Bias the logits of chorales in which a phrase closes; see `LogitRule.apply`."""
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

    The logits of a voice that cannot reach the final chord are not changed. From `voice` on, the
    arguments are those of `final_chord_tokens`.
    """
    if task.close_step == step and task.plan.key:
        triad = final_chord_tokens(task.plan.key, voice, cells, sounding, vocabulary)
        constrained = np.where(triad, logits, np.float32(-np.inf))
        return constrained if np.isfinite(constrained).any() else logits
    if task.close_step and task.plan.key and 0 < task.close_step - step <= STEPS_PER_QUARTER:
        return _bias_approach(logits, task.plan.key, voice, sounding, vocabulary)
    key = task.key_at(step)
    if _fermata_starts(task.plan, step):
        triad = phrase_end_tokens(voice, cells, sounding, vocabulary)
        biased = np.where(triad, logits, logits - OTHER_CHORD)
        return _bias_close(biased, key, voice, sounding, vocabulary) if key else biased
    if key and closes_on_tonic(task, key, step, vocabulary):
        return _bias_approach(logits, key, voice, sounding, vocabulary)
    if key and _is_opening(task.plan, step):
        allowed = opening_tokens(key, voice, cells, sounding, vocabulary)
        constrained = np.where(allowed, logits, np.float32(-np.inf))
        return constrained if np.isfinite(constrained).any() else logits
    return logits


def closes_on_tonic(task: Task, key: Key, step: int, vocabulary: Vocabulary) -> bool:
    """Return whether a phrase closes on the tonic triad within a quarter after a step.

    This is certain if the fermata starts on a given soprano note that is the tonic or a third above
    it. The fifth may close on the dominant too.
    """
    for start in range(step + 1, step + CLOSE_STEPS + 1):
        if _fermata_starts(task.plan, start):
            [pitch] = vocabulary.pitches_of(task.given[start, SOPRANO : SOPRANO + 1])
            return pitch != REST and (int(pitch) - key.tonic) % OCTAVE in {0, *ANY_THIRD}
    return False


def _bias_close(
    logits: Logits, key: Key, voice: int, sounding: Ids, vocabulary: Vocabulary
) -> Logits:
    """Bias the bass's logits, (V,), towards the tonic and the dominant of a key."""
    if voice != BASS:
        return logits
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    closes = (own >= 0) & np.isin((own - key.tonic) % OCTAVE, (0, FIFTH))
    return np.where(closes, logits, logits - OTHER_CLOSE)


def _is_opening(plan: Plan, step: int) -> bool:
    """Return whether a step is in the first quarter of the chorale or of its first full measure."""
    return step < STEPS_PER_QUARTER or 0 <= step - plan.pickup_steps < STEPS_PER_QUARTER


def opening_tokens(
    key: Key, voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Return which tokens a voice may have at the opening, (V,) bool.

    These are all tokens but those of the third of the other mode above the tonic; where another
    voice has that third, every token. The arguments are those of `final_chord_tokens`.
    """
    other = (key.tonic + OTHER_THIRD[key.mode]) % OCTAVE
    present = sounding_pitches(cells, sounding, vocabulary)
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    allowed: NDArray[np.bool_] = (own < 0) | (own % OCTAVE != other)
    return allowed | bool((present[present >= 0] % OCTAVE == other).any())


def _bias_approach(
    logits: Logits, key: Key, voice: int, sounding: Ids, vocabulary: Vocabulary
) -> Logits:
    """Bias the bass's logits, (V,), towards APPROACHES; those of other voices stay as they are."""
    if voice != BASS:
        return logits
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    approaches = (own >= 0) & np.isin((own - key.tonic) % OCTAVE, APPROACHES)
    return np.where(approaches, logits, logits - OTHER_APPROACH)


def _fermata_starts(plan: Plan, step: int) -> bool:
    if plan.fermatas is None or step >= plan.length_steps:
        return False
    return bool(plan.fermatas[step] and not (step and plan.fermatas[step - 1]))


def final_chord_tokens(
    key: Key, voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Return which tokens make a voice sound a note of the tonic triad, (V,) bool.

    The triad must have a third: the last voice to be drawn takes it if no other voice has one. A
    second third that differs from the first is not allowed.

    Args:
        key: the key.
        voice: the voice to draw, 0 (soprano) to 3 (bass).
        cells: (4,) tokens of the step: given or drawn before this voice, else UNKNOWN.
        sounding: (4,) tokens of the notes that sounded at the step before.
        vocabulary: the token table.
    """
    present = sounding_pitches(cells, sounding, vocabulary)
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    return _is_triad_note(key.tonic, THIRDS[key.mode], present, own)


def phrase_end_tokens(
    voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """Return which tokens make a voice sound a note of a triad in root position, (V,) bool.

    The triad is major or minor. The bass may take any root whose triad has the notes already in
    the chord. The arguments are those of `final_chord_tokens`.
    """
    present = sounding_pitches(cells, sounding, vocabulary)
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    if voice != BASS:
        root = present[BASS]
        return _is_triad_note(int(root), ANY_THIRD, present, own) if root >= 0 else own >= 0
    others = present[present >= 0]
    fits = [_fits_triad({int(pitch - root) % OCTAVE for pitch in others}) for root in range(OCTAVE)]
    return (own >= 0) & np.array(fits)[own % OCTAVE]


def _is_triad_note(root: int, thirds: frozenset[int], present: Ids, own: Ids) -> NDArray[np.bool_]:
    """Return which of a voice's pitches may join the triad on a root, (V,) bool.

    Args:
        root: pitch or pitch class of the root.
        thirds: semitones of the thirds allowed if no voice has a third yet.
        present: (4,) pitches of the chord so far.
        own: (V,) pitch that each token would make the voice sound; negative without a pitch.
    """
    degrees = {int(pitch - root) % OCTAVE for pitch in present if pitch >= 0}
    possible = degrees & ANY_THIRD or thirds
    if degrees & ANY_THIRD or (present == NOT_DRAWN).sum() > 1:
        possible = possible | {0, FIFTH}
    return (own >= 0) & np.isin((own - root) % OCTAVE, list(possible))


def _fits_triad(degrees: set[int]) -> bool:
    """Return whether all degrees, in semitones above a root, are in its major or minor triad."""
    return degrees <= {0, 3, FIFTH} or degrees <= {0, 4, FIFTH}
