"""Figures below the lowest staff, as MusicXML's `figured-bass` elements."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from chorale.analysis import estimate_key
from chorale.music import REST, Chorale
from chorale.music.annotations import BassFigure, BassFigures
from chorale.music.bass_figures import find_accidental
from chorale.music.spelling import Spelling, spell
from chorale.rendering.score.spellings import choose_signature, spell_voice
from chorale.rendering.score.staff_xml import XmlStaff

_SIGNS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
_THIRD = 3


def write_bass_figures(staff: XmlStaff, chorale: Chorale) -> None:
    """Write the figures of a chorale below its lowest staff.

    Figures that change while a note is held stand one after the other before it, each with its
    length, as MusicXML has them.
    """
    lowest = staff.voices[-1]
    starts = sorted({note.start_step for note in staff.list_notes(lowest)})
    for figures, accidentals in list_figures(chorale, lowest):
        before = [start for start in starts if start <= figures.step]
        if before:
            element = _build(figures, accidentals)
            staff.insert_figures(element, before[-1], figures.step)


def list_figures(chorale: Chorale, lowest: int) -> Iterator[tuple[BassFigures, list[int | None]]]:
    """Yield the figures that stand at a note of the lowest voice, and the accidental of each.

    An accidental is the alteration that it states, -2 to 2, or None for no accidental.
    """
    key = chorale.plan.key or estimate_key(chorale)
    line = spell_voice(chorale, lowest, key, choose_signature(chorale, key))
    onsets = [int(step) for step in chorale.onsets[:, lowest].nonzero()[0]]
    spelled = dict(zip(onsets, line, strict=True))
    for figures in chorale.annotations.bass_figures:
        if figures.step >= len(chorale.pitches) or chorale.pitches[figures.step, lowest] == REST:
            continue
        start = max(step for step in onsets if step <= figures.step)
        bass: Spelling = spelled.get(start, spell(int(chorale.pitches[start, lowest]), key))
        yield figures, [find_accidental(figure, bass, key) for figure in figures.figures]


def _build(figures: BassFigures, accidentals: list[int | None]) -> Element:
    element = Element("figured-bass")
    for figure, accidental in zip(figures.figures, accidentals, strict=True):
        child = SubElement(element, "figure")
        if accidental is not None:
            SubElement(child, "prefix").text = _SIGNS[max(-2, min(2, accidental))]
        if has_number(figure):
            SubElement(child, "figure-number").text = str(figure.number)
    return element


def has_number(figure: BassFigure) -> bool:
    """Return whether the number is printed: an altered third is an accidental alone."""
    return figure.number != _THIRD or not figure.alter
