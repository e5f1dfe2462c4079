"""A small convolutional network that compares the piano rolls of windows.

A piano roll has a row for each sixteenth and a column for each pitch; its channels are, for each
voice, whether it sounds and whether it starts there. Windows are transposed at random in training,
so that the network cannot rely on single pitches, and scored as the mean of several transpositions.
"""

from collections.abc import Sequence

import keras
import numpy as np
from judge_scores import Scorer
from judge_windows import WINDOW_STEPS, Window
from numpy.typing import NDArray

from chorale.music import OCTAVE, STEPS_PER_QUARTER, VOICES

LOWEST_PITCH, PITCHES = 26, 64  # the columns: Bach's windows have pitches from 31 to 86
FARTHEST = 3  # semitones of random transposition, up or down
CHANNELS = 2 * len(VOICES)
EPOCHS = 12
BATCH = 32
LEARNING_RATE = 2e-3
SCORED = (-2, 0, 2)  # semitones of the transpositions whose scores are averaged
MOMENTUM = 0.9  # of batch normalization; the usual 0.99 is slow for so few batches


def piano_rolls(windows: Sequence[Window]) -> NDArray[np.float32]:
    """Return the piano rolls of W windows, (W, WINDOW_STEPS, PITCHES, CHANNELS)."""
    rolls = np.zeros((len(windows), WINDOW_STEPS, PITCHES, CHANNELS), np.float32)
    steps = np.arange(WINDOW_STEPS)
    for roll, window in zip(rolls, windows, strict=True):
        for voice in range(len(VOICES)):
            columns = window.pitches[:, voice].astype(int) - LOWEST_PITCH
            roll[steps, columns, voice] = 1
            roll[steps, columns, len(VOICES) + voice] = window.onsets[:, voice]
    return rolls


def build_network() -> keras.Model:
    """Return an untrained network from a piano roll to the logit that it is ours."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((WINDOW_STEPS, PITCHES, CHANNELS)),
            # two beats by an octave, from every eighth on
            layers.Conv2D(24, (2 * STEPS_PER_QUARTER, OCTAVE + 1), strides=(2, 1), use_bias=False),
            layers.BatchNormalization(momentum=MOMENTUM),
            layers.ReLU(),
            layers.MaxPooling2D((2, 4)),
            layers.Conv2D(48, (4, 3), use_bias=False),
            layers.BatchNormalization(momentum=MOMENTUM),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.3),
            layers.Dense(1),
        ]
    )


def picture_scorer(windows: Sequence[Window], seed: int, epochs: int = EPOCHS) -> Scorer:
    """Return the scorer that trains a network on the piano rolls of windows."""
    rolls = piano_rolls(windows)

    def score(
        train: NDArray[np.int64], is_ours: NDArray[np.bool_], test: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Train on some windows and return the logits of others."""
        keras.utils.set_random_seed(seed)
        generator = np.random.default_rng(seed)
        network = build_network()
        updates = epochs * -(-len(train) // BATCH)
        rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, updates)
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        network.compile(keras.optimizers.Adam(rate), loss)
        for _ in range(epochs):
            order = generator.permutation(train)
            for start in range(0, len(order), BATCH):
                batch = order[start : start + BATCH]
                moves = generator.integers(-FARTHEST, FARTHEST + 1, len(batch))
                moved = [
                    transpose(rolls[each], move) for each, move in zip(batch, moves, strict=True)
                ]
                network.train_on_batch(np.stack(moved), is_ours[batch, None].astype(np.float32))
        logits = [network.predict(transpose(rolls[test], move), verbose=0) for move in SCORED]
        return np.mean(logits, axis=0)[:, 0].astype(float)

    return score


def transpose(rolls: NDArray[np.float32], semitones: int) -> NDArray[np.float32]:
    """Return piano rolls, (..., PITCHES, CHANNELS), transposed by up to FARTHEST semitones."""
    return np.roll(rolls, semitones, axis=-2)
