"""The critic in Keras, for training; `chorale.network.critic` explains the design.

Twin: `chorale.network.numpy_critic`.
"""

from collections.abc import Mapping, Sequence

import keras
from keras import layers

from chorale.aliases import Floats
from chorale.network.critic import BEAT_WIDTH, DILATION, TAPS, UNITS


def build_critic(dropout: float = 0.0) -> keras.Model:
    """Build one network of the critic, from beats, (B, T, BEAT_WIDTH), to logits, (B, T, 1).

    Args:
        dropout: dropout of the hidden values; that of the inputs is half of it.
    """
    beats = keras.Input((None, BEAT_WIDTH))
    x = layers.Dropout(dropout / 2)(beats)
    x = layers.Dense(UNITS, activation="silu", name="hidden")(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv1D(UNITS, TAPS, padding="causal", activation="silu", name="near")(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv1D(
        UNITS, TAPS, padding="causal", dilation_rate=DILATION, activation="silu", name="far"
    )(x)
    return keras.Model(beats, layers.Dense(1, name="logit")(x))


def collect_weights(networks: Sequence[keras.Model]) -> Mapping[str, Floats]:
    """Return the weights of a critic's networks, by `chorale.network.critic.critic_shapes`."""
    return {
        f"{number}/{variable.path}": variable.numpy()
        for number, network in enumerate(networks)
        for variable in network.trainable_variables
    }
