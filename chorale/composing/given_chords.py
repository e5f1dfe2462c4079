"""Chords that are given to the draw: which chord sounds is not the network's choice, how it is.

Where a chord begins, and on each beat while it lasts, the open voices take its notes: the bass the
chord's own bass where it begins, and later its root or third too; the last voices what may not be
missing (`chorale.music.required_chords`), such as the third and the seventh. Between the beats a
voice may leave the chord by step, as a passing or neighbour note, if it can reach a note of the
chord of the next beat by step again, which it then must. Everything else, such as the voicing, the
motion, and where voices embellish, is the network's choice, under the penalties on bad voice
leading (`chorale.composing.voice_leading`), which are smaller than those here; the last voice but
one takes into account what it leaves to the last one.

A given note may be none of the chord: it is a nonharmonic tone over it.

Source: on nonharmonic tones, e.g. W. Piston, Harmony (1941).

Shapes: B chorales, 4 voices in SATB order, V tokens.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats
from chorale.composing.chord_penalties import (
    MISSING_NOTE,
    DrawnVoice,
    chromatic_penalty,
    leading_penalty,
    passing_penalty,
    required_penalty,
)
from chorale.composing.pitches import (
    NOT_DRAWN,
    candidate_pitches,
    look_up_pitches,
    sounding_pitches,
)
from chorale.composing.rules import Logits, Moment, allowed_tokens
from chorale.composing.tasks import Task
from chorale.composing.voice_leading import PARALLEL, PERFECT, voice_leading_penalty
from chorale.music import BASS, OCTAVE, REST, SOPRANO, STEPS_PER_QUARTER, Plan
from chorale.music.required_chords import ChordSpan
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import KEY


class GivenChords:
    """Rule that keeps the given chords."""

    def __init__(self, tasks: Sequence[Task], checkpoint: Checkpoint, strictness: float) -> None:
        """Prepare the rule for the chords of tasks.

        Args:
            tasks: the tasks.
            checkpoint: the network, with its vocabulary and the ranges of the voices.
            strictness: factor of the penalties on bad voice leading, as in `VoiceLeading`.
        """
        self._vocabulary = checkpoint.vocabulary
        self._allowed, self._strictness = allowed_tokens(checkpoint), np.float32(strictness)
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
            place = DrawnVoice(
                at.voice, present, own, int(own[self._vocabulary.hold]), at.step == span.start
            )
            if is_strict(task.plan, span, at.step):
                cost = self._price(row, task, span, at)
                penalty = cost(place)
                playable = np.isfinite(logits[row]) & (own >= 0) & (penalty < MISSING_NOTE)
                penalty = penalty + self._look_ahead(row, place, np.flatnonzero(playable), at, cost)
            else:
                following = self._find(row, task, _next_strict(task.plan, span, at.step))
                penalty = passing_penalty(span.chord, place, (following or span).chord)
                earlier = look_up_pitches(sounding[row], self._vocabulary)
                penalty = penalty + self._strictness * leading_penalty(place, earlier)
                if key := task.key_at(at.step):
                    penalty = penalty + chromatic_penalty(span.chord, own, key)
            if at.voice == BASS:
                penalty = penalty + self._foresee_parallels(row, task, place, at.step)
            changed[row] -= penalty
        return changed

    def _foresee_parallels(self, row: int, task: Task, place: DrawnVoice, step: int) -> Floats:
        """Return the penalty of bass notes from which parallels with the soprano must follow, (V,).

        They must if the soprano's next note is given, and so is the bass of the next chord.
        """
        following = self._find(row, task, step + 1)
        nothing = np.zeros(len(place.own), np.float32)
        if following is None or following.start != step + 1 or following.chord.bass is None:
            return nothing
        [after] = self._vocabulary.pitches_of(task.given[step + 1, SOPRANO : SOPRANO + 1])
        now, bass = int(place.present[SOPRANO]), following.chord.bass
        interval = int(after - bass) % OCTAVE
        if after < 0 or now < 0 or after == now or interval not in PERFECT:
            return nothing
        same = ((now - place.own) % OCTAVE == interval) & (place.own % OCTAVE != bass)
        return np.asarray(self._strictness * PARALLEL * (same & (place.own >= 0)), np.float32)

    def _price(
        self, row: int, task: Task, span: ChordSpan, at: Moment
    ) -> Callable[[DrawnVoice], Floats]:
        """Return the function from a voice to its penalties where a chord is required, (V,)."""
        before = self._find(row, task, at.step - 1)
        earlier = look_up_pitches(at.history.sounding[row], self._vocabulary)

        def price(place: DrawnVoice) -> Floats:
            required = required_penalty(span.chord, place, before.chord if before else None)
            return required + self._strictness * leading_penalty(place, earlier)

        return price

    def _look_ahead(
        self,
        row: int,
        place: DrawnVoice,
        tokens: NDArray[np.integer],
        at: Moment,
        price: Callable[[DrawnVoice], Floats],
    ) -> Floats:
        """Return the least penalties that the last open voice would have after each token, (V,).

        They count for the last voice but one, so that it leaves the last one a note of the chord
        that leads well, and are 0 for others.

        Args:
            row: number of the chorale.
            place: the voice to draw.
            tokens: tokens that the voice may have.
            at: the moment of the draw.
            price: function from a voice to its penalties by the chord.
        """
        ahead = np.zeros(len(place.own), np.float32)
        if place.open_voices != 2 or not self._strictness or len(tokens) < 2:
            return ahead
        rest = np.flatnonzero(place.present == NOT_DRAWN)
        last = int(rest[rest != place.voice][0])
        cells = np.repeat(at.cells[row : row + 1], len(tokens), axis=0)
        cells[:, place.voice] = tokens
        sounding = np.repeat(at.history.sounding[row : row + 1], len(tokens), axis=0)
        keys = np.repeat(at.conditions[row : row + 1, KEY], len(tokens))
        leading = voice_leading_penalty(last, cells, sounding, keys, self._vocabulary)
        reached = candidate_pitches(sounding[:1, last], self._vocabulary)[0]
        allowed, before = self._allowed[last] & (reached >= 0), int(reached[self._vocabulary.hold])
        least = [
            (
                self._strictness * own
                + price(replace(place, voice=last, present=present, own=reached, before=before))
            )[allowed].min()
            for own, present in zip(
                leading, sounding_pitches(cells, sounding, self._vocabulary), strict=True
            )
        ]
        ahead[tokens] = np.array(least) - min(least)
        return ahead

    def _find(self, row: int, task: Task, step: int) -> ChordSpan | None:
        """Return the chord of a task at a step; None where the harmony is open."""
        number = bisect_right(self._starts[row], step) - 1
        if number < 0 or step >= task.chords[number].end:
            return None
        return task.chords[number]


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


def is_kept(pitches: NDArray[np.integer], span: ChordSpan, step: int) -> bool:
    """Return whether music sounds a given chord at a step where it is required.

    All its notes are then of the chord, none that is needed is missing, and where the chord begins
    the lowest note is its bass.

    Args:
        pitches: (T, 4), MIDI numbers or REST.
        span: the chord.
        step: a step for which `is_strict` holds.
    """
    chord, sounding = span.chord, pitches[step][pitches[step] != REST]
    classes = {int(pitch) % OCTAVE for pitch in sounding}
    begins_right = step > span.start or chord.bass is None or sounding.min() % OCTAVE == chord.bass
    return classes <= chord.tones and classes >= set(chord.needed) and bool(begins_right)
