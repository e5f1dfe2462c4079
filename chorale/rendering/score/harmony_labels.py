"""Labels of an analysis below the lowest staff, in MusicXML's elements for harmony.

A Roman numeral is a `harmony` with a `function`, which music21 and other readers take for a Roman
numeral; keys and cadences are words. The `function` has the numeral as `chorale.music.numerals`
writes it, such as "viio6/V", and engravers of ours print it in musical signs (`print_numeral`).
"""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement

from chorale.music import Key
from chorale.music.annotations import HarmonyLabel
from chorale.music.chords import AUGMENTED_SIXTHS, SYMBOL_KINDS
from chorale.music.numerals import Numeral
from chorale.rendering.score.staff_xml import XmlStaff, build_direction, build_text

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


def _build_elements(label: HarmonyLabel) -> Iterator[Element]:
    """Yield key, numeral and cadence of a label."""
    if label.key:
        words = build_text("words", print_key(label.key), font_weight="bold")
        yield build_direction("below", words)
    if label.numeral:
        yield _build_function(label.numeral)
    if label.cadence:
        yield build_direction("below", build_text("words", label.cadence, font_style="italic"))


def _build_function(numeral: Numeral) -> Element:
    harmony = Element("harmony", placement="below")
    SubElement(harmony, "function").text = str(numeral)
    kind = SubElement(harmony, "kind", text="")  # the function has it
    kind.text = SYMBOL_KINDS.get(numeral.kind, numeral.kind)
    if numeral.inversion:
        SubElement(harmony, "inversion").text = str(numeral.inversion)
    return harmony
