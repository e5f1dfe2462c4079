"""Helpers for arrays: read-only copies, and runs in masks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def freeze(values: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    """Return a read-only copy of an array, converted to a type."""
    array = np.array(values, dtype)
    array.flags.writeable = False
    return array


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the runs of true values in a mask, (T,), as pairs of start and exclusive end."""
    return [(start, end) for start, end in run_bounds(mask).tolist()]


def run_bounds(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the R runs of true values in a mask, (T,), as starts and exclusive ends, (R, 2)."""
    padded = np.zeros(len(mask) + 2, np.bool_)
    padded[1:-1] = mask
    return np.flatnonzero(padded[1:] != padded[:-1]).reshape(-1, 2)
