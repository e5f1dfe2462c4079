"""Names of notes in findings: as the file has them, and as they sound in the key."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from chorale.checking import examine
from chorale.checking.spellings import spell_notes
from chorale.music import REST, Annotations, Chorale, Key, Plan, from_pitches
from chorale.music.annotations import SpelledNote
from chorale.music.spelling import Spelling

C_MAJOR, A_MINOR = Key(0, "major"), Key(9, "minor")
A_FLAT, G_SHARP = Spelling("A", -1, 4), Spelling("G", 1, 4)
A_SHARP, B_FLAT = Spelling("A", 1, 4), Spelling("B", -1, 4)


def soprano(pitches: list[int], key: Key, names: Mapping[int, Spelling]) -> Chorale:
    """Return a soprano over a held bass A, a quarter a note, some spelled in the file."""
    rows = np.repeat(np.array([(one, REST, REST, 45) for one in pitches], np.int16), 4, axis=0)
    chorale = from_pitches(rows, Plan(len(rows), key=key))
    spelled = tuple(SpelledNote(0, 4 * note, name) for note, name in names.items())
    return replace(chorale, annotations=Annotations(spellings=spelled))


def texts(chorale: Chorale, rule: str) -> list[str]:
    """Return the findings against a rule in words."""
    return [one.text for one in examine(chorale).findings if one.rule == rule]


def test_the_spelling_of_the_file_is_kept() -> None:
    rising = soprano([60, 70, 71, 72], C_MAJOR, {1: A_SHARP})
    assert texts(rising, "augmented leap") == ["soprano C4-A#4"]
    assert texts(rising, "leap of a seventh") == []
    unspelled = soprano([60, 70, 71, 72], C_MAJOR, {})
    assert texts(unspelled, "leap of a seventh") == ["soprano C4-Bb4"]


def test_an_augmented_second_written_as_a_minor_third_is_reported_and_misspelled() -> None:
    written = soprano([64, 65, 68, 69], A_MINOR, {2: A_FLAT})
    assert texts(written, "augmented leap") == [
        "soprano F4-Ab4, Ab4 is misspelled for G#4 in A minor"
    ]
    right = soprano([64, 65, 68, 69], A_MINOR, {2: G_SHARP})
    assert texts(right, "augmented leap") == ["soprano F4-G#4"]


def test_a_minor_third_that_falls_again_is_no_augmented_second() -> None:
    falling = soprano([64, 65, 68, 67], A_MINOR, {2: A_FLAT})
    assert texts(falling, "augmented leap") == []


def test_a_spelling_of_another_pitch_is_ignored() -> None:
    (note,) = spell_notes([60], [A_FLAT], C_MAJOR, [C_MAJOR])
    assert note.written.name == note.sounding.name == "C4"


@pytest.mark.parametrize(
    ("name", "after", "sounding"),
    [
        (A_SHARP, 71, A_SHARP),  # rises as a raised note does
        (A_SHARP, 69, B_FLAT),
        (B_FLAT, 69, B_FLAT),
        (B_FLAT, 71, B_FLAT),  # the name in the key needs no reason
    ],
)
def test_a_note_is_misspelled_if_it_moves_against_its_accidental(
    name: Spelling, after: int, sounding: Spelling
) -> None:
    note, _ = spell_notes([70, after], [name, None], C_MAJOR, [C_MAJOR] * 2)
    assert (note.written, note.sounding) == (name, sounding)


def test_the_name_in_the_key_of_the_phrase_is_right_too() -> None:
    (note,) = spell_notes([70], [A_SHARP], C_MAJOR, [Key(11, "minor")])
    assert note.sounding == A_SHARP
