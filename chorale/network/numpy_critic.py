"""The critic in NumPy, beat by beat; logits within 1e-5 of Keras's, relative to the largest.

Shapes: B chorales. Twin: `chorale.network.keras_critic`; `chorale.network.critic` explains the
design.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from chorale.aliases import Floats, Rows
from chorale.network.critic import DILATION, NETWORKS, TAPS, UNITS
from chorale.network.numpy_layers import Dense, silu

REACH = DILATION * (TAPS - 1)  # beats before the present one that the second Conv1D reads


class CriticState(NamedTuple):
    """What the critic keeps of the beats before the present one.

    Attributes:
        near: (B, networks, TAPS - 1, UNITS), inputs of the first Conv1D.
        far: (B, networks, REACH, UNITS), inputs of the second.
    """

    near: Floats
    far: Floats

    def take(self, rows: Rows) -> "CriticState":
        """Return the state of some chorales, rows of this one."""
        return CriticState(self.near[rows], self.far[rows])


class Critic:
    """The critic of a checkpoint."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        """Find the layers; `weights` are named as in `chorale.network.critic.critic_shapes`."""
        flat = {
            name: values.reshape(-1, values.shape[-1]) if name.endswith("/kernel") else values
            for name, values in weights.items()
        }
        self._layers = [
            [Dense(flat, f"{number}/{layer}") for layer in ("hidden", "near", "far", "logit")]
            for number in range(NETWORKS)
        ]

    def begin(self, batch: int) -> CriticState:
        """Return the state before the first beat of `batch` chorales."""
        return CriticState(
            np.zeros((batch, NETWORKS, TAPS - 1, UNITS), np.float32),
            np.zeros((batch, NETWORKS, REACH, UNITS), np.float32),
        )

    def judge(self, beats: Floats, state: CriticState) -> tuple[Floats, CriticState]:
        """Return the logits of a beat, (B,), the mean of the networks, and the state after it.

        Args:
            beats: (B, BEAT_WIDTH), see `chorale.network.critic.describe_steps`.
            state: the state after the beat before.
        """
        batch, logits, near, far = len(beats), [], [], []
        for number, (hidden, first, second, last) in enumerate(self._layers):
            x = silu(hidden.apply(beats))
            window = np.concatenate([state.near[:, number], x[:, None]], axis=1)
            x = silu(first.apply(window.reshape(batch, -1)))
            longer = np.concatenate([state.far[:, number], x[:, None]], axis=1)
            x = silu(second.apply(longer[:, ::DILATION].reshape(batch, -1)))
            logits.append(last.apply(x)[:, 0])
            near.append(window[:, 1:])
            far.append(longer[:, 1:])
        state = CriticState(np.stack(near, axis=1), np.stack(far, axis=1))
        return np.mean(logits, axis=0), state
