"""The description of beats that the critic reads."""

from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from made_up import made_up_chorale
from strategies import chorales

from chorale.errors import DataError
from chorale.music import REST, Chorale, Key, Metre, Plan, from_pitches
from chorale.network.critic import (
    BEAT_WIDTH,
    NO_TONIC,
    STEP_WIDTH,
    describe_beats,
    find_home,
    find_position,
)
from chorale.network.tokens import Vocabulary

VOCABULARY = Vocabulary()


def chord(pitches: tuple[int, int, int, int], plan: Plan) -> Chorale:
    return from_pitches(np.array([pitches] * plan.length_steps, np.int16), plan)


@given(chorales(), st.integers(-6, 6))
def test_transposed_chorales_have_the_same_description(chorale: Chorale, semitones: int) -> None:
    assume(chorale.plan.key)
    sounding = chorale.pitches[chorale.pitches != REST]
    lowest, highest = VOCABULARY.lowest_pitch, VOCABULARY.highest_pitch
    for moved in (chorale, chorale.transposed(semitones)):
        sounding = moved.pitches[moved.pitches != REST]
        assume(not sounding.size or (sounding.min() >= lowest and sounding.max() <= highest))
    np.testing.assert_array_equal(
        describe_beats(chorale, VOCABULARY),
        describe_beats(chorale.transposed(semitones), VOCABULARY),
    )


@given(chorales())
def test_a_beat_is_described_by_numbers_of_about_one(chorale: Chorale) -> None:
    try:
        beats = describe_beats(chorale, VOCABULARY)
    except DataError:
        return
    whole = (len(chorale.pitches) - chorale.plan.pickup_steps % 4) // 4
    assert beats.shape == (max(0, whole), BEAT_WIDTH)
    assert np.abs(beats).max(initial=0) <= 2


def test_degrees_are_counted_from_the_tonic() -> None:
    [beat] = describe_beats(chord((74, 66, 62, 50), Plan(4, key=Key(2, "major"))), VOCABULARY)
    degrees = beat[:STEP_WIDTH][:48].reshape(4, 12)
    assert degrees.argmax(1).tolist() == [0, 4, 0, 0]
    assert degrees.sum() == 4


def test_without_a_key_there_are_no_degrees() -> None:
    [beat] = describe_beats(chord((74, 66, 62, 50), Plan(4)), VOCABULARY)
    assert not beat[:48].any()
    assert find_home(Plan(4)) == (NO_TONIC, 0)
    assert find_home(Plan(4, key=Key(2, "dorian"))) == (2, 1)


def test_beats_begin_after_an_incomplete_one() -> None:
    chorale = made_up_chorale(27, 1)
    shifted = replace(chorale, plan=replace(chorale.plan, pickup_steps=2))
    assert len(describe_beats(shifted, VOCABULARY)) == 6
    assert [find_position(shifted.plan, step) for step in (0, 1, 2, 18)] == [14, 15, 0, 0]


def test_positions_follow_the_metre() -> None:
    plan = Plan(24, Metre(3, 4), 4)
    assert [find_position(plan, step) for step in (0, 4, 15, 16)] == [8, 0, 11, 0]


def test_a_beat_depends_on_nothing_that_comes_later() -> None:
    chorale, other = made_up_chorale(40, 1), made_up_chorale(40, 3)
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[24:], onsets[24:] = other.pitches[24:], True
    changed = Chorale(pitches, onsets, chorale.plan)
    before, after = describe_beats(chorale, VOCABULARY), describe_beats(changed, VOCABULARY)
    np.testing.assert_array_equal(before[:6], after[:6])
    assert (before[6:] != after[6:]).any()
