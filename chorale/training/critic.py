"""The training of the critic (`chorale.network.critic`), on Bach's chorales and a network's own.

Each epoch reads some windows of every chorale of Bach's, and as many of the network's own. Chorales
of both kinds that are held out choose the epoch: the one after which the mean of the logits
separates most pairs of one of Bach's and one of the network's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats, Progress
from chorale.music import Chorale
from chorale.network.critic import BEAT_WIDTH, NETWORKS, describe_beats
from chorale.network.keras_critic import build_critic, collect_weights
from chorale.network.tokens import Vocabulary

EPOCHS = 50
WINDOW = 16  # beats
WINDOWS = 4  # of each of Bach's chorales in an epoch
BATCH = 64  # windows
DROPOUT = 0.4
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 0.05
SMOOTHING = 0.1  # of the labels


@dataclass(frozen=True)
class Examples:
    """Descriptions of chorales, each (beats, BEAT_WIDTH).

    Attributes:
        bach: Bach's chorales.
        own: the network's own.
    """

    bach: Sequence[Floats]
    own: Sequence[Floats]


def describe_examples(
    bach: Sequence[Chorale], own: Sequence[Chorale], vocabulary: Vocabulary
) -> Examples:
    """Describe chorales of Bach's and of a network's own.

    Raises:
        DataError: a pitch is outside the vocabulary.
    """
    return Examples(
        *([describe_beats(each, vocabulary) for each in chorales] for chorales in (bach, own))
    )


@dataclass(frozen=True)
class TrainedCritic:
    """A trained critic.

    Attributes:
        weights: see `chorale.network.critic.critic_shapes`.
        auc: share of the pairs of held-out chorales, one of Bach's and one of the network's own,
            that the critic separates, 0.5 to 1: the area under the ROC curve.
    """

    weights: Mapping[str, Floats]
    auc: float


def train_critic(
    train: Examples,
    held_out: Examples,
    seed: int,
    progress: Progress = lambda done, total: None,
) -> TrainedCritic:
    """Train a critic; each of its networks has other initial weights and other windows.

    Args:
        train: examples to train on, one of each kind at least.
        held_out: examples that choose the epoch, likewise.
        seed: seed of weights, windows and dropout.
        progress: called with the epochs done and their total, those of all networks together.
    """
    networks = []
    for number in range(NETWORKS):
        keras.utils.clear_session()
        keras.utils.set_random_seed(NETWORKS * seed + number)
        generator = np.random.default_rng([seed, number])
        network = build_critic(DROPOUT)
        _train(network, train, held_out, generator, _after(progress, number * EPOCHS))
        networks.append(network)
    bach, own = (
        np.mean([_judge(network, chorales) for network in networks], axis=0)
        for chorales in (held_out.bach, held_out.own)
    )
    return TrainedCritic(collect_weights(networks), compute_auc(bach, own))


def compute_auc(higher: NDArray[np.floating], lower: NDArray[np.floating]) -> float:
    """Return the share of pairs in which the first value is above the second; equal ones half."""
    apart = higher[:, None] - lower
    return float((apart > 0).mean() + (apart == 0).mean() / 2)


def _after(progress: Progress, done: int) -> Progress:
    return lambda epochs, total: progress(done + epochs, NETWORKS * total)


def _train(
    network: keras.Model,
    train: Examples,
    held_out: Examples,
    generator: np.random.Generator,
    progress: Progress,
) -> None:
    """Train one network, and leave it with the weights of its best epoch."""
    windows = WINDOWS * len(train.bach)
    updates = EPOCHS * -(-2 * windows // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, updates, alpha=0.01)
    network.compile(
        keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY),
        keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=SMOOTHING),
    )
    best, weights = -1.0, network.get_weights()
    for epoch in range(EPOCHS):
        beats, labels, counts = _cut_windows(train, windows, generator)
        network.fit(beats, labels, BATCH, verbose=0, sample_weight=counts)
        bach, own = _judge(network, held_out.bach), _judge(network, held_out.own)
        if (auc := compute_auc(bach, own)) > best:
            best, weights = auc, network.get_weights()
        progress(epoch + 1, EPOCHS)
    network.set_weights(weights)


def _cut_windows(
    examples: Examples, number: int, generator: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Cut `number` windows from chorales of each kind, drawn by chance.

    Returns:
        The beats, (2 x number, WINDOW, BEAT_WIDTH); labels, (2 x number, WINDOW, 1), 1 for Bach's;
        and 1 for each beat that counts, (2 x number, WINDOW): in short chorales, zeros follow.
    """
    beats = np.zeros((2 * number, WINDOW, BEAT_WIDTH), np.float32)
    labels = np.zeros((2 * number, WINDOW, 1), np.float32)
    counts = np.zeros((2 * number, WINDOW), np.float32)
    labels[:number] = 1
    for kind, chorales in enumerate((examples.bach, examples.own)):
        for row, chosen in enumerate(generator.integers(len(chorales), size=number).tolist()):
            chorale = chorales[chosen]
            first = int(generator.integers(max(1, len(chorale) - WINDOW + 1)))
            window = chorale[first : first + WINDOW]
            beats[kind * number + row, : len(window)] = window
            counts[kind * number + row, : len(window)] = 1
    return beats, labels, counts


def _judge(network: keras.Model, chorales: Sequence[Floats]) -> Floats:
    """Return the mean logit of each chorale, (N,)."""
    lengths = np.array([len(chorale) for chorale in chorales])
    beats = np.zeros((len(chorales), lengths.max(), BEAT_WIDTH), np.float32)
    for row, chorale in enumerate(chorales):
        beats[row, : len(chorale)] = chorale
    batches = np.array_split(beats, -(-len(beats) // BATCH))
    # `predict` would trace a graph for each length
    logits = np.concatenate([network(batch, training=False)[..., 0] for batch in batches])
    within = np.arange(beats.shape[1]) < lengths[:, None]
    means: Floats = (logits * within).sum(1) / np.maximum(1, lengths)
    return means
