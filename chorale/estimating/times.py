"""Metre, pickup and phrases of music that does not tell them."""

from collections.abc import Sequence
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from chorale.estimating.chains import best_chain, tables
from chorale.estimating.grids import Grid, all_grids, beat_score, grids_of, metre_of
from chorale.estimating.melodies import Melody, length_classes, melody_of, places
from chorale.music import STEPS_PER_QUARTER, Metre, Note

# Guesses, since Bach's chorales have none of it.
_OFF_BEAT = log(0.02)  # that it starts off the beat
_WHOLE_BAR = 2.0  # that a file which does not tell its pickup has none

_MOST_NOTES = 400  # that the metre is estimated from; hymns have fewer
_LOWER_VOICE_WEIGHT = 0.5  # of their notes' lengths, which are not independent of the melody's


def estimate_metre(lines: Sequence[Sequence[Note]], length_steps: int) -> tuple[Metre, int]:
    """Metre and pickup in steps: 4/4 or 3/4, or 3/2 where triple time goes in halves.

    Args:
        lines: the notes of each voice that is there, in order of time, one after another; from
            the highest voice down.
        length_steps: of the whole; it is often a number of whole measures.
    """
    melody = melody_of(_beginning(lines))
    if melody is None:
        return Metre(4, 4), 0

    return metre_of(max(all_grids(), key=lambda grid: _score(melody, grid, length_steps)))


def estimate_pickup(lines: Sequence[Sequence[Note]], length_steps: int, metre: Metre) -> int:
    """Steps before the first downbeat, where a file tells the metre but not where bars start.

    Most files without a word start with a whole bar, so that this is likelier before a note is
    heard.

    Args:
        lines: as for `estimate_metre`.
        length_steps: of the whole.
        metre: any; of those without a grid (5/4) nothing is known, and they have none.
    """
    melody = melody_of(_beginning(lines))
    if melody is None or grids_of(metre, 0)[0].beats is None:
        return 0

    def score(pickup_steps: int) -> float:
        grids = grids_of(metre, pickup_steps)
        best = max(_score(melody, grid, length_steps) for grid in grids)
        return best + (0.0 if pickup_steps else _WHOLE_BAR)

    beat_steps = max(2, 4 * STEPS_PER_QUARTER // metre.denominator)
    return max(range(0, metre.steps_per_bar, beat_steps // 2), key=score)


def _score(melody: Melody, grid: Grid, length_steps: int) -> float:
    """Log probability, up to a constant, of a grid and of a melody's best phrases under it."""
    chain = best_chain(melody, grid).score
    return chain + _lower_score(melody, grid) + _grid_score(grid, melody, length_steps)


def estimate_phrases(
    lines: Sequence[Sequence[Note]], length_steps: int, metre: Metre | None, pickup_steps: int
) -> NDArray[np.bool_]:
    """Where fermatas hold, (T,) bool: over the last note of each phrase of the first voice.

    The last fermata lasts to the end where less than a measure of silence follows.

    Args:
        lines: the notes of each voice that is there, in order of time, one after another; from
            the highest voice down.
        length_steps: T.
        metre: any, or None where it is not known.
        pickup_steps: steps before the first downbeat.
    """
    fermatas = np.zeros(length_steps, np.bool_)
    melody = melody_of(lines)
    if melody is None:
        return fermatas
    if metre is None:
        metre, pickup_steps = estimate_metre(lines, length_steps)
    top = next(line for line in lines if line)
    for note in (top[number] for number in _best_ends(melody, metre, pickup_steps)):
        fermatas[note.onset_step : note.onset_step + note.length_steps] = True
    last = top[-1]
    if length_steps - last.onset_step - last.length_steps < Metre(4, 4).steps_per_bar:
        fermatas[last.onset_step :] = True
    return fermatas


def _best_ends(melody: Melody, metre: Metre, pickup_steps: int) -> tuple[int, ...]:
    """The ends of the best chain under any grid that goes with a metre."""
    chains = [(best_chain(melody, grid), grid) for grid in grids_of(metre, pickup_steps)]
    best, _ = max(chains, key=lambda found: found[0].score + beat_score(found[1]))
    return best.ends


def _beginning(lines: Sequence[Sequence[Note]]) -> list[list[Note]]:
    """As much as the metre is estimated from."""
    top: Sequence[Note] = next((line for line in lines if line), ())
    end = top[_MOST_NOTES].onset_step if len(top) > _MOST_NOTES else inf
    return [[note for note in line if note.onset_step < end] for line in lines]


def _lower_score(melody: Melody, grid: Grid) -> float:
    onsets, lengths = melody.lower
    by_place = np.array(tables()["lengths"][grid.name]["lower"])
    scores = by_place[places(onsets, grid), length_classes(lengths, grid)]
    return _LOWER_VOICE_WEIGHT * float(scores.sum())


def _grid_score(grid: Grid, melody: Melody, length_steps: int) -> float:
    """How probable the grid is by itself, with this length, and with passages that return."""
    told = tables()["grids"][grid.name]
    beat, rest = divmod(grid.pickup_steps, grid.beat_steps)
    score = told["share"] + told["pickup"][beat] + (_OFF_BEAT if rest else 0.0)
    apart = melody.spans[melody.returns > 0] % grid.bar_steps
    score += told["returns in place"] * int((apart == 0).sum())
    score += told["returns elsewhere"] * int((apart != 0).sum())
    score += told["part of a bar" if length_steps % grid.bar_steps else "whole bars"]
    return float(score) + beat_score(grid)
