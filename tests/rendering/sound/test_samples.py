"""Ramps of samples."""

import numpy as np

from chorale.rendering.sound.samples import ramp


def test_a_ramp_rises_from_0_to_1() -> None:
    rise = ramp(100)
    assert (np.diff(rise) > 0).all()
    assert 0 < rise[0] < 0.001
    assert 0.999 < rise[-1] < 1
    assert np.allclose(rise + rise[::-1], 1)
    assert ramp(0).size == 0
