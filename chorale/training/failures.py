"""Failures of a run: divergence, too little memory, a state that cannot be resumed.

Each error is one line with the event, the files that are kept, and the command to continue.
"""

import math
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from chorale.errors import CheckpointError, TrainingError
from chorale.network.architecture import weight_shapes
from chorale.network.checkpoint import Checkpoint, Weights, load_checkpoint
from chorale.network.tokens import Vocabulary
from chorale.training.history import Epoch
from chorale.training.paths import state_path
from chorale.training.state import TrainingState

# divergence, as a multiple of the NLL of a uniform guess: learning and over-fitting stay below
DIVERGED = 3
BYTES_PER_WEIGHT = 32  # a lower bound: network, average, two moments of the gradient, and a copy
MOST_WEIGHTS = 200_000_000  # more would exceed the size limits of checkpoint and state files
LARGEST_HALF = float(np.finfo(np.float16).max)  # weights in a checkpoint are half precision

# texts in TensorFlow's errors when a GPU's memory runs out
_OUT_OF_MEMORY = ("Dst tensor is not initialized", "OUT_OF_MEMORY")


def find_fault(
    epoch: Epoch, arrays: Mapping[str, NDArray[Any]], weights: Weights, vocabulary: Vocabulary
) -> str | None:
    """Return the reason why an epoch must not be kept; None for a sound epoch.

    Args:
        epoch: figures of the epoch.
        arrays: every variable that changes in training.
        weights: weights of the averaged network.
        vocabulary: the token table.
    """
    guess = math.log(vocabulary.size)
    for name, nll in (("loss", epoch.loss), ("validation NLL", epoch.valid_nll)):
        if not nll <= DIVERGED * guess:  # also true of NaN
            return f"the {name} is {nll:.4g} nats per note; guessing has {guess:.2g}"
    if not _are_finite(arrays):
        return "some weights are not finite"
    if any(np.abs(values).max() > LARGEST_HALF for values in weights.values()):
        return f"a weight is beyond {LARGEST_HALF:.0f}"
    return None


def divergence_error(fault: str, state: TrainingState, output: Path) -> TrainingError:
    """Return the error for an epoch that must not be kept.

    Args:
        fault: the reason.
        state: state of the run before this epoch.
        output: path of the checkpoint.
    """
    done = len(state.history)
    lower = f"--learning-rate {state.training.learning_rate / 4:.2g}"
    remedy = f"nothing of this run is kept; train again at a lower rate, such as {lower}"
    if done:
        remedy = (
            f"{output} has the best network so far, of epoch {state.best.epoch}; "
            f"to continue after epoch {done} at a lower rate: {_resume_command(output, lower)}"
        )
    return TrainingError(f"training diverged in epoch {done + 1}: {fault}; {remedy}")


def check_resumable(state: TrainingState, output: Path) -> Checkpoint | None:
    """Check that a run can resume from its state, and that its checkpoint is intact.

    Returns:
        The checkpoint; None for a run that has not begun.

    Raises:
        TrainingError: the state has values that are not finite; the checkpoint is missing,
            damaged, or belongs to another run.
    """
    if not state.history:
        return None
    afresh = "train again from the beginning with --force"
    figures = [figure for epoch in state.history for figure in astuple(epoch)]
    if not (np.isfinite(figures).all() and _are_finite(state.arrays)):
        raise TrainingError(
            f"cannot resume from {state_path(output)}: the run had diverged, and some of its "
            f"values are not finite; {afresh} and a lower --learning-rate"
        )
    try:
        checkpoint = load_checkpoint(output)
    except CheckpointError as error:
        raise TrainingError(
            f"cannot resume: {output}, the best network of the run so far, is missing or damaged; "
            f"put it back, or {afresh}"
        ) from error
    if not _belongs_to_run(checkpoint, state):
        raise TrainingError(
            f"cannot resume: the network in {output} does not belong to the run of "
            f"{state_path(output)}; put the run's own network back, or {afresh}"
        )
    return checkpoint


def is_ahead(checkpoint: Checkpoint, state: TrainingState) -> bool:
    """Return whether the checkpoint is one epoch ahead of the state.

    This happens if a run ends between writing the checkpoint of an epoch and writing its state.
    """
    return checkpoint.about.get("epoch") == len(state.history) + 1


def check_memory(state: TrainingState, vocabulary: Vocabulary) -> None:
    """Check, before a network is built, that its memory and its files stay within the limits.

    Raises:
        TrainingError: the weights alone need more memory than this machine has, or files too large
            to be read again.
    """
    weights = sum(math.prod(shape) for shape in weight_shapes(state.model, vocabulary).values())
    if weights > MOST_WEIGHTS:
        raise TrainingError(
            f"a network of {weights / 1e6:,.0f} million weights is too large to be read again: "
            f"the most are {MOST_WEIGHTS / 1e6:,.0f} million; {_SMALLER}"
        )
    needed, available = weights * BYTES_PER_WEIGHT, _memory_bytes()
    if available and needed > available:
        raise TrainingError(
            f"a network of {weights / 1e6:,.0f} million weights needs {needed / 1e9:,.0f} GB or "
            f"more in training, and this machine has {available / 1e9:,.0f} GB; {_SMALLER}"
        )


@contextmanager
def report_memory_errors(state: TrainingState, output: Path) -> Iterator[None]:
    """Replace errors of exhausted memory by a message of one line.

    Raises:
        TrainingError: the memory of the machine or of a GPU ran out.
    """
    try:
        yield
    except (tf.errors.OpError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        remedy = _SMALLER
        if state.history:
            remedy = f"{output} has the best network so far; to continue: {_resume_command(output)}"
        raise TrainingError(
            f"memory ran out in epoch {len(state.history) + 1}; {remedy}"
        ) from error


_SMALLER = (
    "train a smaller network, with a lower --units, --head-units, --encoder-units, --layers, "
    "--towers or --kernel, or in smaller batches, with a lower --batch-size"
)


def _resume_command(output: Path, *options: str) -> str:
    return " ".join(["chorale train --resume", *options, "-o", shlex.quote(str(output))])


def _are_finite(arrays: Mapping[str, NDArray[Any]]) -> bool:
    return all(np.isfinite(values).all() for values in arrays.values())


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, (MemoryError, tf.errors.ResourceExhaustedError)):
        return True
    return any(text in str(error) for text in _OUT_OF_MEMORY)


def _belongs_to_run(checkpoint: Checkpoint, state: TrainingState) -> bool:
    """Return whether a checkpoint is from an epoch of the run, at most one ahead of its state."""
    about = checkpoint.about
    found = (about.get("epoch"), about.get("figures", {}).get("valid_nll"))
    epochs = [(epoch.epoch, round(epoch.valid_nll, 4)) for epoch in state.history]
    return (
        checkpoint.options == state.model
        and about.get("fingerprint") == state.fingerprint
        and (found in epochs or is_ahead(checkpoint, state))
    )


def _memory_bytes() -> int:
    """Return the memory of this machine, in bytes; 0 where the system does not report it."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0
