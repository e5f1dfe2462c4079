"""Arrays of sound samples: their rate, their type, and ramps that avoid clicks."""

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100  # samples per second
Sound = NDArray[np.float32]  # 1 is full scale


def ramp(length: int) -> Sound:
    """Return a half-cosine fade-in from 0 to 1, (length,); reverse it for a fade-out."""
    phase = (np.arange(length) + 0.5) / max(1, length)
    return ((1 - np.cos(np.pi * phase)) / 2).astype(np.float32)
