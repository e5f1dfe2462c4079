"""Complete the two voices of a staff, where the file has only one of them.

Score editors let one voice stand for both: chords where they move together, single notes in unison.
The other voice is then absent, which is no rest: the file has neither a note nor a rest of it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from chorale.reading.parts import Part, PartNote

MIN_PRESENT = 0.6  # share of its staff's notes at which a voice is present; else it has rests


@dataclass(frozen=True)
class CompletedParts:
    """The parts of a score, with the voices of each staff completed.

    Attributes:
        parts: the parts, in score order.
        unisons: for each part, the starts of the other voice's notes that were taken to be its too.
    """

    parts: tuple[Part, ...]
    unisons: tuple[tuple[float, ...], ...]


def complete_voices(parts: Sequence[Part]) -> CompletedParts:
    """Complete the voices of every staff that has two."""
    completed: list[Part] = []
    unisons: list[tuple[float, ...]] = []
    for _, group in groupby(parts, key=lambda part: part.staff or id(part)):
        voices = list(group)
        starts: list[tuple[float, ...]] = [()] * len(voices)
        if len(voices) == 2:
            upper, lower = voices
            upper, lower, starts[1] = _complete(upper, lower, lowest=True)
            lower, upper, starts[0] = _complete(lower, upper, lowest=False)
            voices = [upper, lower]
        completed += voices
        unisons += starts
    return CompletedParts(tuple(completed), tuple(unisons))


def _complete(giver: Part, taker: Part, lowest: bool) -> tuple[Part, Part, tuple[float, ...]]:
    """Move to a voice its notes in the chords of the other one, and share the single notes.

    Args:
        giver: the voice that may stand for both.
        taker: the voice that may be absent.
        lowest: whether the taker's note of a chord is the lowest one; else the highest.

    Returns:
        Both voices, and the starts of the notes shared.
    """
    spans = sorted([*((note.start, note.end) for note in taker.notes), *taker.rests])
    kept: list[PartNote] = []
    moved: list[PartNote] = []
    shared: list[PartNote] = []
    ordered = sorted(giver.notes, key=lambda note: (note.start, note.pitch))
    for _, together in groupby(ordered, key=lambda note: note.start):
        chord = list(together)
        if _overlaps(chord[0].start, max(note.end for note in chord), spans):
            kept += chord
        elif len(chord) == 1:
            kept += chord
            shared += chord
        else:
            moved.append(chord.pop(0 if lowest else -1))
            kept += chord
    if len(shared) > (1 - MIN_PRESENT) * (len(shared) + len(taker.notes) + len(moved)):
        shared = []
    given = replace(giver, notes=tuple(kept))
    taken = replace(taker, notes=(*taker.notes, *moved, *shared))
    return given, taken, tuple(note.start for note in shared)


def _overlaps(start: float, end: float, spans: Sequence[tuple[float, float]]) -> bool:
    """Check whether a stretch of time overlaps one of the spans, sorted and one after another."""
    place = bisect_left(spans, (start, start))
    after = place < len(spans) and spans[place][0] < end
    return after or (place > 0 and spans[place - 1][1] > start)
