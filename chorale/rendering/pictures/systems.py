"""Systems: the rows of a picture of music, as on a page of a score.

Rows break between measures. If some measure is too wide for a row, they break between beats; if
some beat is too wide, between any two steps. There are as few rows as possible, and their widths
are as equal as possible.
"""

from itertools import pairwise
from typing import NamedTuple

from chorale.music import Plan


class System(NamedTuple):
    """The steps of a row; `end` is exclusive."""

    start: int
    end: int


def break_into_systems(
    plan: Plan, start: int, end: int, columns: int, columns_per_bar_line: int = 0
) -> list[System]:
    """Break a range of steps into rows.

    Args:
        plan: the metre and pickup that bar lines follow; 4/4 where the metre is unknown.
        start: first step.
        end: exclusive end, after `start`.
        columns: width of a row, at least one step and one bar line; a step takes one column.
        columns_per_bar_line: width of a bar line; one stands at the beginning of each measure.
    """

    def width(unit: System) -> int:
        return unit.end - unit.start + columns_per_bar_line * is_bar_start(plan, unit.start)

    beat = int(plan.counted_metre.steps_per_beat)
    bars = [step for step in range(start, end) if is_bar_start(plan, step)]
    beats = [step for step in range(start, end) if (step - plan.pickup_steps) % beat == 0]
    for breaks in (bars, beats, range(start, end)):
        bounds = sorted({start, *breaks, end})
        units = [System(*pair) for pair in pairwise(bounds)]
        widest = max(map(width, units))
        if widest <= columns:
            break
    widths = [width(unit) for unit in units]
    rows = len(_fill_rows(units, widths, max(columns, widest)))
    narrowest = next(  # the narrowest width that needs no more rows makes the rows most equal
        n for n in range(widest, sum(widths) + 1) if len(_fill_rows(units, widths, n)) == rows
    )
    return _fill_rows(units, widths, narrowest)


def is_bar_start(plan: Plan, step: int) -> bool:
    """Whether a measure begins at a step; a pickup does not count."""
    return step == plan.bar_start(plan.bar_at(step)) and step >= plan.pickup_steps


def _fill_rows(units: list[System], widths: list[int], columns: int) -> list[System]:
    """Fill rows one after another, each with as many units as possible."""
    rows, row_width = [units[0]], widths[0]
    for unit, width in zip(units[1:], widths[1:], strict=True):
        if row_width + width > columns:
            rows.append(unit)
            row_width = width
        else:
            rows[-1] = System(rows[-1].start, unit.end)
            row_width += width
    return rows
