"""What ends a run of training before its time: divergence, too little memory, a state of no use.

Each is told in one line: what happened, what is kept, and how to go on.
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

DIVERGED = 3  # times the NLL of a guess: what still learns, or over-fits, is never so far off
BYTES_A_WEIGHT = 32  # at least: network, average and two moments of the gradient, and a copy
MOST_WEIGHTS = 200_000_000  # the files of more are beyond what is read of strangers
LARGEST_HALF = float(np.finfo(np.float16).max)  # of a weight in a checkpoint

_OUT_OF_MEMORY = ("Dst tensor is not initialized", "OUT_OF_MEMORY")  # other words of GPUs


def fault_of_epoch(
    epoch: Epoch, arrays: Mapping[str, NDArray[Any]], weights: Weights, vocabulary: Vocabulary
) -> str | None:
    """Why an epoch must not be kept, None if it may be.

    Args:
        epoch: what it came to.
        arrays: everything that changes in training.
        weights: the averaged network's.
        vocabulary: the token table.
    """
    guess = math.log(vocabulary.size)
    for name, nll in (("loss", epoch.loss), ("validation NLL", epoch.valid_nll)):
        if not nll <= DIVERGED * guess:  # nor if it is NaN
            return f"the {name} is {nll:.4g} nats a note, where a guess has {guess:.2g}"
    if not _finite(arrays):
        return "some weights are not finite"
    if any(np.abs(values).max() > LARGEST_HALF for values in weights.values()):
        return f"a weight is beyond {LARGEST_HALF:.0f}"
    return None


def diverged(fault: str, state: TrainingState, output: Path) -> TrainingError:
    """The error of an epoch that must not be kept.

    Args:
        fault: why.
        state: the run's before this epoch.
        output: the checkpoint.
    """
    done = len(state.history)
    lower = f"--learning-rate {state.training.learning_rate / 4:.2g}"
    remedy = f"nothing of this run is kept; train again at a lower rate, such as {lower}"
    if done:
        remedy = (
            f"{output} has the best network so far, of epoch {state.best.epoch}; "
            f"to go on after epoch {done} at a lower rate: {_resume(output, lower)}"
        )
    return TrainingError(f"training diverged in epoch {done + 1}: {fault}; {remedy}")


def check_resumable(state: TrainingState, output: Path) -> Checkpoint | None:
    """Check that a run can go on from its state, and that its best network is still there.

    Returns:
        The network; None of a run that has not begun.

    Raises:
        TrainingError: the state has values that are not finite; the checkpoint is missing,
            damaged, or another run's.
    """
    if not state.history:
        return None
    afresh = "train again from the beginning with --force"
    figures = [figure for epoch in state.history for figure in astuple(epoch)]
    if not (np.isfinite(figures).all() and _finite(state.arrays)):
        raise TrainingError(
            f"cannot resume from {state_path(output)}: the run had diverged, not all of its values "
            f"are finite; {afresh} and a lower --learning-rate"
        )
    try:
        checkpoint = load_checkpoint(output)
    except CheckpointError as error:
        raise TrainingError(
            f"cannot resume: {output}, the best network of the run so far, is missing or damaged; "
            f"put it back, or {afresh}"
        ) from error
    if not _of_run(checkpoint, state):
        raise TrainingError(
            f"cannot resume: the network in {output} is not of the run of {state_path(output)}; "
            f"put the run's own back, or {afresh}"
        )
    return checkpoint


def is_ahead(checkpoint: Checkpoint, state: TrainingState) -> bool:
    """Whether a run ended after its best network was written and before the epoch's state was."""
    return checkpoint.about.get("epoch") == len(state.history) + 1


def check_memory(state: TrainingState, vocabulary: Vocabulary) -> None:
    """Check, before it is built, that a network can be trained on this machine and read again.

    Raises:
        TrainingError: its weights alone need more memory, or larger files than are read.
    """
    weights = sum(math.prod(shape) for shape in weight_shapes(state.model, vocabulary).values())
    if weights > MOST_WEIGHTS:
        raise TrainingError(
            f"a network of {weights / 1e6:,.0f} million weights is too large to be read again: "
            f"{MOST_WEIGHTS / 1e6:,.0f} million are the most; {_SMALLER}"
        )
    needed, there = weights * BYTES_A_WEIGHT, _memory_bytes()
    if there and needed > there:
        raise TrainingError(
            f"a network of {weights / 1e6:,.0f} million weights needs {needed / 1e9:,.0f} GB or "
            f"more in training, and this machine has {there / 1e9:,.0f} GB; {_SMALLER}"
        )


@contextmanager
def memory_told(state: TrainingState, output: Path) -> Iterator[None]:
    """Tell in one line when memory runs out, the machine's or a GPU's.

    Raises:
        TrainingError: it has.
    """
    try:
        yield
    except (tf.errors.OpError, MemoryError) as error:
        if not _is_of_memory(error):
            raise
        remedy = _SMALLER
        if state.history:
            remedy = f"{output} has the best network so far; to go on: {_resume(output)}"
        raise TrainingError(
            f"memory ran out in epoch {len(state.history) + 1}; {remedy}"
        ) from error


_SMALLER = (
    "train a smaller network, by --units, --head-units, --encoder-units, --layers, --towers or "
    "--kernel, or with a smaller --batch-size"
)


def _resume(output: Path, *options: str) -> str:
    return " ".join(["chorale train --resume", *options, "-o", shlex.quote(str(output))])


def _finite(arrays: Mapping[str, NDArray[Any]]) -> bool:
    return all(np.isfinite(values).all() for values in arrays.values())


def _is_of_memory(error: Exception) -> bool:
    if isinstance(error, (MemoryError, tf.errors.ResourceExhaustedError)):
        return True
    return any(words in str(error) for words in _OUT_OF_MEMORY)


def _of_run(checkpoint: Checkpoint, state: TrainingState) -> bool:
    """Whether a checkpoint is a run's: of one of its epochs, or of one not yet in its state."""
    about = checkpoint.about
    found = (about.get("epoch"), about.get("figures", {}).get("valid_nll"))
    epochs = [(epoch.epoch, round(epoch.valid_nll, 4)) for epoch in state.history]
    return (
        checkpoint.options == state.model
        and about.get("fingerprint") == state.fingerprint
        and (found in epochs or is_ahead(checkpoint, state))
    )


def _memory_bytes() -> int:
    """Of this machine; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0
