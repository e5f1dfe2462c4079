"""Readings of the time: measures of four or three beats, and where the first one starts."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import log
from typing import Literal

from chorale.music import STEPS_PER_QUARTER, Metre

Beats = Literal[4, 3]  # of a measure

_BEAT_STEPS = (STEPS_PER_QUARTER, 2, 8)  # quarter, eighth, half
_OTHER_BEAT = log(0.03)  # that a melody's beat is not the quarter; a guess, as Bach's always is


@dataclass(frozen=True)
class Grid:
    """A reading of the time.

    Attributes:
        beats: of a measure; None where measures are not known, and only beats are.
        beat_steps: length of a beat.
        pickup_steps: steps before the first downbeat.
    """

    beats: Beats | None
    beat_steps: int
    pickup_steps: int = 0

    @property
    def bar_steps(self) -> int:
        """Length of a measure, or of a beat where measures are not known."""
        return (self.beats or 1) * self.beat_steps

    @property
    def name(self) -> str:
        """Of its tables: how many beats a measure has, "1" where that is not known."""
        return str(self.beats or 1)


def beat_score(grid: Grid) -> float:
    """Log probability that music goes in such beats."""
    return 0.0 if grid.beat_steps == STEPS_PER_QUARTER else _OTHER_BEAT


def all_grids() -> Iterator[Grid]:
    """Those that a metre is chosen from, measures of quarters first."""
    both: tuple[Beats, Beats] = (4, 3)
    for beat_steps, beats in product(_BEAT_STEPS, both):
        for pickup_steps in range(0, beats * beat_steps, beat_steps // 2):
            yield Grid(beats, beat_steps, pickup_steps)


def metre_of(grid: Grid) -> tuple[Metre, int]:
    """The time signature of a grid, and the steps before its first downbeat."""
    if grid.beats == 3 and grid.beat_steps == 2 * STEPS_PER_QUARTER:
        return Metre(3, 2), grid.pickup_steps
    metre = Metre(4, 4) if grid.beats == 4 else Metre(3, 4)
    return metre, grid.pickup_steps % metre.steps_per_bar


def grids_of(metre: Metre, pickup_steps: int) -> list[Grid]:
    """The grids that go with a metre.

    A metre of three, six, nine or twelve is measures of three of its own beats. A metre of two or
    four may be written in halves, quarters or eighths, and a grid's measures may be as long as its
    own, or twice or half as long. In others (5/4), measures are not heeded.
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
