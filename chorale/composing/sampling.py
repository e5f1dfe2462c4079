"""Sampling: draw tokens from logits, without any knowledge of the network.

A draw depends only on the logits, the `SamplingOptions` and an explicit random generator. The
options check their own ranges when they are constructed, so this module does not.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.options import SamplingOptions


def compute_probabilities(
    logits: NDArray[np.floating], options: SamplingOptions
) -> NDArray[np.float64]:
    """Return the distribution to draw from, (..., V), after temperature and truncation.

    A token with a logit of minus infinity has probability 0. With greedy options, the most likely
    token has probability 1; among equally likely tokens, the first. Options with a temperature per
    voice must first be reduced to one voice by `SamplingOptions.of_voice`.

    Source: top-p is nucleus sampling, Holtzman et al., "The Curious Case of Neural Text
    Degeneration" (2020): the smallest set of most likely tokens whose total probability is at least
    p. Min-p: Nguyen et al., "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM
    Outputs" (2024): no token below p times the highest probability.
    """
    logits = np.asarray(logits, np.float64)
    if options.greedy:
        likeliest = logits.argmax(-1, keepdims=True)
        return (np.arange(logits.shape[-1]) == likeliest).astype(np.float64)
    below = logits - logits.max(-1, keepdims=True)
    with np.errstate(over="ignore"):  # a tiny temperature gives probability 0
        chances = np.exp(below / options.temperature)
    chances = _normalize(chances)
    if options.top_p < 1:
        chances = _keep_nucleus(chances, options.top_p)
    if options.min_p:
        least = options.min_p * chances.max(-1, keepdims=True)
        chances = _normalize(np.where(chances >= least, chances, 0))
    return chances


def sample(
    logits: NDArray[np.floating],
    options: SamplingOptions,
    generators: Sequence[np.random.Generator],
) -> NDArray[np.int32]:
    """Draw a token from each distribution.

    Args:
        logits: (B, V), logits of B distributions.
        options: how tokens are drawn.
        generators: one for each of the B distributions, so that a chorale does not depend on the
            others of its batch. Each generator is advanced by one draw, in greedy mode too.

    Returns:
        Token ids, (B,) int32.
    """
    cumulative = compute_probabilities(logits, options).cumsum(-1)
    draws = np.array([generator.random() for generator in generators])
    passed = draws[:, None] * cumulative[:, -1:] < cumulative
    return passed.argmax(-1).astype(np.int32)


def skip(generators: Sequence[np.random.Generator]) -> None:
    """Advance generators by one draw, as `sample` does, where there is nothing to draw."""
    for generator in generators:
        generator.random()


def _keep_nucleus(chances: NDArray[np.float64], p: float) -> NDArray[np.float64]:
    """Keep the smallest set of most likely tokens with total probability p or more, (..., V)."""
    order = np.argsort(-chances, axis=-1, kind="stable")
    ordered = np.take_along_axis(chances, order, -1)
    before = ordered.cumsum(-1) - ordered
    nucleus = np.empty_like(chances)
    np.put_along_axis(nucleus, order, np.where(before < p, ordered, 0), -1)
    return _normalize(nucleus)


def _normalize(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide each distribution, (..., V), by its sum."""
    return chances / chances.sum(-1, keepdims=True)
