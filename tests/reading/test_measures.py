"""Pickups and early downbeats, found from measures."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from strategies import plans_with_short_bars

from chorale.music import Metre, Plan
from chorale.reading.measures import find_downbeats
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
