"""Required chords: from chord symbols and numerals to pitch classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import keys, numerals

from chorale.music import Key
from chorale.music.annotations import ChordSymbol
from chorale.music.numerals import Numeral, parse_numeral
from chorale.music.required_chords import (
    DEGREES_BY_KIND,
    require_numeral,
    require_symbol,
    symbol_of_numeral,
    write_symbol,
)

C, D, E, F, G, A, B = 0, 2, 4, 5, 7, 9, 11
FIFTH_ADDED = ("add", 9, 0)


@pytest.mark.parametrize(
    ("symbol", "tones", "bass", "needed"),
    [
        (ChordSymbol(0, ("C", 0)), {C, E, G}, C, (E, C)),
        (ChordSymbol(0, ("A", 0), "minor"), {A, C, E}, A, (C, A)),
        (ChordSymbol(0, ("G", 0), "dominant"), {G, B, D, F}, G, (B, F, G)),
        (ChordSymbol(0, ("C", 0), bass=("E", 0)), {C, E, G}, E, (E, C)),
        (ChordSymbol(0, ("C", 0), bass=("D", 0)), {C, D, E, G}, D, (E, C)),
        (ChordSymbol(0, ("B", 0), "diminished"), {B, D, F}, B, (D, B, F)),
        (ChordSymbol(0, ("B", -1), "major"), {10, D, F}, 10, (D, 10)),
        (ChordSymbol(0, ("G", 0), "suspended-fourth"), {G, C, D}, G, (C, G)),
        (ChordSymbol(0, ("G", 0), "suspended-fourth", degrees=(("add", 7, 0),)), {G, C, D, F}, G,
         (C, F, G)),
        (ChordSymbol(0, ("C", 0), degrees=(FIFTH_ADDED,)), {C, D, E, G}, C, (E, C, D)),
        (ChordSymbol(0, ("G", 0), "dominant", degrees=(("alter", 5, -1),)), {G, B, 1, F}, G,
         (B, F, G, 1)),
        (ChordSymbol(0, ("C", 0), degrees=(("subtract", 3, 0),)), {C, G}, C, (C,)),
        (ChordSymbol(0, ("F", 1), "half-diminished"), {6, A, C, E}, 6, (A, E, 6, C)),
        (ChordSymbol(0, ("D", 0), "dominant-ninth"), {D, 6, A, C, E}, D, (6, C, D, E)),
    ],
)  # fmt: skip
def test_a_chord_symbol_requires_its_notes_its_bass_and_its_third(
    symbol: ChordSymbol, tones: set[int], bass: int, needed: tuple[int, ...]
) -> None:
    chord = require_symbol(symbol)
    assert chord
    assert (set(chord.tones), chord.bass, chord.needed) == (tones, bass, needed)


def test_no_chord_and_unknown_kinds_require_nothing() -> None:
    assert require_symbol(ChordSymbol(0, None, "none")) is None
    assert require_symbol(ChordSymbol(0, ("C", 0), "Tristan")) is None


def test_sevenths_fall_and_are_not_doubled_nor_is_the_third_of_a_dominant_seventh() -> None:
    chord = require_symbol(ChordSymbol(0, ("G", 0), "dominant"))
    assert chord
    assert (set(chord.falling), set(chord.single)) == ({F}, {F, B})
    triad = require_symbol(ChordSymbol(0, ("G", 0)))
    assert triad
    assert not triad.falling | triad.single


@pytest.mark.parametrize(
    ("text", "key", "tones", "bass", "symbol"),
    [
        ("V65", "C", {G, B, D, F}, B, "G7/B"),
        ("viio6", "C", {B, D, F}, D, "B diminished/D"),
        ("V7/V", "C", {D, 6, A, C}, D, "D7"),
        ("N6", "a", {10, D, F}, D, "Bb/D"),
        ("iv6", "e", {A, C, E}, C, "Am/C"),
        ("Ger65", "C", {8, C, 3, 6}, 8, "Ab7"),
        ("It6", "C", {8, C, 6}, 8, "Ab7"),
        ("VI", "D dorian", {B, 3, 6}, B, "B"),
        ("VII", "G mixolydian", {F, A, C}, F, "F"),
        ("II", "E phrygian", {F, A, C}, F, "F"),
    ],
)
def test_a_numeral_requires_its_chord_in_a_key(
    text: str, key: str, tones: set[int], bass: int, symbol: str
) -> None:
    numeral, home = parse_numeral(text), Key.parse(key)
    chord = require_numeral(numeral, home)
    assert (chord.name, set(chord.tones), chord.bass) == (text, tones, bass)
    assert write_symbol(symbol_of_numeral(numeral, home, 4)) == symbol


@given(numerals(), keys())
def test_a_numeral_and_its_chord_symbol_require_the_same_notes(numeral: Numeral, key: Key) -> None:
    chord = require_numeral(numeral, key)
    tones = numeral.pitch_classes(key)
    assert chord.tones == set(tones.classes)
    assert chord.bass == tones.bass
    assert set(chord.needed) <= chord.tones


@given(st.sampled_from(list(DEGREES_BY_KIND)), st.integers(-12, 12))
def test_a_chord_transposed_up_and_down_is_the_same(kind: str, semitones: int) -> None:
    chord = require_symbol(ChordSymbol(0, ("E", -1), kind))
    assert chord
    moved = chord.transposed(semitones)
    assert moved.transposed(-semitones) == chord
    assert moved.root == (3 + semitones) % 12
