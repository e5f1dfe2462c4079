"""Separate parts into lines, and assign the lines to voices.

A part in which several notes sound at once is separated only if there is a single way to do so: all
its chords have the same number of notes, and no held note changes its rank, counted from the top of
the chord. Four-note chords on one staff give four lines, as do two staves of two-note chords.

Lines are assigned to voices by the names of their parts, and lines without names by their order: a
single line is the soprano, two are soprano and bass, three are soprano, alto and bass.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from chorale.errors import ReadingError
from chorale.music import VOICES
from chorale.reading.parts import Part, PartNote, find_part, list_part_names
from chorale.wording import count, join_names

OUTER_FIRST = ("soprano", "bass", "alto", "tenor")
# First words of the names of parts, by voice, in most languages.
WORDS = {
    "soprano": {"s", "sop", "soprano", "sopranos", "sopran", "soprani", "canto", "cantus"},
    "alto": {"a", "alt", "alto", "altos", "altus", "alti", "contralto"},
    "tenor": {"t", "ten", "tenor", "tenors", "tenore", "tenori", "ténor"},
    "bass": {"b", "bas", "bass", "basses", "basso", "bassi", "bassus", "basse"},
}
WORDS["soprano"] |= {"descant", "discant", "diskant"}
OTHER_WORDS = {"voice", "voices", "part", "solo", "i", "ii"}  # words that may follow the first


class AmbiguousPartError(Exception):
    """A part that can be separated into lines in several ways, or in none.

    Attributes:
        step: first step at which the part is ambiguous.
        problem: description of the notes at that step, such as "5 notes at once".
    """

    def __init__(self, step: float, problem: str) -> None:
        super().__init__(problem)
        self.step, self.problem = step, problem


def separate_lines(part: Part) -> list[Part]:
    """Separate a part into lines, the highest first.

    A note that is written twice is a unison of two lines; in a melody it is a single note.

    Args:
        part: a part on the grid, with at least one note.

    Raises:
        AmbiguousPartError: the part has more than four lines, or several ways to separate it.
    """
    without_doubles = replace(part, notes=tuple(dict.fromkeys(part.notes)))
    if len(without_doubles.notes) < len(part.notes):
        with suppress(AmbiguousPartError):
            if len(lines := _separate(without_doubles)) == 1:
                return lines
    return _separate(part)


def _separate(part: Part) -> list[Part]:
    chords = list(_find_chords(part.notes))
    most = max(len(sounding) for _, sounding in chords)
    if most > len(VOICES):
        step = next(step for step, sounding in chords if len(sounding) == most)
        raise AmbiguousPartError(step, f"{most} notes at once")
    line_of: dict[int, int] = {}  # line, 0 the highest, by the index of the note in the part
    for step, sounding in chords:
        if len(sounding) < most:
            fewer = count(len(sounding), "note")
            raise AmbiguousPartError(step, f"{fewer} where other places have {most} at once")
        for line, index in enumerate(sounding):
            if line_of.setdefault(index, line) != line:
                raise AmbiguousPartError(step, "a note held while another of the part crosses it")
    lines: list[list[PartNote]] = [[] for _ in range(most)]
    for index, line in line_of.items():
        lines[line].append(part.notes[index])
    return [replace(part, notes=tuple(notes)) for notes in lines]


def assign_voices(lines: Sequence[Part], file: str) -> tuple[dict[str, Part], str]:
    """Assign lines to voices.

    Returns:
        The lines by the names of their voices, in SATB order; and a notice of how the lines were
        assigned and which were left out, empty if the names of several parts decided.

    Raises:
        ReadingError: there are more than four lines, and not every voice is named.
    """
    named = [parse_voice(line.name) for line in lines]
    if None not in named and len(set(named)) == len(lines):
        voices = {str(voice): line for voice, line in zip(named, lines, strict=True)}
        return _sort_voices(voices), f"read as {named[0]}, by its name" if len(lines) == 1 else ""
    if len(lines) <= len(VOICES):
        voices = _assign_by_order(lines, named)
        lead = "one line, read" if len(lines) == 1 else f"{len(lines)} lines, read in order"
        return _sort_voices(voices), f"{lead} as {join_names(tuple(voices))}"
    chosen = {voice: find_part(lines, voice) for voice in VOICES}
    found = {voice: line for voice, line in chosen.items() if line is not None}
    if len(found) == len(VOICES):
        others = [line for line in lines if not any(line is one for one in found.values())]
        return found, f"left out: {list_part_names(others)}"
    raise ReadingError(
        f"{file} has {len(lines)} lines of notes ({list_part_names(lines)}); at most four can be "
        "read, or more if four are named Soprano, Alto, Tenor and Bass: leave out or rename the "
        "others, or choose one part with --part"
    )


def _assign_by_order(lines: Sequence[Part], named: Sequence[str | None]) -> dict[str, Part]:
    """Assign up to four lines: first the named lines, then the others from the outside in."""
    names = [name if named.count(name) == 1 else None for name in named]
    free = [voice for voice in OUTER_FIRST if voice not in names][: names.count(None)]
    remaining = iter([voice for voice in VOICES if voice in free])
    return {name or next(remaining): line for name, line in zip(names, lines, strict=True)}


def parse_voice(name: str) -> str | None:
    """Return the voice that a part is named after, or None.

    "Soprano", "S.", "Altus" and "Bass 2" are names of voices; "Alto Sax", an instrument, is not.
    """
    words = re.findall(r"[^\W\d_]+", name.lower())
    for voice, its_words in WORDS.items():
        if words and words[0] in its_words and set(words[1:]) <= its_words | OTHER_WORDS:
            return voice
    return None


def _sort_voices(voices: dict[str, Part]) -> dict[str, Part]:
    return {voice: voices[voice] for voice in VOICES if voice in voices}


def _find_chords(notes: Sequence[PartNote]) -> Iterator[tuple[float, list[int]]]:
    """Yield each step at which the chord changes, with the indices of its notes from the top."""
    events: dict[float, list[int]] = {}
    for index, note in enumerate(notes):
        events.setdefault(note.start, []).append(index)
        events.setdefault(note.end, []).append(~index)
    sounding: set[int] = set()
    for step in sorted(events):
        sounding -= {~event for event in events[step] if event < 0}
        sounding |= {event for event in events[step] if event >= 0}
        if sounding:
            yield step, sorted(sounding, key=lambda index: -notes[index].pitch)
