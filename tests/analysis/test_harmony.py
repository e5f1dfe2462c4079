"""Chords, identified by their pitch classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.analysis.harmony import BARE, KINDS, Chord, identify_chord, identify_ninth
from chorale.music import REST


@pytest.mark.parametrize(
    ("pitches", "chord"),
    [
        ((72, 67, 64, 48), Chord(0, "major", 0)),
        ((72, 67, 60, 52), Chord(0, "major", 4)),  # first inversion
        ((65, 62, 59, 55), Chord(7, "dominant seventh", 7)),
        ((67, 65, 59, 50), Chord(7, "dominant seventh", 2)),
        ((65, 59, 55), Chord(7, "dominant seventh", 7)),  # without its fifth
        ((68, 65, 62, 59), Chord(11, "diminished seventh", 11)),
        ((72, 68, 64, 48), Chord(0, "augmented", 0)),
        ((72, 68, 64, 52), Chord(4, "augmented", 4)),  # any of its notes may be the root
        ((60, 52), Chord(0, "major", 4)),  # without its fifth
        ((60, 57), Chord(9, "minor", 9)),
        ((67, 60), Chord(0, BARE, 0)),
        ((60, 48), Chord(0, BARE, 0)),
        ((72, 65, 60, 50), None),
        ((REST, REST, REST, REST), None),
    ],
)
def test_a_chord_has_a_root_a_kind_and_a_bass(
    pitches: tuple[int, ...], chord: Chord | None
) -> None:
    assert identify_chord(pitches) == chord


@given(st.sampled_from(sorted(KINDS)), st.integers(0, 11), st.permutations(range(4)))
def test_every_kind_is_identified_at_every_root_and_position(
    kind: str, root: int, places: list[int]
) -> None:
    degrees = KINDS[kind]
    pitches = [
        48 + root + degrees[place % len(degrees)] + 12 * up for up, place in enumerate(places)
    ]
    chord = identify_chord(pitches)
    assert chord
    assert chord.kind == kind
    assert chord.bass == pitches[0] % 12
    symmetric = kind in ("augmented", "diminished seventh")
    assert chord.root == (chord.bass if symmetric else root)
    if not symmetric and len(degrees) > 3:
        assert chord.seventh == (root + degrees[3]) % 12
    assert chord.is_inverted == (chord.bass != chord.root)


def test_a_triad_has_a_third_a_bare_fifth_neither_third_nor_seventh() -> None:
    minor, bare = Chord(9, "minor", 9), Chord(9, BARE, 9)
    assert (minor.third, minor.seventh) == (0, None)
    assert (bare.third, bare.seventh) == (None, None)


@pytest.mark.parametrize(
    ("pitches", "chord"),
    [
        ((71, 69, 65, 43), Chord(7, "dominant seventh", 7)),
        ((71, 68, 65, 43), Chord(7, "dominant seventh", 7)),  # with a minor ninth
        ((71, 69, 65, 62, 43), Chord(7, "dominant seventh", 7)),  # complete
        ((67, 69, 65, 47), None),  # inverted
        ((71, 67, 65, 43), None),  # without its ninth
        ((REST, REST, REST, REST), None),
    ],
)
def test_a_dominant_ninth_is_identified_over_its_root(
    pitches: tuple[int, ...], chord: Chord | None
) -> None:
    assert identify_ninth(pitches) == chord
