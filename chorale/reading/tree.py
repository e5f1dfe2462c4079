"""Small functions on the elements of a MusicXML score."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

FIRST_STAFF = "1"


def find_text(element: ET.Element, name: str) -> str:
    """Return the text of an element's child, without blanks around it; "" if there is none."""
    return (element.findtext(name) or "").strip()


def find_number(element: ET.Element, name: str) -> float:
    """Return the number in an element's child; 0 if there is none."""
    try:
        return float(find_text(element, name) or 0)
    except ValueError:
        return 0.0


def remove(element: ET.Element, *names: str) -> None:
    """Remove an element's children of these names."""
    element[:] = [child for child in element if child.tag not in names]


def is_chord_note(element: ET.Element) -> bool:
    """Check whether an element is a note that sounds together with the note before it."""
    return element.tag == "note" and element.find("chord") is not None


def find_chords(measure: ET.Element) -> Iterator[list[ET.Element]]:
    """Yield the notes of each chord; a single note or a rest is a chord of one."""
    chord: list[ET.Element] = []
    for note in measure.findall("note"):
        if chord and not is_chord_note(note):
            yield chord
            chord = []
        chord.append(note)
    if chord:
        yield chord
