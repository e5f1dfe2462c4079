"""The network of the handson-ml2 notebook, chapter 15, in code of our own.

A chorale is one sequence of values, soprano, alto, tenor and bass of each step in turn, with held
notes repeated at every step: 0 for silence, else the pitch minus 35, 47 values in all. Windows are
33 steps long and start every 16 steps. A window without its last value is the input, without its
first the target.

The published test figures, over the values of such windows, are a loss of 0.656 and an accuracy of
0.816. Our protocol measures whole chorales instead. The figures can be compared with ours: in music
without repeated notes, pitches and our tokens determine each other. The network does not predict
the first value of a chorale, which is counted as one of 47 equally probable ones.

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
from chorale.training.trainer import Measurement

LOWEST = 36  # the pitch of value 1; 0 is silence
VALUES = 47
WINDOW_STEPS, SHIFT_STEPS = 32, 16  # a window has one step more
EPOCHS, BATCH = 20, 32
SHUFFLE_BUFFER = 1000  # windows; they start in the order of the files, so none moves far
MIN_PROBABILITY = 1e-7  # as in Keras's own loss

Ids = NDArray[np.int32]
Forward = Callable[[Ids], Any]  # (B, N) values to probabilities of the next, (B, N, VALUES)


def build_notebook_network() -> keras.Model:
    """Return the compiled network: (B, N) values to probabilities of the next, (B, N, VALUES)."""
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
    """Train as the notebook does; call `after_epoch` with the number of each epoch, from 0."""
    notes = cut_windows(chorales)
    dataset = tf.data.Dataset.from_tensor_slices((notes[:, :-1], notes[:, 1:]))
    dataset = dataset.shuffle(SHUFFLE_BUFFER).batch(BATCH).prefetch(1)
    callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: after_epoch(epoch))
    network.fit(dataset, epochs=EPOCHS, callbacks=[callback], shuffle=False, verbose=0)


def evaluate_windows(network: keras.Model, chorales: Sequence[Chorale]) -> tuple[float, float]:
    """Return loss and accuracy over windows, the figures that are published."""
    notes = cut_windows(chorales)
    loss, accuracy = network.evaluate(notes[:, :-1], notes[:, 1:], batch_size=BATCH, verbose=0)
    return loss, accuracy


def to_values(chorale: Chorale) -> Ids:
    """Return a chorale of T steps as one sequence of values, (4T,)."""
    pitches = chorale.pitches.astype(np.int32)
    return np.where(pitches == REST, 0, pitches - LOWEST + 1).reshape(-1)


def cut_windows(chorales: Sequence[Chorale]) -> Ids:
    """Cut all chorales into windows, (windows, 4 x 33); a remainder at an end is left out."""
    length, shift = len(VOICES) * (WINDOW_STEPS + 1), len(VOICES) * SHIFT_STEPS
    found = []
    for values in map(to_values, chorales):
        starts = range(0, len(values) - length + 1, shift)
        found += [values[start : start + length] for start in starts]
    return np.stack(found)


def measure(forward: Forward, chorales: Sequence[Chorale]) -> Measurement:
    """Measure likelihood and accuracy by our protocol, over all 4T notes of whole chorales."""
    nlls, right, onsets = [], [], []
    in_order = sorted(chorales, key=lambda chorale: len(chorale.pitches))
    for first in range(0, len(in_order), BATCH):
        batch = in_order[first : first + BATCH]
        padded = np.zeros((len(batch), len(VOICES) * len(batch[-1].pitches)), np.int32)
        for row, chorale in enumerate(batch):
            padded[row, : chorale.pitches.size] = to_values(chorale)
        predicted = np.asarray(forward(padded[:, :-1]))  # causal, so padding changes nothing
        for row, chorale in enumerate(batch):
            values = to_values(chorale)
            probabilities = np.full((len(values), VALUES), 1 / VALUES)
            probabilities[1:] = np.maximum(MIN_PROBABILITY, predicted[row, : len(values) - 1])
            nlls.append(-np.log(probabilities[np.arange(len(values)), values]))
            right.append(probabilities.argmax(-1) == values)
            onsets.append(chorale.onsets.reshape(-1))
    nll, correct, onset = (np.concatenate(parts) for parts in (nlls, right, onsets))
    return Measurement(
        float(nll.mean()),
        float(correct.mean()),
        float((correct & onset).sum() / max(1, onset.sum())),
    )


def sample_chorales(
    forward: Forward, chorales: Sequence[Chorale], steps: int, seed: int
) -> list[Chorale]:
    """Continue the first chord of each chorale, to a length of `steps`.

    The network reads at most as many steps as its windows had, starting at a soprano.
    """
    generators = [np.random.default_rng([seed, number]) for number in range(len(chorales))]
    values = np.stack([to_values(chorale)[: len(VOICES)] for chorale in chorales])
    while values.shape[1] < len(VOICES) * steps:
        first = max(0, values.shape[1] - len(VOICES) * WINDOW_STEPS)
        first += -first % len(VOICES)  # as windows do
        probabilities = np.maximum(MIN_PROBABILITY, np.asarray(forward(values[:, first:]))[:, -1])
        drawn = sample(np.log(probabilities), SamplingOptions(min_p=0), generators)
        values = np.concatenate([values, drawn[:, None]], axis=1)
    pitches = np.where(values == 0, REST, values + LOWEST - 1).astype(np.int16)
    return [from_pitches(each.reshape(-1, len(VOICES)), Plan(steps)) for each in pitches]
