"""Which measures begin a system, so that all systems are about equally full."""

from collections.abc import Collection, Sequence
from itertools import accumulate

import numpy as np

from chorale.music import Chorale
from chorale.rendering.score.note_values import score_bars

BAR_LINE_WEIGHT = 2  # width of a measure without notes, in notes
_CROWDED = 4  # power of a system's width that is its cost: a crowded system costs most
_WIDEST = 2.0  # times the mean width: systems of several measures are not wider


def break_by_notes(chorale: Chorale, systems: int, joined: Collection[int] = ()) -> set[int]:
    """Choose the measures that begin a system by the numbers of notes.

    Args:
        chorale: the music.
        systems: number of systems.
        joined: indices of the measures that are drawn with the rest before them.

    Returns:
        Indices of the measures, from 0; the first measure is not among them.
    """
    starts = np.asarray(chorale.onsets.any(axis=1))
    bars = score_bars(chorale)
    weights = np.array(
        [starts[bar.start_step : bar.end_step].sum() + BAR_LINE_WEIGHT for bar in bars]
    )
    weights[list(joined)] = 0
    middles = np.cumsum(weights) - weights / 2
    numbers = (systems * middles / weights.sum()).astype(int)
    for place in sorted(joined):
        numbers[place] = numbers[place - 1]
    return {place for place in range(1, len(bars)) if numbers[place] != numbers[place - 1]}


def break_by_widths(widths: Sequence[float], systems: int, head: float) -> set[int]:
    """Choose the measures that begin a system by their widths.

    Args:
        widths: natural width of each measure, in any unit; the first has the score's head, with
            names, clef and signatures.
        systems: number of systems, at most that of the measures.
        head: width of the head of the other systems.

    Returns:
        As `break_by_notes`.
    """
    before = [0, *accumulate(widths)]
    mean = before[-1] / systems + head
    # Cost of the best systems up to each measure, and the first measure of the last of them.
    costs: list[float] = [0, *[float("inf")] * len(widths)]
    chosen: list[list[int]] = []
    for number in range(systems):
        after = [float("inf")] * (len(widths) + 1)
        firsts = [0] * (len(widths) + 1)
        for first, cost in enumerate(costs[:-1]):
            if cost == float("inf"):
                continue
            for end in range(first + 1, len(widths) + 1):
                width = before[end] - before[first] + (head if number else 0)
                if end > first + 1 and width > _WIDEST * mean:
                    break
                total = cost + (width / mean) ** _CROWDED
                if total < after[end]:
                    after[end], firsts[end] = total, first
        costs = after
        chosen.append(firsts)
    breaks = set()
    end = len(widths)
    for firsts in reversed(chosen[1:]):
        end = firsts[end]
        breaks.add(end)
    return breaks
