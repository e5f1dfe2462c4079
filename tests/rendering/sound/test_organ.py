"""The organ's sound, by its spectrum, its edges and its silence."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from made_up import made_up_chorale
from numpy.typing import NDArray

from chorale.rendering.sound.organ import RELEASE_S, SILENCE_S, synthesize_organ
from chorale.rendering.sound.performance import Performance, PlayedNote, perform
from chorale.rendering.sound.reverb import REVERB_S
from chorale.rendering.sound.samples import SAMPLE_RATE, Sound

CHORD = (72, 67, 64, 48)
INAUDIBLE = 1e-6  # a thirtieth of the last bit of 16


def played(*notes: tuple[int, int, float, float], length_s: float = 0) -> Performance:
    """A performance of notes, each (voice, pitch, start, end)."""
    ends = [end for _, _, _, end in notes]
    return Performance(tuple(PlayedNote(*note) for note in notes), max([length_s, *ends]))


def hertz(pitch: int) -> float:
    return float(440 * 2 ** ((pitch - 69) / 12))


@cache
def music() -> Sound:
    return synthesize_organ(perform(made_up_chorale(64, 3), 80))


def spectrum(sound: Sound) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """Frequencies and amplitudes of both channels together, finely interpolated."""
    mono = sound.mean(axis=1) * np.hanning(len(sound))
    size = 2**19
    return np.fft.rfftfreq(size, 1 / SAMPLE_RATE), np.abs(np.fft.rfft(mono, size))


def lone(voice: int, pitch: int) -> Sound:
    """The steady part of a note."""
    sound = synthesize_organ(played((voice, pitch, 0, 3)))
    return sound[SAMPLE_RATE // 4 : 3 * SAMPLE_RATE]


def cents_off(sound: Sound, frequency: float) -> float:
    """How far the strongest partial within a quarter tone of a frequency is from it."""
    frequencies, amplitudes = spectrum(sound)
    near = np.abs(np.log2(frequencies[1:] / frequency)) < 1 / 24
    peak = frequencies[1:][near][amplitudes[1:][near].argmax()]
    return float(1200 * np.log2(peak / frequency))


@pytest.mark.parametrize("pitch", [48, 60, 69, 81, 96])
def test_a_lone_note_sounds_at_its_pitch_and_its_harmonics_alone(pitch: int) -> None:
    sound = lone(0, pitch)
    frequencies, amplitudes = spectrum(sound)
    amplitudes /= amplitudes.max()
    harmonic = np.round(frequencies / hertz(pitch))
    between = np.abs(frequencies - harmonic * hertz(pitch)) > 4 + 0.002 * frequencies
    assert amplitudes[between].max() < 0.003
    fundamental = np.abs(frequencies - hertz(pitch)) < 2
    assert amplitudes[fundamental].max() > 0.5
    assert abs(cents_off(sound, hertz(pitch))) < 2
    assert abs(cents_off(sound, 2 * hertz(pitch))) < 2


def test_the_bass_has_a_rank_an_octave_below() -> None:
    frequencies, amplitudes = spectrum(lone(3, 48))
    below = amplitudes[np.abs(frequencies - hertz(36)) < 2].max()
    assert 0.1 < below / amplitudes.max() < 1
    assert abs(cents_off(lone(3, 48), hertz(36))) < 2


def test_a_chord_is_in_tune() -> None:
    sound = synthesize_organ(played(*((voice, pitch, 0, 3) for voice, pitch in enumerate(CHORD))))
    for pitch in CHORD:
        assert abs(cents_off(sound[: 3 * SAMPLE_RATE], hertz(pitch))) < 2


@pytest.mark.parametrize("pitch", [0, 20, 60, 110, 119, 120, 127])
@pytest.mark.parametrize("voice", [0, 3])
def test_every_pitch_sounds_and_nothing_aliases(voice: int, pitch: int) -> None:
    sound = lone(voice, pitch)
    assert 0.001 < np.abs(sound).max() < 1
    frequencies, amplitudes = spectrum(sound)
    lowest = hertz(pitch) / (2 if voice == 3 else 1)
    below = frequencies < lowest * 0.97 - 5
    assert amplitudes[below].max(initial=0) < amplitudes.max() * 1e-3


def test_notes_far_apart_are_about_as_loud() -> None:
    levels = [20 * np.log10(np.sqrt((lone(0, pitch) ** 2).mean())) for pitch in (55, 67, 79)]
    assert max(levels) - min(levels) < 6


def test_a_note_follows_silence_and_its_echo_dies_away() -> None:
    sound = synthesize_organ(played((1, 60, 0.5, 1.0), length_s=4))
    assert np.abs(sound[: SAMPLE_RATE // 2]).max() < INAUDIBLE
    ended = round((1 + RELEASE_S) * SAMPLE_RATE)
    first, second = sound[ended : ended + 4000], sound[ended + 30_000 : ended + 34_000]
    assert np.abs(first).max() > 3 * np.abs(second).max() > 0
    assert np.abs(sound[ended + round(REVERB_S * SAMPLE_RATE) :]).max() < INAUDIBLE


def test_the_end_is_silent() -> None:
    assert not music()[-round(SILENCE_S * SAMPLE_RATE) :].any()
    assert np.abs(music()[-SAMPLE_RATE // 4 :]).max() < 0.001


def test_rests_are_silence() -> None:
    sound = synthesize_organ(Performance((), 1.0))
    assert sound.shape == (round((1 + RELEASE_S + REVERB_S + SILENCE_S) * SAMPLE_RATE), 2)
    assert not sound.any()


def test_samples_are_stereo_float32_and_do_not_clip() -> None:
    assert music().dtype == np.float32
    assert music().flags.c_contiguous
    assert np.abs(music()).max() < 1
    assert abs(music().mean()) < 1e-4


def test_the_same_performance_gives_the_same_samples() -> None:
    assert np.array_equal(synthesize_organ(perform(made_up_chorale(64, 3), 80)), music())


def test_no_note_clicks() -> None:
    times = np.arange(8) * 0.25 + 0.5
    struck = played(*((0, 69 + step % 3, start, start + 0.2) for step, start in enumerate(times)))
    held = synthesize_organ(played((0, 71, 0, 2)))[SAMPLE_RATE // 2 : 2 * SAMPLE_RATE]
    sound = synthesize_organ(struck)
    for order in (1, 2):  # a jump, or a bend, would stand out from the held note's own
        sharpest = np.abs(np.diff(sound, order, axis=0)).max()
        assert sharpest < 1.3 * np.abs(np.diff(held, order, axis=0)).max()


def test_a_note_shorter_than_its_attack_sounds_without_a_click() -> None:
    sound = synthesize_organ(played((3, 36, 0, 0.005), (3, 38, 0.005, 0.01)))
    assert 0 < np.abs(sound).max() < 0.5
    assert np.abs(np.diff(sound, axis=0)).max() < 0.02


def test_voices_are_as_loud_as_their_gains() -> None:
    one = played((2, 60, 0, 1))
    quiet, usual = synthesize_organ(one, (1, 1, 0.5, 1)), synthesize_organ(one)
    assert np.allclose(quiet, usual / 2, atol=1e-6)
    assert not synthesize_organ(one, (1, 1, 0, 1)).any()


def test_voices_stand_apart() -> None:
    soprano, alto = (lone(voice, 69) ** 2 for voice in (0, 1))
    assert soprano[:, 0].mean() > soprano[:, 1].mean()
    assert alto[:, 0].mean() < alto[:, 1].mean()


def test_four_voices_on_one_pitch_do_not_clip() -> None:
    chord = synthesize_organ(played(*((voice, 60, 0, 1) for voice in range(4))))
    assert np.abs(chord).max() < 1


def test_a_lowest_voice_that_is_no_bass_has_no_sixteen_foot_pipes() -> None:
    note = PlayedNote(3, 60, 0.0, 1.0)
    performance = Performance((note,), 1.0)

    def level_an_octave_lower(pedal: bool) -> float:
        samples = synthesize_organ(performance, pedal=pedal)[:SAMPLE_RATE, 0]
        spectrum = np.abs(np.fft.rfft(samples))  # a second, so that a bin is 1 Hz
        return float(spectrum[128:134].max() / spectrum[258:266].max())

    assert level_an_octave_lower(True) > 0.2
    assert level_an_octave_lower(False) < 0.02
