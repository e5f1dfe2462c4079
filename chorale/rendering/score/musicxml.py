"""Chorales as MusicXML, which notation programs open and edit.

Written by music21 from the score that `chorale.rendering.score.notation` lays out. The title, who
composed it, the program and the comments (seed, options, model) stand in the fields that MusicXML
has for them. The same chorale and options give the same bytes.
"""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from chorale.music import Chorale
from chorale.rendering.libraries import library
from chorale.rendering.metadata import SOFTWARE, Metadata
from chorale.rendering.render_options import USUAL, Colours, RenderOptions
from chorale.rendering.score.notation import score_of

LEGEND_POINTS = "9"
_BETWEEN = "\u2003"  # an em's space, which programs keep
_DECLARATION = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def musicxml_bytes(
    chorale: Chorale, metadata: Metadata, render_options: RenderOptions = USUAL
) -> bytes:
    """The contents of a MusicXML file; see `score_of` for the arguments.

    Raises:
        OutputError: music21 is not installed.
    """
    score = score_of(chorale, metadata, render_options)
    m21_to_xml = library("music21.musicxml.m21ToXml", "music21", "a MusicXML file")
    exporter = m21_to_xml.ScoreExporter(score, makeNotation=False)  # notation is made already
    root: Any = exporter.parse()
    _identify(root.find("identification"), metadata)
    for measure in root.iter("measure"):
        _hide_tempo(measure)
    if render_options.colours:
        _tell_colours(root, render_options.colours)
    _number(root)
    movement = root.find("movement-title")
    if movement is not None:
        root.remove(movement)  # the work's title again, which some programs would print twice
    indent(root)
    return (_DECLARATION + tostring(root, "unicode")).encode()


def _number(root: Element) -> None:
    """Name parts and instruments by numbers; the names of music21 are others in every run."""
    for kind, letter in (
        ("score-part", "P"),
        ("part", "P"),
        ("score-instrument", "I"),
        ("midi-instrument", "I"),
    ):
        for number, element in enumerate(root.iter(kind), start=1):
            element.set("id", f"{letter}{number}")


def _hide_tempo(measure: Element) -> None:
    """Leave of a metronome mark what players need."""
    for place, direction in enumerate(measure):
        sound = direction.find("sound")
        if direction.tag == "direction" and sound is not None:
            measure[place] = sound


def _tell_colours(root: Element, colours: Colours) -> None:
    """Write what colours mean above the beginning of the score."""
    direction = Element("direction", placement="above")
    for text, colour in colours.legend:
        words = SubElement(SubElement(direction, "direction-type"), "words")
        words.text = f"{text}{_BETWEEN}"
        words.set("font-size", LEGEND_POINTS)
        if colour:
            words.set("color", colour)
    measure: Any = root.find("part/measure")
    signatures = measure.find("attributes")
    measure.insert(list(measure).index(signatures) + 1, direction)


def _identify(identification: Element, metadata: Metadata) -> None:
    """Tell the program and the comments in place of music21's date."""
    for creator in identification.findall("creator") if not metadata.composer else ():
        identification.remove(creator)  # music21 has itself in place of a missing one
    encoding = identification.find("encoding")
    assert encoding is not None
    for date in encoding.findall("encoding-date"):  # every run would give another file
        encoding.remove(date)
    software = Element("software")
    software.text = SOFTWARE
    encoding.insert(0, software)
    miscellaneous = SubElement(identification, "miscellaneous")
    for number, comment in enumerate(metadata.comments, start=1):
        field = SubElement(miscellaneous, "miscellaneous-field", name=f"comment {number:02}")
        field.text = comment
