"""Labels of an analysis in MusicXML, read by ElementTree, music21 and verovio."""

import re
from typing import Any

import pytest
from hypothesis import given
from score_xml import four_voices, score_root
from strategies import numerals

from chorale.music import Annotations, Key
from chorale.music.annotations import HarmonyLabel
from chorale.music.numerals import Numeral, parse_numeral
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.harmony_labels import print_key, print_numeral
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.pages import engrave

G_MAJOR = Key(7, "major")
ROMAN = (
    HarmonyLabel(0, parse_numeral("I"), key=G_MAJOR),
    HarmonyLabel(6, parse_numeral("V65/V")),  # where no note starts
    HarmonyLabel(16, parse_numeral("V"), cadence="HC"),
)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("V", "V"),
        ("V65/V", "V⁶₅/V"),
        ("viio7/ii", "vii°⁷/ii"),
        ("iiø43", "iiø⁴₃"),
        ("bVII6", "♭VII⁶"),
        ("#ivo6", "♯iv°⁶"),
        ("N6", "N⁶"),
        ("Ger65", "Ger⁶₅"),
        ("IVM7", "IVM⁷"),
        ("III+6", "III+⁶"),
    ],
)
def test_a_numeral_is_printed_in_musical_signs(text: str, printed: str) -> None:
    assert print_numeral(parse_numeral(text)) == printed


@given(numerals())
def test_numerals_that_differ_are_printed_differently(numeral: Numeral) -> None:
    back = print_numeral(numeral).translate(str.maketrans("⁴⁶⁷²³⁵₂₃₄₅♯♭°", "4672352345#bo"))
    assert parse_numeral(back) == numeral


def test_keys_are_printed_with_small_letters_in_minor() -> None:
    keys = (G_MAJOR, Key(6, "minor"), Key(10, "major"), Key(11, "minor"))
    assert [print_key(key) for key in keys] == ["G:", "f♯:", "B♭:", "b:"]


@pytest.mark.parametrize("staves", [2, 4])
def test_numerals_stand_below_the_lowest_staff_at_their_steps(staves) -> None:
    from music21 import converter

    chorale = four_voices(2, Annotations(harmony_labels=ROMAN))
    root = score_root(chorale, staves)
    parts = root.findall("part")
    assert not list(parts[0].iter("harmony"))
    assert [one.findtext("function") for one in parts[-1].iter("harmony")] == ["I", "V65/V", "V"]
    options = RenderOptions(staves=staves)
    content = musicxml_bytes(chorale, Metadata("x"), options)
    score: Any = converter.parse(content, format="musicxml")
    found = score.parts[-1].flatten().getElementsByClass("ChordSymbol")
    read = [(4 * float(each.offset), each.romanNumeral.figure) for each in found]
    assert read == [(0, "I"), (6, "V65/V"), (16, "V")]


def test_keys_and_cadences_are_words() -> None:
    root = score_root(four_voices(2, Annotations(harmony_labels=ROMAN)))
    words = [each.text for each in root.findall("part")[-1].iter("words")]
    assert words == ["G:", "HC"]


def test_engraved_numerals_have_the_key_before_them() -> None:
    chorale = four_voices(2, Annotations(harmony_labels=ROMAN))
    [page] = engrave(chorale, Metadata("x"), RenderOptions())
    harmonies = re.findall(r'class="harm">.*?<tspan font-size="\d+px">([^<]*)<', page, re.DOTALL)
    assert harmonies == ["G: I", "V⁶₅/V", "V"]
