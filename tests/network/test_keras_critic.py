"""The critic's twins give the same logits."""

import keras
import numpy as np
import pytest

from chorale.network.critic import BEAT_WIDTH, NETWORKS, critic_shapes
from chorale.network.keras_critic import build_critic, collect_weights
from chorale.network.numpy_critic import Critic, CriticState

BATCH, BEATS = 5, 30


@pytest.fixture(scope="module")
def networks() -> list[keras.Model]:
    keras.utils.set_random_seed(3)
    return [build_critic(0.4) for _ in range(NETWORKS)]


def random_beats() -> np.ndarray:
    generator = np.random.default_rng(0)
    return generator.normal(size=(BATCH, BEATS, BEAT_WIDTH)).astype(np.float32)


def judge(critic: Critic, beats: np.ndarray, state: CriticState) -> np.ndarray:
    logits = []
    for beat in beats.swapaxes(0, 1):
        logit, state = critic.judge(beat, state)
        logits.append(logit)
    return np.stack(logits, axis=1)


def test_the_weights_have_the_shapes_of_a_checkpoint(networks: list[keras.Model]) -> None:
    shapes = {name: values.shape for name, values in collect_weights(networks).items()}
    assert shapes == dict(critic_shapes())


def test_both_twins_give_the_same_logits(networks: list[keras.Model]) -> None:
    beats, critic = random_beats(), Critic(collect_weights(networks))
    expected = np.mean([network(beats)[..., 0] for network in networks], axis=0)
    found = judge(critic, beats, critic.begin(BATCH))
    assert np.abs(found - expected).max() < 1e-5 * np.abs(expected).max()


def test_chorales_go_on_from_the_state_of_another(networks: list[keras.Model]) -> None:
    beats, critic = random_beats(), Critic(collect_weights(networks))
    state = critic.begin(BATCH)
    for beat in beats[:, :10].swapaxes(0, 1):
        _, state = critic.judge(beat, state)
    rows = np.array([2, 2, 0])
    spliced = np.concatenate([beats[rows, :10], beats[:3, 10:]], axis=1)
    found = judge(critic, beats[:3, 10:], state.take(rows))
    whole = judge(critic, spliced, critic.begin(3))
    np.testing.assert_allclose(found, whole[:, 10:], atol=1e-5)
