"""Where a chorale has dominants that resolve, and sevenths that are left.

Chords are read every eighth (`chorale.analysis.chord_of`). A beat, here, is a quarter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chorale.analysis import OCTAVE
from chorale.analysis.harmony import Chord, chord_of
from chorale.checking.context import CheckContext
from chorale.music import REST, STEPS_PER_QUARTER

EIGHTH = STEPS_PER_QUARTER // 2
FIFTH_BELOW = 7  # semitones from the root of what follows up to that of the dominant
DOMINANTS = ("major", "dominant seventh")
AIMS = ("major", "minor", "dominant seventh", "minor seventh", "major seventh")
SECOND = 2  # semitones, the widest step of a scale
AROUND = 8 * STEPS_PER_QUARTER  # steps in which the scale around a chord is looked for


@dataclass(frozen=True)
class Dominant:
    """A dominant chord and the chord it goes to, a fifth lower.

    Attributes:
        step: at which it sounds, an eighth or a quarter before `arrival`.
        arrival: the beat at which the other chord is due; suspensions may delay it.
        leading: pitch class of its third.
        aim: the chord it goes to.
    """

    step: int
    arrival: int
    leading: int
    aim: Chord


@dataclass(frozen=True)
class Seventh:
    """The seventh of a chord, in the voice that has it.

    Attributes:
        step: the last eighth at which it is one.
        end: the step at which the voice leaves it.
        voice: that has it.
        chord: whose seventh it is.
    """

    step: int
    end: int
    voice: int
    chord: Chord


class Harmonies:
    """The chords of a chorale, every eighth."""

    def __init__(self, context: CheckContext) -> None:
        """Read the chords."""
        self._view = context
        self._first = context.chorale.plan.pickup_steps % EIGHTH
        rows = context.pitches[self._first :: EIGHTH].tolist()
        self._chords = [chord_of(row) for row in rows]

    def at(self, step: int) -> Chord | None:
        """The chord of an eighth; None between eighths and where there is none."""
        place, off = divmod(step - self._first, EIGHTH)
        return self._chords[place] if not off and 0 <= place < len(self._chords) else None

    def dominants(self) -> Iterator[Dominant]:
        """The dominants that go a fifth lower within a phrase.

        A major triad is one only if the scale around it has the fourth degree of the chord it goes
        to, not the raised one: C major before F is if the nearest B, of eight beats around it, is
        flat. A dominant seventh always is.
        """
        phrases = self._view.phrases
        for arrival in self._beats():
            aim = self.at(arrival) or self.at(arrival + EIGHTH)
            if not aim or aim.kind not in AIMS or phrases[arrival] != phrases[arrival - 1]:
                continue
            step = arrival - EIGHTH
            if not self.at(step) and step - EIGHTH >= 0:
                step -= EIGHTH
            chord = self.at(step)
            if not chord or chord.kind not in DOMINANTS or phrases[step] != phrases[arrival]:
                continue
            falls = chord.root == (aim.root + FIFTH_BELOW) % OCTAVE
            if falls and (chord.seventh is not None or self._is_tonic(aim.root, step)):
                yield Dominant(step, arrival, (aim.root - 1) % OCTAVE, aim)

    def sevenths(self) -> Iterator[Seventh]:
        """The sevenths that are left within a phrase while their root still sounds.

        Dominant and half-diminished sevenths are taken on every eighth, others on beats alone,
        since between beats a passing note under a triad looks like the root of one. Diminished
        sevenths are left out: which of their notes is the seventh cannot be heard. Nor is one what
        passes upwards between beats.
        """
        for place, chord in enumerate(self._chords):
            step = self._first + EIGHTH * place
            if not chord or chord.seventh is None or chord.kind == "diminished seventh":
                continue
            if chord.kind in ("minor seventh", "major seventh") and not self._is_beat(step):
                continue
            for voice in self._view.voices:
                if self._view.classes[step, voice] == chord.seventh:
                    end = self._left(voice, step)
                    if end is None or self._passes_up(voice, step, end):
                        continue
                    if self._holds(chord, voice, step, end):
                        yield Seventh(step, end, voice, chord)

    def _beats(self) -> range:
        first = self._view.chorale.plan.pickup_steps % STEPS_PER_QUARTER
        return range(first or STEPS_PER_QUARTER, len(self._view.pitches), STEPS_PER_QUARTER)

    def _is_beat(self, step: int) -> bool:
        return (step - self._view.chorale.plan.pickup_steps) % STEPS_PER_QUARTER == 0

    def _is_tonic(self, root: int, step: int) -> bool:
        """Whether the scale around a step has the fourth above a root, not the raised fourth."""
        start, end = max(0, step - AROUND), step + AROUND
        distances = []
        for degree in (5, 6):
            steps, _ = np.nonzero(self._view.classes[start:end] == (root + degree) % OCTAVE)
            distances.append(int(np.abs(steps + start - step).min()) if len(steps) else AROUND)
        return distances[0] < distances[1]

    def _left(self, voice: int, step: int) -> int | None:
        """The step at which a voice leaves the pitch it has for another of the same phrase."""
        pitches = self._view.pitches[:, voice]
        others = np.flatnonzero(pitches[step:] != pitches[step])
        if not len(others):
            return None
        end = step + int(others[0])
        same_phrase = self._view.phrases[end] == self._view.phrases[step]
        return end if same_phrase and pitches[end] != REST else None

    def _passes_up(self, voice: int, step: int, end: int) -> bool:
        """Whether a note between beats is reached by step from below and left by step upwards."""
        if self._is_beat(step) or step == 0:
            return False
        before, here, after = self._view.pitches[[step - 1, step, end], voice].tolist()
        return before != REST and 0 < here - before <= SECOND and 0 < after - here <= SECOND

    def _holds(self, chord: Chord, voice: int, step: int, end: int) -> bool:
        """Whether the root sounds in one voice from a step until just before the end."""
        others = [other for other in self._view.voices if other != voice]
        return bool((self._view.classes[step:end, others] == chord.root).all(axis=0).any())
