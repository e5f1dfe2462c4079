"""Given voices of an exercise beside its solution."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from strategies import chorales

from chorale.checking.comparing import Alteration, compare_given
from chorale.errors import OptionError
from chorale.music import BASS, REST, SOPRANO, TENOR, Chorale, Key, Metre, Plan, from_pitches

CHORDS = [(72, 67, 64, 48), (71, 67, 62, 55), (72, 67, 64, 48), (74, 69, 65, 50)]


def music(*chords: tuple[int, ...], pickup: int = 0) -> Chorale:
    """Quarters in C major."""
    pitches = np.repeat(np.array(chords, np.int16), 4, axis=0)
    return from_pitches(pitches, Plan(len(pitches), Metre(4, 4), pickup, Key(0, "major")))


def only(chorale: Chorale, voice: int, place: int | None = None) -> Chorale:
    """The exercise that gives a voice, at another place of the grid if one is named."""
    pitches = np.full_like(chorale.pitches, REST)
    onsets = np.zeros_like(chorale.onsets)
    place = voice if place is None else place
    pitches[:, place], onsets[:, place] = chorale.pitches[:, voice], chorale.onsets[:, voice]
    return replace(chorale, pitches=pitches, onsets=onsets)


@given(chorales())
def test_every_chorale_keeps_the_notes_of_its_own_voices(chorale: Chorale) -> None:
    comparison = compare_given(chorale, chorale, by_name=True)
    assert comparison.alterations == ()
    assert comparison.notes == int(chorale.onsets.sum())


def test_an_altered_note_is_found_with_place_and_names() -> None:
    solution = music(CHORDS[0], (71, 67, 62, 54), *CHORDS[2:])
    comparison = compare_given(solution, only(music(*CHORDS), BASS), by_name=True)
    assert (comparison.voices, comparison.notes) == ((BASS,), 4)
    assert comparison.alterations == (Alteration(BASS, 4, "G3", "F#3"),)


def test_notes_that_are_divided_left_out_or_moved_are_altered() -> None:
    exercise = only(music(CHORDS[0], CHORDS[0], CHORDS[1], CHORDS[3]), BASS)
    held = replace(exercise, onsets=exercise.onsets & (np.arange(16) != 4)[:, None])
    again = music(CHORDS[0], CHORDS[0], CHORDS[1], (74, 69, 65, REST))
    again = replace(again, onsets=again.onsets | (np.arange(16) == 4)[:, None])
    found = compare_given(again, held, by_name=True).alterations
    assert [(each.step, each.given, each.found) for each in found] == [
        (0, "C3 of 2 quarters", "C3 of 1 quarter and C3 of 1 quarter"),
        (12, "D3", "rest"),
    ]


def test_what_the_exercise_leaves_open_is_free() -> None:
    exercise = only(music(*CHORDS[:2]), BASS)
    assert not compare_given(music(*CHORDS), exercise, by_name=True).alterations


def test_an_unnamed_voice_is_compared_with_the_voice_that_it_agrees_with() -> None:
    solution = music(*CHORDS)
    for voice in (TENOR, BASS):
        unnamed = only(solution, voice, place=SOPRANO)
        comparison = compare_given(solution, unnamed, by_name=False)
        assert (comparison.voices, comparison.alterations) == ((voice,), ())
        assert compare_given(solution, unnamed, by_name=True).alterations


def test_music_with_a_pickup_is_compared_from_bar_1_on() -> None:
    solution = music((60, 60, 60, 60), *CHORDS, pickup=4)
    assert not compare_given(solution, only(music(*CHORDS), BASS), by_name=True).alterations
    back = compare_given(music(*CHORDS), only(solution, SOPRANO), by_name=True)
    assert [(each.step, each.given) for each in back.alterations] == [(0, "C4")]


def test_an_exercise_of_more_voices_than_the_music_is_refused() -> None:
    with pytest.raises(OptionError, match="gives 4 voices, and the music has 1"):
        compare_given(only(music(*CHORDS), BASS), music(*CHORDS), by_name=True)
