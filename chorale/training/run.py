"""A run of training: epochs, validation, early stopping, and the best network."""

import math
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import tensorflow as tf

from chorale.analysis import measure_motion
from chorale.corpus.corpus import Corpus
from chorale.errors import OptionError, OutputError, TrainingError
from chorale.music import Plan, digest
from chorale.network.checkpoint import MAX_PLANS, Checkpoint, save_checkpoint
from chorale.network.tokens import Vocabulary
from chorale.options import ModelOptions, TrainingOptions
from chorale.training.dataset import build_arrays, find_ranges, whole_chorales
from chorale.training.failures import (
    check_memory,
    check_resumable,
    divergence_error,
    find_fault,
    is_ahead,
    report_memory_errors,
)
from chorale.training.history import Epoch, save_curves, save_history
from chorale.training.paths import curves_path, history_path, state_path
from chorale.training.state import TrainingState
from chorale.training.trainer import Trainer

VALIDATION_BATCH = 32


class Observer(Protocol):
    """An observer of a run, such as a progress display."""

    def update(self, done: int, total: int, loss: float) -> None:
        """Receive the loss of an update, the `done`-th of `total` in the whole run."""

    def epoch(self, epoch: Epoch, best: bool) -> None:
        """Receive the metrics of an epoch, and whether the epoch is the best so far."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run.

    Attributes:
        best: the epoch with the lowest validation NLL.
        history: all epochs.
        ended: reason for the end: "complete", "stopped early" or "interrupted".
    """

    best: Epoch
    history: tuple[Epoch, ...]
    ended: str


def begin_run(
    data: str,
    fingerprint: str,
    model: ModelOptions,
    training: TrainingOptions,
    precision: str = "float32",
    command: str = "",
) -> TrainingState:
    """Return the state of a run that has not begun; `Run` creates the variables.

    Args:
        data: name or path of the data set, an argument of `load_corpus`.
        fingerprint: hash of the data set.
        model: size and kind of the network.
        training: options of the training.
        precision: see `chorale.training.device.choose_precision`.
        command: the command that begins the run.

    Raises:
        OptionError: the options give notes in training, but the network has no encoder.
    """
    if training.evidence and not model.encoder_units:
        raise OptionError(
            "a network without an encoder cannot be conditioned on given notes; "
            "train with --evidence 0, or with --encoder-units above 0"
        )
    return TrainingState({}, model, training, precision, data, fingerprint, command, ())


class Run:
    """A run of training that writes its checkpoint to `output` and its other files beside it.

    Raises:
        TrainingError: a split of the corpus is empty, the corpus has changed since the state was
            made, the run cannot resume from its state or its checkpoint, or memory is too small.
        OutputError: TensorBoard's log cannot be written.
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
        self.ranges = find_ranges(train)
        arrays = build_arrays(train, self.vocabulary, self.ranges)
        with report_memory_errors(state, output):
            self.trainer = Trainer(state.model, state.training, self.vocabulary, arrays)
            if state.arrays:
                self.trainer.restore(state.arrays)
        self.valid = whole_chorales(
            build_arrays(valid, self.vocabulary, self.ranges), self.vocabulary, VALIDATION_BATCH
        )
        self._summary: Any = _open_log(log) if log else None

    def train(self, observer: Observer) -> Outcome:
        """Train until the last epoch, until validation no longer improves, or until Ctrl-C.

        After each epoch the run writes its files, the state last. However the run ends, the other
        files of the epoch in the state are complete, and only the current epoch is lost.

        Raises:
            TrainingError: training diverged, or memory ran out; the files of earlier epochs stay.
            OutputError: a file cannot be written.
        """
        training = self.state.training
        ended = "complete"
        try:
            while len(self.state.history) < training.epochs:
                if self._epochs_since_best() >= training.patience:
                    ended = "stopped early"
                    break
                with report_memory_errors(self.state, self.output):
                    self._run_epoch(observer)
        except KeyboardInterrupt:
            ended = "interrupted"
            if not self.state.history:
                raise
        return Outcome(self.state.best, self.state.history, ended)

    def _run_epoch(self, observer: Observer) -> None:
        number = len(self.state.history)
        per_epoch = self.trainer.updates_per_epoch
        total = self.state.training.epochs * per_epoch
        started = perf_counter()

        def on_update(update: int, loss: float) -> None:
            if not math.isfinite(loss):
                raise divergence_error(f"the loss is {loss}", self.state, self.output)
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
        if fault := find_fault(epoch, arrays, weights, self.vocabulary):
            raise divergence_error(fault, self.state, self.output)
        best = all(figures.nll < earlier.valid_nll for earlier in self.state.history)
        best = best or self._ahead  # a checkpoint ahead of its state must be replaced
        self._ahead = False
        state = replace(self.state, arrays=arrays, history=(*self.state.history, epoch))
        self._write(state, best)
        self.state = state  # last, so that `train` reports no epoch that Ctrl-C left unwritten
        observer.epoch(epoch, best)

    def _epochs_since_best(self) -> int:
        history = self.state.history
        return len(history) - self.state.best.epoch if history else 0

    def _write(self, state: TrainingState, best: bool) -> None:
        history = state.history
        if best:
            save_checkpoint(self._make_checkpoint(state), self.output)
        save_history(history, history_path(self.output))
        save_curves(history, self.output.stem, curves_path(self.output))
        state.save(state_path(self.output))
        if self._summary:
            self._log(history[-1])

    def _log(self, epoch: Epoch) -> None:
        """Log an epoch for TensorBoard.

        Errors are replaced, since TensorFlow reports a full disk as exhausted memory.
        """
        try:
            with self._summary.as_default(step=epoch.epoch):
                for name, value in asdict(epoch).items():
                    tf.summary.scalar(name, value)
            self._summary.flush()
        except tf.errors.OpError as error:
            raise _log_error(self.log) from error

    def _select_plans(self) -> tuple[Plan, ...]:
        """Return the plans that the checkpoint keeps, at most MAX_PLANS, evenly spaced.

        They have the motion of their chorales.
        """
        chorales = self.corpus.splits["train"]
        return tuple(
            replace(chorale.plan, motion=measure_motion(chorale))
            for chorale in chorales[:: -(-len(chorales) // MAX_PLANS)]
        )

    def _make_checkpoint(self, state: TrainingState) -> Checkpoint:
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
            plans=self._select_plans(),
            about=about,
        )


def _open_log(log: Path) -> Any:
    if find_spec("tensorboard") is None:
        raise TrainingError(
            "TensorBoard is not installed; install it with `pip install tensorboard`, "
            "or train without --tensorboard"
        )
    try:
        return tf.summary.create_file_writer(str(log))
    except tf.errors.OpError as error:
        raise _log_error(log) from error


def _log_error(log: Path | None) -> OutputError:
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
            raise TrainingError(
                f"the {split} split of {corpus.name} is empty; choose another data set"
            )
