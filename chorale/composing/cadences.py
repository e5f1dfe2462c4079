"""Cadences in the draw: rules for the ends of phrases and of chorales, and for their openings.

The first chord under a fermata is biased towards a triad in root position, on the tonic of the
phrase's key, or on its dominant if Bach closes there, and the last quarter before it towards chords
that lead there. The final chord is the tonic triad if the task requires it
(`chorale.composing.tasks`); without this rule, a network that has gone astray would hold whatever
chord it had reached.

Shapes: B chorales, T steps, 4 voices in SATB order, V tokens.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.composing.openings import OTHER_THIRD, exclude_other_third
from chorale.composing.pitches import NOT_DRAWN, candidate_pitches, sounding_pitches
from chorale.composing.rules import Logits, Moment
from chorale.composing.tasks import Task
from chorale.music import BASS, OCTAVE, REST, SOPRANO, STEPS_PER_QUARTER, Key, Mode, Plan
from chorale.network.tokens import Vocabulary

# Penalties, in nats, set by hand. Of 200 chorales of 12 bars by the first calibrated network, 94 %
# closed by a cadence with 5.5, 5 and 5 nats, and 97 to 98 % with 6.5 to 7.5, 6 to 7 and 7 to 10; of
# those by the present one, whose corrections weigh more, 98 to 99 % do with 9, 8 and 10. A
# temperature divided by 2.5 in the last quarter, tried before, made the network's mistakes likelier
# too.
OTHER_CHORD = np.float32(9.0)  # on a first chord under a fermata that is no triad in root position
# On a first bass note under a fermata that is none of `closing_degrees`.
OTHER_CLOSE = np.float32(8.0)
# On notes outside APPROACHES in the last quarter before the final chord, and before a fermata where
# the phrase may close on the tonic triad. APPROACHES are the notes of dominant and subdominant
# chords by their bass note, all in semitones above the tonic. A note may be held from an earlier
# chord until the last eighth. Before the final chord also on soprano notes that are not within a
# second of its last note: without it, 9 of 100 chorales closed in direct octaves, with it 4.
OTHER_APPROACH = np.float32(10.0)
APPROACHES = {
    2: frozenset({2, 5, 8, 9, 11}),
    5: frozenset({0, 2, 5, 8, 9}),
    7: frozenset({2, 5, 7, 11}),
    11: frozenset({2, 5, 7, 8, 11}),
}
# In Phrygian, whose fifth degree has no triad: the second above the final falls to it in the bass,
# the seventh degree rises to it, or the subdominant leads there. Mixolydian has both sevenths.
APPROACHES_IN_MODES: Mapping[Mode, Mapping[int, frozenset[int]]] = MappingProxyType(
    {
        "phrygian": {
            1: frozenset({1, 5, 8, 10}),
            5: frozenset({0, 5, 8}),
            10: frozenset({1, 5, 10}),
        },
        "mixolydian": APPROACHES | {10: frozenset({2, 5, 10})},
    }
)
# On bass notes of these chords other than the dominant, before the final chord. In Bach's training
# split 87 % of the final chords follow the dominant in the bass; 65 % of 150 composed ones did
# without this penalty, and 83 % of 100 with it.
OTHER_DOMINANT = np.float32(2.0)
APPROACH_STEPS = STEPS_PER_QUARTER
HELD_STEPS = STEPS_PER_QUARTER // 2  # an eighth

SECOND = 2  # semitones of the largest
FIFTH = 7  # semitones above the root
ON_TONIC, ON_DOMINANT = (0,), (FIFTH,)  # bass notes, in semitones above the tonic
PHRYGIAN_CLOSES = (0, 5)  # likewise
# Soprano notes that close a phrase on the tonic alone, or on the dominant alone, likewise
TONIC_ONLY, DOMINANT_ONLY = (0, 3, 4), (2, 11)
ANY_THIRD = frozenset({3, 4})
THIRDS = {"major": frozenset({4}), "minor": ANY_THIRD}  # Bach ends pieces in minor on either


class Cadences:
    """A bias towards the chords on which phrases and chorales close, and on which chorales open."""

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
        return exclude_other_third(biased, at, self._vocabulary)


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
    if task.close_step and task.plan.key and 0 < task.close_step - step <= APPROACH_STEPS:
        may_hold = task.close_step - step > HELD_STEPS
        home = task.plan.key
        biased = _bias_approach(logits, home, voice, cells, sounding, vocabulary, may_hold)
        if home.mode != "phrygian":
            biased = _bias_bass(
                biased, home, voice, ON_DOMINANT, OTHER_DOMINANT, sounding, vocabulary
            )
        return _lead_soprano(biased, task, voice, cells, sounding, vocabulary)
    key, starts = task.key_at(step), find_fermata(task.plan, step)
    if starts == step:
        triad = phrase_end_tokens(voice, cells, sounding, vocabulary)
        logits = np.where(triad, logits, logits - OTHER_CHORD)
        if key and task.form.on_tonic:
            logits = _exclude_third(logits, key, sounding[voice : voice + 1], vocabulary)
    if key is None or starts is None:
        return logits
    degrees = closing_degrees(task, key, starts, vocabulary)
    if starts == step:
        return _bias_bass(logits, key, voice, degrees, OTHER_CLOSE, sounding, vocabulary)
    if degrees != ON_DOMINANT:
        may_hold = starts - step > HELD_STEPS
        return _bias_approach(logits, key, voice, cells, sounding, vocabulary, may_hold)
    return logits


def find_fermata(plan: Plan, step: int) -> int | None:
    """Return the step at which a fermata starts, from this step to a quarter after it, or None."""
    starts = (start for start, _ in plan.fermata_spans if step <= start <= step + APPROACH_STEPS)
    return next(starts, None)


def closing_degrees(
    task: Task, key: Key, fermata_step: int, vocabulary: Vocabulary
) -> tuple[int, ...]:
    """Return the bass notes on which a phrase may close, in semitones above the tonic of its key.

    In Bach's training split 96 % of the phrases whose soprano ends on the tonic, or on a third
    above it, close on the tonic in the bass, and 97 % of those with the second degree or the
    leading tone on the dominant. After other notes, and without a given soprano, a phrase in the
    home key closes on either; in another key 91 % close on the tonic, and requested keys do.

    Args:
        task: the task.
        key: the key of the phrase.
        fermata_step: the first step of its fermata.
        vocabulary: the token table.
    """
    if key.mode == "phrygian":
        return PHRYGIAN_CLOSES
    [pitch] = vocabulary.pitches_of(task.given[fermata_step, SOPRANO : SOPRANO + 1])
    degree = (int(pitch) - key.tonic) % OCTAVE if pitch != REST else FIFTH
    if degree in DOMINANT_ONLY:
        return ON_DOMINANT
    elsewhere = key != task.plan.key or task.form.on_tonic
    if degree in TONIC_ONLY or (degree == FIFTH and elsewhere):
        return ON_TONIC
    return ON_TONIC + ON_DOMINANT


def _bias_approach(
    logits: Logits,
    key: Key,
    voice: int,
    cells: Ids,
    sounding: Ids,
    vocabulary: Vocabulary,
    may_hold: bool,
) -> Logits:
    """Bias a voice's logits, (V,), towards a cadence on the tonic of a key.

    The bass is biased towards APPROACHES, and the other voices towards the notes of these chords,
    or if they may, towards holding their notes.
    """
    approaches = APPROACHES_IN_MODES.get(key.mode, APPROACHES)
    if voice == BASS:
        bass_notes = tuple(approaches)
        return _bias_bass(logits, key, voice, bass_notes, OTHER_APPROACH, sounding, vocabulary)
    bass = int(sounding_pitches(cells, sounding, vocabulary)[BASS])
    chord = approaches.get((bass - key.tonic) % OCTAVE) if bass >= 0 else None
    if chord is None:
        return logits
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    fits = (own >= 0) & np.isin((own - key.tonic) % OCTAVE, list(chord))
    fits[vocabulary.hold] |= may_hold
    return np.where(fits, logits, logits - OTHER_APPROACH)


def _exclude_third(logits: Logits, key: Key, sounding: Ids, vocabulary: Vocabulary) -> Logits:
    """Bias a voice's logits, (V,), away from the third of the other mode at a requested close."""
    own = candidate_pitches(sounding, vocabulary)[0]
    other = (key.tonic + OTHER_THIRD[key.third]) % OCTAVE
    return np.where((own >= 0) & (own % OCTAVE == other), logits - OTHER_CHORD, logits)


def _lead_soprano(
    logits: Logits, task: Task, voice: int, cells: Ids, sounding: Ids, vocabulary: Vocabulary
) -> Logits:
    """Bias the soprano's logits, (V,), towards notes that lead to its last note by step.

    Octaves with the bass, from which both would move to the tonic, are penalized twice.
    """
    [end] = vocabulary.pitches_of(task.given[task.close_step, SOPRANO : SOPRANO + 1])
    if voice != SOPRANO or end == REST:
        return logits
    bass = int(sounding_pitches(cells, sounding, vocabulary)[BASS])
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    away = (own >= 0) & (np.abs(own - end) > SECOND)
    octave = (own >= 0) & (bass >= 0) & ((own - bass) % OCTAVE == 0)
    return logits - OTHER_APPROACH * (away + np.float32(2) * octave)


def _bias_bass(
    logits: Logits,
    key: Key,
    voice: int,
    degrees: Sequence[int],
    penalty: np.float32,
    sounding: Ids,
    vocabulary: Vocabulary,
) -> Logits:
    """Subtract a penalty from the bass's logits, (V,), of notes other than some degrees of a key.

    The logits of other voices are not changed.
    """
    if voice != BASS:
        return logits
    own = candidate_pitches(sounding[voice : voice + 1], vocabulary)[0]
    allowed = (own >= 0) & np.isin((own - key.tonic) % OCTAVE, degrees)
    return np.where(allowed, logits, logits - penalty)


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
    return _is_triad_note(key.tonic, THIRDS[key.third], present, own)


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
