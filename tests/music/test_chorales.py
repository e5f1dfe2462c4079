"""Chorales: what they refuse, their equality, notes, transposition, excerpts and digests."""

from dataclasses import FrozenInstanceError, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales, plans_with_short_bars

from chorale.music import (
    REST,
    Chorale,
    Key,
    Metre,
    Note,
    Plan,
    changes,
    digest,
    excerpt,
    from_pitches,
    notes,
)

ONE_CHORD = np.array([[72, 67, 64, 48]], np.int16)


def line(*soprano: int) -> Chorale:
    """Return a chorale whose soprano sings these pitches, a step each, over silence."""
    pitches = np.full((len(soprano), 4), REST, np.int16)
    pitches[:, 0] = soprano
    return from_pitches(pitches, Plan(len(soprano)))


@pytest.mark.parametrize(
    ("pitches", "onsets"), [((2, 4), (1, 4)), ((1, 4), (2, 4)), ((1, 3), (1, 3)), ((4,), (4,))]
)
def test_arrays_whose_shape_does_not_match_the_plan_are_refused(
    pitches: tuple[int, ...], onsets: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match=r"pitches \(.*\) and onsets \(.*\) must be \(1, 4\)"):
        Chorale(np.full(pitches, 60, np.int16), np.ones(onsets, np.bool_), Plan(1))


@pytest.mark.parametrize("pitch", [-2, 128, 1000])
def test_a_pitch_outside_the_midi_range_is_refused(pitch: int) -> None:
    pitches = np.array([[pitch, 60, 60, 60]], np.int16)
    with pytest.raises(ValueError, match="pitches must be MIDI numbers from 0 to 127, or REST"):
        from_pitches(pitches, Plan(1))


@pytest.mark.parametrize("pitch", [0, 127])
def test_the_bounds_of_the_midi_range_are_accepted(pitch: int) -> None:
    assert notes(line(pitch), 0) == [Note(pitch, 0, 1)]


def test_a_rest_with_an_onset_is_refused() -> None:
    with pytest.raises(ValueError, match="a rest cannot have an onset"):
        Chorale(np.full((1, 4), REST, np.int16), np.ones((1, 4), np.bool_), Plan(1))


@pytest.mark.parametrize(
    "soprano", [[60], [60, 62], [REST, 60]], ids=["first step", "change", "after a rest"]
)
def test_a_note_without_an_onset_is_refused(soprano: list[int]) -> None:
    chorale = line(*soprano)
    onsets = chorale.onsets.copy()
    onsets[-1] = False
    with pytest.raises(ValueError, match="a note sounds without an onset"):
        Chorale(chorale.pitches, onsets, chorale.plan)


def test_a_chorale_is_frozen_and_has_read_only_copies_of_its_arrays() -> None:
    pitches, onsets = ONE_CHORD.copy(), np.ones((1, 4), np.bool_)
    chorale = Chorale(pitches, onsets, Plan(1))
    pitches[:], onsets[:] = REST, False
    assert chorale.pitches.tolist() == ONE_CHORD.tolist()
    assert chorale.onsets.all()
    for array in (chorale.pitches, chorale.onsets):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 0
    with pytest.raises(FrozenInstanceError):
        chorale.source = "another"  # type: ignore[misc]  # what the test is about


@given(chorales())
def test_chorales_with_equal_fields_are_equal(chorale: Chorale) -> None:
    same = Chorale(chorale.pitches.copy(), chorale.onsets.copy(), chorale.plan, chorale.source)
    assert same == chorale
    assert hash(same) == hash(chorale)


def test_chorales_that_differ_in_any_field_differ() -> None:
    chorale = line(60, 60)
    struck_again = Chorale(chorale.pitches, chorale.pitches != REST, chorale.plan)
    others = [
        line(60, 62),
        struck_again,
        replace(chorale, plan=Plan(2, Metre(4, 4))),
        replace(chorale, source="BWV 269"),
    ]
    assert all(other != chorale for other in others)
    assert chorale != "a chorale"


@given(chorales(), st.integers(-36, 43))
def test_transposing_up_and_down_is_the_identity(chorale: Chorale, semitones: int) -> None:
    moved = chorale.transposed(semitones)
    assert moved.transposed(-semitones) == chorale
    assert np.array_equal(moved.onsets, chorale.onsets)
    assert np.array_equal(moved.pitches == REST, chorale.pitches == REST)
    sounding = chorale.pitches != REST
    assert (moved.pitches[sounding] - chorale.pitches[sounding] == semitones).all()


@given(chorales(), st.permutations(range(4)))
def test_voices_in_another_order_keep_their_notes(chorale: Chorale, order: list[int]) -> None:
    moved = chorale.reordered(order)
    for new, old in enumerate(order):
        assert notes(moved, new) == notes(chorale, old)
    assert moved.reordered([order.index(voice) for voice in range(4)]) == chorale


def test_the_key_is_transposed_with_the_notes() -> None:
    chorale = from_pitches(ONE_CHORD, Plan(1, key=Key(0, "major"))).transposed(2)
    assert chorale.plan.key == Key(2, "major")
    assert from_pitches(ONE_CHORD, Plan(1)).transposed(2).plan.key is None


@pytest.mark.parametrize("semitones", [-1, -2, -60])
def test_transposing_below_midi_number_0_is_refused_not_turned_into_rests(semitones: int) -> None:
    with pytest.raises(ValueError, match=f"by {semitones} puts a pitch below MIDI number 0"):
        line(0, 60).transposed(semitones)


def test_transposing_above_midi_number_127_is_refused() -> None:
    with pytest.raises(ValueError, match="MIDI numbers from 0 to 127"):
        line(127).transposed(1)


def test_notes_end_at_a_rest_the_next_onset_or_the_end() -> None:
    pitches = np.array([60, 60, 60, 60, REST, REST, 62, 62], np.int16)
    chorale = line(*pitches.tolist())
    onsets = chorale.onsets.copy()
    onsets[3, 0] = True  # the first note struck again
    chorale = Chorale(chorale.pitches, onsets, chorale.plan)
    assert notes(chorale, 0) == [Note(60, 0, 3), Note(60, 3, 1), Note(62, 6, 2)]
    assert notes(chorale, 1) == []


@given(chorales(), st.integers(0, 3))
def test_the_notes_of_a_voice_rebuild_it(chorale: Chorale, voice: int) -> None:
    pitches = np.full(chorale.plan.length_steps, REST)
    onsets = np.zeros(chorale.plan.length_steps, np.bool_)
    for note in notes(chorale, voice):
        end = note.onset_step + note.length_steps
        assert note.length_steps >= 1
        assert (pitches[note.onset_step : end] == REST).all()  # no two notes overlap
        pitches[note.onset_step : end] = note.pitch
        onsets[note.onset_step] = True
    assert np.array_equal(pitches, chorale.pitches[:, voice])
    assert np.array_equal(onsets, chorale.onsets[:, voice])


def test_the_first_step_counts_as_a_change() -> None:
    pitches = np.array([[60, REST, 60, 60], [60, REST, 62, REST]], np.int16)
    assert changes(pitches).tolist() == [[True] * 4, [False, False, True, True]]


@given(chorales())
def test_from_pitches_makes_repeated_pitches_one_held_note(chorale: Chorale) -> None:
    held = from_pitches(chorale.pitches, chorale.plan, "a file")
    assert np.array_equal(held.pitches, chorale.pitches)
    assert (held.plan, held.source) == (chorale.plan, "a file")
    for voice in range(4):
        for before, after in pairwise(notes(held, voice)):
            touching = before.onset_step + before.length_steps == after.onset_step
            assert not (touching and before.pitch == after.pitch)


def test_a_rest_separates_two_equal_notes() -> None:
    assert notes(line(60, REST, 60), 0) == [Note(60, 0, 1), Note(60, 2, 1)]


def test_a_digest_is_the_same_on_every_machine() -> None:
    assert digest(line(72, 71, REST)) == "bab045bf"


@given(chorales())
def test_a_digest_depends_on_pitches_alone(chorale: Chorale) -> None:
    held = from_pitches(np.asfortranarray(chorale.pitches), Plan(len(chorale.pitches)), "a file")
    assert digest(held) == digest(chorale)
    pitches = chorale.pitches.copy()
    pitches[-1, 3] = 61 if pitches[-1, 3] == 60 else 60
    assert digest(from_pitches(pitches, chorale.plan)) != digest(chorale)


def test_chorales_of_different_length_have_different_digests() -> None:
    assert digest(line(REST, REST)) != digest(line(REST))


@given(chorales(), st.data())
def test_an_excerpt_keeps_the_notes_and_bars_of_its_steps(
    chorale: Chorale, data: st.DataObject
) -> None:
    length = len(chorale.pitches)
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    cut = excerpt(chorale, start, end)
    np.testing.assert_array_equal(cut.pitches, chorale.pitches[start:end])
    np.testing.assert_array_equal(cut.onsets[1:], chorale.onsets[start + 1 : end])
    assert (cut.onsets[0] == (cut.pitches[0] != REST)).all()
    old, new = chorale.plan, cut.plan
    assert (new.metre, new.key) == (old.metre, old.key)
    if old.metre:
        bar = old.metre.steps_per_bar
        assert (start - old.pickup_steps) % bar == -new.pickup_steps % bar
    if old.fermatas is not None:
        np.testing.assert_array_equal(new.fermatas, old.fermatas[start:end])


@given(plans_with_short_bars(), st.data())
def test_an_excerpt_keeps_every_barline(plan: Plan, data: st.DataObject) -> None:
    length = plan.length_steps
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    cut = excerpt(from_pitches(np.full((length, 4), 60), plan), start, end).plan
    downbeats = {step for step in range(length) if plan.step_in_bar(step) == 0}
    assert {start + step for step in range(end - start) if cut.step_in_bar(step) == 0} == {
        step for step in downbeats if start <= step < end
    }


LEVELS = np.array([[0, 1, 2, 3]] * 2 + [[4, 0, 0, 0]] * 2)
WITH_MOTION = Plan(4, fermatas=np.array([False, True, False, False]), motion=LEVELS)


def test_an_excerpt_keeps_the_motion_of_its_steps() -> None:
    chorale = from_pitches(np.full((4, 4), 60), WITH_MOTION)
    for start, end in [(0, 4), (1, 3), (2, 4), (1, 2)]:
        motion = excerpt(chorale, start, end).plan.motion
        assert motion is not None
        assert motion.tolist() == LEVELS[start:end].tolist()


def test_transposition_keeps_the_motion() -> None:
    chorale = from_pitches(np.full((4, 4), 60), WITH_MOTION)
    assert chorale.transposed(3).plan == WITH_MOTION
