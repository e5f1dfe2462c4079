"""The echo of the room: it decays and ends."""

import numpy as np
from numpy.typing import NDArray

from chorale.rendering.sound.reverb import BLOCK, LEVEL, REVERB_S, add_reverb
from chorale.rendering.sound.samples import SAMPLE_RATE


def clap(length_s: float, at: int = 0) -> NDArray[np.float32]:
    dry = np.zeros((2, round(length_s * SAMPLE_RATE)), np.float32)
    dry[:, at] = 1
    return dry


def loudness(sound: NDArray[np.float32]) -> float:
    return float(np.sqrt((sound**2).mean()))


def test_a_clap_sounds_directly_and_then_decays_to_silence() -> None:
    wet = add_reverb(clap(2.5))
    assert wet.dtype == np.float32
    assert np.allclose(wet[:, 0], 1, atol=1e-3)
    fifths = np.split(wet[:, SAMPLE_RATE // 20 : SAMPLE_RATE // 20 + 5 * 12_000], 5, axis=1)
    levels = [loudness(fifth) for fifth in fifths]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] < levels[0] / 30
    assert np.abs(wet[:, round(REVERB_S * SAMPLE_RATE) :]).max() < 1e-8


def test_left_and_right_have_different_echoes() -> None:
    left, right = add_reverb(clap(2))[:, 1000:]
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.2


def test_noise_has_its_echo_well_below_it() -> None:
    noise = np.random.default_rng(0).standard_normal(3 * SAMPLE_RATE).astype(np.float32)
    dry = np.stack([noise, noise])
    echo = add_reverb(dry) - dry
    assert loudness(echo) < LEVEL * loudness(dry)


def test_blocks_join_without_a_seam() -> None:
    place = BLOCK - round(REVERB_S * SAMPLE_RATE) - 100  # the echo crosses a block's end
    late, early = add_reverb(clap(10, place)), add_reverb(clap(10))
    assert np.allclose(late[:, place:], early[:, :-place], atol=1e-6)


def test_silence_stays_silent() -> None:
    assert not add_reverb(np.zeros((2, SAMPLE_RATE), np.float32)).any()
