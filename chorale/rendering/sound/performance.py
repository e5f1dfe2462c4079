"""When each note sounds, in seconds: how players depart from the even grid of steps.

- The tempo is even, except for fermatas and the end.
- Over the length of a measure before the last chord, the tempo slows smoothly to RITARDANDO
  times the tempo.
- A fermata makes its steps FERMATA_HOLD times as long but adds at most FERMATA_ADDS_QUARTERS; the
  limits of the last fermata are LAST_HOLD and LAST_ADDS_QUARTERS. The slowing
  grows from step to step: moving voices broaden, and the chord that they reach is held.
- After a fermata there is a breath: the voices whose notes end there are silent for a moment.
- The last chord is held even without a fermata.
- Notes are legato, as on an organ: a note ends where the next one starts. Before a repeated note
  there is a gap, so that the listener notices the second onset.
- With a metronome the tempo is even throughout: no fermata, breath or ritardando.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale, Note, Plan, notes
from chorale.rendering.render_options import check_tempo
from chorale.rendering.sound.clicks import Click, PlayedClick

FERMATA_HOLD, FERMATA_ADDS_QUARTERS = 1.6, 1.0
LAST_HOLD, LAST_ADDS_QUARTERS = 2.0, 2.0
RITARDANDO = 0.75  # share of the tempo left at the last chord
BREATH_QUARTERS = 0.3
MAX_BREATH_S = 0.5
GAP_S = 0.07  # gap before a repeated note
MAX_GAP = 1 / 3  # share of the shortened note that the gap can take

Span = tuple[int, int]  # first step and exclusive end


@dataclass(frozen=True)
class PlayedNote:
    """One note as it is played.

    Attributes:
        voice: 0 = soprano.
        pitch: MIDI note number.
        start_s: start, in seconds from the beginning.
        end_s: release, in seconds from the beginning.
    """

    voice: int
    pitch: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Performance:
    """A chorale as it is played.

    Attributes:
        notes: the notes in order of start, then of voice; notes of one voice do not overlap.
        length_s: end of the last step, in seconds; no note ends later.
        clicks: the clicks in order of time.
    """

    notes: tuple[PlayedNote, ...]
    length_s: float
    clicks: tuple[PlayedClick, ...] = ()


@dataclass(frozen=True)
class Timing:
    """How players depart from an even tempo, whatever the tempo.

    Attributes:
        slowing: (T,) factor by which each step is longer than in tempo.
        breaths: boundaries between steps, 1 to T, at which there is a breath.
    """

    slowing: NDArray[np.float64]
    breaths: tuple[int, ...]


def find_timing(chorale: Chorale) -> Timing:
    """Find where a chorale slows down and breathes; unknown fermatas are not guessed."""
    fermatas = chorale.plan.fermata_spans
    last = _find_last_chord(chorale, fermatas)
    breaths = tuple(end for _, end in fermatas if last and end <= last[0])
    return Timing(_compute_slowing(chorale.plan, fermatas, last), breaths)


def perform(
    chorale: Chorale, tempo_qpm: float, clicks: Sequence[Click] = (), even: bool = False
) -> Performance:
    """Compute when each note of a chorale, and each click, sounds.

    Args:
        chorale: the music; unknown fermatas are not guessed.
        tempo_qpm: quarter notes a minute, 20 to 300.
        clicks: clicks at steps of the music.
        even: whether the tempo is even throughout.

    Raises:
        OptionError: the tempo is out of range.
    """
    check_tempo(tempo_qpm)
    time_steps = _time_steps_evenly if even else _time_steps
    starts, ends = time_steps(chorale, tempo_qpm)
    played = [
        _play_note(note, voice, following, starts, ends)
        for voice in range(len(VOICES))
        for note, following in _pair_with_next(notes(chorale, voice))
    ]
    played.sort(key=lambda note: (note.start_s, note.voice))
    played_clicks = [PlayedClick(float(starts[each.step]), each.downbeat) for each in clicks]
    return Performance(tuple(played), float(starts[-1]), tuple(played_clicks))


def _pair_with_next(line: list[Note]) -> Iterator[tuple[Note, Note | None]]:
    """Pair each note with the next one in its voice, the last with None."""
    return zip(line, [*line[1:], None], strict=False)  # no pair for an empty line


def _play_note(
    note: Note,
    voice: int,
    following: Note | None,
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
) -> PlayedNote:
    end_step = note.onset_step + note.length_steps
    start, end = float(starts[note.onset_step]), float(ends[end_step])
    repeated = following and (following.pitch, following.onset_step) == (note.pitch, end_step)
    if repeated:  # a breath already makes a gap
        gap = min(GAP_S, MAX_GAP * (end - start))
        end = min(end, float(starts[end_step]) - gap)
    return PlayedNote(voice, note.pitch, start, end)


def _time_steps_evenly(
    chorale: Chorale, tempo_qpm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the times of the boundaries between steps as `_time_steps`, in an even tempo."""
    steps = np.arange(chorale.plan.length_steps + 1, dtype=np.float64)
    times = steps * (60 / tempo_qpm / STEPS_PER_QUARTER)
    return times, times


def _time_steps(
    chorale: Chorale, tempo_qpm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the times of the T + 1 boundaries between steps, in seconds.

    Returns:
        Start of the step after each boundary and end of the step before it, (T + 1,) each; the two
        times differ where there is a breath.
    """
    timing = find_timing(chorale)
    quarter = 60 / tempo_qpm
    lengths = quarter / STEPS_PER_QUARTER * timing.slowing
    breaths = np.zeros(chorale.plan.length_steps + 1)
    breaths[list(timing.breaths)] = min(BREATH_QUARTERS * quarter, MAX_BREATH_S)
    ends = np.concatenate([[0.0], np.cumsum(lengths + breaths[:-1])])
    return ends + breaths, ends


def _compute_slowing(
    plan: Plan, fermatas: Sequence[Span], last: Span | None
) -> NDArray[np.float64]:
    """Compute the factor by which each step is longer than in tempo, (T,)."""
    slowing = np.ones(plan.length_steps)
    for start, end in fermatas:
        slowing[start:end] = _hold(end - start, 1.0, FERMATA_HOLD, FERMATA_ADDS_QUARTERS)
    if last:
        start, end = last
        easing = slice(max(0, start - plan.counted_metre.steps_per_bar), start)
        slowing[easing] *= _ease(start - easing.start)
        slowing[start:end] = _hold(end - start, 1 / RITARDANDO, LAST_HOLD, LAST_ADDS_QUARTERS)
    return slowing


def _hold(
    steps: int, slowing: float, factor: float, max_added_quarters: float
) -> NDArray[np.float64]:
    """Compute the slowing of a held chord, (steps,), which grows steadily.

    Args:
        steps: length of the chord.
        slowing: slowing just before the chord; its mean slowing is at least this.
        factor: mean slowing of a short chord.
        max_added_quarters: limit of the length that the hold adds to a long chord.
    """
    mean = max(slowing, min(factor, 1 + max_added_quarters * STEPS_PER_QUARTER / steps))
    way = (np.arange(steps) + 0.5) / steps
    return slowing + 2 * (mean - slowing) * way


def _ease(steps: int) -> NDArray[np.float64]:
    """Compute the slowing of the ritardando, (steps,)."""
    way = (np.arange(steps) + 0.5) / max(1, steps)
    return 1 / (1 - (1 - RITARDANDO) * (1 - np.cos(np.pi * way)) / 2)


def _find_last_chord(chorale: Chorale, fermatas: Sequence[Span]) -> Span | None:
    """Find the chord that is held at the end; None if no note sounds.

    The last fermata is that chord if no note starts after it; otherwise the last onset starts it.
    """
    if not chorale.onsets.any():
        return None
    last_onset = int(np.flatnonzero(chorale.onsets.any(axis=1))[-1])
    silence = int(np.flatnonzero((chorale.pitches != REST).any(axis=1))[-1]) + 1
    if fermatas:
        start, end = fermatas[-1]
        if start < silence and last_onset < end:
            return start, end
    return last_onset, silence
