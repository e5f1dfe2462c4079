"""What stands in the bars: every step once, no sign that cannot be written."""

import numpy as np
import pytest
from hypothesis import given
from strategies import chorales

from chorale.music import REST, Chorale, Metre, Plan, from_pitches, notes
from chorale.rendering.score.note_values import (
    WRITABLE_STEPS,
    WrittenNote,
    bars_of,
    beat_steps,
    metre_of,
    signs_of,
    sounding_voices,
)


@given(chorales())
def test_bars_follow_one_another_from_the_first_step_to_the_last(chorale: Chorale) -> None:
    plan = chorale.plan
    bars = bars_of(plan)
    ends = [bar.end_step for bar in bars]
    assert [bar.start_step for bar in bars] == [0, *ends[:-1]]
    assert bars[-1].start_step < plan.length_steps <= ends[-1]
    assert bars[0].number == (0 if plan.pickup_steps else 1)
    assert [bar.number for bar in bars] == list(range(bars[0].number, bars[0].number + len(bars)))
    assert all(bar.end_step - bar.start_step == metre_of(plan).steps_per_bar for bar in bars[1:-1])


@given(chorales())
def test_the_signs_of_a_bar_fill_it(chorale: Chorale) -> None:
    for voice in range(4):
        for bar, signs in zip(bars_of(chorale.plan), signs_of(chorale, voice), strict=True):
            now = bar.start_step
            for sign in signs:
                assert sign.start_step == now
                now += sign.length_steps
                assert sign.whole_bar or sign.length_steps in WRITABLE_STEPS
                assert not sign.whole_bar or (sign.number is None and len(signs) == 1)
            assert now == bar.end_step


@given(chorales())
def test_tied_signs_together_are_the_notes(chorale: Chorale) -> None:
    for voice in range(4):
        signs = [sign for bar in signs_of(chorale, voice) for sign in bar]
        for number, note in enumerate(notes(chorale, voice)):
            its = [sign for sign in signs if sign.number == number]
            assert its[0].start_step == note.onset_step
            assert sum(sign.length_steps for sign in its) == note.length_steps
            assert [sign.tied_before for sign in its] == [False] + [True] * (len(its) - 1)
            assert [sign.tied_after for sign in its] == [True] * (len(its) - 1) + [False]


def soprano(line: list[tuple[int, int]], metre: str, pickup: int = 0) -> Chorale:
    """A chorale whose soprano has these pitches and lengths, the other voices silent."""
    steps = [pitch for pitch, length in line for _ in range(length)]
    pitches = np.full((len(steps), 4), REST, np.int16)
    pitches[:, 0] = steps
    return from_pitches(pitches, Plan(len(steps), Metre.parse(metre), pickup))


def lengths(chorale: Chorale) -> list[list[int]]:
    return [[sign.length_steps for sign in bar] for bar in signs_of(chorale, 0)]


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
def test_beats_can_be_seen(line: list[int], metre: str, written: list[list[int]]) -> None:
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
    signs = signs_of(soprano([each for each in line if each[1]], metre), 0)[0]
    assert [sign.length_steps for sign in signs if sign.number is None] == written


def test_a_last_bar_is_filled_unless_the_pickup_makes_up_for_it() -> None:
    def last(length: int, pickup: int) -> int:
        return bars_of(Plan(length, Metre(4, 4), pickup))[-1].end_step

    assert last(24, 0) == 32
    assert last(4 + 16 + 12, 4) == 32
    assert last(4 + 16 + 8, 4) == 36
    assert last(3, 4) == 3


def test_a_pickup_is_split_as_the_end_of_a_bar_is() -> None:
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
def test_a_beat_is_what_is_felt_as_one(metre: str, steps: int) -> None:
    assert beat_steps(Metre.parse(metre)) == steps


def test_a_fermata_is_on_the_note_that_sounds_at_its_end() -> None:
    chorale = soprano([(60, 4), (62, 4), (64, 4), (65, 4), (67, 16)], "4/4")
    fermatas = np.zeros(32, np.bool_)
    fermatas[8:16] = fermatas[24:] = True
    plan = Plan(32, Metre(4, 4), 0, None, fermatas)
    signs: list[WrittenNote] = [
        sign for bar in signs_of(Chorale(chorale.pitches, chorale.onsets, plan), 0) for sign in bar
    ]
    assert [sign.start_step for sign in signs if sign.fermata] == [12, 16]
    assert not any(
        sign.fermata
        for bar in signs_of(Chorale(chorale.pitches, chorale.onsets, plan), 0, fermatas=False)
        for sign in bar
    )
