"""The key of the past, estimated at each step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.aliases import Ids
from chorale.corpus import load_corpus
from chorale.music import REST, Key
from chorale.network.conditions import key_id
from chorale.network.tokens import Vocabulary, encode, track_sounding
from chorale.network.tonality import HALF_LIFE, PROFILES, KeyEstimator, estimate_keys

VOCABULARY = Vocabulary()
CHORDS = {  # tonic, subdominant, dominant, tonic: four voices in semitones above the tonic
    "major": [(12, 7, 4, 0), (12, 9, 5, 5), (11, 7, 2, 7), (12, 7, 4, 0)],
    "minor": [(12, 7, 3, 0), (12, 8, 5, 5), (11, 7, 2, 7), (12, 7, 3, 0)],
}


def cadence(key: Key) -> Ids:
    """Return the tokens of the notes that sound in a cadence, (16, 4)."""
    chords = np.array(CHORDS[key.mode]) + 48 + key.tonic
    return np.repeat(chords - VOCABULARY.lowest_pitch + 2, 4, axis=0).astype(np.int32)


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", range(12))
def test_the_key_of_a_cadence_is_found(tonic: int, mode: str) -> None:
    key = Key(tonic, mode)  # type: ignore[arg-type]
    sounding = cadence(key)
    keys = estimate_keys(np.concatenate([sounding, sounding[-1:]]), VOCABULARY)
    assert keys.shape == (17, 2)
    assert keys.dtype == np.int32
    assert keys[-1].tolist() == [key_id(key)] * 2


def test_before_the_first_note_both_keys_are_unknown() -> None:
    silence = np.full((5, 4), VOCABULARY.rest, np.int32)
    assert not estimate_keys(silence, VOCABULARY).any()


def test_after_a_modulation_only_the_key_of_the_last_steps_is_the_new_one() -> None:
    old, new = Key(0, "major"), Key(9, "major")
    first = np.tile(cadence(old), (20, 1))
    second = np.tile(cadence(new), (HALF_LIFE * 3 // 16, 1))
    keys = estimate_keys(np.concatenate([first, second, second[-1:]]), VOCABULARY)
    assert keys[-1].tolist() == [key_id(old), key_id(new)]


@given(st.integers(0, 30), st.integers(0, 2**32 - 1))
def test_keys_depend_on_earlier_steps_alone(step: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    tokens = generator.integers(2, VOCABULARY.size, (32, 4)).astype(np.int32)
    other = tokens.copy()
    other[step:] = generator.integers(2, VOCABULARY.size, (32 - step, 4))
    before, after = (estimate_keys(each, VOCABULARY) for each in (tokens, other))
    np.testing.assert_array_equal(before[: step + 1], after[: step + 1])


@given(st.integers(-6, 6), st.integers(0, 11), st.sampled_from(["major", "minor"]))
def test_transposed_music_has_the_transposed_key(semitones: int, tonic: int, mode: str) -> None:
    key = Key(tonic, mode)  # type: ignore[arg-type]
    sounding = cadence(key) + semitones
    estimator = KeyEstimator(1, VOCABULARY)
    for frame in sounding:
        estimator.append(frame[None])
    assert estimator.keys().tolist() == [[key_id(key.transposed(semitones))] * 2]


def test_a_batch_has_the_keys_of_each_chorale_alone() -> None:
    both = [cadence(Key(2, "major")), cadence(Key(7, "minor"))]
    estimator, together = KeyEstimator(2, VOCABULARY), []
    for frames in zip(*both, strict=True):
        together.append(estimator.keys())
        estimator.append(np.stack(frames))
    alone = [estimate_keys(each, VOCABULARY) for each in both]
    np.testing.assert_array_equal(np.stack(together, axis=1), np.stack(alone))


def test_the_profiles_are_those_of_the_training_split() -> None:
    counts = {mode: np.zeros(12) for mode in PROFILES}
    for chorale in load_corpus("bach").splits["train"]:
        if chorale.plan.key:
            sounding = chorale.pitches[chorale.pitches != REST] - chorale.plan.key.tonic
            counts[chorale.plan.key.mode] += np.bincount(sounding % 12, minlength=12)
    for mode, profile in PROFILES.items():
        np.testing.assert_allclose(profile, 100 * counts[mode] / counts[mode].sum(), atol=0.07)


def test_in_bach_the_key_of_the_piece_is_found_in_five_sixths_of_the_steps() -> None:
    right = steps = 0
    for chorale in load_corpus("bach").splits["valid"]:
        if chorale.plan.key:
            sounding = track_sounding(encode(chorale, VOCABULARY), VOCABULARY).sounding
            keys = estimate_keys(sounding, VOCABULARY)[:, 0]
            right += int((keys == key_id(chorale.plan.key)).sum())
            steps += len(keys)
    assert right / steps > 0.78
