"""A melody as the estimates hear it: how long its notes are, how it moves, what returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chorale.estimating.grids import Grid
from chorale.music import STEPS_PER_QUARTER, Note

Ints = NDArray[np.int64]

# Note lengths fall into classes, each from this many quarters of a beat up to the next.
LENGTH_CLASSES = (0, 2, 3, 4, 5, 8, 12, 16)
STEP_CLASSES = ("none", "same", "step up", "step down", "leap up", "leap down", "rest")
MOVE_CLASSES = 3  # notes of another voice that start within a note: none, one, more
RETURN_CLASSES = (0, 1, 6, 10)  # notes of a passage that returns, each up to the next
FEWEST_RETURNING = 4  # notes; shorter passages return by chance
PLACES_OF_BEAT = 3  # on the beat, at its half, elsewhere
_FARTHEST_RETURN = 400  # in notes


@dataclass(frozen=True, eq=False)
class Melody:
    """The highest voice, and what the others do meanwhile. N notes, in order of time, N >= 1.

    Attributes:
        onsets: (N + 1,) int, in steps; the last is where the last note ends.
        steps_to: (N,) int, the class in STEP_CLASSES of the step that leads to the note.
        steps_from: (N,) int, of the step that leads on from it.
        returns: (N,) int, how many notes, from this one on, repeat earlier ones, pitch and length,
            in a passage that starts with this note; 0 if no such passage starts.
        spans: (N,) int, how many steps earlier that passage was.
        moves: (M, N) int, for each other voice the class of how many of its notes start while the
            note sounds, its onset left out.
        lower: notes of all other voices, (onsets, lengths).
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
        """(N,) steps from each onset to the next, so that rests belong to the note before."""
        return np.diff(self.onsets)


def melody_of(lines: Sequence[Sequence[Note]]) -> Melody | None:
    """The melody of these voices, the first that is not silent; None where all are."""
    sounding = [line for line in lines if line]
    if not sounding:
        return None
    top, *others = sounding
    end_step = top[-1].onset_step + top[-1].length_steps
    onsets = np.array([*(note.onset_step for note in top), end_step])
    returns, spans = _returns(np.array([note.pitch for note in top]), onsets)
    moves = [_moves(onsets, line) for line in others]
    notes = [note for line in others for note in line]
    return Melody(
        onsets,
        np.array([0, *(_step_class(a, b, False) for a, b in pairwise(top))]),
        np.array([*(_step_class(a, b, True) for a, b in pairwise(top)), 0]),
        returns,
        spans,
        np.array(moves, np.int64).reshape(len(others), len(top)),
        (
            np.array([note.onset_step for note in notes], np.int64),
            np.array([note.length_steps for note in notes], np.int64),
        ),
    )


def _returns(pitches: Ints, onsets: Ints) -> tuple[Ints, Ints]:
    """`returns` and `spans` of a melody; of several earlier passages, of the longest and latest."""
    lengths = np.diff(onsets)
    returns, spans = np.zeros_like(pitches), np.zeros_like(pitches)
    for shift in range(FEWEST_RETURNING, min(len(pitches), _FARTHEST_RETURN)):
        same = (pitches[shift:] == pitches[:-shift]) & (lengths[shift:] == lengths[:-shift])
        edges = np.flatnonzero(np.diff(same, prepend=False, append=False))
        starts, passage = edges[::2] + shift, np.minimum(edges[1::2] - edges[::2], shift)
        longer = passage > returns[starts]
        starts = starts[longer]
        returns[starts] = passage[longer]
        spans[starts] = onsets[starts] - onsets[starts - shift]
    return np.where(returns < FEWEST_RETURNING, 0, returns), spans


def return_classes(returns: Ints) -> Ints:
    """The place in RETURN_CLASSES of each."""
    return np.searchsorted(RETURN_CLASSES, returns, "right") - 1


def _moves(onsets: Ints, line: Sequence[Note]) -> Ints:
    starts = np.sort([note.onset_step for note in line])
    within = np.searchsorted(starts, onsets[1:]) - np.searchsorted(starts, onsets[:-1], "right")
    return np.minimum(within, MOVE_CLASSES - 1)


def _step_class(before: Note, after: Note, heed_rest: bool) -> int:
    if heed_rest and after.onset_step > before.onset_step + before.length_steps:
        return STEP_CLASSES.index("rest")
    size = after.pitch - before.pitch
    if size == 0:
        return STEP_CLASSES.index("same")
    return STEP_CLASSES.index(
        ("step " if abs(size) <= 2 else "leap ") + ("up" if size > 0 else "down")
    )


def places(onsets: Ints, grid: Grid) -> Ints:
    """The place in a measure of each onset, from 0 to PLACES_OF_BEAT * beats - 1."""
    steps = (onsets - grid.pickup_steps) % grid.bar_steps
    beat, within = np.divmod(steps, grid.beat_steps)
    part = np.where(within == 0, 0, np.where(2 * within == grid.beat_steps, 1, 2))
    return np.asarray(PLACES_OF_BEAT * beat + part)


def length_classes(lengths: Ints, grid: Grid) -> Ints:
    """The place in LENGTH_CLASSES of each length."""
    quarters = STEPS_PER_QUARTER * lengths // grid.beat_steps
    return np.searchsorted(LENGTH_CLASSES, quarters, "right") - 1
