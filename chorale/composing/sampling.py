"""Drawing a token from a distribution; it knows no network.

A draw is a function of logits, of `SamplingOptions` (whose ranges are checked when they are made)
and of an explicit random generator.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chorale.options import SamplingOptions


def probabilities(logits: NDArray[np.floating], options: SamplingOptions) -> NDArray[np.float64]:
    """The distribution that is drawn from, (..., V), after temperature and top-p.

    Where the options have a temperature a voice, they must have been chosen by `of_voice` before.

    Logits of minus infinity are never drawn. Greedy puts everything on the likeliest token, the
    first of equals.

    Source: top-p is nucleus sampling, Holtzman et al., "The Curious Case of Neural Text
    Degeneration", 2020: the smallest set of likeliest tokens whose probability reaches p, the
    token that reaches it included.
    """
    logits = np.asarray(logits, np.float64)
    if options.greedy:
        likeliest = logits.argmax(-1, keepdims=True)
        return (np.arange(logits.shape[-1]) == likeliest).astype(np.float64)
    below = logits - logits.max(-1, keepdims=True)
    with np.errstate(over="ignore"):  # what a tiny temperature puts out of reach is impossible
        chances = np.exp(below / options.temperature)
    chances /= chances.sum(-1, keepdims=True)
    if options.top_p < 1:
        chances = _nucleus(chances, options.top_p)
    return chances


def sample(
    logits: NDArray[np.floating],
    options: SamplingOptions,
    generators: Sequence[np.random.Generator],
) -> NDArray[np.int32]:
    """Draw a token from each distribution.

    Args:
        logits: (B, V).
        options: temperature, top-p, greedy.
        generators: one for each of the B distributions, so that a chorale is the same whatever
            else is drawn beside it; each is advanced by one draw, in greedy mode too.

    Returns:
        (B,) int32.
    """
    cumulative = probabilities(logits, options).cumsum(-1)
    draws = np.array([generator.random() for generator in generators])
    reached = draws[:, None] * cumulative[:, -1:] < cumulative
    return reached.argmax(-1).astype(np.int32)


def _nucleus(chances: NDArray[np.float64], p: float) -> NDArray[np.float64]:
    order = np.argsort(-chances, axis=-1, kind="stable")
    ordered = np.take_along_axis(chances, order, -1)
    before = ordered.cumsum(-1) - ordered
    kept = np.where(before < p, ordered, 0)
    nucleus = np.empty_like(chances)
    np.put_along_axis(nucleus, order, kept, -1)
    return nucleus / nucleus.sum(-1, keepdims=True)
