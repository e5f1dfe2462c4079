"""Note values of measures: every step once, no length that cannot be written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales, plans_with_short_bars

from chorale.music import REST, Chorale, Metre, Plan, from_pitches, notes
from chorale.rendering.score.note_values import (
    WRITABLE_STEPS,
    WrittenNote,
    beat_length,
    list_bars,
    notate_voice,
    sounding_voices,
)


@given(chorales())
def test_bars_follow_one_another_from_the_first_step_to_the_last(chorale: Chorale) -> None:
    plan = chorale.plan
    bars = list_bars(plan)
    ends = [bar.end_step for bar in bars]
    assert [bar.start_step for bar in bars] == [0, *ends[:-1]]
    assert bars[-1].start_step < plan.length_steps <= ends[-1]
    assert bars[0].number == (0 if plan.pickup_steps else 1)
    assert [bar.number for bar in bars] == list(range(bars[0].number, bars[0].number + len(bars)))
    assert all(
        bar.end_step - bar.start_step == plan.counted_metre.steps_per_bar for bar in bars[1:-1]
    )


@given(plans_with_short_bars())
def test_a_bar_is_short_before_an_early_downbeat_only(plan: Plan) -> None:
    bars = list_bars(plan)
    short = [bar.end_step for bar in bars if bar.end_step - bar.start_step < 16]
    expected = [plan.pickup_steps, *plan.early_downbeats, plan.length_steps]
    assert set(short) <= set(expected)
    assert set(short) >= set(plan.early_downbeats)
    assert [bar.end_step for bar in bars[:-1]] == [bar.start_step for bar in bars[1:]]


@given(chorales(), st.sets(st.integers(0, 48)))
def test_borders_divide_measures_and_nothing_else(chorale: Chorale, borders: set[int]) -> None:
    plan = chorale.plan
    whole, divided = list_bars(plan), list_bars(plan, borders)
    starts = {bar.start_step for bar in whole}
    inner = {step for step in borders if step < plan.length_steps}
    assert [bar.start_step for bar in divided] == sorted(starts | inner)
    full = plan.counted_metre.steps_per_bar
    for bar in divided:
        assert bar.number == plan.bar_at(bar.start_step)
        assert (bar.part == 0) == (bar.start_step in starts)
        if plan.length_steps > plan.pickup_steps:
            assert bar.lead_steps == (
                plan.step_in_bar(bar.start_step) if bar.number == 0 or bar.part else 0
            )
    assert all(bar.end_step - bar.start_step <= full for bar in divided)


@given(chorales())
def test_the_notes_and_rests_of_a_bar_fill_it(chorale: Chorale) -> None:
    for voice in range(4):
        for bar, written in zip(list_bars(chorale.plan), notate_voice(chorale, voice), strict=True):
            now = bar.start_step
            for note in written:
                assert note.start_step == now
                now += note.length_steps
                assert note.whole_bar or note.length_steps in WRITABLE_STEPS
                assert not note.whole_bar or (note.number is None and len(written) == 1)
            assert now == bar.end_step


@given(chorales())
def test_tied_note_values_add_up_to_the_notes(chorale: Chorale) -> None:
    for voice in range(4):
        written = [each for bar in notate_voice(chorale, voice) for each in bar]
        for number, note in enumerate(notes(chorale, voice)):
            parts = [each for each in written if each.number == number]
            assert parts[0].start_step == note.onset_step
            assert sum(part.length_steps for part in parts) == note.length_steps
            assert [part.tied_before for part in parts] == [False] + [True] * (len(parts) - 1)
            assert [part.tied_after for part in parts] == [True] * (len(parts) - 1) + [False]


def soprano(line: list[tuple[int, int]], metre: str, pickup: int = 0) -> Chorale:
    """A chorale whose soprano has these pitches and lengths, the other voices silent."""
    steps = [pitch for pitch, length in line for _ in range(length)]
    pitches = np.full((len(steps), 4), REST, np.int16)
    pitches[:, 0] = steps
    return from_pitches(pitches, Plan(len(steps), Metre.parse(metre), pickup))


def lengths(chorale: Chorale) -> list[list[int]]:
    return [[note.length_steps for note in bar] for bar in notate_voice(chorale, 0)]


@pytest.mark.parametrize(
    ("line", "metre", "written"),
    [
        ([4, 8, 4], "4/4", [[4, 8, 4]]),  # a half note between quarters needs no tie
        ([2, 4, 2, 8], "4/4", [[2, 4, 2, 8]]),  # nor a syncopated quarter
        ([6, 4, 6], "4/4", [[6, 4, 2, 4]]),
        ([4, 5, 7], "4/4", [[4, 4, 1, 3, 4]]),
        ([2, 8, 6], "4/4", [[2, 2, 6, 2, 4]]),
        ([12, 8, 12], "4/4", [[12, 4], [4, 12]]),  # a tie over the bar line
        ([6, 6], "6/8", [[6, 6]]),
        ([4, 2, 4, 2], "6/8", [[4, 2, 4, 2]]),
        ([4, 4, 4], "6/8", [[4, 2, 2, 4]]),  # the second beat is seen
        ([8, 4], "6/8", [[6, 2, 4]]),
        ([8, 16], "12/8", [[6, 2, 4, 12]]),
        ([12], "3/4", [[12]]),
        ([24], "3/2", [[24]]),
    ],
)
def test_notes_are_split_so_that_beats_can_be_seen(
    line: list[int], metre: str, written: list[list[int]]
) -> None:
    chorale = soprano([(60 + place, length) for place, length in enumerate(line)], metre)
    assert lengths(chorale) == written


@pytest.mark.parametrize(
    ("before", "rest", "after", "metre", "written"),
    [
        (4, 8, 4, "4/4", [4, 4]),  # no half rest over the middle
        (8, 8, 0, "4/4", [8]),
        (2, 6, 8, "4/4", [2, 4]),
        (6, 6, 4, "4/4", [2, 4]),  # no dots
        (4, 8, 0, "3/4", [4, 4]),  # no half rest in three beats
        (0, 6, 6, "3/4", [4, 2]),
        (2, 4, 6, "6/8", [2, 2]),
        (0, 4, 8, "6/8", [4]),
        (6, 6, 0, "6/8", [6]),
        (3, 9, 0, "6/8", [1, 2, 6]),
        (0, 12, 12, "12/8", [6, 6]),
    ],
)
def test_rests_show_the_beats(
    before: int, rest: int, after: int, metre: str, written: list[int]
) -> None:
    line = [(60, before), (REST, rest), (62, after or Metre.parse(metre).steps_per_bar)]
    bar = notate_voice(soprano([each for each in line if each[1]], metre), 0)[0]
    assert [note.length_steps for note in bar if note.number is None] == written


def test_a_last_bar_is_whole_unless_the_pickup_completes_it() -> None:
    def last(length: int, pickup: int) -> int:
        return list_bars(Plan(length, Metre(4, 4), pickup))[-1].end_step

    assert last(24, 0) == 32
    assert last(4 + 16 + 12, 4) == 32
    assert last(4 + 16 + 8, 4) == 36
    assert last(3, 4) == 3


def test_a_pickup_is_split_like_the_end_of_a_bar() -> None:
    assert lengths(soprano([(60, 3), (62, 3), (64, 16)], "4/4", pickup=6)) == [
        [2, 1, 3],
        [16],
    ]


def test_silent_voices_are_not_among_those_that_sound() -> None:
    assert sounding_voices(soprano([(60, 4)], "4/4")) == [0]
    chords = from_pitches(np.array([[72, 67, REST, 48]], np.int16), Plan(1))
    assert sounding_voices(chords) == [0, 1, 3]


@pytest.mark.parametrize(
    ("metre", "steps"), [("4/4", 4), ("3/4", 4), ("2/2", 8), ("6/8", 6), ("3/8", 6), ("6/4", 12)]
)
def test_a_compound_beat_has_three_units(metre: str, steps: int) -> None:
    assert beat_length(Metre.parse(metre)) == steps


def test_a_fermata_is_on_the_note_that_sounds_at_its_end() -> None:
    chorale = soprano([(60, 4), (62, 4), (64, 4), (65, 4), (67, 16)], "4/4")
    fermatas = np.zeros(32, np.bool_)
    fermatas[8:16] = fermatas[24:] = True
    plan = Plan(32, Metre(4, 4), 0, None, fermatas)
    written: list[WrittenNote] = [
        note
        for bar in notate_voice(Chorale(chorale.pitches, chorale.onsets, plan), 0)
        for note in bar
    ]
    assert [note.start_step for note in written if note.fermata] == [12, 16]
    assert not any(
        note.fermata
        for bar in notate_voice(Chorale(chorale.pitches, chorale.onsets, plan), 0, fermatas=False)
        for note in bar
    )
