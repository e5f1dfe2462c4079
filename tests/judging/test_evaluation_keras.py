"""Likelihoods in NumPy, chorale by chorale, against Keras, in padded batches."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from keras_checkpoint import checkpoint_of
from made_up import SMALL_MODEL, made_up_chorale

from chorale.judging.evaluation import evaluate
from chorale.music import VOICES
from chorale.network.tokens import Vocabulary
from chorale.options import TrainingOptions
from chorale.training.dataset import Batch, build_arrays, find_ranges, whole_chorales
from chorale.training.trainer import Trainer

VOCABULARY = Vocabulary()
CHORALES = [made_up_chorale(length, seed) for seed, length in enumerate((20, 67, 41, 20, 33))]
GIVEN = [(), ("soprano",), ("alto", "bass")]


MODEL = replace(SMALL_MODEL, towers=2)


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    """Return a small untrained network of two towers, with random weights and biases."""
    arrays = build_arrays(CHORALES, VOCABULARY, find_ranges(CHORALES))
    made = Trainer(MODEL, TrainingOptions(), VOCABULARY, arrays)
    generator = np.random.default_rng(1)
    for variable in made.averaged.trainable_variables:
        noise = generator.normal(0, 0.2, variable.shape)
        variable.assign(variable.numpy() + noise.astype(np.float32))
    return made


def batches(
    trainer: Trainer, given: tuple[str, ...], size: int = len(CHORALES), appended: int = 0
) -> Iterator[Batch]:
    """Yield batches of whole chorales with given voices, and unknown steps appended."""
    is_given = np.isin(VOICES, given)
    filling = {"given": VOCABULARY.unknown}
    for batch in whole_chorales(trainer.split, VOCABULARY, size):
        cells = is_given & (batch["weights"].numpy() > 0)  # padding is never given
        batch["given"] = tf.where(cells, batch["tokens"], batch["given"])
        batch["weights"] = tf.where(cells, 0.0, batch["weights"])
        yield {name: _longer(each, appended, filling.get(name, 0)) for name, each in batch.items()}


def _longer(values: Any, steps: int, filling: int) -> Any:
    more = [(0, 0), (0, steps)] + [(0, 0)] * (len(values.shape) - 2)
    return tf.pad(values, more, constant_values=tf.cast(filling, values.dtype))


@pytest.mark.parametrize("given", GIVEN)
def test_numpy_and_keras_compute_the_same_likelihood(trainer, given):
    checkpoint = checkpoint_of(trainer.averaged, MODEL)
    found = evaluate(checkpoint, CHORALES, given=given)
    expected = trainer.measure(batches(trainer, given))
    assert found.nll_per_note == pytest.approx(expected.nll, abs=1e-4)
    assert found.accuracy == pytest.approx(expected.accuracy)
    assert found.onset_accuracy == pytest.approx(expected.onset_accuracy)


@pytest.mark.parametrize("given", GIVEN)
def test_padding_and_appended_unknown_steps_do_not_change_the_figures(trainer, given):
    alone = trainer.measure(batches(trainer, given, size=1))
    for size, appended in ((len(CHORALES), 0), (1, 23), (2, 37)):
        padded = trainer.measure(batches(trainer, given, size, appended))
        assert padded.nll == pytest.approx(alone.nll, abs=1e-5)
        assert padded.accuracy == alone.accuracy
        assert padded.onset_accuracy == alone.onset_accuracy
