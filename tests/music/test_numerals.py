"""Roman numerals: their text, and the notes they stand for."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from strategies import keys, numerals

from chorale.music import Key
from chorale.music.chords import Chord
from chorale.music.numerals import Numeral, parse_numeral
from chorale.music.spelling import LETTERS_BY_FIFTHS

C_MAJOR, A_MINOR = Key(0, "major"), Key(9, "minor")


@given(numerals())
def test_parsing_the_text_of_a_numeral_returns_it(numeral: Numeral) -> None:
    assert parse_numeral(str(numeral)) == numeral


CANONICAL = (
    "I V6 vi64 viio viio6 III+ III+6 V7 V65 V43 V42 ii65 iiø65 viio7 viiø42 IM7 IVM43 iM7 III+65 "
    "bVII #iv N N6 N6/V It6 Fr43 Ger65 It6/V V/V V7/IV viio6/ii viio43/vi V65/bVII bVI #iiio"
)


@pytest.mark.parametrize("text", CANONICAL.split())
def test_writing_a_parsed_numeral_returns_its_text(text: str) -> None:
    assert str(parse_numeral(text)) == text


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ("V6/5", "V65"),
        ("V2", "V42"),
        ("V4/2", "V42"),
        ("V6/4/3", "V43"),
        ("I5/3", "I"),
        ("vii°7", "viio7"),
        ("ii/o6/5", "iiø65"),
        ("ii%7", "iiø7"),
        ("IVmaj7", "IVM7"),
        ("V6/5/V", "V65/V"),
        ("V6/4/ii", "V64/ii"),
        ("♭VII", "bVII"),
        ("♯iv°", "#ivo"),
        ("bII6", "N6"),
        ("Ger", "Ger65"),
        ("Fr6", "Fr43"),
        (" I ", "I"),
    ],
)
def test_other_ways_of_writing_a_numeral_are_read(other: str, text: str) -> None:
    assert str(parse_numeral(other)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "H", "iV", "VIII", "V8", "V75", "V/", "V/5", "V/V7", "ii+", "Ger43", "N+", "V/V/V"),
        "V/" * 5000 + "V",
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|is no kind"):
        parse_numeral(text)


@pytest.mark.parametrize(
    ("text", "mode", "kind"),
    [
        ("IV7", None, "dominant seventh"),
        ("IV7", "major", "major seventh"),
        ("IV7", "minor", "dominant seventh"),
        ("I65", "major", "major seventh"),
        ("VI7", "minor", "major seventh"),
        ("V7", "major", "dominant seventh"),
        ("I7/IV", "major", "dominant seventh"),
        ("IV", "major", "major"),
    ],
)
def test_a_seventh_chord_without_a_sign_is_that_of_the_mode(text: str, mode, kind: str) -> None:
    assert parse_numeral(text, mode).kind == kind


@pytest.mark.parametrize(
    ("text", "key", "names"),
    [
        ("I", C_MAJOR, "C E G"),
        ("V7", C_MAJOR, "G B D F"),
        ("viiø7", C_MAJOR, "B D F A"),
        ("V", A_MINOR, "E G# B"),
        ("v", A_MINOR, "E G B"),
        ("viio7", A_MINOR, "G# B D F"),
        ("VII", A_MINOR, "G B D"),
        ("VI", A_MINOR, "F A C"),
        ("vio", A_MINOR, "F# A C"),
        ("bvi", A_MINOR, "F Ab C"),
        ("III+", A_MINOR, "C E G#"),
        ("N6", A_MINOR, "Bb D F"),
        ("N", C_MAJOR, "Db F Ab"),
        ("It6", C_MAJOR, "F# Ab C"),
        ("Fr43", A_MINOR, "B D# F A"),
        ("Ger65", C_MAJOR, "F# Ab C Eb"),
        ("V7/V", C_MAJOR, "D F# A C"),
        ("viio6/ii", C_MAJOR, "C# E G"),
        ("V/vi", C_MAJOR, "E G# B"),
        ("V65/III", A_MINOR, "G B D F"),
        ("V", Key(1, "minor"), "G# B# D#"),
        ("viio7", Key(3, "minor"), "C## E# G# B"),
    ],
)
def test_a_numeral_has_spelled_notes_in_a_key(text: str, key: Key, names: str) -> None:
    tones = parse_numeral(text).pitch_classes(key)
    found = [f"{letter}{'#' * alter}{'b' * -alter}" for letter, alter in tones.names]
    assert found == names.split()


@pytest.mark.parametrize(
    ("text", "bass"),
    [
        ("I", "C"),
        ("I6", "E"),
        ("I64", "G"),
        ("V42", "F"),
        ("It6", "Ab"),
        ("Fr43", "Ab"),
        ("Ger", "Ab"),
    ],
)
def test_figures_name_the_bass(text: str, bass: str) -> None:
    tones = parse_numeral(text).pitch_classes(C_MAJOR)
    letter, alter = tones.names[tones.inversion]
    assert (letter + "b" * -alter, tones.bass) == (bass, tones.classes[tones.inversion])


@given(numerals(), keys())
def test_a_numeral_and_its_chord_have_the_same_notes(numeral: Numeral, key: Key) -> None:
    tones, chord = numeral.pitch_classes(key), numeral.chord(key)
    assert chord.members == tones.classes
    assert chord == Chord(tones.root, numeral.kind, tones.bass)


@given(numerals(), keys())
def test_the_letters_of_a_chord_are_thirds_apart(numeral: Numeral, key: Key) -> None:
    names = numeral.pitch_classes(key).names
    places = [LETTERS_BY_FIFTHS.index(letter) * 4 for letter, _ in names]  # four steps a fifth
    assert all((after - before) % 7 == 2 for before, after in pairwise(places))


@pytest.mark.parametrize(
    "fields",
    [
        {"degree": 0},
        {"degree": 8},
        {"kind": "added sixth"},
        {"inversion": 3},
        {"inversion": -1},
        {"alteration": 2},
        {"kind": "German sixth"},
        {"target": Numeral(5, "dominant seventh")},
        {"target": Numeral(5, inversion=1)},
        {"target": Numeral(2, "diminished")},
    ],
)
def test_what_is_no_numeral_is_refused(fields) -> None:
    with pytest.raises(ValueError, match=r"is not|is no kind|has "):
        replace(Numeral(1), **fields)
