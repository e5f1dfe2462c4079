"""Each cell by hand; test_keras_network compares the layers with those of Keras."""

from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_network import OPTIONS

from chorale.network.architecture import CELLS
from chorale.network.numpy_layers import BLOCK, FEW, NEXT, Kernel, Recurrent, log_softmax
from chorale.options import Cell

BATCH, STEPS, WIDTH, UNITS = 2, 9, 5, 3
LARGE = 50.0  # opens or shuts a gate entirely


def layer(cell: Cell) -> tuple[Recurrent, NDArray[np.float32]]:
    """Return a layer with random weights, and inputs for it."""
    generator = np.random.default_rng(5)
    columns, name = CELLS[cell].gates * UNITS, f"layer/{CELLS[cell].name}"
    shapes = {
        f"{name}/kernel": (WIDTH, columns),
        f"{name}/recurrent_kernel": (UNITS, columns),
        f"{name}/bias": (2, columns) if cell == "gru" else (columns,),
    }
    weights = {key: generator.normal(size=shape) for key, shape in shapes.items()}
    made = Recurrent(cell, {k: v.astype(np.float32) for k, v in weights.items()}, "layer")
    return made, generator.normal(size=(BATCH, STEPS, WIDTH)).astype(np.float32)


def gates(*values: float) -> NDArray[np.float32]:
    """Return the products of one unit, (1, gates)."""
    return np.array([values], np.float32)


def test_every_cell_of_the_options_is_defined_everywhere() -> None:
    assert set(get_args(Cell)) == CELLS.keys() == NEXT.keys()
    assert OPTIONS.cell == "lstm"


@pytest.mark.parametrize("cell", get_args(Cell))
def test_step_by_step_gives_the_outputs_of_all_at_once(cell: Cell) -> None:
    recurrent, x = layer(cell)
    state, outputs = recurrent.begin(BATCH), []
    for step in range(STEPS):
        state = recurrent.step(x[:, step], state)
        outputs.append(state[0])
    assert [array.shape for array in state] == [(BATCH, UNITS)] * CELLS[cell].states
    np.testing.assert_allclose(np.stack(outputs, 1), recurrent.run(x), atol=1e-6)


@pytest.mark.parametrize("cell", get_args(Cell))
def test_a_step_leaves_the_state_before_it_as_it_was(cell: Cell) -> None:
    recurrent, x = layer(cell)
    before = recurrent.begin(BATCH)
    recurrent.step(x[:, 0], before)
    assert all((array == 0).all() for array in before)


def test_an_lstm_that_forgets_nothing_and_lets_nothing_in_keeps_its_cell_state() -> None:
    state = gates(0.1), gates(0.7)
    hidden, cell = NEXT["lstm"](gates(-LARGE, LARGE, 3, LARGE), gates(0, 0, 0, 0), state)
    np.testing.assert_allclose(cell, 0.7)
    np.testing.assert_allclose(hidden, np.tanh(0.7), rtol=1e-6)


@pytest.mark.parametrize(
    ("keep", "reset", "expected"),
    [
        (LARGE, 0, 0.1),  # the old output
        (-LARGE, -LARGE, np.tanh(0.4)),  # a new one without the old
        (-LARGE, LARGE, np.tanh(0.4 + 0.3)),
    ],
)
def test_a_gru_keeps_or_resets(keep: float, reset: float, expected: float) -> None:
    (hidden,) = NEXT["gru"](gates(keep, reset, 0.4), gates(0, 0, 0.3), (gates(0.1),))
    np.testing.assert_allclose(hidden, expected, rtol=1e-6)


def test_a_plain_cell_adds_its_inputs_to_its_state() -> None:
    (hidden,) = NEXT["rnn"](gates(0.4), gates(0.3), (gates(0.1),))
    np.testing.assert_allclose(hidden, np.tanh(0.7), rtol=1e-6)


@pytest.mark.parametrize("shape", [(1,), (FEW,), (FEW + 1,), (2 * FEW,), (3, 2), (2, 3, 1)])
@pytest.mark.parametrize("columns", [1, BLOCK, BLOCK + 7, 3 * BLOCK])
def test_a_product_in_blocks_is_the_plain_product(shape: tuple[int, ...], columns: int) -> None:
    generator = np.random.default_rng(5)
    x = generator.normal(size=(*shape, WIDTH)).astype(np.float32)
    kernel = generator.normal(size=(WIDTH, columns)).astype(np.float32)
    found = Kernel(kernel).multiply(x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, x @ kernel, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_probabilities_sum_to_one_however_large_the_logits(dtype: type[np.float32]) -> None:
    logits = np.array([[1e4, 1e4, 0], [0, 0, 0]], dtype)
    found = log_softmax(logits)
    assert found.dtype == dtype
    np.testing.assert_allclose(np.exp(found), [[0.5, 0.5, 0], [1 / 3] * 3], rtol=1e-6)
