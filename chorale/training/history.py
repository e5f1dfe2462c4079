"""The history of a training run: the metrics of each epoch, as a CSV table and as curves."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from chorale.files import atomic_write


@dataclass(frozen=True)
class Epoch:
    """The metrics of one epoch: a row of the history."""

    epoch: int  # from 1
    loss: float  # nats per cell not given, with dropout; mean over the towers
    valid_nll: float  # nats per note: averaged weights, whole chorales, no given notes
    valid_accuracy: float  # share of cells whose most likely token is right
    valid_onset_accuracy: float  # valid_accuracy over onsets alone
    learning_rate: float  # at the end of the epoch
    seconds: float


def save_history(history: Sequence[Epoch], path: Path) -> None:
    """Write the history as CSV, one row per epoch.

    Raises:
        OutputError: the file cannot be written.
    """
    with atomic_write(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Epoch)])
        writer.writeheader()
        writer.writerows(asdict(epoch) for epoch in history)


def save_curves(history: Sequence[Epoch], title: str, path: Path) -> None:
    """Plot loss, validation NLL and accuracies against epochs, as PNG.

    Raises:
        OutputError: the file cannot be written.
    """
    from matplotlib.figure import Figure  # the import takes half a second: only to plot

    figure = Figure(figsize=(9, 4), layout="constrained")
    figure.suptitle(title)
    losses, accuracies = figure.subplots(1, 2)
    epochs = [epoch.epoch for epoch in history]
    losses.plot(epochs, [epoch.loss for epoch in history], label="training loss", marker=".")
    losses.plot(epochs, [epoch.valid_nll for epoch in history], label="validation NLL", marker=".")
    losses.set(xlabel="epoch", ylabel="nats a note", ylim=_choose_limits(history))
    accuracies.plot(
        epochs, [epoch.valid_accuracy for epoch in history], label="all tokens", marker="."
    )
    accuracies.plot(
        epochs, [epoch.valid_onset_accuracy for epoch in history], label="onsets", marker="."
    )
    accuracies.set(xlabel="epoch", ylabel="validation accuracy", ylim=(0, 1))
    for axes in (losses, accuracies):
        axes.grid(alpha=0.3)
        axes.legend()
    with atomic_write(path) as temporary:
        figure.savefig(temporary, dpi=120)


def _choose_limits(history: Sequence[Epoch]) -> tuple[float, float]:
    """Return the limits of the NLL axis, cutting off the steep fall of the first epochs."""
    values = [value for epoch in history for value in (epoch.loss, epoch.valid_nll)]
    lowest, highest = min(values), max(values)
    if lowest == 0:  # the loss is 0 in an epoch in which every cell is given
        return 0, 1.05 * highest
    return 0.9 * lowest, min(1.05 * highest, 3 * lowest)
