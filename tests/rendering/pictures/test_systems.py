"""Systems: the rows into which a picture of music is broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import plans

from chorale.music import Metre, Plan
from chorale.rendering.pictures.systems import System, break_into_systems, is_bar_start


@given(plans(), st.integers(2, 60), st.integers(0, 1))
def test_systems_hold_every_step_once_and_no_more_than_fits(
    plan: Plan, columns: int, line: int
) -> None:
    rows = break_into_systems(plan, 0, plan.length_steps, columns, line)
    assert [step for row in rows for step in range(*row)] == list(range(plan.length_steps))
    for start, end in rows:
        lines = sum(is_bar_start(plan, step) for step in range(start, end))
        assert end - start + line * lines <= columns


@given(plans(), st.integers(34, 60))
def test_bars_that_fit_are_not_broken(plan: Plan, columns: int) -> None:
    rows = break_into_systems(plan, 0, plan.length_steps, columns, 1)
    assert all(is_bar_start(plan, row.start) for row in rows[1:])


def test_systems_are_few_and_even() -> None:
    plan = Plan(5 * 16, Metre(4, 4))
    assert break_into_systems(plan, 0, 80, 64) == [System(0, 48), System(48, 80)]


def test_a_bar_that_does_not_fit_is_broken_at_its_beats_or_else_anywhere() -> None:
    plan = Plan(20, Metre(4, 4), 4)
    assert break_into_systems(plan, 0, 20, 9, 1) == [System(0, 8), System(8, 16), System(16, 20)]
    assert max(end - start for start, end in break_into_systems(plan, 0, 20, 3)) == 3


@pytest.mark.parametrize(("step", "begins"), [(0, False), (3, False), (4, True), (16, True)])
def test_a_pickup_is_not_the_start_of_a_bar(step: int, begins: bool) -> None:
    assert is_bar_start(Plan(20, Metre(3, 4), 4), step) == begins
