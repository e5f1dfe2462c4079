"""What each epoch came to: a CSV table and a picture of the curves."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from chorale.files import atomic_write


@dataclass(frozen=True)
class Epoch:
    """One epoch; a row of the history."""

    epoch: int  # from 1
    loss: float  # nats a cell to be predicted, with dropout and evidence; mean of the towers' own
    valid_nll: float  # nats a note: averaged network, whole chorales, nothing given
    valid_accuracy: float  # share of cells whose likeliest token is right
    valid_onset_accuracy: float  # the same over cells in which a note starts
    learning_rate: float  # at the end of the epoch
    seconds: float


def save_history(history: Sequence[Epoch], path: Path) -> None:
    """Write the history as CSV, a row an epoch.

    Raises:
        OutputError: the file cannot be written.
    """
    with atomic_write(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Epoch)])
        writer.writeheader()
        writer.writerows(asdict(epoch) for epoch in history)


def save_curves(history: Sequence[Epoch], title: str, path: Path) -> None:
    """Draw loss and validation NLL, and the accuracies, against epochs, as PNG.

    Raises:
        OutputError: the file cannot be written.
    """
    from matplotlib.figure import Figure  # takes half a second, needed once an epoch at most

    figure = Figure(figsize=(9, 4), layout="constrained")
    figure.suptitle(title)
    likelihood, accuracy = figure.subplots(1, 2)
    epochs = [epoch.epoch for epoch in history]
    likelihood.plot(epochs, [epoch.loss for epoch in history], label="training loss", marker=".")
    likelihood.plot(
        epochs, [epoch.valid_nll for epoch in history], label="validation NLL", marker="."
    )
    likelihood.set(xlabel="epoch", ylabel="nats a note", ylim=_range_of_interest(history))
    accuracy.plot(
        epochs, [epoch.valid_accuracy for epoch in history], label="all tokens", marker="."
    )
    accuracy.plot(
        epochs, [epoch.valid_onset_accuracy for epoch in history], label="onsets", marker="."
    )
    accuracy.set(xlabel="epoch", ylabel="validation accuracy", ylim=(0, 1))
    for axes in (likelihood, accuracy):
        axes.grid(alpha=0.3)
        axes.legend()
    with atomic_write(path) as temporary:
        figure.savefig(temporary, dpi=120)


def _range_of_interest(history: Sequence[Epoch]) -> tuple[float, float]:
    """What the axis of the likelihoods shows: all but the first epochs' steep fall."""
    values = [value for epoch in history for value in (epoch.loss, epoch.valid_nll)]
    lowest, highest = min(values), max(values)
    if lowest == 0:  # every cell of an epoch was given
        return 0, 1.05 * highest
    return 0.9 * lowest, min(1.05 * highest, 3 * lowest)
