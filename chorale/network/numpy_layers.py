"""Layers in NumPy: the LSTM, GRU, SimpleRNN, Conv1D, Dense and LayerNormalization of Keras.

All layers have Keras's default arguments, except that the Conv1D has the activation silu. Shapes:
B chorales, T steps.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Floats
from chorale.network.architecture import CELLS
from chorale.options import Cell

# arrays (B, units): the layer's output and, for an LSTM, its cell state
State = tuple[Floats, ...]
Real = TypeVar("Real", np.float32, np.float64)

BLOCK = 64  # columns of a kernel that lie together in memory, see `Kernel`
FEW = 4  # most rows that are multiplied with a block at once
NORM_EPSILON = 1e-3  # epsilon of Keras's LayerNormalization


class Kernel:
    """A kernel, (in, out), laid out for quick products with few rows.

    All kernels that a step reads are together larger than the processor's cache. So with few rows,
    most of the time goes into reading them from memory, which is quickest from beginning to end.
    Blocks of columns are therefore stored one after the other. OpenBLAS would copy a block before
    it multiplies, unless block and rows are small enough: so it gets FEW rows at once. Compared
    with a plain product, two to eight rows take a quarter to half of the time, and eighty rows
    three quarters; for a single row, or a thousand, there is little difference.
    """

    def __init__(self, kernel: Floats) -> None:
        """Copy the columns of a kernel, (in, out), into blocks; the last is filled with zeros."""
        self._columns = kernel.shape[1]
        filled = np.pad(kernel, [(0, 0), (0, -self._columns % BLOCK)])
        blocks = filled.reshape(len(kernel), -1, BLOCK).swapaxes(0, 1)
        self._blocks = np.ascontiguousarray(blocks)[:, None]  # (blocks, 1, in, BLOCK)

    def multiply(self, x: Floats) -> Floats:
        """Return `x @ kernel`, (..., in) to (..., out)."""
        rows = x.reshape(-1, x.shape[-1])
        count, few = len(rows), min(len(rows), FEW)
        if count % few:
            rows = np.pad(rows, [(0, -count % few), (0, 0)])
        products = rows.reshape(-1, few, rows.shape[1]) @ self._blocks  # (blocks, ., few, BLOCK)
        joined = products.transpose(1, 2, 0, 3).reshape(len(rows), -1)
        return joined[:count, : self._columns].reshape(*x.shape[:-1], -1)


class Dense:
    """A Dense layer of a network, without activation."""

    def __init__(self, weights: Mapping[str, Floats], name: str) -> None:
        """Find the layer's weights by its name."""
        self._kernel, self._bias = Kernel(weights[f"{name}/kernel"]), weights[f"{name}/bias"]

    def apply(self, x: Floats) -> Floats:
        """Apply the layer, (..., in) to (..., out)."""
        return self._kernel.multiply(x) + self._bias


class Convolution:
    """A Conv1D of a network, without padding, with the activation silu."""

    def __init__(self, weights: Mapping[str, Floats], name: str) -> None:
        """Find the layer's weights by its name."""
        kernel = weights[f"{name}/kernel"]  # (k, in, filters)
        self._taps = len(kernel)
        self._kernel = Kernel(kernel.reshape(-1, kernel.shape[-1]))
        self._bias = weights[f"{name}/bias"]

    def apply(self, x: Floats) -> Floats:
        """Apply the layer, (B, T, in) to (B, T - k + 1, filters)."""
        length = x.shape[1] - self._taps + 1
        windows = np.concatenate([x[:, tap : tap + length] for tap in range(self._taps)], -1)
        return silu(self._kernel.multiply(windows) + self._bias)


class Recurrent:
    """A recurrent layer of a network."""

    def __init__(self, cell: Cell, weights: Mapping[str, Floats], name: str) -> None:
        """Find the layer's weights.

        Args:
            cell: kind of the layer's cells.
            weights: weights of the whole network, by name.
            name: name of the layer.
        """
        name = f"{name}/{CELLS[cell].name}"
        recurrent_kernel = weights[f"{name}/recurrent_kernel"]
        self._units = len(recurrent_kernel)
        self._kernel = Kernel(weights[f"{name}/kernel"])
        self._recurrent_kernel = Kernel(recurrent_kernel)
        biases = np.atleast_2d(weights[f"{name}/bias"])  # a GRU has a second bias, for its state
        self._bias = biases[0]
        self._recurrent_bias = biases[1] if len(biases) > 1 else np.zeros_like(biases[0])
        self._states, self._next = CELLS[cell].states, NEXT[cell]

    def begin(self, batch: int) -> State:
        """Return the state before the first step of `batch` chorales."""
        zeros = np.zeros((batch, self._units), np.float32)
        return (zeros,) * self._states

    def step(self, x: Floats, state: State) -> State:
        """Return the state after a step that reads `x`, (B, in)."""
        return self._advance(self._kernel.multiply(x) + self._bias, state)

    def run(self, x: Floats) -> Floats:
        """Run over all steps from the beginning, (B, T, in) to (B, T, units)."""
        inputs = self._kernel.multiply(x) + self._bias
        state, outputs = self.begin(len(x)), []
        for step in range(x.shape[1]):
            state = self._advance(inputs[:, step], state)
            outputs.append(state[0])
        return np.stack(outputs, axis=1)

    def _advance(self, inputs: Floats, state: State) -> State:
        recurrent = self._recurrent_kernel.multiply(state[0]) + self._recurrent_bias
        return self._next(inputs, recurrent, state)


def _lstm(inputs: Floats, recurrent: Floats, state: State) -> State:
    enter, forget, candidate, leave = _gates(inputs + recurrent, 4)
    cell = sigmoid(forget) * state[1] + sigmoid(enter) * np.tanh(candidate)
    return sigmoid(leave) * np.tanh(cell), cell


def _gru(inputs: Floats, recurrent: Floats, state: State) -> State:
    keep, reset, candidate = _gates(inputs, 3)
    old_keep, old_reset, old_candidate = _gates(recurrent, 3)
    kept = sigmoid(keep + old_keep)
    new = np.tanh(candidate + sigmoid(reset + old_reset) * old_candidate)
    return (kept * state[0] + (1 - kept) * new,)


def _rnn(inputs: Floats, recurrent: Floats, state: State) -> State:
    return (np.tanh(inputs + recurrent),)


# Functions that return the state after a step. Arguments: the kernel's product with the step's
# inputs, and the recurrent kernel's with the last output, (B, gates x units) each; the last state.
NEXT: dict[Cell, Callable[[Floats, Floats, State], State]] = {
    "lstm": _lstm,
    "gru": _gru,
    "rnn": _rnn,
}


def _gates(products: Floats, gates: int) -> Floats:
    """Split products by gate: (B, gates x units) to (gates, B, units)."""
    return products.reshape(len(products), gates, -1).swapaxes(0, 1)


def normalize(x: Floats, gamma: Floats, beta: Floats) -> Floats:
    """Apply a LayerNormalization to `x`, (..., n), with weights (n,)."""
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + NORM_EPSILON)
    return x * gamma + beta


def side_by_side(embedded: Floats) -> Floats:
    """Concatenate the embeddings of n voices: (..., n, E) to (..., n x E)."""
    return embedded.reshape(*embedded.shape[:-2], -1)


def sigmoid(x: Floats) -> Floats:
    """Return 1 / (1 + e^-x)."""
    result: Floats = 0.5 * (1 + np.tanh(0.5 * x))  # exact, and cannot overflow
    return result


def silu(x: Floats) -> Floats:
    """Return x times its sigmoid."""
    return x * sigmoid(x)


def log_softmax(logits: NDArray[Real]) -> NDArray[Real]:
    """Return the log probabilities of logits, (..., V), in the precision of the logits."""
    below = logits - logits.max(-1, keepdims=True)
    result: NDArray[Real] = below - np.log(np.exp(below).sum(-1, keepdims=True))
    return result
