"""Guidance, against the network asked twice."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_network import OPTIONS, plan_in_phrases, tiny_checkpoint

from chorale.composing.guidance import GuidedNetwork
from chorale.network.conditions import conditions_of, nothing_known
from chorale.network.history import HistoryTracker, Ids
from chorale.network.numpy_network import Network
from chorale.network.tokens import Vocabulary

VOCABULARY = Vocabulary()
LENGTH = 64  # of `plan_in_phrases`
NETWORK = Network(tiny_checkpoint())


def music() -> Ids:
    """(1, LENGTH, 4) tokens."""
    tokens = np.random.default_rng(5).integers(2, VOCABULARY.size, (1, LENGTH, 4))
    return tokens.astype(np.int32)


def told() -> tuple[Ids, Ids]:
    """Evidence and conditions: the soprano and the plan."""
    evidence = np.full_like(music(), VOCABULARY.unknown)
    evidence[..., 0] = music()[..., 0]
    return evidence, conditions_of(plan_in_phrases())[None]


def untold() -> tuple[Ids, Ids]:
    return np.full_like(music(), VOCABULARY.unknown), nothing_known(LENGTH)[None]


def guided_logits(network: Network, guidance: float) -> NDArray[np.float64]:
    """Logits of every cell of the music, (1, LENGTH, 4, V), step by step."""
    tokens, (evidence, conditions) = music(), told()
    guided = GuidedNetwork(network, evidence, conditions, guidance)
    listener, found = HistoryTracker(1, VOCABULARY), np.empty((1, LENGTH, 4, VOCABULARY.size))
    for step in range(LENGTH):
        guided.step(listener.past())
        cells = evidence[:, step].copy()
        for voice in network.options.order:
            found[:, step, voice] = guided.logits(voice, cells)
            cells[:, voice] = tokens[:, step, voice]
        listener.append(tokens[:, step])
    return found


def log_chances(network: Network, known: tuple[Ids, Ids]) -> NDArray[np.float64]:
    """The same all at once, normalised, with this known."""
    tokens, listener, pasts = music(), HistoryTracker(1, VOCABULARY), []
    for step in range(LENGTH):
        pasts.append(listener.past())
        listener.append(tokens[:, step])
    past = type(pasts[0])(*(np.stack(values, axis=1) for values in zip(*pasts, strict=True)))
    logits = network.score(tokens, past, *known).astype(np.float64)
    shifted = logits - logits.max(-1, keepdims=True)
    found: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return found


@pytest.mark.parametrize("guidance", [0.5, 2.0])
def test_what_is_told_counts_more_by_what_it_changes(guidance: float) -> None:
    with_it, without = log_chances(NETWORK, told()), log_chances(NETWORK, untold())
    assert np.abs(with_it - without).max() > 0.1
    expected = with_it + guidance * (with_it - without)
    np.testing.assert_allclose(guided_logits(NETWORK, guidance), expected, rtol=0, atol=1e-3)


def test_without_guidance_the_network_speaks_for_itself() -> None:
    found = guided_logits(NETWORK, 0.0)
    expected = log_chances(NETWORK, told())
    normalised = found - np.log(np.exp(found).sum(-1, keepdims=True))
    np.testing.assert_allclose(normalised, expected, rtol=0, atol=1e-4)


def test_a_network_without_an_encoder_is_asked_once() -> None:
    deaf = Network(tiny_checkpoint(options=replace(OPTIONS, encoder_units=0)))
    np.testing.assert_array_equal(guided_logits(deaf, 2.0), guided_logits(deaf, 0.0))


@pytest.mark.parametrize("guidance", [0.0, 1.0])
def test_what_is_expected_untold_is_told_beside(guidance: float) -> None:
    tokens, (evidence, conditions) = music(), told()
    guided = GuidedNetwork(NETWORK, evidence, conditions, guidance, untold=True)
    expected, listener = log_chances(NETWORK, untold()), HistoryTracker(1, VOCABULARY)
    for step in range(8):
        guided.step(listener.past())
        cells = evidence[:, step].copy()
        for voice in NETWORK.options.order:
            guided.logits(voice, cells)
            np.testing.assert_allclose(guided.expected, expected[:, step, voice], atol=1e-3)
            cells[:, voice] = tokens[:, step, voice]
        listener.append(tokens[:, step])
