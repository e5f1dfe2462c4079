"""Layers in NumPy: the LSTM, GRU, SimpleRNN, Conv1D and LayerNormalization of Keras.

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

FEW = 4  # most rows that are multiplied block by block, see `product`
BLOCK = 128  # columns of a block
NORM_EPSILON = 1e-3  # epsilon of Keras's LayerNormalization


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
        self._kernel = weights[f"{name}/kernel"]
        self._recurrent_kernel = weights[f"{name}/recurrent_kernel"]
        biases = np.atleast_2d(weights[f"{name}/bias"])  # a GRU has a second bias, for its state
        self._bias = biases[0]
        self._recurrent_bias = biases[1] if len(biases) > 1 else np.zeros_like(biases[0])
        self._states, self._next = CELLS[cell].states, NEXT[cell]

    def begin(self, batch: int) -> State:
        """Return the state before the first step of `batch` chorales."""
        zeros = np.zeros((batch, len(self._recurrent_kernel)), np.float32)
        return (zeros,) * self._states

    def step(self, x: Floats, state: State) -> State:
        """Return the state after a step that reads `x`, (B, in)."""
        return self._advance(product(x, self._kernel) + self._bias, state)

    def run(self, x: Floats) -> Floats:
        """Run over all steps from the beginning, (B, T, in) to (B, T, units)."""
        inputs, state, outputs = x @ self._kernel + self._bias, self.begin(len(x)), []
        for step in range(x.shape[1]):
            state = self._advance(inputs[:, step], state)
            outputs.append(state[0])
        return np.stack(outputs, axis=1)

    def _advance(self, inputs: Floats, state: State) -> State:
        recurrent = product(state[0], self._recurrent_kernel) + self._recurrent_bias
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


def convolve(x: Floats, kernel: Floats, bias: Floats) -> Floats:
    """Apply a Conv1D without padding, and silu: (B, T, in) to (B, T - k + 1, filters).

    Args:
        x: the layer's input.
        kernel: (k, in, filters).
        bias: (filters,).
    """
    length = x.shape[1] - len(kernel) + 1
    windows = np.concatenate([x[:, tap : tap + length] for tap in range(len(kernel))], -1)
    flat = product(windows.reshape(-1, windows.shape[-1]), kernel.reshape(-1, kernel.shape[-1]))
    return silu(flat.reshape(len(x), length, -1) + bias)


def normalize(x: Floats, gamma: Floats, beta: Floats) -> Floats:
    """Apply a LayerNormalization to `x`, (..., n), with weights (n,)."""
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + NORM_EPSILON)
    return x * gamma + beta


def product(x: Floats, kernel: Floats) -> Floats:
    """Return `x @ kernel`, (..., in) by (in, out), quickly for few rows.

    With few rows, most of the time goes into reading the kernel. OpenBLAS copies a kernel before it
    multiplies, unless `x` has one row or both matrices are small: two rows take three times as long
    as one row. Compared with that plain product, up to FEW rows in blocks of columns take a third
    of the time, up to 2 FEW rows in two halves take two thirds, and so do more rows if the kernel
    is the first factor.
    """
    if x.ndim > 2 or len(x) == 1:
        return x @ kernel
    if FEW < len(x) <= 2 * FEW:
        return np.concatenate([product(x[:FEW], kernel), product(x[FEW:], kernel)])
    if len(x) > FEW or kernel.shape[1] % BLOCK:
        return (kernel.T @ x.T).T
    blocks = kernel.reshape(len(kernel), -1, BLOCK).swapaxes(0, 1)
    return (x @ blocks).swapaxes(0, 1).reshape(len(x), -1)


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
