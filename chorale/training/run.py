"""A run of training: epochs, validation, early stopping, and the best network kept."""

import math
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import tensorflow as tf

from chorale.corpus.corpus import Corpus
from chorale.errors import OptionError, OutputError, TrainingError
from chorale.music import Plan, digest
from chorale.network.checkpoint import MAX_PLANS, Checkpoint, save_checkpoint
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions, TrainingOptions
from chorale.training.dataset import arrays_of, ranges_of, whole_chorales
from chorale.training.failures import (
    check_memory,
    check_resumable,
    diverged,
    fault_of_epoch,
    is_ahead,
    memory_told,
)
from chorale.training.history import Epoch, save_curves, save_history
from chorale.training.paths import curves_path, history_path, state_path
from chorale.training.state import TrainingState
from chorale.training.trainer import Trainer

VALIDATION_BATCH = 32


class Observer(Protocol):
    """What a run tells whoever watches it."""

    def update(self, done: int, total: int, loss: float) -> None:
        """An update is done: `done` of `total` in the whole run."""

    def epoch(self, epoch: Epoch, best: bool) -> None:
        """An epoch is done and measured."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to: the best epoch, all of them, and why it ended."""

    best: Epoch
    history: tuple[Epoch, ...]
    ended: str  # "complete", "stopped early" or "interrupted"


def begin(
    data: str,
    fingerprint: str,
    model: ModelOptions,
    training: TrainingOptions,
    precision: str = "float32",
    command: str = "",
) -> TrainingState:
    """The state of a run that has not begun; its variables are made when it runs.

    Args:
        data: the data set as `load_corpus` takes it.
        fingerprint: the data set's.
        model: size of the network.
        training: how it is trained.
        precision: see `device.choose_precision`.
        command: how the run was begun.

    Raises:
        OptionError: notes are to be given to a network without an encoder.
    """
    if training.evidence and not model.encoder_units:
        raise OptionError(
            "without an encoder a network cannot hear notes given ahead; "
            "train with --evidence 0, or with --encoder-units above 0"
        )
    return TrainingState({}, model, training, precision, data, fingerprint, command, ())


class Run:
    """A run of training that writes its checkpoint to `output` and its other files beside it.

    Raises:
        TrainingError: the data cannot be trained on, or are not those the state was made with; the
            state is of no use, or its checkpoint is missing; memory does not suffice.
    """

    def __init__(
        self, corpus: Corpus, state: TrainingState, output: Path, log: Path | None = None
    ) -> None:
        _check_corpus(corpus, state)
        written = check_resumable(state, output)
        self._ahead = written is not None and is_ahead(written, state)
        self.corpus, self.state, self.output, self.log = corpus, state, output, log
        self.vocabulary = Vocabulary()
        check_memory(state, self.vocabulary)
        train, valid = corpus.splits["train"], corpus.splits["valid"]
        self.ranges = ranges_of(train)
        arrays = arrays_of(train, self.vocabulary, self.ranges)
        with memory_told(state, output):
            self.trainer = Trainer(state.model, state.training, self.vocabulary, arrays)
            if state.arrays:
                self.trainer.restore(state.arrays)
        self.valid = whole_chorales(
            arrays_of(valid, self.vocabulary, self.ranges), self.vocabulary, VALIDATION_BATCH
        )
        self._summary: Any = _summary_writer(log) if log else None

    def train(self, observer: Observer) -> Outcome:
        """Train until the last epoch, until it no longer helps, or until Ctrl-C.

        Every file is written after each epoch, the state last: whatever ends the run, it goes on
        from an epoch whose other files are all there, and only the epoch under way is lost.

        Raises:
            TrainingError: training diverged, or memory ran out; what was written before is whole.
            OutputError: a file cannot be written.
        """
        training = self.state.training
        ended = "complete"
        try:
            while len(self.state.history) < training.epochs:
                if self._epochs_since_best() >= training.patience:
                    ended = "stopped early"
                    break
                with memory_told(self.state, self.output):
                    self._epoch(observer)
        except KeyboardInterrupt:
            ended = "interrupted"
            if not self.state.history:
                raise
        return Outcome(self.state.best, self.state.history, ended)

    def _epoch(self, observer: Observer) -> None:
        number = len(self.state.history)
        per_epoch = self.trainer.updates_per_epoch
        total = self.state.training.epochs * per_epoch
        started = perf_counter()

        def on_update(update: int, loss: float) -> None:
            if not math.isfinite(loss):
                raise diverged(f"the loss is {loss}", self.state, self.output)
            observer.update(number * per_epoch + update + 1, total, loss)

        loss = self.trainer.run_epoch(number, on_update)
        figures = self.trainer.measure(self.valid)
        epoch = Epoch(
            number + 1,
            loss,
            figures.nll,
            figures.accuracy,
            figures.onset_accuracy,
            self.trainer.learning_rate,
            perf_counter() - started,
        )
        arrays, weights = self.trainer.arrays(), self.trainer.averaged_weights()
        if fault := fault_of_epoch(epoch, arrays, weights, self.vocabulary):
            raise diverged(fault, self.state, self.output)
        best = all(figures.nll < earlier.valid_nll for earlier in self.state.history)
        best, self._ahead = best or self._ahead, False  # else another epoch's network would stay
        state = replace(self.state, arrays=arrays, history=(*self.state.history, epoch))
        self._write(state, best)
        self.state = state  # not before: what Ctrl-C keeps from being written is not told
        observer.epoch(epoch, best)

    def _epochs_since_best(self) -> int:
        history = self.state.history
        return len(history) - self.state.best.epoch if history else 0

    def _write(self, state: TrainingState, best: bool) -> None:
        history = state.history
        if best:
            save_checkpoint(self._checkpoint(state), self.output)
        save_history(history, history_path(self.output))
        save_curves(history, self.output.stem, curves_path(self.output))
        state.save(state_path(self.output))
        if self._summary:
            self._log(history[-1])

    def _log(self, epoch: Epoch) -> None:
        """Tell TensorBoard of an epoch; a full disk is no lack of memory, as TensorFlow has it."""
        try:
            with self._summary.as_default(step=epoch.epoch):
                for name, value in asdict(epoch).items():
                    tf.summary.scalar(name, value)
            self._summary.flush()
        except tf.errors.OpError as error:
            raise _no_logs(self.log) from error

    def _plans(self) -> tuple[Plan, ...]:
        """Those that composing draws from: of a large data set as many as a checkpoint may have."""
        plans = [chorale.plan for chorale in self.corpus.splits["train"]]
        return tuple(plans[:: -(-len(plans) // MAX_PLANS)])

    def _checkpoint(self, state: TrainingState) -> Checkpoint:
        last = state.history[-1]
        about: dict[str, Any] = {
            "data": self.corpus.name,
            "fingerprint": state.fingerprint,
            "split": "train",
            "chorales": [digest(chorale) for chorale in self.corpus.splits["train"]],
            "command": state.command,
            "training": asdict(state.training),
            "precision": state.precision,
            "epoch": last.epoch,
            "minutes": round(sum(epoch.seconds for epoch in state.history) / 60, 1),
            "figures": {"valid_nll": round(last.valid_nll, 4)},
        }
        return Checkpoint(
            weights=self.trainer.averaged_weights(),
            options=state.model,
            vocabulary=self.vocabulary,
            ranges=self.ranges,
            plans=self._plans(),
            about=about,
        )


def _summary_writer(log: Path) -> Any:
    if find_spec("tensorboard") is None:
        raise TrainingError(
            "TensorBoard is not installed; `pip install tensorboard` brings it, "
            "or train without --tensorboard"
        )
    try:
        return tf.summary.create_file_writer(str(log))
    except tf.errors.OpError as error:
        raise _no_logs(log) from error


def _no_logs(log: Path | None) -> OutputError:
    return OutputError(
        f"cannot write TensorBoard's logs to {log}; choose another folder with --tensorboard"
    )


def _check_corpus(corpus: Corpus, state: TrainingState) -> None:
    if state.fingerprint != corpus.fingerprint:
        raise TrainingError(
            f"the data set {corpus.name} has changed since the run began; "
            "train again from the beginning with --force"
        )
    for split in ("train", "valid"):
        if not corpus.splits.get(split):
            raise TrainingError(f"the {split} split of {corpus.name} is empty; nothing to do")
