"""Tunes as readings and as files."""

from collections.abc import Sequence
from pathlib import Path

import mido

from chorale.reading import Reading
from chorale.reading.facts import Facts
from chorale.reading.parts import Part, PartNote
from chorale.reading.readings import read_parts

Line = Sequence[tuple[int | None, int]]  # pitch, None for a rest, and length in steps

# The first lines of Old Hundredth (L. Bourgeois, 1551), in G, with a quarter of pickup.
HUNDREDTH: Line = [
    *[(67, 4), (67, 4), (66, 4), (64, 4), (62, 4), (67, 4), (69, 4), (71, 4)],
    *[(71, 4), (71, 4), (71, 4), (69, 4), (67, 4), (72, 4), (71, 4), (69, 4)],
    *[(67, 4), (69, 4), (71, 4), (69, 4), (67, 4), (64, 4), (66, 4), (67, 4)],
    *[(74, 4), (71, 4), (67, 4), (69, 4), (72, 4), (71, 4), (69, 4), (67, 4)],
]


def part(line: Line, name: str = "", facts: Facts = Facts()) -> Part:  # noqa: B008 - frozen
    """Return a part of one line."""
    notes, now = [], 0
    for pitch, length in line:
        if pitch is not None:
            notes.append(PartNote(now, now + length, pitch))
        now += length
    return Part(name, tuple(notes), None, facts)


def reading(*lines: Line, names: Sequence[str] = (), facts: Facts = Facts()) -> Reading:  # noqa: B008 - frozen
    """Return the reading of a file of these lines."""
    names = names or [""] * len(lines)
    parts = [part(line, name, facts) for line, name in zip(lines, names, strict=True)]
    return read_parts(parts, "tune.mid", "folder/tune.mid", None, False)


def tune_file(path: Path, line: Line = HUNDREDTH) -> Path:
    """Write a MIDI file of one track, without name, tempo, metre or key, and return its path."""
    track, waiting = mido.MidiTrack(), 0
    for pitch, length in line:
        if pitch is None:
            waiting += length * 24
            continue
        track.append(mido.Message("note_on", note=pitch, time=waiting))
        track.append(mido.Message("note_off", note=pitch, time=length * 24))
        waiting = 0
    mido.MidiFile(type=0, ticks_per_beat=96, tracks=[track]).save(path)
    return path
