"""Read chord symbols from the <harmony> elements of a MusicXML score."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from chorale.music.annotations import ChordSymbol
from chorale.music.spelling import LETTERS_BY_FIFTHS, LetterName
from chorale.reading.limits import MAX_TEXT
from chorale.reading.tree import find_number, find_text
from chorale.untrusted import make_printable, parse_digits

_NO_CHORD = "none"  # MusicXML's kind of "N.C."
MOST_ALTERED = 2  # semitones: a double sharp or double flat
_DEGREE_TYPES = ("add", "alter", "subtract")


def read_chord_symbols(harmony: ET.Element, step: int) -> Iterator[ChordSymbol]:
    """Yield the chord symbols of a <harmony>, usually one, all of them at a step.

    Chords that are named by their degree (Roman numerals) are not yielded.
    """
    chords: list[list[ET.Element]] = []
    for child in harmony:
        if child.tag in ("root", "function", "numeral"):
            chords.append([])
        if chords:
            chords[-1].append(child)
    if not chords and harmony.find("kind") is not None:  # "N.C." need not have a root
        chords = [list(harmony)]
    for children in chords:
        symbol = _read_chord(children, step)
        if symbol is not None:
            yield symbol


def _read_chord(children: list[ET.Element], step: int) -> ChordSymbol | None:
    chord = ET.Element("harmony")
    chord.extend(children)
    kind = find_text(chord, "kind").lower()
    text = next((each.get("text") for each in chord.findall("kind")), None)
    root, bass = _read_name(chord, "root"), _read_name(chord, "bass")
    unread = (root is None and kind != _NO_CHORD) or (
        bass is None and chord.find("bass") is not None
    )
    if unread or len(kind) > MAX_TEXT:
        return None
    if kind == _NO_CHORD:
        root = None
    return ChordSymbol(
        step,
        root,
        make_printable(kind) or "major",
        None if text is None else make_printable(text),
        bass,
        tuple(_read_degrees(chord)),
    )


def _read_name(chord: ET.Element, name: str) -> LetterName | None:
    """Read the letter and alteration of a <root> or <bass>; None if there is none.

    A name with three accidentals or more is none.
    """
    element = chord.find(name)
    letter = "" if element is None else find_text(element, f"{name}-step").upper()
    if element is None or len(letter) != 1 or letter not in LETTERS_BY_FIFTHS:
        return None
    alter = round(find_number(element, f"{name}-alter"))
    return (letter, alter) if abs(alter) <= MOST_ALTERED else None


def _read_degrees(chord: ET.Element) -> Iterator[tuple[str, int, int]]:
    for degree in chord.findall("degree"):
        value = parse_digits(find_text(degree, "degree-value"))
        kind = find_text(degree, "degree-type")
        if kind in _DEGREE_TYPES and value is not None and 0 < value < 100:
            yield kind, value, round(find_number(degree, "degree-alter"))
