"""Types that many rooms name."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]  # tokens, conditions and other small numbers that the network reads
Floats = NDArray[np.float32]
Progress = Callable[[int, int], None]  # called with how much is done, of how much in all
