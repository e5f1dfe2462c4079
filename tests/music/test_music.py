"""The chorale as a value: keys, metres, plans, and what a chorale refuses to be."""

from dataclasses import FrozenInstanceError, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales, keys, plans

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
    pitch_name,
)

ONE_CHORD = np.array([[72, 67, 64, 48]], np.int16)


def line(*soprano: int) -> Chorale:
    """A chorale whose soprano sings these pitches, a step each, over silence."""
    pitches = np.full((len(soprano), 4), REST, np.int16)
    pitches[:, 0] = soprano
    return from_pitches(pitches, Plan(len(soprano)))


# Keys


@pytest.mark.parametrize(
    ("tonic", "mode", "name", "sharps"),
    [
        (0, "major", "C major", 0),
        (9, "minor", "A minor", 0),
        (6, "minor", "F# minor", 3),
        (10, "major", "Bb major", -2),
        (7, "minor", "G minor", -2),
        (3, "minor", "D# minor", 6),
        (8, "minor", "G# minor", 5),
        (1, "major", "Db major", -5),
        (6, "major", "F# major", 6),
        (10, "minor", "Bb minor", -5),
    ],
)
def test_a_key_has_the_name_and_the_signature_that_it_is_printed_with(
    tonic: int, mode: str, name: str, sharps: int
) -> None:
    key = Key(tonic, "major" if mode == "major" else "minor")
    assert (key.name, key.sharps) == (name, sharps)


@given(keys())
def test_a_key_comes_back_from_its_signature_and_mode(key: Key) -> None:
    assert Key.from_sharps(key.sharps, key.mode) == key


@given(keys())
def test_the_24_keys_have_signatures_from_five_flats_to_six_sharps(key: Key) -> None:
    assert -5 <= key.sharps <= 6


def test_the_24_keys_have_24_names() -> None:
    names = {Key(tonic, mode).name for tonic in range(12) for mode in ("major", "minor")}
    assert len(names) == 24


def test_relative_keys_share_a_signature() -> None:
    for tonic in range(12):
        assert Key(tonic, "major").sharps == Key((tonic + 9) % 12, "minor").sharps


@given(keys(), st.integers(-40, 40))
def test_transposing_a_key_up_and_down_again_gives_it_back(key: Key, semitones: int) -> None:
    moved = key.transposed(semitones)
    assert moved.transposed(-semitones) == key
    assert moved.mode == key.mode
    assert (moved.tonic - key.tonic - semitones) % 12 == 0


def test_a_fifth_up_adds_a_sharp() -> None:
    assert Key(0, "major").transposed(7) == Key.from_sharps(1, "major") == Key(7, "major")


@pytest.mark.parametrize("tonic", [-1, 12])
def test_a_tonic_that_is_no_pitch_class_is_refused(tonic: int) -> None:
    with pytest.raises(ValueError, match=f"tonic {tonic} is not a pitch class from 0 to 11"):
        Key(tonic, "major")


def test_a_mode_other_than_major_or_minor_is_refused() -> None:
    with pytest.raises(ValueError, match="mode 'dorian' is neither 'major' nor 'minor'"):
        Key(2, "dorian")  # type: ignore[arg-type]  # what the test is about


# Metres


@pytest.mark.parametrize(
    ("numerator", "denominator", "steps"),
    [(4, 4, 16), (3, 4, 12), (2, 2, 16), (3, 2, 24), (6, 8, 12), (5, 16, 5), (1, 1, 16)],
)
def test_a_bar_is_counted_in_sixteenths(numerator: int, denominator: int, steps: int) -> None:
    metre = Metre(numerator, denominator)
    assert metre.steps_per_bar == steps
    assert metre.name == f"{numerator}/{denominator}"


@pytest.mark.parametrize(
    ("numerator", "denominator"), [(0, 4), (-3, 4), (4, 3), (4, 32), (4, 0), (4, -4)]
)
def test_a_metre_off_the_grid_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match=f"metre {numerator}/{denominator} does not fit the grid"):
        Metre(numerator, denominator)


# Plans


@pytest.mark.parametrize("length", [0, -1])
def test_a_plan_of_no_steps_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"a chorale of {length} steps; at least 1 is needed"):
        Plan(length)


@pytest.mark.parametrize("pickup", [-1, 12, 13])
def test_a_pickup_as_long_as_a_bar_is_refused(pickup: int) -> None:
    with pytest.raises(ValueError, match=f"a pickup of {pickup} steps in a bar of 12"):
        Plan(24, Metre(3, 4), pickup)


def test_a_pickup_without_a_metre_is_refused() -> None:
    with pytest.raises(ValueError, match="a pickup of 4 steps in a bar of 1"):
        Plan(16, None, 4)


@pytest.mark.parametrize("shape", [(3,), (5,), (4, 4), ()])
def test_fermatas_of_another_length_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"fermatas of shape .*, T = 4"):
        Plan(4, fermatas=np.zeros(shape, np.bool_))


@given(plans())
def test_the_spans_of_fermatas_are_the_fermatas(plan: Plan) -> None:
    under = np.zeros(plan.length_steps, np.bool_)
    for start, end in plan.fermata_spans:
        assert start < end
        assert not under[max(0, start - 1) : end + 1].any()  # spans are apart
        under[start:end] = True
    told = under if plan.fermatas is None else plan.fermatas
    np.testing.assert_array_equal(under, told)


def test_a_plans_fermatas_are_its_own_and_read_only() -> None:
    fermatas = np.array([False, True])
    plan = Plan(2, fermatas=fermatas)
    fermatas[0] = True
    assert plan.fermatas is not None
    assert plan.fermatas.tolist() == [False, True]
    with pytest.raises(ValueError, match="read-only"):
        plan.fermatas[0] = True


def test_a_plan_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Plan(4).length_steps = 5  # type: ignore[misc]  # what the test is about


@given(plans())
def test_plans_of_the_same_parts_are_equal(plan: Plan) -> None:
    fermatas = None if plan.fermatas is None else plan.fermatas.copy()
    same = Plan(plan.length_steps, plan.metre, plan.pickup_steps, plan.key, fermatas)
    assert same == plan
    assert hash(same) == hash(plan)


def test_plans_that_differ_in_any_part_differ() -> None:
    plan = Plan(32, Metre(4, 4), 4, Key(0, "major"), np.zeros(32, np.bool_))
    others = [
        replace(plan, length_steps=31, fermatas=np.zeros(31, np.bool_)),
        replace(plan, metre=Metre(2, 2)),
        replace(plan, pickup_steps=8),
        replace(plan, key=Key(0, "minor")),
        replace(plan, key=None),
        replace(plan, fermatas=np.arange(32) == 31),
        replace(plan, fermatas=None),
    ]
    assert all(other != plan for other in others)
    assert plan != "a plan"


def test_a_plans_length_in_bars_counts_the_pickup() -> None:
    assert Plan(36, Metre(3, 4), 4).bars == 3
    assert Plan(40).bars == 2.5  # in 4/4 where the metre is unknown


# Chorales


@pytest.mark.parametrize(
    ("pitches", "onsets"), [((2, 4), (1, 4)), ((1, 4), (2, 4)), ((1, 3), (1, 3)), ((4,), (4,))]
)
def test_arrays_of_another_shape_than_the_plan_are_refused(
    pitches: tuple[int, ...], onsets: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match=r"pitches \(.*\) and onsets \(.*\); need \(1, 4\)"):
        Chorale(np.full(pitches, 60, np.int16), np.ones(onsets, np.bool_), Plan(1))


@pytest.mark.parametrize("pitch", [-2, 128, 1000])
def test_a_pitch_that_is_no_midi_number_is_refused(pitch: int) -> None:
    pitches = np.array([[pitch, 60, 60, 60]], np.int16)
    with pytest.raises(ValueError, match="pitches must be MIDI numbers from 0 to 127, or REST"):
        from_pitches(pitches, Plan(1))


@pytest.mark.parametrize("pitch", [0, 127])
def test_the_ends_of_the_midi_range_are_pitches(pitch: int) -> None:
    assert notes(line(pitch), 0) == [Note(pitch, 0, 1)]


def test_an_onset_of_a_rest_is_refused() -> None:
    with pytest.raises(ValueError, match="a rest cannot have an onset"):
        Chorale(np.full((1, 4), REST, np.int16), np.ones((1, 4), np.bool_), Plan(1))


@pytest.mark.parametrize(
    "soprano", [[60], [60, 62], [REST, 60]], ids=["first step", "change", "after a rest"]
)
def test_a_note_that_sounds_without_having_started_is_refused(soprano: list[int]) -> None:
    chorale = line(*soprano)
    onsets = chorale.onsets.copy()
    onsets[-1] = False
    with pytest.raises(ValueError, match="a note sounds that has not started"):
        Chorale(chorale.pitches, onsets, chorale.plan)


def test_a_chorale_is_frozen_and_its_arrays_are_its_own_and_read_only() -> None:
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
def test_chorales_of_the_same_parts_are_equal(chorale: Chorale) -> None:
    same = Chorale(chorale.pitches.copy(), chorale.onsets.copy(), chorale.plan, chorale.source)
    assert same == chorale
    assert hash(same) == hash(chorale)


def test_chorales_that_differ_in_any_part_differ() -> None:
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


# Transposing


@given(chorales(), st.integers(-36, 43))
def test_transposing_up_and_down_again_gives_the_chorale_back(
    chorale: Chorale, semitones: int
) -> None:
    moved = chorale.transposed(semitones)
    assert moved.transposed(-semitones) == chorale
    assert np.array_equal(moved.onsets, chorale.onsets)
    assert np.array_equal(moved.pitches == REST, chorale.pitches == REST)
    sounding = chorale.pitches != REST
    assert (moved.pitches[sounding] - chorale.pitches[sounding] == semitones).all()


def test_the_key_is_transposed_with_the_notes() -> None:
    chorale = from_pitches(ONE_CHORD, Plan(1, key=Key(0, "major"))).transposed(2)
    assert chorale.plan.key == Key(2, "major")
    assert from_pitches(ONE_CHORD, Plan(1)).transposed(2).plan.key is None


@pytest.mark.parametrize("semitones", [-1, -2, -60])
def test_transposing_below_midi_number_0_is_refused_and_makes_no_rest(semitones: int) -> None:
    with pytest.raises(ValueError, match="transposed below MIDI number 0"):
        line(0, 60).transposed(semitones)


def test_transposing_above_midi_number_127_is_refused() -> None:
    with pytest.raises(ValueError, match="MIDI numbers from 0 to 127"):
        line(127).transposed(1)


# Notes


def test_notes_end_at_a_rest_at_the_next_onset_and_at_the_end() -> None:
    pitches = np.array([60, 60, 60, 60, REST, REST, 62, 62], np.int16)
    chorale = line(*pitches.tolist())
    onsets = chorale.onsets.copy()
    onsets[3, 0] = True  # the first note struck again
    chorale = Chorale(chorale.pitches, onsets, chorale.plan)
    assert notes(chorale, 0) == [Note(60, 0, 3), Note(60, 3, 1), Note(62, 6, 2)]
    assert notes(chorale, 1) == []


@given(chorales(), st.integers(0, 3))
def test_a_voice_is_its_notes_and_nothing_else(chorale: Chorale, voice: int) -> None:
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


# From pitches alone


def test_the_first_step_counts_as_a_change() -> None:
    pitches = np.array([[60, REST, 60, 60], [60, REST, 62, REST]], np.int16)
    assert changes(pitches).tolist() == [[True] * 4, [False, False, True, True]]


@given(chorales())
def test_from_pitches_takes_every_repetition_for_a_held_note(chorale: Chorale) -> None:
    held = from_pitches(chorale.pitches, chorale.plan, "a file")
    assert np.array_equal(held.pitches, chorale.pitches)
    assert (held.plan, held.source) == (chorale.plan, "a file")
    for voice in range(4):
        for before, after in pairwise(notes(held, voice)):
            touching = before.onset_step + before.length_steps == after.onset_step
            assert not (touching and before.pitch == after.pitch)


def test_a_rest_between_two_equal_notes_keeps_them_apart() -> None:
    assert notes(line(60, REST, 60), 0) == [Note(60, 0, 1), Note(60, 2, 1)]


# Digests


def test_a_digest_is_known_and_stays_the_same_everywhere() -> None:
    assert digest(line(72, 71, REST)) == "bab045bf"


@given(chorales())
def test_a_digest_tells_pitches_and_nothing_else(chorale: Chorale) -> None:
    held = from_pitches(np.asfortranarray(chorale.pitches), Plan(len(chorale.pitches)), "a file")
    assert digest(held) == digest(chorale)
    pitches = chorale.pitches.copy()
    pitches[-1, 3] = 61 if pitches[-1, 3] == 60 else 60
    assert digest(from_pitches(pitches, chorale.plan)) != digest(chorale)


def test_chorales_of_different_length_have_different_digests() -> None:
    assert digest(line(REST, REST)) != digest(line(REST))


# Names that a person writes


@given(keys())
def test_a_key_is_parsed_from_its_name(key: Key) -> None:
    assert Key.parse(key.name) == Key.parse(key.name.upper()) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("G", Key(7, "major")),
        (" g minor ", Key(7, "minor")),
        ("F#m", Key(6, "minor")),
        ("f sharp min", Key(6, "minor")),
        ("Bb", Key(10, "major")),
        ("b flat major", Key(10, "major")),
        ("B minor", Key(11, "minor")),
        ("E\u266d-maj", Key(3, "major")),
        ("Cb major", Key(11, "major")),
        ("bm", Key(11, "minor")),
        ("CM", Key(0, "major")),
    ],
)
def test_a_key_is_called_in_many_ways(text: str, key: Key) -> None:
    assert Key.parse(text) == key


@pytest.mark.parametrize("text", ["", "H", "G dorian", "major", "Gbb", "C##", "1"])
def test_what_is_no_key_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="is no key such as G, G minor, F# minor or Bb major"):
        Key.parse(text)


@pytest.mark.parametrize("text", ["4/4", " 3 / 4", "6/8", "12/8"])
def test_a_metre_is_parsed_from_its_name(text: str) -> None:
    assert Metre.parse(text).name == text.replace(" ", "")


@pytest.mark.parametrize("text", ["", "4", "C", "4/3", "0/4", "-3/4", "4/4/4", "\u0663/4"])
def test_what_is_no_metre_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no metre|does not fit the grid"):
        Metre.parse(text)


def test_pitches_have_names() -> None:
    assert [pitch_name(p) for p in (0, 59, 60, 61, 127)] == ["C-1", "B3", "C4", "C#4", "G9"]


# Bars as scores count them


def test_bars_are_counted_from_the_first_whole_one() -> None:
    plan = Plan(40, Metre(4, 4), 4)
    assert [plan.bar_at(step) for step in (0, 3, 4, 19, 20, 39)] == [0, 0, 1, 1, 2, 3]
    assert [plan.bar_start(bar) for bar in (0, 1, 2)] == [0, 4, 20]
    assert plan.last_bar == 3
    assert Plan(32, Metre(4, 4)).bar_at(0) == 1


@given(plans(), st.integers(0, 60))
def test_a_bar_starts_where_the_one_before_ends(plan: Plan, step: int) -> None:
    bar = plan.bar_at(step)
    assert plan.bar_start(bar) <= step < plan.bar_start(bar + 1)


@pytest.mark.parametrize(
    ("plan", "step", "place"),
    [
        (Plan(40, Metre(4, 4), 4), 0, "bar 0, beat 4"),
        (Plan(40, Metre(4, 4), 4), 4, "bar 1, beat 1"),
        (Plan(40, Metre(3, 4)), 18, "bar 2, beat 2.5"),
        (Plan(40, Metre(6, 8)), 2, "bar 1, beat 2"),
        (Plan(40), 17, "bar 2, beat 1.25"),
    ],
)
def test_a_step_is_called_by_bar_and_beat(plan: Plan, step: int, place: str) -> None:
    assert plan.place(step) == place


@given(chorales(), st.data())
def test_an_excerpt_has_the_notes_and_the_bars_of_its_steps(
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
