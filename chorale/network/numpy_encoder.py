"""The encoder in NumPy: given notes and plan as vectors at each step.

Shapes: B chorales, T steps, 4 voices in SATB order. Twin: `chorale.network.keras_encoder`, which
explains the encoder.
"""

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats, Ids
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import COLUMNS, UNKNOWN
from chorale.network.numpy_layers import Convolution, Recurrent, normalize, side_by_side


class Encoder:
    """The encoder of a checkpoint that has one."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._weights, self._options = checkpoint.weights, checkpoint.options
        self._unknown = checkpoint.vocabulary.unknown
        self._convolution = Convolution(self._weights, "encoder_conv")
        self._forward = Recurrent(self._options.cell, self._weights, "encoder_forward")
        self._backward = Recurrent(self._options.cell, self._weights, "encoder_backward")

    def encode(self, given: Ids, conditions: Ids) -> Floats:
        """Encode given notes and plan, (B, T, n); each step reads what comes before and after it.

        Args:
            given: (B, T, 4) tokens of the given cells, UNKNOWN elsewhere.
            conditions: (B, T, columns), see `chorale.network.conditions`.
        """
        known = (given != self._unknown).any(-1) | (conditions != UNKNOWN).any(-1)
        columns = [
            self._embed(name, conditions[..., column]) for column, name in enumerate(COLUMNS)
        ]
        x = np.concatenate([side_by_side(self._embed("note", given)), *columns], -1)
        x = x * known[..., None]
        side = self._options.kernel // 2
        x = np.pad(x, [(0, 0), (side, self._options.kernel - side), (0, 0)])
        x = self._convolution.apply(x)
        beats = x[:, :: self._options.stride]
        forward = self._forward.run(beats)
        mirror, within = _mirror(known, self._options.stride)
        backward = self._backward.run(np.take_along_axis(beats, mirror, 1))
        backward = np.take_along_axis(backward, mirror, 1) * within
        x = spread_beats(np.concatenate([forward, backward], -1), x, self._options.stride)
        gamma, beta = (self._weights[f"encoder_norm/{name}"] for name in ("gamma", "beta"))
        return normalize(x, gamma, beta)

    def _embed(self, name: str, ids: Ids) -> Floats:
        embedded: Floats = self._weights[f"{name}_embedding/embeddings"][ids]
        return embedded


def _mirror(known: NDArray[np.bool_], stride: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the order of beats that reverses all beats up to the last known one.

    Args:
        known: (B, T), whether a step has a given note or a condition.
        stride: steps per beat.

    Returns:
        The beat to take at each position, (B, beats, 1), and whether this beat is among the
        reversed ones, (B, beats, 1). The beats after the last known one keep their positions.
    """
    numbers = np.arange(known.shape[1]) // stride
    length = np.where(known, numbers + 1, 0).max(axis=1, keepdims=True)
    beats = numbers[::stride]
    within = beats < length
    return np.where(within, length - 1 - beats, beats)[..., None], within[..., None]


def spread_beats(beats: Floats, steps: Floats, stride: int) -> Floats:
    """Repeat each beat's vector at its steps, and join the vectors of the steps.

    Beats are (B, ceil(T / stride), n), steps (B, T, m).

    Where every step is a beat, the steps are left out, since the recurrent layers read them all.
    """
    if stride == 1:
        return beats
    beats = np.repeat(beats, stride, axis=1)[:, : steps.shape[1]]
    return np.concatenate([beats, steps], -1)
