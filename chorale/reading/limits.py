"""Limits on a music file, so that no file from a stranger takes hours or all memory.

The last chorus of a Passion may have thirty staves and two hundred bars. With eight notes in each
measure that makes 48,000 notes, 6,000 measures and, at the usual 370 bytes a note, 18 MB of
MusicXML. A file beyond the limits on length and size may be a whole opera; the message names the
limit and says to split the file. A file beyond the others is damaged, or made to do harm.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chorale.errors import ReadingError
from chorale.music import MAX_STEPS
from chorale.reading.annotations import PartAnnotations
from chorale.reading.parts import Part
from chorale.untrusted import make_printable, read_at_most

MAX_MIDI_BYTES = 2_000_000  # four times the size of MAX_NOTES notes, at about eight bytes each
MAX_XML_BYTES = 32_000_000  # unpacked
MAX_MXL_BYTES = 8_000_000  # packed; XML shrinks to a twentieth, seldom only to a sixth
MAX_MEMBERS = 1_000  # files in a packed file
MAX_DEPTH = 64  # levels of nested elements; scores have about seven
MAX_ELEMENTS = 2_000_000
MAX_PARTS = 100
MAX_MEASURES = 1_000  # in one part; music21's time grows with the square of their number
MAX_ALL_MEASURES = 8_000  # in all parts together
MAX_VOICES = 12  # voice numbers in one part
MAX_NOTES = 60_000  # in all parts together
MAX_LYRICS = 40  # under one note
MAX_TEXT = 1_000  # characters of a name or title


def read_content(path: Path, most_bytes: int) -> bytes:
    """Read a file's bytes.

    Raises:
        ReadingError: the file is longer than `most_bytes`, or cannot be read.
    """
    try:
        content = read_at_most(path, most_bytes)
    except OSError as error:
        raise ReadingError(f"{path} cannot be read: {error.strerror}") from error
    if content is None:
        raise size_error(str(path), f"more than {most_bytes // 1_000_000} MB")
    return content


def limit_error(file: str, excess: str) -> ReadingError:
    """Return the error for a file that exceeds a limit."""
    return ReadingError(f"{file} has {excess}, which no score needs; the file may be damaged")


def size_error(file: str, excess: str) -> ReadingError:
    """Return the error for a file that has more music than is read at once."""
    return ReadingError(
        f"{file} has {excess}, and no more is read at once; split it, such as into movements, or "
        "leave out parts"
    )


def check_limits(parts: Sequence[Part], file: str) -> list[Part]:
    """Check the parts of a file, and make their texts safe to print.

    Raises:
        ReadingError: there are too many parts or notes, a note is too late, or a text is too long.
    """
    sounding = sum(bool(part.notes) for part in parts)
    if sounding > MAX_PARTS:
        raise size_error(file, f"more than {MAX_PARTS} parts")
    if sum(len(part.notes) for part in parts) > MAX_NOTES:
        raise size_error(file, f"more than {MAX_NOTES:,} notes")
    if not all(0 <= time <= MAX_STEPS for part in parts for time in _times(part)):
        raise size_error(file, f"notes outside the first {MAX_STEPS:,} sixteenths")
    cleaned: dict[int, PartAnnotations] = {}  # by identity, since lines of a staff share them
    return [_clean_texts(part, file, cleaned) for part in parts]


def _times(part: Part) -> Iterator[float]:
    """Yield the starts and ends of a part's notes and fermatas."""
    for note in part.notes:
        yield note.start
        yield note.end
    for start, end in part.fermatas or ():
        yield start
        yield end


def _clean_texts(part: Part, file: str, cleaned: dict[int, PartAnnotations]) -> Part:
    """Return the part with every text safe to print.

    Args:
        part: the part.
        file: name of the file in messages.
        cleaned: annotations that are safe already, by the identity of the part's, to be extended.

    Raises:
        ReadingError: a text is too long, or a note has too many verses.
    """

    def clean(text: str) -> str:
        if len(text) > MAX_TEXT:
            raise limit_error(file, f"a name or title of more than {MAX_TEXT:,} characters")
        return make_printable(text)

    facts = replace(
        part.facts,
        title=part.facts.title and clean(part.facts.title),
        composer=part.facts.composer and clean(part.facts.composer),
        comments=tuple(clean(comment) for comment in part.facts.comments),
    )
    notices = tuple(make_printable(notice) for notice in part.notices)
    own = id(part.annotations)
    if own not in cleaned:
        cleaned[own] = _clean_annotations(part.annotations, clean, file)
    return replace(
        part,
        name=clean(part.name),
        facts=facts,
        notices=notices,
        annotations=cleaned[own],
    )


def _clean_annotations(
    annotations: PartAnnotations, clean: Callable[[str], str], file: str
) -> PartAnnotations:
    """Return annotations whose words at times and whole marks are safe; raises as above."""
    if any(each.verse > MAX_LYRICS for each in annotations.timed_syllables):
        raise limit_error(file, f"more than {MAX_LYRICS} lyrics under one note")
    syllables = tuple(replace(each, text=clean(each.text)) for each in annotations.timed_syllables)
    whole = annotations.score.annotations
    marks = tuple(replace(mark, text=clean(mark.text)) for mark in whole.marks)
    score = replace(annotations.score, annotations=replace(whole, marks=marks))
    return replace(annotations, timed_syllables=syllables, score=score)
