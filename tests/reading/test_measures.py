"""Pickups and early downbeats, found from measures."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import plans_with_short_bars

from chorale.music import Metre, Plan
from chorale.reading.measures import find_downbeats, join_divided
from chorale.rendering.score.note_values import list_bars

FOUR_FOUR = Metre(4, 4)


def measures(*lengths: float) -> list[tuple[float, float]]:
    return list(pairwise([0, *accumulate(lengths)]))


@given(plans_with_short_bars())
def test_the_downbeats_of_a_plan_are_found_from_its_bars(plan: Plan) -> None:
    bars = [(bar.start_step, bar.end_step) for bar in list_bars(plan)]
    assert find_downbeats(bars, FOUR_FOUR) == (plan.pickup_steps, plan.early_downbeats)


@pytest.mark.parametrize(
    ("lengths", "found"),
    [
        ((16, 16, 16), (0, ())),
        ((4, 16, 16, 12), (4, ())),
        ((12,), (0, ())),
        ((4, 12), (4, ())),
        ((4, 16, 12, 4, 16), (4, ())),
        ((4, 16, 16, 12, 12, 4, 16, 12), (4, (48,))),
        ((16, 12, 16, 8, 16, 16), (0, (28, 52))),
        ((16, 12, 12, 12, 16, 4), None),
        ((16, 20, 12, 12, 16, 16), None),
        ((16, 10, 16, 16), None),
    ],
)
def test_short_measures_are_no_change_of_metre_unless_they_are_the_rule(
    lengths: tuple[float, ...], found: tuple[int, tuple[int, ...]] | None
) -> None:
    assert find_downbeats(measures(*lengths), FOUR_FOUR) == found


@given(plans_with_short_bars(), st.data())
def test_the_parts_of_divided_measures_are_joined(plan: Plan, data: st.DataObject) -> None:
    whole = [(bar.start_step, bar.end_step) for bar in list_bars(plan)]
    borders = data.draw(st.sets(st.integers(0, plan.length_steps)))
    bars = list_bars(plan, borders)
    divided = [(bar.start_step, bar.end_step) for bar in bars]
    assert join_divided(divided, [bar.part > 0 for bar in bars], FOUR_FOUR) == whole


def test_a_pickup_without_a_number_after_a_whole_measure_is_no_part_of_it() -> None:
    found = join_divided(measures(4, 16, 4, 12), [True, False, True, False], FOUR_FOUR)
    assert found == measures(4, 16, 4, 12)
