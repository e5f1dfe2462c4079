"""Chord symbols above the top staff, as MusicXML's `harmony` elements."""

from xml.etree.ElementTree import Element, SubElement

from chorale.music.annotations import ChordSymbol
from chorale.music.spelling import LetterName
from chorale.rendering.metadata import make_encodable
from chorale.rendering.score.staff_xml import XmlStaff

NO_CHORD = "N.C."


def write_chord_symbols(staff: XmlStaff, symbols: tuple[ChordSymbol, ...]) -> None:
    """Write chord symbols above a staff."""
    for symbol in symbols:
        staff.insert(build_harmony(symbol), symbol.step, in_order=True)


def build_harmony(symbol: ChordSymbol) -> Element:
    """Build the `harmony` element of a chord symbol."""
    harmony = Element("harmony", placement="above")
    text, root = symbol.text, symbol.root
    if root is None:  # MusicXML requires a root, which is not printed
        step = SubElement(SubElement(harmony, "root"), "root-step", text="")
        step.text = "C"
        text = NO_CHORD if text is None else text
    else:
        _add_name(harmony, "root", root)
    kind = SubElement(harmony, "kind")
    kind.text = "none" if root is None else symbol.kind
    if text is not None:
        kind.set("text", make_encodable(text))
    if symbol.bass is not None:
        _add_name(harmony, "bass", symbol.bass)
    for action, number, alter in symbol.degrees:
        degree = SubElement(harmony, "degree")
        SubElement(degree, "degree-value").text = str(number)
        SubElement(degree, "degree-alter").text = str(alter)
        SubElement(degree, "degree-type").text = action
    return harmony


def _add_name(harmony: Element, tag: str, name: LetterName) -> None:
    letter, alter = name
    element = SubElement(harmony, tag)
    SubElement(element, f"{tag}-step").text = letter
    if alter:
        SubElement(element, f"{tag}-alter").text = str(alter)
