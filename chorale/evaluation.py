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
from chorale.conditions import COLUMNS, UNKNOWN
from chorale.music import VOICES, Chorale
from chorale.runtime import Network, one_thread
from chorale.tokens import Memory, Vocabulary, encode, silence_before, sounding_after


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
    before = silence_before(1, vocabulary)
    after = sounding_after(tokens, vocabulary)
    memory = Memory(
        np.concatenate([before.sounding, after.sounding[:-1]])[None],
        np.concatenate([before.held, after.held[:-1]])[None],
    )
    previous = np.concatenate([before.sounding, tokens[:-1]])[None]
    evidence = np.full_like(previous, vocabulary.unknown)
    conditions = np.full((1, len(tokens), len(COLUMNS)), UNKNOWN, np.int32)
    return network.score(tokens[None], previous, memory, evidence, conditions)[0]


def _nll(logits: NDArray[np.float64], tokens: NDArray[np.int32]) -> NDArray[np.float64]:
    """NLL in nats of each cell, (T, 4)."""
    highest = logits.max(-1, keepdims=True)
    total = np.log(np.exp(logits - highest).sum(-1)) + highest[..., 0]
    chosen: NDArray[np.float64] = np.take_along_axis(logits, tokens[..., None], -1)[..., 0]
    return total - chosen
