"""Repeated sections and voltas, from the repeat signs at barlines."""

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence

from chorale.music.annotations import Ending, Repeat

MAX_PASSES = 100

_PASSES = re.compile(r"([0-9]{1,3})(?:\.?\s*[-\u2013]\s*([0-9]{1,3}))?")
_MAX_LENGTH = 100  # characters of the number of an ending


def parse_passes(number: str) -> tuple[int, ...]:
    """Return the passes of an ending's number: (1, 2) for "1, 2" and "1-2"; empty if it has none.

    Passes after MAX_PASSES are not read.
    """
    passes: set[int] = set()
    for first, last in _PASSES.findall(number[:_MAX_LENGTH]):
        passes.update(range(int(first), min(int(last or first), MAX_PASSES) + 1))
    return tuple(sorted(passes - {0}))


def find_repeats(
    starts: Collection[int], ends: Mapping[int, int], endings: Sequence[Ending]
) -> tuple[Repeat, ...]:
    """Find the repeated sections.

    A section begins at the last sign that begins one, or where the section before it ends with its
    endings, or at step 0. Endings that follow one another are endings of one section: it ends
    where the last sign among them stands, and sounds as often as its endings have passes.

    Args:
        starts: steps of the signs that begin a repeat.
        ends: steps of the signs that end one, each with how often the section sounds.
        endings: the endings, in order of time.
    """
    repeats: list[Repeat] = []
    groups = _group(endings)
    group_starts = [group[0].start_step for group in groups]
    begun = sorted({0, *starts})
    last_end = 0  # of the section before with its endings
    for end in sorted(ends):
        place = bisect_left(group_starts, end) - 1
        around = groups[place] if place >= 0 and groups[place][-1].end_step >= end else []
        if repeats and around and repeats[-1].end_step > around[0].start_step:
            before = repeats.pop()  # a further ending of the same section
            start, times = before.start_step, before.times
        else:
            start = max(begun[bisect_left(begun, end) - 1], last_end)
            times = 2
        passes = [each for ending in around for each in ending.passes]
        if start < end:
            repeats.append(Repeat(start, end, min(MAX_PASSES, max(times, ends[end], *passes, 2))))
        last_end = max(end, *(ending.end_step for ending in around), last_end)
    return tuple(repeats)


def _group(endings: Sequence[Ending]) -> list[list[Ending]]:
    """Return groups of endings that follow one another, each from an ending of the first pass."""
    groups: list[list[Ending]] = []
    for ending in endings:
        before = groups[-1][-1] if groups else None
        if before and before.end_step == ending.start_step and ending.passes[0] != 1:
            groups[-1].append(ending)
        else:
            groups.append([ending])
    return groups
