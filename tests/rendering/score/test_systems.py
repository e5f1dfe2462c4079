"""Breaks of systems by widths of measures."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chorale.rendering.score.systems import break_by_widths


def widths_of_systems(widths: list[float], breaks: set[int]) -> list[float]:
    return [sum(widths[a:b]) for a, b in pairwise([0, *sorted(breaks), len(widths)])]


def test_measures_of_equal_width_make_equal_systems() -> None:
    assert break_by_widths([10] * 12, 3, 0) == {4, 8}
    assert break_by_widths([10] * 12, 1, 0) == set()
    assert break_by_widths([10, 10], 2, 5) == {1}


def test_wide_measures_are_fewer_in_a_system() -> None:
    assert break_by_widths([30, 30, 30, 10, 10, 10, 10, 10, 10, 10, 10, 10], 2, 0) == {3}


def test_the_widest_system_is_as_narrow_as_can_be() -> None:
    widths: list[float] = [40, 30, 35, 10, 12, 50, 20, 20, 25]
    systems = widths_of_systems(widths, break_by_widths(widths, 3, 0))
    assert systems == [105, 72, 65]  # all other ways have a wider one


@given(st.lists(st.integers(1, 100), min_size=1, max_size=30), st.data())
def test_there_are_as_many_systems_as_required(widths: list[float], data: st.DataObject) -> None:
    systems = data.draw(st.integers(1, len(widths)))
    breaks = break_by_widths(widths, systems, 20)
    assert len(breaks) == systems - 1
    assert all(0 < place < len(widths) for place in breaks)
