"""Tunes without the silence around them, and some bars of them.

Annotations of the whole score that stand in the silence before the first note move to that note: a
tempo word, the chord symbol that lasts into the tune, the beginning of a repeat. Its other chord
symbols have no music left, and are counted.
"""

from dataclasses import replace

import numpy as np

from chorale.composing.jobs.planning import Bars, describe_bars, find_steps
from chorale.errors import OptionError
from chorale.music import REST, Annotations, Chorale, Plan, excerpt
from chorale.wording import count


def trim_silence(chorale: Chorale) -> Chorale:
    """Remove the silent steps before the first note and after the last one."""
    sounding = np.flatnonzero((chorale.pitches != REST).any(axis=1))
    if not len(sounding):
        return chorale
    start, end = int(sounding[0]), int(sounding[-1]) + 1
    annotations = _move_out_of_silence(chorale.annotations, start, end)
    return excerpt(replace(chorale, annotations=annotations), start, end)


def _move_out_of_silence(annotations: Annotations, start: int, end: int) -> Annotations:
    """Move annotations of the whole score to the music from step `start` up to `end`."""
    symbols = list(annotations.chord_symbols)
    before = [one for one in symbols if one.step <= start]
    if before:
        symbols = [replace(before[-1], step=start), *symbols[len(before) :]]
    return replace(
        annotations,
        chord_symbols=tuple(one for one in symbols if one.step < end),
        repeats=tuple(
            replace(one, start_step=max(start, one.start_step), end_step=min(end, one.end_step))
            for one in annotations.repeats
            if one.start_step < end and start < one.end_step
        ),
        endings=tuple(
            replace(one, start_step=max(start, one.start_step), end_step=min(end, one.end_step))
            for one in annotations.endings
            if one.start_step < end and start < one.end_step
        ),
        marks=tuple(
            replace(
                one,
                step=min(end, max(start, one.step)),
                end_step=None if one.end_step is None else min(end, one.end_step),
            )
            if one.end_step is None or one.end_step > start
            else one
            for one in annotations.marks
        ),
    )


def count_silent_steps(chorale: Chorale) -> int:
    """Return the number of silent steps before the first note."""
    return int((chorale.pitches != REST).any(axis=1).argmax())


def prepend_silence(plan: Plan, silent_steps: int) -> Plan:
    """Return a plan with silent steps put before it, without key and fermatas."""
    pickup = 0
    if plan.metre:
        pickup = (silent_steps + plan.pickup_steps) % plan.metre.steps_per_bar
    early = tuple(silent_steps + step for step in plan.early_downbeats)
    return Plan(silent_steps + plan.length_steps, plan.metre, pickup, early_downbeats=early)


def extract_bars(
    chorale: Chorale, bars: Bars, full_plan: Plan, silent_steps: int
) -> tuple[Chorale, int]:
    """Return some bars, without silence around them, and the step of `full_plan` where they start.

    Args:
        chorale: the music.
        bars: the first and the last bar, as numbered in `full_plan`.
        full_plan: the plan of the music and of the silence before it.
        silent_steps: length of that silence.

    Raises:
        OptionError: the music does not have these bars, or they are silent.
    """
    start, end = find_steps(full_plan, bars)
    start, end = max(0, start - silent_steps), max(0, end - silent_steps)
    sounding = np.flatnonzero((chorale.pitches[start:end] != REST).any(axis=1))
    if not len(sounding):
        raise OptionError(f"no note to harmonize in {describe_bars(bars)}; choose others")
    part = trim_silence(excerpt(chorale, start, end))
    return part, silent_steps + start + int(sounding[0])


def describe_cut_repeats(chorale: Chorale, part: Chorale, start: int) -> list[str]:
    """Describe the repeats and voltas that reach beyond a part of the music and so are left out.

    Args:
        chorale: all the music.
        part: a part of it, with its own annotations.
        start: the step of the music at which the part starts.
    """
    end = start + len(part.pitches)
    notices = []
    for spans, kept, noun in (
        (chorale.annotations.repeats, part.annotations.repeats, "repeat"),
        (chorale.annotations.endings, part.annotations.endings, "ending"),
    ):
        inside = sum(one.start_step < end and start < one.end_step for one in spans)
        if cut := inside - len(kept):
            notices.append(f"{count(cut, noun)} beyond these bars left out")
    return notices
