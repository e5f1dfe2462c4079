"""Dominants that resolve, and sevenths that move on.

Chords are identified every eighth (`chorale.analysis.harmony`). A beat, here, is a quarter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chorale.analysis.harmony import Chord, identify_chord
from chorale.checking.context import CheckContext
from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER

EIGHTH = STEPS_PER_QUARTER // 2
FIFTH_BELOW = 7  # semitones from the root of the resolution up to that of the dominant
DOMINANTS = ("major", "dominant seventh")
RESOLUTIONS = ("major", "minor", "dominant seventh", "minor seventh", "major seventh")
SECOND = 2  # semitones, the widest step of a scale
AROUND = 8 * STEPS_PER_QUARTER  # steps before and after a chord that show its scale


@dataclass(frozen=True)
class Dominant:
    """A dominant chord that resolves to a chord a fifth lower.

    Attributes:
        step: step at which the dominant is identified, an eighth or a quarter before `arrival`.
        arrival: first step of the beat on which the resolution is due; suspensions may delay it.
        leading: pitch class of the dominant's third, the leading tone.
        resolution: chord to which the dominant resolves.
    """

    step: int
    arrival: int
    leading: int
    resolution: Chord


@dataclass(frozen=True)
class Seventh:
    """The seventh of a chord, in one voice.

    Attributes:
        step: first step of the eighth at which the chord is identified.
        end: step at which the voice leaves the seventh.
        voice: number of the voice.
        chord: chord that contains the seventh.
    """

    step: int
    end: int
    voice: int
    chord: Chord


class Harmonies:
    """The chords of a chorale, every eighth."""

    def __init__(self, context: CheckContext) -> None:
        """Identify the chords."""
        self._context = context
        self._first = context.chorale.plan.pickup_steps % EIGHTH
        rows = context.pitches[self._first :: EIGHTH].tolist()
        self._chords = [identify_chord(row) for row in rows]

    def at(self, step: int) -> Chord | None:
        """Return the chord at a step; None between eighths and where there is no chord."""
        number, off = divmod(step - self._first, EIGHTH)
        return self._chords[number] if not off and 0 <= number < len(self._chords) else None

    def dominants(self) -> Iterator[Dominant]:
        """Yield the dominants that resolve a fifth lower within a phrase.

        A dominant seventh always counts. A major triad counts only if the scale around it has the
        perfect fourth above the root of the resolution, not the augmented fourth: C major before
        F major counts if the nearest B within eight beats is flat.
        """
        phrases = self._context.phrases
        for arrival in self._beats():
            resolution = self.at(arrival) or self.at(arrival + EIGHTH)
            if not resolution or resolution.kind not in RESOLUTIONS:
                continue
            if phrases[arrival] != phrases[arrival - 1]:
                continue
            step = arrival - EIGHTH
            if not self.at(step) and step - EIGHTH >= 0:
                step -= EIGHTH
            chord = self.at(step)
            if not chord or chord.kind not in DOMINANTS or phrases[step] != phrases[arrival]:
                continue
            falls = chord.root == (resolution.root + FIFTH_BELOW) % OCTAVE
            if falls and (chord.seventh is not None or self._is_tonic(resolution.root, step)):
                yield Dominant(step, arrival, (resolution.root - 1) % OCTAVE, resolution)

    def sevenths(self) -> Iterator[Seventh]:
        """Yield the sevenths that move on within a phrase while their root still sounds.

        Dominant and half-diminished sevenths count on every eighth, minor and major sevenths only
        on beats, since between beats a passing note under a triad looks like the root of such a
        chord. Diminished sevenths do not count, since the ear cannot decide which of their notes is
        the seventh, nor do notes that pass upwards between beats.
        """
        for number, chord in enumerate(self._chords):
            step = self._first + EIGHTH * number
            if not chord or chord.seventh is None or chord.kind == "diminished seventh":
                continue
            if chord.kind in ("minor seventh", "major seventh") and not self._is_beat(step):
                continue
            for voice in self._context.voices:
                if self._context.classes[step, voice] == chord.seventh:
                    end = self._end_of_pitch(voice, step)
                    if end is None or self._passes_up(voice, step, end):
                        continue
                    if self._has_root_throughout(chord, voice, step, end):
                        yield Seventh(step, end, voice, chord)

    def _beats(self) -> range:
        first = self._context.chorale.plan.pickup_steps % STEPS_PER_QUARTER
        return range(first or STEPS_PER_QUARTER, len(self._context.pitches), STEPS_PER_QUARTER)

    def _is_beat(self, step: int) -> bool:
        return (step - self._context.chorale.plan.pickup_steps) % STEPS_PER_QUARTER == 0

    def _is_tonic(self, root: int, step: int) -> bool:
        """Return whether a step is nearer to a perfect than to an augmented fourth above a root."""
        start, end = max(0, step - AROUND), step + AROUND
        distances = []
        for degree in (5, 6):
            steps, _ = np.nonzero(self._context.classes[start:end] == (root + degree) % OCTAVE)
            distances.append(int(np.abs(steps + start - step).min()) if len(steps) else AROUND)
        return distances[0] < distances[1]

    def _end_of_pitch(self, voice: int, step: int) -> int | None:
        """Return the step at which a voice changes its pitch in a phrase; None without a change."""
        pitches = self._context.pitches[:, voice]
        others = np.flatnonzero(pitches[step:] != pitches[step])
        if not len(others):
            return None
        end = step + int(others[0])
        same_phrase = self._context.phrases[end] == self._context.phrases[step]
        return end if same_phrase and pitches[end] != REST else None

    def _passes_up(self, voice: int, step: int, end: int) -> bool:
        """Return whether a note between beats is reached and left by step upwards."""
        if self._is_beat(step) or step == 0:
            return False
        before, here, after = self._context.pitches[[step - 1, step, end], voice].tolist()
        return before != REST and 0 < here - before <= SECOND and 0 < after - here <= SECOND

    def _has_root_throughout(self, chord: Chord, voice: int, step: int, end: int) -> bool:
        """Return whether another voice has the root of the chord at all steps before `end`."""
        others = [other for other in self._context.voices if other != voice]
        return bool((self._context.classes[step:end, others] == chord.root).all(axis=0).any())
