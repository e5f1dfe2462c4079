"""Extract the MusicXML text of a file, plain or packed, without elements that could do harm.

A file in another notation of scores is transcribed as MusicXML first, and is then read alike.

expat reads the text once, under the limits of `chorale.reading.limits`. Nothing is unpacked onto
the disk, no entity is expanded, and nothing outside the file is opened. Elements that the reader
does not use (slurs, layout, chord symbols) are dropped, since music21 takes time that grows with
the square of the number of some of them.
"""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from chorale.errors import ReadingError
from chorale.music import MAX_BEATS
from chorale.reading.encodings import decode_xml
from chorale.reading.limits import (
    MAX_ALL_MEASURES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_MEASURES,
    MAX_MEMBERS,
    MAX_NOTES,
    MAX_PARTS,
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

# Elements that are read, by where they occur, and the largest number of each.
_SCORE_ELEMENTS = """
    score-partwise work work-title movement-title identification creator encoding software
    miscellaneous miscellaneous-field part-list
"""
_PART_ELEMENTS = "part score-part part-name part-abbreviation"
_MEASURE_ELEMENTS = """
    attributes divisions key fifths mode time beats beat-type senza-misura staves transpose diatonic
    chromatic octave-change direction direction-type words segno coda dynamics sound offset
    metronome beat-unit beat-unit-dot per-minute barline bar-style repeat
    p pp ppp pppp ppppp pppppp f ff fff ffff fffff ffffff mp mf sf sfp sfpp fp rf rfz sfz sffz fz n
    pf sfzp other-dynamics
"""
_NOTE_ELEMENTS = """
    grace cue chord pitch step alter octave unpitched rest duration tie voice type dot
    time-modification actual-notes normal-notes normal-type normal-dot staff notations tied
    ornaments trill-mark turn delayed-turn inverted-turn delayed-inverted-turn shake mordent
    inverted-mordent schleifer
    other-ornament tremolo lyric text backup forward
"""
_DRUM_KIT_ELEMENTS = (
    "score-instrument instrument-name midi-instrument midi-program midi-channel midi-unpitched"
)
_MAX_COUNTS = {
    **dict.fromkeys(_SCORE_ELEMENTS.split(), 1_000),
    **dict.fromkeys(_PART_ELEMENTS.split(), MAX_PARTS),
    **dict.fromkeys(_DRUM_KIT_ELEMENTS.split(), 10_000),  # one for each drum
    **dict.fromkeys(_MEASURE_ELEMENTS.split(), 10_000),
    **dict.fromkeys(_NOTE_ELEMENTS.split(), 4 * MAX_NOTES),
    "fermata": 10_000,  # music21's time grows with the square of their number on one note
    "measure": MAX_ALL_MEASURES,
    "note": MAX_NOTES,
    "container": 1,
    "rootfiles": 1,
    "rootfile": MAX_MEMBERS,
}
_MUSIC = {"part", "score-part", "measure", "note"}  # large music may have very many
_ATTRIBUTES = {"id", "number", "implicit", "type", "tempo", "direction", "location"}
_ATTRIBUTES |= {"name", "full-path"}
# Largest number in each element or attribute; music21 loops up to some of these numbers.
_LARGEST = {
    "divisions": 1e6,
    "duration": 1e9,
    "beats": MAX_BEATS,
    "beat-type": 128,
    "fifths": 21,
    "staves": 16,
    "staff": 16,
    "octave": 99,
    "alter": 12,
    "diatonic": 99,
    "chromatic": 99,
    "octave-change": 10,
    "actual-notes": 999,
    "normal-notes": 999,
    "offset": 1e9,
    "per-minute": 1e4,
    "tempo": 1e4,
}
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf|nan)", re.IGNORECASE)
_PROGRAM = re.compile(r"<midi-program>\s*(\d{1,3})\s*</midi-program>", re.ASCII)
MAX_PROGRAM = 127
_MAX_NUMBER_LENGTH = 40  # characters


def extract_musicxml(path: Path) -> tuple[str, list[str]]:
    """Extract the MusicXML of a file, without the elements that are not read.

    Returns:
        The MusicXML, repaired; and notices of the repairs, one line each.

    Raises:
        ReadingError: the file exceeds a limit, or is packed without music.
        Exception: the file is damaged; any error of zipfile or expat.
    """
    text, notices = _load_text(path)
    score = _parse(text, str(path))
    notices += repair(score)
    return ET.tostring(score, encoding="unicode"), notices


def _load_text(path: Path) -> tuple[str, list[str]]:
    """Load the MusicXML text of a file in any notation, with notices on the text."""
    if path.suffix.lower() in TRANSCRIBED:
        return transcribe(path)
    content, file = read_content(path, MAX_XML_BYTES), str(path)
    if content.startswith(b"PK"):
        content = unpack(content, file, lambda container: _list_roots(container, file))
    text, notice = decode_xml(content)
    return text, [notice] if notice else []


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
    element_filter = _ElementFilter(file)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = element_filter.doctype
    parser.StartElementHandler = element_filter.start
    parser.EndElementHandler = element_filter.end
    parser.CharacterDataHandler = element_filter.text
    parser.Parse(text, True)
    if element_filter.outermost not in _MAX_COUNTS:
        raise ReadingError(
            f"{file} has <{element_filter.outermost}> as its outermost element, not "
            "<score-partwise>; export it again as MusicXML"
        )
    return element_filter.builder.close()


class _ElementFilter:
    """Handlers for expat that build the tree of the elements to read, and count its elements."""

    def __init__(self, file: str) -> None:
        self.builder = ET.TreeBuilder()
        self.outermost = ""
        self._file = file
        self._counts: Counter[str] = Counter()
        self._elements = self._depth = self._measures = 0
        self._voices: set[str] = set()  # voice numbers in the current part
        self._skipped_depth = 0  # depth within an element that is skipped; 0 outside

    def doctype(self, name: str, system: str | None, public: str | None, inner: bool) -> None:
        if inner:
            raise limit_error(self._file, "definitions of its own (DOCTYPE)")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.outermost = self.outermost or name
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS:
            raise size_error(self._file, f"more than {MAX_ELEMENTS:,} elements")
        if self._depth > MAX_DEPTH:
            raise limit_error(self._file, f"elements nested more than {MAX_DEPTH} deep")
        if self._skipped_depth or name not in _MAX_COUNTS or _is_tremolo_of_two(name, attributes):
            self._skipped_depth += 1
            return
        self._count(name)
        kept = {key: value for key, value in attributes.items() if key in _ATTRIBUTES}
        for key, value in kept.items():
            self._check_number(key, value)
        self.builder.start(name, kept)

    def _count(self, name: str) -> None:
        self._counts[name] += 1
        if self._counts[name] > _MAX_COUNTS[name]:
            error = size_error if name in _MUSIC else limit_error
            raise error(self._file, f"more than {_MAX_COUNTS[name]:,} elements <{name}>")
        if name == "part":
            self._measures = 0
            self._voices.clear()
        self._measures += name == "measure"
        if self._measures > MAX_MEASURES:
            raise size_error(self._file, f"more than {MAX_MEASURES:,} measures in one part")

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._skipped_depth:
            self._skipped_depth -= 1
            return
        element = self.builder.end(name)
        if name in _LARGEST:
            self._check_number(name, element.text or "")
        if name == "voice":
            self._voices.add((element.text or "").strip())
            if len(self._voices) > MAX_VOICES:
                raise limit_error(self._file, f"more than {MAX_VOICES} voices in one part")

    def text(self, text: str) -> None:
        if not self._skipped_depth:
            self.builder.data(text)

    def _check_number(self, name: str, text: str) -> None:
        largest = _LARGEST.get(name)
        if largest is None:
            too_large = len(text) > MAX_TEXT
        else:
            too_large = len(text.strip()) > _MAX_NUMBER_LENGTH or not _sum_numbers(text) <= largest
        if too_large:
            raise limit_error(self._file, f"{text[:_MAX_NUMBER_LENGTH].strip()} as its <{name}>")


def _sum_numbers(text: str) -> float:
    """Return the sum of the numbers in a text: 5 for "3+2" beats."""
    return sum(abs(float(number)) for number in _NUMBER.findall(text))


def _is_tremolo_of_two(name: str, attributes: dict[str, str]) -> bool:
    """Check for a tremolo between two notes; music21 makes a linear search for each."""
    return name == "tremolo" and attributes.get("type") in ("start", "stop")
