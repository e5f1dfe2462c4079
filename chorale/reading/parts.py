"""Parts of a score as written in a file, and their assembly into a chorale.

Conventions:
- Times are steps from the start of the first measure, as exact or floating numbers. This module
  rounds them to the nearest step, halves upwards. A note whose length rounds to zero is an ornament
  and is dropped if a longer note starts at the same step; else it lasts one step.
- Of the notes that start together in one part, the highest is kept, in the bass the lowest, so that
  the outer voices keep the outer notes. A later note ends an earlier one that still sounds.
- Ties are already joined and grace notes dropped; repeats are not played out.
- A chorale ends with its last note.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from chorale.errors import ReadingError
from chorale.music import MAX_STEPS, REST, VOICES, Chorale, Key
from chorale.reading.annotations import NOTHING_WRITTEN, PartAnnotations
from chorale.reading.facts import NO_FACTS, Facts, infer_key
from chorale.reading.names import parse_voices, precedence
from chorale.wording import count

NAMES_SHOWN = 12  # names in a message

_BASS = VOICES[-1]


@dataclass(frozen=True)
class PartNote:
    """A note as written in a file: a MIDI number, and times in steps; the end is exclusive."""

    start: float
    end: float
    pitch: int


@dataclass(frozen=True)
class Part:
    """A part of a score.

    Attributes:
        name: name of the part; may be empty.
        notes: notes of the part, in any order; notes may overlap.
        fermatas: start and end, in steps, of every written note with a fermata; None if the file
            does not mark fermatas.
        facts: metre, key and the like, as this part states them.
        ornaments: number of grace notes, trills and the like that were left out in reading.
        repeats: whether the part has repeat signs that are not kept.
        notices: one line for each other change that was made in reading.
        pattern: whether the part is a piece of its own, which does not sound with other parts.
        staff: number from 1 of the staff of which the part is one voice; None if the part is a
            whole staff, or its staff is unknown.
        rests: start and end, in steps, of every written rest; only read for voices of a staff.
        annotations: words, marks and the like; the voices of a staff have the same ones.
    """

    name: str
    notes: tuple[PartNote, ...]
    fermatas: tuple[tuple[float, float], ...] | None = None
    facts: Facts = NO_FACTS
    ornaments: int = 0
    repeats: bool = False
    notices: tuple[str, ...] = ()
    pattern: bool = False
    staff: int | None = None
    rests: tuple[tuple[float, float], ...] = ()
    annotations: PartAnnotations = NOTHING_WRITTEN


def assemble_chorale(parts: Sequence[Part], source: str, file: str) -> Chorale:
    """Assemble the chorale of a score from its parts.

    If every voice has a part named after it, these parts are used, "Soprano 1" before "Soprano 2".
    Otherwise exactly four parts must have notes; they are the voices in score order. Metre and key
    are those of the first voice with notes.

    Args:
        parts: the parts, in score order.
        source: the chorale's source.
        file: name of the file in messages.

    Raises:
        ReadingError: not exactly four parts have notes, and their names do not decide; the parts do
            not sound together; or the music has no notes, too many steps, or a pitch out of range.
    """
    check_simultaneous([part for part in parts if part.notes], file)
    found = [find_part(parts, voice) for voice in VOICES]
    by_name = [part for part in found if part is not None]
    sounding = [part for part in parts if part.notes]
    if len(by_name) == len(VOICES):
        return combine_voices(by_name, source, file)
    if len(sounding) == len(VOICES):
        return combine_voices(sounding, source, file)
    names = list_part_names(sounding) or "none"
    raise ReadingError(
        f"{file} has {count(len(sounding), 'part')} with notes ({names}); a chorale has four, or "
        "more of which four are named Soprano, Alto, Tenor and Bass: leave out or rename the others"
    )


def check_simultaneous(parts: Sequence[Part], file: str) -> None:
    """Check that parts with notes sound together.

    Raises:
        ReadingError: there are several parts, and they are patterns.
    """
    if len(parts) > 1 and any(part.pattern for part in parts):
        raise ReadingError(
            f"{file} has {len(parts)} patterns, each a piece of its own (MIDI format 2); choose "
            f"one with --part, by name or number: {list_part_names(number_parts(parts))}"
        )


def number_parts(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with their numbers, from 1, before their names."""
    return [
        replace(part, name=f"{number} {part.name.strip()}")
        for number, part in enumerate(parts, start=1)
    ]


def list_part_names(parts: Sequence[Part]) -> str:
    """List the names of parts for a message; if there are many, the first few."""
    names = [part.name.strip() or "unnamed" for part in parts[:NAMES_SHOWN]]
    if len(parts) > NAMES_SHOWN:
        names.append(f"and {len(parts) - NAMES_SHOWN} more")
    return ", ".join(names)


def find_part(parts: Sequence[Part], voice: str) -> Part | None:
    """Find the part named after a voice alone; None if there is none.

    Parts with notes take precedence, then plain names such as "Bass", then those that only begin
    with the voice, such as "Alto, Violin 2".
    """

    def rank(part: Part) -> tuple[object, ...]:
        return not part.notes, parse_voices(part.name) != (voice,), precedence(part.name)

    fitting = [
        part
        for part in parts
        if parse_voices(part.name) == (voice,)
        or (not parse_voices(part.name) and part.name.strip().lower().startswith(voice))
    ]
    return min(fitting, key=rank, default=None)  # among equals, min returns the first


def combine_voices(voices: Sequence[Part], source: str, file: str) -> Chorale:
    """Combine four parts in SATB order, some perhaps without notes, into a chorale.

    A step is under a fermata while a written note with a fermata sounds in any voice. Metre and
    key are those of the first part with notes.

    Raises:
        ReadingError: the parts have no notes, too many steps, or a pitch out of range.
    """
    length = max((_end_step(note) for part in voices for note in part.notes), default=0)
    if not 1 <= length <= MAX_STEPS:
        found = f"{length:,} sixteenths" if length else "no notes"
        raise ReadingError(
            f"{file} has {found}; a chorale lasts 1 to {MAX_STEPS:,} sixteenths: give a part "
            "of it, or another file"
        )
    for note in chain.from_iterable(part.notes for part in voices):
        if not 0 <= note.pitch <= 127:
            raise ReadingError(
                f"{file}: MIDI note {note.pitch} is out of range (0 to 127); the file may be "
                "damaged"
            )
    pitches = np.full((length, len(VOICES)), REST, np.int16)
    onsets = np.zeros((length, len(VOICES)), np.bool_)
    for voice, (name, part) in enumerate(zip(VOICES, voices, strict=True)):
        for start, end, pitch in _find_line(part, keep=min if name == _BASS else max):
            pitches[start:end, voice] = pitch
            onsets[start, voice] = True
    facts = next(part.facts for part in voices if part.notes)
    key, fermatas = _find_key(facts, voices), _mark_fermatas(voices, length)
    plan = replace(facts.plan(length), key=key, fermatas=fermatas)
    return Chorale(pitches, onsets, plan, source)


def _find_line(part: Part, keep: Callable[[Iterable[int]], int]) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and pitch of one note after another, keeping one note of each chord."""
    chords = []
    ordered = sorted(part.notes, key=lambda note: nearest_step(note.start))
    for start, together in groupby(ordered, key=lambda note: nearest_step(note.start)):
        chord = list(together)
        lasting = [note for note in chord if nearest_step(note.end) > start] or chord
        pitch = keep(note.pitch for note in lasting)
        end = max(_end_step(note) for note in lasting if note.pitch == pitch)
        chords.append((start, end, pitch))
    for (start, end, pitch), (next_start, *_) in pairwise([*chords, (MAX_STEPS, 0, 0)]):
        yield start, min(end, next_start), pitch


def _find_key(facts: Facts, voices: Sequence[Part]) -> Key | None:
    """Return the written key; without a mode, infer the key from the lowest voice's last note."""
    if facts.sharps is None:
        return None
    if facts.mode:
        return Key.from_sharps(facts.sharps, facts.mode)
    lowest = [part for part in voices if part.notes][-1]
    return infer_key(facts.sharps, max(lowest.notes, key=lambda note: note.start).pitch)


def _mark_fermatas(parts: Sequence[Part], length: int) -> NDArray[np.bool_] | None:
    """Return the steps under a fermata, (length,); None if no part marks fermatas."""
    marked = [part.fermatas for part in parts if part.fermatas is not None]
    if not marked:
        return None
    under = np.zeros(length, np.bool_)
    for start, end in chain.from_iterable(marked):
        under[nearest_step(start) : nearest_step(end)] = True
    return under


def nearest_step(time: float) -> int:
    """Round a time to a step, halves upwards, so that a length of one step stays one."""
    return math.floor(time + 0.5)


def _end_step(note: PartNote) -> int:
    return max(nearest_step(note.end), nearest_step(note.start) + 1)
