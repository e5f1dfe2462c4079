"""Guidance, compared with two runs of the network."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_network import OPTIONS, plan_in_phrases, tiny_checkpoint

from chorale.aliases import Ids
from chorale.composing.guidance import GuidedNetwork
from chorale.network.conditions import encode_plan, encode_unknown_plan
from chorale.network.history import HistoryTracker
from chorale.network.numpy_network import Network
from chorale.network.tokens import Vocabulary

VOCABULARY = Vocabulary()
LENGTH = 64  # of `plan_in_phrases`
NETWORK = Network(tiny_checkpoint())


def music() -> Ids:
    """(1, LENGTH, 4) tokens."""
    tokens = np.random.default_rng(5).integers(2, VOCABULARY.size, (1, LENGTH, 4))
    return tokens.astype(np.int32)


def conditioned() -> tuple[Ids, Ids]:
    """Given notes and conditions: the soprano and the plan."""
    given = np.full_like(music(), VOCABULARY.unknown)
    given[..., 0] = music()[..., 0]
    return given, encode_plan(plan_in_phrases())[None]


def unconditioned() -> tuple[Ids, Ids]:
    return np.full_like(music(), VOCABULARY.unknown), encode_unknown_plan(LENGTH)[None]


def guided_logits(network: Network, guidance: float) -> NDArray[np.float64]:
    """Logits of every cell of the music, (1, LENGTH, 4, V), step by step."""
    tokens, (given, conditions) = music(), conditioned()
    guided = GuidedNetwork(network, given, conditions, guidance)
    tracker, found = HistoryTracker(1, VOCABULARY), np.empty((1, LENGTH, 4, VOCABULARY.size))
    for step in range(LENGTH):
        guided.step(tracker.history())
        cells = given[:, step].copy()
        for voice in network.options.order:
            found[:, step, voice] = guided.logits(voice, cells)
            cells[:, voice] = tokens[:, step, voice]
        tracker.append(tokens[:, step])
    return found


def log_probabilities(network: Network, conditioning: tuple[Ids, Ids]) -> NDArray[np.float64]:
    """Log probabilities of the same cells, computed all at once with this conditioning."""
    tokens, tracker, pasts = music(), HistoryTracker(1, VOCABULARY), []
    for step in range(LENGTH):
        pasts.append(tracker.history())
        tracker.append(tokens[:, step])
    past = type(pasts[0])(*(np.stack(values, axis=1) for values in zip(*pasts, strict=True)))
    logits = network.score(tokens, past, *conditioning).astype(np.float64)
    shifted = logits - logits.max(-1, keepdims=True)
    found: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return found


@pytest.mark.parametrize("guidance", [0.5, 2.0])
def test_guidance_amplifies_the_change_that_conditions_make(guidance: float) -> None:
    with_it, without = (
        log_probabilities(NETWORK, conditioned()),
        log_probabilities(NETWORK, unconditioned()),
    )
    assert np.abs(with_it - without).max() > 0.1
    expected = with_it + guidance * (with_it - without)
    expected[:, 0] = with_it[:, 0]  # the first step is not guided
    np.testing.assert_allclose(guided_logits(NETWORK, guidance), expected, rtol=0, atol=1e-3)


def test_without_guidance_the_distribution_is_that_of_the_network() -> None:
    found = guided_logits(NETWORK, 0.0)
    expected = log_probabilities(NETWORK, conditioned())
    normalised = found - np.log(np.exp(found).sum(-1, keepdims=True))
    np.testing.assert_allclose(normalised, expected, rtol=1e-5, atol=1e-4)


def test_a_network_without_an_encoder_runs_once() -> None:
    without_encoder = Network(tiny_checkpoint(options=replace(OPTIONS, encoder_units=0)))
    np.testing.assert_array_equal(
        guided_logits(without_encoder, 2.0), guided_logits(without_encoder, 0.0)
    )


@pytest.mark.parametrize("guidance", [0.0, 1.0])
def test_the_unconditioned_distribution_is_available_beside_the_guided_one(guidance: float) -> None:
    tokens, (given, conditions) = music(), conditioned()
    guided = GuidedNetwork(NETWORK, given, conditions, guidance, unconditioned=True)
    expected, tracker = log_probabilities(NETWORK, unconditioned()), HistoryTracker(1, VOCABULARY)
    for step in range(8):
        guided.step(tracker.history())
        cells = given[:, step].copy()
        for voice in NETWORK.options.order:
            guided.logits(voice, cells)
            np.testing.assert_allclose(guided.unconditioned, expected[:, step, voice], atol=1e-3)
            cells[:, voice] = tokens[:, step, voice]
        tracker.append(tokens[:, step])
