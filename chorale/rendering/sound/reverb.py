"""The echo of the room in which the organ stands, added softly to the direct sound.

The impulse response is decaying noise, different in each ear: dark noise that decays over
DARK_DECAY_S, since stone reflects low notes for long, and brighter noise that the air absorbs
sooner. The echo starts a moment after the direct sound and ends in silence. The seed is fixed.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from chorale.rendering.sound.samples import SAMPLE_RATE, Sound, ramp

REVERB_S = 1.6
LEVEL = 0.35  # level of the echo relative to the direct sound: -9 dB
DARK_DECAY_S, BRIGHT_DECAY_S = 1.5, 0.8  # time until the echo falls to -60 dB
LOWEST_HZ, DARK_HZ, BRIGHT_HZ = 110.0, 1_200.0, 5_000.0
DELAY_S, RISE_S, FADE_S = 0.012, 0.025, 0.4
BLOCK = 2**18  # samples per Fourier transform
SEED = 1685


def add_reverb(dry: Sound) -> Sound:
    """Add the echo of the room to a sound.

    Args:
        dry: (2, N), left and right; the echo is cut off where this sound ends, so its last
            REVERB_S seconds should be silent.

    Returns:
        (2, N) float32.
    """
    wet = dry.copy()
    source = dry.mean(axis=0)
    response_length = round(REVERB_S * SAMPLE_RATE)
    step = BLOCK - response_length + 1
    for start in range(0, len(source), step):
        piece = source[start : start + step]
        if not piece.any():
            continue
        spectrum = np.fft.rfft(piece, BLOCK)
        end = min(len(source), start + len(piece) + response_length - 1)
        for channel, response in enumerate(_stereo_response()):
            echo = np.fft.irfft(spectrum * response, BLOCK)
            wet[channel, start:end] += echo[: end - start]
    return wet


@cache
def _stereo_response() -> tuple[NDArray[np.complex64], ...]:
    """Return the frequency responses of the room for the left and the right ear."""
    generator = np.random.default_rng(SEED)
    return tuple(_frequency_response(_impulse_response(generator)) for _ in range(2))


def _frequency_response(response: NDArray[np.float64]) -> NDArray[np.complex64]:
    """Transform an impulse response and scale it so that the dark band averages LEVEL."""
    spectrum = np.fft.rfft(response, BLOCK)
    hertz = np.fft.rfftfreq(BLOCK, 1 / SAMPLE_RATE)
    dark = np.abs(spectrum[(hertz > LOWEST_HZ) & (hertz < DARK_HZ)])
    return (spectrum * (LEVEL / np.sqrt((dark**2).mean()))).astype(np.complex64)


def _impulse_response(generator: np.random.Generator) -> NDArray[np.float64]:
    """Draw an impulse response of the room, REVERB_S long."""
    samples = round(REVERB_S * SAMPLE_RATE)
    seconds = np.arange(samples) / SAMPLE_RATE
    response = np.zeros(samples)
    bands = ((LOWEST_HZ, DARK_HZ, DARK_DECAY_S), (DARK_HZ, BRIGHT_HZ, BRIGHT_DECAY_S))
    for lowest, highest, decay_s in bands:
        noise = _pass_band(generator.standard_normal(samples), lowest, highest)
        response += noise * 10 ** (-3 * seconds / decay_s)
    delay, rise, fade = (round(s * SAMPLE_RATE) for s in (DELAY_S, RISE_S, FADE_S))
    response[:delay] = 0
    response[delay : delay + rise] *= ramp(rise)
    response[-fade:] *= ramp(fade)[::-1]
    return response


def _pass_band(
    noise: NDArray[np.float64], lowest_hz: float, highest_hz: float
) -> NDArray[np.float64]:
    """Filter noise with a gentle band-pass between two frequencies."""
    spectrum = np.fft.rfft(noise)
    hertz = np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE)
    above = (hertz / lowest_hz) ** 4
    gain = above / (1 + above) / (1 + (hertz / highest_hz) ** 4)
    return np.fft.irfft(spectrum * gain, len(noise))
