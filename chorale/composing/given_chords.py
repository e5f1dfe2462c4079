"""Chords that are given to the draw: which chord sounds is not the network's choice, how it is.

Where a chord begins, and on each beat while it lasts, the open voices take its notes: the bass the
chord's own bass where it begins, and later its root or third too; the last voices what may not be
missing (`chorale.music.required_chords`), such as the third and the seventh. Between the beats a
voice may leave the chord by step, as a passing or neighbour note, if it can reach a note of the
chord of the next beat by step again, which it then must. Everything else, such as the voicing, the
motion, and where voices embellish, is the network's choice, under the penalties on bad voice
leading (`chorale.composing.voice_leading`), which are smaller than those here.

A given note may be none of the chord: it is a nonharmonic tone over it.

Source: on nonharmonic tones, e.g. W. Piston, Harmony (1941).

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chorale.aliases import Floats, Ids
from chorale.composing.pitches import NOT_DRAWN, candidate_pitches, sounding_pitches
from chorale.composing.rules import Logits, Moment
from chorale.composing.tasks import Task
from chorale.music import BASS, OCTAVE, STEPS_PER_QUARTER, VOICES, Key, Plan
from chorale.music.required_chords import ChordSpan, RequiredChord
from chorale.network.tokens import Vocabulary

# In nats. The first two are above the sum of the penalties that a note of the chord can have; the
# others leave the choice to the network.
OUTSIDE_CHORD = np.float32(60.0)  # notes outside the chord on a beat, or reached by leap off it
MISSING_NOTE = np.float32(40.0)  # other notes where only as many voices are open as notes missing
EMBELLISHING = np.float32(0.5)  # notes outside the chord off the beat
CHROMATIC = np.float32(4.0)  # added if they are not in the scale of the key
DOUBLING = np.float32(4.0)  # a seventh, or the third of a dominant seventh, in a second voice
LEAVING_BY_LEAP = np.float32(8.0)  # a leap from a note outside the chord
STEP = 2  # semitones of the largest step
LEADING_TONE = 11  # semitones above the tonic


class GivenChords:
    """Rule that keeps the given chords."""

    def __init__(self, tasks: Sequence[Task], vocabulary: Vocabulary) -> None:
        """Prepare the rule for the chords of tasks and the tokens of a vocabulary."""
        self._vocabulary = vocabulary
        self._starts = [[span.start for span in task.chords] for task in tasks]

    def apply(self, logits: Logits, at: Moment) -> Logits:
        """Penalize notes that the given chords do not have; see `LogitRule.apply`."""
        changed = logits.copy()
        sounding = at.history.sounding
        for row, task in enumerate(at.tasks):
            span = self._find(row, task, at.step)
            if span is None:
                continue
            present = sounding_pitches(at.cells[row], sounding[row], self._vocabulary)
            own = candidate_pitches(sounding[row, at.voice : at.voice + 1], self._vocabulary)[0]
            place = _Place(
                at.voice, present, own, int(own[self._vocabulary.hold]), at.step == span.start
            )
            if is_strict(task.plan, span, at.step):
                before = self._find(row, task, at.step - 1)
                penalty = _strict_penalty(span.chord, place, before.chord if before else None)
            else:
                following = self._find(row, task, _next_strict(task.plan, span, at.step))
                penalty = _loose_penalty(span.chord, place, (following or span).chord)
                if key := task.key_at(at.step):
                    penalty = penalty + _chromatic_penalty(span.chord, own, key)
            changed[row] -= penalty
        return changed

    def _find(self, row: int, task: Task, step: int) -> ChordSpan | None:
        """Return the chord of a task at a step; None where the harmony is open."""
        number = bisect_right(self._starts[row], step) - 1
        if number < 0 or step >= task.chords[number].end:
            return None
        return task.chords[number]


@dataclass(frozen=True)
class _Place:
    """A voice to draw.

    Attributes:
        voice: 0 (soprano) to 3 (bass).
        present: (4,) pitches of the step so far; negative without a note.
        own: (V,) pitch that each token would make the voice sound; negative without one.
        before: pitch that the voice had at the step before; negative without one.
        begins: whether a chord begins.
    """

    voice: int
    present: Ids
    own: Ids
    before: int
    begins: bool


def is_strict(plan: Plan, span: ChordSpan, step: int) -> bool:
    """Return whether the notes of a chord are required at a step: at its start and on beats."""
    return step == span.start or plan.step_in_bar(step) % beat_steps(plan) == 0


def beat_steps(plan: Plan) -> int:
    """Return the length of a beat: a quarter, or three eighths in 6/8 and the like."""
    metre = plan.counted_metre
    compound = metre.denominator == 8 and metre.numerator % 3 == 0
    return STEPS_PER_QUARTER * 3 // 2 if compound else STEPS_PER_QUARTER


def _next_strict(plan: Plan, span: ChordSpan, step: int) -> int:
    """Return the next step after `step` on which the notes of a chord are required."""
    beat = beat_steps(plan)
    return min(span.end, step + beat - plan.step_in_bar(step) % beat)


def _strict_penalty(
    chord: RequiredChord, place: _Place, before: RequiredChord | None
) -> Floats:
    """Return the penalty of each token where the notes of a chord are required, (V,)."""
    own, classes = place.own, place.own % OCTAVE
    sounds = own >= 0
    penalty = OUTSIDE_CHORD * (sounds & ~np.isin(classes, list(chord.tones)))
    if place.voice == BASS and chord.bass is not None:
        allowed = {chord.bass} if place.begins else {chord.bass, *chord.needed} & chord.tones
        penalty = np.maximum(penalty, OUTSIDE_CHORD * (sounds & ~np.isin(classes, list(allowed))))
    others = place.present[np.arange(len(VOICES)) != place.voice]
    there = {int(pitch) % OCTAVE for pitch in others if pitch >= 0}
    open_voices = 1 + int((others == NOT_DRAWN).sum())
    missing = [each for each in chord.needed if each not in there]
    if place.voice != BASS and place.present[BASS] == NOT_DRAWN:
        missing = [each for each in dict.fromkeys([chord.bass, *missing]) if each is not None]
    missing = missing[:open_voices]
    if len(missing) == open_voices and not (place.voice == BASS and place.begins):
        penalty = penalty + MISSING_NOTE * (sounds & ~np.isin(classes, missing))
    penalty = penalty + DOUBLING * (sounds & np.isin(classes, list(chord.single & there)))
    if before and place.before >= 0 and place.before % OCTAVE not in before.tones:
        penalty = penalty + LEAVING_BY_LEAP * (sounds & (np.abs(own - place.before) > STEP))
    return np.asarray(penalty, np.float32)


def _loose_penalty(chord: RequiredChord, place: _Place, following: RequiredChord) -> Floats:
    """Return the penalty of each token between the beats, (V,)."""
    own, before = place.own, place.before
    sounds = own >= 0
    outside = sounds & ~np.isin(own % OCTAVE, list(chord.tones))
    held = outside & (own == before)
    moves = outside & ~held
    near = [(tone + step) % OCTAVE for tone in following.tones for step in (-2, -1, 1, 2)]
    by_step = (before >= 0) & (np.abs(own - before) <= STEP) & np.isin(own % OCTAVE, near)
    penalty = EMBELLISHING * (moves & by_step) + OUTSIDE_CHORD * (moves & ~by_step)
    if before >= 0 and before % OCTAVE not in chord.tones:
        penalty = penalty + LEAVING_BY_LEAP * (sounds & (np.abs(own - before) > STEP))
    return np.asarray(penalty, np.float32)


def _chromatic_penalty(chord: RequiredChord, own: Ids, key: Key) -> Floats:
    """Return the penalty of each token that is neither in the chord nor in the scale, (V,)."""
    diatonic = {*chord.tones, *key.scale}
    if key.third == "minor":
        diatonic.add((key.tonic + LEADING_TONE) % OCTAVE)
    outside = (own >= 0) & ~np.isin(own % OCTAVE, list(diatonic))
    return np.asarray(CHROMATIC * outside, np.float32)
