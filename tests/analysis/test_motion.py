"""Motion: the share of beats with notes off the beat, by voice and phrase, as a level."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from strategies import chorales

from chorale.analysis import measure_motion
from chorale.music import (
    ALTO,
    BASS,
    MOTION_LEVELS,
    SOPRANO,
    TENOR,
    Chorale,
    Metre,
    Plan,
    from_pitches,
)

HELD = np.tile(np.array([72, 67, 60, 48], np.int16), (64, 1))


def moving(beats: dict[int, list[int]], plan: Plan, place: int = 2) -> Chorale:
    """Return held chords in which voices change their pitch off these beats, counted from 0."""
    pitches = HELD[: plan.length_steps].copy()
    for voice, numbers in beats.items():
        for beat in numbers:
            pitches[plan.pickup_steps % 4 + 4 * beat + place :, voice] += 1
    return from_pitches(pitches, plan)


def levels(chorale: Chorale) -> list[list[int]]:
    """Return the measured levels at the first step of each phrase."""
    motion = measure_motion(chorale)
    assert motion is not None
    return [motion[start].tolist() for start, _ in chorale.plan.phrase_spans]


def fermatas(*ends: int, length: int = 64) -> np.ndarray:
    """Return fermatas of a quarter that end at these steps."""
    steps = np.arange(length)[:, None]
    return np.any((steps < ends) & (steps >= np.array(ends) - 4), axis=1)


def test_each_level_is_a_number_of_moving_beats_in_a_phrase_of_eight() -> None:
    plan = Plan(32, Metre(4, 4), fermatas=fermatas(32, length=32))
    beats = {SOPRANO: [], ALTO: [1], TENOR: [1, 5], BASS: [0, 2, 4]}
    assert levels(moving(beats, plan)) == [[0, 1, 2, 3]]
    assert levels(moving({ALTO: [0, 1, 2, 3], BASS: [*range(8)]}, plan)) == [[0, 4, 0, 4]]


def test_each_phrase_has_its_own_levels_and_the_steps_after_the_last_fermata_too() -> None:
    plan = Plan(64, Metre(4, 4), fermatas=fermatas(32, 48))
    assert levels(moving({BASS: [2, 13, 14]}, plan)) == [[0, 0, 0, 1], [0] * 4, [0, 0, 0, 4]]


def test_notes_on_the_beat_count_for_nothing_and_a_pickup_moves_the_beats() -> None:
    whole = Plan(32, Metre(4, 4), fermatas=fermatas(32, length=32))
    eighth = replace(whole, pickup_steps=2)
    on_beats = moving({ALTO: [1, 2, 3]}, whole, place=0)
    assert levels(on_beats) == [[0] * 4]
    # the first notes are then off the beat too: one of nine beats, and four in the alto
    assert levels(replace(on_beats, plan=eighth)) == [[1, 4, 1, 1]]


@pytest.mark.parametrize("place", [1, 2, 3])
def test_all_three_places_off_the_beat_count_and_several_notes_make_one_beat(place: int) -> None:
    plan = Plan(32, fermatas=fermatas(32, length=32))
    chorale = moving({TENOR: [3]}, plan, place)
    assert levels(chorale) == [[0, 0, 1, 0]]
    onsets = chorale.onsets.copy()
    onsets[12:16, TENOR] = True
    assert levels(replace(chorale, onsets=onsets)) == [[0, 0, 1, 0]]


def test_a_repeated_note_off_the_beat_counts() -> None:
    plan = Plan(16, Metre(4, 4), fermatas=np.zeros(16, np.bool_))
    still = from_pitches(HELD[:16], plan)
    onsets = still.onsets.copy()
    onsets[6, SOPRANO] = True
    assert levels(still) == [[0] * 4]
    assert levels(replace(still, onsets=onsets)) == [[2, 0, 0, 0]]


@given(chorales())
def test_motion_fits_the_plan_and_is_unknown_with_the_fermatas(chorale: Chorale) -> None:
    motion = measure_motion(chorale)
    if chorale.plan.fermatas is None:
        assert motion is None
        return
    assert motion is not None
    assert motion.dtype == np.int8
    replace(chorale.plan, motion=motion)  # checks shape, range and phrases
    assert motion.max() < MOTION_LEVELS


@given(chorales())
def test_motion_depends_on_nothing_but_onsets_and_plan(chorale: Chorale) -> None:
    moved = measure_motion(chorale.transposed(2))
    if (motion := measure_motion(chorale)) is not None:
        np.testing.assert_array_equal(moved, motion)
