"""Quantize a part: put its notes, timed by a program or a player, on the grid of sixteenths.

Rules (all times in steps):
- A note that starts within JITTER of a step starts at that step, and the distance is reported. A
  note that starts farther away (a triplet) does not fit the grid: it is reported, and moves to the
  nearest step.
- An end on a step is kept. An end between two steps is articulation: it moves to the start of the
  part's next note, or, for the last note, to the next beat, if the distance is at most a step or
  ARTICULATION of the note's length. Otherwise it moves to the nearest step.
- A note that overlaps the next one by less than a step ends where the next one starts; the overlap
  is a slur.
- Notes shorter than ORNAMENT that together last less than a step are grace notes of the note that
  follows at once. That note starts in their place if their start is nearer to a step. Four or more
  notes shorter than ORNAMENT in a row, on two neighbouring pitches, are a trill, which becomes its
  lower note.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chorale.music import STEPS_PER_QUARTER
from chorale.reading.parts import Part, PartNote, nearest_step

EXACT = 0.05  # largest distance by which rounding to coarse ticks moves a note
JITTER = 0.25  # less than 1/3, the distance from a triplet's notes to the nearest step
ARTICULATION = 0.25  # share of a note's length
ORNAMENT = 0.6  # length: more than a thirty-second, less than a note of a triplet
MIN_DISTANCE = 0.5  # from one note's start to the next one's; closer notes are a chord
TRILL_NOTES = 4  # at least
TRILL_SEMITONES = 2  # at most, between its two pitches


@dataclass(frozen=True)
class QuantizedPart:
    """A part on the grid, and the changes that put it there.

    Attributes:
        part: the part; its times are whole numbers of steps.
        shifts: distances, in steps, by which notes that fit the grid moved to the nearest step;
            notes that did not move are left out.
        off_grid: original starts, in steps, of the notes that do not fit the grid.
        moved_ends: number of notes with a moved end.
    """

    part: Part
    shifts: tuple[float, ...]
    off_grid: tuple[float, ...]
    moved_ends: int = 0


def quantize(part: Part) -> QuantizedPart:
    """Put a part's notes on the grid."""
    played = sorted(part.notes, key=lambda note: (note.start, -note.pitch))
    line, ornaments = _remove_ornaments(played)
    starts = [note.start for note in line]
    distances = [_distance_to_step(start) for start in starts]
    notes = []
    for number, note in enumerate(line):
        start = nearest_step(note.start)
        # the next note starts at most a step before this one's end, and not in the same chord
        earliest = max(note.end - 1 + EXACT, note.start + MIN_DISTANCE)
        following = bisect_left(starts, earliest, number + 1)
        end = _quantize_end(note, starts[following] if following < len(starts) else None)
        notes.append(PartNote(start, max(end, start + 1), note.pitch))
    return QuantizedPart(
        replace(part, notes=tuple(notes), ornaments=part.ornaments + ornaments),
        tuple(distance for distance in distances if EXACT < distance <= JITTER),
        tuple(
            start for start, distance in zip(starts, distances, strict=True) if distance > JITTER
        ),
        sum(abs(new.end - old.end) > EXACT for new, old in zip(notes, line, strict=True)),
    )


def _quantize_end(note: PartNote, next_start: float | None) -> int:
    """Return the step at which a note ends, exclusive, given the start of the part's next note."""
    nearest = nearest_step(note.end)
    if next_start is not None and 0 < note.end - next_start < 1 - EXACT:
        return nearest_step(next_start)
    if abs(note.end - nearest) <= EXACT:
        return nearest
    if next_start is None:
        next_start = math.ceil(note.end / STEPS_PER_QUARTER) * STEPS_PER_QUARTER
    reach = max(1.0, ARTICULATION * (note.end - note.start))
    return nearest_step(next_start) if 0 <= next_start - note.end <= reach else nearest


def _remove_ornaments(notes: Sequence[PartNote]) -> tuple[list[PartNote], int]:
    """Return the notes without their ornaments, in order of time, and the number of ornaments."""
    line: list[PartNote] = []
    remaining = list(notes)
    ornaments = number = 0
    while number < len(remaining):
        run = _find_short_notes(remaining, number)
        number += max(1, len(run))
        following = remaining[number] if number < len(remaining) else None
        if _is_trill(run):
            line.append(PartNote(run[0].start, run[-1].end, min(note.pitch for note in run)))
            ornaments += 1
        elif run and following and _is_grace(run, following):
            if _distance_to_step(run[0].start) < _distance_to_step(following.start):
                _start_earlier(remaining, number, run[0].start)
            ornaments += 1
        else:
            line.extend(run or [remaining[number - 1]])
    return line, ornaments


def _start_earlier(notes: list[PartNote], first: int, start: float) -> None:
    """Move the start of a note, and of every note in its chord, to the start of their ornament."""
    time = notes[first].start
    for number in range(first, len(notes)):
        if notes[number].start != time:
            break
        notes[number] = replace(notes[number], start=start)


def _find_short_notes(notes: Sequence[PartNote], first: int) -> list[PartNote]:
    """Return the successive notes, from number `first` on, that are too short for the grid."""
    run: list[PartNote] = []
    for number in range(first, len(notes)):
        note = notes[number]
        if note.end - note.start >= ORNAMENT or (run and not _follows(note, run[-1])):
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


def _is_grace(run: Sequence[PartNote], following: PartNote) -> bool:
    """Check whether short notes are grace notes of the following note.

    A single short note near a step of its own is not: it is a note played short.
    """
    farthest = max(_distance_to_step(run[0].start), _distance_to_step(following.start))
    apart = nearest_step(run[0].start) < nearest_step(following.start)
    if len(run) == 1 and apart and farthest <= JITTER:
        return False
    return run[-1].end - run[0].start < 1 - EXACT and _follows(following, run[-1])


def _follows(note: PartNote, previous: PartNote) -> bool:
    """Check whether a note starts at about the end of the previous one."""
    return note.start > previous.start and abs(note.start - previous.end) <= JITTER


def _distance_to_step(time: float) -> float:
    return abs(time - nearest_step(time))
