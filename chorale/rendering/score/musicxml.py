"""Chorales as MusicXML, which notation programs open and edit.

music21 writes the score that `chorale.rendering.score.notation` builds;
`chorale.rendering.score.annotating` adds words, chord symbols, repeats and marks. Title, composer,
program and comments (seed, options, model) stand in MusicXML's own fields. The same chorale and
options give the same bytes.
"""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from chorale.music import Chorale
from chorale.rendering.libraries import import_library
from chorale.rendering.metadata import SOFTWARE, Metadata
from chorale.rendering.render_options import DEFAULT_RENDER_OPTIONS, RenderOptions, ScoreColours
from chorale.rendering.score.annotating import write_annotations
from chorale.rendering.score.labels import write_labels
from chorale.rendering.score.legend import build_credits
from chorale.rendering.score.notation import build_score, list_staves
from chorale.rendering.score.note_values import score_bars
from chorale.rendering.score.staff_xml import index_staves

LEGEND_POINTS = "9"
_LEGEND_GAP = "\u2003"  # an em space, which programs keep
_DECLARATION = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def musicxml_bytes(
    chorale: Chorale,
    metadata: Metadata,
    render_options: RenderOptions = DEFAULT_RENDER_OPTIONS,
    with_legend: bool = True,
) -> bytes:
    """Return the contents of a MusicXML file.

    Args:
        chorale: the music.
        metadata: title, composer and comments.
        render_options: staves, colours and remarks.
        with_legend: whether the legend of labels is in the file.

    Raises:
        OutputError: music21 is not installed.
    """
    score = build_score(chorale, metadata, render_options)
    m21_to_xml = import_library("music21.musicxml.m21ToXml", "music21", "a MusicXML file")
    exporter = m21_to_xml.ScoreExporter(
        score, makeNotation=False
    )  # `build_score` made the notation
    root: Any = exporter.parse()
    _write_identification(root.find("identification"), metadata)
    for measure in root.iter("measure"):
        _hide_tempo(measure)
    staves = list_staves(chorale, render_options)
    write_annotations(root, chorale, staves)
    write_labels(index_staves(root, score_bars(chorale), staves), render_options.remarks)
    if len(root.findall("part")) == 1:
        _join_rests(root)
    if render_options.colours:
        _add_legend(root, render_options.colours)
    parts = list(root).index(root.find("part-list"))
    for place, credit in enumerate(
        build_credits(render_options.remarks if with_legend else (), metadata.title)
    ):
        root.insert(parts + place, credit)
    _number_ids(root)
    movement = root.find("movement-title")
    if movement is not None:
        root.remove(movement)  # some programs would print this second title
    indent(root)
    return (_DECLARATION + tostring(root, "unicode")).encode()


def _number_ids(root: Element) -> None:
    """Number the ids of parts and instruments; those of music21 differ from run to run."""
    for kind, letter in (
        ("score-part", "P"),
        ("part", "P"),
        ("score-instrument", "I"),
        ("midi-instrument", "I"),
    ):
        for number, element in enumerate(root.iter(kind), start=1):
            element.set("id", f"{letter}{number}")


def _hide_tempo(measure: Element) -> None:
    """Reduce a metronome mark to the tempo for players, which is not printed."""
    for place, direction in enumerate(measure):
        sound = direction.find("sound")
        if direction.tag == "direction" and sound is not None:
            measure[place] = sound


def _join_rests(root: Element) -> None:
    """Mark successive measures of rests, without other signs, to be drawn as one rest."""
    runs: list[list[Element]] = [[]]
    for measure in root.iter("measure"):
        if [each.tag for each in measure] == ["note"] and measure.find(
            "note/rest[@measure]"
        ) is not None:
            runs[-1].append(measure)
        elif runs[-1]:
            runs.append([])
    for run in runs:
        if len(run) > 1:
            attributes = Element("attributes")
            style = SubElement(SubElement(attributes, "measure-style"), "multiple-rest")
            style.text = str(len(run))
            run[0].insert(0, attributes)


def _add_legend(root: Element, colours: ScoreColours) -> None:
    """Print the legend of the colours above the start of the score."""
    direction = Element("direction", placement="above")
    for text, colour in colours.legend:
        words = SubElement(SubElement(direction, "direction-type"), "words")
        words.text = f"{text}{_LEGEND_GAP}"
        words.set("font-size", LEGEND_POINTS)
        if colour:
            words.set("color", colour)
    measure: Any = root.find("part/measure")
    signatures = measure.find("attributes")
    measure.insert(list(measure).index(signatures) + 1, direction)


def _write_identification(identification: Element, metadata: Metadata) -> None:
    """Write composer, program and comments, without the date that music21 writes."""
    for creator in identification.findall("creator") if not metadata.composer else ():
        identification.remove(creator)  # without a composer, music21 names itself
    encoding = identification.find("encoding")
    assert encoding is not None
    for date in encoding.findall("encoding-date"):  # a date would make each file different
        encoding.remove(date)
    software = Element("software")
    software.text = SOFTWARE
    encoding.insert(0, software)
    miscellaneous = SubElement(identification, "miscellaneous")
    for number, comment in enumerate(metadata.comments, start=1):
        field = SubElement(miscellaneous, "miscellaneous-field", name=f"comment {number:02}")
        field.text = comment
