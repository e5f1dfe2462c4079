"""The features of a melody that the estimates use: lengths, melodic steps, returning passages."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chorale.estimating.grids import Grid
from chorale.music import STEPS_PER_QUARTER, Note
from chorale.music.arrays import run_bounds

Ints = NDArray[np.int64]

# Shortest note length of each class, in quarters of a beat.
LENGTH_CLASSES = (0, 2, 3, 4, 5, 8, 12, 16)
STEP_CLASSES = ("none", "same", "step up", "step down", "leap up", "leap down", "rest")
MOVE_CLASSES = 3  # by the notes of another voice that start during a note: 0, 1, or more
RETURN_CLASSES = (0, 1, 6, 10)  # fewest notes of a returning passage in each class
FEWEST_RETURNING = 4  # notes of a returning passage; shorter ones return by chance
POSITIONS_PER_BEAT = 3  # on the beat, halfway through the beat, elsewhere
_FARTHEST_RETURN = 400  # in notes


@dataclass(frozen=True, eq=False)
class Melody:
    """Features of the N >= 1 notes of the highest voice, in order of time, and of M lower voices.

    Attributes:
        onsets: (N + 1,) int, the onset of each note and the end of the last one, in steps.
        steps_to: (N,) int, index in STEP_CLASSES of the melodic step to each note.
        steps_from: (N,) int, index in STEP_CLASSES of the melodic step from each note.
        returns: (N,) int, number of notes, from this one on, that repeat an earlier passage in
            pitch and length; 0 if no earlier passage returns here.
        spans: (N,) int, steps from the start of the earlier passage to its return.
        moves: (M, N) int, class of the number of notes that each lower voice starts during each
            note, after its onset.
        lower: onsets and lengths of the notes of all lower voices, in steps.
    """

    onsets: Ints
    steps_to: Ints
    steps_from: Ints
    returns: Ints
    spans: Ints
    moves: Ints
    lower: tuple[Ints, Ints]

    @property
    def lengths(self) -> Ints:
        """Steps from each onset to the next, (N,); a rest belongs to the note before it."""
        return np.diff(self.onsets)


def extract_melody(lines: Sequence[Sequence[Note]]) -> Melody | None:
    """Return the features of the first voice that is not silent; None if all are silent.

    Args:
        lines: the notes of each voice, in order of time; from the highest voice down.
    """
    sounding = [line for line in lines if line]
    if not sounding:
        return None
    top, *others = sounding
    end_step = top[-1].onset_step + top[-1].length_steps
    onsets = np.array([*(note.onset_step for note in top), end_step])
    returns, spans = _find_returns(np.array([note.pitch for note in top]), onsets)
    moves = [_classify_moves(onsets, line) for line in others]
    notes = [note for line in others for note in line]
    return Melody(
        onsets,
        np.array([0, *(_classify_step(a, b, False) for a, b in pairwise(top))]),
        np.array([*(_classify_step(a, b, True) for a, b in pairwise(top)), 0]),
        returns,
        spans,
        np.array(moves, np.int64).reshape(len(others), len(top)),
        (
            np.array([note.onset_step for note in notes], np.int64),
            np.array([note.length_steps for note in notes], np.int64),
        ),
    )


def _find_returns(pitches: Ints, onsets: Ints) -> tuple[Ints, Ints]:
    """Find `Melody.returns` and `Melody.spans`; the longest, then the latest passage counts."""
    lengths = np.diff(onsets)
    returns, spans = np.zeros_like(pitches), np.zeros_like(pitches)
    for shift in range(FEWEST_RETURNING, min(len(pitches), _FARTHEST_RETURN)):
        same = (pitches[shift:] == pitches[:-shift]) & (lengths[shift:] == lengths[:-shift])
        bounds = run_bounds(same)
        starts, passage = bounds[:, 0] + shift, np.minimum(bounds[:, 1] - bounds[:, 0], shift)
        longer = passage > returns[starts]
        starts = starts[longer]
        returns[starts] = passage[longer]
        spans[starts] = onsets[starts] - onsets[starts - shift]
    return np.where(returns < FEWEST_RETURNING, 0, returns), spans


def classify_returns(returns: Ints) -> Ints:
    """Return the index in RETURN_CLASSES of each number of notes."""
    return np.searchsorted(RETURN_CLASSES, returns, "right") - 1


def _classify_moves(onsets: Ints, line: Sequence[Note]) -> Ints:
    """Return a row of `Melody.moves`, (N,), for the notes of one lower voice."""
    starts = np.sort([note.onset_step for note in line])
    within = np.searchsorted(starts, onsets[1:]) - np.searchsorted(starts, onsets[:-1], "right")
    return np.minimum(within, MOVE_CLASSES - 1)


def _classify_step(before: Note, after: Note, with_rests: bool) -> int:
    if with_rests and after.onset_step > before.onset_step + before.length_steps:
        return STEP_CLASSES.index("rest")
    size = after.pitch - before.pitch
    if size == 0:
        return STEP_CLASSES.index("same")
    return STEP_CLASSES.index(
        ("step " if abs(size) <= 2 else "leap ") + ("up" if size > 0 else "down")
    )


def metrical_positions(onsets: Ints, grid: Grid) -> Ints:
    """Return the position of each onset in its measure, 0 to POSITIONS_PER_BEAT * beats - 1."""
    steps = (onsets - grid.pickup_steps) % grid.bar_steps
    beat, within = np.divmod(steps, grid.beat_steps)
    part = np.where(within == 0, 0, np.where(2 * within == grid.beat_steps, 1, 2))
    return np.asarray(POSITIONS_PER_BEAT * beat + part)


def classify_lengths(lengths: Ints, grid: Grid) -> Ints:
    """Return the index in LENGTH_CLASSES of each length in steps."""
    quarters = STEPS_PER_QUARTER * lengths // grid.beat_steps
    return np.searchsorted(LENGTH_CLASSES, quarters, "right") - 1
