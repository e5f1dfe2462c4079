"""Identifiers for the notes of a score, which join what is engraved to what sounds.

Every written note of voice v that begins at step s gets the identifier "v-s"; verovio keeps it, and
CSS and scripts find the note by it. The parts of a note that are tied have one each.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from chorale.music import STEPS_PER_QUARTER


def number_notes(musicxml: str, voices: Sequence[int], prefix: str) -> str:
    """Give the notes of a MusicXML text identifiers.

    Args:
        musicxml: a score in which each voice of each staff is a voice of the chorale.
        voices: these voices, 0 to 3, in score order.
        prefix: beginning of the identifiers.

    Returns:
        The MusicXML, without declaration and document type.
    """
    root = ET.fromstring(musicxml)  # noqa: S314  # a score that we wrote
    lines = iter(voices)
    for part in root.iter("part"):
        names = sorted({each.text or "" for each in part.iter("voice")}) or [""]
        _number_part(part, {name: next(lines) for name in names}, prefix)
    return ET.tostring(root, "unicode")


def _number_part(part: ET.Element, voices: Mapping[str, int], prefix: str) -> None:
    """Number the notes of a part, whose voices stand for some of the chorale."""
    divisions = Fraction(1)
    start = Fraction(0)  # of the measure, in steps
    for measure in part.iter("measure"):
        now = end = start
        for element in measure:
            found = element.findtext("divisions")
            if found:
                divisions = Fraction(found)
            length = Fraction(element.findtext("duration") or 0) / divisions * STEPS_PER_QUARTER
            if element.tag == "note":
                if element.find("rest") is None:
                    voice = voices[element.findtext("voice") or next(iter(voices))]
                    element.set("id", f"{prefix}{voice}-{int(now)}")
                now += length
            elif element.tag == "forward":
                now += length
            elif element.tag == "backup":
                now -= length
            end = max(end, now)
        start = end
