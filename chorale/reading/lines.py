"""Which voices the parts of a file are.

A part in which several notes sound at once is as many lines if it can only be read in one way:
wherever it sounds there are as many notes, and no note changes its place among them, counted from
the top. Four-note chords on one staff are four lines, so are two staves of two notes each.

Lines are told by the names of their parts, and those without by their order: one is the soprano,
two are soprano and bass, three are soprano, alto and bass.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from chorale.errors import ReadingError
from chorale.music import VOICES
from chorale.reading.parts import Part, PartNote, named, names_of
from chorale.wording import join_names

OUTER_FIRST = ("soprano", "bass", "alto", "tenor")
# For each voice the words, in most languages, one of which begins a part's name.
WORDS = {
    "soprano": {"s", "sop", "soprano", "sopranos", "sopran", "soprani", "canto", "cantus"},
    "alto": {"a", "alt", "alto", "altos", "altus", "alti", "contralto"},
    "tenor": {"t", "ten", "tenor", "tenors", "tenore", "tenori", "ténor"},
    "bass": {"b", "bas", "bass", "basses", "basso", "bassi", "bassus", "basse"},
}
WORDS["soprano"] |= {"descant", "discant", "diskant"}
OTHER_WORDS = {"voice", "voices", "part", "solo", "i", "ii"}  # that may follow


class AmbiguousPartError(Exception):
    """A part that can be read in more than one way, or in none.

    Attributes:
        step: where.
        what: what stands there.
    """

    def __init__(self, step: float, what: str) -> None:
        super().__init__(what)
        self.step, self.what = step, what


def lines_of(part: Part) -> list[Part]:
    """The lines of a part, at least one note, that is on the grid; from the top.

    Notes that stand twice are a unison where there are several lines, and one note in a melody.

    Raises:
        AmbiguousPartError: it has more than four, or where a line goes is not clear.
    """
    once = replace(part, notes=tuple(dict.fromkeys(part.notes)))
    if len(once.notes) < len(part.notes):
        with suppress(AmbiguousPartError):
            if len(lines := _lines_of(once)) == 1:
                return lines
    return _lines_of(part)


def _lines_of(part: Part) -> list[Part]:
    chords = list(_chords(part.notes))
    most = max(len(sounding) for _, sounding in chords)
    if most > len(VOICES):
        step = next(step for step, sounding in chords if len(sounding) == most)
        raise AmbiguousPartError(step, f"{most} notes at once")
    place_of: dict[int, int] = {}  # by the number of the note in the part
    for step, sounding in chords:
        if len(sounding) < most:
            there = f"{len(sounding)} note{'s' if len(sounding) > 1 else ''}"
            raise AmbiguousPartError(step, f"{there} where other places have {most} at once")
        for place, number in enumerate(sounding):
            if place_of.setdefault(number, place) != place:
                raise AmbiguousPartError(step, "a note held while another of its part passes it")
    lines: list[list[PartNote]] = [[] for _ in range(most)]
    for number, place in place_of.items():
        lines[place].append(part.notes[number])
    return [replace(part, notes=tuple(line)) for line in lines]


def voices_of(lines: Sequence[Part], file: str) -> tuple[dict[str, Part], str]:
    """The voices that some lines are, by name in SATB order, and in words how that was told.

    Raises:
        ReadingError: there are more than four and their names do not tell.
    """
    told = [voice_named(line.name) for line in lines]
    if None not in told and len(set(told)) == len(lines):
        voices = {str(voice): line for voice, line in zip(told, lines, strict=True)}
        return _in_order(voices), f"read as {told[0]}, by its name" if len(lines) == 1 else ""
    if len(lines) <= len(VOICES):
        voices = _by_order(lines, told)
        what = "one line, read" if len(lines) == 1 else f"{len(lines)} lines, read in order"
        return _in_order(voices), f"{what} as {join_names(tuple(voices))}"
    chosen = {voice: named(lines, voice) for voice in VOICES}
    found = {voice: line for voice, line in chosen.items() if line is not None}
    if len(found) == len(VOICES):
        others = [line for line in lines if not any(line is one for one in found.values())]
        return found, f"left out: {names_of(others)}"
    raise ReadingError(
        f"{file} has {len(lines)} lines of notes ({names_of(lines)}); at most four can be read, or "
        "more if four are named Soprano, Alto, Tenor and Bass: leave out or rename the others, or "
        "choose one part with --part"
    )


def _by_order(lines: Sequence[Part], told: Sequence[str | None]) -> dict[str, Part]:
    """The voices of up to four lines, named ones first; the others from the outside inwards."""
    names = [name if told.count(name) == 1 else None for name in told]
    free = [voice for voice in OUTER_FIRST if voice not in names][: names.count(None)]
    left = iter([voice for voice in VOICES if voice in free])
    return {name or next(left): line for name, line in zip(names, lines, strict=True)}


def voice_named(name: str) -> str | None:
    """The voice that a part's name tells: "Soprano", "S.", "Altus", "Bass 2"; None if it does not.

    An instrument's name ("Alto Sax") tells none.
    """
    words = re.findall(r"[^\W\d_]+", name.lower())
    for voice, its_words in WORDS.items():
        if words and words[0] in its_words and set(words[1:]) <= its_words | OTHER_WORDS:
            return voice
    return None


def _in_order(voices: dict[str, Part]) -> dict[str, Part]:
    return {voice: voices[voice] for voice in VOICES if voice in voices}


def _chords(notes: Sequence[PartNote]) -> Iterator[tuple[float, list[int]]]:
    """Wherever the sounding notes change: the step, and their numbers, the highest first."""
    events: dict[float, list[int]] = {}
    for number, note in enumerate(notes):
        events.setdefault(note.start, []).append(number)
        events.setdefault(note.end, []).append(~number)
    sounding: set[int] = set()
    for step in sorted(events):
        sounding -= {~event for event in events[step] if event < 0}
        sounding |= {event for event in events[step] if event >= 0}
        if sounding:
            yield step, sorted(sounding, key=lambda number: -notes[number].pitch)
