"""Chord symbols, read by ElementTree and by music21."""

from typing import Any

import pytest
from score_xml import four_voices, measures_of, score_root

from chorale.music import Annotations
from chorale.music.annotations import ChordSymbol
from chorale.rendering.metadata import Metadata
from chorale.rendering.score.chord_symbols import build_harmony
from chorale.rendering.score.musicxml import musicxml_bytes


def test_a_chord_symbol_has_root_kind_text_bass_and_degrees() -> None:
    symbol = ChordSymbol(
        0, ("B", -1), "dominant", "7", ("D", 0), (("add", 9, -1), ("subtract", 5, 0))
    )
    harmony = build_harmony(symbol)
    assert harmony.findtext("root/root-step") == "B"
    assert harmony.findtext("root/root-alter") == "-1"
    assert harmony.findtext("kind") == "dominant"
    assert harmony.find("kind[@text='7']") is not None
    assert harmony.findtext("bass/bass-step") == "D"
    assert harmony.find("bass/bass-alter") is None
    degrees = [[child.text for child in degree] for degree in harmony.iter("degree")]
    assert degrees == [["9", "-1", "add"], ["5", "0", "subtract"]]
    assert [child.tag for child in harmony] == ["root", "kind", "bass", "degree", "degree"]


def test_without_a_text_the_kind_is_left_to_the_program() -> None:
    kind = build_harmony(ChordSymbol(0, ("C", 0), "minor")).find("kind")
    assert kind is not None
    assert kind.attrib == {}


def test_no_chord_has_no_printed_root() -> None:
    harmony = build_harmony(ChordSymbol(0, None))
    assert harmony.find("root/root-step[@text='']") is not None
    assert harmony.findtext("kind") == "none"
    assert harmony.find("kind[@text='N.C.']") is not None
    assert build_harmony(ChordSymbol(0, None, text="tacet")).find("kind[@text='tacet']") is not None


@pytest.mark.parametrize("staves", [2, 4])
def test_chord_symbols_stand_on_the_top_staff_at_their_steps(staves) -> None:
    from music21 import converter

    symbols = tuple(ChordSymbol(step, ("G", 0)) for step in (0, 6, 16, 31))
    chorale = four_voices(2, Annotations(chord_symbols=symbols))
    root = score_root(chorale, staves)
    assert [len(measure.findall("harmony")) for measure in measures_of(root)] == [2, 2]
    assert root.find("part[2]//harmony") is None
    text = musicxml_bytes(chorale, Metadata()).decode()
    score: Any = converter.parseData(text, format="musicxml")
    read = score.parts[0].flatten()
    found = [(4 * each.offset, each.root().name) for each in read.getElementsByClass("ChordSymbol")]
    assert found == [(0, "G"), (6, "G"), (16, "G"), (31, "G")]
