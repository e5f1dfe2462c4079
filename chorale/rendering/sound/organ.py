"""A pipe organ with a small principal chorus, as it accompanies hymns.

- Soprano, alto and tenor are played on a manual of Principal 8', Octave 4' and a soft Octave 2';
  the bass on a pedal of Subbass 16', Principal 8' and Octave 4'. A rank of 8' sounds at the
  written pitch, of 4' an octave higher.
- Equal temperament, a' = 440 Hz. Each pipe is a hair off, less than 2 cents, so that ranks that
  sound together live.
- A pipe is a wave of a few partials, those above HIGHEST_HZ left out, so that nothing folds back.
- Small ranks speak sooner than large ones, all with a breath of wind. Notes rise and fall by half
  cosines and make no clicks. Each pitch is louder or softer by what the ear makes of it.
- Voices stand slightly apart, in a room (`chorale.rendering.sound.reverb`).

All is made up by formulas and fixed seeds: the same performance gives the same samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from chorale.music import VOICES
from chorale.rendering.sound.performance import Performance, PlayedNote
from chorale.rendering.sound.reverb import ROOM_S, SAMPLE_RATE, Sound, in_room, ramp

HIGHEST_HZ = 19_000.0
WAVE_BITS = 15  # samples of a wave are 2 ** WAVE_BITS
RELEASE_S = 0.06
SILENCE_S = 0.1  # at the end
LEVEL = 0.11  # of a middle pitch; four singable voices then stay below 1
PLACES = (-0.25, 0.2, 0.1, -0.1)  # of the voices; -1 left, 1 right
MIDDLE_PITCH = 60
BALANCE = 0.7  # of what pitches differ in loudness, how much is made up for
MOST_BALANCE = 3.0  # times as loud or soft
CHIFF_S, CHIFF = 0.05, 0.02  # the wind before a pipe speaks
MOST_PIPE_CENTS = 0.4  # that a pipe is off its rank
SEED = 1750


@dataclass(frozen=True)
class Rank:
    """Pipes of one kind, one for each pitch.

    Attributes:
        feet: 8 sounds as written, 4 an octave higher.
        level: its amplitude to the principal's.
        cents: that it is off equal temperament.
        attack_s: until a pipe of the middle pitch speaks fully.
        partials: amplitudes, the fundamental's first.
    """

    feet: float
    level: float
    cents: float
    attack_s: float
    partials: tuple[float, ...]


_PRINCIPAL = (1.0, 0.46, 0.36, 0.22, 0.15, 0.09, 0.065, 0.045, 0.03, 0.02, 0.014, 0.01)
_OCTAVE = (1.0, 0.45, 0.22, 0.11, 0.06, 0.035, 0.02, 0.01)
_SUBBASS = (1.0, 0.12, 0.24, 0.03, 0.06, 0.015, 0.015)
MANUAL = (
    Rank(8, 1.0, 0.0, 0.050, _PRINCIPAL),
    Rank(4, 0.38, 1.2, 0.035, _OCTAVE),
    Rank(2, 0.14, -1.1, 0.025, _OCTAVE[:4]),
)
PEDAL = (
    Rank(16, 0.55, -1.0, 0.080, _SUBBASS),
    Rank(8, 1.0, 0.0, 0.050, _PRINCIPAL),
    Rank(4, 0.35, 1.2, 0.035, _OCTAVE),
)
DIVISIONS = (MANUAL, MANUAL, MANUAL, PEDAL)  # by voice


def organ_sound(performance: Performance, gains: Sequence[float] = (1.0, 1.0, 1.0, 1.0)) -> Sound:
    """The sound of a performance on the organ, with the room's echo after its end.

    Args:
        performance: what is played.
        gains: times as loud as usual that each voice is, soprano first.

    Returns:
        (N, 2) float32 at SAMPLE_RATE, left and right, ending in silence.
    """
    length = round((performance.length_s + RELEASE_S + ROOM_S + SILENCE_S) * SAMPLE_RATE)
    stereo = np.zeros((2, length), np.float32)
    tones = _tones(performance.notes)
    for voice in range(len(VOICES)):
        line = np.zeros(length, np.float32)
        for note in performance.notes:
            if note.voice == voice:
                _sound(note, tones[DIVISIONS[voice], note.pitch], line)
        angle = (1 + PLACES[voice]) * np.pi / 4
        for channel, share in enumerate((np.cos(angle), np.sin(angle))):
            stereo[channel] += line * np.float32(share * gains[voice])
    heard = in_room(stereo)
    heard[:, -round(SILENCE_S * SAMPLE_RATE) :] = 0  # it is nearly, but for rounding
    return np.ascontiguousarray(heard.T)


def _sound(note: PlayedNote, tone: Sound, line: Sound) -> None:
    """Add a note to the line of its voice."""
    start, length = _samples(note)
    release = ramp(round(RELEASE_S * SAMPLE_RATE))[::-1]
    line[start : start + length] += tone[:length]
    line[start + length :][: len(release)] += tone[length : length + len(release)] * release


def _samples(note: PlayedNote) -> tuple[int, int]:
    """Start and length of a note, in samples."""
    start = round(note.start_s * SAMPLE_RATE)
    return start, round(note.end_s * SAMPLE_RATE) - start


def _tones(played: Sequence[PlayedNote]) -> dict[tuple[tuple[Rank, ...], int], Sound]:
    """The tone of each key that is played, as long as its longest note, and its release."""
    longest: dict[tuple[tuple[Rank, ...], int], int] = {}
    for note in played:
        key = DIVISIONS[note.voice], note.pitch
        longest[key] = max(longest.get(key, 0), _samples(note)[1])
    release = round(RELEASE_S * SAMPLE_RATE)
    return {key: _tone(*key, length + release) for key, length in longest.items()}


def _tone(ranks: tuple[Rank, ...], pitch: int, samples: int) -> Sound:
    """What sounds while a key is held, (samples,)."""
    tone = np.zeros(samples, np.float32)
    for rank in ranks:
        if _hertz(pitch, rank) < HIGHEST_HZ:
            tone += _pipe(rank, pitch, samples)
    chiff = _chiff(pitch)[:samples]
    tone[: len(chiff)] += chiff
    tone *= np.float32(LEVEL * _balance(ranks, pitch))
    return tone


def _pipe(rank: Rank, pitch: int, samples: int) -> Sound:
    generator = np.random.default_rng((SEED, round(rank.feet), pitch))
    cents = rank.cents + generator.uniform(-MOST_PIPE_CENTS, MOST_PIPE_CENTS)
    hertz = _hertz(pitch, rank) * 2 ** (cents / 1200)
    # The phase is a 32-bit number that runs over once a period; its highest bits tell the place.
    advance = np.uint32(round(hertz / SAMPLE_RATE * 2**32))
    phases = np.arange(samples, dtype=np.uint32) * advance
    places = (phases >> np.uint32(32 - WAVE_BITS)).astype(np.intp)
    wave = _wave(rank, max(1, int(HIGHEST_HZ // hertz)))
    sound = np.take(wave, places, mode="wrap")
    slowness = min(1.6, max(0.6, 2 ** ((MIDDLE_PITCH - pitch) / 36)))
    attack = ramp(round(rank.attack_s * slowness * SAMPLE_RATE))[:samples]
    sound[: len(attack)] *= attack
    return sound


@cache
def _wave(rank: Rank, partials: int) -> Sound:
    """One period of a pipe with so many of its rank's partials, (2 ** WAVE_BITS,)."""
    amplitudes = np.array(rank.partials[:partials])
    phases = np.random.default_rng((SEED, round(rank.feet))).uniform(0, 2 * np.pi, 16)
    size = 2**WAVE_BITS
    spectrum = np.zeros(size // 2 + 1, np.complex128)
    turned = amplitudes * np.exp(1j * phases[: len(amplitudes)])
    spectrum[1 : 1 + len(amplitudes)] = rank.level * size / 2 * turned
    return np.fft.irfft(spectrum, size).astype(np.float32)


def _chiff(pitch: int) -> Sound:
    """The wind as a pipe begins to speak: a short noise around its third partial."""
    samples = round(CHIFF_S * SAMPLE_RATE)
    hertz = min(3 * _hertz(pitch), HIGHEST_HZ / 2)
    noise = np.random.default_rng((SEED, pitch)).standard_normal(samples)
    width = int(max(1, min(4 * SAMPLE_RATE / hertz, samples // 4)))
    noise = np.convolve(noise, np.ones(width) / np.sqrt(width), "same")
    window = np.sin(np.pi * (np.arange(samples) + 0.5) / samples) ** 2
    carrier = np.sin(2 * np.pi * hertz / SAMPLE_RATE * np.arange(samples))
    return (CHIFF * noise * window * carrier).astype(np.float32)


def _balance(ranks: tuple[Rank, ...], pitch: int) -> float:
    """Times as loud as the middle pitch that a pitch is played, so that both seem alike."""
    middle = _loudness(MANUAL, MIDDLE_PITCH)
    times = (middle / max(_loudness(ranks, pitch), 1e-9)) ** BALANCE
    return min(MOST_BALANCE, max(1 / MOST_BALANCE, times))


def _loudness(ranks: tuple[Rank, ...], pitch: int) -> float:
    """Amplitude of all partials, each weighted as the ear hears it."""
    power = 0.0
    for rank in ranks:
        hertz = _hertz(pitch, rank) * np.arange(1.0, len(rank.partials) + 1)
        amplitudes = rank.level * np.array(rank.partials)
        power += ((amplitudes * _ear(hertz))[hertz < HIGHEST_HZ] ** 2).sum()
    return float(np.sqrt(power))


def _ear(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """How strongly the ear hears frequencies, 1 at 1000 Hz.

    Source: the A-weighting of IEC 61672-1.
    """
    square = hertz**2
    low = square / (square + 20.6**2) / np.sqrt((square + 107.7**2) * (square + 737.9**2))
    return 1.2589 * 12194**2 * square * low / (square + 12194**2)


def _hertz(pitch: int, rank: Rank = MANUAL[0]) -> float:
    return 440.0 * 2 ** ((pitch - 69) / 12) * 8 / rank.feet
