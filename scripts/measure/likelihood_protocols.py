"""Likelihoods by the protocols of published figures.

Published figures are of pitches, while the tokens here distinguish a repeated note from a held one.
So the pitch alone is scored: the probabilities of all tokens after which it sounds are added.

Coconet (Huang et al. 2017; `lib_evaluation.py` of Magenta), in chronological order. A unit is a
note, one voice at one step, or a frame, all four voices of a step. Notes are predicted from all
earlier steps and from the higher voices of their own. Frames are predicted from all earlier steps,
with the voices of each step in a random order, and each voice from the network's most probable
tokens of the voices before it instead of the true ones; the probabilities of a frame in five such
orders are averaged before the logarithm. A silent voice has nothing to predict and counts as 0
nats. The evaluator reports the mean over all units and the mean of the chorales' means.

TonicNet (Peracha 2019; `train_nn.py` of its repository): the mean of the chorales' means over all
tokens, of which a step has five: a chord, then the four voices, rests included. The first chord is
not predicted, but an end is. A chord follows from the pitches of its step, so the likelihood of
chords and pitches together is that of the pitches, and their nats are divided by five a step.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Ids
from chorale.music import VOICES, Chorale
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import encode_unknown_plan
from chorale.network.history import History, build_history
from chorale.network.numpy_heads import StepFeatures
from chorale.network.numpy_layers import log_softmax
from chorale.network.numpy_network import Network, one_thread
from chorale.network.tokens import encode

Logs = NDArray[np.float64]  # log probabilities, or nats
AnyArray = NDArray[Any]

ORDERS = 5  # random orders over which Coconet's evaluator averages
SATB = tuple(range(len(VOICES)))
TOKENS_PER_STEP = len(VOICES) + 1  # of TonicNet


def protocol_rows(checkpoint: Checkpoint, chorales: Sequence[Chorale]) -> Iterator[list[str]]:
    """Yield each protocol, the mean over all its units, and the mean of the chorales' means."""
    network, generator = Network(checkpoint), np.random.default_rng(0)
    with one_thread():
        measured = [
            measure(network, encode(chorale, checkpoint.vocabulary), generator)
            for chorale in chorales
        ]
    for protocol in measured[0]:
        pooled, mean = find_means([nats[protocol] for nats in measured])
        yield [protocol, f"{pooled:.3f}", f"{mean:.3f}"]


def measure(network: Network, tokens: Ids, generator: np.random.Generator) -> dict[str, Logs]:
    """Compute the nats of each unit of a chorale, by protocol.

    Args:
        network: the network.
        tokens: (T, 4), the chorale.
        generator: draws the random orders.

    Returns:
        (T,) for frames, else (T, 4).
    """
    features = read_steps(network, tokens)
    sounding = tokens != network.vocabulary.rest
    usual, satb = (np.broadcast_to(order, tokens.shape) for order in (network.options.order, SATB))
    pitches = -score_pitches(network, features, tokens, usual)
    notes = -score_pitches(network, features, tokens, satb)
    orders = [draw_orders(len(tokens), generator) for _ in range(ORDERS)]
    own = np.stack([score_pitches(network, features, tokens, each, own=True) for each in orders])
    return {
        "pitches, per note": pitches,
        "TonicNet, per token": per_token(pitches),
        "Coconet, per note": notes * sounding,
        "Coconet, per frame": -mean_over_orders((own * sounding).sum(-1)),
    }


def read_steps(network: Network, tokens: Ids) -> StepFeatures:
    """Compute the inputs of the heads at all steps of a chorale, (T, 4), from the past alone.

    Returns:
        Arrays (T, ...).
    """
    history = build_history(tokens, network.vocabulary)
    conditions = encode_unknown_plan(len(tokens))[None]
    nothing = np.full_like(tokens, network.vocabulary.unknown)[None]
    conditioning, decoder = network.encode(nothing, conditions), network.begin(1)
    steps = []
    for step in range(len(tokens)):
        past = History(*(values[step : step + 1] for values in history))
        known = conditioning.at(step)
        inputs = network.step(decoder, past, step, conditions[:, step], known)
        steps.append(network.features(inputs))
    return combine(np.concatenate, steps)


def combine(
    function: Callable[[Sequence[AnyArray]], AnyArray], steps: Sequence[StepFeatures]
) -> StepFeatures:
    """Apply a function to the arrays of one name of all features, for each name."""
    names = [field.name for field in fields(StepFeatures) if field.name != "history"]
    arrays = {name: function([getattr(step, name) for step in steps]) for name in names}
    histories = zip(*(step.history for step in steps), strict=True)
    return StepFeatures(history=History(*map(function, histories)), **arrays)


def take(features: StepFeatures, steps: NDArray[np.integer[Any]]) -> StepFeatures:
    """Return the features of some steps, from arrays (T, ...)."""
    return combine(lambda arrays: arrays[0][steps], [features])


def score_pitches(
    network: Network, features: StepFeatures, tokens: Ids, orders: Ids, own: bool = False
) -> Logs:
    """Compute the log probability of each pitch or rest of a chorale, (T, 4).

    Args:
        network: the network.
        features: inputs of the heads, arrays (T, ...).
        tokens: (T, 4), the chorale.
        orders: (T, 4), the voices of each step in the order in which they are predicted.
        own: whether the voices before a voice in its step are the network's most probable tokens,
            instead of those of the chorale.
    """
    scores = np.empty(tokens.shape)
    cells = np.full_like(tokens, network.vocabulary.unknown)
    for voices in orders.T:
        for voice in SATB:
            steps = np.flatnonzero(voices == voice)
            if steps.size == 0:
                continue
            here, true = take(features, steps), tokens[steps, voice]
            logs = log_softmax(network.logits(voice, here, cells[steps]).astype(np.float64))
            scores[steps, voice] = add_same_pitch(logs, here.sounds[:, voice], true)
            cells[steps, voice] = logs.argmax(-1) if own else true
    return scores


def add_same_pitch(logs: Logs, sounds: Ids, tokens: Ids) -> Logs:
    """Return the log probability that the pitch of each token sounds, (N,).

    Args:
        logs: (N, V), log probabilities of all tokens.
        sounds: (N, V), the note that sounds after each token.
        tokens: (N,).
    """
    same = sounds == np.take_along_axis(sounds, tokens[:, None], -1)
    total: Logs = np.logaddexp.reduce(np.where(same, logs, -np.inf), axis=-1)
    return total


def draw_orders(length_steps: int, generator: np.random.Generator) -> Ids:
    """Draw an order of the voices for each step, (T, 4)."""
    return generator.permuted(np.tile(np.array(SATB, np.int32), (length_steps, 1)), axis=1)


def mean_over_orders(logs: Logs) -> Logs:
    """Return the logarithm of the mean probability over orders, (...), from (orders, ...)."""
    mean: Logs = np.logaddexp.reduce(logs) - np.log(len(logs))
    return mean


def per_token(nats: Logs) -> Logs:
    """Return nats per note, (T, 4), scaled so that their mean is over TonicNet's tokens."""
    return nats * len(VOICES) / TOKENS_PER_STEP


def find_means(nats: Sequence[Logs]) -> tuple[float, float]:
    """Return the mean over the units of all chorales, and the mean of the chorales' means."""
    pooled = np.concatenate([each.ravel() for each in nats]).mean()
    return float(pooled), float(np.mean([each.mean() for each in nats]))
