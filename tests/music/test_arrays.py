"""Read-only copies of arrays, and runs in masks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.music.arrays import freeze, runs

masks = st.lists(st.booleans(), max_size=40).map(lambda values: np.array(values, np.bool_))


def test_a_frozen_array_is_a_read_only_copy() -> None:
    values = np.array([1, 2, 3])
    array = freeze(values, np.int16)
    values[0] = 9
    assert array.dtype == np.int16
    assert array.tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 9


@given(masks)
def test_runs_rebuild_the_mask(mask: np.ndarray) -> None:
    rebuilt = np.zeros_like(mask)
    for start, end in runs(mask):
        rebuilt[start:end] = True
    np.testing.assert_array_equal(rebuilt, mask)


@given(masks)
def test_runs_are_in_order_not_empty_and_apart(mask: np.ndarray) -> None:
    bounds = [bound for run in runs(mask) for bound in run]
    assert all(before < after for before, after in pairwise(bounds))


@pytest.mark.parametrize(
    ("mask", "expected"),
    [([], []), ([False, False], []), ([True], [(0, 1)]), ([True, False, True], [(0, 1), (2, 3)])],
)
def test_runs_have_an_exclusive_end(mask: list[bool], expected: list[tuple[int, int]]) -> None:
    assert runs(np.array(mask, np.bool_)) == expected
