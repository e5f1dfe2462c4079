"""Arrays of sound samples: their rate, their type, and ramps that avoid clicks."""

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100  # samples a second
Sound = NDArray[np.float32]  # 1 is full scale


def ramp(length: int) -> Sound:
    """Return a rise from 0 to 1 by half a cosine, (length,); reversed, it is a fall."""
    way = (np.arange(length) + 0.5) / max(1, length)
    return ((1 - np.cos(np.pi * way)) / 2).astype(np.float32)
