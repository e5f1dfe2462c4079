"""A Keras network as a checkpoint, without a file."""

import keras
import numpy as np

from chorale.network.checkpoint import Checkpoint
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions


def checkpoint_of(network: keras.Model, options: ModelOptions) -> Checkpoint:
    """Return the checkpoint of a Keras network, for the NumPy runtime."""
    weights = {v.path: v.numpy() for v in network.trainable_variables}
    return Checkpoint(weights, options, Vocabulary(), np.zeros((4, 2), np.int32), (), {})
