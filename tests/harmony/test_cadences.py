"""Cadences, by named chords."""

import pytest

from chorale.harmony.cadences import find_cadence
from chorale.harmony.naming import NamedChord
from chorale.music import Key
from chorale.music.numerals import parse_numeral

C_MAJOR, A_MINOR = Key(0, "major"), Key(9, "minor")


@pytest.mark.parametrize(
    ("numerals", "key", "soprano", "cadence"),
    [
        ("ii65 V I", C_MAJOR, 72, "PAC"),
        ("V7 I", C_MAJOR, 72, "PAC"),
        ("V V7 I", C_MAJOR, 72, "PAC"),
        ("I64 V7 I", C_MAJOR, 76, "IAC"),  # the third in the soprano
        ("V65 I", C_MAJOR, 72, "IAC"),
        ("V I6", C_MAJOR, 72, "IAC"),
        ("viio6 I", C_MAJOR, 72, "IAC"),
        ("V7 I", A_MINOR, 69, "PAC"),  # Picardy third
        ("v i", A_MINOR, 69, None),
        ("I V", C_MAJOR, 71, "HC"),
        ("iv6 V", A_MINOR, 71, "HC"),
        ("I V/V", C_MAJOR, 69, "HC"),
        ("I V6", C_MAJOR, 71, None),
        ("V vi", C_MAJOR, 72, "DC"),
        ("V7 VI", A_MINOR, 72, "DC"),
        ("IV vi", C_MAJOR, 72, None),
        ("IV I", C_MAJOR, 72, "PC"),
        ("ii6 I", C_MAJOR, 72, "PC"),
        ("vi I", C_MAJOR, 72, None),
        ("I", C_MAJOR, 72, None),
        ("IV", C_MAJOR, 72, None),
    ],
)
def test_the_last_chords_make_the_cadence(numerals, key, soprano, cadence) -> None:
    chords = [
        NamedChord(4 * place, 4 * place + 4, key, parse_numeral(text, key.mode))
        for place, text in enumerate(numerals.split())
    ]
    assert find_cadence(chords, soprano) == cadence


def test_a_dominant_may_be_named_in_the_key_before() -> None:
    before = NamedChord(0, 4, Key(7, "major"), parse_numeral("V7/IV"))  # G7, in G major
    tonic = NamedChord(4, 8, C_MAJOR, parse_numeral("I"))
    assert find_cadence([before, tonic], 72) == "PAC"


def test_no_chords_make_no_cadence() -> None:
    assert find_cadence([], None) is None
