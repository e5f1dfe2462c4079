"""Likelihood of known chorales, in NumPy.

Protocol: nats per note, a note being one voice at one step; the mean pooled over all 4T notes of
the chorales, rests and the first step included; whole chorales, teacher forcing; nothing known
but the past and the number of the step: no metre, key, fermata or length.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorale.checkpoint import Checkpoint
from chorale.conditions import nothing_known
from chorale.music import VOICES, Chorale
from chorale.runtime import Network, one_thread
from chorale.tokens import Memory, Vocabulary, encode, past_of


@dataclass(frozen=True)
class Evaluation:
    """Likelihood and accuracy over some chorales.

    Attributes:
        nll_per_note: nats.
        nll_by_voice: nats a note of each voice, by its name.
        accuracy: share of notes whose likeliest token is right.
        onset_accuracy: the same over notes that start at their step.
        notes: how many the mean is over, 4T summed over the chorales.
        chorales: how many.
    """

    nll_per_note: float
    nll_by_voice: dict[str, float]
    accuracy: float
    onset_accuracy: float
    notes: int
    chorales: int


def evaluate(
    checkpoint: Checkpoint,
    chorales: Sequence[Chorale],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Measure a network on chorales, at least one, by the module's protocol.

    Raises:
        DataError: a pitch is outside the network's vocabulary.
    """
    network, vocabulary = Network(checkpoint), checkpoint.vocabulary
    nlls, right, onsets = [], [], []
    with one_thread():
        for done, chorale in enumerate(chorales):
            tokens = encode(chorale, vocabulary)
            logits = _score(network, tokens, vocabulary).astype(np.float64)
            nlls.append(_nll(logits, tokens))
            right.append(logits.argmax(-1) == tokens)
            onsets.append(chorale.onsets)
            progress(done + 1, len(chorales))
    nll, correct, onset = (np.concatenate(parts) for parts in (nlls, right, onsets))
    return Evaluation(
        nll_per_note=float(nll.mean()),
        nll_by_voice=dict(zip(VOICES, nll.mean(axis=0).tolist(), strict=True)),
        accuracy=float(correct.mean()),
        onset_accuracy=float(correct[onset].mean()),
        notes=nll.size,
        chorales=len(chorales),
    )


def _score(
    network: Network, tokens: NDArray[np.int32], vocabulary: Vocabulary
) -> NDArray[np.float32]:
    """Logits of every cell of one chorale, (T, 4, V), nothing given."""
    previous, memory = past_of(tokens, vocabulary)
    nothing = np.full((1, *tokens.shape), vocabulary.unknown, np.int32)
    conditions = nothing_known(len(tokens))[None]
    memory = Memory(memory.sounding[None], memory.held[None])
    return network.score(tokens[None], previous[None], memory, nothing, conditions)[0]


def _nll(logits: NDArray[np.float64], tokens: NDArray[np.int32]) -> NDArray[np.float64]:
    """NLL in nats of each cell, (T, 4)."""
    highest = logits.max(-1, keepdims=True)
    total = np.log(np.exp(logits - highest).sum(-1)) + highest[..., 0]
    chosen: NDArray[np.float64] = np.take_along_axis(logits, tokens[..., None], -1)[..., 0]
    return total - chosen
