"""What is dominant in a key, and what resolves it."""

import numpy as np
import pytest
from progressions import C_MAJOR, DOMINANT, FOURTH, SIXTH, TONIC, sung

from chorale.analysis.harmony import Chord
from chorale.checking.context import CheckContext
from chorale.checking.dominants import find_dominants, find_tonics
from chorale.music import Chorale, Key

A_MINOR = Key(9, "minor")
C, D, E, F, G, A, B = 0, 2, 4, 5, 7, 9, 11


@pytest.mark.parametrize(
    ("chord", "key", "tonics"),
    [
        (Chord(G, "major", G), C_MAJOR, [C]),
        (Chord(C, "major", C), C_MAJOR, []),  # I before IV
        (Chord(C, "dominant seventh", C), C_MAJOR, [F]),
        (Chord(D, "major", D), C_MAJOR, [G]),  # its F sharp is outside the scale
        (Chord(D, "major", D), Key(G, "major"), [G]),
        (Chord(G, "major", G), Key(G, "major"), []),
        (Chord(D, "major", D), A_MINOR, []),  # IV with the raised sixth
        (Chord(E, "major", E), A_MINOR, [A]),
        (Chord(G, "major", G), A_MINOR, []),  # VII
        (Chord(A, "major", A), A_MINOR, [D]),
        (Chord(B, "diminished", D), C_MAJOR, [C]),
        (Chord(B, "diminished", D), A_MINOR, []),  # ii°6
        (Chord(B, "half-diminished seventh", B), C_MAJOR, [C]),
        (Chord(B, "half-diminished seventh", D), A_MINOR, []),
        (Chord(6, "diminished", 6), C_MAJOR, [G]),
        (Chord(B, "diminished seventh", B), Key(C, "minor"), [C, 3, 6, A]),
        (Chord(A, "minor", A), C_MAJOR, []),
    ],
)
def test_a_chord_is_dominant_by_its_kind_and_the_key(
    chord: Chord, key: Key, tonics: list[int]
) -> None:
    assert find_tonics(chord, key) == tonics


def resolved(chorale: Chorale, key: Key = C_MAJOR) -> list[tuple[int, int, int]]:
    """Return step, arrival and tonic of the dominants that resolve."""
    found = find_dominants(CheckContext(chorale, key))
    return [(one.step, one.arrival, one.tonic) for one in found]


@pytest.mark.parametrize(
    "resolution",
    [
        TONIC,
        SIXTH,  # a deceptive cadence
        (72, 67, 60, 52),  # I6
        (72, 67, 60, 48),  # without a third
    ],
)
def test_a_dominant_resolves_to_tonic_chords_and_to_the_sixth_degree(
    resolution: tuple[int, int, int, int],
) -> None:
    assert resolved(sung(FOURTH, DOMINANT, resolution)) == [(6, 8, C)]


@pytest.mark.parametrize("after", [FOURTH, (72, 67, 64, 43)])  # IV, and a six-four chord
def test_a_dominant_is_not_resolved_by_other_chords(after: tuple[int, int, int, int]) -> None:
    assert resolved(sung(FOURTH, DOMINANT, after)) == []


def test_the_resolution_shows_the_root_of_a_diminished_seventh() -> None:
    seventh = (68, 65, 62, 47)
    assert resolved(sung(seventh, (67, 63, 60, 48)), Key(C, "minor")) == [(2, 4, C)]
    assert resolved(sung(seventh, (69, 64, 61, 45)), Key(A, "major")) == [(2, 4, A)]


def test_a_dominant_ninth_is_a_dominant() -> None:
    assert resolved(sung((71, 69, 65, 43), TONIC)) == [(2, 4, C)]


def test_a_key_is_found_for_each_step() -> None:
    chorale = sung(TONIC, FOURTH, DOMINANT, TONIC)
    keys = CheckContext(chorale, C_MAJOR).keys
    assert keys == [C_MAJOR] * len(chorale.pitches)
    silent = sung((-1, -1, -1, -1))
    assert CheckContext(silent, A_MINOR).keys == [A_MINOR] * 4


def test_a_line_alone_is_in_its_home_key() -> None:
    line = sung(*((pitch, -1, -1, -1) for pitch in (67, 71, 74, 66)))
    assert set(CheckContext(line, C_MAJOR).keys) == {C_MAJOR}
    assert np.unique(line.pitches[:, 1:]).tolist() == [-1]
