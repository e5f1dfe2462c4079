"""Labels of an analysis below the lowest staff, in MusicXML's elements for harmony.

A Roman numeral is a `harmony` with a `function`, which music21 and other readers take for a Roman
numeral; figures are a `figured-bass`; keys and cadences are words. The `function` has the numeral
as `chorale.music.numerals` writes it, such as "viio6/V", and engravers of ours print it in musical
signs (`print_numeral`).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement

from chorale.music import STEPS_PER_QUARTER, Key
from chorale.music.annotations import HarmonyLabel
from chorale.music.chords import AUGMENTED_SIXTHS, SYMBOL_KINDS
from chorale.music.numerals import Numeral
from chorale.rendering.score.staff_xml import XmlStaff, build_direction, build_text

PREFIXES: Mapping[str, str] = MappingProxyType(
    {"#": "sharp", "b": "flat", "n": "natural", "##": "double-sharp", "bb": "flat-flat"}
)
_RAISED = str.maketrans("234567", "²³⁴⁵⁶⁷")
_LOWERED = str.maketrans("234567", "₂₃₄₅₆₇")
_PRINTED = str.maketrans("#bo", "♯♭°")


def print_numeral(numeral: Numeral) -> str:
    """Return a numeral in musical signs, such as "vii°⁶/V" or "V⁶₅"."""
    stem = numeral.stem
    if len(stem) > 1 and numeral.kind not in AUGMENTED_SIXTHS:
        stem = stem.translate(_PRINTED)
    figures = numeral.figures[:1].translate(_RAISED) + numeral.figures[1:].translate(_LOWERED)
    target = f"/{print_numeral(numeral.target)}" if numeral.target else ""
    return f"{stem}{figures}{target}"


def print_key(key: Key) -> str:
    """Return a key as analyses print it before a numeral: "G:" or "f♯:"."""
    name = key.name.split()[0]
    letter = name[0] if key.mode == "major" else name[0].lower()
    return f"{letter}{name[1:].translate(_PRINTED)}:"


def write_harmony_labels(staff: XmlStaff, labels: Sequence[HarmonyLabel]) -> None:
    """Write labels below a staff."""
    for label in labels:
        for element in _build_elements(label):
            staff.insert(element, label.step, in_order=True)
    _write_figures(staff, [label for label in labels if label.figures])


def _build_elements(label: HarmonyLabel) -> Iterator[Element]:
    """Yield key, numeral and cadence of a label."""
    if label.key:
        words = build_text("words", print_key(label.key), font_weight="bold")
        yield build_direction("below", words)
    if label.numeral:
        yield _build_function(label.numeral)
    if label.cadence:
        yield build_direction("below", build_text("words", label.cadence, font_style="italic"))


def _write_figures(staff: XmlStaff, labels: Sequence[HarmonyLabel]) -> None:
    """Write figures before the notes of the lowest voice that they belong to.

    Figures after the start of a note follow those at its start, which then have a duration.
    """
    every = (note for notes in staff.notes for note in notes)
    for note in (note for note in every if note.voice == staff.voices[-1]):
        span = range(note.start_step, note.end_step)
        own = {label.step: label for label in labels if label.step in span}
        steps = sorted({note.start_step, *own}) if own else []
        measure = next(each for each in staff.measures if note.element in list(each))
        place = list(measure).index(note.element)
        for number, (start, end) in enumerate(pairwise([*steps, note.end_step])):
            figures = own[start].figures if start in own else ("",)
            duration = (end - start) * staff.divisions // STEPS_PER_QUARTER
            element = _build_figures(figures, duration if len(steps) > 1 else None)
            measure.insert(place + number, element)


def _build_function(numeral: Numeral) -> Element:
    harmony = Element("harmony", placement="below")
    SubElement(harmony, "function").text = str(numeral)
    kind = SubElement(harmony, "kind", text="")  # the function has it
    kind.text = SYMBOL_KINDS.get(numeral.kind, numeral.kind)
    if numeral.inversion:
        SubElement(harmony, "inversion").text = str(numeral.inversion)
    return harmony


def _build_figures(figures: Sequence[str], duration: int | None) -> Element:
    bass = Element("figured-bass")
    for text in figures:
        number = text.strip("#bn")
        figure = SubElement(bass, "figure")
        if sign := text.removesuffix(number):
            SubElement(figure, "prefix").text = PREFIXES[sign]
        if number:
            SubElement(figure, "figure-number").text = number
    if duration is not None:
        SubElement(bass, "duration").text = str(duration)
    return bass
