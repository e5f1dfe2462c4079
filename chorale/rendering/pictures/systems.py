"""Systems: the rows into which a picture of music is broken, as a page of a score is.

A system holds whole bars where a bar fits into it, else whole beats, else steps. Systems are as few
as they can be, and of those as even as they can be.
"""

from itertools import pairwise
from typing import NamedTuple

from chorale.music import STEPS_PER_QUARTER, Plan


class System(NamedTuple):
    """The steps of a row, from `start` to before `end`."""

    start: int
    end: int


def systems(
    plan: Plan, start: int, end: int, columns: int, columns_per_bar_line: int = 0
) -> list[System]:
    """The rows for the steps from `start` to before `end`.

    Args:
        plan: it tells where bars begin; in 4/4 where the metre is unknown.
        start: a step.
        end: a later one.
        columns: what a row holds, one column a step; the least is a step and a bar line.
        columns_per_bar_line: what the line takes that begins a bar.
    """

    def width(unit: System) -> int:
        return unit.end - unit.start + columns_per_bar_line * begins_bar(plan, unit.start)

    beat = int(plan.metre.steps_per_beat) if plan.metre else STEPS_PER_QUARTER
    edges = [edge for edge in range(start, end) if begins_bar(plan, edge)]
    beats = [edge for edge in range(start, end) if (edge - plan.pickup_steps) % beat == 0]
    for inner in (edges, beats, range(start, end)):
        cuts = sorted({start, *inner, end})
        units = [System(*cut) for cut in pairwise(cuts)]
        widest = max(map(width, units))
        if widest <= columns:
            break
    widths = [width(unit) for unit in units]
    fewest = len(_packed(units, widths, max(columns, widest)))
    even = next(
        n for n in range(widest, sum(widths) + 1) if len(_packed(units, widths, n)) == fewest
    )
    return _packed(units, widths, even)


def begins_bar(plan: Plan, step: int) -> bool:
    """Whether a measure begins at a step."""
    return step == plan.bar_start(plan.bar_at(step)) and step >= plan.pickup_steps


def _packed(units: list[System], widths: list[int], columns: int) -> list[System]:
    """Rows that take as many units as they hold, one after another."""
    rows, taken = [units[0]], widths[0]
    for unit, width in zip(units[1:], widths[1:], strict=True):
        if taken + width > columns:
            rows.append(unit)
            taken = width
        else:
            rows[-1] = System(rows[-1].start, unit.end)
            taken += width
    return rows
