"""When each note sounds, in seconds: what players add to the even grid of steps.

- The tempo is even but for holds and the end.
- Over a bar's length before the last chord the tempo eases, smoothly, to RITARDANDO of itself.
- A fermata holds its steps FERMATA_HOLD times as long, the last one LAST_HOLD times, but adds no
  more than FERMATA_ADDS_QUARTERS, or LAST_ADDS_QUARTERS, to what is long as it is. The slowing
  grows from step to step: moving voices broaden, and the chord that they come to is held.
- After a fermata the music breathes: who ends with it is silent for a moment before it goes on.
- The last chord is held even where no fermata says so.
- Notes are legato, as on an organ: one ends where the next starts. Before a repeated note there
  is a gap, so that it is heard to be struck again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale, Note, Plan, notes
from chorale.rendering.render_options import check_tempo

FERMATA_HOLD, FERMATA_ADDS_QUARTERS = 1.6, 1.0
LAST_HOLD, LAST_ADDS_QUARTERS = 2.0, 2.0
RITARDANDO = 0.75  # of the tempo, at the last chord
BREATH_QUARTERS = 0.3
MOST_BREATH_S = 0.5
GAP_S = 0.07  # before a repeated note
MOST_GAP = 1 / 3  # of the note that gives way
USUAL_BAR_STEPS = 4 * STEPS_PER_QUARTER  # where the metre is unknown

Span = tuple[int, int]  # a first step and the step after the last


@dataclass(frozen=True)
class PlayedNote:
    """One note as it is played.

    Attributes:
        voice: 0 = soprano.
        pitch: MIDI number.
        start_s: when it starts, in seconds from the beginning.
        end_s: when it is released.
    """

    voice: int
    pitch: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Performance:
    """A chorale as it is played.

    Attributes:
        notes: in order of their starts, then of voices; those of one voice do not overlap.
        length_s: the end of its last step; no note ends later.
    """

    notes: tuple[PlayedNote, ...]
    length_s: float


def perform(chorale: Chorale, tempo_qpm: float) -> Performance:
    """Play a chorale.

    Args:
        chorale: what is played; unknown fermatas are not guessed.
        tempo_qpm: quarter notes a minute, 20 to 300.

    Raises:
        OptionError: the tempo is out of its range.
    """
    check_tempo(tempo_qpm)
    starts, ends = _clock(chorale, tempo_qpm)
    played = [
        _played(note, voice, following, starts, ends)
        for voice in range(len(VOICES))
        for note, following in _pairs(notes(chorale, voice))
    ]
    played.sort(key=lambda note: (note.start_s, note.voice))
    return Performance(tuple(played), float(starts[-1]))


def _pairs(line: list[Note]) -> Iterator[tuple[Note, Note | None]]:
    """Each note with the one that follows in its voice, if any."""
    return zip(line, [*line[1:], None], strict=False)  # of an empty line there are none


def _played(
    note: Note,
    voice: int,
    following: Note | None,
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
) -> PlayedNote:
    end_step = note.onset_step + note.length_steps
    start, end = float(starts[note.onset_step]), float(ends[end_step])
    repeated = following and (following.pitch, following.onset_step) == (note.pitch, end_step)
    if repeated:  # where there was a breath, it has made the gap
        gap = min(GAP_S, MOST_GAP * (end - start))
        end = min(end, float(starts[end_step]) - gap)
    return PlayedNote(voice, note.pitch, start, end)


def _clock(chorale: Chorale, tempo_qpm: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When the step at each of T + 1 boundaries starts and the one before it ends, in seconds."""
    fermatas = chorale.plan.fermata_spans
    last = _last_chord(chorale, fermatas)
    quarter = 60 / tempo_qpm
    lengths = quarter / STEPS_PER_QUARTER * _slowing(chorale.plan, fermatas, last)
    breaths = np.zeros(chorale.plan.length_steps + 1)
    for _, end in fermatas:
        if last and end <= last[0]:
            breaths[end] = min(BREATH_QUARTERS * quarter, MOST_BREATH_S)
    ends = np.concatenate([[0.0], np.cumsum(lengths + breaths[:-1])])
    return ends + breaths, ends


def _slowing(plan: Plan, fermatas: list[Span], last: Span | None) -> NDArray[np.float64]:
    """(T,) how many times as long each step is as the tempo has it."""
    slowing = np.ones(plan.length_steps)
    for start, end in fermatas:
        slowing[start:end] = _held(end - start, 1.0, FERMATA_HOLD, FERMATA_ADDS_QUARTERS)
    if last:
        start, end = last
        bar = plan.metre.steps_per_bar if plan.metre else USUAL_BAR_STEPS
        easing = slice(max(0, start - bar), start)
        slowing[easing] *= _ritardando(start - easing.start)
        slowing[start:end] = _held(end - start, 1 / RITARDANDO, LAST_HOLD, LAST_ADDS_QUARTERS)
    return slowing


def _held(
    steps: int, slowing: float, times: float, most_added_quarters: float
) -> NDArray[np.float64]:
    """A slowing that grows from what it is before a hold and makes it so many times as long."""
    mean = max(slowing, min(times, 1 + most_added_quarters * STEPS_PER_QUARTER / steps))
    way = (np.arange(steps) + 0.5) / steps
    return slowing + 2 * (mean - slowing) * way


def _ritardando(steps: int) -> NDArray[np.float64]:
    way = (np.arange(steps) + 0.5) / max(1, steps)
    return 1 / (1 - (1 - RITARDANDO) * (1 - np.cos(np.pi * way)) / 2)


def _last_chord(chorale: Chorale, fermatas: list[Span]) -> Span | None:
    """The last fermata if no note starts after it, else what sounds from the last onset on."""
    if not chorale.onsets.any():
        return None
    last_onset = int(np.flatnonzero(chorale.onsets.any(axis=1))[-1])
    silence = int(np.flatnonzero((chorale.pitches != REST).any(axis=1))[-1]) + 1
    if fermatas:
        start, end = fermatas[-1]
        if start < silence and last_onset < end:
            return start, end
    return last_onset, silence
