"""The notes of a part, as an exporting program or a player timed them, onto the grid of sixteenths.

Conventions, in steps:
- A note that starts within JITTER of a step starts there; how far it was moved is told. A note
  that starts farther away (a triplet) is one that the grid cannot hold: it is named, and goes to
  the nearest step where that is asked for.
- An end between two steps is articulation: it is drawn to the next note of the part, or the last
  one to the next beat, if that is at most ARTICULATION of the note's length away, or a step. An end
  on a step is meant.
- A note that outlasts the start of the next by less than a step is slurred to it, and ends there.
- A note shorter than ORNAMENT, or a few that together last less than a step, is a grace note of the
  one that follows at once, which starts in its place. Four or more of them in a row between two
  neighbouring pitches are a trill, written as its lower note.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chorale.music import STEPS_PER_QUARTER
from chorale.reading.parts import Part, PartNote, nearest_step

EXACT = 0.05  # what rounding to coarse ticks can move a note
JITTER = 0.25  # half of the way from a step to where a triplet's notes fall
ARTICULATION = 0.25
ORNAMENT = 0.6  # more than a thirty-second, less than a note of a triplet
LEAST = 0.5  # from a note to one that follows it, and not one of the same chord
TRILL_NOTES = 4
TRILL_SEMITONES = 2


@dataclass(frozen=True)
class Gridded:
    """A part on the grid, and what that took.

    Attributes:
        part: its notes' times are whole numbers.
        moved: by how much notes were moved, those that were.
        unheld: the steps, as the file has them, of notes that the grid cannot hold.
        drawn: how many notes end elsewhere than they did.
    """

    part: Part
    moved: tuple[float, ...]
    unheld: tuple[float, ...]
    drawn: int = 0


def on_grid(part: Part) -> Gridded:
    """Lay a part's notes on the grid."""
    played = sorted(part.notes, key=lambda note: (note.start, -note.pitch))
    line, ornaments = _without_ornaments(played)
    starts = [note.start for note in line]
    away = [_off_grid(start) for start in starts]
    notes = []
    for place, note in enumerate(line):
        start = nearest_step(note.start)
        # the first note that could follow this one: it starts near its end, or later
        after = bisect_left(starts, max(note.end - 1 + EXACT, note.start + LEAST), place + 1)
        end = _end(note, starts[after] if after < len(starts) else None)
        notes.append(PartNote(start, max(end, start + 1), note.pitch))
    return Gridded(
        replace(part, notes=tuple(notes), ornaments=part.ornaments + ornaments),
        tuple(distance for distance in away if EXACT < distance <= JITTER),
        tuple(start for start, distance in zip(starts, away, strict=True) if distance > JITTER),
        sum(abs(new.end - old.end) > EXACT for new, old in zip(notes, line, strict=True)),
    )


def _end(note: PartNote, next_start: float | None) -> int:
    """The step at which a note ends, exclusive, given where the next of its part starts."""
    nearest = nearest_step(note.end)
    if next_start is not None and 0 < note.end - next_start < 1 - EXACT:
        return nearest_step(next_start)
    if abs(note.end - nearest) <= EXACT:
        return nearest
    if next_start is None:
        next_start = math.ceil(note.end / STEPS_PER_QUARTER) * STEPS_PER_QUARTER
    reach = max(1.0, ARTICULATION * (note.end - note.start))
    return nearest_step(next_start) if 0 <= next_start - note.end <= reach else nearest


def _without_ornaments(notes: Sequence[PartNote]) -> tuple[list[PartNote], int]:
    """The notes, in order of time, less their ornaments, and how many those were."""
    line: list[PartNote] = []
    coming = list(notes)
    ornaments = place = 0
    while place < len(coming):
        run = _run_of_short_notes(coming, place)
        place += max(1, len(run))
        after = coming[place] if place < len(coming) else None
        if _is_trill(run):
            line.append(PartNote(run[0].start, run[-1].end, min(note.pitch for note in run)))
            ornaments += 1
        elif run and after and _is_grace(run, after):
            if _off_grid(run[0].start) < _off_grid(after.start):
                _start_earlier(coming, place, run[0].start)
            ornaments += 1
        else:
            line.extend(run or [coming[place - 1]])
    return line, ornaments


def _start_earlier(notes: list[PartNote], first: int, start: float) -> None:
    """Let a note, and those of the same chord, start where their ornament did."""
    time = notes[first].start
    for place in range(first, len(notes)):
        if notes[place].start != time:
            break
        notes[place] = replace(notes[place], start=start)


def _run_of_short_notes(notes: Sequence[PartNote], first: int) -> list[PartNote]:
    """Notes from a place on that are too short for the grid and follow one another at once."""
    run: list[PartNote] = []
    for place in range(first, len(notes)):
        note = notes[place]
        if note.end - note.start >= ORNAMENT or (run and not _at_once(run[-1], note)):
            break
        run.append(note)
    return run


def _is_trill(run: Sequence[PartNote]) -> bool:
    pitches = {note.pitch for note in run}
    return (
        len(run) >= TRILL_NOTES
        and len(pitches) == 2
        and max(pitches) - min(pitches) <= TRILL_SEMITONES
    )


def _is_grace(run: Sequence[PartNote], after: PartNote) -> bool:
    """Whether a run is the grace notes of what follows, and not a note that was played short."""
    away = max(_off_grid(run[0].start), _off_grid(after.start))
    apart = nearest_step(run[0].start) < nearest_step(after.start)
    if len(run) == 1 and apart and away <= JITTER:
        return False
    return run[-1].end - run[0].start < 1 - EXACT and _at_once(run[-1], after)


def _at_once(note: PartNote, after: PartNote) -> bool:
    return after.start > note.start and abs(after.start - note.end) <= JITTER


def _off_grid(time: float) -> float:
    return abs(time - nearest_step(time))
