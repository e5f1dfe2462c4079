"""Type aliases that several packages share."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]  # ids of tokens and conditions, and other small inputs of the network
Floats = NDArray[np.float32]
Rows = NDArray[np.intp]  # numbers of rows of a batch
Progress = Callable[[int, int], None]  # called with the amount done and the total
