"""How much a music file may ask for, so that no file from a stranger takes hours or all memory.

A score of thirty staves and two hundred bars, as the last chorus of a Passion may have them, with
eight notes in each, comes to 48,000 notes, 6,000 measures and, at 370 bytes a note as files have
them, 18 MB of MusicXML. What is beyond
these limits is damaged, or made to do harm; a file beyond one is refused by its name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chorale.errors import ReadingError
from chorale.music import MAX_STEPS
from chorale.reading.parts import Part
from chorale.untrusted import printable, read_at_most

MAX_MIDI_BYTES = 2_000_000  # a note takes some eight: four times as many as MAX_NOTES need
MAX_XML_BYTES = 32_000_000  # unpacked
MAX_MXL_BYTES = 8_000_000  # packed; XML packs to a twentieth, seldom to a sixth
MAX_MEMBERS = 1_000  # of a packed file
MAX_DEPTH = 64  # of elements in elements; scores go to seven or a few more
MAX_ELEMENTS = 2_000_000
MAX_PARTS = 100
MAX_MEASURES = 1_000  # of one part: music21's time goes with their square
MAX_ALL_MEASURES = 8_000
MAX_VOICES = 12  # of one part, by the numbers that its notes have
MAX_NOTES = 60_000  # of all parts
MAX_TEXT = 1_000  # characters of a name or title


def content_of(path: Path, most_bytes: int) -> bytes:
    """A file's bytes.

    Raises:
        ReadingError: there are more than `most_bytes`, or it cannot be read.
    """
    try:
        content = read_at_most(path, most_bytes)
    except OSError as error:
        raise ReadingError(f"{path} cannot be read: {error.strerror}") from error
    if content is None:
        raise limit_error(str(path), f"more than {most_bytes // 1_000_000} MB")
    return content


def limit_error(file: str, what: str) -> ReadingError:
    """What is to be raised for a file that has too much of something."""
    return ReadingError(f"{file} has {what}, which no score needs; is it damaged?")


def check_limits(parts: Sequence[Part], file: str) -> list[Part]:
    """The parts of a file, their texts without what commands a terminal.

    Raises:
        ReadingError: there are too many, or too many notes, too late a note, or too long a text.
    """
    sounding = sum(bool(part.notes) for part in parts)
    if sounding > MAX_PARTS:
        raise limit_error(file, f"more than {MAX_PARTS} parts")
    if sum(len(part.notes) for part in parts) > MAX_NOTES:
        raise limit_error(file, f"more than {MAX_NOTES:,} notes")
    if not all(0 <= time <= MAX_STEPS for part in parts for time in _times(part)):
        raise limit_error(file, f"notes that are not within {MAX_STEPS:,} sixteenths")
    return [_in_plain_letters(part, file) for part in parts]


def _times(part: Part) -> Iterator[float]:
    for note in part.notes:
        yield note.start
        yield note.end
    for start, end in part.fermatas or ():
        yield start
        yield end


def _in_plain_letters(part: Part, file: str) -> Part:
    def plain(text: str) -> str:
        if len(text) > MAX_TEXT:
            raise limit_error(file, f"a name or title of more than {MAX_TEXT:,} characters")
        return printable(text)

    facts = replace(
        part.facts,
        title=part.facts.title and plain(part.facts.title),
        composer=part.facts.composer and plain(part.facts.composer),
        comments=tuple(plain(comment) for comment in part.facts.comments),
    )
    return replace(part, name=plain(part.name), facts=facts)
