"""Music that stands still, or goes round like a machine.

How long is long was set by Bach's chorales: each limit is passed less than once in a thousand
places. Last chords and fermatas may last as long as they like.
"""

from collections.abc import Iterator

import numpy as np

from chorale.checking.context import CheckContext, Count, Finding, Ints
from chorale.music import REST, STEPS_PER_QUARTER

CHORD_STEPS = 8  # a chord that lasts longer stands still
PITCH_STEPS = 24  # a voice that stays longer on a pitch does
STRIKES = 5  # of one pitch in a row
TIMES = 3  # that a figure is heard in a row
FIGURE_QUARTERS = 8  # of the longest figure that is looked for


def counts(context: CheckContext) -> Iterator[Count]:
    """What the rules of this room find."""
    yield _standing_chords(context)
    yield from _standing_voices(context)
    yield _repetition(context)


def _standing_chords(context: CheckContext) -> Count:
    rule, found = "standing chord", []
    starts = context.chord_starts
    ends = np.r_[starts[1:], len(context.pitches)]
    for start, end in _long(context, starts, ends, CHORD_STEPS):
        sung = {v: (start,) for v in context.voices if context.pitches[start, v] != REST}
        if sung:
            found.append(context.finding(rule, start, sung, end, f"for {_quarters(start, end)}"))
    return Count(rule, len(starts), found)


def _standing_voices(context: CheckContext) -> Iterator[Count]:
    spans, still, struck = 0, list[Finding](), list[Finding]()
    for voice in context.voices:
        pitches = context.pitches[:, voice]
        starts = np.r_[0, np.flatnonzero(pitches[1:] != pitches[:-1]) + 1]
        ends = np.r_[starts[1:], len(pitches)]
        sung = pitches[starts] != REST
        starts, ends = starts[sung], ends[sung]
        spans += len(starts)
        for start, end in _long(context, starts, ends, PITCH_STEPS):
            remark = f"for {_quarters(start, end)}"
            still.append(context.finding("standing voice", start, {voice: (start,)}, end, remark))
        strikes = np.add.reduceat(context.chorale.onsets[:, voice].astype(int), starts)
        for number in np.flatnonzero(strikes > STRIKES).tolist():
            start, end = int(starts[number]), int(ends[number])
            remark = f"{strikes[number]} times in a row"
            struck.append(
                context.finding("much repeated note", start, {voice: (start,)}, end, remark)
            )
    yield Count("standing voice", spans, sorted(still, key=lambda one: one.step))
    yield Count("much repeated note", spans, sorted(struck, key=lambda one: one.step))


def _long(context: CheckContext, starts: Ints, ends: Ints, limit: int) -> Iterator[tuple[int, int]]:
    """Of some stretches those that last longer than a limit, not at the end or under a fermata."""
    for number in np.flatnonzero((ends - starts > limit) & (ends < len(context.pitches))):
        start, end = int(starts[number]), int(ends[number])
        if not context.fermatas[start:end].any():
            yield start, end


def _repetition(context: CheckContext) -> Count:
    """A figure of one to eight quarters, in which the chord changes, that all voices sing again.

    Pitches alone count, since a note can be held into its figure or struck with it.
    """
    pitches = context.pitches
    changed = np.zeros(len(pitches), np.bool_)
    changed[context.chord_starts[1:]] = True
    found: list[tuple[int, int, int]] = []
    for quarters in range(1, FIGURE_QUARTERS + 1):
        steps = STEPS_PER_QUARTER * quarters
        same = (pitches[steps:] == pitches[:-steps]).all(axis=1)
        edges = np.flatnonzero(np.diff(same, prepend=False, append=False)).reshape(-1, 2)
        for start, end in edges.tolist():
            if (
                end - start < (TIMES - 1) * steps
                or not changed[start + 1 : start + steps + 1].any()
            ):
                continue
            if not any(begin <= start and end + steps <= close for begin, close, _ in found):
                found.append((start, end + steps, quarters))
    rule, findings = "mechanical repetition", []
    for start, end, quarters in sorted(found):
        steps = STEPS_PER_QUARTER * quarters
        remark = f"{_quarters(start, start + steps)}, {(end - start) // steps} times in a row"
        findings.append(context.finding(rule, start, {}, end, remark))
    return Count(rule, len(pitches) // STEPS_PER_QUARTER, findings)


def _quarters(start: int, end: int) -> str:
    quarters = (end - start) / STEPS_PER_QUARTER
    return f"{quarters:g} quarter" + ("" if quarters == 1 else "s")
