"""Plans: what they refuse, their equality, their phrases, and how they count bars and beats."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import plans, plans_with_motion, plans_with_short_bars

from chorale.music import Key, Metre, Plan


@pytest.mark.parametrize("length", [0, -1])
def test_a_plan_of_no_steps_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"a chorale needs at least 1 step, not {length}"):
        Plan(length)


@pytest.mark.parametrize("pickup", [-1, 12, 13])
def test_a_pickup_as_long_as_a_bar_is_refused(pickup: int) -> None:
    with pytest.raises(ValueError, match=rf"pickup_steps must be in \[0, 12\), not {pickup}"):
        Plan(24, Metre(3, 4), pickup)


def test_a_pickup_without_a_metre_is_refused() -> None:
    with pytest.raises(ValueError, match=r"pickup_steps must be in \[0, 1\), not 4"):
        Plan(16, None, 4)


@pytest.mark.parametrize("shape", [(3,), (5,), (4, 4), ()])
def test_fermatas_of_the_wrong_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"fermatas \(.*\) must be \(4,\)"):
        Plan(4, fermatas=np.zeros(shape, np.bool_))


TWO_PHRASES = Plan(4, fermatas=np.array([False, True, False, False]))
LEVELS = np.array([[0, 1, 2, 3]] * 2 + [[4, 0, 0, 0]] * 2)


@pytest.mark.parametrize("shape", [(4,), (3, 4), (4, 3), ()])
def test_motion_of_the_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"motion \(.*\) must be \(4, 4\)"):
        replace(TWO_PHRASES, motion=np.zeros(shape, np.int8))


@pytest.mark.parametrize("level", [-1, 5, 256])
def test_a_level_of_motion_out_of_range_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="levels of motion must be 0 to 4"):
        replace(TWO_PHRASES, motion=np.full((4, 4), level))


def test_motion_without_phrases_is_refused() -> None:
    with pytest.raises(ValueError, match="motion needs fermatas"):
        Plan(4, motion=np.zeros((4, 4), np.int8))


def test_motion_that_changes_within_a_phrase_is_refused() -> None:
    with pytest.raises(ValueError, match="motion must be constant within a phrase"):
        replace(TWO_PHRASES, motion=LEVELS[::-1][[0, 2, 2, 2]])


def test_a_plan_has_a_read_only_copy_of_its_motion() -> None:
    levels = LEVELS.copy()
    plan = replace(TWO_PHRASES, motion=levels)
    levels[0] = 0
    assert plan.motion is not None
    assert plan.motion.dtype == np.int8
    assert plan.motion.tolist() == LEVELS.tolist()
    with pytest.raises(ValueError, match="read-only"):
        plan.motion[0] = 0


@given(plans())
def test_phrases_follow_one_another_and_each_but_the_last_ends_with_a_fermata(plan: Plan) -> None:
    spans = plan.phrase_spans
    if plan.fermatas is None:
        assert spans == []
        return
    assert [start for start, _ in spans] == [0, *(end for _, end in spans[:-1])]
    assert spans[-1][1] == plan.length_steps
    ends = {end for _, end in spans}
    assert ends == {end for _, end in plan.fermata_spans} | {plan.length_steps}


@given(plans())
def test_fermata_spans_cover_exactly_the_fermatas(plan: Plan) -> None:
    under = np.zeros(plan.length_steps, np.bool_)
    for start, end in plan.fermata_spans:
        assert start < end
        assert not under[max(0, start - 1) : end + 1].any()  # spans are apart
        under[start:end] = True
    expected = under if plan.fermatas is None else plan.fermatas
    np.testing.assert_array_equal(under, expected)


def test_a_plan_has_a_read_only_copy_of_its_fermatas() -> None:
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


@given(plans_with_motion())
def test_plans_with_equal_fields_are_equal(plan: Plan) -> None:
    fermatas = None if plan.fermatas is None else plan.fermatas.copy()
    motion = None if plan.motion is None else plan.motion.copy()
    same = Plan(plan.length_steps, plan.metre, plan.pickup_steps, plan.key, fermatas, motion)
    assert same == plan
    assert hash(same) == hash(plan)


def test_plans_that_differ_in_any_field_differ() -> None:
    levels = np.zeros((32, 4), np.int8)
    plan = Plan(32, Metre(4, 4), 4, Key(0, "major"), np.zeros(32, np.bool_), levels)
    others = [
        replace(plan, length_steps=31, fermatas=np.zeros(31, np.bool_), motion=levels[1:]),
        replace(plan, metre=Metre(2, 2)),
        replace(plan, pickup_steps=8),
        replace(plan, early_downbeats=(16,)),
        replace(plan, key=Key(0, "minor")),
        replace(plan, key=None),
        replace(plan, fermatas=np.arange(32) == 31),
        replace(plan, fermatas=None, motion=None),
        replace(plan, motion=levels + 1),
        replace(plan, motion=None),
    ]
    assert all(other != plan for other in others)
    assert plan != "a plan"


def test_a_plans_length_in_bars_counts_the_pickup() -> None:
    assert Plan(36, Metre(3, 4), 4).bars == 3
    assert Plan(40).bars == 2.5  # in 4/4 where the metre is unknown


def test_bar_numbers_start_at_the_first_whole_bar() -> None:
    plan = Plan(40, Metre(4, 4), 4)
    assert [plan.bar_at(step) for step in (0, 3, 4, 19, 20, 39)] == [0, 0, 1, 1, 2, 3]
    assert [plan.bar_start(bar) for bar in (0, 1, 2)] == [0, 4, 20]
    assert plan.last_bar == 3
    assert Plan(32, Metre(4, 4)).bar_at(0) == 1


@given(plans() | plans_with_short_bars(), st.integers(0, 60))
def test_each_step_lies_within_its_bar(plan: Plan, step: int) -> None:
    bar = plan.bar_at(step)
    assert plan.bar_start(bar) <= step < plan.bar_start(bar + 1)


def test_measures_are_counted_on_from_an_early_downbeat() -> None:
    plan = Plan(80, Metre(4, 4), 4, early_downbeats=(32, 72))
    assert [plan.bar_start(bar) for bar in range(7)] == [0, 4, 20, 32, 48, 64, 72]
    assert [plan.bar_at(step) for step in (3, 31, 32, 71, 72)] == [0, 2, 3, 5, 6]
    assert [plan.step_in_bar(step) for step in (0, 4, 31, 32, 50, 71, 72)] == [
        12,
        0,
        11,
        0,
        2,
        7,
        0,
    ]


@pytest.mark.parametrize("early", [(20,), (4,), (2,), (24, 24), (26, 24), (40,), (50,)])
def test_an_early_downbeat_out_of_place_is_refused(early: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"early downbeats .* must"):
        Plan(40, Metre(4, 4), 4, early_downbeats=early)


def test_early_downbeats_without_a_metre_are_refused() -> None:
    with pytest.raises(ValueError, match="early downbeats"):
        Plan(40, early_downbeats=(20,))


@pytest.mark.parametrize(
    ("plan", "step", "place"),
    [
        (Plan(40, Metre(4, 4), 4, early_downbeats=(28,)), 30, "bar 3, beat 1.5"),
        (Plan(40, Metre(4, 4), 4), 0, "bar 0, beat 4"),
        (Plan(40, Metre(4, 4), 4), 4, "bar 1, beat 1"),
        (Plan(40, Metre(3, 4)), 18, "bar 2, beat 2.5"),
        (Plan(40, Metre(6, 8)), 2, "bar 1, beat 2"),
        (Plan(40), 17, "bar 2, beat 1.25"),
    ],
)
def test_a_step_is_named_by_bar_and_beat(plan: Plan, step: int, place: str) -> None:
    assert plan.place(step) == place
