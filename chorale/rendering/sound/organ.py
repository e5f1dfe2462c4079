"""A pipe organ with a small principal chorus, as it accompanies hymns.

- Soprano, alto and tenor are played on a manual of Principal 8', Octave 4' and a soft Octave 2';
  the bass on a pedal of Subbass 16', Principal 8' and Octave 4'. In a choir without a bass, the
  lowest voice is on the manual too. An 8' rank sounds at the written pitch, a 4' rank an octave
  higher.
- Equal temperament, a' = 440 Hz. Each pipe is out of tune by less than 2 cents, so that ranks that
  sound together seem alive.
- A pipe is a wave of a few partials; those above HIGHEST_HZ are left out, so that nothing aliases.
- Small ranks speak sooner than large ones, all with a breath of wind. Notes rise and fall by half
  cosines, which avoids clicks. The gain of each pitch compensates for the sensitivity of the ear.
- Voices are panned slightly apart, in a room with an echo (`chorale.rendering.sound.reverb`).

Everything comes from formulas and fixed seeds: the same performance gives the same samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from chorale.music import OCTAVE, VOICES
from chorale.rendering.sound.performance import Performance, PlayedNote
from chorale.rendering.sound.reverb import REVERB_S, add_reverb
from chorale.rendering.sound.samples import SAMPLE_RATE, Sound, ramp

HIGHEST_HZ = 19_000.0
WAVE_BITS = 15  # a wave has 2 ** WAVE_BITS samples
RELEASE_S = 0.06
SILENCE_S = 0.1  # after the echo
LEVEL = 0.11  # amplitude of the middle pitch; four singable voices then stay below 1
PANNING = (-0.25, 0.2, 0.1, -0.1)  # by voice; -1 left, 1 right
MIDDLE_PITCH = 60
BALANCE = 0.7  # share of the difference in loudness between pitches that is compensated
MAX_BALANCE = 3.0  # limit of the factor by which a pitch is made louder or softer
CHIFF_S, CHIFF = 0.05, 0.02  # length and level of the wind noise before a pipe speaks
MAX_PIPE_CENTS = 0.4  # detuning of a pipe within its rank
SEED = 1750


@dataclass(frozen=True)
class Rank:
    """Pipes of one kind, one for each pitch.

    Attributes:
        feet: length that names the rank: 8 sounds as written, 4 an octave higher.
        level: amplitude relative to the principal.
        cents: detuning from equal temperament.
        attack_s: time until a pipe of the middle pitch speaks fully, in seconds.
        partials: amplitudes of the partials, the fundamental first.
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
Division = tuple[Rank, ...]


def choose_divisions(pedal: bool = True) -> tuple[tuple[Rank, ...], ...]:
    """Return the ranks that play each voice, in SATB order.

    Args:
        pedal: whether the lowest voice is a bass, and so on the pedal.
    """
    return MANUAL, MANUAL, MANUAL, PEDAL if pedal else MANUAL


def synthesize_organ(
    performance: Performance,
    gains: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
    pedal: bool = True,
) -> Sound:
    """Synthesize a performance on the organ, with the echo of the room after its end.

    Args:
        performance: the notes and their times.
        gains: amplitude factor of each voice, soprano first.
        pedal: whether the lowest voice is a bass, and so on the pedal.

    Returns:
        (N, 2) float32 at SAMPLE_RATE, left and right, ending in silence.
    """
    length = round((performance.length_s + RELEASE_S + REVERB_S + SILENCE_S) * SAMPLE_RATE)
    stereo = np.zeros((2, length), np.float32)
    divisions = choose_divisions(pedal)
    tones = _synthesize_tones(performance.notes, divisions)
    for voice in range(len(VOICES)):
        line = np.zeros(length, np.float32)
        for note in performance.notes:
            if note.voice == voice:
                _add_note(note, tones[divisions[voice], note.pitch], line)
        angle = (1 + PANNING[voice]) * np.pi / 4
        for channel, share in enumerate((np.cos(angle), np.sin(angle))):
            stereo[channel] += line * np.float32(share * gains[voice])
    wet = add_reverb(stereo)
    wet[:, -round(SILENCE_S * SAMPLE_RATE) :] = 0  # rounding leaves traces of sound there
    return np.ascontiguousarray(wet.T)


def _add_note(note: PlayedNote, tone: Sound, line: Sound) -> None:
    """Add a note to the samples of its voice, in place."""
    start, length = _sample_span(note)
    release = ramp(round(RELEASE_S * SAMPLE_RATE))[::-1]
    line[start : start + length] += tone[:length]
    line[start + length :][: len(release)] += tone[length : length + len(release)] * release


def _sample_span(note: PlayedNote) -> tuple[int, int]:
    """Return start and length of a note, in samples."""
    start = round(note.start_s * SAMPLE_RATE)
    return start, round(note.end_s * SAMPLE_RATE) - start


def _synthesize_tones(
    played: Sequence[PlayedNote], divisions: Sequence[Division]
) -> dict[tuple[Division, int], Sound]:
    """Synthesize the tone of each key of a division, by ranks and pitch.

    A tone is as long as the longest note of its key, with its release.
    """
    longest: dict[tuple[Division, int], int] = {}
    for note in played:
        key = divisions[note.voice], note.pitch
        longest[key] = max(longest.get(key, 0), _sample_span(note)[1])
    release = round(RELEASE_S * SAMPLE_RATE)
    return {key: _synthesize_tone(*key, length + release) for key, length in longest.items()}


def _synthesize_tone(ranks: Division, pitch: int, samples: int) -> Sound:
    """Synthesize the sound of a key that is held, (samples,)."""
    tone = np.zeros(samples, np.float32)
    for rank in ranks:
        if _frequency(pitch, rank) < HIGHEST_HZ:
            tone += _synthesize_pipe(rank, pitch, samples)
    chiff = _synthesize_chiff(pitch)[:samples]
    tone[: len(chiff)] += chiff
    tone *= np.float32(LEVEL * balancing_gain(ranks, pitch))
    return tone


def _synthesize_pipe(rank: Rank, pitch: int, samples: int) -> Sound:
    """Synthesize one pipe with its attack, (samples,)."""
    generator = np.random.default_rng((SEED, round(rank.feet), pitch))
    cents = rank.cents + generator.uniform(-MAX_PIPE_CENTS, MAX_PIPE_CENTS)
    hertz = _frequency(pitch, rank) * 2 ** (cents / 1200)
    # The phase is a 32-bit number that overflows once a period; its highest bits index the wave.
    advance = np.uint32(round(hertz / SAMPLE_RATE * 2**32))
    phases = np.arange(samples, dtype=np.uint32) * advance
    places = (phases >> np.uint32(32 - WAVE_BITS)).astype(np.intp)
    wave = _build_wave(rank, max(1, int(HIGHEST_HZ // hertz)))
    sound = np.take(wave, places, mode="wrap")
    slowness = min(1.6, max(0.6, 2 ** ((MIDDLE_PITCH - pitch) / 36)))
    attack = ramp(round(rank.attack_s * slowness * SAMPLE_RATE))[:samples]
    sound[: len(attack)] *= attack
    return sound


@cache
def _build_wave(rank: Rank, partials: int) -> Sound:
    """Build one period of a pipe with at most `partials` partials, (2 ** WAVE_BITS,)."""
    size = 2**WAVE_BITS
    spectrum = np.zeros(size // 2 + 1, np.complex128)
    amplitudes = find_partials(rank)[:partials]
    spectrum[1 : 1 + len(amplitudes)] = size / 2 * amplitudes
    return np.fft.irfft(spectrum, size).astype(np.float32)


def find_partials(rank: Rank) -> NDArray[np.complex128]:
    """Return the amplitudes and phases of a rank's partials, as complex numbers."""
    phases = np.random.default_rng((SEED, round(rank.feet))).uniform(0, 2 * np.pi, 16)
    amplitudes = rank.level * np.array(rank.partials)
    return np.asarray(amplitudes * np.exp(1j * phases[: len(amplitudes)]))


def _synthesize_chiff(pitch: int) -> Sound:
    """Synthesize the wind before a pipe speaks: short noise around the third partial."""
    samples = round(CHIFF_S * SAMPLE_RATE)
    hertz = min(3 * _frequency(pitch), HIGHEST_HZ / 2)
    noise = np.random.default_rng((SEED, pitch)).standard_normal(samples)
    width = int(max(1, min(4 * SAMPLE_RATE / hertz, samples // 4)))
    noise = np.convolve(noise, np.ones(width) / np.sqrt(width), "same")
    window = np.sin(np.pi * (np.arange(samples) + 0.5) / samples) ** 2
    carrier = np.sin(2 * np.pi * hertz / SAMPLE_RATE * np.arange(samples))
    return (CHIFF * noise * window * carrier).astype(np.float32)


def balancing_gain(ranks: tuple[Rank, ...], pitch: int) -> float:
    """Return the amplitude factor that makes a pitch seem as loud as the middle pitch."""
    middle = _loudness(MANUAL, MIDDLE_PITCH)
    gain = (middle / max(_loudness(ranks, pitch), 1e-9)) ** BALANCE
    return min(MAX_BALANCE, max(1 / MAX_BALANCE, gain))


def _loudness(ranks: tuple[Rank, ...], pitch: int) -> float:
    """Return the root of the summed power of all partials, A-weighted."""
    power = 0.0
    for rank in ranks:
        hertz = _frequency(pitch, rank) * np.arange(1.0, len(rank.partials) + 1)
        amplitudes = rank.level * np.array(rank.partials)
        power += ((amplitudes * _a_weighting(hertz))[hertz < HIGHEST_HZ] ** 2).sum()
    return float(np.sqrt(power))


def _a_weighting(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sensitivity of the ear to frequencies, as amplitude factors: 1 at 1000 Hz.

    Source: the A-weighting of IEC 61672-1.
    """
    square = hertz**2
    low = square / (square + 20.6**2) / np.sqrt((square + 107.7**2) * (square + 737.9**2))
    return 1.2589 * 12194**2 * square * low / (square + 12194**2)


def _frequency(pitch: int, rank: Rank = MANUAL[0]) -> float:
    """Return the frequency of a rank's pipe in tune, in hertz."""
    return 440.0 * 2 ** ((pitch - 69) / OCTAVE) * 8 / rank.feet
