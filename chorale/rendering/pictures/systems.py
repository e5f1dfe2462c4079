"""Systems: the rows into which a picture of music is broken, as a page of a score is.

A system holds whole measures if every measure fits into a row, else whole beats, else steps. There
are as few systems as possible, and they are as even as possible.
"""

from itertools import pairwise
from typing import NamedTuple

from chorale.music import Plan


class System(NamedTuple):
    """The steps of a row, from `start` to before `end`."""

    start: int
    end: int


def break_into_systems(
    plan: Plan, start: int, end: int, columns: int, columns_per_bar_line: int = 0
) -> list[System]:
    """Break the steps from `start` to before `end` into rows.

    Args:
        plan: the metre and pickup that bar lines follow; 4/4 where the metre is unknown.
        start: first step.
        end: exclusive end, after `start`.
        columns: width of a row, at least a step and a bar line; a step takes one column.
        columns_per_bar_line: width of the line that begins a measure.
    """

    def width(unit: System) -> int:
        return unit.end - unit.start + columns_per_bar_line * is_bar_start(plan, unit.start)

    beat = int(plan.counted_metre.steps_per_beat)
    bars = [step for step in range(start, end) if is_bar_start(plan, step)]
    beats = [step for step in range(start, end) if (step - plan.pickup_steps) % beat == 0]
    for inner in (bars, beats, range(start, end)):
        cuts = sorted({start, *inner, end})
        units = [System(*cut) for cut in pairwise(cuts)]
        widest = max(map(width, units))
        if widest <= columns:
            break
    widths = [width(unit) for unit in units]
    fewest = len(_fill_rows(units, widths, max(columns, widest)))
    even = next(
        n for n in range(widest, sum(widths) + 1) if len(_fill_rows(units, widths, n)) == fewest
    )
    return _fill_rows(units, widths, even)


def is_bar_start(plan: Plan, step: int) -> bool:
    """Whether a measure begins at a step; a pickup is not one."""
    return step == plan.bar_start(plan.bar_at(step)) and step >= plan.pickup_steps


def _fill_rows(units: list[System], widths: list[int], columns: int) -> list[System]:
    """Fill rows one after another, each with as many units as fit."""
    rows, taken = [units[0]], widths[0]
    for unit, width in zip(units[1:], widths[1:], strict=True):
        if taken + width > columns:
            rows.append(unit)
            taken = width
        else:
            rows[-1] = System(rows[-1].start, unit.end)
            taken += width
    return rows
