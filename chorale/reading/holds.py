"""Distinguish held notes from repeated ones where another line comes to their pitch.

LilyPond's MIDI has one note for all voices of a staff that sing a pitch, and strikes it again where
a second voice comes to it. Whether the first voice holds its note there or repeats it, the file
does not state. In Bach's chorales (train split) such a voice

- holds its note off the pulse, 96 times of 100;
- repeats it on the pulse, 90 times of 100. But a part that elsewhere repeats hardly any note on the
  pulse, and holds many over it, does so here too: the JSB Chorales have no repeated notes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from chorale.music import STEPS_PER_QUARTER
from chorale.reading.facts import Facts
from chorale.reading.parts import PartNote
from chorale.reading.tracing import Trace

# A part holds its notes over the pulse too if it does so elsewhere at least FEWEST_HELD times, and
# HELD_PER_REPEATED times more for each note that it repeats on the pulse, while another line starts
# a note.
FEWEST_HELD = 2
HELD_PER_REPEATED = 4

Struck = set[tuple[float, int]]  # steps and pitches


def join_holds(trace: Trace, facts: Facts) -> Trace:
    """Join the notes that a line holds while they are struck again for another line.

    Args:
        trace: lines in which a pitch that is struck again is a new note.
        facts: the metre and the pickup, by which the pulse is found.

    Returns:
        The lines with their holds.
    """
    pulse = _find_pulse(facts)
    pickup = facts.pickup_steps or 0
    struck = _find_joined(trace)
    if not _holds_over_pulse(trace, struck, pulse, pickup):
        struck = {(step, pitch) for step, pitch in struck if (step - pickup) % pulse}
    lines, holds = [], []
    for line in trace.lines:
        joined: list[PartNote] = []
        for note in line:
            before = joined[-1] if joined else None
            if before and _continues(before, note) and (note.start, note.pitch) in struck:
                joined[-1] = replace(before, end=note.end)
                holds.append(note.start)
            else:
                joined.append(note)
        lines.append(tuple(joined))
    return replace(trace, lines=tuple(lines), holds=tuple(holds))


def _find_pulse(facts: Facts) -> float:
    """Return the pulse in steps: the beat of the metre, a quarter at most."""
    beat = facts.metre.steps_per_beat if facts.metre else STEPS_PER_QUARTER
    return min(beat, STEPS_PER_QUARTER)


def _find_joined(trace: Trace) -> Struck:
    """Return the unisons that a line comes to from another pitch or from a rest."""
    return {
        (note.start, note.pitch)
        for line in trace.lines
        for before, note in _pair_notes(line)
        if note.start in trace.unisons and not _continues(before, note)
    }


def _holds_over_pulse(trace: Trace, struck: Struck, pulse: float, pickup: int) -> bool:
    """Check whether lines hold notes, rather than repeat them, where others start one on the pulse.

    Args:
        trace: the lines.
        struck: the notes of which it is unknown.
        pulse: length of the pulse in steps.
        pickup: steps before the first downbeat.
    """
    held = repeated = 0
    for number, line in enumerate(trace.lines):
        others = (*trace.lines[:number], *trace.lines[number + 1 :])
        starts = {note.start for other in others for note in other}
        steps = sorted(step for step in starts if (step - pickup) % pulse == 0)
        for before, note in _pair_notes(line):
            held += bisect_left(steps, note.end) - bisect_right(steps, note.start)
            repeated += (
                note.start in starts
                and (note.start - pickup) % pulse == 0
                and (note.start, note.pitch) not in struck
                and _continues(before, note)
            )
    return held >= FEWEST_HELD + HELD_PER_REPEATED * repeated


def _pair_notes(line: tuple[PartNote, ...]) -> Iterator[tuple[PartNote | None, PartNote]]:
    """Yield each note of a line with the one before it."""
    yield from ((None, note) for note in line[:1])
    yield from pairwise(line)


def _continues(before: PartNote | None, note: PartNote) -> bool:
    """Check whether a note is on the pitch of the one before it, and follows at once."""
    return before is not None and (before.end, before.pitch) == (note.start, note.pitch)
