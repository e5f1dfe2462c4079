"""Plans: what they refuse, their equality, and how they count bars and beats."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import plans

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


@given(plans())
def test_plans_with_equal_fields_are_equal(plan: Plan) -> None:
    fermatas = None if plan.fermatas is None else plan.fermatas.copy()
    same = Plan(plan.length_steps, plan.metre, plan.pickup_steps, plan.key, fermatas)
    assert same == plan
    assert hash(same) == hash(plan)


def test_plans_that_differ_in_any_field_differ() -> None:
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


def test_bar_numbers_start_at_the_first_whole_bar() -> None:
    plan = Plan(40, Metre(4, 4), 4)
    assert [plan.bar_at(step) for step in (0, 3, 4, 19, 20, 39)] == [0, 0, 1, 1, 2, 3]
    assert [plan.bar_start(bar) for bar in (0, 1, 2)] == [0, 4, 20]
    assert plan.last_bar == 3
    assert Plan(32, Metre(4, 4)).bar_at(0) == 1


@given(plans(), st.integers(0, 60))
def test_each_step_lies_within_its_bar(plan: Plan, step: int) -> None:
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
def test_a_step_is_named_by_bar_and_beat(plan: Plan, step: int, place: str) -> None:
    assert plan.place(step) == place
