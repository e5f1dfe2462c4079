"""Spelling of pitches, against scales and progressions from any textbook."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import keys

from chorale.music import Key
from chorale.music.spelling import spell, spell_line

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
C_MAJOR, A_MINOR = Key.parse("C major"), Key.parse("A minor")


@given(st.lists(st.integers(0, 127), min_size=1, max_size=8), st.none() | keys())
def test_a_spelling_has_the_pitch_that_it_spells(pitches: list[int], key: Key | None) -> None:
    for pitch, written in zip(pitches, spell_line(pitches, key), strict=True):
        assert 12 * (written.octave + 1) + SEMITONES[written.letter] + written.alter == pitch
        assert abs(written.alter) <= 2


@given(st.lists(st.integers(24, 96), min_size=1, max_size=8), keys(), st.integers(-24, 24))
def test_transposing_a_melody_by_octaves_keeps_its_letters(
    pitches: list[int], key: Key, semitones: int
) -> None:
    octaves = 12 * (semitones // 12)
    moved = spell_line([pitch + octaves for pitch in pitches], key)
    for before, after in zip(spell_line(pitches, key), moved, strict=True):
        assert (before.letter, before.alter) == (after.letter, after.alter)
        assert after.octave - before.octave == octaves // 12


@pytest.mark.parametrize(
    ("key", "scale"),
    [
        ("C major", "C D E F G A B"),
        ("Eb major", "Eb F G Ab Bb C D"),
        ("B major", "B C# D# E F# G# A#"),
        ("Db major", "Db Eb F Gb Ab Bb C"),
        ("F# minor", "F# G# A B C# D E#"),
        ("G minor", "G A Bb C D Eb F#"),
        ("G# minor", "G# A# B C# D# E F##"),
    ],
)
def test_scales_are_spelled_as_in_textbooks(key: str, scale: str) -> None:
    tonic = 60 + Key.parse(key).tonic
    steps = (0, 2, 4, 5, 7, 9, 11) if "major" in key else (0, 2, 3, 5, 7, 8, 11)
    written = [spell(tonic + step, Key.parse(key)).name for step in steps]
    assert [name.rstrip("0123456789") for name in written] == scale.split()


def names(pitches: list[int], key: Key) -> list[str]:
    return [written.name for written in spell_line(pitches, key)]


def test_a_note_rising_by_a_semitone_is_sharp_and_a_falling_one_flat() -> None:
    assert names([62, 63, 64], C_MAJOR) == ["D4", "D#4", "E4"]
    assert names([65, 63, 62], C_MAJOR) == ["F4", "Eb4", "D4"]
    assert names([62, 63, 63, 64], C_MAJOR)[1:3] == ["D#4", "D#4"]
    assert names([64, 63, 64], A_MINOR) == ["E4", "D#4", "E4"]


def test_a_single_note_is_spelled_by_its_key() -> None:
    assert spell(70, C_MAJOR).name == "Bb4"
    assert spell(68, A_MINOR).name == "G#4"
    assert spell(66, None).name == "F#4"


def test_the_octave_is_that_of_the_letter() -> None:
    assert spell(60, Key.parse("C# minor")).name == "B#3"
    assert spell(59, Key.parse("Gb major")).name == "B3"  # which we name F sharp major
    assert spell(59, Key.parse("Ab minor")).name == "B3"  # G sharp minor
    assert spell(59, Key.parse("Db minor")).name == "B3"
    assert spell(0, C_MAJOR).name == "C-1"
