"""Windows of chorales that a judge compares: eight bars of 4/4 from the middle of a piece.

Nothing but notes and bar lines is kept of a piece. A window starts on a downbeat, leaves out the
first and the last bar of the piece, has no rests, and is transposed with its whole piece to C major
or A minor, whichever mode is estimated, by the smallest interval. A note that is held into a window
has no onset there. Windows of composed pieces and of Bach's are cut by the same rules, from bar
lines that are given in both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import estimate_key
from chorale.music import (
    COMMON_TIME,
    OCTAVE,
    REST,
    SOPRANO,
    STEPS_PER_QUARTER,
    Chorale,
    Mode,
    notes,
)

BAR_STEPS = COMMON_TIME.steps_per_bar
WINDOW_BARS = 8
WINDOW_STEPS = WINDOW_BARS * BAR_STEPS
MIN_BARS = WINDOW_BARS + 2  # of a piece with a window
MOST_WINDOWS = 2  # of a piece
COMMON_TONICS: Mapping[Mode, int] = {"major": 0, "minor": 9}
TUNE_BEATS = 12  # intervals of the soprano, from beat to beat, by which tunes are compared
TUNE_EDITS = 3  # up to which two tunes are the same; Bach's settings of a tune vary as much


@dataclass(frozen=True, eq=False)
class Window:
    """Eight bars in which all voices sound.

    Attributes:
        pitches: (WINDOW_STEPS, 4) int16, MIDI numbers.
        onsets: (WINDOW_STEPS, 4) bool, true where a note starts.
    """

    pitches: NDArray[np.int16]
    onsets: NDArray[np.bool_]


@dataclass(frozen=True)
class Piece:
    """The windows of a piece, at least one, and the beginning of its tune.

    Attributes:
        windows: windows that do not overlap, in order.
        tune: first intervals of the soprano in semitones, from beat to beat.
    """

    windows: Sequence[Window]
    tune: tuple[int, ...]


def cut_pieces(chorales: Sequence[Chorale]) -> list[Piece]:
    """Return the pieces of those chorales that have a window."""
    cut = ((chorale, list(cut_windows(chorale))) for chorale in chorales)
    return [Piece(windows, tune_beginning(chorale)) for chorale, windows in cut if windows]


def cut_windows(chorale: Chorale) -> Iterator[Window]:
    """Yield a window from the middle of a chorale, or one from each half of a long one."""
    plan = chorale.plan
    if plan.metre != COMMON_TIME:
        return
    first, end = 2, plan.last_bar  # bar numbers, without the first and the last bar
    count = min(MOST_WINDOWS, (end - first) // WINDOW_BARS)
    bounds = np.linspace(first, end, count + 1).astype(int).tolist() if count > 0 else []
    semitones = semitones_to_common_key(chorale)
    for low, high in pairwise(bounds):
        starts = range(low, high - WINDOW_BARS + 1)
        middle = (starts[0] + starts[-1]) / 2
        for bar in sorted(starts, key=lambda bar: abs(bar - middle)):
            span = slice(plan.bar_start(bar), plan.bar_start(bar) + WINDOW_STEPS)
            if not (chorale.pitches[span] == REST).any():
                yield Window(chorale.pitches[span] + np.int16(semitones), chorale.onsets[span])
                break


def semitones_to_common_key(chorale: Chorale) -> int:
    """Return the semitones, -6 to 5, by which a chorale moves to C major or A minor."""
    key = estimate_key(chorale)
    half = OCTAVE // 2
    return (COMMON_TONICS[key.mode] - key.tonic + half) % OCTAVE - half


# tunes


def tune_beginning(chorale: Chorale) -> tuple[int, ...]:
    """Return the first TUNE_BEATS intervals of the soprano from beat to beat, in semitones."""
    soprano = chorale.pitches[:, SOPRANO].astype(int)
    start = int(np.argmax(soprano != REST))
    beats = soprano[start::STEPS_PER_QUARTER]
    return tuple(np.diff(beats[beats != REST])[:TUNE_BEATS].tolist())


def group_by_tune(pieces: Sequence[Piece]) -> NDArray[np.int64]:
    """Return a group number for each piece, (N,): equal if their tunes begin alike.

    Two tunes that both begin like a third are in one group.
    """
    groups = np.arange(len(pieces))
    for number, piece in enumerate(pieces):
        for other in range(number):
            same = groups[number] == groups[other]
            if not same and edit_distance(piece.tune, pieces[other].tune) <= TUNE_EDITS:
                groups[groups == groups[number]] = groups[other]
    return groups


def edit_distance(one: Sequence[int], other: Sequence[int]) -> int:
    """Return the least number of insertions, deletions and changes between two sequences.

    A distance above TUNE_EDITS may be returned as any number above it.
    """
    row = list(range(len(other) + 1))
    for number, value in enumerate(one, start=1):
        before, row = row, [number]
        for column, against in enumerate(other, start=1):
            changed = before[column - 1] + (value != against)
            row.append(min(before[column] + 1, row[-1] + 1, changed))
        if min(row) > TUNE_EDITS:
            break
    return min(row) if min(row) > TUNE_EDITS else row[-1]


def pair_settings(
    composed: Sequence[Chorale], bach: Sequence[Chorale]
) -> tuple[list[Chorale], list[Chorale]]:
    """Return the composed settings whose soprano is one of Bach's, and his settings of it.

    The composed settings get Bach's bar lines, so that estimates of the metre play no part.
    """
    by_soprano = {_soprano(chorale): chorale for chorale in bach}
    pairs = [(one, by_soprano.get(_soprano(one))) for one in composed]
    found = [(_with_bar_lines(one, his), his) for one, his in pairs if his]
    return [ours for ours, _ in found], [his for _, his in found]


def _soprano(chorale: Chorale) -> tuple[tuple[int, int, int], ...]:
    """Return pitch, onset and length of the soprano's notes, in steps after its first onset."""
    line = notes(chorale, SOPRANO)
    return tuple(
        (note.pitch, note.onset_step - line[0].onset_step, note.length_steps) for note in line
    )


def _with_bar_lines(chorale: Chorale, model: Chorale) -> Chorale:
    """Return a chorale with the bar lines of another one that has the same soprano."""
    first, of_model = (notes(each, SOPRANO)[0].onset_step for each in (chorale, model))
    metre = model.plan.metre
    pickup = (model.plan.pickup_steps + first - of_model) % metre.steps_per_bar if metre else 0
    plan = replace(chorale.plan, metre=metre, pickup_steps=pickup)
    return replace(chorale, plan=plan)
