"""The room in which an organ sounds: a touch of it around mostly direct sound.

The room's response is decaying noise, another in each ear: dark noise that dies away in
DARK_DECAY_S, as stone keeps the low notes, and brighter noise that the air swallows sooner. It
begins a moment after the direct sound and ends in silence. A fixed seed makes it one room.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100
ROOM_S = 1.6
LEVEL = 0.35  # of the room's sound to the direct one: -9 dB
DARK_DECAY_S, BRIGHT_DECAY_S = 1.5, 0.8  # until 60 dB are gone
LOWEST_HZ, DARK_HZ, BRIGHT_HZ = 110.0, 1_200.0, 5_000.0
DELAY_S, RISE_S, FADE_S = 0.012, 0.025, 0.4
BLOCK = 2**18  # samples that are transformed at once
SEED = 1685

Sound = NDArray[np.float32]


def ramp(samples: int) -> Sound:
    """A rise from 0 to 1 by half a cosine, (samples,); reversed, a fall."""
    way = (np.arange(samples) + 0.5) / max(1, samples)
    return ((1 - np.cos(np.pi * way)) / 2).astype(np.float32)


def in_room(dry: Sound) -> Sound:
    """Add the room to a sound.

    Args:
        dry: (2, N), left and right; what sounds in its last ROOM_S seconds is cut off.

    Returns:
        (2, N) float32.
    """
    heard = dry.copy()
    source = dry.mean(axis=0)
    response_length = round(ROOM_S * SAMPLE_RATE)
    step = BLOCK - response_length + 1
    for start in range(0, len(source), step):
        piece = source[start : start + step]
        if not piece.any():
            continue
        spectrum = np.fft.rfft(piece, BLOCK)
        end = min(len(source), start + len(piece) + response_length - 1)
        for channel, response in enumerate(_spectra()):
            echo = np.fft.irfft(spectrum * response, BLOCK)
            heard[channel, start:end] += echo[: end - start]
    return heard


@cache
def _spectra() -> tuple[NDArray[np.complex64], ...]:
    """What the room does to each frequency of a block, for the left and the right ear."""
    generator = np.random.default_rng(SEED)
    return tuple(_spectrum(_response(generator)) for _ in range(2))


def _spectrum(response: NDArray[np.float64]) -> NDArray[np.complex64]:
    """What a response does to each frequency, those of the dark band at LEVEL on average."""
    spectrum = np.fft.rfft(response, BLOCK)
    hertz = np.fft.rfftfreq(BLOCK, 1 / SAMPLE_RATE)
    dark = np.abs(spectrum[(hertz > LOWEST_HZ) & (hertz < DARK_HZ)])
    return (spectrum * (LEVEL / np.sqrt((dark**2).mean()))).astype(np.complex64)


def _response(generator: np.random.Generator) -> NDArray[np.float64]:
    """What a clap becomes in the room, ROOM_S long."""
    samples = round(ROOM_S * SAMPLE_RATE)
    seconds = np.arange(samples) / SAMPLE_RATE
    response = np.zeros(samples)
    bands = ((LOWEST_HZ, DARK_HZ, DARK_DECAY_S), (DARK_HZ, BRIGHT_HZ, BRIGHT_DECAY_S))
    for lowest, highest, decay_s in bands:
        noise = _band(generator.standard_normal(samples), lowest, highest)
        response += noise * 10 ** (-3 * seconds / decay_s)
    delay, rise, fade = (round(s * SAMPLE_RATE) for s in (DELAY_S, RISE_S, FADE_S))
    response[:delay] = 0
    response[delay : delay + rise] *= ramp(rise)
    response[-fade:] *= ramp(fade)[::-1]
    return response


def _band(noise: NDArray[np.float64], lowest_hz: float, highest_hz: float) -> NDArray[np.float64]:
    """Noise without what is well below and well above two frequencies."""
    spectrum = np.fft.rfft(noise)
    hertz = np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE)
    above = (hertz / lowest_hz) ** 4
    kept = above / (1 + above) / (1 + (hertz / highest_hz) ** 4)
    return np.fft.irfft(spectrum * kept, len(noise))
