"""The likelihoods of both wings: NumPy, chorale by chorale, and Keras, in padded batches."""

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
from chorale.training.dataset import Batch, arrays_of, ranges_of, whole_chorales
from chorale.training.trainer import Trainer

VOCABULARY = Vocabulary()
CHORALES = [made_up_chorale(length, seed) for seed, length in enumerate((20, 67, 41, 20, 33))]
GIVEN = [(), ("soprano",), ("alto", "bass")]


MODEL = replace(SMALL_MODEL, towers=2)


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    """A small network of two towers, its weights random, biases too; nothing is trained."""
    arrays = arrays_of(CHORALES, VOCABULARY, ranges_of(CHORALES))
    made = Trainer(MODEL, TrainingOptions(), VOCABULARY, arrays)
    generator = np.random.default_rng(1)
    for variable in made.averaged.trainable_variables:
        noise = generator.normal(0, 0.2, variable.shape)
        variable.assign(variable.numpy() + noise.astype(np.float32))
    return made


def batches(
    trainer: Trainer, given: tuple[str, ...], size: int = len(CHORALES), appended: int = 0
) -> Iterator[Batch]:
    """Whole chorales with these voices given, with so many unknown steps after the longest."""
    told = np.isin(VOICES, given)
    filling = {"evidence": VOCABULARY.unknown}
    for batch in whole_chorales(trainer.split, VOCABULARY, size):
        known = told & (batch["weights"].numpy() > 0)  # nothing is known of the padding
        batch["evidence"] = tf.where(known, batch["tokens"], batch["evidence"])
        batch["weights"] = tf.where(known, 0.0, batch["weights"])
        yield {name: _longer(each, appended, filling.get(name, 0)) for name, each in batch.items()}


def _longer(values: Any, steps: int, filling: int) -> Any:
    more = [(0, 0), (0, steps)] + [(0, 0)] * (len(values.shape) - 2)
    return tf.pad(values, more, constant_values=tf.cast(filling, values.dtype))


@pytest.mark.parametrize("given", GIVEN)
def test_numpy_and_keras_find_the_same_likelihood(trainer, given):
    checkpoint = checkpoint_of(trainer.averaged, MODEL)
    found = evaluate(checkpoint, CHORALES, given=given)
    expected = trainer.measure(batches(trainer, given))
    assert found.nll_per_note == pytest.approx(expected.nll, abs=1e-4)
    assert found.accuracy == pytest.approx(expected.accuracy)
    assert found.onset_accuracy == pytest.approx(expected.onset_accuracy)


@pytest.mark.parametrize("given", GIVEN)
def test_neither_padding_nor_unknown_steps_appended_change_the_figure(trainer, given):
    alone = trainer.measure(batches(trainer, given, size=1))
    for size, appended in ((len(CHORALES), 0), (1, 23), (2, 37)):
        padded = trainer.measure(batches(trainer, given, size, appended))
        assert padded.nll == pytest.approx(alone.nll, abs=1e-5)
        assert padded.accuracy == alone.accuracy
        assert padded.onset_accuracy == alone.onset_accuracy
