"""The tonics that the past suggests: of scales and chords, so far and lately."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales

from chorale.music import REST, Chorale
from chorale.tokens import Vocabulary, encode, sounding_after
from chorale.tonality import LATELY_STEPS, PROFILES, TONICS, Tonality, tonic_note, tonics_of

VOCABULARY = Vocabulary()
STEPS = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


def line(*pitches: int) -> np.ndarray:
    """These pitches in all four voices, a step each, as tokens."""
    tokens = [VOCABULARY.rest if p == REST else VOCABULARY.of_pitch(p) for p in pitches]
    return np.repeat(np.array(tokens, np.int32)[:, None], 4, axis=1)


def in_key(tonic: int, mode: str) -> list[int]:
    """A scale and what makes it sound like its key."""
    third = STEPS[mode][2]
    return [48 + tonic + degree for degree in (*STEPS[mode], 0, third, 7, 12, 7, third, 0)]


def note(tonic: int) -> int:
    return tonic_note(tonic % 12, VOCABULARY)


@pytest.mark.parametrize("mode", PROFILES)
@pytest.mark.parametrize("tonic", range(12))
def test_a_scale_with_its_triad_is_heard_in_its_key(tonic: int, mode: str) -> None:
    sounding = line(*in_key(tonic, mode))
    assert tonics_of(sounding, VOCABULARY)[-1].tolist() == [note(tonic)] * TONICS


def test_after_a_modulation_the_last_bars_tell_the_new_key_and_the_whole_the_old_one() -> None:
    old, new = in_key(0, "major"), in_key(9, "major")
    sounding = line(*old * 12, *new * 3)
    assert len(new) * 3 > LATELY_STEPS
    assert tonics_of(sounding, VOCABULARY)[-1].tolist() == [note(0), note(9)]


def test_only_the_last_steps_count_lately() -> None:
    before = line(*in_key(6, "minor") * 3)
    last = line(*(in_key(1, "major") * 3)[:LATELY_STEPS])
    found = tonics_of(np.concatenate([before, last]), VOCABULARY)[-1]
    assert found[1] == tonics_of(last, VOCABULARY)[-1][1]


def test_silence_has_no_tonic() -> None:
    start = np.full((1, 4), VOCABULARY.start, np.int32)
    sounding = np.concatenate([start, line(REST, REST, 60)])
    rest = VOCABULARY.rest
    assert tonics_of(sounding, VOCABULARY)[:3].tolist() == [[rest] * TONICS] * 3
    assert (tonics_of(sounding, VOCABULARY)[3] != rest).all()


def test_what_sounded_long_ago_is_no_tonic_of_the_last_bars() -> None:
    sounding = line(*in_key(2, "major"), *[REST] * LATELY_STEPS)
    found = tonics_of(sounding, VOCABULARY)[-2:, 1].tolist()
    assert found[0] != VOCABULARY.rest  # one rest fewer, and the last note still counts
    assert found[1] == VOCABULARY.rest


@given(chorales(), st.integers(1, 3))
def test_heard_step_by_step_it_is_the_same(chorale: Chorale, batch: int) -> None:
    sounding = sounding_after(encode(chorale, VOCABULARY), VOCABULARY).sounding
    tonality = Tonality(batch, VOCABULARY)
    for expected, now in zip(tonics_of(sounding, VOCABULARY), sounding, strict=True):
        tonality.hear(np.repeat(now[None], batch, axis=0))
        assert (tonality.tonics() == expected).all()


def test_transposed_music_has_transposed_tonics() -> None:
    sounding = line(*in_key(0, "minor") * 2)
    for semitones in range(1, 12):
        moved = tonics_of(sounding + semitones, VOCABULARY)[10:]
        expected = [
            [note(t - note(0) + semitones) for t in row]
            for row in tonics_of(sounding, VOCABULARY)[10:].tolist()
        ]
        assert moved.tolist() == expected
