"""Arrays of music: read-only copies, and runs of steps."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def frozen(values: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    """Copy an array as a read-only one of a type."""
    array = np.array(values, dtype)
    array.flags.writeable = False
    return array


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Find the runs of true values in a mask, (T,): of each its first index and its exclusive end."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
