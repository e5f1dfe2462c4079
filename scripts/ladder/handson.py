"""The network of the handson-ml2 notebook, chapter 15, as it stands, in code of our own.

A chorale is one sequence of notes, soprano, alto, tenor and bass of each step in turn, held notes
written again at every step: 0 for silence, else the pitch less 35, 47 values in all. Windows of 32
steps and one, every 16; a window less its last note is the input, less its first the target.

Its published test figures, over the notes of such windows, are a loss of 0.656 and an accuracy of
0.816. Its likelihood by our protocol is over whole chorales: its values are pitches, and on music
without repeated notes pitches and our tokens are one rewriting of each other, so the figures
compare. It has no prediction of a chorale's first note, for which it is charged as for one of 47.

Source: A. Géron, Hands-On Machine Learning, 2nd edition, notebook of chapter 15.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from chorale.composing.sampling import sample
from chorale.music import REST, VOICES, Chorale, Plan, from_pitches
from chorale.options import SamplingOptions
from chorale.training.trainer import Measure

LOWEST = 36  # the pitch of value 1; 0 is silence
VALUES = 47
WINDOW_STEPS, SHIFT_STEPS = 32, 16
EPOCHS, BATCH = 20, 32
SHUFFLE_BUFFER = 1000  # windows; chorales come in the order of the files, so none moves far
LEAST = 1e-7  # the least probability that counts, as in Keras's own loss

Ids = NDArray[np.int32]
Forward = Callable[[Ids], Any]  # (B, N) values to probabilities of the next, (B, N, VALUES)


def build() -> keras.Model:
    """The network: (B, N) values to the probabilities of the next, (B, N, VALUES)."""
    network = keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(VALUES, 5)])
    for filters, dilation in ((32, 1), (48, 2), (64, 4), (96, 8)):
        network.add(
            layers.Conv1D(filters, 2, padding="causal", activation="relu", dilation_rate=dilation)
        )
        network.add(layers.BatchNormalization())
    network.add(layers.LSTM(256, return_sequences=True))
    network.add(layers.Dense(VALUES, activation="softmax"))
    network.compile(
        keras.optimizers.Nadam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return network


def train(
    network: keras.Model, chorales: Sequence[Chorale], after_epoch: Callable[[int], None]
) -> None:
    """Train as the notebook does; `after_epoch` gets the number of the epoch, from 0."""
    notes = windows(chorales)
    dataset = tf.data.Dataset.from_tensor_slices((notes[:, :-1], notes[:, 1:]))
    dataset = dataset.shuffle(SHUFFLE_BUFFER).batch(BATCH).prefetch(1)
    callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: after_epoch(epoch))
    network.fit(dataset, epochs=EPOCHS, callbacks=[callback], shuffle=False, verbose=0)


def published_figures(network: keras.Model, chorales: Sequence[Chorale]) -> tuple[float, float]:
    """Loss and accuracy over windows, as the notebook measures them."""
    notes = windows(chorales)
    loss, accuracy = network.evaluate(notes[:, :-1], notes[:, 1:], batch_size=BATCH, verbose=0)
    return loss, accuracy


def values_of(chorale: Chorale) -> Ids:
    """A chorale as one sequence of values, (4T,)."""
    pitches = chorale.pitches.astype(np.int32)
    return np.where(pitches == REST, 0, pitches - LOWEST + 1).reshape(-1)


def windows(chorales: Sequence[Chorale]) -> Ids:
    """The windows of all chorales, (windows, 4 x 33); what is left at an end is left out."""
    length, shift = len(VOICES) * (WINDOW_STEPS + 1), len(VOICES) * SHIFT_STEPS
    found = []
    for values in map(values_of, chorales):
        starts = range(0, len(values) - length + 1, shift)
        found += [values[start : start + length] for start in starts]
    return np.stack(found)


def measure(forward: Forward, chorales: Sequence[Chorale]) -> Measure:
    """Likelihood and accuracies by our protocol, over all 4T notes of whole chorales."""
    nlls, right, onsets = [], [], []
    in_order = sorted(chorales, key=lambda chorale: len(chorale.pitches))
    for first in range(0, len(in_order), BATCH):
        batch = in_order[first : first + BATCH]
        padded = np.zeros((len(batch), len(VOICES) * len(batch[-1].pitches)), np.int32)
        for row, chorale in enumerate(batch):
            padded[row, : chorale.pitches.size] = values_of(chorale)
        predicted = np.asarray(forward(padded[:, :-1]))  # padding comes after what it could change
        for row, chorale in enumerate(batch):
            values = values_of(chorale)
            chances = np.full((len(values), VALUES), 1 / VALUES)
            chances[1:] = np.maximum(LEAST, predicted[row, : len(values) - 1])
            nlls.append(-np.log(chances[np.arange(len(values)), values]))
            right.append(chances.argmax(-1) == values)
            onsets.append(chorale.onsets.reshape(-1))
    nll, correct, onset = (np.concatenate(parts) for parts in (nlls, right, onsets))
    return Measure(
        float(nll.mean()),
        float(correct.mean()),
        float((correct & onset).sum() / max(1, onset.sum())),
    )


def sample_chorales(
    forward: Forward, chorales: Sequence[Chorale], steps: int, seed: int
) -> list[Chorale]:
    """Go on from the first chord of each of these chorales, for `steps` in all.

    The network hears as many steps as its windows had, less than one less: from a soprano on.
    """
    generators = [np.random.default_rng([seed, number]) for number in range(len(chorales))]
    interpret = np.stack([values_of(chorale)[: len(VOICES)] for chorale in chorales])
    while interpret.shape[1] < len(VOICES) * steps:
        first = max(0, interpret.shape[1] - len(VOICES) * WINDOW_STEPS)
        first += -first % len(VOICES)  # its windows started at a soprano
        chances = np.maximum(LEAST, np.asarray(forward(interpret[:, first:]))[:, -1])
        drawn = sample(np.log(chances), SamplingOptions(temperature=1.0), generators)
        interpret = np.concatenate([interpret, drawn[:, None]], axis=1)
    pitches = np.where(interpret == 0, REST, interpret + LOWEST - 1).astype(np.int16)
    return [from_pitches(each.reshape(-1, len(VOICES)), Plan(steps)) for each in pitches]
