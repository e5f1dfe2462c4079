"""The room: an echo that decays, ends, and is the same each time."""

import numpy as np
from numpy.typing import NDArray

from chorale.rendering.sound.reverb import BLOCK, LEVEL, ROOM_S, SAMPLE_RATE, in_room, ramp


def clap(length_s: float, at: int = 0) -> NDArray[np.float32]:
    dry = np.zeros((2, round(length_s * SAMPLE_RATE)), np.float32)
    dry[:, at] = 1
    return dry


def loudness(sound: NDArray[np.float32]) -> float:
    return float(np.sqrt((sound**2).mean()))


def test_a_clap_is_heard_directly_and_then_decays_to_silence() -> None:
    interpret = in_room(clap(2.5))
    assert interpret.dtype == np.float32
    assert np.allclose(interpret[:, 0], 1, atol=1e-3)
    fifths = np.split(interpret[:, SAMPLE_RATE // 20 : SAMPLE_RATE // 20 + 5 * 12_000], 5, axis=1)
    levels = [loudness(fifth) for fifth in fifths]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] < levels[0] / 30
    assert np.abs(interpret[:, round(ROOM_S * SAMPLE_RATE) :]).max() < 1e-8


def test_the_ears_hear_different_echoes() -> None:
    left, right = in_room(clap(2))[:, 1000:]
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.2


def test_noise_has_its_echo_well_below_it() -> None:
    noise = np.random.default_rng(0).standard_normal(3 * SAMPLE_RATE).astype(np.float32)
    dry = np.stack([noise, noise])
    echo = in_room(dry) - dry
    assert loudness(echo) < LEVEL * loudness(dry)


def test_blocks_join_without_a_seam() -> None:
    place = BLOCK - round(ROOM_S * SAMPLE_RATE) - 100  # the echo crosses a block's end
    late, early = in_room(clap(10, place)), in_room(clap(10))
    assert np.allclose(late[:, place:], early[:, :-place], atol=1e-6)


def test_silence_stays_silent() -> None:
    assert not in_room(np.zeros((2, SAMPLE_RATE), np.float32)).any()


def test_a_ramp_rises_from_nothing_to_all() -> None:
    rise = ramp(100)
    assert (np.diff(rise) > 0).all()
    assert 0 < rise[0] < 0.001
    assert 0.999 < rise[-1] < 1
    assert np.allclose(rise + rise[::-1], 1)
    assert ramp(0).size == 0
