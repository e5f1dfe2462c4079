"""Chord symbols in chord mode, and as printed."""

import pytest

from chorale.music import Metre, Plan
from chorale.music.annotations import ChordSymbol
from chorale.rendering.score.lilypond.chords import write_chords
from chorale.rendering.score.note_values import list_bars

BARS = list_bars(Plan(64, Metre(4, 4)))


def write(*symbols: ChordSymbol) -> list[str]:
    return [str(line) for line in write_chords(symbols, BARS)]


def test_symbols_fill_the_measures_from_their_steps() -> None:
    lines = write(
        ChordSymbol(4, ("B", -1), "minor-seventh", None, ("D", -1)), ChordSymbol(12, None)
    )
    assert lines == ["s4 bes2:m7/des r4 | % 1", "s1*2 | % 2-3", "s1 % 4"]


def test_without_symbols_there_are_no_lines() -> None:
    assert write() == []


@pytest.mark.parametrize(
    ("symbol", "source"),
    [
        (ChordSymbol(0, ("F", 1), "major", ""), "fis1"),
        (ChordSymbol(0, ("C", 0), "half-diminished"), "c1:m7.5-"),
        (ChordSymbol(0, ("C", 0), "suspended-fourth", "sus4"), "c1:sus4"),
        (
            ChordSymbol(0, ("E", 0), "minor", "mi"),
            '\\once \\override ChordName.text = "Emi" e1:m',
        ),
        (
            ChordSymbol(0, ("D", 0), "dominant", None, None, (("alter", 5, -1), ("add", 9, 1))),
            '\\once \\override ChordName.text = "D7(\u266d5)(add\u266f9)" d1:7.5-.9+',
        ),
        (
            ChordSymbol(0, ("C", 0), "major", None, ("G", 0), (("subtract", 3, 0),)),
            '\\once \\override ChordName.text = "C(no3)/G" c1:5^3/g',
        ),
        (
            ChordSymbol(0, ("A", -1), "Tristan"),
            '\\once \\override ChordName.text = "A\u266dTristan" aes1',
        ),
        (
            ChordSymbol(0, ("C", 0), "major", '"\\x'),
            '\\once \\override ChordName.text = "C\\"\\\\x" c1',
        ),
        (
            ChordSymbol(0, ("C", 0), "major", None, None, (("add", 20, 0),)),
            '\\once \\override ChordName.text = "C(add20)" c1',
        ),
    ],
)
def test_kinds_are_modifiers_and_other_texts_stand_before(symbol: ChordSymbol, source: str) -> None:
    assert write(symbol)[0] == f"{source} | % 1"
