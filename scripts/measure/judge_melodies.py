"""Figures of one voice in a window: intervals, scales, turns and rhythms.

A figure is named in words and counted. Intervals are in semitones, or in scale steps: a second is
one step, a third two, and so on to seven; upwards positive. Lengths are in sixteenths, and only
those of notes that start and end within the window are counted. Places in the bar are beats, from 1
to 4.75.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from judge_windows import BAR_STEPS, Window
from numpy.typing import NDArray

from chorale.music import OCTAVE, STEPS_PER_QUARTER, VOICES

EIGHTH = STEPS_PER_QUARTER // 2  # in steps
BEATS = BAR_STEPS // STEPS_PER_QUARTER  # of a bar
PITCH_CLASSES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_SCALE_STEPS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7)  # by semitones up to the octave
LONGEST_SCALE = 6  # notes; longer ones count as these, and so do longer turns
LONGEST_RUN = 8  # eighths


@dataclass(frozen=True)
class Melody:
    """The notes of one voice that start in a window.

    Attributes:
        voice: name of the voice.
        pitches: (N,) MIDI numbers.
        onsets: (N,) steps.
        lengths: (N - 1,) steps; the last note's is unknown.
    """

    voice: str
    pitches: Sequence[int]
    onsets: Sequence[int]
    lengths: Sequence[int]

    @property
    def scale_steps(self) -> list[int]:
        """Intervals between successive notes in scale steps, (N - 1,)."""
        return [scale_steps(after - before) for before, after in pairwise(self.pitches)]


def melody(window: Window, voice: int) -> Melody:
    """Return the melody of a voice, 0 to 3."""
    onsets = np.flatnonzero(window.onsets[:, voice])
    pitches = window.pitches[onsets, voice]
    return Melody(VOICES[voice], pitches.tolist(), onsets.tolist(), np.diff(onsets).tolist())


def scale_steps(semitones: int) -> int:
    """Return an interval in scale steps, -7 to 7; an octave and more is 7."""
    size = _SCALE_STEPS[min(abs(semitones), OCTAVE)]
    return size if semitones > 0 else -size


def place(step: int) -> str:
    """Return the place of a step in its bar, such as "beat 2.5"."""
    return f"beat {1 + step % BAR_STEPS / STEPS_PER_QUARTER:g}"


def place_in_beat(step: int) -> str:
    """Return whether a step is on the beat, an eighth after it, or on another sixteenth."""
    return {0: "on the beat", EIGHTH: "off the beat"}.get(
        step % STEPS_PER_QUARTER, "on a sixteenth"
    )


def signed(intervals: Sequence[int]) -> str:
    """Format intervals, such as "+2 -1"."""
    return " ".join(f"{interval:+d}" for interval in intervals)


def voice_figures(window: Window, voice: int) -> Iterator[str]:
    """Yield each occurrence of the figures of a voice, 0 to 3, by name."""
    of_voice = melody(window, voice)
    families = (
        interval_figures,
        degree_figures,
        turn_figures,
        scale_figures,
        length_figures,
        syncopations,
    )
    for family in families:
        for figure in family(of_voice):
            yield f"{of_voice.voice}: {figure}"
    for figure in onset_patterns(window, voice):
        yield f"{of_voice.voice}: {figure}"


def interval_figures(melody: Melody) -> Iterator[str]:
    """Yield intervals, pairs and triples of them, and pairs with the lengths of their notes."""
    semitones = [after - before for before, after in pairwise(melody.pitches)]
    steps = melody.scale_steps
    for size in (1, 2, 3):
        for start in range(len(semitones) - size + 1):
            yield f"semitones {signed(semitones[start : start + size])}"
    for size in (3, 4, 5):
        for start in range(len(steps) - size + 1):
            yield f"scale steps {signed(steps[start : start + size])}"
    for number, (interval, onset) in enumerate(zip(steps, melody.onsets[1:], strict=True)):
        yield f"scale step {signed([interval])} to a note {place_in_beat(onset)}"
        if number + 1 < len(melody.lengths):
            lengths = melody.lengths[number : number + 2]
            yield (
                f"scale steps {signed(steps[number : number + 2])} in lengths "
                f"{' '.join(map(str, lengths))}, first note {place_in_beat(melody.onsets[number])}"
            )


def degree_figures(melody: Melody) -> Iterator[str]:
    """Yield notes, pairs and triples of notes, in C major or A minor."""
    names = [PITCH_CLASSES[pitch % OCTAVE] for pitch in melody.pitches]
    for size in (1, 2, 3):
        for start in range(len(names) - size + 1):
            yield f"notes {' '.join(names[start : start + size])}"
    for name, onset in zip(names, melody.onsets, strict=True):
        yield f"{name} at {place(onset)}"


def turn_figures(melody: Melody) -> Iterator[str]:
    """Yield the longest alternations of two neighbouring notes, such as B A B A B."""
    start = 0
    while start + 2 < len(melody.pitches):
        end = start + 1
        while (
            end + 1 < len(melody.pitches)
            and melody.pitches[end + 1] == melody.pitches[end - 1]
            and abs(melody.scale_steps[end]) == 1
        ):
            end += 1
        count = end - start + 1
        if count > 2:
            way = "up" if melody.pitches[start + 1] > melody.pitches[start] else "down"
            words = f"{' '.join('ABABAB'[:count])} by step, first {way}"
            yield words
            yield f"{words}, {_rhythm(melody.lengths[start:end])}"
            yield f"{words}, from {place_in_beat(melody.onsets[start])}"
        start = end


def scale_figures(melody: Melody) -> Iterator[str]:
    """Yield the longest scales of three notes and more."""
    at = 0
    for interval, run in groupby(melody.scale_steps):
        length = len(list(run))
        if abs(interval) == 1 and length > 1:
            count = min(length + 1, LONGEST_SCALE)
            words = f"scale of {count} notes {'up' if interval > 0 else 'down'}"
            yield words
            yield f"{words}, {_rhythm(melody.lengths[at : at + length])}"
            yield f"{words}, to {place(melody.onsets[at + length])}"
        at += length


def _rhythm(lengths: Sequence[int]) -> str:
    """Return the words for the lengths of a figure's notes but the last."""
    names = {2: "in eighths", 4: "in quarters"}
    return names.get(lengths[0], "mixed") if len(set(lengths)) == 1 else "mixed"


def length_figures(melody: Melody) -> Iterator[str]:
    """Yield lengths by their places, successions of lengths, and runs of eighths."""
    for onset, length in zip(melody.onsets[:-1], melody.lengths, strict=True):
        yield f"length {length} at {place(onset)}"
        yield f"length {length} {place_in_beat(onset)}"
    for size in (2, 3, 4):
        for start in range(len(melody.lengths) - size + 1):
            lengths = " ".join(map(str, melody.lengths[start : start + size]))
            yield f"lengths {lengths} {place_in_beat(melody.onsets[start])}"
    for length, run in groupby(melody.lengths):
        count = min(len(list(run)), LONGEST_RUN)
        if length in (EIGHTH, STEPS_PER_QUARTER):
            name = "eighths" if length == EIGHTH else "quarters"
            yield f"run of {count} {name}"


def syncopations(melody: Melody) -> Iterator[str]:
    """Yield the notes that start off the beat and are held over the next beat."""
    for onset, length in zip(melody.onsets[:-1], melody.lengths, strict=True):
        left = -onset % STEPS_PER_QUARTER
        if left and length > left:
            yield "note from off the beat, held over the beat"
            yield f"note from {place(onset)} held over the beat for {length}"


def onset_patterns(window: Window, voice: int) -> Iterator[str]:
    """Yield the onsets of each beat, of each pair of beats, and of each bar."""
    beats = beat_patterns(window.onsets[:, voice])
    for number, pattern in enumerate(beats):
        yield f"onsets {pattern} at beat {number % BEATS + 1}"
        yield f"onsets {pattern}"
    for one, other in pairwise(beats):
        yield f"onsets {one} {other}"
    for start in range(0, len(beats), BEATS):
        yield f"onsets of the bar {' '.join(beats[start : start + BEATS])}"


def beat_patterns(onsets: NDArray[np.bool_]) -> list[str]:
    """Return the onsets, (T,), of each beat, such as "x.x." for two eighths."""
    marks = np.where(onsets, "x", ".").reshape(-1, STEPS_PER_QUARTER)
    return ["".join(beat) for beat in marks]
