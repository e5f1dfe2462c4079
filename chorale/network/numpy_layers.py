"""Recurrent layers in NumPy: Keras's LSTM, GRU and SimpleRNN with their default arguments.

A layer's state is one (B, units) array or more, and the first is its output: an LSTM keeps its
cell state beside it, the others keep nothing else. B chorales, T steps.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from chorale.network.architecture import CELLS
from chorale.options import Cell

Floats = NDArray[np.float32]
State = tuple[Floats, ...]

FEW = 4  # rows that are multiplied by blocks, see `product`
BLOCK = 128  # columns of one


class Recurrent:
    """A recurrent layer of a network."""

    def __init__(self, cell: Cell, weights: Mapping[str, Floats], name: str) -> None:
        """Find the layer's weights.

        Args:
            cell: what the layer is made of.
            weights: the whole network's.
            name: the layer's.
        """
        name = f"{name}/{CELLS[cell].name}"
        self._kernel = weights[f"{name}/kernel"]
        self._recurrent_kernel = weights[f"{name}/recurrent_kernel"]
        biases = np.atleast_2d(weights[f"{name}/bias"])  # a GRU has a second, for its state
        self._bias = biases[0]
        self._recurrent_bias = biases[1] if len(biases) > 1 else np.zeros_like(biases[0])
        self._states, self._next = CELLS[cell].states, NEXT[cell]

    def begin(self, batch: int) -> State:
        """The state before the first step of `batch` chorales."""
        zeros = np.zeros((batch, len(self._recurrent_kernel)), np.float32)
        return (zeros,) * self._states

    def step(self, x: Floats, state: State) -> State:
        """The state after a step that reads `x`, (B, in)."""
        return self._go_on(product(x, self._kernel) + self._bias, state)

    def run(self, x: Floats) -> Floats:
        """All steps at once, (B, T, in) to (B, T, units), from the beginning."""
        inputs, state, outputs = x @ self._kernel + self._bias, self.begin(len(x)), []
        for step in range(x.shape[1]):
            state = self._go_on(inputs[:, step], state)
            outputs.append(state[0])
        return np.stack(outputs, axis=1)

    def _go_on(self, inputs: Floats, state: State) -> State:
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


# the state after a step, from the products of the step's inputs and of the state's output, each
# (B, gates x units), and from the state before
NEXT: dict[Cell, Callable[[Floats, Floats, State], State]] = {
    "lstm": _lstm,
    "gru": _gru,
    "rnn": _rnn,
}


def _gates(products: Floats, gates: int) -> Floats:
    """The products of each gate: (B, gates x units) to (gates, B, units)."""
    return products.reshape(len(products), gates, -1).swapaxes(0, 1)


def product(x: Floats, kernel: Floats) -> Floats:
    """`x @ kernel`, (..., in) by (in, out), for few rows, where reading the kernel is the cost.

    OpenBLAS copies a kernel before it multiplies, unless there is one row or all is small: two rows
    take three times as long as one. By blocks of columns a few take a third of that, twice as many
    in halves two thirds, as do more rows where the kernel comes first.
    """
    if x.ndim > 2 or len(x) == 1:
        return x @ kernel
    if FEW < len(x) <= 2 * FEW:
        return np.concatenate([product(x[:FEW], kernel), product(x[FEW:], kernel)])
    if len(x) > FEW or kernel.shape[1] % BLOCK:
        return (kernel.T @ x.T).T
    blocks = kernel.reshape(len(kernel), -1, BLOCK).swapaxes(0, 1)
    return (x @ blocks).swapaxes(0, 1).reshape(len(x), -1)


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + e^-x)."""
    result: Floats = 0.5 * (1 + np.tanh(0.5 * x))  # exact, and cannot overflow
    return result
