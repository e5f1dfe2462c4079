"""The trainer: updates of a network and of the running average of its weights.

An update computes the NLL in nats of the cells to be predicted, divided by a fixed number: so each
cell counts the same whether its batch has short or long chorales. The gradient of this loss is
clipped by its norm and applied by AdamW, at a learning rate that warms up linearly and falls as a
cosine. Then the averaged weights move towards the new weights. The averaged weights are the ones
that are measured and kept.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from chorale.errors import TrainingError
from chorale.music import VOICES
from chorale.network.keras_network import average_towers, build_network
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions, TrainingOptions
from chorale.training.dataset import Batch, SplitArrays, training_windows


@dataclass(frozen=True)
class Measurement:
    """Likelihood and accuracy of a network on a split."""

    nll: float  # nats per note
    accuracy: float  # share of cells whose most likely token is right
    onset_accuracy: float  # this share over cells in which a note starts


class Trainer:
    """A network in training on one split, its averaged copy, and the optimiser.

    `build` makes the network; a replacement must read the inputs and return the shape of logits of
    `build_network`.
    """

    def __init__(
        self,
        model: ModelOptions,
        options: TrainingOptions,
        vocabulary: Vocabulary,
        split: SplitArrays,
        build: Callable[[ModelOptions, Vocabulary], keras.Model] = build_network,
    ) -> None:
        _reset_layer_names()
        keras.utils.set_random_seed(options.seed)
        self.options, self.vocabulary, self.split = options, vocabulary, split
        self.network = build(model, vocabulary)
        self.averaged = build(model, vocabulary)
        self.averaged.set_weights(self.network.get_weights())
        steps = np.minimum(np.diff(split.starts), options.window_steps).sum()
        self._cells_per_update = float(steps * len(VOICES) / self.updates_per_epoch)
        self.optimizer = self._make_optimizer()
        self.optimizer.build(self.network.trainable_variables)
        batch = training_windows(split, vocabulary, options, 0).element_spec  # lengths vary
        self._update = tf.function(self._update_eagerly, input_signature=[batch])
        self._forward = tf.function(self.averaged, reduce_retracing=True)

    @property
    def updates_per_epoch(self) -> int:
        """Number of batches in one pass over the training windows."""
        return -(-(len(self.split.starts) - 1) // self.options.batch_size)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next update."""
        return float(self.optimizer.learning_rate)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return copies of all variables that change in training, by name."""
        return {name: np.array(variable.numpy()) for name, variable in self._variables().items()}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Set all variables that change in training to the values returned by `arrays`.

        Raises:
            TrainingError: a variable is missing, unknown or of another shape.
        """
        variables = self._variables()
        shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
        if shapes != {name: values.shape for name, values in arrays.items()}:
            raise TrainingError(
                "cannot resume: the state was written by another version of Keras or of chorale; "
                "train again from the beginning with --force"
            )
        for name, variable in variables.items():
            variable.assign(arrays[name])

    def averaged_weights(self) -> dict[str, NDArray[np.float32]]:
        """Return the averaged weights, by their names in `chorale.network.architecture`."""
        return {v.path: v.numpy() for v in self.averaged.trainable_variables}

    def run_epoch(self, epoch: int, on_update: Callable[[int, float], None]) -> float:
        """Train for one pass over the windows.

        Args:
            epoch: number of the epoch, from 0, which determines all random draws of windows,
                transpositions and given notes.
            on_update: function called after each update, with the update's number in the epoch,
                from 0, and its loss.

        Returns:
            The mean loss, in nats per predicted cell.
        """
        sums = np.zeros(2)
        windows = training_windows(self.split, self.vocabulary, self.options, epoch)
        for number, batch in enumerate(windows):
            nll, cells = map(float, self._update(batch))
            sums += nll, cells
            on_update(number, nll / max(1.0, cells))
        return float(sums[0] / max(1.0, sums[1]))

    def measure(self, batches: Iterable[Batch]) -> Measurement:
        """Measure the averaged network on batches of `whole_chorales`, pooled over all cells."""
        return measure(self._forward, batches, self.vocabulary)

    def _variables(self) -> dict[str, Any]:
        groups = {
            "network": self.network.variables,
            "averaged": self.averaged.trainable_variables,
            "optimizer": self.optimizer.variables,
        }
        return {
            f"{group}/{number}/{variable.name}": variable
            for group, variables in groups.items()
            for number, variable in enumerate(variables)
        }

    def _make_optimizer(self) -> keras.optimizers.Optimizer:
        options = self.options
        adam = keras.optimizers.AdamW(
            self._make_schedule(),
            weight_decay=options.weight_decay,
            global_clipnorm=options.clip_norm,
        )
        if keras.mixed_precision.global_policy().compute_dtype != "float16":
            return adam
        return keras.optimizers.LossScaleOptimizer(adam)  # float16 gradients would vanish

    def _make_schedule(self) -> Any:
        updates = self.options.epochs * self.updates_per_epoch
        warmup = max(1, round(self.options.warmup * updates))
        return keras.optimizers.schedules.CosineDecay(
            0.0,
            decay_steps=max(1, updates - warmup),
            warmup_target=self.options.learning_rate,
            warmup_steps=warmup,
            alpha=0.01,
        )

    def _update_eagerly(self, batch: Batch) -> tuple[Any, Any]:
        """Run one update; return the summed NLL of the predicted cells, and how many there are.

        The NLL is the mean over the towers, each of which has its own loss.
        """
        with tf.GradientTape() as tape:
            towers = tf.unstack(self.network(_inputs(batch), training=True), axis=2)
            nll = tf.add_n([tf.reduce_sum(_nll(logits, batch)) for logits in towers]) / len(towers)
            scaled = self.optimizer.scale_loss(nll / self._cells_per_update)
        gradients = tape.gradient(scaled, [v.value for v in self.network.trainable_variables])
        self.optimizer.apply(gradients)
        # lower momentum at first, so that the average forgets the random initial weights
        updates = tf.cast(self.optimizer.iterations, tf.float32)
        momentum = tf.minimum(self.options.averaging, (1 + updates) / (10 + updates))
        for average, variable in zip(
            self.averaged.trainable_variables, self.network.trainable_variables, strict=True
        ):
            average.assign(average + (1 - momentum) * (variable - average))
        return nll, tf.reduce_sum(batch["weights"])


def measure(
    forward: Callable[[Batch], Any], batches: Iterable[Batch], vocabulary: Vocabulary
) -> Measurement:
    """Measure likelihood and accuracies, pooled over the cells to be predicted.

    Args:
        forward: function from the network's INPUTS to logits, (B, T, towers, 4, V).
        batches: see `chorale.training.dataset`.
        vocabulary: the token table.
    """
    sums = np.zeros(5)
    for batch in batches:
        logits = average_towers(forward(_inputs(batch)))
        right = tf.cast(tf.argmax(logits, -1, tf.int32) == batch["tokens"], tf.float32)
        right *= batch["weights"]
        onset = tf.cast(vocabulary.is_note(batch["tokens"]), tf.float32)
        onset *= batch["weights"]
        parts = (_nll(logits, batch), right, batch["weights"], right * onset, onset)
        sums += [float(tf.reduce_sum(part)) for part in parts]
    nll, right, cells, right_onsets, onsets = sums
    return Measurement(nll / cells, right / cells, right_onsets / max(1, onsets))


def _reset_layer_names() -> None:
    """Make Keras name layers as in a new process.

    The order of names is the order of floating-point sums, so equal bits need equal names.
    """
    policy = keras.mixed_precision.global_policy()
    keras.utils.clear_session()
    keras.mixed_precision.set_global_policy(policy)


def _nll(logits: Any, batch: Batch) -> Any:
    """Return the NLL in nats of each cell to be predicted, (B, T, 4); 0 for the others."""
    nll = tf.nn.sparse_softmax_cross_entropy_with_logits(batch["tokens"], logits)
    return nll * batch["weights"]


def _inputs(batch: Batch) -> Batch:
    return {name: values for name, values in batch.items() if name != "weights"}
