"""Read the notes of a MIDI track: pair the events that strike and release each pitch.

Conventions:
- A release ends the first struck note of its channel and pitch that still sounds: first in, first
  out. At one tick, releases of earlier notes come before strikes.
- If a pitch is released less often than struck, some releases are missing. A note without a release
  ends when its pitch is struck again or, if it is the last one, with its track.
- A part that sounds one pitch at a time is a melody, whatever its pairs: a note that outlasts the
  next strike of its pitch by a step or more ends there. A smaller overlap is the grid's to remove
  (`chorale.reading.grid`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any

from chorale.music import STEPS_PER_QUARTER
from chorale.reading.parts import PartNote

Event = tuple[int, bool]  # tick; whether the pitch is struck, or else released


def read_notes(track: Any, ticks_per_quarter: int) -> dict[int, list[PartNote]]:
    """Read the notes of a mido track by channel, 0 to 15, in order of their starts."""
    events: dict[tuple[int, int], list[Event]] = defaultdict(list)
    ticks = 0
    for message in track:
        ticks += message.time
        if message.type in ("note_on", "note_off"):
            struck = message.type == "note_on" and message.velocity > 0
            events[message.channel, message.note].append((ticks, struck))
    notes: dict[int, list[PartNote]] = defaultdict(list)
    for (channel, pitch), its_events in events.items():
        for span in pair_events(its_events, ticks):
            start, end = (tick * STEPS_PER_QUARTER / ticks_per_quarter for tick in span)
            notes[channel].append(PartNote(start, end, pitch))
    for line in notes.values():
        line.sort(key=lambda note: (note.start, -note.pitch, note.end))
    return {channel: notes[channel] for channel in sorted(notes) if notes[channel]}


def pair_events(events: Iterable[Event], end: int) -> Iterator[tuple[int, int]]:
    """Yield the start and the end, in ticks, of each note of one pitch.

    Args:
        events: the events of the pitch on one channel, in order of time.
        end: the tick at which the track ends.
    """
    ordered = _order_events(events)
    if ordered and ordered[-1][1]:
        ordered.append((end, False))
    partners = _match_events(ordered)
    later = _find_later_ticks(ordered, end)
    index = 0
    while index < len(ordered):
        tick, struck = ordered[index]
        stop = partners.get(index, index) + 1
        if stop > index + 1:
            starts, ends = (
                [t for t, kind in ordered[index:stop] if kind is k] for k in (True, False)
            )
            yield from zip(starts, ends, strict=True)
        elif struck:
            yield tick, later[index]
        index = stop


def _order_events(events: Iterable[Event]) -> list[Event]:
    """Return the events with the releases of earlier notes before the strikes at the same tick."""
    ordered: list[Event] = []
    sounding = 0
    for tick, at_once in groupby(events, key=lambda event: event[0]):
        kinds = [struck for _, struck in at_once]
        for _ in range(min(sounding, kinds.count(False))):
            kinds.remove(False)
            ordered.append((tick, False))
            sounding -= 1
        for struck in kinds:
            ordered.append((tick, struck))
            sounding = max(0, sounding + (1 if struck else -1))
    return ordered


def _match_events(events: Sequence[Event]) -> dict[int, int]:
    """Match each strike with the event at which no note struck since then sounds any more.

    Returns:
        The indices of the events by those of the strikes; strikes without such an event are
        missing.
    """
    partners: dict[int, int] = {}
    unmatched: list[int] = []
    for index, (_, struck) in enumerate(events):
        if struck:
            unmatched.append(index)
        elif unmatched:
            partners[unmatched.pop()] = index
    return partners


def _find_later_ticks(events: Sequence[Event], end: int) -> list[int]:
    """Return for each event the tick of the next event that is later; the last ones get `end`."""
    later: list[int] = []
    following = end
    for (tick, _), (next_tick, _) in pairwise([*reversed(events), (0, False)]):
        later.append(following)
        if next_tick < tick:
            following = tick
    return later[::-1]


def end_repeated_notes(line: Sequence[PartNote]) -> tuple[list[PartNote], int]:
    """End the notes of a melody where their pitch is struck again, and count those that changed.

    Args:
        line: the notes of a channel, in order of their starts. If several pitches sound together,
            the notes may belong to several voices and stay as they are.
    """
    ended = [
        replace(note, end=following.start)
        if note.pitch == following.pitch and note.end - following.start >= 1
        else note
        for note, following in pairwise(line)
    ]
    ended += line[-1:]
    if any(b.start <= a.start or a.end - b.start >= 1 for a, b in pairwise(ended)):
        return list(line), 0
    return ended, sum(new != old for new, old in zip(ended, line, strict=True))
