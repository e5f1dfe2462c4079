"""Extract the MusicXML text of a file, plain or packed, without elements that could do harm.

A file in another notation of scores is transcribed as MusicXML first, and is then read alike.

expat reads the text once, under the limits of `chorale.reading.limits`. Nothing is unpacked onto
the disk, no entity is expanded, and nothing outside the file is opened. Elements that are not read
(layout, beams) are dropped. music21 is given the notes only, since it takes time that grows with
the square of the number of some other elements (see `chorale.reading.elements`).
"""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.parsers import expat

from chorale.errors import ReadingError
from chorale.reading.elements import (
    ATTRIBUTES,
    ATTRIBUTES_OF_NOTES,
    ELEMENTS_OF_NOTES,
    LARGEST,
    MAX_COUNTS,
    MUSIC,
)
from chorale.reading.encodings import decode_xml
from chorale.reading.left_out import is_tremolo_of_two
from chorale.reading.limits import (
    MAX_LYRICS,
    MAX_MEASURES,
    MAX_TEXT,
    MAX_VOICES,
    MAX_XML_BYTES,
    limit_error,
    read_content,
    size_error,
)
from chorale.reading.packed import unpack
from chorale.reading.repairs import repair
from chorale.reading.transcribing import SUFFIXES as TRANSCRIBED
from chorale.reading.transcribing import transcribe
from chorale.reading.xml_filter import ElementFilter

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf|nan)", re.IGNORECASE)
_PROGRAM = re.compile(r"<midi-program>\s*(\d{1,3})\s*</midi-program>", re.ASCII)
MAX_PROGRAM = 127
_MAX_NUMBER_LENGTH = 40  # characters


class ExtractedScore(NamedTuple):
    """A MusicXML file without the elements that are not read, repaired.

    Attributes:
        notes: MusicXML of the notes alone.
        notices: notices of the repairs, one line each.
        score: the score with its words, directions and signs.
    """

    notes: str
    notices: list[str]
    score: ET.Element


def extract_musicxml(path: Path) -> ExtractedScore:
    """Extract the MusicXML of a file, without the elements that are not read.

    Raises:
        ReadingError: the file exceeds a limit, or is packed without music.
        Exception: the file is damaged; any error of zipfile or expat.
    """
    text, notices = _load_text(path)
    score = _parse(text, str(path))
    notices += repair(score)
    return ExtractedScore(ET.tostring(_select_notes(score), encoding="unicode"), notices, score)


def _load_text(path: Path) -> tuple[str, list[str]]:
    """Load the MusicXML text of a file in any notation, with notices on the text."""
    if path.suffix.lower() in TRANSCRIBED:
        return transcribe(path)
    content, file = read_content(path, MAX_XML_BYTES), str(path)
    if content.startswith(b"PK"):
        content = unpack(content, file, lambda container: _list_roots(container, file))
    text, notice = decode_xml(content)
    return text, [notice] if notice else []


def _select_notes(element: ET.Element) -> ET.Element:
    """Return a copy of an element with only what music21 needs to read the notes."""
    attributes = {key: text for key, text in element.items() if key in ATTRIBUTES_OF_NOTES}
    copy = ET.Element(element.tag, attributes)
    copy.text = element.text
    copy.extend(
        _select_notes(child)
        for child in element
        if child.tag in ELEMENTS_OF_NOTES
        and not is_tremolo_of_two(child)  # for each of which music21 makes a linear search
    )
    return copy


def find_programs(text: str) -> tuple[int, ...]:
    """Return the General MIDI programs, 0 to 127, that an extracted text gives its parts.

    They are in rising order. Drums are left out.
    """
    instruments = re.findall(r"<midi-instrument\b.*?</midi-instrument>", text, re.DOTALL)
    programs = [_PROGRAM.search(each) for each in instruments if "<midi-unpitched" not in each]
    numbers = {int(found[1]) - 1 for found in programs if found}  # MusicXML counts from 1
    return tuple(sorted(number for number in numbers if 0 <= number <= MAX_PROGRAM))


def _list_roots(container: bytes, file: str) -> list[str]:
    """List the paths that the container of a packed file names; none if it is damaged."""
    try:
        parsed = _parse(decode_xml(container)[0], file)
    except (UnicodeDecodeError, expat.ExpatError):
        return []
    return [root.get("full-path", "") for root in parsed.iter("rootfile")]


def _parse(text: str, file: str) -> ET.Element:
    """Parse an XML text into the elements that are read.

    Raises:
        ReadingError: the text exceeds a limit, or is not partwise MusicXML.
        ExpatError: the text is not XML.
    """
    elements = _ScoreFilter(file)
    elements.parse(text)
    if elements.outermost not in MAX_COUNTS:
        raise ReadingError(
            f"{file} has <{elements.outermost}> as its outermost element, not "
            "<score-partwise>; export it again as MusicXML"
        )
    return elements.close()


class _ScoreFilter(ElementFilter):
    """The elements of MusicXML that are read, within limits."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self._counts: Counter[str] = Counter()
        self._measures = 0  # in the current part
        self._lyrics = 0  # in the current note
        self._voices: set[str] = set()  # voice numbers in the current part

    def select(self, name: str, attributes: Mapping[str, str]) -> dict[str, str] | None:
        if name not in MAX_COUNTS:
            return None
        self._count(name)
        kept = {key: value for key, value in attributes.items() if key in ATTRIBUTES}
        for key, value in kept.items():
            self._check_number(key, value)
        return kept

    def _count(self, name: str) -> None:
        self._counts[name] += 1
        if self._counts[name] > MAX_COUNTS[name]:
            error = size_error if name in MUSIC else limit_error
            raise error(self._file, f"more than {MAX_COUNTS[name]:,} elements <{name}>")
        if name == "part":
            self._measures = 0
            self._voices.clear()
        self._lyrics = 0 if name == "note" else self._lyrics + (name == "lyric")
        if self._lyrics > MAX_LYRICS:
            raise limit_error(self._file, f"more than {MAX_LYRICS} lyrics under one note")
        self._measures += name == "measure"
        if self._measures > MAX_MEASURES:
            raise size_error(self._file, f"more than {MAX_MEASURES:,} measures in one part")

    def check(self, element: ET.Element) -> None:
        if element.tag in LARGEST:
            self._check_number(element.tag, element.text or "")
        if element.tag == "voice":
            self._voices.add((element.text or "").strip())
            if len(self._voices) > MAX_VOICES:
                raise limit_error(self._file, f"more than {MAX_VOICES} voices in one part")

    def _check_number(self, name: str, text: str) -> None:
        largest = LARGEST.get(name)
        if largest is None:
            too_large = len(text) > MAX_TEXT
        else:
            too_large = len(text.strip()) > _MAX_NUMBER_LENGTH or not _sum_numbers(text) <= largest
        if too_large:
            raise limit_error(self._file, f"{text[:_MAX_NUMBER_LENGTH].strip()} as its <{name}>")


def _sum_numbers(text: str) -> float:
    """Return the sum of the numbers in a text: 5 for "3+2" beats."""
    return sum(abs(float(number)) for number in _NUMBER.findall(text))
