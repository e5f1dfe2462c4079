"""How the voices lie: crossed, far apart, against each other, out of their range."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from chorale.analysis import OCTAVE, RANGES
from chorale.checking.context import CheckContext, Count, Finding, Flags
from chorale.music import REST, VOICES
from chorale.music.spelling import spelled

BASS = VOICES.index("bass")


def counts(context: CheckContext) -> Iterator[Count]:
    """What the rules of this room find."""
    crossings, gaps = [], []
    for upper, lower in context.pairs:
        over, under = context.pitches[:, upper], context.pitches[:, lower]
        sound = (over != REST) & (under != REST)
        crossings += _stretches(context, "crossing", upper, lower, sound & (over < under))
        if upper + 1 == lower < BASS:  # the bass may be as far below as it likes
            gaps += _stretches(
                context, "wide spacing", upper, lower, sound & (over - under > OCTAVE)
            )
    chords = len(context.chord_starts)
    yield Count("crossing", chords, sorted(crossings, key=lambda found: found.step))
    yield Count("wide spacing", chords, sorted(gaps, key=lambda found: found.step))
    yield Count("chromatic clash", chords, _clashes(context))
    yield _out_of_range(context)


def _clashes(context: CheckContext) -> list[Finding]:
    """Where a note sounds together with its own alteration."""
    found = []
    for upper, lower in combinations(context.voices, 2):
        over, under = context.pitches[:, upper], context.pitches[:, lower]
        near = (over != REST) & (under != REST) & np.isin((over - under) % OCTAVE, (1, OCTAVE - 1))
        for clash in _stretches(context, "chromatic clash", upper, lower, near):
            notes = context.spelling(upper, clash.step), context.spelling(lower, clash.step)
            if len({note.letter for note in notes if note}) == 1:
                found.append(clash)
    return sorted(found, key=lambda one: one.step)


def _stretches(
    context: CheckContext, rule: str, upper: int, lower: int, where: Flags
) -> list[Finding]:
    """A finding for each stretch of the steps where something is so, (T,) bool."""
    edges = np.flatnonzero(np.diff(where, prepend=False, append=False)).reshape(-1, 2)
    return [
        context.finding(rule, start, {upper: (start,), lower: (start,)}, end)
        for start, end in edges.tolist()
    ]


def _out_of_range(context: CheckContext) -> Count:
    found = []
    for voice in context.voices:
        line, (lowest, highest) = context.lines[voice], RANGES[voice]
        outside = (line.pitches < lowest) | (line.pitches > highest)
        for step, end in zip(
            line.onsets[outside].tolist(), line.ends[outside].tolist(), strict=True
        ):
            remark = f"(range {spelled(lowest, None).name} to {spelled(highest, None).name})"
            found.append(context.finding("out of range", step, {voice: (step,)}, end, remark))
    notes = sum(len(context.lines[voice].pitches) for voice in context.voices)
    return Count("out of range", notes, sorted(found, key=lambda one: one.step))
