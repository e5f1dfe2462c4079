"""Read figures under a bass from the <figured-bass> elements of a MusicXML score."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from chorale.music.annotations import BassFigure, BassFigures
from chorale.reading.tree import find_text
from chorale.untrusted import parse_digits

MAX_NUMBER = 13
_ALTERS = {
    "sharp": 1,
    "flat": -1,
    "double-sharp": 1,
    "sharp-sharp": 1,
    "flat-flat": -1,
    "slash": 1,
    "back-slash": 1,
    "cross": 1,
    "vertical": 1,
}
_THIRD = 3


def read_bass_figures(element: ET.Element, step: int, sharps: int) -> BassFigures | None:
    """Read a <figured-bass>; None if it has no figure that can be read.

    A sign alone alters the third. A natural raises a note in a signature of flats, and lowers one
    in a signature of sharps; a double sharp raises one that is sharp there.

    Args:
        element: the element.
        step: the step at which it stands.
        sharps: sharps of the key signature; flats are negative.
    """
    figures = tuple(_read_figures(element, sharps))
    return BassFigures(step, figures) if figures else None


def _read_figures(element: ET.Element, sharps: int) -> Iterator[BassFigure]:
    for figure in element.findall("figure"):
        text = find_text(figure, "figure-number").strip()
        number = parse_digits(text)
        signs = [find_text(figure, name).strip() for name in ("prefix", "suffix")]
        natural = (sharps < 0) - (sharps > 0)
        alter = sum(natural if sign == "natural" else _ALTERS.get(sign, 0) for sign in signs)
        if number is not None and 2 <= number <= MAX_NUMBER:
            yield BassFigure(number, alter)
        elif not text and any(signs):
            yield BassFigure(_THIRD, alter)
