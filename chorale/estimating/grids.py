"""Grids: divisions of time into measures of three or four beats."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import log
from typing import Literal

from chorale.music import COMMON_TIME, STEPS_PER_QUARTER, Metre

Beats = Literal[4, 3]  # beats in a measure

_BEAT_STEPS = (STEPS_PER_QUARTER, 2, 8)  # quarter, eighth, half
_OTHER_BEAT = log(0.03)  # for any other beat; a guess, since Bach always has quarters


@dataclass(frozen=True)
class Grid:
    """A division of time into beats and measures.

    Attributes:
        beats: beats in a measure; None if only the beat is known.
        beat_steps: length of a beat, in steps.
        pickup_steps: steps before the first downbeat.
    """

    beats: Beats | None
    beat_steps: int
    pickup_steps: int = 0

    @property
    def bar_steps(self) -> int:
        """Length of a measure, or of a beat if measures are unknown, in steps."""
        return (self.beats or 1) * self.beat_steps

    @property
    def name(self) -> str:
        """Key of the grid in the tables: the beats in a measure, or "1" if unknown."""
        return str(self.beats or 1)


def beat_score(grid: Grid) -> float:
    """Return the log probability of the length of a grid's beat."""
    return 0.0 if grid.beat_steps == STEPS_PER_QUARTER else _OTHER_BEAT


def all_grids() -> Iterator[Grid]:
    """Yield the grids for the choice of a metre, quarter beats first."""
    all_beats: tuple[Beats, Beats] = (4, 3)
    for beat_steps, beats in product(_BEAT_STEPS, all_beats):
        for pickup_steps in range(0, beats * beat_steps, beat_steps // 2):
            yield Grid(beats, beat_steps, pickup_steps)


def to_metre(grid: Grid) -> tuple[Metre, int]:
    """Return the time signature of a grid, and the steps before its first downbeat."""
    if grid.beats == 3 and grid.beat_steps == 2 * STEPS_PER_QUARTER:
        return Metre(3, 2), grid.pickup_steps
    metre = COMMON_TIME if grid.beats == 4 else Metre(3, 4)
    return metre, grid.pickup_steps % metre.steps_per_bar


def compatible_grids(metre: Metre, pickup_steps: int) -> list[Grid]:
    """Return the grids that are compatible with a metre.

    For a metre of three, six, nine or twelve beats the grid has measures of three such beats. A
    metre of two or four beats may be written in halves, quarters or eighths, so the measures of its
    grids may be as long as its own, twice as long or half as long. For other metres (5/4) the grid
    has only beats, no measures.
    """
    bar, beat_steps = metre.steps_per_bar, 4 * STEPS_PER_QUARTER // metre.denominator
    if metre.numerator % 3 == 0:
        return [Grid(3, beat_steps, pickup_steps % (3 * beat_steps))]
    found = [
        grid
        for grid in all_grids()
        if grid.beats == 4
        and grid.bar_steps in (bar, 2 * bar, bar / 2)
        and (grid.pickup_steps - pickup_steps) % min(bar, grid.bar_steps) == 0
    ]
    return found or [Grid(None, beat_steps, pickup_steps)]
