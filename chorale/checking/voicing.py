"""How the voices lie: crossed, far apart, against each other, out of their range."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from chorale.analysis import OCTAVE, RANGES
from chorale.checking.context import Count, Finding, Flags, View
from chorale.music import REST, VOICES
from chorale.music.spelling import spelled

BASS = VOICES.index("bass")


def counts(view: View) -> Iterator[Count]:
    """What the rules of this room find."""
    crossings, gaps = [], []
    for upper, lower in view.pairs:
        over, under = view.pitches[:, upper], view.pitches[:, lower]
        sound = (over != REST) & (under != REST)
        crossings += _stretches(view, "crossing", upper, lower, sound & (over < under))
        if upper + 1 == lower < BASS:  # the bass may be as far below as it likes
            gaps += _stretches(view, "wide spacing", upper, lower, sound & (over - under > OCTAVE))
    chords = len(view.chord_starts)
    yield Count("crossing", chords, sorted(crossings, key=lambda found: found.step))
    yield Count("wide spacing", chords, sorted(gaps, key=lambda found: found.step))
    yield Count("chromatic clash", chords, _clashes(view))
    yield _out_of_range(view)


def _clashes(view: View) -> list[Finding]:
    """Where a note sounds together with its own alteration."""
    found = []
    for upper, lower in combinations(view.voices, 2):
        over, under = view.pitches[:, upper], view.pitches[:, lower]
        near = (over != REST) & (under != REST) & np.isin((over - under) % OCTAVE, (1, OCTAVE - 1))
        for clash in _stretches(view, "chromatic clash", upper, lower, near):
            notes = view.spelling(upper, clash.step), view.spelling(lower, clash.step)
            if len({note.letter for note in notes if note}) == 1:
                found.append(clash)
    return sorted(found, key=lambda one: one.step)


def _stretches(view: View, rule: str, upper: int, lower: int, where: Flags) -> list[Finding]:
    """A finding for each stretch of the steps where something is so, (T,) bool."""
    edges = np.flatnonzero(np.diff(where, prepend=False, append=False)).reshape(-1, 2)
    return [
        view.finding(rule, start, {upper: (start,), lower: (start,)}, end)
        for start, end in edges.tolist()
    ]


def _out_of_range(view: View) -> Count:
    found = []
    for voice in view.voices:
        line, (lowest, highest) = view.lines[voice], RANGES[voice]
        outside = (line.pitches < lowest) | (line.pitches > highest)
        for step, end in zip(
            line.onsets[outside].tolist(), line.ends[outside].tolist(), strict=True
        ):
            remark = f"(range {spelled(lowest, None).name} to {spelled(highest, None).name})"
            found.append(view.finding("out of range", step, {voice: (step,)}, end, remark))
    notes = sum(len(view.lines[voice].pitches) for voice in view.voices)
    return Count("out of range", notes, sorted(found, key=lambda one: one.step))
